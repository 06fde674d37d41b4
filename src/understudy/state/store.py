"""The store: records by collection and key, each operation atomic, in this process or elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from msgspec import Struct, field

from understudy.errors import RecordChanged, RecordNotFound
from understudy.state.conditions import META, Condition, Order
from understudy.state.json_values import decode

INTERNAL: Final = "~"
"""What the names of collections begin with that the sandbox keeps for itself, and nobody asked for."""

UNCHECKED: Final = "unchecked"
"""Stands in the meta of a record that is meant, as somebody said, although its contract refuses it."""

Value = dict[str, Any]
"""A JSON object."""

NO_META: Final[Mapping[str, Any]] = {}
"""What most records have beside their item: nothing."""


class Record(Struct, eq=False):
    """A stored item. Nobody changes one: `Store.replace` puts another in its place.

    data: the item as JSON. meta: what stands beside it and is never shown. revision: given by the store,
    grows with each write to any record, and is never given again. version: how often the record was written
    under this key, from 1.
    """

    key: str
    data: bytes
    meta: Mapping[str, Any]
    revision: int
    version: int

    @property
    def value(self) -> Value:
        """The item, decoded anew each time: the caller's own to change."""
        return decode(self.data)

    @property
    def searched(self) -> Value:
        """The item, with what stands beside it under META, as conditions look into it."""
        value = decode(self.data)
        if self.meta:
            value[META] = self.meta
        return value


class Entry(Struct, frozen=True):
    """A record to be added, or as it is dumped. expires: seconds from now after which it is gone; None is
    never.
    """

    key: str
    value: Value | bytes
    meta: Mapping[str, Any] | None = None
    unique: Mapping[str, str] | None = None
    expires: float | None = None
    version: int = 1


class Draft(Struct, frozen=True):
    """What `Store.update` is to put in place; None keeps what is there."""

    value: Value | bytes
    meta: Mapping[str, Any] | None = None
    unique: Mapping[str, str] | None = None


class WouldWrite(Exception):
    """Somebody only looks, and looking would change something."""


class Contents(Struct, frozen=True):
    """All that a store holds. collections: in insertion order. counters: by name."""

    collections: Mapping[str, Sequence[Entry]] = field(default_factory=dict)
    counters: Mapping[str, int] = field(default_factory=dict)


class Page(Struct, frozen=True):
    """Part of a collection.

    total: how many records match, before offset and limit; None where it was not asked for. offset: how many
    of them stand before this part, where the total was asked for.
    """

    records: Sequence[Record]
    total: int | None = None
    offset: int = 0


# ---- the steps of a commit, each with the arguments of the method of its name


class Insert(Struct, frozen=True):
    """A step that adds a record."""

    collection: str
    key: str
    value: Value | bytes
    meta: Mapping[str, Any] | None = None
    unique: Mapping[str, str] | None = None
    expires: float | None = None


class Replace(Struct, frozen=True):
    """A step that puts another item in place of a record's."""

    collection: str
    key: str
    value: Value | bytes
    meta: Mapping[str, Any] | None = None
    expected: int | None = None
    unique: Mapping[str, str] | None = None


class Delete(Struct, frozen=True):
    """A step that removes a record, if it is there."""

    collection: str
    key: str
    expected: int | None = None


class Increment(Struct, frozen=True):
    """A step that adds to a counter."""

    counter: str
    by: int = 1


class Advance(Struct, frozen=True):
    """A step that brings a counter to a number that nobody was given: refused where it is there already."""

    counter: str
    to: int


Step = Insert | Replace | Delete | Increment | Advance


class Drawn(Struct, frozen=True):
    """Numbers for something new. steps: to be taken in the commit that writes it, or the numbers may be
    another's; none where the store has given them for good.
    """

    numbers: Sequence[int]
    steps: Sequence[Advance] = ()


Exchange = Callable[[], Awaitable[None]]
"""Puts contents that were made ready in the place of what a store holds."""


class Store(Protocol):
    """What each store offers; every method is one atomic step, also under concurrent callers, unless it says
    otherwise.

    A value is a JSON object, or one as JSON that `orjson` reads. `unique` maps a field's name to its value;
    within a collection no two records hold the same value of a unique field. A record that has expired is not
    there.
    """

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
        """Add a record, for good or for so many seconds.

        Raises RecordExists, naming `key` or the unique field, and then changes nothing; TypeError for what is
        no JSON.
        """
        ...

    async def insert_all(self, collection: str, entries: Sequence[Entry]) -> list[Record]:
        """Add all or none. Raises RecordExists for the first that is taken, also by another entry."""
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
        where: Condition | None = None,
        order: Sequence[Order] = (),
        newest_first: bool = False,
        offset: int = 0,
        limit: int | None = None,
        after: str = "",
        before: str = "",
        count: bool = False,
    ) -> Page:
        """Return records in insertion order, newest first, or by `order`; those after or before a key, if
        that is there.

        `before` alone gives the last ones before it. Raises ValueError for a negative offset or limit. Offset
        and count cost no more on a large collection than on a small one where there is no condition, or just
        one of equality. Other conditions look at record by record, and others may write meanwhile: what is
        there all the time, at one place, is found once; what comes, goes or moves meanwhile may be found or
        not.
        """
        ...

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
        """Put a new item in place of a record's, which keeps its place in the order of insertion and the time
        when it expires.

        meta, unique: None keeps what is there. Raises RecordNotFound; RecordChanged where `expected` is not
        the record's revision; RecordExists; TypeError for what is no JSON.
        """
        ...

    async def update(self, collection: str, key: str, change: Callable[[Record], Awaitable[Draft]]) -> Record:
        """Change a record by what it is, again where somebody else was faster.

        Raises RecordNotFound, RecordExists.
        """
        while True:
            record = await self.get(collection, key)
            if record is None:
                raise RecordNotFound(collection, key)
            draft = await change(record)
            try:
                return await self.replace(
                    collection,
                    key,
                    draft.value,
                    meta=draft.meta,
                    expected=record.revision,
                    unique=draft.unique,
                )
            except RecordChanged:
                continue

    async def delete(self, collection: str, key: str, *, expected: int | None = None) -> bool:
        """Remove a record and free its unique values; False where there was none. Raises RecordChanged."""
        ...

    async def increment(self, counter: str, by: int = 1) -> int:
        """Add to a named counter, which starts at 0, and return the new number."""
        ...

    async def increment_all(self, counters: Sequence[str]) -> Sequence[int]:
        """Add 1 to each of several counters, and return the new numbers."""
        return [await self.increment(counter) for counter in counters]

    async def draw(self, counters: Sequence[str]) -> Drawn:
        """Return the next number of each of several counters, which nobody else is given, or whose steps a
        commit refuses with CounterPassed.
        """
        return Drawn(await self.increment_all(counters))

    async def commit(self, steps: Sequence[Step]) -> Sequence[Record | None]:
        """Take all steps or none, one after another, and return the record that each of them wrote or
        removed.

        Raises what the first step raises that cannot be taken; CounterPassed where that is an `Advance`.
        """
        ...

    async def revision(self) -> int:
        """Return the revision that was given last, 0 where none was: as long as it is the same, every read
        finds the same.
        """
        ...

    async def collections(self) -> Sequence[str]:
        """Return the names of the collections that hold records, sorted."""
        ...

    async def dump(self) -> Contents:
        """Return all there is, as it stands at one moment."""
        ...

    async def load(self, contents: Contents) -> None:
        """Hold these contents and nothing else.

        Raises RecordExists where two records clash, and then changes nothing.
        """
        exchange = await self.prepared(contents)
        await exchange()

    async def prepared(self, contents: Contents) -> Exchange:
        """Make ready, with pauses, to hold these contents and nothing else, and change nothing before what is
        returned is called. In memory that does not give way to anybody.

        Raises RecordExists where two records clash, LimitReached where they are too many.
        """
        ...

    async def clear(self) -> None:
        """Forget every record and counter."""
        ...
