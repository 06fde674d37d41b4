"""Kept files: what was uploaded, at the addresses that answers name where no operation gives it."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Final

from understudy.admin.served import Mounted
from understudy.engine.files import FILES_PATH, File, found
from understudy.server.asgi import ASGIApp, Receive, Scope, Send, reply
from understudy.server.request_ids import RequestIds
from understudy.server.session_middleware import REFUSED, SESSION

_METHODS: Final = ("GET", "HEAD")


class KeptFiles:
    """Answers the files of a session's items, and passes on every other request."""

    def __init__(self, app: ASGIApp, mounted: Sequence[Mounted], ids: RequestIds) -> None:
        """`ids`: what requests are called."""
        self.app, self._ids = app, ids
        self._mounted = sorted(mounted, key=lambda mount: len(mount.base_path), reverse=True)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer a file, or pass the request on."""
        if scope["type"] != "http" or FILES_PATH not in scope["path"] or REFUSED in scope:
            return self.app(scope, receive, send)
        return self._show(scope, receive, send)

    async def _show(self, scope: Scope, receive: Receive, send: Send) -> None:
        file = await self._file(scope) if scope["method"] in _METHODS else None
        if file is None:
            await self.app(scope, receive, send)
            return
        kind = file.media_type or "application/octet-stream"
        headers = [(b"content-type", kind.encode("latin-1", "replace"))]
        await reply(scope, self._ids.signed(scope, send), 200, file.content, headers)

    async def _file(self, scope: Scope) -> File | None:
        """Return the file of an address; its last segment is what the file is called."""
        before, _, place = scope["path"].partition(FILES_PATH)
        for mount in self._mounted:
            if before.startswith(mount.base_path):
                store = mount.sandbox.world(scope[SESSION]).store
                return await found(store, [place.rpartition("/")[0]])
        return None
