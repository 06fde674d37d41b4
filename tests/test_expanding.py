"""Expanding: what an item refers to is shown whole in it where a request names it, and beside it in JSON:API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, body, contract_of, parameter, thing
from understudy.model.compiler import compile
from understudy.model.model import List
from understudy.sandbox import Sandbox, Settings

MANY = {"type": "array", "items": TEXT}
CUSTOMER = thing({"id": TEXT, "name": TEXT}, "id")
EITHER = {"anyOf": [TEXT, CUSTOMER]}
INVOICE = thing({"id": TEXT, "customer": EITHER, "memo": TEXT}, "id")
CHARGE = thing(
    {"id": TEXT, "amount": WHOLE, "customer": EITHER, "invoice": {"anyOf": [TEXT, INVOICE]}}, "id", "amount"
)
EXPAND = parameter("expand", MANY, "query")


def several(of: Any) -> dict[str, Any]:
    return thing({"data": {"type": "array", "items": of}}, "data")


def both(path: str, one: Any, *parameters: Any, **sent: Any) -> dict[str, Any]:
    """Return a list with a create, and a read, of a collection."""
    return {
        f"/{path}": {
            "get": {"parameters": list(parameters), "responses": answer(several(one))},
            "post": {"requestBody": body(thing(sent)), "responses": answer(one, "201")},
        },
        f"/{path}/{{id}}": {"get": {"parameters": [parameter("id"), *parameters], "responses": answer(one)}},
    }


BILLING = {
    **both("customers", CUSTOMER, name=TEXT),
    **both("invoices", INVOICE, EXPAND, customer=TEXT, memo=TEXT),
    **both("charges", CHARGE, EXPAND, amount=WHOLE, customer=TEXT, invoice=TEXT, expand=MANY),
}


@pytest.fixture
def start(serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]) -> Callable[..., httpx.Client]:
    def start(paths: dict[str, Any]) -> httpx.Client:
        return serve(sandbox(paths=paths, settings=Settings(populate=0)))

    return start


@pytest.fixture
def billing(start: Callable[..., httpx.Client]) -> httpx.Client:
    return start(BILLING)


def charged(client: httpx.Client, **more: Any) -> tuple[Any, Any, Any]:
    ann = client.post("/customers", json={"name": "Ann"}).json()
    invoice = client.post("/invoices", json={"customer": ann["id"], "memo": "May"}).json()
    sent = {"amount": 5, "customer": ann["id"], "invoice": invoice["id"], **more}
    return ann, invoice, client.post("/charges", json=sent).json()


def test_what_an_id_names_is_shown_in_its_place_where_that_is_asked_for(billing: httpx.Client) -> None:
    ann, invoice, charge = charged(billing)
    plain = billing.get(f"/charges/{charge['id']}").json()
    assert (plain["customer"], plain["invoice"]) == (ann["id"], invoice["id"])
    one = billing.get(f"/charges/{charge['id']}", params={"expand": "customer"}).json()
    assert one == {**plain, "customer": ann}
    deep = billing.get(f"/charges/{charge['id']}", params={"expand": ["invoice.customer", "customer"]}).json()
    assert deep == {**plain, "customer": ann, "invoice": {**invoice, "customer": ann}}
    assert billing.get(f"/charges/{charge['id']}").json() == plain  # nothing of it was kept


def test_each_item_of_a_list_shows_what_is_asked_for(billing: httpx.Client) -> None:
    ann, _, first = charged(billing)
    bob, _, second = charged(billing)
    found = billing.get("/charges", params={"expand": "data.customer"}).json()["data"]
    assert {one["id"]: one["customer"] for one in found} == {first["id"]: ann, second["id"]: bob}
    assert [one["customer"] for one in billing.get("/charges").json()["data"]] == [bob["id"], ann["id"]]


def test_a_create_shows_what_its_body_asks_for(billing: httpx.Client) -> None:
    ann, invoice, charge = charged(billing, expand=["customer"])
    assert charge["customer"] == ann
    assert charge["invoice"] == invoice["id"]


@pytest.mark.parametrize("asked", ["amount", "nothing", "customer.name", "invoice.nobody", ".", ","])
def test_what_refers_to_nothing_changes_nothing(billing: httpx.Client, asked: str) -> None:
    _, invoice, charge = charged(billing)
    shown = billing.get(f"/charges/{charge['id']}", params={"expand": asked})
    assert shown.status_code == 200
    assert shown.json()["amount"] == charge["amount"]
    assert shown.json()["invoice"] in (invoice["id"], invoice)


POST = thing(
    {"id": WHOLE, "title": TEXT, "authorId": WHOLE, "author": thing({"id": WHOLE, "name": TEXT})}, "id"
)
BLOG = {
    **both("authors", thing({"id": WHOLE, "name": TEXT}, "id"), name=TEXT),
    **both("posts", POST, parameter("include", TEXT, "query"), title=TEXT, authorId=WHOLE),
}


def test_what_an_id_beside_it_names_is_shown(start: Callable[..., httpx.Client]) -> None:
    client = start(BLOG)
    ann = client.post("/authors", json={"name": "Ann"}).json()
    post = client.post("/posts", json={"title": "Hi", "authorId": ann["id"]}).json()
    assert client.get(f"/posts/{post['id']}", params={"include": "author"}).json()["author"] == ann
    assert client.get("/posts", params={"include": "author"}).json()["data"][0]["author"] == ann


IDENTIFIER = thing({"type": TEXT, "id": TEXT}, "type", "id")
LINKED = thing(
    {"author": thing({"data": IDENTIFIER}), "tags": thing({"data": {"type": "array", "items": IDENTIFIER}})}
)
ARTICLE = thing(
    {
        "type": {"const": "articles"},
        "id": TEXT,
        "attributes": thing({"title": TEXT}),
        "relationships": LINKED,
    },
    "type",
    "id",
)
NAMED = thing({"type": TEXT, "id": TEXT, "attributes": thing({"name": TEXT})}, "type", "id")


def resources(path: str, one: Any, *parameters: Any) -> dict[str, Any]:
    shown = {"included": {"type": "array", "items": {"type": "object"}}}
    sent = thing(
        {"data": thing({"type": TEXT, "attributes": {"type": "object"}, "relationships": {"type": "object"}})}
    )
    single, many = thing({"data": one, **shown}), thing({"data": {"type": "array", "items": one}, **shown})
    return {
        f"/{path}": {
            "get": {"parameters": list(parameters), "responses": answer(many)},
            "post": {"requestBody": body(sent), "responses": answer(single, "201")},
        },
        f"/{path}/{{id}}": {
            "get": {"parameters": [parameter("id"), *parameters], "responses": answer(single)}
        },
    }


INCLUDE = parameter("include", TEXT, "query")
JSON_API = {
    **resources("articles", ARTICLE, INCLUDE),
    **resources("authors", NAMED),
    **resources("tags", NAMED),
}


def test_what_resources_are_linked_to_stands_beside_them_once(start: Callable[..., httpx.Client]) -> None:
    client = start(JSON_API)

    def make(kind: str, attributes: dict[str, str], **links: Any) -> Any:
        data = {"type": kind, "attributes": attributes, "relationships": links}
        return client.post(f"/{kind}", json={"data": data}).json()["data"]

    def link(one: Any) -> dict[str, str]:
        return {"type": one["type"], "id": one["id"]}

    ann, red, blue = (
        make("authors", {"name": "Ann"}),
        make("tags", {"name": "red"}),
        make("tags", {"name": "blue"}),
    )
    first = make(
        "articles", {"title": "One"}, author={"data": link(ann)}, tags={"data": [link(red), link(blue)]}
    )
    make("articles", {"title": "Two"}, author={"data": link(ann)}, tags={"data": [link(red)]})
    listed = client.get("/articles", params={"include": "author,tags"}).json()
    assert sorted(one["attributes"]["name"] for one in listed["included"]) == ["Ann", "blue", "red"]
    one = client.get(f"/articles/{first['id']}", params={"include": "author"}).json()
    assert one["included"] == [ann]
    assert not client.get(f"/articles/{first['id']}").json().get("included")


def test_it_is_claimed_only_where_something_can_be_shown() -> None:
    plans = compile(contract_of(BILLING)).operations
    charges = plans["get /charges"]
    assert isinstance(charges, List)
    assert (charges.expand, dict(charges.ignored)) == (("expand",), {})
    assert plans["post /charges"].expand == ("expand",)
    flat = compile(
        contract_of(both("things", thing({"id": TEXT, "name": TEXT}), EXPAND, name=TEXT))
    ).operations
    things = flat["get /things"]
    assert isinstance(things, List)
    assert (things.expand, dict(things.ignored)) == ((), {"expand": "shapes the answer"})
