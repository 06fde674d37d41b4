"""Authorization endpoints: a browser is asked, sent back with a code, and the code gets the token of who was asked."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from inline import TEXT, answer, body, parameter, ref, thing
from understudy.testing import Sandbox

BACK = "http://localhost:3000/callback"
ELSEWHERE = "https://login.example.com/oauth/authorize"
USER = thing({"id": TEXT, "username": TEXT, "name": TEXT}, "id", "username")
SHOWN = answer(ref("User"))
NOBODY = {"401": {"description": ""}}
PATHS = {
    "/users": {
        "get": {"responses": answer({"type": "array", "items": ref("User")}), "security": []},
        "post": {
            "security": [],
            "requestBody": body(thing({"username": TEXT, "name": TEXT}, "username")),
            "responses": answer(ref("User"), "201"),
        },
    },
    "/users/{id}": {"parameters": [parameter("id")], "get": {"responses": SHOWN}},
    "/me": {"get": {"responses": {**SHOWN, **NOBODY}}},
    "/things": {
        "get": {"responses": answer({"type": "array", "items": TEXT})},
        "post": {"security": [{"oauth": ["write"]}], "responses": {"204": {"description": ""}}},
    },
}


@contextmanager
def served(
    folder: Path, scheme: dict[str, Any], paths: dict[str, Any] = PATHS, **options: Any
) -> Iterator[httpx.Client]:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Club <b>", "version": "1"},
        "security": [{"oauth": []}],
        "paths": paths,
        "components": {"schemas": {"User": USER}, "securitySchemes": {"oauth": scheme}},
    }
    file = folder / "club.json"
    file.write_text(json.dumps(document))
    with (
        Sandbox(file, **options) as sandbox,
        httpx.Client(transport=sandbox.transport, base_url="http://sandbox") as client,
    ):
        yield client


def oauth2(**flows: Any) -> dict[str, Any]:
    scopes = {"scopes": {"read": "", "write": ""}}
    return {"type": "oauth2", "flows": {name: {**flow, **scopes} for name, flow in flows.items()}}


CODE = oauth2(
    authorizationCode={"authorizationUrl": ELSEWHERE, "tokenUrl": "https://login.example.com/oauth/token"}
)
IMPLICIT = oauth2(implicit={"authorizationUrl": "/login/oauth"})
DISCOVERED = {
    "type": "openIdConnect",
    "openIdConnectUrl": "https://id.example.com/.well-known/openid-configuration",
}
ASK = {"response_type": "code", "client_id": "shop", "redirect_uri": BACK, "state": "s1"}


def told(response: httpx.Response) -> dict[str, str]:
    """Return what a browser is sent back with."""
    assert response.status_code == 302, response.text
    parts = urlsplit(response.headers["location"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == BACK
    return {name: values[0] for name, values in parse_qs(parts.query or parts.fragment).items()}


def allowed(client: httpx.Client, **asked: str) -> dict[str, str]:
    return told(client.get("/oauth/authorize", params={**ASK, "decision": "allow", **asked}))


def redeem(client: httpx.Client, code: str, **sent: str) -> httpx.Response:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": "shop",
        "redirect_uri": BACK,
        **sent,
    }
    return client.post("/oauth/token", data=form)


def test_a_page_asks_and_the_code_gets_the_token_of_who_was_asked(tmp_path: Path) -> None:
    with served(tmp_path, CODE) as client:
        client.post("/users", json={"username": "ann", "name": "Ann"})
        page = client.get("/oauth/authorize", params={**ASK, "client_id": "<script>"})
        assert page.status_code == 200
        assert "&lt;script&gt;" in page.text
        assert "<script>" not in page.text
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        back = allowed(client, login="ann")
        assert back["state"] == "s1"
        token = redeem(client, back["code"]).json()["access_token"]
        assert client.get("/me", headers={"Authorization": f"Bearer {token}"}).json()["username"] == "ann"
        assert client.get("/me").status_code == 401


def test_who_says_no_is_no_caller(tmp_path: Path) -> None:
    with served(tmp_path, CODE) as client:
        back = told(client.get("/oauth/authorize", params={**ASK, "decision": "deny"}))
        assert back["error"] == "access_denied"
        assert back["state"] == "s1"


def test_a_client_that_wants_no_page_is_answered_at_once(tmp_path: Path) -> None:
    with served(tmp_path, CODE) as client:
        assert "code" in told(client.get("/oauth/authorize", params={**ASK, "prompt": "none"}))


@pytest.mark.parametrize("method", ["S256", "plain", ""])
def test_the_verifier_is_the_one_of_the_challenge(tmp_path: Path, method: str) -> None:
    verifier = "a-verifier-of-forty-three-characters-or-more-0"
    challenge = verifier
    if method == "S256":
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = {"code_challenge": challenge, **({"code_challenge_method": method} if method else {})}
    with served(tmp_path, CODE) as client:
        code = allowed(client, **asked)["code"]
        assert redeem(client, code).json()["error"] == "invalid_grant"
        wrong = redeem(client, code, code_verifier=verifier + "1")
        assert wrong.json()["error"] == "invalid_grant"
        assert redeem(client, code, code_verifier=verifier).status_code == 200


def test_a_code_is_good_once_for_its_own_address_and_ten_minutes(tmp_path: Path) -> None:
    with served(tmp_path, CODE) as client:
        code = allowed(client)["code"]
        elsewhere = redeem(client, code, redirect_uri="http://localhost:3000/other").json()
        assert (elsewhere["error"], BACK in elsewhere["error_description"]) == ("invalid_grant", True)
        assert redeem(client, code).status_code == 200
        assert "used already" in redeem(client, code).json()["error_description"]
        late = allowed(client)["code"]
        assert late != code
        client.post("/__admin/sessions/default/clock/advance", json={"seconds": 601})
        assert "expired" in redeem(client, late).json()["error_description"]


def test_a_code_that_no_sandbox_made_is_as_good_as_any_credential(tmp_path: Path) -> None:
    with served(tmp_path, CODE) as client:
        assert redeem(client, "whatever").status_code == 200
    with served(tmp_path, CODE, credentials="issued") as client:
        assert redeem(client, "whatever").json()["error"] == "invalid_grant"
        assert redeem(client, allowed(client)["code"]).status_code == 200


def test_the_token_has_the_scopes_that_were_asked_for(tmp_path: Path) -> None:
    with served(tmp_path, CODE) as client:
        tokens = {}
        for scope in ("read", "write", ""):
            code = allowed(client, **({"scope": scope} if scope else {}))["code"]
            tokens[scope] = redeem(client, code).json()["access_token"]
        statuses = {}
        for scope, token in tokens.items():
            statuses[scope] = client.post("/things", headers={"Authorization": f"Bearer {token}"}).status_code
        assert statuses == {"read": 403, "write": 204, "": 204}


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": ""}, "unsupported_response_type"),
        ({"scope": "read admin"}, "invalid_scope"),
        ({"code_challenge_method": "S512"}, "invalid_request"),
    ],
)
def test_a_client_is_told_what_it_asked_wrongly(tmp_path: Path, asked: dict[str, str], error: str) -> None:
    with served(tmp_path, CODE) as client:
        back = told(client.get("/oauth/authorize", params={**ASK, **asked}))
        assert (back["error"], back["state"]) == (error, "s1")
        assert back["error_description"]


@pytest.mark.parametrize(
    "uri",
    ["", "/callback", "javascript:alert(1)", "data:text/html,x", f"{BACK}#x", "http://[", "http://a/\n"],
)
def test_a_browser_is_sent_nowhere_it_cannot_go(tmp_path: Path, uri: str) -> None:
    with served(tmp_path, CODE) as client:
        refused = client.get("/oauth/authorize", params={**ASK, "redirect_uri": uri, "decision": "allow"})
        assert refused.status_code == 400
        assert "redirect_uri" in refused.json()["detail"]


def test_an_application_is_sent_back_to_by_its_own_scheme_and_query(tmp_path: Path) -> None:
    with served(tmp_path, CODE) as client:
        asked = {**ASK, "decision": "allow", "redirect_uri": "com.example.app:/back?tab=1"}
        location = client.get("/oauth/authorize", params=asked).headers["location"]
        assert location.startswith("com.example.app:/back?tab=1&code=usc_")


def test_the_implicit_flow_sends_back_with_a_token(tmp_path: Path) -> None:
    with served(tmp_path, IMPLICIT) as client:
        asked = {**ASK, "response_type": "token", "decision": "allow", "scope": "read"}
        answers = [told(client.get("/login/oauth", params=asked)) for _ in range(2)]
        assert answers[0]["access_token"] != answers[1]["access_token"]
        back = answers[0]
        assert (back["token_type"], back["expires_in"], back["state"]) == ("Bearer", "3600", "s1")
        authorization = {"Authorization": f"Bearer {back['access_token']}"}
        assert client.get("/things", headers=authorization).status_code == 200
        assert client.post("/things", headers=authorization).status_code == 403


def test_discovery_leads_to_the_endpoints_of_the_sandbox(tmp_path: Path) -> None:
    with served(tmp_path, DISCOVERED) as client:
        stated = client.get("/openapi.json").json()["components"]["securitySchemes"]["oauth"]
        document = client.get(stated["openIdConnectUrl"]).json()
        assert document["issuer"] == "http://sandbox"
        assert client.get(document["jwks_uri"]).json() == {"keys": []}
        asked = {**ASK, "scope": "openid profile", "decision": "allow"}
        code = told(client.get(document["authorization_endpoint"], params=asked))["code"]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
        token = client.post(document["token_endpoint"], data=form).json()["access_token"]
        assert client.get("/things", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_an_operation_of_the_contract_at_that_path_wins(tmp_path: Path) -> None:
    own = {"/oauth/authorize": {"get": {"security": [], "responses": answer(thing({"own": TEXT}, "own"))}}}
    with served(tmp_path, CODE, {**PATHS, **own}) as client:
        assert "own" in client.get("/oauth/authorize").json()


def test_only_who_is_listed_can_be_chosen(tmp_path: Path) -> None:
    people = tmp_path / "people.yaml"
    people.write_text(
        "identities:\n"
        "- {name: Ann, credential: key-ann, scopes: [read]}\n"
        "- {name: Bob, credential: key-bob, state: revoked}\n"
    )
    with served(tmp_path, CODE, identities=people) as client:
        page = client.get("/oauth/authorize", params={**ASK, "login_hint": "Bob"}).text
        assert "<option>Ann</option><option selected>Bob</option>" in page
        code = allowed(client, login="Ann", scope="read write")["code"]
        token = redeem(client, code).json()["access_token"]
        authorization = {"Authorization": f"Bearer {token}"}
        assert client.get("/things", headers=authorization).status_code == 200
        assert client.post("/things", headers=authorization).status_code == 403
        for login, why in (("Bob", "revoked"), ("Eve", "nobody called 'Eve'")):
            back = allowed(client, login=login)
            assert (back["error"], why in back["error_description"]) == ("access_denied", True)


def test_a_snapshot_keeps_what_was_granted(tmp_path: Path) -> None:
    with served(tmp_path, CODE) as client:
        code = allowed(client, login="ann")["code"]
        kept = client.get("/__admin/sessions/default/snapshot").json()
        client.post("/__admin/sessions/default/reset")
        assert redeem(client, code).json()["error"] == "invalid_grant"
        restored = client.put("/__admin/sessions/default/snapshot", json=kept)
        assert restored.is_success, restored.text
        assert redeem(client, code).status_code == 200


def test_a_session_of_a_path_has_endpoints_of_its_own(tmp_path: Path) -> None:
    with served(tmp_path, CODE) as client:
        stated = client.get("/~one/openapi.json").json()["components"]["securitySchemes"]["oauth"]
        flow = stated["flows"]["authorizationCode"]
        assert flow["authorizationUrl"] == "http://sandbox/~one/oauth/authorize"
        back = told(client.get(flow["authorizationUrl"], params={**ASK, "decision": "allow"}))
        assert redeem(client, back["code"]).json()["error"] == "invalid_grant"  # of the other session
        form = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": BACK}
        assert client.post(flow["tokenUrl"], data=form).status_code == 200


def test_the_documentation_has_a_box_for_the_credential(
    tmp_path: Path, serve: Callable[..., httpx.Client]
) -> None:
    key = {"type": "apiKey", "in": "header", "name": "X-</script><script>"}
    with served(tmp_path, key) as client:
        page = client.get("/docs")
        assert 'id="credential" value="sandbox"' in page.text
        assert "X-</script>" not in page.text
        assert client.get("/docs/oauth2-redirect.html").headers["content-type"] == "text/html; charset=utf-8"
        assert 'rel="icon"' in client.get("/", headers={"Accept": "text/html"}).text
    with served(tmp_path, key, credentials="issued") as client:
        assert 'id="credential" value=""' in client.get("/docs").text
    assert 'id="credential" value=""' in serve("togai").get("/__admin/docs").text
