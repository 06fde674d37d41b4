"""JSON in and out: orjson, and a check for what it lets pass but a contract could not be held to."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from understudy.errors import BodyMalformed
from understudy.media.types import decode_text
from understudy.pointers import escape

DEPTH_LIMIT = 200
"""Objects and arrays nested deeper are refused.

orjson reads 1,024 levels but writes 254, and a Python function that walks a value spends one to three frames
a level of the interpreter's 1,000: what is taken in must also be copied, compared and sent back.
"""

_BOM = b"\xef\xbb\xbf"
_PLAIN = frozenset({str, int, bool, type(None)})
_CONTAINERS = frozenset({dict, list})
_ABOVE, _BELOW = float(2**64), -float(2**63)  # an integer beyond 64 bits has become a float out here
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
    if charset is not None and charset.lower() != "utf-8":
        body = decode_text(body, charset).encode()
    elif body.startswith(_BOM):
        body = body[len(_BOM) :]
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _malformed(body, error) from None
    if not (_is_within_limits(value) and _says_it_all(value, body)):
        _inspect(body.decode())
    return value


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


# ---- what orjson lets pass


def _is_within_limits(value: Any) -> bool:
    """Tell whether no float can stand for an integer beyond 64 bits.

    Raises BodyMalformed where values are nested too deep.
    """
    level = [value] if type(value) in _CONTAINERS else [(value,)]
    depth, certain = 0, True
    while level:
        depth += 1
        if depth > DEPTH_LIMIT:
            raise _too_deep()
        below: list[Any] = []
        for container in level:
            members = container.values() if type(container) is dict else container
            if _PLAIN.issuperset(map(type, members)):
                continue  # by far the most containers, and no step of Python for each member
            for member in members:
                kind = type(member)
                if kind in _CONTAINERS:
                    below.append(member)
                elif kind is float and not _BELOW < member < _ABOVE:
                    certain = False
        level = below
    return certain


def _says_it_all(value: Any, body: bytes) -> bool:
    """Tell whether every key of the text is certainly in the value: one that was given twice has cost its
    text a colon too many.

    Writing the value again counts the colons of its keys and strings, unless the text had a colon written as
    an escape.
    """
    return body.count(b":") == orjson.dumps(value).count(b":") and not _ESCAPED_COLON.search(body)


def _inspect(text: str) -> None:
    """Read a valid JSON text token by token.

    Raises BodyMalformed for a key given twice or an integer beyond 64 bits.
    """
    path: list[str] = []  # of the place being read: the key or index in each open object or array
    counts: list[int] = []
    keys: list[set[str] | None] = []  # those seen in each open object; None for an array
    expects_key = False
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token[0] == '"':
            if expects_key:
                path[-1], expects_key = _new_key(orjson.loads(token), keys[-1], path, match), False
        elif token in "{[":
            keys.append(set() if token == "{" else None)
            path.append("0")
            counts.append(0)
            expects_key = token == "{"
        elif token in "}]":
            for stack in (path, counts, keys):
                stack.pop()
        elif token == ",":
            counts[-1] += 1
            expects_key = keys[-1] is not None
            path[-1] = str(counts[-1])
        elif (
            _INTEGER.fullmatch(token) and int(token) not in _INTEGERS
        ):  # of 309 digits at most, or orjson would have refused it
            place = _place(text, match.start())
            raise _beyond_64_bits(token, f"{_pointer(path)}, {place}" if path else place)


def _new_key(key: str, seen: set[str] | None, path: list[str], match: re.Match[str]) -> str:
    if seen is None or key in seen:
        pointer = _pointer([*path[:-1], key])
        raise BodyMalformed(
            f"the key {_short(key)!r} is given twice, at {pointer}, {_place(match.string, match.start())}"
        )
    seen.add(key)
    return key


# ---- what is wrong, and where


def _malformed(body: bytes, error: orjson.JSONDecodeError) -> BodyMalformed:
    """Say in our words what orjson stopped at, where its own do not tell a caller enough."""
    if not body.strip(b" \t\r\n"):
        return BodyMalformed("the body is empty, and JSON is expected")
    try:
        text = decode_text(body, "utf-8")
    except BodyMalformed as malformed:
        return malformed
    place = f"line {error.lineno} column {error.colno}"
    if "depth" in error.msg:
        return _too_deep()
    if stopped := _NO_NUMBER.match(text, max(error.pos - 1, 0)) or _NO_NUMBER.match(
        text, error.pos
    ):  # the first after a minus
        return BodyMalformed(f"the body is not JSON, which has no {stopped[0]}: at {place}")
    number = _NUMBER_HERE.match(text, error.pos)
    if number and "infinity" in error.msg:
        if _INTEGER.fullmatch(number[0]):
            return _beyond_64_bits(number[0], place)
        return BodyMalformed(f"the number {_short(number[0])} is too large for a double, at {place}")
    if "surrogate" in error.msg:
        return BodyMalformed(f"the body is not JSON: a \\u escape is half a surrogate pair, at {place}")
    return BodyMalformed(f"the body is not JSON: {error.msg}, at {place}")


def _too_deep() -> BodyMalformed:
    return BodyMalformed(f"the body is nested more than {DEPTH_LIMIT} levels deep")


def _beyond_64_bits(digits: str, place: str) -> BodyMalformed:
    return BodyMalformed(f"the integer {_short(digits)} does not fit in 64 bits, at {place}")


def _place(text: str, position: int) -> str:
    line = text.count("\n", 0, position) + 1
    return f"line {line} column {position - text.rfind(chr(10), 0, position)}"


def _pointer(path: list[str]) -> str:
    return "".join(f"/{_short(escape(token))}" for token in path)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"
