"""Text as values: what a text, or a tree of texts, becomes under a schema."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from itertools import repeat
from typing import Any, Final

from understudy.contracts.source import Node
from understudy.errors import BodyMalformed, Failure
from understudy.media.json_codec import decode
from understudy.pointers import escape
from understudy.schemas.direction import Direction
from understudy.schemas.shape import Shape
from understudy.schemas.shapes import Shapes
from understudy.schemas.validators import Validator

Raw = str | list["Raw"] | dict[str, "Raw"]
"""Decoded texts in the shape in which they came."""

INTEGERS = range(-(2**63), 2**64)
"""What fits into 64 bits, signed or not: as far as JSON parsers carry integers without loss."""

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")  # RFC 8259 §6
_BOOLEANS = {"true": True, "false": False}
WIDE_BOOLEANS = {**_BOOLEANS, "1": True, "0": False, "on": True, "off": False}
"""What clients write for a boolean: Python `True`, PHP `1`, the checkbox of a form `on`; in any case."""
LENIENT_BOOLEANS = {**WIDE_BOOLEANS, "yes": True, "no": False}
_MOST_DIGITS = 4000  # Python refuses to read much longer integers, and no sandbox takes them

# A text is tried as these, in this order: what fewest texts can be comes first. Where a schema says nothing,
# it stays text if it may.
_ORDER = ("integer", "number", "boolean", "string", "null", "array", "object")
_ORDER_UNTYPED = ("string", "integer", "number", "boolean", "null", "array", "object")
_SCALARS = frozenset({"integer", "number", "boolean"})
_PRIMITIVES = frozenset({"integer", "number", "boolean", "string", "null"})
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


# ---- readings

_FEW: Final = 2  # candidates that are judged as they are
_DEEPEST: Final = 3  # arrays of arrays that a text may be the only item of


class Readings:
    """The readings of some schemas, each made once: a schema is known by its place."""

    def __init__(
        self, validator_of: Callable[[Node], Validator], booleans: Mapping[str, bool] = WIDE_BOOLEANS
    ) -> None:
        """`booleans`: texts in lower case that are one beside `true` and `false`, where nothing else may
        be.
        """
        self.validator_of = validator_of
        self.booleans = booleans
        self.shapes = Shapes(Direction.REQUEST)
        self._made: dict[tuple[Node, ...], Reading] = {}
        self.depth = 0  # arrays that are being read of which a text is the only item
        self.within = 0  # arrays of which an item is being read

    def of(self, *nodes: Node) -> Reading:
        """Return how text becomes a value that holds against all of these schemas."""
        reading = self._made.get(nodes)
        if reading is None:
            reading = self._made[nodes] = Reading(nodes, self)
        return reading


class Reading:
    """How text becomes a value of a schema.

    shapes: the ways in which a value may look, one for each choice of alternatives.
    types: what a value may be, in the order in which a text is tried as such. is_untyped: the schema does not
    say.
    conversion: reads a text as the one type, where there is but one and that is a primitive; it returns None
    for a text that is none.
    plain: the one type the schema asks for, where it asks for nothing else, so that no validator is needed;
    else empty.
    """

    def __init__(self, nodes: tuple[Node, ...], readings: Readings) -> None:
        self._nodes, self._readings = nodes, readings
        self.shapes = readings.shapes.alternatives(readings.shapes.of(nodes))
        types = {kind for shape in self.shapes for kind in shape.possible}
        if any(shape.nullable for shape in self.shapes):
            types.add("null")
        self.is_untyped = not all(shape.possible for shape in self.shapes)
        self.types = tuple(kind for kind in _ORDER if kind in types)
        if self.is_untyped:
            self.types = _ORDER_UNTYPED
        self.takes_text = not _PRIMITIVES.isdisjoint(self.types)
        self.takes_array, self.takes_object = "array" in self.types, "object" in self.types
        self.plain = self._plain()
        self.conversion = self._conversion()

    def _plain(self) -> str:
        if not self._nodes:
            return "string"
        has_one_type = self.is_untyped or len(self.types) == 1
        if not has_one_type or len(self._nodes) > 1:
            return ""
        schema = self._nodes[0].value
        return self.types[0] if isinstance(schema, dict) and all(map(_only_describes, schema)) else ""

    def _conversion(self) -> Callable[[str], Any] | None:
        if self.is_untyped or len(self.types) > 1:
            return None
        known: dict[str, Callable[[str], Any]] = {
            "string": str,
            "integer": integer_of_64_bits,
            "number": number,
            "boolean": self._wide_boolean,
        }
        return known.get(self.types[0])

    def _wide_boolean(self, text: str) -> bool | None:
        value = _BOOLEANS.get(text)
        if value is None:
            value = self._readings.booleans.get(text.lower())
        return value

    def scalar(self, text: str) -> Any:
        """Return the number or the boolean that a text means, where it may be one and no text."""
        if self.is_untyped or "string" in self.types:
            return text
        found: list[Any] = []
        for kind in filter(_SCALARS.__contains__, self.types):
            value = self._primitive(kind, text)
            if value is not None:
                found.append(value)
        found += self._wide_booleans(text)
        return self._first_valid(found or [text])

    @cached_property
    def members(self) -> frozenset[str]:
        """The properties an object may have, as far as the schema names them."""
        objects = (shape for shape in self.shapes if shape.may_be("object"))
        return frozenset(name for shape in objects for name in shape.properties)

    @cached_property
    def is_open(self) -> bool:
        """Whether an object is one of names the schema leaves to the caller: it says so, or it says nothing
        at all.
        """
        return any("object" in shape.possible and shape.is_open for shape in self.shapes)

    @cached_property
    def _validators(self) -> tuple[Validator, ...]:
        return tuple(self._readings.validator_of(node) for node in self._nodes)

    @cached_property
    def is_valid(self) -> Callable[[Any], bool]:
        """Tells whether a value holds against the schema; compiled when it is first asked for."""
        checks = [validator.is_valid for validator in self._validators]
        if len(checks) == 1:
            return checks[0]
        return lambda value: all(check(value) for check in checks)

    def failures(self, value: Any, location: str, pointer: str) -> list[Failure]:
        """Name what is wrong with a value."""
        found: list[Failure] = []
        for validator in self._validators:
            found += validator.failures(value, location, pointer)
        return found

    def value(self, raw: Raw) -> Any:
        """Return the likeliest valid value; where there is none, the likeliest one, for the validator to name
        what is wrong.
        """
        if isinstance(raw, str):
            return self._of_text(raw)
        return self._first_valid([self._of_structure(shape, raw) for shape in self.shapes])

    @cached_property
    def is_slow(self) -> bool:
        """Whether to judge a value takes a thousand times as long as it mostly does."""
        return any(validator.is_woven for validator in self._validators)

    def _first_valid(self, candidates: list[Any]) -> Any:
        if len(candidates) == 1:
            return candidates[0]
        return next(filter(self.is_valid, distinct(candidates)), candidates[0])

    def _of_text(self, text: str) -> Any:
        if self.conversion:
            value = self.conversion(text)
            if value is not None:
                return value
        if self.plain == "string":
            return text
        return self._first_valid(list(self._conversions(text)) or [text])

    def _conversions(self, text: str) -> Iterator[Any]:
        """Yield what a text can be, one type after another."""
        for kind in self.types:
            if kind == "string":
                yield text
            elif kind in ("array", "object"):
                yield from self._nested(kind, text)
            elif kind == "null":
                if text in ("", "null"):
                    yield None
            else:
                value = self._primitive(kind, text)
                if value is not None:
                    yield value
        yield from self._wide_booleans(text)  # what is no text, number or JSON either

    def _wide_booleans(self, text: str) -> Iterator[bool]:
        if "boolean" in self.types:
            value = self._wide_boolean(text)
            if value is not None:
                yield value

    def _primitive(self, kind: str, text: str) -> int | float | bool | None:
        if kind == "number":
            return number(text)
        if kind == "boolean":
            return _BOOLEANS.get(text)
        whole = integer(text)
        # What 64 bits do not hold had better be a number or a text, where it may.
        is_last = "number" not in self.types and "string" not in self.types
        return whole if whole is not None and (whole in INTEGERS or is_last) else None

    def _nested(self, kind: str, text: str) -> Iterator[Any]:
        """Read a text where an array or object belongs, which no style defines: people send JSON, or an
        array's only item.
        """
        if text.startswith("[" if kind == "array" else "{"):
            with suppress(BodyMalformed):
                yield decode(text.encode())
        if kind == "array":
            yield from self._alone(text)

    def _alone(self, text: str) -> Iterator[Any]:
        """Read a text as the only item of an array, which may be an array of arrays, though not for ever; of
        an array within an array else as its items, with commas between them (OpenAPI 2.0, Items Object: csv).
        """
        if self._readings.depth >= _DEEPEST:
            return
        for shape in self.shapes:
            if "array" in shape.possible:
                self._readings.depth += 1
                found = [self._of_structure(shape, [text])]
                if self._readings.within:
                    found.append(self._of_structure(shape, [*text.split(",")]))
                self._readings.depth -= 1
                yield from found

    def _of_structure(self, shape: Shape, raw: list[Raw] | dict[str, Raw]) -> Any:
        if isinstance(raw, dict) and "array" in shape.possible and all(map(str.isdigit, raw)):
            raw = numbered(raw)
        if isinstance(raw, list):
            return self._items(shape, raw) if shape.may_be("array") else raw
        if not shape.may_be("object"):
            return raw
        value: dict[str, Any] = {}
        for name, member in raw.items():
            value[name] = self._readings.of(*(shape.property(name) or ())).value(member)
        return value

    def _items(self, shape: Shape, raw: list[Raw]) -> list[Any]:
        parts = [*shape.prefixes, *repeat(shape.items, len(raw) - len(shape.prefixes))]
        self._readings.within += 1
        items = [self._readings.of(*part).value(text) for part, text in zip(parts, raw, strict=False)]
        self._readings.within -= 1
        return items


def distinct(candidates: list[Any]) -> list[Any]:
    """Return values without those that are the same as one before: most of many alternatives read a value in
    the same way. `1` and `true` are two.
    """
    if len(candidates) <= _FEW:
        return candidates
    return list({repr(one): one for one in candidates}.values())


def _only_describes(keyword: str) -> bool:
    return keyword in _ANNOTATIONS or keyword.startswith("x-")


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
            for name, member in value.items():
                waiting.append((f"{pointer}/{escape(name)}", member))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                waiting.append((f"{pointer}/{index}", item))
        elif isinstance(value, int) and value not in INTEGERS:
            found[pointer] = value
    return found
