"""What conditions and orders mean: as tables, and over every store."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from stores import Factory, each_store, keys
from understudy.state.conditions import META, And, Condition, Not, Operator, Or, Order, Test, matches

MOMENT = "2026-01-05T23:30:00Z"

ROWS: list[tuple[Any, Operator, Any, bool]] = [
    # equal is what is written alike
    ("open", "eq", "open", True),
    ("Open", "eq", "open", False),
    (5, "eq", 5, True),
    (5, "eq", "5", True),
    ("5", "eq", 5, True),
    (5.0, "eq", 5, True),
    (5.5, "eq", "5.5", True),
    ("05", "eq", 5, False),
    (True, "eq", "true", True),
    (True, "eq", 1, False),
    (1, "eq", True, False),
    (None, "eq", None, True),
    (None, "eq", "null", False),
    ({"a": 1, "b": 2}, "eq", {"b": 2, "a": 1}, True),
    (["red", "blue"], "eq", "blue", True),
    ([], "eq", None, False),
    ("open", "in", ["done", "open"], True),
    (["red"], "in", ["blue", "red"], True),
    ("open", "in", [], False),
    # another value, and a value at all
    ("open", "ne", "done", True),
    ("open", "ne", "open", False),
    (None, "ne", "open", False),
    # greater and less
    (5, "gt", 4, True),
    (5, "gt", 5, False),
    (5, "ge", 5, True),
    (5, "lt", 5.5, True),
    (5, "le", 4, False),
    ("10", "gt", 9, True),
    (10, "gt", "9", True),
    ("10", "gt", "9", True),
    ("10b", "gt", "9b", False),
    ("swan", "like", "sw%n", True),
    ("a swan", "like", "sw%", False),
    ("swan", "like", "swa", False),
    # what goes back to where a piece was found before takes longer here than anybody waits
    ("a" * 1_000, "like", "%a" * 30 + "%b", False),
    ("a" * 1_000, "like", "%a" * 30 + "%", True),
    ("b", "gt", "a", True),
    ("ten", "gt", 9, False),
    (True, "gt", 0, False),
    (None, "lt", 5, False),
    ({}, "gt", 0, False),
    ([1, 9], "gt", 5, True),
    ([1, 2], "gt", 5, False),
    # days and moments
    (MOMENT, "le", "2026-01-05", True),
    (MOMENT, "ge", "2026-01-05", True),
    (MOMENT, "gt", "2026-01-05", False),
    (MOMENT, "gt", "2026-01-04", True),
    ("2026-01-05", "ge", MOMENT, True),
    (MOMENT, "lt", "2026-01-06T00:00:00+01:00", False),
    (MOMENT, "lt", "2026-01-06T01:00:00+01:00", True),
    ("2026-01-05T23:30:00.500Z", "gt", MOMENT, True),
    ("2026-01-05T23:30:00", "ge", MOMENT, True),
    ("2026-13-45 of old", "lt", "2026-13-45 of it", False),
    # what is written
    ("a cup", "contains", "cup", True),
    ("a Cup", "contains", "cup", False),
    (5010, "contains", "01", True),
    (["cup", "pot"], "contains", "pot", True),
    (["cups"], "contains", "cup", False),
    (None, "contains", "n", False),
    ("a cup", "starts", "a ", True),
    ("a cup", "starts", "cup", False),
    ("a cup", "ends", "cup", True),
    (["a cup", "b"], "ends", "cup", True),
    (None, "starts", "", False),
    # null
    (None, "null", None, True),
    (None, "null", True, True),
    (0, "null", True, False),
    ([], "null", True, False),
    ("", "null", False, True),
    (None, "null", False, False),
]


@pytest.mark.parametrize(("found", "operator", "wanted", "expected"), ROWS)
def test_a_member_meets_a_test(*, found: Any, operator: Operator, wanted: Any, expected: bool) -> None:
    assert matches(Test(("member",), operator, wanted), {"member": found}) is expected
    if found is None:
        assert matches(Test(("member",), operator, wanted), {}) is expected


FOLDED: list[tuple[Any, Operator, Any]] = [
    ("OPEN", "eq", "open"),
    ("open", "in", ["OPEN"]),
    ("Straße", "contains", "STRASSE"),
    (["Red"], "contains", "rED"),
    ("Abc", "starts", "aB"),
    ("Abc", "ends", "BC"),
    ("b", "gt", "A"),
    ("B", "ge", "b"),
    (True, "eq", "TRUE"),
]


@pytest.mark.parametrize(("found", "operator", "wanted"), FOLDED)
def test_upper_and_lower_case_are_one_where_they_are_folded(
    found: Any, operator: Operator, wanted: Any
) -> None:
    assert matches(Test(("member",), operator, wanted, folded=True), {"member": found})


POINTERS: list[tuple[tuple[str, ...], bool]] = [
    (("customer", "name"), True),
    (("lines", "product", "name"), True),
    (("lines", "product"), False),
    (("customer", "name", "first"), False),
    (("nothing", "name"), False),
]


@pytest.mark.parametrize(("pointer", "expected"), POINTERS)
def test_a_pointer_leads_through_objects_and_every_element_of_arrays(
    pointer: tuple[str, ...], *, expected: bool
) -> None:
    lines = [{"product": {"name": "pot"}}, {"product": {"name": "Ann"}}, "a word"]
    value = {"customer": {"name": "Ann"}, "lines": lines}
    assert matches(Test(pointer, "eq", "Ann"), value) is expected


YES, NO = Test(("n",), "eq", 1), Test(("n",), "eq", 2)

COMBINED: list[tuple[Condition, bool]] = [
    (And(()), True),
    (And((YES, YES)), True),
    (And((YES, NO)), False),
    (Or(()), False),
    (Or((NO, YES)), True),
    (Or((NO, NO)), False),
    (Not(NO), True),
    (Not(And((YES, Not(NO)))), False),
]


@pytest.mark.parametrize(("condition", "expected"), COMBINED)
def test_conditions_are_joined_and_turned_round(condition: Condition, *, expected: bool) -> None:
    assert matches(condition, {"n": 1}) is expected


# ---- over every store

ITEMS: dict[str, dict[str, Any]] = {
    "a": {"status": "open", "customer": {"id": 1}, "tags": ["x", "y"], "total": 10},
    "b": {"status": "done", "customer": {"id": 2}, "tags": [], "total": "9"},
    "c": {"status": "Open", "customer": {"id": "1"}, "tags": ["y"], "total": None},
    "d": {"status": "open", "customer": None, "total": 30},
    "e": {"status": "done", "customer": {"id": 1}, "tags": ["x", "x"], "total": 20},
}

CHOSEN: list[tuple[Condition, str]] = [
    (Test(("status",), "eq", "open"), "a d"),
    (Test(("status",), "eq", "open", folded=True), "a c d"),
    (Test(("status",), "in", ["open", "done"]), "a b d e"),
    (Test(("customer", "id"), "eq", 1), "a c e"),
    (Test(("customer", "id"), "eq", None), "d"),
    (Test(("tags",), "eq", "x"), "a e"),
    (And((Test(("status",), "eq", "done"), Test(("tags",), "eq", "x"))), "e"),
    (And((Test(("status",), "eq", "open"), Test(("total",), "gt", 10))), "d"),
    (Or((Test(("status",), "eq", "done"), Test(("tags",), "eq", "y"))), "a b c e"),
    (Or((Test(("status",), "eq", "done"), Test(("total",), "gt", 20))), "b d e"),
    (Not(Test(("status",), "eq", "done")), "a c d"),
    (Test(("total",), "ge", 10), "a d e"),
]


@each_store
def test_what_stands_beside_an_item_is_looked_up_like_its_members(make: Factory) -> None:
    async def play() -> None:
        store, where = make(), Test((META, "by"), "eq", "me")
        await store.insert("c", "a", {}, meta={"by": "me"})
        assert keys(await store.list("c", where=where)) == "a"
        await store.insert("c", "b", {}, meta={"by": "me"})
        assert keys(await store.list("c", where=where)) == "a b"

    asyncio.run(play())


@each_store
@pytest.mark.parametrize(("condition", "expected"), CHOSEN)
def test_a_store_finds_what_meets_a_condition_also_after_changes(
    make: Factory, condition: Condition, expected: str
) -> None:
    async def play() -> None:
        store = make()
        for key, value in ITEMS.items():
            await store.insert("c", key, value)
        page = await store.list("c", where=condition, count=True)
        assert (keys(page), page.total) == (expected, len(expected.split()))
        for key, value in ITEMS.items():
            await store.replace("c", key, {})
            await store.replace("c", key, value)
        await store.delete("c", "a")
        await store.insert("c", "a", ITEMS["a"])
        page = await store.list("c", where=condition, newest_first=True, limit=1)
        order = ["b", "c", "d", "e", "a"]
        assert keys(page) == max(expected.split(), key=order.index)
        page = await store.list("c", where=condition, order=[Order(("nothing",))], count=True)
        assert (keys(page).split(), page.total) == (sorted(expected.split(), key=order.index), page.total)

    asyncio.run(play())


VALUES: dict[str, Any] = {"b": 2, "n": None, "a": 1, "B": 2, "N": None, "t": "Zoe", "u": "anna"}

ORDERS: list[tuple[list[Order], bool, str]] = [
    ([Order(("v",))], False, "a b B t u n N"),
    ([Order(("v",))], True, "a B b t u N n"),
    ([Order(("v",), descending=True)], False, "u t b B a n N"),
    ([Order(("v",), descending=True)], True, "u t B b a N n"),
    ([Order(("v",), nulls="largest")], False, "a b B t u n N"),
    ([Order(("v",), descending=True, nulls="largest")], False, "N n u t B b a"),
    ([Order(("v",), descending=True, nulls="largest")], True, "n N u t b B a"),
    ([Order(("v",), folded=True)], False, "a b B u t n N"),
    ([Order(("kind",)), Order(("v",), descending=True)], False, "b B a u t n N"),
    ([Order(("kind",), descending=True), Order(("v",))], False, "n N t u a b B"),
]


@each_store
@pytest.mark.parametrize(("order", "newest_first", "expected"), ORDERS)
@pytest.mark.parametrize("chosen", [None, Test(("all",), "eq", "yes"), Test(("all",), "starts", "y")])
def test_an_order_says_where_nulls_and_ties_stand(
    *, make: Factory, order: list[Order], newest_first: bool, expected: str, chosen: Condition | None
) -> None:
    async def play() -> None:
        store = make()
        for key, value in VALUES.items():
            kind = "number" if isinstance(value, int) else "text" if value else "void"
            await store.insert("c", key, {"v": value, "kind": kind, "all": "yes"})
        page = await store.list("c", where=chosen, order=order, newest_first=newest_first)
        assert keys(page) == expected
        page = await store.list("c", where=chosen, order=order, newest_first=newest_first, after="b", limit=2)
        rest = expected.split()[expected.split().index("b") + 1 :]
        assert keys(page).split() == rest[:2]

    asyncio.run(play())


@each_store
def test_a_condition_looks_at_what_stands_beside_an_item_too(make: Factory) -> None:
    async def play() -> None:
        store = make()
        beside = Test((META, "links"), "eq", "/sections/s1")
        await store.insert("c", "in", {"v": 1}, meta={"links": ["/sections/s1", "/sections/s2"]})
        await store.insert("c", "out", {"v": 2}, meta={"links": ["/sections/s2"]})
        await store.insert("c", "bare", {"v": 3})
        assert keys(await store.list("c", where=beside)) == "in"
        await store.replace("c", "out", {"v": 2}, meta={"links": ["/sections/s1"]})
        await store.insert("c", "late", {"v": 4}, meta={"links": ["/sections/s1"]})
        assert keys(await store.list("c", where=beside)) == "in out late"

    asyncio.run(play())
