"""Shelves: collections are named as a person would look for them, and each name leads back to its collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.handler import Context
from understudy.inference.resources import Resource
from understudy.inference.shelves import Shelf, name_of
from understudy.sandbox import Sandbox, Settings
from understudy.sessions import Sessions

CUPS = Resource("cups", "/shops/{shop}/rooms/{room}/cups/{cup}", ("shop", "room", "cup"))
ADMIN = "/__admin/sessions/default/apis/inline/collections"


@pytest.fixture
def context(sandbox: Callable[..., Sandbox]) -> Context:
    paths = {"/a": {"get": {"responses": {"204": {"description": "ok"}}}}}
    return sandbox(paths=paths).context("get /a", Sessions().use())


@pytest.mark.parametrize(
    ("resource", "parents", "name"),
    [
        (Resource("cups", "/cups/{id}", ("id",)), {}, "/cups"),
        (CUPS, {"shop": "s 1", "room": "a/b"}, "/shops/s%201/rooms/a%2Fb/cups"),
        (Resource("cups", "/cups/{id}.json", ("id",)), {}, "/cups/{id}.json"),
        (
            Resource("settings", "/me/{who}/settings", ("who",), singleton=True),
            {"who": 7},
            "/me/7/settings (only)",
        ),
        (Resource("cups", "/cups/{id}", ("id",), shared="crockery"), {}, "crockery"),
    ],
)
def test_a_collection_is_named_as_its_list(resource: Resource, parents: Mapping[str, Any], name: str) -> None:
    assert name_of(resource, parents) == name


@given(parents=st.tuples(st.text(min_size=1), st.text(min_size=1)))
def test_a_name_leads_back_to_its_parents(parents: tuple[str, str]) -> None:
    context: Any = None
    shelf = Shelf.under(parents, CUPS, context)
    found = Shelf.named(shelf.collection, CUPS, context)
    assert found is not None
    assert (found.collection, list(found.path.values())) == (shelf.collection, list(parents))


def test_a_name_of_another_resource_leads_nowhere(context: Context) -> None:
    assert Shelf.named("/shops/1/rooms/2/plates", CUPS, context) is None
    assert Shelf.named("/shops/1/cups", CUPS, context) is None


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
