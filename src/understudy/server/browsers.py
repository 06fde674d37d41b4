"""Pages in a browser: which of them may call the sandboxes, and which the admin API."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Final

from starlette.middleware.cors import CORSMiddleware

from understudy.server.admin_guard import is_admin, refuse
from understudy.server.asgi import ASGIApp, Receive, Scope, Send, header
from understudy.server.session_middleware import HEADERS

_LOCAL: Final = r"https?://(localhost|[a-z0-9-]+\.localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?"
_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Browsers:
    """Lets pages of some origins call (CORS); a request that names no origin comes from no page and goes
    straight through.

    `*` lets every page call the sandboxes. The admin API shows journals and tokens, so `*` opens it only to
    pages of this machine.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self.app = app
        self._cors = _cors(app, list(origins), None)
        named, pattern = list(origins), None
        if "*" in named:
            named, pattern = list(filter("*".__ne__, origins)), _LOCAL
        self._admin_cors = _cors(app, named, pattern)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on, by way of Starlette's CORS middleware where a page sent it."""
        if scope["type"] != "http" or b"origin" not in scope[HEADERS]:
            return self.app(scope, receive, send)
        origin: str = scope[HEADERS][b"origin"].decode("latin-1")
        if not is_admin(scope["path"]):
            return self._cors(scope, receive, send)
        if self._admin_cors.is_allowed_origin(origin) or origin.endswith(f"://{header(scope, b'host')}"):
            return self._admin_cors(scope, receive, send)
        return refuse(
            scope, send, f"pages of {origin} may not use the admin API; --cors names those that may"
        )


def _cors(app: ASGIApp, origins: list[str], pattern: str | None) -> CORSMiddleware:
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_origin_regex=pattern,
        allow_methods=list(_METHODS),
        allow_headers=["*"],
        expose_headers=["*"],
        allow_private_network=True,
        max_age=600,
    )
