"""Pages in a browser: which of them may call the sandboxes, and which the admin API."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Final

from starlette.middleware.cors import CORSMiddleware

from understudy.admin.served import BASE_PATH
from understudy.problem import problem
from understudy.server.answering import Answering
from understudy.server.wire import ASGIApp, Receive, Scope, Send, header, reply

_LOCAL: Final = r"https?://(localhost|[a-z0-9-]+\.localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?"
_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Browsers:
    """Lets pages of some origins call (CORS); a request that names no origin comes from no page and goes straight through.

    `*` lets every page call the sandboxes. The admin API shows journals and tokens, so `*` opens it only to pages of this machine.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self.app = app
        named = [origin for origin in origins if origin != "*"]
        self._cors = _cors(app, list(origins), None)
        self._admin_cors = _cors(app, named, _LOCAL if len(named) < len(origins) else None)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on, by way of Starlette's CORS middleware where a page sent it."""
        origin = header(scope, b"origin") if scope["type"] == "http" else None
        if origin is None:
            return self.app(scope, receive, send)
        if not _is_admin(scope["path"]):
            return self._cors(scope, receive, send)
        if self._admin_cors.is_allowed_origin(origin) or origin.endswith(f"://{header(scope, b'host')}"):
            return self._admin_cors(scope, receive, send)
        said = f"pages of {origin} may not use the admin API; --cors names those that may"
        content, headers = Answering(None).encode(None, problem(403, said, None), {"headers": []})
        return reply(send, 403, content, headers)


def _is_admin(path: str) -> bool:
    return path.startswith(BASE_PATH) or (path.startswith("/~") and f"/{path[2:].partition('/')[2]}".startswith(BASE_PATH))


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
