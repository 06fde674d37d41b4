"""OpenAPI 3.2: the method QUERY, methods of one's own, and a query that is one parameter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from support import write_contract
from understudy.contracts.findings import quick
from understudy.sandbox import Sandbox, Settings

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


@pytest.fixture
def pets(serve: Serve, tmp_path: Path) -> httpx.Client:
    pet = {
        "type": "object",
        "required": ["kind"],
        "properties": {
            "id": {"type": "string", "readOnly": True},
            "kind": {"type": "string", "enum": ["cat", "dog", "hen", "cow", "bee"]},
        },
    }
    asked = {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"type": "string"}, "limit": {"type": "integer", "maximum": 5}},
    }
    one = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}
    many = {"application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}}}}
    form = {"application/x-www-form-urlencoded": {"schema": asked}}
    content = {
        "paths": {
            "/pets": {
                "get": {
                    "parameters": [{"name": "filter", "in": "querystring", "content": form}],
                    "responses": {"200": {"description": "some", "content": many}},
                },
                "post": {"requestBody": one, "responses": {"201": {"description": "made", **one}}},
            },
            "/pets/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "get": {"responses": {"200": {"description": "one", **one}}},
                "additionalOperations": {"COPY": {"responses": {"201": {"description": "copied", **one}}}},
            },
        },
        "components": {"schemas": {"Pet": pet}},
    }
    contract = write_contract(tmp_path / "pets.json", "3.2.0", content)
    return serve(Sandbox(contract, settings=Settings(populate=2)))


def test_a_query_that_is_one_form_has_filters_and_pages_whatever_it_is_called(pets: httpx.Client) -> None:
    for kind in ("cat", "dog", "hen"):  # which nobody created
        found = pets.get("/pets", params={"kind": kind, "limit": 2}).json()
        assert 0 < len(found) <= 2
        assert {pet["kind"] for pet in found} == {kind}
    made = [pets.post("/pets", json={"kind": kind}).json() for kind in ("cow", "bee", "cow")]
    cows = pets.get("/pets", params={"kind": "cow"}).json()
    assert [pet for pet in cows if pet in made] in ([made[0], made[2]], [made[2], made[0]])
    assert made[1] not in cows


def test_a_method_of_ones_own_does_to_an_item_what_it_says(pets: httpx.Client) -> None:
    pet = pets.post("/pets", json={"kind": "hen"}).json()
    copy = pets.request("COPY", f"/pets/{pet['id']}")
    assert copy.status_code == 201
    assert copy.json()["id"] != pet["id"]
    assert pets.get(copy.headers["Location"]).json() == copy.json() == {**pet, "id": copy.json()["id"]}
