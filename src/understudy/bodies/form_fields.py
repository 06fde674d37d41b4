"""The fields of a form, whatever carried them, as the members of an object: names with their brackets, texts
by the schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec import Struct

from understudy.contracts.contract import MediaType
from understudy.contracts.source import Node
from understudy.contracts.swagger_words import TABS
from understudy.errors import Failure, RequestInvalid, show
from understudy.messages import NOTHING
from understudy.parameters.styles import Decode, Style, Unreadable, bracketed, tree
from understudy.parameters.values import Reading, Readings, beyond_64_bits
from understudy.pointers import escape
from understudy.schemas.keywords import CLASSES
from understudy.schemas.shape import Shape
from understudy.schemas.subschemas import in_place
from understudy.schemas.validators import Validator

ValidatorOf = Callable[[Node], Validator]

_STYLES = ("form", "spaceDelimited", "pipeDelimited", "tabDelimited", "deepObject")
_MOST_NESTED = 8  # schemas within schemas that are searched for the format of a file


class Field(Struct, frozen=True):
    """One field of a form.

    text: what came, as its style writes it. value: what the field's own media type makes of it, such as a
    part in JSON; else NOTHING.
    """

    name: str
    text: str
    value: Any = NOTHING


_Placed = tuple[tuple[str, ...], Field]
"""A path into a member, `("b",)` for `a[b]`, and the field that gives it."""


class Form:
    """What a form may hold, by the schema and the `encoding` of its media type (OpenAPI 3.1 §4.8.14,
    §4.8.15).

    encodings: the Encoding Objects by the name of the member. takes_object: whether the schema lets the body
    be an object at all.
    """

    def __init__(self, media: MediaType, validator_of: ValidatorOf, decode: Decode) -> None:
        self._readings = Readings(validator_of)
        self._decode = decode
        schema = media.node.find("schema")
        self._has_schema = schema is not None
        schemas = [schema] if schema else []
        self.reading: Reading = self._readings.of(*schemas)
        self.takes_object = self.reading.takes_object or not self._has_schema
        objects = [shape for shape in self.reading.shapes if shape.may_be("object")]
        self._shapes = objects or [self._readings.shapes.of(())]
        self._nodes: dict[str, tuple[Node, ...]] = {}
        for shape in self._shapes:
            for name in shape.properties:
                nodes = shape.property(name) or ()
                self._nodes[name] = tuple(dict.fromkeys((*self._nodes.get(name, ()), *nodes)))
        self.encodings: dict[str, Mapping[str, Any]] = {}
        for name, node in media.node.members("encoding"):
            if isinstance(node.value, dict):
                self.encodings[name] = node.value
        self._styles: dict[str, Style] = {}
        self._scattered = dict(self._members())
        self._nests = self._has_schema and any(map(self._may_nest, self._shapes))

    @property
    def names(self) -> tuple[str, ...]:
        """The members the schema names, in its order."""
        return tuple(self._nodes)

    def nodes(self, name: str) -> tuple[Node, ...]:
        """Return the schemas of a member that is named in the schema, or of the one a name in brackets
        belongs to.
        """
        return self._nodes.get(self.place(name)[0], ())

    def encoding(self, name: str) -> Mapping[str, Any]:
        """Return the Encoding Object of a member, empty where there is none."""
        return self.encodings.get(self.place(name)[0], {})

    def style(self, name: str) -> Style:
        """Return how a member is written."""
        style = self._styles.get(name)
        if style is None:
            stated = self.encodings.get(name, {})
            kind = stated.get("style")
            if kind not in _STYLES:
                kind = "form"
            if stated.get(TABS) is True:
                kind = "tabDelimited"
            # The location decides about delimiters: those of a form are those of a query.
            style = Style(str(kind), bool(stated.get("explode", kind == "form")), name, "query", self._decode)
            if name in self._nodes:
                self._styles[name] = style
        return style

    def place(self, name: str) -> tuple[str, tuple[str, ...]]:
        """Return the member a field belongs to and the path into it.

        A name that is declared beats one that follows from a style.
        """
        if name in self._nodes:
            return name, ()
        split = bracketed(name)
        if split and (split[0] in self._nodes or self._nests):
            return split
        if name in self._scattered:
            return self._scattered[name], (name,)
        return name, ()

    def value(self, fields: Sequence[Field]) -> dict[str, Any]:
        """Return the object the fields make; text that is no value of its type stays text.

        Raises RequestInvalid.

        What no validator could see is refused here: a member given twice that is no array, text that is not
        of its encoding.
        """
        found: dict[str, list[_Placed]] = {}
        for field in fields:
            name, path = self.place(field.name)
            found.setdefault(name, []).append((path, field))
        likeliest: tuple[dict[str, Any], list[Failure]] | None = None
        for shape in self._shapes:
            value, failures = self._by(shape, found)
            if not failures and (len(self._shapes) == 1 or self.reading.is_valid(value)):
                return value
            if likeliest is None or (likeliest[1] and not failures):
                likeliest = value, failures
        value, failures = likeliest or ({}, [])
        if failures:
            raise RequestInvalid(failures)
        return value

    # -- one member

    def _by(
        self, shape: Shape, found: Mapping[str, Sequence[_Placed]]
    ) -> tuple[dict[str, Any], list[Failure]]:
        values: dict[str, Any] = {}
        failures: list[Failure] = []
        for name, placed in found.items():
            pointer = f"/{escape(name)}"
            reading = self._readings.of(*(shape.property(name) or ()))
            try:
                values[name] = value = _first_valid(self._candidates(name, placed, reading), reading)
            except UnicodeError:
                texts = "&".join(field.text for _, field in placed)
                failures.append(Failure("body", pointer, "encoding", "percent-encoded UTF-8", show(texts)))
            except Unreadable as error:
                failures.append(Failure("body", pointer, error.rule, error.expected, error.received))
            else:
                for at, number in beyond_64_bits(value, pointer).items():
                    failures.append(Failure("body", at, "maximum", "a 64-bit integer", show(number)))
        return values, failures

    def _candidates(self, name: str, placed: Sequence[_Placed], reading: Reading) -> Iterator[Any]:
        """Yield what the fields of a member can be, likeliest first. Raises Unreadable, UnicodeError."""
        texts = [field.text for path, field in placed if not path]
        is_repeated = len(texts) > 1 or (texts and len(texts) < len(placed))
        if is_repeated and not reading.takes_array:
            first = self._decode(texts[0])
            raise Unreadable("repeated", "given once", f"{show(first)} (given {len(placed)} times)")
        if len(texts) < len(placed):
            parts = [(path or ("",), field.text) for path, field in placed]
            yield reading.value(tree(parts, self._decode))
            return
        stated = [field.value for _, field in placed]
        if NOTHING not in stated:
            if len(stated) == 1:
                yield stated[0]
            if reading.takes_array:
                yield stated
        for raw in self.style(name).raws(texts, reading):
            yield reading.value(raw)
        if texts == [""] and reading.takes_array:
            yield []

    # -- what the schema says

    def _may_nest(self, shape: Shape) -> bool:
        """Tell whether a member the schema does not name may be written with brackets."""
        extra = self._readings.of(*shape.others)
        return extra.takes_object or extra.takes_array or not shape.others

    def _members(self) -> Iterator[tuple[str, str]]:
        """Yield the names that stand for a part of a member, `R=100` for `color`, which only an explicit
        style asks for.
        """
        for owner, stated in self.encodings.items():
            if stated.get("style") == "form" and stated.get("explode", True) and owner in self._nodes:
                reading = self._readings.of(*self._nodes[owner])
                if reading.takes_object and not reading.takes_array and not reading.takes_text:
                    for name in sorted(reading.members - self._nodes.keys()):
                        yield name, owner

    def is_binary(self, name: str) -> bool:
        """Tell whether the schema of a member says that it is made of bytes (`format: binary`, or a media
        type without an encoding).
        """
        return self.place(name)[0] in self._binary

    @cached_property
    def _binary(self) -> frozenset[str]:
        found = set()
        for name, nodes in self._nodes.items():
            if any(map(_is_binary, nodes)):
                found.add(name)
        return frozenset(found)

    def is_structure(self, name: str) -> bool:
        """Tell whether a member is an object or an array and no text."""
        reading = self._readings.of(*self.nodes(name))
        return (reading.takes_object or reading.takes_array) and not reading.takes_text


def _first_valid(candidates: Iterator[Any], reading: Reading) -> Any:
    """Return the first that is valid, else the first; one that stands alone is for the validator of the body
    to judge.
    """
    first = next(candidates)
    second = next(candidates, NOTHING)
    if second is NOTHING:
        return first
    plain = CLASSES.get(reading.plain, ())
    for candidate in (first, second, *candidates):
        if type(candidate) in plain or reading.is_valid(candidate):
            return candidate
    return first


def _is_binary(node: Node, depth: int = 0) -> bool:
    """Tell whether a schema, or the one of its items, speaks of bytes."""
    parts = in_place([node])
    if any(map(_says_bytes, parts)):
        return True
    items = [part.raw("items") for part in parts if isinstance(part.get("items"), dict)]
    return depth < _MOST_NESTED and any(_is_binary(item, depth + 1) for item in items)


def _says_bytes(node: Node) -> bool:
    if node.has("contentMediaType") and not node.has("contentEncoding"):
        return True
    return bool(node.get("format") == "binary")
