"""The addresses of lists and of pages lead to the sandbox, in the form that their contract shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from inline import contract_of, resource, thing
from support import write_contract
from understudy.sandbox import Sandbox, Settings

Serve = Callable[..., httpx.Client]
TEXT = {"type": "string"}
ITEM = {"type": "object", "required": ["id"], "properties": {"id": TEXT, "name": TEXT}}


def listed(item: dict[str, Any], **around: Any) -> dict[str, Any]:
    members = {"object": {"enum": ["list"]}, "data": {"type": "array", "items": item}, **around}
    return {"type": "object", "required": ["data"], "properties": members}


@pytest.fixture
def start(serve: Serve, tmp_path: Path) -> Callable[..., httpx.Client]:
    def started(**around: Any) -> httpx.Client:
        card = {"type": "object", "required": ["id"], "properties": {"id": TEXT, "brand": TEXT}}
        cards = listed(card, url={**TEXT, "maxLength": 5000})
        customer = {"type": "object", "required": ["id", "cards"], "properties": {"id": TEXT, "cards": cards}}

        def shows(schema: dict[str, Any]) -> dict[str, Any]:
            content = {"application/json": {"schema": schema}}
            return {"responses": {"200": {"description": "ok", "content": content}}}

        numbers = [
            {"name": name, "in": "query", "schema": {"type": "integer", "default": 1}}
            for name in ("page", "per_page")
        ]
        key = {"name": "id", "in": "path", "required": True, "schema": TEXT}
        paths = {
            "/v1/customers": {"get": {"parameters": numbers, **shows(listed(customer, **around))}},
            "/v1/customers/{id}": {"parameters": [key], "get": shows(customer)},
            "/v1/customers/{id}/cards": {"parameters": [key], "get": shows(cards)},
        }
        contract = write_contract(tmp_path / "pay.json", "3.0.3", {"paths": paths})
        return serve(Sandbox(contract, settings=Settings(populate=3)))

    return started


def test_a_list_says_its_own_address(start: Callable[..., httpx.Client]) -> None:
    client = start(url=TEXT)
    assert client.get("/v1/customers", params={"per_page": 2}).json()["url"] == "/v1/customers"
    assert client.get("/v1/customers/c1/cards").json()["url"] == "/v1/customers/c1/cards"


def test_a_list_within_an_item_says_where_it_is(start: Callable[..., httpx.Client]) -> None:
    client = start()
    cards = client.get("/v1/customers/c1").json()["cards"]
    assert cards["url"] == "/v1/customers/c1/cards"
    assert client.get(cards["url"]).status_code == 200
    for customer in client.get("/v1/customers", params={"per_page": 3}).json()["data"]:
        assert customer["cards"]["url"] == f"/v1/customers/{customer['id']}/cards"


def test_an_address_of_a_page_has_no_host_where_its_example_has_none(
    start: Callable[..., httpx.Client],
) -> None:
    page = {**TEXT, "nullable": True}
    client = start(next_page_uri={**page, "example": "/v1/customers?page=2"}, first_page_uri=TEXT)
    told = client.get("/v1/customers").json()
    assert told["next_page_uri"].startswith("/v1/customers?")
    assert told["first_page_uri"].startswith("/v1/customers?")
    assert client.get(told["next_page_uri"]).json()["data"] != told["data"]


def test_an_address_of_a_page_is_whole_else(start: Callable[..., httpx.Client]) -> None:
    links = {"type": "object", "properties": {"first": TEXT, "next": TEXT}}
    client = start(next={**TEXT, "format": "uri"}, url={**TEXT, "format": "uri"}, links=links)
    told = client.get("/v1/customers").json()
    for link in (told["next"], told["url"], told["links"]["first"], told["links"]["next"]):
        assert link.startswith(f"{client.base_url}".rstrip("/") + "/v1/customers")


def test_a_thing_with_a_list_in_it_has_its_own_address(serve: Serve) -> None:
    notes = {"type": "array", "items": thing({"id": TEXT})}
    firm = thing({"url": {**TEXT, "example": "http://hooli.example"}, "notes": notes}, "url", "notes")
    bill = thing({"id": TEXT, "firm": firm}, "id", "firm")
    client = serve(Sandbox(contract_of(resource(bill, bill, "/bills")), None, Settings(populate=3)))
    assert {one["firm"]["url"] for one in client.get("/bills").json()} == {"http://hooli.example"}
