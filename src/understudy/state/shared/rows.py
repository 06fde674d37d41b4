"""Records as they stand in the store: one JSON object in three lines, which a person can read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from understudy.state.json_values import decode, encode
from understudy.state.store import NO_META, Advance, Delete, Insert, Replace, Step, Value
from understudy.state.table import Row

_BREAK: Final = b",\n"
_META: Final = len(b'"meta":')
_VALUE: Final = len(b'"value":')
_EMPTY: Final = b"{}"


def octets(text: str) -> bytes:
    """Return a name or a key as it is kept, also half a surrogate pair."""
    return text.encode("utf-8", "surrogatepass")


def text_of(data: bytes) -> str:
    """Return what `octets` wrote."""
    return data.decode("utf-8", "surrogatepass")


def row_of(key: str, text: bytes) -> tuple[Row, float | None]:
    """Return a record, and the time at which it expires, in seconds since 1970; None is never."""
    first, meta, value = text.split(_BREAK, 2)
    head = _head(first + b"}")
    beside = meta[_META:]
    row = Row(
        key,
        value[_VALUE:-1],
        NO_META if beside == _EMPTY else decode(beside),
        head["revision"],
        head["version"],
        head["number"],
        tuple((field, held) for field, held in head["unique"]),
    )
    return row, head.get("deadline")


def _head(data: bytes) -> dict[str, Any]:
    try:
        head: dict[str, Any] = orjson.loads(data)
    except orjson.JSONDecodeError:  # half a surrogate pair
        head = json.loads(text_of(data))
    return head


def written(value: Value | bytes) -> bytes:
    """Return an item as JSON. Raises TypeError for what is none."""
    return value if isinstance(value, bytes) else encode(value)


def arguments(step: Step, version: int = 0) -> Sequence[bytes]:
    """Return a step as the script takes it. version: of what is added, where it is not the first."""
    if isinstance(step, Insert):
        return (
            b"insert",
            octets(step.collection),
            octets(step.key),
            written(step.value),
            encode(step.meta) if step.meta else b"",
            _pairs(step.unique) if step.unique else b"",
            b"",
            b"" if step.expires is None else b"%f" % step.expires,
            b"%d" % version if version else b"",
        )
    if isinstance(step, Replace):
        return (
            b"replace",
            octets(step.collection),
            octets(step.key),
            written(step.value),
            b"" if step.meta is None else encode(step.meta),
            b"" if step.unique is None else _pairs(step.unique),
            _number(step.expected),
            b"",
            b"",
        )
    if isinstance(step, Delete):
        place = (octets(step.collection), octets(step.key))
        return (b"delete", *place, b"", b"", b"", _number(step.expected), b"", b"")
    if isinstance(step, Advance):
        return (b"advance", b"", octets(step.counter), b"", b"", b"", b"", b"", b"%d" % step.to)
    return (b"count", b"", octets(step.counter), b"", b"", b"", b"", b"", b"%d" % step.by)


CLEAR: Final = (b"clear", *(b"",) * 8)
"""The step that forgets all there is; it comes first."""


def _number(value: int | None) -> bytes:
    return b"" if value is None else b"%d" % value


def _pairs(unique: Mapping[str, str]) -> bytes:
    return octets(json.dumps(list(unique.items()), ensure_ascii=False, separators=(",", ":")))
