"""Toggles: actions that turn something of an item on and off, such as `favorite`, and count how often."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from understudy.model.actions import forms_of
from understudy.model.bodies import Bodies, present
from understudy.model.vocabulary import ACTIONS
from understudy.names import fold, singular, split_words
from understudy.schemas.shape import Shape

_NUMBERS: Final = ("integer", "number")
_OFF: Final = "un"
_NEGATIONS: Final[Mapping[str, str]] = {"dislike": "like", "remove": "", "downvote": "upvote"}


@dataclass(frozen=True, slots=True)
class Turn:
    """What becomes of an item. counts: by member, what is added to it where that changes anything."""

    set: Mapping[str, Any] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)


_NOTHING: Final = Turn()


def turns(action: str, method: str, shapes: Iterable[Shape], bodies: Bodies) -> Turn:
    """Return what an action turns on, or off by a DELETE or an `un…`; nothing where no flag is called so."""
    verb, is_off = _verb(action)
    is_on = (method != "delete") != is_off
    if not verb:
        return _NOTHING
    step = 1 if is_on else -1
    for shape in shapes:
        flags, counts = _called(verb, shape, bodies)
        if flags:
            return Turn({flags[0]: is_on}, dict.fromkeys(counts[:1], step))
    return _NOTHING


def _called(verb: str, shape: Shape, bodies: Bodies) -> tuple[list[str], list[str]]:
    """Return the flags and the numbers of an item that say that something was done, and how often."""
    flags, counts = [], []
    for name, below in present(shape):
        kind = bodies.whole(below).kind
        if kind == "boolean" and _is_flag(name, verb):
            flags.append(name)
        if kind in _NUMBERS and _counts(name, verb):
            counts.append(name)
    return flags, counts


def _verb(action: str) -> tuple[str, bool]:
    """Return the verb of an action, and whether it is the opposite that is done."""
    words = split_words(action)
    first = words[0] if words else ""
    if first.startswith(_OFF) and first.removeprefix(_OFF) in ACTIONS:
        return first.removeprefix(_OFF), True
    if first in _NEGATIONS:
        return _NEGATIONS[first], True
    return singular(first), False


def _is_flag(name: str, verb: str) -> bool:
    """Tell whether a flag says that this was done: `favorited`, `is_starred`, `following`."""
    folded = fold(name)
    doing = f"{verb.removesuffix('e')}ing"
    return folded.removeprefix("is") in (*forms_of(verb), doing)


def _counts(name: str, verb: str) -> bool:
    """Tell whether a number says how often: `favoritesCount`, `likes`, `followers_count`."""
    folded = fold(name)
    stem = folded.removesuffix("count").removeprefix("total") or folded
    agent = f"{verb}r" if verb.endswith("e") else f"{verb}er"
    return singular(stem) in (verb, agent) and stem != verb + "ing" and folded != verb
