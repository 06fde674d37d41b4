"""The seam: what a handler is given, what a vendor brings."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from random import Random
from typing import Any

from faker import Faker
from msgspec import Struct, field
from msgspec.structs import replace

from understudy.beginning import Counts, Items
from understudy.contracts.contract import Contract, Operation
from understudy.errors import Failure, Refusal
from understudy.faults.buckets import Limit
from understudy.messages import Caller, Request, Response
from understudy.parameters.leniency import Leniency
from understudy.state.claims import Claim
from understudy.state.clock import Clock
from understudy.state.identities import Identities
from understudy.state.store import INTERNAL, Advance, Record, Store

_POPULATED = f"{INTERNAL}populated"

Handler = Callable[[Request, "Context"], Awaitable[Response]]
"""What answers an operation: plain values in, plain values out."""


def described(who: str, handler: Handler) -> str:
    """Say what becomes of a call, in the first sentence of its function's documentation, and who does it."""
    said = " ".join((handler.__doc__ or "").partition("\n\n")[0].split())
    sentence = said.partition(". ")[0].removesuffix(".")
    if not sentence:
        return who
    return f"{sentence[:1].lower()}{sentence[1:]} ({who})"


ErrorShape = Callable[[Refusal, Operation | None], Response]
"""Turns a refusal into the vendor's status and body; the operation is None where no path matched."""

Populate = Callable[["Context", str, int], Awaitable[None]]
"""Fills one partition (a client, a file, an organisation) with so many records."""


async def _populate_nothing(_context: Context, _partition: str, _count: int) -> None:
    return None


class Writing(Struct, frozen=True):
    """A write to a collection, as hooks see it.

    scope: the parents' ids by name. sent: the members that this request sends. key: of the item, "" as long
    as it has none. before: the record as it was, None where the item is new. moment: the time of the write;
    None where it is populated. number: the how-manieth of its collection an item is that is to have a key.
    """

    context: Context
    scope: Mapping[str, Any]
    sent: Mapping[str, Any]
    key: str = ""
    before: Record | None = None
    caller: Caller = field(default_factory=Caller)
    moment: datetime | None = None
    number: int = 0


class Hooks(Struct, frozen=True):
    """What no declaration says of a collection; each of them may be left out.

    enter: raises AccessDenied for who may not touch it. key: gives a new item its identifier. refuse: names
    what is wrong with what is sent before anything comes of it, also of a change or a delete of the record
    `before`; it may raise RuleBroken with a sentence of its own. says: the members that only the vendor says;
    what is not to be shown of them is kept beside the item. show: changes an item as it is shown to one
    request; around: members around a list of them. populate: yields, for each item that is there from the
    start, what somebody would have sent and what is said besides. given: how many of these every collection
    has, beside those that somebody asks for.
    """

    enter: Callable[[Request, Context], None] | None = None
    key: Callable[[Writing], str] | None = None
    refuse: Callable[[Writing], Awaitable[list[Failure]]] | None = None
    says: Callable[[Writing], Awaitable[Mapping[str, Any]]] | None = None
    show: Callable[[dict[str, Any], Record, Request, Context], Any] | None = None
    around: Callable[[Request, Context], Mapping[str, Any]] | None = None
    populate: (
        Callable[
            [Context, Mapping[str, Any], int, int], Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]
        ]
        | None
    ) = None
    given: int = 0


class Vendor(Struct, frozen=True):
    """The rules of one system: handlers by operationId, its error shape, and what its clients get away with.

    hooks: by collection, what its contract cannot say of it. limits: how fast it may be called; they hold
    only where a fault asks for them. any_id: whether an item that nobody created is made when it is first
    asked for.
    """

    name: str
    handlers: Mapping[str, Handler]
    shape: ErrorShape
    leniency: Leniency = field(default_factory=Leniency)
    limits: tuple[Limit, ...] = ()
    hooks: Mapping[str, Hooks] = field(default_factory=dict)
    any_id: bool = False


class World(Struct):
    """One isolated state of a sandbox.

    seed: decides all that is made up. population: records each partition starts with, at the most; counts:
    and each collection; data: the records of some collections, in the place of made-up ones. faker: shared by
    all worlds of a sandbox, since making one takes milliseconds; it is seeded anew at each use. handlers:
    what answers each operation, by its key; each of them can ask the one after it. home: the sandbox that
    answers for this world. contexts: by operation, as they were first needed. number: tells it from the other
    worlds of its sandbox. checked: the store as handlers get it. has_moved: whether it comes from before the
    contract changed, or from a snapshot; stale_until: the last revision of that time; settled: the
    collections that were held against the contract since. hashes: what the identifiers of a collection are
    made of, hashed as far as their numbers. guarded: the world whose store this one's store guards, where it
    does. answered: how many answers had headers that change. checking: gives a store as handlers get it.
    site: the URL below which the contract is served, as its first caller wrote it; "" where none called yet.
    """

    store: Store
    clock: Clock
    identities: Identities
    faker: Faker
    seed: int = 0
    population: int = 0
    counts: Counts = field(default_factory=Counts)
    data: Items = field(default_factory=dict)
    populate: Populate = _populate_nothing
    handlers: Mapping[str, Sequence[Handler]] = field(default_factory=dict)
    filled: set[str] = field(default_factory=set)
    home: object = None
    contexts: dict[str, Context] = field(default_factory=dict)
    number: int = 0
    checked: Store | None = None
    checking: Callable[[Store], Store] | None = None
    has_moved: bool = False
    stale_until: int = -1
    settled: set[str] = field(default_factory=set)
    settling: asyncio.Lock = field(default_factory=asyncio.Lock)
    hashes: dict[tuple[str, int], blake2b] = field(default_factory=dict)
    guarded: World | None = None
    answered: int = 0
    site: str = ""

    def seen_through(self, store: Store) -> World:
        """Return this world with a store that guards its own; what is populated goes into its own."""
        checked = self.checking(store) if self.checking is not None else None
        return replace(self, store=store, checked=checked, guarded=self)

    def let_go(self) -> None:
        """Forget what knows this world, so that all of it goes once nobody uses it any more. What a handler
        that is still at work writes then is not looked at: nobody sees it.
        """
        self.contexts.clear()
        self.checking = self.checked = None


class Context(Struct, frozen=True):
    """What a handler works with: one for each world and operation, made once.

    level: which of the operation's handlers is at work; 0 is the one that is asked first. filling: the
    partitions that are being populated where this is a part of it.
    """

    contract: Contract
    operation: Operation
    world: World
    level: int = 0
    filling: tuple[str, ...] = ()

    @property
    def store(self) -> Store:
        """The records of this world; what is written into a collection of the contract is an item of it, or
        is refused.
        """
        return self.world.checked or self.world.store

    @property
    def clock(self) -> Clock:
        """The time of this world, which is not the wall clock's."""
        return self.world.clock

    @property
    def identities(self) -> Identities:
        """Who may call, and the tokens this world has issued."""
        return self.world.identities

    async def default(self, request: Request) -> Response:
        """Answer as if the handler that calls this were not there: by the vendor's rule, as inferred, or as
        documented.
        """
        below = self.level + 1
        return await self.world.handlers[self.operation.key][below](request, replace(self, level=below))

    def fake(self, *key: object) -> Faker:
        """Return a Faker whose next values depend on nothing but the seed and the key. Use it at once: it is
        shared.
        """
        self.world.faker.seed_instance(self._seed(key))
        return self.world.faker

    def random(self, *key: object) -> Random:
        """Return a source of randomness that depends on nothing but the seed and the key."""
        return Random(self._seed(key))

    def _seed(self, key: tuple[object, ...]) -> str:
        parts = tuple(map(str, key))  # a tuple, so that ("a/b", "c") and ("a", "b/c") differ
        return f"{self.world.seed} {self.contract.name} {parts!r}"

    async def tick(self, collection: str) -> datetime:
        """Return the time of the next write to a collection: later than the last unless time is frozen, and
        the same in each run.
        """
        return self.clock.of_write(await self.store.increment(f"tick {collection}"))

    async def numbered(self, collection: str) -> tuple[int, datetime, Sequence[Advance]]:
        """Return the number of the next item that is made in a collection, the time of that write, and the
        steps with which it has to be written.
        """
        drawn = await self.store.draw([f"ids {collection}", f"tick {collection}"])
        number, tick = drawn.numbers
        return number, self.clock.of_write(tick), drawn.steps

    async def ready(self, partition: str = "") -> None:
        """Populate a partition the first time it is touched; it does not matter who touches it first. One
        that is being populated for this is left as it is: it would be waited for forever.
        """
        world = self.world
        if not world.population or partition in world.filled or partition in self.filling:
            return
        if world.guarded is not None:
            await replace(self, world=world.guarded).ready(partition)
            return
        claim = Claim(world.store, _POPULATED, partition)
        if await claim.outcome() is None:
            try:
                inside = replace(self, filling=(*self.filling, partition))
                await world.populate(inside, partition, world.population)
            except BaseException:
                await claim.give_up()
                raise
            await claim.keep({"records": world.population})
        world.filled.add(partition)
