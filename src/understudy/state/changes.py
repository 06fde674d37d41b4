"""Changes of a kept state, and batches of them: of what changed more than once, the last is written."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from msgspec import Struct

from understudy.state.json_values import encode
from understudy.state.table import Row

_AT_ONCE: Final = 256  # rows of a statement: a thread that writes row by row waits for the others as often
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
_GONE: Final = "DELETE FROM records WHERE (store, number) IN (VALUES {rows})"
_MOVED: Final = """
WITH moved (store, last) AS (VALUES {rows})
UPDATE stores SET revision = max(revision, (SELECT last FROM moved WHERE store = id))
  WHERE id IN (SELECT store FROM moved)
"""
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
        sessions = [(name, 0) for name in self.sessions]
        write_rows(
            connection, "INSERT INTO sessions VALUES {rows} ON CONFLICT DO NOTHING", "(?, ?)", sessions
        )
        stores = [(number, *of, 0) for number, of in self.stores.items()]
        write_rows(connection, "INSERT OR REPLACE INTO stores VALUES {rows}", "(?, ?, ?, ?)", stores)
        self._write_records(connection)
        counters = [(store, text(name), value) for (store, name), value in self.counters.items()]
        row = "(?, CAST(? AS TEXT), ?)"
        write_rows(connection, "INSERT OR REPLACE INTO counters VALUES {rows}", row, counters)
        parts = [(*name, value) for name, value in self.parts.items()]
        row = "(?, ?, CAST(? AS TEXT))"
        write_rows(connection, "INSERT OR REPLACE INTO parts VALUES {rows}", row, parts)

    def _write_ends(self, connection: sqlite3.Connection) -> None:
        sessions = [(name,) for name in self.ended_sessions]
        for table in _OF_A_SESSION:
            write_rows(connection, f"DELETE FROM {table} WHERE session IN (VALUES {{rows}})", "(?)", sessions)
        write_rows(connection, "DELETE FROM sessions WHERE name IN (VALUES {rows})", "(?)", sessions)
        stores = [(store,) for store in self.ended_stores]
        for table in _OF_A_STORE:
            write_rows(connection, f"DELETE FROM {table} WHERE store IN (VALUES {{rows}})", "(?)", stores)
        write_rows(connection, "DELETE FROM stores WHERE id IN (VALUES {rows})", "(?)", stores)

    def _write_records(self, connection: sqlite3.Connection) -> None:
        gone = [place for place, kept in self.rows.items() if kept is None]
        write_rows(connection, _GONE, "(?, ?)", gone)
        write_rows(connection, _RECORDS, _ROW, list(self._written_rows()))
        last: dict[int, int] = {}
        for (store, _), kept in self.rows.items():
            if kept is not None:
                last[store] = max(last.get(store, 0), kept[1].revision)
        write_rows(connection, _MOVED, "(?, ?)", list(last.items()))

    def _written_rows(self) -> Iterator[Sequence[Any]]:
        for place, kept in self.rows.items():
            if kept is not None:
                collection, row = kept
                meta = encode(row.meta) if row.meta else None
                unique = encode(dict(row.unique)) if row.unique else None
                deadline = self.deadlines.get(place)
                texts = (text(collection), text(row.key), row.data, meta, unique)
                yield (*place, *texts, row.revision, row.version, deadline)


class Put(Struct):
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


class Filled(Struct):
    """All the records of a store that was empty.

    held: each collection with its rows, and with the deadlines of those that have one, by number, in seconds
    of a clock of this process. since: how many seconds after 1970 that began.
    """

    store: int
    held: Sequence[tuple[str, Sequence[Row], Mapping[int, float]]]
    since: float

    def join(self, batch: Batch) -> None:
        """Become part of a batch."""
        for collection, rows, deadlines in self.held:
            for row in rows:
                batch.rows[self.store, row.number] = (collection, row)
            for number, deadline in deadlines.items():
                batch.deadlines[self.store, number] = self.since + deadline


class Gone(Struct):
    """A record that is there no more."""

    store: int
    number: int

    def join(self, batch: Batch) -> None:
        """Become part of a batch."""
        batch.rows[self.store, self.number] = None


class Counted(Struct):
    """A counter as it is now."""

    store: int
    name: str
    value: int

    def join(self, batch: Batch) -> None:
        """Become part of a batch."""
        batch.counters[self.store, self.name] = self.value


class Begun(Struct):
    """A session that is there from now on."""

    session: str

    def join(self, batch: Batch) -> None:
        """Become part of a batch."""
        batch.sessions.add(self.session)


class Opened(Struct):
    """A store that is there from now on, by a number that no other has."""

    store: int
    session: str
    api: str

    def join(self, batch: Batch) -> None:
        """Become part of a batch."""
        batch.stores[self.store] = (self.session, self.api)


class PartChanged(Struct):
    """A part of a session's document as it is now, as JSON."""

    session: str
    name: str
    value: bytes

    def join(self, batch: Batch) -> None:
        """Become part of a batch."""
        batch.parts[self.session, self.name] = self.value


class StoreEnded(Struct):
    """A store whose records and counters are forgotten, once and for all."""

    store: int

    def join(self, batch: Batch) -> None:
        """Become part of a batch."""
        batch.ended_stores.add(self.store)
        batch.stores.pop(self.store, None)
        for things in (batch.rows, batch.deadlines, batch.counters):
            _forget(things, self.store)


class SessionEnded(Struct):
    """A session that is forgotten, but for its stores; it may begin anew."""

    session: str

    def join(self, batch: Batch) -> None:
        """Become part of a batch."""
        batch.ended_sessions.add(self.session)
        batch.sessions.discard(self.session)
        _forget(batch.parts, self.session)


class Settled(Struct):
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


def write_rows(
    connection: sqlite3.Connection, statement: str, row: str, rows: Sequence[Sequence[Any]]
) -> None:
    """Write rows, many with one statement, in which `{rows}` stands for them. row: how one stands in it.

    Raises sqlite3.Error.
    """
    for begin in range(0, len(rows), _AT_ONCE):
        some = rows[begin : begin + _AT_ONCE]
        values = [value for one in some for value in one]
        connection.execute(statement.format(rows=", ".join([row] * len(some))), values)


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
