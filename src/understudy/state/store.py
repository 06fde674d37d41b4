"""The store: records by collection and key, each operation atomic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

INTERNAL: Final = "~"
"""What the names of collections begin with that the sandbox keeps for itself, and nobody asked for."""

Value = dict[str, Any]
"""A JSON object. A value is never changed once it is in the store: replace it by another."""


@dataclass(frozen=True, slots=True)
class Record:
    """A stored value. `version` starts at 1 and grows by one with each replace."""

    key: str
    value: Value
    version: int = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """A record as it is dumped: with the unique values it holds, by field."""

    record: Record
    unique: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Contents:
    """All that a store holds. collections: in insertion order. counters: by name."""

    collections: Mapping[str, Sequence[Kept]] = field(default_factory=dict)
    counters: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a collection. `total`: how many records match, before offset and limit; None where it was not asked for."""

    records: Sequence[Record]
    total: int | None = None


class Store(Protocol):
    """What each store offers; every method is one atomic step, also under concurrent callers.

    `unique` maps a field's name to its value; within a collection no two records hold the same value of a unique field.
    """

    async def insert(
        self, collection: str, key: str, value: Value, *, unique: Mapping[str, str] | None = None
    ) -> Record:
        """Add a record. Raises RecordExists, naming `key` or the unique field, and then changes nothing."""
        ...

    async def insert_all(
        self, collection: str, entries: Sequence[tuple[str, Value, Mapping[str, str]]]
    ) -> list[Record]:
        """Add all (key, value, unique) or none. Raises RecordExists for the first that is taken, also by another entry."""
        ...

    async def get(self, collection: str, key: str) -> Record | None:
        """Return the record, or None."""
        ...

    async def find(self, collection: str, field: str, value: str) -> Record | None:
        """Return the record that holds this value of a unique field, or None."""
        ...

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
        """Return records in insertion order, or by the top-level field `order` (ties by insertion; records without a
        comparable value last). Without `where`, offset and count cost no more on a large collection than on a small one.
        """
        ...

    async def replace(
        self,
        collection: str,
        key: str,
        value: Value,
        *,
        expected: int | None = None,
        unique: Mapping[str, str] | None = None,
    ) -> Record:
        """Put a new value in place of a record's. `unique=None` keeps its unique fields as they are.

        Raises RecordNotFound; RecordChanged where `expected` is not the record's version; RecordExists.
        """
        ...

    async def delete(self, collection: str, key: str, *, expected: int | None = None) -> bool:
        """Remove a record and free its unique values; False where there was none. Raises RecordChanged."""
        ...

    async def increment(self, counter: str, by: int = 1) -> int:
        """Add to a named counter, which starts at 0, and return the new number."""
        ...

    async def collections(self) -> Sequence[str]:
        """Return the names of the collections that hold records, sorted."""
        ...

    async def dump(self) -> Contents:
        """Return all there is, as it stands at one moment."""
        ...

    async def load(self, contents: Contents) -> None:
        """Hold these contents and nothing else. Raises RecordExists where two records clash, and then changes nothing."""
        ...

    async def clear(self) -> None:
        """Forget every record and counter."""
        ...
