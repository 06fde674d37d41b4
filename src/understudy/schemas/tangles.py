"""Tangles: schemas that hold themselves within a choice, where what is wrong with a value multiplies with
each level, or within a choice of choices.

The validator says of a choice what each alternative found wrong, and so of each choice within it. Of a schema
that asks what others saw of a value it judges the value by these once more, and so at each level.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from understudy.schemas.keywords import OF_OTHERS
from understudy.schemas.repetition import CHOICES, alternatives_of, held_against, named

MOST_FOUND: Final = 150
"""Things that may be wrong with one value so that all are asked for; to find each takes some
tenths of a millisecond."""

MOST_WITHIN: Final = 500
"""Alternatives that may stand directly within alternatives so that what each finds wrong is asked for; the
time that takes grows with their square, 50 ms for so many."""

MOST_WAYS: Final = 500
"""Alternatives that one value may be held against, each counted as often as it is reached; the validator
takes each way anew, and they double where two alternatives lead to the same choice."""

FARTHEST: Final = 200
"""Schemas that lead to each other and speak of one value, so that they are judged where they multiply."""

_SEEN_AGAIN: Final = 3
"""Times that the validator holds a value against what stands beside `unevaluatedProperties`: measured, the
time triples with each level of them."""

_LOOKS: Final = 20_000  # schemas that are looked at from one choice
_OFTEN: Final = 8  # times that each schema is reached, on the whole
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
    waiting, within = deque(alternatives_of(choice)), 0
    for _ in range(_LOOKS):
        if not waiting:
            return False
        one = waiting.popleft()
        if not isinstance(one, dict):
            continue
        inner = alternatives_of(one)
        within += len(inner)
        if within > MOST_WITHIN:
            return True
        waiting += inner
        waiting += one.get("allOf") or ()
        if "$ref" in one:
            waiting.append(named(str(one["$ref"]), definitions))
    return False


class Ways(NamedTuple):
    """How many schemas a value is held against by one, each counted as often as it is reached, and how many
    lead from one to the next at the most.
    """

    number: int
    height: int


_ONE_WAY: Final = Ways(1, 1)
_Known = dict[int, Ways]
"""The ways of schemas, by their `id`."""


def is_woven(schema: Any) -> bool:
    """Tell whether a schema, or one within it, leads to the same ones over and over, more than MOST_WAYS
    times.

    Raises ValueError where it does so through more than FARTHEST schemas.
    """
    definitions: Mapping[str, Any] = {}
    if isinstance(schema, dict):
        definitions = schema.get("$defs") or {}
    known: _Known = {}
    for one in _led_to(schema, definitions):
        ways = _ways(one, definitions, known)
        if ways.number <= MOST_WAYS or ways.number <= _OFTEN * ways.height:
            continue
        if not _is_reached_often(one, definitions, ways.number):
            continue
        if ways.height > FARTHEST:
            raise ValueError(f"more than {FARTHEST} schemas lead to each other over and over")
        return True
    return False


def _led_to(schema: Any, definitions: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every object within a schema and within what it refers to, itself first."""
    seen: set[str] = set()
    waiting: deque[Any] = deque([schema])
    while waiting:
        one = waiting.popleft()
        if isinstance(one, list):
            waiting += one
        if not isinstance(one, dict):
            continue
        yield one
        waiting += [inner for key, inner in _holding(one) if key != "$defs"]
        reference = one.get("$ref")
        if isinstance(reference, str) and reference not in seen:
            seen.add(reference)
            waiting.append(named(reference, definitions))


def _is_reached_often(schema: Any, definitions: Mapping[str, Any], count: int) -> bool:
    """Tell whether those schemas that are counted are few, which are reached over and over."""
    seen: set[int] = set()
    waiting = [schema]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, dict) or id(one) in seen:
            continue
        seen.add(id(one))
        if len(seen) * _OFTEN >= count:
            return False
        waiting += held_against(one, definitions)
    return True


def _ways(schema: Any, definitions: Mapping[str, Any], known: _Known, depth: int = 0) -> Ways:
    if not isinstance(schema, dict) or depth > FARTHEST:
        return _ONE_WAY
    key = id(schema)
    if key in known:
        return known[key]
    known[key] = _ONE_WAY  # what leads back to itself is not taken anew
    count, height = 0, 0
    for inner in held_against(schema, definitions):
        ways = _ways(inner, definitions, known, depth + 1)
        count += ways.number
        height = max(height, ways.height)
    if not OF_OTHERS.keys().isdisjoint(schema):
        count *= _SEEN_AGAIN
    known[key] = Ways(1 + count, 1 + height)
    return known[key]


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
            waiting += [inner for _, inner in _holding(one)]
        elif isinstance(one, list):
            waiting += one


def _holding(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what of a schema may hold others: a list of values that are allowed, which may be very long, does
    not.
    """
    for key, inner in schema.items():
        is_listed = key == "enum" and isinstance(inner, list)
        if isinstance(inner, (dict, list)) and not is_listed:
            yield key, inner


def _references(schema: Any) -> Iterator[str]:
    for one in _objects(schema):
        if isinstance(one.get("$ref"), str):
            yield one["$ref"]


def lists_many(schema: Any, most: int) -> bool:
    """Tell whether a schema, or one within it, allows more values than so many, each listed."""
    return any(isinstance(one.get("enum"), list) and len(one["enum"]) > most for one in _objects(schema))


def _alternatives(schema: Mapping[str, Any]) -> int:
    listed = [schema.get(name) for name in CHOICES]
    return max(len(one) if isinstance(one, list) else 0 for one in listed)
