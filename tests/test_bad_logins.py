"""What is sent wrongly to a login or with a token: each gets its sentence, in the shape that the contract documents."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from understudy.testing import Sandbox

CONTRACTS = Path(__file__).parent / "contracts"
PASSWORD = "correct-horse-9"
MAIL = "ann@example.org"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Application:
    """One application: how somebody registers and logs in, and what all its errors have."""

    register: str
    registers: dict[str, Any]
    login: str
    logs_in: dict[str, Any]
    media: str
    token: str
    me: str
    has: tuple[str, ...]


APPLICATIONS = {
    "fastapi": Application(
        "/api/v1/users/signup", {"email": MAIL, "password": PASSWORD}, "/api/v1/login/access-token",
        {"username": MAIL, "password": PASSWORD}, FORM, "access_token", "/api/v1/users/me", ("detail",),
    ),
    "spring": Application(
        "/api/auth/register", {"username": "ann", "email": MAIL, "password": PASSWORD}, "/api/auth/login",
        {"username": "ann", "password": PASSWORD}, JSON, "token", "/api/users/me",
        ("timestamp", "status", "error", "message", "path"),
    ),
    "laravel": Application(
        "/register", {"name": "Ann", "email": MAIL, "password": PASSWORD, "password_confirmation": PASSWORD},
        "/login", {"email": MAIL, "password": PASSWORD}, JSON, "token", "/user", ("message",),
    ),
}  # fmt: skip
ALL = sorted(APPLICATIONS)
Begin = Callable[[str], tuple[Application, httpx.Client, str]]


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Start an application in which somebody is logged in; gives the token."""
    sandboxes: list[Sandbox] = []

    def start(name: str) -> tuple[Application, httpx.Client, str]:
        sandbox = Sandbox(CONTRACTS / f"{name}.yaml", unknown_ids="404")
        sandboxes.append(sandbox)
        client = httpx.Client(transport=sandbox.transport, base_url="http://sandbox")
        application = APPLICATIONS[name]
        assert client.post(application.register, json=application.registers).is_success
        return application, client, post(client, application, application.logs_in).json()[application.token]

    yield start
    for sandbox in sandboxes:
        sandbox.close()


def post(client: httpx.Client, application: Application, sent: dict[str, Any]) -> httpx.Response:
    """Log in by the media type that the application takes."""
    if application.media == FORM:
        return client.post(application.login, data=sent)
    return client.post(application.login, json=sent)


def told(answer: httpx.Response, application: Application, *words: str) -> None:
    """Hold an answer to be a refusal of that shape which says these words."""
    assert 400 <= answer.status_code < 500, answer.text
    body = answer.json()
    assert body.keys() >= set(application.has), answer.text
    text = json.dumps(body).lower()
    assert all(word in text for word in words), answer.text


@pytest.mark.parametrize("name", ALL)
def test_a_login_without_a_member_names_it(begin: Begin, name: str) -> None:
    application, client, _ = begin(name)
    for left_out in application.logs_in:
        sent = {member: value for member, value in application.logs_in.items() if member != left_out}
        told(post(client, application, sent), application, left_out, "required")


@pytest.mark.parametrize("name", ALL)
def test_a_token_that_was_cut_is_said_to_be(begin: Begin, name: str) -> None:
    application, client, token = begin(name)
    for cut in (token[:-9], token[:12]):
        answer = client.get(application.me, headers={"Authorization": f"Bearer {cut}"})
        assert answer.status_code == 401
        told(answer, application, "cut")


@pytest.mark.parametrize("name", ALL)
def test_two_credentials_at_once_are_told(begin: Begin, name: str) -> None:
    application, client, token = begin(name)
    both = ("Authorization", f"Bearer {token}, Bearer {token}")
    twice = [("Authorization", f"Bearer {token}"), ("Authorization", "Basic YW5uOng=")]
    told(client.get(application.me, headers=[both]), application, "two credentials")
    told(client.get(application.me, headers=twice), application, "twice")


@pytest.mark.parametrize("name", ALL)
def test_an_upload_in_the_place_of_a_login_names_what_is_taken(begin: Begin, name: str) -> None:
    application, client, _ = begin(name)
    answer = client.post(application.login, files={"file": ("a.txt", b"hello")})
    told(answer, application, application.media)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("media", ["text/plain", "application/xml", "nonsense"])
def test_a_login_of_a_wrong_media_type_names_what_is_taken(begin: Begin, name: str, media: str) -> None:
    application, client, _ = begin(name)
    content = json.dumps(application.logs_in)
    answer = client.post(application.login, content=content, headers={"Content-Type": media})
    told(answer, application, application.media)


def test_a_field_within_the_only_object_of_a_form_is_named_without_it() -> None:
    with (
        Sandbox(CONTRACTS / "accounts" / "phoenix.yaml") as sandbox,
        httpx.Client(transport=sandbox.transport, base_url="http://sandbox") as client,
    ):
        refused = client.post("/api/users", json={"user": {"email": MAIL, "password": "short"}})
        assert refused.status_code == 422
        assert list(refused.json()["errors"]) == ["password"]
