"""The generator: valid by construction, realistic by name and format, bounded, decided by the seed, and honest where nothing is valid."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from understudy.contracts.source import Document
from understudy.messages import NOTHING
from understudy.schemas.direction import Direction
from understudy.schemas.entity import new_faker
from understudy.schemas.generator import Generator, Ungeneratable
from understudy.schemas.places import country_named, country_of_money
from understudy.schemas.shape import Shape
from understudy.schemas.translation import Translation
from understudy.schemas.validators import Validators
from understudy.schemas.vocabulary import ACCOUNTS

fake = new_faker()
Schema = dict[str, Any] | bool


class Maker:
    """A generator for the schema `T` of a contract that has only schemas."""

    def __init__(
        self,
        schema: Schema,
        others: dict[str, Schema] | None = None,
        version: str = "3.1.0",
        direction: str = "response",
    ) -> None:
        self.root = {"openapi": version, "components": {"schemas": {"T": schema, **(others or {})}}}
        document = Document(
            Path(), "t.json", {"t.json": json.dumps(self.root).encode()}, {"t.json": self.root}
        )
        self.node = document.root.child("components", "schemas", "T")
        validators = Validators(Translation(document, version[:3], Direction(direction)))
        self.generator = Generator(validators.for_node, direction)

    def value(self, seed: object = 1, name: str = "", full: bool = True, examples: bool = True) -> Any:
        fake.seed_instance(str(seed))
        return self.generator.value(self.node, fake, name=name, full=full, examples=examples)

    def values(self, count: int = 20, **options: Any) -> list[Any]:
        return [self.value(seed, **options) for seed in range(count)]


def value(schema: Schema, **options: Any) -> Any:
    return Maker(schema).value(**options)


def record(properties: dict[str, Schema], **keywords: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), **keywords}


TEXT: Schema = {"type": "string"}


# ---- every schema that can be met is met, judged by jsonschema itself

NAMES = ("id", "name", "createdAt", "email", "total", "tags", "isActive", "parent")
PATTERNS = (
    r"^[A-Z]{3}$",
    r"^\d{3}-\d{4}$",
    r"^(a|b)+c?$",
    r"[0-9]{2}",
    r"^AC[0-9a-fA-F]{32}$",
    r"^\S+@\S+$",
    r"^[^/]+$",
    r"^(?!x)\w{1,8}$",
)
FORMATS = (
    "date",
    "date-time",
    "time",
    "uuid",
    "email",
    "ipv4",
    "ipv6",
    "hostname",
    "uri",
    "duration",
    "json-pointer",
    "regex",
)


@st.composite
def texts(draw: st.DrawFn) -> Schema:
    least = draw(st.integers(0, 40))
    limits = {"type": "string", "minLength": least, "maxLength": least + draw(st.integers(0, 40))}
    shaped = st.one_of(
        st.sampled_from(PATTERNS).map(lambda p: {"pattern": p}),
        st.sampled_from(FORMATS).map(lambda f: {"format": f}),
    )
    return draw(st.one_of(st.just(limits), shaped.map(lambda keyword: {"type": "string", **keyword})))


@st.composite
def numbers(draw: st.DrawFn) -> Schema:
    step = draw(st.sampled_from((1, 3, 5, 0.5, 0.25)))
    low = draw(st.integers(-200, 200))
    schema: dict[str, Any] = {"type": draw(st.sampled_from(("number", "integer"))), "multipleOf": step}
    schema |= {
        "exclusiveMinimum": (low - 1) * step * 4,
        "maximum": (low + draw(st.integers(0, 200))) * step * 4,
    }
    return {key: one for key, one in schema.items() if key == "type" or draw(st.booleans())}


def single_values() -> st.SearchStrategy[Schema]:
    constants = st.sampled_from((1, "a", True, None, [1], {"a": None}))
    return st.one_of(
        texts(),
        numbers(),
        st.just({"type": ["null", "boolean"]}),
        st.lists(constants, min_size=1, max_size=4).map(lambda many: {"enum": many}),
        constants.map(lambda one: {"const": one}),
        st.sampled_from((True, {}, {"type": "null"}, {"$ref": "#/components/schemas/Shared"})),
    )


@st.composite
def objects(draw: st.DrawFn, inner: st.SearchStrategy[Schema]) -> Schema:
    properties = draw(st.dictionaries(st.sampled_from(NAMES), inner, max_size=4))
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    schema["required"] = draw(st.lists(st.sampled_from([*properties, "extra"]), unique=True))
    schema["additionalProperties"] = draw(
        inner if "extra" in schema["required"] else st.one_of(st.just(False), inner)
    )
    schema["minProperties"] = draw(st.integers(0, len(properties)))
    if draw(st.booleans()):
        schema["maxProperties"] = max(schema["minProperties"], len(schema["required"]))
    return schema


@st.composite
def arrays(draw: st.DrawFn, inner: st.SearchStrategy[Schema]) -> Schema:
    least = draw(st.integers(0, 4))
    schema: dict[str, Any] = {"type": "array", "minItems": least, "maxItems": least + draw(st.integers(0, 3))}
    if draw(st.booleans()):
        return schema | {
            "items": {"type": "integer", "minimum": 0, "maximum": 5},
            "uniqueItems": True,
            "maxItems": 6,
        }
    return schema | draw(
        st.fixed_dictionaries(
            {"items": inner}, optional={"prefixItems": st.lists(inner, min_size=1, max_size=2)}
        )
    )


def compounds(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    pairs = st.tuples(inner, inner)
    return st.one_of(
        objects(inner),
        arrays(inner),
        pairs.map(lambda two: {"anyOf": list(two)}),
        pairs.map(lambda two: {"oneOf": [record({"kind": {"const": index}, "x": one}) for index, one in enumerate(two)]}),
        pairs.map(lambda two: {"allOf": [record({"left": two[0]}), {"type": "object", "properties": {"right": two[1]}}]}),
        pairs.map(lambda two: {**record({"kind": {"enum": ["a", "b"]}}), "if": {"properties": {"kind": {"const": "a"}}},
                               "then": {"properties": {"a": two[0]}, "required": ["a"]}, "else": {"properties": {"b": two[1]}}}),
        inner.map(lambda one: {"type": "object", "properties": {"again": {"$ref": "#/components/schemas/T"}, "other": one}}),
    )  # fmt: skip


@given(st.recursive(single_values(), compounds, max_leaves=6), st.integers(0, 2**32), st.booleans())
@settings(deadline=None, derandomize=True, max_examples=300)
def test_what_is_generated_is_valid_by_jsonschema_itself(schema: Schema, seed: int, full: bool) -> None:
    maker = Maker(schema, {"Shared": record({"code": {"type": "string", "pattern": "^[A-Z]{2}$"}})})
    made = maker.value(seed, full=full)
    Draft202012Validator(
        {"$ref": "#/components/schemas/T", **maker.root}, format_checker=Draft202012Validator.FORMAT_CHECKER
    ).validate(made)


# ---- one member at a time


def completed(maker: Maker, known: dict[str, Any] | None = None, seed: object = 1) -> dict[str, Any]:
    """Complete an object of the schema `T`, member by member."""
    return of_members(maker, maker.generator.shapes.of((maker.node,)), known or {}, seed)


def of_members(maker: Maker, shape: Shape, known: dict[str, Any], seed: object) -> dict[str, Any]:
    fake.seed_instance(str(seed))
    entity = maker.generator.entity(shape, fake, known=known)
    made = {name: known.get(name, maker.generator.member(shape, name, entity)) for name in shape.declared}
    return {name: one for name, one in made.items() if one is not NOTHING}


@given(st.recursive(single_values(), compounds, max_leaves=6), st.integers(0, 2**32))
@settings(deadline=None, derandomize=True, max_examples=200)
def test_what_is_made_member_by_member_is_valid_by_jsonschema_itself(schema: Schema, seed: int) -> None:
    shared: Schema = record({"code": {"type": "string", "pattern": "^[A-Z]{2}$"}})
    maker = Maker(record({"one": schema, "other": schema}), {"Shared": shared})
    made = completed(maker, seed=seed)
    Draft202012Validator(
        {"$ref": "#/components/schemas/T", **maker.root}, format_checker=Draft202012Validator.FORMAT_CHECKER
    ).validate(made)


def test_what_an_object_has_already_is_kept_and_the_rest_agrees_with_it() -> None:
    maker = Maker(
        record(
            {
                "first_name": TEXT,
                "email": TEXT,
                "createdAt": {"type": "string", "format": "date-time"},
                "expiresAt": {"type": "string", "format": "date-time"},
            }
        )
    )
    known = {"first_name": "Zoe", "createdAt": "2031-05-01T00:00:00Z"}
    made = completed(maker, known)
    assert made | known == made
    assert made["email"].startswith("zoe.")
    assert made["expiresAt"] > "2031-05-01"
    assert list(made) == ["first_name", "email", "createdAt", "expiresAt"]


def test_the_seed_decides_each_member_whatever_was_made_before() -> None:
    schema = record({"text": TEXT, "parts": {"type": "array", "items": record({"id": TEXT})}})
    first, second = Maker(schema), Maker(schema)
    completed(first, seed=7)
    assert completed(first, seed=8) == completed(second, seed=8)


def test_nested_objects_are_few_and_single_values_many() -> None:
    maker = Maker(record({"number": {"type": "string"}, "owner": record({"id": TEXT})}))
    made = [completed(maker, seed=seed) for seed in range(40)]
    assert 1 < len({one["owner"]["id"] for one in made}) <= 16
    assert len({one["number"] for one in made}) > 30


def test_a_member_that_had_better_not_be_there_is_left_out() -> None:
    schema = {
        "type": "object",
        "properties": {"next_cursor": TEXT, "secret": {"type": "string", "writeOnly": True}},
    }
    assert completed(Maker(schema)) == {}


def test_a_required_member_that_has_no_valid_value_is_said_to_have_none() -> None:
    with pytest.raises(Ungeneratable, match="contradicts itself"):
        completed(Maker(record({"a": {"type": "string", "not": {}}})))


def test_a_member_that_construction_cannot_vouch_for_is_checked() -> None:
    either: Schema = {
        "type": "object",
        "properties": {"x": TEXT, "y": TEXT},
        "oneOf": [{"required": ["x"]}, {"required": ["y"]}],
    }
    assert set(completed(Maker(record({"either": either})))["either"]) == {"x"}


def test_the_branch_that_was_taken_is_named() -> None:
    pets = {name: record({"kind": TEXT, name.lower(): TEXT}) for name in ("Cat", "Dog")}
    references = [{"$ref": f"#/components/schemas/{name}"} for name in pets]
    maker = Maker({"oneOf": references, "discriminator": {"propertyName": "kind"}}, dict(pets))
    generator = maker.generator
    shape = generator.shapes.of((maker.node,))
    made = of_members(maker, generator.shapes.taking(shape, shape.choices[0], 1), {}, 1)
    assert made["kind"] == "Dog"
    assert "dog" in made


# ---- merging, alternatives, conditions


def test_the_stricter_of_two_limits_holds() -> None:
    parts: list[Schema] = [
        {"minLength": 50, "maxLength": 60},
        {"minLength": 1, "maxLength": 90},
        {"type": "string"},
    ]
    for ordered in (parts, parts[::-1]):
        assert 50 <= len(value({"allOf": ordered})) <= 60


def test_parts_of_all_of_and_what_stands_beside_a_reference_all_hold() -> None:
    part = {"$ref": "#/components/schemas/Base", "required": ["size"], "properties": {"size": {"minimum": 7}}}
    base = {
        "allOf": [
            record({"id": {"type": "integer"}}),
            {"properties": {"size": {"type": "integer", "maximum": 8}}},
        ]
    }
    made = Maker(record({"part": part}), {"Base": base}).value(full=False)["part"]
    assert set(made) == {"id", "size"}
    assert made["size"] in {7, 8}


def test_a_closed_part_of_all_of_keeps_out_what_the_others_declare() -> None:
    schema: Schema = {"allOf": [record({"a": TEXT}, additionalProperties=False), {"properties": {"b": TEXT}}]}
    assert set(value(schema)) == {"a"}


def test_the_discriminator_says_which_alternative_was_taken() -> None:
    pets = {
        "Cat": record({"kind": TEXT, "lives": {"type": "integer"}}),
        "Dog": record({"kind": TEXT, "tricks": TEXT}),
    }
    choice = {"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]}
    mapped = {
        **choice,
        "discriminator": {"propertyName": "kind", "mapping": {"feline": "#/components/schemas/Cat"}},
    }
    made = Maker(mapped, dict(pets)).values()
    assert {(one["kind"], "lives" in one) for one in made} == {("feline", True), ("Dog", False)}


def test_a_base_with_a_mapping_becomes_one_of_its_subtypes() -> None:
    base = {
        **record({"kind": TEXT}),
        "discriminator": {
            "propertyName": "kind",
            "mapping": {"cat": "Cat", "dog": "#/components/schemas/Dog"},
        },
    }
    subtypes = {
        name: {"allOf": [{"$ref": "#/components/schemas/T"}, record({name: TEXT})]} for name in ("Cat", "Dog")
    }
    made = Maker(base, dict(subtypes)).values()
    assert {next(iter(one.items())) for one in made} == {("kind", "cat"), ("kind", "dog")}
    assert all(one["kind"].title() in one for one in made)


def test_alternatives_that_all_fit_are_told_apart() -> None:
    schema: Schema = {
        "oneOf": [
            {"type": "object", "properties": {"a": TEXT}},
            {"type": "object", "properties": {"a": TEXT, "b": TEXT}},
        ]
    }
    assert isinstance(value(schema), dict)


def test_an_alternative_gives_up_its_optional_members_where_they_make_a_second_one_fit() -> None:
    both = {"x": TEXT, "y": TEXT}
    either: Schema = {
        "type": "object",
        "properties": both,
        "oneOf": [{"required": ["x"]}, {"required": ["y"]}],
    }
    made = value({"type": "object", "properties": {"a": TEXT, "either": either}, "required": ["either"]})
    assert set(made) == {"a", "either"}
    assert set(made["either"]) == {"x"}


def test_what_is_excluded_is_not_drawn() -> None:
    one: Schema = {"type": "integer", "minimum": 1, "maximum": 4, "not": {"enum": [2, 3]}}
    assert set(value({"type": "array", "items": one, "minItems": 25, "maxItems": 25})) == {1, 4}


def test_items_that_must_differ_are_drawn_until_they_do() -> None:
    schema: Schema = {
        "type": "array",
        "minItems": 6,
        "uniqueItems": True,
        "items": {"type": "integer", "minimum": 1, "maximum": 7},
    }
    assert len(set(value(schema))) == 6


def test_no_more_properties_are_made_than_allowed() -> None:
    made = value(
        {"type": "object", "properties": dict.fromkeys("abcd", TEXT), "required": ["d"], "maxProperties": 3}
    )
    assert list(made) == ["a", "b", "d"]


def test_an_optional_property_that_cannot_be_made_right_does_not_cost_the_others() -> None:
    impossible = {
        "type": "object",
        "not": {"properties": {"x": {"type": "string"}}},
        "properties": {"x": TEXT},
    }
    assert set(value({"type": "object", "properties": {"a": TEXT, "b": impossible, "c": TEXT}})) == {"a", "c"}


def test_a_pattern_that_backtracks_for_ever_is_given_up() -> None:
    made = value(
        {"type": "object", "properties": {"description": {"type": "string", "pattern": r"^(\w+\s?)+$"}}}
    )
    assert re.fullmatch(r"[\w\s]+", made["description"])


def test_a_property_that_asks_for_another_gets_it() -> None:
    schema: Schema = {
        "type": "object",
        "properties": {"card": TEXT},
        "required": ["card"],
        "dependentRequired": {"card": ["billing"]},
    }
    assert set(value(schema, full=False)) == {"card", "billing"}


def test_an_array_holds_what_it_must_contain() -> None:
    schema: Schema = {"type": "array", "items": {"type": "integer"}, "contains": {"const": 42}, "minItems": 3}
    assert 42 in value(schema)


def test_null_is_given_only_where_nothing_else_is_allowed() -> None:
    schema = record(
        {"a": {"type": ["null", "string"]}, "b": {"anyOf": [{"type": "null"}, TEXT]}, "c": {"type": "null"}}
    )
    assert [one is None for one in value(schema).values()] == [False, False, True]
    nullable = Maker(
        record({"a": {"type": "string", "nullable": True, "enum": [None, "x"]}}), version="3.0.3"
    )
    assert nullable.value() == {"a": "x"}


def test_exclusive_bounds_of_both_forms_hold() -> None:
    old = {"type": "integer", "minimum": 3, "exclusiveMinimum": True, "maximum": 4}
    assert Maker(old, version="3.0.3").value() == 4
    assert value({"type": "integer", "exclusiveMinimum": 3, "exclusiveMaximum": 5}) == 4


def test_what_only_travels_the_other_way_is_left_out() -> None:
    schema = record(
        {
            "id": {"type": "integer", "readOnly": True},
            "pin": {"type": "string", "writeOnly": True},
            "name": TEXT,
        }
    )
    assert set(Maker(schema, direction="response").value()) == {"id", "name"}
    assert set(Maker(schema, direction="request").value()) == {"pin", "name"}


def test_a_price_is_a_multiple_in_floating_point_too() -> None:
    price = {"type": "number", "multipleOf": 0.01, "minimum": 19, "maximum": 21}
    assert all(Draft202012Validator(price).is_valid(made) for made in Maker(price).values(50))


@pytest.mark.parametrize(
    "pattern",
    [
        r"^(?=[A-Z])\w{4}$",
        r"^(?=.*[A-Z])(?=.*\d)[A-Za-z0-9]{8,12}$",
        r"^\p{L}{3}$",
        r"^(?<year>\d{4})\/Q[1-4]$",
        r"^[\p{Lu}\d]+$",
    ],
)
def test_patterns_as_browsers_write_them_are_matched(pattern: str) -> None:
    assert isinstance(value(record({"a": {"type": "string", "pattern": pattern}}))["a"], str)


# ---- examples


def test_a_valid_example_comes_first_and_an_invalid_one_never() -> None:
    assert value({"type": "string", "example": "as documented"}) == "as documented"
    assert value({"type": "integer", "examples": ["seven", 7]}) == 7
    assert value({"type": "integer", "example": "seven", "maximum": 5}) <= 5
    assert value({"type": "integer", "example": 7, "multipleOf": 5}) % 5 == 0
    assert value({**record({"a": TEXT}), "example": {"a": 1}})["a"] != 1


def test_examples_can_be_left_aside() -> None:
    made = Maker({"type": "string", "example": "as documented"}).values(examples=False)
    assert "as documented" not in made


def test_a_list_does_not_repeat_the_example_that_identifies() -> None:
    schema: Schema = {
        "type": "array",
        "items": record(
            {"id": {"type": "string", "example": "cus_1"}, "plan": {"type": "string", "example": "basic"}}
        ),
    }
    first, second = value(schema)
    assert first == {"id": "cus_1", "plan": "basic"}
    assert second["id"] != "cus_1"
    assert second["plan"] == "basic"


def test_changing_a_value_does_not_change_the_contract() -> None:
    maker = Maker({"type": "object", "example": {"tags": ["a"]}})
    maker.value()["tags"].append("b")
    assert maker.value() == {"tags": ["a"]}


# ---- bounds


def test_an_optional_recursion_ends() -> None:
    category = record({"name": TEXT}) | {
        "properties": {"name": TEXT, "parent": {"$ref": "#/components/schemas/T"}}
    }
    assert set(value(category)) == {"name"}


def test_a_required_recursion_takes_the_way_out() -> None:
    tree: Schema = record({"left": {"oneOf": [{"$ref": "#/components/schemas/T"}, {"type": "integer"}]}})
    listed: Schema = record({"children": {"type": "array", "items": {"$ref": "#/components/schemas/T"}}})
    assert isinstance(value(tree)["left"], int)
    assert value(listed) == {"children": []}


def test_a_nullable_recursion_ends_with_null() -> None:
    chain = Maker(
        record({"next": {"allOf": [{"$ref": "#/components/schemas/T"}], "nullable": True}}), version="3.0.3"
    )
    assert "null" in json.dumps(chain.value())


@pytest.mark.parametrize(
    "schema",
    [
        record({"self": {"$ref": "#/components/schemas/T"}}),
        {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/T"}},
        {"type": "string", "minLength": 3, "maxLength": 2},
        {"allOf": [TEXT, {"type": "integer"}]},
        {"type": "integer", "enum": ["a"]},
        {"type": "string", "pattern": "^a", "enum": ["b"]},
        record({"a": False}),
        {"type": "array", "minItems": 4, "uniqueItems": True, "items": {"type": "boolean"}},
        {"not": {}},
        False,
    ],
)
def test_where_nothing_is_valid_it_says_so(schema: Schema) -> None:
    with pytest.raises(Ungeneratable):
        value(schema)


def test_a_wide_and_deep_schema_stays_small() -> None:
    wide = {f"field{index}": {"$ref": "#/components/schemas/T"} for index in range(1)}
    levels: dict[str, Schema] = {
        f"L{level}": {
            "type": "object",
            "properties": {
                f"p{index}": {"$ref": f"#/components/schemas/L{level + 1}"} for index in range(30)
            },
        }
        for level in range(6)
    }
    made = Maker({"$ref": "#/components/schemas/L0"}, {**levels, "L6": record(dict(wide))}).value()
    assert len(json.dumps(made)) < 20_000
    assert len(made) == 30


def test_a_schema_that_is_nonsense_in_parts_is_served_as_far_as_it_makes_sense() -> None:
    schema: Schema = {"type": "object", "properties": {"a": TEXT, "b": None}, "required": ["a", 5], "patternProperties": [], "oneOf": 1,
                      "discriminator": {"propertyName": "a", "mapping": {"x": "https://example.com/x", "y": 3}}}  # fmt: skip
    assert isinstance(value(schema)["a"], str)


# ---- realism


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("firstName", r"[A-Z][a-z]+"),
        ("contact_email", r"[a-z.0-9]+@example\.(com|net|org)"),
        ("phoneNumber", r"\+\d{1,2}555\d{6}"),
        ("country", r"[A-Z]{2}"),
        ("currencyCode", "[A-Z]{3}"),
        ("iban", r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}"),
        ("swift_code", r"[A-Z]{6}[A-Z0-9]{2}"),
        ("routing_number", r"\d{9}"),
        ("website", r"https://app\.example/\w+/.+"),
        ("avatarUrl", r"https://app\.example/\w+/.+\.png"),
        ("ipAddress", r"192\.0\.2\.\d{1,3}"),
        ("created_at", r"2025-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"),
        ("birthDate", r"(19|20)\d\d-\d\d-\d\d"),
        ("timezone", r"[A-Z]\w+/\w+"),
        ("language", r"[a-z]{2}"),
        ("slug", r"[a-z]+-[a-z]+-\d+"),
        ("sku", r"[A-Z]{3}-\d{5}"),
        ("accountName", r"[A-Z]\w+( [A-Z]\w+)?"),
        ("colour", r"#[0-9a-f]{6}"),
        ("totalAmount", r"\d+\.\d\d"),
    ],
)
def test_a_name_says_what_its_text_is(name: str, pattern: str) -> None:
    assert re.fullmatch(pattern, value(record({name: TEXT}))[name])


@pytest.mark.parametrize("name", ["createdAt", "updated_at", "timestamp"])
def test_a_number_that_is_a_moment_counts_milliseconds_as_a_browser_does(name: str) -> None:
    told = value(record({name: {"type": "number"}}))[name]
    assert datetime.fromtimestamp(told / 1000, UTC).year == 2025
    assert value(record({name: {"type": "number", "maximum": 100}}))[name] <= 100


def test_a_name_and_a_format_are_met_together() -> None:
    assert value(record({"avatar": {"type": "string", "format": "uri"}}))["avatar"].endswith(".png")


def test_a_name_yields_where_its_schema_says_otherwise() -> None:
    schema = record({"country": {"type": "string", "minLength": 4}, "email": {"type": "string", "format": "uuid"},
                     "iban": {"type": "string", "maxLength": 5}, "price": {"type": "number", "maximum": -1}})  # fmt: skip
    made = value(schema)
    assert len(made["country"]) >= 4
    assert re.fullmatch(r"[0-9a-f-]{36}", made["email"])
    assert made["price"] <= -1


def test_a_name_means_what_its_object_is() -> None:
    schema = record({"customer": record({"name": TEXT, "email": TEXT}), "supplier": record({"name": TEXT})})
    made = value(schema)
    assert made["customer"]["email"].startswith(made["customer"]["name"].split()[0].lower())
    assert re.search(r" (Inc|and Sons|LLC|Group|PLC|Ltd)$", made["supplier"]["name"])


def test_each_text_of_an_object_of_addresses_is_one() -> None:
    made = value(record({"external_urls": record({"streamer": TEXT})}))
    assert made["external_urls"]["streamer"].startswith("https://")


def test_an_email_belongs_to_the_names_beside_it() -> None:
    made = value(
        record({"first_name": TEXT, "last_name": TEXT, "email": {"type": "string", "format": "email"}})
    )
    assert made["email"].partition("@")[0] == f"{made['first_name']}.{made['last_name']}".lower().replace(
        "'", ""
    )


@given(st.integers(0, 2**32))
@settings(deadline=None, derandomize=True)
def test_nothing_is_updated_before_it_is_created(seed: int) -> None:
    stamp = {"type": "string", "format": "date-time"}
    schema = record(
        {
            "createdAt": stamp,
            "updatedAt": stamp,
            "expires_at": stamp,
            "created": {"type": "integer"},
            "updated": {"type": "integer"},
        }
    )
    made = Maker(schema).value(seed)
    assert made["createdAt"] < made["updatedAt"] < made["expires_at"]
    assert made["created"] < made["updated"]
    assert datetime.fromisoformat(made["createdAt"]).year == 2025


def test_an_example_that_was_created_later_is_put_in_order() -> None:
    stamp = {"type": "string", "format": "date-time"}
    made = value(record({"created_at": {**stamp, "example": "2029-01-01T00:00:00Z"}, "updated_at": stamp}))
    assert made["created_at"] < made["updated_at"] == "2029-01-01T00:00:00Z"


def test_numbers_lie_where_their_names_put_them() -> None:
    fields: dict[str, Schema] = {
        "latitude": {"type": "number"},
        "quantity": {"type": "integer"},
        "year": {"type": "integer"},
    }
    for made in Maker(record(fields)).values():
        assert -90 <= made["latitude"] <= 90
        assert 1 <= made["quantity"] <= 12
        assert 2020 <= made["year"] <= 2025


def test_a_list_without_state_has_no_more_pages() -> None:
    schema = record({"has_more": {"type": "boolean"}, "next_cursor": {"type": ["string", "null"]}})
    schema["properties"]["nextPageUrl"] = TEXT
    for made in Maker(schema).values():
        assert made == {"has_more": False, "next_cursor": None}


def test_what_went_wrong_is_null_where_it_may_be() -> None:
    assert value(record({"error": {"type": ["string", "null"]}})) == {"error": None}
    assert isinstance(value(record({"error": TEXT}))["error"], str)


def test_the_moments_of_who_created_and_updated_are_in_order() -> None:
    actor = record({"email": TEXT, "timestamp": {"type": "string", "format": "date-time"}})
    for made in Maker(record({"updated_by": actor, "created_by": actor})).values():
        assert made["created_by"]["timestamp"] <= made["updated_by"]["timestamp"]


def test_items_are_named_after_their_schema() -> None:
    listed: Schema = {
        "type": "object",
        "properties": {"data": {"type": "array", "items": {"$ref": "#/components/schemas/LedgerAccount"}}},
    }
    names = [
        item["name"]
        for made in Maker(listed, {"LedgerAccount": record({"name": TEXT})}).values()
        for item in made["data"]
    ]
    assert names
    assert set(names) <= set(ACCOUNTS)


def test_a_map_shows_what_it_holds() -> None:
    made = value(
        {
            "type": "object",
            "additionalProperties": {"type": "integer"},
            "propertyNames": {"pattern": "^k[0-9]$"},
        }
    )
    assert [(re.fullmatch("k[0-9]", key) is not None, type(one)) for key, one in made.items()] == [
        (True, int)
    ]


# ---- determinism


def test_the_seed_decides_the_value_and_its_history_does_not() -> None:
    schema = record(
        {
            "id": {"type": "string", "format": "uuid"},
            "names": {"type": "array", "items": TEXT},
            "total": {"type": "number"},
        }
    )
    fresh, used = Maker(schema), Maker(schema)
    used.values(5)
    assert fresh.value(77) == used.value(77)
    assert len({json.dumps(one) for one in fresh.values(10)}) == 10


def test_ids_and_counts_are_whole_though_their_type_is_number() -> None:
    number: Schema = {"type": "number"}
    made = Maker(record({"id": number, "owner_id": number, "age": number})).values()
    assert all(float(one).is_integer() for thing in made for one in thing.values())


def test_what_a_place_says_agrees() -> None:
    names = ("country", "city", "postcode", "phone", "timezone", "language", "currency", "region_code")
    for seed in range(20):
        made = value(record(dict.fromkeys(names, TEXT)), seed=seed)
        country = country_named(made["country"])
        assert country is not None
        city = next(one for one in country.cities if one.name == made["city"])
        assert (made["postcode"], made["region_code"]) == (city.postcode, city.region_code)
        assert made["phone"].startswith(country.dial)
        assert (made["timezone"], made["language"]) == (country.zone, country.language)
        assert made["currency"] == country.money.code


def test_a_text_of_which_nothing_is_known_is_told_by_its_own_name() -> None:
    made = value(record({"flavourProfile": TEXT, "grind": TEXT}))
    assert re.fullmatch(r"Flavour profile \d+", made["flavourProfile"])
    assert re.fullmatch(r"Grind \d+", made["grind"])


def test_a_description_says_what_a_text_may_be() -> None:
    roast = {"type": "string", "description": "The roast, one of `light`, `dark`."}
    assert value(record({"roast": roast}))["roast"] in ("light", "dark")


def test_a_currency_is_written_as_its_country_writes_it() -> None:
    texts = ("iso_code", "decimal_separator", "currency_symbol")
    money = {**dict.fromkeys(texts, TEXT), "decimal_digits": {"type": "integer"}}
    made = value(record({"currency_format": record(money)}))["currency_format"]
    country = country_of_money(made["iso_code"])
    assert country is not None
    assert made["decimal_digits"] == country.money.decimals
    assert made["currency_symbol"] == country.money.symbol


@pytest.mark.parametrize("seed", range(6))
def test_account_numbers_are_of_the_country(seed: int) -> None:
    made = completed(Maker(record(dict.fromkeys(("country", "iban", "bic"), TEXT))), seed=seed)
    with_ibans = ("DE", "ES", "FR", "GB", "NL", "NO", "SE")
    country = made["country"] if made["country"] in with_ibans else "DE"
    assert (made["iban"][:2], made["bic"][4:6]) == (country, country)
    letters = made["iban"][4:] + made["iban"][:4]
    assert int("".join(str(int(one, 36)) for one in letters)) % 97 == 1


def test_a_label_says_what_a_thing_is_called_and_a_flag_is_one_letter() -> None:
    made = completed(Maker({"Supplier": record({"label": TEXT, "vat_flag": TEXT})}["Supplier"]))
    assert made["vat_flag"] in ("Y", "N")
    assert made["label"][:1].isupper()


def examples_of(owner: str, **members: str) -> list[Any]:
    schema = record({name: {"type": "string", "example": example} for name, example in members.items()})
    found: list[Any] = value(
        {"type": "array", "minItems": 12, "items": {**schema, "title": owner}}, name=owner
    )
    return found


@pytest.mark.parametrize(
    ("owner", "name", "example"),
    [
        ("employees", "job_title", "Backend Engineer"),
        ("departments", "name", "Engineering"),
        ("companies", "name", "Nordlicht GmbH"),
        ("patients", "allergy", "Penicillin"),
        ("devices", "imei", "490154203237518"),
        ("vehicles", "vin", "WVWZZZ1JZXW000001"),
        ("authors", "name", "Ursula K. Le Guin"),
        ("appointments", "doctor_name", "Dr. Ada Berg"),
    ],
)
def test_another_thing_is_another_one_of_the_kind_that_an_author_shows(
    owner: str, name: str, example: str
) -> None:
    first, *others = [one[name] for one in examples_of(owner, **{name: example})]
    assert first == example
    assert len(set(others)) > 1
    assert not any(re.search(r" \d+$", one) for one in others)


def test_what_is_no_name_of_a_known_kind_is_numbered_and_states_stay() -> None:
    found = examples_of("fleets", name="Amsterdam Last Mile", payment_status="paid")
    assert all(one["name"].startswith("Amsterdam Last Mile") for one in found)
    assert {one["payment_status"] for one in found} == {"paid"}


def test_another_doctor_is_a_doctor() -> None:
    found = examples_of("appointments", doctor_name="Dr. Ada Berg")
    assert all(one["doctor_name"].startswith("Dr. ") for one in found)


def test_two_names_are_about_as_long_as_those_of_an_author_and_the_address_is_of_both() -> None:
    found = examples_of("employees", first_name="Ada", last_name="Montgomery", email="ada@x.test")
    for one in found[1:]:
        assert abs(len(one["last_name"]) - len("Montgomery")) <= 2
        assert one["first_name"].lower() in one["email"]
