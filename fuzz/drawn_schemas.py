"""Schemas that hypothesis builds: of every keyword there is, sound ones and others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]

DEEPEST: Final = 3  # schemas within schemas
COMPONENTS: Final = ("Thing", "Part", "Problem", "Page")
NAMES: Final = (
    "id", "thing_id", "partId", "name", "status", "email", "created_at", "updatedAt", "total", "currency", "items",
    "data", "page", "next", "code", "message", "details", "parent", "kind", "type", "a/b", "a~b", "é", " ", "",
)  # fmt: skip

texts: Final = st.sampled_from(
    ("", "a", "open", "closed", "x" * 40, "2024-01-31", "é€", "\x00", "a b\nc", "0", "null")
)
numbers: Final = st.one_of(
    st.integers(-3, 12),
    st.sampled_from((0.1, 1.5, -0.0, 2**31, 2**63, 2**64, 10**30, 1e308, 5e-324, -(10**18))),
)
scalars: Final = st.one_of(st.none(), st.booleans(), numbers, texts)
values: Final = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=6,
)
"""Any JSON value, of names that contracts have."""

_TYPES: Final = ("string", "integer", "number", "boolean", "array", "object", "null")
_FORMATS: Final = (
    "date", "date-time", "time", "duration", "uuid", "email", "uri", "uri-reference", "hostname", "ipv4", "ipv6",
    "byte", "binary", "password", "int32", "int64", "float", "double", "regex", "json-pointer", "idn-email", "odd",
)  # fmt: skip
_PATTERNS: Final = (
    "^[a-z]+$", "^[A-Z]{3}-\\d{4}$", "^\\d{2}/\\d{2}/\\d{4}$", "a^b", "(a+)+$", "^(?=a)b", "^.{5}$", "[", "\\p{L}+",
    "^(a|b)*c\\1$", "", "^[0-9a-f]{32}$", "(?<year>\\d{4})", "^\\S+@\\S+$", "x{1000}",
)  # fmt: skip
_counts: Final = st.one_of(st.integers(0, 4), st.sampled_from((-1, 2.5, 30, 100_000, 10**9)))
_bounds: Final = st.one_of(numbers, st.booleans())
_names: Final = st.lists(st.sampled_from(NAMES), max_size=3)

# What a keyword may be that holds no schema.
_PLAIN: Final[Mapping[str, st.SearchStrategy[Any]]] = {
    "minimum": numbers,
    "maximum": numbers,
    "exclusiveMinimum": _bounds,
    "exclusiveMaximum": _bounds,
    "multipleOf": st.sampled_from((0, 1, 2, 0.01, 0.1, 7, -1, 10**20)),
    "minLength": _counts,
    "maxLength": _counts,
    "pattern": st.sampled_from(_PATTERNS),
    "format": st.sampled_from(_FORMATS),
    "minItems": _counts,
    "maxItems": _counts,
    "uniqueItems": st.booleans(),
    "minContains": _counts,
    "maxContains": _counts,
    "minProperties": _counts,
    "maxProperties": _counts,
    "required": _names,
    "dependentRequired": st.dictionaries(st.sampled_from(NAMES), _names, max_size=2),
    "enum": st.lists(values, max_size=4),
    "const": values,
    "default": values,
    "example": values,
    "examples": st.lists(values, max_size=2),
    "nullable": st.booleans(),
    "readOnly": st.booleans(),
    "writeOnly": st.booleans(),
    "deprecated": st.booleans(),
    "title": texts,
    "contentEncoding": st.sampled_from(("base64", "odd")),
    "xml": st.sampled_from(({"name": "x"}, {"attribute": True}, {"wrapped": True}, {"name": "a b"}, {"prefix": "p"})),
    "discriminator": st.sampled_from(
        (
            {"propertyName": "kind"},
            {"propertyName": "kind", "mapping": {"a": "Thing", "b": "#/components/schemas/Part"}},
            {"propertyName": "kind", "mapping": {"a": "nowhere.yaml"}},
        )
    ),
    "x-understudy": st.sampled_from(({"faker": "name"}, {"expected": "a word"})),
}  # fmt: skip
_HOLDING: Final = (
    "items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames",
    "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip
_LISTING: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
_NAMING: Final = ("properties", "patternProperties", "dependentSchemas", "$defs")
_REFERENCES: Final = (
    *(f"#/components/schemas/{name}" for name in COMPONENTS),
    "#/components/schemas/", "#nowhere", "#/paths", "other.yaml#/a", "http://example.com/s.json", "#/components/schemas/%7b",
)  # fmt: skip

# What a schema of a type most often says, so that most keywords meet the type they speak of.
_USUAL: Final[Mapping[str, tuple[str, ...]]] = {
    "string": ("format", "pattern", "minLength", "maxLength", "enum", "example"),
    "integer": ("minimum", "maximum", "exclusiveMinimum", "multipleOf", "format", "enum", "default"),
    "number": ("minimum", "maximum", "exclusiveMaximum", "multipleOf", "format"),
    "boolean": ("default", "const"),
    "array": ("items", "minItems", "maxItems", "uniqueItems", "contains", "prefixItems"),
    "object": ("properties", "required", "additionalProperties", "minProperties", "maxProperties", "allOf", "oneOf"),
    "null": ("enum",),
}  # fmt: skip
_ALL: Final = (*_PLAIN, *_HOLDING, *_LISTING, *_NAMING)


@st.composite
def schemas(draw: Draw, depth: int = DEEPEST) -> Any:
    """Draw a schema; one in ten is no usual one: a reference, a boolean, or any value in its place."""
    choice = draw(st.integers(0, 29))
    if choice < 8 or depth == 0:
        return _leaf(draw, choice)
    if choice == 8:
        return draw(st.booleans())
    if choice == 9:
        return draw(values)
    return _usual(draw, depth)


def _leaf(draw: Draw, choice: int) -> Any:
    if choice == 0:
        return {"$ref": draw(st.sampled_from(_REFERENCES))}
    if choice < 5:
        return {"$ref": f"#/components/schemas/{draw(st.sampled_from(COMPONENTS))}"}
    return {"type": draw(st.sampled_from(_TYPES))}


def _usual(draw: Draw, depth: int) -> dict[str, Any]:
    kind = draw(st.sampled_from(("object", "object", "object", "array", *_TYPES)))
    drawn: dict[str, Any] = {}
    if draw(st.integers(0, 9)):
        drawn["type"] = kind
    elif draw(st.booleans()):
        drawn["type"] = draw(st.lists(st.sampled_from(_TYPES), min_size=1, max_size=3))
    keywords = draw(st.lists(st.sampled_from(_USUAL[kind]), max_size=4, unique=True))
    keywords += draw(st.lists(st.sampled_from(_ALL), max_size=2))
    if kind == "object" and draw(st.integers(0, 4)):
        keywords.append("properties")
    for keyword in keywords:
        drawn[keyword] = _keyword(draw, keyword, depth - 1)
    return drawn


def _keyword(draw: Draw, name: str, depth: int) -> Any:
    """Draw what a keyword says; one in forty says what it cannot."""
    if not draw(st.integers(0, 39)):
        return draw(values)
    if name in _PLAIN:
        return draw(_PLAIN[name])
    if name in _HOLDING:
        return draw(schemas(depth))
    if name in _LISTING:
        return draw(st.lists(schemas(depth), min_size=1, max_size=3))
    named = st.sampled_from(NAMES)
    if name == "patternProperties":
        named = st.sampled_from(_PATTERNS)
    return draw(st.dictionaries(named, schemas(depth), max_size=4))
