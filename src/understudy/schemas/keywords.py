"""The keywords of schemas: which hold further schemas, which speak of which type, which bound what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

TYPES: Final = ("object", "array", "string", "integer", "number", "boolean", "null")
CLASSES: Final[Mapping[str, tuple[type, ...]]] = {
    "number": (int, float),
    "integer": (int,),
    "string": (str,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
"""The classes whose values are of a JSON type."""

HOLDING_ONE: Final = (
    "items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames",
    "unevaluatedItems", "unevaluatedProperties", "additionalItems",
)  # fmt: skip
HOLDING_NAMED: Final = ("properties", "patternProperties", "dependentSchemas")
HOLDING_LISTED: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
IN_PLACE: Final = ("allOf", "oneOf", "anyOf")
"""Keywords whose schemas speak of the same value as the one they stand in."""

OF_OTHERS: Final[Mapping[str, type]] = {"unevaluatedProperties": dict, "unevaluatedItems": list}
"""Keywords that speak of what others saw nothing of, and of which values (JSON Schema 2020-12 §11)."""

LARGEST: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains")
SMALLEST: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains")
"""Bounds, of several of which the largest, or the smallest, is the one that counts."""
NUMBERS: Final = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
"""Bounds of numbers; all others count something."""

RANGES: Final = {
    **{f"int{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64)},
}
"""Formats of integers (OpenAPI's format registry), and the least and the largest that they have."""
NUMERIC_FORMATS: Final = {**dict.fromkeys(RANGES, "integer"), "float": "number", "double": "number"}

_BOUNDS: Final = (*LARGEST, *SMALLEST)
_BOUNDING: Final = frozenset({*_BOUNDS, "format"})

# What comes first is what a schema most likely means that speaks of several types.
HINTS: Final[Mapping[str, tuple[str, ...]]] = {
    "object": ("properties", "required", "additionalProperties", "patternProperties", "minProperties",
               "propertyNames"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "contains", "uniqueItems"),
    "string": ("pattern", "minLength", "maxLength"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}  # fmt: skip
"""The types that keywords speak of where no `type` is stated."""

_TYPES_BY_CLASS: Final = {kind: name for name, kinds in CLASSES.items() for kind in kinds}


def stated_types(schema: Mapping[str, Any]) -> list[str]:
    """Return what `type` says, as far as JSON Schema knows it, each type once."""
    return [name for name in dict.fromkeys(texts_in(schema.get("type"))) if name in TYPES]


def implied_types(constants: Iterable[Any] | None, keywords: Iterable[str], format: str) -> tuple[str, ...]:
    """Return the types a schema without `type` means: those of its constants, else those its keywords speak
    of.
    """
    if constants is not None:
        classes = map(type, constants)
        return tuple(dict.fromkeys(_TYPES_BY_CLASS[kind] for kind in classes if kind in _TYPES_BY_CLASS))
    present = frozenset(keywords)
    hinted = tuple(name for name, words in HINTS.items() if not present.isdisjoint(words))
    if not hinted and format in NUMERIC_FORMATS:
        return (NUMERIC_FORMATS[format],)
    return hinted


def own_types(schema: Mapping[str, Any]) -> list[str]:
    """Return the types that one schema says or means by itself, `null` among them where it is nullable; none
    for any.
    """
    types = stated_types(schema) or [*implied_types(constants(schema), schema, str(schema.get("format")))]
    if schema.get("nullable") is True:
        types = [*types, "null"]
    return types


def constants(schema: Mapping[str, Any]) -> list[Any] | None:
    """Return the only values there are, by `const` and `enum`; None where the schema does not list them."""
    stated = schema.get("enum")
    has_list = isinstance(stated, list) and stated
    if "const" not in schema:
        return stated if has_list else None
    if not has_list or schema["const"] in as_list(stated):
        return [schema["const"]]
    return []


def bounds(value: Mapping[str, Any]) -> dict[str, float]:
    """Return what bounds a value by one schema, with what its format means and 3.0's exclusive bounds written
    out.
    """
    if _BOUNDING.isdisjoint(value):  # as are nine of ten schemas, and a large contract has ten thousand
        return {}
    found = {key: value[key] for key in _BOUNDS if key in value and is_bound(key, value[key])}
    for side in ("Minimum", "Maximum"):  # 3.0 writes an exclusive bound as true beside the bound
        if value.get(f"exclusive{side}") is True and side.lower() in found:
            found[f"exclusive{side}"] = found.pop(side.lower())
    span = RANGES.get(str(value.get("format")))
    if span is not None:
        least, largest = span
        found["minimum"] = max(found.get("minimum", least), least)
        found["maximum"] = min(found.get("maximum", largest), largest)
    return found


def is_bound(keyword: str, value: Any) -> bool:
    """Tell whether a value is what a bound can be: a number, and a whole one from 0 on where something is
    counted.
    """
    if not is_number(value):
        return False
    return keyword in NUMBERS or (value >= 0 and value == value // 1)


def as_list(value: Any) -> list[Any]:
    """Return a list as it is, a value alone as a list of it, and none for null."""
    if isinstance(value, list):
        return value
    if value is None:
        return []
    return [value]


def texts_in(value: Any) -> list[str]:
    """Return the texts in what should be a list of them."""
    return [text for text in as_list(value) if isinstance(text, str)]


def is_number(value: Any) -> bool:
    """Tell whether a value is a number; true and false are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
