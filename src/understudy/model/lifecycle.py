"""Lifecycle: how the state and the stamps of an item begin, and which members speak of its end."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any, Final, Literal, NamedTuple

from understudy.model.vocabulary import (
    AT_REST,
    BALANCES,
    BEGINNINGS,
    CALLED_OFF,
    CREATED,
    DELETION,
    DONE,
    ENDED,
    ENDINGS,
    GONE,
    MADE,
    NOT_YET,
    OF_ROLES,
    OVER,
    PLAIN_ROLES,
    STAMP_ENDINGS,
    STAMPS,
    STATES,
    TURNED_ON,
    TURNS_COUNTED,
    UPDATED,
    Words,
)
from understudy.names import by_word, fold, is_unset, singular
from understudy.schemas.shape import Shape

_TIMES: Final = ("at", "on")
_NOT: Final = ("not", "un")
"""What goes before a state that has not come yet: `not_fulfilled`, `unpaid`."""
_WAITING: Final = ("pending", "awaiting", "waiting")
_ON_AIR: Final = ("live",)
"""What begins later, also where it is told first."""
_ABOUT_ENDS: Final = ("reason", "by", "byid", "note", "comment")
_DID: Final = ("", "is", "has", "am", "viewerhas", "userhas", "viewer", "user")
_BY_WHOM: Final = ("byme", "byviewer", "byuser", "bycurrentuser")
_HOW_MANY: Final = ("numberof", "total", "num")
_MADE: Final = CREATED.known | MADE.known | (UPDATED.known - {"edited"})
_OVER: Final = GONE.known | OVER.known | ENDED.known


def _stamps(deeds: Words, *before: str) -> frozenset[str]:
    """Return what stamps may be called of what was done: `updated_at`, `last_update`, `date_modified`."""
    found = set(STAMPS.known & deeds.known)
    for deed in deeds:
        for word in before:
            found.add(f"{word}{deed}")
        for ending in STAMP_ENDINGS:
            found.update((f"{deed}{ending}", f"last{deed}{ending}"))
    return frozenset(found)


_CREATED: Final = _stamps(CREATED, "date")
_UPDATED: Final = _stamps(UPDATED, "date", "last", "datelast")


class Beginning(NamedTuple):
    """How a new item begins. begins_as: at most one value. instead_of: where one of these was made up; always
    where it is empty.
    """

    begins_as: tuple[Any, ...] = ()
    instead_of: tuple[Any, ...] = ()


def beginning(name: str, shape: Shape, led_to: Set[Any] = frozenset()) -> Beginning:
    """Tell how a member of a new item begins: a state as the earliest that its schema names, a flag of an end
    as false. led_to: values that only an action gives it, in which nothing begins unless its author says so.
    """
    if any(value in led_to for value in (*shape.defaults, *shape.samples) if isinstance(value, (bool, str))):
        led_to = frozenset()
    if shape.kind == "boolean":
        return _flag(name, shape, is_led=True in led_to)
    folded = fold(name)
    if _counts_turns(folded, shape) or _is_balance(folded, shape):
        return Beginning((0,))
    if _holds_deeds(folded, shape):
        return Beginning(([],))
    return _state(folded, shape, led_to)


def _is_balance(folded: str, shape: Shape) -> bool:
    """Tell whether a number says how much there is in an account, which is nothing until something is paid
    into it.
    """
    if shape.kind not in ("number", "integer") or shape.defaults or shape.limit("minimum", 0) > 0:
        return False
    return folded in BALANCES and folded.endswith("balance") and not folded.startswith("available")


def _flag(name: str, shape: Shape, *, is_led: bool) -> Beginning:
    if is_led:
        return Beginning((False,))
    if _is_no_beginning(fold(name), shape):
        return Beginning((False,), (True,))
    return Beginning((False,) * _is_turned_on(name, shape))


def _state(folded: str, shape: Shape, led_to: Set[Any]) -> Beginning:
    values = by_word(value for value in shape.constants or () if isinstance(value, str))
    if any(not is_unset(str(value)) for value in shape.defaults):
        return Beginning()
    if folded.endswith(OF_ROLES.ranked):
        return Beginning(tuple(values[word] for word in PLAIN_ROLES if word in values)[:1])
    if not folded.endswith(STATES.ranked):
        return Beginning()
    free = {word: state for word, state in values.items() if state not in led_to}
    return _first(free, values, is_led=len(free) < len(values))


def _is_no_beginning(folded: str, shape: Shape) -> bool:
    """Tell whether a flag says that a thing is over, or what was not done yet to one that was just made:
    `is_read`, `verified`.
    """
    stem = folded.removeprefix("is")
    return stem in _OVER or (not shape.defaults and (stem in NOT_YET or stem.endswith("verified")))


def _first(free: dict[str, str], states: dict[str, str], *, is_led: bool) -> Beginning:
    """Begin as the state that stands first, where they stand in the order of a life, or as the earliest.

    free: those of the states to which nothing has to lead; is_led: whether there are others.
    """
    told = list(states)
    is_ordered = bool(told) and told != sorted(told) and told[0] not in _ON_AIR
    if is_ordered and told[0] in BEGINNINGS and told[0] in free:
        return Beginning((states[told[0]],))
    for word in BEGINNINGS:
        if word in free:
            return Beginning((free[word],))
    waiting = [state for word, state in free.items() if word.startswith(_WAITING)]
    if waiting:
        return Beginning((waiting[0],))
    if is_led:
        living = free if not _OVER.issuperset(free) else states
        at_rest = next((living[word] for word in AT_REST if word in living), None)
        if at_rest is not None:
            return Beginning((at_rest,))
    return _not_yet(states) or _not_an_end(free or states)


def _is_turned_on(name: str, shape: Shape) -> bool:
    """Tell whether a flag says what whoever asks did to an item: `favorited`, `viewerHasStarred`."""
    if shape.kind != "boolean" or shape.defaults or shape.constants is not None:
        return False
    return says_viewer(name)


def says_viewer(name: str) -> bool:
    """Tell whether a flag of this name says what whoever asks did: `favorited`, `viewerHasStarred`."""
    return any(deed in TURNED_ON for deed in deeds(name))


def deeds(name: str) -> Iterator[str]:
    """Yield what a flag may say that was done, without who did it: of `viewerHasStarred` that is
    `starred`.
    """
    rest = fold(name)
    for ending in _BY_WHOM:
        rest = rest.removesuffix(ending)
    for prefix in _DID:
        yield rest.removeprefix(prefix)


def _counts_turns(folded: str, shape: Shape) -> bool:
    """Tell whether a number says how often others did something to an item: `favoritesCount`, `likes`."""
    if shape.kind != "integer" or shape.defaults or shape.constants is not None:
        return False
    if shape.limit("minimum", 0) > 0:
        return False
    stem = folded.removesuffix("count")
    for prefix in _HOW_MANY:
        stem = stem.removeprefix(prefix)
    is_plain = stem == folded
    if is_plain and (singular(stem) == stem or stem == "stars"):
        return False  # one of them is no count, and stars are a mark
    return stem in TURNS_COUNTED or singular(stem) in TURNS_COUNTED


def is_too_late(before: Any, state: Any) -> bool:
    """Tell whether an item whose state is an end cannot come to another one: what was delivered is not
    cancelled, and what was cancelled is not paid, though it may begin again.
    """
    if not isinstance(before, str) or not isinstance(state, str):
        return False
    if fold(state) in CALLED_OFF:
        return fold(before) in DONE
    return fold(before) in CALLED_OFF and fold(state) not in BEGINNINGS and fold(state) not in GONE


def _not_yet(states: dict[str, str]) -> Beginning | None:
    """Begin as what says that another state has not come yet."""
    for prefix in _NOT:
        for other in states:
            state = states.get(f"{prefix}{other}")
            if state is not None:
                return Beginning((state,))
    return None


def _holds_deeds(folded: str, shape: Shape) -> bool:
    """Tell whether a list is of what others do to an item: `reactions`, `votes`."""
    is_list = shape.kind == "array" and not shape.defaults and not shape.limit("minItems", 0)
    return is_list and singular(folded) != folded and singular(folded) in TURNS_COUNTED


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
    if folded in _CREATED or _says_made(folded):
        return "created"
    if folded in _UPDATED:
        return "updated"
    return ""


def _says_made(folded: str) -> bool:
    """Tell whether a member says when something was done by which a thing is made: `joined_at`."""
    stems = {folded.removesuffix(time) for time in _TIMES} - {folded}
    return not MADE.known.isdisjoint(stems)


def says_gone(name: str) -> bool:
    """Tell whether a flag of this name says that an item is gone: `deleted`, `is_archived`."""
    return fold(name).removeprefix("is") in GONE


def absent(name: str, *, is_nullable: bool = False) -> Literal["", "until gone", "until over"]:
    """Tell whether a member only speaks of an item that is deleted, or of one that is over, or to which
    something was done; is_nullable: it may say that nothing was.
    """
    folded = fold(name)
    if folded in ("deleted", "isdeleted") or folded in DELETION:
        return "until gone"
    for time in _TIMES:
        event = folded.removesuffix(time)
        if event != folded and event in GONE:
            return "until gone"
        if event != folded and (event in OVER or event in NOT_YET):
            return "until over"
        if event != folded and is_nullable and event.endswith("ed") and event not in _MADE:
            return "until over"
    for word in _ABOUT_ENDS:
        event = folded.removesuffix(word)
        if event != folded and (event in OVER or event in ENDINGS):
            return "until over"
    return ""
