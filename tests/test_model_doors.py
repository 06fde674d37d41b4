"""Doors: which operations let somebody in, told by what they take and answer, and what then asks for no credential."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from inline import TEXT, answer, body, contract_of, parameter, thing
from understudy.contracts.contract import Contract
from understudy.contracts.source import Document
from understudy.explain import explain
from understudy.model.compiler import compile
from understudy.model.doors import doors_of
from understudy.server.skeleton import locked

CREDENTIALS = thing({"email": TEXT, "password": TEXT}, "email", "password")
TOKEN = thing({"access_token": TEXT, "token_type": TEXT})
PERSON = thing({"id": TEXT, "email": TEXT})
NOTHING = {"200": {"description": ""}}
LOCK: list[dict[str, Any]] = [{"bearer": []}]
ASKED = [parameter("email", place="query")]


def operation(sent: Any = None, shown: Any = None, **more: Any) -> dict[str, Any]:
    responses = answer(shown) if shown is not None else NOTHING
    return {"responses": responses, **({"requestBody": body(sent)} if sent is not None else {}), **more}


def locked_contract(paths: dict[str, Any]) -> Contract:
    """Return a contract whose lock is stated for the whole document."""
    contract = contract_of(paths)
    root = {**contract.document.root.value, "security": [{"bearer": []}]}
    root["components"] = {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}}
    text = json.dumps(root)
    return Contract(
        Document(Path(), "inline.json", {"inline.json": text.encode()}, {"inline.json": root}), "inline"
    )


@pytest.mark.parametrize(
    ("method", "path", "stated", "kind"),
    [
        ("post", "/auth/login", operation(CREDENTIALS, TOKEN), "login"),
        ("post", "/tokens", operation(CREDENTIALS, TOKEN), "login"),
        ("post", "/api/token/", operation(CREDENTIALS, thing({"access": TEXT, "refresh": TEXT})), "login"),
        ("post", "/users/sign_in", operation(thing({"user": CREDENTIALS})), "login"),
        ("post", "/auth/local", operation(CREDENTIALS, thing({"jwt": TEXT, "user": PERSON})), "login"),
        ("post", "/login", operation(CREDENTIALS, TEXT), "login"),
        ("get", "/user/login", operation(parameters=[parameter("username"), parameter("password")]), None),
        (
            "get",
            "/user/login",
            operation(parameters=[parameter(name, place="query") for name in ("username", "password")]),
            "login",
        ),
        ("post", "/api/auth/sign-up", operation(CREDENTIALS), "register"),
        ("post", "/users", operation(thing({"user": CREDENTIALS}), PERSON), "register"),
        ("post", "/databases", operation(CREDENTIALS, thing({"id": TEXT})), None),
        ("post", "/login-attempts/{id}", operation(CREDENTIALS), None),
        ("post", "/auth/refresh", operation(thing({"refreshToken": TEXT}), TOKEN), "refresh"),
        ("post", "/auth/refresh", operation(None, TOKEN), "refresh"),
        ("post", "/carts/refresh", operation(None, thing({"id": TEXT})), None),
        ("post", "/auth/logout", operation(), "logout"),
        ("delete", "/session", operation(), "logout"),
        ("post", "/credentials/revoke", operation(thing({"ids": TEXT})), None),
        ("post", "/forgot-password", operation(thing({"email": TEXT})), "forgot"),
        ("post", "/reset-password", operation(thing({"token": TEXT, "password": TEXT})), "reset"),
        (
            "post",
            "/users/set_password/",
            operation(thing({"new_password": TEXT, "current_password": TEXT})),
            "password",
        ),
        ("get", "/users/me", operation(None, PERSON), "caller"),
        ("patch", "/users/me", operation(thing({"email": TEXT}), PERSON), "caller"),
        ("get", "/user", operation(None, thing({"user": PERSON})), "caller"),
        ("post", "/login/test-token", operation(None, PERSON, security=LOCK), "caller"),
        ("get", "/auth/verify", operation(None, thing({"user": PERSON}), security=LOCK), "caller"),
        ("post", "/login/test-token", operation(None, PERSON), None),
        ("post", "/users/verify", operation(thing({"code": TEXT}), PERSON, security=LOCK), None),
        ("get", "/users/check", operation(None, PERSON, security=LOCK, parameters=ASKED), None),
        ("post", "/auth/verify", operation(None, thing({"valid": TEXT}), security=LOCK), None),
        ("get", "/companies/me", operation(None, PERSON), None),
        ("get", "/profile", operation(None, thing({"id": TEXT, "colour": TEXT})), None),
    ],
)
def test_a_door_is_told_by_its_words_and_by_what_it_takes_and_answers(
    method: str, path: str, stated: dict[str, Any], kind: str | None
) -> None:
    doors = doors_of(contract_of({path: {method: stated}})).by_key
    assert [door.kind for door in doors.values()] == ([kind] if kind else [])


def test_the_create_of_users_is_no_door_where_another_operation_registers() -> None:
    paths = {
        "/users": {"post": operation(CREDENTIALS, PERSON)},
        "/register": {"post": operation(CREDENTIALS, PERSON)},
    }
    assert list(doors_of(contract_of(paths)).by_key) == ["post /register"]


def test_what_lets_in_and_what_monitors_ask_stands_behind_no_lock_of_the_whole_document() -> None:
    paths = {
        "/login": {"post": operation(CREDENTIALS, TOKEN)},
        "/register": {"post": operation(CREDENTIALS, PERSON)},
        "/refresh": {"post": operation(None, TOKEN)},
        "/healthz": {"get": operation()},
        "/ready": {"get": operation(parameters=[parameter("deep", place="query")])},
        "/things/health": {"post": operation()},
        "/things": {"get": operation(None, {"type": "array", "items": PERSON})},
    }
    asked = locked(locked_contract(paths))
    assert list(asked) == ["post /refresh", "get /ready", "post /things/health", "get /things"]


@pytest.mark.parametrize("status", ["401", "403"])
def test_what_monitors_ask_needs_a_credential_where_it_documents_how_it_refuses_none(status: str) -> None:
    ping = {"responses": {**NOTHING, status: {"description": "no credential"}}}
    asked = locked(locked_contract({"/util/ping": {"get": ping}, "/ping": {"get": operation()}}))
    assert list(asked) == ["get /util/ping"]


def test_a_lock_at_each_operation_is_also_that_of_probes_and_of_users_where_nobody_logs_in() -> None:
    lock: dict[str, Any] = {"security": [{"bearer": []}]}
    paths = {
        "/ping": {"get": operation(**lock)},
        "/users/admin": {"post": operation(CREDENTIALS, PERSON, **lock)},
        "/pets": {"get": operation(**lock), "post": operation(**lock), "delete": operation(**lock)},
    }
    asked = locked(contract_of(paths))
    assert asked.keys() == {"get /ping", "post /users/admin", "get /pets", "post /pets", "delete /pets"}


def test_a_lock_that_a_login_states_itself_holds() -> None:
    paths = {"/login": {"post": operation(CREDENTIALS, TOKEN, security=[{"bearer": []}])}}
    assert list(locked(locked_contract(paths))) == ["post /login"]


def test_a_lock_that_is_repeated_at_each_operation_is_none_of_the_login() -> None:
    lock: dict[str, Any] = {"security": [{"bearer": []}]}
    paths = {
        "/login": {"post": operation(CREDENTIALS, TOKEN, **lock)},
        "/pets": {"get": operation(**lock), "post": operation(security=[{"bearer": []}, {}])},
    }
    assert list(locked(contract_of(paths))) == ["get /pets", "post /pets"]
    paths["/pets"]["get"]["security"] = []
    assert "post /login" in locked(contract_of(paths))


def test_a_session_that_is_a_person_is_whoever_calls() -> None:
    paths = {"/auth/session": {"get": operation(None, PERSON)}, "/session": {"post": operation(None, TOKEN)}}
    assert [door.kind for door in doors_of(contract_of(paths)).by_key.values()] == ["caller"]


def test_explain_says_why_a_login_asks_for_no_credential() -> None:
    contract = locked_contract({"/login": {"post": operation(CREDENTIALS, TOKEN)}})
    told = explain(contract, compile(contract))
    assert told["security"] == {"POST /login": ["no credential, since it hands out the credential"]}


@pytest.mark.parametrize(("refusals", "is_locked"), [((), False), (("422",), False), (("403",), True)])
def test_a_create_of_users_that_some_may_not_do_stays_behind_the_lock(
    refusals: tuple[str, ...], is_locked: bool
) -> None:
    create = operation(CREDENTIALS, PERSON)
    for status in refusals:
        create["responses"] = {**create["responses"], status: {"description": ""}}
    contract = locked_contract({"/users": {"post": create}, "/pets": {"get": operation()}})
    assert ("post /users" in locked(contract)) is is_locked
