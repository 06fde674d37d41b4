"""A collection in memory: its rows, and every way to reach them."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Iterable, Mapping, Sequence
from time import perf_counter
from typing import Final

from understudy.errors import RecordChanged, RecordExists
from understudy.state.conditions import Order, Pointer
from understudy.state.indexes import EqualityIndex, Index, OrderIndex, long_run
from understudy.state.store import INTERNAL, Record

SLICE: Final = 0.005
"""Seconds for which the work on many rows holds the event loop."""
CHUNK: Final = 64
"""Rows that are looked at between two looks at the time."""

_MOST_INDEXES = 32
Unique = tuple[tuple[str, str], ...]


class Row(Record, eq=False):
    """A record with its number in the order of insertion, and the unique values it holds."""

    number: int
    unique: Unique


class Table:
    """The rows of one collection. Numbers of insertion grow, and none is given twice.

    weight: what each row counts where their number has a limit, 0 for what the sandbox keeps for itself.
    """

    __slots__ = ("_deadlines", "_indexes", "by_key", "by_number", "by_unique", "name", "numbers", "weight")

    def __init__(self, name: str) -> None:
        self.name = name
        self.weight = int(not name.startswith(INTERNAL))
        self.by_key: dict[str, Row] = {}
        self.by_number: dict[int, Row] = {}
        self.by_unique: dict[tuple[str, str], Row] = {}
        self.numbers = long_run()
        self._indexes: dict[object, Index] = {}
        self._deadlines: list[tuple[float, int]] = []

    def rows(self) -> list[Row]:
        """Return all rows in the order of insertion."""
        return list(map(self.by_number.__getitem__, self.numbers.islice()))

    # -- writing

    def add(self, row: Row) -> None:
        """Take a row in. Raises RecordExists where its key or one of its unique values is taken."""
        if row.key in self.by_key:
            raise RecordExists(self.name, "key", row.key)
        if row.unique:
            self.check_free(row.unique)
            self.by_unique.update(dict.fromkeys(row.unique, row))
        self.by_key[row.key] = self.by_number[row.number] = row
        self.numbers.add(row.number)
        if self._indexes:
            value = row.searched
            for index in self._made(row.number):
                index.add(value, row.number)

    def remove(self, row: Row) -> None:
        """Let a row go, and free its unique values."""
        del self.by_key[row.key], self.by_number[row.number]
        for pair in row.unique:
            del self.by_unique[pair]
        self.numbers.remove(row.number)
        if self._indexes:
            value = row.searched
            for index in self._made(row.number):
                index.remove(value, row.number)

    def put(self, row: Row, new: Row) -> None:
        """Take a row of the same key and number in the place of another.

        Raises RecordExists for a unique value that is taken.
        """
        if new.unique != row.unique:
            self.check_free(new.unique, besides=row)
            for pair in row.unique:
                del self.by_unique[pair]
        if new.unique:
            self.by_unique.update(dict.fromkeys(new.unique, new))
        self.by_key[row.key] = self.by_number[row.number] = new
        if self._indexes:
            before, after = row.searched, new.searched
            for index in self._made(row.number):
                index.move(before, after, row.number)

    def check_free(self, unique: Unique, besides: Row | None = None) -> None:
        """Raise RecordExists where another row holds one of these values."""
        for pair in unique:
            if self.by_unique.get(pair, besides) is not besides:
                raise RecordExists(self.name, *pair)

    def check_revision(self, row: Row, expected: int | None) -> None:
        """Raise RecordChanged unless a row is as it is expected to be."""
        if expected is not None and expected != row.revision:
            raise RecordChanged(self.name, row.key, expected, row.revision)

    # -- expiry

    def expire(self, row: Row, deadline: float) -> None:
        """Let a row go at a time."""
        heapq.heappush(self._deadlines, (deadline, row.number))

    @property
    def expires(self) -> bool:
        """Whether some row will expire."""
        return bool(self._deadlines)

    def sweep(self, now: float) -> Sequence[Row]:
        """Let go what has expired, and return the rows that were there until now."""
        gone = []
        while self._deadlines and self._deadlines[0][0] <= now:
            _, number = heapq.heappop(self._deadlines)
            row = self.by_number.get(number)
            if row is not None:
                self.remove(row)
                gone.append(row)
        return gone

    def deadlines(self) -> Mapping[int, float]:
        """Return when rows expire, by number."""
        return {number: deadline for deadline, number in self._deadlines}

    # -- indexes

    async def equality(self, pointer: Pointer, *, folded: bool) -> EqualityIndex:
        """Return the index of a member, all of it."""
        index = self._indexes.get((pointer, folded))
        if not isinstance(index, EqualityIndex):
            index = EqualityIndex(pointer, folded=folded)
            self._keep((pointer, folded), index)
        if not index.is_complete:
            await self._complete(index)
        return index

    async def order(self, orders: Sequence[Order], *, newest_first: bool) -> OrderIndex:
        """Return the index of an order, all of it."""
        name = (tuple(orders), newest_first)
        index = self._indexes.get(name)
        if not isinstance(index, OrderIndex):
            index = OrderIndex(orders, newest_first=newest_first)
            self._keep(name, index)
        if not index.is_complete:
            await self._complete(index)
        return index

    def _keep(self, name: object, index: Index) -> None:
        """Keep an index up to date from now on; the oldest of many goes."""
        if len(self._indexes) >= _MOST_INDEXES:
            del self._indexes[next(iter(self._indexes))]
        self._indexes[name] = index

    async def _complete(self, index: Index) -> None:
        """Make an index slice by slice.

        Who writes meanwhile keeps up what is made; who needs it too goes on where this has come to.
        """
        until = perf_counter() + SLICE
        while numbers := self._beyond(index.reached):
            for number in numbers:
                index.add(self.by_number[number].searched, number)
            index.reached = numbers[-1]
            if perf_counter() >= until:
                await asyncio.sleep(0)
                until = perf_counter() + SLICE
        index.complete()

    def _beyond(self, reached: float) -> list[int]:
        start = self.numbers.bisect_right(reached)
        return list(self.numbers.islice(start, start + CHUNK))

    def _made(self, number: int) -> Iterable[Index]:
        """Return the indexes that have a row of this number."""
        return [index for index in self._indexes.values() if number <= index.reached]
