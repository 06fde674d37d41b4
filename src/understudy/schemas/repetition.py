"""Repetition: values that are held against the same schema over and over.

Where two schemas speak of one value and both lead by the same member to others, which do so again, a value
within is judged twice as often with each level. The validator looks that up where schemas lead back to
themselves, and only to tell whether a value is right; for all else it judges, and names, each anew.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

CHOICES: Final = ("oneOf", "anyOf")

MOST_TIMES: Final = 500
"""Times that one value may be held against the same schema, by the ways that lead to it through members."""
MOST_JUDGED: Final = 20_000
"""Pairs of a schema and a value that are counted."""

_OFTEN: Final = 8  # times that each schema is held against a value, on the whole
_MOST_STATES: Final = 500  # schemas that speak of one value together, as they are met
_FEW: Final = 2_000  # schemas that speak of one value
_DEEPEST: Final = 200
_SHALLOW: Final = 3
_HELD_ONCE: Final = frozenset({"not", "if", "then", "else"})
_OF_REST: Final = ("additionalProperties", "unevaluatedProperties")
_OF_ITEMS: Final = ("items", "contains", "unevaluatedItems")
_JOINING: Final = frozenset({*CHOICES, *_HELD_ONCE, "allOf", "dependentSchemas", "$ref"})
_LEADING: Final = frozenset(
    {*_JOINING, *_OF_REST, *_OF_ITEMS, "properties", "patternProperties", "prefixItems"}
)
_OTHERS: Final = frozenset({*_OF_REST, *_OF_ITEMS, "patternProperties", "prefixItems"})
_Definitions = Mapping[str, Any]
_Held = Mapping[int, int]
"""How often one value is held against schemas, by their `id`."""


def held_against(schema: Mapping[str, Any], definitions: _Definitions) -> Iterator[Any]:
    """Yield the schemas that speak of the same value as one that has them."""
    yield from alternatives_of(schema)
    yield from schema.get("allOf") or ()
    for name in _HELD_ONCE & schema.keys():
        yield schema[name]
    yield from _mapping(schema.get("dependentSchemas")).values()
    if "$ref" in schema:
        yield named(str(schema["$ref"]), definitions)


def alternatives_of(schema: Mapping[str, Any]) -> list[Any]:
    """List the alternatives of a schema."""
    return [one for name in CHOICES for one in schema.get(name) or ()]


def named(reference: str, definitions: _Definitions) -> Any:
    """Return what a reference within a schema that holds all it needs leads to."""
    return definitions.get(reference.removeprefix("#/$defs/"))


def judged_often(schema: Any, value: Any) -> int:
    """Return how many pairs of a schema and a value there are, where values are held so often against the
    same schemas that to find all that is wrong may take forever; 0 where they are not.
    """
    if not _is_deep(value):
        return 0
    judged = _Judged(_mapping(_mapping(schema).get("$defs")))
    try:
        count = judged.by(schema, value)
    except (RecursionError, _TooMany):
        return MOST_JUDGED
    if count > MOST_TIMES * _OFTEN and count > _OFTEN * len(judged.known):
        return len(judged.known)
    return 0


def _is_deep(value: Any) -> bool:
    """Tell whether a value has so many levels that ways to them multiply; lists of plain objects do not."""
    level = [value]
    for _ in range(_SHALLOW):
        level = [one for holder in level for one in _inner(holder) if isinstance(one, (dict, list))]
    return bool(level)


def _inner(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


class _TooMany(Exception):
    """More is judged than is counted."""


class _Judged:
    """How many schemas are held against a value and what is within it, each as often as it is."""

    def __init__(self, definitions: _Definitions) -> None:
        self._definitions = definitions
        self.known: dict[tuple[int, int], int] = {}

    def by(self, schema: Any, value: Any) -> int:
        if not isinstance(schema, dict):
            return 1
        key = id(schema), id(value)
        if key not in self.known:
            if len(self.known) > MOST_JUDGED:
                raise _TooMany
            self.known[key] = 1  # what leads back to itself
            count = 1
            for inner in held_against(schema, self._definitions):
                count += self.by(inner, value)
            for inner, part in _led_to(schema, value):
                count += self.by(inner, part)
            self.known[key] = count
        return self.known[key]


def _led_to(schema: Mapping[str, Any], value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield schemas with the members or items of which they speak."""
    if isinstance(value, dict):
        yield from _led_to_members(schema, value)
    elif isinstance(value, list):
        yield from zip(schema.get("prefixItems") or (), value, strict=False)
        for keyword in _OF_ITEMS:
            for item in value if keyword in schema else ():
                yield schema[keyword], item


def _led_to_members(schema: Mapping[str, Any], value: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    declared = _mapping(schema.get("properties"))
    for name in declared.keys() & value.keys():
        yield declared[name], value[name]
    of_others = [*_mapping(schema.get("patternProperties")).values()]
    of_others += [schema[keyword] for keyword in _OF_REST if keyword in schema]
    for name in value.keys() - declared.keys() if of_others else ():
        for inner in of_others:
            yield inner, value[name]


class Repetition:
    """Tells of schemas whether a value may be held against the same one more than MOST_TIMES, where members
    of one name lead on from several schemas that speak of one value; not by what leads back to itself, which
    the validator looks up.

    It is for the schemas of one contract, which live as long: what is known of one is kept. What is said of
    all members, or of items, is a member of a name of its own.
    """

    def __init__(self) -> None:
        self._definitions: dict[str, Any] = {}
        self._schemas: dict[int, Any] = {}
        self._known: dict[int, int] = {}
        self._speaking: dict[int, Counter[int]] = {}
        self._asked: list[Any] = []  # what is known by its `id` has to live
        self._left = 0

    def is_in(self, schema: Any) -> bool:
        """Tell whether values are held so often against what is within a schema."""
        self._definitions.update(_mapping(_mapping(schema).get("$defs")))
        self._asked.append(schema)
        self._left = _MOST_STATES
        return self._times(schema) > MOST_TIMES

    def _times(self, schema: Any, depth: int = 0) -> int:
        """Count how often, at the most, a value within one of a schema is held against one schema."""
        if not isinstance(schema, dict) or depth > _DEEPEST:
            return 1
        key = id(schema)
        if key not in self._known:
            self._known[key] = 1  # what leads back to itself
            self._schemas[key] = schema
            self._known[key] = self._counted(schema, depth)
        return self._known[key]

    def _counted(self, schema: Mapping[str, Any], depth: int) -> int:
        if schema.keys() == {"$ref"}:
            return self._times(named(str(schema["$ref"]), self._definitions), depth)
        if not _JOINING.isdisjoint(schema):
            return self._times_of_some({id(schema): 1}, depth)
        most = 1
        for _, inner in _members(schema):
            most = max(most, self._times(inner, depth + 1))
        return most

    def _times_of_some(self, held: _Held, depth: int) -> int:
        """Count the same where a value is held against some schemas, against each so often."""
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST:
            return 1
        speaking: Counter[int] = Counter()
        for one, count in held.items():
            for other, ways in self._all_speaking(one).items():
                speaking[other] += count * ways
        most = 1
        if (
            len(held) > 1
        ):  # how often one schema reaches another at the same value is no repetition of members
            most = max(speaking.values())
        for led_to in self._led_to(speaking).values():
            if most > MOST_TIMES:
                break
            most = max(most, self._further(led_to, depth + 1))
        return most

    def _further(self, led_to: _Held, depth: int) -> int:
        common = math.gcd(*led_to.values())
        if len(led_to) == 1:
            return common * self._times(self._schemas[next(iter(led_to))], depth)
        return common * self._times_of_some({one: count // common for one, count in led_to.items()}, depth)

    def _all_speaking(self, key: int) -> Counter[int]:
        """Return the schemas that speak of a value where one does, each with the ways that lead to it."""
        if key not in self._speaking:
            found: Counter[int] = Counter()
            waiting = [self._schemas[key]]
            while waiting and found.total() < _FEW:
                one = waiting.pop()
                if isinstance(one, dict):
                    self._schemas[id(one)] = one
                    found[id(one)] += 1
                    waiting += held_against(one, self._definitions)
            self._speaking[key] = found
        return self._speaking[key]

    def _led_to(self, speaking: _Held) -> Mapping[str, Counter[int]]:
        """Return by name what is said of the members of a value."""
        found: dict[str, Counter[int]] = {}
        for key, count in speaking.items():
            for name, inner in _members(self._schemas[key]):
                target = self._target(inner)
                if target:
                    found.setdefault(name, Counter())[target] += count
        return found

    def _target(self, schema: Any) -> int:
        """Return the `id` of what a schema stands for, 0 where that says nothing of others."""
        for _ in range(_DEEPEST):
            if not isinstance(schema, dict) or schema.keys() != {"$ref"}:
                break
            schema = named(str(schema["$ref"]), self._definitions)
        if not isinstance(schema, dict) or _LEADING.isdisjoint(schema):
            return 0
        self._schemas[id(schema)] = schema
        return id(schema)


def _members(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from _mapping(schema.get("properties")).items()
    if _OTHERS.isdisjoint(schema):
        return
    for inner in (*_mapping(schema.get("patternProperties")).values(), *(schema.get("prefixItems") or ())):
        yield "", inner
    for keyword in (*_OF_REST, *_OF_ITEMS):
        if keyword in schema:
            yield "", schema[keyword]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
