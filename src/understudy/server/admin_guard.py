"""The admin API's guard: who may not even ask, token or not, because a page in a browser may stand behind the
request.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Final

from understudy.admin.served import BASE_PATH
from understudy.callbacks.sender import DELIVERY
from understudy.callbacks.targets import is_loopback
from understudy.problem import problem
from understudy.server.asgi import ASGIApp, Receive, Scope, Send, header, reply
from understudy.server.encoding import Encoder
from understudy.server.request_ids import RequestIds
from understudy.server.session_middleware import CONNECTED_HOST

_LOCAL_ENDINGS: Final = (
    ".localhost",
    ".internal",
)  # RFC 6761 §6.3; ICANN keeps .internal out of the public DNS

_BELOW: Final = f"{BASE_PATH}/"
_PROBES: Final = frozenset({f"{_BELOW}health", f"{_BELOW}ready"})
"""What an orchestrator asks under the address that it knows, and what says nothing of any session."""
_NO_DELIVERY: Final = "a callback or a webhook may not use the admin API"


class AdminGuard:
    """Refuses admin requests that a page could have others make for it.

    A page may have a sandbox send a callback, and a callback may go to the sandbox itself: a request with the
    header of a delivery is refused. A page may give its own name this machine's address (DNS rebinding) and
    is then of one origin with the sandbox: without a token, a request has to come under a name of this
    machine. Whether the server is up and ready anybody may ask, under any name.
    """

    def __init__(self, app: ASGIApp, *, has_token: bool, ids: RequestIds) -> None:
        """ids: what requests are called."""
        self.app, self._has_token, self._ids = app, has_token, ids

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http" or not is_admin(scope["path"]):
            return self.app(scope, receive, send)
        if header(scope, DELIVERY) is not None:
            sentence = f"{_NO_DELIVERY}, and the header Sandbox-Delivery says that this is one"
            return refuse(scope, self._ids.signed(scope, send), sentence)
        if scope["path"] in _PROBES:
            return self.app(scope, receive, send)
        host = header(scope, b"host") or ""
        # A page may say what a proxy would say, but not whom it connects to.
        if self._has_token or (is_local(host) and is_local(scope.get(CONNECTED_HOST, host))):
            return self.app(scope, receive, send)
        hint = "start understudy with --admin-token to use it under any"
        sentence = f"Host is {host!r}, which is no name of this machine; {hint}"
        return refuse(scope, self._ids.signed(scope, send), sentence)


def is_admin(path: str) -> bool:
    """Tell whether a path, without a session's prefix, leads to the admin API."""
    return path.startswith(_BELOW) or path == BASE_PATH


def is_local(host: str) -> bool:
    """Tell whether what `Host` says, with a port or without, is a name of this machine or of its own network.

    A name without a dot is one: the public DNS has none with an address, and compose files and tests call a
    sandbox by one.
    """
    if host.startswith("["):
        return is_loopback(host[1:].partition("]")[0])
    name = host.partition(":")[0].removesuffix(".").lower()
    return "." not in name or name.endswith(_LOCAL_ENDINGS) or is_loopback(name)


def refuse(scope: Scope, send: Send, sentence: str) -> Awaitable[None]:
    """Answer 403 with problem details."""
    content, headers = Encoder(None).encode(None, problem(403, sentence, None))
    return reply(scope, send, 403, content, headers)
