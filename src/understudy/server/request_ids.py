"""What each request is called: by its caller, or by a name that no other has."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable
from itertools import count

from understudy.journal.tracing import REQUEST_ID, is_request_id
from understudy.server.asgi import Message, Scope, Send
from understudy.server.session_middleware import HEADERS


class RequestIds:
    """Names requests: no two processes begin alike, and no two requests of one end alike."""

    def __init__(self) -> None:
        self._prefix, self._numbers = secrets.token_hex(8).encode(), count(1)

    def of(self, scope: Scope) -> bytes:
        """Return what a request is called."""
        called: bytes | None = scope[HEADERS].get(REQUEST_ID)
        if called is None or not is_request_id(called):
            return b"%b-%x" % (self._prefix, next(self._numbers))
        return called

    def signed(self, scope: Scope, send: Send) -> Send:
        """Return what sends an answer that says which request it is of."""

        def send_signed(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (REQUEST_ID, self.of(scope))]
            return send(message)

        return send_signed
