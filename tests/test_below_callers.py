"""What lies below the path of whoever calls is that user's, and what is done there is done to that user."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, body, parameter, resource, thing

SETTINGS = thing({"theme": {"type": "string", "enum": ["light", "dark"]}, "loud": {"type": "boolean"}})
USER = thing(
    {"id": TEXT, "email": TEXT, "name": TEXT, "avatarUrl": TEXT, "settings": SETTINGS}, "id", "email", "name"
)
CREDENTIALS = thing({"email": TEXT, "password": TEXT, "name": TEXT}, "email", "password")
TOKEN = thing({"token": TEXT, "user": USER}, "token", "user")
FILE = {
    "content": {
        "multipart/form-data": {"schema": thing({"file": {"type": "string", "format": "binary"}}, "file")}
    }
}
MEMBER = thing({"userId": TEXT, "role": TEXT, "user": USER}, "userId")
JOINING = thing({"userId": TEXT, "role": TEXT}, "userId")
PATHS: dict[str, Any] = {
    "/register": {
        "post": {"security": [], "requestBody": body(CREDENTIALS), "responses": answer(TOKEN, "201")}
    },
    "/login": {"post": {"security": [], "requestBody": body(CREDENTIALS), "responses": answer(TOKEN)}},
    "/users/me": {"get": {"responses": answer(USER)}},
    "/users/me/settings": {
        "get": {"responses": answer(SETTINGS)},
        "put": {"requestBody": body(SETTINGS), "responses": answer(SETTINGS)},
    },
    "/users/me/avatar": {"put": {"requestBody": FILE, "responses": answer(USER)}},
    **resource(thing({"id": TEXT, "name": TEXT}, "id"), thing({"name": TEXT}), "/teams"),
    "/teams/{id}/members": {
        "parameters": [parameter("id")],
        "get": {"responses": answer({"type": "array", "items": MEMBER})},
        "post": {"requestBody": body(JOINING), "responses": answer(MEMBER, "201")},
    },
    "/teams/{id}/members/{userId}": {
        "parameters": [parameter("id"), parameter("userId")],
        "delete": {"responses": {"204": {"description": ""}}},
    },
}
LOCK = {"bearer": {"type": "http", "scheme": "bearer"}}
Enter = Callable[[str], tuple[httpx.Client, dict[str, Any]]]


@pytest.fixture
def enter(serve: Callable[..., httpx.Client], sandbox: Callable[..., Any]) -> Iterator[Enter]:
    """Return what registers somebody at one server, and gives a client of theirs and the user that they are."""
    api = serve(sandbox(paths=PATHS, components={"securitySchemes": LOCK}, security=[{"bearer": []}]))

    def entered(name: str) -> tuple[httpx.Client, dict[str, Any]]:
        sent = {"email": f"{name}@example.org", "password": "secret-123", "name": name}
        made = api.post("/register", json=sent).json()
        own = httpx.Client(base_url=api.base_url, headers={"Authorization": f"Bearer {made['token']}"})
        return stack.enter_context(own), made["user"]

    with ExitStack() as stack:
        yield entered


def test_settings_of_the_caller_are_those_that_the_user_shows(enter: Enter) -> None:
    ann, user = enter("ann")
    assert ann.get("/users/me/settings").json() == user["settings"]
    said = {"theme": "dark", "loud": False}
    assert ann.put("/users/me/settings", json=said).json() == said
    assert ann.get("/users/me").json() == {**user, "settings": said}


def test_settings_of_another_caller_are_others(enter: Enter) -> None:
    (ann, _), (bob, user) = enter("ann"), enter("bob")
    flipped = {"theme": "dark", "loud": not user["settings"]["loud"]}
    ann.put("/users/me/settings", json=flipped)
    assert bob.get("/users/me/settings").json() == user["settings"]


def test_a_picture_that_the_caller_sends_is_that_of_the_user(enter: Enter) -> None:
    ann, user = enter("ann")
    shown = ann.put("/users/me/avatar", files={"file": ("me.png", b"\x89PNG", "image/png")}).json()
    assert {**shown, "avatarUrl": ""} == {**user, "avatarUrl": ""}
    assert shown["avatarUrl"].endswith("/me.png")
    assert ann.get(shown["avatarUrl"]).content == b"\x89PNG"
    assert ann.get("/users/me").json() == shown


def test_a_member_shows_the_user_whose_id_was_sent_and_not_whoever_sent_it(enter: Enter) -> None:
    (ann, _), (_, bob) = enter("ann"), enter("bob")
    team = ann.post("/teams", json={"name": "Blue"}).json()
    joined = ann.post(f"/teams/{team['id']}/members", json={"userId": bob["id"], "role": "editor"}).json()
    assert (joined["user"]["id"], joined["user"]["name"]) == (bob["id"], "bob")
    assert ann.get(f"/teams/{team['id']}/members").json() == [joined]


BOOKING = thing(
    {"id": TEXT, "roomId": TEXT, "roomNumber": TEXT, "guestId": TEXT, "guestName": TEXT, "days": WHOLE}, "id"
)
BOOKINGS: dict[str, Any] = {
    "/register": {
        "post": {"security": [], "requestBody": body(CREDENTIALS), "responses": answer(TOKEN, "201")}
    },
    "/login": {"post": {"security": [], "requestBody": body(CREDENTIALS), "responses": answer(TOKEN)}},
    "/me": {"get": {"responses": answer(USER)}},
    **resource(thing({"id": TEXT, "number": TEXT}, "id"), thing({"number": TEXT}), "/rooms"),
    **resource(BOOKING, thing({"roomId": TEXT, "days": WHOLE}, "roomId"), "/bookings"),
    "/bookings/my": {"get": {"responses": answer({"type": "array", "items": BOOKING})}},
}


@pytest.fixture
def book(serve: Callable[..., httpx.Client], sandbox: Callable[..., Any]) -> Iterator[Enter]:
    """Return what `enter` does, at a server of rooms that are booked."""
    api = serve(sandbox(paths=BOOKINGS, components={"securitySchemes": LOCK}, security=[{"bearer": []}]))
    with ExitStack() as stack:

        def entered(name: str) -> tuple[httpx.Client, dict[str, Any]]:
            sent = {"email": f"{name}@example.org", "password": "secret-123", "name": name.title()}
            made = api.post("/register", json=sent).json()
            own = httpx.Client(base_url=api.base_url, headers={"Authorization": f"Bearer {made['token']}"})
            return stack.enter_context(own), made["user"]

        yield entered


def test_who_is_given_a_thing_is_whoever_made_it_where_nobody_can_say_so(book: Enter) -> None:
    (ann, user), (bob, _) = book("ann"), book("bob")
    room = ann.post("/rooms", json={"number": "101"}).json()
    made = ann.post("/bookings", json={"roomId": room["id"], "days": 2}).json()
    assert (made["guestId"], made["guestName"]) == (user["id"], "Ann")
    assert ann.get("/bookings/my").json() == [made]
    assert bob.get("/bookings/my").json() == []


def test_what_stands_beside_a_reference_is_what_the_other_says_by_that_name(book: Enter) -> None:
    ann, _ = book("ann")
    room = ann.post("/rooms", json={"number": "101"}).json()
    assert ann.post("/bookings", json={"roomId": room["id"]}).json()["roomNumber"] == "101"
