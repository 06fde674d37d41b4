"""What was deleted can be listed, brought back and deleted for good, where a contract has operations for that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, body, parameter, thing
from understudy.sandbox import Sandbox, Settings

FLAG = {"type": "boolean"}
MOMENT = {"type": ["string", "null"], "format": "date-time"}
ORDER = thing({"id": WHOLE, "note": TEXT, "deleted_at": MOMENT}, "id", "note")
LIST = {"type": "array", "items": ORDER}
GONE = {"responses": {"204": {"description": ""}, "404": {"description": ""}}}
AT = [parameter("id", WHOLE)]
Start = Callable[..., httpx.Client]


def shows(schema: Any, *asked: dict[str, Any]) -> dict[str, Any]:
    return {"parameters": list(asked), "responses": answer(schema)}


@pytest.fixture
def start(sandbox: Callable[..., Sandbox], serve: Start) -> Start:
    """Serve orders and more paths."""

    def serving(more: dict[str, Any], **settings: Any) -> httpx.Client:
        paths = {
            "/orders": {
                "get": shows(LIST),
                "post": {
                    "requestBody": body(thing({"note": TEXT}, "note")),
                    "responses": answer(ORDER, "201"),
                },
            },
            "/orders/{id}": {"get": shows(ORDER), "delete": GONE, "parameters": AT},
            **more,
        }
        return serve(sandbox(paths=paths, settings=Settings(**settings)))

    return serving


def made(api: httpx.Client, note: str) -> int:
    number: int = api.post("/orders", json={"note": note}).json()["id"]
    return number


def ids(response: httpx.Response) -> list[int]:
    return [one["id"] for one in response.json()]


@pytest.mark.parametrize("word", ["trash", "deleted"])
def test_what_was_deleted_is_listed_and_comes_back_as_it_was(start: Start, word: str) -> None:
    restored = {"post": shows(ORDER), "parameters": AT}
    api = start({f"/orders/{word}": {"get": shows(LIST)}, "/orders/{id}/restore": restored})
    kept, number = made(api, "kept"), made(api, "lost")
    assert api.get(f"/orders/{word}").json() == []
    api.delete(f"/orders/{number}")
    (shown,) = api.get(f"/orders/{word}").json()
    assert (shown["id"], shown["note"], bool(shown["deleted_at"])) == (number, "lost", True)
    again = api.post(f"/orders/{number}/restore").json()
    assert (again["note"], again.get("deleted_at")) == ("lost", None)
    assert api.get(f"/orders/{number}").json()["note"] == "lost"
    assert api.get(f"/orders/{word}").json() == []
    assert sorted(ids(api.get("/orders"))) == [kept, number]


@pytest.mark.parametrize("path", ["/orders/{id}/purge", "/orders/{id}/force", "/orders/trash/{id}"])
def test_what_is_purged_is_gone_for_good(start: Start, path: str) -> None:
    api = start(
        {
            "/orders/trash": {"get": shows(LIST)},
            path: {"delete": GONE, "parameters": AT},
            "/orders/{id}/restore": {"post": shows(ORDER), "parameters": AT},
        }
    )
    number = made(api, "lost")
    api.delete(f"/orders/{number}")
    assert api.delete(path.replace("{id}", str(number))).status_code == 204
    assert api.get("/orders/trash").json() == []
    assert api.post(f"/orders/{number}/restore").status_code == 404
    assert api.get(f"/orders/{number}").status_code == 404


def test_a_path_says_whether_an_item_is_there(start: Start) -> None:
    for schema, found in ((FLAG, bool), (thing({"exists": FLAG}, "exists"), lambda told: told["exists"])):
        api = start({"/orders/{id}/exists": {"get": shows(schema), "parameters": AT}}, any_id=False)
        number = made(api, "here")
        assert found(api.get(f"/orders/{number}/exists").json()) is True
        assert found(api.get("/orders/4242/exists").json()) is False
        api.delete(f"/orders/{number}")
        assert found(api.get(f"/orders/{number}/exists").json()) is False


def test_a_path_says_whether_any_item_meets_a_filter(start: Start) -> None:
    api = start({"/orders/exists": {"get": shows(thing({"exists": FLAG}), parameter("note", place="query"))}})
    made(api, "here")
    for note, is_there in (("here", True), ("nowhere", False)):
        assert api.get("/orders/exists", params={"note": note}).json() == {"exists": is_there}


def test_a_body_that_is_sent_to_a_search_filters(start: Start) -> None:
    asked = thing({"query": TEXT, "note": TEXT, "limit": WHOLE})
    api = start({"/orders/search": {"post": {"requestBody": body(asked), "responses": answer(LIST)}}})
    first, second = made(api, "red kite"), made(api, "blue kite")
    for sent, found in (
        ({"query": "RED"}, [first]),
        ({"note": "blue kite"}, [second]),
        ({"query": "kite", "limit": 1}, [second]),
        ({}, [second, first]),
    ):
        assert ids(api.post("/orders/search", json=sent)) == found
