"""Repetition: members that several schemas lead on by are judged, and what is wrong in them is named, without taking each way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from inline import TEXT, WHOLE, Api, answer, body, ref, thing
from understudy.bodies.coercion import Coercion
from understudy.schemas.direction import Direction
from understudy.schemas.validators import Validator, validators_of
from watchdog import steadily, watched

LEVELS = 30
MAY_TAKE = 250
"""Milliseconds; each of these took minutes."""


def named(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


def nested(levels: int, inner: Any) -> Any:
    value = inner
    for _ in range(levels):
        value = {"a": 1, "n": value}
    return value


def ladder(step: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """Return schemas of which each leads to the next, in the ways of a step."""
    definitions = {f"L{level}": step(named(f"L{level + 1}")) for level in range(LEVELS)}
    definitions[f"L{LEVELS}"] = thing({"a": WHOLE}, "a")
    return {**named("L0"), "$defs": definitions}


def back_to_itself(base: dict[str, Any]) -> dict[str, Any]:
    """Return a type that both it and its base lead back to."""
    both = {"allOf": [named("B"), thing({"n": named("T")})]}
    return {**named("T"), "$defs": {"T": both, "B": base}}


SCHEMAS: dict[str, dict[str, Any]] = {
    "itself and a member": ladder(lambda schema: {"allOf": [schema], "properties": {"n": schema}}),
    "the same member twice": ladder(lambda schema: {"allOf": [thing({"n": schema}), thing({"n": schema})]}),
    "a type and its base": back_to_itself(thing({"n": named("T"), "a": WHOLE})),
    "a type that is its base's member": back_to_itself(thing({"a": WHOLE, "n": {"allOf": [named("T")]}})),
}


@pytest.mark.parametrize("name", SCHEMAS)
@steadily
def test_a_member_that_is_led_to_over_and_over_is_judged_soon(name: str) -> None:
    validator = Validator(SCHEMAS[name])

    async def judge() -> None:
        async with watched(MAY_TAKE) as held:
            assert validator.is_valid(nested(LEVELS, {"a": 1}))
            assert validator.failures(nested(LEVELS, {"a": 1}), "body") == []
            [wrong] = validator.failures({**nested(LEVELS, {"a": "x"}), "z": 1}, "body")
            assert (wrong.pointer, wrong.expected) == ("/n" * LEVELS + "/a", "an integer")
            assert validator.broken(nested(LEVELS, {"a": "x"}))
        held.check()

    asyncio.run(judge())


def test_of_what_is_led_to_a_few_times_all_is_named() -> None:
    schema = back_to_itself(thing({"n": named("T"), "a": WHOLE, "b": WHOLE}))
    failures = Validator(schema).failures({"a": "x", "n": {"a": "y", "b": "z"}}, "body")
    assert sorted({failure.pointer for failure in failures}) == ["/a", "/n/a", "/n/b"]


@steadily
def test_what_alternatives_read_alike_is_judged_once() -> None:
    schemas: dict[str, Any] = {
        f"L{level}": {"if": ref(f"L{level + 1}"), "then": ref(f"L{level + 1}"), "else": ref(f"L{level + 1}")}
        for level in range(20)
    }
    paths = {"/things": {"post": {"requestBody": body(ref("L0")), "responses": answer(TEXT)}}}
    api = Api(paths, L20=thing({"a": WHOLE}, "a"), **schemas)
    sent = api.sandbox.contract.operations[0].body
    assert sent is not None
    node = sent.content["application/json"].schema
    assert node is not None
    coercion = Coercion(validators_of(api.sandbox.contract, Direction.REQUEST).for_node)

    async def read() -> None:
        coercion.value({"a": "x"}, node)
        async with watched(MAY_TAKE / 5) as held:
            assert coercion.value({"a": "x"}, node) == {"a": "x"}
        held.check()

    asyncio.run(read())


def test_a_long_list_of_plain_objects_has_each_of_its_failures_named() -> None:
    item = {"allOf": [thing({name: WHOLE}) for name in "abcdef"]}
    failures = Validator({"type": "array", "items": item}).failures([{"a": 1, "b": "x"}] * 700 + [5], "body")
    assert failures[-1].pointer == "/499/b"
    assert len(failures) == 500
