"""The store as a conditional request sees it: what the condition was held against must still be so when
something is written.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace as with_fields

from understudy.errors import RecordChanged, RecordExists, RecordNotFound
from understudy.state.store import (
    Advance,
    Delete,
    Draft,
    Drawn,
    Entry,
    Increment,
    Insert,
    Record,
    Replace,
    Step,
    Store,
    Value,
    WouldWrite,
)

_NOWHERE = -1  # stands for the revision of what is not there


class ChangedMeanwhile(Exception):
    """A record is no longer what the condition was held against: the condition is to be looked at again."""


class GuardedStore:
    """Notes the revision of each record that is asked for; once it is armed, no other one is read or written
    over.

    is_read_only: whether what would change something raises WouldWrite. Records that come in pages are not
    noted.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: dict[tuple[str, str], int] = {}
        self._is_armed = False
        self.is_read_only = False
        self.list, self.collections = store.list, store.collections
        self.dump, self.clear = store.dump, store.clear
        self.load, self.prepared = store.load, store.prepared
        self.revision = store.revision

    def arm(self) -> None:
        """Hold all that follows to what was seen so far."""
        self._is_armed, self.is_read_only = True, False

    async def get(self, collection: str, key: str) -> Record | None:
        """Return the record, or None. Raises ChangedMeanwhile."""
        record = await self._store.get(collection, key)
        self._look(collection, key, record)
        return record

    async def find(self, collection: str, field: str, value: str) -> Record | None:
        """Return the record that holds this value of a unique field, or None. Raises ChangedMeanwhile."""
        record = await self._store.find(collection, field, value)
        if record is not None:
            self._look(collection, record.key, record)
        return record

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
        """Add a record, as the store does."""
        (record,) = await self._write([Insert(collection, key, value, meta, unique, expires)])
        assert record is not None
        return record

    async def insert_all(self, collection: str, entries: Sequence[Entry]) -> list[Record]:
        """Add all or none, as the store does."""
        self._check_writing()
        return await self._store.insert_all(collection, entries)

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
        """Put a new item in place, as the store does, where the record is still what was seen."""
        (record,) = await self._write([Replace(collection, key, value, meta, expected, unique)])
        assert record is not None
        return record

    async def update(self, collection: str, key: str, change: Callable[[Record], Awaitable[Draft]]) -> Record:
        """Change a record by what it is, as the store does."""
        return await Store.update(self, collection, key, change)

    async def delete(self, collection: str, key: str, *, expected: int | None = None) -> bool:
        """Remove a record, as the store does, where it is still what was seen."""
        (record,) = await self._write([Delete(collection, key, expected)])
        return record is not None

    async def increment(self, counter: str, by: int = 1) -> int:
        """Add to a counter, as the store does."""
        self._check_writing()
        return await self._store.increment(counter, by)

    async def increment_all(self, counters: Sequence[str]) -> Sequence[int]:
        """Add to counters, as the store does."""
        self._check_writing()
        return await self._store.increment_all(counters)

    async def draw(self, counters: Sequence[str]) -> Drawn:
        """Draw numbers, as the store does."""
        self._check_writing()
        return await self._store.draw(counters)

    async def commit(self, steps: Sequence[Step]) -> Sequence[Record | None]:
        """Take all steps or none, as the store does, where their records are still what was seen."""
        return await self._write(steps)

    def _look(self, collection: str, key: str, record: Record | None) -> None:
        revision = _NOWHERE if record is None else record.revision
        seen = self._seen.setdefault((collection, key), revision)
        if self._is_armed and seen != revision:
            raise ChangedMeanwhile
        self._seen[collection, key] = revision

    def _check_writing(self) -> None:
        if self.is_read_only:
            raise WouldWrite

    async def _write(self, steps: Sequence[Step]) -> Sequence[Record | None]:
        self._check_writing()
        held = [self._held(step) for step in steps]
        try:
            written = await self._store.commit(held)
        except (RecordChanged, RecordExists, RecordNotFound):
            await self._check_seen(steps)
            raise
        for step, record in zip(steps, written, strict=True):
            if not isinstance(step, Increment | Advance):
                gone = record is None or isinstance(step, Delete)
                self._seen[step.collection, step.key] = (
                    _NOWHERE if gone or record is None else record.revision
                )
        return written

    def _held(self, step: Step) -> Step:
        """Return a step that is only taken where the record is still what was seen."""
        if not self._is_armed or not isinstance(step, (Replace, Delete)) or step.expected is not None:
            return step
        return with_fields(step, expected=self._seen.get((step.collection, step.key)))

    async def _check_seen(self, steps: Sequence[Step]) -> None:
        """Raise ChangedMeanwhile where a step failed because somebody else wrote, and not by itself."""
        for step in steps:
            if (
                self._is_armed
                and not isinstance(step, Increment | Advance)
                and (step.collection, step.key) in self._seen
            ):
                await self.get(step.collection, step.key)
