"""Contracts that ask for much do not hold the event loop: what an answer costs has a bound."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import pytest

from inline import TEXT, Api, answer, ref, resource, thing
from understudy.errors import SandboxError
from understudy.schemas.generator import Generator
from understudy.stubs.templates import Template, TemplateInvalid, compiled
from watchdog import HeldTooLongError, steadily, watched

pytestmark = pytest.mark.usefixtures("spared")

MAY_TAKE = 50
"""Milliseconds of an answer of a contract that was read."""
READING = 40
"""Times as long as that may take what is done once, when an operation is first asked: its schemas are compiled. A server
does it in pieces before the first request, and has as long for it.
"""


def one(schema: Any, **schemas: Any) -> dict[str, Any]:
    return {"paths": {"/things": {"get": {"responses": answer(schema)}}}, **schemas}


def alternatives(count: int, prefix: str) -> list[Any]:
    return [thing({f"{prefix}{number}": TEXT}, f"{prefix}{number}") for number in range(count)]


def twice(levels: int) -> dict[str, Any]:
    """Return schemas of which each leads twice to the next."""
    schemas = {f"S{number}": {"allOf": [ref(f"S{number + 1}")] * 2} for number in range(levels)}
    return {**schemas, f"S{levels}": thing({"a": TEXT}, "a")}


def made_of_each_other(count: int) -> dict[str, Any]:
    """Return schemas that are each made of the next five, and so of themselves."""
    schemas = {}
    for number in range(count):
        parts = [ref(f"S{(number + step) % count}") for step in range(1, 6)]
        schemas[f"S{number}"] = {"allOf": [*parts, thing({f"p{number}": TEXT})]}
    return schemas


def within(levels: int) -> dict[str, Any]:
    """Return a schema of alternatives within alternatives."""
    schema: dict[str, Any] = TEXT
    for _ in range(levels):
        schema = {"if": schema}
    return schema


def family(kind: str) -> dict[str, Any]:
    child = {"type": "array", "items": ref("T")} if kind == "lists" else ref("T")
    item = thing({"id": TEXT, **{f"child{number}": child for number in range(20)}}, "id")
    return {"paths": resource(ref("T"), ref("T")), "T": item}


CONTRACTS: dict[str, dict[str, Any]] = {
    "an enum of 50,000": one({"type": "string", "enum": [f"v{number}" for number in range(50_000)]}),
    "an enum of 10,000 objects": one({"enum": [{"a": number} for number in range(10_000)]}),
    "two enums of 10,000": one(
        {"allOf": [{"enum": [f"v{number + start}" for number in range(10_000)]} for start in (0, 9_000)]}
    ),
    "a text of 100,000": one(thing({"x": {"type": "string", "minLength": 100_000}}, "x")),
    "a text of 1,000,000": one(thing({"x": {"type": "string", "minLength": 10**6}}, "x")),
    "a match of 1,000,000": one(
        thing({"x": {"type": "string", "minLength": 10**6, "pattern": "^[a-z]+$"}}, "x")
    ),
    "oneOf 5,000": one({"oneOf": alternatives(5_000, "p")}),
    "anyOf 5,000": one({"anyOf": alternatives(5_000, "p")}),
    "oneOf 200 equal ones": one({"oneOf": [thing({"a": TEXT}, "a")] * 200}),
    "allOf of oneOf": one({"allOf": [{"oneOf": alternatives(20, f"p{number}_")} for number in range(6)]}),
    "allOf that leads twice to the next, 25 times": one(ref("S0"), **twice(25)),
    "25 schemas made of five of each other": one(ref("S0"), **made_of_each_other(25)),
    "800 alternatives within alternatives": one(within(800)),
    "30 types with members of each": {
        "paths": resource(ref("T"), ref("T")),
        "T": thing({"id": TEXT, **{f"m{number}": ref(f"M{number}") for number in range(30)}}, "id"),
        **{
            f"M{number}": thing({f"m{other}": ref(f"M{other}") for other in range(30)})
            for number in range(30)
        },
    },
    "names that are objects": one(
        ref("N"), N={"type": "object", "minProperties": 1, "propertyNames": ref("N")}
    ),
    "20 children of its own type": family("members"),
    "20 lists of its own type": family("lists"),
    "100,000 properties": one({"type": "object", "minProperties": 10**5}),
    "1,000,000,000 properties": one({"type": "object", "minProperties": 10**9}),
    "1,000,000 items": one({"type": "array", "minItems": 10**6, "items": TEXT}),
    "10,000 items that differ": one({"type": "array", "minItems": 10**4, "uniqueItems": True, "items": TEXT}),
    "Faker's enum, which needs an argument": one({"type": "string", "x-understudy": {"faker": "enum"}}),
    "Faker's binary": one({"type": "string", "x-understudy": {"faker": "binary"}}),
}


async def asked(api: Api, held_for: float) -> None:
    async with watched(held_for) as held:
        with suppress(SandboxError):
            await api.ask("get /things")
    held.check()


@pytest.mark.parametrize("name", CONTRACTS)
@steadily
def test_an_answer_does_not_hold_the_loop(name: str) -> None:
    async def ask() -> None:
        api = Api(**CONTRACTS[name])
        await asked(api, MAY_TAKE * READING)
        await asked(api, MAY_TAKE)

    asyncio.run(ask())


@steadily
def test_a_path_of_20_000_segments_is_understood_soon() -> None:
    path = "/a" * 20_000

    async def ask() -> None:
        async with watched(MAY_TAKE * READING) as held:
            await Api({path: {"get": {"responses": answer(thing({"id": TEXT}))}}}).ask(f"get {path}")
        held.check()

    asyncio.run(ask())


def test_a_list_that_was_read_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    code = {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"}
    item = thing({"id": TEXT, "code": code, "made": {"type": "string", "format": "date-time"}}, "id", "code")
    api = Api(resource(item, thing({"id": TEXT})))

    async def ask() -> tuple[Any, Any]:
        for number in range(20):
            await api.ask("post /things", body={"id": f"t-{number}"})
        first = await api.told("get /things")
        for name in ("value", "member", "nested", "entity"):
            monkeypatch.delattr(Generator, name)
        return first, await api.told("get /things")

    first, second = asyncio.run(ask())
    assert len(first) == 20
    assert second == first


LONG: dict[str, Any] = {
    "numbers": list(range(130_000)),
    "objects": [{"a": number} for number in range(60_000)],
    "text": "ab<" * 330_000,
}
TEMPLATES = [
    "{{ body }}",
    "{{ body.numbers | sort | list }}",
    "{{ body.text | title | length }}",
    "{{ body.objects | selectattr('a', 'gt', 5) | list | length }}",
    "{{ body.numbers | unique | sort | reverse | list | length }}",
    "{{ body.numbers | map('int') | map('round') | sum }}",
    f"{{{{ {' + '.join(['(body.numbers | sum)'] * 60)} }}}}",
]


@pytest.mark.parametrize("source", TEMPLATES)
@steadily
def test_a_template_over_a_body_of_1_mb_does_not_hold_the_loop(source: str) -> None:
    template = compiled(source)

    async def ask() -> None:
        async with watched(MAY_TAKE) as held:
            await template.render({"body": LONG})
        held.check()

    asyncio.run(ask())


@pytest.mark.parametrize(
    ("source", "came_to"),
    [
        ("{{ body.numbers | sort | first }}", 0),
        ("{{ body.numbers | sum + body.objects | sum(attribute='a') }}", 10_249_905_000),
        ("{{ body.objects | map(attribute='a') | map('string') | list | last }}", "59999"),
        ("{{ body.text | upper | truncate(7) }}", "AB<A..."),
        ("{{ body.numbers | reverse | list | join | length }}", 928_888),
        ("{{ body.objects | rejectattr('a', 'lt', 59999) | list }}", [{"a": 59_999}]),
        ("{{ body.objects | dictsort }}", None),
    ],
)
def test_filters_of_long_values_come_to_what_they_do_for_short_ones(source: str, came_to: Any) -> None:
    rendered = compiled(source).render({"body": LONG})
    if came_to is None:
        with pytest.raises(TemplateInvalid):
            asyncio.run(rendered)
    else:
        assert asyncio.run(rendered) == came_to


def test_a_template_of_thousands_of_words_is_refused_where_it_is_written() -> None:
    assert Template("{{ calls }}" * 600 + "a" * 100_000)
    with pytest.raises(TemplateInvalid, match="it has more than 2,000 names, values and signs"):
        Template("{{ calls + 1 }}" * 600)


def test_the_watchdog_prints_what_held_the_loop() -> None:
    def hold() -> int:
        return sum(number % 7 for number in range(3_000_000))

    async def ask() -> str:
        async with watched(20) as held:
            hold()
        return str(held)

    said = asyncio.run(ask())
    assert "hold()" in said


def test_what_is_held_in_one_take_of_three_is_the_machine_s() -> None:
    takes: list[int] = []

    @steadily
    def held(times: int) -> None:
        takes.append(times)
        if len(takes) <= times:
            raise HeldTooLongError

    held(2)
    assert len(takes) == 3
    takes.clear()
    with pytest.raises(HeldTooLongError):
        held(3)
