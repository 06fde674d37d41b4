"""Journaling: what went over the socket stands in the journal of its session, as it was."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest

from support import bundled_contract, noted
from understudy.handler import Context
from understudy.journal.entry import BODY_KEPT, Entry
from understudy.messages import Request, Response
from understudy.sandbox import Sandbox
from understudy.sessions import Sessions, SessionSettings
from understudy.vendors.registry import vendor_for

Serve = Callable[..., httpx.Client]
V1 = "/public/v1/accounts/"
KEY = {"X-API-KEY": "k"}
ACCOUNT = {
    "name": "Cash",
    "number": 5010,
    "account_type": "bank",
    "currency_iso_4217_code": "EUR",
    "is_active": True,
    "parent_account_id": None,
}


def only(client: httpx.Client, sessions: Sessions, name: str = "default") -> Entry:
    """Return the one entry of a session's journal."""
    (entry,) = noted(client, sessions, 1, name).entries
    return entry


def test_a_request_and_its_answer_are_noted_as_they_were(serve: Serve) -> None:
    sessions = Sessions()
    client = serve("dualentry", "togai", sessions=sessions)
    answer = client.post(f"/dualentry{V1}?a=%20b", json=ACCOUNT, headers={**KEY, "X-Request-Id": "r1"})
    entry = only(client, sessions)
    assert (entry.method, entry.path, entry.query, entry.status) == (
        "POST",
        f"/dualentry{V1}",
        b"a=%20b",
        answer.status_code,
    )
    assert (entry.api, entry.operation) == ("dualentry", "post /public/v1/accounts/")
    assert entry.operation_id
    assert entry.request_body == answer.request.content
    assert entry.response_body == answer.content
    assert (entry.request_size, entry.response_size) == (len(answer.request.content), len(answer.content))
    assert (b"x-request-id", b"r1") in entry.request_headers
    assert dict(entry.response_headers)[b"content-type"] == answer.headers["Content-Type"].encode()
    assert entry.number == 1
    assert entry.duration > 0
    assert (entry.kind, entry.fault, entry.refusal) == ("request", "", "")


def test_what_was_refused_says_why(serve: Serve) -> None:
    sessions = Sessions()
    client = serve("dualentry", sessions=sessions)
    client.post(V1, json={**ACCOUNT, "number": "5010", "name": None}, headers=KEY)
    entry = only(client, sessions)
    assert (entry.status, entry.outcome) == (422, "refused")
    assert {failure.pointer for failure in entry.failures} == {"/number", "/name"}
    assert "/number" in entry.refusal


def test_what_no_operation_answers_is_noted_too(serve: Serve) -> None:
    sessions = Sessions()
    client = serve("dualentry", "togai", sessions=sessions)
    client.get("/nowhere")
    client.get("/togai/nowhere")
    client.get("/togai/accounts")
    found = [
        (entry.api, entry.operation, entry.status, entry.outcome) for entry in noted(client, sessions, 3)
    ]
    assert [one[0] for one in found] == ["", "togai", "togai"]
    assert [one[1] for one in found] == ["", "", "get /accounts"]
    assert [one[2] for one in found] == [404, 404, 401]
    assert {one[3] for one in found} == {"refused"}


def test_each_session_has_a_journal_of_its_own(serve: Serve) -> None:
    sessions = Sessions()
    client = serve("dualentry", sessions=sessions)
    client.get(f"/~one{V1}", headers=KEY)
    client.get(V1, headers={**KEY, "Sandbox-Session": "two"})
    assert only(client, sessions, "one").path == V1
    assert only(client, sessions, "two").path == V1
    assert len(sessions.use().journal) == 0


def test_a_name_that_is_none_is_noted_in_the_default_session(serve: Serve) -> None:
    sessions = Sessions()
    client = serve("dualentry", sessions=sessions)
    client.get(V1, headers={**KEY, "Sandbox-Session": "a b"})
    entry = only(client, sessions)
    assert (entry.status, entry.outcome) == (400, "refused")


def test_pages_are_not_calls(serve: Serve) -> None:
    sessions = Sessions()
    client = serve("dualentry", sessions=sessions)
    for path in ("/", "/docs", "/openapi.yaml"):
        assert client.get(path).status_code == 200
    assert len(sessions.use().journal) == 0


def test_a_large_body_is_cut_and_counted_whole(serve: Serve) -> None:
    sessions = Sessions()
    client = serve("dualentry", sessions=sessions)
    content = json.dumps({**ACCOUNT, "description": "x" * 200_000}).encode()
    client.post(V1, content=content, headers={**KEY, "Content-Type": "application/json"})
    entry = only(client, sessions)
    assert entry.request_body == content[:BODY_KEPT]
    assert (entry.request_size, entry.is_request_cut) == (len(content), True)


def test_a_caller_who_goes_away_is_noted_without_a_status(serve: Serve) -> None:
    sessions = Sessions()
    client = serve("dualentry", sessions=sessions)
    host, port = client.base_url.host, client.base_url.port
    with socket.create_connection((host, port)) as caller:
        caller.sendall(
            f"POST {V1} HTTP/1.1\r\nHost: x\r\nX-API-KEY: k\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{{".encode()
        )
        client.get(V1, headers=KEY)  # once it is answered, what came before it has been read
        caller.shutdown(socket.SHUT_WR)
        caller.recv(1)
    first, second = noted(client, sessions, 2)
    assert first.status == 200
    assert (second.status, second.request_body) == (0, b"{")


def test_the_oldest_go_first(serve: Serve) -> None:
    sessions = Sessions(SessionSettings(journal_entries=3))
    client = serve("dualentry", sessions=sessions)
    for number in range(5):
        client.get(f"{V1}{number}/", headers=KEY)
    journal = noted(client, sessions, 5)
    assert [entry.number for entry in journal] == [3, 4, 5]
    assert journal.evicted == 2


def test_a_journal_of_none_keeps_none(serve: Serve) -> None:
    sessions = Sessions(SessionSettings(journal_entries=0))
    client = serve("dualentry", sessions=sessions)
    assert client.get(V1, headers=KEY).status_code == 200
    assert len(sessions.use().journal) == 0


def test_a_stream_of_parts_is_noted_whole(serve: Serve) -> None:
    sessions = Sessions()
    client = serve("dualentry", sessions=sessions)

    def parts() -> Any:
        content = json.dumps(ACCOUNT).encode()
        yield content[:20]
        yield content[20:]

    assert (
        client.post(V1, content=parts(), headers={**KEY, "Content-Type": "application/json"}).status_code
        == 201
    )
    assert json.loads(only(client, sessions).request_body) == ACCOUNT


@pytest.mark.parametrize("fault", ["status=503", "status=418", "reset", "empty", "rate-limit=1/60s"])
def test_what_was_sent_is_noted_also_where_a_fault_answers(serve: Serve, fault: str) -> None:
    sessions = Sessions()
    client = serve("dualentry", sessions=sessions)
    for _ in range(2):
        with suppress(httpx.TransportError):
            client.post(V1, json=ACCOUNT, headers={**KEY, "Sandbox-Fault": fault})
    entry = noted(client, sessions, 2).entries[-1]
    assert entry.fault.startswith(fault.partition("/")[0])
    assert json.loads(entry.request_body) == ACCOUNT


def test_an_answer_that_its_contract_refuses_says_why_in_the_journal(serve: Serve) -> None:
    async def wrong(_request: Request, _context: Context) -> Response:
        return Response(200, {"items": 1})

    sessions = Sessions()
    sandbox = Sandbox(
        bundled_contract("dualentry"), vendor_for("dualentry"), handlers={"get /public/v1/accounts/": wrong}
    )
    client = serve(sandbox, sessions=sessions)
    assert client.get(V1, headers=KEY).status_code == 500
    entry = only(client, sessions)
    assert (entry.outcome, entry.failures[0].location) == ("failed", "body")
    assert "what its contract refuses" in entry.refusal


def test_a_handler_that_writes_what_the_collection_refuses_is_named(serve: Serve) -> None:
    async def wrong(_request: Request, context: Context) -> Response:
        await context.store.insert("/public/v1/accounts", "9", {"number": "many"})
        return Response(200, {"items": []})

    operation = "get /public/v1/accounts/"
    sandbox = Sandbox(bundled_contract("dualentry"), vendor_for("dualentry"), handlers={operation: wrong})
    sessions = Sessions()
    client = serve(sandbox, sessions=sessions)
    answer = client.get(V1, headers=KEY)
    assert answer.status_code == 500
    entry = only(client, sessions)
    assert entry.outcome == "failed"
    assert f"a handler of {operation} wrote into /public/v1/accounts" in entry.refusal
    assert "/number" in {failure.pointer for failure in entry.failures}
