"""The journal through the admin API: listed, followed, exported, verified."""

from __future__ import annotations

import json
import select
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from understudy.journal.journal import QUEUE
from understudy.sessions import Sessions

BEARER = {"Authorization": "Bearer very-secret-key"}
Serve = Callable[..., httpx.Client]


@pytest.fixture
def sessions() -> Sessions:
    return Sessions()


@pytest.fixture
def admin(serve: Serve, sessions: Sessions) -> httpx.Client:
    """Return a client of the admin API beside two sandboxes."""
    client = serve("togai", "dualentry", sessions=sessions)
    client.base_url = client.base_url.join("/__admin")
    return client


def create(admin: httpx.Client, name: str, *, session: str = "s", **more: Any) -> httpx.Response:
    account = {"id": f"id-{name}", "name": f"Account {name}", "customerId": "c-1", **more}
    return admin.post(admin.base_url.join(f"/~{session}/togai/accounts"), headers=BEARER, json=account)


def read(admin: httpx.Client, name: str) -> httpx.Response:
    return admin.get(admin.base_url.join(f"/~s/togai/accounts/id-{name}"), headers=BEARER)


def called(admin: httpx.Client) -> None:
    """Make five calls: two creates that succeed, one that is refused, one by a fault, and a read."""
    create(admin, "a", invoiceCurrency="EUR")
    create(admin, "b", invoiceCurrency="USD")
    create(admin, "b")
    admin.post("/sessions/s/faults", json={"fault": {"kind": "status", "status": 503}, "times": 1})
    create(admin, "c")
    read(admin, "a")


def listed(admin: httpx.Client, **query: Any) -> list[int]:
    answer = admin.get("/sessions/s/journal", params=query)
    assert answer.status_code == 200, answer.text
    return [entry["number"] for entry in answer.json()["items"]]


# ---- listing


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"api": "togai"}, [1, 2, 3, 4, 5]),
        ({"api": "dualentry"}, []),
        ({"operation": "createAccount"}, [1, 2, 3, 4]),
        ({"operation": "GET /accounts/{account_id}"}, [5]),
        ({"method": "get"}, [5]),
        ({"path": "/accounts/*"}, [5]),
        ({"path": "/togai/**"}, [1, 2, 3, 4, 5]),
        ({"status": "201"}, [1, 2]),
        ({"status": "4XX"}, [3]),
        ({"outcome": "refused"}, [3]),
        ({"kind": "callback"}, []),
        ({"fault": "any"}, [4]),
        ({"fault": "none"}, [1, 2, 3, 5]),
        ({"fault": "status=503"}, [4]),
        ({"body": '{"/invoiceCurrency": "EUR"}'}, [1]),
        ({"limit": 2}, [4, 5]),
        ({"after": 1, "limit": 2}, [2, 3]),
        ({"after": 5}, []),
    ],
)
def test_entries_are_filtered(admin: httpx.Client, query: dict[str, Any], numbers: list[int]) -> None:
    called(admin)
    assert listed(admin, **query) == numbers


WRONG = [
    ("status", "20"),
    ("status", "6xx"),
    ("outcome", "odd"),
    ("kind", "odd"),
    ("after", "-1"),
    ("api", ""),
    ("body", "{"),
    ("body", '{"currency": 1}'),
]
WRONG_IN = [
    *(("/sessions/s/journal", *one) for one in [*WRONG, ("limit", "0"), ("limit", "1001")]),
    *(("/sessions/s/journal/stream", *one) for one in [*WRONG, ("follow", "maybe")]),
]


@pytest.mark.parametrize(("path", "name", "value"), WRONG_IN)
def test_a_filter_that_cannot_be_is_refused_by_name(
    admin: httpx.Client, path: str, name: str, value: str
) -> None:
    answer = admin.get(path, params={name: value})
    assert answer.status_code == 400
    assert {error["pointer"].split("/")[1] for error in answer.json()["errors"]} == {name}


def test_an_entry_shows_no_credential(admin: httpx.Client) -> None:
    create(admin, "a")
    entry = admin.get("/sessions/s/journal/1")
    assert entry.json() == admin.get("/sessions/s/journal").json()["items"][0]
    assert (entry.json()["operationId"], entry.json()["status"], entry.json()["requestBody"]["id"]) == (
        "createAccount",
        201,
        "id-a",
    )
    assert "very-secret-key" not in entry.text
    assert admin.get("/sessions/s/journal/2").status_code == 404


def test_a_cleared_journal_goes_on_counting(admin: httpx.Client) -> None:
    create(admin, "a")
    assert admin.delete("/sessions/s/journal").status_code == 204
    assert listed(admin) == []
    create(admin, "b")
    assert listed(admin) == [2]


def test_har_has_an_entry_for_each_call(admin: httpx.Client) -> None:
    called(admin)
    archive = admin.get("/sessions/s/har")
    assert [entry["response"]["status"] for entry in archive.json()["log"]["entries"]] == [
        201,
        201,
        400,
        503,
        200,
    ]
    assert "very-secret-key" not in archive.text


# ---- verification


@pytest.mark.parametrize(
    ("expected", "verified", "count"),
    [
        ({}, True, 5),
        ({"operation": "createAccount", "exactly": 4}, True, 4),
        ({"operation": "createAccount", "exactly": 3}, False, 4),
        ({"operation": "createAccount", "body": {"/invoiceCurrency": "EUR"}}, True, 1),
        ({"operation": "createAccount", "body": {"/invoiceCurrency": "EUR"}, "exactly": 2}, False, 1),
        ({"status": 201, "atLeast": 2, "atMost": 2}, True, 2),
        ({"status": "5xx", "fault": "status"}, True, 1),
        ({"method": "DELETE"}, False, 0),
        ({"method": "DELETE", "exactly": 0}, True, 0),
        ({"method": "DELETE", "atMost": 1}, True, 0),
        ({"path": "/accounts/id-a", "outcome": "accepted", "api": "togai", "kind": "request"}, True, 1),
        ({"after": 4}, True, 1),
    ],
)
def test_calls_are_verified(
    admin: httpx.Client, expected: dict[str, Any], verified: bool, count: int
) -> None:
    called(admin)
    verdict = admin.post("/sessions/s/verify", json=expected).json()
    assert (verdict["verified"], verdict["count"], len(verdict["matched"])) == (verified, count, count)


def test_a_failed_verification_names_the_nearest_miss_and_what_it_failed(admin: httpx.Client) -> None:
    called(admin)
    verdict = admin.post(
        "/sessions/s/verify",
        json={"operation": "createAccount", "body": {"/invoiceCurrency": "EUR"}, "exactly": 2},
    ).json()
    miss = next(miss for miss in verdict["misses"] if miss["number"] == 2)
    assert miss["failed"] == [{"name": "body /invoiceCurrency", "expected": '"EUR"', "received": '"USD"'}]
    assert "createAccount" in verdict["sentence"]


@pytest.mark.parametrize(
    ("expected", "pointer"),
    [
        ({"exactly": -1}, "/exactly"),
        ({"exactly": 1, "atLeast": 1}, "/atLeast"),
        ({"atLeast": 2, "atMost": 1}, "/atMost"),
        ({"status": "2x"}, "/status"),
        ({"outcome": "odd"}, "/outcome"),
        ({"operator": "createAccount"}, "/operator"),
    ],
)
def test_an_expectation_that_cannot_be_is_refused_by_name(
    admin: httpx.Client, expected: dict[str, Any], pointer: str
) -> None:
    answer = admin.post("/sessions/s/verify", json=expected)
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (400, [pointer])


# ---- the stream


@contextmanager
def following(
    admin: httpx.Client, *, session: str = "s", headers: dict[str, str] | None = None, **query: Any
) -> Iterator[Iterator[str]]:
    """Follow a journal; yields its lines once it is heard."""
    with admin.stream("GET", f"/sessions/{session}/journal/stream", params=query, headers=headers) as answer:
        assert (answer.status_code, answer.headers["content-type"]) == (
            200,
            "text/event-stream; charset=utf-8",
        )
        assert answer.headers["cache-control"] == "no-store"
        lines = answer.iter_lines()
        assert next(lines).startswith(":")
        yield lines


def event(lines: Iterator[str]) -> dict[str, Any]:
    """Read the next event: its id, its name, and its data decoded."""
    fields: dict[str, Any] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if name:
            fields[name] = json.loads(value) if name == "data" else value
        elif fields:
            return fields
    raise AssertionError("the stream has ended")


def test_a_stream_tells_of_each_call_as_it_happens(admin: httpx.Client) -> None:
    create(admin, "before")
    with following(admin) as lines:
        for number, name in ((2, "a"), (3, "b")):
            create(admin, name)
            told = event(lines)
            assert (told["id"], told["event"], told["data"]["requestBody"]["id"]) == (
                str(number),
                "entry",
                f"id-{name}",
            )
            assert told["data"] == admin.get(f"/sessions/s/journal/{number}").json()
        create(admin, "elsewhere", session="other")
        read(admin, "a")
        assert event(lines)["data"]["number"] == 4


def test_a_stream_tells_only_what_was_asked_for(admin: httpx.Client) -> None:
    with following(admin, method="GET", status="200") as lines:
        called(admin)
        assert event(lines)["id"] == "5"


@pytest.mark.parametrize(
    "where",
    [{"headers": {"Last-Event-ID": "3"}}, {"after": 3}, {"after": 1, "headers": {"Last-Event-ID": "3"}}],
)
def test_a_stream_resumes_after_what_was_received(admin: httpx.Client, where: dict[str, Any]) -> None:
    called(admin)
    with following(admin, **where) as lines:
        create(admin, "new")
        assert [event(lines)["id"] for _ in range(3)] == ["4", "5", "6"]


def test_a_stream_from_before_a_restart_misses_nothing_new(admin: httpx.Client) -> None:
    called(admin)
    with following(admin, headers={"Last-Event-ID": "900"}) as lines:
        create(admin, "new")
        assert event(lines)["id"] == "6"


def test_a_stream_that_follows_nothing_ends(admin: httpx.Client) -> None:
    called(admin)
    with following(admin, follow="false", after=2) as lines:
        assert [event(lines)["id"] for _ in range(3)] == ["3", "4", "5"]
        assert list(lines) == []
    with following(admin, follow="false", outcome="failed") as lines:
        assert list(lines) == [""]


def test_a_stream_ends_with_its_session_but_not_with_a_reset(admin: httpx.Client) -> None:
    with following(admin) as lines:
        create(admin, "a")
        admin.post("/sessions/s/reset")
        create(admin, "a")
        assert [event(lines)["id"] for _ in range(2)] == ["1", "2"]
        admin.delete("/sessions/s")
        assert list(lines) == []


def test_head_of_a_stream_ends(admin: httpx.Client, sessions: Sessions) -> None:
    assert (
        admin.head("/sessions/s/journal/stream").headers["content-type"] == "text/event-stream; charset=utf-8"
    )
    assert sessions.use("s").journal.subscribers == 0


def test_nothing_is_kept_for_a_reader_that_has_gone(admin: httpx.Client, sessions: Sessions) -> None:
    journal = sessions.use("s").journal
    with following(admin) as lines:
        create(admin, "a")
        assert event(lines)["id"] == "1"
        assert journal.subscribers == 1
    for _ in range(10_000):  # the server hears of it in its own time
        if not journal.subscribers:
            break
        read(admin, "a")
    assert journal.subscribers == 0


def test_a_reader_that_reads_nothing_is_dropped(admin: httpx.Client, sessions: Sessions) -> None:
    journal = sessions.use("s").journal
    with socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect((admin.base_url.host, admin.base_url.port))
        reader.sendall(b"GET /__admin/sessions/s/journal/stream HTTP/1.1\r\nHost: sandbox\r\n\r\n")
        assert reader.recv(12) == b"HTTP/1.1 200"
        calls = 0
        while journal.subscribers:
            create(admin, "x" * 50_000)
            calls += 1
            assert calls < 100 * QUEUE
        ended = select.poll()
        ended.register(reader, select.POLLRDHUP)
        assert ended.poll(20_000), "the connection is still open"
    assert create(admin, "fine").status_code == 201
