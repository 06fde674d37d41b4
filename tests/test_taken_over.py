"""What an item says of the slot or the user that it names, and what is late, ahead, or has a label."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, below, contract_of, made, many, one, parameter, ref, thing
from understudy.sandbox import Sandbox, Settings

MOMENT = {"type": "string", "format": "date-time"}
DAY = {"type": ["string", "null"], "format": "date"}
FLAG = {"type": "boolean"}
STATES = {"type": "string", "enum": ["open", "done"]}
THINGS: dict[str, dict[str, Any]] = {
    "User": {"id": WHOLE, "email": TEXT, "name": TEXT},
    "Doctor": {"id": WHOLE, "name": TEXT},
    "Slot": {"id": WHOLE, "doctorId": WHOLE, "startTime": MOMENT, "endTime": MOMENT},
    "Visit": {
        "id": WHOLE,
        "slotId": WHOLE,
        "doctorId": WHOLE,
        "doctorName": TEXT,
        "startTime": MOMENT,
        "endTime": MOMENT,
    },
    "Team": {"id": WHOLE, "title": TEXT},
    "Member": {"id": WHOLE, "userId": WHOLE, "name": TEXT, "email": TEXT},
    "Label": {"id": WHOLE, "name": TEXT},
    "Issue": {
        "id": WHOLE,
        "title": TEXT,
        "labels": {"type": "array", "items": ref("Label")},
        "dueDate": DAY,
        "startsAt": MOMENT,
        "status": STATES,
    },
}
SENT: dict[str, tuple[str, dict[str, Any]]] = {
    "users": ("User", {"email": TEXT, "name": TEXT}),
    "doctors": ("Doctor", {"name": TEXT}),
    "slots": ("Slot", {"doctorId": WHOLE, "startTime": MOMENT, "endTime": MOMENT}),
    "visits": ("Visit", {"slotId": WHOLE}),
    "teams": ("Team", {"title": TEXT}),
    "labels": ("Label", {"name": TEXT}),
}
ISSUE = {
    "title": TEXT,
    "labelIds": {"type": "array", "items": WHOLE},
    "dueDate": DAY,
    "startsAt": MOMENT,
    "status": STATES,
}


@pytest.fixture
def client(serve: Callable[..., httpx.Client]) -> httpx.Client:
    paths: dict[str, Any] = {}
    for name, (shown, sent) in SENT.items():
        paths[f"/{name}"] = {"get": many(shown), "post": made(shown, **sent)}
        paths[f"/{name}/{{id}}"] = below(get=one(shown))
    paths["/teams/{id}/members"] = below(get=many("Member"), post=made("Member", userId=WHOLE))
    asked = [
        parameter("labelId", WHOLE, "query"),
        parameter("overdue", FLAG, "query"),
        parameter("upcoming", FLAG, "query"),
    ]
    listed = {"parameters": asked, "responses": answer({"type": "array", "items": ref("Issue")})}
    paths["/issues"] = {"get": listed, "post": made("Issue", **ISSUE)}
    schemas: dict[str, Any] = {name: thing(members, *members) for name, members in THINGS.items()}
    return serve(Sandbox(contract_of(paths, **schemas), None, Settings(populate=2)))


def new(client: httpx.Client, path: str, **sent: Any) -> dict[str, Any]:
    answer_of = client.post(path, json=sent)
    assert answer_of.status_code == 201, answer_of.text
    found: dict[str, Any] = answer_of.json()
    return found


def test_a_visit_is_at_the_time_of_its_slot_with_the_doctor_whose_it_is(client: httpx.Client) -> None:
    doctor = new(client, "/doctors", name="Ann Reed")
    times = {"startTime": "2026-02-01T09:00:00Z", "endTime": "2026-02-01T09:30:00Z"}
    slot = new(client, "/slots", doctorId=doctor["id"], **times)
    visit = new(client, "/visits", slotId=slot["id"])
    assert visit.items() >= {**times, "doctorId": doctor["id"], "doctorName": "Ann Reed"}.items()


def test_a_member_is_called_as_the_user_is(client: httpx.Client) -> None:
    user = new(client, "/users", email="bob@example.org", name="Bob Stone")
    team = new(client, "/teams", title="Roof")
    member = new(client, f"/teams/{team['id']}/members", userId=user["id"])
    assert (member["name"], member["email"]) == ("Bob Stone", "bob@example.org")
    assert client.get(f"/teams/{team['id']}/members").json() == [member]


def test_lists_find_by_the_id_of_one_of_many_and_by_what_the_time_is(client: httpx.Client) -> None:
    label = new(client, "/labels", name="bug")["id"]
    past, ahead = "2020-01-01", "2031-01-01"
    late = {"dueDate": past, "startsAt": f"{past}T00:00:00Z"}
    issues = {
        "late": {**late, "labelIds": [label], "status": "open"},
        "done": {**late, "labelIds": [], "status": "done"},
        "ahead": {"dueDate": ahead, "startsAt": f"{ahead}T00:00:00Z", "labelIds": [], "status": "open"},
    }
    for title, sent in issues.items():
        new(client, "/issues", title=title, **sent)

    def titles(**query: Any) -> set[str]:
        return {one["title"] for one in client.get("/issues", params=query).json()} & issues.keys()

    assert titles(labelId=label) == {"late"}
    assert titles(overdue="true") == {"late"}
    assert titles(overdue="false") == {"done", "ahead"}
    assert titles(upcoming="true") == {"ahead"}
    assert titles() == set(issues)
