"""The store that keeps its records in this process's memory."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import count as count_up
from typing import Any, Final

from understudy.state.conditions import Condition, Order
from understudy.state.reading import ALL, Window, read
from understudy.state.store import (
    Contents,
    Entry,
    Exchange,
    Insert,
    Page,
    Record,
    Replace,
    Step,
    Store,
    Value,
)
from understudy.state.table import Row
from understudy.state.tables import NO_LIMIT, Tables

_AT_ONCE: Final = 500  # rows that are loaded or dumped between two pauses


class MemoryStore(Store):
    """A `Store` in memory. Nothing in it awaits but a list that has to look at many records, so every other
    call is one step of the event loop it is used from.

    Members that were asked for by equality or named in an order have an index from then on, the 32 last ones
    of a collection; each costs some 200 bytes a record and a few microseconds of each write: name members,
    not what a caller sends.
    now: seconds on the clock that expiry is measured by. limit: records it holds at most.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic, limit: int = NO_LIMIT) -> None:
        self._now = now
        self._tables = Tables(now, count_up(1), limit)

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
        """Add a record, for good or for so many seconds.

        Raises RecordExists, naming `key` or the unique field, and LimitReached, and then changes nothing;
        TypeError for what is no JSON.
        """
        return self._tables.add(collection, key, value, meta=meta, unique=unique, expires=expires)

    async def insert_all(self, collection: str, entries: Sequence[Entry]) -> list[Record]:
        """Add all or none. Raises RecordExists for the first that is taken, also by another entry."""
        steps = [
            Insert(collection, entry.key, entry.value, entry.meta, entry.unique, entry.expires)
            for entry in entries
        ]
        written = self._tables.commit(steps)
        return [record for record in written if record is not None]

    async def get(self, collection: str, key: str) -> Record | None:
        """Return the record, or None."""
        return self._tables.row(collection, key)

    async def find(self, collection: str, field: str, value: str) -> Record | None:
        """Return the record that holds this value of a unique field, or None."""
        table = self._tables.table(collection)
        if table is None:
            return None
        return table.by_unique.get((field, value))

    async def list(
        self,
        collection: str,
        *,
        where: Condition | None = None,
        order: Sequence[Order] = (),
        newest_first: bool = False,
        offset: int = 0,
        limit: int | None = None,
        after: str = "",
        before: str = "",
        count: bool = False,
    ) -> Page:
        """Return a page of the collection, as the protocol says.

        Raises ValueError for a negative offset or limit.
        """
        if offset < 0 or (limit is not None and limit < 0):
            raise ValueError(f"offset and limit cannot be negative: {offset}, {limit}")
        table = self._tables.table(collection)
        if table is None:
            return Page([], 0 if count else None)
        window = Window(offset, ALL if limit is None else limit, after, before, count)
        return await read(table, where, order, newest_first, window)

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
        """Put a new item in place of a record's, which keeps its place in the order of insertion and the time
        when it expires.

        meta, unique: None keeps what is there. Raises RecordNotFound; RecordChanged where `expected` is not
        the record's revision; RecordExists; TypeError for what is no JSON.
        """
        return self._tables.replace(Replace(collection, key, value, meta, expected, unique))[1]

    async def delete(self, collection: str, key: str, *, expected: int | None = None) -> bool:
        """Remove a record and free its unique values; False where there was none. Raises RecordChanged."""
        return self._tables.delete(collection, key, expected) is not None

    async def increment(self, counter: str, by: int = 1) -> int:
        """Add to a named counter, which starts at 0, and return the new number."""
        return self._tables.count(counter, by)

    async def commit(self, steps: Sequence[Step]) -> Sequence[Record | None]:
        """Take all steps or none, one after another, and return the record that each of them wrote or
        removed.

        Raises what the first step raises that cannot be taken.
        """
        return self._tables.commit(steps)

    async def revision(self) -> int:
        """Return the revision that was given last, 0 where none was."""
        return self._tables.last_revision()

    async def collections(self) -> Sequence[str]:
        """Return the names of the collections that hold records, sorted."""
        return self._tables.names()

    async def dump(self) -> Contents:
        """Return all there is, as it stands at one moment."""
        counters = dict(self._tables.counters)
        tables = [self._tables.by_name[name] for name in self._tables.names()]
        held = [(table.name, table.rows(), table.deadlines()) for table in tables]
        collections = {}
        for name, rows, deadlines in held:
            collections[name] = await self._entries(rows, deadlines)
        return Contents(collections, counters)

    async def prepared(self, contents: Contents) -> Exchange:
        """Make ready, with pauses, to hold these contents and nothing else, as the protocol says."""
        tables = await self._filled(contents)

        async def exchange() -> None:
            self._put_in_place(tables)

        return exchange

    def _put_in_place(self, tables: Tables) -> None:
        """Hold what is in these tables, by a revision that was not given to who wrote meanwhile."""
        tables.revision = self._tables.next_revision()
        self._tables = tables

    async def _filled(self, contents: Contents) -> Tables:
        tables = self._tables.successor()
        for name, entries in contents.collections.items():
            for index, entry in enumerate(entries, start=1):
                tables.add(
                    name,
                    entry.key,
                    entry.value,
                    meta=entry.meta,
                    unique=entry.unique,
                    expires=entry.expires,
                    version=entry.version,
                )
                if index % _AT_ONCE == 0:
                    await asyncio.sleep(0)
        tables.counters.update(contents.counters)
        return tables

    async def clear(self) -> None:
        """Forget every record and counter."""
        self._tables = self._tables.successor()

    async def _entries(self, rows: Sequence[Row], deadlines: Mapping[int, float]) -> Sequence[Entry]:
        entries = []
        now = self._now()
        for index, row in enumerate(rows, start=1):
            expires = None
            if row.number in deadlines:
                expires = deadlines[row.number] - now
            entries.append(Entry(row.key, row.data, row.meta, dict(row.unique), expires, row.version))
            if index % _AT_ONCE == 0:
                await asyncio.sleep(0)
        return entries
