"""What `understudy explain` says about each operation: that it is what the sandbox then does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support import bundled_contract, write_contract
from understudy import cli
from understudy.explain import Explanation, explain, written

ITEM = {"type": "object", "properties": {"id": {"type": "string"}, "status": {"type": "string"}, "customer_id": {"type": "string"}}}
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
        "post": {"requestBody": {"content": {"application/json": {"schema": ITEM}}}, "responses": {"201": shown(ITEM)}},
    },
    "/{shop}/orders/{order_id}": {
        "parameters": [SHOP, ID],
        "get": {"responses": {"200": shown(ITEM)}, "security": [{"key": []}, {"login": ["read"]}]},
    },
    "/customers": {"get": {"responses": {"200": shown({"type": "array", "items": CUSTOMER})}}},
    "/convert": {"post": {"responses": {"200": shown({"type": "integer"}, examples={"wrong": {"value": "x"}, "right": {"value": 3}})}}},
    "/ping": {"post": {"responses": {"200": shown({"type": "integer"})}}},
}
SCHEMES = {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}, "login": {"type": "http", "scheme": "bearer"}}


@pytest.fixture
def told(tmp_path: Path) -> dict[str, Explanation]:
    contract = write_contract(tmp_path / "shop.json", "3.1.0", {"paths": PATHS, "components": {"securitySchemes": SCHEMES}})
    return {facts["operation"]: facts for facts in explain(contract)}


def test_a_list_says_how_it_pages_and_filters(told: dict[str, Explanation]) -> None:
    facts = told["get /{shop}/orders"]
    assert (facts["does"], facts["because"]) == ("lists orders", "its path is that of the items above, without the id")
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
    assert told["post /ping"]["because"] == "its path is neither a collection nor an item"
    assert told["post /convert"]["does"] == "is answered by 200 with the contract's example right"


def test_what_unknown_ids_do_is_told_as_asked(tmp_path: Path) -> None:
    contract = write_contract(tmp_path / "shop.json", "3.1.0", {"paths": PATHS})
    assert {facts.get("unknown_id") for facts in explain(contract, any_id=False)} == {None, "refused as not found"}


def test_a_vendors_operations_are_answered_by_its_rules() -> None:
    contract = bundled_contract("togai")
    facts = explain(contract, {operation.key: "a rule of togai" for operation in contract.operations}, infers=False)
    assert {(one["handler"], "does" in one) for one in facts} == {("a rule of togai", False)}


def test_the_text_is_one_block_for_each_operation(told: dict[str, Explanation]) -> None:
    blocks = written(told.values()).split("\n\n")
    assert len(blocks) == len(told)
    assert blocks[0].splitlines()[:2] == ["GET /{shop}/orders  listOrders", "  does         lists orders"]
    assert "  pages by     page: page\n               per_page: limit\n" in blocks[0]


def test_the_command_explains_own_handlers_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_contract(tmp_path / "shop.json", "3.1.0", {"paths": PATHS})
    (tmp_path / "own.py").write_text("async def list_orders(request, context):\n    return await context.default(request)\n")
    assert cli.main(["explain", str(tmp_path / "shop.json"), "--handlers", str(tmp_path / "own.py"), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)["shop"][0]
    assert (facts["handler"], facts["by_default"]) == ("list_orders in own.py:1", "lists orders")


def test_the_command_explains_the_bundled_sandboxes(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain"]) == 0
    printed = capsys.readouterr().out
    assert [line for line in printed.splitlines() if line.startswith("# ")] == ["# aritma", "# dualentry", "# togai", "# saasu"]
    assert "neither a collection" not in printed
