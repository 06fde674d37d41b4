"""What cannot be made as its contract wants it: named where it is read, left out of lists, and said in the journal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from understudy.sandbox import Sandbox

TEXT = {"type": "string"}
SURE = {"type": "object", "required": ["id"], "properties": {"id": TEXT, "name": TEXT}}
IMPOSSIBLE = {"type": "string", "enum": ["a"], "minLength": 5}
UNFIT = {"type": "object", "required": ["id", "code"], "properties": {"id": TEXT, "code": IMPOSSIBLE}}


def answer(schema: Any, status: str = "200") -> dict[str, Any]:
    return {status: {"description": "", "content": {"application/json": {"schema": schema}}}}


def paths(item: Any) -> dict[str, Any]:
    body = {"content": {"application/json": {"schema": SURE}}}
    at = {"name": "id", "in": "path", "required": True, "schema": TEXT}
    return {
        "/things": {
            "get": {"responses": answer({"type": "array", "items": item})},
            "post": {"requestBody": body, "responses": {"204": {"description": ""}}},
        },
        "/things/{id}": {"get": {"parameters": [at], "responses": answer(item)}},
    }


def test_an_item_that_cannot_be_made_is_left_out_of_its_list_and_the_journal_says_so(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    client = serve(sandbox(paths=paths(UNFIT)))
    assert client.post("/things", json={"id": "t-1"}).status_code == 204
    assert client.get("/things").json() == []
    (entry,) = client.get("/__admin/sessions/default/journal", params={"limit": 1}).json()["items"]
    assert entry["notes"][0].startswith("/things t-1 is left out of the list: ")


def test_an_item_that_cannot_be_made_is_a_failure_that_names_its_operation(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    client = serve(sandbox(paths=paths(UNFIT)))
    client.post("/things", json={"id": "t-1"})
    failed = client.get("/things/t-1")
    assert failed.status_code == 500
    assert "get /things/{id}" in failed.json()["detail"]


def test_an_answer_about_which_there_is_nothing_to_say_has_no_notes(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    client = serve(sandbox(paths=paths(SURE)))
    client.post("/things", json={"id": "t-1"})
    assert client.get("/things").json()[0]["id"] == "t-1"
    (entry,) = client.get("/__admin/sessions/default/journal", params={"limit": 1}).json()["items"]
    assert entry["notes"] == []
