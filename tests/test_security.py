"""What a contract's security asks for is asked for, wherever the credential stands, and a bad one is never let through."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from understudy.sandbox import Sandbox
from understudy.state.identities import Identities

SCHEMES = {
    "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "query": {"type": "apiKey", "in": "query", "name": "key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "session"},
    "bearer": {"type": "http", "scheme": "Bearer"},
    "basic": {"type": "http", "scheme": "basic"},
    "oauth": {
        "type": "oauth2",
        "flows": {"clientCredentials": {"tokenUrl": "https://a.example/token", "scopes": {"read": ""}}},
    },
    "oidc": {"type": "openIdConnect", "openIdConnectUrl": "https://a.example/oidc"},
}
PLACES: dict[str, dict[str, Any]] = {
    "header": {"headers": {"X-Key": "k"}},
    "query": {"params": {"key": "k"}},
    "cookie": {"headers": {"Cookie": "a=b; session=k"}},
    "bearer": {"headers": {"Authorization": "bearer k"}},
    "basic": {"headers": {"Authorization": "Basic dTpw"}},
    "oauth": {"headers": {"Authorization": "Bearer k"}},
    "oidc": {"headers": {"Authorization": "Bearer k"}},
}


@pytest.fixture
def client(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> Callable[..., httpx.Client]:
    def start(*security: dict[str, list[str]], identities: Identities | None = None) -> httpx.Client:
        operation = {"security": list(security), "responses": {"204": {"description": "ok"}}}
        return serve(
            sandbox(paths={"/a": {"get": operation}}, components={"securitySchemes": SCHEMES}),
            identities=identities,
        )

    return start


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_credential_opens_and_none_is_401(client: Callable[..., httpx.Client], scheme: str) -> None:
    asked = client({scheme: []})
    assert asked.get("/a", **PLACES[scheme]).status_code == 204
    refused = asked.get("/a")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"]
    assert "missing" in refused.json()["detail"]
    assert refused.json()["detail"].endswith("; any is good")


def test_where_not_any_credential_is_good_none_is_said_to_be(client: Callable[..., httpx.Client]) -> None:
    ann = {"name": "ann", "credential": "key-a"}
    refused = client({"header": []}, identities=Identities.of([ann])).get("/a")
    assert refused.json()["detail"] == "a credential is missing: the header X-Key"


@pytest.mark.parametrize(
    "empty",
    [
        {"headers": {"X-Key": ""}},
        {"headers": {"Authorization": "Bearer"}},
        {"headers": {"Authorization": "k"}},
    ],
)
def test_an_empty_credential_is_none(client: Callable[..., httpx.Client], empty: dict[str, Any]) -> None:
    assert client({"header": []}, {"bearer": []}).get("/a", **empty).status_code == 401


def test_one_alternative_is_enough(client: Callable[..., httpx.Client]) -> None:
    asked = client({"header": []}, {"bearer": []})
    assert asked.get("/a", **PLACES["header"]).status_code == 204
    assert asked.get("/a", **PLACES["bearer"]).status_code == 204


def test_schemes_together_are_all_asked_for(client: Callable[..., httpx.Client]) -> None:
    asked = client({"header": [], "query": []})
    assert asked.get("/a", **PLACES["header"]).status_code == 401
    assert asked.get("/a", **PLACES["header"], **PLACES["query"]).status_code == 204


@pytest.mark.parametrize("first", ["header", "bearer"])
def test_a_bad_credential_is_told_before_a_missing_one_in_any_order(
    client: Callable[..., httpx.Client], first: str
) -> None:
    second = "bearer" if first == "header" else "header"
    asked = client({first: []}, {second: []})
    refused = asked.get("/a", headers={"Authorization": "Bearer sandbox-revoked"})
    assert refused.status_code == 401
    assert "missing" not in refused.json()["detail"]


def test_where_anybody_may_call_a_bad_credential_still_may_not(client: Callable[..., httpx.Client]) -> None:
    asked = client({"header": []}, {})
    assert asked.get("/a").status_code == 204
    assert asked.get("/a", headers={"X-Key": "sandbox-revoked"}).status_code == 401


@pytest.mark.parametrize(
    ("credential", "status"), [("sandbox-revoked", 401), ("sandbox-expired", 401), ("sandbox-no-scope", 403)]
)
def test_magic_credentials_provoke_their_answer(
    client: Callable[..., httpx.Client], credential: str, status: int
) -> None:
    asked = client({"oauth": ["read"]})
    assert asked.get("/a", headers={"Authorization": f"Bearer {credential}"}).status_code == status


def test_an_identities_file_names_the_only_good_ones(
    client: Callable[..., httpx.Client], tmp_path: Path
) -> None:
    file = tmp_path / "identities.yaml"
    file.write_text(
        "identities:\n- {name: a, credential: key-a, scopes: [read]}\n- {name: b, credential: key-b, scopes: [write]}\n"
    )
    asked = client({"oauth": ["read"]}, identities=Identities.load(file))
    answers = {
        key: asked.get("/a", headers={"Authorization": f"Bearer {key}"}).status_code
        for key in ("key-a", "key-b", "key-c")
    }
    assert answers == {"key-a": 204, "key-b": 403, "key-c": 401}


def test_basic_credentials_are_checked_as_user_and_password(
    client: Callable[..., httpx.Client], tmp_path: Path
) -> None:
    file = tmp_path / "identities.yaml"
    file.write_text("identities:\n- {name: a, username: ann, password: secret}\n")
    asked = client({"basic": []}, identities=Identities.load(file))
    assert asked.get("/a", auth=("ann", "secret")).status_code == 204
    assert asked.get("/a", auth=("ann", "wrong")).status_code == 401
    assert asked.get("/a", headers={"Authorization": "Basic !!!"}).status_code == 401
