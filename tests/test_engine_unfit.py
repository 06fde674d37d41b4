"""What cannot be made as its contract wants it: shown as near to it as can be, and said in a header and the journal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from understudy.sandbox import Sandbox, Settings

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


def test_an_item_that_cannot_be_made_is_listed_as_near_as_can_be_and_the_journal_says_so(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    client = serve(sandbox(paths=paths(UNFIT)))
    assert client.post("/things", json={"id": "t-1"}).status_code == 204
    listed = client.get("/things")
    assert listed.json() == [{"id": "t-1", "code": "a"}]
    place = (
        "/paths/~1things/get/responses/200/content/application~1json/schema/items/properties/code/minLength"
    )
    assert listed.headers["Sandbox-Contract"] == f"broken at {place}"
    (entry,) = client.get("/__admin/sessions/default/journal", params={"limit": 1}).json()["items"]
    assert len(entry["notes"]) == 1
    assert entry["notes"][0].startswith(f"the contract contradicts itself at {place}: ")


def test_an_item_that_cannot_be_made_is_read_as_near_as_can_be(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    client = serve(sandbox(paths=paths(UNFIT)))
    client.post("/things", json={"id": "t-1"})
    read = client.get("/things/t-1")
    assert read.json() == {"id": "t-1", "code": "a"}
    assert read.headers["Sandbox-Contract"].endswith("/schema/properties/code/minLength")


def test_with_refuse_an_item_that_cannot_be_made_is_a_failure_that_names_its_operation(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    client = serve(sandbox(paths=paths(UNFIT), settings=Settings(refuses_contradictions=True)))
    client.post("/things", json={"id": "t-1"})
    for path, operation in (("/things/t-1", "get /things/{id}"), ("/things", "get /things")):
        failed = client.get(path)
        assert failed.status_code == 500
        assert operation in failed.json()["detail"]


def test_an_answer_about_which_there_is_nothing_to_say_has_no_notes(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    client = serve(sandbox(paths=paths(SURE)))
    client.post("/things", json={"id": "t-1"})
    assert client.get("/things").json()[0]["id"] == "t-1"
    (entry,) = client.get("/__admin/sessions/default/journal", params={"limit": 1}).json()["items"]
    assert entry["notes"] == []
