"""Overlay: what a caller sent over what is there, as tables of values and of the schemas they are shown by."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

import pytest

from inline import TEXT, WHOLE, Schemas, thing
from understudy.engine.overlay import Overlay, coerced
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape

CITY = thing({"id": TEXT, "name": TEXT, "mayor": TEXT}, "mayor")
FREE = {"type": "object"}
MOMENT = {"type": "string", "format": "date-time"}
CITIES = {"type": "array", "items": CITY}


def _as_it_is(shape: Shape, members: dict[str, Any], fixed: Set[str]) -> None:
    """Let nothing agree that did not before."""


class Case:
    """One schema by which a value is shown, and one by which it is sent."""

    def __init__(self, shown: Any, sent: Any = None) -> None:
        schemas = Schemas(thing({"shown": shown, "sent": shown if sent is None else sent}))
        declared = schemas.reading.whole(schemas.parts).declared
        self.shown, self.sent = declared["shown"] or (), declared["sent"] or ()
        self.shape = schemas.reading.whole(self.shown)
        self.overlay = Overlay(schemas.reading, self._fresh, _as_it_is)

    @staticmethod
    def _fresh(_: Parts) -> Any:
        return {"id": "new", "mayor": "Ada"}


def laid(shown: Any, base: Any, value: Any, *, sent: Any = None, made: bool = True) -> Any:
    case = Case(shown, sent)
    return case.overlay.laid(base, value, case.shown, case.sent if sent is not None else (), made=made)


@pytest.mark.parametrize(
    ("shown", "base", "value", "result"),
    [
        (TEXT, "old", "new", "new"),
        (WHOLE, 1, None, None),
        (CITY, {"name": "Oslo", "mayor": "Bo"}, {"name": "Rome"}, {"name": "Rome", "mayor": "Bo"}),
        (CITY, None, {"name": "Rome"}, {"id": "new", "mayor": "Ada", "name": "Rome"}),
        (CITY, {"mayor": "Bo"}, None, None),
        (CITY, {"id": "1", "mayor": "Bo"}, "7", {"id": "7", "mayor": "Bo"}),
        (CITY, {"id": "1", "mayor": "Bo"}, 7, {"id": "7", "mayor": "Bo"}),
        (CITY, {"mayor": "Bo"}, True, True),
        (thing({"x": TEXT}), {"x": "y"}, "7", "7"),
        (CITIES, [], [{"name": "Rome"}], [{"id": "new", "mayor": "Ada", "name": "Rome"}]),
        (CITIES, [{"mayor": "Bo"}], [{}, {}], [{"mayor": "Bo"}, {"id": "new", "mayor": "Ada"}]),
        (CITIES, [{"mayor": "Bo"}], ["7"], [{"mayor": "Bo", "id": "7"}]),
        (CITIES, [{"mayor": "Bo"}], [], []),
        ({"type": "array", "items": TEXT}, ["a"], ["b", "c"], ["b", "c"]),
        (FREE, {"a": 1}, {"b": 2}, {"b": 2}),
    ],
)
def test_a_value_is_laid_over_one_that_was_made_up(shown: Any, base: Any, value: Any, result: Any) -> None:
    assert laid(shown, base, value) == result


def test_over_what_was_there_members_stay_that_are_not_sent() -> None:
    base = {"name": "Oslo", "mayor": "Bo", "note": "n"}
    assert laid(CITY, base, {"name": "Rome"}, made=False) == {"name": "Rome", "mayor": "Bo", "note": "n"}
    assert laid(FREE, {"a": 1}, {"b": 2}, made=False) == {"a": 1, "b": 2}


def test_what_could_be_sent_and_was_not_is_not_made_up_unless_it_must_be_there() -> None:
    base = {"id": "1", "name": "made", "mayor": "made"}
    assert laid(CITY, base, {}, sent=thing({"name": TEXT, "mayor": TEXT})) == {"id": "1", "mayor": "made"}


def test_a_list_that_is_sent_is_that_list() -> None:
    assert laid(CITIES, [{"id": "1", "mayor": "Bo"}], [{"name": "Rome"}], made=False) == [
        {"id": "new", "mayor": "Ada", "name": "Rome"}
    ]


def test_what_no_schema_describes_is_laid_member_by_member() -> None:
    overlay = Case(TEXT).overlay
    assert overlay.laid({"a": {"b": 1}}, {"a": {"c": 2}}, (), made=False) == {"a": {"b": 1, "c": 2}}
    assert overlay.laid("a", "b", ()) == "b"


def test_laying_changes_neither_value() -> None:
    base, value = {"name": "Oslo", "mayor": "Bo"}, {"name": "Rome"}
    laid(CITY, base, value, made=False)
    assert (base, value) == ({"name": "Oslo", "mayor": "Bo"}, {"name": "Rome"})


# ---- in the type that is shown


@pytest.mark.parametrize(
    ("value", "schema", "told"),
    [
        (7, TEXT, "7"),
        (7.5, TEXT, "7.5"),
        ("7", TEXT, "7"),
        ("7", WHOLE, 7),
        ("-7.5", {"type": "number"}, -7.5),
        ("seven", WHOLE, None),
        ("1e3", WHOLE, None),
        (7, WHOLE, 7),
        (1_714_554_000, MOMENT, "2024-05-01T09:00:00Z"),
        (10**30, MOMENT, None),
        ("2024-05-01T09:00:00Z", WHOLE, 1_714_554_000),
        ("2024-05-01", WHOLE, None),
        ("2024-05-01T09:00:00", WHOLE, None),
        (True, {"type": "boolean"}, True),
        (True, TEXT, None),
        (True, {}, True),
        (7, {}, 7),
        ("yes", {"type": "boolean"}, None),
    ],
)
def test_a_plain_value_is_told_in_the_type_it_is_shown_in(value: Any, schema: Any, told: Any) -> None:
    found = coerced(value, Case(schema).shape)
    assert (found, type(found)) == (told, type(told))


@pytest.mark.parametrize(
    ("shown", "base", "value", "others"),
    [
        (WHOLE, 1, "7", [7]),
        (WHOLE, 1, "seven", []),
        ({"type": "array", "items": TEXT}, ["x"], "a", [["a"]]),
        (CITIES, [{"mayor": "Bo"}], "7", [[{"mayor": "Bo", "id": "7"}]]),
        (CITIES, None, {"name": "Rome"}, [[{"id": "new", "mayor": "Ada", "name": "Rome"}]]),
        (CITIES, [], [{"name": "Rome"}], []),
        (CITY, {}, {"name": 1}, []),
    ],
)
def test_a_value_that_is_not_shown_as_sent_has_other_ways(
    shown: Any, base: Any, value: Any, others: list[Any]
) -> None:
    case = Case(shown)
    found = [one for one in case.overlay.coercions(base, value, case.shown) if one is not None]
    assert [one for one in found if one != value] == others
    assert list(case.overlay.coercions(base, value, ())) == []


@pytest.mark.parametrize(
    ("shown", "value", "left"),
    [
        (CITY, {"name": "Oslo", "note": "n"}, {"name": "Oslo"}),
        (thing({"city": CITY}), {"city": {"name": "Oslo", "note": "n"}}, {"city": {"name": "Oslo"}}),
        (CITIES, [{"note": "n"}, {"id": "1"}], [{}, {"id": "1"}]),
        (FREE, {"note": "n"}, {"note": "n"}),
        (TEXT, "a", "a"),
    ],
)
def test_a_value_is_projected_onto_what_its_schema_declares(shown: Any, value: Any, left: Any) -> None:
    case = Case(shown)
    assert case.overlay.projected(value, case.shown) == left
    assert case.overlay.projected(value, ()) == value


# ---- a place in one of an item's objects

MONEY = thing({"currency": TEXT, "amount": WHOLE})
OWNER = thing({"id": TEXT, "name": TEXT, "city": thing({"zip": TEXT})})
ORDER = thing({"balance": MONEY, "customer": OWNER, "lines": {"type": "array", "items": MONEY}})
ITEM: dict[str, Any] = {
    "balance": {"currency": "EUR", "amount": 1},
    "customer": {"id": "c", "name": "Ada", "city": {"zip": "1"}},
    "lines": [{"currency": "EUR"}],
}


@pytest.mark.parametrize(
    ("name", "value", "members"),
    [
        ("currency", "NOK", ["currency"]),
        ("customer_id", "c7", ["id"]),
        ("zip", "9", ["zip"]),
        ("name", "x", []),
        ("colour", "red", []),
        ("amount", {"value": 1}, []),
        ("amount", [1], []),
    ],
)
def test_a_field_without_a_member_of_its_own_has_a_place_in_an_object(
    name: str, value: Any, members: list[str]
) -> None:
    case = Case(ORDER)
    assert [member for _, member, _ in case.overlay.places(ITEM, case.shape, name, value)] == members


def test_several_objects_of_one_shape_are_all_meant_and_of_several_shapes_none() -> None:
    both = {"net": {"currency": "EUR"}, "gross": {"currency": "EUR"}}
    alike = Schemas(
        thing({name: {"$ref": "#/components/schemas/Money"} for name in ("net", "gross")}), Money=MONEY
    )
    overlay = Overlay(alike.reading, lambda _: None, _as_it_is)
    found = overlay.places(both, alike.reading.whole(alike.parts), "currency", "NOK")
    assert [holder for holder, _, _ in found] == list(both.values())
    mixed = Case(thing({"net": MONEY, "gross": thing({"currency": WHOLE})}))
    assert mixed.overlay.places(both, mixed.shape, "currency", "NOK") == []
