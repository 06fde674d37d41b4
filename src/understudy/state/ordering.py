"""Places in an order: what is compared instead of items, so that sorted lists can be kept of any order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from understudy.state.conditions import Order, Value, fold, number, scalars

Place = tuple[Any, ...]
"""Compares with the places of other items; its last element is the item's number of insertion, negative where
newest comes first.
"""

_NONE = 3  # the rank of what has no place among booleans, numbers and texts
_RANKS = {bool: 0, int: 1, float: 1, str: 2}


class _Backwards:
    """A text that compares the other way round."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __lt__(self, other: _Backwards) -> bool:
        return other.text < self.text

    def __gt__(self, other: _Backwards) -> bool:
        return other.text > self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Backwards) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)


def places(orders: Sequence[Order], *, newest_first: bool) -> Callable[[Value, int], Place]:
    """Return what gives the place of an item, which was the n-th inserted, in these orders."""
    last = orders[-1]
    # The exact reverse of an order reverses its ties too.
    is_turned = last.nulls == "largest" and last.descending
    sign = -1 if newest_first is not is_turned else 1
    if len(orders) == 1:
        return lambda value, number: (*_place(last, value), sign * number)

    def place(value: Value, number: int) -> Place:
        found: list[Any] = []
        for order in orders:
            found += _place(order, value)
        return (*found, sign * number)

    return place


def _place(order: Order, value: Value) -> tuple[int, Any]:
    found: Any = next(scalars(value, order.pointer), None)
    if order.in_text and isinstance(found, str):
        as_number = number(found)
        found = found if as_number is None else as_number
    rank = _RANKS.get(type(found), _NONE)
    if rank == _NONE:
        if order.descending and order.nulls == "largest":
            return -_NONE, 0
        return _NONE, 0
    if isinstance(found, str):
        found = fold(found, folded=order.folded)
    if not order.descending:
        return rank, found
    if isinstance(found, str):
        return -rank, _Backwards(found)
    return -rank, -found
