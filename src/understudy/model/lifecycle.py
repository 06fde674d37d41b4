"""Lifecycle: how the state and the stamps of an item begin, and which members speak of its end."""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple

from understudy.model.vocabulary import BEGINNINGS, CREATED, ENDED, GONE, OVER, STATES, UPDATED
from understudy.names import by_folded, fold
from understudy.schemas.shape import Shape

_TIMES: Final = ("at", "on")
_OVER: Final = GONE.known | OVER.known | ENDED.known


class Beginning(NamedTuple):
    """How a new item begins. begins_as: at most one value. instead_of: where one of these was made up; always
    where it is empty.
    """

    begins_as: tuple[Any, ...] = ()
    instead_of: tuple[Any, ...] = ()


def beginning(name: str, shape: Shape) -> Beginning:
    """Tell how a member of a new item begins: a state as the earliest that its schema names, a flag of an end
    as false.
    """
    folded = fold(name)
    if shape.kind == "boolean" and folded.removeprefix("is") in _OVER:
        return Beginning((False,), (True,))
    if shape.defaults or not folded.endswith(STATES.ranked):
        return Beginning()
    states = by_folded(value for value in shape.constants or () if isinstance(value, str))
    for word in BEGINNINGS:
        if word in states:
            return Beginning((states[word],))
    return _not_an_end(states)


def _not_an_end(states: dict[str, str]) -> Beginning:
    """Begin as the first state that is no end, instead of any that is."""
    living: list[str] = []
    over: list[str] = []
    for folded, state in states.items():
        if folded in _OVER:
            over.append(state)
        else:
            living.append(state)
    if not living or not over:
        return Beginning()
    return Beginning((living[0],), tuple(over))


def stamp(name: str) -> Literal["", "created", "updated"]:
    """Tell whether a member says when an item was created or last changed."""
    folded = fold(name)
    if folded in CREATED:
        return "created"
    if folded in UPDATED:
        return "updated"
    return ""


def says_gone(name: str) -> bool:
    """Tell whether a flag of this name says that an item is gone: `deleted`, `is_archived`."""
    return fold(name).removeprefix("is") in GONE


def absent(name: str) -> Literal["", "until gone", "until over"]:
    """Tell whether a member only speaks of an item that is deleted, or of one that is over."""
    folded = fold(name)
    if folded in ("deleted", "isdeleted"):
        return "until gone"
    for time in _TIMES:
        event = folded.removesuffix(time)
        if event != folded and event in GONE:
            return "until gone"
        if event != folded and event in OVER:
            return "until over"
    return ""
