"""Echoes: an answer about no record has as many items, and the names, as were sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, thing
from support import write_contract
from understudy.sandbox import Sandbox

Serve = Callable[..., httpx.Client]

ITEM = thing({"id": {**WHOLE, "readOnly": True}, "count": WHOLE, "note": TEXT}, "id", "count")
ITEMS = {"type": "array", "items": ITEM}
BY_NAME = {"type": "object", "additionalProperties": ITEM}


@pytest.fixture
def post(serve: Serve, tmp_path: Path) -> Callable[[str, Any, Any], Any]:
    def sent(path: str, schema: Any, body: Any) -> Any:
        content = {"content": {"application/json": {"schema": schema}}}
        operation = {"requestBody": content, "responses": {"200": {"description": "ok", **content}}}
        contract = write_contract(tmp_path / "e.json", "3.1.0", {"paths": {path: {"post": operation}}})
        return serve(Sandbox(contract)).post(path, json=body).json()

    return sent


def without_ids(items: Any) -> Any:
    return [{name: value for name, value in item.items() if name != "id"} for item in items]


def test_a_list_comes_back_item_by_item(post: Callable[[str, Any, Any], Any]) -> None:
    sent = [{"count": 1, "note": "a"}, {"count": 2}, {"count": 3}]
    answered = post("/check", ITEMS, sent)
    assert without_ids(answered) == sent
    assert all(isinstance(item["id"], int) for item in answered)


def test_a_list_in_an_object_comes_back_item_by_item(post: Callable[[str, Any, Any], Any]) -> None:
    wrapped = thing({"rows": ITEMS, "ok": {"type": "boolean"}})
    assert without_ids(post("/check", wrapped, {"rows": [{"count": 5}]})["rows"]) == [{"count": 5}]


def test_a_map_comes_back_by_the_names_that_were_sent(post: Callable[[str, Any, Any], Any]) -> None:
    answered = post("/check", BY_NAME, {"x": {"count": 4}, "y": {"count": 6}})
    assert {name: item["count"] for name, item in answered.items()} == {"x": 4, "y": 6}


def test_a_map_in_an_item_is_kept_by_the_names_that_were_sent(serve: Serve, tmp_path: Path) -> None:
    bag = thing({"id": {**WHOLE, "readOnly": True}, "held": BY_NAME}, "id", "held")
    content = {"content": {"application/json": {"schema": bag}}}
    post = {"requestBody": content, "responses": {"201": {"description": "made", **content}}}
    key = {"name": "id", "in": "path", "required": True, "schema": WHOLE}
    read = {"parameters": [key], "get": {"responses": {"200": {"description": "ok", **content}}}}
    document = {"paths": {"/bags": {"post": post}, "/bags/{id}": read}}
    client = serve(Sandbox(write_contract(tmp_path / "b.json", "3.1.0", document)))
    made = client.post("/bags", json={"held": {"x": {"count": 4}}}).json()
    assert made["held"]["x"]["count"] == 4
    assert made["held"].keys() == {"x"}
    assert client.get(f"/bags/{made['id']}").json() == made


def test_what_is_one_of_several_comes_back_as_the_one_that_was_sent(serve: Serve, tmp_path: Path) -> None:
    cat, dog = (
        thing({"kind": TEXT, "lives": WHOLE}, "kind", "lives"),
        thing({"kind": TEXT, "name": TEXT}, "name"),
    )
    branches = [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]
    rule = {"propertyName": "kind", "mapping": {"cat": "Cat", "dog": "Dog"}, "defaultMapping": "Dog"}
    content = {"content": {"application/json": {"schema": {"oneOf": branches, "discriminator": rule}}}}
    judge = {"post": {"requestBody": content, "responses": {"200": {"description": "ok", **content}}}}
    document = {"paths": {"/judge": judge}, "components": {"schemas": {"Cat": cat, "Dog": dog}}}
    client = serve(Sandbox(write_contract(tmp_path / "j.json", "3.2.0", document)))
    for sent in ({"kind": "cat", "lives": 3}, {"kind": "dog", "name": "Bo"}, {"name": "Rex"}):
        assert client.post("/judge", json=sent).json() == sent
