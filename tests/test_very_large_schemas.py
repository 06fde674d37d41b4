"""Schemas of thousands of parts, conditions, labels or alternatives, and of chains of hundreds, cost what they say and no
more: an answer comes, where it took minutes or ended the process.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, ref, resource, thing
from understudy.contracts.source import WIDE, Document
from understudy.media.pieces import whole
from understudy.schemas.compiled import Compiled
from understudy.schemas.direction import Direction
from understudy.schemas.piecewise import Broken, Judging
from understudy.schemas.shapes import Shapes
from understudy.schemas.validators import MOST_OF_LARGE, Validator
from understudy.testing import Sandbox

MANY = [f"p{number}" for number in range(2_000)]
LINKS = 500


def chain() -> dict[str, Any]:
    """Return schemas each of which is the next one and a member of its own."""
    links: dict[str, Any] = {"L500": thing({"id": TEXT})}
    for number in range(LINKS):
        own = thing({f"c{number}": TEXT}, f"c{number}")
        links[f"L{number}"] = {"allOf": [ref(f"L{number + 1}"), own]}
    return {"T": ref("L0"), **links}


def conditions() -> dict[str, Any]:
    """Return a schema that asks for another member for each id."""
    asked = []
    for name in MANY:
        is_it = {"properties": {"id": {"const": name}}, "required": ["id"]}
        asked.append({"if": is_it, "then": {"required": [name]}})
    return {"T": {**thing({"id": TEXT}), "allOf": asked}}


def labels() -> dict[str, Any]:
    """Return alternatives that labels tell apart."""
    ways = {}
    for name in MANY:
        ways[f"K{name}"] = thing({"id": TEXT, "kind": TEXT, f"f{name}": WHOLE}, "kind", f"f{name}")
    rule = {"propertyName": "kind", "mapping": {name: f"#/components/schemas/K{name}" for name in MANY}}
    return {"T": {"oneOf": list(map(ref, ways)), "discriminator": rule}, **ways}


SCHEMAS = {
    "a chain of 500": (chain(), {"c7": "a"}, 400),
    "2,000 conditions": (conditions(), {"id": "p7"}, 400),
    "2,000 labels": (labels(), {"kind": "p7", "fp7": 3}, 201),
    "2,000 parts": ({"T": {"allOf": [thing({name: TEXT}, name) for name in MANY]}}, {"p7": "a"}, 400),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SCHEMAS)
def test_a_very_large_schema_is_served(tmp_path: Path, name: str) -> None:
    schemas, sent, status = SCHEMAS[name]
    file = tmp_path / "api.json"
    paths = resource(ref("T"), ref("T"))
    document = {"paths": paths, "components": {"schemas": schemas}}
    file.write_text(json.dumps({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, **document}))
    with (
        Sandbox(file) as sandbox,
        httpx.Client(transport=sandbox.transport, base_url="http://sandbox", timeout=60) as api,
    ):
        assert api.get("/things").status_code == 200
        assert api.post("/things", json=sent).status_code == status


def test_a_chain_of_schemas_is_one_shape() -> None:
    root = {"openapi": "3.1.0", "components": {"schemas": chain()}}
    document = Document(Path(), "t.json", {"t.json": b"{}"}, {"t.json": root})
    shape = Shapes(Direction.RESPONSE).of((document.root.raw("components", "schemas", "T"),))
    assert [*shape.declared][:2] == ["id", "c499"]  # what is referred to comes first
    assert len(shape.declared) == LINKS + 1
    assert not shape.never


def judged(schema: Mapping[str, Any], value: Any) -> Broken | None:
    return whole(Judging(Compiled(schema, lambda part: Validator(part).is_valid)).broken(schema, value))


class Counted(dict[str, Any]):
    """An object that counts how often its members are walked through."""

    walks = 0

    def items(self) -> Any:
        self.walks += 1
        return super().items()


def test_an_alternative_of_a_few_members_does_not_walk_through_those_of_a_large_value() -> None:
    schema = {"anyOf": [thing({name: WHOLE}, name) for name in MANY]}
    value = Counted(dict.fromkeys(MANY, "a"))
    broken = judged(schema, value)
    assert broken is not None
    assert broken.keyword == "anyOf"
    assert value.walks < 10


@pytest.mark.parametrize(
    ("schema", "is_right"),
    [
        ({"type": "object", "required": ["p1", "p2"]}, True),
        ({"type": "object", "required": ["p1", "none"]}, False),
        ({"type": ["object", "null"], "required": ["p1"]}, True),
        ({"type": "array"}, False),
        ({"required": ["none"]}, False),
        ({"properties": {"p1": WHOLE}}, False),
        ({"properties": {"p1": TEXT, "none": WHOLE}}, True),
        ({"properties": {"p1": TEXT}, "additionalProperties": WHOLE}, False),
        ({"properties": {"p1": TEXT}, "patternProperties": {"^p": WHOLE}}, False),
    ],
)
def test_a_large_value_is_judged_in_pieces_as_it_is_in_one(schema: Mapping[str, Any], is_right: bool) -> None:
    value = dict.fromkeys(MANY, "a")
    assert (judged(schema, value) is None) is is_right is Validator(schema).is_valid(value)


def named(schema: Mapping[str, Any], value: Any) -> list[str]:
    """Return where a large value does not meet a schema."""
    return [failure.pointer for failure in whole(Validator(schema).judged(value, "body"))]


@pytest.mark.parametrize("items", [{"type": "integer"}, {"anyOf": [WHOLE, {"type": "boolean"}]}])
def test_of_a_large_value_some_failures_are_named_wherever_they_stand(items: Any) -> None:
    members = {"id": TEXT, "list": {"type": "array", "items": items}, "map": {"additionalProperties": items}}
    numbers: list[Any] = [*range(6_000)]
    numbers[5] = numbers[5_999] = "x"
    value = {"id": 1, "list": numbers, "map": {**dict.fromkeys(MANY, 1), "p7": "x", "p1999": "x"}}
    found = named({"allOf": [thing(members, "other")]}, value)
    assert set(found) == {"/id", "/list/5", "/list/5999", "/map/p7", "/map/p1999", "/other"}


def test_of_a_large_value_no_more_than_some_failures_are_named() -> None:
    assert named({"items": WHOLE}, ["x"] * 6_000) == [f"/{number}" for number in range(MOST_OF_LARGE)]


def test_what_is_wrong_in_an_alternative_is_one_failure() -> None:
    held = {"anyOf": [{"items": WHOLE}, {"items": {"type": "boolean"}}]}
    assert named(thing({"held": held, "id": TEXT}), {"held": [*range(6_000), "x", "y"], "id": 1}) == [
        "/held",
        "/id",
    ]


@pytest.mark.parametrize("count", [1_000, 1_001, 50_000])
def test_what_is_none_of_very_many_values_is_told_some_of_them(count: int) -> None:
    validator = Validator({"type": "string", "enum": [f"v{number}" for number in range(count)]})
    assert validator.failures("v7", "query") == []
    (failure,) = validator.failures("zz", "query", "/e")
    assert (failure.pointer, failure.rule, failure.received) == ("/e", "enum", '"zz"')
    assert failure.expected.endswith(f'"v24" and {count - 25} more')


def test_what_a_member_is_none_of_costs_no_list_of_all_that_it_may_be() -> None:
    values = [f"v{number}" for number in range(20_000)]
    schema = {**thing({"k": {"$ref": "#/$defs/E"}, "n": WHOLE}, "n"), "$defs": {"E": {"enum": values}}}
    validator = Validator(schema)
    del validator._compiled  # which would make that list
    named = {failure.pointer: failure for failure in validator.failures({"k": "zz"}, "body")}
    assert sorted(named) == ["/k", "/n"]
    assert named["/k"].expected.endswith('"v24" and 19975 more')


def test_a_body_of_long_texts_is_a_large_one() -> None:
    wide: dict[str, Any] = {"type": "object", "required": ["none"]}
    for _ in range(8):
        wide = {"anyOf": [wide] * 3}
    (failure,) = whole(Validator(wide).judged({"texts": ["a" * 10_000] * 100}, "body"))
    assert failure.rule == "anyOf"


def test_an_object_of_thousands_of_members_within_an_item_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "api.json"
    names = [f"p{number}" for number in range(5_000)]
    item = thing({"id": TEXT, "inner": thing(dict.fromkeys(names, TEXT), *names)}, "inner")
    document = {"paths": resource(ref("T"), ref("T")), "components": {"schemas": {"T": item}}}
    file.write_text(json.dumps({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, **document}))
    with Sandbox(file) as sandbox, httpx.Client(transport=sandbox.transport, base_url="http://s") as client:
        shown = client.get("/things/abc")
    assert shown.json()["inner"].keys() == set(names)
    assert "sandbox-contract" not in shown.headers


def test_of_thousands_of_members_each_that_says_its_own_values_has_one(tmp_path: Path) -> None:
    members: dict[str, Any] = {
        name: {"type": "string", "maxLength": 100 + number} for number, name in enumerate(MANY)
    }
    members["p1500"] |= {"examples": ["authored"]}
    members["p1600"] |= {"enum": ["one", "two"]}
    members["p1700"] |= {"minLength": 300}
    item = thing(members, *MANY)
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": resource(ref("T"), ref("T")),
        "components": {"schemas": {"T": item}},
    }
    file = tmp_path / "api.json"
    file.write_text(json.dumps(document))
    with Sandbox(file) as sandbox, httpx.Client(transport=sandbox.transport, base_url="http://s") as client:
        shown = client.get("/things/abc").json()
    assert shown["p1500"] == "authored"
    assert shown["p1600"] in ("one", "two")
    assert len(shown["p1700"]) >= 300


@pytest.mark.parametrize(("members", "is_wide"), [(WIDE, False), (WIDE + 1, True)])
def test_what_is_wide_is_known_once_references_were_checked(
    tmp_path: Path, members: int, is_wide: bool
) -> None:
    named = [f"p{number}" for number in range(members)]
    for schema in (thing(dict.fromkeys(named, TEXT)), {"enum": named}):
        file = tmp_path / "api.json"
        file.write_text(json.dumps({"components": {"schemas": {"T": schema}}}))
        assert Document.load(file).is_wide == is_wide
