"""Contracts as gRPC gateways write them: ids beside an item, requests in a batch, masks, states and errors of google.rpc."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import TEXT, WHOLE, answer, body, contract_of, parameter, ref, thing
from understudy.names import by_word
from understudy.sandbox import Sandbox, Settings

ANY = {**thing({"@type": TEXT}), "additionalProperties": {}}
STATUS = thing({"code": WHOLE, "message": TEXT, "details": {"type": "array", "items": ref("Any")}})
STATES = ["BOOK_STATE_UNSPECIFIED", "BOOK_STATE_BORROWED", "BOOK_STATE_AVAILABLE"]
BOOK = {
    "id": TEXT,
    "title": TEXT,
    "author": TEXT,
    "shelfId": TEXT,
    "state": {"type": "string", "enum": STATES, "default": STATES[0]},
    "createTime": {"type": "string", "format": "date-time"},
}
NEW = thing({"book": ref("Book"), "bookId": TEXT})
BATCH = thing({"requests": {"type": "array", "items": NEW}})
SHOWN = thing({"books": {"type": "array", "items": ref("Book")}})
DEFAULT = {"default": {"description": "", "content": {"application/json": {"schema": ref("Status")}}}}


def doing(shown: Any, sent: Any = None) -> dict[str, Any]:
    request = {"requestBody": body(sent)} if sent else {}
    return {"responses": answer(shown) | DEFAULT, **request}


@pytest.fixture
def library(serve: Callable[..., httpx.Client]) -> httpx.Client:
    paths = {
        "/v1/books": {"get": doing(SHOWN), "post": doing(ref("Book"), NEW)},
        "/v1/books:batchCreate": {"post": doing(SHOWN, BATCH)},
        "/v1/books/{id}": {
            "parameters": [parameter("id")],
            "get": doing(ref("Book")),
            "patch": doing(ref("Book"), thing({"book": ref("Book"), "updateMask": TEXT})),
            "delete": doing(thing({})),
        },
        "/v1/books/{id}:borrow": {"parameters": [parameter("id")], "post": doing(ref("Book"))},
    }
    contract = contract_of(paths, Book=thing(BOOK), Status=STATUS, Any=ANY)
    return serve(Sandbox(contract, None, Settings(populate=0)))


def new(library: httpx.Client, key: str, **book: str) -> httpx.Response:
    return library.post("/v1/books", json={"book": book, "bookId": key})


def test_an_id_is_chosen_beside_the_item_and_a_taken_one_refused(library: httpx.Client) -> None:
    assert new(library, "b1", title="Emma").json().items() >= {"id": "b1", "title": "Emma"}.items()
    again = new(library, "b1", title="Emma")
    assert (again.status_code, again.json()["code"]) == (409, 6)
    assert library.get("/v1/books/b1").json()["title"] == "Emma"


def test_a_new_one_says_when_it_was_made_and_a_state_that_is_one(library: httpx.Client) -> None:
    made = new(library, "b1", title="Emma").json()
    assert made["state"] == "BOOK_STATE_AVAILABLE"
    assert "createTime" in made
    assert library.post("/v1/books/b1:borrow").json()["state"] == "BOOK_STATE_BORROWED"


def test_each_request_of_a_batch_holds_its_item(library: httpx.Client) -> None:
    requests = [{"book": {"title": "Emma"}, "bookId": "b1"}, {"book": {"title": "Persuasion"}}]
    made = library.post("/v1/books:batchCreate", json={"requests": requests}).json()["books"]
    assert [one["title"] for one in made] == ["Emma", "Persuasion"]
    assert made[0]["id"] == "b1"
    listed = library.get("/v1/books").json()["books"]
    assert {one["id"] for one in listed} == {one["id"] for one in made}


def test_a_mask_in_the_body_names_what_is_set(library: httpx.Client) -> None:
    new(library, "b1", title="Emma", author="Jane Austen")
    sent = {"book": {"title": "Persuasion", "author": "Nobody"}, "updateMask": "title"}
    changed = library.patch("/v1/books/b1", json=sent).json()
    assert (changed["title"], changed["author"]) == ("Persuasion", "Jane Austen")


@pytest.mark.parametrize(
    ("asked", "sent", "status", "code"),
    [
        ("DELETE /v1/books/nope", None, 404, 5),
        ("PATCH /v1/books/nope", {"book": {"title": "Emma"}}, 404, 5),
        ("POST /v1/books", {"book": {"title": 4}}, 400, 3),
        ("GET /v1/nothing", None, 404, 5),
    ],
)
def test_an_error_has_the_code_that_grpc_has_for_it(
    library: httpx.Client, asked: str, sent: Any, status: int, code: int
) -> None:
    refused = library.request(*asked.split(), json=sent)
    assert refused.status_code == status
    assert refused.json().items() >= {"code": code, "details": []}.items()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (STATES, {"borrowed": STATES[1], "available": STATES[2]}),
        (["STATE_UNSPECIFIED", "ACTIVE"], {"stateunspecified": "STATE_UNSPECIFIED", "active": "ACTIVE"}),
        (["open", "closed"], {"open": "open", "closed": "closed"}),
    ],
)
def test_states_are_known_without_what_stands_before_each(values: list[str], words: dict[str, str]) -> None:
    assert by_word(values) == words


def test_what_is_only_reckoned_of_requests_makes_nothing(serve: Callable[..., httpx.Client]) -> None:
    paths = {
        "/v1/books": {"get": doing(SHOWN), "post": doing(ref("Book"), NEW)},
        "/v1/books:batchEstimate": {"post": doing(SHOWN, BATCH)},
    }
    contract = contract_of(paths, Book=thing(BOOK), Status=STATUS, Any=ANY)
    client = serve(Sandbox(contract, None, Settings(populate=0)))
    client.post("/v1/books:batchEstimate", json={"requests": [{"book": {"title": "Emma"}}]})
    assert client.get("/v1/books").json() == {"books": []}
