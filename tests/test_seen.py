"""What others saw of a value: asked once of each schema, and the same as what the validator says."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest

from understudy.schemas.tangles import FARTHEST, is_woven
from understudy.schemas.validators import Validator
from watchdog import steadily, watched

TEXT: dict[str, Any] = {"type": "string"}
NOTHING_ELSE = {"unevaluatedProperties": False}
ENDS: list[Any] = [
    {"type": "integer"},
    {"type": "string"},
    {"maximum": 5},
    True,
    False,
    {"properties": {"a": True}},
    {"required": ["b"]},
    {"prefixItems": [True]},
]


def drawn(drawing: random.Random, depth: int) -> Any:
    """Return a schema of keywords that see something of a value, often with one that speaks of the rest."""
    if depth == 0:
        return drawing.choice(ENDS)
    one, other = drawn(drawing, depth - 1), drawn(drawing, depth - 1)
    schema = drawing.choice(
        [
            {"items": one},
            {"prefixItems": [one, other]},
            {"additionalProperties": one},
            {"properties": {"a": one, "b": other}},
            {"properties": {"a": one}, "additionalProperties": other},
            {"patternProperties": {"^a": one, "1$": other}},
            {"patternProperties": {"^a": one}, "properties": {"a": other}, "additionalProperties": False},
            {"propertyNames": one},
            {"propertyNames": {"pattern": "^a"}},
            {"allOf": [one, other]},
            {"anyOf": [one, other]},
            {"oneOf": [one, other]},
            {"not": one},
            {"if": one, "then": other, "else": one},
            {"dependentSchemas": {"a": one, "b": other}},
            {"contains": one},
            {"contains": one, "minContains": 2, "maxContains": 3},
            {"contains": one, "minContains": 0},
        ]
    )
    if drawing.random() < 0.6:
        rest = drawing.choice(["unevaluatedProperties", "unevaluatedItems"])
        schema = {**schema, rest: drawing.choice([False, other, True])}
    return schema


def value_of(drawing: random.Random, depth: int) -> Any:
    if depth == 0:
        return drawing.choice([1, 9, "a", None])
    inner = [value_of(drawing, depth - 1) for _ in range(3)]
    if drawing.random() < 0.5:
        return inner[: drawing.randrange(4)]
    return dict(zip(drawing.sample(["a", "b", "a1", "c", "b1"], 3), inner, strict=True))


def woven(schema: Any) -> dict[str, Any]:
    """Return a schema that means the same, and leads to what it means over and over."""
    definitions: dict[str, Any] = {"L10": schema}
    for level in range(10):
        definitions[f"L{level}"] = {"allOf": [{"$ref": f"#/$defs/L{level + 1}"}] * 2}
    return {"$ref": "#/$defs/L0", "$defs": definitions}


def test_what_was_seen_is_what_the_validator_says_was_seen() -> None:
    drawing, met = random.Random(7), 0
    for _ in range(1_000):
        schema = drawn(drawing, 3)
        whole, apart = Validator(schema), Validator(woven(schema))
        for _ in range(3):
            value = value_of(drawing, 2)
            is_valid = whole.is_valid(value)
            assert apart.is_valid(value) is is_valid, (schema, value)
            assert (apart.failures(value, "body") == []) is is_valid
            met += is_valid
    assert met > 1_000


LADDERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "allOf": lambda below: {"allOf": [below], **NOTHING_ELSE},
    "allOf twice": lambda below: {"allOf": [below, below], **NOTHING_ELSE},
    "anyOf": lambda below: {"anyOf": [below], **NOTHING_ELSE},
    "oneOf": lambda below: {"oneOf": [below, {"required": ["nothing"]}], **NOTHING_ELSE},
    "if": lambda below: {"if": below, "then": below, "else": below, **NOTHING_ELSE},
    "dependentSchemas": lambda below: {"dependentSchemas": {"a": below, "b": below}, **NOTHING_ELSE},
    "$ref": lambda below: {**below, **NOTHING_ELSE},
    "the rest": lambda below: {"allOf": [below], "unevaluatedProperties": below},
    "names": lambda below: {"propertyNames": {"anyOf": [below, below]}, "anyOf": [below, below]},
}


def ladder(step: Callable[[dict[str, Any]], dict[str, Any]], levels: int) -> dict[str, Any]:
    last = {"properties": {"a": TEXT, "b": TEXT}}
    definitions: dict[str, Any] = {f"L{levels}": last}
    for level in range(levels):
        definitions[f"L{level}"] = step({"$ref": f"#/$defs/L{level + 1}"})
    return {"$ref": "#/$defs/L0", "$defs": definitions}


@pytest.mark.parametrize("name", LADDERS)
@steadily
def test_a_value_is_judged_soon_where_each_level_asks_what_the_ones_below_saw(name: str) -> None:
    schema = ladder(LADDERS[name], 40)

    async def judge() -> None:
        async with watched(500) as held:
            validator = Validator(schema)
            assert validator.failures({"a": "x", "b": "y"}, "body") == []
            assert validator.failures({"a": 1, "b": "y"}, "body")
        held.check()

    asyncio.run(judge())


@pytest.mark.parametrize(
    ("keyword", "value", "sentence"),
    [
        ("allOf", {"a": 1}, "body /a: must be a string, got 1"),
        ("allOf", {"z": 1}, "body /z: must be absent: the contract has no such field"),
        ("the rest", {"a": 1}, "body /a: must be a string, got 1"),
    ],
)
def test_what_is_wrong_is_named_where_it_stands(keyword: str, value: Any, sentence: str) -> None:
    failures = Validator(ladder(LADDERS[keyword], 30)).failures(value, "body")
    assert [str(failure).partition(";")[0] for failure in failures] == [sentence]


def test_inline_schemas_within_each_other_are_no_different() -> None:
    schema: dict[str, Any] = {"properties": {"a": TEXT}}
    for _ in range(30):
        schema = {"allOf": [schema], **NOTHING_ELSE}
    validator = Validator({"properties": {"inner": schema}})
    assert validator.is_valid({"inner": {"a": "x"}})
    assert not validator.is_valid({"inner": {"b": "x"}})


def test_what_leads_on_too_far_and_multiplies_is_not_compiled() -> None:
    assert is_woven(ladder(LADDERS["allOf"], FARTHEST // 2 - 5))
    with pytest.raises(ValueError, match="more than 200 schemas lead to each other over and over"):
        Validator(ladder(LADDERS["allOf"], FARTHEST))


def test_what_stands_once_at_each_level_is_compiled_however_far_it_leads() -> None:
    assert not is_woven(ladder(lambda below: {"allOf": [below, TEXT]}, 2 * FARTHEST))
