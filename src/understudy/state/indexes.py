"""Indexes of a collection in memory: where equal items stand, and items in an order; made as they are needed,
then kept.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from sortedcontainers import SortedList  # it carries no types; `Run` says what is used

from understudy.state.conditions import Order, Pointer, Value, scalars, spelling
from understudy.state.ordering import Place, places

_LONG = 1_000  # from here on a sorted list in pieces is quicker than one piece
_EVERYTHING = float("inf")


class Run(Protocol):
    """Places kept in order, each reached by its position in O(log n)."""

    def __len__(self) -> int: ...
    def add(self, value: Any) -> None: ...
    def remove(self, value: Any) -> None: ...
    def bisect_left(self, value: Any) -> int: ...
    def bisect_right(self, value: Any) -> int: ...
    def islice(
        self, start: int | None = None, stop: int | None = None, reverse: bool = False
    ) -> Iterator[Any]: ...


class ShortRun(list[Any]):
    """A run of a few places, which needs little memory."""

    __slots__ = ()

    def add(self, value: Any) -> None:
        """Put a place where it belongs."""
        if self and value < self[-1]:
            insort(self, value)
        else:
            self.append(value)

    def bisect_left(self, value: Any) -> int:
        """Return the position before those that are not less."""
        return bisect_left(self, value)

    def bisect_right(self, value: Any) -> int:
        """Return the position after those that are not greater."""
        return bisect_right(self, value)

    def islice(
        self, start: int | None = None, stop: int | None = None, reverse: bool = False
    ) -> Iterator[Any]:
        """Iterate over a part."""
        part = self[start:stop]
        if reverse:
            part.reverse()
        return iter(part)


def long_run(values: Sequence[Any] = ()) -> Run:
    """Return a run for any number of places."""
    run: Run = SortedList(values)
    return run


class Index:
    """What all indexes have: how far they are made. reached: the number of insertion up to which items are in
    it.
    """

    __slots__ = ("reached",)

    def __init__(self) -> None:
        self.reached: float = 0

    @property
    def is_complete(self) -> bool:
        """Whether every item is in it."""
        return self.reached == _EVERYTHING

    def complete(self) -> None:
        """Say that every item is in it."""
        self.reached = _EVERYTHING

    def add(self, value: Value, number: int) -> None:
        """Take an item in."""
        raise NotImplementedError

    def remove(self, value: Value, number: int) -> None:
        """Let an item go."""
        raise NotImplementedError

    def move(self, before: Value, after: Value, number: int) -> None:
        """Take another item in its place."""
        self.remove(before, number)
        self.add(after, number)


class EqualityIndex(Index):
    """The numbers of the items whose member is written alike."""

    __slots__ = ("_folded", "_pointer", "_runs")

    def __init__(self, pointer: Pointer, *, folded: bool) -> None:
        super().__init__()
        self._pointer, self._folded = pointer, folded
        self._runs: dict[str | bytes | None, Run] = {}

    def run(self, written: str | bytes | None) -> Run:
        """Return the numbers of the items whose member is written so."""
        return self._runs.get(written) or ShortRun()

    def add(self, value: Value, number: int) -> None:
        """Take an item in."""
        for written in self._spellings(value):
            run = self._runs.get(written)
            if run is None:
                run = self._runs[written] = ShortRun()
            elif len(run) == _LONG:
                run = self._longer(written, run)
            run.add(number)

    def remove(self, value: Value, number: int) -> None:
        """Let an item go."""
        for written in self._spellings(value):
            run = self._runs[written]
            run.remove(number)
            if not run:
                del self._runs[written]

    def move(self, before: Value, after: Value, number: int) -> None:
        """Take another item in its place."""
        if self._spellings(before) != self._spellings(after):
            super().move(before, after, number)

    def _spellings(self, value: Value) -> set[str | bytes | None]:
        return {spelling(found, folded=self._folded) for found in scalars(value, self._pointer)}

    def _longer(self, written: str | bytes | None, run: Run) -> Run:
        if isinstance(run, ShortRun):
            run = self._runs[written] = long_run(run)
        return run


class OrderIndex(Index):
    """The places of all items in an order."""

    __slots__ = ("place", "run")

    def __init__(self, orders: Sequence[Order], *, newest_first: bool) -> None:
        super().__init__()
        self.place: Callable[[Value, int], Place] = places(orders, newest_first=newest_first)
        self.run = long_run()

    def add(self, value: Value, number: int) -> None:
        """Take an item in."""
        self.run.add(self.place(value, number))

    def remove(self, value: Value, number: int) -> None:
        """Let an item go."""
        self.run.remove(self.place(value, number))

    def move(self, before: Value, after: Value, number: int) -> None:
        """Take another item in its place."""
        old, new = self.place(before, number), self.place(after, number)
        if old != new:
            self.run.remove(old)
            self.run.add(new)


def part(run: Run, start: int, stop: int, *, reverse: bool) -> Iterator[Any]:
    """Iterate over a part of a run, by positions in the direction it is read in."""
    if not reverse:
        return run.islice(start, stop)
    size = len(run)
    return run.islice(max(size - stop, 0), max(size - start, 0), reverse=True)


def following(run: Run, last: Any, count: int, *, reverse: bool) -> list[Any]:
    """Return the places after one, in the direction in which a run is read; the first where that is None."""
    start = 0
    if last is not None:
        start = position_after(run, last, reverse=reverse)
    return list(part(run, start, start + count, reverse=reverse))


def position_after(run: Run, place: Any, *, reverse: bool) -> int:
    """Return the position after a place that a run need not have, in the direction in which it is read."""
    if reverse:
        return len(run) - run.bisect_left(place)
    return run.bisect_right(place)


def position_before(run: Run, place: Any, *, reverse: bool) -> int:
    """Return the position before a place that a run need not have, in the direction in which it is read."""
    if reverse:
        return len(run) - run.bisect_right(place)
    return run.bisect_left(place)
