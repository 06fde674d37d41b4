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
    (LIST, {"list": "/order"}, "there is no collection '/order'; did you mean /orders?"),
    (PACK, {"act": "/ordres"}, "there is no collection '/ordres'; did you mean /orders?"),
    (ORDERS, {"of": "/order"}, "there is no collection '/order'; did you mean /orders?"),
    (
        ORDERS,
        {"members": {"buyer": {"refers_to": "/order"}}},
        "no collection '/order'; did you mean /orders?",
    ),
    (BUYER, {"refers_to": "/order"}, "there is no collection '/order'; did you mean /orders?"),
    (ORDERS, {"id": {"form": "hexx 12"}}, "'hexx 12' is no form of an id; did you mean hex 12?"),
    (ORDERS, {"id": {"form": "hex"}}, "'hex' is no form of an id; did you mean hex 12?"),
    (ORDERS, {"id": {"form": "like #/components/schemas/Ordr"}}, "no schema 'Ordr'; did you mean Order?"),
    (ORDERS, {"id": {"member": "nmber"}}, "there is no member 'nmber'; did you mean number?"),
    (SCHEMA, {"id": {"member": "nmber"}}, "there is no member 'nmber'; did you mean number?"),
    (SCHEMA, {"unique": ["nmber"]}, "there is no member 'nmber'; did you mean number?"),
    (ORDERS, {"unique": ["buyr"]}, "there is no member 'buyr'; did you mean buyer?"),
    (
        ORDERS,
        {"members": {"statsu": {"always": "open"}}},
        "there is no member 'statsu'; did you mean status?",
    ),
    (
        ORDERS,
        {"members": {"status": {"begins_as": "opne"}}},
        "'opne' is no value of status; did you mean open?",
    ),
    (STATUS, {"begins_as": "void"}, "'void' is no value of status; there are only 'open', 'packed'"),
    (ORDERS, {"item": "Ordr"}, "there is no schema 'Ordr'; did you mean Order?"),
    (LIST, {"filter": {"state": "statsu"}}, "there is no member 'statsu'; did you mean status?"),
    (LIST, {"filter": {"state": "buyer or statsu"}}, "there is no member 'statsu'; did you mean status?"),
    (
        LIST,
        {"filter": {"state": "status contians"}},
        "'contians' is no test of a filter; did you mean contains?",
    ),
    (
        LIST,
        {"filter": {"state": {"members": ["/status"], "test": "form"}}},
        "'form' is no test of a filter; did you mean from?",
    ),
    (LIST, {"filter": {"stat": "status"}}, "get /orders has no parameter 'stat'; did you mean state?"),
    (LIST, {"sort": {"default": ["-nmber"]}}, "there is no member 'nmber'; did you mean number?"),
    (LIST, {"sort": {"by": ["sorts"]}}, "get /orders has no parameter 'sorts'; did you mean sort?"),
    (LIST, {"page": {"limit": "limits"}}, "get /orders has no parameter 'limits'; did you mean limit?"),
    (LIST, {"ignored": {"stat": "for fun"}}, "get /orders has no parameter 'stat'; did you mean state?"),
    (LIST, {"bundles": ["stat"]}, "get /orders has no parameter 'stat'; did you mean state?"),
    (LIST, {"answer": {"says": {"/totl": "total"}}}, "the schema has no member 'totl'; did you mean total?"),
    (CREATE, {"take": {"members": ["nmber"]}}, "there is no member 'nmber'; did you mean number?"),
    (CREATE, {"take": {"renamed": {"secrt": "number"}}}, "there is no member 'secrt'; did you mean secret?"),
    (CREATE, {"take": {"renamed": {"secret": "nmber"}}}, "there is no member 'nmber'; did you mean number?"),
    (CREATE, {"upserts": ["nmber"]}, "there is no member 'nmber'; did you mean number?"),
    (CREATE, {"upserts_if": "secrt"}, "there is no member 'secrt'; did you mean secret?"),
    (CREATE, {"take": {"as_is": ["secrt"]}}, "there is no member 'secrt'; did you mean secret?"),
    (ORDERS, {"id": {"also": ["nmber"]}}, "there is no member 'nmber'; did you mean number?"),
    (BUYER, {"parent": "path/shop"}, "there is no parent 'shop'"),
    (BUYER, {"refers_to": "/orders", "within": "di"}, "the schema has no member 'di'; there are only 'id'"),
    (READ, {"key": "path/di"}, "get /orders/{id} has no parameter 'di' in its path; there are only 'id'"),
    (READ, {"key": "path/id by nmber"}, "there is no member 'nmber'; did you mean number?"),
    (
        READ,
        {"answer": {"status": 201}},
        "201 is no success that get /orders/{id} documents; did you mean 200?",
    ),
    (READ, {"answer": {"item": {"place": "/dta"}}}, "the schema has no member 'dta'; did you mean data?"),
    (READ, {"answer": {"item": "Ordr at /data"}}, "there is no schema 'Ordr'; did you mean Order?"),
    (LIST, {"answer": {"list": "/itms"}}, "the schema has no member 'itms'; did you mean items?"),
    (
        PACK,
        {"act": "/orders", "set": {"statsu": "open"}},
        "there is no member 'statsu'; did you mean status?",
    ),
    (
        PACK,
        {"act": "/orders", "set": {"status": "pakced"}},
        "'pakced' is no value of status; did you mean packed?",
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
