"""A slot is taken by what names it, refused to another, and free again when that is called off or deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, below, contract_of, made, many, one, ref, thing
from understudy.engine.bookings import is_called_off
from understudy.model.compiler import compile
from understudy.sandbox import Sandbox, Settings

CONFLICT = {"409": {"description": "Conflict"}}
GONE = {"responses": {"204": {"description": ""}, "404": {"description": ""}}}
VISIT = {
    "id": WHOLE,
    "slotId": WHOLE,
    "note": TEXT,
    "status": {"type": "string", "enum": ["scheduled", "cancelled", "completed"]},
}
FLAG = {"isBooked": {"type": "boolean"}}
STATE = {"status": {"type": "string", "enum": ["booked", "available", "blocked"]}}
WAYS = [
    (FLAG, {"isBooked": True}, {"isBooked": False}),
    (STATE, {"status": "booked"}, {"status": "available"}),
]


def clinic(said: dict[str, Any], **refusals: Any) -> Sandbox:
    booking = made("Visit", slotId=WHOLE)
    booking["responses"] |= refusals
    paths = {
        "/slots": {"get": many("Slot"), "post": made("Slot", room=TEXT)},
        "/slots/{id}": below(get=one("Slot")),
        "/visits": {"get": many("Visit"), "post": booking},
        "/visits/{id}": below(get=one("Visit"), delete=GONE),
        "/visits/{id}/cancel": below(post={"responses": answer(ref("Visit"))}),
    }
    slot = {"id": WHOLE, "room": TEXT, **said}
    return Sandbox(contract_of(paths, Slot=thing(slot, *slot), Visit=thing(VISIT, *VISIT)), None, Settings())


@pytest.mark.parametrize(("said", "taken", "free"), WAYS)
def test_a_slot_is_taken_until_what_took_it_is_no_more(
    serve: Callable[..., httpx.Client], said: dict[str, Any], taken: dict[str, Any], free: dict[str, Any]
) -> None:
    client = serve(clinic(said, **CONFLICT))
    slot = client.post("/slots", json={"room": "4"}).json()
    assert slot.items() >= free.items()

    def now() -> dict[str, Any]:
        found: dict[str, Any] = client.get(f"/slots/{slot['id']}").json()
        return found

    for ends in ("cancel", "delete"):
        visit = client.post("/visits", json={"slotId": slot["id"]})
        assert visit.status_code == 201
        assert now().items() >= taken.items()
        again = client.post("/visits", json={"slotId": slot["id"]})
        assert again.status_code == 409
        path = f"/visits/{visit.json()['id']}"
        ended = client.delete(path) if ends == "delete" else client.post(f"{path}/cancel")
        assert ended.status_code < 300
        assert now().items() >= free.items()


def test_where_no_conflict_is_documented_none_is_refused(serve: Callable[..., httpx.Client]) -> None:
    client = serve(clinic(FLAG))
    slot = client.post("/slots", json={"room": "4"}).json()
    for _ in range(2):
        assert client.post("/visits", json={"slotId": slot["id"]}).status_code == 201


def test_the_model_says_what_is_taken() -> None:
    member = compile(clinic(STATE).contract).collections["/visits"].members["slotId"]
    assert (member.takes, member.frees) == ({"status": "booked"}, {"status": "available"})


@pytest.mark.parametrize(
    ("item", "is_off"),
    [
        ({"status": "cancelled"}, True),
        ({"status": "booked"}, False),
        ({"": ["cancelled"]}, False),  # a member without a name, which is no state
        ({"": "cancelled", "name": "Ann"}, False),
        ({}, False),
    ],
)
def test_only_a_state_says_that_something_is_called_off(item: dict[str, Any], is_off: bool) -> None:
    assert is_called_off(item) is is_off
