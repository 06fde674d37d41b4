"""The store that keeps its records in this process's memory."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count as count_up
from operator import attrgetter
from typing import Any, Protocol

from sortedcontainers import SortedKeyList  # it carries no types; `_Rows` says what is used

from understudy.errors import RecordChanged, RecordExists, RecordNotFound
from understudy.state.store import Contents, Kept, Page, Record, Value


@dataclass(slots=True, eq=False)
class _Row:
    """A record with its place in the order of insertion, and the unique values it holds."""

    sequence: int
    record: Record
    unique: Mapping[str, str]


class _Rows(Protocol):
    """Rows kept in order, each reached by its position in O(log n)."""

    def __len__(self) -> int: ...
    def add(self, value: _Row) -> None: ...
    def remove(self, value: _Row) -> None: ...
    def islice(
        self, start: int | None = None, stop: int | None = None, reverse: bool = False
    ) -> Iterator[_Row]: ...


_SortKey = Callable[[_Row], tuple[int, Any, int]]

_INCOMPARABLE = (3, 0)
_RANKS = {bool: 0, int: 1, float: 1, str: 2}


def _rank(value: Any) -> tuple[int, Any]:
    """Make any two values comparable: booleans, then numbers, then strings by code point, then all the rest as equals."""
    rank = _RANKS.get(type(value))
    if rank is None or (type(value) is float and math.isnan(value)):
        return _INCOMPARABLE
    return rank, value


def _sort_key(field: str) -> _SortKey:
    def key(row: _Row) -> tuple[int, Any, int]:
        return *_rank(row.record.value.get(field)), row.sequence

    return key


class _Collection:
    """The rows of one collection, and every way to reach them."""

    def __init__(self) -> None:
        self.by_key: dict[str, _Row] = {}
        self.by_unique: dict[tuple[str, str], _Row] = {}
        self.in_order: _Rows = SortedKeyList(key=attrgetter("sequence"))
        self.sorted: dict[str, tuple[_SortKey, _Rows]] = {}

    def rows(self, order: str) -> _Rows:
        """Return the rows by a field, or as they came in; a field's order is made on first use and kept from then on."""
        if not order:
            return self.in_order
        if order not in self.sorted:
            key = _sort_key(order)
            self.sorted[order] = key, SortedKeyList(self.by_key.values(), key=key)
        return self.sorted[order][1]

    def check_free(self, collection: str, row: _Row, held: Collection[tuple[str, str]] = ()) -> None:
        """Raise RecordExists where the row's key or one of its unique values is taken; `held`: values others are about to take."""
        if row.record.key in self.by_key:
            raise RecordExists(collection, "key", row.record.key)
        for pair in row.unique.items():
            if pair in self.by_unique or pair in held:
                raise RecordExists(collection, *pair)

    def add(self, row: _Row) -> None:
        self.by_key[row.record.key] = row
        self.hold(row, row.unique)
        self.in_order.add(row)
        for _, rows in self.sorted.values():
            rows.add(row)

    def remove(self, row: _Row) -> None:
        del self.by_key[row.record.key]
        self.hold(row, {})
        self.in_order.remove(row)
        for _, rows in self.sorted.values():
            rows.remove(row)

    def hold(self, row: _Row, unique: Mapping[str, str]) -> None:
        """Free the unique values of a row and give it others."""
        for pair in row.unique.items():
            self.by_unique.pop(pair, None)
        row.unique = dict(unique)
        self.by_unique.update(dict.fromkeys(row.unique.items(), row))

    def put(self, row: _Row, record: Record) -> None:
        """Give a row another record of the same key; only the orders in which it moves are touched."""
        after = _Row(row.sequence, record, row.unique)
        moved = [rows for key, rows in self.sorted.values() if key(row) != key(after)]
        for rows in moved:
            rows.remove(row)
        row.record = record
        for rows in moved:
            rows.add(row)


class MemoryStore:
    """A `Store` in memory: nothing in it awaits, so each call is one step of the event loop it is used from.

    Booleans, numbers and strings can be compared, in this order where a field mixes them. `descending` is the exact reverse
    of the ascending list: ties run from the last inserted to the first, and records without a comparable value come first.
    Each field that was ever named as `order` costs memory and a little of each write: name fields, not what a caller sends.
    """

    def __init__(self) -> None:
        self._collections: dict[str, _Collection] = {}
        self._counters: dict[str, int] = {}
        self._sequence = count_up(1)

    async def insert(
        self, collection: str, key: str, value: Value, *, unique: Mapping[str, str] | None = None
    ) -> Record:
        """Add a record. Raises RecordExists, naming `key` or the unique field, and then changes nothing."""
        return self._insert(collection, [(key, value, unique or {})])[0]

    async def insert_all(
        self, collection: str, entries: Sequence[tuple[str, Value, Mapping[str, str]]]
    ) -> list[Record]:
        """Add all (key, value, unique) or none. Raises RecordExists for the first that is taken, also by another entry."""
        return list(self._insert(collection, entries))

    async def get(self, collection: str, key: str) -> Record | None:
        """Return the record, or None."""
        row = self._row(collection, key)
        return row.record if row else None

    async def find(self, collection: str, field: str, value: str) -> Record | None:
        """Return the record that holds this value of a unique field, or None."""
        table = self._collections.get(collection)
        row = table.by_unique.get((field, value)) if table else None
        return row.record if row else None

    async def list(
        self,
        collection: str,
        *,
        where: Callable[[Value], bool] | None = None,
        order: str = "",
        descending: bool = False,
        offset: int = 0,
        limit: int | None = None,
        count: bool = False,
    ) -> Page:
        """Return a page of the collection, as the protocol says. Raises ValueError for a negative offset or limit.

        With `where` the records are looked at one by one, as far as the page and the count need it.
        """
        if offset < 0 or (limit is not None and limit < 0):
            raise ValueError(f"offset and limit cannot be negative: {offset}, {limit}")
        table = self._collections.get(collection)
        if table is None:
            return Page([], 0 if count else None)
        rows = table.rows(order)
        if where is None:
            return Page(
                [row.record for row in _slice(rows, descending, offset, limit)], len(rows) if count else None
            )
        records = (row.record for row in rows.islice(reverse=descending))
        return _matching(records, where, offset, limit, count)

    async def replace(
        self,
        collection: str,
        key: str,
        value: Value,
        *,
        expected: int | None = None,
        unique: Mapping[str, str] | None = None,
    ) -> Record:
        """Put a new value in place of a record's, which keeps its place in the order of insertion.

        `unique=None` keeps its unique fields as they are; a mapping replaces all of them and frees the old values.
        Raises RecordNotFound; RecordChanged where `expected` is not the record's version; RecordExists.
        """
        row = self._row(collection, key)
        if row is None:
            raise RecordNotFound(collection, key)
        _check_version(collection, row.record, expected)
        table = self._collections[collection]
        if unique is not None:
            for pair in unique.items():
                if table.by_unique.get(pair, row) is not row:
                    raise RecordExists(collection, *pair)
            table.hold(row, unique)
        table.put(row, Record(key, value, row.record.version + 1))
        return row.record

    async def delete(self, collection: str, key: str, *, expected: int | None = None) -> bool:
        """Remove a record and free its unique values; False where there was none. Raises RecordChanged."""
        row = self._row(collection, key)
        if row is None:
            return False
        _check_version(collection, row.record, expected)
        table = self._collections[collection]
        table.remove(row)
        if not table.by_key:
            del self._collections[collection]
        return True

    async def increment(self, counter: str, by: int = 1) -> int:
        """Add to a named counter, which starts at 0, and return the new number."""
        number = self._counters[counter] = self._counters.get(counter, 0) + by
        return number

    async def collections(self) -> Sequence[str]:
        """Return the names of the collections that hold records, sorted."""
        return sorted(self._collections)

    async def dump(self) -> Contents:
        """Return all there is, as it stands at one moment."""
        return Contents(
            {
                name: [Kept(row.record, dict(row.unique)) for row in table.in_order.islice()]
                for name, table in self._collections.items()
            },
            dict(self._counters),
        )

    async def load(self, contents: Contents) -> None:
        """Hold these contents and nothing else. Raises RecordExists where two records clash, and then changes nothing."""
        collections = {}
        for name, kept in contents.collections.items():
            rows = [_Row(next(self._sequence), one.record, one.unique) for one in kept]
            table = _Collection()
            _check_free(name, table, rows)
            for row in rows:
                table.add(row)
            if rows:
                collections[name] = table
        self._collections, self._counters = collections, dict(contents.counters)

    async def clear(self) -> None:
        """Forget every record and counter."""
        self._collections.clear()
        self._counters.clear()

    def _row(self, collection: str, key: str) -> _Row | None:
        table = self._collections.get(collection)
        return table.by_key.get(key) if table else None

    def _insert(
        self, collection: str, entries: Iterable[tuple[str, Value, Mapping[str, str]]]
    ) -> Sequence[Record]:
        table = self._collections.get(collection) or _Collection()
        rows = [_Row(next(self._sequence), Record(key, value), unique) for key, value, unique in entries]
        if len(rows) == 1:
            table.check_free(collection, rows[0])
        else:
            _check_free(collection, table, rows)
        for row in rows:
            table.add(row)
        if rows:
            self._collections[collection] = table
        return [row.record for row in rows]


def _check_free(collection: str, table: _Collection, rows: Sequence[_Row]) -> None:
    """Raise RecordExists for the first row that stands in the way of another one, in the collection or before it in `rows`."""
    keys: set[str] = set()
    held: set[tuple[str, str]] = set()
    for row in rows:
        if row.record.key in keys:
            raise RecordExists(collection, "key", row.record.key)
        table.check_free(collection, row, held)
        keys.add(row.record.key)
        held.update(row.unique.items())


def _check_version(collection: str, record: Record, expected: int | None) -> None:
    if expected is not None and expected != record.version:
        raise RecordChanged(collection, record.key, expected, record.version)


def _slice(rows: _Rows, descending: bool, offset: int, limit: int | None) -> Iterator[_Row]:
    """Go straight to the page by position."""
    size = len(rows)
    end = size if limit is None else min(offset + limit, size)
    if descending:
        return rows.islice(max(size - end, 0), max(size - offset, 0), reverse=True)
    return rows.islice(offset, end)


def _matching(
    records: Iterator[Record], where: Callable[[Value], bool], offset: int, limit: int | None, count: bool
) -> Page:
    """Look at records until the page is full, or, to count them, at all of them."""
    end = math.inf if limit is None else offset + limit
    page: list[Record] = []
    total = 0
    if count or limit != 0:
        for record in records:
            if not where(record.value):
                continue
            if offset <= total < end:
                page.append(record)
            total += 1
            if total >= end and not count:
                break
    return Page(page, total if count else None)
