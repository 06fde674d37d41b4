"""Tangles: schemas that hold themselves within a choice, where what is wrong with a value multiplies with
each level.

The validator says of a choice what each alternative found wrong, and so of each choice within it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

MOST_FOUND: Final = 300
"""Things that may be wrong with one value so that all are asked for; to find each takes some
tenths of a millisecond."""

_CHOICES: Final = ("oneOf", "anyOf")
_DEEPEST: Final = 16  # levels of a value that are counted


def branching(schema: Any) -> int:
    """Return how many alternatives the widest choice has that stands on a way back to itself; 0 for none."""
    definitions: Mapping[str, Any] = {}
    if isinstance(schema, dict):
        definitions = schema.get("$defs") or {}
    leads: dict[str, set[str]] = {}
    for name, one in definitions.items():
        leads[f"#/$defs/{name}"] = set(_references(one))
    ends = {name for name, to in leads.items() if not to & leads.keys()}
    while ends:  # what leads to an end only is on no way back to itself
        for name in ends:
            del leads[name]
        ends = {name for name, to in leads.items() if not to & leads.keys()}
    widest = 0
    for name, one in definitions.items():
        if f"#/$defs/{name}" in leads:
            widest = max(widest, *map(_alternatives, _objects(one)))
    return widest


def may_multiply(value: Any, branches: int) -> bool:
    """Tell whether too much may be wrong with a value of a schema of so many branches."""
    found, level = 1, [value]
    for _ in range(_DEEPEST):
        level = [inner for one in level for inner in _within(one)]
        if not level:
            return False
        found *= branches
        if found > MOST_FOUND:
            return True
    return False


def _within(value: Any) -> list[Any]:
    """Return the objects and lists that a value holds."""
    members = value
    if isinstance(value, dict):
        members = value.values()
    elif not isinstance(value, list):
        return []
    return [one for one in members if isinstance(one, (dict, list))]


def _objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield every object within a schema, itself first."""
    waiting = [schema]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def _references(schema: Any) -> Iterator[str]:
    for one in _objects(schema):
        if isinstance(one.get("$ref"), str):
            yield one["$ref"]


def _alternatives(schema: Mapping[str, Any]) -> int:
    listed = [schema.get(name) for name in _CHOICES]
    return max(len(one) if isinstance(one, list) else 0 for one in listed)
