"""Bookings: a slot or a seat is taken by what names it, and free again when that is called off, or gone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from understudy.engine.address import Address
from understudy.engine.binding import Binder, BoundPlan
from understudy.engine.naming_others import named_by
from understudy.engine.parts import with_member
from understudy.errors import AlreadyDone
from understudy.model.model import Member
from understudy.model.vocabulary import CALLED_OFF
from understudy.schemas.stages import stage_of
from understudy.state.store import Record, Value

_CONFLICT = "409"


async def take(address: Address, item: Value, binder: Binder) -> None:
    """Let what a new item names be taken."""
    async for there, record, rule in _named(address, item, binder):
        await _say(there, record, rule.takes)


async def free(address: Address, item: Value, binder: Binder) -> None:
    """Let what an item names be free again."""
    async for there, record, rule in _named(address, item, binder):
        await _say(there, record, rule.frees)


def is_called_off(item: Mapping[str, Any]) -> bool:
    """Tell whether the state of an item is that it does not take place."""
    return stage_of(item) in CALLED_OFF


async def refuse_taken(plan: BoundPlan, address: Address, sent: Value, binder: Binder) -> None:
    """Refuse what names something that is taken, where a conflict is documented. Raises AlreadyDone."""
    if _CONFLICT not in plan.operation.responses:
        return
    async for there, record, rule in _named(address, sent, binder):
        if record.value.items() >= rule.takes.items():
            raise AlreadyDone(there.collection.collection.noun, record.key, rule.takes)


async def _named(
    address: Address, item: Value, binder: Binder
) -> AsyncIterator[tuple[Address, Record, Member]]:
    """Yield what an item names that one alone may have."""
    for name, rule in address.collection.collection.members.items():
        key = item.get(name)
        if not rule.takes or key is None or rule.refers_to not in binder.model.collections:
            continue
        there = Address(binder.collection(rule.refers_to), address.context, {}, rule.refers_to)
        await address.context.ready(there.name)
        record = await named_by(there, key)
        if record is not None:
            yield there, record, rule


async def _say(there: Address, record: Record, said: Mapping[str, Any]) -> None:
    for name, value in said.items():
        record = await with_member(there, record, name, [value])
