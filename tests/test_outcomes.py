"""What the answer of a write says beside the items: their ids, how many there are, and nothing of others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from understudy.sandbox import Sandbox

TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
TEXTS = {"type": "array", "items": TEXT}
Make = Callable[..., httpx.Client]


def thing(*required: str, **members: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": members}


def media(schema: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def shown(schema: Any, status: str = "200") -> dict[str, Any]:
    return {status: {"description": "ok", **media(schema)}}


NOTE = thing("id", "text", id=TEXT, text=TEXT)
NOTES = {"type": "array", "items": NOTE}
NEW = thing("text", text=TEXT)
MANY = {"type": "array", "items": NEW}


@pytest.fixture
def notes(sandbox: Callable[..., Sandbox], serve: Make) -> Make:
    """Serve notes: what a POST of their list takes and answers, and other operations there."""

    def start(takes: Any, answers: Any, **others: Any) -> httpx.Client:
        paths = {
            "/notes": {
                "get": {"responses": shown(NOTES)},
                "post": {"requestBody": media(takes), "responses": shown(answers, "201")},
                **others,
            },
            "/notes/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
                "get": {"responses": shown(NOTE)},
            },
        }
        return serve(sandbox(paths=paths))

    return start


@pytest.fixture
def either(notes: Make) -> httpx.Client:
    """Serve notes of which one or many are created, and answered."""
    takes = thing(note=NEW, notes=MANY)
    told = {"note_ids": TEXTS, "note": NOTE, "notes": NOTES, "duplicate_import_ids": TEXTS}
    return notes(takes, thing("data", data=thing("note_ids", **told)))


def test_the_ids_beside_one_item_are_its_own(either: httpx.Client) -> None:
    data = either.post("/notes", json={"note": {"text": "a"}}).json()["data"]
    assert data["note"]["text"] == "a"
    assert data["note_ids"] == [data["note"]["id"]]
    assert data.get("duplicate_import_ids", []) == []


def test_what_answers_one_item_shows_no_list_of_strangers(either: httpx.Client) -> None:
    assert "notes" not in either.post("/notes", json={"note": {"text": "a"}}).json()["data"]


@pytest.mark.parametrize("texts", [["a"], ["a", "b", "c"]])
def test_the_ids_beside_many_items_are_theirs_in_order(either: httpx.Client, texts: list[str]) -> None:
    data = either.post("/notes", json={"notes": [{"text": text} for text in texts]}).json()["data"]
    assert [one["text"] for one in data["notes"]] == texts
    assert data["note_ids"] == [one["id"] for one in data["notes"]]
    assert "note" not in data


@pytest.mark.parametrize("name", ["ids", "created_ids", "insertedIds", "noteIds", "created", "data"])
def test_ids_alone_are_those_of_what_was_made(notes: Make, name: str) -> None:
    client = notes(MANY, thing(name, **{name: TEXTS}))
    told = client.post("/notes", json=[{"text": "a"}, {"text": "b"}]).json()[name]
    assert [client.get(f"/notes/{key}").json()["text"] for key in told] == ["a", "b"]


def test_a_bare_list_of_texts_has_the_ids_of_what_was_made(notes: Make) -> None:
    client = notes(MANY, TEXTS)
    told = client.post("/notes", json=[{"text": "a"}, {"text": "b"}]).json()
    assert [client.get(f"/notes/{key}").json()["text"] for key in told] == ["a", "b"]


def test_one_id_that_says_it_is_of_what_was_made_is(notes: Make) -> None:
    client = notes(NEW, thing("insertedId", insertedId=TEXT, acknowledged={"type": "boolean"}))
    key = client.post("/notes", json={"text": "a"}).json()["insertedId"]
    assert client.get(f"/notes/{key}").json()["text"] == "a"


@pytest.mark.parametrize("name", ["data", "value"])
def test_a_scalar_in_an_envelope_is_the_key_of_what_was_made(notes: Make, name: str) -> None:
    client = notes(NEW, thing(name, success={"type": "boolean"}, **{name: TEXT}))
    key = client.post("/notes", json={"text": "a"}).json()[name]
    assert client.get(f"/notes/{key}").json()["text"] == "a"


def test_numbers_beside_many_count_them_and_nothing_else(notes: Make) -> None:
    names = ("created", "updated", "failed", "totalCount")
    client = notes(MANY, thing(*names, **dict.fromkeys(names, WHOLE)))
    told = client.post("/notes", json=[{"text": "a"}, {"text": "b"}]).json()
    assert told == {"created": 2, "updated": 0, "failed": 0, "totalCount": 2}


def test_a_delete_of_many_says_how_many_it_deleted(notes: Make) -> None:
    ids = [{"name": "ids", "in": "query", "schema": TEXTS, "explode": False}]
    delete = {"parameters": ids, "responses": shown(thing("deletedCount", deletedCount=WHOLE))}
    client = notes(NEW, NOTE, delete=delete)
    made = [client.post("/notes", json={"text": text}).json()["id"] for text in "abc"]
    gone = client.delete("/notes", params={"ids": ",".join(made[:2])})
    assert gone.json() == {"deletedCount": 2}


def test_a_list_of_ids_that_an_item_has_is_left_alone(notes: Make) -> None:
    client = notes(thing(tag_ids=TEXTS), thing("id", id=TEXT, tag_ids=TEXTS))
    assert client.post("/notes", json={"tag_ids": ["x"]}).json()["tag_ids"] == ["x"]


OUTCOME = {"type": "object", "properties": {"code": TEXT, "message": TEXT}}


def says(text: str, code: str) -> dict[str, Any]:
    """Answer 200 with an outcome of a shared schema and an example of one's own."""
    outcome = media(OUTCOME)
    outcome["content"]["application/json"]["example"] = {"code": code, "message": text}
    return {"200": {"description": "ok", **outcome}}


def test_an_outcome_is_said_by_the_example_of_its_own_operation(
    sandbox: Callable[..., Sandbox], serve: Make
) -> None:
    item = {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
        "get": {"responses": shown(NOTE)},
        "delete": {"responses": says("The note was deleted", "DELETED")},
    }
    made = {"requestBody": media(NEW), "responses": says("A note was made", "MADE")}
    client = serve(
        sandbox(paths={"/notes": {"get": {"responses": shown(NOTES)}, "post": made}, "/notes/{id}": item})
    )
    assert client.post("/notes", json={"text": "a"}).json() == {"code": "MADE", "message": "A note was made"}
    (note,) = [one for one in client.get("/notes").json() if one["text"] == "a"]
    assert client.delete(f"/notes/{note['id']}").json()["code"] == "DELETED"


def test_the_code_of_an_outcome_is_no_id(notes: Make) -> None:
    client = notes(NEW, OUTCOME)
    code = client.post("/notes", json={"text": "a"}).json().get("code")
    assert code not in [one["id"] for one in client.get("/notes").json()]


@pytest.mark.parametrize("name", ["message", "msg"])
def test_a_message_beside_what_was_made_says_that_it_went_well(notes: Make, name: str) -> None:
    around = thing(name, "note", "status", **{name: TEXT, "note": NOTE, "status": TEXT, "credits": WHOLE})
    made = notes(NEW, around).post("/notes", json={"text": "a"}).json()
    assert made[name] == "OK"
    assert made["status"] != "OK"  # which may be that of anything, where credits are told too


def test_a_message_that_is_a_member_of_what_was_made_stays(notes: Make) -> None:
    message = thing("id", "message", id=TEXT, message=TEXT)
    made = notes(thing("message", message=TEXT), message).post("/notes", json={"message": "a"}).json()
    assert made["message"] == "a"
