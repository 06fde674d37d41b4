"""Sorting: which of a list's parameters order it, and what their values mean that name no member."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from understudy.model.asked import Asked
from understudy.model.lifecycle import stamp
from understudy.model.member_names import MemberNames, Named
from understudy.model.model import Sort
from understudy.model.vocabulary import (
    ALPHABETICAL,
    BEST_FIRST,
    CHEAPEST_FIRST,
    DEAREST_FIRST,
    DIRECTIONS,
    HELD_GOOD,
    NEWEST_FIRST,
    OLDEST_FIRST,
    POPULAR_FIRST,
    POPULARITY,
    PRICES,
    SORTS,
    TALLIES,
    TITLES,
    WAYS,
    Words,
)
from understudy.names import fold, singular, split_words

_NUMBERS: Final = ("integer", "number")
_MOST: Final = "most"


def sorting_of(parameters: Sequence[Asked], names: MemberNames, place: str = "") -> Sort:
    """Return which parameters say how a list is ordered. place: the member that says where an item stands."""
    ordering = [parameter for parameter in parameters if sorts(parameter, names)]
    words: dict[str, str] = {}
    for parameter in ordering:
        words.update(_words(parameter, names))
    by = tuple(parameter.name for parameter in ordering)
    return Sort(by=by, default=tuple(filter(None, [place])), words=words)


def sorts(parameter: Asked, names: MemberNames) -> bool:
    """Tell whether a parameter names a member to sort by, `order[name]`, or which way; one that has the
    values of the member it is called by chooses.
    """
    if parameter.name.endswith("]") and fold(parameter.name.partition("[")[0]) in SORTS:
        return True
    named = names.top.get(parameter.folded)
    if named is not None and (named.values or parameter.values) and not _is_way(parameter):
        return False
    return parameter.folded in SORTS or parameter.folded in DIRECTIONS


def _is_way(parameter: Asked) -> bool:
    return any(fold(str(value)) in WAYS for value in parameter.values or ())


# ---- what values mean


def _words(parameter: Asked, names: MemberNames) -> Iterator[tuple[str, str]]:
    """Yield the values of a parameter that name no member, each with the member that it orders by, `-` before
    one that descends: `popular`, `-likes_count`.
    """
    for value in parameter.values or ():
        if not isinstance(value, str) or fold(value) in names.top:
            continue
        for words, order in _ORDERS:
            found = order(names) if fold(value) in words else ""
            if found:
                yield value, found
                break
        else:
            counted = _most(value, names)
            if counted:
                yield value, counted


def _most(value: str, names: MemberNames) -> str:
    """Return the order by what a value says that there is most of: `most_viewed`, `most_comments`."""
    first, *rest = split_words(value) or [""]
    if first != _MOST or not rest:
        return ""
    wanted = singular("".join(rest))
    for noun, member in _counted(names).items():
        if noun == wanted or wanted.removesuffix("d").removesuffix("e") in (noun, noun.removesuffix("e")):
            return f"-{member}"
    return ""


def _newest(names: MemberNames) -> str:
    return _down(_oldest(names))


def _oldest(names: MemberNames) -> str:
    return next((_name(one) for one in names.moments if stamp(_name(one)) == "created"), "")


def _popular(names: MemberNames) -> str:
    counted = _counted(names)
    return _down(next((counted[word] for word in POPULARITY if word in counted), "") or _mark(names))


def _best(names: MemberNames) -> str:
    return _down(_mark(names)) or _popular(names)


def _cheapest(names: MemberNames) -> str:
    known = filter(names.top.__contains__, reversed(PRICES.ranked))
    price = names.top.get(next(known, "")) or names.measured(["price"])
    return _name(price) if price is not None else ""


def _dearest(names: MemberNames) -> str:
    return _down(_cheapest(names))


def _alphabetical(names: MemberNames) -> str:
    return next((_name(names.top[word]) for word in TITLES if word in names.top), "")


_ORDERS: Final[tuple[tuple[Words, Callable[[MemberNames], str]], ...]] = (
    (NEWEST_FIRST, _newest),
    (OLDEST_FIRST, _oldest),
    (POPULAR_FIRST, _popular),
    (BEST_FIRST, _best),
    (CHEAPEST_FIRST, _cheapest),
    (DEAREST_FIRST, _dearest),
    (ALPHABETICAL, _alphabetical),
)


def _mark(names: MemberNames) -> str:
    """Return the member that says how good an item is held to be; "" where none does."""
    for word in HELD_GOOD:
        named = names.top.get(word)
        if named is not None and named.kind in _NUMBERS:
            return _name(named)
    return ""


def _counted(names: MemberNames) -> Mapping[str, str]:
    """Return the members that count something, by what that is called in the singular."""
    found: dict[str, str] = {}
    for folded, named in names.top.items():
        stem = folded
        for word in TALLIES:
            stem = stem.removesuffix(word).removeprefix(word)
        if named.kind in _NUMBERS and not named.is_array and stem:
            found.setdefault(singular(stem), _name(named))
    return found


def _name(named: Named) -> str:
    return named.place[-1]


def _down(member: str) -> str:
    return f"-{member}" if member else ""
