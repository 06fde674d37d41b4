"""What is somebody's own is listed as theirs, changed by nobody else, and has a name that no other of theirs has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, body, parameter, ref, thing
from understudy.sandbox import Sandbox

FLAG = {"type": "boolean"}
ROLE = {"type": "string", "enum": ["admin", "editor", "customer"]}
LOCK: list[dict[str, list[str]]] = [{"token": []}]
LOGIN = thing({"username": TEXT, "password": TEXT}, "username", "password")
USER = thing({"id": WHOLE, "username": TEXT, "role": ROLE}, "id", "username", "role")
SHELF = thing(
    {"id": WHOLE, "name": TEXT, "owner_id": WHOLE, "book_count": WHOLE},
    "id",
    "name",
    "owner_id",
    "book_count",
)
BOOK = thing({"id": WHOLE, "title": TEXT, "author": ref("Person")}, "id", "title", "author")
ROW = thing({"id": WHOLE, "title": TEXT, "author": ref("Person")}, "id", "title")
PERSON = thing({"id": WHOLE, "username": TEXT}, "id", "username")
REFUSED = {
    status: {"description": words}
    for status, words in (("401", ""), ("403", "Forbidden"), ("404", "Not Found"), ("409", "Conflict"))
}


def doing(schema: Any, status: str = "200", refused: str = "404", **more: Any) -> dict[str, Any]:
    responses = answer(schema, status) if schema else {status: {"description": ""}}
    return {"security": LOCK, "responses": responses | {one: REFUSED[one] for one in refused.split()}, **more}


def rows(name: str) -> dict[str, Any]:
    return {"type": "array", "items": ref(name)}


ONE = [parameter("id", WHOLE)]
PATHS: dict[str, Any] = {
    "/register": {"post": {"requestBody": body(LOGIN), "responses": answer(ref("User"), "201")}},
    "/login": {
        "post": {
            "requestBody": body(LOGIN),
            "responses": answer(thing({"access_token": TEXT}, "access_token")),
        }
    },
    "/users/{username}": {"parameters": [parameter("username")], "get": doing(ref("User"))},
    "/users/{username}/books": {"parameters": [parameter("username")], "get": doing(rows("Row"))},
    "/books": {
        "get": doing(rows("Row"), parameters=[parameter("mine", FLAG, "query")]),
        "post": doing(ref("Book"), "201", requestBody=body(thing({"title": TEXT}, "title"))),
    },
    "/books/{id}": {
        "parameters": ONE,
        "get": doing(ref("Book")),
        "patch": doing(ref("Book"), refused="403 404", requestBody=body(thing({"title": TEXT}))),
        "delete": doing(None, "204", refused="403 404"),
    },
    "/shelves": {
        "get": doing(rows("Shelf"), operationId="list_my_shelves"),
        "post": doing(ref("Shelf"), "201", "409", requestBody=body(thing({"name": TEXT}, "name"))),
    },
    "/shelves/{id}": {"parameters": ONE, "get": doing(ref("Shelf"))},
    "/shelves/{id}/books": {
        "parameters": ONE,
        "get": doing(rows("Row")),
        "post": doing(ref("Shelf"), "201", "404 409", requestBody=body(thing({"book_id": WHOLE}, "book_id"))),
    },
    "/shelves/{id}/books/{book_id}": {
        "parameters": [*ONE, parameter("book_id", WHOLE)],
        "delete": doing(None, "204"),
    },
}
SCHEMAS = {"User": USER, "Shelf": SHELF, "Book": BOOK, "Row": ROW, "Person": PERSON}


@pytest.fixture
def api(sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]) -> httpx.Client:
    schemes = {"token": {"type": "http", "scheme": "bearer"}}
    return serve(sandbox(paths=PATHS, components={"schemas": SCHEMAS, "securitySchemes": schemes}))


def logged_in(api: httpx.Client, name: str, **more: str) -> dict[str, str]:
    said = {"username": name, "password": "secret-12"}
    api.post("/register", json={**said, **more})
    return {"Authorization": f"Bearer {api.post('/login', json=said).json()['access_token']}"}


def test_a_list_of_mine_shows_what_the_caller_made_alone(api: httpx.Client) -> None:
    ann, bob = logged_in(api, "ann"), logged_in(api, "bob")
    for who, title in ((ann, "Ant"), (ann, "Asp"), (bob, "Bee")):
        api.post("/books", json={"title": title}, headers=who)
    mine = api.get("/books?mine=true", headers=ann).json()
    assert sorted(book["title"] for book in mine) == ["Ant", "Asp"]
    everything = [book["title"] for book in api.get("/books?mine=false", headers=ann).json()]
    assert {"Ant", "Asp", "Bee"} <= set(everything)
    assert [book["title"] for book in api.get("/users/bob/books", headers=ann).json()] == ["Bee"]


def test_what_is_called_mine_is_so_for_those_who_registered(api: httpx.Client) -> None:
    ann, bob = logged_in(api, "ann"), logged_in(api, "bob")
    api.post("/shelves", json={"name": "Mine"}, headers=ann)
    assert [shelf["name"] for shelf in api.get("/shelves", headers=ann).json()] == ["Mine"]
    assert api.get("/shelves", headers=bob).json() == []
    assert len(api.get("/shelves", headers={"Authorization": "Bearer any"}).json()) == 1


def test_an_owner_is_said_by_the_id_of_users_who_are_found_by_their_names(api: httpx.Client) -> None:
    ann = logged_in(api, "ann")
    own = api.get("/users/ann", headers=ann).json()["id"]
    assert api.post("/shelves", json={"name": "Mine"}, headers=ann).json()["owner_id"] == own


def test_nobody_else_who_registered_changes_what_is_somebodys(api: httpx.Client) -> None:
    ann, bob = logged_in(api, "ann"), logged_in(api, "bob")
    path = f"/books/{api.post('/books', json={'title': 'Ant'}, headers=ann).json()['id']}"
    refused = api.patch(path, json={"title": "Bat"}, headers=bob)
    assert (refused.status_code, refused.json()["status"]) == (403, 403)
    assert "author" in refused.json()["detail"]
    assert api.delete(path, headers=bob).status_code == 403
    assert api.get(path, headers=ann).json()["title"] == "Ant"
    assert api.patch(path, json={"title": "Asp"}, headers=ann).json()["title"] == "Asp"
    assert api.patch(path, json={"title": "Any"}, headers={"Authorization": "Bearer any"}).status_code == 200
    assert api.delete(path, headers=ann).status_code == 204


def test_whoever_is_privileged_may_change_what_is_somebodys(api: httpx.Client) -> None:
    ann, root = logged_in(api, "ann"), logged_in(api, "root", role="admin")
    path = f"/books/{api.post('/books', json={'title': 'Ant'}, headers=ann).json()['id']}"
    assert api.patch(path, json={"title": "Bat"}, headers=root).status_code == 200


def test_who_registers_is_no_administrator(api: httpx.Client) -> None:
    said = [
        api.post("/register", json={"username": f"u{n}", "password": "secret-12"}).json() for n in range(6)
    ]
    assert {user["role"] for user in said} == {"customer"}


def test_a_name_is_taken_once_by_each_owner(api: httpx.Client) -> None:
    ann, bob = logged_in(api, "ann"), logged_in(api, "bob")
    assert api.post("/shelves", json={"name": "Mine"}, headers=ann).status_code == 201
    assert api.post("/shelves", json={"name": "Mine"}, headers=ann).status_code == 409
    assert api.post("/shelves", json={"name": "Other"}, headers=ann).status_code == 201
    assert api.post("/shelves", json={"name": "Mine"}, headers=bob).status_code == 201


def test_what_is_put_in_is_shown_as_what_holds_it_counts_it(api: httpx.Client) -> None:
    ann = logged_in(api, "ann")
    book = api.post("/books", json={"title": "Ant"}, headers=ann).json()["id"]
    shelf = api.post("/shelves", json={"name": "Mine"}, headers=ann).json()["id"]
    path = f"/shelves/{shelf}/books"
    shown = api.post(path, json={"book_id": book}, headers=ann)
    assert (shown.status_code, shown.json()["id"], shown.json()["book_count"]) == (201, shelf, 1)
    assert [one["title"] for one in api.get(path, headers=ann).json()] == ["Ant"]
    assert api.post(path, json={"book_id": book}, headers=ann).status_code == 409
    assert api.post(path, json={"book_id": 987_654}, headers=ann).status_code == 404
    assert api.delete(f"{path}/{book}", headers=ann).status_code == 204
    assert api.get(path, headers=ann).json() == []
    assert api.get(f"/books/{book}", headers=ann).json()["title"] == "Ant"
