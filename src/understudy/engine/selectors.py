"""Selectors: which labels, or which members, an item has to have (Kubernetes API concepts: labels and
selectors).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from understudy.engine.comparing import Reader, all_of
from understudy.model.model import Place
from understudy.state.conditions import Condition, Not, Test

_SET: Final = re.compile(r"\s*(?P<name>\S+)\s+(?P<not>not)?in\s*\((?P<values>[^)]*)\)\s*")
_EQUAL: Final = re.compile(r"\s*(?P<name>[^=!\s]+)\s*(?P<op>==|!=|=)\s*(?P<value>[^=\s]*)\s*")


def selector_reader(place_of: Callable[[str], Place]) -> Reader:
    """Return what makes a condition of a selector. place_of: where that stands which it names."""

    def read(value: object) -> Condition | None:
        parts = map(str.strip, _parts(str(value)))
        return all_of([_requirement(one, place_of) for one in parts if one])

    return read


def _parts(text: str) -> Iterator[str]:
    """Yield what stands between commas, but for those between brackets."""
    begun, is_within = 0, False
    for index, character in enumerate(text):
        if character in "()":
            is_within = character == "("
        elif character == "," and not is_within:
            yield text[begun:index]
            begun = index + 1
    yield text[begun:]


def _requirement(text: str, place_of: Callable[[str], Place]) -> Condition:
    among = _SET.fullmatch(text)
    if among is not None:
        values = [one.strip() for one in among["values"].split(",")]
        return _held(Test(place_of(among["name"]), "in", values), bool(among["not"]))
    equal = _EQUAL.fullmatch(text)
    if equal is not None:
        return _held(Test(place_of(equal["name"]), "eq", equal["value"]), equal["op"] == "!=")
    if text.startswith("!"):
        return Not(Test(place_of(text[1:].strip()), "ne", None))
    return Test(place_of(text), "ne", None)


def _held(test: Test, is_not: bool) -> Condition:
    if is_not:
        return Not(test)
    return test
