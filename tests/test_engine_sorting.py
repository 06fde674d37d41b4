"""Sorting: what sort parameters ask for, in the ways that APIs write it, and the order that comes of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from understudy.engine.pointers import Pointers
from understudy.engine.queries import Choosing
from understudy.engine.sorting import SortKey, sort_keys, stated_keys
from understudy.model.model import Collection, List, Member, Sort
from understudy.names import fold
from understudy.state.memory import MemoryStore

MEMBERS = {"name": "name", "createdat": "created_at", "duedate": "dueDate", "age": "age"}
BY = ("sort", "order")


def find(path: str) -> tuple[str, ...] | None:
    """Return where the member stands that a path names."""
    name = MEMBERS.get(fold(path))
    return None if name is None else (name,)


def up(*names: str) -> list[SortKey]:
    return [SortKey((name,), False) for name in names]


def down(*names: str) -> list[SortKey]:
    return [SortKey((name,), True) for name in names]


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({}, []),
        ({"sort": None}, []),
        ({"sort": "name"}, up("name")),
        ({"sort": "-name"}, down("name")),
        ({"sort": "+name"}, up("name")),
        ({"sort": "name:desc"}, down("name")),
        ({"sort": "name asc"}, up("name")),
        ({"sort": "name.desc"}, down("name")),
        ({"sort": "name_DESC"}, down("name")),
        ({"sort": "created-descending"}, down("created_at")),
        ({"sort": "name,desc"}, down("name")),
        ({"sort": ["name,desc", "age"]}, down("name") + up("age")),
        ({"sort": "name.desc.nullslast,age"}, down("name") + up("age")),
        ({"sort": ["age", "DESC"]}, down("age")),
        ({"sort": '["age","DESC"]'}, down("age")),
        ({"sort": {"age": "desc", "name": "asc"}}, down("age") + up("name")),
        ({"sort": "name,-age"}, up("name") + down("age")),
        ({"sort": ["-age", "name"]}, down("age") + up("name")),
        ({"sort": "name", "order": "desc"}, down("name")),
        ({"sort": "name", "order": "asc"}, up("name")),
        ({"sort": "-name", "order": "asc"}, down("name")),
        ({"sort": "desc"}, []),
        ({"order": "name"}, up("name")),
        ({"sort": "created"}, up("created_at")),
        ({"sort": "createdAt"}, up("created_at")),
        ({"sort": "due"}, up("dueDate")),
        ({"sort": "colour"}, []),
        ({"sort": "colour,name"}, up("name")),
        ({"sort": ""}, []),
        ({"sort": " , "}, []),
        ({"other": "name"}, []),
    ],
)
def test_a_query_names_what_to_sort_by(query: dict[str, Any], keys: list[SortKey]) -> None:
    assert sort_keys(query, BY, find) == keys


def test_an_order_may_be_declared_by_the_member_it_is_of() -> None:
    assert sort_keys({"order[name]": "desc"}, ("order[name]", "order[age]"), find) == down("name")


def test_a_parameter_that_only_tells_the_way_names_no_member() -> None:
    assert sort_keys({"direction": "name"}, ("direction",), find) == []


def test_a_model_states_an_order() -> None:
    assert stated_keys(("-created_at", "name")) == [("created_at", True), ("name", False)]


ITEMS: dict[str, dict[str, Any]] = {
    "a": {"n": 2, "t": "beta", "d": "2024-05-01T10:00:00+02:00"},
    "b": {"t": "Alpha", "d": "2024-05-01T09:00:00Z"},
    "c": {"n": None, "t": "alpha", "d": "2024-05-01"},
    "d": {"n": 10, "t": "gamma"},
}


def ordered(sort: Sort, query: dict[str, Any]) -> str:
    """Return the keys of the items as a list shows them that is sorted so."""
    plan = List(collection="things", sort=sort)
    members = dict.fromkeys(("n", "t", "d"), Member())
    reading: Any = None
    choosing = Choosing.of_list(plan, Pointers(Collection(members=members), None, reading))

    async def listed() -> str:
        store = MemoryStore()
        for key, item in ITEMS.items():
            await store.insert("things", key, item)
        page = await store.list("things", order=choosing.orders(query), newest_first=choosing.is_newest_first)
        return "".join(record.key for record in page.records)

    return asyncio.run(listed())


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({}, "dcba"),
        ({"sort": "n"}, "adcb"),
        ({"sort": "-n"}, "dacb"),
        ({"sort": "t"}, "cbad"),
        ({"sort": "-t"}, "dacb"),
        ({"sort": "nothing"}, "dcba"),
        ({"sort": "t,n"}, "cbad"),
    ],
)
def test_items_without_a_value_come_last_either_way_and_ties_newest_first(
    query: dict[str, Any], keys: str
) -> None:
    assert ordered(Sort(by=("sort",)), query) == keys


@pytest.mark.parametrize(
    ("sort", "query", "keys"),
    [
        (Sort(newest_first=False), {}, "abcd"),
        (Sort(by=("sort",), newest_first=False), {"sort": "n"}, "adbc"),
        (Sort(default=("n",)), {}, "adcb"),
        (Sort(by=("sort",), default=("n",)), {"sort": "-n"}, "dacb"),
        (Sort(by=("sort",), default=("-n",)), {"sort": "colour"}, "dacb"),
        (Sort(by=("sort",), nulls="largest"), {"sort": "n"}, "adcb"),
        (Sort(by=("sort",), nulls="largest"), {"sort": "-n"}, "bcda"),
    ],
)
def test_the_model_says_how_a_list_stands(sort: Sort, query: dict[str, Any], keys: str) -> None:
    assert ordered(sort, query) == keys
