"""JSON Patch (RFC 6902) and JSON Merge Patch (RFC 7396) change an item as they say, or are refused with the place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from support import write_contract
from understudy.sandbox import Sandbox

Serve = Callable[..., httpx.Client]

TEXT = {"type": "string"}
THING = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "string", "readOnly": True},
        "name": TEXT,
        "note": TEXT,
        "tags": {"type": "array", "items": TEXT},
        "place": {"type": "object", "properties": {"city": TEXT, "zip": TEXT}},
        "madeAt": {"type": "string", "format": "date-time", "readOnly": True},
    },
}
SENT = {"name": "n", "note": "x", "tags": ["a"], "place": {"city": "c", "zip": "z"}}


def media(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {name: {"schema": schema}}}


def document() -> dict[str, Any]:
    """Return things that are created, read and patched in two ways."""
    answer = {"description": "ok", **media("application/json", THING)}
    patches = {
        "application/json-patch+json": {"schema": {"type": "array", "items": {"type": "object"}}},
        "application/merge-patch+json": {"schema": {"type": "object"}},
    }
    changed = {"200": answer, "409": {"description": "a test failed"}, "422": {"description": "cannot be"}}
    key = {"name": "id", "in": "path", "required": True, "schema": TEXT}
    return {
        "paths": {
            "/things": {
                "post": {"requestBody": media("application/json", THING), "responses": {"201": answer}}
            },
            "/things/{id}": {
                "parameters": [key],
                "get": {"responses": {"200": answer}},
                "patch": {"requestBody": {"content": patches}, "responses": changed},
            },
        }
    }


class Thing:
    """One thing, and what becomes of it."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self.made = client.post("/things", json=SENT).json()
        self._path = f"/things/{self.made['id']}"

    def patch(self, kind: str, body: Any) -> httpx.Response:
        headers = {"Content-Type": f"application/{kind}-patch+json"}
        return self._client.patch(self._path, json=body, headers=headers)

    def now(self) -> dict[str, Any]:
        found: dict[str, Any] = self._client.get(self._path).json()
        return found


@pytest.fixture
def thing(serve: Serve, tmp_path: Path) -> Thing:
    return Thing(serve(Sandbox(write_contract(tmp_path / "things.json", "3.1.0", document()))))


DONE: list[tuple[str, Any, dict[str, Any]]] = [
    ("json", [{"op": "replace", "path": "/name", "value": "m"}], {"name": "m"}),
    ("json", [{"op": "add", "path": "/tags/-", "value": "b"}], {"tags": ["a", "b"]}),
    ("json", [{"op": "remove", "path": "/note"}], {"note": None}),
    ("json", [{"op": "move", "from": "/note", "path": "/name"}], {"name": "x", "note": None}),
    ("json", [{"op": "copy", "from": "/name", "path": "/note"}], {"note": "n"}),
    (
        "json",
        [{"op": "test", "path": "/name", "value": "n"}, {"op": "remove", "path": "/tags/0"}],
        {"tags": []},
    ),
    ("json", [{"op": "replace", "path": "/place/zip", "value": "y"}], {"place": {"city": "c", "zip": "y"}}),
    ("json", [{"op": "replace", "path": "/madeAt", "value": "2000-01-01T00:00:00Z"}], {}),
    ("merge", {"place": {"zip": None}}, {"place": {"city": "c"}}),
    ("merge", {"place": None, "name": "m"}, {"place": None, "name": "m"}),
    ("merge", {"tags": ["q"]}, {"tags": ["q"]}),
]


@pytest.mark.parametrize(("kind", "body", "becomes"), DONE)
def test_a_patch_does_what_it_says_and_nothing_else(
    thing: Thing, kind: str, body: Any, becomes: dict[str, Any]
) -> None:
    response = thing.patch(kind, body)
    assert response.status_code == 200, response.text
    expected = {name: value for name, value in {**thing.made, **becomes}.items() if value is not None}
    assert response.json() == thing.now() == expected


REFUSED: list[tuple[str, Any, str]] = [
    ("json", [{"op": "test", "path": "/name", "value": "other"}, {"op": "remove", "path": "/tags"}], "/0"),
    ("json", [{"op": "remove", "path": "/tags"}, {"op": "remove", "path": "/nothing"}], "/1"),
    ("json", [{"op": "spin", "path": "/name"}], "/0"),
    ("json", [{"op": "add", "path": "/no/such", "value": 1}], "member 'no' not found, got"),
    ("json", [{"op": "remove", "path": "/name"}], "/name"),
    ("json", [{"op": "replace", "path": "", "value": 5}], "leaves an obj"),
    ("json", [{"op": "add", "path": "/tags/0", "value": 5}], "/tags/0"),
    ("json", {"op": "remove", "path": "/note"}, "array"),
    ("merge", {"name": None}, "/name"),
    ("merge", {"tags": "q"}, "/tags"),
    ("merge", ["q"], "object"),
]


@pytest.mark.parametrize(("kind", "body", "place"), REFUSED)
def test_a_patch_that_cannot_be_is_refused_whole(thing: Thing, kind: str, body: Any, place: str) -> None:
    response = thing.patch(kind, body)
    assert response.status_code in (409, 422), response.text
    assert place in response.text
    assert thing.now() == thing.made


def test_what_is_described_as_an_item_is_one_whatever_its_media_type_is_called(
    serve: Serve, tmp_path: Path
) -> None:
    contract = document()
    names = ("application/json-patch+json", "application/json", "text/json")
    for path, method in (("/things", "post"), ("/things/{id}", "patch")):
        new = {"type": "object", "properties": {"name": TEXT, "note": TEXT}}
        operation = contract["paths"][path][method]
        operation["requestBody"] = {"content": {name: {"schema": new} for name in names}}
    thing = Thing(serve(Sandbox(write_contract(tmp_path / "things.json", "3.1.0", contract))))
    assert thing.made["name"] == "n"
    assert thing.patch("json", {"note": "y"}).status_code == 200
    assert thing.now() == {**thing.made, "note": "y"}


def test_a_null_takes_a_member_away_whatever_the_schema_of_a_merge_patch_says(
    serve: Serve, tmp_path: Path
) -> None:
    contract = document()
    place = {"type": "object", "properties": {"city": {"type": "string"}, "zip": {"type": "string"}}}
    texts = {"name": {"type": "string"}, "note": {"type": "string"}}
    changes = {"type": "object", "properties": {**texts, "place": place}}
    operation = contract["paths"]["/things/{id}"]["patch"]
    operation["requestBody"]["content"]["application/merge-patch+json"] = {"schema": changes}
    thing = Thing(serve(Sandbox(write_contract(tmp_path / "things.json", "3.1.0", contract))))
    patched = thing.patch("merge", {"note": None, "place": {"zip": None}})
    assert patched.status_code == 200, patched.text
    assert "note" not in thing.now()
    assert thing.now()["place"] == {"city": "c"}
    assert thing.patch("merge", {"note": 5}).status_code == 422
    assert thing.patch("merge", {"name": None}).status_code == 422
