"""JSON in and out: orjson, and a check for what it lets pass but a contract could not be held to."""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Generator, Iterator
from itertools import chain
from typing import Any

import orjson
from msgspec import Struct

from understudy.errors import BodyMalformed
from understudy.media.pieces import whole
from understudy.media.types import decode_text, shorten
from understudy.pointers import escape

DEPTH_LIMIT = 200
"""Objects and arrays nested deeper are refused.

orjson reads 1,024 levels but writes 254, and a Python function that walks a value spends one to three frames
a level of the interpreter's 1,000: what is taken in must also be copied, compared and sent back.
"""

_LARGE = 64 * 1024  # bytes
_TOKENS = 5_000  # that are read without a pause
_BOM = b"\xef\xbb\xbf"
_CONTAINERS = frozenset({dict, list})
_NUMBERS = bytes.maketrans(b"123456789,[- \t\r\n", b"0" * 9 + b":" * 7)
_LONG_INTEGER = b":" + b"0" * 19  # the digits of 2^63; its place may also be in a string
_INTEGERS = range(-(2**63), 2**64)
_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_NUMBER = r"-?[0-9][0-9.eE+-]*+"
_TOKEN = re.compile(rf"{_STRING}|{_NUMBER}|[{{}}\[\],]", re.DOTALL)
_NUMBER_HERE = re.compile(_NUMBER)
_INTEGER = re.compile(r"-?[0-9]+")
_NO_NUMBER = re.compile(r"-?(?:NaN|Infinity)")
_ESCAPED_COLON = re.compile(rb"\\u003[aA]")
_ENCODING = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def decode(body: bytes, charset: str | None = None) -> Any:
    """Read a JSON text; UTF-8 unless a charset is named, with or without a byte order mark.

    Raises BodyMalformed, saying what and where, for whatever is not JSON (RFC 8259) and for what programs
    disagree on: a key given twice, an integer beyond 64 bits (-2^63 to 2^64-1), more than DEPTH_LIMIT levels.
    Raises MediaTypeUnsupported for an unknown charset.
    """
    body = _as_utf8(body, charset)
    value = _read(body)
    if _nests_too_deep(value, body):
        raise _too_deep()
    if _may_have_long_integer(body) or not _says_it_all(value, body):
        for _ in _inspect(body.decode()):
            pass
    return value


def decode_in_pieces(body: bytes, charset: str | None = None) -> Generator[None, None, Any]:
    """Do the same, and pause by yielding between the steps."""
    body = _as_utf8(body, charset)
    value = _read(body)
    yield
    if _nests_too_deep(value, body):
        raise _too_deep()
    yield
    is_certain = not _may_have_long_integer(body) and _says_it_all(value, body)
    yield
    if not is_certain:
        yield from _inspect(body.decode())
    return value


def decode_as_sent(body: bytes, charset: str | None = None) -> Any:
    """Read a JSON text as most parsers do: of a key that is given twice the last counts, and an integer that
    64 bits do not hold is a float. Otherwise `decode`.
    """
    return whole(decode_as_sent_in_pieces(body, charset))


def decode_as_sent_in_pieces(body: bytes, charset: str | None = None) -> Generator[None, None, Any]:
    """Do the same, and pause by yielding between the steps."""
    body = _as_utf8(body, charset)
    value = _read(body)
    yield
    if _nests_too_deep(value, body):
        raise _too_deep()
    return value


def _as_utf8(body: bytes, charset: str | None) -> bytes:
    if charset is not None and charset.lower() != "utf-8":
        return decode_text(body, charset).encode()
    return body.removeprefix(_BOM)


def _read(body: bytes) -> Any:
    try:
        return load(body)
    except orjson.JSONDecodeError as error:
        raise _malformed(body, error) from None


def load(body: bytes) -> Any:
    """Read JSON. Of a large text the garbage collector takes no notice: JSON has no cycles, and it would look
    at all there is again and again while ten thousands of lists are made.
    """
    if len(body) < _LARGE or not gc.isenabled():
        return orjson.loads(body)
    gc.disable()
    try:
        return orjson.loads(body)
    finally:
        gc.enable()


def encode(value: Any) -> bytes:
    """Write a value as JSON in UTF-8, without spaces.

    Raises TypeError for what is no JSON value, such as a datetime.
    """
    try:
        return orjson.dumps(value, option=_ENCODING)
    except orjson.JSONEncodeError:
        # What orjson refuses and JSON can still carry: keys of a subclass of str, integers beyond 64 bits,
        # half a surrogate pair.
        return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode()


def read_back(data: bytes) -> Any:
    """Read what `encode` wrote, or what a record holds."""
    try:
        return load(data)
    except orjson.JSONDecodeError:  # half a surrogate pair
        return json.loads(data)


# ---- what orjson lets pass


def _nests_too_deep(value: Any, body: bytes) -> bool:
    """Tell whether values are nested deeper than DEPTH_LIMIT."""
    if body.count(b"{") + body.count(b"[") <= DEPTH_LIMIT:  # as in most texts: nothing to walk through
        return False
    level = _containers_in([value])
    for _ in range(DEPTH_LIMIT):
        level = list(chain.from_iterable(map(_containers_in, level)))
        if not level:
            return False
    return True


def _containers_in(value: Any) -> list[Any]:
    members = value.values() if type(value) is dict else value
    return [member for member in members if member and type(member) in _CONTAINERS]


def _may_have_long_integer(body: bytes) -> bool:
    """Tell whether an integer may stand in a text that 64 bits do not hold, which is then a float.

    All digits made one and all that stands before a number made one, this is the search for one text.
    """
    return _LONG_INTEGER in b":" + body.translate(_NUMBERS)


def _says_it_all(value: Any, body: bytes) -> bool:
    """Tell whether every key of the text is certainly in the value: one that was given twice has cost its
    text a colon too many.

    Writing the value again counts the colons of its keys and strings, unless the text had a colon written as
    an escape.
    """
    return body.count(b":") == orjson.dumps(value).count(b":") and not _ESCAPED_COLON.search(body)


def _inspect(text: str) -> Iterator[None]:
    """Read a valid JSON text token by token, and yield after some of them.

    Raises BodyMalformed for a key given twice or an integer beyond 64 bits.
    """
    inspection = _Inspection(text)
    for number, match in enumerate(_TOKEN.finditer(text)):
        inspection.take(match[0], match.start())
        if number % _TOKENS == 0:
            yield


class _Open(Struct):
    """An object or array that is being read.

    at: the key or index that is being read. keys: those that were seen; None for an array.
    """

    keys: set[str] | None
    at: str = "0"
    count: int = 0
    expects_key: bool = False


class _Inspection:
    """A text being read, and what is open where the reader is."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[_Open] = []

    def take(self, token: str, position: int) -> None:
        """Read the next token."""
        first = token[0]
        if first == '"':
            if self._open and self._open[-1].expects_key:
                self._key(orjson.loads(token), position)
        elif first == "{":
            self._open.append(_Open(set(), expects_key=True))
        elif first == "[":
            self._open.append(_Open(None))
        elif first in "}]":
            self._open.pop()
        elif first == ",":
            inner = self._open[-1]
            inner.count += 1
            inner.at, inner.expects_key = str(inner.count), inner.keys is not None
        elif _INTEGER.fullmatch(token) and int(token) not in _INTEGERS:
            # Of 309 digits at most, or orjson would have refused it.
            raise _beyond_64_bits(token, self._place(position))

    def _key(self, key: str, position: int) -> None:
        inner = self._open[-1]
        inner.at, inner.expects_key = key, False
        if inner.keys is None or key in inner.keys:
            place = self._place(position)
            raise BodyMalformed(f"the key {shorten(key, 60)!r} is given twice, at {place}")
        inner.keys.add(key)

    def _place(self, position: int) -> str:
        line = self._text.count("\n", 0, position) + 1
        column = position - self._text.rfind("\n", 0, position)
        place = f"line {line} column {column}"
        pointer = ""
        for container in self._open:
            pointer += f"/{shorten(escape(container.at), 60)}"
        if pointer:
            return f"{pointer}, {place}"
        return place


# ---- what is wrong, and where


def _malformed(body: bytes, error: orjson.JSONDecodeError) -> BodyMalformed:
    """Say in our words what orjson stopped at, where its own do not tell a caller enough."""
    if not body.strip(b" \t\r\n"):
        return BodyMalformed("the body is empty, and JSON is expected")
    try:
        text = decode_text(body, "utf-8")
    except BodyMalformed as malformed:
        return malformed
    if "depth" in error.msg:
        return _too_deep()
    place = f"line {error.lineno} column {error.colno}"
    for start in (max(error.pos - 1, 0), error.pos):  # the first is where a minus stands before it
        stopped = _NO_NUMBER.match(text, start)
        if stopped:
            return BodyMalformed(f"the body is not JSON, which has no {stopped[0]}: at {place}")
    number = _NUMBER_HERE.match(text, error.pos)
    if number and "infinity" in error.msg:
        return _too_large(number[0], place)
    if "surrogate" in error.msg:
        return BodyMalformed(f"the body is not JSON: a \\u escape is half a surrogate pair, at {place}")
    return BodyMalformed(f"the body is not JSON: {error.msg}, at {place}")


def _too_deep() -> BodyMalformed:
    return BodyMalformed(f"the body is nested more than {DEPTH_LIMIT} levels deep")


def _too_large(number: str, place: str) -> BodyMalformed:
    if _INTEGER.fullmatch(number):
        return _beyond_64_bits(number, place)
    return BodyMalformed(f"the number {shorten(number, 60)} is too large for a double, at {place}")


def _beyond_64_bits(digits: str, place: str) -> BodyMalformed:
    return BodyMalformed(f"the integer {shorten(digits, 60)} does not fit in 64 bits, at {place}")
