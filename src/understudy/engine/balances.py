"""Balances: what an item has once an action adds an amount to it, or takes one off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from understudy.engine.binding import BoundPlan
from understudy.engine.records import Saying
from understudy.errors import Failure, RuleBroken, show
from understudy.messages import Request
from understudy.model.balances import TAKEN_OFF
from understudy.model.model import Act
from understudy.pointers import escape
from understudy.schemas.keywords import is_number
from understudy.state.store import Record, Value

_REFUSALS: Final = frozenset({"400", "402", "409", "422"})
"""Statuses by which an operation may refuse to take off more than there is."""
_DECIMALS: Final = 6


def balancing(plan: BoundPlan, news: Mapping[str, Any], request: Request) -> Saying:
    """Return what says of an item how much it has once an action is done, and what else is new of it.

    That raises RuleBroken for more than there is, where the operation documents how it refuses.
    """

    async def said(record: Record) -> Value:
        assert isinstance(plan.plan, Act)
        told = dict(news)
        for name, amount in _amounts(plan.plan, request):
            before: Any = record.value.get(name) or 0  # who says nothing of it has none
            if not is_number(before):
                continue
            if before + amount < 0 and not _REFUSALS.isdisjoint(plan.operation.responses):
                raise RuleBroken([_too_much(plan.plan.adds[name], amount, name, before)])
            told[name] = _rounded(before + amount)
        return told

    return said


def _amounts(plan: Act, request: Request) -> Iterator[tuple[str, float]]:
    """Yield the members that say how much there is, and what is added to each."""
    body = request.body if isinstance(request.body, dict) else {}
    for name, told in plan.adds.items():
        number: Any = body.get(told.removeprefix(TAKEN_OFF))
        if is_number(number):
            yield name, -number if told.startswith(TAKEN_OFF) else number


def _too_much(told: str, amount: float, name: str, before: float) -> Failure:
    place = f"/{escape(told.removeprefix(TAKEN_OFF))}"
    return Failure(
        "body", place, "balance", f"at most {show(before)}, which is the {name}", show(abs(amount))
    )


def _rounded(number: float) -> float:
    """Return a sum without what binary fractions add to it: 0.3, and not 0.30000000000000004."""
    return number if isinstance(number, int) else round(number, _DECIMALS)
