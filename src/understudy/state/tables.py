"""All collections and counters of a store in memory, and their writes, each in one step and taken back where
it cannot be taken whole.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count as count_up
from typing import Any, Final

from understudy.errors import CounterPassed, LimitReached, RecordNotFound
from understudy.state.json_values import decode, encode
from understudy.state.store import (
    NO_META,
    Advance,
    Delete,
    Increment,
    Insert,
    Record,
    Replace,
    Step,
    Value,
)
from understudy.state.table import Row, Table

_MOST_METAS: Final = 4_096
_LONGEST_META: Final = 1_024  # bytes of what is kept once for several items
NO_LIMIT: Final = sys.maxsize

_Undo = Callable[[], object]


class _Metas:
    """What stands beside items, kept once where it is equal."""

    def __init__(self) -> None:
        self._known: dict[bytes, Mapping[str, Any]] = {}

    def shared(self, meta: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """Return what is equal and belongs to the store. Raises TypeError for what is no JSON."""
        if not meta:
            return NO_META
        data = encode(meta)
        if len(data) > _LONGEST_META:
            return decode(data)
        known = self._known.get(data)
        if known is None:
            if len(self._known) >= _MOST_METAS:
                self._known.clear()
            known = self._known[data] = decode(data)
        return known


def _kept(value: Value | bytes) -> bytes:
    if not isinstance(value, bytes):
        value = encode(value)
    return b"%b" % value  # a copy: whatever its length, what orjson returns holds a buffer of 8 kB


class Tables:
    """Collections by name, without those that are empty; and counters by name.

    now: seconds on the clock that expiry is measured by. revisions: each is given once, also over several
    `Tables` of one store. limit: rows in all tables together,
    and in each that is the sandbox's own. on_gone: hears of each row that went by itself.
    """

    def __init__(self, now: Callable[[], float], revisions: Iterator[int], limit: int = NO_LIMIT) -> None:
        self.by_name: dict[str, Table] = {}
        self.counters: dict[str, int] = {}
        self._now, self._revisions = now, revisions
        self.limit, self.held = limit, 0
        self.revision = 0
        self.on_gone: Callable[[Row], object] = _keep_silent
        self._expiring: set[str] = set()
        self._metas = _Metas()

    def successor(self) -> Tables:
        """Return tables that are empty, and give no revision that these have given."""
        tables = Tables(self._now, self._revisions, self.limit)
        tables.revision = self.next_revision()
        return tables

    def next_revision(self) -> int:
        """Return a revision that none has had, nor these tables or their successors ever give."""
        return next(self._revisions)

    def table(self, collection: str) -> Table | None:
        """Return a collection without what has expired, or None where nothing is in it."""
        table = self.by_name.get(collection)
        if table is not None and table.expires:
            self._sweep(table)
        if table is None or not table.by_key:
            return None
        return table

    def _sweep(self, table: Table) -> None:
        """Let go what has expired, which is a write like any other."""
        gone = table.sweep(self._now())
        if gone:
            self.revision = next(self._revisions)
            self.held -= table.weight * len(gone)
            for row in gone:
                self.on_gone(row)
            self._forget_if_empty(table)

    def last_revision(self) -> int:
        """Return the revision that was given last, at a moment when nothing is there that has expired."""
        for name in tuple(self._expiring):
            table = self.table(name)
            if table is None or not table.expires:
                self._expiring.discard(name)
        return self.revision

    def row(self, collection: str, key: str) -> Row | None:
        """Return a row, or None."""
        table = self.table(collection)
        if table is None:
            return None
        return table.by_key.get(key)

    def names(self) -> list[str]:
        """Return the names of the collections in which something is, sorted."""
        return sorted(name for name in tuple(self.by_name) if self.table(name) is not None)

    def restore(self, collection: str, row: Row, expires: float | None) -> None:
        """Take in a row as it was in another process. expires: seconds from now. Raises RecordExists."""
        table = self.by_name.get(collection) or Table(collection)
        self._restore(table, row)
        if expires is not None:
            table.expire(row, self._now() + expires)
            self._expiring.add(collection)

    def go_on_from(self, revision: int) -> None:
        """Give only revisions after this one."""
        self._revisions = count_up(revision + 1)
        self.revision = revision

    # -- one write

    def add(
        self,
        collection: str,
        key: str,
        value: Value | bytes,
        *,
        meta: Mapping[str, Any] | None = None,
        unique: Mapping[str, str] | None = None,
        expires: float | None = None,
        version: int = 1,
    ) -> Row:
        """Add a row to its table, which is made where it is the first.

        Raises LimitReached, RecordExists and TypeError.
        """
        table = self.table(collection) or Table(collection)
        if self.held >= self.limit or len(table.by_key) >= self.limit:
            self._make_room(table)
        data = _kept(value)
        held = tuple(unique.items()) if unique else ()
        revision = self.revision = next(self._revisions)
        row = Row(key, data, self._metas.shared(meta), revision, version, revision, held)
        table.add(row)
        self.by_name[collection] = table
        self.held += table.weight
        if expires is not None:
            table.expire(row, self._now() + expires)
            self._expiring.add(collection)
        return row

    def _make_room(self, table: Table) -> None:
        """Let the oldest of what the sandbox keeps for itself go. Raises LimitReached for all else."""
        if table.weight:
            raise LimitReached(self.limit, "records", "--limit-records")
        if table.by_key and len(table.by_key) >= self.limit:
            oldest = table.by_number[next(iter(table.numbers.islice(0, 1)))]
            table.remove(oldest)
            self.on_gone(oldest)

    def replace(self, step: Replace) -> tuple[Row, Row]:
        """Put a new row in place of one, and return both.

        Raises RecordNotFound, RecordChanged, RecordExists and TypeError.
        """
        row = self.row(step.collection, step.key)
        if row is None:
            raise RecordNotFound(step.collection, step.key)
        table = self.by_name[step.collection]
        table.check_revision(row, step.expected)
        data = _kept(step.value)
        meta, held = row.meta, row.unique
        if step.meta is not None:
            meta = self._metas.shared(step.meta)
        if step.unique is not None:
            held = tuple(step.unique.items())
        revision = self.revision = next(self._revisions)
        new = Row(row.key, data, meta, revision, row.version + 1, row.number, held)
        table.put(row, new)
        return row, new

    def delete(self, collection: str, key: str, expected: int | None = None) -> Row | None:
        """Remove a row and return it, or None where there was none. Raises RecordChanged."""
        row = self.row(collection, key)
        if row is None:
            return None
        table = self.by_name[collection]
        table.check_revision(row, expected)
        table.remove(row)
        self.revision = next(self._revisions)
        self.held -= table.weight
        self._forget_if_empty(table)
        return row

    def count(self, counter: str, by: int) -> int:
        """Add to a counter and return the new number."""
        number = self.counters[counter] = self.counters.get(counter, 0) + by
        return number

    # -- all or none

    def commit(self, steps: Sequence[Step]) -> list[Record | None]:
        """Take all steps, and return what each wrote or removed; where one cannot be taken, those before it
        are taken back.
        """
        undo: list[_Undo] = []
        try:
            return [self._take(step, undo) for step in steps]
        except BaseException:
            for take_back in reversed(undo):
                take_back()
            raise

    def _take(self, step: Step, undo: list[_Undo]) -> Record | None:
        """Take one step, and note how it is taken back."""
        if isinstance(step, Insert):
            added = self.add(
                step.collection,
                step.key,
                step.value,
                meta=step.meta,
                unique=step.unique,
                expires=step.expires,
            )
            undo.append(lambda: self.delete(step.collection, step.key))
            return added
        if isinstance(step, Replace):
            before, after = self.replace(step)
            undo.append(lambda: self.by_name[step.collection].put(after, before))
            return after
        if isinstance(step, Delete):
            return self._take_deletion(step, undo)
        by = step.by if isinstance(step, Increment) else self._way_to(step)
        self.count(step.counter, by)
        undo.append(lambda: self.count(step.counter, -by))
        return None

    def _way_to(self, step: Advance) -> int:
        """Return what a counter lacks. Raises CounterPassed."""
        found = self.counters.get(step.counter, 0)
        if found >= step.to:
            raise CounterPassed(step.counter, step.to, found)
        return step.to - found

    def _take_deletion(self, step: Delete, undo: list[_Undo]) -> Record | None:
        table = self.table(step.collection)
        removed = self.delete(step.collection, step.key, step.expected)
        if table is not None and removed is not None:
            undo.append(lambda: self._restore(table, removed))
        return removed

    def _restore(self, table: Table, row: Row) -> None:
        table.add(row)
        self.by_name[table.name] = table
        self.held += table.weight

    def _forget_if_empty(self, table: Table) -> None:
        if not table.by_key:
            self.by_name.pop(table.name, None)


def _keep_silent(_: Row) -> None:
    return None
