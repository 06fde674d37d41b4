"""All verbs at once, over each store: nothing is lost, no value is held twice, and nobody is refused for being slow."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from inline import TEXT, WHOLE, Api, answer, body, parameter, ref, resource, thing
from stores import Factory, each_store
from understudy.errors import RecordExists, RecordNotFound
from understudy.messages import Response
from understudy.sandbox import Settings

STATE = {"enum": ["open", "paid", "cancelled"]}
UNIQUE = {"type": "string", "x-understudy": {"unique": True}}
MEMBERS = {"name": TEXT, "size": WHOLE, "colour": TEXT, "email": UNIQUE, "status": STATE}
ORDER = thing({"id": TEXT, **MEMBERS}, "id", "status")
SENT = thing(MEMBERS)
ORDERS = {"type": "array", "items": ref("Order")}
PATHS = resource(ref("Order"), SENT, taken="409")
PATHS["/things"]["delete"] = {
    "parameters": [parameter("ids", TEXT, "query")],
    "responses": {"204": {"description": ""}},
}
PATHS["/things/batch"] = {"post": {"requestBody": body(ORDERS), "responses": answer(ORDERS, "201")}}
PATHS["/things/{id}/cancel"] = {
    "post": {"parameters": [parameter("id")], "responses": answer(ref("Order"))},
}
CREATE, LIST, READ = "post /things", "get /things", "get /things/{id}"
PUT, PATCH, DELETE, ACT = (
    "put /things/{id}",
    "patch /things/{id}",
    "delete /things/{id}",
    "post /things/{id}/cancel",
)
BULK, DELETE_MANY = "post /things/batch", "delete /things"
PAIRS = 20

Scenario = Callable[[Api], Awaitable[None]]


def on_each_store(scenario: Scenario) -> Callable[[Factory], None]:
    """Make a test of what happens to the orders of an API, over each store."""

    @each_store
    def test(make: Factory) -> None:
        async def play() -> None:
            await scenario(Api(PATHS, store=make, settings=Settings(any_write=True), Order=ORDER))

        asyncio.run(play())

    test.__name__ = scenario.__name__
    return test


async def at_once(*calls: Awaitable[Any]) -> list[Any]:
    return list(await asyncio.gather(*calls))


async def new(api: Api, **sent: Any) -> str:
    """Create an order and return its id."""
    return str((await api.told(CREATE, body=sent))["id"])


async def ids(api: Api) -> list[str]:
    return [one["id"] for one in await api.told(LIST)]


# ---- changes


@on_each_store
async def test_of_two_changes_at_once_none_is_lost(api: Api) -> None:
    for _ in range(PAIRS):
        key = await new(api, name="a")
        await at_once(api.ask(PATCH, key, {"size": 7}), api.ask(PATCH, key, {"colour": "red"}))
        order = await api.told(READ, key)
        assert (order["name"], order["size"], order["colour"]) == ("a", 7, "red")


@on_each_store
async def test_a_change_beside_an_action_loses_neither(api: Api) -> None:
    for _ in range(PAIRS):
        key = await new(api, name="a")
        await at_once(api.ask(ACT, key), api.ask(PATCH, key, {"colour": "red"}))
        order = await api.told(READ, key)
        assert (order["status"], order["colour"]) == ("cancelled", "red")


@on_each_store
async def test_of_two_replacements_at_once_one_is_there_whole(api: Api) -> None:
    key = await new(api, name="a")
    sent = [{"name": f"n{number}", "size": number} for number in range(PAIRS)]
    await at_once(*(api.ask(PUT, key, one) for one in sent))
    order = await api.told(READ, key)
    assert {"name": order["name"], "size": order["size"]} in sent


# ---- first reads


@on_each_store
async def test_all_first_reads_of_one_id_are_told_the_same(api: Api) -> None:
    orders = await at_once(*(api.told(READ, "never-seen") for _ in range(5)))
    assert all(order == orders[0] for order in orders)
    assert orders[0]["id"] == "never-seen"
    assert await ids(api) == ["never-seen"]


@on_each_store
async def test_a_first_read_beside_a_change_leaves_what_was_changed(api: Api) -> None:
    for number in range(PAIRS):
        key = f"k{number}"
        await at_once(api.told(READ, key), api.told(PATCH, key, {"colour": "red"}), api.told(READ, key))
        assert (await api.told(READ, key))["colour"] == "red"


@on_each_store
async def test_a_first_read_beside_a_put_leaves_what_was_put(api: Api) -> None:
    for number in range(PAIRS):
        key = f"k{number}"
        answers = await at_once(api.told(READ, key), api.told(PUT, key, {"colour": "red"}))
        assert (await api.told(READ, key))["colour"] == "red"
        assert answers[1]["colour"] == "red"


# ---- creates


@on_each_store
async def test_every_create_has_an_id_of_its_own(api: Api) -> None:
    made = await at_once(*(new(api, name=str(number)) for number in range(PAIRS)))
    assert len(set(made)) == PAIRS
    assert sorted(await ids(api)) == sorted(made)


@on_each_store
async def test_a_unique_value_is_given_once(api: Api) -> None:
    made = await at_once(*(api.told(CREATE, body={"email": "a@b.c"}) for _ in range(5)))
    assert made.count(RecordExists) == 4
    assert len(await ids(api)) == 1


@on_each_store
async def test_two_items_cannot_be_changed_to_one_unique_value(api: Api) -> None:
    one, other = await new(api), await new(api)
    changed = await at_once(*(api.told(PATCH, key, {"email": "a@b.c"}) for key in (one, other)))
    assert changed.count(RecordExists) == 1
    assert [order.get("email") for order in await api.told(LIST)].count("a@b.c") == 1


@on_each_store
async def test_lists_of_items_made_at_once_are_all_there(api: Api) -> None:
    sent = [[{"name": f"{batch}-{number}"} for number in range(3)] for batch in range(5)]
    answers = await at_once(*(api.told(BULK, body=many) for many in sent))
    assert [[one["name"] for one in many] for many in answers] == [
        [one["name"] for one in many] for many in sent
    ]
    assert len(set(await ids(api))) == 15


# ---- deletes


@on_each_store
async def test_a_delete_beside_a_change_is_final(api: Api) -> None:
    for _ in range(PAIRS):
        key = await new(api, name="a")
        await at_once(api.told(PATCH, key, {"size": 7}), api.told(DELETE, key), api.told(ACT, key))
        assert await api.told(READ, key) is RecordNotFound
        assert key not in await ids(api)


@on_each_store
async def test_deleting_twice_at_once_is_deleting_once(api: Api) -> None:
    key = await new(api)
    answers = await at_once(*(api.ask(DELETE, key) for _ in range(5)))
    assert [one.status for one in answers if isinstance(one, Response)] == [204] * 5
    assert await api.told(READ, key) is RecordNotFound


@on_each_store
async def test_a_delete_of_many_beside_a_delete_of_one_deletes_all(api: Api) -> None:
    made = [await new(api) for _ in range(6)]
    named = ",".join(made[:4])
    await at_once(api.ask(DELETE_MANY, ids=named), api.ask(DELETE, made[0]), api.ask(DELETE, made[4]))
    assert await ids(api) == [made[5]]


@on_each_store
async def test_a_list_beside_writes_shows_whole_items_and_those_that_stay(api: Api) -> None:
    kept = [await new(api, name="kept", size=1) for _ in range(5)]
    doomed = [await new(api, name="doomed", size=1) for _ in range(5)]
    calls = [api.told(LIST) for _ in range(5)]
    calls += [api.told(DELETE, key) for key in doomed]
    calls += [api.told(PATCH, key, {"colour": "red"}) for key in kept]
    calls += [api.told(CREATE, body={"name": "new", "size": 1}) for _ in range(5)]
    answers = await at_once(*calls)
    for shown in answers[:5]:
        assert {one["id"] for one in shown} >= set(kept)
        assert all(one["size"] == 1 for one in shown)


@each_store
def test_a_collection_that_many_touch_first_is_filled_once(make: Factory) -> None:
    async def play() -> None:
        filled = Api(PATHS, store=make, settings=Settings(populate=4), Order=ORDER)
        lists = await at_once(*(filled.told(LIST) for _ in range(5)))
        assert [len(one) for one in lists] == [4] * 5

    asyncio.run(play())
