"""The store that is in memory and is kept: each write is noted for a file, and reads are memory's."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from understudy.state.changes import Change, Counted, Filled, Gone, Put
from understudy.state.memory import MemoryStore
from understudy.state.store import (
    Advance,
    Delete,
    Entry,
    Increment,
    Insert,
    Record,
    Replace,
    Step,
    Value,
)
from understudy.state.table import Row
from understudy.state.tables import NO_LIMIT, Tables

Note = Callable[..., None]


class KeptStore(MemoryStore):
    """A `MemoryStore` that tells of what it holds.

    note: takes changes, all or none. number: tells the store from others, another one after it was emptied.
    renumber: gives that, and forgets what was noted under the one before.
    """

    def __init__(
        self, number: int, note: Note, renumber: Callable[[KeptStore], int], limit: int = NO_LIMIT
    ) -> None:
        super().__init__(limit=limit)
        self.number, self._note, self._renumber = number, note, renumber
        self._tables.on_gone = self._forget

    def end(self) -> None:
        """Tell of nothing any more: what is still written belongs to a session that is over."""
        self._note = _nothing
        self._renumber = _same

    @property
    def tables(self) -> Tables:
        """What it holds, for who puts there what was kept."""
        return self._tables

    async def insert(
        self,
        collection: str,
        key: str,
        value: Value | bytes,
        *,
        meta: Mapping[str, Any] | None = None,
        unique: Mapping[str, str] | None = None,
        expires: float | None = None,
    ) -> Record:
        """Add a record, as the protocol says."""
        row = self._tables.add(collection, key, value, meta=meta, unique=unique, expires=expires)
        self._note(Put(self.number, collection, row, _deadline(expires)))
        return row

    async def insert_all(self, collection: str, entries: Sequence[Entry]) -> list[Record]:
        """Add all or none, as the protocol says."""
        records = await super().insert_all(collection, entries)
        changes: list[Change] = []
        for record, entry in zip(records, entries, strict=True):
            changes.extend(self._put(collection, record, entry.expires))
        self._note(*changes)
        return records

    async def replace(
        self,
        collection: str,
        key: str,
        value: Value | bytes,
        *,
        meta: Mapping[str, Any] | None = None,
        expected: int | None = None,
        unique: Mapping[str, str] | None = None,
    ) -> Record:
        """Put a new item in place of a record's, as the protocol says."""
        row = self._tables.replace(Replace(collection, key, value, meta, expected, unique))[1]
        self._note(Put(self.number, collection, row))
        return row

    async def delete(self, collection: str, key: str, *, expected: int | None = None) -> bool:
        """Remove a record, as the protocol says."""
        row = self._tables.delete(collection, key, expected)
        if row is None:
            return False
        self._note(Gone(self.number, row.number))
        return True

    async def increment(self, counter: str, by: int = 1) -> int:
        """Add to a counter, as the protocol says."""
        value = self._tables.count(counter, by)
        self._note(Counted(self.number, counter, value))
        return value

    async def commit(self, steps: Sequence[Step]) -> Sequence[Record | None]:
        """Take all steps or none, as the protocol says."""
        records = self._tables.commit(steps)
        changes: list[Change] = []
        for step, record in zip(steps, records, strict=True):
            changes.extend(self._change(step, record))
        self._note(*changes)
        return records

    def _put_in_place(self, tables: Tables) -> None:
        """Hold what is in these tables, and tell of it: the thread that writes looks through them."""
        super()._put_in_place(tables)
        self._begin_anew()
        held = []
        for name, table in tables.by_name.items():
            held.append((name, table.rows(), table.deadlines()))
        counted = [Counted(self.number, *counter) for counter in tables.counters.items()]
        self._note(Filled(self.number, held, time.time() - time.monotonic()), *counted)

    async def clear(self) -> None:
        """Forget every record and counter."""
        await super().clear()
        self._begin_anew()

    def _begin_anew(self) -> None:
        self.number = self._renumber(self)
        self._tables.on_gone = self._forget

    def _put(self, collection: str, record: Record | None, expires: float | None = None) -> Sequence[Change]:
        if not isinstance(record, Row):
            return ()
        return (Put(self.number, collection, record, _deadline(expires)),)

    def _change(self, step: Step, record: Record | None) -> Sequence[Change]:
        """Return what a step has changed. record: that it wrote or removed."""
        if isinstance(step, Insert):
            return self._put(step.collection, record, step.expires)
        if isinstance(step, Replace):
            return self._put(step.collection, record)
        if isinstance(step, Increment | Advance):
            return (Counted(self.number, step.counter, self._tables.counters[step.counter]),)
        if isinstance(step, Delete) and isinstance(record, Row):
            return (Gone(self.number, record.number),)
        return ()

    def _forget(self, row: Row) -> None:
        """Note that a row has expired, or made room for another."""
        self._note(Gone(self.number, row.number))


def _deadline(expires: float | None) -> float | None:
    return None if expires is None else time.time() + expires


def _nothing(*_: Change) -> None:
    return None


def _same(store: KeptStore) -> int:
    return store.number
