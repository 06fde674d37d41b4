"""Changes of a kept state, and batches of them: of what changed more than once, the last is written."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Protocol

from understudy.state.json_values import encode
from understudy.state.table import Row

_AT_ONCE: Final = 64  # rows of a statement: a thread that writes row by row waits for the others as often
_RECORDS: Final = """
INSERT INTO records
  (store, number, collection, key, value, meta, uniques, revision, version, deadline) VALUES {rows}
ON CONFLICT (store, number) DO UPDATE SET
  value = excluded.value, meta = excluded.meta, uniques = excluded.uniques,
  revision = excluded.revision, version = excluded.version
"""
_ROW: Final = (
    "(?, ?, CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), ?, ?, ?)"
)
_OF_A_STORE: Final = ("records", "counters")
_OF_A_SESSION: Final = ("parts", "journal", "stores")


class Change(Protocol):
    """One change, which knows how it joins others."""

    def join(self, batch: Batch) -> None:
        """Become part of a batch, behind what is in it."""
        ...


class Batch:
    """Changes that are written in one transaction."""

    def __init__(self) -> None:
        self.rows: dict[tuple[int, int], tuple[str, Row] | None] = {}
        self.deadlines: dict[tuple[int, int], float] = {}
        self.counters: dict[tuple[int, str], int] = {}
        self.parts: dict[tuple[str, str], bytes] = {}
        self.sessions: set[str] = set()
        self.stores: dict[int, tuple[str, str]] = {}
        self.ended_stores: set[int] = set()
        self.ended_sessions: set[str] = set()
        self.waiting: list[Settled] = []

    def write(self, connection: sqlite3.Connection) -> None:
        """Write all of it. Raises sqlite3.Error."""
        self._write_ends(connection)
        named = [(name,) for name in self.sessions]
        connection.executemany("INSERT INTO sessions VALUES (?, 0) ON CONFLICT DO NOTHING", named)
        stores = [(number, *of) for number, of in self.stores.items()]
        connection.executemany("INSERT OR REPLACE INTO stores VALUES (?, ?, ?, 0)", stores)
        self._write_records(connection)
        counters = [(store, text(name), value) for (store, name), value in self.counters.items()]
        connection.executemany("INSERT OR REPLACE INTO counters VALUES (?, CAST(? AS TEXT), ?)", counters)
        parts = [(*name, value) for name, value in self.parts.items()]
        connection.executemany("INSERT OR REPLACE INTO parts VALUES (?, ?, CAST(? AS TEXT))", parts)

    def _write_ends(self, connection: sqlite3.Connection) -> None:
        for name in self.ended_sessions:
            for table in _OF_A_SESSION:
                connection.execute(f"DELETE FROM {table} WHERE session = ?", (name,))
            connection.execute("DELETE FROM sessions WHERE name = ?", (name,))
        for store in self.ended_stores:
            for table in _OF_A_STORE:
                connection.execute(f"DELETE FROM {table} WHERE store = ?", (store,))
            connection.execute("DELETE FROM stores WHERE id = ?", (store,))

    def _write_records(self, connection: sqlite3.Connection) -> None:
        gone = [place for place, kept in self.rows.items() if kept is None]
        connection.executemany("DELETE FROM records WHERE store = ? AND number = ?", gone)
        rows = self._written_rows()
        while many := list(islice(rows, _AT_ONCE)):
            if len(many) == _AT_ONCE:
                values = [value for row in many for value in row]
                connection.execute(_RECORDS.format(rows=", ".join([_ROW] * _AT_ONCE)), values)
            else:
                connection.executemany(_RECORDS.format(rows=_ROW), many)
        last: dict[int, int] = {}
        for (store, _), kept in self.rows.items():
            if kept is not None:
                last[store] = max(last.get(store, 0), kept[1].revision)
        moved = [(revision, store) for store, revision in last.items()]
        connection.executemany("UPDATE stores SET revision = max(revision, ?) WHERE id = ?", moved)

    def _written_rows(self) -> Iterator[Sequence[Any]]:
        for place, kept in self.rows.items():
            if kept is not None:
                collection, row = kept
                meta = encode(row.meta) if row.meta else None
                unique = encode(dict(row.unique)) if row.unique else None
                deadline = self.deadlines.get(place)
                texts = (text(collection), text(row.key), row.data, meta, unique)
                yield (*place, *texts, row.revision, row.version, deadline)


@dataclass(slots=True)
class Put:
    """A record as it is now. deadline: seconds since 1970 after which a new one is gone."""

    store: int
    collection: str
    row: Row
    deadline: float | None = None

    def join(self, batch: Batch) -> None:
        """Become part of a batch."""
        place = (self.store, self.row.number)
        batch.rows[place] = (self.collection, self.row)
        if self.deadline is not None:
            batch.deadlines[place] = self.deadline


@dataclass(slots=True)
class Gone:
    """A record that is there no more."""

    store: int
    number: int

    def join(self, batch: Batch) -> None:
        """Become part of a batch."""
        batch.rows[self.store, self.number] = None


@dataclass(slots=True)
class Counted:
    """A counter as it is now."""

    store: int
    name: str
    value: int

    def join(self, batch: Batch) -> None:
        """Become part of a batch."""
        batch.counters[self.store, self.name] = self.value


@dataclass(slots=True)
class Begun:
    """A session that is there from now on."""

    session: str

    def join(self, batch: Batch) -> None:
        """Become part of a batch."""
        batch.sessions.add(self.session)


@dataclass(slots=True)
class Opened:
    """A store that is there from now on, by a number that no other has."""

    store: int
    session: str
    api: str

    def join(self, batch: Batch) -> None:
        """Become part of a batch."""
        batch.stores[self.store] = (self.session, self.api)


@dataclass(slots=True)
class PartChanged:
    """A part of a session's document as it is now, as JSON."""

    session: str
    name: str
    value: bytes

    def join(self, batch: Batch) -> None:
        """Become part of a batch."""
        batch.parts[self.session, self.name] = self.value


@dataclass(slots=True)
class StoreEnded:
    """A store whose records and counters are forgotten, once and for all."""

    store: int

    def join(self, batch: Batch) -> None:
        """Become part of a batch."""
        batch.ended_stores.add(self.store)
        batch.stores.pop(self.store, None)
        for things in (batch.rows, batch.deadlines, batch.counters):
            _forget(things, self.store)


@dataclass(slots=True)
class SessionEnded:
    """A session that is forgotten, but for its stores; it may begin anew."""

    session: str

    def join(self, batch: Batch) -> None:
        """Become part of a batch."""
        batch.ended_sessions.add(self.session)
        batch.sessions.discard(self.session)
        _forget(batch.parts, self.session)


@dataclass(slots=True)
class Settled:
    """Somebody who waits until all that was noted before is written."""

    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[bool]

    def join(self, batch: Batch) -> None:
        """Become part of a batch."""
        batch.waiting.append(self)

    def tell(self, *, is_written: bool) -> None:
        """Say from another thread what came of it."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._set, is_written)

    def _set(self, is_written: bool) -> None:
        if not self.done.done():
            self.done.set_result(is_written)


def text(value: str) -> bytes:
    """Return a text as it is written: also half of a surrogate pair, which JSON may bring."""
    return value.encode("utf-8", "surrogatepass")


def joined(batch: Batch, changes: Iterable[Change]) -> Batch:
    """Return a batch with these changes behind what is in it."""
    for change in changes:
        change.join(batch)
    return batch


def _forget(things: dict[tuple[Any, Any], Any], owner: object) -> None:
    """Take out what belongs to a store or a session."""
    for place in [place for place in things if place[0] == owner]:
        del things[place]
