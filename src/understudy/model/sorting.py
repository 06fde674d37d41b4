"""Sorting: which of a list's parameters order it."""

from __future__ import annotations

from collections.abc import Sequence

from understudy.contracts.contract import Parameter
from understudy.model.model import Sort
from understudy.model.vocabulary import DIRECTIONS, SORTS
from understudy.names import fold


def sorting_of(parameters: Sequence[Parameter]) -> Sort:
    """Return which parameters say how a list is ordered."""
    return Sort(by=tuple(parameter.name for parameter in parameters if sorts(parameter)))


def sorts(parameter: Parameter) -> bool:
    """Tell whether a parameter names a member to sort by, or which way."""
    folded = fold(parameter.name)
    return folded in SORTS or folded in DIRECTIONS
