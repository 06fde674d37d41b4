"""One session in Redis or Valkey: what is asked of it, and what its answers mean here."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, TypeVar

from understudy.state.shared.asking import Asked, Call, Question
from understudy.state.shared.document import Changed, SharedDocument
from understudy.state.shared.log import SharedLog, WrittenLog
from understudy.state.shared.rows import CLEAR, arguments, octets, text_of
from understudy.state.shared.store import Loaded, SharedStore
from understudy.state.store import Increment, Insert, Step
from understudy.state.table import Row
from understudy.state.tables import NO_LIMIT

T = TypeVar("T")


class SharedSession:
    """One session: its records, and its document.

    is_over: whether another has taken its place, or none; is_lost: whether the server has lost it. was_there:
    whether others began it, is_new: whether it began here.

    key: below which all of it stands. life: milliseconds for which it is kept after its last use, 0 for good.
    """

    def __init__(
        self,
        wire: Asked,
        key: str,
        document: SharedDocument,
        log: WrittenLog,
        *,
        life: int = 0,
        limit: int = NO_LIMIT,
    ) -> None:
        self._wire, self._key, self._life, self._limit = wire, key.encode(), life, limit
        self.epoch, self._is_known = new_epoch(), False
        self.document = document
        self._log = SharedLog(wire, self._key, log, life)
        self._due = 0.0
        self._asked: ContextVar[bool] = ContextVar("asked", default=False)
        self.stores: dict[str, SharedStore] = {}
        self._settling = asyncio.Lock()
        self.is_over = self.is_lost = self.was_there = self.is_new = False

    def open(self, api: str) -> SharedStore:
        """Return the records of an API."""
        store = self.stores.get(api)
        if store is None:
            store = self.stores[api] = SharedStore(self, api, self._limit)
            store.is_over = self.is_over
        return store

    @property
    def is_known(self) -> bool:
        """Whether the server was asked which session it is."""
        return self._is_known

    def begin(self) -> Question[None]:
        """Return what puts this session in the place of the one there is."""
        self._is_known = True
        return Question(self._key, lambda: ("end", [self.epoch]), _nothing)

    def end(self) -> None:
        """Let what is still written be seen by nobody else."""
        self.is_over = True
        for store in self.stores.values():
            store.is_over = True

    # -- what stores ask

    async def learn(self, store: SharedStore) -> None:
        """Have a store know what was written before this was called, or before the request began that calls.

        Raises StoreAway.
        """
        if not self._asked.get():
            await self.fetch()
        while not (store.is_settled or store.is_over):
            await self.fetch()

    async def commit(self, store: SharedStore, steps: Sequence[Step]) -> Sequence[Row | int | None] | None:
        """Have steps taken; None where the session is over.

        Raises what `Store.commit` raises, and StoreAway.
        """
        written = [argument for step in steps for argument in arguments(step)]
        await self._join()

        def make() -> Call:
            since, highest = store.place_of_commit(self._wire.generation)
            return "commit", [*self._head(store), since, highest, *self._bounds(), *written]

        def take(reply: Sequence[Any]) -> Sequence[Row | int | None] | None:
            if self._is_refused(reply):
                return None
            return store.take_commit(steps, reply)

        return await self._wire.ask(Question(self._key, make, take))

    async def refill(
        self, store: SharedStore, entries: Sequence[Loaded], counters: Mapping[str, int]
    ) -> bool:
        """Have a store hold these and nothing else; False where the session is over. Raises StoreAway."""
        await self._join()
        written = list(CLEAR)
        for collection, one in entries:
            step = Insert(collection, one.key, one.value, one.meta, one.unique, one.expires)
            written.extend(arguments(step, one.version))
        for counter, number in counters.items():
            written.extend(arguments(Increment(counter, number)))

        def make() -> Call:
            _, highest = store.place_of_commit(self._wire.generation)
            return "commit", [*self._head(store), b"", highest, *self._bounds(), *written]

        def take(reply: Sequence[Any]) -> bool:
            store.forget()
            return not self._is_refused(reply)

        return await self._wire.ask(Question(self._key, make, take))

    async def _join(self) -> None:
        """Learn which session it is, where that is not known yet."""
        if not self._is_known:
            await self.fetch()

    async def counters(self, store: SharedStore) -> Mapping[str, int]:
        """Return the counters of a store. Raises StoreAway."""

        def take(reply: Sequence[bytes]) -> Mapping[str, int]:
            return {text_of(name): int(number) for name, number in zip(reply[::2], reply[1::2], strict=True)}

        return await self._wire.ask(
            Question(self._key, lambda: ("counters", self._head(store)), take, is_harmless=True)
        )

    def _head(self, store: SharedStore) -> list[bytes]:
        return [self.epoch, octets(store.api)]

    def _bounds(self) -> list[bytes]:
        return [b"%d" % self._limit, b"%d" % self._life]

    def _is_refused(self, reply: Sequence[Any]) -> bool:
        """Tell whether another session has taken the place of this one."""
        if reply[0] == b"over":
            self.end()
        return self.is_over

    # -- what is new

    async def begin_request(self, *, makes: bool = True) -> None:
        """Hear of what others have done; that is enough for the task that calls. makes: as in `fetch`.

        Raises StoreAway.
        """
        await self.fetch(makes=makes)
        self._asked.set(True)

    async def fetch(self, *, makes: bool = True) -> None:
        """Hear of what others have done, in all stores and in the document, at once.

        makes: whether it is made where it is not there; else it is over. Raises StoreAway.
        """
        asked: list[SharedStore] = []

        def make() -> Call:
            asked[:] = self.stores.values()
            epoch = self.epoch if makes else b""
            arguments = [epoch, self._life_now(), self.document.number]
            for store in asked:
                arguments.extend((octets(store.api), *store.place(self._wire.generation)))
            return "fetch", arguments

        def take(reply: Sequence[Any]) -> None:
            if self._is_another(reply):
                self.end()
                return
            _, _, number, document, told = reply
            if number != self.document.number:
                texts = zip(document[::2], document[1::2], strict=True)
                self.document.learn({name.decode(): text for name, text in texts}, number)
            for store, one in zip(asked, told, strict=True):
                store.take(one)

        await self._wire.ask(Question(self._key, make, take, is_harmless=True, same=(self, makes)))

    def _is_another(self, reply: Sequence[Any]) -> bool:
        """Tell whether this session is there no more, or another one in its place; learn which it is."""
        epoch, *rest = reply
        if not epoch or (self._is_known and epoch != self.epoch):
            return True
        is_new = bool(rest[0])
        self.is_lost = self.is_lost or (is_new and self._is_known)
        if not self._is_known:
            self.is_new, self.was_there = is_new, not is_new
        self.epoch, self._is_known = epoch, True
        return False

    def _life_now(self) -> bytes:
        """Return for how long all is to be kept, where that was not said for a while."""
        now = time.monotonic()
        if not self._life or now < self._due:
            return b""
        self._due = now + self._life / 10_000
        return b"%d" % self._life

    async def learn_log(self) -> None:
        """Hear what others have logged. Raises StoreAway."""
        await self._join()
        await self._log.learn(self.epoch, self._is_refused)

    # -- what is told

    def tell_log(self) -> None:
        """Have others hear of what was logged here, soon."""
        if self._is_known and not self.is_over:
            self._log.tell(self.epoch, self._is_refused)

    async def keep(self) -> None:
        """Write what was changed in the document, and forget a log that was cleared. Raises StoreAway."""
        if self._log.was_cleared:
            await self.learn_log()
        while changed := self.document.changed():
            await self._join()
            if self.is_over or await self._kept(changed):
                return

    async def settled(self, name: str, change: Callable[[], T]) -> T:
        """Change a part of the document by what it is, and write it, one change after another.

        change: called again where another process has written the part meanwhile. Raises StoreAway.
        """
        await self._join()
        async with self._settling:
            while True:
                found = change()
                changed = [one for one in self.document.changed() if one.name == name]
                if not changed or self.is_over or await self._is_settled(changed):
                    return found

    async def _is_settled(self, changed: Sequence[Changed]) -> bool:
        """Write what was changed of a part; False where others were faster, whose part it is now."""
        with self.document.yielding(changed[0].name) as has_yielded:
            return await self._kept(changed, is_alone=True) or not has_yielded()

    async def _kept(self, changed: Sequence[Changed], *, is_alone: bool = False) -> bool:
        """Write parts; False where the store has others, which are joined with what was changed here.

        is_alone: whether one that another process has changed in the same way is another.
        """
        states = [self.document.state(one.name) for one in changed]

        def make() -> Call:
            parts = [text for one in changed for text in (one.name.encode(), one.before, one.after)]
            return "keep", [self.epoch, b"%d" % self._life, b"%d" % is_alone, *parts]

        def take(reply: Sequence[Any]) -> bool:
            if self._is_refused(reply):
                return True
            number, other = reply
            if other:
                names = zip(other[::2], other[1::2], strict=True)
                texts = {name.decode(): text for name, text in names if text}
                self.document.learn(texts, self.document.number)
                return False
            for one, state in zip(changed, states, strict=True):
                self.document.written(one, state, number)
            return True

        return await self._wire.ask(Question(self._key, make, take))


def _nothing(_reply: object) -> None:
    return None


def new_epoch() -> bytes:
    """Return what tells a session from the ones before it under its name."""
    return secrets.token_hex(8).encode()
