"""Faults as a client sees them, on real sockets; after each of them the state is what it has to be."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from support import bundled
from understudy.faults.kinds import (
    AfterWrite,
    Empty,
    Fault,
    LogNormalLatency,
    Malformed,
    NoFault,
    RateLimit,
    Reset,
    Status,
    Truncate,
)
from understudy.faults.rule_json import read_rule
from understudy.faults.rules import Rule
from understudy.matching.match import Match
from understudy.sandbox import Sandbox
from understudy.server.app import create_app
from understudy.server.connection import CONNECTION
from understudy.sessions import Sessions, SessionSettings

ORDER = {
    "type": "object",
    "required": ["id", "item"],
    "properties": {"id": {"type": "string", "readOnly": True}, "item": {"type": "string"}},
}
CONTENT = {"application/json": {"schema": ORDER}}
PROBLEM = {
    "application/json": {
        "schema": {"type": "object", "required": ["why"], "properties": {"why": {"const": "maintenance"}}}
    }
}
KEY = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}
AT = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
PATHS = {
    "/orders": {
        "post": {
            "operationId": "createOrder",
            "parameters": [KEY],
            "requestBody": {"content": CONTENT},
            "responses": {
                "201": {"description": "", "content": CONTENT},
                "503": {"description": "", "content": PROBLEM},
            },
        },
        "get": {
            "responses": {
                "200": {
                    "description": "",
                    "content": {"application/json": {"schema": {"type": "array", "items": ORDER}}},
                }
            }
        },
    },
    "/orders/{id}": {
        "parameters": [AT],
        "get": {"operationId": "getOrder", "responses": {"200": {"description": "", "content": CONTENT}}},
        "delete": {"responses": {"204": {"description": ""}}},
    },
}
NEW = {"item": "tea"}


@pytest.fixture
def sessions() -> Sessions:
    return Sessions(SessionSettings(seed=7))


@pytest.fixture
def client(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox], sessions: Sessions
) -> httpx.Client:
    return serve(sandbox(paths=PATHS), sessions=sessions)


def order(client: httpx.Client, fault: str = "", key: str = "") -> httpx.Response:
    headers = {**({"Sandbox-Fault": fault} if fault else {}), **({"Idempotency-Key": key} if key else {})}
    return client.post("/orders", json=NEW, headers=headers)


def orders(client: httpx.Client) -> int:
    return len(client.get("/orders").json())


@contextmanager
def connected(client: httpx.Client) -> Iterator[socket.socket]:
    with socket.create_connection(
        (client.base_url.host, client.base_url.port or 80), timeout=30
    ) as connection:
        yield connection


def asked(method: str, path: str, fault: str = "", body: str = "") -> bytes:
    named = f"Sandbox-Fault: {fault}\r\n" if fault else ""
    sent = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
    return f"{method} {path} HTTP/1.1\r\nHost: sandbox\r\n{named}{sent}\r\n{body}".encode()


def read_all(connection: socket.socket) -> bytes:
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    return received


# ---- an answer in the place of the handler's


def test_a_documented_status_comes_with_its_documented_body_and_nothing_is_created(
    client: httpx.Client,
) -> None:
    answer = order(client, "status=503")
    assert (answer.status_code, answer.json()) == (503, {"why": "maintenance"})
    assert orders(client) == 0
    assert order(client).status_code == 201


@pytest.mark.parametrize("status", [302, 418, 500, 599])
def test_a_status_that_is_not_documented_comes_with_problem_details(
    client: httpx.Client, status: int
) -> None:
    answer = order(client, f"status={status}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert (answer.json()["status"], answer.json()["operation"]) == (status, "post /orders")
    assert orders(client) == 0


def test_a_status_without_a_body_has_none(client: httpx.Client) -> None:
    assert [
        (one.status_code, one.content) for one in (order(client, "status=204"), order(client, "status=304"))
    ] == [
        (204, b""),
        (304, b""),
    ]
    head = client.head("/orders", headers={"Sandbox-Fault": "status=500"})
    assert (head.status_code, head.content) == (500, b"")
    assert int(head.headers["Content-Length"]) > 0


def test_a_rule_can_state_the_body_itself(client: httpx.Client, sessions: Sessions) -> None:
    sessions.use().faults.add(Rule((Status(503, {"own": [1, None]}),)))
    answer = order(client)
    assert (answer.status_code, answer.headers["Content-Type"], answer.json()) == (
        503,
        "application/json",
        {"own": [1, None]},
    )


def test_a_fault_answers_in_the_vendors_shape_and_in_the_type_the_caller_accepts(
    serve: Callable[..., httpx.Client],
) -> None:
    togai, saasu = serve("togai"), serve("saasu")
    body = togai.get("/accounts", headers={"Authorization": "Bearer x", "Sandbox-Fault": "status=503"}).json()
    assert list(body) == ["message"]
    wanted = {"Accept": "application/xml", "Sandbox-Fault": "status=404"}
    answer = saasu.get("/Account/1", params={"FileId": 1, "WsAccessKey": "x"}, headers=wanted)
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (404, "application/xml")
    assert ElementTree.fromstring(answer.content) is not None


def test_a_connection_is_still_good_after_an_answered_fault(client: httpx.Client) -> None:
    with connected(client) as connection:
        for fault in ("status=500", "malformed", "latency=1ms", "after-write=500"):
            connection.sendall(asked("GET", "/orders", fault))
            assert connection.recv(65536).startswith(b"HTTP/1.1 ")


# ---- a connection that ends


@pytest.mark.parametrize(("method", "body"), [("GET", ""), ("POST", '{"item": "tea"}')])
def test_a_reset_is_a_reset_of_the_connection(client: httpx.Client, method: str, body: str) -> None:
    with connected(client) as connection:
        connection.sendall(asked(method, "/orders", "reset", body))
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
    assert orders(client) == 0


@pytest.mark.parametrize(
    ("method", "body"),
    [("GET", ""), ("POST", '{"item": "tea"}'), ("POST", '{"item": "%s"}' % ("x" * 300_000))],
)
def test_an_empty_answer_is_the_end_of_the_connection_without_a_byte(
    client: httpx.Client, method: str, body: str
) -> None:
    with connected(client) as connection:
        connection.sendall(asked(method, "/orders", "empty", body))
        assert connection.recv(1) == b""
    assert orders(client) == 0


def test_a_client_library_reports_both_as_network_errors(client: httpx.Client) -> None:
    with pytest.raises(httpx.ReadError):
        order(client, "reset")
    with pytest.raises(httpx.RemoteProtocolError, match="disconnected without sending"):
        order(client, "empty")


@pytest.mark.parametrize(
    ("fault", "kept"), [("truncate", None), ("truncate=3", 3), ("truncate=0", 0), ("truncate=99999", -1)]
)
def test_a_truncated_body_ends_before_its_length(client: httpx.Client, fault: str, kept: int | None) -> None:
    whole = order(client).content
    with connected(client) as connection:
        connection.sendall(asked("POST", "/orders", fault, '{"item": "tea"}'))
        head, _, body = read_all(connection).partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    assert length == len(whole)
    assert len(body) == {None: length // 2, -1: length - 1}.get(kept, kept)
    assert orders(client) == 2, "the handler was asked, and finished"


def test_a_client_library_notices_a_truncated_body(client: httpx.Client) -> None:
    with pytest.raises(httpx.RemoteProtocolError, match="peer closed connection"):
        order(client, "truncate")
    assert orders(client) == 1


def test_an_answer_without_a_body_has_nothing_to_cut_and_its_connection_is_left(client: httpx.Client) -> None:
    made = order(client).json()
    with connected(client) as connection:
        connection.sendall(asked("DELETE", f"/orders/{made['id']}", "truncate"))
        assert connection.recv(65536).startswith(b"HTTP/1.1 204 ")
        connection.sendall(asked("GET", "/orders"))
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 "), "the caller's next request is answered"


def test_requests_sent_ahead_on_one_connection_end_with_it(client: httpx.Client) -> None:
    with connected(client) as connection:
        connection.sendall(
            asked("GET", "/orders", "empty") + asked("POST", "/orders", "", '{"item": "tea"}') * 3
        )
        with suppress(ConnectionResetError):  # there may have been more to read when it was closed
            assert read_all(connection) == b""
    assert orders(client) == 0


# ---- a body that is not what it says


def test_a_malformed_json_body_has_the_right_length_and_is_no_json(client: httpx.Client) -> None:
    answer = order(client, "malformed")
    assert (answer.status_code, int(answer.headers["Content-Length"])) == (201, len(answer.content))
    assert answer.headers["Content-Type"] == "application/json"
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        answer.json()
    assert orders(client) == 1


def test_a_malformed_xml_body_is_no_xml(serve: Callable[..., httpx.Client]) -> None:
    saasu = serve("saasu", populate=2)
    headers = {"Accept": "application/xml", "Sandbox-Fault": "malformed"}
    answer = saasu.get("/Accounts", params={"FileId": 1, "WsAccessKey": "x"}, headers=headers)
    assert answer.status_code == 200
    with pytest.raises(ElementTree.ParseError):
        ElementTree.fromstring(answer.content)


def test_what_has_no_body_cannot_be_spoiled(client: httpx.Client) -> None:
    made = order(client).json()["id"]
    assert client.head("/orders", headers={"Sandbox-Fault": "malformed"}).content == b""
    assert client.delete(f"/orders/{made}", headers={"Sandbox-Fault": "malformed"}).status_code == 204
    assert orders(client) == 0


def test_a_refusal_from_below_is_spoiled_as_well(serve: Callable[..., httpx.Client]) -> None:
    answer = serve("togai").get("/accounts", headers={"Sandbox-Fault": "malformed"})
    assert answer.status_code == 401
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        answer.json()


# ---- time


def test_a_caller_who_does_not_wait_has_changed_nothing(client: httpx.Client, sessions: Sessions) -> None:
    with pytest.raises(httpx.ReadTimeout):
        client.post("/orders", json=NEW, headers={"Sandbox-Fault": "latency=3600s"}, timeout=0.3)
    with connected(client) as connection:
        connection.sendall(asked("POST", "/orders", "latency=3600s", '{"item": "tea"}'))
    journal = sessions.use().journal
    waiting = threading.Event()
    while len([entry for entry in journal.entries if entry.fault]) < 2:  # it is noted once it is given up
        waiting.wait(0.01)
    assert {(entry.fault, entry.status) for entry in journal.entries} == {("latency=3600000ms", 0)}
    assert orders(client) == 0


@pytest.mark.parametrize(
    "fault",
    [
        "latency=5ms",
        "latency=1..9ms",
        "latency=lognormal(2ms,0.5)",
        "latency=1ms, latency=1ms",
        "throttle=20000",
    ],
)
def test_a_call_that_is_only_slow_is_answered_in_full(client: httpx.Client, fault: str) -> None:
    answer = order(client, fault)
    assert (answer.status_code, answer.json()["item"]) == (201, "tea")
    assert (
        client.get(f"/orders/{answer.json()['id']}", headers={"Sandbox-Fault": fault}).json() == answer.json()
    )


def test_a_throttled_body_comes_bit_by_bit(client: httpx.Client) -> None:
    with connected(client) as connection:
        connection.sendall(asked("POST", "/orders", "throttle=1", '{"item": "tea"}'))
        received = b""
        while not received.partition(b"\r\n\r\n")[2]:
            received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    assert len(body) < int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    assert orders(client) == 1


def test_slowness_goes_with_a_failure(client: httpx.Client) -> None:
    answer = order(client, "latency=1ms, throttle=20000, status=503")
    assert (answer.status_code, answer.json()) == (503, {"why": "maintenance"})


# ---- failing after the write


@pytest.mark.parametrize(
    ("fault", "error"),
    [("after-write=reset", httpx.ReadError), ("after-write=empty", httpx.RemoteProtocolError)],
)
def test_a_retry_under_the_same_key_after_a_lost_answer_creates_nothing_twice(
    client: httpx.Client, fault: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        order(client, fault, key="k1")
    assert orders(client) == 1, "it was written, though nobody heard"
    again = order(client, key="k1")
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert orders(client) == 1


def test_a_status_after_the_write_hides_the_answer_and_not_the_write(client: httpx.Client) -> None:
    answer = order(client, "after-write=503", key="k1")
    assert (answer.status_code, answer.json()) == (503, {"why": "maintenance"})
    assert order(client, "after-write=504").headers["Content-Type"] == "application/problem+json"
    assert orders(client) == 2


def test_a_caller_who_times_out_after_the_write_has_written(client: httpx.Client) -> None:
    with pytest.raises(httpx.ReadTimeout):
        client.post(
            "/orders", json=NEW, headers={"Sandbox-Fault": "latency=3600s, after-write=reset"}, timeout=2
        )
    assert orders(client) == 1


# ---- rules


def statuses(client: httpx.Client, count: int) -> list[int]:
    return [order(client).status_code for _ in range(count)]


def test_a_sequence_fails_twice_and_then_all_is_well(client: httpx.Client, sessions: Sessions) -> None:
    sessions.use().faults.add(
        Rule((Status(503), Status(503), NoFault()), Match(operation="createOrder"), repeat=False)
    )
    assert (orders(client), statuses(client, 4), orders(client)) == (0, [503, 503, 201, 201], 2)
    assert not sessions.use().faults.is_active


def test_the_next_calls_fail_and_no_more(client: httpx.Client, sessions: Sessions) -> None:
    sessions.use().faults.add(Rule((Reset(),), Match(method="POST"), times=1))
    with pytest.raises(httpx.ReadError):
        order(client)
    assert statuses(client, 2) == [201, 201]


def test_one_seed_strikes_the_same_calls_in_every_run_and_session(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    rule = Rule((Status(503),), Match(operation="createOrder"), probability=0.4)
    found = []
    for seed, name, others in ((7, "one", 0), (7, "two", 3), (8, "one", 0)):
        sessions = Sessions(SessionSettings(seed=seed))
        client = serve(sandbox(paths=PATHS), sessions=sessions)
        client.headers["Sandbox-Session"] = name
        sessions.use(name).faults.add(rule)
        runs = []
        for _ in range(30):
            runs += statuses(client, 1)
            for _ in range(others):
                assert client.get("/orders").status_code == 200
        found.append(runs)
    assert found[0] == found[1] != found[2]
    assert {201, 503} == set(found[0])


def test_a_fault_stays_in_its_session_however_that_is_named(client: httpx.Client, sessions: Sessions) -> None:
    sessions.use("broken").faults.add(Rule((Status(503),), Match(path="/orders")))
    assert order(client).status_code == 201
    assert client.post("/~broken/orders", json=NEW).status_code == 503
    assert client.post("/orders", json=NEW, headers={"Sandbox-Session": "broken"}).status_code == 503
    sessions.reset("broken")
    assert client.post("/~broken/orders", json=NEW).status_code == 201


@pytest.mark.parametrize(
    ("match", "strikes"),
    [
        ({"body": {"/item": "tea"}}, [503, 201]),
        ({"headers": {"User-Agent": "*httpx*"}, "body": {"/item": "milk"}}, [201, 503]),
        ({"headers": {"User-Agent": "curl/*"}}, [201, 201]),
        ({"operation": "POST /orders"}, [503, 503]),
        ({"path": "/orders/*"}, [201, 201]),
        ({"api": "inline", "method": "POST"}, [503, 503]),
    ],
)
def test_only_calls_that_match_are_struck(
    client: httpx.Client, sessions: Sessions, match: dict[str, Any], strikes: list[int]
) -> None:
    sessions.use().faults.add(read_rule({"match": match, "fault": {"kind": "status", "status": 503}}))
    assert [client.post("/orders", json={"item": item}).status_code for item in ("tea", "milk")] == strikes
    assert orders(client) == strikes.count(201)


def test_a_body_is_matched_by_its_values_whatever_it_is_written_in(
    serve: Callable[..., httpx.Client], sessions: Sessions
) -> None:
    saasu = serve("saasu", sessions=sessions)
    sessions.use().faults.add(Rule((Status(500),), Match(body={"/Name": "Petty cash"})))
    query = {"FileId": "1", "WsAccessKey": "x"}
    xml = "<AccountDetail><Name>{}</Name><AccountType>Asset</AccountType></AccountDetail>"
    found = [
        saasu.post(
            "/Account", params=query, content=xml.format(name), headers={"Content-Type": "application/xml"}
        ).status_code
        for name in ("Petty cash", "Big cash")
    ]
    assert found == [500, 200]
    assert (
        saasu.post(
            "/Account", params=query, content="<", headers={"Content-Type": "application/xml"}
        ).status_code
        == 400
    )


def test_the_journal_names_the_fault_of_a_call(client: httpx.Client, sessions: Sessions) -> None:
    for fault in ("reset", "empty", "truncate"):
        with pytest.raises(httpx.TransportError):
            order(client, fault)
    for fault in ("malformed", "latency=2ms, status=503", "rate-limit=1/1000s", "rate-limit=1/1000s"):
        order(client, fault)
    assert orders(client) == 3
    noted = [(entry.fault, entry.status) for entry in sessions.use().journal.entries][:7]
    assert noted == [
        ("reset", 0),
        ("empty", 0),
        ("truncate", 201),
        ("malformed", 201),
        ("latency=2ms, status=503", 503),
        ("", 201),
        ("rate-limit=1/1000s", 429),
    ]


@pytest.mark.parametrize("fault", ["teapot", "status=42", "status=503, reset", "latency=1"])
def test_a_header_that_cannot_be_read_is_refused_by_name_and_nothing_is_done(
    client: httpx.Client, fault: str
) -> None:
    answer = order(client, fault)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/Sandbox-Fault")
    assert orders(client) == 0


# ---- limits


def until_refused(call: Callable[[], httpx.Response], most: int) -> tuple[int, httpx.Response]:
    """Call until the answer is 429; tokens come back while the calls are made, so that it may take some more than the burst."""
    for count in range(most):
        answer = call()
        if answer.status_code == 429:
            return count, answer
    raise AssertionError(f"{most} calls and no limit")


def test_the_vendors_own_limits_hold_when_they_are_asked_for(
    serve: Callable[..., httpx.Client], sessions: Sessions
) -> None:
    client = serve("dualentry", sessions=sessions)
    headers = {"X-API-KEY": "one"}
    assert all(client.get("/public/v1/accounts/", headers=headers).status_code == 200 for _ in range(30)), (
        "off until asked for"
    )
    sessions.use().faults.add(Rule((RateLimit(),)))
    passed, refused = until_refused(lambda: client.get("/public/v1/accounts/", headers=headers), 500)
    assert passed >= 10
    assert refused.json() == {"success": False, "errors": {"__all__": ["Too many requests."]}}
    assert refused.headers["Retry-After"] == "1"
    others = (
        client.get("/public/v2/accounts/", headers=headers),
        client.get("/public/v1/accounts/", headers={"X-API-KEY": "two"}),
    )
    assert [other.status_code for other in others] == [200, 200], "another route, and another key"
    sessions.use().clock.advance(int(refused.headers["Retry-After"]))
    assert client.get("/public/v1/accounts/", headers=headers).status_code == 200, (
        "the session's clock refills it"
    )


@pytest.mark.parametrize(
    ("name", "path", "headers", "members"),
    [
        ("togai", "/accounts", {"Authorization": "Bearer x"}, {"message"}),
        ("saasu", "/Accounts?FileId=1&WsAccessKey=x", {}, {"Message"}),
        (
            "aritma",
            "/api/v1/clients/c/accounts",
            {"Authorization": "Bearer x"},
            {"type", "title", "status", "detail", "instance"},
        ),
        ("dualentry", "/public/v1/accounts/", {"X-API-KEY": "x"}, {"success", "errors"}),
    ],
)
def test_each_vendor_says_so_in_its_own_shape(
    serve: Callable[..., httpx.Client], name: str, path: str, headers: dict[str, str], members: set[str]
) -> None:
    client = serve(name)
    limited = {**headers, "Sandbox-Fault": "rate-limit=2/1000s"}
    answers = [client.get(path, headers=limited) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json().keys() == members
    assert 400 <= int(answers[2].headers["Retry-After"]) <= 500
    assert client.get(path, headers=headers).status_code == 200


def test_a_limit_of_ones_own_is_refilled_by_the_sessions_clock(
    client: httpx.Client, sessions: Sessions
) -> None:
    assert [order(client, "rate-limit=1/600s").status_code for _ in range(2)] == [201, 429]
    sessions.use().clock.advance(600)
    assert [order(client, "rate-limit=1/600s").status_code for _ in range(2)] == [201, 429]
    assert orders(client) == 2


def test_limits_of_a_vendor_who_states_none_are_refused(client: httpx.Client) -> None:
    answer = order(client, "rate-limit")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/Sandbox-Fault")


def test_the_admin_api_never_fails(client: httpx.Client, sessions: Sessions) -> None:
    sessions.use().faults.add(Rule((Reset(),)))
    assert client.get("/__admin/health", headers={"Sandbox-Fault": "status=503"}).status_code == 200


def test_rules_are_made_and_seen_at_work_by_the_admin_api(client: httpx.Client) -> None:
    rules = "/__admin/sessions/default/faults"
    rule = {
        "match": {"operation": "createOrder"},
        "sequence": [{"kind": "status", "status": 503}, {"kind": "normal"}],
    }
    made = client.post(rules, json=rule)
    assert (made.status_code, made.json()["remaining"]) == (201, 2)
    assert statuses(client, 3) == [503, 201, 201]
    seen = client.get(made.headers["Location"]).json()
    assert {name: seen[name] for name in ("calls", "hits", "remaining")} == {
        "calls": 2,
        "hits": 1,
        "remaining": 0,
    }
    unknown = client.post(rules, json={"match": {"operation": "createOrdr"}, "fault": {"kind": "reset"}})
    assert (unknown.status_code, "createOrder" in unknown.text) == (400, True)


# ---- many calls at once, and no socket


def test_faults_of_calls_at_the_same_time_do_not_mix(client: httpx.Client, sessions: Sessions) -> None:
    faults: list[Fault] = [
        Status(503),
        Malformed(),
        Truncate(),
        Reset(),
        Empty(),
        LogNormalLatency(3, 0.5),
        AfterWrite(Reset()),
    ]
    url, seen = str(client.base_url), dict[str, list[str]]()

    def run(name: str, fault: Fault) -> None:
        sessions.use(name).faults.add(Rule((fault,), Match(method="POST")))
        with httpx.Client(
            base_url=url, headers={"Sandbox-Session": name}, timeout=30, trust_env=False
        ) as own:
            for _ in range(10):
                try:
                    answer = own.post("/orders", json=NEW)
                    text = f"{answer.status_code} {answer.text[-1]}"
                except httpx.TransportError as error:
                    text = type(error).__name__
                seen.setdefault(name, []).append(text)
            seen[name].append(str(orders(own)))

    threads = [threading.Thread(target=run, args=(f"s{index}", fault)) for index, fault in enumerate(faults)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = [
        "503 }",
        "201 {",
        "RemoteProtocolError",
        "ReadError",
        "RemoteProtocolError",
        "201 }",
        "ReadError",
    ]
    written = [0, 10, 10, 0, 0, 10, 10]
    assert [seen[f"s{index}"] for index in range(7)] == [
        [text] * 10 + [str(count)] for text, count in zip(expected, written, strict=True)
    ]


async def in_process(app: Any, fault: str, extensions: dict[str, Any]) -> list[Any]:
    """Call an application without any server, and return what it sends."""
    sent: list[Any] = []
    headers = [(b"sandbox-fault", fault.encode())]
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/accounts",
        "raw_path": b"/accounts",
        "query_string": b"",
        "headers": headers,
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app({**scope, "scheme": "http", "server": ("sandbox", 80), "extensions": extensions}, receive, send)
    return sent


def test_without_a_socket_whoever_plays_the_connection_is_told() -> None:
    told: list[str] = []

    class Connection:
        def reset(self) -> None:
            told.append("reset")

        def close(self) -> None:
            told.append("close")

    app = create_app([bundled("togai")])
    sent = [
        asyncio.run(in_process(app, fault, {CONNECTION: Connection()}))
        for fault in ("reset", "empty", "truncate")
    ]
    assert told == ["reset", "close", "close"]
    assert [len(messages) for messages in sent[:2]] == [0, 0]
    assert all(message.get("more_body", True) for message in sent[2]), "the answer does not end"
    none = asyncio.run(in_process(app, "reset", {}))
    assert (none[0]["status"], b"no access" in none[1]["body"]) == (500, True)


def test_the_command_serves_faults_and_has_nothing_to_complain_of() -> None:
    command = [sys.executable, "-m", "understudy", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            url = process.stdout.readline().split()[1]
            for fault in ("reset", "empty", "truncate", "after-write=reset"):
                with pytest.raises(httpx.TransportError):
                    httpx.get(
                        f"{url}/api/v1/clients/c/accounts", headers={"Sandbox-Fault": fault}, trust_env=False
                    )
        finally:
            process.terminate()
            said = process.communicate(timeout=10)[1]
    assert said == ""
