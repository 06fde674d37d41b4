"""What `understudy explain` says about each operation: that it is what the sandbox then does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support import bundled_contract, write_contract
from understudy.cli import main as cli
from understudy.explain import Explanation, explain, written

ITEM = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "status": {"type": "string"}, "customer_id": {"type": "string"}},
}
CUSTOMER = {"type": "object", "properties": {"id": {"type": "string"}}}


def shown(schema: dict[str, Any], **media: Any) -> dict[str, Any]:
    return {"description": "ok", "content": {"application/json": {"schema": schema, **media}}}


def query(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "in": "query", "schema": {"type": "string"}} for name in names]


ID = {"name": "order_id", "in": "path", "required": True, "schema": {"type": "string"}}
SHOP = {"name": "shop", "in": "path", "required": True, "schema": {"type": "string"}}
PATHS: dict[str, Any] = {
    "/{shop}/orders": {
        "parameters": [SHOP],
        "get": {
            "operationId": "listOrders",
            "parameters": query("page", "per_page", "status", "expand"),
            "responses": {"200": shown({"type": "array", "items": ITEM})},
        },
        "post": {
            "requestBody": {"content": {"application/json": {"schema": ITEM}}},
            "responses": {"201": shown(ITEM)},
        },
    },
    "/{shop}/orders/{order_id}": {
        "parameters": [SHOP, ID],
        "get": {"responses": {"200": shown(ITEM)}, "security": [{"key": []}, {"login": ["read"]}]},
    },
    "/customers": {"get": {"responses": {"200": shown({"type": "array", "items": CUSTOMER})}}},
    "/convert": {
        "post": {
            "responses": {
                "200": shown({"type": "integer"}, examples={"wrong": {"value": "x"}, "right": {"value": 3}})
            }
        }
    },
    "/ping": {"post": {"responses": {"200": shown({"type": "integer"})}}},
}
SCHEMES = {
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "login": {"type": "http", "scheme": "bearer"},
}


@pytest.fixture
def told(tmp_path: Path) -> dict[str, Explanation]:
    contract = write_contract(
        tmp_path / "shop.json", "3.1.0", {"paths": PATHS, "components": {"securitySchemes": SCHEMES}}
    )
    return {facts["operation"]: facts for facts in explain(contract)}


def test_a_list_says_how_it_pages_and_filters(told: dict[str, Explanation]) -> None:
    facts = told["get /{shop}/orders"]
    assert (facts["does"], facts["because"]) == (
        "lists orders",
        "its path is that of the items above, without the id",
    )
    assert facts["pages_by"] == {"page": "page", "per_page": "limit"}
    assert facts["filters_by"] == {"status": "the item's status"}
    assert facts["not_used"] == ["expand: checked against the contract, and not used further"]


def test_an_item_says_where_its_id_stands_and_who_may_ask(told: dict[str, Explanation]) -> None:
    facts = told["get /{shop}/orders/{order_id}"]
    assert facts["collection"] == "/{shop}/orders, one for each {shop}"
    assert facts["item_id"] == "the path's {order_id}; its member id"
    assert facts["unknown_id"] == "made when it is first asked for, unless it was deleted"
    assert facts["leads_to"] == {"customer_id": "one of customers"}
    assert facts["asks_for"] == ["key (header X-Key)", "or login (bearer) with read"]


def test_what_could_not_be_inferred_says_so(told: dict[str, Explanation]) -> None:
    assert told["post /ping"]["does"] == "is answered by 200 with a generated value"
    assert (
        told["post /ping"]["because"]
        == "could not infer what it is about: its path is neither a collection nor an item"
    )
    assert told["post /convert"]["does"] == "is answered by 200 with the contract's example right"


def told_of(folder: Path, paths: dict[str, Any]) -> dict[str, Explanation]:
    order = {**ITEM, "properties": {**ITEM["properties"], "status": {"enum": ["open", "cancelled"]}}}  # type: ignore[dict-item]
    item = {"get": {"responses": {"200": shown(order)}}}
    usual = {"/orders": {"post": {"responses": {"201": shown(order)}}}, "/orders/{order_id}": item}
    documents = {path: {**usual.get(path, {}), **methods} for path, methods in {**usual, **paths}.items()}
    for path, methods in documents.items():
        methods["parameters"] = [ID] if "{" in path else []
    contract = write_contract(folder / "orders.json", "3.1.0", {"paths": documents})
    return {facts["operation"]: facts for facts in explain(contract)}


def test_an_action_says_what_it_moves_and_keeps(tmp_path: Path) -> None:
    below = {
        f"/orders/{{order_id}}/{name}": {"post": {"responses": {"200": shown(ITEM)}}}
        for name in ("cancel", "addTags", "copy")
    }
    told = told_of(tmp_path, below)
    facts = told["post /orders/{order_id}/cancel"]
    assert (facts["does"], facts["moves"]) == ("acts on one of orders", {"status": "cancelled"})
    assert facts["because"] == "its path lies below one item of /orders and answers such an item"
    assert facts["unknown_id"] == "made, then acted on"
    assert facts["keeps"] == "what is sent, where the item has a member of that name"
    facts = told["post /orders/{order_id}/addTags"]
    assert facts["moves"] == "nothing: no state of the item could be recognised in its name"
    assert facts["keeps"] == "nothing of what is sent"
    assert (
        told["post /orders/{order_id}/copy"]["does"]
        == "creates one of orders, with what the one in its path has"
    )


def test_an_action_that_was_not_understood_says_what_it_still_needs(tmp_path: Path) -> None:
    facts = told_of(
        tmp_path, {"/orders/{order_id}/label": {"post": {"responses": {"200": shown({"type": "integer"})}}}}
    )["post /orders/{order_id}/label"]
    assert facts["does"] == "is answered by 200 with a generated value"
    assert facts["because"] == "its path lies below one item of /orders; could not infer what it does to that"
    assert facts["unknown_id"].startswith("answered all the same")


def test_a_collection_says_what_else_it_takes(tmp_path: Path) -> None:
    many = {"content": {"application/json": {"schema": {"type": "array", "items": ITEM}}}}
    one = {"content": {"application/json": {"schema": ITEM}}}
    listed = {"parameters": query("status"), "responses": {"200": shown({"type": "array", "items": ITEM})}}
    told = told_of(
        tmp_path,
        {
            "/orders": {
                "get": listed,
                "post": {"requestBody": many, "responses": {"201": shown(ITEM)}},
                "patch": {"requestBody": one, "responses": {"200": shown(ITEM)}},
                "delete": {"parameters": query("ids"), "responses": {"204": {"description": ""}}},
            },
            "/orders/search": {"get": listed},
        },
    )
    assert told["post /orders"]["does"] == "creates as many of orders as its body holds"
    assert told["patch /orders"]["does"] == "changes the one of orders whose id its body carries"
    assert (told["delete /orders"]["does"], told["delete /orders"]["chooses_by"]) == (
        "deletes many of orders",
        ["ids: ids"],
    )
    assert told["get /orders/search"]["because"] == "it lists the same items as /orders"
    assert told["get /orders/search"]["filters_by"] == {"status": "the item's status"}


def test_what_unknown_ids_do_is_told_as_asked(tmp_path: Path) -> None:
    contract = write_contract(tmp_path / "shop.json", "3.1.0", {"paths": PATHS})
    assert {facts.get("unknown_id") for facts in explain(contract, any_id=False)} == {
        None,
        "refused as not found",
    }


def test_a_vendors_operations_are_answered_by_its_rules() -> None:
    contract = bundled_contract("togai")
    facts = explain(
        contract, {operation.key: "a rule of togai" for operation in contract.operations}, infers=False
    )
    assert {(one["handler"], "does" in one) for one in facts} == {("a rule of togai", False)}


def test_the_text_is_one_block_for_each_operation(told: dict[str, Explanation]) -> None:
    blocks = written(told.values()).split("\n\n")
    assert len(blocks) == len(told)
    assert blocks[0].splitlines()[:2] == ["GET /{shop}/orders  listOrders", "  does         lists orders"]
    assert "  pages by     page: page\n               per_page: limit\n" in blocks[0]


def test_the_command_explains_own_handlers_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_contract(tmp_path / "shop.json", "3.1.0", {"paths": PATHS})
    (tmp_path / "own.py").write_text(
        "async def list_orders(request, context):\n    return await context.default(request)\n"
    )
    assert (
        cli.main(["explain", str(tmp_path / "shop.json"), "--handlers", str(tmp_path / "own.py"), "--json"])
        == 0
    )
    facts = json.loads(capsys.readouterr().out)["shop"][0]
    assert (facts["handler"], facts["by_default"]) == ("list_orders in own.py:1", "lists orders")


def test_the_command_explains_the_bundled_sandboxes(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain"]) == 0
    printed = capsys.readouterr().out
    assert [line for line in printed.splitlines() if line.startswith("# ")] == [
        "# aritma",
        "# dualentry",
        "# togai",
        "# saasu",
    ]
    assert "neither a collection" not in printed
