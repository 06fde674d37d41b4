"""Beginnings: what a new item says of what was not done to it yet, and what actions say once they were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, body, parameter, resource, thing
from understudy.sandbox import Sandbox

MOMENT = {"type": "string", "format": "date-time"}
DAY = {"type": "string", "format": "date"}
VISIT = thing(
    {
        "id": WHOLE,
        "name": TEXT,
        "starts_at": MOMENT,
        "hire_date": DAY,
        "minutes": WHOLE,
        "status": {"type": "string", "enum": ["booked", "cancelled"]},
        "cancelled_at": {**MOMENT, "nullable": True},
        "cancel_reason": TEXT,
        "created_at": MOMENT,
    },
    "id",
    "name",
    "status",
    "cancelled_at",
    "created_at",
)
SENT = thing(
    {"name": TEXT, "starts_at": MOMENT, "hire_date": DAY, "minutes": {**WHOLE, "default": 30}}, "name"
)
ASKED = [
    parameter("date", DAY, "query"),
    parameter("hired_after", DAY, "query"),
    parameter("page", {**WHOLE, "default": 1}, "query"),
    parameter("limit", {**WHOLE, "default": 10}, "query"),
    parameter("since_id", WHOLE, "query"),
]
CANCEL = {
    "post": {
        "requestBody": {"content": body(thing({"cancel_reason": TEXT}))["content"]},
        "responses": answer(VISIT) | {"409": {"description": "Already cancelled"}},
    },
    "parameters": [parameter("id", WHOLE)],
}


@pytest.fixture
def api(sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]) -> httpx.Client:
    paths: dict[str, Any] = resource(VISIT, SENT, "/visits")
    paths["/visits"]["get"]["parameters"] = ASKED
    return serve(sandbox(paths={**paths, "/visits/{id}/cancel": CANCEL}))


def test_a_new_item_has_no_end_and_what_its_request_says_by_default(api: httpx.Client) -> None:
    visit = api.post("/visits", json={"name": "Ann"}).json()
    assert (visit["minutes"], visit["status"], visit["cancelled_at"]) == (30, "booked", None)
    assert "cancel_reason" not in visit


def test_an_action_says_when_it_was_done_and_is_refused_where_it_was(api: httpx.Client) -> None:
    key = api.post("/visits", json={"name": "Ann"}).json()["id"]
    done = api.post(f"/visits/{key}/cancel", json={"cancel_reason": "ill"}).json()
    assert (done["status"], done["cancel_reason"]) == ("cancelled", "ill")
    assert done["cancelled_at"] >= done["created_at"]
    again = api.post(f"/visits/{key}/cancel", json={})
    assert again.status_code == 409
    assert "before" in again.json()["detail"]
    assert api.get(f"/visits/{key}").json() == done


def test_a_day_is_that_of_the_moment_which_callers_choose_and_since_an_id_come_newer_ones(
    api: httpx.Client,
) -> None:
    made = []
    for day in ("01", "02", "03"):
        sent = {"name": day, "starts_at": f"2026-03-{day}T10:00:00Z", "hire_date": f"2020-03-{day}"}
        made.append(api.post("/visits", json=sent).json()["id"])

    def names(query: str) -> list[str]:
        return [one["name"] for one in api.get(f"/visits?{query}").json()]

    assert names("date=2026-03-02") == ["02"]
    assert names("hired_after=2020-03-03") == ["03"]
    assert names(f"since_id={made[0]}") == ["03", "02"]
    assert names("page=2&limit=2") == ["01"]


def test_what_nobody_sends_begins_empty_and_is_one_of_those_that_callers_may_send(
    sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]
) -> None:
    tags = {"type": "array", "items": TEXT}
    note = thing({"id": WHOLE, "title": TEXT, "colour": TEXT, "tags": tags}, "id", "colour", "tags")
    sent = thing(
        {"title": TEXT, "colour": {"type": "string", "enum": ["red", "green"]}, "tags": tags}, "title"
    )
    api = serve(sandbox(paths=resource(note, sent, "/notes")))
    colours = {api.get(f"/notes/{key}").json()["colour"] for key in range(70, 80)}
    assert colours == {"red", "green"}
    assert api.post("/notes", json={"title": "a"}).json()["tags"] == []
    assert api.post("/notes", json={"title": "a", "tags": ["x"]}).json()["tags"] == ["x"]


def test_a_thing_that_is_answered_beside_a_message_is_the_one_that_was_written(
    sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]
) -> None:
    header = thing({"tagline": TEXT, "links": {"type": "array", "items": TEXT}})
    told = thing({"message": TEXT, "result": {"$ref": "#/components/schemas/Header"}}, "result")
    shown = {"$ref": "#/components/schemas/Header"}
    paths = {
        "/header": {
            "get": {"responses": answer(shown)},
            "post": {"requestBody": body(shown), "responses": answer(told)},
        }
    }
    api = serve(sandbox(paths=paths, components={"schemas": {"Header": header}}))
    sent = {"tagline": "Fresh", "links": []}
    assert api.post("/header", json=sent).json()["result"] == api.get("/header").json() == sent
