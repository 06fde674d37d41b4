"""By now: filters that compare a moment with the time it is, as `overdue` does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from understudy.engine.comparing import Member, all_of
from understudy.engine.pointers import Pointers
from understudy.model.model import Filter
from understudy.model.vocabulary import CALLED_OFF, DONE, ENDED, OVER
from understudy.state.clock import iso
from understudy.state.conditions import Condition, Not

_TESTS: Final = {"past": "below", "ahead": "above"}
_TRUE: Final = ("true", "1", "yes")
_OVER: Final = sorted(
    {*OVER.stated.split(), *DONE.stated.split(), *ENDED.stated.split(), *CALLED_OFF.stated.split()}
)
"""States of what is not late any more, nor to come."""


def by_now(
    filters: Mapping[str, Filter], asked: Mapping[str, Any], pointers: Pointers, now: datetime
) -> Iterator[Condition]:
    """Yield what a request asks of items by the time it is: those that are late, or those that are not."""
    for name, told in filters.items():
        value = asked.get(name)
        if told.test not in _TESTS or value is None:
            continue
        condition = _late(told, pointers, now)
        if condition is not None:
            is_meant = value is True or str(value).lower() in _TRUE
            yield condition if is_meant else Not(condition)


def _late(told: Filter, pointers: Pointers, now: datetime) -> Condition | None:
    moment, *states = told.members
    found = [Member.of(moment, pointers).condition(_TESTS[told.test], iso(now))]
    for state in states:
        found.append(Member.of(state, pointers).condition("not in", _OVER))
    return all_of([one for one in found if one is not None])
