"""Large values judged a piece at a time: what a piece says is what the whole would have said."""

from __future__ import annotations

import random
from typing import Any

import pytest

from understudy.errors import Failure
from understudy.schemas.validators import Validator

ITEM = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
DEFINED = {"$ref": "#/$defs/s0", "$defs": {"s0": {"type": "array", "items": ITEM}}}
MANY = [{"a": number} for number in range(6_000)]
NAMED = {f"m{number}": number for number in range(6_000)}
LISTED = {"type": "object", "properties": {"x": {"type": "array", "items": ITEM}}, "required": ["x"]}
NUMBERS = {"type": "array", "items": {"type": "integer"}}

GOOD: dict[str, tuple[Any, Any]] = {
    "a list": (LISTED, {"x": MANY}),
    "a reference": (DEFINED, MANY),
    "members": ({"additionalProperties": {"type": "integer"}}, NAMED),
    "members by pattern": ({"patternProperties": {"^m": {"type": "integer"}}}, NAMED),
    "members that are large": (
        {"additionalProperties": NUMBERS},
        {"a": list(range(3_000)), "b": [1] * 3_000},
    ),
    "parts": ({"allOf": [LISTED, {"required": ["x"]}]}, {"x": MANY}),
    "one alternative": ({"oneOf": [NUMBERS, {"type": "array", "items": ITEM}]}, MANY),
    "some alternatives": ({"anyOf": [{"type": "array"}, {"type": "array", "items": ITEM}]}, MANY),
    "a condition": ({"if": {"type": "array"}, "then": {"items": ITEM}, "else": False}, MANY),
    "no match": ({"not": NUMBERS}, MANY),
    "first items": ({"prefixItems": [{"type": "string"}], "items": ITEM}, ["a", *MANY]),
    "items that differ": ({"uniqueItems": True, "items": ITEM}, MANY),
    "what others did not see": ({"allOf": [LISTED], "unevaluatedProperties": False}, {"x": MANY}),
    "lists in lists": ({"items": {"items": NUMBERS}}, [[[1] * 100] * 10] * 10),
}
BAD: dict[str, tuple[Any, Any, str, str]] = {
    "an item": (LISTED, {"x": [*MANY, {"a": "1"}]}, "/x/6000/a", "type"),
    "an item that lacks something": (DEFINED, [*MANY, {}], "/6000/a", "required"),
    "a member": ({"additionalProperties": {"type": "integer"}}, NAMED | {"z": "a"}, "/z", "type"),
    "a member too many": (
        {"properties": NAMED.fromkeys(NAMED, {}), "additionalProperties": False},
        NAMED | {"z": 1},
        "/z",
        "additionalProperties",
    ),
    "a member that is missing": (
        {"required": ["z"], "additionalProperties": {"type": "integer"}},
        NAMED,
        "/z",
        "required",
    ),
    "too many items": ({"maxItems": 5, "items": ITEM}, MANY, "", "maxItems"),
    "two alternatives": (
        {"oneOf": [{"type": "array"}, {"type": "array", "items": ITEM}]},
        MANY,
        "",
        "oneOf",
    ),
    "no alternative": ({"anyOf": [NUMBERS, {"type": "array", "maxItems": 1}]}, MANY, "", "anyOf"),
    "what must not be": ({"not": {"type": "array", "items": ITEM}}, MANY, "", "not"),
    "an item deep within": (
        {"items": {"items": NUMBERS}},
        [[[1] * 100] * 10] * 9 + [[["a"] * 400] * 2],
        "",
        "",
    ),
    "an item twice": ({"uniqueItems": True, "items": ITEM}, [*MANY, {"a": 0}], "", "uniqueItems"),
    "none of some lists": ({"enum": [[1], MANY[1:]]}, MANY, "", "enum"),
    "another list": ({"items": {"const": MANY[1:]}}, [MANY], "/0", "const"),
}


def judged(schema: Any, value: Any) -> tuple[list[Failure], int]:
    """Return what is wrong, and how many pauses were made to find out."""
    work, pauses = Validator(schema).judged(value, "body"), 0
    while True:
        try:
            next(work)
            pauses += 1
        except StopIteration as end:
            return end.value, pauses


@pytest.mark.parametrize("name", GOOD)
def test_what_is_good_as_a_whole_is_good_in_pieces(name: str) -> None:
    schema, value = GOOD[name]
    assert Validator(schema).is_valid(value)
    assert judged(schema, value)[0] == []


@pytest.mark.parametrize("name", BAD)
def test_what_is_bad_is_named_where_it_stands(name: str) -> None:
    schema, value, pointer, rule = BAD[name]
    assert not Validator(schema).is_valid(value)
    failure = judged(schema, value)[0][0]
    assert failure.pointer.startswith(pointer)
    assert not rule or failure.rule == rule


def test_what_is_small_is_told_whole() -> None:
    assert len(judged(LISTED, {"x": [{"a": "b"}, {}]})[0]) == 2


def test_others_have_their_turn_while_much_is_judged() -> None:
    slow = {"items": {"enum": [{"a": number} for number in range(300)]}}
    assert judged(slow, [{"a": 299}] * 3_000)[1] > 3


def drawn(random: random.Random, depth: int) -> Any:
    """Return a schema of the keywords that are taken apart."""
    if depth == 0:
        return random.choice([{"type": "integer"}, {"type": "string"}, {"maximum": 5}, True, False])
    inner = [drawn(random, depth - 1) for _ in range(2)]
    return random.choice(
        [
            {"items": inner[0]},
            {"type": "array", "items": inner[0], "minItems": 2},
            {"prefixItems": inner, "items": inner[1]},
            {"additionalProperties": inner[0]},
            {"properties": {"a": inner[0], "b": inner[1]}, "required": ["a"]},
            {"properties": {"a": inner[0]}, "additionalProperties": inner[1]},
            {"allOf": inner},
            {"anyOf": inner},
            {"oneOf": inner},
            {"not": inner[0]},
            {"if": inner[0], "then": inner[1]},
            {"patternProperties": {"^a": inner[0]}, "additionalProperties": inner[1]},
        ]
    )


def value_of(random: random.Random, depth: int) -> Any:
    """Return a value, a large one where it holds others."""
    if depth == 0:
        return random.choice([1, 9, "a", None])
    inner = [value_of(random, depth - 1) for _ in range(3)]
    if random.random() < 0.5:
        return inner * random.choice([1, 200])
    return {
        "a": inner[0],
        "b": inner[1],
        **{f"a{number}": inner[2] for number in range(random.choice([0, 400]))},
    }


def test_pieces_and_the_whole_agree_on_whatever_is_drawn() -> None:
    drawing = random.Random(7)
    for _ in range(1_500):
        schema, value = drawn(drawing, 3), value_of(drawing, 2)
        is_valid = Validator(schema).is_valid(value)
        assert (judged(schema, value)[0] == []) is is_valid, (schema, value)
