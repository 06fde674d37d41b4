"""Ids that are names: what people call an item is made up as people would, also where it is its id."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, answer, contract_of, parameter, thing
from understudy.sandbox import Sandbox, Settings

Start = Callable[[dict[str, Any]], httpx.Client]
MANY = 60  # more than there are titles to draw from
DIGITS = re.compile("[0-9a-f]{12}")


@pytest.fixture
def start(serve: Callable[..., httpx.Client]) -> Start:
    def started(paths: dict[str, Any]) -> httpx.Client:
        return serve(Sandbox(contract_of(paths), None, Settings(populate=MANY)))

    return started


def kept(path: str, key: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return a list and its items, which are found by a member."""
    return {
        path: {"get": {"responses": answer({"type": "array", "items": schema})}},
        f"{path}/{{{key}}}": {"parameters": [parameter(key)], "get": {"responses": answer(schema)}},
    }


def test_names_in_paths_are_such_as_stand_in_addresses_and_each_is_once(start: Start) -> None:
    client = start(kept("/projects", "name", thing({"name": TEXT, "note": TEXT})))
    listed = client.get("/projects").json()
    names = [project["name"] for project in listed]
    assert len(set(names)) == len(names) == MANY
    assert not any(map(DIGITS.fullmatch, names))
    assert all(re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", name) for name in names)
    assert client.get(f"/projects/{names[-1]}").json() == listed[-1]


def test_names_that_no_path_has_are_names_and_each_is_once(start: Start) -> None:
    cities = {"/cities": {"get": {"responses": answer({"type": "array", "items": thing({"name": TEXT})})}}}
    names = [city["name"] for city in start(cities).get("/cities").json()]
    assert len(set(names)) == len(names) == MANY
    assert not any(map(DIGITS.fullmatch, names))
    assert any(name[0].isupper() for name in names)


def test_the_address_of_a_person_is_that_of_the_name_to_log_in_by(start: Start) -> None:
    schema = thing({"username": TEXT, "email": {"type": "string", "format": "email"}})
    users = start(kept("/users", "username", schema)).get("/users").json()
    of_two = [user for user in users if re.fullmatch(r"[a-z]+\.[a-z]+", user["username"])]
    assert of_two
    assert all(user["email"].partition("@")[0] == user["username"] for user in of_two)


def test_a_name_is_as_long_as_its_schema_wants(start: Start) -> None:
    short: dict[str, Any] = {**TEXT, "minLength": 6, "maxLength": 9}
    long: dict[str, Any] = {**TEXT, "minLength": 3, "maxLength": 12}
    for limits in (short, long):
        client = start(kept("/things", "name", thing({"name": limits}, "name")))
        names = [one["name"] for one in client.get("/things").json()]
        assert len(set(names)) == len(names) == MANY
        assert all(limits["minLength"] <= len(name) <= limits["maxLength"] for name in names)
        assert [client.get(f"/things/{name}").json()["name"] for name in names] == names


def test_names_of_which_examples_know_one_alone_are_counted(start: Start) -> None:
    labels = kept("/labels", "name", thing({"name": {**TEXT, "example": "bug"}}, "name"))
    labels["/labels"]["get"]["responses"]["200"]["content"]["application/json"]["example"] = [{"name": "bug"}]
    issue = thing({"id": {"type": "integer"}, "label": thing({"name": TEXT}, "name")}, "id", "label")
    client = start(labels | kept("/issues", "id", issue))
    names = [label["name"] for label in client.get("/labels").json()]
    assert len(set(names)) == len(names) == MANY
    assert names.count("bug") == 1
    assert len(client.get("/issues").json()) == MANY
