"""The overlay: what a contract says itself under `x-understudy`, laid over what was compiled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support import write_contract
from understudy.errors import ContractError
from understudy.model.compiler import compile
from understudy.model.model import Act, Model, Needs
from understudy.model.notation import write_plan

TEXT = {"type": "string"}
ORDER = {
    "type": "object",
    "properties": {"id": TEXT, "number": TEXT, "buyer": TEXT, "status": {"enum": ["open", "packed"]}},
}
Make = Callable[..., Model]


def media(schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": "ok", "content": {"application/json": {"schema": schema}}}


def parameters(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in names]


def document(order: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return orders, the orders of a customer, and what is done to one, with a schema of an order."""
    ref = {"$ref": "#/components/schemas/Order"}
    listed = {"responses": {"200": media({"type": "array", "items": ref})}}
    packing = {"operationId": "pack", "responses": {"204": {"description": "done"}}}
    return {
        "paths": {
            "/orders": {"get": listed, "post": {"requestBody": media(ref), "responses": {"201": media(ref)}}},
            "/orders/{id}": {"parameters": parameters("id"), "get": {"responses": {"200": media(ref)}}},
            "/orders/{id}/pack-it-up": {"parameters": parameters("id"), "post": packing},
            "/customers/{customer}/orders": {"parameters": parameters("customer"), "get": listed},
        },
        "components": {"schemas": {"Order": order or ORDER}},
    }


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def compiled(content: dict[str, Any]) -> Model:
        return compile(write_contract(tmp_path / "orders.json", "3.1.0", content))

    return compiled


def test_a_path_item_speaks_of_its_collection(make: Make) -> None:
    content = document()
    content["paths"]["/orders/{id}"]["x-understudy"] = {"id": {"member": "number", "form": "counter from 7"}}
    orders = make(content).collections["/orders"]
    assert (orders.id.member, orders.id.form) == ("number", "counter from 7")


def test_words_are_laid_over_member_by_member(make: Make) -> None:
    content = document()
    content["paths"]["/orders"]["x-understudy"] = {"members": {"buyer": {"refers_to": "/orders"}}}
    orders = make(content).collections["/orders"]
    assert orders.members["buyer"].refers_to == "/orders"
    assert orders.members["status"].begins_as == ("open",)


def test_null_takes_a_word_away(make: Make) -> None:
    content = document()
    content["paths"]["/orders"]["x-understudy"] = {"members": {"status": None}}
    assert "status" not in make(content).collections["/orders"].members


def test_an_operation_says_what_it_does(make: Make) -> None:
    content = document()
    assert isinstance(make(content).operations["post /orders/{id}/pack-it-up"], Needs)
    content["paths"]["/orders/{id}/pack-it-up"]["post"]["x-understudy"] = {
        "act": "/orders",
        "set": {"status": "packed"},
    }
    plan = make(content).operations["post /orders/{id}/pack-it-up"]
    assert isinstance(plan, Act)
    assert write_plan(plan) == {"act": "/orders", "key": "path/id", "set": {"status": "packed"}}


@pytest.mark.parametrize("name", ["pack", "POST /orders/{id}/pack-it-up", "post /orders/{id}/pack-it-up"])
def test_the_document_speaks_of_all_by_name(make: Make, name: str) -> None:
    said = {"act": "/orders", "set": {"status": "packed"}}
    content = {
        **document(),
        "x-understudy": {"operations": {name: said}, "collections": {"/orders": {"noun": "bag"}}},
    }
    model = make(content)
    assert isinstance(model.operations["post /orders/{id}/pack-it-up"], Act)
    assert model.collections["/orders"].noun == "bag"


def test_an_operation_of_which_nothing_is_known_can_be_said(make: Make) -> None:
    content = document()
    content["paths"]["/find"] = {
        "post": {"responses": {"200": media(TEXT)}, "x-understudy": {"list": "/orders"}}
    }
    assert write_plan(make(content).operations["post /find"]) == {"list": "/orders"}


def test_the_schema_of_an_item_speaks_of_its_collection(make: Make) -> None:
    said = {"x-understudy": {"id": {"member": "number"}, "unique": ["buyer"]}}
    orders = make(document({**ORDER, **said})).collections["/orders"]
    assert (orders.id.member, orders.unique) == ("number", ("buyer",))


def test_a_property_speaks_of_its_member(make: Make) -> None:
    properties: dict[str, Any] = {
        **ORDER["properties"],  # type: ignore[dict-item]
        "buyer": {**TEXT, "x-understudy": {"always": None, "unique": True}},
    }
    orders = make(document({**ORDER, "properties": properties})).collections["/orders"]
    assert orders.members["buyer"].always == (None,)
    assert orders.unique == ("buyer",)


def test_a_window_is_on_another_collection_by_a_member(make: Make) -> None:
    content = document()
    said = {"of": "/orders", "where": {"buyer": "path/customer"}}
    content["paths"]["/customers/{customer}/orders"]["x-understudy"] = said
    window = make(content).collections["/customers/{customer}/orders"]
    assert (window.of, window.where, window.scope) == ("/orders", {"buyer": "customer"}, ("customer",))


ORDERS, WINDOW = "/orders", "/customers/{customer}/orders"
WRONG: list[tuple[str, str, Any, str]] = [
    (ORDERS, "", {"unik": ["number"]}, "'unik' is no word here; did you mean unique?"),
    (ORDERS, "", {"id": {"member": 3}}, "3 stands where a text is wanted"),
    (ORDERS, "", ["id"], "['id'] stands where words are wanted"),
    (ORDERS, "get", {"fitler": {"a": "b"}}, "'fitler' is no word here; did you mean filter?"),
    (
        ORDERS,
        "get",
        {"list": "/orders", "page": {"limits": "n"}},
        "'limits' is no word here; did you mean limit?",
    ),
    (WINDOW, "", {"of": "/order"}, "there is no collection '/order'; did you mean /orders?"),
    (
        WINDOW,
        "",
        {"of": "/orders", "where": {"buyer": "path/custom"}},
        "has no parent 'custom'; did you mean customer?",
    ),
]


@pytest.mark.parametrize(("path", "method", "said", "reason"), WRONG)
def test_wrong_words_are_refused_with_their_place(
    make: Make, path: str, method: str, said: Any, reason: str
) -> None:
    content = document()
    owner = content["paths"][path]
    (owner[method] if method else owner)["x-understudy"] = said
    with pytest.raises(ContractError) as refused:
        make(content)
    assert reason in str(refused.value)
    assert refused.value.file == "orders.json"
    assert refused.value.line is not None


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"collections": {"/ordres": {}}}, "there is no collection '/ordres'; did you mean /orders?"),
        (
            {"operations": {"GET /ordres": {}}},
            "there is no operation 'GET /ordres'; did you mean get /orders?",
        ),
        ({"operations": {"pakc": {}}}, "there is no operation 'pakc'; did you mean pack?"),
        (
            {"operations": {"pack": {"act": "/ordres"}}},
            "there is no collection '/ordres'; did you mean /orders?",
        ),
        (
            {"collections": {"/orders": {"id": {"member": "nmber"}}}},
            "there is no member 'nmber'; did you mean number?",
        ),
        ({"members": {}}, "here stand `collections` and `operations`, by name"),
    ],
)
def test_wrong_names_in_the_document_are_refused(make: Make, said: Any, reason: str) -> None:
    with pytest.raises(ContractError) as refused:
        make({**document(), "x-understudy": said})
    assert reason in str(refused.value)


def test_a_wrong_word_on_a_schema_is_refused(make: Make) -> None:
    with pytest.raises(ContractError) as refused:
        make(document({**ORDER, "x-understudy": {"fakr": "name"}}))
    assert "'fakr' is no word of a schema; did you mean faker?" in str(refused.value)
