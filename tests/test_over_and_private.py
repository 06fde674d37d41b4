"""What is deleted where nothing shows it, what is over, what is private, and what is off at first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, body, parameter, ref, thing
from understudy.sandbox import Sandbox

NUMBER = {"type": "number"}
FLAG = {"type": "boolean"}
MOMENT = {"type": "string", "format": "date-time"}
MAYBE = {"type": ["number", "null"]}
LOCK: list[dict[str, list[str]]] = [{"token": []}]
ONE = [parameter("id", WHOLE)]
STATES = {"type": "string", "enum": ["scheduled", "confirmed", "completed", "cancelled"]}
SLOT_STATES = {"type": "string", "enum": ["available", "booked", "blocked"]}
DOCTOR = {"id": WHOLE, "name": TEXT, "average_rating": MAYBE, "amount_refunded": NUMBER}
SLOT = {"id": WHOLE, "doctor_id": WHOLE, "starts_at": MOMENT, "status": SLOT_STATES}
VISIT = {
    "id": WHOLE,
    "slot_id": WHOLE,
    "doctor_id": WHOLE,
    "patient_id": WHOLE,
    "starts_at": MOMENT,
    "status": STATES,
}
REVIEW = {"id": WHOLE, "doctor_id": WHOLE, "rating": WHOLE}
REFUND = {"id": WHOLE, "doctor_id": WHOLE, "amount": NUMBER}
USER = {"id": WHOLE, "email": TEXT, "name": TEXT}
TEAM = {"id": WHOLE, "title": TEXT, "helpers": {"type": "array", "items": ref("User")}, "retired": FLAG}
MEMBER = {"userId": WHOLE, "name": TEXT, "email": TEXT, "role": TEXT}
TICKET = {
    "id": WHOLE,
    "subtotal": NUMBER,
    "discount": NUMBER,
    "total": NUMBER,
    "prep_minutes": WHOLE,
    "cook_minutes": WHOLE,
    "total_minutes": WHOLE,
    "status": {"type": "string", "enum": ["open", "received"]},
    "created_at": MOMENT,
    "received_at": MOMENT,
}
BATCH = {"id": WHOLE, "quantity": NUMBER, "sold": NUMBER, "remaining": NUMBER}
MOVE = {"id": WHOLE, "ticket_id": WHOLE, "text": TEXT}
WHOLE_THINGS: dict[str, dict[str, Any]] = {
    "Doctor": DOCTOR,
    "Slot": SLOT,
    "Visit": VISIT,
    "Review": REVIEW,
    "Refund": REFUND,
    "User": USER,
    "Team": TEAM,
    "Member": MEMBER,
    "Batch": BATCH,
    "Move": MOVE,
}


def doing(schema: Any, status: str = "200", refused: str = "404", **more: Any) -> dict[str, Any]:
    responses = answer(schema, status) if schema else {status: {"description": ""}}
    refusals = {
        one: {"description": {"403": "Forbidden", "409": "Conflict"}.get(one, "")} for one in refused.split()
    }
    return {"security": LOCK, "responses": responses | refusals, **more}


def rows(name: str) -> dict[str, Any]:
    return doing({"type": "array", "items": ref(name)})


def makes(shown: str, /, *required: str, **sent: Any) -> dict[str, Any]:
    return doing(ref(shown), "201", requestBody=body(thing(sent, *required)))


def at(*parameters: dict[str, Any], **methods: Any) -> dict[str, Any]:
    return {"parameters": list(parameters), **methods}


DOCTOR_ID = parameter("doctor_id", WHOLE)
LOGIN = thing({"email": TEXT, "password": TEXT, "name": TEXT}, "email", "password")
PATHS: dict[str, Any] = {
    "/register": {"post": {"requestBody": body(LOGIN), "responses": answer(ref("User"), "201")}},
    "/login": {
        "post": {
            "requestBody": body(LOGIN),
            "responses": answer(thing({"access_token": TEXT}, "access_token")),
        }
    },
    "/doctors": {"get": rows("Doctor"), "post": makes("Doctor", "name", name=TEXT)},
    "/doctors/{id}": at(*ONE, get=doing(ref("Doctor"))),
    "/doctors/{doctor_id}/slots": at(DOCTOR_ID, get=rows("Slot"), post=makes("Slot", starts_at=MOMENT)),
    "/doctors/{doctor_id}/reviews": at(
        DOCTOR_ID, get=rows("Review"), post=makes("Review", "rating", rating=WHOLE)
    ),
    "/doctors/{doctor_id}/refunds": at(
        DOCTOR_ID, get=rows("Refund"), post=makes("Refund", "amount", amount=NUMBER)
    ),
    "/slots/{id}": at(*ONE, delete=doing(None, "204")),
    "/slots/{id}/block": at(*ONE, post=doing(ref("Slot"))),
    "/slots/{id}/unblock": at(*ONE, post=doing(ref("Slot"))),
    "/visits": {"get": rows("Visit"), "post": makes("Visit", "slot_id", slot_id=WHOLE)},
    "/visits/{id}": at(*ONE, get=doing(ref("Visit"), refused="403 404")),
    **{
        f"/visits/{{id}}/{verb}": at(*ONE, post=doing(ref("Visit"), refused="404 409"))
        for verb in ("confirm", "complete", "cancel")
    },
    "/teams": {"get": rows("Team"), "post": makes("Team", "title", title=TEXT)},
    "/teams/{id}": at(*ONE, get=doing(ref("Team"))),
    "/teams/{id}/retire": at(*ONE, post=doing(ref("Team"))),
    "/teams/{id}/helpers/{userId}": at(*ONE, parameter("userId", WHOLE), put=doing(ref("Team"))),
    "/teams/{id}/members": at(
        *ONE, get=rows("Member"), post=makes("Member", "userId", userId=WHOLE, role=TEXT)
    ),
    "/teams/{id}/members/{userId}": at(*ONE, parameter("userId", WHOLE), delete=doing(None, "204")),
    "/tickets": {
        "get": rows("Ticket"),
        "post": makes("Ticket", subtotal=NUMBER, prep_minutes=WHOLE, cook_minutes=WHOLE),
    },
    "/batches": {"get": rows("Batch"), "post": makes("Batch", quantity=NUMBER)},
    "/batches/{id}": at(*ONE, get=doing(ref("Batch"))),
    "/tickets/{id}": at(*ONE, get=doing(ref("Ticket"))),
    "/tickets/{id}/moves": at(*ONE, get=rows("Move")),
    "/ticket-moves": {"get": rows("Move"), "post": makes("Move", "ticket_id", ticket_id=WHOLE, text=TEXT)},
}


@pytest.fixture
def api(sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]) -> httpx.Client:
    schemas = {name: thing(members, *members) for name, members in WHOLE_THINGS.items()}
    schemas["Ticket"] = thing(TICKET, *(name for name in TICKET if name != "received_at"))
    schemes = {"token": {"type": "http", "scheme": "bearer"}}
    client = serve(sandbox(paths=PATHS, components={"schemas": schemas, "securitySchemes": schemes}))
    client.headers["Authorization"] = "Bearer any"
    return client


def made(api: httpx.Client, path: str, **sent: Any) -> dict[str, Any]:
    found: dict[str, Any] = api.post(path, json=sent).raise_for_status().json()
    return found


def logged_in(api: httpx.Client, name: str) -> tuple[int, dict[str, str]]:
    said = {"email": f"{name}@example.org", "password": "secret-12", "name": name.title()}
    own = api.post("/register", json=said).json()["id"]
    return own, {"Authorization": f"Bearer {api.post('/login', json=said).json()['access_token']}"}


def test_what_is_made_below_others_is_done_to_and_deleted_at_its_own_path(api: httpx.Client) -> None:
    doctor = made(api, "/doctors", name="Who")["id"]
    slot = made(api, f"/doctors/{doctor}/slots", starts_at="2027-01-01T09:00:00Z")
    assert api.post(f"/slots/{slot['id']}/block").json() == {**slot, "status": "blocked"}
    assert api.get(f"/doctors/{doctor}/slots").json() == [{**slot, "status": "blocked"}]
    assert api.post(f"/slots/{slot['id']}/unblock").json()["status"] == "available"
    assert api.delete(f"/slots/{slot['id']}").status_code == 204
    assert api.get(f"/doctors/{doctor}/slots").json() == []


def test_what_is_over_is_not_called_off_and_what_is_called_off_does_not_go_on(api: httpx.Client) -> None:
    done, off = (made(api, "/visits", slot_id=1)["id"] for _ in range(2))
    assert api.post(f"/visits/{done}/complete").json()["status"] == "completed"
    assert api.post(f"/visits/{done}/cancel").status_code == 409
    assert api.post(f"/visits/{off}/cancel").json()["status"] == "cancelled"
    assert api.post(f"/visits/{off}/confirm").status_code == 409


def test_nobody_else_who_registered_is_shown_what_is_private(api: httpx.Client) -> None:
    (_, ann), (_, bob) = logged_in(api, "ann"), logged_in(api, "bob")
    visit = api.post("/visits", json={"slot_id": 1}, headers=ann).json()["id"]
    assert api.get(f"/visits/{visit}", headers=ann).status_code == 200
    assert api.get(f"/visits/{visit}", headers=bob).status_code == 403
    assert [one["id"] for one in api.get("/visits", headers=ann).json()] == [visit]
    assert api.get("/visits", headers=bob).json() == []


def test_a_flag_that_something_turns_on_is_off_at_first(api: httpx.Client) -> None:
    assert {made(api, "/teams", title=f"T{number}")["retired"] for number in range(6)} == {False}


def test_what_lies_below_an_item_is_also_called_by_more_words(api: httpx.Client) -> None:
    ticket = made(api, "/tickets")["id"]
    move = made(api, "/ticket-moves", ticket_id=ticket, text="in")
    assert api.get(f"/tickets/{ticket}/moves").json() == [move]
