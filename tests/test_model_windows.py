"""Windows: collections that show items of another one, and what that makes of requests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from support import write_contract
from understudy.model.compiler import compile
from understudy.model.model import Collection
from understudy.sandbox import Sandbox, Settings

Serve = Callable[..., httpx.Client]
TEXT: dict[str, Any] = {"type": "string"}
WALLET: dict[str, Any] = {
    "type": "object",
    "properties": {"id": TEXT, "customer_id": TEXT, "name": TEXT},
    "required": ["id", "customer_id"],
}
WALLETS, OF_CUSTOMER = "/wallets", "/customers/{customer_id}/wallets"


def media(schema: Any) -> dict[str, Any]:
    return {"description": "ok", "content": {"application/json": {"schema": schema}}}


def shows(schema: Any, status: str = "200", **more: Any) -> dict[str, Any]:
    return {"responses": {status: media(schema)}, **more}


def collection(path: str, item: Any = WALLET, *, one: str = "{id}", create: bool = True) -> dict[str, Any]:
    """Return the paths of a list, and of one of its items where `one` names it."""
    listing = {"get": shows({"type": "array", "items": item})}
    if create:
        listing["post"] = shows(item, "201", requestBody=media(item))
    paths: dict[str, Any] = {path: listing}
    if one:
        paths[f"{path}/{one}"] = {"get": shows(item), "delete": {"responses": {"204": {"description": ""}}}}
    return paths


def document(paths: dict[str, Any]) -> dict[str, Any]:
    for path, methods in paths.items():
        names = [part.partition("}")[0] for part in path.split("{")[1:]]
        methods["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": TEXT} for name in names
        ]
    return {"paths": paths}


@pytest.fixture
def collections(tmp_path: Path) -> Callable[..., dict[str, Collection]]:
    def compiled(paths: dict[str, Any]) -> dict[str, Collection]:
        contract = write_contract(tmp_path / "wallets.json", "3.1.0", document(paths))
        return dict(compile(contract).collections)

    return compiled


Compile = Callable[..., dict[str, Collection]]


def test_a_member_that_names_the_parent_makes_a_window(collections: Compile) -> None:
    found = collections(collection(WALLETS) | collection(OF_CUSTOMER))
    assert (found[OF_CUSTOMER].of, found[OF_CUSTOMER].where) == (WALLETS, {"customer_id": "customer_id"})
    assert found[WALLETS].of == ""


def test_a_member_that_names_the_parent_by_what_it_is_makes_a_window(collections: Compile) -> None:
    below = "/customers/{id}/wallets"
    found = collections(collection(WALLETS) | collection(below, one="", create=False))
    assert (found[below].of, found[below].where) == (WALLETS, {"customer_id": "id"})


def test_without_such_a_member_there_is_none(collections: Compile) -> None:
    wallet = {"type": "object", "properties": {"id": TEXT, "name": TEXT}}
    found = collections(collection(WALLETS, wallet) | collection(OF_CUSTOMER, wallet))
    assert found[OF_CUSTOMER].of == ""


def test_items_that_are_shown_otherwise_are_others(collections: Compile) -> None:
    other = {"type": "object", "properties": {"id": TEXT, "customer_id": TEXT, "colour": TEXT}}
    found = collections(collection(WALLETS) | collection(OF_CUSTOMER, other))
    assert found[OF_CUSTOMER].of == ""


def test_what_is_only_put_in_and_taken_out_is_none(collections: Compile) -> None:
    within = collection(OF_CUSTOMER)
    del within[f"{OF_CUSTOMER}/{{id}}"]["get"]
    assert collections(collection(WALLETS) | within)[OF_CUSTOMER].of == ""


def test_a_list_of_what_is_read_elsewhere_is_its_twin(collections: Compile) -> None:
    reading = {"/wallet/{id}": {"get": shows(WALLET)}}
    found = collections(collection(WALLETS, one="", create=False) | reading)
    assert (found[WALLETS].of, found[WALLETS].where) == ("/wallet", {})


# ---- what that makes of requests


@pytest.fixture
def client(serve: Serve, tmp_path: Path) -> httpx.Client:
    paths = collection(WALLETS) | collection(OF_CUSTOMER)
    contract = write_contract(tmp_path / "wallets.json", "3.1.0", document(paths))
    return serve(Sandbox(contract, None, Settings(any_id=False)))


def listed(client: httpx.Client, path: str) -> list[str]:
    return sorted(one["id"] for one in client.get(path).json())


def test_what_is_created_beside_is_seen_through_the_window(client: httpx.Client) -> None:
    client.post("/wallets", json={"id": "w1", "customer_id": "hooli"})
    client.post("/wallets", json={"id": "w2", "customer_id": "initech"})
    assert listed(client, "/customers/hooli/wallets") == ["w1"]
    assert listed(client, "/wallets") == ["w1", "w2"]


def test_what_is_created_through_the_window_names_its_parent(client: httpx.Client) -> None:
    created = client.post("/customers/hooli/wallets", json={"id": "w1", "customer_id": "hooli"}).json()
    assert created["customer_id"] == "hooli"
    assert client.get("/wallets/w1").json() == created


def test_what_another_parent_has_is_not_there(client: httpx.Client) -> None:
    client.post("/wallets", json={"id": "w1", "customer_id": "hooli"})
    assert client.get("/customers/hooli/wallets/w1").status_code == 200
    assert client.get("/customers/initech/wallets/w1").status_code == 404
    assert client.delete("/customers/initech/wallets/w1").status_code == 404
    assert client.delete("/customers/hooli/wallets/w1").status_code == 204
    assert listed(client, "/wallets") == []


def test_an_item_that_nobody_created_is_of_who_asks(serve: Serve, tmp_path: Path) -> None:
    paths = collection(WALLETS) | collection(OF_CUSTOMER)
    contract = write_contract(tmp_path / "wallets.json", "3.1.0", document(paths))
    client = serve(Sandbox(contract, None, Settings(any_id=True)))
    assert client.get("/wallets/w1").status_code == 200
    assert client.get("/customers/hooli/wallets/w1").json()["customer_id"] == "hooli"
    client.post("/wallets", json={"id": "w2", "customer_id": "initech"})
    assert client.get("/customers/hooli/wallets/w2").status_code == 404


def test_what_was_deleted_by_another_member_than_its_id_is_gone(serve: Serve, tmp_path: Path) -> None:
    wallet = {**WALLET, "properties": {**WALLET["properties"], "code": TEXT}}
    paths = collection(WALLETS, wallet) | collection(OF_CUSTOMER, wallet, one="{code}")
    contract = write_contract(tmp_path / "wallets.json", "3.1.0", document(paths))
    client = serve(Sandbox(contract, None, Settings(any_id=True)))
    client.post("/wallets", json={"id": "w1", "customer_id": "hooli", "code": "red"})
    assert client.get("/customers/hooli/wallets/red").json()["id"] == "w1"
    assert client.delete("/customers/hooli/wallets/red").status_code == 204
    assert client.get("/customers/hooli/wallets/red").status_code == 404
