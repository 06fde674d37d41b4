"""Paths that are written with a query, `/v1/files?beta=true`, though OpenAPI has it in parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, answer, body, parameter, resource, thing
from understudy.sandbox import Sandbox

FILE = thing({"id": TEXT, "name": TEXT}, "id", "name")
SENT = thing({"name": TEXT}, "name")
Start = Callable[[dict[str, Any]], httpx.Client]


@pytest.fixture
def start(sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]) -> Start:
    return lambda paths: serve(sandbox(paths=paths))


def in_beta(paths: dict[str, Any]) -> dict[str, Any]:
    return {f"{path}?beta=true": methods for path, methods in paths.items()}


def test_things_below_a_path_with_a_query_are_kept(start: Start) -> None:
    client = start(in_beta(resource(FILE, SENT, "/files")))
    made = client.post("/files?beta=true", json={"name": "a"}).json()
    assert client.get(f"/files/{made['id']}?beta=true").json() == made
    assert made in client.get("/files?beta=true").json()
    assert client.delete(f"/files/{made['id']}?beta=true").is_success
    assert made not in client.get("/files?beta=true").json()


def test_the_query_may_be_left_away_where_it_tells_nothing_apart(start: Start) -> None:
    client = start(in_beta(resource(FILE, SENT, "/files")))
    assert client.get("/files").status_code == 200


def test_the_query_tells_one_view_of_a_thing_from_another(start: Start) -> None:
    paths = resource(FILE, SENT, "/files")
    shown = thing({"id": TEXT, "name": TEXT, "colour": TEXT}, "id", "name", "colour")
    paths["/files/{id}?beta=true"] = {"parameters": [parameter("id")], "get": {"responses": answer(shown)}}
    client = start(paths)
    made = client.post("/files", json={"name": "a"}).json()
    assert "colour" not in client.get(f"/files/{made['id']}").json()
    assert "colour" not in client.get(f"/files/{made['id']}?beta=false").json()
    beta = client.get(f"/files/{made['id']}", params={"x": "1", "beta": "true"}).json()
    assert (beta["name"], "colour" in beta) == ("a", True)


def test_queries_that_tell_operations_apart_lead_to_each(start: Start) -> None:
    done = {
        name: {"post": {"requestBody": body(SENT), "responses": answer({"const": name})}} for name in "ab"
    }
    client = start({f"/door?do={name}": methods for name, methods in done.items()})
    for name in "ab":
        assert client.post(f"/door?do={name}", json={"name": "x"}).json() == name
