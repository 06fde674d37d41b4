"""`Idempotency-Key` where a contract declares it: one answer for each key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from understudy.handler import Context
from understudy.http_semantics.idempotency import idempotent
from understudy.messages import Caller, Request, Response
from understudy.sandbox import Sandbox
from understudy.sessions import Sessions

ORDER = {
    "type": "object",
    "required": ["id", "item"],
    "properties": {
        "id": {"type": "string", "readOnly": True},
        "item": {"type": "string"},
        "count": {"type": "integer"},
    },
}
CONTENT = {"application/json": {"schema": ORDER}}
LISTED = {"application/json": {"schema": {"type": "array", "items": ORDER}}}


def contract(header: str = "Idempotency-Key", responses: dict[str, Any] | None = None) -> dict[str, Any]:
    key = {"name": header, "in": "header", "schema": {"type": "string"}}
    created = {"201": {"description": "", "content": CONTENT}, **(responses or {})}
    post = {"parameters": [key], "requestBody": {"content": CONTENT}, "responses": created}
    listing = {"responses": {"200": {"description": "", "content": LISTED}}}
    at = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    read = {"parameters": [at], "get": {"responses": {"200": {"description": "", "content": CONTENT}}}}
    return {
        "/orders": {"post": post, "get": listing},
        "/orders/{id}": read,
        "/free": {"post": {**post, "parameters": []}, "get": listing},
    }


@pytest.fixture
def client(serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]) -> httpx.Client:
    return serve(sandbox(paths=contract()))


def order(
    client: httpx.Client, item: str, key: str, header: str = "Idempotency-Key", path: str = "/orders"
) -> httpx.Response:
    return client.post(path, json={"item": item}, headers={header: key})


def test_a_repeated_request_gets_the_first_answer_and_creates_nothing(client: httpx.Client) -> None:
    first, second = order(client, "tea", "k1"), order(client, "tea", "k1")
    assert (first.status_code, "Idempotent-Replayed" in first.headers) == (201, False)
    assert (second.status_code, second.json(), second.headers["Idempotent-Replayed"]) == (
        201,
        first.json(),
        "true",
    )
    assert second.headers["Location"] == first.headers["Location"]
    assert len(client.get("/orders").json()) == 1


def test_another_key_or_none_creates_another(client: httpx.Client) -> None:
    ids = {order(client, "tea", key).json()["id"] for key in ("k1", "k2")}
    ids |= {client.post("/orders", json={"item": "tea"}).json()["id"] for _ in range(2)}
    assert len(ids) == 4


def test_a_key_with_another_body_is_refused_where_a_conflict_is_declared(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    client = serve(
        sandbox(
            paths=contract(
                responses={"409": {"description": "conflict", "content": {"application/problem+json": {}}}}
            )
        )
    )
    order(client, "tea", "k1")
    answer = order(client, "coffee", "k1")
    assert answer.status_code == 409
    assert "Idempotency-Key 'k1'" in answer.json()["detail"]
    assert len(client.get("/orders").json()) == 1


def test_a_key_with_another_body_is_another_request_where_no_conflict_is_declared(
    client: httpx.Client,
) -> None:
    ids = {order(client, item, "k1").json()["id"] for item in ("tea", "coffee", "tea")}
    assert len(ids) == len(client.get("/orders").json()) == 2


def test_the_order_of_fields_is_no_other_body(client: httpx.Client) -> None:
    texts = ['{"item": "tea", "count": 1}', '{"count": 1, "item": "tea"}']
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    first, second = (client.post("/orders", content=text, headers=headers) for text in texts)
    assert (first.status_code, second.status_code, second.json()) == (201, 201, first.json())


def test_the_documented_status_says_that_a_key_was_reused(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    client = serve(sandbox(paths=contract("x-idempotency-key", {"409": {"description": ""}})))
    assert order(client, "tea", "k", "X-Idempotency-Key").status_code == 201
    assert order(client, "coffee", "k", "X-Idempotency-Key").status_code == 409


def test_a_header_that_is_not_declared_replays_nothing(client: httpx.Client) -> None:
    answers = [order(client, "tea", "k1", path="/free") for _ in range(2)]
    assert all("Idempotent-Replayed" not in answer.headers for answer in answers)


def test_what_is_refused_can_be_tried_again_under_its_key(client: httpx.Client) -> None:
    headers = {"Idempotency-Key": "k1"}
    assert client.post("/orders", json={"item": 1}, headers=headers).status_code == 400
    assert order(client, "tea", "k1").status_code == 201


def test_requests_at_the_same_time_get_one_answer(client: httpx.Client) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: order(client, "tea", "k1"), range(16)))
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    assert len(client.get("/orders").json()) == 1


def test_a_duplicate_waits_for_the_answer_that_is_being_made(sandbox: Callable[..., Sandbox]) -> None:
    made = sandbox(paths=contract())
    context = made.context("post /orders", Sessions().use())
    calls = 0

    async def slow(_request: Request, _context: Context) -> Response:
        nonlocal calls
        calls += 1
        await asyncio.sleep(0)  # the others get their turn here
        return Response(201, {"call": calls})

    async def ask() -> list[Response]:
        handler = idempotent(slow, "Idempotency-Key")
        request = Request("post /orders", headers={"Idempotency-Key": "k"}, body={"item": "tea"})
        return await asyncio.gather(*(handler(request, context) for _ in range(5)))

    assert [answer.body for answer in asyncio.run(ask())] == [{"call": 1}] * 5


def test_each_caller_and_each_session_has_keys_of_its_own(sandbox: Callable[..., Sandbox]) -> None:
    made = sandbox(paths=contract())
    requests = [
        Request(
            "post /orders",
            headers={"Idempotency-Key": "k"},
            body={"item": "tea"},
            media_type="application/json",
            caller=Caller(name),
        )
        for name in ("ann", "bob")
    ]

    sessions = Sessions()

    async def ask() -> list[Response]:
        answers = [
            await made.handle(request, sessions.use(name)) for request in requests for name in ("one", "two")
        ]
        return [*answers, await made.handle(requests[0], sessions.use("one"))]

    replayed = ["Idempotent-Replayed" in answer.headers for answer in asyncio.run(ask())]
    assert replayed == [False, False, False, False, True]
