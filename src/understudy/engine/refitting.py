"""Refitting: the records of a collection, held against a contract that changed since they were written."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Final

from msgspec import Struct, field

from understudy.engine.address import Address
from understudy.engine.factory import Factory, Known, Target
from understudy.engine.identity import identity_of, not_shown, sent_of
from understudy.errors import Failure, RecordChanged, RecordExists, RecordNotFound
from understudy.handler import World
from understudy.schemas.fitting import set_if_valid
from understudy.schemas.generator import Ungeneratable
from understudy.state.store import INTERNAL, Delete, Insert, Record, Store, Value

_AT_ONCE: Final = 50  # records that are held against the contract without a pause
_ASIDE: Final = f"{INTERNAL}aside "

logger = logging.getLogger("understudy")


class Misfits(Struct):
    """Records of a collection that do not fit its contract: how many, the key of the first, and which member
    of it fails first, as a phrase.
    """

    collection: str
    records: int = 0
    key: str = ""
    reason: str = ""

    def add(self, key: str, reason: str) -> None:
        """Count one more."""
        if not self.records:
            self.key, self.reason = key, reason
        self.records += 1

    def join(self, others: Misfits) -> None:
        """Count these too."""
        if not self.records:
            self.key, self.reason = others.key, others.reason
        self.records += others.records

    @property
    def counted(self) -> str:
        """How many records, as a person says it."""
        return _counted(self.records)


class Refit(Struct):
    """What came of a collection. completed: records beside which stands what they cannot show any more, which
    are the members `lost`.
    """

    misfits: Misfits
    completed: int = 0
    lost: dict[str, None] = field(default_factory=dict)

    def sentences(self) -> Iterator[str]:
        """Say what a person wants to know of it."""
        name, misfits = self.misfits.collection, self.misfits
        if misfits.records:
            yield (
                f"{name}: the contract does not take {misfits.counted} any more, kept aside from "
                f"now on; the first is {misfits.key}: {misfits.reason}"
            )
        if self.completed:
            yield (
                f"{name}: {_counted(self.completed)} completed as the contract wants it; kept beside is what "
                f"cannot be shown any more: {', '.join(self.lost)}"
            )


class Refitting:
    """What fits stays, what can be completed is, and the rest is kept aside and reported; nothing is lost.

    What was kept beside an item, or aside, comes back as soon as it fits again. A collection is looked
    through when it is first asked for after the change, so that filters and pages find all of it as it is
    now.
    """

    def __init__(self, factory: Factory) -> None:
        self._factory = factory

    async def settle(self, address: Address) -> None:
        """Refit a collection, unless that was done since the contract changed, and log what came of it."""
        world, target = address.context.world, address.collection.target
        if world.has_moved:
            await begin(world)
        if target is None or address.name in world.settled:
            return
        async with world.settling:
            if address.name not in world.settled:
                refit = await self.hold(address, target)
                world.settled.add(address.name)
                for sentence in refit.sentences():
                    logger.warning(sentence)

    async def hold(self, address: Address, target: Target) -> Refit:
        """Hold the records of a collection against the contract."""
        refit = Refit(Misfits(address.name))
        async for record in _with_pauses(address, address.name):
            if record.revision <= address.context.world.stale_until:
                await self._refit(address, target, record, refit)
        aside = aside_of(address.name)
        async for record in _with_pauses(address, aside):
            if target.is_valid_item(record.value):
                await _bring_back(address, aside, record)
        return refit

    async def misfits(self, address: Address, target: Target, collection: str = "") -> Misfits:
        """Name the records that do not fit, and change nothing. collection: where they are."""
        found = Misfits(address.name)
        async for record in _with_pauses(address, collection or address.name):
            reason = _reason(address, target, record, self._refitted(address, target, record))
            if reason:
                found.add(record.key, reason)
        return found

    async def _refit(self, address: Address, target: Target, record: Record, refit: Refit) -> None:
        before, item = record.value, self._refitted(address, target, record)
        reason = _reason(address, target, record, item)
        if reason:
            await _put_aside(address, record)
            refit.misfits.add(record.key, reason)
            return
        if item == before:
            return
        lost = not_shown({**before, **sent_of(record)}, item)
        meta = {name: value for name, value in record.meta.items() if name != "sent"}
        if lost:
            meta["sent"] = lost
        try:
            await address.store.replace(address.name, record.key, item, meta=meta, expected=record.revision)
        except (RecordChanged, RecordNotFound):
            return  # somebody wrote it meanwhile, as the contract wants it now
        if lost:
            refit.completed += 1
            refit.lost |= dict.fromkeys(lost)

    def _refitted(self, address: Address, target: Target, record: Record) -> Value:
        """Return the item of a record as the contract wants it now; where there is none such, one that does
        not fit either.
        """
        item = _with_what_fits_again(record, record.value, target)
        if item is None:
            item = self._completed(address, target, record, record.value)
        return item

    def _completed(self, address: Address, target: Target, record: Record, item: Value) -> Value:
        """Return an item with what the contract wants now, and what it had wherever that has a place."""
        known = Known(kept={**item, **identity_of(address, record.key)})
        rules = address.collection.collection.members
        try:
            return dict(self._factory.item(target, known, rules, lambda: address.fake(record.key)))
        except Ungeneratable:
            return item


def aside_of(collection: str) -> str:
    """Return where the records of a collection are kept that do not fit its contract any more."""
    return f"{_ASIDE}{collection}"


def of_aside(collection: str) -> str:
    """Return whose records are kept in a collection, "" for one that is not of `aside_of`."""
    if not collection.startswith(_ASIDE):
        return ""
    return collection.removeprefix(_ASIDE)


async def begin(world: World) -> None:
    """Have each collection be looked through once more, as far as it was written until now."""
    world.stale_until = await world.store.revision()
    world.has_moved = False
    world.settled.clear()


def end(world: World) -> None:
    """Note that all collections fit."""
    world.has_moved, world.stale_until = False, -1
    world.settled.clear()


def _counted(records: int) -> str:
    """Say how many records."""
    return "1 record" if records == 1 else f"{records} records"


async def drop_aside(store: Store) -> None:
    """Forget what is kept aside."""
    for name in await store.collections():
        if of_aside(name):
            for record in (await store.list(name)).records:
                await store.delete(name, record.key)


def _with_what_fits_again(record: Record, item: Value, target: Target) -> Value | None:
    """Return an item with what was kept beside it wherever the contract takes that; None where it is not
    valid so.
    """
    # What the item shows as something else; what it never had a place for stays beside it.
    kept = {name: value for name, value in sent_of(record).items() if name in item}
    again = {**item, **kept}
    if target.is_valid_item(again):
        return again
    again = dict(item)
    if not target.is_valid_item(again):
        return None
    for name, value in kept.items():
        set_if_valid(again, name, [value], lambda: target.is_valid_item(again))
    return again


async def _bring_back(address: Address, aside: str, record: Record) -> None:
    """Put a record back that fits again, unless another one has its key now."""
    steps = (
        Delete(aside, record.key),
        Insert(address.name, record.key, record.data, record.meta),
    )
    try:
        await address.store.commit(steps)
    except RecordExists:
        logger.warning("%s %s stays in %r: its key is taken", address.name, record.key, aside)


async def _put_aside(address: Address, record: Record) -> None:
    aside = aside_of(address.name)
    steps = (
        Delete(address.name, record.key, record.revision),
        Delete(aside, record.key),
        Insert(aside, record.key, record.data, record.meta),
    )
    with suppress(RecordChanged):  # somebody wrote it meanwhile, as the contract wants it now
        await address.store.commit(steps)


def _reason(address: Address, target: Target, record: Record, item: Value) -> str:
    """Say what keeps an item from being one of its collection, "" where nothing does."""
    identity = identity_of(address, record.key)
    if any(item.get(name) != value for name, value in identity.items()):
        return "its identifier is another one there"
    if target.is_valid_item(item):
        return ""
    failure: Failure = target.failures(item)[0]
    return f"{failure.pointer} {failure.message}".strip()


async def _with_pauses(address: Address, collection: str) -> AsyncIterator[Record]:
    """Yield the records of a collection, and let others work now and then."""
    for number, record in enumerate((await address.store.list(collection)).records):
        if number % _AT_ONCE == _AT_ONCE - 1:
            await asyncio.sleep(0)
        yield record
