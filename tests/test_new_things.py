"""New things: nobody answered, edited or took over what was made a moment ago, and whoever made it is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, body, parameter, thing
from understudy.sandbox import Sandbox

FLAG = {"type": "boolean"}
MOMENT = {"type": "string", "format": "date-time"}
NOTHING = {"type": "null"}
PERSON = thing({"id": WHOLE, "email": TEXT, "name": TEXT}, "id", "email", "name")
REACTION = thing({"emoji": TEXT, "count": WHOLE}, "emoji", "count")
STATUS = {"anyOf": [{"const": word, "type": "string"} for word in ("open", "pending", "solved", "closed")]}
MESSAGE: dict[str, Any] = thing(
    {
        "id": WHOLE,
        "text": TEXT,
        "status": STATUS,
        "sender": PERSON,
        "replyToId": {"oneOf": [WHOLE, NOTHING]},
        "assigneeId": {"type": ["integer", "null"]},
        "lastReply": {"anyOf": [REACTION, NOTHING]},
        "edited": FLAG,
        "solvedAt": {"oneOf": [MOMENT, NOTHING]},
        "pinnedAt": {"anyOf": [MOMENT, NOTHING]},
        "joinedAt": {"anyOf": [MOMENT, NOTHING]},
        "unreadCount": WHOLE,
        "reactions": {"type": "array", "items": REACTION},
        "labels": {"type": "array", "items": REACTION, "default": []},
    },
    "id",
    "text",
    "status",
    "sender",
    "replyToId",
    "assigneeId",
    "lastReply",
    "edited",
    "solvedAt",
    "unreadCount",
    "reactions",
)
SENT = thing({"text": TEXT, "replyToId": {"oneOf": [WHOLE, NOTHING]}}, "text")
LOGIN = thing({"email": TEXT, "password": TEXT, "name": TEXT}, "email", "password")
LOCK: list[dict[str, list[str]]] = [{"token": []}]
ONE: list[Any] = [parameter("id", WHOLE)]
PATHS: dict[str, Any] = {
    "/auth/register": {"post": {"requestBody": body(LOGIN), "responses": answer(PERSON, "201")}},
    "/auth/login": {
        "post": {
            "requestBody": body(LOGIN),
            "responses": answer(thing({"access_token": TEXT}, "access_token")),
        }
    },
    "/auth/me": {"get": {"security": LOCK, "responses": answer(PERSON)}},
    "/messages": {
        "get": {"security": LOCK, "responses": answer({"type": "array", "items": MESSAGE})},
        "post": {"security": LOCK, "requestBody": body(SENT), "responses": answer(MESSAGE, "201")},
    },
    "/messages/{id}": {"get": {"security": LOCK, "responses": answer(MESSAGE)}, "parameters": ONE},
    "/messages/{id}/solve": {"post": {"security": LOCK, "responses": answer(MESSAGE)}, "parameters": ONE},
}
TOKEN = {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}


@pytest.fixture
def api(sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]) -> httpx.Client:
    client = serve(sandbox(openapi="3.1.0", paths=PATHS, components=TOKEN))
    ann = {"email": "ann@example.org", "password": "secret-1", "name": "Ann"}
    client.post("/auth/register", json=ann)
    token = client.post("/auth/login", json=ann).json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def test_nobody_did_anything_to_a_new_thing_but_who_made_it(api: httpx.Client) -> None:
    made = api.post("/messages", json={"text": "Hello"}).json()
    assert made["sender"]["email"] == "ann@example.org"
    nothing = ("replyToId", "assigneeId", "lastReply", "solvedAt")
    assert [made[name] for name in nothing] == [None] * 4
    assert (made["edited"], made["unreadCount"], made["reactions"], made["labels"]) == (False, 0, [], [])
    assert not made.get("pinnedAt")
    reply = api.post("/messages", json={"text": "Hi", "replyToId": made["id"]}).json()
    assert reply["replyToId"] == made["id"]


def test_a_union_of_literals_is_a_list_of_values(api: httpx.Client) -> None:
    made = api.post("/messages", json={"text": "Hello"}).json()
    assert made["status"] == "open"  # the first of them, in the order of a life
    solved = api.post(f"/messages/{made['id']}/solve").json()
    assert (solved["status"], bool(solved["solvedAt"])) == ("solved", True)
    assert api.get(f"/messages/{made['id']}").json() == solved
