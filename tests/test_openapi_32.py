"""OpenAPI 3.2: the method QUERY, methods of one's own, and a query that is one parameter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from support import write_contract
from understudy.contracts.findings import quick
from understudy.sandbox import Sandbox

Serve = Callable[..., httpx.Client]
ITEMS = {"type": "array", "minItems": 1, "maxItems": 1, "items": {"const": "i", "xml": {"name": "i"}}}


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
    told = {**whole, "content": {"application/json": {"schema": form}}}
    content = {
        "paths": {
            "/q": {
                "query": {"requestBody": {"required": True, **asked}, "responses": says("queried")},
                "additionalOperations": {
                    "COPY": {"responses": says("copied")},
                    "LOCK": {"responses": says("locked"), "security": [{"key": []}]},
                    "UNLOCK": {
                        "responses": says("open"),
                        "security": [{"#/components/securitySchemes/key": []}],
                    },
                },
            },
            "/whole": {"get": {"parameters": [whole], "responses": says("fine")}},
            "/told": {"get": {"parameters": [told], "responses": says("fine")}},
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
    assert client.request("UNLOCK", "/q").status_code == 401
    assert client.request("UNLOCK", "/q", headers={"X-Key": "k"}).json() == "open"
    assert client.request("MOVE", "/q").status_code == 405


def test_a_query_that_is_one_parameter_is_validated(client: httpx.Client) -> None:
    assert client.get("/whole?a=1").json() == "fine"
    assert "/a" in client.get("/whole?a=x").text
    assert client.get("/whole").status_code == 400
    assert client.get("/told?%7B%22a%22%3A1%7D").json() == "fine"
    assert "/a" in client.get("/told?%7B%22a%22%3A%22x%22%7D").text
    assert client.get("/told?a=1").status_code == 400
    assert client.get("/told").status_code == 400


@pytest.mark.parametrize(
    ("properties", "written"),
    [
        ({"t": {"const": "a", "xml": {"nodeType": "attribute"}}}, '<r t="a" />'),
        ({"t": {"const": "a<", "xml": {"nodeType": "text"}}}, "<r>a&lt;</r>"),
        ({"t": {"const": "a<", "xml": {"nodeType": "cdata"}}}, "<r><![CDATA[a<]]></r>"),
        (
            {
                "t": {"const": 1, "xml": {"nodeType": "text"}},
                "u": {"const": "b", "xml": {"nodeType": "attribute"}},
            },
            '<r u="b">1</r>',
        ),
        (
            {"t": {**ITEMS, "xml": {"nodeType": "element"}}},
            "<r><t><i>i</i></t></r>",
        ),
    ],
)
def test_a_member_is_the_node_that_xml_says(
    serve: Serve, tmp_path: Path, properties: dict[str, Any], written: str
) -> None:
    schema = {"type": "object", "xml": {"name": "r"}, "required": [*properties], "properties": properties}
    content = {"application/xml": {"schema": schema}}
    taken = {"requestBody": {"content": content}, "responses": {"204": {"description": "taken"}}}
    shown = {"responses": {"200": {"description": "ok", "content": content}}}
    document = {"paths": {"/r": {"get": shown}, "/take": {"post": taken}}}
    client = serve(Sandbox(write_contract(tmp_path / "r.json", "3.2.0", document)))
    assert client.get("/r").text == written
    headers = {"Content-Type": "application/xml"}
    assert client.post("/take", content=written.encode(), headers=headers).status_code == 204


def test_a_document_of_webhooks_alone_is_served(serve: Serve, tmp_path: Path) -> None:
    hook = {"post": {"responses": {"200": {"description": "ok"}}}}
    client = serve(Sandbox(write_contract(tmp_path / "w.json", "3.1.0", {"webhooks": {"paid": hook}})))
    assert client.get("/anything").status_code == 404
    assert client.get("/__admin/apis").json()["items"][0]["operations"] == 0
    sent = client.post("/__admin/sessions/default/apis/w/webhooks/paid/send", json={})
    assert sent.status_code == 202


def test_a_certificate_is_let_in_and_said_to_be(serve: Serve, tmp_path: Path) -> None:
    schemes = {"cert": {"type": "mutualTLS"}, "key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
    document = {
        "paths": {
            "/one": {"get": {"security": [{"cert": []}], "responses": says("in")}},
            "/both": {"get": {"security": [{"cert": [], "key": []}], "responses": says("in")}},
        },
        "components": {"securitySchemes": schemes},
    }
    contract = write_contract(tmp_path / "c.json", "3.1.0", document)
    client = serve(Sandbox(contract))
    assert client.get("/one").json() == "in"
    assert client.get("/both").status_code == 401
    assert client.get("/both", headers={"X-Key": "k"}).json() == "in"
    assert any("asks for a certificate" in finding.reason for finding in quick(contract))
