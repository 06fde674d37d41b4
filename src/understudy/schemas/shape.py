"""Schemas as a generator needs them: `$ref` and `allOf` merged into one shape, alternatives set apart, and all of it cached."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from understudy.contracts.extensions import FAKER, UNIQUE
from understudy.contracts.source import Document, Node
from understudy.schemas.choice import Choice, Parts, choices, component, each, mapping, subtypes
from understudy.schemas.patterns import matches

MAX_MERGED: Final = 400  # a schema made of more parts than this is taken for endless
_TYPES: Final = ("object", "array", "string", "integer", "number", "boolean", "null")
_HINTS: Final = (
    (
        "object",
        (
            "properties",
            "required",
            "additionalProperties",
            "patternProperties",
            "minProperties",
            "propertyNames",
        ),
    ),
    ("array", ("items", "prefixItems", "minItems", "maxItems", "contains", "uniqueItems")),
    ("string", ("pattern", "format", "minLength", "maxLength")),
    ("number", ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
)
_NUMERIC_FORMATS: Final = {"int32": "integer", "int64": "integer", "float": "number", "double": "number"}
_LARGEST: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains")
_SMALLEST: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains")
# Keywords that construction may miss.
_UNSURE: Final = frozenset(
    {"contains", "uniqueItems", "dependentSchemas", "dependentRequired", "propertyNames", "minProperties",
     "maxProperties", "unevaluatedProperties", "unevaluatedItems", "patternProperties"}
)  # fmt: skip
_BITS: Final = {"int32": 31, "int64": 63}


@dataclass(slots=True)
class Shape:
    """One or more schemas merged. What one of them limits is limited; what none of them mentions is free.

    taken: keys of the choices that are already part of it. merged: every schema that went into it.
    types: the allowed types, or None for any. limits: `minimum`, `maxLength`, … the strictest of each.
    provider: the method of Faker that makes it, where the contract says so. is_key: whether no two items may have the same.
    constants: the only values there are (`enum`, `const`), or None. samples: `example`, `examples` and `default`, in that order.
    labels: what discriminators' properties say of the branches that were taken.
    valid_samples, valid_constants, known_members: what `Sources` found out about it, kept here.
    """

    parts: Parts
    taken: frozenset[str]
    merged: dict[Node, None] = field(default_factory=dict)
    members: list[Node] = field(default_factory=list)
    types: tuple[str, ...] | None = None
    never: bool = False
    hidden: bool = False
    nullable: bool = False
    constants: list[Any] | None = None
    samples: list[Any] = field(default_factory=list)
    hints: set[str] = field(default_factory=set)
    format: str = ""
    provider: str = ""
    is_key: bool = False
    patterns: list[str] = field(default_factory=list)
    steps: list[float] = field(default_factory=list)
    limits: dict[str, float] = field(default_factory=dict)
    unique: bool = False
    required: dict[str, None] = field(default_factory=dict)
    forbidden: set[str] = field(default_factory=set)
    dependent: dict[str, list[str]] = field(default_factory=dict)
    names: Parts = ()
    prefixes: list[Parts] = field(default_factory=list)
    items: Parts = ()
    contains: Parts = ()
    choices: list[Choice] = field(default_factory=list)
    excluded: Parts = ()
    defaults: list[Any] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    valid_samples: list[Any] | None = None
    valid_constants: list[Any] | None = None
    known_members: dict[str, Member] = field(default_factory=dict)
    _declared: dict[str, Parts | None] | None = None
    _is_sure: bool | None = None

    @property
    def kind(self) -> str:
        """The type to make: the first that is allowed and not null, or what the keywords speak of; "" where nothing tells."""
        if self.types is not None:
            return next((name for name in self.types if name != "null"), "null")
        if self.format in _NUMERIC_FORMATS:
            return _NUMERIC_FORMATS[self.format]
        return next((kind for kind, words in _HINTS if not self.hints.isdisjoint(words)), "")

    @property
    def is_sure(self) -> bool:
        """Whether a value that is made after it is valid, or may yet meet what no construction sees to."""
        if self._is_sure is None:
            exclusive = any(choice.key.endswith(("/oneOf", "/if")) for choice in self.choices)
            self._is_sure = not exclusive and not self.excluded and self.hints.isdisjoint(_UNSURE)
        return self._is_sure

    @property
    def plain_defaults(self) -> list[Any]:
        """The defaults that are no objects and no arrays."""
        return [one for one in self.defaults if not isinstance(one, (dict, list))]

    @property
    def component(self) -> str:
        """The first name under which one of the schemas stands in the document, or ""."""
        return next((name for name in map(component, self.merged) if name), "")

    def limit(self, name: str, default: float) -> int:
        """Return a limit that counts something, as an integer."""
        return (
            math.ceil(self.limits.get(name, default))
            if name.startswith("min")
            else math.floor(self.limits.get(name, default))
        )

    @property
    def declared(self) -> dict[str, Parts | None]:
        """The properties that the schemas speak of, declared ones first and in their order, and what holds for each."""
        if self._declared is None:
            names = [name for member in self.members for name in mapping(member, "properties")]
            self._declared = {name: self._find(name) for name in [*names, *self.required]}
        return self._declared

    def property(self, name: str) -> Parts | None:
        """Return what holds for a property, declared or not; None where it must not be there."""
        return self.declared[name] if name in self.declared else self._find(name)

    def _find(self, name: str) -> Parts | None:
        found: list[Node] = []
        for member in self.members:
            if name in mapping(member, "properties"):
                found.append(member.raw("properties", name))
            matching = [pattern for pattern in mapping(member, "patternProperties") if matches(pattern, name)]
            found += (member.raw("patternProperties", pattern) for pattern in matching)
            if (
                not matching
                and name not in mapping(member, "properties")
                and member.has("additionalProperties")
            ):
                found.append(member.raw("additionalProperties"))
        if name in self.forbidden or any(part.value is False for part in found):
            return None
        return tuple(dict.fromkeys(part for part in found if isinstance(part.value, dict)))


@dataclass(frozen=True, slots=True)
class Member:
    """What holds for one property of an object.

    name: in snake case. shape: None where it must not be there. is_nested: it is an object or array, or may be one.
    is_null: it had better be null. leads_on: it leads to another page, of which there is none.
    """

    name: str
    shape: Shape | None
    is_nested: bool = False
    is_null: bool = False
    is_hidden: bool = False
    leads_on: bool = False


class Shapes:
    """The shapes of one document for one direction, each made once."""

    def __init__(self, direction: str) -> None:
        self._hidden_flag = "readOnly" if direction == "request" else "writeOnly"
        self._made: dict[tuple[Parts, frozenset[str]], Shape] = {}

    def of(self, parts: Parts, taken: frozenset[str] = frozenset()) -> Shape:
        """Return the shape of schemas that must all hold. Raises KeyError for a reference that leads nowhere."""
        shape = self._made.get((parts, taken))
        if shape is None:
            shape = Shape(parts, taken)
            for part in parts:
                self._absorb(shape, part, 0)
            shape.choices += subtypes(shape.merged, taken)
            self._made[parts, taken] = shape
        return shape

    def taking(self, shape: Shape, choice: Choice, index: int) -> Shape:
        """Return a shape with one branch of one of its choices taken. Raises KeyError as `of` does."""
        merged = self.of(shape.parts + choice.branches[index], shape.taken | {choice.key})
        merged.labels.update(shape.labels)
        label = choice.labels[index] if choice.labels else None
        if label is not None:
            merged.labels[choice.property] = label
        return merged

    def _absorb(self, shape: Shape, node: Node, depth: int) -> None:
        value = node.value
        if value is False or len(shape.merged) > MAX_MERGED:
            shape.never = True
        if not isinstance(value, dict) or node in shape.merged:
            return
        shape.merged[node] = None
        reference = value.get("$ref", value.get("$dynamicRef"))
        if isinstance(reference, str):
            shape.hidden |= value.get(self._hidden_flag) is True
            shape.nullable |= value.get("nullable") is True
            self._absorb(shape, node.document.target(node, reference), depth)
            if _is_30(node.document):
                return  # there, what stands beside a `$ref` means nothing
        shape.hidden |= depth <= 1 and value.get(self._hidden_flag) is True
        _merge(shape, node, value)
        for part in each(node, "allOf"):
            self._absorb(shape, part, depth + 1)
        for name in mapping(node, "dependentSchemas"):
            self._absorb(shape, node.raw("dependentSchemas", name), depth + 1)


# ---- merging


def _merge(shape: Shape, node: Node, value: Mapping[str, Any]) -> None:
    """Add one schema's own keywords to a shape; for each the stricter of two wins."""
    shape.hints.update(value)
    shape.provider = shape.provider or str(value.get(FAKER) or "")
    shape.is_key |= value.get(UNIQUE) is True
    _merge_types(shape, value)
    _merge_values(shape, value)
    _merge_limits(shape, value)
    _merge_object(shape, node, value)
    _merge_array(shape, node, value)
    if "not" in value:
        _merge_not(shape, node, value["not"])
    shape.choices += (choice for choice in choices(node, value) if choice.key not in shape.taken)


def _merge_types(shape: Shape, value: Mapping[str, Any]) -> None:
    stated = [name for name in _list(value.get("type")) if name in _TYPES]
    shape.nullable |= value.get("nullable") is True or "null" in stated
    if stated:
        shape.types = tuple(stated) if shape.types is None else tuple(_both(shape.types, stated))
        shape.never |= not shape.types
    if isinstance(value.get("format"), str):
        shape.format = shape.format or value["format"]


def _both(one: tuple[str, ...], other: list[str]) -> Iterator[str]:
    for name in one:
        if name in other or (name == "integer" and "number" in other):
            yield name
        elif name == "number" and "integer" in other:
            yield "integer"


def _merge_values(shape: Shape, value: Mapping[str, Any]) -> None:
    for stated in ([value["const"]] if "const" in value else None, value.get("enum")):
        if isinstance(stated, list) and stated:
            shape.constants = (
                stated if shape.constants is None else [one for one in shape.constants if one in stated]
            )
    shape.samples += [value["example"]] if "example" in value else []
    shape.samples += value["examples"] if isinstance(value.get("examples"), list) else []
    shape.defaults += [value["default"]] if "default" in value else []


def _merge_limits(shape: Shape, value: Mapping[str, Any]) -> None:
    limits = {key: value[key] for key in (*_LARGEST, *_SMALLEST) if _is_number(value.get(key))}
    for side in ("min", "max"):  # 3.0 writes an exclusive bound as true beside the bound
        if value.get(f"exclusive{side.title()}imum") is True and f"{side}imum" in limits:
            limits[f"exclusive{side.title()}imum"] = limits.pop(f"{side}imum")
    bits = _BITS.get(str(value.get("format")))
    for key, bound in limits.items():
        best = max if key in _LARGEST else min
        shape.limits[key] = best(shape.limits.get(key, bound), bound)
    if bits:
        shape.limits["minimum"] = max(shape.limits.get("minimum", -(2**bits)), -(2**bits))
        shape.limits["maximum"] = min(shape.limits.get("maximum", 2**bits - 1), 2**bits - 1)
    if _is_number(value.get("multipleOf")) and value["multipleOf"] > 0:
        shape.steps.append(value["multipleOf"])
    if isinstance(value.get("pattern"), str):
        shape.patterns.append(value["pattern"])


def _merge_object(shape: Shape, node: Node, value: Mapping[str, Any]) -> None:
    if not value.keys().isdisjoint(("properties", "patternProperties", "additionalProperties")):
        shape.members.append(node)
    shape.required.update(
        dict.fromkeys(name for name in _list(value.get("required")) if isinstance(name, str))
    )
    for name, others in mapping(node, "dependentRequired").items():
        shape.dependent.setdefault(name, []).extend(_list(others))
    if "propertyNames" in value:
        shape.names += (node.raw("propertyNames"),)


def _merge_array(shape: Shape, node: Node, value: Mapping[str, Any]) -> None:
    shape.unique |= value.get("uniqueItems") is True
    key = "items" if isinstance(value.get("items"), list) else "prefixItems"
    for index, part in enumerate(each(node, key)):
        shape.prefixes += [()] * (index + 1 - len(shape.prefixes))
        shape.prefixes[index] += (part,)
    if isinstance(value.get("items"), (dict, bool)):
        shape.items += (node.raw("items"),)
    if isinstance(value.get("contains"), dict):
        shape.contains += (node.raw("contains"),)


def _merge_not(shape: Shape, node: Node, unwanted: Any) -> None:
    """Heed the forms of `not` that can be met by construction; the others are met by drawing again."""
    shape.excluded += (node.raw("not"),)
    if unwanted == {} or unwanted is True:
        shape.never = True
    elif isinstance(unwanted, dict) and unwanted.keys() <= {"required", "type"}:
        names = [name for name in _list(unwanted.get("required")) if isinstance(name, str)]
        shape.forbidden.update(names if len(names) == 1 else ())


# ---- reading what documents really hold


def _is_30(document: Document) -> bool:
    return str(document.root.get("openapi")).startswith("3.0")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
