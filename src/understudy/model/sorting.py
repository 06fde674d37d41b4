"""Sorting: which of a list's parameters order it."""

from __future__ import annotations

from collections.abc import Sequence

from understudy.model.asked import Asked
from understudy.model.member_names import MemberNames
from understudy.model.model import Sort
from understudy.model.vocabulary import DIRECTIONS, SORTS, WAYS
from understudy.names import fold


def sorting_of(parameters: Sequence[Asked], names: MemberNames, place: str = "") -> Sort:
    """Return which parameters say how a list is ordered. place: the member that says where an item stands."""
    by = tuple(parameter.name for parameter in parameters if sorts(parameter, names))
    return Sort(by=by, default=tuple(filter(None, [place])))


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
