"""What front ends do to things: read, assign, toggle, tag, put in order, answer, and what lists then show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, body, parameter, resource, thing
from understudy.sandbox import Sandbox, Settings

FLAG = {"type": "boolean"}
DAY = {"type": "string", "format": "date"}
MOMENT = {"type": "string", "format": "date-time"}
MAYBE: dict[str, Any] = {"type": "string", "format": "date-time", "nullable": True}
IDS = {"type": "array", "items": WHOLE}
NOTE = thing({"id": WHOLE, "title": TEXT, "readAt": MAYBE, "createdAt": MOMENT}, "id", "title", "readAt")
TICKET = thing(
    {
        "id": WHOLE,
        "title": TEXT,
        "date": DAY,
        "status": {"type": "string", "enum": ["open", "solved"]},
        "assigneeId": {"type": "integer", "nullable": True},
        "parentId": {"type": "integer", "nullable": True},
        "tags": {"type": "array", "items": TEXT},
        "enabled": FLAG,
        "position": WHOLE,
        "solvedAt": MAYBE,
        "createdAt": MOMENT,
    },
    "id",
    "title",
    "assigneeId",
    "parentId",
    "tags",
    "enabled",
    "position",
    "solvedAt",
)
NEW = thing({"title": TEXT, "date": DAY, "parentId": WHOLE, "enabled": FLAG}, "title")
ONE = [parameter("id", WHOLE)]
MANY = answer({"type": "array", "items": TICKET})


def doing(item: Any, sent: Any = None) -> dict[str, Any]:
    does: dict[str, Any] = {"responses": answer(item)}
    return {**does, "requestBody": body(sent)} if sent else does


PATHS: dict[str, Any] = {
    "/notes": {
        "get": {
            "parameters": [
                parameter("unread", {"type": "string", "enum": ["true", "false"]}, "query"),
                parameter("unreadOnly", {**FLAG, "default": False}, "query"),
            ],
            "responses": answer({"type": "array", "items": NOTE}),
        }
    },
    "/notes/{noteId}/read": {"post": doing(NOTE), "parameters": [parameter("noteId", WHOLE)]},
    "/notes/unread-count": {"get": {"responses": answer(thing({"count": WHOLE}, "count"))}},
    "/notes/read-all": {"post": doing(thing({"updated": WHOLE}, "updated"))},
    **resource(TICKET, NEW, "/tickets"),
    "/tickets/{id}/replies": {"get": {"responses": MANY}, "parameters": ONE},
    "/tickets/{id}/assign": {"post": doing(TICKET, thing({"agentId": WHOLE}, "agentId")), "parameters": ONE},
    "/tickets/{id}/unassign": {"post": doing(TICKET), "parameters": ONE},
    "/tickets/{id}/toggle": {"patch": doing(TICKET), "parameters": ONE},
    "/tickets/{id}/solve": {"post": doing(TICKET), "parameters": ONE},
    "/tickets/{id}/reopen": {"post": doing(TICKET), "parameters": ONE},
    "/tickets/{id}/tags": {"post": doing(TICKET, thing({"tag": TEXT}, "tag")), "parameters": ONE},
    "/tickets/{id}/tags/{tag}": {"delete": doing(TICKET), "parameters": [*ONE, parameter("tag")]},
    "/tickets/reorder": {"post": {"requestBody": body(thing({"ids": IDS}, "ids")), "responses": MANY}},
}
PATHS["/tickets"]["get"]["parameters"] = [parameter("from", DAY, "query"), parameter("to", DAY, "query")]


@pytest.fixture
def api(sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]) -> httpx.Client:
    return serve(sandbox(paths=PATHS, settings=Settings(populate=3)))


@pytest.fixture
def ticket(api: httpx.Client) -> dict[str, Any]:
    made: dict[str, Any] = api.post("/tickets", json={"title": "Printer"}).json()
    return made


def test_what_nothing_reads_can_be_read_one_by_one_and_all_at_once(api: httpx.Client) -> None:
    notes = api.get("/notes").json()
    moment = api.post(f"/notes/{notes[0]['id']}/read").json()
    assert (moment["id"], moment["title"]) == (notes[0]["id"], notes[0]["title"])
    assert moment["readAt"] > notes[0]["createdAt"]
    assert api.post("/notes/read-all").json() == {"updated": len(notes)}
    assert api.get("/notes?unread=true").json() == []
    assert api.get("/notes/unread-count").json() == {"count": 0}
    assert api.get("/notes?unreadOnly=true").json() == []
    everything = api.get("/notes").json()
    assert all(note["readAt"] for note in everything)
    assert api.get("/notes?unread=false").json() == everything
    assert api.get("/notes?unreadOnly=false").json() == everything


def test_who_takes_over_is_said_under_another_name(api: httpx.Client, ticket: dict[str, Any]) -> None:
    path = f"/tickets/{ticket['id']}"
    assert api.post(f"{path}/assign", json={"agentId": 7}).json()["assigneeId"] == 7
    assert api.get(path).json()["assigneeId"] == 7
    assert api.post(f"{path}/unassign").json()["assigneeId"] is None


def test_a_toggle_turns_the_only_flag_over(api: httpx.Client, ticket: dict[str, Any]) -> None:
    path = f"/tickets/{ticket['id']}"
    found = [api.patch(f"{path}/toggle").json()["enabled"] for _ in range(2)]
    assert found == [not ticket["enabled"], ticket["enabled"]]
    assert api.get(path).json()["enabled"] == ticket["enabled"]


def test_what_is_open_again_has_no_end(api: httpx.Client, ticket: dict[str, Any]) -> None:
    path = f"/tickets/{ticket['id']}"
    assert api.post(f"{path}/solve").json()["solvedAt"]
    again = api.post(f"{path}/reopen").json()
    assert (again["status"], again["solvedAt"]) == ("open", None)


def test_texts_are_put_into_a_list_by_a_body_and_taken_out_by_a_path(
    api: httpx.Client, ticket: dict[str, Any]
) -> None:
    path = f"/tickets/{ticket['id']}"
    for tag in ("new", "hot", "new"):
        tags = api.post(f"{path}/tags", json={"tag": tag}).json()["tags"]
    assert tags[-2:] == ["hot", "new"]
    assert api.delete(f"{path}/tags/hot").json()["tags"] == [*tags[:-2], "new"]
    assert api.get(path).json()["tags"] == [*tags[:-2], "new"]


def test_things_stand_in_the_order_they_were_put_in_and_new_ones_last(api: httpx.Client) -> None:
    before = len(api.get("/tickets").json())
    made = [api.post("/tickets", json={"title": title}).json() for title in "abc"]
    assert [one["position"] for one in made] == [before, before + 1, before + 2]
    ids = [one["id"] for one in (made[2], made[0], made[1])]
    put = api.post("/tickets/reorder", json={"ids": ids}).json()
    assert [(one["id"], one["position"]) for one in put] == list(zip(ids, range(3), strict=True))
    listed = api.get("/tickets").json()
    assert [one["id"] for one in listed if one["id"] in ids] == ids


def test_what_lies_below_a_thing_of_its_own_kind_is_listed_there(
    api: httpx.Client, ticket: dict[str, Any]
) -> None:
    reply = api.post("/tickets", json={"title": "Me too", "parentId": ticket["id"]}).json()
    assert api.get(f"/tickets/{ticket['id']}/replies").json() == [reply]
    assert api.get(f"/tickets/{reply['id']}/replies").json() == []


def test_a_span_of_days_is_of_the_day_that_a_thing_has(api: httpx.Client) -> None:
    late = api.post("/tickets", json={"title": "Late", "date": "2031-02-03"}).json()
    api.post("/tickets", json={"title": "Later", "date": "2031-03-04"})
    assert api.get("/tickets?from=2031-02-01&to=2031-02-28").json() == [late]


ALERT = thing({"id": WHOLE, "is_read": FLAG}, "id", "is_read")
ALERTS: dict[str, Any] = {
    **resource(ALERT, thing({"is_read": FLAG}), "/alerts"),
    "/alerts/unread_count": {"get": {"responses": answer(thing({"unread_count": WHOLE}, "unread_count"))}},
}


def test_what_was_not_read_is_counted(
    sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]
) -> None:
    api = serve(sandbox(paths=ALERTS))
    for is_read in (True, False, False):
        last = api.post("/alerts", json={"is_read": is_read}).json()
    assert api.get("/alerts/unread_count").json() == {"unread_count": 2}
    api.put(f"/alerts/{last['id']}", json={"is_read": True})
    assert api.get("/alerts/unread_count").json() == {"unread_count": 1}
