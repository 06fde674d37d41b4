"""The store that handlers get: what they write into a collection of the model is an item of it, or is
refused.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace as with_fields

from understudy.state.store import Draft, Entry, Insert, Record, Replace, Step, Store, Value

Fit = Callable[[str, str, Value | bytes], Awaitable[Entry | None]]
"""Completes a value for a collection and key, None where nothing is known of the collection. Raises
WriteInvalid.
"""


class CheckedStore:
    """A store whose writes are completed, and refused with the failing member where the contract does not
    take them.
    """

    def __init__(self, store: Store, fit: Fit) -> None:
        self._store, self._fit = store, fit
        self.get, self.find, self.list = store.get, store.find, store.list
        self.delete, self.increment = store.delete, store.increment
        self.increment_all, self.draw = store.increment_all, store.draw
        self.revision = store.revision
        self.collections, self.dump, self.clear = store.collections, store.dump, store.clear
        self.load, self.prepared = store.load, store.prepared

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
        """Add a record. Raises WriteInvalid, RecordExists."""
        fitted = await self._fitted(collection, Entry(key, value, meta, unique))
        return await self._store.insert(
            collection, key, fitted.value, meta=fitted.meta, unique=fitted.unique, expires=expires
        )

    async def insert_all(self, collection: str, entries: Sequence[Entry]) -> list[Record]:
        """Add all or none. Raises WriteInvalid, RecordExists."""
        fitted = [await self._fitted(collection, entry) for entry in entries]
        return await self._store.insert_all(collection, fitted)

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
        """Put another item in place of a record's. Raises WriteInvalid, RecordNotFound, RecordChanged,
        RecordExists.
        """
        fitted = await self._fitted(collection, Entry(key, value, meta, unique))
        return await self._store.replace(
            collection, key, fitted.value, meta=fitted.meta, expected=expected, unique=fitted.unique
        )

    async def update(self, collection: str, key: str, change: Callable[[Record], Awaitable[Draft]]) -> Record:
        """Change a record by what it is. Raises WriteInvalid, RecordNotFound, RecordExists."""
        return await Store.update(self, collection, key, change)

    async def commit(self, steps: Sequence[Step]) -> Sequence[Record | None]:
        """Take all steps or none. Raises WriteInvalid, and what the first step raises that cannot be
        taken.
        """
        return await self._store.commit([await self._fitted_step(step) for step in steps])

    async def _fitted_step(self, step: Step) -> Step:
        if not isinstance(step, (Insert, Replace)):
            return step
        entry = Entry(step.key, step.value, step.meta, step.unique)
        fitted = await self._fitted(step.collection, entry)
        return with_fields(step, value=fitted.value, meta=fitted.meta, unique=fitted.unique)

    async def _fitted(self, collection: str, entry: Entry) -> Entry:
        """Return what is stored: what was said beside the value wins over what is found out."""
        found = await self._fit(collection, entry.key, entry.value)
        if found is None:
            return entry
        meta = found.meta if entry.meta is None else entry.meta
        unique = found.unique if entry.unique is None else entry.unique
        return with_fields(entry, value=found.value, meta=meta, unique=unique)
