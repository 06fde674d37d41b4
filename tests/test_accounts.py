"""Somebody is logged in: register, log in, who am I and log out, over contracts as sixteen frameworks write them."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from understudy.testing import Sandbox

CONTRACTS = Path(__file__).parent / "contracts" / "accounts"
PASSWORD = "pw-ann-1"
MAIL = {"email": "ann@x.org", "password": PASSWORD}
NAME = {"username": "ann", "password": PASSWORD}


@dataclass(frozen=True)
class Form:
    """How one framework's contract is walked.

    token: where in the login's answer the token stands. shown: what `me` shows of Ann, `within` a wrapper. word: goes before a
    token. taken, refused: the statuses of a name that is taken and of a wrong password.
    """

    register: tuple[str, dict[str, Any]]
    login: tuple[str, Any]
    token: str
    me: str = ""
    shown: dict[str, str] = field(default_factory=dict)
    within: str = ""
    word: str = "Bearer"
    taken: int = 409
    refused: int = 401
    logout: tuple[str, str] = ("", "")


FORMS = {
    "nest": Form(
        ("/auth/register", {**MAIL, "name": "Ann"}),
        ("/auth/login", MAIL),
        "access_token",
        "/auth/profile",
        {"email": "ann@x.org", "name": "Ann"},
        logout=("POST", "/auth/logout"),
    ),
    "pascal": Form(
        ("/auth/register", {"Email": "ann@x.org", "Password": PASSWORD, "Name": "Ann"}),
        ("/auth/login", {"Email": "ann@x.org", "Password": PASSWORD}),
        "access_token",
        "/auth/profile",
        {"email": "ann@x.org", "name": "Ann"},
        logout=("POST", "/auth/logout"),
    ),
    "realworld": Form(
        ("/users", {"user": {**MAIL, "username": "ann"}}),
        ("/users/login", {"user": MAIL}),
        "user.token",
        "/user",
        {"email": "ann@x.org", "username": "ann"},
        "user",
        word="Token",
        taken=422,
    ),
    "simplejwt": Form(
        ("/api/users/", {**NAME, "email": "ann@x.org"}),
        ("/api/token/", NAME),
        "access",
        "/api/users/me/",
        {"email": "ann@x.org", "username": "ann"},
    ),
    "djrest": Form(
        ("/auth/registration/", {"username": "ann", "password1": PASSWORD, "password2": PASSWORD}),
        ("/auth/login/", NAME),
        "key",
        "/auth/user/",
        {"username": "ann"},
        word="Token",
        taken=400,
        refused=400,
        logout=("POST", "/auth/logout/"),
    ),
    "strapi": Form(
        ("/auth/local/register", {**NAME, "email": "ann@x.org"}),
        ("/auth/local", {"identifier": "ann@x.org", "password": PASSWORD}),
        "jwt",
        "/users/me",
        {"email": "ann@x.org", "username": "ann"},
    ),
    "spring": Form(
        ("/api/auth/signup", {**NAME, "email": "ann@x.org"}),
        ("/api/auth/signin", NAME),
        "token",
        "/api/auth/me",
        {"email": "ann@x.org", "username": "ann"},
        taken=400,
    ),
    "express": Form(
        ("/auth/register", {**MAIL, "name": "Ann"}),
        ("/auth/login", MAIL),
        "tokens.access.token",
        taken=400,
    ),
    "laravel": Form(
        ("/api/register", {**MAIL, "name": "Ann", "password_confirmation": PASSWORD}),
        ("/api/login", MAIL),
        "data.token",
        "/api/user",
        {"email": "ann@x.org", "name": "Ann"},
        "data",
        taken=422,
        logout=("POST", "/api/logout"),
    ),
    "aspnet": Form(("/register", MAIL), ("/login", MAIL), "accessToken", taken=400),
    "cookie": Form(
        ("/signup", NAME), ("/login", NAME), "", "/me", {"username": "ann"}, logout=("POST", "/logout")
    ),
    "devise": Form(
        ("/users", {"user": {**MAIL, "password_confirmation": PASSWORD}}),
        ("/users/sign_in", {"user": MAIL}),
        "token",
        "/me",
        {"email": "ann@x.org"},
        "user",
        taken=422,
        logout=("DELETE", "/users/sign_out"),
    ),
    "swaggo": Form(("/auth/sign-up", {**NAME, "name": "Ann"}), ("/auth/sign-in", NAME), "."),
    "fastapi": Form(
        ("/api/v1/users/signup", {**MAIL, "full_name": "Ann"}),
        ("/api/v1/login/access-token", "username=ann%40x.org&password=pw-ann-1"),
        "access_token",
        "/api/v1/users/me",
        {"email": "ann@x.org", "full_name": "Ann"},
    ),
    "micronaut": Form(
        ("/users", NAME),
        ("/login", NAME),
        "access_token",
        "/user",
        {"username": "ann"},
        taken=400,
        logout=("POST", "/logout"),
    ),
    "symfony": Form(
        ("/api/register", {"email": "ann@x.org", "plainPassword": PASSWORD}),
        ("/api/login_check", {"username": "ann@x.org", "password": PASSWORD}),
        "token",
        "/api/me",
        {"email": "ann@x.org"},
        taken=422,
    ),
    "tsoa": Form(
        ("/v1/auth/sign-up", {**MAIL, "username": "ann"}),
        ("/v1/auth/sign-in", {"login": "ann", "password": PASSWORD}),
        "authToken",
        "/v1/users/current",
        {"username": "ann", "email": "ann@x.org"},
        logout=("DELETE", "/v1/auth/sign-out"),
    ),
}
WITH_ME = [name for name, form in FORMS.items() if form.me and form.token]


@contextmanager
def served(name: str, **options: Any) -> Iterator[tuple[Sandbox, httpx.Client]]:
    with (
        Sandbox(CONTRACTS / f"{name}.yaml", **options) as sandbox,
        httpx.Client(transport=sandbox.transport, base_url="http://sandbox") as client,
    ):
        yield sandbox, client


def post(client: httpx.Client, path: str, body: Any) -> httpx.Response:
    if isinstance(body, str):
        return client.post(path, content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    return client.post(path, json=body)


def at(body: Any, path: str) -> Any:
    for step in filter(None, path.split(".")):
        body = body[step]
    return body


def changed(body: Any, before: str, after: str) -> Any:
    if isinstance(body, str):
        return body.replace(before, after)
    return json.loads(json.dumps(body).replace(before, after))


def logged_in(client: httpx.Client, form: Form, body: Any = None) -> dict[str, str]:
    """Log in and return the header that says so."""
    answer = post(client, form.login[0], body or form.login[1])
    assert answer.status_code in (200, 201), answer.text
    if not form.token:
        return {}
    return {"Authorization": f"{form.word} {at(answer.json(), form.token)}"}


@pytest.mark.parametrize("name", FORMS)
def test_a_name_is_registered_once_and_its_password_is_checked(name: str) -> None:
    form = FORMS[name]
    with served(name) as (sandbox, client):
        registered = post(client, *form.register)
        assert registered.status_code in (200, 201)
        assert post(client, *form.register).status_code == form.taken
        assert (
            post(client, form.login[0], changed(form.login[1], PASSWORD, "wrong")).status_code == form.refused
        )
        first = post(client, *form.login)
        assert PASSWORD not in registered.text + first.text + json.dumps(sandbox.snapshot())
        if form.token:
            assert at(first.json(), form.token) != at(post(client, *form.login).json(), form.token)


@pytest.mark.parametrize("name", FORMS)
def test_a_user_whom_nobody_registered_is_made_unless_unknown_ids_are_404(name: str) -> None:
    form = FORMS[name]
    with served(name) as (_, client):
        assert post(client, *form.login).status_code in (200, 201)
    with served(name, unknown_ids="404") as (_, client):
        assert post(client, *form.login).status_code == form.refused


@pytest.mark.parametrize("name", [name for name, form in FORMS.items() if form.me])
def test_me_is_whose_token_came(name: str) -> None:
    form = FORMS[name]
    with served(name) as (_, client):
        post(client, *form.register)
        post(client, form.register[0], changed(form.register[1], "ann", "bob"))
        bob = logged_in(client, form, changed(form.login[1], "ann", "bob"))
        if form.token:
            assert "bob" in client.get(form.me, headers=bob).text
        ann = logged_in(client, form)
        shown = at(client.get(form.me, headers=ann).json(), form.within)
        assert {name: shown[name] for name in form.shown} == form.shown


@pytest.mark.parametrize("name", WITH_ME)
def test_any_other_credential_is_one_stated_person_and_what_was_no_credential_is_none(name: str) -> None:
    form = FORMS[name]
    with served(name) as (_, client):
        post(client, *form.register)
        token = logged_in(client, form)["Authorization"].partition(" ")[2]

        def me(credential: str) -> httpx.Response:
            return client.get(form.me, headers={"Authorization": f"{form.word} {credential}"})

        for wrong in ("{{token}}", "undefined", "null", token[:-3], token[:12]):
            assert me(wrong).status_code == 401, wrong
        one, other = me("anything"), me("else")
        assert one.status_code == other.status_code == 200
        assert "ann@x.org" not in one.text
        members = at(one.json(), form.within).keys() - {"token"}
        assert all(
            at(one.json(), form.within)[each] == at(other.json(), form.within)[each] for each in members
        )
    with served(name, credentials="issued") as (_, client):
        assert client.get(form.me, headers={"Authorization": f"{form.word} anything"}).status_code == 401


@pytest.mark.parametrize("name", WITH_ME)
def test_a_token_is_good_until_it_expires_or_its_session_is_reset(name: str) -> None:
    form = FORMS[name]
    with served(name) as (sandbox, client):
        first = logged_in(client, form)
        sandbox.advance(3700)
        assert client.get(form.me, headers=first).status_code == 401
        second = logged_in(client, form)
        assert client.get(form.me, headers=second).status_code == 200
        sandbox.reset()
        assert client.get(form.me, headers=second).status_code == 401


@pytest.mark.parametrize("name", [name for name, form in FORMS.items() if form.logout[0]])
def test_who_logged_out_is_nobody(name: str) -> None:
    form = FORMS[name]
    with served(name) as (_, client):
        ann = logged_in(client, form)
        assert client.get(form.me, headers=ann).status_code == 200
        assert client.request(*form.logout, headers=ann).status_code in (200, 204)
        assert client.get(form.me, headers=ann).status_code == 401


@pytest.mark.parametrize(
    ("name", "token"), [("nest", "access_token"), ("simplejwt", "access"), ("strapi", "jwt")]
)
def test_a_jwt_is_one(name: str, token: str) -> None:
    with served(name) as (sandbox, client):
        text = post(client, *FORMS[name].login).json()[token]
        claims = json.loads(base64.urlsafe_b64decode(text.split(".")[1] + "=="))
        assert claims.keys() >= {"sub", "iat", "exp"}
        assert claims["iat"] <= sandbox.now.timestamp() < claims["exp"]
        forged = f"{text.rpartition('.')[0]}.{'A' * 43}"
        assert client.get(FORMS[name].me, headers={"Authorization": f"Bearer {forged}"}).status_code == 401


def test_a_client_that_looks_at_its_own_clock_finds_a_token_good_with_that_of_the_machine() -> None:
    with served("nest", clock="wall") as (sandbox, client):
        text = post(client, *FORMS["nest"].login).json()["access_token"]
        claims = json.loads(base64.urlsafe_b64decode(text.split(".")[1] + "=="))
        assert claims["iat"] <= time.time() < claims["exp"]
        sandbox.advance(3700)
        headers = {"Authorization": f"Bearer {text}"}
        assert client.get(FORMS["nest"].me, headers=headers).status_code == 401


def test_what_somebody_creates_is_theirs() -> None:
    with served("nest") as (_, client):
        ann = logged_in(client, FORMS["nest"])
        me = client.get("/auth/profile", headers=ann).json()
        assert client.post("/posts", json={"title": "hi"}, headers=ann).json()["authorId"] == me["id"]
    with served("realworld") as (_, client):
        post(client, *FORMS["realworld"].register)
        ann = logged_in(client, FORMS["realworld"])
        article = {"article": {"title": "a", "description": "b", "body": "c"}}
        made = client.post("/articles", json=article, headers=ann).json()["article"]
        assert made["author"]["username"] == "ann"
        again = [client.post("/articles", json=article, headers=ann).json()["article"] for _ in range(4)]
        assert not any(one["author"]["following"] for one in (made, *again))
        client.put("/user", json={"user": {"bio": "tests"}}, headers=ann)
        assert client.get("/profiles/ann").json()["profile"]["bio"] == "tests"


def test_a_password_is_changed_by_who_knows_it_and_reset_by_who_asked() -> None:
    with served("simplejwt") as (_, client):
        post(client, *FORMS["simplejwt"].register)
        ann = logged_in(client, FORMS["simplejwt"])
        path, sent = "/api/users/set_password/", {"current_password": "no", "new_password": "pw-2"}
        assert client.post(path, json=sent, headers=ann).status_code == 400
        sent["current_password"] = PASSWORD
        assert client.post(path, json=sent, headers=ann).status_code == 204
        assert post(client, "/api/token/", {**NAME, "password": PASSWORD}).status_code == 401
        assert post(client, "/api/token/", {**NAME, "password": "pw-2"}).status_code == 200
    with served("laravel") as (_, client):
        post(client, *FORMS["laravel"].register)
        assert client.post("/api/forgot-password", json={"email": "ann@x.org"}).status_code == 200
        sent = {"token": "t", "email": "ann@x.org", "password": "pw-2", "password_confirmation": "pw-2"}
        assert client.post("/api/reset-password", json=sent).status_code == 200
        assert post(client, "/api/login", MAIL).status_code == 401
        assert post(client, "/api/login", {**MAIL, "password": "pw-2"}).status_code == 200


def test_a_refresh_token_gets_another_token_and_is_none_itself() -> None:
    with served("simplejwt") as (_, client):
        post(client, *FORMS["simplejwt"].register)
        refresh = post(client, "/api/token/", NAME).json()["refresh"]
        assert client.get("/api/users/me/", headers={"Authorization": f"Bearer {refresh}"}).status_code == 401
        access = client.post("/api/token/refresh/", json={"refresh": refresh}).json()["access"]
        me = client.get("/api/users/me/", headers={"Authorization": f"Bearer {access}"})
        assert me.json()["username"] == "ann"
        assert client.post("/api/token/refresh/", json={"refresh": refresh[:-4]}).status_code == 401


def test_identities_come_first() -> None:
    people = [{"name": "ann", "credential": "key-ann", "username": "ann@x.org", "password": "secret"}]
    with served("nest") as (sandbox, client):
        sandbox.allow(people)
        assert client.get("/auth/profile", headers={"Authorization": "Bearer other"}).status_code == 401
        assert client.get("/auth/profile", headers={"Authorization": "Bearer key-ann"}).status_code == 200
        assert client.post("/auth/login", json=MAIL).status_code == 401
        assert client.post("/auth/login", json={**MAIL, "password": "secret"}).status_code == 201
