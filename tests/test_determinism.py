"""One seed gives one world: the same answers in each run, whatever else was asked in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, Api, resource, thing
from understudy.sandbox import Settings

ALL = ("aritma", "dualentry", "togai", "saasu")
BEARER = {"Authorization": "Bearer k"}
CALLS: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
    "aritma": [
        ("GET", "/aritma/api/v1/clients/c-1/accounts", {"headers": BEARER}),
        ("POST", "/aritma/api/v1/integrations/clients/c-1/accounts",
         {"headers": BEARER, "json": {"accountNumber": "1", "currency": "NOK", "description": "Bank"}}),
        ("GET", "/aritma/api/v1/clients/c-1/accounts", {"headers": BEARER}),
    ],
    "dualentry": [
        ("GET", "/dualentry/public/v1/accounts/", {"headers": {"X-API-KEY": "k"}}),
        ("POST", "/dualentry/public/v1/accounts/",
         {"headers": {"X-API-KEY": "k"}, "json": {"name": "Cash", "number": 777777, "account_type": "bank", "currency_iso_4217_code": None,
                                                  "is_active": True, "parent_account_id": None}}),
        ("GET", "/dualentry/public/v1/accounts/777777/", {"headers": {"X-API-KEY": "k"}}),
    ],
    "togai": [
        ("GET", "/togai/accounts", {"headers": BEARER}),
        ("POST", "/togai/accounts", {"headers": BEARER, "json": {"id": "a-1", "name": "Acme", "customerId": "c-1", "aliases": ["acme"]}}),
        ("GET", "/togai/accounts/a-1", {"headers": BEARER}),
    ],
    "saasu": [
        ("GET", "/saasu/Accounts?FileId=1", {"headers": BEARER}),
        ("POST", "/saasu/Account?FileId=1", {"headers": BEARER, "json": {"Name": "Sales", "AccountType": "Income"}}),
        ("GET", "/saasu/Accounts?FileId=1", {"headers": BEARER}),
    ],
}  # fmt: skip


def answers(client: httpx.Client, names: tuple[str, ...]) -> dict[str, list[str]]:
    """Make each API's calls, one API after the other in the order given; answers by API, without the server's own address."""
    found: dict[str, list[str]] = {}
    for name in names:
        for method, path, options in CALLS[name]:
            response = client.request(method, path, **options)
            assert response.status_code < 300, response.text
            found.setdefault(name, []).append(response.text.replace(str(client.base_url), "SERVER/"))
    return found


def test_the_order_of_unrelated_requests_does_not_matter(serve: Callable[..., httpx.Client]) -> None:
    forth = answers(serve(*ALL, seed=5, populate=3), ALL)
    back = answers(serve(*ALL, seed=5, populate=3), ALL[::-1])
    assert forth == back


@pytest.mark.parametrize("name", ALL)
def test_another_seed_is_another_world(serve: Callable[..., httpx.Client], name: str) -> None:
    one, other = (answers(serve(*ALL, seed=seed, populate=3), (name,)) for seed in (1, 2))
    assert one[name][0] != other[name][0]


def test_two_contracts_that_say_the_same_do_not_share_their_luck() -> None:
    cup = thing({"id": TEXT, "name": TEXT, "note": TEXT}, "id", "name", "note")

    def world(name: str) -> Any:
        api = Api(resource(cup, cup), name=name, settings=Settings(populate=3))
        return asyncio.run(api.told("get /things"))

    assert world("one") == world("one")
    notes = [{item["note"] for item in world(name)} for name in ("one", "other")]
    assert notes[0].isdisjoint(notes[1])
