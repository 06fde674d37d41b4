"""What is there from the start names what is there, and counts it: tags of posts, posts of a category, posts of a user."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, body, parameter, resource, thing
from understudy.sandbox import Settings

TAG = thing({"id": WHOLE, "name": TEXT, "slug": TEXT}, "id", "name", "slug")
CATEGORY = thing({"id": WHOLE, "name": TEXT, "posts_count": WHOLE}, "id", "posts_count")
USER = thing({"id": WHOLE, "email": TEXT, "name": TEXT}, "id", "email", "name")
POST = thing(
    {
        "id": WHOLE,
        "title": TEXT,
        "tags": {"type": "array", "items": TAG, "minItems": 1},
        "category": CATEGORY,
        "author": USER,
    },
    "id",
    "tags",
    "category",
)
NEW = thing(
    {"title": TEXT, "category_id": WHOLE, "tags": {"type": "array", "items": WHOLE}},
    "title",
    "category_id",
    "tags",
)
COMPONENTS = {
    "schemas": {"Tag": TAG, "Category": CATEGORY, "User": USER, "Post": POST},
    "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
}
CREDENTIALS = thing({"email": TEXT, "password": TEXT, "name": TEXT}, "email", "password")


def listed(item: dict[str, Any]) -> dict[str, Any]:
    return {"get": {"responses": answer({"type": "array", "items": item})}}


PATHS = {
    **resource(POST, NEW, "/posts"),
    "/tags": listed(TAG),
    "/categories": listed(CATEGORY),
    "/register": {
        "post": {
            "requestBody": body(CREDENTIALS),
            "responses": answer(thing({"token": TEXT, "user": USER}, "token", "user"), "201"),
        }
    },
    "/login": {
        "post": {"requestBody": body(CREDENTIALS), "responses": answer(thing({"token": TEXT}, "token"))}
    },
    "/user": {"get": {"responses": answer(USER)}},
    "/users/{user}/posts": {"parameters": [parameter("user", WHOLE)], **listed(POST)},
}


@pytest.fixture
def api(serve: Callable[..., httpx.Client], sandbox: Callable[..., Any]) -> httpx.Client:
    return serve(
        sandbox(
            paths=PATHS, components=COMPONENTS, security=[{"bearer": []}, {}], settings=Settings(populate=3)
        )
    )


def test_things_that_are_named_by_their_titles_in_addresses_are_those_that_others_show(
    api: httpx.Client,
) -> None:
    known = {tag["id"]: tag for tag in api.get("/tags").json()}
    shown = [tag for post in api.get("/posts").json() for tag in post["tags"]]
    assert shown
    assert all(known.get(tag["id"]) == tag for tag in shown)


def test_a_count_is_that_of_the_items_which_show_the_one_that_counts(api: httpx.Client) -> None:
    posts = api.get("/posts").json()
    for category in api.get("/categories").json():
        assert category["posts_count"] == sum(post["category"]["id"] == category["id"] for post in posts)
    first, *_ = api.get("/categories").json()
    api.post("/posts", json={"title": "New", "category_id": first["id"], "tags": []})
    after = {one["id"]: one["posts_count"] for one in api.get("/categories").json()}
    assert after[first["id"]] == first["posts_count"] + 1


def test_the_posts_of_a_user_are_those_that_show_them_as_their_author(api: httpx.Client) -> None:
    made = api.post(
        "/register", json={"email": "ann@example.org", "password": "secret-123", "name": "Ann"}
    ).json()
    own = {"Authorization": f"Bearer {made['token']}"}
    post = api.post("/posts", json={"title": "Mine", "category_id": 1, "tags": []}, headers=own).json()
    assert [one["id"] for one in api.get(f"/users/{made['user']['id']}/posts").json()] == [post["id"]]
