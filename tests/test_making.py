"""Making: an action that answers an item of another collection makes it, of what was acted on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, answer, body, contract_of, parameter, ref, thing
from understudy.model.compiler import compile
from understudy.model.model import Act
from understudy.sandbox import Sandbox, Settings

MONEY = {"type": "number"}
QUOTE = thing(
    {
        "id": TEXT,
        "customer": TEXT,
        "total": MONEY,
        "status": {"enum": ["draft", "sent", "converted"]},
        "driver": ref("Driver"),
    },
    "id",
    "customer",
    "status",
)
INVOICE = thing(
    {"id": TEXT, "quoteId": TEXT, "customer": TEXT, "total": MONEY, "status": {"enum": ["open", "paid"]}},
    "id",
    "customer",
    "status",
)
REFUND = thing({"id": TEXT, "invoiceId": TEXT, "amount": MONEY, "reason": TEXT}, "id", "amount")
DRIVER = thing({"id": TEXT, "name": TEXT}, "id", "name")
SCHEMAS: dict[str, Any] = {"Quote": QUOTE, "Invoice": INVOICE, "Refund": REFUND, "Driver": DRIVER}


def usual(path: str, of: str) -> dict[str, Any]:
    return {
        path: {"get": {"responses": answer({"type": "array", "items": ref(of)})}},
        f"{path}/{{id}}": {"parameters": [parameter("id")], "get": {"responses": answer(ref(of))}},
    }


def action(path: str, shown: Any, status: str = "200", sent: Any = None) -> dict[str, Any]:
    post: dict[str, Any] = {"parameters": [parameter("id")], "responses": answer(shown, status)}
    if sent is not None:
        post["requestBody"] = body(sent)
    return {path: {"post": post}}


PATHS: dict[str, Any] = {
    **usual("/quotes", "Quote"),
    **usual("/invoices", "Invoice"),
    **usual("/refunds", "Refund"),
    **usual("/drivers", "Driver"),
    **usual("/archive", "Quote"),
    **action("/quotes/{id}/close", ref("Quote")),
    **action("/quotes/{id}/convert", ref("Invoice"), "201"),
    **action("/quotes/{id}/send", thing({"message": TEXT, "quote": ref("Quote"), "invoice": ref("Invoice")})),
    **action("/quotes/{id}/assign", thing({"quote": ref("Quote"), "driver": ref("Driver")})),
    **action("/invoices/{id}/refund", ref("Refund"), "201", thing({"amount": MONEY, "reason": TEXT})),
}
PATHS["/quotes"]["post"] = {
    "requestBody": body(thing({"customer": TEXT, "total": MONEY}, "customer")),
    "responses": answer(ref("Quote"), "201"),
}


@pytest.fixture
def client(serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]) -> httpx.Client:
    return serve(sandbox(paths=PATHS, components={"schemas": SCHEMAS}, settings=Settings(populate=2)))


def test_what_is_made_says_what_it_is_made_of_and_is_listed(client: httpx.Client) -> None:
    quote = client.post("/quotes", json={"customer": "Ann", "total": 120.5}).json()
    answered = client.post(f"/quotes/{quote['id']}/convert")
    invoice = answered.json()
    assert (answered.status_code, answered.headers["Location"]) == (
        201,
        f"{client.base_url}/invoices/{invoice['id']}",
    )
    assert {**invoice, "id": ""} == {
        "id": "",
        "quoteId": quote["id"],
        "customer": "Ann",
        "total": 120.5,
        "status": "open",
    }
    assert client.get(f"/invoices/{invoice['id']}").json() == invoice
    assert invoice in client.get("/invoices").json()
    assert client.get(f"/quotes/{quote['id']}").json()["status"] == "converted"


def test_what_is_sent_stands_in_what_is_made(client: httpx.Client) -> None:
    quote = client.post("/quotes", json={"customer": "Ann", "total": 120.5}).json()
    invoice = client.post(f"/quotes/{quote['id']}/convert").json()
    refund = client.post(f"/invoices/{invoice['id']}/refund", json={"amount": 20, "reason": "late"}).json()
    assert (refund["invoiceId"], refund["amount"], refund["reason"]) == (invoice["id"], 20, "late")
    assert refund in client.get("/refunds").json()


def test_a_member_of_the_answer_is_made_and_the_item_shown_beside_it(client: httpx.Client) -> None:
    quote = client.post("/quotes", json={"customer": "Ann", "total": 3}).json()
    shown = client.post(f"/quotes/{quote['id']}/send").json()
    assert shown["quote"]["id"] == shown["invoice"]["quoteId"] == quote["id"]
    assert client.get(f"/invoices/{shown['invoice']['id']}").json() == shown["invoice"]


def test_what_an_item_names_itself_is_not_made_by_acting_on_it() -> None:
    model = compile(contract_of(PATHS, **SCHEMAS))

    def makes(action: str) -> Any:
        plan = model.operations[f"post /quotes/{{id}}/{action}"]
        assert isinstance(plan, Act)
        return dict(plan.makes)

    assert makes("convert") == {(): "/invoices"}
    assert makes("send") == {("invoice",): "/invoices"}
    assert makes("assign") == {}
    assert makes("close") == {}
