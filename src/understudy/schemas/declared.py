"""Which members a schema declares, as one that is refused is told the nearest of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from understudy.schemas.keywords import IN_PLACE

_MOST: Final = 100  # schemas that are looked at for the members of one
_BRANCHES: Final = ("if", "then", "else")


def declared_members(root: Any, path: Sequence[str | int]) -> list[str]:
    """Return the members that an object may have by the schema that a keyword stands in.

    root: a schema in itself, with its definitions. path: from there to the keyword.
    """
    schema = root
    for step in path[:-1]:
        schema = schema[step]
    found: dict[str, None] = {}
    for part in _of_one_value(root, schema):
        for name, member in part.get("properties", {}).items():
            if member is not False:
                found[name] = None
    return list(found)


def _of_one_value(root: Any, schema: Any) -> Iterator[Mapping[str, Any]]:
    """Yield a schema with all that speaks of the same value: what it refers to, parts, alternatives."""
    waiting, seen = [schema], set[int]()
    for one in waiting:  # grows on the way
        if not isinstance(one, dict) or id(one) in seen:
            continue
        if len(seen) == _MOST:
            return
        seen.add(id(one))
        yield one
        waiting += _beside(root, one)


def _beside(root: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
    reference = schema.get("$ref", "")
    if reference.startswith("#/$defs/"):
        yield root["$defs"].get(reference.removeprefix("#/$defs/"))
    for keyword in IN_PLACE:
        yield from schema.get(keyword, ())
    for keyword in _BRANCHES:
        yield schema.get(keyword)
    yield from schema.get("dependentSchemas", {}).values()
