"""Queries: which items the parameters of a list choose, as tables of filters and of the items that pass."""

from __future__ import annotations

from typing import Any

import pytest

from inline import TEXT, WHOLE, Schemas, thing
from understudy.engine.pointers import Pointers
from understudy.engine.queries import Choosing, together
from understudy.model.model import Collection, Delete, Filter, List, Member
from understudy.state.conditions import META, And, Test, matches

ITEMS: list[dict[str, Any]] = [
    {"id": 1, "name": "Ada", "age": 36, "at": "2024-05-01T23:30:00Z", "tags": ["red", "blue"], "city": {"id": 7}},
    {"id": 2, "name": "ada", "age": 9, "at": "2024-05-02T00:30:00Z", "tags": ["red"], "city": {"id": 8}},
    {"id": 3, "name": "Grace", "age": "85", "at": "2024-05-02", "tags": [], "city": {"id": 7}},
    {"id": 4, "name": "Alan", "at": None, "vip": True, META: {"sent": {"secret": "x"}}},
]  # fmt: skip
PERSON = thing(
    {
        "name": TEXT,
        "age": WHOLE,
        "at": TEXT,
        "tags": {"type": "array", "items": TEXT},
        "city": thing({"id": WHOLE, "mayor": TEXT}),
        "pets": {"type": "array", "items": thing({"name": TEXT, "legs": WHOLE})},
    }
)
MEMBERS = {name: Member() for name in PERSON["properties"]} | {"secret": Member(write_only=True)}


@pytest.fixture(scope="module")
def pointers() -> Pointers:
    """Where the members of persons stand."""
    schemas = Schemas(PERSON)
    return Pointers(Collection(members=MEMBERS), schemas.target(), schemas.reading)


def passing(
    pointers: Pointers, query: dict[str, Any], filters: dict[str, Filter], bundles: tuple[str, ...] = ()
) -> list[int]:
    """Return the ids of the items that a query lets through."""
    plan = List(collection="people", filter=filters, bundles=bundles)
    condition = together(Choosing.of_list(plan, pointers).conditions(query))
    return [item["id"] for item in ITEMS if condition is None or matches(condition, item)]


@pytest.mark.parametrize(
    ("member", "test", "value", "ids"),
    [
        ("name", "equals", "Ada", [1, 2]),
        ("name", "equals", ["GRACE", "alan"], [3, 4]),
        ("name", "equals", [], [1, 2, 3, 4]),
        ("name", "contains", "A", [1, 2, 3, 4]),
        ("name", "starts", "al", [4]),
        ("name", "ends", "DA", [1, 2]),
        ("age", "equals", 9, [2]),
        ("age", "equals", "36", [1]),
        ("age", "equals", {"gte": 36}, [1, 3]),
        ("age", "equals", {"gt": 9, "lt": 80}, [1]),
        ("age", "equals", {"ne": 9}, [1, 3]),
        ("age", "equals", {"IN": [9, 85]}, [2, 3]),
        ("age", "equals", {}, [1, 2, 3, 4]),
        ("age", "from", 36, [1, 3]),
        ("age", "above", 36, [3]),
        ("age", "until", 36, [1, 2]),
        ("age", "below", 36, [2]),
        ("age", "null", True, [4]),
        ("at", "equals year", 2024, [1, 2, 3]),
        ("at", "above year", 2023, [1, 2, 3]),
        ("at", "from year", "2024", [1, 2, 3]),
        ("at", "above year", 2024, []),
        ("at", "below year", 2024, []),
        ("at", "until year", 2024, [1, 2, 3]),
        ("at", "equals month", 5, [1, 2, 3]),
        ("at", "equals month", 2, []),
        ("age", "null", False, [1, 2, 3]),
        ("tags", "equals", "red", [1, 2]),
        ("tags", "equals", ["blue", "green"], [1]),
        ("tags", "contains", "blue", [1]),
        ("vip", "equals", True, [4]),
        ("city", "equals", 7, [1, 3]),
        ("city", "equals", {"id": 8}, [2]),
        ("secret", "equals", "x", [4]),
    ],
)  # fmt: skip
def test_a_parameter_chooses_by_a_member(
    pointers: Pointers, member: str, test: str, value: Any, ids: list[int]
) -> None:
    assert passing(pointers, {"p": value}, {"p": Filter(members=((member,),), test=test)}) == ids


@pytest.mark.parametrize(
    ("test", "value", "ids"),
    [
        ("from", "2024-05-02", [2, 3]),
        ("until", "2024-05-01", [1]),
        ("above", "2024-05-01", [2, 3]),
        ("below", "2024-05-02", [1]),
        ("from day", "2024-05-02", [2, 3]),
        ("until day", "2024-05-01", [1]),
        ("from day", "2024-05-02T22:00:00Z", [2, 3]),
        ("until day", "2024-05-01T01:00:00Z", [1]),
        ("from", "2024-05-02T00:30:00Z", [2, 3]),
        ("from", "2024-05-02T01:30:00+01:00", [2, 3]),
        ("below", "2024-05-02T00:30:00Z", [1]),
        ("until", "2024-05-02T00:30:00Z", [1, 2, 3]),
    ],
)
def test_a_day_and_a_moment_are_held_against_each_other_by_their_days(
    pointers: Pointers, test: str, value: str, ids: list[int]
) -> None:
    assert passing(pointers, {"p": value}, {"p": Filter(members=(("at",),), test=test)}) == ids


@pytest.mark.parametrize(
    ("member", "test", "value", "ids"),
    [
        ("name", "not", "Ada", [3, 4]),
        ("name", "in", "grace, alan", [3, 4]),
        ("name", "not in", "grace,alan", [1, 2]),
        ("name", "lacks", "a", []),
        ("age", "between", "9,36", [1, 2]),
        ("age", "between", [10, 90], [1, 3]),
        ("age", "present", True, [1, 2, 3]),
        ("age", "present", False, [4]),
        ("age", "null", "false", [1, 2, 3]),
        ("age", "stated", "gt.9", [1, 3]),
        ("age", "stated", "in.(9,36)", [1, 2]),
        ("age", "stated", "not.in.(9,36)", [3, 4]),
        ("age", "stated", "is.null", [4]),
        ("age", "stated", "9", [2]),
        ("name", "stated", "eq.ada", [2]),
        ("name", "stated", "ilike.*D%", [1, 2]),
        ("name", "stated", "like.*da", [1, 2]),
        ("name", "stated", "like.da*", []),
        ("age", "stated", "$gt:9", [1, 3]),
        ("age", "stated", ["$gt:9", "$lt:80"], [1]),
        ("age", "stated", "gte:36", [1, 3]),
        ("age", "stated", "$btw:9,36", [1, 2]),
        ("age", "stated", "$not:$in:9,36", [3, 4]),
        ("age", "stated", "$null", [4]),
        ("name", "stated", "$ilike:DA", [1, 2]),
        ("name", "search", '{"age": {"$lt": 36}}', [2]),
        ("name", "search", "ra ce", [3]),
        ("name", "search", "ada grace", []),
        ("name", "equals", {"$containsi": "DA"}, [1, 2]),
        ("name", "equals", {"_in": "ada,Alan"}, [1, 2, 4]),
        ("city", "equals", {"id": {"$gt": 7}}, [2]),
        ("name", "equals", ["grace, alan"], []),
    ],
)  # fmt: skip
def test_comparisons_have_many_spellings(
    pointers: Pointers, member: str, test: str, value: Any, ids: list[int]
) -> None:
    assert passing(pointers, {"p": value}, {"p": Filter(members=((member,),), test=test)}) == ids


@pytest.mark.parametrize(
    ("bundle", "ids"),
    [
        ({"$or": {"0": {"name": {"$eq": "grace"}}, "1": {"age": {"$lt": "10"}}}}, [2, 3]),
        ({"_and": [{"name": {"_icontains": "a"}}, {"age": {"_gte": 36}}]}, [1, 3]),
        ({"$not": {"name": {"$eq": "ada"}}}, [3, 4]),
        ('{"where":{"age":{"between":[5,10]}}}', [2]),
        ({"tags": {"$in": ["blue"]}}, [1]),
    ],
)
def test_bundles_nest(pointers: Pointers, bundle: Any, ids: list[int]) -> None:
    assert passing(pointers, {"filter": bundle}, {}, ("filter",)) == ids


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        ("age eq 36", [1]),
        ("age gt 9 and age lt 80", [1]),
        ("age lt 10 or age gt 80", [2, 3]),
        ("not (name eq 'Ada')", [2, 3, 4]),
        ("contains(name,'ra')", [3]),
        ("startswith(tolower(name),'al') or endswith(name,'ace')", [3, 4]),
        ("age eq null", [4]),
        ("age ne null", [1, 2, 3]),
        ("name in ('Grace','Alan')", [3, 4]),
        ("city/id eq 8", [2]),
        ('name co "ra" and age pr', [3]),
        ("age>=36 AND age<80", [1]),
        ("at ge 2024-05-02T00:30:00Z", [2, 3]),
        ("", [1, 2, 3, 4]),
    ],
)
def test_an_expression_chooses(pointers: Pointers, expression: str, ids: list[int]) -> None:
    told = Filter(members=(("*",),), test="expression")
    assert passing(pointers, {"$filter": expression}, {"$filter": told}) == ids


@pytest.mark.parametrize(
    "expression",
    [
        *("colour eq 'red'", "age gt", "(age gt 5", "age gt 5 5", "age gt ~", "not", "contains(name"),
        *("(" * 5_000 + "age gt 5", "not " * 5_000 + "age gt 5", "age gt " + "trim(" * 5_000),
    ],
    ids=range(10),
)
def test_an_expression_that_cannot_be_read_lets_nothing_through(pointers: Pointers, expression: str) -> None:
    told = Filter(members=(("*",),), test="expression")
    assert passing(pointers, {"$filter": expression}, {"$filter": told}) == []


@pytest.mark.parametrize(
    ("selector", "keys"),
    [
        ("app=web", ["a"]),
        ("app==web,tier!=back", ["a"]),
        ("app!=web", ["b", "c"]),
        ("app in (web, db)", ["a", "b"]),
        ("app notin (web)", ["b", "c"]),
        ("tier", ["a"]),
        ("!app", ["c"]),
    ],
)
def test_a_selector_asks_for_labels(pointers: Pointers, selector: str, keys: list[str]) -> None:
    labels = {"a": {"app": "web", "tier": "front"}, "b": {"app": "db"}, "c": {}}
    told = Filter(members=(("metadata", "labels"),), test="selector")
    plan = List(collection="people", filter={"labelSelector": told})
    condition = together(Choosing.of_list(plan, pointers).conditions({"labelSelector": selector}))
    assert condition is not None
    found = [key for key, one in labels.items() if matches(condition, {"metadata": {"labels": one}})]
    assert found == keys


def test_a_day_is_all_of_its_moments_and_a_decimal_is_its_number() -> None:
    decimal, moment = {**TEXT, "format": "decimal"}, {**TEXT, "format": "date-time"}
    schemas = Schemas(thing({"price": decimal, "at": moment}))
    members = {"price": Member(kind="string"), "at": Member(kind="string", moment=True)}
    pointers = Pointers(Collection(members=members), schemas.target(), schemas.reading)
    filters = {name: Filter(members=((name,),)) for name in members}
    choosing = Choosing.of_list(List(collection="things", filter=filters), pointers)
    item = {"price": "19.90", "at": "2024-05-01T10:00:00Z"}
    for query in ({"price": 19.9}, {"price": "19.900"}, {"at": "2024-05-01"}):
        (condition,) = choosing.conditions(query)
        assert matches(condition, item), query
    (other,) = choosing.conditions({"at": "2024-05-02"})
    assert not matches(other, item)


def test_one_of_several_members_is_enough(pointers: Pointers) -> None:
    either = Filter(members=(("name",), ("tags",)), test="contains")
    assert passing(pointers, {"q": "blue"}, {"q": either}) == [1]
    assert passing(pointers, {"q": "gra"}, {"q": either}) == [3]


def test_every_parameter_has_to_be_met(pointers: Pointers) -> None:
    filters = {"name": Filter(members=(("name",),)), "min": Filter(members=(("age",),), test="from")}
    assert passing(pointers, {"name": "ada", "min": 10}, filters) == [1]


@pytest.mark.parametrize(
    ("query", "ids"), [({}, [1, 2, 3, 4]), ({"p": "all"}, [1, 2, 3, 4]), ({"p": "ada"}, [1, 2])]
)
def test_a_parameter_at_its_default_asks_nothing(
    pointers: Pointers, query: dict[str, Any], ids: list[int]
) -> None:
    assert passing(pointers, query, {"p": Filter(members=(("name",),), default=("all",))}) == ids


@pytest.mark.parametrize(
    ("bundle", "ids"),
    [
        ({"name": "ada"}, [1, 2]),
        ({"NAME": "ada", "age": 9}, [2]),
        ({"age": {"lt": 10}}, [2]),
        ({"city": 7}, [1, 3]),
        ({"colour": "red"}, [1, 2, 3, 4]),
        ("ada", [1, 2, 3, 4]),
    ],
)
def test_a_bundle_is_an_object_of_filters(pointers: Pointers, bundle: Any, ids: list[int]) -> None:
    assert passing(pointers, {"filter": bundle}, {}, ("filter",)) == ids


def test_a_parameter_may_be_a_member_of_an_object(pointers: Pointers) -> None:
    inner = {"filter[who]": Filter(members=(("name",),))}
    assert passing(pointers, {"filter": {"who": "ada"}}, inner) == [1, 2]
    assert passing(pointers, {"filter": {"age": 9}}, inner) == [1, 2, 3, 4]
    assert passing(pointers, {"filter": "ada"}, inner) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("member", "places"),
    [
        (("name",), [("name",)]),
        (("city",), [("city", "id")]),
        (("city", "mayor"), [("city", "mayor")]),
        (("pets",), [("pets", "name")]),
        (("secret",), [(META, "sent", "secret")]),
    ],
)
def test_a_value_is_compared_with_what_tells_which_one_a_member_means(
    pointers: Pointers, member: tuple[str, ...], places: list[tuple[str, ...]]
) -> None:
    assert pointers.compared(member) == places


def test_members_of_json_api_stand_under_attributes() -> None:
    schemas = Schemas(
        thing({"id": TEXT, "type": TEXT, "attributes": thing({"title": TEXT, "Sort-Key": TEXT})})
    )
    members = {"id": Member(), "type": Member(), "attributes": Member()}
    pointers = Pointers(Collection(members=members), schemas.target(), schemas.reading)
    assert pointers.of("title") == ("attributes", "title")
    assert pointers.of("id") == ("id",)
    assert pointers.members["sortkey"] == "Sort-Key"


def test_a_delete_of_many_chooses_as_a_list_does(pointers: Pointers) -> None:
    plan = Delete(collection="people", each=True, filter={"age": Filter(members=(("age",),), test="below")})
    (condition,) = Choosing.of_many(plan, pointers).conditions({"age": 20})
    assert condition == Test(("age",), "lt", 20, folded=True)


def test_conditions_are_joined() -> None:
    one, other = Test(("a",), "eq", 1), Test(("b",), "eq", 2)
    assert together([]) is None
    assert together([one]) == one
    assert together([one, other]) == And((one, other))


@pytest.mark.parametrize(
    "value",
    [
        "2024-05-01..2024-05-02",
        "[2024-05-01T00:00:00Z TO 2024-05-02T12:00:00Z]",
        "seen:2024-05-01/2024-05-02",
    ],
)
def test_two_moments_in_one_text_are_the_bounds_of_what_lies_between(value: str) -> None:
    schemas = Schemas(thing({"id": WHOLE, "seen": {**TEXT, "format": "date-time"}}))
    collection = Collection(members={"seen": Member()})
    pointers = Pointers(collection, schemas.target(), schemas.reading)
    plan = List(collection="people", filter={"seen": Filter(members=(("seen",),))})
    condition = together(Choosing.of_list(plan, pointers).conditions({"seen": value}))
    assert condition is not None
    seen = [f"2024-{day}T10:00:00Z" for day in ("04-30", "05-01", "05-02", "05-03")]
    assert [one[5:10] for one in seen if matches(condition, {"seen": one})] == ["05-01", "05-02"]
