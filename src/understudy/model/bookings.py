"""Bookings: what becomes of a slot or a seat that something names, until that is called off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.model.bodies import Bodies, present
from understudy.model.items import Item
from understudy.model.vocabulary import BOOKABLE, FREE, STATES, TAKEN
from understudy.names import by_word, fold, singular
from understudy.schemas.shape import Shape


def taken_up(noun: str, item: Item | None, bodies: Bodies) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return what an item that may be booked says once it is, and what it says when it is free again; nothing
    of what is no such thing, or does not say so.
    """
    takes: dict[str, Any] = {}
    frees: dict[str, Any] = {}
    if item is None or singular(fold(noun)) not in BOOKABLE:
        return takes, frees
    for name, parts in present(item.location.shape):
        shape = bodies.whole(parts)
        told = _told(fold(name), shape)
        if told is not None:
            takes[name], frees[name] = told
    return takes, frees


def _told(folded: str, shape: Shape) -> tuple[Any, Any] | None:
    """Return what a member says of what is booked, and of what is free."""
    flag = folded.removeprefix("is")
    if shape.kind == "boolean":
        if flag in TAKEN:
            return True, False
        return (False, True) if flag in FREE else None
    if folded not in STATES or shape.constants is None:
        return None
    values = by_word(value for value in shape.constants if isinstance(value, str))
    taken = next((values[word] for word in TAKEN if word in values), None)
    free = next((values[word] for word in FREE if word in values), None)
    if taken is None or free is None:
        return None
    return taken, free
