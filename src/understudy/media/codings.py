"""Content codings: a body as it was before it was packed (RFC 9110 §8.4.1)."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Final

import brotli

from understudy.errors import BodyMalformed, BodyTooLarge, CodingUnsupported
from understudy.media.types import shorten

TAKEN: Final = ("gzip", "deflate", "br")
"""What a body may be packed with, as `Accept-Encoding` names it."""
MOST: Final = 4
"""Codings of one body; nobody packs it more often to good purpose."""

_GZIP: Final = zlib.MAX_WBITS + 16  # as zlib is told that a gzip header comes
_ONCE: Final = "once it is unpacked"
_MOST_MEMBERS: Final = 256  # of one gzip body: what follows a member is copied
_PIECE: Final = 64 * 1024  # bytes that brotli is asked for at once
Unpack = Callable[[bytes, int], bytes]
"""Unpacks a body to at most so many bytes. Raises BodyMalformed and BodyTooLarge."""


def unpack(body: bytes, codings: str, limit: int) -> bytes:
    """Return a body as it was before it was packed, in whatever was done to it, the last thing first.

    codings: what `Content-Encoding` says, separated by commas.

    Raises BodyMalformed for what is not packed so, BodyTooLarge where it has more than `limit` bytes, and
    CodingUnsupported for a coding that is not taken, naming those that are.
    """
    names = [name for name in map(_name, codings.split(",")) if name not in ("", "identity")]
    for name in names:
        if name not in _CODINGS:
            raise _unsupported(f"Content-Encoding {shorten(name, 60)!r} is not taken")
    if len(names) > MOST:
        raise _unsupported(f"Content-Encoding names {len(names)} codings, and at most {MOST} are taken")
    for name in reversed(names):
        body = _CODINGS[name](body, limit)
    return body


def _name(text: str) -> str:
    return text.strip().lower()


def _unsupported(reason: str) -> CodingUnsupported:
    return CodingUnsupported(reason, TAKEN)


def _gunzip(body: bytes, limit: int) -> bytes:
    """Unpack what may be several members, one after another (RFC 1952 §2.2)."""
    unpacked = b""
    for _ in range(_MOST_MEMBERS):
        one = zlib.decompressobj(_GZIP)
        unpacked += _inflated(one, body, limit - len(unpacked), limit, "gzip")
        body = one.unused_data
        if not body:
            return unpacked
    raise _malformed("gzip", f"it has more than {_MOST_MEMBERS} members")


def _inflate(body: bytes, limit: int) -> bytes:
    """Unpack zlib's format, or the bare stream that some send in its place (RFC 9110 §8.4.1.2)."""
    one = zlib.decompressobj()
    if not _has_zlib_head(body):
        one = zlib.decompressobj(-zlib.MAX_WBITS)
    unpacked = _inflated(one, body, limit, limit, "deflate")
    if one.unused_data:
        raise _malformed("deflate", "something follows its end")
    return unpacked


def _has_zlib_head(body: bytes) -> bool:
    """Tell whether a body begins as RFC 1950 §2.2 has it."""
    return len(body) > 1 and body[0] & 15 == 8 and int.from_bytes(body[:2]) % 31 == 0


def _inflated(one: zlib._Decompress, body: bytes, most: int, limit: int, coding: str) -> bytes:
    try:
        unpacked = one.decompress(body, most + 1)
    except zlib.error as error:
        raise _malformed(coding, str(error)) from None
    if len(unpacked) > most:
        raise BodyTooLarge(limit, _ONCE)
    if not one.eof:
        raise _malformed(coding, "its end is missing")
    return unpacked


def _unbrotli(body: bytes, limit: int) -> bytes:
    one = brotli.Decompressor()
    pieces, size, rest = [], 0, body
    try:
        while not one.is_finished():
            piece = one.process(rest, output_buffer_limit=_PIECE)
            if not piece and one.can_accept_more_data() and not one.is_finished():
                raise _malformed("br", "its end is missing")
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                raise BodyTooLarge(limit, _ONCE)
            rest = b""
    except brotli.error as error:
        raise _malformed("br", str(error)) from None
    return b"".join(pieces)


def _malformed(coding: str, reason: str) -> BodyMalformed:
    return BodyMalformed(f"the body is not packed as its Content-Encoding {coding} says: {reason}")


_CODINGS: Final[dict[str, Unpack]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,  # RFC 9110 §8.4.1.3
    "deflate": _inflate,
    "br": _unbrotli,
}
