"""Through: windows whose items name what names the parent, as cards their columns, and these their board."""

from __future__ import annotations

from typing import Any

from understudy.engine.address import Address, addressed, scope_of, within
from understudy.engine.answering import Answers
from understudy.engine.binding import Binder, BoundPlan
from understudy.engine.queries import together
from understudy.engine.records import Records
from understudy.engine.verbs import Verb
from understudy.messages import Request, Response
from understudy.state.conditions import Test


def going_through(verb: Verb, binder: Binder) -> Verb:
    """Return what carries out a plan once it is known which of what lies between are the parent's."""

    async def led(
        plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
    ) -> Response:
        await _go_through(plan, address, binder, request)
        return await verb(plan, address, request, records, answers)

    return led


async def _go_through(plan: BoundPlan, address: Address, binder: Binder, request: Request) -> None:
    """Note which of what lies between are the parent's."""
    told = plan.collection.collection.through
    if told is None:
        return
    scope = scope_of(plan, request)
    values = list(scope.values())
    between = binder.collection(told.of)
    below = dict(zip(between.collection.scope, values, strict=False))
    there = addressed(between, below, binder, address.context)
    await address.context.ready(there.name)
    conditions = within(there)
    if told.member:
        conditions.append(Test((told.member,), "eq", values[-1]))
    page = await there.store.list(there.name, where=together(conditions))
    own = there.collection.collection.id.member
    keys: list[Any] = []
    for record in page.records:
        keys.append(record.value.get(own, record.key))
    address.among = {told.by: keys}
