"""Members that a request calls otherwise than the item does: `FriendlyName`, `friendly_name`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from understudy.sandbox import Sandbox

TEXT = {"type": "string"}
FORM = "application/x-www-form-urlencoded"
MERGE = "application/merge-patch+json"
PATCH = "application/json-patch+json"
Start = Callable[..., httpx.Client]


def sent(schema: Any, media: str = "application/json") -> dict[str, Any]:
    return {"content": {media: {"schema": schema}}}


def shown(schema: Any, status: str = "200") -> dict[str, Any]:
    return {status: {"description": "ok", **sent(schema)}}


def thing(*required: str, **members: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": members}


CALL = thing("sid", "to", sid=TEXT, to=TEXT, friendly_name=TEXT, date_sent={**TEXT, "format": "date-time"})
LIST = thing(calls={"type": "array", "items": CALL})
ASKED = [{"name": name, "in": "query", "schema": TEXT} for name in ("To", "DateSent>", "DateSent<")]


@pytest.fixture
def calls(sandbox: Callable[..., Sandbox], serve: Start) -> httpx.Client:
    """Serve calls as form-taking vendors do: what is sent is in camel case, what is shown is not."""
    members = {"To": TEXT, "FriendlyName": TEXT, "DateSent": TEXT}
    change = {"requestBody": sent(thing(**members), FORM), "responses": shown(CALL)}
    paths = {
        "/Calls.json": {
            "get": {"parameters": ASKED, "responses": shown(LIST)},
            "post": {"requestBody": sent(thing("To", **members), FORM), "responses": shown(CALL, "201")},
        },
        "/Calls/{Sid}.json": {
            "parameters": [{"name": "Sid", "in": "path", "required": True, "schema": TEXT}],
            "get": {"responses": shown(CALL)},
            "post": change,
        },
    }
    return serve(sandbox(paths=paths))


def test_what_a_form_sends_in_another_case_is_what_is_shown(calls: httpx.Client) -> None:
    made = calls.post("/Calls.json", data={"To": "+1", "FriendlyName": "Ann"}).json()
    assert made == {"sid": made["sid"], "to": "+1", "friendly_name": "Ann"}
    changed = calls.post(f"/Calls/{made['sid']}.json", data={"FriendlyName": "Bea"}).json()
    assert changed == {**made, "friendly_name": "Bea"} == calls.get(f"/Calls/{made['sid']}.json").json()


def test_what_a_caller_could_have_sent_in_another_case_is_not_made_up(calls: httpx.Client) -> None:
    assert "friendly_name" not in calls.post("/Calls.json", data={"To": "+1"}).json()


def test_a_list_is_filtered_by_the_names_of_the_request(calls: httpx.Client) -> None:
    for number, day in (("+1", "01"), ("+2", "02"), ("+3", "03")):
        calls.post("/Calls.json", data={"To": number, "DateSent": f"2026-02-{day}T00:00:00Z"})

    def listed(**query: str) -> list[str]:
        return [one["to"] for one in calls.get("/Calls.json", params=query).json()["calls"]]

    assert listed(To="+2") == ["+2"]
    assert listed(**{"DateSent>": "2026-02-02T00:00:00Z"}) == ["+3", "+2"]
    assert listed(**{"DateSent<": "2026-02-02T00:00:00Z"}) == ["+2", "+1"]


@pytest.fixture
def clients(sandbox: Callable[..., Sandbox], serve: Start) -> httpx.Client:
    """Serve clients as two layers of one application name things: PascalCase in, camelCase out."""
    home = thing(streetName=TEXT, zipCode=TEXT, isVerified={"type": "boolean"})
    phones = {"type": "array", "items": thing(phoneNumber=TEXT)}
    shows = thing(
        "id", id={"type": "integer"}, firstName=TEXT, lastName=TEXT, homeAddress=home, phones=phones
    )
    takes = thing(
        FirstName=TEXT,
        LastName={"type": ["string", "null"]},
        HomeAddress=thing(StreetName=TEXT, ZipCode=TEXT),
        Phones={"type": "array", "items": thing(PhoneNumber=TEXT)},
    )
    many, every = {"type": "array", "items": takes}, {"type": "array", "items": shows}
    paths = {
        "/clients": {
            "get": {"responses": shown(every)},
            "post": {"requestBody": sent(takes), "responses": shown(shows, "201")},
        },
        "/clients/bulk": {"post": {"requestBody": sent(many), "responses": shown(every)}},
        "/clients/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "get": {"responses": shown(shows)},
            "put": {"requestBody": sent(takes), "responses": shown(shows)},
            "patch": {
                "requestBody": {"content": {MERGE: {"schema": takes}, PATCH: {"schema": {"type": "array"}}}},
                "responses": shown(shows),
            },
        },
    }
    return serve(sandbox(paths=paths))


def test_what_lies_within_members_is_renamed_as_well(clients: httpx.Client) -> None:
    body = {"HomeAddress": {"StreetName": "Elm", "ZipCode": "1"}, "Phones": [{"PhoneNumber": "7"}]}
    made = clients.post("/clients", json=body).json()
    assert made["homeAddress"].items() >= {"streetName": "Elm", "zipCode": "1"}.items()
    assert made["homeAddress"].keys() <= {"streetName", "zipCode", "isVerified"}
    assert made["phones"] == [{"phoneNumber": "7"}]


def test_a_put_takes_away_what_it_leaves_out_by_the_names_it_has_for_it(clients: httpx.Client) -> None:
    body = {"FirstName": "Ann", "HomeAddress": {"StreetName": "Elm", "ZipCode": "1"}}
    made = clients.post("/clients", json=body).json()
    put = clients.put(
        f"/clients/{made['id']}", json={"LastName": "Bee", "HomeAddress": {"ZipCode": "2"}}
    ).json()
    assert put["lastName"] == "Bee"
    assert "firstName" not in put
    assert put["homeAddress"] == {**put["homeAddress"], "zipCode": "2"}
    assert "streetName" not in put["homeAddress"]


def test_a_merge_patch_says_members_by_the_names_of_the_request(clients: httpx.Client) -> None:
    made = clients.post("/clients", json={"FirstName": "Ann", "LastName": "Bee"}).json()
    url = f"/clients/{made['id']}"
    patched = clients.patch(
        url, content='{"LastName": null, "FirstName": "Bea"}', headers={"content-type": MERGE}
    )
    assert (patched.json()["firstName"], "lastName" in patched.json()) == ("Bea", False)


def test_a_json_patch_names_members_in_whatever_case(clients: httpx.Client) -> None:
    made = clients.post("/clients", json={"FirstName": "Ann", "HomeAddress": {"ZipCode": "1"}}).json()
    changes = [
        {"op": "replace", "path": "/FirstName", "value": "Bea"},
        {"op": "add", "path": "/LastName", "value": "Cox"},
        {"op": "replace", "path": "/HomeAddress/ZipCode", "value": "2"},
    ]
    patched = clients.patch(
        f"/clients/{made['id']}", content=json.dumps(changes), headers={"content-type": PATCH}
    ).json()
    assert (patched["firstName"], patched["lastName"]) == ("Bea", "Cox")
    assert patched["homeAddress"]["zipCode"] == "2"


def test_a_list_of_them_is_created_item_by_item(clients: httpx.Client) -> None:
    made = clients.post("/clients/bulk", json=[{"FirstName": "Ann"}, {"FirstName": "Bea"}]).json()
    assert [one["firstName"] for one in made] == ["Ann", "Bea"]
    assert clients.get(f"/clients/{made[0]['id']}").json() == made[0]
