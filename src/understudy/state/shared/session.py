"""One session in Redis or Valkey: what is asked of it, and what its answers mean here."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from understudy.state.shared.asking import Asked, Call, Question
from understudy.state.shared.rows import CLEAR, arguments, octets, text_of
from understudy.state.shared.store import Loaded, SharedStore
from understudy.state.store import Increment, Insert, Step
from understudy.state.table import Row


class SharedSession:
    """The records of a session.

    key: below which all of it stands. life: milliseconds for which it is kept after its last use, 0 for good.
    """

    def __init__(self, wire: Asked, key: str, life: int, limit: int) -> None:
        self._wire, self._key, self._life, self._limit = wire, key.encode(), life, limit
        self.epoch, self._is_known = new_epoch(), False
        self.stores: dict[str, SharedStore] = {}
        self.is_over = False

    def open(self, api: str) -> SharedStore:
        """Return the records of an API."""
        store = self.stores.get(api)
        if store is None:
            store = self.stores[api] = SharedStore(self, api, self._limit)
            store.is_over = self.is_over
        return store

    def begin(self) -> Question[None]:
        """Return what puts this session in the place of the one there is."""
        self._is_known = True
        return Question(lambda: ("end", self._key, [self.epoch]), _nothing)

    def end(self) -> None:
        """Let what is still written be seen by nobody else."""
        self.is_over = True
        for store in self.stores.values():
            store.is_over = True

    # -- what stores ask

    async def learn(self, store: SharedStore) -> None:
        """Have a store know what was written before this was called. Raises StoreAway."""
        await self._fetch()
        while not (store.is_settled or store.is_over):
            await self._fetch()

    async def commit(self, store: SharedStore, steps: Sequence[Step]) -> Sequence[Row | int | None] | None:
        """Have steps taken; None where the session is over.

        Raises what `Store.commit` raises, and StoreAway.
        """
        written = [argument for step in steps for argument in arguments(step)]
        await self._join()

        def make() -> Call:
            since, highest = store.place_of_commit(self._wire.generation)
            return "commit", self._key, [*self._head(store), since, highest, *self._bounds(), *written]

        def take(reply: Sequence[Any]) -> Sequence[Row | int | None] | None:
            if self._is_refused(reply):
                return None
            return store.take_commit(steps, reply)

        return await self._wire.ask(Question(make, take))

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
            return "commit", self._key, [*self._head(store), b"", highest, *self._bounds(), *written]

        def take(reply: Sequence[Any]) -> bool:
            store.forget()
            return not self._is_refused(reply)

        return await self._wire.ask(Question(make, take))

    async def _join(self) -> None:
        """Learn which session it is, where that is not known yet."""
        if not self._is_known:
            await self._fetch()

    async def counters(self, store: SharedStore) -> Mapping[str, int]:
        """Return the counters of a store. Raises StoreAway."""

        def take(reply: Sequence[bytes]) -> Mapping[str, int]:
            return {text_of(name): int(number) for name, number in zip(reply[::2], reply[1::2], strict=True)}

        return await self._wire.ask(
            Question(lambda: ("counters", self._key, self._head(store)), take, is_harmless=True)
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

    async def _fetch(self) -> None:
        """Hear of what others have done, in all stores at once."""
        asked: list[SharedStore] = []

        def make() -> Call:
            asked[:] = self.stores.values()
            places: list[bytes] = []
            for store in asked:
                places.extend((octets(store.api), *store.place(self._wire.generation)))
            return "fetch", self._key, [self.epoch, b"", *places]

        def take(reply: Sequence[Any]) -> None:
            epoch, _, told = reply
            if self._is_known and epoch != self.epoch:
                self.end()
                return
            self.epoch, self._is_known = epoch, True
            for store, one in zip(asked, told, strict=True):
                store.take(one)

        await self._wire.ask(Question(make, take, is_harmless=True, same=self))


def _nothing(_reply: object) -> None:
    return None


def new_epoch() -> bytes:
    """Return what tells a session from the ones before it under its name."""
    return secrets.token_hex(8).encode()
