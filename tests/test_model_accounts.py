"""Accounts as a table: operations about who calls, and the lines of the model that they are to give."""

from __future__ import annotations

from typing import Any

import pytest

from inline import TEXT, WHOLE, answer, body, contract_of, parameter, thing
from understudy.model.compiler import compile
from understudy.model.notation import write_collection, write_plan

CREDENTIALS = thing({"email": TEXT, "password": TEXT}, "email", "password")
USER = thing({"id": WHOLE, "email": TEXT}, "id")
NOTHING = {"204": {"description": ""}}
BASE: dict[str, Any] = {
    "/register": {"post": {"requestBody": body(CREDENTIALS), "responses": answer(USER, "201")}},
    "/login": {"post": {"requestBody": body(CREDENTIALS), "responses": answer(thing({"token": TEXT}))}},
    "/users": {"get": {"responses": answer({"type": "array", "items": USER})}},
    "/users/{id}": {"parameters": [parameter("id", WHOLE)], "get": {"responses": answer(USER)}},
}
POST = thing({"id": WHOLE, "title": TEXT, "owner_id": WHOLE}, "id")
POSTS = {"get": {"responses": answer({"type": "array", "items": POST})}}


def line(key: str, **more: Any) -> dict[str, Any]:
    """Return a line of the model without what every operation has."""
    plan = compile(contract_of({**BASE, **more})).operations[key]
    written = write_plan(plan)
    for word in ("take", "page", "sort", "ignored"):
        written.pop(word, None)
    return {**written, "answer": {name: told for name, told in written["answer"].items() if name != "item"}}


@pytest.mark.parametrize(
    ("key", "stated", "told"),
    [
        ("post /register", {}, {"create": "/users", "proof": {"becomes": "/password"}}),
        ("post /login", {}, {"login": "/users", "proof": {"names": ["/email"], "password": "/password"}}),
        ("get /me", {"responses": answer(USER)}, {"read": "/users", "key": "caller"}),
        (
            "patch /me",
            {"requestBody": body(USER), "responses": answer(USER)},
            {"update": "/users", "key": "caller"},
        ),
        (
            "put /me",
            {"requestBody": body(USER), "responses": answer(USER)},
            {"replace": "/users", "key": "caller"},
        ),
        ("post /logout", {"responses": NOTHING}, {"logout": "/users"}),
        (
            "post /refresh",
            {
                "requestBody": body(thing({"refresh_token": TEXT})),
                "responses": answer(thing({"token": TEXT})),
            },
            {"login": "/users", "proof": {"token": "/refresh_token"}},
        ),
        (
            "post /refresh-token",
            {"responses": answer(thing({"refreshedToken": TEXT, "user": USER}))},
            {"login": "/users"},
        ),
        (
            "post /change-password",
            {"requestBody": body(thing({"old_password": TEXT, "new_password": TEXT})), "responses": NOTHING},
            {
                "update": "/users",
                "key": "caller",
                "proof": {"password": "/old_password", "becomes": "/new_password"},
            },
        ),
        (
            "post /reset-password",
            {"requestBody": body(thing({"email": TEXT, "password": TEXT})), "responses": NOTHING},
            {"login": "/users", "proof": {"names": ["/email"], "becomes": "/password"}},
        ),
        (
            "post /forgot-password",
            {"requestBody": body(thing({"email": TEXT})), "responses": NOTHING},
            {"login": "/users", "proof": {"names": ["/email"]}},
        ),
    ],
)
def test_an_operation_about_who_calls_gives_a_line(
    key: str, stated: dict[str, Any], told: dict[str, Any]
) -> None:
    method, path = key.split(" ")
    written = line(key, **({path: {"get": {"responses": answer(USER)}, method: stated}} if stated else {}))
    del written["answer"]
    assert {word: value for word, value in written.items() if word not in ("conflict", "created")} == told


@pytest.mark.parametrize(
    ("shown", "gives"),
    [
        (thing({"access_token": TEXT, "token_type": TEXT, "expires_in": WHOLE}), ["token", "type", "lifetime"]),
        (thing({"access": TEXT, "refresh": TEXT}), ["jwt", "refresh jwt"]),
        (thing({"jwt": TEXT, "user": USER}), ["jwt"]),
        (thing({"tokens": thing({"refresh": thing({"token": TEXT, "expires": TEXT}), "access": thing({"token": TEXT})})}),
         ["refresh", "refresh until", "token"]),
        (thing({"key": TEXT}), ["token"]),
        (thing({"key": TEXT, "colour": TEXT}), []),
        (TEXT, ["token"]),
    ],
)  # fmt: skip
def test_what_a_login_hands_out_is_told_by_names(shown: dict[str, Any], gives: list[str]) -> None:
    login = {"post": {"requestBody": body(CREDENTIALS), "responses": answer(shown)}}
    assert list(line("post /login", **{"/login": login})["answer"].get("hands_out", {}).values()) == gives


APIKEY = {"type": "apiKey", "in": "header", "name": "Authorization"}


@pytest.mark.parametrize(
    ("name", "scheme", "gives"),
    [
        ("Token", {**APIKEY, "description": "A valid JWT token: Token xxx.yyy.zzz"}, "jwt"),
        ("Bearer", {**APIKEY, "description": "A JSON Web Token after 'Bearer '"}, "jwt"),
        ("JWT", APIKEY, "jwt"),
        ("Token", {**APIKEY, "description": "Token 9944b09199c62bcf"}, "token"),
        ("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}, "jwt"),
        ("bearer", {"type": "http", "scheme": "Bearer", "description": "Paste your JWT"}, "jwt"),
        ("key", {**APIKEY, "name": "X-API-Key", "description": "No JWT, a plain key"}, "token"),
    ],
)
def test_a_scheme_says_whether_tokens_are_jwts(name: str, scheme: dict[str, Any], gives: str) -> None:
    contract = contract_of(BASE)
    contract.document.root.value["components"]["securitySchemes"] = {name: scheme}
    plan = write_plan(compile(contract).operations["post /login"])
    assert plan["answer"]["hands_out"] == {"/token": gives}


def test_who_tries_out_a_credential_is_shown_as_whose_it_is() -> None:
    tried = {"post": {"responses": answer(USER), "security": [{"bearer": []}]}}
    told = line("post /login/test-token", **{"/login/test-token": tried})
    assert (told["read"], told["key"]) == ("/users", "caller")


def test_those_who_do_not_register_have_a_name_of_their_own_where_a_login_takes_it() -> None:
    taken = {"409": {"description": ""}}
    employees = {
        "get": {"responses": answer({"type": "array", "items": USER})},
        "post": {"requestBody": body(thing({"email": TEXT})), "responses": answer(USER, "201") | taken},
    }
    one = {"parameters": [parameter("id", WHOLE)], "get": {"responses": answer(USER)}}
    token = answer(thing({"token": TEXT}))
    for name, unique in (("username", ()), ("email", ("email",))):
        login = {"post": {"requestBody": body(thing({name: TEXT, "password": TEXT})), "responses": token}}
        paths = {"/login": login, "/employees": employees, "/employees/{id}": one}
        assert compile(contract_of(paths)).collections["/employees"].unique == unique


def test_the_users_log_in_by_what_a_login_takes_and_others_say_who_made_them() -> None:
    model = compile(contract_of({**BASE, "/posts": POSTS, "/me/posts": POSTS}))
    users = write_collection(model.collections["/users"])
    assert (model.users, users["login"], users["unique"]) == ("/users", ["email"], ["email"])
    assert model.collections["/posts"].members["owner_id"].by == "caller"
    mine = write_plan(model.operations["get /me/posts"])
    assert (mine["list"], mine["mine"]) == ("/posts", "owner_id")


@pytest.mark.parametrize(
    ("sent", "more", "by"),
    [
        (thing({"title": TEXT}), {}, "caller"),
        (POST, {}, ""),
        (POST, {"/me/posts": POSTS}, "caller"),
        (
            {**POST, "properties": {**POST["properties"], "owner_id": {**WHOLE, "readOnly": True}}},
            {},
            "caller",
        ),
    ],
)
def test_what_callers_say_themselves_is_not_said_by_who_calls(
    sent: dict[str, Any], more: dict[str, Any], by: str
) -> None:
    made = {"requestBody": body(sent), "responses": answer(POST, "201")}
    model = compile(contract_of({**BASE, "/posts": {**POSTS, "post": made}, **more}))
    assert model.collections["/posts"].members["owner_id"].by == by
