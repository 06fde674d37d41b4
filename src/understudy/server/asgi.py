"""ASGI at its plainest: reading a body, sending an answer, finding a header."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any, Final, cast
from urllib.parse import quote

from understudy.errors import BodyTooLarge
from understudy.media.codings import unpack
from understudy.messages import Pieces
from understudy.options import OPTIONS

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
# Who only looks and passes on returns the next application's awaitable instead of awaiting it: a frame less
# for each request.
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

BODY_LIMIT: Final = OPTIONS["body_limit"].default
"""Bytes of a body that are taken where nobody says otherwise."""

_DIGITS: Final = 20  # of a length, which are enough to see that it is too large

_BODILESS = (204, 205, 304)


class Disconnected(Exception):
    """The caller went away before the body was whole; there is nobody to answer."""


async def read_body(scope: Scope, receive: Receive, limit: int = BODY_LIMIT) -> bytes:
    """Read a whole body of at most `limit` bytes.

    Raises BodyTooLarge: at once where the head says so, which may never be sent; else after taking the rest,
    so that the caller hears the answer. Raises Disconnected.
    """
    declared = header(scope, b"content-length") or ""
    if declared.isdecimal() and int(declared[:_DIGITS]) > limit:
        raise BodyTooLarge(limit, is_read=False)
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        body: bytes = message.get("body", b"")
        if len(body) > limit:
            raise BodyTooLarge(limit)
        return body
    chunks, size = [], 0
    while message["type"] == "http.request":
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
        else:
            chunks.clear()
        if not message.get("more_body"):
            if size > limit:
                raise BodyTooLarge(limit)
            return b"".join(chunks)
        message = await receive()
    raise Disconnected


def unpacked(scope: Scope, content: bytes, limit: int) -> bytes:
    """Return a body as it was before it was packed in what the request names.

    Raises BodyMalformed, MediaTypeUnsupported, and BodyTooLarge where it then has more than `limit` bytes.
    """
    if not content:
        return content
    return unpack(content, ",".join(header_values(scope, b"content-encoding")), limit)


async def reply(
    scope: Scope, send: Send, status: int, body: bytes, headers: Iterable[tuple[bytes, bytes]]
) -> None:
    """Send an answer; one whose status has no body is sent without, since a client takes what follows it for
    the next answer.

    What is asked by HEAD gets the headers it would get by GET, and no body (RFC 9110 §8.6).
    """
    if status in _BODILESS:
        body = b""
    sent = [*headers]
    is_streamed = type(body) is Pieces
    if status not in (204, 304) and not is_streamed:
        sent.append((b"content-length", b"%d" % len(body)))
    if scope["method"] == "HEAD":
        body, is_streamed = b"", False
    await send({"type": "http.response.start", "status": status, "headers": sent})
    if is_streamed:
        for piece in cast(Pieces, body).pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        body = b""
    await send({"type": "http.response.body", "body": body})


def raw_path(scope: Scope) -> bytes:
    """Return the path of a request as it stands on the wire; a server need not tell (ASGI HTTP 2.3)."""
    raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    return raw.partition(b"?")[0]


def header(scope: Scope, name: bytes) -> str | None:
    """Return the first value of a header, by its lower-case name."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value, "latin-1")
    return None


def header_values(scope: Scope, name: bytes) -> list[str]:
    """Return all values of a header, by its lower-case name."""
    return [str(value, "latin-1") for key, value in scope["headers"] if key == name]


def wire_headers(headers: Mapping[str, str]) -> Headers:
    """Write headers as ASGI has them: names in lower case, all as bytes."""
    written = []
    for name, value in headers.items():
        for line in value.split("\n"):  # cookies, each of which has a line of its own (RFC 6265 §3)
            written.append((name.lower().encode("latin-1"), line.encode("latin-1")))
    return written
