"""OpenAPI schemas mean the same once they are JSON Schema: held against jsonschema's own validators on the same values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator, OAS31Validator

from support import write_contract
from understudy.schemas.validators import Validator, validators_of

# fmt: off
VALUES: list[Any] = [None, True, 0, 1, 5, -1, 2**31, 2**63, 1.5, "", "a", "abc", "2024-01-01", [], [1], [1, 1], ["a"], {}, {"a": 1},
                     {"a": None}, {"b": "x"}, {"a": 1, "b": "x"}, {"a": 1, "c": 2},
                     {"kind": "cat"}, {"kind": "dog", "bark": True}]
# fmt: on


def compiled(
    tmp_path: Path, version: str, schema: Any, direction: str = "request", **schemas: Any
) -> Validator:
    answer = {"description": "ok", "content": {"application/json": {"schema": schema}}}
    paths = {"/a": {"get": {"responses": {"200": answer}}}}
    contract = write_contract(
        tmp_path / "api.json", version, {"paths": paths, "components": {"schemas": schemas}}
    )
    media = contract.operations[0].responses["200"].content["application/json"]
    assert media.schema
    return validators_of(contract, direction).for_node(media.schema)


SCHEMAS_30: list[Any] = [
    {"type": "integer", "nullable": True},
    {"type": "string", "enum": ["a", None], "nullable": True},
    {"type": "integer", "minimum": 1, "exclusiveMinimum": True, "maximum": 5},
    {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "integer"}},
        "additionalProperties": False,
    },
    {"type": "object", "properties": {"a": {"type": "integer", "nullable": True}}, "minProperties": 1},
    {"type": "array", "items": {"type": "integer"}, "uniqueItems": True, "minItems": 1},
    {"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 2}]},
    {"anyOf": [{"type": "string", "maxLength": 1}, {"type": "object", "required": ["b"]}]},
    {"not": {"type": "string"}},
]


@pytest.mark.parametrize("schema", SCHEMAS_30)
def test_3_0_schemas_mean_what_the_reference_says(tmp_path: Path, schema: Any) -> None:
    ours, theirs = compiled(tmp_path, "3.0.3", schema), OAS30WriteValidator(schema)
    assert [ours.is_valid(value) for value in VALUES] == [theirs.is_valid(value) for value in VALUES]


def test_a_nullable_enum_takes_null_whether_it_lists_it_or_not(tmp_path: Path) -> None:
    # The specification's clarification of 3.0.3 asks for null in the list; documents in the wild leave it out and mean it.
    assert compiled(tmp_path, "3.0.3", {"type": "string", "enum": ["a"], "nullable": True}).is_valid(None)


@pytest.mark.parametrize(("name", "bits"), [("int32", 31), ("int64", 63)])
def test_integer_formats_are_bounds(tmp_path: Path, name: str, bits: int) -> None:
    validator = compiled(tmp_path, "3.0.3", {"type": "integer", "format": name})
    assert [validator.is_valid(value) for value in (2**bits - 1, 2**bits, -(2**bits), -(2**bits) - 1)] == [
        True,
        False,
        True,
        False,
    ]


SCHEMAS_31: list[Any] = [
    {"type": ["integer", "null"], "exclusiveMinimum": 0},
    {"const": "a"},
    {"type": "array", "prefixItems": [{"type": "integer"}], "items": False},
    {"type": "object", "patternProperties": {"^a": {"type": "integer"}}, "additionalProperties": False},
    {"type": "object", "dependentRequired": {"b": ["a"]}},
    {"type": "object", "propertyNames": {"maxLength": 1}},
    {"if": {"type": "string"}, "then": {"minLength": 2}, "else": {"type": "object"}},
    {"type": "array", "contains": {"const": 1}, "maxContains": 1},
    {"allOf": [{"type": "object", "properties": {"a": {}}}], "unevaluatedProperties": False},
    True,
    False,
    {},
]


@pytest.mark.parametrize("schema", SCHEMAS_31)
def test_3_1_schemas_mean_what_the_reference_says(tmp_path: Path, schema: Any) -> None:
    ours, theirs = compiled(tmp_path, "3.1.0", schema), OAS31Validator(schema)
    assert [ours.is_valid(value) for value in VALUES] == [theirs.is_valid(value) for value in VALUES]


MARKED = {
    "type": "object",
    "required": ["id", "secret", "name"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "secret": {"type": "string", "writeOnly": True},
        "name": {"type": "string"},
    },
}


@pytest.mark.parametrize(
    "schema",
    [MARKED, {"$ref": "#/components/schemas/Marked"}, {"allOf": [{"required": ["id", "secret"]}, MARKED]}],
)
def test_each_direction_asks_only_for_what_travels_in_it(tmp_path: Path, schema: Any) -> None:
    request, response = (
        compiled(tmp_path, "3.1.0", schema, way, Marked=MARKED) for way in ("request", "response")
    )
    assert request.is_valid({"secret": "s", "name": "n"})
    assert not request.is_valid({"name": "n"})
    assert response.is_valid({"id": 1, "name": "n"})
    assert not response.is_valid({"name": "n"})


def test_the_reference_agrees_on_readonly_and_writeonly(tmp_path: Path) -> None:
    reply = {"id": 1, "name": "n"}
    assert OAS30ReadValidator(MARKED).is_valid(reply) == compiled(
        tmp_path, "3.0.3", MARKED, "response"
    ).is_valid(reply)


def test_what_is_only_written_is_never_sent_back(tmp_path: Path) -> None:
    failures = compiled(tmp_path, "3.1.0", MARKED, "response").failures(
        {"id": 1, "name": "n", "secret": "s"}, "body"
    )
    assert [failure.pointer for failure in failures] == ["/secret"]


def test_circular_schemas_compile(tmp_path: Path) -> None:
    tree = {
        "type": "object",
        "properties": {"children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}},
    }
    validator = compiled(tmp_path, "3.1.0", {"$ref": "#/components/schemas/Tree"}, Tree=tree)
    assert validator.is_valid({"children": [{"children": []}]})
    assert not validator.is_valid({"children": [{"children": [1]}]})


def test_siblings_of_a_reference_count_in_3_1_and_not_in_3_0(tmp_path: Path) -> None:
    schema, text = {"$ref": "#/components/schemas/Text", "maxLength": 1}, {"type": "string"}
    assert not compiled(tmp_path, "3.1.0", schema, Text=text).is_valid("ab")
    assert compiled(tmp_path, "3.0.3", schema, Text=text).is_valid("ab")


def test_a_pattern_that_does_not_compile_is_reported_and_dropped(tmp_path: Path) -> None:
    answer = {
        "description": "ok",
        "content": {"application/json": {"schema": {"type": "string", "pattern": "(?<n"}}},
    }
    contract = write_contract(
        tmp_path / "api.json", "3.1.0", {"paths": {"/a": {"get": {"responses": {"200": answer}}}}}
    )
    media = contract.operations[0].responses["200"].content["application/json"]
    assert media.schema
    assert validators_of(contract, "response").for_node(media.schema).is_valid("x")
    assert "does not compile" in str(validators_of(contract, "response").translation.findings[0])


def test_a_pattern_that_would_backtrack_for_ever_is_given_up(tmp_path: Path) -> None:
    validator = compiled(tmp_path, "3.1.0", {"type": "string", "pattern": "^(?=a)(a+)+(?<!b)$"})
    assert [failure.rule for failure in validator.failures("a" * 5000 + "!", "body")] != []


@pytest.mark.parametrize(("value", "good"), [("dGV4dA==", True), ("dGV4dA", True), ("not base64!", False)])
def test_byte_is_base64(tmp_path: Path, value: str, good: bool) -> None:
    assert compiled(tmp_path, "3.0.3", {"type": "string", "format": "byte"}).is_valid(value) is good


def test_what_a_component_says_beside_its_own_reference_counts(tmp_path: Path) -> None:
    schemas: dict[str, Any] = {
        "A": {"$ref": "#/components/schemas/B", "required": ["x"]},
        "B": {"type": "object"},
    }
    validator = compiled(tmp_path, "3.1.0", {"allOf": [{"$ref": "#/components/schemas/A"}]}, **schemas)
    assert not validator.is_valid({})
    assert validator.is_valid({"x": 1})


def test_keywords_of_the_wrong_kind_do_not_stop_the_rest(tmp_path: Path) -> None:
    validator = compiled(
        tmp_path, "3.1.0", {"type": "object", "allOf": "x", "oneOf": 1, "required": "a", "minLength": "2"}
    )
    assert validator.is_valid({})
    assert not validator.is_valid("")


def test_a_schema_is_whole_while_another_that_refers_to_the_same_is_half_prepared(tmp_path: Path) -> None:
    chain = {f"L{number}": {"$ref": f"#/components/schemas/L{number + 1}"} for number in range(9)}
    schemas = {**chain, "L9": {"type": "integer"}}
    paths = {"/a": {"get": {"responses": {"200": {"description": "ok"}}}}}
    document = {"paths": paths, "components": {"schemas": schemas}}
    contract = write_contract(tmp_path / "api.json", "3.1.0", document)
    validators = validators_of(contract, "response")
    half = validators.preparation(contract.document.root.raw("components", "schemas", "L0"))
    next(half), next(half)
    other = validators.for_node(contract.document.root.raw("components", "schemas", "L1"))
    assert (other.is_valid(1), other.is_valid("a")) == (True, False)
