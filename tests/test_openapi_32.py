"""OpenAPI 3.2: the method QUERY, methods of one's own, and a query that is one parameter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from support import write_contract
from understudy.sandbox import Sandbox

Serve = Callable[..., httpx.Client]


def says(word: str) -> dict[str, Any]:
    return {"200": {"description": "ok", "content": {"application/json": {"schema": {"const": word}}}}}


@pytest.fixture
def client(serve: Serve, tmp_path: Path) -> httpx.Client:
    asked = {"content": {"application/json": {"schema": {"type": "object", "required": ["f"]}}}}
    form = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}
    whole = {
        "name": "all",
        "in": "querystring",
        "required": True,
        "content": {"application/x-www-form-urlencoded": {"schema": form}},
    }
    content = {
        "paths": {
            "/q": {
                "query": {"requestBody": {"required": True, **asked}, "responses": says("queried")},
                "additionalOperations": {
                    "COPY": {"responses": says("copied")},
                    "LOCK": {"responses": says("locked"), "security": [{"key": []}]},
                },
            },
            "/whole": {"get": {"parameters": [whole], "responses": says("fine")}},
        },
        "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
    }
    return serve(Sandbox(write_contract(tmp_path / "new.json", "3.2.0", content)))


def test_a_query_is_answered_and_its_body_validated(client: httpx.Client) -> None:
    assert client.request("QUERY", "/q", json={"f": 1}).json() == "queried"
    assert client.request("QUERY", "/q", json={}).status_code == 400


def test_additional_operations_are_served_and_locked(client: httpx.Client) -> None:
    assert client.request("COPY", "/q").json() == "copied"
    assert client.request("LOCK", "/q").status_code == 401
    assert client.request("LOCK", "/q", headers={"X-Key": "k"}).json() == "locked"
    assert client.request("MOVE", "/q").status_code == 405


def test_a_query_that_is_one_parameter_is_validated(client: httpx.Client) -> None:
    assert client.get("/whole?a=1").json() == "fine"
    assert "/a" in client.get("/whole?a=x").text
    assert client.get("/whole").status_code == 400
