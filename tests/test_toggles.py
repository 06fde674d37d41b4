"""Toggles are each caller's own: what somebody liked, saved or follows, they alone see so, and everybody sees
the number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, body, parameter, thing
from understudy.sandbox import Sandbox, Settings

FLAG = {"type": "boolean"}
PERSON = thing(
    {"id": WHOLE, "username": TEXT, "following": FLAG, "followers": WHOLE, "following_count": WHOLE},
    "id",
    "username",
    "following",
    "following_count",
)
RECIPE = thing(
    {"id": WHOLE, "title": TEXT, "liked": FLAG, "likes_count": WHOLE, "owner": PERSON},
    "id",
    "title",
    "liked",
    "likes_count",
    "owner",
)
LOCK: list[dict[str, list[str]]] = [{"token": []}]
LOGIN = thing({"username": TEXT, "password": TEXT}, "username", "password")
Headers = dict[str, str]


def listing(item: Any, **more: Any) -> dict[str, Any]:
    return {"security": LOCK, "responses": answer({"type": "array", "items": item}), **more}


def doing(item: Any) -> dict[str, Any]:
    return {"security": LOCK, "responses": answer(item)}


ANSWERED = {"post": doing(RECIPE), "delete": doing(RECIPE)}
PATHS: dict[str, Any] = {
    "/auth/register": {"post": {"requestBody": body(LOGIN), "responses": answer(PERSON, "201")}},
    "/auth/login": {
        "post": {
            "requestBody": body(LOGIN),
            "responses": answer(thing({"access_token": TEXT}, "access_token")),
        }
    },
    "/users": {"get": listing(PERSON)},
    "/users/{username}": {"get": doing(PERSON), "parameters": [parameter("username")]},
    "/users/{username}/follow": {
        "post": doing(PERSON),
        "delete": doing(PERSON),
        "parameters": [parameter("username")],
    },
    "/users/{username}/followers": {"get": listing(PERSON), "parameters": [parameter("username")]},
    "/users/{username}/following": {"get": listing(PERSON), "parameters": [parameter("username")]},
    "/users/{username}/likes": {"get": listing(RECIPE), "parameters": [parameter("username")]},
    "/users/me/following": {"get": listing(PERSON)},
    "/users/me/likes": {"get": listing(RECIPE)},
    "/feed": {"get": listing(RECIPE)},
    "/recipes": {
        "get": listing(
            RECIPE, parameters=[parameter("liked_by", place="query"), parameter("liked", FLAG, "query")]
        ),
        "post": {
            "security": LOCK,
            "requestBody": body(thing({"title": TEXT}, "title")),
            "responses": answer(RECIPE, "201"),
        },
    },
    "/recipes/{id}": {"get": {"responses": answer(RECIPE)}, "parameters": [parameter("id", WHOLE)]},
    "/recipes/{id}/likes": {"get": listing(PERSON), "parameters": [parameter("id", WHOLE)]},
    "/recipes/{id}/like": {**ANSWERED, "parameters": [parameter("id", WHOLE)]},
}
SCHEMES = {"token": {"type": "http", "scheme": "bearer"}}


@pytest.fixture
def api(sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]) -> httpx.Client:
    return serve(sandbox(paths=PATHS, components={"securitySchemes": SCHEMES}))


def logged_in(api: httpx.Client, name: str) -> Headers:
    api.post("/auth/register", json={"username": name, "password": "secret-12"})
    token = api.post("/auth/login", json={"username": name, "password": "secret-12"}).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def ids(response: httpx.Response) -> list[int]:
    return [one["id"] for one in response.json()]


def made(api: httpx.Client, who: Headers, title: str = "Soup") -> int:
    number: int = api.post("/recipes", json={"title": title}, headers=who).json()["id"]
    return number


def test_what_somebody_turned_on_they_alone_see_so_and_all_see_the_number(api: httpx.Client) -> None:
    ann, bob = logged_in(api, "ann"), logged_in(api, "bob")
    number = made(api, ann)
    liked = api.post(f"/recipes/{number}/like", headers=bob).json()
    seen = api.get(f"/recipes/{number}", headers=ann).json()
    assert (liked["liked"], liked["likes_count"]) == (True, 1)
    assert (seen["liked"], seen["likes_count"]) == (False, 1)
    assert api.post(f"/recipes/{number}/like", headers=ann).json()["likes_count"] == 2
    assert api.delete(f"/recipes/{number}/like", headers=bob).json()["likes_count"] == 1


def test_turning_a_flag_twice_counts_once(api: httpx.Client) -> None:
    ann = logged_in(api, "ann")
    number = made(api, ann)
    for _ in range(2):
        assert api.post(f"/recipes/{number}/like", headers=ann).json()["likes_count"] == 1
    for _ in range(2):
        assert api.delete(f"/recipes/{number}/like", headers=ann).json()["likes_count"] == 0


def test_what_somebody_turned_on_is_found_by_their_name_and_by_the_flag(api: httpx.Client) -> None:
    ann, bob = logged_in(api, "ann"), logged_in(api, "bob")
    number = made(api, ann)
    made(api, ann, "Cake")
    api.post(f"/recipes/{number}/like", headers=bob)
    for params, who, found in (
        ({"liked_by": "bob"}, ann, [number]),
        ({"liked_by": "ann"}, ann, []),
        ({"liked": "true"}, bob, [number]),
        ({"liked": "true"}, ann, []),
    ):
        assert ids(api.get("/recipes", params=params, headers=who)) == found
    assert number not in ids(api.get("/recipes", params={"liked": "false"}, headers=bob))


def test_a_list_called_like_the_flag_is_of_what_the_caller_turned_on(api: httpx.Client) -> None:
    ann, bob = logged_in(api, "ann"), logged_in(api, "bob")
    number = made(api, ann)
    api.post(f"/recipes/{number}/like", headers=bob)
    assert ids(api.get("/users/me/likes", headers=bob)) == [number]
    assert api.get("/users/me/likes", headers=ann).json() == []


def test_a_feed_is_of_those_whom_the_caller_follows(api: httpx.Client) -> None:
    ann, bob = logged_in(api, "ann"), logged_in(api, "bob")
    number = made(api, ann)
    made(api, bob)
    assert api.get("/feed", headers=bob).json() == []
    assert api.post("/users/ann/follow", headers=bob).json()["following"] is True
    assert ids(api.get("/feed", headers=bob)) == [number]
    assert [one["username"] for one in api.get("/users/me/following", headers=bob).json()] == ["ann"]
    api.delete("/users/ann/follow", headers=bob)
    assert api.get("/feed", headers=bob).json() == []


def test_whom_somebody_follows_is_shown_wherever_an_item_shows_them(api: httpx.Client) -> None:
    ann, bob = logged_in(api, "ann"), logged_in(api, "bob")
    number = made(api, ann)
    api.post("/users/ann/follow", headers=bob)
    assert api.get(f"/recipes/{number}", headers=bob).json()["owner"]["following"] is True
    assert api.get(f"/recipes/{number}", headers=ann).json()["owner"]["following"] is False


def test_two_credentials_are_two_callers_where_nobody_logs_in(
    sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]
) -> None:
    project = thing({"id": WHOLE, "name": TEXT, "starred": FLAG, "stars_count": WHOLE}, "id", "starred")
    at, there = [parameter("id", WHOLE)], {"security": LOCK, "responses": {"204": {"description": ""}}}
    paths = {
        "/projects": {
            "get": listing(project),
            "post": {**doing(project), "requestBody": body(thing({"name": TEXT}))},
        },
        "/projects/{id}": {"get": doing(project), "parameters": at},
        "/user/starred": {"get": listing(project)},
        "/user/starred/{id}": {"get": there, "put": there, "delete": there, "parameters": at},
    }
    api = serve(sandbox(paths=paths, components={"securitySchemes": SCHEMES}))
    one, other = {"Authorization": "Bearer first-key"}, {"Authorization": "Bearer second-key"}
    number = api.post("/projects", json={"name": "kite"}, headers=one).json()["id"]
    assert api.put(f"/user/starred/{number}", headers=one).status_code == 204
    assert ids(api.get("/user/starred", headers=one)) == [number]
    assert api.get("/user/starred", headers=other).json() == []
    assert api.get(f"/user/starred/{number}", headers=one).status_code == 204
    assert api.get(f"/user/starred/{number}", headers=other).status_code == 404
    assert api.get(f"/projects/{number}", headers=other).json()["starred"] is False
    api.delete(f"/user/starred/{number}", headers=one)
    assert api.get("/user/starred", headers=one).json() == []


def test_a_user_lists_their_followers_those_they_follow_and_what_they_liked(api: httpx.Client) -> None:
    ann, bob = logged_in(api, "ann"), logged_in(api, "bob")
    soup = made(api, ann)
    assert api.get("/users/ann/followers", headers=ann).json() == []
    api.post("/users/ann/follow", headers=bob)
    api.post(f"/recipes/{soup}/like", headers=bob)

    def names(path: str) -> list[str]:
        return [one["username"] for one in api.get(path, headers=ann).json()]

    assert names("/users/ann/followers") == ["bob"]
    assert names("/users/bob/following") == ["ann"]
    assert names(f"/recipes/{soup}/likes") == ["bob"]
    assert ids(api.get("/users/bob/likes", headers=ann)) == [soup]
    assert api.get("/users/bob", headers=ann).json()["following_count"] == 1
    api.delete("/users/ann/follow", headers=bob)
    assert names("/users/ann/followers") == names("/users/bob/following") == []
    assert api.get("/users/bob", headers=ann).json()["following_count"] == 0


def test_a_number_counts_each_caller_once_where_no_flag_is_shown(
    sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]
) -> None:
    song = thing({"id": WHOLE, "title": TEXT, "likes": WHOLE}, "id", "title", "likes")
    turning = {"post": {"responses": answer(song)}, "parameters": [parameter("id", WHOLE)]}
    create = {"requestBody": body(thing({"title": TEXT}, "title")), "responses": answer(song, "201")}
    songs = {
        "/songs": {"post": create},
        "/songs/{id}": {"get": {"responses": answer(song)}, "parameters": [parameter("id", WHOLE)]},
        "/songs/{id}/like": turning,
        "/songs/{id}/unlike": turning,
    }
    api = serve(sandbox(paths=songs))
    key = api.post("/songs", json={"title": "Hey"}).json()["id"]
    assert [api.post(f"/songs/{key}/like").json() for _ in range(2)] == [
        {"id": key, "title": "Hey", "likes": 1}
    ] * 2
    assert api.post(f"/songs/{key}/unlike").json()["likes"] == 0


def test_what_nobody_can_turn_on_is_a_list_of_its_own(
    sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]
) -> None:
    paths = {path: methods for path, methods in PATHS.items() if not path.endswith("/follow")}
    settings = Settings(populate=3)
    api = serve(sandbox(paths=paths, components={"securitySchemes": SCHEMES}, settings=settings))
    ann = logged_in(api, "ann")
    other = next(one["username"] for one in api.get("/users", headers=ann).json() if one["username"] != "ann")
    assert len(api.get(f"/users/{other}/followers", headers=ann).json()) == 3
    assert api.get(f"/users/{other}/likes", headers=ann).json() == []
