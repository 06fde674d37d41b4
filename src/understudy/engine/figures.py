"""Figures: what answers say of items in numbers is counted and added up."""

from __future__ import annotations

from collections import Counter
from typing import Any

from understudy.engine.address import Address, addressed, scope_of, told, within
from understudy.engine.answering import Answers
from understudy.engine.binding import Binder, BoundPlan
from understudy.engine.factory import descended
from understudy.engine.origin import Origin
from understudy.engine.queries import together
from understudy.engine.read import key_of
from understudy.engine.records import Records
from understudy.engine.verbs import Verb
from understudy.messages import NOTHING, Request, Response
from understudy.model.model import Figure, Needs
from understudy.names import by_folded, fold
from understudy.state.conditions import Test

_CENT = 2


class Figures:
    """What the answers of one contract count and add up."""

    def __init__(self, binder: Binder) -> None:
        self._binder = binder

    def around(self, needs: Verb) -> Verb:
        """Return what answers as documented, with figures that are true."""

        async def counting(
            plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
        ) -> Response:
            response = await needs(plan, address, request, records, answers)
            assert isinstance(plan.plan, Needs)
            for place, figure in plan.plan.figures.items():
                holder = descended(response.body, place[:-1])
                if figure.does == "own":
                    key = await key_of(plan, address, request, records)
                    said = (await records.existing(address, key)).value.get(figure.member, NOTHING)
                    if said is not NOTHING and said is not None:
                        response.body = {**response.body, place[0]: said}
                elif isinstance(holder, dict):
                    there = await self._there(figure, plan, address, request)
                    holder[place[-1]] = await _said(figure, there, holder.get(place[-1]))
            return response

        return counting

    async def _there(self, figure: Figure, plan: BoundPlan, address: Address, request: Request) -> Address:
        """Return the items that are counted."""
        collection = self._binder.collection(figure.of)
        if figure.of == plan.plan.collection and plan.plan.key is None:
            return address
        scope = {}
        if plan.plan.key is not None:
            key = str(told(plan.plan.key, request))
            values = [*scope_of(plan, request).values(), key]
            scope = dict(zip(collection.collection.scope, values, strict=False))
        there = addressed(collection, scope, self._binder, address.context)
        above = await address.store.get(address.name, str(list(scope.values())[-1])) if scope else None
        if above is not None and Origin.of(above).created:  # there is nothing below it but what was put there
            address.context.world.filled.add(there.name)
        await address.context.ready(there.name)
        return there


async def _said(figure: Figure, there: Address, before: Any) -> Any:
    """Return what a figure says. before: what was made up for it."""
    conditions = within(there)
    for name, value in figure.where.items():
        conditions.append(Test((name,), "eq", value))
    where = together(conditions)
    if figure.does == "count" and not figure.by:
        page = await there.store.list(there.name, where=where, limit=1, count=True)
        return page.total or 0
    records = (await there.store.list(there.name, where=where)).records
    if figure.by:
        return _by_value(figure, records, before)
    numbers: list[float] = []
    for record in records:
        number = record.value.get(figure.member)
        if isinstance(number, (int, float)) and not isinstance(number, bool):
            numbers.append(number)
    total = sum(numbers)
    if figure.does == "average":
        total /= max(len(numbers), 1)
    return round(total) if isinstance(before, int) else round(total, _CENT)


def _by_value(figure: Figure, records: Any, before: Any) -> dict[str, int]:
    """Return how many there are of each value: of those that an answer declares, each."""
    counted: Counter[str] = Counter()
    for record in records:
        value = record.value.get(figure.by)
        if isinstance(value, str):
            counted[value] += 1
    declared = by_folded(before if isinstance(before, dict) else ())
    if not declared.keys() & set(map(fold, counted)):
        return dict(counted)
    folded = {fold(value): number for value, number in counted.items()}
    return {name: folded.get(short, 0) for short, name in declared.items()}
