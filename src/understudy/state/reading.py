"""Reading pages of a collection in memory: by position where that is enough, else by looking at row after
row.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Container, Mapping, Sequence
from time import perf_counter
from typing import Any, Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from understudy.state.conditions import (
    And,
    Condition,
    Or,
    Order,
    Predicate,
    Test,
    Value,
    predicate,
    spellings,
)
from understudy.state.indexes import (
    EqualityIndex,
    OrderIndex,
    Run,
    ShortRun,
    following,
    part,
    position_after,
    position_before,
)
from understudy.state.needles import Needles, needles_of
from understudy.state.ordering import Place
from understudy.state.store import Page
from understudy.state.table import CHUNK, SLICE, Row, Table

_MANY: Final = 10_000  # rows that are taken at once in less than a slice
_FEW: Final = 500  # rows that are sorted at once in less than a slice


ALL: Final = sys.maxsize
"""The limit of a list that has none."""


class Window(Struct, frozen=True):
    """What part of a list is meant: as in `Store.list`."""

    offset: int = 0
    limit: int = ALL
    after: str = ""
    before: str = ""
    count: bool = False

    def page(self, rows: Sequence[Row], total: int | None, offset: int) -> Page:
        """Return the page of these rows."""
        if not self.count:
            total = None
        return Page(rows, total, offset)


class _View(Struct):
    """A list in the order of insertion, before it is cut.

    run: its places in order, read backwards where `reverse`. among: the numbers that are meant, None for all.
    holds: what an item must meet besides. total: how many there are, where that is known. needles: what has
    to stand in it for that.
    """

    run: Run
    reverse: bool
    among: Container[int] | None
    holds: Predicate | None
    total: int | None
    needles: Needles | None

    @property
    def is_whole(self) -> bool:
        """Whether each place of the run is meant."""
        return self.among is None and self.holds is None

    def place_of(self, row: Row) -> Any:
        """Return where a row stands."""
        return row.number

    def number_at(self, place: Any) -> int:
        """Return the number of the row that stands at a place."""
        number: int = place
        return number

    def has(self, row: Row) -> bool:
        """Tell whether a row of the run is meant."""
        if self.among is not None and row.number not in self.among:
            return False
        if self.needles is not None and not self.needles.may_be_in(row.data):
            return False
        return self.holds is None or self.holds(row.searched)


class _SortedView(_View):
    """A list in another order; place: tells where an item stands."""

    place: Callable[[Value, int], Place]

    def place_of(self, row: Row) -> Any:
        """Return where a row stands."""
        return self.place(row.searched, row.number)

    def number_at(self, place: Any) -> int:
        """Return the number of the row that stands at a place."""
        number: int = abs(place[-1])
        return number


async def read(
    table: Table, where: Condition | None, order: Sequence[Order], newest_first: bool, window: Window
) -> Page:
    """Return a page of a collection."""
    view = await _view(table, where, order, newest_first)
    after, before = table.by_key.get(window.after), table.by_key.get(window.before)
    if view.is_whole:
        start, stop = _cut(view, window, after, before)
        if stop - start <= _MANY:
            return window.page(_rows(table, view, start, stop), view.total, start)
    return await _looked_through(table, view, window, after, before)


def _rows(table: Table, view: _View, start: int, stop: int) -> list[Row]:
    numbers = part(view.run, start, stop, reverse=view.reverse)
    if isinstance(view, _SortedView):
        numbers = map(view.number_at, numbers)
    return list(filter(None, map(table.by_number.get, numbers)))


def _cut(view: _View, window: Window, after: Row | None, before: Row | None) -> tuple[int, int]:
    """Return the positions between which a page stands."""
    start, stop = 0, len(view.run)
    if after is not None:
        start = position_after(view.run, view.place_of(after), reverse=view.reverse)
    if before is not None:
        stop = position_before(view.run, view.place_of(before), reverse=view.reverse)
        if after is None:
            stop = max(stop - window.offset, 0)
            return max(stop - window.limit, 0), stop
    start = min(start + window.offset, stop)
    return start, min(start + window.limit, stop)


# ---- which rows, in which order


class _Found(NamedTuple):
    """The numbers that an index gives, or those of all rows; and the condition that is still to be met."""

    run: Run
    rest: Condition | None
    is_all: bool


async def _view(table: Table, where: Condition | None, order: Sequence[Order], newest_first: bool) -> _View:
    if where is None and not order:  # all there is, as it was inserted: no need to plan
        return _View(table.numbers, newest_first, None, None, len(table.numbers), None)
    # What has to be waited for comes first: from here on nothing changes until the first row is looked at.
    indexes = await _indexes(table, where)
    index: OrderIndex | None = None
    if order:
        index = await table.order(order, newest_first=newest_first)
    found = _looked_up(table, indexes, where)
    total: int | None = len(found.run)
    holds: Predicate | None = None
    needles: Needles | None = None
    if found.rest is not None:
        total, holds, needles = None, predicate(found.rest), needles_of(found.rest)
    if index is None:
        return _View(found.run, newest_first, None, holds, total, needles)
    run, among = index.run, None
    if not found.is_all and len(found.run) > _FEW:
        among = frozenset(found.run.islice())
    elif not found.is_all:
        few = [table.by_number[number] for number in found.run.islice()]
        run = ShortRun(sorted(index.place(row.searched, row.number) for row in few))
    return _SortedView(run, False, among, holds, total, needles, index.place)


async def _indexes(table: Table, where: Condition | None) -> Mapping[int, EqualityIndex]:
    """Return the indexes that tests of equality look into, by identity of the test."""
    found: dict[int, EqualityIndex] = {}
    for one in _parts(where):
        for test in _equalities(one):
            found[id(test)] = await table.equality(test.pointer, folded=test.folded)
    return found


def _looked_up(table: Table, indexes: Mapping[int, EqualityIndex], where: Condition | None) -> _Found:
    found = _Found(table.numbers, where, is_all=True)
    for one in _parts(where):
        run = _run(indexes, one)
        if run is not None and (found.is_all or len(run) < len(found.run)):
            rest = tuple(other for other in _parts(where) if other is not one)
            found = _Found(run, And(rest), is_all=False)
    if isinstance(found.rest, And) and not found.rest.all:
        return found._replace(rest=None)
    return found


def _run(indexes: Mapping[int, EqualityIndex], condition: Condition) -> Run | None:
    """Return the numbers of the items that meet a condition, or None where no index gives them quickly."""
    found: list[Run] = []
    for test in _equalities(condition):
        found += map(indexes[id(test)].run, spellings(test))
    if len(found) == 1:
        return found[0]
    if not found or sum(map(len, found)) > _MANY:
        return None
    numbers: set[int] = set()
    for run in found:
        numbers.update(run.islice())
    return ShortRun(sorted(numbers))


def _parts(where: Condition | None) -> tuple[Condition, ...]:
    if where is None:
        return ()
    if isinstance(where, And):
        return where.all
    return (where,)


def _equalities(condition: Condition) -> tuple[Test, ...]:
    """Return the tests of equality of which one has to hold; none where other tests might do."""
    alternatives: tuple[Condition, ...] = (condition,)
    if isinstance(condition, Or):
        alternatives = condition.any
    found: list[Test] = []
    for one in alternatives:
        if not isinstance(one, Test) or one.op not in ("eq", "in"):
            return ()
        found.append(one)
    return tuple(found)


# ---- looking at row after row


async def _looked_through(
    table: Table, view: _View, window: Window, after: Row | None, before: Row | None
) -> Page:
    knows_total = view.total is not None or not window.count
    if before is None and knows_total and window.limit != ALL:
        last = None
        if after is not None:
            last = view.place_of(after)
        found = await _matching(table, view, last, window.offset + window.limit)
        return window.page(list(found.values())[window.offset :], view.total, window.offset)
    found = await _matching(table, replace(view, reverse=False), None, ALL)
    cut = replace(view, run=ShortRun(found))
    start, stop = _cut(cut, window, after, before)
    rows = [found[place] for place in part(cut.run, start, stop, reverse=view.reverse)]
    return window.page(rows, len(found), start)


async def _matching(table: Table, view: _View, last: Any, most: float) -> Mapping[Any, Row]:
    """Return the rows that are meant after a place, at most so many, by their places.

    Others write meanwhile, between two slices.
    """
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
