"""JSON objects as they are kept: bytes that orjson writes and reads, and the few that it cannot."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from understudy.media.json_codec import load
from understudy.pointers import escape

_ENCODING: Final = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
# orjson reads an integer beyond 64 bits as a float and does not say so, and refuses half a surrogate pair. An
# object with such a value is written by the json module, with a space that orjson never writes, which tells
# who is to read it.
_MARK: Final = b" }"
_PLAIN: Final = (str, bool, int, type(None))


def encode(value: Mapping[str, Any]) -> bytes:
    """Write a JSON object.

    Raises TypeError that names the member which is no JSON, such as bytes, NaN or a key that is no text.
    """
    try:
        return orjson.dumps(value, option=_ENCODING)
    except TypeError:  # of which orjson's own error is one
        return _encode_slowly(value)


def decode(data: bytes) -> dict[str, Any]:
    """Read what `encode` wrote."""
    loads = json.loads if data.endswith(_MARK) else load
    value: dict[str, Any] = loads(data)
    return value


def _encode_slowly(value: Mapping[str, Any]) -> bytes:
    for place, culprit in _no_json(value, ""):
        raise TypeError(
            f"only JSON can be kept, and {place or 'this'} is of the type {type(culprit).__name__}"
        )
    text = json.dumps(value, separators=(",", ":"))
    return text[:-1].encode() + _MARK


def _no_json(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Name what cannot be written, with its place."""
    if isinstance(value, dict):
        for name, member in value.items():
            if not isinstance(name, str):
                yield f"{place}/{name}, a name,", name
            yield from _no_json(member, f"{place}/{escape(str(name))}")
    elif isinstance(value, (list, tuple)):
        for index, element in enumerate(value):
            yield from _no_json(element, f"{place}/{index}")
    elif isinstance(value, float):
        if not math.isfinite(value):
            yield place, value
    elif not isinstance(value, _PLAIN):
        yield place, value
