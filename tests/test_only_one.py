"""One default address at a time, what is in a new account, and coupons and accounts that a person believes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, below, body, contract_of, made, many, one, ref, thing
from understudy.sandbox import Sandbox, Settings

FLAG = {"type": "boolean"}
NUMBER = {"type": "number"}
MOMENT = {"type": "string", "format": "date-time"}
ADDRESS = {"id": WHOLE, "customerId": WHOLE, "street": TEXT, "isDefault": FLAG}
ACCOUNT = {"id": WHOLE, "label": TEXT, "balance": NUMBER, "availableBalance": NUMBER}
KINDS = {"type": "string", "enum": ["percentage", "fixed"]}
COUPON = {"id": WHOLE, "code": TEXT, "type": KINDS, "value": NUMBER, "createdAt": MOMENT, "expiresAt": MOMENT}


@pytest.fixture
def client(serve: Callable[..., httpx.Client]) -> httpx.Client:
    sent = {"customerId": WHOLE, "street": TEXT, "isDefault": FLAG}
    change = {"requestBody": body(thing(sent)), "responses": answer(ref("Address"))}
    paths: dict[str, Any] = {
        "/addresses": {"get": many("Address"), "post": made("Address", **sent)},
        "/addresses/{id}": below(get=one("Address"), patch=change),
        "/addresses/{id}/default": below(put={"responses": answer(ref("Address"))}),
        "/accounts": {"get": many("Account"), "post": made("Account", label=TEXT)},
        "/coupons": {"get": many("Coupon")},
    }
    things: dict[str, dict[str, Any]] = {"Address": ADDRESS, "Account": ACCOUNT, "Coupon": COUPON}
    schemas: dict[str, Any] = {name: thing(members, *members) for name, members in things.items()}
    return serve(Sandbox(contract_of(paths, **schemas), None, Settings(populate=8)))


def test_one_address_of_each_customer_is_the_default(client: httpx.Client) -> None:
    made_so = []
    for customer in (70, 70, 71):
        sent = {"customerId": customer, "street": "Elm Row 4", "isDefault": True}
        made_so.append(client.post("/addresses", json=sent).json()["id"])

    def defaults() -> list[int]:
        listed = client.get("/addresses").json()
        return sorted(one["id"] for one in listed if one["isDefault"] and one["customerId"] in (70, 71))

    first, second, other = made_so
    assert defaults() == [second, other]
    client.put(f"/addresses/{first}/default")
    assert defaults() == [first, other]
    client.patch(f"/addresses/{second}", json={"isDefault": True})
    assert defaults() == [second, other]


def test_of_those_that_were_there_one_of_each_customer_is_the_default(client: httpx.Client) -> None:
    owners = [one["customerId"] for one in client.get("/addresses").json() if one["isDefault"]]
    assert len(owners) == len(set(owners))


def test_there_is_nothing_in_a_new_account(client: httpx.Client) -> None:
    account = client.post("/accounts", json={"label": "Savings"}).json()
    assert (account["balance"], account["availableBalance"]) == (0, 0)
    for known in client.get("/accounts").json():
        assert known["availableBalance"] <= known["balance"]


def test_coupons_expire_after_they_were_made_and_take_off_a_part(client: httpx.Client) -> None:
    for coupon in client.get("/coupons").json():
        assert coupon["createdAt"] <= coupon["expiresAt"]
        assert coupon["type"] == "fixed" or coupon["value"] <= 100
