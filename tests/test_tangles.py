"""Choices of choices: what is wrong with a value is said for each alternative only where there are not too many."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from understudy.schemas.tangles import is_spread
from understudy.schemas.validators import Validator
from watchdog import steadily, watched

TEXT: dict[str, Any] = {"type": "string"}


def nested(levels: int) -> dict[str, Any]:
    """Return choices of three that stand inline in each other."""
    if not levels:
        return TEXT
    return {"anyOf": [nested(levels - 1) for _ in range(3)]}


def named(levels: int) -> dict[str, Any]:
    """Return choices of two that name one and the same choice of the next level, twice."""
    definitions: dict[str, Any] = {f"L{levels}": TEXT}
    for level in range(levels):
        definitions[f"L{level}"] = {
            "oneOf": [{"$ref": f"#/$defs/L{level + 1}"}, {"$ref": f"#/$defs/L{level + 1}"}]
        }
    return {"$ref": "#/$defs/L0", "$defs": definitions}


@pytest.mark.parametrize("schema", [nested(8), named(14), {"type": "array", "items": nested(8)}])
@pytest.mark.parametrize("value", [5, [5], {"a": 5}])
def test_of_too_many_alternatives_it_is_said_that_there_are_too_many(schema: Any, value: Any) -> None:
    validator = Validator(schema)
    failures = validator.failures(value, "body")
    assert list(map(str, failures)) == [
        "body: must be a match of one alternative: there are too many to say what each finds wrong"
    ]


@pytest.mark.parametrize(
    "schema",
    [
        nested(4),
        {"oneOf": [{"type": "object", "required": [f"m{number}"]} for number in range(5_000)]},
        {"anyOf": [{"allOf": [TEXT, TEXT, {"anyOf": [TEXT, TEXT]}]} for _ in range(200)]},
        {"anyOf": [{"$ref": "#/$defs/loop"}, TEXT], "$defs": {"loop": {"allOf": [{"$ref": "#/$defs/loop"}]}}},
    ],
    ids=["some levels", "one level", "parts that are no choices", "a way back to itself"],
)
def test_of_others_what_is_wrong_is_said(schema: Any) -> None:
    assert not is_spread(schema)


def test_what_meets_one_of_many_alternatives_is_taken() -> None:
    assert Validator(nested(8)).failures("a text", "body") == []


HOLDERS: dict[str, Callable[[Any], Any]] = {
    "not": lambda schema: {"not": {"anyOf": [{"not": schema}, {"not": schema}]}},
    "if": lambda schema: {"if": schema, "then": schema, "else": schema},
    "dependentSchemas": lambda schema: {"dependentSchemas": {"a": schema, "b": schema}},
    "allOf": lambda schema: {"allOf": [schema, schema]},
}


@pytest.mark.parametrize("holder", HOLDERS)
@steadily
def test_a_value_is_held_once_against_what_is_led_to_over_and_over(holder: str) -> None:
    last = {"properties": {"a": TEXT, "b": TEXT}, "required": ["a"]}
    definitions: dict[str, Any] = {"L40": last}
    for level in range(40):
        definitions[f"L{level}"] = HOLDERS[holder]({"$ref": f"#/$defs/L{level + 1}"})
    validator = Validator({"$ref": "#/$defs/L0", "$defs": definitions})

    async def judge() -> None:
        async with watched(500) as held:
            assert validator.failures({"a": "x", "b": "y"}, "body") == []
            assert validator.failures({"a": 1, "b": "y"}, "body")
        held.check()

    asyncio.run(judge())
