"""What a process knows of records that stand elsewhere: tables as memory's, kept up to date by the store."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import count
from typing import NamedTuple

from understudy.state.table import Row, Table
from understudy.state.tables import Tables


class Told(NamedTuple):
    """What a store tells of a record. row: None where it is gone. deadline: seconds since 1970."""

    collection: str
    key: str
    row: Row | None
    deadline: float | None = None


class Mirror(Tables):
    """Tables whose revision is the store's."""

    def __init__(self, limit: int) -> None:
        super().__init__(time.time, count(1), limit)

    def successor(self) -> Mirror:
        """Return an empty one for a store that is over, whose revisions go on."""
        heir = Mirror(self.limit)
        heir.revision = next(self._revisions)
        heir._revisions = count(heir.revision + 1)
        return heir

    def _sweep(self, table: Table) -> None:
        """Let go what has expired: the store does it too, and gives that a revision."""
        gone = table.sweep(self._now())
        self.held -= table.weight * len(gone)
        if gone:
            self._forget_if_empty(table)

    def take(self, told: Sequence[Told], revision: int) -> None:
        """Be as the store was at a revision. told: each record that changed since the revision before, as it
        was then; in one step, so that no reader sees half of it.
        """
        fresh = []
        for one in told:
            table = self.by_name.get(one.collection)
            known = table.by_key.get(one.key) if table is not None else None
            if known is None:
                fresh.append(one)
            elif one.row is None or _is_another(known, one.row):
                self._let_go(one.collection, known)
                fresh.append(one)
            elif known.revision != one.row.revision:
                self.by_name[one.collection].put(known, one.row)
        for one in fresh:
            if one.row is not None:
                self._add(one.collection, one.row, one.deadline)
        self.revision = revision
        # What is written here once the store is somebody else's goes on from there.
        self._revisions = count(revision + 1)

    def _add(self, collection: str, row: Row, deadline: float | None) -> None:
        table = self.by_name.get(collection)
        if table is None:
            table = self.by_name[collection] = Table(collection)
        table.add(row)
        self.held += table.weight
        if deadline is not None:
            table.expire(row, deadline)

    def _let_go(self, collection: str, row: Row) -> None:
        table = self.by_name[collection]
        table.remove(row)
        self.held -= table.weight
        self._forget_if_empty(table)


def _is_another(known: Row, row: Row) -> bool:
    """Tell whether a row takes another place, or holds other unique values, which may have been another's."""
    return known.number != row.number or known.unique != row.unique
