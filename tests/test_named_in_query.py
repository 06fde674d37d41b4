"""One of a list, named by the singular of it and by its id in the query or the body: `/projects/project?id=…`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, answer, body, parameter, thing
from understudy.sandbox import Sandbox

FLAG = {"type": "boolean"}
PROJECT = thing({"id": TEXT, "name": TEXT, "locked": FLAG}, "id", "name", "locked")
SHOWN = thing({"project": PROJECT}, "project")
NAMED = parameter("project", place="query")


@pytest.fixture
def client(sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]) -> httpx.Client:
    sent = thing({"name": TEXT, "locked": FLAG}, "name")
    paths: dict[str, Any] = {
        "/projects": {
            "get": {"responses": answer(thing({"projects": {"type": "array", "items": PROJECT}}))},
            "post": {"requestBody": body(sent), "responses": answer(SHOWN)},
        },
        "/projects/project": {
            "get": {"parameters": [NAMED], "responses": answer(SHOWN) | {"404": {"description": ""}}},
            "post": {
                "requestBody": body(thing({"project": TEXT, "name": TEXT}, "project", "name")),
                "responses": answer(SHOWN),
            },
            "delete": {"parameters": [NAMED], "responses": {"204": {"description": ""}}},
        },
        "/projects/project/lock": {
            "post": {"requestBody": body(thing({"project": TEXT}, "project")), "responses": answer(SHOWN)}
        },
    }
    return serve(sandbox(paths=paths))


def test_one_is_read_and_changed_by_the_id_that_is_sent(client: httpx.Client) -> None:
    one, other = (client.post("/projects", json={"name": name}).json()["project"] for name in "ab")
    assert client.get("/projects/project", params={"project": one["id"]}).json()["project"] == one
    changed = client.post("/projects/project", json={"project": one["id"], "name": "c"}).json()["project"]
    assert (changed["id"], changed["name"]) == (one["id"], "c")
    listed = client.get("/projects").json()["projects"]
    assert changed in listed
    assert other in listed


def test_one_that_is_deleted_is_read_no_more(client: httpx.Client) -> None:
    one = client.post("/projects", json={"name": "a"}).json()["project"]
    assert client.delete("/projects/project", params={"project": one["id"]}).status_code == 204
    assert client.get("/projects/project", params={"project": one["id"]}).status_code == 404
    assert one not in client.get("/projects").json()["projects"]


def test_what_is_done_to_one_is_done_to_that(client: httpx.Client) -> None:
    sent = {"name": "a", "locked": False}
    one, other = (client.post("/projects", json=sent).json()["project"] for _ in range(2))
    assert client.post("/projects/project/lock", json={"project": one["id"]}).json()["project"]["locked"]
    for which, is_locked in ((one, True), (other, False)):
        read = client.get("/projects/project", params={"project": which["id"]}).json()["project"]
        assert read["locked"] is is_locked
