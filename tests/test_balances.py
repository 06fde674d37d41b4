"""Balances: what is paid in and out, and what that makes below the item that it is done to."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from understudy.sandbox import Sandbox, Settings

TEXT = {"type": "string"}
NUMBER = {"type": "number"}
WHOLE = {"type": "integer"}


def group(**members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members}


SCHEMAS = {
    "Account": group(id=WHOLE, owner=TEXT, balance=NUMBER, currency=TEXT),
    "Transaction": group(
        id=WHOLE,
        accountId=WHOLE,
        type={**TEXT, "enum": ["TRANSFER", "DEPOSIT", "WITHDRAWAL"]},
        amount=NUMBER,
        balanceAfter=NUMBER,
        note=TEXT,
    ),
    "Product": group(id=WHOLE, name=TEXT, stock=WHOLE),
    "Wallet": group(id=WHOLE, balance_cents=WHOLE),
}


def content(schema: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def operation(shown: Any, taken: Any = None, status: str = "200", *refusals: str) -> dict[str, Any]:
    told: dict[str, Any] = {"responses": {status: {"description": "", **content(shown)}}}
    told["responses"].update({one: {"description": ""} for one in refusals})
    if taken is not None:
        told["requestBody"] = {"required": True, **content(taken)}
    return told


def one(*operations: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    key = {"name": "id", "in": "path", "required": True, "schema": WHOLE}
    return {"parameters": [key], **dict(operations)}


def listed(name: str) -> dict[str, Any]:
    return operation({"type": "array", "items": ref(name)})


PAID = group(amount={**NUMBER, "minimum": 0.01}, note=TEXT)
PATHS = {
    "/accounts": {
        "get": listed("Account"),
        "post": operation(ref("Account"), group(owner=TEXT, currency=TEXT, initialDeposit=NUMBER), "201"),
    },
    "/accounts/{id}": one(("get", operation(ref("Account"), None, "200", "404"))),
    "/accounts/{id}/deposit": one(("post", operation(ref("Transaction"), PAID, "201", "404"))),
    "/accounts/{id}/withdraw": one(("post", operation(ref("Transaction"), PAID, "201", "404", "422"))),
    "/accounts/{id}/transactions": one(("get", listed("Transaction"))),
    "/accounts/{id}/balance": one(("get", operation(group(accountId=WHOLE, balance=NUMBER, currency=TEXT)))),
    "/products": {"get": listed("Product"), "post": operation(ref("Product"), ref("Product"), "201")},
    "/products/{id}": one(("get", operation(ref("Product")))),
    "/products/{id}/restock": one(("post", operation(ref("Product"), group(quantity=WHOLE)))),
    "/wallets": {"get": listed("Wallet"), "post": operation(ref("Wallet"), ref("Wallet"), "201")},
    "/wallets/{id}": one(("get", operation(ref("Wallet")))),
    "/wallets/{id}/top-up": one(("post", operation(ref("Wallet"), group(amount_cents=WHOLE)))),
    "/wallets/{id}/spend": one(("post", operation(ref("Wallet"), group(amount=NUMBER)))),
}


@pytest.fixture
def api(sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]) -> httpx.Client:
    return serve(sandbox(paths=PATHS, components={"schemas": SCHEMAS}, settings=Settings(populate=0)))


@pytest.fixture
def account(api: httpx.Client) -> str:
    """Open an account with 100; return its path."""
    made = api.post("/accounts", json={"owner": "Ann", "currency": "EUR", "initialDeposit": 100})
    assert made.json() == {"id": 1, "owner": "Ann", "currency": "EUR", "balance": 100}
    return "/accounts/1"


def balance(api: httpx.Client, account: str) -> float:
    told: float = api.get(account).json()["balance"]
    return told


def test_what_is_paid_in_and_out_moves_the_balance(api: httpx.Client, account: str) -> None:
    api.post(f"{account}/deposit", json={"amount": 50.1})
    assert balance(api, account) == 150.1
    api.post(f"{account}/withdraw", json={"amount": 0.2})
    assert balance(api, account) == 149.9


def test_it_is_listed_below_the_account_as_what_it_was(api: httpx.Client, account: str) -> None:
    paid = api.post(f"{account}/deposit", json={"amount": 50, "note": "cash"})
    told = {"id": 1, "accountId": 1, "type": "DEPOSIT", "amount": 50, "balanceAfter": 150, "note": "cash"}
    assert (paid.status_code, paid.json()) == (201, told)
    taken = api.post(f"{account}/withdraw", json={"amount": 30}).json()
    assert (taken["type"], taken["balanceAfter"], taken["accountId"]) == ("WITHDRAWAL", 120, 1)
    assert api.get(f"{account}/transactions").json() == [taken, told]


def test_more_than_there_is_is_refused_where_that_is_documented(api: httpx.Client, account: str) -> None:
    refused = api.post(f"{account}/withdraw", json={"amount": 100.5})
    assert refused.status_code == 422
    assert "/amount: must be at most 100, which is the balance, got 100.5" in refused.text
    assert balance(api, account) == 100
    assert api.get(f"{account}/transactions").json() == []


def test_nothing_is_made_where_there_is_no_account(api: httpx.Client) -> None:
    assert api.post("/accounts/9/deposit", json={"amount": 1}).status_code == 404
    assert api.get("/accounts").json() == []


def test_a_balance_at_a_path_of_its_own_is_that_of_the_account(api: httpx.Client, account: str) -> None:
    api.post(f"{account}/deposit", json={"amount": 1})
    assert api.get(f"{account}/balance").json() == {"accountId": 1, "balance": 101, "currency": "EUR"}


def test_of_payments_at_once_none_is_lost(api: httpx.Client, account: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        done = list(
            pool.map(lambda _: api.post(f"{account}/deposit", json={"amount": 1}).status_code, range(40))
        )
    assert done == [201] * 40
    assert balance(api, account) == 140


def test_what_is_paid_into_an_account_that_says_no_balance_is_its_balance(api: httpx.Client) -> None:
    assert "balance" not in api.post("/accounts", json={"owner": "Bo", "currency": "EUR"}).json()
    assert api.post("/accounts/1/deposit", json={"amount": 5}).json()["balanceAfter"] == 5
    assert balance(api, "/accounts/1") == 5


def test_stock_that_comes_is_added(api: httpx.Client) -> None:
    made = api.post("/products", json={"name": "cup", "stock": 3}).json()
    assert api.post(f"/products/{made['id']}/restock", json={"quantity": 4}).json() == {**made, "stock": 7}


def test_an_amount_in_another_unit_is_not_added(api: httpx.Client) -> None:
    made = api.post("/wallets", json={"balance_cents": 500}).json()
    assert api.post("/wallets/1/top-up", json={"amount_cents": 250}).json() == {**made, "balance_cents": 750}
    assert api.post("/wallets/1/spend", json={"amount": 2}).json()["balance_cents"] == 750
