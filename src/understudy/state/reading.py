"""Reading pages of a collection in memory: by position where that is enough, else by looking at row after row."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, Final

from understudy.state.conditions import And, Condition, Or, Order, Predicate, Test, predicate, spellings
from understudy.state.indexes import EqualityIndex, OrderIndex, Run, ShortRun, following, part, position
from understudy.state.store import Page
from understudy.state.table import CHUNK, SLICE, Row, Table

_MANY: Final = 10_000  # rows that are taken at once in less than a slice
_FEW: Final = 500  # rows that are sorted at once in less than a slice


@dataclass(frozen=True, slots=True)
class Window:
    """What part of a list is meant: as in `Store.list`."""

    offset: int = 0
    limit: int | None = None
    after: str = ""
    before: str = ""
    count: bool = False


@dataclass(frozen=True, slots=True)
class _View:
    """A list before it is cut.

    run: places in order, read backwards where `reverse`; those of an index of an order, else numbers of insertion. among: the numbers
    that are meant, None for all. holds: what an item must meet besides. total: how many there are, where that is known.
    """

    run: Run
    reverse: bool = False
    index: OrderIndex | None = None
    among: Container[int] | None = None
    holds: Predicate | None = None
    total: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether each place of the run is meant."""
        return self.among is None and self.holds is None

    def place_of(self, row: Row) -> Any:
        """Return where a row stands."""
        return row.number if self.index is None else self.index.place(row.searched, row.number)

    def number_at(self, place: Any) -> int:
        """Return the number of the row that stands at a place."""
        number: int = place if self.index is None else abs(place[-1])
        return number

    def has(self, row: Row) -> bool:
        """Tell whether a row of the run is meant."""
        if self.among is not None and row.number not in self.among:
            return False
        return self.holds is None or self.holds(row.searched)


async def read(
    table: Table, where: Condition | None, order: Sequence[Order], newest_first: bool, window: Window
) -> Page:
    """Return a page of a collection."""
    view = await _view(table, where, order, newest_first)
    after, before = table.by_key.get(window.after), table.by_key.get(window.before)
    if view.is_whole:
        start, stop = _cut(view, window, after, before)
        if stop - start <= _MANY:
            return Page(_rows(table, view, start, stop), view.total if window.count else None, start)
    return await _looked_through(table, view, window, after, before)


def _rows(table: Table, view: _View, start: int, stop: int) -> list[Row]:
    places: Iterable[Any] = part(view.run, start, stop, reverse=view.reverse)
    if view.index is not None:
        places = map(view.number_at, places)
    rows = map(table.by_number.get, places)
    return [row for row in rows if row is not None]


def _cut(view: _View, window: Window, after: Row | None, before: Row | None) -> tuple[int, int]:
    """Return the positions between which a page stands."""
    start, stop = 0, len(view.run)
    if after is not None:
        start = position(view.run, view.place_of(after), reverse=view.reverse)
    if before is not None:
        stop = position(view.run, view.place_of(before), reverse=view.reverse, before=True)
    if before is not None and after is None:
        stop = max(stop - window.offset, 0)
        start = 0 if window.limit is None else max(stop - window.limit, 0)
        return start, stop
    start = min(start + window.offset, stop)
    return start, (stop if window.limit is None else min(start + window.limit, stop))


# ---- which rows, in which order


async def _view(table: Table, where: Condition | None, order: Sequence[Order], newest_first: bool) -> _View:
    # What has to be waited for comes first: from here on nothing changes until the first row is looked at.
    indexes = await _indexes(table, where)
    sorted_by = await table.order(order, newest_first=newest_first) if order else None
    run, rest = (None, None) if where is None else _looked_up(indexes, where)
    holds = None if rest is None else predicate(rest)
    total = None if holds else len(table.numbers if run is None else run)
    if sorted_by is None:
        return _View(table.numbers if run is None else run, newest_first, None, None, holds, total)
    if run is None:
        return _View(sorted_by.run, False, sorted_by, None, holds, total)
    if len(run) > _FEW:
        return _View(sorted_by.run, False, sorted_by, frozenset(run.islice()), holds, total)
    few = [table.by_number[number] for number in run.islice()]
    places = ShortRun(sorted(sorted_by.place(row.searched, row.number) for row in few))
    return _View(places, False, sorted_by, None, holds, total)


async def _indexes(table: Table, where: Condition | None) -> Mapping[int, EqualityIndex]:
    """Return the indexes that tests of equality look into, by identity of the test."""
    found: dict[int, EqualityIndex] = {}
    for one in () if where is None else _parts(where):
        for test in _equalities(one):
            found[id(test)] = await table.equality(test.pointer, folded=test.folded)
    return found


def _looked_up(indexes: Mapping[int, EqualityIndex], where: Condition) -> tuple[Run | None, Condition | None]:
    """Return the numbers that an index gives, None where none does, and the condition that is still to be met."""
    best: Run | None = None
    chosen: Condition | None = None
    for one in _parts(where):
        run = _run(indexes, one)
        if run is not None and (best is None or len(run) < len(best)):
            best, chosen = run, one
    if best is None:
        return None, where
    rest = tuple(one for one in _parts(where) if one is not chosen)
    return best, (And(rest) if rest else None)


def _run(indexes: Mapping[int, EqualityIndex], condition: Condition) -> Run | None:
    """Return the numbers of the items that meet a condition, or None where no index gives them quickly."""
    found: list[Run] = []
    for test in _equalities(condition):
        found += map(indexes[id(test)].run, spellings(test))
    if len(found) == 1:
        return found[0]
    if not found or sum(map(len, found)) > _MANY:
        return None
    return ShortRun(sorted(set().union(*(run.islice() for run in found))))


def _parts(where: Condition) -> tuple[Condition, ...]:
    return where.all if isinstance(where, And) else (where,)


def _equalities(condition: Condition) -> tuple[Test, ...]:
    """Return the tests of equality of which one has to hold; none where other tests might do."""
    alternatives = condition.any if isinstance(condition, Or) else (condition,)
    found = tuple(one for one in alternatives if isinstance(one, Test) and one.op in ("eq", "in"))
    return found if len(found) == len(alternatives) else ()


# ---- looking at row after row


async def _looked_through(
    table: Table, view: _View, window: Window, after: Row | None, before: Row | None
) -> Page:
    needs_all = before is not None or (window.count and view.total is None)
    if needs_all or window.limit is None:
        forwards = replace(view, reverse=False)
        found = await _matching(table, forwards, None, math.inf)
        cut = replace(view, run=ShortRun(found))
        start, stop = _cut(cut, window, after, before)
        rows = [found[place] for place in part(cut.run, start, stop, reverse=view.reverse)]
        total = len(found) if view.total is None else view.total
    else:
        start = window.offset
        last = None if after is None else view.place_of(after)
        found = await _matching(table, view, last, window.offset + window.limit)
        rows, total = list(found.values())[window.offset :], view.total or 0
    return Page(rows, total if window.count else None, start)


async def _matching(table: Table, view: _View, last: Any, most: float) -> Mapping[Any, Row]:
    """Return the rows that are meant after a place, at most so many, by their places. Others write meanwhile, between two slices."""
    found: dict[Any, Row] = {}
    until = perf_counter() + SLICE
    while len(found) < most and (chunk := following(view.run, last, CHUNK, reverse=view.reverse)):
        for place in chunk:
            row = table.by_number.get(view.number_at(place))
            if row is not None and view.has(row):
                found[place] = row
                if len(found) >= most:
                    break
        last = chunk[-1]
        if perf_counter() >= until:
            await asyncio.sleep(0)
            until = perf_counter() + SLICE
    return found
