"""Conditions on the journal through the admin API: one that nothing here could ever meet is refused, and guesses are not answered."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from receiver import receiving
from shop import COMPONENTS, WEBHOOKS, paths
from understudy.callbacks.sender import Sender
from understudy.callbacks.targets import Target
from understudy.faults.kinds import AfterWrite, Status
from understudy.faults.rules import Rule
from understudy.sandbox import Sandbox
from understudy.sessions import Sessions

BEARER = {"Authorization": "Bearer very-secret-key"}
Serve = Callable[..., httpx.Client]


@pytest.fixture
def admin(serve: Serve) -> httpx.Client:
    """Return a client of the admin API beside two sandboxes."""
    client = serve("togai", "dualentry")
    client.base_url = client.base_url.join("/__admin")
    return client


@pytest.mark.parametrize(
    ("condition", "pointer", "hint"),
    [
        ({"operation": "createAcount"}, "/operation", "createAccount"),
        ({"operation": "post /acounts"}, "/operation", "post /accounts"),
        ({"operation": "get /accounts/{account_id}", "api": "dualentry"}, "/operation", "of dualentry"),
        ({"api": "toga"}, "/api", "one of togai, dualentry"),
        ({"api": "toga", "operation": "nope"}, "/api", "one of togai, dualentry"),
        ({"method": "POTS"}, "/method", "POST"),
        ({"fault": "stauts=503"}, "/fault", "status"),
        ({"fault": "normal"}, "/fault", "reset"),
        ({"fault": "status=503, stauts=503"}, "/fault", "status"),
    ],
)
def test_what_nothing_here_goes_by_is_refused_with_what_there_is(
    admin: httpx.Client, condition: dict[str, Any], pointer: str, hint: str
) -> None:
    answers = [
        admin.post("/sessions/s/verify", json={**condition, "exactly": 0}),
        admin.get("/sessions/s/journal", params=condition),
        admin.get("/sessions/s/journal/stream", params={**condition, "follow": "false"}),
    ]
    for answer in answers:
        assert answer.status_code == 400, answer.text
        [error] = answer.json()["errors"]
        assert (error["pointer"], hint in error["expected"]) == (pointer, True), error


@pytest.mark.parametrize(
    "condition",
    [
        {"operation": "createAccount", "api": "togai"},
        {"operation": "POST /accounts"},
        {"method": "Delete"},
        {"method": "OPTIONS"},
        {"fault": "latency=12.5ms, status=503"},
        {"fault": "rate-limit=5/60s;burst=10"},
        {"fault": "any"},
    ],
)
def test_what_could_have_happened_and_did_not_is_no_mistake(
    admin: httpx.Client, condition: dict[str, Any]
) -> None:
    assert admin.post("/sessions/s/verify", json={**condition, "exactly": 0}).json()["verified"] is True
    assert admin.get("/sessions/s/journal", params=condition).json()["items"] == []


@pytest.mark.parametrize("name", ["order.created", "webhook order.created", "POST order.created"])
def test_a_webhook_goes_by_its_name(serve: Serve, sandbox: Callable[..., Sandbox], name: str) -> None:
    with receiving() as receiver:
        served = sandbox(paths=paths(), components=COMPONENTS, webhooks=WEBHOOKS)
        client = serve(served, sender=Sender(targets=[Target(receiver.url)], backoff=0))
        assert client.post("/orders", json={"item": "cup", "count": 2}).status_code == 201
        receiver.next()
        assert client.get("/__admin/sessions/default/deliveries?wait=30").json() == {"pending": 0}
    verdict = client.post("/__admin/sessions/default/verify", json={"operation": name, "exactly": 1}).json()
    assert verdict["verified"] is True, verdict["sentence"]
    wrong = client.post("/__admin/sessions/default/verify", json={"operation": "order.creatd", "exactly": 0})
    assert (wrong.status_code, "order.created" in wrong.json()["errors"][0]["expected"]) == (400, True)


CALLBACKS = {
    "paid": {
        "{$request.body#/notify}": {
            "post": {"operationId": "tellPaid", "responses": {"200": {"description": "heard"}}}
        }
    }
}
PAY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object", "properties": {"notify": {"type": "string"}}}}
        },
    },
    "responses": {"202": {"description": "will be paid"}},
    "callbacks": CALLBACKS,
}


@pytest.mark.parametrize("name", ["paid", "callback paid", "tellPaid"])
def test_a_callback_goes_by_its_name(serve: Serve, sandbox: Callable[..., Sandbox], name: str) -> None:
    with receiving() as receiver:
        client = serve(sandbox(paths={"/payments": {"post": PAY}}))
        assert client.post("/payments", json={"notify": receiver.url}).status_code == 202
        receiver.next()
        assert client.get("/__admin/sessions/default/deliveries?wait=30").json() == {"pending": 0}
    verdict = client.post("/__admin/sessions/default/verify", json={"operation": name, "exactly": 1})
    assert (verdict.status_code, verdict.json().get("verified")) == (200, True), verdict.text


@pytest.mark.parametrize(
    "body",
    [
        {"/password": "guess"},
        {"/a/token/b": 1},
        {"": {"password": "guess"}},
        {"/card": {"cvv": "123"}},
        {"/pin": "1234"},
    ],
)
def test_whether_a_credential_was_guessed_is_not_told(admin: httpx.Client, body: dict[str, Any]) -> None:
    answer = admin.post("/sessions/s/verify", json={"body": body, "atLeast": 0})
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"][0]["pointer"].startswith("/body")
    assert "guess" not in answer.text


def test_what_is_sent_to_a_target_and_compared_by_a_fault_is_not_told(admin: httpx.Client) -> None:
    secret = "hidden-secret-1"
    headers = {"Authorization": f"Bearer {secret}", "X-Hub-Auth": secret, "X-Shop": "a"}
    target = {"url": f"http://127.0.0.1:9/hook?sig={secret}", "headers": headers}
    match = {"headers": headers, "body": {"/password": secret, "/name": "a"}}
    answers = [
        admin.put("/sessions/s/webhooks", json={"targets": [target]}),
        admin.get("/sessions/s/webhooks"),
        admin.post("/sessions/s/faults", json={"match": match, "fault": {"kind": "reset"}}),
        admin.put("/sessions/s/faults/f", json={"match": match, "fault": {"kind": "reset"}}),
        admin.put("/sessions/s/faults/f", json={"match": match, "fault": {"kind": "reset"}}),
        admin.get("/sessions/s/faults/f"),
        admin.get("/sessions/s/faults"),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 201, 201, 200, 200, 200]
    for answer in answers:
        assert secret not in answer.text
        assert "X-Shop" in answer.text
    assert answers[5].json()["match"]["body"] == {"/password": "[redacted]", "/name": "a"}


@pytest.mark.parametrize("status", [204, 205, 304])
def test_a_fault_whose_status_has_no_body_cannot_be_given_one(admin: httpx.Client, status: int) -> None:
    fault = {"kind": "status", "status": status, "body": {"a": 1}}
    rules = [({"fault": fault}, "/fault/body"), ({"sequence": [fault]}, "/sequence/0/body"),
             ({"fault": {"kind": "after-write", "then": fault}}, "/fault/then/body")]  # fmt: skip
    for rule, pointer in rules:
        answer = admin.post("/sessions/s/faults", json=rule)
        assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (
            400,
            [pointer],
        )


@pytest.mark.parametrize("status", [204, 205, 304])
def test_an_answer_without_a_body_leaves_the_connection_good(
    serve: Serve, sandbox: Callable[..., Sandbox], status: int
) -> None:
    schema = {"type": "object", "required": ["a"], "properties": {"a": {"const": 1}}}
    said = {"description": "nothing", "content": {"application/json": {"schema": schema}}}
    client = serve(
        sandbox(paths={"/a": {"get": {"responses": {str(status): said, "200": {"description": "ok"}}}}})
    )
    for headers in (
        {"Sandbox-Fault": f"status={status}"},
        {"Prefer": f"code={status}"},
        {"Sandbox-Fault": f"after-write={status}"},
    ):
        answer = client.get("/a", headers=headers)
        assert (answer.status_code, answer.content) == (status, b"")
        assert client.get("/a").status_code in (200, status)


@pytest.mark.parametrize("status", [204, 205, 304])
def test_a_body_that_a_program_gives_such_a_fault_is_not_sent(
    serve: Serve, sandbox: Callable[..., Sandbox], status: int
) -> None:
    sessions = Sessions()
    client = serve(
        sandbox(paths={"/a": {"get": {"responses": {"200": {"description": "ok"}}}}}), sessions=sessions
    )
    sessions.use().faults.add(Rule((Status(status, {"a": 1}),), times=1))
    sessions.use().faults.add(Rule((AfterWrite(Status(status, {"a": 1})),), times=1))
    for _ in range(2):
        with socket.create_connection((client.base_url.host, client.base_url.port or 80)) as connection:
            connection.sendall(b"GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            with connection.makefile("rb") as answer:
                head, _, body = answer.read().partition(b"\r\n\r\n")
        assert (head.split()[1], body) == (str(status).encode(), b"")


LATENCY = {"kind": "latency", "milliseconds": 5}


@pytest.mark.parametrize(
    ("path", "value", "pointer", "expected"),
    [
        ("verify", {"exactly": 1, "atLeast": 1}, "/atLeast", "absent: it goes without exactly"),
        ("verify", {"atLeast": 3, "atMost": 2}, "/atMost", "no less than atLeast, 3"),
        ("faults", {"fault": LATENCY, "sequence": [LATENCY]}, "/sequence", "absent: it goes without fault"),
        ("faults", {"fault": LATENCY, "repeat": True}, "/repeat", "absent: it goes without fault"),
        (
            "faults",
            {"fault": {**LATENCY, "minimum": 1, "maximum": 2}},
            "/fault/minimum",
            "absent: it goes without milliseconds",
        ),
        (
            "faults",
            {"sequence": [{**LATENCY, "sigma": 1, "median": 1}]},
            "/sequence/0/sigma",
            "absent: it goes without milliseconds",
        ),
        (
            "faults",
            {"fault": {"kind": "latency", "minimum": 1, "maximum": 2, "median": 1, "sigma": 1}},
            "/fault/median",
            "absent: it goes without minimum",
        ),
        ("faults", {"id": "a b", "fault": LATENCY}, "/id", "1 to 64 of A-Z a-z 0-9 . _ -"),
        ("clock", {"now": "0999-01-01T00:00:00Z"}, "/now", "of the years 1000 to 8999"),
    ],
)
def test_a_refusal_says_what_goes_without_what_and_patterns_in_words(
    admin: httpx.Client, path: str, value: dict[str, Any], pointer: str, expected: str
) -> None:
    answer = admin.request("PUT" if path == "clock" else "POST", f"/sessions/s/{path}", json=value)
    assert answer.status_code == 400
    found = [(error["pointer"], error["expected"]) for error in answer.json()["errors"]]
    assert (pointer, expected) in found, found


@pytest.mark.parametrize(
    "fault",
    [
        LATENCY,
        {"kind": "latency", "minimum": 0, "maximum": 0},
        {"kind": "latency", "median": 0, "sigma": 0.5},
    ],
)
def test_each_form_of_a_latency_is_taken(admin: httpx.Client, fault: dict[str, Any]) -> None:
    assert admin.post("/sessions/s/faults", json={"fault": fault}).json()["fault"] == fault


@pytest.mark.parametrize("rest", [{}, {"minimum": 1}, {"maximum": 1}, {"sigma": 1}, {"median": 1}])
def test_a_part_of_a_latency_is_refused(admin: httpx.Client, rest: dict[str, Any]) -> None:
    assert admin.post("/sessions/s/faults", json={"fault": {"kind": "latency", **rest}}).status_code == 400
