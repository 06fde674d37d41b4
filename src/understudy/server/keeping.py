"""Keeping: what a request changed besides records is noted before its answer begins; with `sync=full` it all
is on the disk by then.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Final, Protocol

from understudy.server.asgi import ASGIApp, Message, Receive, Scope, Send
from understudy.server.session_middleware import SESSION

_SENTENCE: Final = b"what the request changed cannot be written to the store now; it is tried again"
_AWAY: Final = (
    b'{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"' + _SENTENCE + b'"}'
)
_HEADERS: Final = [
    (b"content-type", b"application/problem+json"),
    (b"content-length", str(len(_AWAY)).encode()),
    (b"retry-after", b"1"),
]


class Keeps(Protocol):
    """What keeps state."""

    async def keep(self, session: str) -> bool:
        """Note what a request of a session changed; False where it has to be on the disk and cannot be."""
        ...


class KeepsSoon(Protocol):
    """What keeps state without anybody who waits."""

    def keep_soon(self, session: str) -> None:
        """Note what a request of a session changed."""
        ...


class KeepingSoon:
    """Stands around an application whose state is kept while its answers leave: nothing here awaits, which
    each read would pay for.
    """

    def __init__(self, app: ASGIApp, backend: KeepsSoon) -> None:
        self._app, self._backend = app, backend

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on, and have what it changed noted before its answer begins."""
        if scope["type"] != "http":
            return self._app(scope, receive, send)
        keep_soon, session = self._backend.keep_soon, scope[SESSION].name

        def noted(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                keep_soon(session)
            return send(message)

        return self._app(scope, receive, noted)


class Keeping:
    """Stands around an application whose state is kept."""

    def __init__(self, app: ASGIApp, backend: Keeps) -> None:
        self._app, self._backend = app, backend

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on, and hold its answer until what it changed is noted."""
        if scope["type"] == "http":
            send = _Held(send, self._backend, scope[SESSION].name).send
        return self._app(scope, receive, send)


class _Held:
    """The way back of one answer."""

    def __init__(self, send: Send, backend: Keeps, session: str) -> None:
        self._send, self._backend, self._session = send, backend, session
        self._is_away = False

    async def send(self, message: Message) -> None:
        """Pass a message on; where the store is away, 503 in the place of the answer."""
        if message["type"] == "http.response.start":
            self._is_away = not await self._backend.keep(self._session)
            if self._is_away:
                await self._send({"type": "http.response.start", "status": 503, "headers": _HEADERS})
                await self._send({"type": "http.response.body", "body": _AWAY})
        if not self._is_away:
            await self._send(message)
