"""Billing: sums in hundredths, what is paid, what is paused and resumed, and answers that say how it went."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, parameter, resource, thing
from understudy.sandbox import Settings

STATES = {"type": "string", "enum": ["draft", "open", "paid", "void"]}
LINE = thing(
    {"description": TEXT, "quantity": WHOLE, "unit_amount_cents": WHOLE, "amount_cents": WHOLE},
    "amount_cents",
)
SUMS = ("subtotal_cents", "tax_cents", "total_cents", "amount_paid_cents", "amount_due_cents")
INVOICE = thing(
    {"id": TEXT, "status": STATES, "lines": {"type": "array", "items": LINE}, **dict.fromkeys(SUMS, WHOLE)},
    "id",
    "status",
    *SUMS,
)
SENT_LINE = thing(
    {"description": TEXT, "quantity": WHOLE, "unit_amount_cents": WHOLE}, "quantity", "unit_amount_cents"
)
NEW = thing({"lines": {"type": "array", "items": SENT_LINE}}, "lines")
COUPON = thing({"id": TEXT, "code": TEXT}, "id", "code")
MOMENT = {"type": ["string", "null"], "format": "date-time"}
SUBSCRIPTION = thing(
    {
        "id": TEXT,
        "status": {"type": "string", "enum": ["trialing", "active", "paused"]},
        "paused_at": MOMENT,
        "discount": {"anyOf": [COUPON, {"type": "null"}]},
        "default_method_id": {"type": ["string", "null"]},
    },
    "id",
    "status",
    "paused_at",
    "discount",
    "default_method_id",
)
TOLD = thing({"message": TEXT}, "message")
TOLD_AND_LISTED = thing(
    {"status": TEXT, "message": TEXT, "data": {"type": "array", "items": COUPON}}, "status", "message", "data"
)
ID = {"parameters": [parameter("id")]}


def action(shown: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**ID, "post": {"responses": answer(shown), **more}}


PATHS: dict[str, Any] = {
    **resource(INVOICE, NEW, "/invoices"),
    "/invoices/{id}/finalize": action(INVOICE),
    "/invoices/{id}/pay": action(INVOICE),
    "/invoices/{id}/send": action(TOLD),
    **resource(SUBSCRIPTION, thing({"plan": TEXT}), "/subscriptions"),
    "/subscriptions/{id}/pause": action(SUBSCRIPTION),
    "/subscriptions/{id}/resume": action(SUBSCRIPTION),
    "/users": {
        "get": {
            "responses": answer(
                thing(
                    {"status": TEXT, "message": TEXT, "data": {"type": "array", "items": COUPON}},
                    "status",
                    "message",
                    "data",
                )
            )
        }
    },
    "/users/{id}": {**ID, "get": {"responses": answer(COUPON)}, "delete": {"responses": answer(TOLD)}},
    "/contact": {"post": {"responses": answer({**TOLD, "example": {"message": "Thank you!"}})}},
    "/notes": {
        "get": {
            "responses": answer(
                {"type": "array", "items": thing({"id": TEXT, "message": TEXT}, "id", "message")}
            )
        }
    },
}


@pytest.fixture
def api(serve: Callable[..., httpx.Client], sandbox: Callable[..., Any]) -> httpx.Client:
    return serve(sandbox(paths=PATHS))


def test_sums_in_hundredths_are_sums(api: httpx.Client) -> None:
    lines = [{"description": "Pro", "quantity": 2, "unit_amount_cents": 2900}]
    made = api.post("/invoices", json={"lines": lines}).json()
    assert [line["amount_cents"] for line in made["lines"]] == [5800]
    assert (made["subtotal_cents"], made["amount_paid_cents"]) == (5800, 0)
    assert made["total_cents"] == 5800 + made["tax_cents"] == made["amount_due_cents"]


def test_of_what_is_paid_nothing_is_due(api: httpx.Client) -> None:
    made = api.post("/invoices", json={"lines": [{"quantity": 1, "unit_amount_cents": 500}]}).json()
    assert api.post(f"/invoices/{made['id']}/finalize").json()["status"] == "open"
    paid = api.post(f"/invoices/{made['id']}/pay").json()
    assert (paid["status"], paid["amount_paid_cents"], paid["amount_due_cents"]) == (
        "paid",
        made["total_cents"],
        0,
    )
    assert api.get(f"/invoices/{made['id']}").json() == paid


def test_what_is_resumed_is_not_paused(api: httpx.Client) -> None:
    made = api.post("/subscriptions", json={}).json()
    paused = api.post(f"/subscriptions/{made['id']}/pause").json()
    resumed = api.post(f"/subscriptions/{made['id']}/resume").json()
    assert (paused["status"], paused["paused_at"] is None) == ("paused", False)
    assert (resumed["status"], resumed["paused_at"]) == ("active", None)


def test_what_nobody_gave_a_new_thing_it_has_not(api: httpx.Client) -> None:
    made = api.post("/subscriptions", json={}).json()
    assert (made["discount"], made["default_method_id"]) == (None, None)


def test_an_answer_that_says_how_it_went_says_that_it_went_well(api: httpx.Client) -> None:
    made = api.post("/invoices", json={"lines": []}).json()
    assert api.post(f"/invoices/{made['id']}/send").json() == {"message": "OK"}
    assert api.delete("/users/1").json() == {"message": "OK"}
    assert api.get("/users").json() == {"status": "success", "message": "OK", "data": []}


def test_what_authors_wrote_of_an_answer_stays_and_a_message_that_is_a_thing_too(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Any]
) -> None:
    api = serve(sandbox(paths=PATHS, settings=Settings(populate=2)))
    assert api.post("/contact").json() == {"message": "Thank you!"}
    assert "OK" not in [note["message"] for note in api.get("/notes").json()]
    refused = api.get("/invoices/1", headers={"Prefer": "code=404"})
    assert "OK" not in refused.text
