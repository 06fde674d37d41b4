"""Refitting: the records of a collection, held against a contract that changed since they were written."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from understudy.engine.address import Address
from understudy.engine.factory import Factory, Known, Target
from understudy.engine.identity import identity_of, not_shown, sent_of
from understudy.errors import RecordChanged, RecordExists, RecordNotFound
from understudy.handler import World
from understudy.schemas.fitting import set_if_valid
from understudy.schemas.generator import Ungeneratable
from understudy.state.store import INTERNAL, Delete, Insert, Record, Value

logger = logging.getLogger("understudy")


class Refitting:
    """What fits stays, what can be completed is, and the rest is kept aside and reported; nothing is lost.

    What was kept beside an item, or aside, comes back as soon as it fits again. A collection is looked
    through when it is first asked for after the change, so that filters and pages find all of it as it is
    now.
    """

    def __init__(self, factory: Factory) -> None:
        self._factory = factory

    async def settle(self, address: Address) -> None:
        """Refit a collection, unless that was done since the contract changed."""
        world, target = address.context.world, address.collection.target
        if world.has_moved:
            world.stale_until = await world.store.revision()
            world.has_moved = False
            world.settled.clear()
        if target is None or address.name in world.settled:
            return
        async with world.settling:
            if address.name not in world.settled:
                await self._settle(address, target, world)
                world.settled.add(address.name)

    async def _settle(self, address: Address, target: Target, world: World) -> None:
        page = await address.store.list(address.name)
        for record in page.records:
            if record.revision <= world.stale_until:
                await self._refit(address, target, record)
        aside = aside_of(address.name)
        for record in (await address.store.list(aside)).records:
            if target.is_valid_item(record.value):
                await _bring_back(address, aside, record)

    async def _refit(self, address: Address, target: Target, record: Record) -> None:
        before = record.value
        item = _with_what_fits_again(record, before, target)
        if item is None:
            item = self._completed(address, target, record, before)
        identity = identity_of(address, record.key)
        is_itself = all(item.get(name) == value for name, value in identity.items())
        if not is_itself or not target.is_valid_item(item):
            await _put_aside(address, target, record, item)
            return
        if item != before:
            meta = _with_lost(address, record, not_shown({**before, **sent_of(record)}, item))
            try:
                await address.store.replace(
                    address.name, record.key, item, meta=meta, expected=record.revision
                )
            except (RecordChanged, RecordNotFound):
                return  # somebody wrote it meanwhile, as the contract wants it now

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
    return f"{INTERNAL}aside {collection}"


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


async def _put_aside(address: Address, target: Target, record: Record, item: Value) -> None:
    aside = aside_of(address.name)
    steps = (
        Delete(address.name, record.key),
        Delete(aside, record.key),
        Insert(aside, record.key, record.data, record.meta),
    )
    await address.store.commit(steps)
    failure = next(iter(target.failures(item)), "its identifier is another one there")
    logger.warning(
        "%s %s does not fit the contract any more and is kept in %r: %s",
        address.name,
        record.key,
        aside,
        failure,
    )


def _with_lost(address: Address, record: Record, lost: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what is kept beside a record: also, and that is reported, what it cannot show any more."""
    meta = {name: value for name, value in record.meta.items() if name != "sent"}
    if not lost:
        return meta
    logger.warning(
        "%s %s was completed to fit the contract; kept beside it is what it cannot show any more: %s",
        address.name,
        record.key,
        ", ".join(lost),
    )
    return {**meta, "sent": lost}
