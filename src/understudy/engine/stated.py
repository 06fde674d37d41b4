"""Stated comparisons: values that say how they compare, `gt.5`, `not.in.(1,2)`, `ilike.*swan*` (PostgREST),
`$gte:5`, `$not:$in:1,2` (nestjs-paginate).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from understudy.engine.comparing import Member, all_of, opposite
from understudy.state.conditions import Condition, Not, Test

_TESTS: Final[Mapping[str, str]] = {
    "eq": "exactly",
    "neq": "not",
    "gt": "above",
    "gte": "from",
    "lt": "below",
    "lte": "until",
    "in": "in",
    "cs": "in",
    "like": "like",
    "ilike": "like",
    "fts": "contains",
    "plfts": "contains",
}
_STATED: Final = re.compile(r"(?P<not>not\.)?(?P<op>[a-z]+)\.(?P<value>.*)", re.DOTALL)

_BY_WORD: Final = re.compile(r"(?P<not>\$?not:)?\$?(?P<op>[a-z]+)(?::(?P<value>.*))?", re.DOTALL)


_BY_SIGN: Final = re.compile(r"\$[a-z]+:")


def is_stated(value: Any) -> bool:
    """Tell whether a value, or one of several, states a comparison by a word that nothing else begins with:
    `$gte:5`.
    """
    if isinstance(value, list):
        return any(map(is_stated, value))
    return isinstance(value, str) and _BY_SIGN.match(value) is not None


def stated(member: Member, value: Any) -> Condition | None:
    """Return what a value asks of a member, of several values each; where it states no comparison, to be
    equal.
    """
    if isinstance(value, list):
        found = [stated(member, one) for one in value]
        return all_of([one for one in found if one is not None])
    if isinstance(value, str) and (value.startswith("$") or ":" in value):
        condition = _by_word(member, value)
        if condition is not None:
            return condition
    return _dotted(member, value)


def _by_word(member: Member, value: str) -> Condition | None:
    found = _BY_WORD.fullmatch(value)
    if found is None:
        return None
    condition = member.by_word(found["op"], found["value"])
    if found["not"]:
        return opposite(condition)
    return condition


def _dotted(member: Member, value: Any) -> Condition | None:
    found = _STATED.fullmatch(value) if isinstance(value, str) else None
    if found is None or (found["op"] not in _TESTS and found["op"] != "is"):
        return member.condition("equals", value)
    condition = _condition(member, found["op"], found["value"])
    if condition is None or not found["not"]:
        return condition
    return Not(condition)


def _condition(member: Member, word: str, text: str) -> Condition | None:
    if word == "is":
        if text.lower() == "null":
            return member.condition("null", True)
        return member.condition("equals", text)
    if word in ("in", "cs"):
        values = [one.strip().strip('"') for one in text.strip("(){}").split(",")]
        return member.condition("in", values)
    if word in ("like", "ilike"):
        return Test(member.place, "like", text.replace("*", "%"), folded=word == "ilike")
    return member.condition(_TESTS[word], text)
