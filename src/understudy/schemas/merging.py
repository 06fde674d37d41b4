"""Adding one schema's keywords to a shape: of two that say the same thing, the stricter wins."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from understudy.contracts.extensions import FAKER, UNIQUE, said
from understudy.contracts.source import Node
from understudy.schemas.choice import Choice, choices
from understudy.schemas.encodings import carried_of
from understudy.schemas.keywords import LARGEST, as_list, bounds, is_number, stated_types, texts_in
from understudy.schemas.shape import Shape
from understudy.schemas.subschemas import each, mapping

_OF_PROPERTIES: Final = frozenset(
    {"properties", "patternProperties", "additionalProperties", "unevaluatedProperties"}
)

_OF_LITERALS: Final = frozenset({"type", "const", "enum", "title", "description"})
"""Keywords of an alternative that is a value, or several."""


def merge(shape: Shape, node: Node, value: Mapping[str, Any]) -> None:
    """Add what one schema says itself, without what it refers to."""
    shape.hints.update(value)
    words = said(value)
    shape.provider = shape.provider or str(words.get(FAKER) or "")
    shape.is_key |= words.get(UNIQUE) is True
    _types(shape, value)
    if "contentEncoding" in value or "contentMediaType" in value:
        shape.carried = shape.carried or carried_of(node, value)
    _values(shape, value)
    _limits(shape, value)
    _object(shape, node, value)
    _array(shape, node, value)
    if "not" in value:
        _not(shape, node, value["not"])
    for choice in choices(node, value, shape.taken):
        values = _listed_values(choice)
        if values is None:
            shape.choices.append(choice)
        else:
            _one_of(shape, choice, values)


def _listed_values(choice: Choice) -> list[Any] | None:
    """Return the values between which a choice is, where each alternative states its own and nothing else, as
    TypeBox and Zod write a union of literals; None for all other choices.
    """
    found: list[Any] = []
    for branch in choice.branches:
        stated = branch[0].value if len(branch) == 1 else None
        if not isinstance(stated, dict) or not stated.keys() <= _OF_LITERALS:
            return None
        own = _stated_values(stated)
        is_null = stated.get("type") == "null"
        if not (own or is_null) or any(value in found for value in own):
            return None
        found += own
    return found or None


def _stated_values(stated: Mapping[str, Any]) -> list[Any]:
    if "const" in stated:
        return [stated["const"]]
    listed = stated.get("enum")
    return listed if isinstance(listed, list) else []


def _one_of(shape: Shape, choice: Choice, values: list[Any]) -> None:
    """Say of a shape what a choice between values says."""
    _allow_only(shape, values)
    types: dict[str, None] = {}
    for (branch,) in choice.branches:
        stated = stated_types(branch.value)
        if not stated:
            return
        types.update(dict.fromkeys(stated))
    _types(shape, {"type": list(types)})


def _types(shape: Shape, value: Mapping[str, Any]) -> None:
    stated = stated_types(value)
    shape.nullable |= value.get("nullable") is True or "null" in stated
    if stated and shape.types is not None:
        stated = list(_both(shape.types, stated))
        shape.never |= not stated
        shape.types = tuple(stated)
    elif stated:
        shape.types = tuple(stated)
    if isinstance(value.get("format"), str):
        shape.format = shape.format or value["format"]


def _both(one: Sequence[str], other: Sequence[str]) -> Iterator[str]:
    """Yield the types that are of both; every integer is a number."""
    for name in one:
        if name in other or (name == "integer" and "number" in other):
            yield name
        elif name == "number" and "integer" in other:
            yield "integer"


def _values(shape: Shape, value: Mapping[str, Any]) -> None:
    if "const" in value:
        _allow_only(shape, [value["const"]])
    if isinstance(value.get("enum"), list) and value["enum"]:
        _allow_only(shape, value["enum"])
    if "example" in value:
        shape.samples.append(value["example"])
    if isinstance(value.get("examples"), list):
        shape.samples += value["examples"]
    if "default" in value:
        shape.defaults.append(value["default"])


def _allow_only(shape: Shape, stated: list[Any]) -> None:
    if shape.constants is None:
        shape.constants = stated
    else:
        shape.constants = _in_both(shape.constants, stated)


def _in_both(some: list[Any], others: list[Any]) -> list[Any]:
    """Return the values of one list that are in another one as well."""
    allowed: Container[Any] = others
    with suppress(TypeError):  # objects or arrays are among them
        allowed = frozenset(others)
    return [one for one in some if one in allowed]


def _limits(shape: Shape, value: Mapping[str, Any]) -> None:
    for key, bound in bounds(value).items():
        known = shape.limits.get(key, bound)
        strictest = max if key in LARGEST else min
        shape.limits[key] = strictest(known, bound)
    step: Any = value.get("multipleOf")
    if is_number(step) and step > 0:
        shape.steps.append(step)
    if isinstance(value.get("pattern"), str):
        shape.patterns.append(value["pattern"])


def _object(shape: Shape, node: Node, value: Mapping[str, Any]) -> None:
    if not _OF_PROPERTIES.isdisjoint(value):
        shape.members.append(node)
    shape.required.update(dict.fromkeys(texts_in(value.get("required"))))
    for name, others in mapping(node, "dependentRequired").items():
        shape.dependent.setdefault(name, []).extend(as_list(others))
    if "propertyNames" in value:
        shape.names += (node.raw("propertyNames"),)


def _array(shape: Shape, node: Node, value: Mapping[str, Any]) -> None:
    shape.unique |= value.get("uniqueItems") is True
    key = "prefixItems"
    if isinstance(value.get("items"), list):
        key = "items"  # as the drafts before 2020-12 write it
    for index, part in enumerate(each(node, key)):
        shape.prefixes += [()] * (index + 1 - len(shape.prefixes))
        shape.prefixes[index] += (part,)
    if isinstance(value.get("items"), (dict, bool)):
        shape.items += (node.raw("items"),)
    if isinstance(value.get("contains"), dict):
        shape.contains += (node.raw("contains"),)


def _not(shape: Shape, node: Node, unwanted: Any) -> None:
    """Heed the forms of `not` that can be met by construction; the others are met by drawing again."""
    shape.excluded += (node.raw("not"),)
    if unwanted == {} or unwanted is True:
        shape.never = True
    elif isinstance(unwanted, dict) and unwanted.keys() <= {"required", "type"}:
        names = texts_in(unwanted.get("required"))
        if len(names) == 1:
            shape.forbidden.update(names)
