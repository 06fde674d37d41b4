"""What the keywords of a schema see of a value: the names of members, the places of items, of which something
is said. What nothing sees is what `unevaluatedProperties` and `unevaluatedItems` speak of (JSON Schema
2020-12 §11).

The validator asks for it anew at each level, and so forever where such schemas are made of each other. Here
each schema is asked once of each value.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any, Final

from understudy.schemas.compiled import Compiled
from understudy.schemas.keywords import OF_OTHERS

Places = frozenset[Any]
"""Names of members, or indexes of items."""
IsMet = Callable[[Any, Any, int], Generator[None, None, bool]]
"""Tells whether a value meets a schema, so many steps into one."""

_NOTHING: Final[Places] = frozenset()
_SEES_ALL: Final[Mapping[type, str]] = {dict: "additionalProperties", list: "items"}


class Seen:
    """What is seen in one judgement, where each value meets the schemas that are asked."""

    def __init__(self, compiled: Compiled, is_met: IsMet) -> None:
        self._compiled, self._is_met = compiled, is_met
        self._known: dict[tuple[int, int], Places] = {}

    def by(self, schema: Any, value: Any, depth: int) -> Generator[None, None, Places]:
        """Return what a schema sees, and what it leaves to no other."""
        if not isinstance(schema, dict):
            return _NOTHING
        key = id(schema), id(value)  # the value lives as long as the judgement
        if key not in self._known:
            self._known[key] = _NOTHING  # what leads back to itself sees no more
            if _sees_all(schema, value):
                self._known[key] = _all(value)
            else:
                self._known[key] = yield from self.beside(schema, value, depth)
        return self._known[key]

    def beside(self, schema: Mapping[str, Any], value: Any, depth: int) -> Generator[None, None, Places]:
        """Return what all keywords of a schema see but those that speak of the rest."""
        if _SEES_ALL[type(value)] in schema:
            return _all(value)
        if isinstance(value, dict):
            seen = self._members(schema, value)
        else:
            seen = yield from self._items(schema, value, depth)
        parts = [*self._always(schema, value), *(yield from self._met(schema, value, depth))]
        for part in parts:
            yield
            seen |= yield from self.by(part, value, depth + 1)
        return frozenset(seen)

    def _members(self, schema: Mapping[str, Any], value: Mapping[str, Any]) -> set[Any]:
        seen: set[Any] = value.keys() & schema.get("properties", {}).keys()
        for pattern in schema.get("patternProperties", ()):
            seen.update(filter(self._compiled.matching(pattern), value))
        return seen

    def _items(
        self, schema: Mapping[str, Any], value: list[Any], depth: int
    ) -> Generator[None, None, set[Any]]:
        seen: set[Any] = set(range(min(len(value), len(schema.get("prefixItems", ())))))
        if "contains" in schema:
            for index, item in enumerate(value):
                if (yield from self._is_met(schema["contains"], item, depth + 1)):
                    seen.add(index)
        return seen

    def _always(self, schema: Mapping[str, Any], value: Any) -> Iterator[Any]:
        """Yield the schemas that a value meets since it meets the one in which they stand."""
        if "$ref" in schema:
            yield self._compiled.referred(schema["$ref"])
        yield from schema.get("allOf", ())
        for name, part in schema.get("dependentSchemas", {}).items():
            if isinstance(value, dict) and name in value:
                yield part

    def _met(self, schema: Mapping[str, Any], value: Any, depth: int) -> Generator[None, None, list[Any]]:
        """Return the alternatives that a value meets."""
        met = []
        for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
            if (yield from self._is_met(part, value, depth + 1)):
                met.append(part)
        if "if" in schema:
            if (yield from self._is_met(schema["if"], value, depth + 1)):
                met += [schema["if"], schema.get("then", True)]
            else:
                met.append(schema.get("else", True))
        return met


def _sees_all(schema: Mapping[str, Any], value: Any) -> bool:
    """Tell whether a schema speaks of whatever others leave."""
    return any(keyword in schema and isinstance(value, kind) for keyword, kind in OF_OTHERS.items())


def _all(value: Any) -> Places:
    if isinstance(value, dict):
        return frozenset(value)
    return frozenset(range(len(value)))
