"""What is read of a schema, as a table: fragments of contracts, and what their shape says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from understudy.contracts.source import Document, Node
from understudy.schemas.direction import Direction
from understudy.schemas.keywords import own_types
from understudy.schemas.shape import Shape
from understudy.schemas.shapes import Shapes
from understudy.schemas.subschemas import in_place, resolved, subschemas

TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
OTHERS: dict[str, Any] = {
    "Id": {"type": "integer", "readOnly": True},
    "Cat": {"type": "object", "properties": {"lives": WHOLE}},
    "Dog": {"type": "object", "properties": {"tricks": TEXT}},
    "Endless": {"anyOf": [{"$ref": "#/components/schemas/Endless"}, WHOLE]},
}


def ref(name: str, **beside: Any) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}", **beside}


def node(schema: Any, version: str = "3.1.0") -> Node:
    root = {"openapi": version, "components": {"schemas": {"T": schema, **OTHERS}}}
    document = Document(Path(), "t.json", {"t.json": json.dumps(root).encode()}, {"t.json": root})
    return document.root.raw("components", "schemas", "T")


def shape(schema: Any, direction: str = "response", version: str = "3.1.0") -> Shape:
    return Shapes(direction).of((node(schema, version),))


def alternatives(schema: Any) -> list[Shape]:
    shapes = Shapes(Direction.REQUEST)
    return shapes.alternatives(shapes.of((node(schema),)))


@pytest.mark.parametrize(
    ("schema", "types"),
    [
        ({}, ()),
        (True, ()),
        (TEXT, ("string",)),
        ({"type": ["integer", "null"]}, ("integer", "null")),
        ({"type": "number", "allOf": [WHOLE]}, ("integer",)),
        ({"enum": [1, "a", 2]}, ("integer", "string")),
        ({"const": True}, ("boolean",)),
        ({"properties": {}}, ("object",)),
        ({"items": TEXT}, ("array",)),
        ({"minLength": 1, "minimum": 2}, ("string", "number")),
        ({"format": "int64"}, ("integer",)),
        ({"format": "date"}, ()),
        (ref("Id"), ("integer",)),
        (ref("Id", maximum=3), ("integer",)),
    ],
)
def test_the_types_a_value_may_be_of(schema: Any, types: tuple[str, ...]) -> None:
    assert shape(schema).possible == types


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({}, ""),
        ({"type": ["null", "boolean"]}, "boolean"),
        ({"type": "null"}, "null"),
        ({"format": "date"}, "string"),
        ({"format": "double"}, "number"),
        ({"required": ["a"], "pattern": "x"}, "object"),
    ],
)
def test_the_kind_of_value_to_make(schema: Any, kind: str) -> None:
    assert shape(schema).kind == kind


@pytest.mark.parametrize(
    ("schema", "limits"),
    [
        (
            {"minimum": 2, "allOf": [{"minimum": 5, "maximum": 9}, {"maximum": 7}]},
            {"minimum": 5, "maximum": 7},
        ),
        ({"minimum": 2, "exclusiveMinimum": True}, {"exclusiveMinimum": 2}),
        ({"format": "int32", "minimum": 1}, {"minimum": 1, "maximum": 2**31 - 1}),
        ({"minLength": "2"}, {}),
    ],
)
def test_of_two_limits_the_stricter_holds(schema: Any, limits: dict[str, float]) -> None:
    assert shape(schema).limits == limits


@pytest.mark.parametrize(
    ("schema", "name", "holds"),
    [
        ({"properties": {"a": TEXT}}, "a", [TEXT]),
        ({"properties": {"a": ref("Id")}}, "a", [OTHERS["Id"]]),
        ({"properties": {"a": TEXT}}, "b", []),
        ({"properties": {"a": TEXT}, "additionalProperties": WHOLE}, "b", [WHOLE]),
        ({"properties": {"a": TEXT}, "additionalProperties": False}, "b", None),
        ({"patternProperties": {"^x": WHOLE}, "additionalProperties": TEXT}, "x1", [WHOLE]),
        ({"patternProperties": {"^x": WHOLE}, "additionalProperties": TEXT}, "y", [TEXT]),
        ({"properties": {"a": TEXT}, "unevaluatedProperties": WHOLE}, "b", [WHOLE]),
        ({"allOf": [{"properties": {"a": TEXT}}, {"unevaluatedProperties": False}]}, "a", [TEXT]),
        ({"allOf": [{"properties": {"a": TEXT}}, {"additionalProperties": False}]}, "a", None),
        ({"allOf": [{"properties": {"a": TEXT}}, {"properties": {"a": {"maxLength": 2}}}]}, "a",
         [TEXT, {"maxLength": 2}]),
        ({"properties": {"a": TEXT}, "not": {"required": ["a"]}}, "a", None),
    ],
)  # fmt: skip
def test_what_holds_for_a_property(schema: Any, name: str, holds: list[Any] | None) -> None:
    parts = shape(schema).property(name)
    assert (None if parts is None else [part.value for part in parts]) == holds


@pytest.mark.parametrize(
    ("schema", "is_open"),
    [
        ({"type": "object"}, True),
        ({"properties": {"a": TEXT}}, False),
        ({"properties": {"a": TEXT}, "additionalProperties": True}, True),
        ({"additionalProperties": False}, False),
        ({"additionalProperties": False, "patternProperties": {"^x": TEXT}}, True),
        ({"allOf": [{"additionalProperties": TEXT}, {"additionalProperties": False}]}, False),
    ],
)
def test_whether_names_are_left_to_the_caller(schema: Any, is_open: bool) -> None:
    assert shape(schema).is_open is is_open


@pytest.mark.parametrize(
    ("schema", "direction", "hidden"),
    [
        ({"readOnly": True}, "request", True),
        ({"readOnly": True}, "response", False),
        ({"writeOnly": True}, "response", True),
        (ref("Id"), "request", True),
        ({"allOf": [ref("Id")]}, "request", True),
        ({"properties": {"id": ref("Id")}}, "request", False),
    ],
)
def test_what_does_not_travel_in_a_direction(schema: Any, direction: str, hidden: bool) -> None:
    assert shape(schema, direction).hidden is hidden


def test_beside_a_reference_nothing_counts_in_3_0() -> None:
    assert shape(ref("Id", maximum=3), version="3.0.3").limits == {}
    assert shape(ref("Id", maximum=3)).limits == {"maximum": 3}


def test_a_schema_that_contradicts_itself_is_never_met() -> None:
    assert shape({"allOf": [TEXT, WHOLE]}).never
    assert shape(False).never
    assert not shape({"allOf": [TEXT, {"minLength": 1}]}).never


def test_alternatives_are_told_apart_each_with_what_holds_for_all() -> None:
    found = alternatives(
        {"required": ["id"], "oneOf": [ref("Cat"), ref("Dog")], "anyOf": [{}, {"minProperties": 2}]}
    )
    assert [list(one.properties) for one in found] == [["lives"], ["lives"], ["tricks"], ["tricks"]]
    assert [one.limits for one in found] == [{}, {"minProperties": 2}] * 2
    assert all("id" in one.required for one in found)


def test_an_alternative_that_no_value_meets_or_that_leads_back_is_none() -> None:
    assert [
        one.possible for one in alternatives({"type": "object", "anyOf": [TEXT, {"minProperties": 1}]})
    ] == [("object",)]
    assert [one.possible for one in alternatives(ref("Endless"))] == [("integer",)]
    assert [one.never for one in alternatives({"allOf": [TEXT, WHOLE]})] == [True]


def test_the_branch_a_discriminator_names_keeps_its_label() -> None:
    schema = {"oneOf": [ref("Cat"), ref("Dog")], "discriminator": {"propertyName": "kind"}}
    assert [one.labels for one in alternatives(schema)] == [{"kind": "Cat"}, {"kind": "Dog"}]


@pytest.mark.parametrize(
    ("schema", "sure"),
    [
        ({"properties": {"a": TEXT}}, True),
        ({"anyOf": [TEXT, WHOLE]}, True),
        ({"oneOf": [TEXT, WHOLE]}, False),
        ({"type": "integer", "not": {"const": 3}}, False),
        ({"uniqueItems": True}, False),
    ],
)
def test_whether_construction_alone_vouches_for_a_value(schema: Any, sure: bool) -> None:
    assert shape(schema).is_sure is sure


def test_a_reference_with_words_beside_it_stands_for_what_it_refers_to() -> None:
    assert resolved(node(ref("Id", description="Of a thing."))).value == OTHERS["Id"]
    assert resolved(node(ref("Id", maximum=3))).value == ref("Id", maximum=3)


def test_a_walk_yields_what_stands_in_a_schema_and_what_speaks_of_the_same_value() -> None:
    schema = {
        "properties": {"a": TEXT},
        "items": WHOLE,
        "allOf": [ref("Cat")],
        "$defs": {"x": {}},
        "not": True,
    }
    assert [one.value for one in subschemas(node(schema))] == [WHOLE, TEXT, {}, ref("Cat")]
    assert [one.value for one in in_place([node(schema)])] == [schema, ref("Cat"), OTHERS["Cat"]]


def test_the_types_of_one_schema_alone() -> None:
    assert own_types({"type": "string", "nullable": True}) == ["string", "null"]
    assert own_types({"items": {}}) == ["array"]
    assert own_types({"enum": [None, 1.5]}) == ["null", "number"]
    assert own_types({}) == []
