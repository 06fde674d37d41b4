"""The store whose records stand on a server: reads are this process's, once it has asked what is new."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from understudy.errors import CounterPassed, LimitReached, RecordChanged, RecordExists, RecordNotFound
from understudy.state.conditions import Condition, Order
from understudy.state.memory import MemoryStore
from understudy.state.shared.mirror import Mirror, Told
from understudy.state.shared.rows import row_of, text_of
from understudy.state.store import (
    Advance,
    Contents,
    Delete,
    Drawn,
    Entry,
    Exchange,
    Increment,
    Insert,
    Page,
    Record,
    Replace,
    Step,
    Value,
)
from understudy.state.table import Row
from understudy.state.tables import NO_LIMIT

_TAKEN: Final = b"taken"
_NOTHING: Final = -1
_CAUTION: Final = 256
"""How often numbers are asked for, and not foreseen, once another process was faster."""


Records = list[Record]


class Loaded(NamedTuple):
    """An entry with its collection."""

    collection: str
    entry: Entry


Loads = list[Loaded]


class Session(Protocol):
    """The session of a store."""

    async def learn(self, store: SharedStore) -> None:
        """Have a store know what was written before this was called. Raises StoreAway."""
        ...

    async def commit(self, store: SharedStore, steps: Sequence[Step]) -> Sequence[Row | int | None] | None:
        """Have steps taken, and return what `SharedStore.take_commit` makes of the answer; None where the
        session is over. Raises StoreAway.
        """
        ...

    async def refill(
        self, store: SharedStore, entries: Sequence[Loaded], counters: Mapping[str, int]
    ) -> bool:
        """Have a store hold these and nothing else; False where the session is over. Raises StoreAway."""
        ...

    async def counters(self, store: SharedStore) -> Mapping[str, int]:
        """Return the counters of a store. Raises StoreAway."""
        ...


class SharedStore(MemoryStore):
    """A `Store` of which other processes know.

    is_over: whether it belongs to a session that has ended: it is memory's from then on, and nobody else sees
    it. is_loaded: whether all is known that was there at some moment.
    """

    def __init__(self, session: Session, api: str, limit: int = NO_LIMIT) -> None:
        super().__init__(time.time, limit)
        self.api, self.limit, self._session = api, limit, session
        self._tables: Mirror = Mirror(limit)
        self.is_over = self.is_loaded = False
        self._generation = self._highest = 0
        self._parts: dict[tuple[str, str], Told] | None = None  # of an answer that came as far as the cursor
        self._cursor = _NOTHING
        self._foreseen: dict[str, int] = {}  # by counter, the last number that was
        self._contended: dict[str, int] = {}  # by counter, how often it is still asked

    # -- what the store tells

    @property
    def is_settled(self) -> bool:
        """Whether all is known, and no answer has come in part."""
        return self.is_loaded and self._parts is None

    def place(self, generation: int) -> tuple[bytes, bytes]:
        """Return how far this has come to know what is there, and the highest revision that it has seen.

        generation: of the connection; what was told over another one may be lost.
        """
        self._look(generation)
        return b"%d" % self._cursor, b"%d" % self._highest

    def place_of_commit(self, generation: int) -> tuple[bytes, bytes]:
        """Return the same for a commit: it is told what is new only where that follows what is known."""
        self._look(generation)
        since = b"%d" % self._tables.revision if self.is_loaded else b""
        return since, b"%d" % self._highest

    def _look(self, generation: int) -> None:
        if generation != self._generation:
            self._generation = generation
            self.forget()

    def forget(self) -> None:
        """Know nothing, but what reads have to be answered by until all is known again."""
        self.is_loaded, self._cursor, self._parts = False, _NOTHING, None

    def take(self, reply: Sequence[Any]) -> None:
        """Take what is new. A long answer comes in parts, and is taken as a whole."""
        revision, (whole, cursor, found, counted) = reply
        self._highest = max(self._highest, revision)
        if whole:
            self.is_loaded = False
        if self._parts is None or (whole and self._cursor >= 0):
            self._parts = {}
        for one in found:
            told = _told(*one)
            self._parts[told.collection, told.key] = told
        if cursor < revision:
            self._cursor = -1 - cursor if whole else cursor
            return
        told_all, self._parts = list(self._parts.values()), None
        if whole:
            self._tables = Mirror(self.limit)
            self._foreseen.clear()
        self._tables.take(told_all, revision)
        self._take_counters(counted)
        self._cursor, self.is_loaded = revision, True

    def take_commit(self, steps: Sequence[Step], reply: Sequence[Any]) -> list[Row | int | None]:
        """Take the answer to a commit, and return the row or the number that each step wrote or removed.

        Raises what `Store.commit` raises.
        """
        how, revision, (whole, cursor, found, counted), results = reply
        self._highest = max(self._highest, revision)
        follows = self.is_loaded and not whole and cursor <= revision
        if follows:
            self._tables.take([_told(*one) for one in found], cursor)
            self._take_counters(counted)
        elif how == _TAKEN or whole:
            self.forget()
        if how != _TAKEN:
            refusal = _refusal(how, results, steps, self.limit)
            if isinstance(refusal, CounterPassed):
                self._tables.counters[refusal.counter] = refusal.found
                self._contended[refusal.counter] = _CAUTION
            raise refusal
        written: list[Row | int | None] = []
        told: dict[tuple[str, str], Told] = {}
        for step, result in zip(steps, results, strict=True):
            if isinstance(step, Increment | Advance):
                written.append(int(result))
                self._tables.counters[step.counter] = int(result)
                continue
            row, deadline = (None, None) if result is None else row_of(step.key, result)
            written.append(row)
            is_gone = isinstance(step, Delete)
            told[step.collection, step.key] = Told(
                step.collection, step.key, None if is_gone else row, deadline
            )
        if follows:
            self._tables.take(list(told.values()), revision)
            if self._parts is None:
                self._cursor = revision
        return written

    def _take_counters(self, counted: Sequence[bytes]) -> None:
        for name, number in zip(counted[::2], counted[1::2], strict=True):
            self._tables.counters[text_of(name)] = int(number)

    # -- reads

    async def get(self, collection: str, key: str) -> Record | None:
        """Return the record, or None."""
        await self._learn()
        return self._tables.row(collection, key)

    async def find(self, collection: str, field: str, value: str) -> Record | None:
        """Return the record that holds this value of a unique field, or None."""
        await self._learn()
        return await super().find(collection, field, value)

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
        """Return a page of the collection, as the protocol says."""
        await self._learn()
        return await super().list(
            collection,
            where=where,
            order=order,
            newest_first=newest_first,
            offset=offset,
            limit=limit,
            after=after,
            before=before,
            count=count,
        )

    async def revision(self) -> int:
        """Return the revision that was given last, 0 where none was."""
        await self._learn()
        return self._tables.last_revision()

    async def collections(self) -> Sequence[str]:
        """Return the names of the collections that hold records, sorted."""
        await self._learn()
        return self._tables.names()

    async def dump(self) -> Contents:
        """Return all there is, as it stands at one moment."""
        await self._learn()
        if not self.is_over:
            counters = await self._session.counters(self)
            self._tables.counters.clear()
            self._tables.counters.update(counters)
        return await super().dump()

    async def _learn(self) -> None:
        if not self.is_over:
            await self._session.learn(self)

    # -- writes

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
        """Add a record, as the protocol says."""
        [record] = await self.commit([Insert(collection, key, value, meta, unique, expires)])
        assert record is not None
        return record

    async def insert_all(self, collection: str, entries: Sequence[Entry]) -> Records:
        """Add all or none, as the protocol says."""
        steps = [
            Insert(collection, entry.key, entry.value, entry.meta, entry.unique, entry.expires)
            for entry in entries
        ]
        return [record for record in await self.commit(steps) if record is not None]

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
        """Put a new item in place of a record's, as the protocol says."""
        [record] = await self.commit([Replace(collection, key, value, meta, expected, unique)])
        assert record is not None
        return record

    async def delete(self, collection: str, key: str, *, expected: int | None = None) -> bool:
        """Remove a record, as the protocol says."""
        [record] = await self.commit([Delete(collection, key, expected)])
        return record is not None

    async def increment(self, counter: str, by: int = 1) -> int:
        """Add to a counter, as the protocol says."""
        if not self.is_over:
            taken = await self._session.commit(self, [Increment(counter, by)])
            if taken is not None:
                [number] = taken
                assert isinstance(number, int)
                return number
        return await super().increment(counter, by)

    async def increment_all(self, counters: Sequence[str]) -> Sequence[int]:
        """Add to counters, as the protocol says, in one go."""
        if not self.is_over:
            taken = await self._session.commit(self, [Increment(counter, 1) for counter in counters])
            if taken is not None:
                return [one for one in taken if isinstance(one, int)]
        return await super().increment_all(counters)

    async def draw(self, counters: Sequence[str]) -> Drawn:
        """Return the next number of each of several counters: foreseen by what is known of them, but for a
        while after another process was faster.
        """
        numbers = self._foreseen_of(counters)
        if not numbers:
            return await super().draw(counters)
        self._foreseen.update(zip(counters, numbers, strict=True))
        return Drawn(numbers, tuple(map(Advance, counters, numbers)))

    def _foreseen_of(self, counters: Sequence[str]) -> Sequence[int]:
        """Return the numbers that come next; none where they have to be asked for."""
        numbers: list[int] = []
        for name in counters:
            is_contended = self._contended.get(name, 0) > 0
            if is_contended:
                self._contended[name] -= 1
            known = self._tables.counters.get(name)
            if self.is_over or is_contended or known is None:
                return ()
            numbers.append(max(known, self._foreseen.get(name, 0)) + 1)
        return numbers

    async def commit(self, steps: Sequence[Step]) -> Sequence[Record | None]:
        """Take all steps or none, as the protocol says."""
        if self.is_over:
            return await super().commit(steps)
        if not steps:
            return []
        room = self._room(steps)
        taken = await self._session.commit(self, [*room, *steps])
        if taken is None:
            return await super().commit(steps)
        return [one if isinstance(one, Row) else None for one in taken[len(room) :]]

    def _room(self, steps: Sequence[Step]) -> Sequence[Step]:
        """Return the steps that make room where the sandbox keeps too much for itself: the oldest goes."""
        room: list[Step] = []
        for step in steps:
            table = self._tables.by_name.get(step.collection) if isinstance(step, Insert) else None
            if table is not None and not table.weight and len(table.by_key) >= self.limit:
                oldest = table.by_number[next(iter(table.numbers.islice(len(room), len(room) + 1)))]
                room.append(Delete(table.name, oldest.key))
        return room

    async def prepared(self, contents: Contents) -> Exchange:
        """Make ready to hold these contents and nothing else, as the protocol says."""
        beside = super().prepared
        if self.is_over:
            return await beside(contents)
        await MemoryStore(time.time, self.limit).prepared(contents)  # which says what is wrong with them
        entries: Loads = []
        for name, given in contents.collections.items():
            entries.extend(Loaded(name, one) for one in given)

        async def refill() -> None:
            if not await self._session.refill(self, entries, contents.counters):
                exchange = await beside(contents)
                await exchange()

        return refill

    async def clear(self) -> None:
        """Forget every record and counter."""
        if self.is_over or not await self._session.refill(self, [], {}):
            await super().clear()


def _told(collection: bytes, key: bytes, text: bytes | None = None) -> Told:
    name = text_of(key)
    if text is None:
        return Told(text_of(collection), name, None)
    return Told(text_of(collection), name, *row_of(name, text))


def _refusal(how: bytes, where: Sequence[Any], steps: Sequence[Step], limit: int) -> Exception:
    """Return what a step that was not taken raises."""
    index, first, second = where
    step = steps[index]
    if isinstance(step, Advance):
        return CounterPassed(step.counter, step.to, int(first))
    assert not isinstance(step, Increment)
    if how == b"exists":
        return RecordExists(step.collection, text_of(first), text_of(second))
    if how == b"missing":
        return RecordNotFound(step.collection, step.key)
    if how == b"changed":
        expected = getattr(step, "expected", None) or 0
        return RecordChanged(step.collection, step.key, expected, int(first))
    return LimitReached(limit, "records", "--limit-records")
