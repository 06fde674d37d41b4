"""Conversations: the newest message, who takes part, what is found, what was edited, and older messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, body, parameter, thing

FLAG = {"type": "boolean"}
USER = thing(
    {"id": TEXT, "username": TEXT, "display_name": TEXT, "bio": TEXT, "is_blocked": FLAG}, "id", "username"
)
REACTION = thing({"emoji": TEXT, "count": WHOLE})
MESSAGE = thing(
    {
        "id": TEXT,
        "conversation_id": TEXT,
        "text": TEXT,
        "reply_to_id": TEXT,
        "reactions": {"type": "array", "items": {"$ref": "#/components/schemas/Reaction"}},
        "is_pinned": FLAG,
        "edited_at": {"type": "string", "format": "date-time"},
        "created_at": {"type": "string", "format": "date-time"},
    },
    "id",
    "text",
)
CONVERSATION = thing(
    {
        "id": TEXT,
        "title": TEXT,
        "participants": {"type": "array", "items": {"$ref": "#/components/schemas/User"}},
        "last_message": {"$ref": "#/components/schemas/Message"},
    },
    "id",
)
SCHEMAS = {"User": USER, "Reaction": REACTION, "Message": MESSAGE, "Conversation": CONVERSATION}
CREDENTIALS = thing({"username": TEXT, "password": TEXT, "display_name": TEXT}, "username", "password")
ENTERED = thing({"token": TEXT, "user": {"$ref": "#/components/schemas/User"}}, "token", "user")


def shown(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def listed(name: str) -> dict[str, Any]:
    return {"responses": answer({"type": "array", "items": shown(name)})}


def done(name: str, sent: dict[str, Any] | None = None, status: str = "200") -> dict[str, Any]:
    told = {"responses": answer(shown(name), status)}
    return {**told, "requestBody": body(sent)} if sent else told


ID = {"parameters": [parameter("id")]}
TEXT_ALONE = thing({"text": TEXT, "reply_to_id": TEXT}, "text")
PAGE = [parameter("before", TEXT, "query"), parameter("limit", WHOLE, "query")]
PATHS: dict[str, Any] = {
    "/signup": {
        "post": {"security": [], "requestBody": body(CREDENTIALS), "responses": answer(ENTERED, "201")}
    },
    "/signin": {"post": {"security": [], "requestBody": body(CREDENTIALS), "responses": answer(ENTERED)}},
    "/me": {"get": done("User")},
    "/me/blocked": {"get": listed("User")},
    "/users": {"get": listed("User")},
    "/users/{id}": {**ID, "get": done("User")},
    "/users/{id}/block": {
        **ID,
        "post": {"responses": {"204": {"description": ""}}},
        "delete": {"responses": {"204": {"description": ""}}},
    },
    "/conversations": {
        "get": listed("Conversation"),
        "post": done("Conversation", thing({"title": TEXT}), "201"),
    },
    "/conversations/{id}": {**ID, "get": done("Conversation")},
    "/conversations/{id}/participants": {
        **ID,
        "post": done("Conversation", thing({"user_id": TEXT}, "user_id")),
    },
    "/conversations/{id}/messages": {
        **ID,
        "get": {**listed("Message"), "parameters": PAGE},
        "post": done("Message", TEXT_ALONE, "201"),
    },
    "/messages/{id}": {**ID, "patch": done("Message", thing({"text": TEXT}, "text"))},
    "/messages/{id}/reactions": {**ID, "post": done("Message", thing({"emoji": TEXT}, "emoji"))},
    "/messages/{id}/pin": {**ID, "put": done("Message")},
    "/search/messages": {"get": {**listed("Message"), "parameters": [parameter("q", TEXT, "query")]}},
}
COMPONENTS = {"schemas": SCHEMAS, "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}}


class Chat:
    """A conversation of a user who signed up."""

    def __init__(self, api: httpx.Client) -> None:
        self.api = api
        self.user = self.sign_up("ann")
        self.path = f"/conversations/{self.post('/conversations', {'title': 'Trip'})['id']}"

    def sign_up(self, name: str) -> dict[str, Any]:
        sent = {"username": name, "password": "secret-123", "display_name": name.title()}
        entered = self.api.post("/signup", json=sent).json()
        self.api.headers.setdefault("Authorization", f"Bearer {entered['token']}")
        return dict(entered["user"])

    def get(self, path: str = "") -> Any:
        return self.api.get(path if path.startswith("/") else f"{self.path}/{path}".rstrip("/")).json()

    def post(self, path: str, sent: dict[str, Any] | None = None, method: str = "POST") -> Any:
        at = path if path.startswith("/") else f"{self.path}/{path}"
        return self.api.request(method, at, json=sent).json()


@pytest.fixture
def chat(serve: Callable[..., httpx.Client], sandbox: Callable[..., Any]) -> Iterator[Chat]:
    with ExitStack() as stack:
        base = serve(sandbox(paths=PATHS, components=COMPONENTS, security=[{"bearer": []}])).base_url
        yield Chat(stack.enter_context(httpx.Client(base_url=base)))


def test_the_last_message_is_the_newest_and_a_new_conversation_has_none(chat: Chat) -> None:
    assert "last_message" not in chat.get()
    chat.post("messages", {"text": "one"})
    second = chat.post("messages", {"text": "two"})
    assert chat.get()["last_message"] == second
    assert chat.get("/conversations")[0]["last_message"] == second


def test_before_an_id_stand_older_messages(chat: Chat) -> None:
    first, second = chat.post("messages", {"text": "one"}), chat.post("messages", {"text": "two"})
    assert chat.get("messages?limit=1") == [second]
    assert chat.get(f"messages?limit=1&before={second['id']}") == [first]


def test_a_message_says_that_it_was_edited_once_it_was(chat: Chat) -> None:
    made = chat.post("messages", {"text": "one"})
    reacted = chat.post(f"/messages/{made['id']}/reactions", {"emoji": "+1"})
    assert "edited_at" not in made
    assert "edited_at" not in reacted
    assert chat.post(f"/messages/{made['id']}", {"text": "two"}, "PATCH")["edited_at"] > made["created_at"]


def test_what_an_item_did_not_say_it_does_not_say_for_being_changed(chat: Chat) -> None:
    made = chat.post("messages", {"text": "one"})
    pinned = chat.post(f"/messages/{made['id']}/pin", None, "PUT")
    assert pinned == {**made, "is_pinned": True}
    assert chat.get("messages") == [pinned]


def test_who_is_added_by_an_id_is_that_user_and_no_message_is_made_of_it(chat: Chat) -> None:
    bob = chat.sign_up("bob")
    assert chat.post("participants", {"user_id": bob["id"]})["participants"] == [bob]
    assert chat.get("messages") == []


def test_what_a_search_finds_are_the_messages_that_there_are(chat: Chat) -> None:
    made = chat.post("messages", {"text": "again"})
    chat.post("messages", {"text": "other"})
    assert chat.get("/search/messages?q=again") == [made]


def test_the_blocked_are_those_that_were_blocked(chat: Chat) -> None:
    bob = chat.sign_up("bob")
    chat.api.post(f"/users/{bob['id']}/block")
    assert [one["id"] for one in chat.get("/me/blocked")] == [bob["id"]]
    chat.api.delete(f"/users/{bob['id']}/block")
    assert chat.get("/me/blocked") == []
