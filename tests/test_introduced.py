"""Somebody logs in by what another system says of them, or by a token of their own; answers show whose it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest

from inline import TEXT, WHOLE, answer, body, contract_of, made, many, ref, thing
from understudy.sandbox import Sandbox, Settings

MAIL = {"type": "string", "format": "email"}
USER = thing({"id": WHOLE, "email": MAIL, "name": TEXT, "role": TEXT}, "id", "email")
CLAIMS = thing({"sub": TEXT, "email": MAIL, "iat": WHOLE, "exp": WHOLE}, "sub", "email", "iat", "exp")
LOCAL = {"strategy": TEXT, "email": MAIL, "password": TEXT, "accessToken": TEXT}
OUT = thing(
    {"accessToken": TEXT, "user": ref("User"), "payload": ref("Claims")}, "accessToken", "user", "payload"
)
LOCK: dict[str, Any] = {"security": [{"token": []}]}
GIFT = {"sub": "1", "email": "gina@example.org", "name": "Gina"}
SECRET = {"email": "ann@example.org", "password": "a good one"}


def lets_in(**sent: Any) -> dict[str, Any]:
    return {"requestBody": body(thing(sent)), "responses": answer(ref("Out"), "201")}


@pytest.fixture
def client(serve: Callable[..., httpx.Client]) -> httpx.Client:
    gone = {"401": {"description": ""}}
    paths = {
        "/users": {"get": many("User"), "post": made("User", email=MAIL, password=TEXT)},
        "/users/me": {"get": {**LOCK, "responses": answer(ref("User")) | gone}},
        "/authentication": {"post": lets_in(**LOCAL), "delete": {**LOCK, "responses": answer(ref("Out"))}},
        "/auth/google": {"post": lets_in(idToken=TEXT)},
        "/auth/session": {"get": {**LOCK, "responses": answer(ref("Claims")) | gone}},
    }
    contract = contract_of(paths, User=USER, Claims=CLAIMS, Out=OUT)
    contract.document.root.value["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }
    return serve(Sandbox(contract, None, Settings(populate=2)))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def log_in(client: httpx.Client, path: str = "/authentication", **sent: str) -> dict[str, Any]:
    response = client.post(path, json=sent)
    assert response.status_code == 201, response.text
    found: dict[str, Any] = response.json()
    return found


def registered(client: httpx.Client) -> dict[str, Any]:
    assert client.post("/users", json=SECRET).status_code == 201
    return log_in(client, strategy="local", **SECRET)


def test_a_token_that_was_issued_lets_its_user_in_again(client: httpx.Client) -> None:
    first = registered(client)
    again = log_in(client, strategy="jwt", accessToken=first["accessToken"])
    assert again["user"] == first["user"]


def test_who_another_system_knows_is_a_user_by_its_claims(client: httpx.Client) -> None:
    token = jwt.encode(GIFT, "of the other system, and long enough", algorithm="HS256")
    users = [log_in(client, "/auth/google", idToken=token)["user"] for _ in range(2)]
    assert users[0] == users[1]
    assert users[0].items() >= {"email": "gina@example.org", "name": "Gina"}.items()
    other = log_in(client, "/auth/google", idToken="of somebody else")
    assert other["user"]["id"] != users[0]["id"]
    me = client.get("/users/me", headers=bearer(other["accessToken"])).json()
    assert me == other["user"]


def test_an_answer_that_shows_claims_shows_those_of_the_token(client: httpx.Client) -> None:
    entered = registered(client)
    said = jwt.decode(entered["accessToken"], options={"verify_signature": False})
    shown = client.get("/auth/session", headers=bearer(entered["accessToken"])).json()
    for claims in (entered["payload"], shown):
        assert claims == {
            "sub": said["sub"],
            "email": SECRET["email"],
            "iat": said["iat"],
            "exp": said["exp"],
        }
    assert said["email"] == SECRET["email"]


def test_a_logout_answers_who_it_was(client: httpx.Client) -> None:
    entered = registered(client)
    left = client.delete("/authentication", headers=bearer(entered["accessToken"]))
    assert left.json()["user"] == entered["user"]
    assert client.get("/users/me", headers=bearer(entered["accessToken"])).status_code == 401
