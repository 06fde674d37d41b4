"""The console: a page in a browser that shows and steers what is served, by way of the admin API alone.

Its files are built from `console/` of the source by `make console`, and lie in the package.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable
from pathlib import Path
from typing import Final

from understudy.admin.served import BASE_PATH
from understudy.server.asgi import Headers, Scope, Send, header, reply

CONSOLE: Final = f"{BASE_PATH}/ui"
"""The path the console stands under."""
FOLDER: Final = Path(__file__).resolve().parent.parent / "console"
"""Where its files lie."""

_MEDIA_TYPES: Final = {
    "index.html": b"text/html; charset=utf-8",
    "console.js": b"text/javascript; charset=utf-8",
    "console.css": b"text/css; charset=utf-8",
    "icon.svg": b"image/svg+xml",
}
_PAGE: Final = "index.html"
_POLICY: Final = b"; ".join(
    [
        b"default-src 'none'",
        b"script-src 'self'",
        b"style-src 'self'",
        b"img-src 'self'",
        b"connect-src 'self'",
        b"base-uri 'none'",
        b"form-action 'none'",
        b"frame-ancestors 'none'",
    ]
)
_HEADERS: Final = (
    (b"content-security-policy", _POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    # Kept by the browser, which asks each time whether it is still the one.
    (b"cache-control", b"no-cache"),
)


class Console:
    """Answers the paths of the console, `paths`. Each file is read when it is first asked for, and kept."""

    def __init__(self) -> None:
        self._files = {f"{CONSOLE}/{name}": name for name in _MEDIA_TYPES}
        self._files[CONSOLE] = _PAGE
        self._slash = f"{CONSOLE}/"
        self.paths = frozenset([*self._files, self._slash])
        self._contents: dict[str, tuple[bytes, bytes]] = {}  # and the tag of each, by name

    def show(self, scope: Scope, send: Send) -> Awaitable[None]:
        """Answer one of `paths`; with 304 where the browser has the same file already."""
        if scope["path"] == self._slash:  # the page's own links are relative to the path without it
            return reply(scope, send, 308, b"", [(b"location", b"../ui")])
        name = self._files[scope["path"]]
        content, tag = self._content(name)
        headers: Headers = [*_HEADERS, (b"etag", tag), (b"content-type", _MEDIA_TYPES[name])]
        if tag.decode() in (header(scope, b"if-none-match") or ""):
            return reply(scope, send, 304, b"", headers)
        return reply(scope, send, 200, content, headers)

    def _content(self, name: str) -> tuple[bytes, bytes]:
        if name not in self._contents:
            content = (FOLDER / name).read_bytes()
            tag = hashlib.sha256(content).hexdigest()[:32]
            self._contents[name] = (content, f'"{tag}"'.encode())
        return self._contents[name]
