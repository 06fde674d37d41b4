"""A refusal names every failing field: where it stands, what was expected, what came."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from understudy.errors import SHOWN, show
from understudy.sandbox import Sandbox
from understudy.schemas.direction import Direction
from understudy.schemas.validators import Validator, validators_of

ACCOUNT = {
    "type": "object",
    "required": ["name", "currency"],
    "properties": {
        "name": {"type": "string", "maxLength": 5},
        "currency": {"enum": ["EUR", "NOK"]},
        "tags": {"type": "array", "items": {"type": "string", "minLength": 1}},
        "a/b": {"type": "integer"},
    },
    "additionalProperties": False,
}


def failures(schema: Any, value: Any) -> list[tuple[str, str]]:
    return [(failure.pointer, failure.rule) for failure in Validator(schema).failures(value, "body")]


def test_every_failing_field_is_named() -> None:
    found = failures(ACCOUNT, {"name": "too long", "tags": ["", "b", ""], "a/b": "x", "extra": 1, "more": 2})
    assert sorted(found) == [
        ("/a~1b", "type"),
        ("/currency", "required"),
        ("/extra", "additionalProperties"),
        ("/more", "additionalProperties"),
        ("/name", "maxLength"),
        ("/tags/0", "minLength"),
        ("/tags/2", "minLength"),
    ]


def test_a_failure_says_what_was_expected_and_what_came() -> None:
    (failure,) = Validator(ACCOUNT).failures({"name": "n", "currency": "SEK"}, "body")
    assert str(failure) == 'body /currency: must be one of "EUR", "NOK", got "SEK"'


@pytest.mark.parametrize(
    ("schema", "value", "sentence"),
    [
        ({"type": ["string", "null"]}, 4, "must be null or a string, got 4"),
        ({"minimum": 3}, 1, "must be at least 3, got 1"),
        ({"exclusiveMaximum": 3}, 3, "must be less than 3, got 3"),
        ({"multipleOf": 5}, 3, "must be a multiple of 5, got 3"),
        ({"pattern": "^a"}, "b", 'must be a match of ^a, got "b"'),
        ({"format": "date"}, "b", 'must be of the format date, got "b"'),
        ({"minItems": 1}, [], "must be of at least 1 item, got []"),
        ({"minProperties": 2}, {}, "must be of at least 2 properties, got {}"),
        ({"const": 1}, 2, "must be 1, got 2"),
        ({"uniqueItems": True}, [1, 1], "must be without repeated items, got [1,1]"),
        (False, 1, "must be absent: nothing is allowed here, got 1"),
    ],
)
def test_each_rule_is_a_sentence(schema: Any, value: Any, sentence: str) -> None:
    assert [failure.message for failure in Validator(schema).failures(value, "body")] == [sentence]


@pytest.mark.parametrize(
    ("schema", "value", "sentence"),
    [
        ({"pattern": "^a"}, "b", 'must be an a-word, got "b"'),
        ({"pattern": "^c"}, "b", 'must be a match of ^c, got "b"'),
        (
            {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": "^a"}]},
            "b",
            'must be an a-word, got "b"',
        ),
        (
            {"propertyNames": {"pattern": "^a"}},
            {"b": 1},
            'must be under a name that is an a-word, got "b"',
        ),
    ],
)
def test_a_pattern_is_said_in_words_where_there_are_some(schema: Any, value: Any, sentence: str) -> None:
    validator = Validator(schema, {"^a": "an a-word"})
    assert [failure.message for failure in validator.failures(value, "body")] == [sentence]


def test_a_contract_says_its_patterns_in_words(sandbox: Callable[..., Sandbox]) -> None:
    code = {"type": "string", "pattern": "^[A-Z]{3}$", "x-understudy": {"expected": "three capital letters"}}
    operation = {
        "requestBody": {"content": {"application/json": {"schema": code}}},
        "responses": {"200": {"description": "ok"}},
    }
    contract = sandbox(paths={"/codes": {"post": operation}}).contract
    body = contract.operations[0].body
    assert body is not None
    schema = body.content["application/json"].schema
    assert schema is not None
    [failure] = validators_of(contract, Direction.REQUEST).for_node(schema).failures("no", "body")
    assert failure.message == 'must be three capital letters, got "no"'


def test_what_goes_without_another_is_named_with_it() -> None:
    schema = {"dependentSchemas": {"exactly": {"properties": {"atLeast": False, "atMost": False}}}}
    found = Validator({"$ref": "#/$defs/a", "$defs": {"a": schema}}).failures(
        {"exactly": 1, "atLeast": 2, "atMost": 3}, "body"
    )
    assert sorted(map(str, found)) == [
        "body /atLeast: must be absent: it goes without exactly, got 2",
        "body /atMost: must be absent: it goes without exactly, got 3",
    ]


def test_a_nullable_field_is_explained_by_the_branch_that_was_meant() -> None:
    assert failures({"anyOf": [{"type": "null"}, ACCOUNT]}, {"name": "n"}) == [("/currency", "required")]


def test_the_branch_whose_kind_was_named_is_explained() -> None:
    cat = {
        "type": "object",
        "required": ["lives"],
        "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}},
    }
    dog = {
        "type": "object",
        "properties": {"kind": {"const": "dog"}, "bark": {"type": "boolean"}},
        "required": ["kind"],
    }
    assert failures({"oneOf": [dog, cat]}, {"kind": "cat", "lives": "nine"}) == [("/lives", "type")]


def test_a_kind_that_no_alternative_has_is_told_all_there_are() -> None:
    dog, cat = ({"properties": {"kind": {"const": kind}}} for kind in ("dog", "cat"))
    (failure,) = Validator({"oneOf": [dog, cat]}).failures({"kind": "cow"}, "body")
    assert (failure.pointer, failure.rule, failure.message) == (
        "/kind",
        "enum",
        'must be one of "dog", "cat", got "cow"',
    )


def test_where_no_branch_is_of_the_type_all_types_are_named() -> None:
    (failure,) = Validator({"oneOf": [{"type": "string"}, {"type": "integer"}]}).failures([], "body")
    assert failure.message == "must be a string or an integer, got []"


def test_two_matching_alternatives_are_a_failure() -> None:
    assert failures({"oneOf": [{"minimum": 1}, {"type": "integer"}]}, 3) == [("", "oneOf")]


def test_a_long_value_is_cut() -> None:
    assert len(show("x" * 1000)) <= SHOWN + 10
    assert "1002 characters" in show("x" * 1000)
