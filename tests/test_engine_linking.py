"""Linking: the addresses that items say of what is served here lead there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from inline import TEXT, resource, thing
from support import write_contract
from understudy.contracts.servers import hosts
from understudy.sandbox import Sandbox, Settings

URL = {"type": "string", "format": "uri"}
SHOP = "https://api.shop.test/v2"
ORDER = thing(
    {
        "id": TEXT,
        "url": {**URL, "example": f"{SHOP}/orders/o1"},
        "lines_url": {**URL, "example": f"{SHOP}/orders/o1/lines"},
        "avatar_url": {**URL, "example": "https://pictures.test/orders/o1"},
        "customer_id": TEXT,
        "_links": thing({"self": thing({"href": URL}), "customer": thing({"href": URL})}),
    },
    *("id", "url", "lines_url", "avatar_url", "customer_id", "_links"),
)
LINE = thing({"id": TEXT, "links": thing({"order": URL}, "order")}, "id", "links")
CUSTOMER = thing({"id": TEXT, "name": TEXT}, "id", "name")


def paths() -> dict[str, Any]:
    found = resource(ORDER, thing({"customer_id": TEXT, "url": TEXT}), "/orders")
    found |= resource(CUSTOMER, thing({"name": TEXT}), "/customers")
    lines = resource(LINE, thing({"note": TEXT}), "/orders/{id}/lines")
    order = {"name": "id", "in": "path", "required": True, "schema": TEXT}
    found["/orders/{id}/lines"] = {**lines["/orders/{id}/lines"], "parameters": [order]}
    return found


@pytest.fixture
def shop(serve: Callable[..., httpx.Client], tmp_path: Path) -> httpx.Client:
    document = {"servers": [{"url": SHOP}], "paths": paths()}
    contract = write_contract(tmp_path / "shop.json", "3.1.0", document)
    return serve(Sandbox(contract, None, Settings(populate=2)))


def test_what_an_item_says_of_itself_is_read_at_that_address(shop: httpx.Client) -> None:
    made = shop.post("/orders", json={"customer_id": "c7"}).json()
    assert shop.get(made["url"]).json() == made
    assert shop.get(made["_links"]["self"]["href"]).json() == made
    assert shop.get(made["lines_url"]).status_code == 200
    assert made["lines_url"].endswith(f"/orders/{made['id']}/lines")


def test_a_link_leads_to_what_a_member_names(shop: httpx.Client) -> None:
    made = shop.post("/orders", json={"customer_id": "c7"}).json()
    assert shop.get(made["_links"]["customer"]["href"]).json()["id"] == "c7"


def test_a_link_leads_to_what_the_item_lies_below(shop: httpx.Client) -> None:
    line = shop.post("/orders/o9/lines", json={"note": "n"}).json()
    assert shop.get(line["links"]["order"]).json()["id"] == "o9"


def test_addresses_elsewhere_and_those_that_were_sent_stay(shop: httpx.Client) -> None:
    made = shop.post("/orders", json={"customer_id": "c7", "url": f"{SHOP}/orders/mine"}).json()
    assert made["avatar_url"] == "https://pictures.test/orders/o1"
    assert made["url"] == f"{SHOP}/orders/mine"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.shop.test/v2", {"api.shop.test"}),
        ("https://{region}.shop.test", {"eu.shop.test"}),
        ("/v2", set()),
        ("https://[nowhere", set()),
    ],
)
def test_the_hosts_of_a_contract_are_those_of_its_servers(
    tmp_path: Path, url: str, expected: set[str]
) -> None:
    server = {"url": url, "variables": {"region": {"default": "eu"}}}
    document = {"servers": [server], "paths": paths()}
    assert hosts(write_contract(tmp_path / "shop.json", "3.1.0", document)) == expected


def linkage(kind: str) -> dict[str, Any]:
    return thing({"type": {"enum": [kind]}, "id": TEXT}, "type", "id")


def related(data: dict[str, Any]) -> dict[str, Any]:
    reference = {"type": "string", "format": "uri-reference"}
    links = thing({"self": reference, "related": reference}, "self", "related")
    return thing({"links": links, "data": data}, "links", "data")


def test_links_of_relationships_lead_to_something_that_answers(
    serve: Callable[..., httpx.Client], tmp_path: Path
) -> None:
    relations = thing(
        {"author": related(linkage("authors")), "notes": related(linkage("notes"))}, "author", "notes"
    )
    book = thing({"id": TEXT, "title": TEXT, "relationships": relations}, "id", "title", "relationships")
    found = resource(book, thing({"title": TEXT}), "/books")
    found |= resource(thing({"id": TEXT, "name": TEXT}, "id"), thing({"name": TEXT}), "/authors")
    below = {"name": "book_id", "in": "path", "required": True, "schema": TEXT}
    notes = resource(thing({"id": TEXT, "text": TEXT}, "id"), thing({"text": TEXT}), "/books/{book_id}/notes")
    found["/books/{book_id}/notes"] = {**notes["/books/{book_id}/notes"], "parameters": [below]}
    contract = write_contract(tmp_path / "books.json", "3.1.0", {"paths": found})
    client = serve(Sandbox(contract, None, Settings(populate=2)))
    for one in client.get("/books").json():
        author, notes = one["relationships"]["author"], one["relationships"]["notes"]
        assert author["links"]["related"] == f"/authors/{author['data']['id']}"
        assert client.get(author["links"]["related"]).json()["id"] == author["data"]["id"]
        assert notes["links"]["related"] == f"/books/{one['id']}/notes"
        for link in (*author["links"].values(), *notes["links"].values()):
            assert client.get(link).status_code == 200
