"""Bounds: two parameters that are the lowest and the highest of one number, where an item has a number of the
same name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from understudy.model.asked import Asked
from understudy.model.member_names import MemberNames, Named
from understudy.model.model import Filter
from understudy.model.vocabulary import HIGHEST, LOWEST, Words

_NUMBERS: Final = ("integer", "number")
_ENDS: Final[tuple[tuple[Words, str], ...]] = ((LOWEST, "from"), (HIGHEST, "until"))


def ranges_of(parameters: Sequence[Asked], names: MemberNames) -> Iterator[tuple[str, Filter]]:
    """Yield the filters by `minPrice` and `maxPrice` together, where an item says its own `minPrice`, or
    both: it is not less than the one, and not more than the other. Where it has a `price`, that is meant.
    """
    pairs: dict[str, dict[str, Asked]] = {}
    for parameter in parameters:
        for words, test in _ENDS:
            stem = _stem(parameter, words)
            if stem:
                pairs.setdefault(stem, {}).setdefault(test, parameter)
    for stem, pair in pairs.items():
        if len(pair) == len(_ENDS) and stem not in names.top:
            yield from _bounding(pair, names)


def _stem(parameter: Asked, words: Words) -> str:
    """Return what a number is called of which a parameter is an end; "" where it is none."""
    first, *rest = parameter.words or [""]
    if first not in words or parameter.type not in _NUMBERS:
        return ""
    return "".join(rest)


def _bounding(pair: Mapping[str, Asked], names: MemberNames) -> Iterator[tuple[str, Filter]]:
    known: dict[str, Named] = {}
    for test, parameter in pair.items():
        named = names.top.get(parameter.folded)
        if named is not None and named.kind in _NUMBERS and not named.is_array:
            known[test] = named
    for test, parameter in pair.items():
        found = known.get(test) or next(iter(known.values()), None)
        if found is not None:
            yield parameter.name, Filter(members=(found.place,), test=test, default=parameter.default)
