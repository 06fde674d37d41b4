"""Balances: what an action adds to a number of an item, or takes off it: a deposit, a withdrawal, stock that
comes and goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from understudy.contracts.answers import taken
from understudy.contracts.contract import Operation
from understudy.model.bodies import Bodies, present
from understudy.model.vocabulary import ADDED, ADDS, BALANCES, BALANCES_AFTER, SUBTRACTS
from understudy.names import fold, split_words
from understudy.schemas.shape import Shape

TAKEN_OFF: Final = "-"
"""What goes before the name of a member whose number is taken off."""
_HUNDREDTHS: Final = ("incents", "cents", "minor")
_NUMBERS: Final = ("integer", "number")


def adds_of(action: str, operation: Operation, shapes: Iterable[Shape], bodies: Bodies) -> Mapping[str, str]:
    """Return, by the member of an item that says a balance, the member of the body that an action adds to it,
    with `-` before one that it takes off; nothing where the action's word, or either member, does not tell.
    """
    sign = _sign(action)
    schema = taken(operation)
    if sign is None or operation.method != "post" or schema is None:
        return {}
    amounts = [
        name for name, shape in _numbers(bodies.requests.of((schema,)), bodies) if _stem(name) in ADDED
    ]
    if len(amounts) != 1:
        return {}
    found: dict[str, str] = {}
    for shape in shapes:
        for name, _ in _numbers(shape, bodies):
            if _stem(name) in BALANCES and _is_in_hundredths(name) == _is_in_hundredths(amounts[0]):
                found[name] = f"{sign}{amounts[0]}"
    return found


def after_of(names: Iterable[str]) -> str:
    """Return the member of what an action makes that says the balance from then on, "" where none does."""
    return next((name for name in names if _stem(name) in BALANCES_AFTER), "")


def _sign(action: str) -> str | None:
    folded = fold(action)
    first = "".join(split_words(action)[:1])
    if folded in ADDS or first in ADDS:
        return ""
    if folded in SUBTRACTS or first in SUBTRACTS:
        return TAKEN_OFF
    return None


def _numbers(shape: Shape, bodies: Bodies) -> Iterator[tuple[str, Shape]]:
    for name, parts in present(shape):
        member = bodies.whole(parts)
        if member.kind in _NUMBERS and member.constants is None:
            yield name, member


def _stem(name: str) -> str:
    folded = fold(name)
    for unit in _HUNDREDTHS:
        folded = folded.removesuffix(unit)
    return folded


def _is_in_hundredths(name: str) -> bool:
    return fold(name).endswith(_HUNDREDTHS)
