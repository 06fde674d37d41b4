"""Sequences: event streams, JSON on lines, JSON text sequences and tables, as the lists that they carry."""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Iterable, Iterator
from functools import cached_property
from typing import Any, Final

from understudy.bodies.form_fields import ValidatorOf
from understudy.contracts.contract import MediaType
from understudy.contracts.sequences import EVENTS, RECORDS, TABLE, kind_of
from understudy.errors import BodyMalformed
from understudy.media import json_codec
from understudy.media import types as media_types
from understudy.media.pieces import whole
from understudy.messages import Pieces
from understudy.parameters.values import Reading, Readings
from understudy.schemas.keywords import as_list
from understudy.schemas.subschemas import in_place, mapping

_FIELDS: Final = ("event", "id", "retry", "data")
"""What an event has (HTML, server-sent events), in the order in which they are usually written."""
_MARK: Final = b"\x1e"
_MANY: Final = 500  # items that are read before others may go on


class SequenceCodec:
    """Reads and writes the sequences of one media type as lists.

    An item of an event stream is an event where its schema names `data` and nothing that an event has not;
    else it is what the data of one says. A row of a table is an object by the names in the first line.
    """

    def __init__(self, media: MediaType, validator_of: ValidatorOf, name: str) -> None:
        self._media, self._validator_of = media, validator_of
        self._kind = kind_of(name)
        stated = media_types.parse_or_none(name)
        has_header = stated is None or (stated.parameter("header") or "present") != "absent"
        separator = "\t" if "tab" in name or "tsv" in name else ","
        self._table = Table(separator, has_header=has_header)

    @cached_property
    def _items(self) -> Reading:
        schema = self._media.schema
        readings = Readings(self._validator_of)
        if schema is None or not schema.has("items"):
            return readings.of()
        return readings.of(schema.raw("items"))

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """The members of an item that its schema names."""
        schema = self._media.schema
        if schema is None or not isinstance(schema.get("items"), dict):
            return ()
        names: dict[str, None] = {}
        for part in in_place([schema.raw("items")]):
            names |= dict.fromkeys(mapping(part, "properties"))
        return tuple(names)

    @property
    def _are_events(self) -> bool:
        return "data" in self._names and set(self._names) <= {*_FIELDS}

    # -- reading

    def decode(self, body: bytes, charset: str | None = None) -> Any:
        """Read a body as a list. Raises BodyMalformed with the line, MediaTypeUnsupported for a charset."""
        return whole(self.decode_in_pieces(body, charset))

    def decode_in_pieces(self, body: bytes, charset: str | None = None) -> Generator[None, None, Any]:
        """Read a body as a list, with a pause after some hundred items."""
        text = media_types.decode_text(body, charset)
        found: list[Any] = []
        for item in self._read(text):
            found.append(item)
            if len(found) % _MANY == 0:
                yield
        return found

    def _read(self, text: str) -> Iterator[Any]:
        if self._kind == TABLE:
            return self._table.rows(text, self._items)
        if self._kind == EVENTS:
            return self._events(text)
        if self._kind == RECORDS:
            return _json_items(enumerate(text.split("\x1e"), 0), "record")
        return _json_items(enumerate(text.split("\n"), 1), "line")

    def _events(self, text: str) -> Iterator[Any]:
        for event in _events_of(text):
            if self._are_events:
                yield event
                continue
            try:
                yield json_codec.decode(event.get("data", "").encode())
            except BodyMalformed:
                yield event.get("data", "")

    # -- writing

    def encode(self, value: Any) -> bytes:
        """Write a list, where it is no table in pieces; what is no list is its only item."""
        items = value if isinstance(value, list) else [value]
        if self._kind == TABLE:
            return self._table.written(items, self._names)
        if self._kind == EVENTS:
            return Pieces.of(tuple(map(_event, items)))
        mark = _MARK if self._kind == RECORDS else b""
        return Pieces.of(tuple(mark + json_codec.encode(item) + b"\n" for item in items))


def _json_items(numbered: Iterable[tuple[int, str]], what: str) -> Iterator[Any]:
    for number, text in numbered:
        if not text.strip():
            continue
        try:
            yield json_codec.decode(text.encode())
        except BodyMalformed as error:
            raise BodyMalformed(f"{what} {number}: {error}") from None


# ---- events


def _events_of(text: str) -> Iterator[dict[str, Any]]:
    """Read an event stream (HTML, interpreting an event stream); an event without data is none."""
    event: dict[str, Any] = {}
    data: list[str] = []
    for line in [*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]:
        if not line:
            if data:
                yield {**event, "data": "\n".join(data)}
            event, data = {}, []
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            data.append(value)
        elif name == "retry" and value.isdecimal():
            event["retry"] = int(value)
        elif name in ("event", "id"):
            event[name] = value


def _event(item: Any) -> bytes:
    """Write an event; what is none is the data of one."""
    if not (isinstance(item, dict) and "data" in item and item.keys() <= {*_FIELDS}):
        item = {"data": item}
    lines = []
    for name in _FIELDS:
        value = item.get(name)
        if value is None and name != "data":
            continue
        for line in _cell(value).splitlines() or [""]:
            lines.append(f"{name}: {line}\n")
    return f"{''.join(lines)}\n".encode()


# ---- tables


class Table:
    """Rows of texts between separators: CSV (RFC 4180), and with tabs what IANA registers as
    `tab-separated-values`, which knows no quotes.
    """

    def __init__(self, separator: str, *, has_header: bool) -> None:
        self._separator, self._has_header = separator, has_header

    def rows(self, text: str, items: Reading) -> Iterator[Any]:
        """Yield the rows as values of a schema. Raises BodyMalformed with the line."""
        lines = self._split(text)
        names = next(lines, None) if self._has_header and not items.takes_array else None
        for number, cells in enumerate(lines, 1):
            if not cells:
                continue
            if names is None:
                yield items.value([*cells])
                continue
            if len(cells) != len(names):
                told = f"row {number} has {len(cells)} cells, and the first line names {len(names)}"
                raise BodyMalformed(told)
            yield _row(dict(zip(names, cells, strict=True)), items)

    def _split(self, text: str) -> Iterator[list[str]]:
        if self._separator == "\t":
            yield from (line.split("\t") for line in text.splitlines())
            return
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            yield from reader
        except csv.Error as error:
            raise BodyMalformed(f"the body is no CSV: {error}, at line {reader.line_num}") from None

    def written(self, items: list[Any], names: tuple[str, ...]) -> bytes:
        """Write items as rows below their names, those that the schema has first."""
        objects = [item for item in items if isinstance(item, dict)]
        present = dict.fromkeys(name for item in objects for name in item)
        columns = [name for name in names if name in present or not items]
        columns += [name for name in present if name not in names]
        rows: list[list[str]] = []
        if columns and self._has_header:
            rows.append(columns)
        for item in items:
            cells = as_list(item)
            if isinstance(item, dict):
                cells = list(map(item.get, columns))
            rows.append(list(map(_cell, cells)))
        return self._joined(rows)

    def _joined(self, rows: list[list[str]]) -> bytes:
        if self._separator == "\t":
            return "".join(map(_plain_line, rows)).encode()
        out = io.StringIO(newline="")
        csv.writer(out).writerows(rows)
        return out.getvalue().encode()


def _plain_line(row: list[str]) -> str:
    cells = [" ".join(cell.split()) for cell in row]
    return "\t".join(cells) + "\n"


def _row(texts: dict[str, str], items: Reading) -> Any:
    """Return a row as an object; an empty cell says nothing where an empty text is no value."""
    value = items.value({**texts})
    if not isinstance(value, dict):
        return value
    for name, text in texts.items():
        if text or items.is_valid(value):
            continue
        value.pop(name, None)
    return value


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json_codec.encode(value).decode()
