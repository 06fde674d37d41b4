"""What a create shows with an id belongs to the collection of its kind."""

from __future__ import annotations

import asyncio

from inline import TEXT, WHOLE, Api, answer, body, parameter, thing

CUSTOMER = thing({"id": WHOLE, "name": TEXT}, "id", "name")
ORDER = thing({"id": WHOLE, "item": TEXT, "customer": CUSTOMER}, "id", "item", "customer")
PATHS = {
    "/customers": {"get": {"responses": answer({"type": "array", "items": CUSTOMER})}},
    "/customers/{id}": {"parameters": [parameter("id", WHOLE)], "get": {"responses": answer(CUSTOMER)}},
    "/orders": {
        "post": {"requestBody": body(thing({"item": TEXT}, "item")), "responses": answer(ORDER, "201")}
    },
    "/orders/{id}": {"parameters": [parameter("id", WHOLE)], "get": {"responses": answer(ORDER)}},
    "/checkout": {
        "post": {
            "requestBody": body(thing({"item": TEXT}, "item")),
            "responses": answer(thing({"order": ORDER}, "order"), "201"),
        }
    },
}


def test_what_an_item_shows_of_another_kind_is_found_there() -> None:
    async def ask() -> None:
        api = Api(PATHS)
        customer = (await api.told("post /orders", body={"item": "lamp"}))["customer"]
        assert await api.told("get /customers/{id}", str(customer["id"])) == customer
        assert await api.told("get /customers") == [customer]

    asyncio.run(ask())


def test_what_a_create_without_a_collection_shows_is_found_where_it_belongs() -> None:
    async def ask() -> None:
        api = Api(PATHS)
        order = (await api.told("post /checkout", body={"item": "lamp"}))["order"]
        found = await api.told("get /orders/{id}", str(order["id"]))
        assert (found["item"], found["customer"]) == ("lamp", order["customer"])

    asyncio.run(ask())
