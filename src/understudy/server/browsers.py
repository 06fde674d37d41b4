"""Pages in a browser: which of them may call the sandboxes, and which the admin API."""

from __future__ import annotations

from collections.abc import Awaitable, Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers as StarletteHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response

from understudy.contracts.contract import METHODS
from understudy.server.admin_guard import is_admin, refuse
from understudy.server.asgi import ASGIApp, Headers, Message, Receive, Scope, Send, header
from understudy.server.request_ids import RequestIds
from understudy.server.session_middleware import HEADERS

_LOCAL: Final = r"https?://(localhost|[a-z0-9-]+\.localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]+)?"
_UNNAMED: Final = frozenset(
    {
        b"cache-control",
        b"content-language",
        b"content-length",
        b"content-type",
        b"expires",
        b"last-modified",
        b"pragma",
        b"set-cookie",
    }
)
"""Headers of an answer that every page may read, and the one that none may (Fetch standard, §2.2.2)."""
_OF_A_BODY: Final = ("content-length", "content-type")


class Browsers:
    """Lets pages of some origins call (CORS); a request that names no origin comes from no page and goes
    straight through.

    Pages of the origins that are named may send and get cookies. `*` lets every page call the sandboxes,
    those of this machine with cookies. The admin API shows journals and tokens, so `*` opens it only to pages
    of this machine.
    """

    def __init__(
        self, app: ASGIApp, origins: Sequence[str], methods: Iterable[str] = (), *, ids: RequestIds
    ) -> None:
        """`methods`: those that are served beside the usual ones. ids: what requests are called."""
        self.app, self._ids = app, ids
        named, pattern = list(origins), None
        if "*" in named:
            named, pattern = list(filter("*".__ne__, origins)), _LOCAL
        asked = sorted(map(str.upper, {*METHODS, *methods}))
        cors = partial(_cors, partial(_expose, app), asked)
        self._known = cors(named, pattern, has_credentials=True)
        self._anybody = self._known
        if "*" in origins:
            self._anybody = cors(["*"], None, has_credentials=False)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on, by way of Starlette's CORS middleware where a page sent it."""
        if scope["type"] != "http" or b"origin" not in scope[HEADERS]:
            return self.app(scope, receive, send)
        origin: str = scope[HEADERS][b"origin"].decode("latin-1")
        if self._known.is_allowed_origin(origin):
            return self._known(scope, receive, send)
        if not is_admin(scope["path"]):
            return self._anybody(scope, receive, send)
        host = header(scope, b"host")
        if origin in (f"http://{host}", f"https://{host}"):
            return self._known(scope, receive, send)
        sentence = f"pages of {origin} may not use the admin API; --cors names those that may"
        return refuse(scope, self._ids.signed(scope, send), sentence)


class _Cors(CORSMiddleware):
    """Starlette's middleware, but for what has nothing to say: a preflight that is allowed has no body."""

    def preflight_response(self, request_headers: StarletteHeaders) -> Response:
        """Answer a preflight with 204, as most servers do, or 400 with the reason."""
        allowed = super().preflight_response(request_headers)
        if allowed.status_code >= 400:
            return allowed
        headers = dict(allowed.headers)
        for name in _OF_A_BODY:
            headers.pop(name, None)
        return Response(status_code=204, headers=headers)


def _cors(
    app: ASGIApp,
    methods: Sequence[str],
    origins: Collection[str],
    pattern: str | None,
    *,
    has_credentials: bool,
) -> CORSMiddleware:
    return _Cors(
        app,
        allow_origins=origins,
        allow_origin_regex=pattern,
        allow_methods=methods,
        allow_headers=["*"],
        allow_credentials=has_credentials,
        allow_private_network=True,
        max_age=600,
    )


def _expose(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
    """Name the headers that a page may read: all there are, one by one, because `*` means nothing where
    credentials are allowed (Fetch standard, §3.3.3); and let a page of another site have its cookies.
    """
    is_foreign = _is_of_another_site(scope)

    async def send_exposed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message["headers"])
            if is_foreign:
                headers = [*_for_others(headers), *headers]
            exposed = _exposed(headers)
            if exposed:
                headers.append((b"access-control-expose-headers", exposed))
            message["headers"] = headers
        await send(message)

    return app(scope, receive, send_exposed)


def _is_of_another_site(scope: Scope) -> bool:
    """Tell whether a page comes from another host, as one of localhost does to 127.0.0.1; a port is none."""
    origin: str = scope[HEADERS][b"origin"].decode("latin-1")
    return urlsplit(origin).hostname != urlsplit(f"//{header(scope, b'host') or ''}").hostname


def _for_others(headers: Headers) -> Iterator[tuple[bytes, bytes]]:
    """Yield the cookies of an answer as browsers take them from and send them to another site, which they do
    for no other (RFC 6265bis, §5.6 and §5.8.3), on this machine without TLS. The cookies as they were come
    after these, for clients that hold a secure one back.
    """
    for name, value in headers:
        if name == b"set-cookie":
            kept = [part.strip() for part in value.split(b";") if not _says_site(part)]
            yield name, b"; ".join([*kept, b"SameSite=None", b"Secure", b"Partitioned"])


def _says_site(part: bytes) -> bool:
    word = part.partition(b"=")[0].strip().lower()
    return word in (b"samesite", b"secure", b"partitioned")


def _exposed(headers: Headers) -> bytes:
    names = dict.fromkeys(name.lower() for name, _ in headers)
    return b", ".join(name for name in names if name not in _UNNAMED)
