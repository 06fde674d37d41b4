"""Refitting: records from before a contract changed, held against the contract as it is now when they are
next met.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from understudy.engine.address import Address
from understudy.engine.factory import Factory, Known
from understudy.engine.identity import identity_of, not_shown, sent_of
from understudy.errors import RecordChanged, RecordNotFound
from understudy.handler import World
from understudy.schemas.generator import Ungeneratable
from understudy.state.store import INTERNAL, Delete, Insert, Record, Value

logger = logging.getLogger("understudy")


class Refitting:
    """What still fits stays, what can be completed is, and the rest is kept aside and reported; nothing is
    lost.
    """

    def __init__(self, factory: Factory) -> None:
        self._factory = factory

    async def current(self, address: Address, record: Record) -> Record | None:
        """Return a record from before as the contract wants it now; None where it cannot be, and is kept
        aside.
        """
        target = address.collection.target
        if target is None or record.revision > address.context.world.stale_until:
            return record
        before, meta = record.value, record.meta
        item = before
        if not target.is_valid_item(before):
            item = self._completed(address, record, before)
            if not target.is_valid_item(item):
                await self._put_aside(address, record, item)
                return None
            meta = _with_lost(address, record, not_shown(before, item))
        try:
            return await address.store.replace(
                address.name, record.key, item, meta=meta, expected=record.revision
            )
        except (RecordChanged, RecordNotFound):  # somebody wrote it meanwhile, as the contract wants it now
            return await address.store.get(address.name, record.key)

    async def all(self, address: Address, records: Sequence[Record]) -> bool:
        """Refit records where that is needed; tell whether any was, so that they have to be asked for
        again.
        """
        stale_until = address.context.world.stale_until
        stale = [record for record in records if record.revision <= stale_until]
        for record in stale:
            await self.current(address, record)
        return bool(stale)

    def _completed(self, address: Address, record: Record, item: Value) -> Value:
        """Return an item with what the contract wants now, and what it had wherever that has a place."""
        target = address.collection.target
        assert target is not None
        known = Known(kept={**item, **identity_of(address, record.key)})
        rules = address.collection.collection.members
        try:
            return dict(self._factory.item(target, known, rules, lambda: address.fake(record.key)))
        except Ungeneratable:
            return item

    @staticmethod
    async def _put_aside(address: Address, record: Record, item: Value) -> None:
        target = address.collection.target
        assert target is not None
        aside = aside_of(address.name)
        steps = (
            Delete(address.name, record.key),
            Delete(aside, record.key),
            Insert(aside, record.key, record.data, record.meta),
        )
        await address.store.commit(steps)
        failure = next(iter(target.failures(item)), "it is not valid")
        logger.warning(
            "%s %s does not fit the contract any more and is kept in %r: %s",
            address.name,
            record.key,
            aside,
            failure,
        )


def aside_of(collection: str) -> str:
    """Return where the records of a collection are kept that do not fit its contract any more."""
    return f"{INTERNAL}aside {collection}"


async def settle(world: World) -> None:
    """Note what was written before the contract of a world changed."""
    world.stale_until = await world.store.revision()
    world.has_moved = False


def _with_lost(address: Address, record: Record, lost: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what is kept beside a record: also, and that is reported, what it cannot show any more."""
    if not lost:
        return record.meta
    logger.warning(
        "%s %s was completed to fit the contract; kept beside it is what it cannot show any more: %s",
        address.name,
        record.key,
        ", ".join(lost),
    )
    return {**record.meta, "sent": {**lost, **sent_of(record)}}
