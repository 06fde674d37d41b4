"""References: words of an overlay that name what is not there refuse the start, with the place and the nearest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from support import write_contract
from understudy.errors import ContractError
from understudy.model.compiler import compile
from understudy.model.model import Model

TEXT = {"type": "string"}
Make = Callable[..., Model]


def media(schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": "ok", "content": {"application/json": {"schema": schema}}}


def parameter(name: str, place: str) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": TEXT}


def document() -> dict[str, Any]:
    """Return orders that are listed in an envelope, created, read and packed."""
    ref = {"$ref": "#/components/schemas/Order"}
    state = {"anyOf": [{"enum": ["open", "packed"]}, {"type": "null"}]}
    buyer = {"type": "object", "properties": {"id": TEXT, "name": TEXT}}
    properties = {"id": TEXT, "number": TEXT, "buyer": buyer, "status": state}
    sent = {"type": "object", "properties": {"number": TEXT, "secret": TEXT}}
    total = {"type": "integer"}
    envelope = {"items": {"type": "array", "items": ref}, "total": total}
    listed = {"type": "object", "properties": envelope}
    wrapped = {"type": "object", "properties": {"data": ref}}
    content = {
        "paths": {
            "/orders": {
                "get": {
                    "parameters": [parameter(name, "query") for name in ("limit", "sort", "state")],
                    "responses": {"200": media(listed)},
                },
                "post": {"requestBody": media(sent), "responses": {"201": media(ref)}},
            },
            "/orders/{id}": {
                "parameters": [parameter("id", "path")],
                "get": {"responses": {"200": media(wrapped)}},
            },
            "/orders/{id}/pack-it-up": {
                "parameters": [parameter("id", "path")],
                "post": {"responses": {"204": {"description": "done"}, "default": {"description": "wrong"}}},
            },
        },
        "components": {"schemas": {"Order": {"type": "object", "properties": properties}}},
    }
    copied: dict[str, Any] = orjson.loads(orjson.dumps(content))  # no two parts are one
    return copied


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def compiled(content: dict[str, Any]) -> Model:
        return compile(write_contract(tmp_path / "orders.json", "3.1.0", content))

    return compiled


ORDERS, LIST, READ = ("paths", "/orders"), ("paths", "/orders", "get"), ("paths", "/orders/{id}", "get")
CREATE = ("paths", "/orders", "post")
PACK = ("paths", "/orders/{id}/pack-it-up", "post")
SCHEMA = ("components", "schemas", "Order")
BUYER, STATUS = (*SCHEMA, "properties", "buyer"), (*SCHEMA, "properties", "status")

WRONG: list[tuple[tuple[str, ...], dict[str, Any], str]] = [
    (LIST, {"list": "/order"}, "there is no collection '/order'; '/orders' may be meant"),
    (PACK, {"act": "/ordres"}, "there is no collection '/ordres'; '/orders' may be meant"),
    (ORDERS, {"of": "/order"}, "there is no collection '/order'; '/orders' may be meant"),
    (
        ORDERS,
        {"members": {"buyer": {"refers_to": "/order"}}},
        "no collection '/order'; '/orders' may be meant",
    ),
    (BUYER, {"refers_to": "/order"}, "there is no collection '/order'; '/orders' may be meant"),
    (ORDERS, {"id": {"form": "hexx 12"}}, "'hexx 12' is no form of an id; 'hex 12' may be meant"),
    (ORDERS, {"id": {"form": "hex"}}, "'hex' is no form of an id; 'hex 12' may be meant"),
    (ORDERS, {"id": {"form": "like #/components/schemas/Ordr"}}, "no schema 'Ordr'; 'Order' may be meant"),
    (ORDERS, {"id": {"member": "nmber"}}, "there is no member 'nmber'; 'number' may be meant"),
    (SCHEMA, {"id": {"member": "nmber"}}, "there is no member 'nmber'; 'number' may be meant"),
    (SCHEMA, {"unique": ["nmber"]}, "there is no member 'nmber'; 'number' may be meant"),
    (ORDERS, {"unique": ["buyr"]}, "there is no member 'buyr'; 'buyer' may be meant"),
    (
        ORDERS,
        {"members": {"statsu": {"always": "open"}}},
        "there is no member 'statsu'; 'status' may be meant",
    ),
    (ORDERS, {"members": {"status": {"begins_as": "opne"}}}, "'opne' is no value of status; 'open' may be"),
    (STATUS, {"begins_as": "void"}, "'void' is no value of status; there are only 'open', 'packed'"),
    (ORDERS, {"item": "Ordr"}, "there is no schema 'Ordr'; 'Order' may be meant"),
    (LIST, {"filter": {"state": "statsu"}}, "there is no member 'statsu'; 'status' may be meant"),
    (LIST, {"filter": {"state": "buyer or statsu"}}, "there is no member 'statsu'; 'status' may be meant"),
    (LIST, {"filter": {"state": "status contians"}}, "'contians' is no test of a filter; 'contains' may be"),
    (
        LIST,
        {"filter": {"state": {"members": ["/status"], "test": "form"}}},
        "'form' is no test of a filter; 'from'",
    ),
    (LIST, {"filter": {"stat": "status"}}, "get /orders has no parameter 'stat'; 'state' may be meant"),
    (LIST, {"sort": {"default": ["-nmber"]}}, "there is no member 'nmber'; 'number' may be meant"),
    (LIST, {"sort": {"by": ["sorts"]}}, "get /orders has no parameter 'sorts'; 'sort' may be meant"),
    (LIST, {"page": {"limit": "limits"}}, "get /orders has no parameter 'limits'; 'limit' may be meant"),
    (LIST, {"ignored": {"stat": "for fun"}}, "get /orders has no parameter 'stat'; 'state' may be meant"),
    (LIST, {"bundles": ["stat"]}, "get /orders has no parameter 'stat'; 'state' may be meant"),
    (LIST, {"answer": {"says": {"/totl": "total"}}}, "the schema has no member 'totl'; 'total' may be meant"),
    (CREATE, {"take": {"members": ["nmber"]}}, "there is no member 'nmber'; 'number' may be meant"),
    (CREATE, {"take": {"renamed": {"secrt": "number"}}}, "there is no member 'secrt'; 'secret' may be meant"),
    (CREATE, {"take": {"renamed": {"secret": "nmber"}}}, "there is no member 'nmber'; 'number' may be meant"),
    (CREATE, {"upserts": ["nmber"]}, "there is no member 'nmber'; 'number' may be meant"),
    (CREATE, {"upserts_if": "secrt"}, "there is no member 'secrt'; 'secret' may be meant"),
    (CREATE, {"take": {"as_is": ["secrt"]}}, "there is no member 'secrt'; 'secret' may be meant"),
    (ORDERS, {"id": {"also": ["nmber"]}}, "there is no member 'nmber'; 'number' may be meant"),
    (BUYER, {"parent": "path/shop"}, "there is no parent 'shop'"),
    (BUYER, {"refers_to": "/orders", "within": "di"}, "the schema has no member 'di'; there are only 'id'"),
    (READ, {"key": "path/di"}, "get /orders/{id} has no parameter 'di' in its path; there are only 'id'"),
    (READ, {"key": "path/id by nmber"}, "there is no member 'nmber'; 'number' may be meant"),
    (
        READ,
        {"answer": {"status": 201}},
        "201 is no success that get /orders/{id} documents; '200' may be meant",
    ),
    (READ, {"answer": {"item": {"place": "/dta"}}}, "the schema has no member 'dta'; 'data' may be meant"),
    (READ, {"answer": {"item": "Ordr at /data"}}, "there is no schema 'Ordr'; 'Order' may be meant"),
    (LIST, {"answer": {"list": "/itms"}}, "the schema has no member 'itms'; 'items' may be meant"),
    (
        PACK,
        {"act": "/orders", "set": {"statsu": "open"}},
        "there is no member 'statsu'; 'status' may be meant",
    ),
    (
        PACK,
        {"act": "/orders", "set": {"status": "pakced"}},
        "'pakced' is no value of status; 'packed' may be",
    ),
    (
        PACK,
        {"act": "/orders", "answer": {"status": 202}},
        "202 is no success that post /orders/{id}/pack-it-up",
    ),
]


@pytest.mark.parametrize(("on", "said", "reason"), WRONG)
def test_words_that_refer_to_nothing_are_refused_with_their_place(
    make: Make, on: tuple[str, ...], said: dict[str, Any], reason: str
) -> None:
    content = owner = document()
    for name in on:
        owner = owner[name]
    owner["x-understudy"] = said
    with pytest.raises(ContractError) as refused:
        make(content)
    assert reason in str(refused.value)
    assert refused.value.file == "orders.json"
    assert refused.value.line is not None


RIGHT: list[tuple[tuple[str, ...], dict[str, Any]]] = [
    (LIST, {"ignored": {"state": "for fun"}, "answer": {"says": {"/total": "total"}}}),
    (CREATE, {"take": {"members": ["number", "secret"], "as_is": ["number"]}}),
    (CREATE, {"take": {"renamed": {"secret": "number"}}}),
    (ORDERS, {"id": {"also": ["number"]}}),
    (BUYER, {"refers_to": "/orders", "within": "id"}),
    (ORDERS, {"id": {"form": "like #/components/schemas/Order/properties/id", "member": "number"}}),
    (STATUS, {"begins_as": None}),
    (LIST, {"filter": {"state[of]": "status"}, "sort": {"default": ["-status"]}, "page": {"limit": "state"}}),
    (READ, {"answer": {"status": 200, "item": {"place": "/data"}}}),
    (LIST, {"filter": {"state": None}}),
    (PACK, {"act": "/orders", "set": {"status": "packed"}, "key": "path/id"}),
    (PACK, {"key": None}),
    (PACK, {"act": "/orders", "answer": {"status": None}}),
]


@pytest.mark.parametrize(("on", "said"), RIGHT)
def test_words_that_refer_to_something_are_taken(
    make: Make, on: tuple[str, ...], said: dict[str, Any]
) -> None:
    content = owner = document()
    for name in on:
        owner = owner[name]
    owner["x-understudy"] = said
    assert "/orders" in make(content).collections


def test_an_operation_printed_without_a_plan_can_be_said_again(make: Make) -> None:
    content = document()
    content["paths"]["/ping"] = {"get": {"responses": {"204": {"description": "ok"}}, "x-understudy": {}}}
    assert "get /ping" not in make(content).operations
