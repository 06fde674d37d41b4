"""Parts: what stands at a path below an item, and the member of the item that shows it, say the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, answer, body, contract_of, parameter, resource, thing
from understudy.model.compiler import compile

ADDRESS = thing({"street": TEXT, "city": TEXT})
SETTINGS = thing({"theme": {"type": "string", "enum": ["light", "dark"]}, "loud": {"type": "boolean"}})
TAGS: dict[str, Any] = {"type": "array", "items": TEXT}
MEMBERS = {"name": TEXT, "address": ADDRESS, "settings": SETTINGS, "tags": TAGS}
USER = thing({"id": TEXT, **MEMBERS}, "id", "name")
NEW = thing(MEMBERS, "name")
GONE = {"204": {"description": "gone"}, "404": {"description": "not there"}}
ANN = {
    "name": "Ann",
    "address": {"street": "A 1", "city": "Bern"},
    "settings": {"theme": "dark", "loud": True},
    "tags": ["a"],
}
Start = Callable[..., httpx.Client]


def part(schema: dict[str, Any], shown: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the operations on the one thing at a path. shown: what a write answers."""
    found = {**answer(schema), "404": {"description": "not there"}}
    written = {**answer(shown or schema), "404": {"description": "not there"}}
    return {
        "parameters": [parameter("id")],
        "get": {"responses": found},
        "put": {"requestBody": body(schema), "responses": written},
        "patch": {"requestBody": body(schema), "responses": written},
        "delete": {"responses": GONE},
    }


PATHS = {
    **resource(USER, NEW, "/users"),
    "/users/{id}/address": part(ADDRESS),
    "/users/{id}/settings": part(thing({"data": SETTINGS}), USER)
    | {"put": {"requestBody": body(SETTINGS), "responses": answer(USER)}},
    "/users/{id}/tags": part(TAGS),
}
PATHS["/users/{id}/settings"]["patch"] |= {"requestBody": body(SETTINGS)}


@pytest.fixture
def start(serve: Callable[..., httpx.Client], sandbox: Callable[..., Any]) -> Start:
    return lambda paths: serve(sandbox(paths=paths))


@pytest.fixture
def api(start: Start) -> httpx.Client:
    return start(PATHS)


@pytest.fixture
def ann(api: httpx.Client) -> str:
    made = api.post("/users", json=ANN)
    return f"/users/{made.json()['id']}"


def test_the_model_says_which_members_stand_at_a_path_of_their_own() -> None:
    members = compile(contract_of(PATHS)).collections["/users"].members
    assert {name: members[name].embeds for name in ("address", "settings", "tags")} == {
        "address": "/users/{id}/address",
        "settings": "/users/{id}/settings",
        "tags": "/users/{id}/tags",
    }


def test_an_object_of_another_kind_at_a_path_of_that_name_is_no_part() -> None:
    paths = {**PATHS, "/users/{id}/address": part(thing({"longitude": TEXT, "latitude": TEXT}))}
    assert not compile(contract_of(paths)).collections["/users"].members["address"].embeds


def test_a_part_is_what_was_sent_within_the_item(api: httpx.Client, ann: str) -> None:
    assert api.get(f"{ann}/address").json() == ANN["address"]
    assert api.get(f"{ann}/settings").json() == {"data": ANN["settings"]}
    assert api.get(f"{ann}/tags").json() == ["a"]


def test_an_item_shows_what_was_written_at_the_path_of_its_part(api: httpx.Client, ann: str) -> None:
    moved = {"street": "B 2", "city": "Basel"}
    assert api.put(f"{ann}/address", json=moved).json() == moved
    assert api.put(f"{ann}/tags", json=["x", "y"]).json() == ["x", "y"]
    found = api.get(ann).json()
    assert (found["address"], found["tags"]) == (moved, ["x", "y"])


def test_a_write_of_a_part_that_answers_the_item_answers_that_one(api: httpx.Client, ann: str) -> None:
    changed = api.patch(f"{ann}/settings", json={"theme": "light"}).json()
    assert (changed["name"], changed["settings"]) == ("Ann", {"theme": "light", "loud": True})
    assert api.get(ann).json() == changed


def test_what_is_sent_within_an_item_stands_at_the_path_of_its_part(api: httpx.Client, ann: str) -> None:
    api.get(f"{ann}/address")
    api.put(ann, json={"name": "Ann", "address": {"street": "C 3", "city": "Chur"}})
    assert api.get(f"{ann}/address").json() == {"street": "C 3", "city": "Chur"}
    api.patch(ann, json={"address": {"city": "Zug"}})
    assert api.get(f"{ann}/address").json() == {"street": "C 3", "city": "Zug"}


def test_a_part_that_was_deleted_is_no_member_of_the_item_until_it_is_sent_again(
    api: httpx.Client, ann: str
) -> None:
    assert api.delete(f"{ann}/address").status_code == 204
    refused = api.get(f"{ann}/address")
    assert (refused.status_code, "there is no address" in refused.text) == (404, True)
    assert "address" not in api.get(ann).json()
    api.put(ann, json=ANN)
    assert api.get(f"{ann}/address").json() == ANN["address"]


def test_an_item_that_is_put_without_a_part_has_none(api: httpx.Client, ann: str) -> None:
    api.get(f"{ann}/address")
    api.put(ann, json={"name": "Ann"})
    assert api.get(f"{ann}/address").status_code == 404


def test_what_a_part_begins_with_is_shown_by_the_item_from_then_on(api: httpx.Client) -> None:
    made = api.post("/users", json={"name": "Bob"}).json()
    settings = api.get(f"/users/{made['id']}/settings").json()["data"]
    assert api.get(f"/users/{made['id']}").json()["settings"] == settings


def test_parts_of_two_items_are_two(api: httpx.Client, ann: str) -> None:
    other = api.post("/users", json={**ANN, "name": "Bob"}).json()
    api.put(f"{ann}/address", json={"street": "B 2", "city": "Basel"})
    assert api.get(f"/users/{other['id']}/address").json() == ANN["address"]


def test_a_list_that_is_the_one_thing_of_its_kind_is_kept_as_it_is_put(start: Start) -> None:
    api = start(
        {
            "/allowed": {
                "get": {"responses": answer(TAGS)},
                "put": {"requestBody": body(TAGS), "responses": answer(TAGS)},
            }
        }
    )
    assert api.put("/allowed", json=["10.0.0.1"]).json() == ["10.0.0.1"]
    assert api.get("/allowed").json() == ["10.0.0.1"]
