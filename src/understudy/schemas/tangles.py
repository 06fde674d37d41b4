"""Tangles: schemas that hold themselves within a choice, where what is wrong with a value multiplies with
each level, or within a choice of choices.

The validator says of a choice what each alternative found wrong, and so of each choice within it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

MOST_FOUND: Final = 150
"""Things that may be wrong with one value so that all are asked for; to find each takes some
tenths of a millisecond."""

MOST_WITHIN: Final = 500
"""Alternatives that may stand directly within alternatives so that what each finds wrong is asked for; the
time that takes grows with their square, 50 ms for so many."""

MOST_WAYS: Final = 500
"""Alternatives that one value may be held against, each counted as often as it is reached; the validator
takes each way anew, and they double where two alternatives lead to the same choice."""

_LOOKS: Final = 20_000  # schemas that are looked at from one choice
_FARTHEST: Final = 150  # schemas that lead to each other
_OFTEN: Final = 8  # times that each schema is reached, on the whole
_CHOICES: Final = ("oneOf", "anyOf")
_HELD_ONCE: Final = frozenset({"not", "if", "then", "else"})
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


def is_spread(schema: Any) -> bool:
    """Tell whether one value may be held against more than MOST_WITHIN alternatives that stand directly
    within other alternatives.
    """
    definitions: Mapping[str, Any] = {}
    if isinstance(schema, dict):
        definitions = schema.get("$defs") or {}
    return any(_has_many_within(one, definitions) for one in _objects(schema) if _alternatives(one))


def _has_many_within(choice: Mapping[str, Any], definitions: Mapping[str, Any]) -> bool:
    """Tell whether the alternatives of a choice have so many of their own, by a bounded look at them."""
    waiting, within = deque(_alternatives_of(choice)), 0
    for _ in range(_LOOKS):
        if not waiting:
            return False
        one = waiting.popleft()
        if not isinstance(one, dict):
            continue
        inner = _alternatives_of(one)
        within += len(inner)
        if within > MOST_WITHIN:
            return True
        waiting += inner
        waiting += one.get("allOf") or ()
        if "$ref" in one:
            waiting.append(definitions.get(str(one["$ref"]).removeprefix("#/$defs/")))
    return False


def _alternatives_of(schema: Mapping[str, Any]) -> list[Any]:
    return [one for name in _CHOICES for one in schema.get(name) or ()]


def is_woven(schema: Any) -> bool:
    """Tell whether alternatives lead to the same choices over and over, more than MOST_WAYS times."""
    definitions: Mapping[str, Any] = {}
    if isinstance(schema, dict):
        definitions = schema.get("$defs") or {}
    ways: dict[int, int] = {}
    most = max(_ways(one, definitions, ways) for one in (*definitions.values(), schema))
    return most > MOST_WAYS and most > _OFTEN * len(ways)


def _ways(schema: Any, definitions: Mapping[str, Any], ways: dict[int, int], depth: int = 0) -> int:
    """Return how many schemas a value is held against by one, each counted as often as it is reached."""
    if not isinstance(schema, dict) or depth > _FARTHEST:
        return 1
    key = id(schema)
    if key not in ways:
        ways[key] = 1  # what leads back to itself is not taken anew
        for inner in _held_against(schema, definitions):
            ways[key] += _ways(inner, definitions, ways, depth + 1)
    return ways[key]


def _held_against(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Iterator[Any]:
    yield from _alternatives_of(schema)
    yield from schema.get("allOf") or ()
    for name in _HELD_ONCE & schema.keys():
        yield schema[name]
    yield from _values(schema.get("dependentSchemas"))
    if "$ref" in schema:
        yield definitions.get(str(schema["$ref"]).removeprefix("#/$defs/"))


def _values(mapping: Any) -> Iterable[Any]:
    if isinstance(mapping, dict):
        return mapping.values()
    return ()


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
