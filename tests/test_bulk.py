"""Writes of many items: named by their ids, sent with them, or by them, at a path that says so in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, body, parameter, thing
from understudy.sandbox import Sandbox, Settings

IDS = {"type": "array", "items": WHOLE}
STATE = {"type": "string", "enum": ["open", "closed"]}
ORDER = thing({"id": WHOLE, "note": TEXT, "state": STATE}, "id", "note", "state")
NEW = thing({"note": TEXT, "state": STATE})
LIST = {"type": "array", "items": ORDER}
Start = Callable[..., httpx.Client]


@pytest.fixture
def start(sandbox: Callable[..., Sandbox], serve: Start) -> Start:
    """Serve three orders, a, b and c, all open, and one more path."""

    def serving(path: str, method: str, taken: Any, shown: Any, *asked: dict[str, Any]) -> httpx.Client:
        operation: dict[str, Any] = {"responses": answer(shown), "parameters": list(asked)}
        if taken:
            operation["requestBody"] = body(taken)
        paths: dict[str, Any] = {
            "/orders": {
                "get": {"responses": answer(LIST)},
                "post": {"requestBody": body(NEW), "responses": answer(ORDER, "201")},
            },
            "/orders/{id}": {
                "get": {"responses": {**answer(ORDER), "404": {"description": ""}}},
                "parameters": [parameter("id", WHOLE)],
            },
        }
        paths.setdefault(path, {})[method] = operation
        api = serve(sandbox(paths=paths, settings=Settings()))
        for note in "abc":
            api.post("/orders", json={"note": note, "state": "open"})
        return api

    return serving


def notes(api: httpx.Client) -> dict[int, tuple[str, str]]:
    return {one["id"]: (one["note"], one["state"]) for one in api.get("/orders").json()}


CHANGES = thing({"ids": IDS, "changes": NEW}, "ids", "changes")
FLAT = thing({"ids": IDS, "state": STATE}, "ids")
WITH_IDS = thing({"id": WHOLE, "note": TEXT, "state": STATE}, "id")
MAP = {"type": "object", "additionalProperties": NEW}


@pytest.mark.parametrize(
    ("path", "method", "taken", "sent"),
    [
        ("/orders", "patch", CHANGES, {"ids": [1, 2], "changes": {"state": "closed"}}),
        ("/orders/bulk", "patch", FLAT, {"ids": [1, 2], "state": "closed"}),
        ("/orders/update-many", "post", CHANGES, {"ids": [1, 2], "changes": {"state": "closed"}}),
        (
            "/orders/bulk_update",
            "put",
            {"type": "array", "items": WITH_IDS},
            [{"id": 1, "state": "closed"}, {"id": 2, "state": "closed"}],
        ),
        ("/orders/batch-update", "post", MAP, {"1": {"state": "closed"}, "2": {"state": "closed"}}),
        ("/orders/batch-close", "post", thing({"ids": IDS}, "ids"), {"ids": [1, 2]}),
        ("/orders/close", "post", thing({"ids": IDS}, "ids"), {"ids": [1, 2]}),
    ],
)
def test_many_are_changed_and_the_others_stay(
    start: Start, path: str, method: str, taken: Any, sent: Any
) -> None:
    api = start(path, method, taken, LIST)
    changed = api.request(method, path, json=sent).json()
    assert [(one["id"], one["state"]) for one in changed] == [(1, "closed"), (2, "closed")]
    assert notes(api) == {1: ("a", "closed"), 2: ("b", "closed"), 3: ("c", "open")}


@pytest.mark.parametrize("taken", [CHANGES, FLAT])
def test_a_change_of_many_that_names_none_is_refused(start: Start, taken: Any) -> None:
    refused = start("/orders/bulk", "patch", taken, LIST).patch("/orders/bulk", json={"state": "closed"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/ids")


@pytest.mark.parametrize(
    ("path", "method"),
    [("/orders/bulk-delete", "post"), ("/orders/bulk", "delete"), ("/orders/delete-many", "post")],
)
def test_many_are_deleted_by_their_ids_and_counted(start: Start, path: str, method: str) -> None:
    api = start(path, method, thing({"ids": IDS}, "ids"), thing({"deleted": WHOLE}, "deleted"))
    assert api.request(method, path, json={"ids": [1, 3, 77]}).json() == {"deleted": 2}
    assert notes(api) == {2: ("b", "open")}


def test_many_are_deleted_by_ids_in_the_query(start: Start) -> None:
    asked = parameter("ids[]", IDS, "query")
    api = start("/orders", "delete", None, thing({"affected": WHOLE}, "affected"), asked)
    assert api.delete("/orders", params={"ids[]": [1, 2]}).json() == {"affected": 2}
    assert notes(api) == {3: ("c", "open")}


def test_what_is_not_there_is_told_beside_what_was_written(start: Start) -> None:
    failed = {"type": "array", "items": thing({"id": WHOLE, "error": TEXT}, "id", "error")}
    api = start("/orders", "patch", CHANGES, thing({"updated": LIST, "failed": failed}, "updated", "failed"))
    told = api.patch("/orders", json={"ids": [1, 77], "changes": {"note": "new"}}).json()
    assert [one["note"] for one in told["updated"]] == ["new"]
    assert told["failed"] == [{"id": 77, "error": "no order has the identifier 77"}]
    assert 77 not in notes(api)
    assert api.patch("/orders", json={"ids": [1], "changes": {"note": "x"}}).json()["failed"] == []


def test_many_are_created_below_a_path_that_says_so(start: Start) -> None:
    api = start("/orders/bulk", "post", {"type": "array", "items": NEW}, LIST)
    made = api.post("/orders/bulk", json=[{"note": "d"}, {"note": "e"}]).json()
    assert [one["note"] for one in made] == ["d", "e"]
    assert {note for note, _ in notes(api).values()} == {"a", "b", "c", "d", "e"}
