"""Only one: a flag that one of somebody's things has at a time, as their default address does."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.engine.address import Address, within
from understudy.engine.parts import with_member
from understudy.engine.queries import together
from understudy.model.vocabulary import CALLER_ROLES, OWNERS
from understudy.names import fold
from understudy.state.conditions import Condition, Test
from understudy.state.store import Record


async def with_only_one(address: Address, record: Record, *, is_made: bool) -> Record:
    """Return an item that was written, once no other of its owner has a flag that it has. is_made: it was
    made up, and has none that another has already.
    """
    for member in address.collection.only_one:
        if record.value.get(member) is not True:
            continue
        conditions = [*within(address), *_of_owner(record), Test((member,), "eq", True)]
        others = await address.store.list(address.name, where=together(conditions))
        for other in others.records:
            if other.key == record.key:
                continue
            if is_made:
                return await with_member(address, record, member, [False])
            await with_member(address, other, member, [False])
    return record


def _of_owner(record: Record) -> Iterator[Condition]:
    """Yield what all that is of the same owner has in common."""
    for name, value in record.value.items():
        folded = fold(name)
        if (folded in OWNERS or folded in CALLER_ROLES) and isinstance(value, (str, int)):
            yield Test((name,), "eq", value)
