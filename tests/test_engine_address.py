"""Addresses: collections are named as a person would look for them, and each name leads back to its collection."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.engine.address import filled, named
from understudy.model.compiler import Lazy
from understudy.model.model import Collection, Model
from understudy.sandbox import Sandbox, Settings

CUPS = "/shops/{shop}/rooms/{room}/cups"
MODEL = Model(
    collections={
        CUPS: Collection(scope=("shop", "room")),
        "/me/{who}/settings": Collection(scope=("who",), single=True),
        "crockery": Collection(),
        "/shelves/{shelf}/cups": Collection(of=CUPS, scope=("shelf",)),
    },
    operations={},
)
BINDER: Any = SimpleNamespace(model=MODEL, collection=MODEL.collections.__getitem__)
CONTEXT: Any = None
ADMIN = "/__admin/sessions/default/apis/inline/collections"


@pytest.mark.parametrize(
    ("template", "parents", "name"),
    [
        ("/cups", {}, "/cups"),
        (CUPS, {"shop": "s 1", "room": "a/b"}, "/shops/s%201/rooms/a%2Fb/cups"),
        ("/me/{who}/settings", {"who": 7}, "/me/7/settings"),
    ],
)
def test_a_collection_is_named_as_its_list(template: str, parents: dict[str, Any], name: str) -> None:
    assert filled(template, parents) == name


@given(parents=st.tuples(st.text(min_size=1), st.text(min_size=1)))
def test_a_name_leads_back_to_its_parents(parents: tuple[str, str]) -> None:
    name = filled(CUPS, dict(zip(("shop", "room"), parents, strict=True)))
    address = named(name, BINDER, CONTEXT)
    assert address is not None
    assert (address.name, list(address.scope.values())) == (name, list(parents))


@pytest.mark.parametrize("name", ["/shops/1/rooms/2/plates", "/shops/1/cups", "/shelves/1/cups", "cups"])
def test_a_name_of_no_collection_leads_nowhere(name: str) -> None:
    assert named(name, BINDER, CONTEXT) is None


def test_only_the_collection_that_a_name_leads_to_is_compiled() -> None:
    asked: list[str] = []

    def compiled(name: str) -> Collection:
        asked.append(name)
        return MODEL.collections[name]

    lazy: Any = SimpleNamespace(
        model=Model(collections=Lazy(lambda: MODEL.collections, compiled), operations={})
    )
    lazy.collection = MODEL.collections.__getitem__
    assert named("/me/7/settings", lazy, CONTEXT) is not None
    assert asked == ["/me/{who}/settings"]


def test_what_the_sandbox_keeps_for_itself_is_not_listed(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    item = {
        "type": "object",
        "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
        "required": ["name"],
    }
    content = {"application/json": {"schema": item}}
    ok = {"description": "ok", "content": content}
    key = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}
    parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    paths = {
        "/shops/{shop}/cups": {
            "parameters": [{**parameter, "name": "shop"}],
            "post": {"parameters": [key], "requestBody": {"content": content}, "responses": {"201": ok}},
        },
        "/shops/{shop}/cups/{id}": {
            "parameters": [{**parameter, "name": "shop"}, parameter],
            "get": {"responses": {"200": ok}},
            "delete": {"responses": {"204": {"description": "gone"}}},
        },
    }
    client = serve(sandbox(paths=paths, settings=Settings()))
    made = [
        client.post("/shops/s1/cups", json={"name": name}, headers={"Idempotency-Key": name}).json()
        for name in ("a", "b")
    ]
    assert client.delete(f"/shops/s1/cups/{made[0]['id']}").status_code == 204
    assert client.get(ADMIN).json()["items"] == [{"name": "/shops/s1/cups", "records": 1}]
    (record,) = client.get(f"{ADMIN}/%2Fshops%2Fs1%2Fcups/records").json()["items"]
    assert (record["key"], record["value"]) == (made[1]["id"], made[1])
    assert client.get("/__admin/sessions/default").json()["records"] == 1
