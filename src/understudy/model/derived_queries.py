"""Derived queries: paths that name the members a list is chosen by, `/people/search/findByLastName?name=Lee`.

The grammar is that of Spring Data (reference documentation, Query Methods: subject and predicate keywords):
the parameters stand in the order of the members in the name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from understudy.model.asked import Asked
from understudy.model.member_names import MemberNames
from understudy.model.model import Filter
from understudy.names import fold

_SUBJECT: Final = re.compile(
    r"(?:find|read|get|query|search|stream|count|exists)(?:All|First|Top\d*)?(?:Distinct)?By(?P<rest>[A-Z].*)"
)
_AND: Final = re.compile(r"And(?=[A-Z])")
_PASSED_OVER: Final = re.compile(r"(?:AllIgnoreCase|IgnoreCase|OrderBy[A-Z].*)$")
_KEYWORDS: Final[tuple[tuple[str, str], ...]] = (
    ("GreaterThanEqual", "from"),
    ("GreaterThan", "above"),
    ("LessThanEqual", "until"),
    ("LessThan", "below"),
    ("After", "above"),
    ("Before", "below"),
    ("NotContaining", "lacks"),
    ("Containing", "contains"),
    ("Contains", "contains"),
    ("StartingWith", "starts"),
    ("StartsWith", "starts"),
    ("EndingWith", "ends"),
    ("EndsWith", "ends"),
    ("NotIn", "not in"),
    ("Like", "contains"),
    ("In", "in"),
    ("Not", "not"),
    ("Is", "equals"),
    ("Equals", "equals"),
)
"""What stands behind a member's name, and the test it means; the longer one first."""


def derived(path: str, asked: Sequence[Asked], names: MemberNames) -> Mapping[str, Filter]:
    """Return the filters that the last segment of a path tells, by the parameters that carry their values;
    none where it is no such name, or one of them speaks of no member.
    """
    found = _SUBJECT.fullmatch(path.rstrip("/").rpartition("/")[2])
    if found is None:
        return {}
    predicates = _AND.split(_PASSED_OVER.sub("", found["rest"]))
    if len(predicates) > len(asked):
        return {}
    filters: dict[str, Filter] = {}
    for parameter, predicate in zip(asked, predicates, strict=False):
        told = _filter(predicate, names)
        if told is None:
            return {}
        filters[parameter.name] = told
    return filters


def _filter(predicate: str, names: MemberNames) -> Filter | None:
    """Return what one part of a name asks: `AgeGreaterThan`."""
    whole = names.find(fold(predicate))
    if whole is not None:
        return Filter(members=(whole.place,))
    for word, test in _KEYWORDS:
        named = names.find(fold(predicate.removesuffix(word))) if predicate.endswith(word) else None
        if named is not None:
            return Filter(members=(named.place,), test=test)
    return None
