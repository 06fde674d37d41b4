"""Held lists: what stands below an item and shows the item changes a list within it, as the lines of a cart are changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, Api, answer, body, parameter, thing
from stores import Factory, each_store
from understudy.sandbox import Sandbox, Settings

PRICE = {"type": "number"}
PRODUCT = thing({"id": WHOLE, "name": TEXT, "price": PRICE}, "id", "name", "price")
LINE = thing(
    {"id": WHOLE, "product": PRODUCT, "quantity": WHOLE, "subtotal": PRICE},
    "id",
    "product",
    "quantity",
    "subtotal",
)
LINES = {"type": "array", "items": LINE}
CART = thing({"id": TEXT, "items": LINES, "total": PRICE, "itemCount": WHOLE}, "items", "total")
OWN_CART = thing({"items": LINES, "total": PRICE, "itemCount": WHOLE}, "items", "total")
ORDER = thing(
    {"id": TEXT, "status": {"enum": ["pending", "paid", "cancelled"]}, "address": TEXT}, "id", "status"
)
ADDED = thing({"productId": WHOLE, "quantity": WHOLE}, "productId", "quantity")
CHANGED = thing({"quantity": WHOLE}, "quantity")
NEW_PRODUCT = thing({"name": TEXT, "price": PRICE}, "name", "price")
NONE = {"204": {"description": ""}}

SHOP: dict[str, Any] = {
    "/products": {
        "get": {"responses": answer({"type": "array", "items": PRODUCT})},
        "post": {"requestBody": body(NEW_PRODUCT), "responses": answer(PRODUCT, "201")},
    },
    "/products/{id}": {"get": {"parameters": [parameter("id", WHOLE)], "responses": answer(PRODUCT)}},
    "/orders": {"get": {"responses": answer({"type": "array", "items": ORDER})}},
    "/orders/{id}": {"get": {"parameters": [parameter("id")], "responses": answer(ORDER)}},
    "/checkout": {"post": {"requestBody": body(thing({"address": TEXT})), "responses": answer(ORDER, "201")}},
}


def lines_below(path: str, cart: Any, *names: str) -> dict[str, Any]:
    """Return the paths of the lines of a cart, which show the cart."""
    above = [parameter(name) for name in names]
    one = [*above, parameter("itemId", WHOLE)]
    return {
        f"{path}/items": {
            "parameters": above,
            "post": {"requestBody": body(ADDED), "responses": answer(cart)},
        },
        f"{path}/items/{{itemId}}": {
            "parameters": one,
            "patch": {"requestBody": body(CHANGED), "responses": answer(cart)},
            "delete": {"responses": answer(cart)},
        },
    }


CARTS = {
    **SHOP,
    "/carts": {"post": {"requestBody": body(thing({})), "responses": answer(CART, "201")}},
    "/carts/{cartId}": {"get": {"parameters": [parameter("cartId")], "responses": answer(CART)}},
    **lines_below("/carts/{cartId}", CART, "cartId"),
}
ONE_CART = {
    **SHOP,
    "/cart": {"get": {"responses": answer(OWN_CART)}, "delete": {"responses": NONE}},
    **lines_below("/cart", OWN_CART),
}


@pytest.fixture
def shop(serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]) -> Callable[..., httpx.Client]:
    def start(paths: dict[str, Any], populate: int = 0) -> httpx.Client:
        client = serve(sandbox(paths=paths, settings=Settings(populate=populate)))
        for name, price in (("Lamp", 20), ("Desk", 80)):
            client.post("/products", json={"name": name, "price": price})
        return client

    return start


def said(cart: dict[str, Any]) -> list[tuple[str, int, float]]:
    return [(line["product"]["name"], line["quantity"], line["subtotal"]) for line in cart["items"]]


def walk(client: httpx.Client, cart: str) -> None:
    """Put two things into an empty cart, change one and take the other out."""
    lamp, desk = sorted(client.get("/products").json(), key=lambda one: str(one["name"]), reverse=True)
    client.post(f"{cart}/items", json={"productId": lamp["id"], "quantity": 2})
    both = client.post(f"{cart}/items", json={"productId": desk["id"], "quantity": 1}).json()
    assert said(both) == [("Lamp", 2, 40), ("Desk", 1, 80)]
    assert (both["total"], both["itemCount"]) == (120, 2)
    assert client.get(cart).json() == both
    first, second = (line["id"] for line in both["items"])
    assert first != second
    more = client.patch(f"{cart}/items/{second}", json={"quantity": 3}).json()
    assert (said(more)[1], more["total"]) == (("Desk", 3, 240), 280)
    less = client.delete(f"{cart}/items/{first}").json()
    assert (said(less), less["total"], less["itemCount"]) == ([("Desk", 3, 240)], 240, 1)
    assert client.get(cart).json() == less
    assert client.delete(f"{cart}/items/{first}").status_code == 404
    assert client.patch(f"{cart}/items/{first}", json={"quantity": 1}).status_code == 404
    refused = client.post(f"{cart}/items", json={"productId": "x"}).json()
    assert {one["pointer"] for one in refused["errors"]} == {"/productId", "/quantity"}


def test_the_lines_of_a_cart_are_in_it(shop: Callable[..., httpx.Client]) -> None:
    client = shop(CARTS)
    cart = client.post("/carts", json={}).json()
    assert (cart["items"], cart["total"]) == ([], 0)
    walk(client, f"/carts/{cart['id']}")
    other = client.post("/carts", json={}).json()
    assert client.get(f"/carts/{other['id']}").json()["items"] == []


def test_the_cart_of_whoever_calls_is_no_list_and_is_emptied(shop: Callable[..., httpx.Client]) -> None:
    client = shop(ONE_CART)
    assert client.delete("/cart").status_code == 204
    walk(client, "/cart")
    assert client.delete("/cart").status_code == 204
    assert {**client.get("/cart").json(), "itemCount": 0} == {"items": [], "total": 0, "itemCount": 0}


def test_carts_that_are_there_from_the_start_add_up(shop: Callable[..., httpx.Client]) -> None:
    cart = shop(ONE_CART, populate=3).get("/cart").json()
    assert cart["items"]
    for line in cart["items"]:
        assert line["subtotal"] == round(line["quantity"] * line["product"]["price"], 2)
    assert cart["total"] == round(sum(line["subtotal"] for line in cart["items"]), 2)


def test_what_says_that_it_made_something_adds_it_to_the_only_list_of_such(
    shop: Callable[..., httpx.Client],
) -> None:
    client = shop(ONE_CART)
    order = client.post("/checkout", json={"address": "Main Street 1"}).json()
    assert (order["status"], order["address"]) == ("pending", "Main Street 1")
    assert client.get("/orders").json() == [order]
    assert client.get(f"/orders/{order['id']}").json() == order


@each_store
def test_of_lines_that_are_put_in_at_once_none_is_lost(make: Factory) -> None:
    async def play() -> None:
        api = Api(ONE_CART, store=make, settings=Settings(populate=0))
        await api.told("delete /cart")
        added = []
        for number in range(1, 11):
            added.append(api.told("post /cart/items", body={"productId": number, "quantity": 1}))
        await asyncio.gather(*added)
        lines = (await api.told("get /cart"))["items"]
        assert sorted(line["product"]["id"] for line in lines) == list(range(1, 11))
        assert len({line["id"] for line in lines}) == 10

    asyncio.run(play())


WRAPPED_LINE = thing(
    {
        "id": TEXT,
        "variant_id": TEXT,
        "quantity": WHOLE,
        "unit_price": PRICE,
        "subtotal": PRICE,
        "total": PRICE,
    },
    "id",
    "quantity",
    "unit_price",
)
ADDRESS = {"type": "object", "properties": {"city": TEXT}, "nullable": True}
WRAPPED_CART = thing(
    {
        "id": TEXT,
        "region_id": TEXT,
        "currency_code": TEXT,
        "items": {"type": "array", "items": WRAPPED_LINE},
        "address": ADDRESS,
        "item_total": PRICE,
        "subtotal": PRICE,
        "tax_total": PRICE,
        "shipping_total": PRICE,
        "total": PRICE,
    },
    *("id", "currency_code", "items", "item_total", "subtotal", "tax_total", "shipping_total", "total"),
)
REGION = thing({"id": TEXT, "name": TEXT, "currency_code": TEXT}, "id", "currency_code")
IN_CART = thing({"cart": WRAPPED_CART}, "cart")
PUT_IN = thing({"variant_id": TEXT, "quantity": WHOLE}, "variant_id", "quantity")
TAKEN_OUT = thing({"id": TEXT, "deleted": {"type": "boolean"}, "parent": WRAPPED_CART}, "id", "deleted")
WRAPPED: dict[str, Any] = {
    "/regions": {
        "get": {"responses": answer({"type": "array", "items": REGION})},
        "post": {
            "requestBody": body(thing({"name": TEXT, "currency_code": TEXT})),
            "responses": answer(REGION, "201"),
        },
    },
    "/regions/{id}": {"get": {"parameters": [parameter("id")], "responses": answer(REGION)}},
    "/carts": {"post": {"requestBody": body(thing({"region_id": TEXT})), "responses": answer(IN_CART)}},
    "/carts/{id}": {
        "parameters": [parameter("id")],
        "get": {"responses": answer(IN_CART)},
        "post": {"requestBody": body(thing({"address": ADDRESS})), "responses": answer(IN_CART)},
    },
    "/carts/{id}/line-items": {
        "parameters": [parameter("id")],
        "post": {"requestBody": body(PUT_IN), "responses": answer(IN_CART)},
    },
    "/carts/{id}/line-items/{line_id}": {
        "parameters": [parameter("id"), parameter("line_id")],
        "post": {"requestBody": body(CHANGED), "responses": answer(IN_CART)},
        "delete": {"responses": answer(TAKEN_OUT)},
    },
}
SUMS = ("item_total", "subtotal", "tax_total", "shipping_total", "total")


def test_a_wrapped_cart_begins_empty_in_the_money_of_its_region(shop: Callable[..., httpx.Client]) -> None:
    client = shop(WRAPPED, populate=2)
    region = client.post("/regions", json={"name": "North", "currency_code": "NOK"}).json()
    cart = client.post("/carts", json={"region_id": region["id"]}).json()["cart"]
    assert (cart["currency_code"], cart["items"], cart.get("address")) == ("NOK", [], None)
    assert [cart[name] for name in SUMS] == [0, 0, 0, 0, 0]


def test_lines_whose_path_is_called_otherwise_are_put_in_changed_and_taken_out(
    shop: Callable[..., httpx.Client],
) -> None:
    client = shop(WRAPPED)
    cart = client.post("/carts", json={}).json()["cart"]
    path = f"/carts/{cart['id']}/line-items"
    client.post(path, json={"variant_id": "small", "quantity": 1})
    both = client.post(path, json={"variant_id": "large", "quantity": 2}).json()["cart"]
    assert [(line["variant_id"], line["quantity"]) for line in both["items"]] == [("small", 1), ("large", 2)]
    for line in both["items"]:
        assert line["subtotal"] == line["total"] == pytest.approx(line["quantity"] * line["unit_price"])
    assert both["item_total"] == pytest.approx(sum(line["total"] for line in both["items"]))
    first, second = both["items"]
    more = client.post(f"{path}/{first['id']}", json={"quantity": 5}).json()["cart"]
    assert [line["quantity"] for line in more["items"]] == [5, 2]
    gone = client.delete(f"{path}/{first['id']}").json()
    assert (gone["id"], gone["deleted"]) == (first["id"], True)
    assert gone["parent"] == client.get(f"/carts/{cart['id']}").json()["cart"]
    assert [line["id"] for line in gone["parent"]["items"]] == [second["id"]]


def test_the_only_list_that_takes_what_is_put_in_is_meant(shop: Callable[..., httpx.Client]) -> None:
    holder = thing({"id": TEXT, "name": TEXT, "entries": {"type": "array", "items": PUT_IN}}, "id", "entries")
    paths = {
        "/boxes": {"post": {"requestBody": body(thing({"name": TEXT})), "responses": answer(holder, "201")}},
        "/boxes/{id}": {"get": {"parameters": [parameter("id")], "responses": answer(holder)}},
        "/boxes/{id}/products": {
            "post": {
                "parameters": [parameter("id")],
                "requestBody": body(PUT_IN),
                "responses": answer(holder),
            }
        },
    }
    client = shop(paths)
    box = client.post("/boxes", json={"name": "Tools"}).json()
    client.post(f"/boxes/{box['id']}/products", json={"variant_id": "saw", "quantity": 1})
    assert client.get(f"/boxes/{box['id']}").json()["entries"] == [{"variant_id": "saw", "quantity": 1}]


PRICED = thing({"productId": WHOLE, "quantity": WHOLE, "price": PRICE})
RPC_CART = thing({"items": {"type": "array", "items": PRICED}, "total": PRICE}, "items", "total")
ONE = thing({"productId": WHOLE}, "productId")


def done(sent: Any = None) -> dict[str, Any]:
    post: dict[str, Any] = {"responses": answer(RPC_CART)}
    if sent is not None:
        post["requestBody"] = body(sent)
    return {"post": post}


def test_what_a_path_says_is_done_to_the_lines_of_a_cart(shop: Callable[..., httpx.Client]) -> None:
    paths = {
        "/cart": {"get": {"responses": answer(RPC_CART)}},
        "/cart/add": done(ADDED),
        "/cart/update": done(ADDED),
        "/cart/remove": done(ONE),
        "/cart/clear": done(),
    }
    client = shop(paths)
    assert client.post("/cart/clear").json() == {"items": [], "total": 0}

    def post(action: str, **sent: Any) -> Any:
        cart = client.post(f"/cart/{action}", json=sent).json()
        assert client.get("/cart").json() == cart
        assert cart["total"] == pytest.approx(sum(line["quantity"] * line["price"] for line in cart["items"]))
        return [(line["productId"], line["quantity"]) for line in cart["items"]]

    post("add", productId=7, quantity=1)
    assert post("add", productId=9, quantity=2) == [(7, 1), (9, 2)]
    assert post("update", productId=7, quantity=5) == [(7, 5), (9, 2)]
    assert post("remove", productId=7) == [(9, 2)]
    assert client.post("/cart/remove", json={"productId": 7}).status_code == 404
    assert client.post("/cart/clear").json() == {"items": [], "total": 0}


def test_what_does_not_say_which_line_is_meant_takes_out_none(shop: Callable[..., httpx.Client]) -> None:
    paths = {
        "/cart": {"get": {"responses": answer(RPC_CART)}},
        "/cart/add": done(ADDED),
        "/cart/remove": done(thing({"position": WHOLE}, "position")),
        "/cart/clear": done(),
    }
    client = shop(paths)
    client.post("/cart/clear")
    cart = client.post("/cart/add", json={"productId": 7, "quantity": 1}).json()
    client.post("/cart/remove", json={"position": 1})
    assert client.get("/cart").json()["items"] == cart["items"]
