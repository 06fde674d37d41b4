"""Numbers of a thing that others add up to: what was paid, refunded, logged and bid."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, below, contract_of, made, many, one, thing
from understudy.model.compiler import compile
from understudy.model.model import Figure
from understudy.sandbox import Sandbox, Settings

NUMBER = {"type": "number"}
MOMENT = {"type": "string", "format": "date-time"}
LATEST = {"type": ["string", "null"], "format": "date-time"}
PAID = {"type": "string", "enum": ["draft", "open", "partially_paid", "paid", "void"]}
DONE = {"type": "string", "enum": ["pending", "succeeded", "failed"]}
ISSUE_STATES = {"type": "string", "enum": ["open", "closed"]}
THINGS: dict[str, dict[str, Any]] = {
    "Invoice": {"id": WHOLE, "total": NUMBER, "amount_paid": NUMBER, "amount_due": NUMBER, "status": PAID},
    "Payment": {"id": WHOLE, "amount": NUMBER, "status": DONE},
    "Customer": {
        "id": WHOLE,
        "name": TEXT,
        "total_spent": NUMBER,
        "average_order_value": NUMBER,
        "last_order_at": LATEST,
    },
    "Order": {"id": WHOLE, "customer_id": WHOLE, "total": NUMBER, "created_at": MOMENT},
    "Project": {"id": WHOLE, "name": TEXT, "total_hours": NUMBER, "openIssuesCount": WHOLE},
    "Entry": {"id": WHOLE, "hours": NUMBER},
    "Issue": {"id": WHOLE, "title": TEXT, "state": ISSUE_STATES},
    "Auction": {"id": WHOLE, "title": TEXT, "starting_price": NUMBER, "current_price": NUMBER},
    "Bid": {"id": WHOLE, "amount": NUMBER},
    "Cart": {"id": WHOLE, "note": TEXT, "subtotalCents": WHOLE, "taxCents": WHOLE, "totalCents": WHOLE},
    "Line": {"id": WHOLE, "quantity": WHOLE, "unitPriceCents": WHOLE},
    "Goal": {"id": WHOLE, "name": TEXT, "goal": NUMBER, "raised_amount": NUMBER, "progress": NUMBER},
    "Donation": {"id": WHOLE, "goal_id": WHOLE, "amount": NUMBER},
    "Ledger": {"id": WHOLE, "name": TEXT, "paid": {"type": "boolean"}, "total_rooms": WHOLE},
}
COLLECTIONS = {
    "invoices": ("Invoice", {"total": NUMBER}),
    "customers": ("Customer", {"name": TEXT}),
    "orders": ("Order", {"customer_id": WHOLE, "total": NUMBER}),
    "projects": ("Project", {"name": TEXT}),
    "auctions": ("Auction", {"title": TEXT, "starting_price": NUMBER}),
    "carts": ("Cart", {"note": TEXT}),
    "goals": ("Goal", {"name": TEXT, "goal": NUMBER}),
    "donations": ("Donation", {"goal_id": WHOLE, "amount": NUMBER}),
    "ledgers": ("Ledger", {"name": TEXT}),
}
BELOW = {
    "invoices/{id}/payments": ("Payment", {"amount": NUMBER}),
    "projects/{id}/time-entries": ("Entry", {"hours": NUMBER}),
    "projects/{id}/issues": ("Issue", {"title": TEXT}),
    "auctions/{id}/bids": ("Bid", {"amount": NUMBER}),
    "carts/{id}/lines": ("Line", {"quantity": WHOLE, "unitPriceCents": WHOLE}),
}


def world() -> Sandbox:
    paths: dict[str, Any] = {}
    gone = {"responses": {"204": {"description": ""}, "404": {"description": ""}}}
    for name, (shown, sent) in COLLECTIONS.items():
        paths[f"/{name}"] = {"get": many(shown), "post": made(shown, **sent)}
        paths[f"/{name}/{{id}}"] = below(get=one(shown), delete=gone)
    for name, (shown, sent) in BELOW.items():
        paths[f"/{name}"] = below(get=many(shown), post=made(shown, **sent))
        inner = below(delete=gone)
        inner["parameters"] = [*inner["parameters"], {**inner["parameters"][0], "name": "lineId"}]
        paths[f"/{name}/{{lineId}}"] = inner
    schemas: dict[str, Any] = {name: thing(members, *members) for name, members in THINGS.items()}
    return Sandbox(contract_of(paths, **schemas), None, Settings(populate=3))


@pytest.fixture
def client(serve: Callable[..., httpx.Client]) -> httpx.Client:
    return serve(world())


def new(client: httpx.Client, path: str, **sent: Any) -> dict[str, Any]:
    answer = client.post(path, json=sent)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_what_was_paid_is_due_no_more_and_the_invoice_says_so(client: httpx.Client) -> None:
    path = f"/invoices/{new(client, '/invoices', total=100)['id']}"
    told = []
    for amount in (40, 60):
        new(client, f"{path}/payments", amount=amount)
        invoice = client.get(path).json()
        told.append((invoice["amount_paid"], invoice["amount_due"], invoice["status"]))
    assert told == [(40, 60, "partially_paid"), (100, 0, "paid")]


def test_a_customer_has_spent_what_their_orders_cost(client: httpx.Client) -> None:
    customer = new(client, "/customers", name="Ann")
    assert (customer["total_spent"], customer["last_order_at"]) == (0, None)
    orders = [new(client, "/orders", customer_id=customer["id"], total=total) for total in (10, 20)]
    found = client.get(f"/customers/{customer['id']}").json()
    assert (found["total_spent"], found["average_order_value"]) == (30, 15)
    assert found["last_order_at"] == orders[1]["created_at"]
    client.delete(f"/orders/{orders[1]['id']}")
    assert client.get(f"/customers/{customer['id']}").json()["total_spent"] == 10


def test_hours_are_added_up_and_issues_counted_by_their_state(client: httpx.Client) -> None:
    path = f"/projects/{new(client, '/projects', name='Roof')['id']}"
    entries = [new(client, f"{path}/time-entries", hours=hours) for hours in (2.5, 1)]
    new(client, f"{path}/issues", title="It leaks")
    assert client.get(path).json().items() >= {"total_hours": 3.5, "openIssuesCount": 1}.items()
    client.delete(f"{path}/time-entries/{entries[0]['id']}")
    assert client.get(path).json()["total_hours"] == 1


def test_a_price_is_where_it_starts_and_then_the_highest_bid(client: httpx.Client) -> None:
    auction = new(client, "/auctions", title="Clock", starting_price=10)
    assert auction["current_price"] == 10
    for amount in (25, 15):
        new(client, f"/auctions/{auction['id']}/bids", amount=amount)
    assert client.get(f"/auctions/{auction['id']}").json()["current_price"] == 25


def test_a_cart_costs_what_its_lines_do_by_their_quantity(client: httpx.Client) -> None:
    cart = new(client, "/carts", note="")
    new(client, f"/carts/{cart['id']}/lines", quantity=2, unitPriceCents=500)
    found = client.get(f"/carts/{cart['id']}").json()
    assert (found["subtotalCents"], found["totalCents"]) == (1000, 1000 + found["taxCents"])


def test_a_goal_is_reached_by_what_names_it(client: httpx.Client) -> None:
    goal = new(client, "/goals", name="Boat", goal=1000)
    assert (goal["raised_amount"], goal["progress"]) == (0, 0)
    new(client, "/donations", goal_id=goal["id"], amount=250)
    found = client.get(f"/goals/{goal['id']}").json()
    assert (found["raised_amount"], found["progress"]) == (250, 25)


def test_what_was_there_from_the_start_adds_up_too(client: httpx.Client) -> None:
    for invoice in client.get("/invoices").json():
        payments = client.get(f"/invoices/{invoice['id']}/payments").json()
        paid = sum(one["amount"] for one in payments)
        assert round(paid, 2) == invoice["amount_paid"] or any(one["status"] == "failed" for one in payments)
        assert client.get(f"/invoices/{invoice['id']}").json() == invoice


@pytest.mark.parametrize(
    ("collection", "member", "figure"),
    [
        ("/invoices", "amount_paid", Figure(of="/invoices/{id}/payments", does="sum", member="amount")),
        ("/customers", "total_spent", Figure(of="/orders", does="sum", member="total")),
        ("/customers", "last_order_at", Figure(of="/orders", does="max", member="created_at")),
        ("/projects", "openIssuesCount", Figure(of="/projects/{id}/issues", where={"state": "open"})),
        ("/invoices", "amount_due", None),
        ("/invoices", "total", None),
        ("/ledgers", "paid", None),
        ("/ledgers", "total_rooms", None),
        ("/auctions", "starting_price", None),
        ("/goals", "goal", None),
    ],
)
def test_names_tell_what_a_member_is_reckoned_of(collection: str, member: str, figure: Figure | None) -> None:
    assert compile(world().contract).collections[collection].members[member].reckons == figure
