"""Who calls is known also where a contract forgets to say that an operation asks for a credential."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, body, thing
from understudy.testing import Sandbox

ACCOUNTS = Path(__file__).parent / "contracts" / "accounts"
CREDENTIALS = thing({"email": TEXT, "password": TEXT}, "email", "password")
USER = thing({"id": WHOLE, "email": TEXT}, "id", "email")
POST = thing({"id": WHOLE, "title": TEXT, "author": USER}, "id", "author")
POSTS = {"type": "array", "items": POST}
PATHS = {
    "/register": {"post": {"requestBody": body(CREDENTIALS), "responses": answer(USER, "201")}},
    "/login": {"post": {"requestBody": body(CREDENTIALS), "responses": answer(thing({"token": TEXT}))}},
    "/users/me": {"get": {"responses": answer(USER)}},
    "/posts": {
        "get": {"responses": answer(POSTS)},
        "post": {"requestBody": body(thing({"title": TEXT})), "responses": answer(POST, "201")},
    },
    "/me/posts": {"get": {"responses": answer(POSTS)}},
}
BEARER = {"bearer": {"type": "http", "scheme": "bearer"}}


@pytest.fixture(params=[{}, BEARER], ids=["without schemes", "with a scheme"])
def client(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[httpx.Client]:
    document: dict[str, Any] = {
        "openapi": "3.0.3",
        "info": {"title": "Posts", "version": "1"},
        "paths": PATHS,
    }
    document["components"] = {"securitySchemes": request.param}
    file = tmp_path / "posts.json"
    file.write_text(json.dumps(document))
    with (
        Sandbox(file) as sandbox,
        httpx.Client(transport=sandbox.transport, base_url="http://sandbox") as made,
    ):
        yield made


def entered(client: httpx.Client, name: str) -> str:
    sent = {"email": f"{name}@x.org", "password": "x"}
    client.post("/register", json=sent)
    return f"Bearer {client.post('/login', json=sent).json()['token']}"


def test_a_token_that_came_says_who_calls(client: httpx.Client) -> None:
    ann = {"Authorization": entered(client, "ann")}
    assert client.get("/users/me", headers=ann).json()["email"] == "ann@x.org"
    assert client.get("/users/me").status_code == 200
    assert client.post("/posts", json={"title": "a"}, headers=ann).json()["author"]["email"] == "ann@x.org"


def test_what_is_mine_is_what_its_member_says(client: httpx.Client) -> None:
    ann, bob = ({"Authorization": entered(client, name)} for name in ("ann", "bob"))
    client.post("/posts", json={"title": "a"}, headers=ann)
    client.post("/posts", json={"title": "b"}, headers=bob)
    assert [post["title"] for post in client.get("/me/posts", headers=bob).json()] == ["b"]
    assert len(client.get("/posts").json()) == 2


def test_two_credentials_at_once_are_refused(client: httpx.Client) -> None:
    ann, bob = entered(client, "ann"), entered(client, "bob")
    refused = client.get("/users/me", headers=[("Authorization", ann), ("Authorization", bob)])
    assert refused.status_code == 401
    assert "came twice" in refused.json()["detail"]


def test_who_registers_without_a_documented_answer_is_shown_as_whoever_calls_is() -> None:
    with (
        Sandbox(ACCOUNTS / "quarkus.yaml", unknown_ids="404") as sandbox,
        httpx.Client(transport=sandbox.transport, base_url="http://sandbox") as client,
    ):
        ann = {"email": "ann@x.org", "password": "pw-ann-1", "name": "Ann"}
        made = client.post("/auth/register", json=ann).json()
        token = client.post("/auth/login", json=ann).text
        assert client.get("/users/me", headers={"Authorization": f"Bearer {token}"}).json() == made


def test_what_takes_a_refresh_token_alone_refreshes_whatever_its_path_is() -> None:
    with (
        Sandbox(ACCOUNTS / "micronaut.yaml", unknown_ids="404") as sandbox,
        httpx.Client(transport=sandbox.transport, base_url="http://sandbox") as client,
    ):
        ann = {"username": "ann", "password": "pw-ann-1"}
        assert client.post("/users", json=ann).is_success
        first = client.post("/login", json=ann).json()
        sent = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        again = client.post("/oauth/access_token", data=sent).json()
        assert again["username"] == "ann"
        assert again["access_token"] != first["access_token"]


def test_who_made_an_item_is_said_in_the_words_of_its_system() -> None:
    with (
        Sandbox(ACCOUNTS / "directus.yaml", unknown_ids="404") as sandbox,
        httpx.Client(transport=sandbox.transport, base_url="http://sandbox") as client,
    ):
        ann = {"email": "ann@x.org", "password": "pw-ann-1"}
        user = client.post("/users", json=ann, headers={"Authorization": "Bearer admin"}).json()["data"]
        token = client.post("/auth/login", json=ann).json()["data"]["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        made = client.post("/items/articles", json={"title": "Hello"}, headers=headers).json()
        assert made["data"]["user_created"] == user["id"]


def test_what_there_is_to_know_of_an_account_is_of_whoever_calls() -> None:
    with (
        Sandbox(ACCOUNTS / "identity.yaml", unknown_ids="404") as sandbox,
        httpx.Client(transport=sandbox.transport, base_url="http://sandbox") as client,
    ):
        ann = {"email": "ann@x.org", "password": "pw-ann-1"}
        assert client.post("/register", json=ann).is_success
        headers = {"Authorization": f"Bearer {client.post('/login', json=ann).json()['accessToken']}"}
        assert client.get("/manage/info", headers=headers).json()["email"] == "ann@x.org"
        wrong = {"oldPassword": "wrong", "newPassword": "pw-ann-2"}
        assert client.post("/manage/info", json=wrong, headers=headers).status_code == 400
        moved = {"newEmail": "ann@y.org"}  # for which no password is asked
        assert client.post("/manage/info", json=moved, headers=headers).is_success
        assert client.post("/manage/info", json={"newEmail": "ann@x.org"}, headers=headers).is_success
        right = {**wrong, "oldPassword": "pw-ann-1"}
        assert client.post("/manage/info", json=right, headers=headers).is_success
        assert client.post("/login", json=ann).status_code == 401


def test_a_success_around_an_item_says_nothing_of_an_error() -> None:
    with (
        Sandbox(ACCOUNTS / "gin.yaml", unknown_ids="404") as sandbox,
        httpx.Client(transport=sandbox.transport, base_url="http://sandbox") as client,
    ):
        ann = {"email": "ann@x.org", "password": "pw-ann-1", "username": "ann"}
        made = client.post("/api/v1/signup", json=ann).json()
        assert made["success"] is True
        assert made["data"]["username"] == "ann"
        assert not made.get("error")
