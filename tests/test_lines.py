"""Lines of an item say of what they name what that says of itself, and what has one id has one name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from inline import TEXT, WHOLE, answer, body, parameter, thing
from understudy.sandbox import Sandbox, Settings

PRICE = {"type": "number"}
PRODUCT = thing({"id": WHOLE, "name": TEXT, "price": PRICE, "categoryId": WHOLE, "categoryName": TEXT}, "id")
LINE = {
    "productId": WHOLE,
    "productName": TEXT,
    "unitPrice": PRICE,
    "quantity": WHOLE,
    "lineTotal": PRICE,
}
LINES = {"type": "array", "items": thing(LINE, *LINE)}
ORDER = thing({"id": WHOLE, "items": LINES, "total": PRICE, "note": TEXT}, "id", "items", "total")
SENT = thing({"productId": WHOLE, "quantity": WHOLE, "unitPrice": PRICE}, "productId", "quantity")
NEW_ORDER = thing({"items": {"type": "array", "items": SENT}, "note": TEXT})


def collection(path: str, item: Any, sent: Any) -> dict[str, Any]:
    listed = {"responses": answer({"type": "array", "items": item})}
    return {
        path: {"get": listed, "post": {"requestBody": body(sent), "responses": answer(item, "201")}},
        f"{path}/{{id}}": {
            "parameters": [parameter("id", WHOLE)],
            "get": {"responses": answer(item)},
            "patch": {"requestBody": body(sent), "responses": answer(item)},
        },
    }


NEW_PRODUCT = thing({"name": TEXT, "price": PRICE, "categoryId": WHOLE})
SHOP = {**collection("/products", PRODUCT, NEW_PRODUCT), **collection("/orders", ORDER, NEW_ORDER)}

Serve = Callable[..., httpx.Client]


def test_a_line_says_what_its_product_says_and_sums_follow(
    serve: Serve, sandbox: Callable[..., Sandbox]
) -> None:
    shop = serve(sandbox(paths=SHOP))
    ids = []
    for name, price in (("Lamp", 10.5), ("Desk", 100)):
        ids.append(shop.post("/products", json={"name": name, "price": price}).json()["id"])
    lines = [{"productId": ids[0], "quantity": 2}, {"productId": ids[1], "quantity": 1, "unitPrice": 90}]
    order = shop.post("/orders", json={"items": lines}).json()
    told = [(one["productName"], one["unitPrice"], one["lineTotal"]) for one in order["items"]]
    assert told == [("Lamp", 10.5, 21), ("Desk", 90, 90)]  # a price that was sent stays
    assert order["total"] == 111
    assert shop.get(f"/orders/{order['id']}").json() == order


def test_an_order_keeps_what_a_product_cost(serve: Serve, sandbox: Callable[..., Sandbox]) -> None:
    shop = serve(sandbox(paths=SHOP))
    lamp = shop.post("/products", json={"name": "Lamp", "price": 10}).json()["id"]
    order = shop.post("/orders", json={"items": [{"productId": lamp, "quantity": 1}]}).json()
    shop.patch(f"/products/{lamp}", json={"price": 12})
    changed = shop.patch(f"/orders/{order['id']}", json={"note": "soon"}).json()
    assert changed == {**order, "note": "soon"}


def test_what_has_one_id_has_one_name(serve: Serve, sandbox: Callable[..., Sandbox]) -> None:
    shop = serve(sandbox(paths=SHOP))
    names = []
    for category in (2, 2, 7, 8, 9):
        made = shop.post("/products", json={"name": "Lamp", "categoryId": category}).json()
        names.append(made["categoryName"])
    assert names[0] == names[1]
    assert len(set(names)) > 1
    moved = shop.patch(f"/products/{made['id']}", json={"categoryId": 2}).json()
    assert moved["categoryName"] == names[0]


def test_lines_that_are_there_from_the_start_cost_what_their_products_do(
    serve: Serve, sandbox: Callable[..., Sandbox]
) -> None:
    shop = serve(sandbox(paths=SHOP, settings=Settings(populate=3)))
    price_of = {one["id"]: (one["name"], one["price"]) for one in shop.get("/products").json()}
    orders = shop.get("/orders").json()
    assert len(orders) == 3
    for order in orders:
        for line in order["items"]:
            assert (line["productName"], line["unitPrice"]) == price_of[line["productId"]]
            assert line["lineTotal"] == round(line["unitPrice"] * line["quantity"], 2)
        assert order["total"] == round(sum(line["lineTotal"] for line in order["items"]), 2)
