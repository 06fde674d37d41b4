"""Naming others: ids that a caller sends are shown as the others that they name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, body, parameter, ref, thing
from understudy.sandbox import Sandbox, Settings

IDS = {"type": "array", "items": WHOLE}
NAMED = thing({"id": WHOLE, "name": TEXT}, "id", "name")
ONLY_ID = thing({"id": WHOLE}, "id")
POST_IN = thing(
    {
        "title": TEXT,
        "tags": IDS,
        "author": {"oneOf": [WHOLE, ONLY_ID]},
        "reviewerIds": IDS,
        "reviewer_ids": IDS,
    }
)
POST = thing(
    {
        "id": WHOLE,
        "title": TEXT,
        "tags": {"type": "array", "items": ref("Tag")},
        "author": ref("User"),
        "reviewers": {"type": "array", "items": ref("User")},
    },
    "id",
    "tags",
)


def usual(path: str, of: str, sent: Any) -> dict[str, Any]:
    return {
        path: {
            "get": {"responses": answer({"type": "array", "items": ref(of)})},
            "post": {"requestBody": body(sent), "responses": answer(ref(of), "201")},
        },
        f"{path}/{{id}}": {
            "parameters": [parameter("id", WHOLE)],
            "get": {"responses": answer(ref(of))},
            "patch": {"requestBody": body(sent), "responses": answer(ref(of))},
        },
    }


PATHS = {
    **usual("/tags", "Tag", thing({"name": TEXT})),
    **usual("/users", "User", thing({"name": TEXT})),
    **usual("/posts", "Post", POST_IN),
}


@pytest.fixture
def client(serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]) -> httpx.Client:
    schemas = {"Tag": NAMED, "User": NAMED, "Post": POST}
    return serve(sandbox(paths=PATHS, components={"schemas": schemas}, settings=Settings(populate=2)))


def make(client: httpx.Client, path: str, *names: str) -> list[Any]:
    return [client.post(path, json={"name": name}).json() for name in names]


def test_what_ids_name_is_shown(client: httpx.Client) -> None:
    red, blue = make(client, "/tags", "red", "blue")
    ann, bob = make(client, "/users", "Ann", "Bob")
    sent = {"title": "Hi", "tags": [blue["id"], red["id"]], "author": ann["id"], "reviewerIds": [bob["id"]]}
    post = client.post("/posts", json=sent).json()
    assert (post["tags"], post["author"], post["reviewers"]) == ([blue, red], ann, [bob])
    assert client.get(f"/posts/{post['id']}").json() == post
    path = f"/posts/{post['id']}"
    assert client.patch(path, json={"tags": [red["id"]]}).json()["tags"] == [red]
    assert client.patch(path, json={"reviewer_ids": []}).json()["reviewers"] == []
    changed = client.patch(path, json={"author": {"id": bob["id"]}}).json()
    assert (changed["author"], changed["tags"], changed["title"]) == (bob, [red], "Hi")


def test_a_new_item_that_names_none_shows_none(client: httpx.Client) -> None:
    post = client.post("/posts", json={"title": "Hi"}).json()
    assert (post["tags"], post.get("reviewers", [])) == ([], [])


def test_an_id_of_nothing_stays_as_it_was_sent(client: httpx.Client) -> None:
    [red] = make(client, "/tags", "red")
    post = client.post("/posts", json={"tags": [red["id"], 777], "author": 778}).json()
    assert [tag["id"] for tag in post["tags"]] == [red["id"], 777]
    assert post["tags"][0] == red
    assert post["author"]["id"] == 778


CATEGORY = thing({"id": WHOLE, "name": TEXT, "slug": TEXT}, "id", "name", "slug")
STORY = thing(
    {"id": WHOLE, "title": TEXT, "slug": TEXT, "category": ref("Category")}, "id", "slug", "category"
)
REMARK = thing({"id": WHOLE, "story": WHOLE, "body": TEXT}, "id", "story")


def by_slug(path: str, of: str, sent: Any, *parameters: Any) -> dict[str, Any]:
    listed = {"parameters": list(parameters), "responses": answer({"type": "array", "items": ref(of)})}
    return {
        path: {"get": listed, "post": {"requestBody": body(sent), "responses": answer(ref(of), "201")}},
        f"{path}/{{slug}}": {"parameters": [parameter("slug")], "get": {"responses": answer(ref(of))}},
    }


def test_what_is_found_by_a_slug_is_named_by_its_number(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    remarks = {
        "parameters": [parameter("slug")],
        "get": {"responses": answer({"type": "array", "items": ref("Remark")})},
        "post": {"requestBody": body(thing({"body": TEXT})), "responses": answer(ref("Remark"), "201")},
    }
    paths = {
        **by_slug("/categories", "Category", thing({"name": TEXT})),
        **by_slug(
            "/stories",
            "Story",
            thing({"title": TEXT, "category_id": WHOLE}),
            parameter("category", TEXT, "query"),
        ),
        "/stories/{slug}/remarks": remarks,
    }
    schemas = {"Category": CATEGORY, "Story": STORY, "Remark": REMARK}
    client = serve(sandbox(paths=paths, components={"schemas": schemas}, settings=Settings(populate=2)))
    tech = client.post("/categories", json={"name": "Tech"}).json()
    story = client.post("/stories", json={"title": "Hello World", "category_id": tech["id"]}).json()
    assert story["category"] == tech
    assert client.get("/stories", params={"category": tech["slug"]}).json() == [story]
    remark = client.post(f"/stories/{story['slug']}/remarks", json={"body": "hey"}).json()
    assert remark["story"] == story["id"]
