"""Lists of what is two steps below an item, as the cards of a board in whose columns they are; and who is assigned
by an id of another name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, below, body, contract_of, made, many, one, ref, thing
from understudy.model.compiler import compile
from understudy.sandbox import Sandbox

SCHEMAS = {
    "Board": thing({"id": WHOLE, "name": TEXT}, "id", "name"),
    "Column": thing({"id": WHOLE, "name": TEXT, "board_id": WHOLE}, "id", "name", "board_id"),
    "Card": thing({"id": WHOLE, "title": TEXT, "column_id": WHOLE}, "id", "title", "column_id"),
    "Agent": thing({"id": WHOLE, "name": TEXT}, "id", "name"),
    "Ticket": thing(
        {"id": WHOLE, "subject": TEXT, "assignee": {"anyOf": [ref("Agent"), {"type": "null"}]}},
        "id",
        "assignee",
    ),
}


COLUMNS = {
    "below a board": {
        "/boards/{id}/columns": below(get=many("Column"), post=made("Column", name=TEXT)),
        "/columns/{id}": below(get=one("Column")),
    },
    "by themselves": {
        "/columns": {"get": many("Column"), "post": made("Column", name=TEXT, board_id=WHOLE)},
        "/columns/{id}": below(get=one("Column")),
    },
}
PATHS: dict[str, Any] = {
    "/boards": {"get": many("Board"), "post": made("Board", name=TEXT)},
    "/boards/{id}": below(get=one("Board")),
    "/boards/{id}/cards": below(get=many("Card"), post=made("Card", title=TEXT)),
    "/columns/{id}/cards": below(get=many("Card"), post=made("Card", title=TEXT)),
    "/cards/{id}": below(get=one("Card"), delete={"responses": {"204": {"description": ""}}}),
    "/agents": {"get": many("Agent"), "post": made("Agent", name=TEXT)},
    "/agents/{id}": below(get=one("Agent")),
    "/agents/{id}/tickets": below(get=many("Ticket")),
    "/tickets": {"get": many("Ticket"), "post": made("Ticket", subject=TEXT)},
    "/tickets/{id}": below(get=one("Ticket")),
    "/tickets/{id}/assign": below(
        post={"requestBody": body(thing({"agent_id": WHOLE}, "agent_id")), "responses": answer(ref("Ticket"))}
    ),
}


@pytest.fixture(params=COLUMNS)
def api(
    request: pytest.FixtureRequest, sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]
) -> httpx.Client:
    return serve(sandbox(paths={**PATHS, **COLUMNS[request.param]}, components={"schemas": SCHEMAS}))


def test_an_id_that_is_called_like_the_end_of_what_has_it_leads_to_nothing_else() -> None:
    paths = {
        "/users/{id}": below(get=one("User")),
        "/users/{id}/keys": below(get=many("Key")),
        "/users/{id}/gpg_keys": below(get=many("GpgKey")),
        "/gpg_keys/{id}": below(get=one("GpgKey")),
    }
    shown: dict[str, Any] = {
        "Key": thing({"id": WHOLE}, "id"),
        "GpgKey": thing({"id": WHOLE, "key_id": TEXT}, "id", "key_id"),
    }
    model = compile(contract_of(paths, User=thing({"id": WHOLE}, "id"), **shown))
    assert model.collections["/users/{id}/gpg_keys"].through is None


def column_of(api: httpx.Client, board: int) -> int:
    said = {"name": "To do", "board_id": board}
    answered = api.post("/columns", json=said)
    if answered.status_code in (404, 405):
        answered = api.post(f"/boards/{board}/columns", json={"name": "To do"})
    number: int = answered.json()["id"]
    return number


def test_a_board_lists_the_cards_that_are_in_its_columns(api: httpx.Client) -> None:
    board, other = (api.post("/boards", json={"name": name}).json()["id"] for name in ("A", "B"))
    column = column_of(api, board)
    card = api.post(f"/columns/{column}/cards", json={"title": "Paint"}).json()
    assert api.get(f"/boards/{board}/cards").json() == [card]
    assert api.get(f"/boards/{other}/cards").json() == []
    api.delete(f"/cards/{card['id']}")
    assert api.get(f"/boards/{board}/cards").json() == []


def test_a_card_that_is_put_on_a_board_is_in_one_of_its_columns(api: httpx.Client) -> None:
    board = api.post("/boards", json={"name": "A"}).json()["id"]
    column = column_of(api, board)
    card = api.post(f"/boards/{board}/cards", json={"title": "Paint"}).json()
    assert card["column_id"] == column
    assert api.get(f"/columns/{column}/cards").json() == [card]


def test_whom_something_is_assigned_to_is_shown_and_has_it_in_a_list_of_theirs(api: httpx.Client) -> None:
    ann, bob = (api.post("/agents", json={"name": name}).json() for name in ("Ann", "Bob"))
    ticket = api.post("/tickets", json={"subject": "Printer"}).json()
    assert ticket["assignee"] is None
    assigned = api.post(f"/tickets/{ticket['id']}/assign", json={"agent_id": ann["id"]}).json()
    assert assigned["assignee"] == ann
    assert api.get(f"/agents/{ann['id']}/tickets").json() == [assigned]
    assert api.get(f"/agents/{bob['id']}/tickets").json() == []
