"""Statistics count and add up what there is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from inline import TEXT, WHOLE, Api, answer, below, made, many, one, thing

MONEY = {"type": "number"}
STATUS = {"type": "string", "enum": ["open", "paid", "shipped"]}
COUNTS = {"type": "object", "additionalProperties": WHOLE}
SCHEMAS: dict[str, Any] = {
    "Order": thing(
        {"id": WHOLE, "status": STATUS, "total": MONEY, "rating": WHOLE}, "id", "status", "total", "rating"
    ),
    "Person": thing({"id": WHOLE, "name": TEXT}, "id", "name"),
    "Project": thing({"id": WHOLE, "name": TEXT, "budget": MONEY}, "id", "name", "budget"),
    "Task": thing({"id": WHOLE, "done": {"type": "boolean"}}, "id", "done"),
    "Stats": thing(
        {
            "total": WHOLE,
            "open_orders": WHOLE,
            "paid": WHOLE,
            "revenue": MONEY,
            "average_rating": MONEY,
            "by_status": thing({"open": WHOLE, "paid": WHOLE, "shipped": WHOLE}, "open", "paid", "shipped"),
            "growth": MONEY,
        },
        "total",
        "open_orders",
        "paid",
        "revenue",
        "average_rating",
        "by_status",
        "growth",
    ),
    "Overview": thing(
        {
            "data": thing(
                {"total_orders": WHOLE, "people": thing({"count": WHOLE}, "count")}, "total_orders", "people"
            )
        },
        "data",
    ),
    "Progress": thing({"total": WHOLE, "done": WHOLE}, "total", "done"),
}


PATHS: dict[str, Any] = {
    "/orders": {"get": many("Order"), "post": made("Order", status=STATUS, total=MONEY, rating=WHOLE)},
    "/orders/{id}": below(get=one("Order")),
    "/orders/stats": {"get": one("Stats")},
    "/orders/summary": {
        "get": {"responses": answer(thing({"statuses": {}, "by_status": COUNTS}, "by_status"))}
    },
    "/people": {"get": many("Person"), "post": made("Person", name=TEXT)},
    "/people/{id}": below(get=one("Person")),
    "/dashboard": {"get": one("Overview")},
    "/projects": {"get": many("Project"), "post": made("Project", name=TEXT, budget=MONEY)},
    "/projects/{id}": below(get=one("Project")),
    "/projects/{id}/tasks": below(get=many("Task"), post=made("Task", done={"type": "boolean"})),
    "/projects/{id}/stats": below(get=one("Progress")),
    "/projects/{id}/budget": below(
        get={"responses": answer(thing({"budget": MONEY, "left": MONEY}, "budget"))}
    ),
}


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    @wraps(test)
    def runs() -> None:
        asyncio.run(test())

    return runs


async def shop() -> Api:
    api = Api(PATHS, **SCHEMAS)
    for status, total, rating in (("open", 10.5, 4), ("paid", 20, 5), ("paid", 9.5, 3)):
        await api.ask("post /orders", body={"status": status, "total": total, "rating": rating})
    return api


@run
async def test_statistics_of_a_list_count_its_items_and_add_up_what_they_cost() -> None:
    api = await shop()
    told = await api.told("get /orders/stats")
    del told["growth"]  # nothing tells of it
    assert told == {
        "total": 3,
        "open_orders": 1,
        "paid": 2,
        "revenue": 40,
        "average_rating": 4,
        "by_status": {"open": 1, "paid": 2, "shipped": 0},
    }


@run
async def test_an_object_of_any_names_has_a_number_for_each_value_there_is() -> None:
    api = await shop()
    told = await api.told("get /orders/summary")
    assert told["by_status"] == {"open": 1, "paid": 2}


@run
async def test_an_overview_counts_the_items_that_its_members_name() -> None:
    api = await shop()
    await api.ask("post /people", body={"name": "Ann"})
    assert await api.told("get /dashboard") == {"data": {"total_orders": 3, "people": {"count": 1}}}


@run
async def test_statistics_of_an_item_count_what_lies_below_it() -> None:
    api = await shop()
    project = str((await api.told("post /projects", body={"name": "A", "budget": 5}))["id"])
    other = str((await api.told("post /projects", body={"name": "B", "budget": 6}))["id"])
    for done in (True, False, True):
        await api.ask("post /projects/{id}/tasks", project, {"done": done})
    assert await api.told("get /projects/{id}/stats", project) == {"total": 3, "done": 2}
    assert await api.told("get /projects/{id}/stats", other) == {"total": 0, "done": 0}


@run
async def test_what_is_called_like_a_member_of_an_item_says_what_that_says() -> None:
    api = await shop()
    project = str((await api.told("post /projects", body={"name": "A", "budget": 5.25}))["id"])
    assert (await api.told("get /projects/{id}/budget", project))["budget"] == 5.25
