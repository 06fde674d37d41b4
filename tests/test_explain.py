"""What `understudy explain` says about each operation: that it is what the sandbox then does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from support import write_contract
from understudy.cli import main as cli
from understudy.contracts.contract import Contract
from understudy.explain import Explanation, explain, written
from understudy.model.compiler import compile

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
def contract(tmp_path: Path) -> Contract:
    document = {"paths": PATHS, "components": {"securitySchemes": SCHEMES}}
    return write_contract(tmp_path / "shop.json", "3.1.0", document)


@pytest.fixture
def told(contract: Contract) -> Explanation:
    return explain(contract, compile(contract))


def test_what_is_explained_is_the_model_as_an_overlay_writes_it(told: Explanation) -> None:
    plan = told["operations"]["GET /{shop}/orders"]
    assert (plan["list"], plan["scope"]) == ("/{shop}/orders", {"shop": "path/shop"})
    assert plan["page"] == {"limit": "per_page", "page": "page", "default": 20}
    assert plan["filter"] == {"status": "status"}
    assert plan["ignored"] == {"expand": "shapes the answer"}


def test_each_decision_has_its_reason(told: Explanation) -> None:
    assert told["because"]["GET /{shop}/orders"] == "its path is that of the items above, without the id"
    assert told["because"]["GET /{shop}/orders/filter/status"] == "a member's name"
    assert told["because"]["/{shop}/orders/members/customer_id"] == "it is called as that collection is"


def test_an_operation_says_who_may_ask_and_what_an_unknown_id_does(told: Explanation) -> None:
    key = "GET /{shop}/orders/{order_id}"
    assert told["security"][key] == ["key (header X-Key)", "login (bearer) with read"]
    assert told["unknown_ids"][key] == "made when it is first asked for, unless it was deleted"


def test_what_unknown_ids_do_is_told_as_asked(contract: Contract) -> None:
    told = explain(contract, compile(contract), any_id=False)
    assert set(told["unknown_ids"].values()) == {"refused as not found"}


def test_what_could_not_be_inferred_says_so(told: Explanation) -> None:
    assert told["operations"]["POST /ping"] == {}
    assert told["documented"]["POST /ping"] == "200 with a generated value"
    assert told["because"]["POST /ping"] == "its path is neither a collection nor an item"
    assert told["documented"]["POST /convert"] == "200 with the contract's example right"


def test_the_text_is_one_block_for_each_collection_and_operation(
    told: Explanation, contract: Contract
) -> None:
    blocks = written(told, contract).split("\n\n")
    assert len(blocks) == len(told["collections"]) + len(contract.operations)
    listing = next(block for block in blocks if block.startswith("GET /{shop}/orders:"))
    assert "\n  operation: listOrders\n  list: /{shop}/orders\n" in listing
    assert "\n  page: {limit: per_page, page: page, default: 20}\n" in listing


def test_the_text_is_yaml_of_the_same_words(told: Explanation, contract: Contract) -> None:
    read = yaml.safe_load(written(told, contract))
    assert read["GET /{shop}/orders"]["filter"] == {"status": "status"}


def test_the_command_explains_own_handlers_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_contract(tmp_path / "shop.json", "3.1.0", {"paths": PATHS})
    (tmp_path / "own.py").write_text(
        "async def list_orders(request, context):\n    return await context.default(request)\n"
    )
    command = ["explain", str(tmp_path / "shop.json"), "--handlers", str(tmp_path / "own.py"), "--json"]
    assert cli.main(command) == 0
    told = json.loads(capsys.readouterr().out)["shop"]
    assert told["handlers"] == {"GET /{shop}/orders": "list_orders in own.py:1"}
    assert told["operations"]["GET /{shop}/orders"]["list"] == "/{shop}/orders"


def test_the_command_explains_the_bundled_sandboxes(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain"]) == 0
    printed = capsys.readouterr().out
    headings = [line for line in printed.splitlines() if line.startswith("# ")]
    assert headings == ["# aritma", "# dualentry", "# togai", "# saasu"]
    assert "  handler: list every alias of an account (a rule of togai)\n" in printed


PETS = {
    "openapi": "3.1.0",
    "info": {"title": "Pets", "version": "1"},
    "paths": {
        "/owners": {"get": {"responses": {"200": shown({"type": "array", "items": {"$ref": "#/components/schemas/Owner"}})}}},
        "/owners/{owner_id}": {
            "parameters": [
                {"name": "owner_id", "in": "path", "required": True, "schema": {"type": "string"}}
            ],
            "get": {"responses": {"200": shown({"$ref": "#/components/schemas/Owner"})}},
        },
        "/pets": {"get": {"responses": {"200": shown({"type": "array", "items": {"$ref": "#/components/schemas/Pet"}})}}},
        "/pets/{pet_id}": {
            "parameters": [{"name": "pet_id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": {"responses": {"200": shown({"$ref": "#/components/schemas/Pet"})}},
        },
    },
    "components": {
        "schemas": {
            "Owner": {
                "type": "object",
                "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
                "example": {"id": "o1", "name": "Kim"},
            },
            "Pet": {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "owner_id": {"type": "string"},
                    "name": {"type": "string", "example": "Rex"},
                    "kind": {"type": "string", "enum": ["cat", "dog"]},
                    "lives": {"type": "integer", "default": 9},
                    "email": {"type": "string"},
                    "born": {"type": "string", "format": "date"},
                    "chip": {"type": "string", "pattern": "^[A-Z]{3}$"},
                    "weight": {"type": "object", "properties": {"grams": {"type": "integer", "example": 4200}}},
                    "zorb": {"type": "string"},
                },
            },
        }
    },
}  # fmt: skip


def test_each_member_says_where_its_values_come_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pets.json").write_text(json.dumps(PETS))
    assert cli.main(["explain", str(tmp_path / "pets.json"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["pets"]["data"]
    assert told["/owners"] == {"authored": 1, "members": {"id": "id", "name": "example"}}
    assert told["/pets"]["members"] == {
        "id": "id",
        "owner_id": "reference",
        "name": "example",
        "kind": "enum",
        "lives": "default",
        "email": "name",
        "born": "format",
        "chip": "pattern",
        "/weight/grams": "example",
        "zorb": "nothing",
    }


def test_a_person_reads_them_by_what_tells_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pets.json").write_text(json.dumps(PETS))
    assert cli.main(["explain", str(tmp_path / "pets.json")]) == 0
    text = capsys.readouterr().out
    assert "\n  shown by examples: 1\n  values by: {id: [id], example: [name]}\n" in text
    assert "example: [name, /weight/grams], enum: [kind]" in text


def test_what_is_said_twice_is_written_twice(told: Explanation, contract: Contract) -> None:
    empty: list[Any] = []
    told["collections"]["/customers"]["members"] = {
        "tags": {"begins_as": empty},
        "marks": {"begins_as": empty},
    }
    text = written(told, contract)
    assert "members: {tags: {begins_as: []}, marks: {begins_as: []}}" in text
