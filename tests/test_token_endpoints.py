"""Token endpoints: what stands at a flow's tokenUrl answers as RFC 6749 says, also where its contract does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from understudy.testing import Sandbox

THINGS = {
    "/things": {
        "get": {
            "responses": {
                "200": {"description": "", "content": {"application/json": {"schema": {"type": "array"}}}}
            }
        }
    }
}
BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
SILENT = {"post": {"responses": {"200": {"description": "OK"}}}}


@contextmanager
def served(
    folder: Path, url: str, flow: str, paths: dict[str, Any], **options: Any
) -> Iterator[httpx.Client]:
    flows = {flow: {"tokenUrl": url, "scopes": {}}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Tokens", "version": "1"},
        "security": [{"oauth": []}],
        "paths": paths,
        "components": {"securitySchemes": {"oauth": {"type": "oauth2", "flows": flows}, "bearer": BEARER}},
    }
    file = folder / "tokens.json"
    file.write_text(json.dumps(document))
    with (
        Sandbox(file, **options) as sandbox,
        httpx.Client(transport=sandbox.transport, base_url="http://sandbox") as client,
    ):
        yield client


@pytest.mark.parametrize("bodies", ["", "none"])
def test_an_endpoint_that_says_nothing_hands_out_a_token(tmp_path: Path, bodies: str) -> None:
    options = {"undocumented_bodies": bodies} if bodies else {}
    paths = {**THINGS, "/connect/token": SILENT}
    url = "https://host.example/connect/token"
    with served(tmp_path, url, "clientCredentials", paths, **options) as client:
        sent = {"grant_type": "client_credentials", "client_id": "a", "client_secret": "b"}
        answer = client.post("/connect/token", data=sent)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        token = answer.json()
        assert (token["token_type"], token["expires_in"]) == ("Bearer", 3600)
        authorization = {"Authorization": f"{token['token_type']} {token['access_token']}"}
        assert client.get("/things", headers=authorization).status_code == 200
        assert client.get("/things").status_code == 401


def test_a_token_is_answered_as_the_kind_of_json_that_is_documented(tmp_path: Path) -> None:
    kind = "application/vnd.things.v1+json"
    silent = {"post": {"responses": {"201": {"description": "OK", "content": {kind: {}}}}}}
    with served(tmp_path, "/token", "password", {**THINGS, "/token": silent}) as client:
        answer = client.post("/token", data={"grant_type": "password", "username": "ann", "password": "x"})
        assert answer.headers["content-type"] == kind
        assert answer.json()["access_token"]


def test_a_relative_url_that_no_path_documents_is_served(tmp_path: Path) -> None:
    with served(tmp_path, "token", "password", THINGS) as client:
        sent = {"grant_type": "password", "username": "ann", "password": "x"}
        token = client.post("/token", data=sent).json()
        again = {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]}
        assert client.post("/token", data=again).json()["access_token"] != token["access_token"]
        assert client.get("/openapi.json").status_code == 200


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"grant_type": "nonsense"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "ust_0"}, "invalid_grant"),
    ],
)
def test_a_grant_that_cannot_be_made_is_told_as_the_standard_has_it(
    tmp_path: Path, sent: dict[str, str], code: str
) -> None:
    paths = {**THINGS, "/connect/token": SILENT}
    with served(tmp_path, "https://host.example/connect/token", "clientCredentials", paths) as client:
        answer = client.post("/connect/token", data=sent)
        assert answer.status_code == 400
        assert answer.json().keys() == {"error", "error_description"}
        assert answer.json()["error"] == code


def test_a_login_that_states_no_answer_hands_out_a_token_too(tmp_path: Path) -> None:
    credentials = {
        "type": "object",
        "properties": {"email": {"type": "string"}, "password": {"type": "string"}},
    }
    login = {
        "post": {**SILENT["post"], "requestBody": {"content": {"application/json": {"schema": credentials}}}}
    }
    with served(tmp_path, "https://host.example/token", "password", {**THINGS, "/login": login}) as client:
        assert "access_token" in client.post("/login", json={"email": "ann@x.org", "password": "x"}).json()


def test_a_url_of_another_host_that_no_path_documents_is_served_at_its_path(tmp_path: Path) -> None:
    url = "https://login.example/tenant/oauth2/token"
    with served(tmp_path, url, "clientCredentials", THINGS, credentials="issued") as client:
        document = client.get("/openapi.json").json()
        flows = document["components"]["securitySchemes"]["oauth"]["flows"]
        assert flows["clientCredentials"]["tokenUrl"] == "http://sandbox/tenant/oauth2/token"
        assert "post" in document["paths"]["/tenant/oauth2/token"]
        token = client.post("/tenant/oauth2/token", data={"grant_type": "client_credentials"}).json()
        key = {"Authorization": f"Bearer {token['access_token']}"}
        assert client.get("/things", headers=key).status_code == 200
        assert client.get("/things", headers={"Authorization": "Bearer x"}).status_code == 401
        refused = client.post("/tenant/oauth2/token", json={"grant_type": "nonsense"})
        assert (refused.status_code, refused.json()["error"]) == (400, "unsupported_grant_type")


def test_a_path_of_the_contract_is_not_hidden_by_a_token_endpoint(tmp_path: Path) -> None:
    own = {"/{owner}/{repo}": {**SILENT, "parameters": []}}
    with served(tmp_path, "https://login.example/oauth/token", "password", own) as client:
        assert "/oauth/token" not in client.get("/openapi.json").json()["paths"]


def test_who_gets_tokens_elsewhere_may_come_with_one_of_there(tmp_path: Path) -> None:
    foreign = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"
    things = {"/things": {"get": {**THINGS["/things"]["get"], "security": [{"bearer": []}]}}}
    with served(tmp_path, "https://login.example/oauth/token", "authorizationCode", things) as client:
        assert client.get("/things", headers={"Authorization": f"Bearer {foreign}"}).status_code == 200


def test_what_an_endpoint_says_of_errors_is_its_own(tmp_path: Path) -> None:
    taken = {"content": {"application/json": {"schema": {"type": "object"}}}}
    add = {"requestBody": taken, "responses": {"201": {"description": ""}}}
    with served(tmp_path, "https://host.example/token", "password", {"/things": {"post": add}}) as client:
        headers = {"Authorization": "Bearer a"}
        refused = client.post("/things", json=[], headers=headers)
        assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json")
        assert client.post("/things", content=b"x", headers=headers).status_code == 415


def test_a_device_is_given_a_code_where_no_path_documents_it(tmp_path: Path) -> None:
    flows = {
        "deviceAuthorization": {
            "deviceAuthorizationUrl": "https://host.example/oauth/device",
            "tokenUrl": "https://host.example/oauth/token",
            "scopes": {},
        }
    }
    document = {
        "openapi": "3.2.0",
        "info": {"title": "Devices", "version": "1"},
        "security": [{"oauth": []}],
        "paths": THINGS,
        "components": {"securitySchemes": {"oauth": {"type": "oauth2", "flows": flows}}},
    }
    file = tmp_path / "devices.json"
    file.write_text(json.dumps(document))
    with (
        Sandbox(file) as sandbox,
        httpx.Client(transport=sandbox.transport, base_url="http://sandbox") as client,
    ):
        told = client.post("/oauth/device", data={"client_id": "tv"}).json()
        assert told.keys() == {"device_code", "user_code", "verification_uri", "expires_in", "interval"}
        grant = "urn:ietf:params:oauth:grant-type:device_code"
        sent = {"grant_type": grant, "device_code": told["device_code"], "client_id": "tv"}
        token = client.post("/oauth/token", data=sent).json()["access_token"]
        assert client.get("/things", headers={"Authorization": f"Bearer {token}"}).status_code == 200
