"""Text as values: what a text, or a tree of texts, becomes under a schema."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, reduce
from itertools import chain, islice, product, repeat
from typing import Any

from understudy.contracts.source import Node
from understudy.errors import BodyMalformed, Failure
from understudy.media.json_codec import decode
from understudy.pointers import escape
from understudy.schemas.validators import Validator

Raw = str | list["Raw"] | dict[str, "Raw"]
"""Decoded texts in the shape in which they came."""

INTEGERS = range(-(2**63), 2**64)
"""What fits into 64 bits, signed or not: as far as JSON parsers carry integers without loss."""

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")  # RFC 8259 §6
_BOOLEANS = {"true": True, "false": False}
_LENIENT_BOOLEANS = {**_BOOLEANS, "1": True, "0": False, "yes": True, "no": False}
_MOST_DIGITS = 4000  # Python refuses to read much longer integers, and no sandbox takes them

# A text is tried as these, in this order: what fewest texts can be comes first. Where a schema says nothing,
# it stays text if it may.
_ORDER = ("integer", "number", "boolean", "string", "null", "array", "object")
_ORDER_UNTYPED = ("string", "integer", "number", "boolean", "null", "array", "object")
_PRIMITIVES = frozenset({"integer", "number", "boolean", "string", "null"})
_NUMERIC_FORMATS = {"int32": "integer", "int64": "integer", "float": "number", "double": "number"}
_HINTS = {
    **dict.fromkeys(("minLength", "maxLength", "pattern"), "string"),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), "number"),
    **dict.fromkeys(("items", "prefixItems", "minItems", "maxItems", "uniqueItems"), "array"),
    **dict.fromkeys(("properties", "additionalProperties", "patternProperties", "required"), "object"),
}
CLASSES: Mapping[str, tuple[type, ...]] = {
    "number": (int, float),
    "integer": (int,),
    "string": (str,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
"""The classes whose values are of a JSON type."""

_TYPES_BY_CLASS = {
    kind: name for name, kinds in CLASSES.items() for kind in kinds
}  # the narrower name stands later and wins
# A schema of these keywords alone accepts every value of its type.
_ANNOTATIONS = frozenset(
    {
        "type",
        "title",
        "description",
        "default",
        "example",
        "examples",
        "deprecated",
        "externalDocs",
        "$comment",
    }
)
_MOST_OUTLINES = 64  # alternatives of a schema that are told apart


# ---- texts


def integer(text: str) -> int | None:
    """Read `-?[0-9]+` as an integer of any size; None for anything else."""
    sign, digits = ("-", text[1:]) if text[:1] == "-" else ("", text)
    if not (digits.isdigit() and digits.isascii()):
        return None
    if len(digits) > _MOST_DIGITS:
        digits = digits.lstrip("0")[:_MOST_DIGITS] or "0"
    return int(sign + digits)


def integer_of_64_bits(text: str) -> int | None:
    """Read an integer that 64 bits hold; None for anything else."""
    value = integer(text)
    return value if value is not None and value in INTEGERS else None


def number(text: str) -> int | float | None:
    """Read a number as JSON writes it: an int where it is a whole one of at most 64 bits, else a finite
    float; or None.
    """
    if not _NUMBER.fullmatch(text):
        return None
    whole = integer_of_64_bits(text)
    if whole is not None:
        return whole
    value = float(text)
    return value if math.isfinite(value) else None


# ---- schemas


@dataclass(frozen=True, slots=True)
class Outline:
    """One way in which a value may look: a schema with its `$ref` and `allOf` merged, and one branch of each
    `oneOf` and `anyOf`.

    types: JSON types; empty where the schema names none. properties, extra, items, prefix: the schemas that
    hold for a part of it.
    is_open: whether an object takes members it does not name; None where the schema does not say.
    """

    types: frozenset[str] = frozenset()
    items: tuple[Node, ...] = ()
    prefix: tuple[Node, ...] = ()
    properties: Mapping[str, tuple[Node, ...]] = field(default_factory=dict)
    extra: tuple[Node, ...] = ()
    is_open: bool | None = None

    def __and__(self, other: Outline) -> Outline:
        """Merge two outlines that hold together."""
        names = {**self.properties, **other.properties}
        is_open = False if False in (self.is_open, other.is_open) else self.is_open or other.is_open
        return Outline(
            self.types & other.types
            or self.types | other.types,  # one type too many costs a try, one too few a request
            self.items + other.items,
            self.prefix or other.prefix,
            {name: self.properties.get(name, ()) + other.properties.get(name, ()) for name in names},
            self.extra + other.extra,
            is_open,
        )

    def may_be(self, kind: str) -> bool:
        """Tell whether the schema lets a value be of this type; one without types lets it be any."""
        return not self.types or kind in self.types


def outlines(node: Node, above: tuple[str, ...] = ()) -> tuple[Outline, ...]:
    """Return the outlines a schema allows; none only for a schema that is one of those `above`, whose part it
    would be for ever.
    """
    if node.address in above:
        return ()
    if not isinstance(node.value, dict):
        return (Outline(),)
    above = (*above, node.address)
    choices: list[tuple[Outline, ...]] = [(_own_outline(node),)]
    if isinstance(node.get("$ref"), str):  # which stands there where the schema says more beside it
        choices.append(outlines(node.document.target(node, node.get("$ref")), above))
    choices += (outlines(part, above) for part in branches(node, "allOf"))
    choices += (
        tuple(outline for part in branches(node, key) for outline in outlines(part, above))
        for key in ("oneOf", "anyOf")
    )
    merged = (reduce(Outline.__and__, combined) for combined in product(*filter(None, choices)))
    return tuple(islice(merged, _MOST_OUTLINES))


def branches(node: Node, key: str) -> Iterator[Node]:
    """Walk the schemas listed under a keyword such as `allOf`."""
    listed = node.get(key)
    return (node.child(key, index) for index in range(len(listed))) if isinstance(listed, list) else iter(())


def _own_outline(node: Node) -> Outline:
    key = "additionalProperties" if node.has("additionalProperties") else "unevaluatedProperties"
    items, properties, patterns, stated = (
        node.find("items"),
        node.find("properties"),
        node.find("patternProperties"),
        node.get(key),
    )
    extra = (
        [node.child(key)]
        if isinstance(stated, dict)
        else [part for _, part in patterns.items()]
        if patterns
        else []
    )
    return Outline(
        _own_types(node.value),
        (items,) if items and isinstance(items.value, dict) else (),
        tuple(branches(node, "prefixItems")),
        {name: (part,) for name, part in properties.items()} if properties else {},
        tuple(extra)
        if len(extra) == 1
        else (),  # which of several patterns a name matches is the validator's business
        True if extra else stated if isinstance(stated, bool) else None,
    )


def _own_types(schema: Mapping[str, Any]) -> frozenset[str]:
    stated = schema.get("type")
    found = {name for name in (stated if isinstance(stated, list) else [stated]) if name in _ORDER}
    if not found:
        listed = schema.get("enum", [schema["const"]] if "const" in schema else [])
        found = (
            {_TYPES_BY_CLASS[type(value)] for value in listed if type(value) in _TYPES_BY_CLASS}
            if isinstance(listed, list)
            else set()
        )
    if not found:
        found = {_HINTS[key] for key in schema if key in _HINTS} or {
            _NUMERIC_FORMATS.get(str(schema.get("format")), "")
        } - {""}
    return frozenset(found)


# ---- readings


class Readings:
    """The readings of some schemas, each made once: a schema is known by its place."""

    def __init__(self, validator_of: Callable[[Node], Validator], lenient_booleans: bool = False) -> None:
        self.validator_of = validator_of
        self.booleans = _LENIENT_BOOLEANS if lenient_booleans else _BOOLEANS
        self.is_lenient = lenient_booleans
        self._made: dict[tuple[Node, ...], Reading] = {}

    def of(self, *nodes: Node) -> Reading:
        """Return how text becomes a value that holds against all of these schemas."""
        reading = self._made.get(nodes)
        if reading is None:
            reading = self._made[nodes] = Reading(nodes, self)
        return reading


class Reading:
    """How text becomes a value of a schema.

    types: what a value may be, in the order in which a text is tried as such. is_untyped: the schema does not
    say.
    conversion: reads a text as the one type, where there is but one and that is a primitive; it returns None
    for a text that is none.
    plain: the one type the schema asks for, where it asks for nothing else, so that no validator is needed;
    else empty.
    """

    def __init__(self, nodes: tuple[Node, ...], readings: Readings) -> None:
        self._nodes, self._readings = nodes, readings
        merged = (reduce(Outline.__and__, combined, Outline()) for combined in product(*map(outlines, nodes)))
        self.outlines = tuple(islice(merged, _MOST_OUTLINES))
        types = frozenset().union(*(outline.types for outline in self.outlines))
        if any(node.get("nullable") is True for node in nodes):
            types |= {"null"}
        self.is_untyped = any(not outline.types for outline in self.outlines)
        self.types = _ORDER_UNTYPED if self.is_untyped else tuple(kind for kind in _ORDER if kind in types)
        self.takes_text = not _PRIMITIVES.isdisjoint(self.types)
        self.takes_array, self.takes_object = "array" in self.types, "object" in self.types
        self.plain = self._plain()
        self.conversion = self._conversion()

    def _plain(self) -> str:
        if not self._nodes:
            return "string"
        schema = self._nodes[0].value
        if (
            len(self._nodes) > 1
            or not isinstance(schema, dict)
            or not all(key in _ANNOTATIONS or key.startswith("x-") for key in schema)
        ):
            return ""
        return self.types[0] if self.is_untyped or len(self.types) == 1 else ""

    def _conversion(self) -> Callable[[str], Any] | None:
        if self.is_untyped or len(self.types) > 1:
            return None
        known: dict[str, Callable[[str], Any]] = {
            "string": str,
            "integer": integer_of_64_bits,
            "number": number,
            "boolean": self._boolean,
        }
        return known.get(self.types[0])

    def _boolean(self, text: str) -> bool | None:
        return self._readings.booleans.get(text.lower() if self._readings.is_lenient else text)

    @cached_property
    def members(self) -> frozenset[str]:
        """The properties an object may have, as far as the schema names them."""
        return frozenset(
            name for outline in self.outlines if outline.may_be("object") for name in outline.properties
        )

    @cached_property
    def is_open(self) -> bool:
        """Whether an object is one of names the schema leaves to the caller: it says so, or it says nothing
        at all.
        """
        objects = [outline for outline in self.outlines if "object" in outline.types]
        return any(
            outline.is_open or (outline.is_open is None and not outline.properties) for outline in objects
        )

    @cached_property
    def _validators(self) -> tuple[Validator, ...]:
        return tuple(self._readings.validator_of(node) for node in self._nodes)

    @cached_property
    def is_valid(self) -> Callable[[Any], bool]:
        """Tells whether a value holds against the schema; compiled when it is first asked for."""
        checks = [validator.is_valid for validator in self._validators]
        return checks[0] if len(checks) == 1 else lambda value: all(check(value) for check in checks)

    def failures(self, value: Any, location: str, pointer: str) -> list[Failure]:
        """Name what is wrong with a value."""
        return [
            failure
            for validator in self._validators
            for failure in validator.failures(value, location, pointer)
        ]

    def value(self, raw: Raw) -> Any:
        """Return the likeliest valid value; where there is none, the likeliest one, for the validator to name
        what is wrong.
        """
        if isinstance(raw, str):
            return self._of_text(raw)
        return self._first_valid([self._of_structure(outline, raw) for outline in self.outlines])

    def _first_valid(self, candidates: list[Any]) -> Any:
        if len(candidates) == 1:
            return candidates[0]
        return next((value for value in candidates if self.is_valid(value)), candidates[0])

    def _of_text(self, text: str) -> Any:
        if self.conversion and (value := self.conversion(text)) is not None:
            return value
        if self.plain == "string":
            return text
        return self._first_valid(list(self._conversions(text)) or [text])

    def _conversions(self, text: str) -> Iterator[Any]:
        for kind in self.types:
            if kind == "integer":
                whole = integer(text)
                if whole is not None and (whole in INTEGERS or not {"number", "string"} & set(self.types)):
                    yield whole
            elif kind == "number":
                if (value := number(text)) is not None:
                    yield value
            elif kind == "boolean":
                if (flag := self._boolean(text)) is not None:
                    yield flag
            elif kind == "string":
                yield text
            elif kind == "null":
                if text in ("", "null"):
                    yield None
            else:
                yield from self._nested(kind, text)

    def _nested(self, kind: str, text: str) -> Iterator[Any]:
        """Read a text where an array or object belongs, which no style defines: people send JSON, or an
        array's only item.
        """
        if text.startswith("[" if kind == "array" else "{"):
            with suppress(BodyMalformed):
                yield decode(text.encode())
        if kind == "array":
            yield from (
                self._of_structure(outline, [text]) for outline in self.outlines if "array" in outline.types
            )

    def _of_structure(self, outline: Outline, raw: list[Raw] | dict[str, Raw]) -> Any:
        if isinstance(raw, dict) and "array" in outline.types and all(key.isdigit() for key in raw):
            raw = numbered(raw)
        if isinstance(raw, list):
            return self._items(outline, raw) if outline.may_be("array") else raw
        if not outline.may_be("object"):
            return raw
        return {
            name: self._readings.of(*outline.properties.get(name, outline.extra)).value(member)
            for name, member in raw.items()
        }

    def _items(self, outline: Outline, raw: list[Raw]) -> list[Any]:
        item = self._readings.of(*outline.items)
        if not outline.prefix:
            return [item.value(text) for text in raw]
        readings = chain((self._readings.of(node) for node in outline.prefix), repeat(item))
        return [reading.value(text) for reading, text in zip(readings, raw, strict=False)]


def numbered(items: Mapping[str, Raw]) -> list[Raw]:
    """Put items in the order of their numbers, whose gaps close."""
    return [items[index] for index in sorted(items, key=lambda index: (len(index), index))]


def beyond_64_bits(value: Any, pointer: str) -> dict[str, int]:
    """Find the integers in a value that 64 bits cannot hold, by their pointers."""
    found = {}
    waiting = [(pointer, value)]
    while waiting:
        pointer, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(f"{pointer}/{escape(name)}", member) for name, member in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{pointer}/{index}", item) for index, item in enumerate(value)]
        elif isinstance(value, int) and value not in INTEGERS:
            found[pointer] = value
    return found
