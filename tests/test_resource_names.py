"""Resource names: items whose `name` is their path of collections and ids (Google AIP-122), as gRPC gateways
document them with a parameter for each id.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from understudy.sandbox import Sandbox, Settings

TEXT = {"type": "string"}
MOMENT = {**TEXT, "format": "date-time", "readOnly": True}
FLAG = {"type": "boolean"}
NAMED = {**TEXT, "description": "The resource name: `publishers/{publisher}/books/{book}`."}
STATUS = {"type": "object", "properties": {"code": {"type": "integer"}, "message": TEXT}}
BOOK = {
    "type": "object",
    "properties": {
        "name": NAMED,
        "title": TEXT,
        "pages": {"type": "integer"},
        "labels": {"type": "object", "additionalProperties": TEXT},
        "deleteTime": MOMENT,
    },
}
PUBLISHER = {"type": "object", "properties": {"name": TEXT, "displayName": TEXT}}


def content(schema: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def operation(shown: Any, taken: Any = None, **queries: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "responses": {
            "200": {"description": "", **content(shown)},
            "default": {"description": "", **content(STATUS)},
        },
        "parameters": [{"name": name, "in": "query", "schema": schema} for name, schema in queries.items()],
    }
    if taken is not None:
        told["requestBody"] = {"required": True, **content(taken)}
    return told


def holder(name: str, item: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: {"type": "array", "items": item}, "nextPageToken": TEXT},
    }


def ids(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in names]


def paths() -> dict[str, Any]:
    books = "/v1/publishers/{publisher}/books"
    names = {"type": "array", "items": TEXT}
    return {
        "/v1/publishers": {
            "get": operation(holder("publishers", PUBLISHER), pageToken=TEXT),
            "post": operation(PUBLISHER, PUBLISHER, publisherId=TEXT),
        },
        "/v1/publishers/{publisher}": {
            "parameters": ids("publisher"),
            "get": operation(PUBLISHER),
            "delete": operation({"type": "object"}),
        },
        books: {
            "parameters": ids("publisher"),
            "get": operation(
                holder("books", BOOK), pageToken=TEXT, orderBy=TEXT, filter=TEXT, showDeleted=FLAG
            ),
            "post": operation(BOOK, BOOK, bookId=TEXT),
        },
        f"{books}/{{book}}": {
            "parameters": ids("publisher", "book"),
            "get": operation(BOOK),
            "patch": operation(BOOK, BOOK, updateMask=TEXT),
            "delete": operation(BOOK),
        },
        f"{books}/{{book}}:undelete": {
            "parameters": ids("publisher", "book"),
            "post": operation(BOOK, {"type": "object"}),
        },
        f"{books}:batchGet": {
            "parameters": ids("publisher"),
            "get": operation(holder("books", BOOK), names=names),
        },
        f"{books}:batchDelete": {
            "parameters": ids("publisher"),
            "post": operation({"type": "object"}, {"type": "object", "properties": {"names": names}}),
        },
    }


BOOKS = "/v1/publishers/acme/books"


@pytest.fixture
def api(sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]) -> httpx.Client:
    """Serve a publisher and three of its books."""
    api = serve(sandbox(paths=paths(), settings=Settings(populate=0)))
    api.post("/v1/publishers?publisherId=acme", json={"displayName": "Acme"})
    for number, title in enumerate(("Ants", "Bees", "Crows"), start=1):
        book = {"title": title, "pages": 100 * number, "labels": {"shelf": "low" if number < 3 else "high"}}
        assert api.post(f"{BOOKS}?bookId=b{number}", json=book).status_code == 200
    return api


def titles(response: httpx.Response) -> list[str]:
    return [one["title"] for one in response.json()["books"]]


def test_an_item_is_named_by_its_path_and_read_there(api: httpx.Client) -> None:
    assert api.get("/v1/publishers/acme").json() == {"name": "publishers/acme", "displayName": "Acme"}
    book = api.get(f"{BOOKS}/b2").json()
    assert (book["name"], book["title"]) == ("publishers/acme/books/b2", "Bees")
    assert api.get(f"/v1/{book['name']}").json() == book
    assert [one["name"] for one in api.get(BOOKS).json()["books"]] == [
        f"publishers/acme/books/b{number}" for number in (3, 2, 1)
    ]


def test_an_id_that_nobody_chose_is_given_and_stands_in_the_name(api: httpx.Client) -> None:
    made = api.post(BOOKS, json={"title": "Doves"}).json()
    assert made["name"].startswith("publishers/acme/books/")
    assert api.get(f"/v1/{made['name']}").json() == made


def test_an_id_in_the_query_that_is_taken_is_a_conflict(api: httpx.Client) -> None:
    refused = api.post(f"{BOOKS}?bookId=b1", json={"title": "again"})
    assert (refused.status_code, refused.json()["code"]) == (409, 409)
    assert api.get(f"{BOOKS}/b1").json()["title"] == "Ants"


def test_a_name_that_is_sent_does_not_move_an_item(api: httpx.Client) -> None:
    sent = {"name": "publishers/acme/books/b1", "title": "Aphids", "pages": 1}
    changed = api.patch(f"{BOOKS}/b1?updateMask=title", json=sent).json()
    assert (changed["name"], changed["title"], changed["pages"]) == (sent["name"], "Aphids", 100)
    assert api.patch(f"{BOOKS}/b1", json={**sent, "name": "x"}).json()["name"] == sent["name"]


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ('title = "Bees"', ["Bees"]),
        ("pages > 100 AND pages <= 200", ["Bees"]),
        ("title:ro OR pages=100", ["Crows", "Ants"]),
        ('labels.shelf = "low"', ["Bees", "Ants"]),
        ('NOT labels.shelf = "low"', ["Crows"]),
        ("crows", ["Crows"]),
        ("", ["Crows", "Bees", "Ants"]),
    ],
)
def test_a_filter_beside_a_page_token_is_an_expression_or_words(
    api: httpx.Client, expression: str, found: list[str]
) -> None:
    assert titles(api.get(BOOKS, params={"filter": expression})) == found


def test_what_was_deleted_is_shown_to_who_asks_for_it_and_brought_back(api: httpx.Client) -> None:
    gone = api.delete(f"{BOOKS}/b2").json()
    assert (gone["title"], gone["deleteTime"]) == ("Bees", "2026-01-05T09:00:00.000Z")
    assert titles(api.get(BOOKS)) == ["Crows", "Ants"]
    assert titles(api.get(f"{BOOKS}?showDeleted=false")) == ["Crows", "Ants"]
    shown = api.get(f"{BOOKS}?showDeleted=true")
    assert titles(shown) == ["Crows", "Ants", "Bees"]
    assert shown.json()["books"][-1] == gone
    assert titles(api.get(f"{BOOKS}?showDeleted=true&orderBy=title")) == ["Ants", "Bees", "Crows"]
    assert titles(api.get(BOOKS, params={"showDeleted": True, "filter": "pages > 100"})) == ["Crows", "Bees"]
    back = api.post(f"{BOOKS}/b2:undelete", json={}).json()
    assert "deleteTime" not in back
    assert titles(api.get(BOOKS)) == titles(api.get(f"{BOOKS}?showDeleted=true"))


def test_many_are_read_and_deleted_by_their_names(api: httpx.Client) -> None:
    names = ["publishers/acme/books/b1", "publishers/acme/books/b3"]
    assert titles(api.get(f"{BOOKS}:batchGet", params={"names": names})) == ["Crows", "Ants"]
    assert api.post(f"{BOOKS}:batchDelete", json={"names": names}).status_code == 200
    assert titles(api.get(BOOKS)) == ["Bees"]


def test_what_lies_below_what_was_deleted_is_gone(api: httpx.Client) -> None:
    assert api.delete("/v1/publishers/acme").status_code == 200
    assert api.get(f"{BOOKS}/b1").status_code == 404


def test_a_name_of_which_nothing_says_that_it_is_a_path_is_the_id(
    sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]
) -> None:
    plain = paths()
    del plain["/v1/publishers"]["post"]["parameters"][0]
    api = serve(sandbox(paths=plain, settings=Settings(populate=0)))
    made = api.post("/v1/publishers", json={"name": "acme", "displayName": "Acme"}).json()
    assert made["name"] == "acme"
    assert api.get("/v1/publishers/acme").json() == made
