"""The admin API over a socket: the server, sessions, clock, identities and faults; and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from understudy.admin.rules import admin_sandbox
from understudy.metrics.tally import Tally
from understudy.server.app import mounts
from understudy.sessions import Sessions

AUTHORIZED = {"Authorization": "Bearer k"}
ACCOUNT = {"id": "acme", "name": "Acme", "customerId": "acme"}
NAMES_OF_64 = ["a", "A-Z.0_9", "x" * 64]
Serve = Callable[..., httpx.Client]


@pytest.fixture
def admin(serve: Serve) -> httpx.Client:
    """Return a client of the admin API beside two sandboxes."""
    client = serve("togai", "dualentry", populate=3)
    client.base_url = client.base_url.join("/__admin")
    return client


def create(admin: httpx.Client, session: str, **account: Any) -> httpx.Response:
    url = admin.base_url.join("/togai/accounts")
    return admin.post(url, headers={**AUTHORIZED, "Sandbox-Session": session}, json={**ACCOUNT, **account})


def accounts(admin: httpx.Client, session: str) -> list[str]:
    url = admin.base_url.join("/togai/accounts?pageSize=100")
    answer = admin.get(url, headers={**AUTHORIZED, "Sandbox-Session": session})
    return [account["id"] for account in answer.json()["data"]]


def told(answer: httpx.Response, status: int) -> dict[str, Any]:
    """Return the problem details of an answer, which is to be of this status."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), (
        answer.text
    )
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    return problem


def wrong(answer: httpx.Response) -> set[tuple[str, str]]:
    """Return where a refused request is wrong."""
    return {(error["location"], error["pointer"]) for error in told(answer, 400)["errors"]}


# ---- the server


def test_every_operation_of_the_contract_has_a_handler_and_no_other_has() -> None:
    sandbox = admin_sandbox(mounts([]), Sessions(), {}, Tally())
    assert sandbox.vendor
    assert set(sandbox.vendor.handlers) == {operation.id for operation in sandbox.contract.operations}


def test_health_and_readiness_are_told(admin: httpx.Client) -> None:
    assert admin.get("/health").json()["status"] == "ok"
    assert admin.get("/ready").json() == {"ready": True, "apis": ["togai", "dualentry"]}


def test_apis_and_their_operations_are_listed(admin: httpx.Client) -> None:
    listed = admin.get("/apis").json()["items"]
    assert [(api["name"], api["operations"]) for api in listed] == [("togai", 8), ("dualentry", 6)]
    assert admin.get("/apis/togai").json() == listed[0]
    assert listed[0]["url"] == str(admin.base_url.join("/togai"))
    operations = admin.get("/apis/togai/operations").json()["items"]
    assert len(operations) == 8
    created = next(one for one in operations if one["operationId"] == "createAccount")
    assert (created["key"], created["method"], created["path"]) == ("post /accounts", "POST", "/accounts")
    assert {"201", "400", "default"} <= set(created["statuses"])


def test_a_session_of_the_path_is_in_the_urls_that_are_told(admin: httpx.Client) -> None:
    url = admin.get(admin.base_url.join("/~blue/__admin/apis/togai")).json()["url"]
    assert url == str(admin.base_url.join("/~blue/togai"))


@pytest.mark.parametrize(
    "path", ["/apis/togay", "/apis/togay/operations", "/sessions/s/apis/togay/collections"]
)
def test_an_unknown_api_is_told_which_there_are(admin: httpx.Client, path: str) -> None:
    assert "togai" in told(admin.get(path), 404)["detail"]


# ---- what is refused


def test_an_unknown_verb_is_told_those_there_are(admin: httpx.Client) -> None:
    problem = told(admin.post("/sessions/s/rest"), 400)
    (error,) = problem["errors"]
    assert (error["pointer"], error["expected"], error["received"]) == ("/verb", 'one of "reset"', '"rest"')
    assert admin.get("/sessions/s").status_code == 404  # and no session was made for it


def test_an_unknown_path_is_told_the_nearest(admin: httpx.Client) -> None:
    assert "/__admin/sessions/{session}/faults" in told(admin.get("/sessions/s/fault/s"), 404)["detail"]


def test_a_method_a_path_does_not_take_is_refused(admin: httpx.Client) -> None:
    answer = admin.post("/health")
    told(answer, 405)
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/sessions"),
        ("POST", "/sessions/s/verify"),
        ("POST", "/sessions/s/faults"),
        ("PUT", "/sessions/s/faults/f"),
        ("PUT", "/sessions/s/clock"),
        ("POST", "/sessions/s/clock/advance"),
        ("PUT", "/sessions/s/identities"),
        ("PUT", "/sessions/s/snapshot"),
    ],
)
def test_every_body_is_checked(admin: httpx.Client, method: str, path: str) -> None:
    assert wrong(admin.request(method, path, json=[])) == {("body", "")}
    assert wrong(admin.request(method, path, content=b"{", headers={"Content-Type": "application/json"})) == {
        ("body", "")
    }
    assert wrong(admin.request(method, path)) == {("body", "")}
    told(admin.request(method, path, content=b"x", headers={"Content-Type": "text/plain"}), 415)
    if not path.endswith("snapshot"):  # whose later versions may have more members
        assert ("body", "/surplus") in wrong(admin.request(method, path, json={"surplus": 1}))


def test_a_body_that_is_too_large_is_refused(admin: httpx.Client) -> None:
    told(
        admin.put(
            "/sessions/s/snapshot",
            content=b" " * (10 * 1024 * 1024 + 1),
            headers={"Content-Type": "application/json"},
        ),
        413,
    )


@pytest.mark.parametrize("name", ["a%20b", "x" * 65, "a%2Fb", "%C3%A4"])
@pytest.mark.parametrize("below", ["", "/clock", "/journal", "/apis/togai/collections"])
def test_a_session_name_that_is_none_is_a_400_that_names_it(
    admin: httpx.Client, name: str, below: str
) -> None:
    assert wrong(admin.get(f"/sessions/{name}{below}")) == {("path", "/session")}


NAME_EXPECTED = "1 to 64 of A-Z a-z 0-9 . _ -"
URL_EXPECTED = (
    "an absolute URL of http or https without a user, in ASCII, such as http://127.0.0.1:9000/hooks"
)


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("GET", "/sessions/a%20b", None, NAME_EXPECTED),
        ("POST", "/sessions", {"name": "a b"}, NAME_EXPECTED),
        ("GET", "/sessions/s/faults/a%20b", None, NAME_EXPECTED),
        ("POST", "/sessions/s/faults", {"id": "a b", "fault": {"kind": "reset"}}, NAME_EXPECTED),
        ("GET", "/sessions/s/journal?status=abc", None, "a status such as 201 or 4xx"),
        ("PUT", "/sessions/s/webhooks", {"targets": [{"url": "nowhere"}]}, URL_EXPECTED),
        (
            "PUT",
            "/sessions/s/webhooks",
            {"targets": [{"url": "http://[::1]/", "headers": {"a b": "c"}}]},
            "under a name that is the name of a header",
        ),
        ("POST", "/sessions/s/verify", {"exactly": 1, "atMost": 1}, "absent: it goes without exactly"),
    ],
)
def test_a_form_that_is_not_kept_is_said_in_words(
    admin: httpx.Client, method: str, path: str, body: Any, expected: str
) -> None:
    [error] = told(admin.request(method, path, json=body), 400)["errors"]
    assert error["expected"].startswith(expected)
    assert "[A-Z" not in json.dumps(error)


# ---- sessions


@pytest.mark.parametrize("name", NAMES_OF_64)
def test_a_session_is_made_once(admin: httpx.Client, name: str) -> None:
    made = admin.post("/sessions", json={"name": name})
    assert made.status_code == 201
    assert made.json()["name"] == name
    assert admin.get(made.headers["location"]).json()["name"] == name
    assert name in told(admin.post("/sessions", json={"name": name}), 409)["detail"]


@pytest.mark.parametrize("name", ["", "x" * 65, "a b", 5, None])
def test_a_session_of_another_name_is_not_made(admin: httpx.Client, name: Any) -> None:
    assert wrong(admin.post("/sessions", json={"name": name})) == {("body", "/name")}
    assert admin.get("/sessions").json()["items"][0]["name"] == "default"


def test_names_that_are_made_up_are_new(admin: httpx.Client) -> None:
    names = [admin.post("/sessions", json={}).json()["name"] for _ in range(3)]
    admin.delete(f"/sessions/{names[0]}")  # of which the next one must not take the number of another
    names.append(admin.post("/sessions", json={}).json()["name"])
    assert len(set(names[1:])) == 3


def test_reading_a_session_does_not_make_it(admin: httpx.Client) -> None:
    told(admin.get("/sessions/nobody"), 404)
    told(admin.delete("/sessions/nobody"), 404)
    assert [session["name"] for session in admin.get("/sessions").json()["items"]] == ["default"]
    assert admin.get("/sessions/nobody/clock").status_code == 200  # as any use does
    assert [session["name"] for session in admin.get("/sessions").json()["items"]] == ["default", "nobody"]


def test_a_session_tells_what_it_holds(admin: httpx.Client) -> None:
    create(admin, "s")
    admin.post("/sessions/s/faults", json={"fault": {"kind": "latency", "milliseconds": 0}})
    admin.put("/sessions/s/clock", json={"now": "2030-01-01T00:00:00Z"})
    session = admin.get("/sessions/s").json()
    assert session.pop("idleSeconds") >= 0
    assert session == {"name": "s", "records": 4, "requests": 1, "faults": 1, "clock": "2030-01-01T00:00:00Z"}


def test_a_deleted_session_begins_anew_on_its_next_use(admin: httpx.Client) -> None:
    create(admin, "s")
    assert admin.delete("/sessions/s").status_code == 204
    told(admin.get("/sessions/s"), 404)
    assert "acme" not in accounts(admin, "s")


def test_a_reset_leaves_nothing(admin: httpx.Client) -> None:
    before = accounts(admin, "s")
    create(admin, "s")
    admin.post("/sessions/s/faults", json={"fault": {"kind": "latency", "milliseconds": 0}})
    admin.post("/sessions/s/clock/advance", json={"seconds": 60})
    admin.put("/sessions/s/identities", json={"items": []})
    assert admin.post("/sessions/s/reset").status_code == 204
    session = admin.get("/sessions/s").json()
    assert (session["records"], session["requests"], session["faults"], session["clock"]) == (
        0,
        0,
        0,
        "2026-01-05T09:00:00Z",
    )
    assert admin.get("/sessions/s/identities").json() == {"items": None}
    assert accounts(admin, "s") == before


def test_resets_during_traffic_lose_nothing_of_other_sessions(admin: httpx.Client) -> None:
    def work(number: int) -> list[int]:
        if number % 4 == 3:
            return [admin.post("/sessions/reset-me/reset").status_code for _ in range(20)]
        session = "reset-me" if number % 4 == 2 else f"kept-{number}"
        return [create(admin, session, id=f"n{count}").status_code for count in range(20)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(work, range(8)))
    for number in (0, 1, 4, 5):
        assert answers[number] == [201] * 20
        assert {f"n{count}" for count in range(20)} <= set(accounts(admin, f"kept-{number}"))
        assert admin.get(f"/sessions/kept-{number}").json()["requests"] == 21
    assert answers[3] == answers[7] == [204] * 20
    assert {status for number in (2, 6) for status in answers[number]} <= {
        201,
        400,
    }  # 400: the other thread made that one


def test_ten_thousand_sessions_hold_nothing_until_they_are_used(serve: Serve) -> None:
    sessions = Sessions()
    admin = serve("togai", populate=3, sessions=sessions)
    for number in range(10_000):
        sessions.use(f"s{number}")
    listed = admin.get("/__admin/sessions").json()["items"]
    assert len(listed) == 10_001
    assert sum(session["records"] for session in listed) == 0
    assert (
        sum(len(session.worlds) for session in sessions) == 1
    )  # that of the admin API's own, which is asked in the default session


# ---- the clock


def test_the_clock_is_read_set_and_advanced(admin: httpx.Client) -> None:
    assert admin.get("/sessions/s/clock").json()["now"] == "2026-01-05T09:00:00Z"
    assert (
        admin.put("/sessions/s/clock", json={"now": "2031-05-06T10:00:00.25+02:00"}).json()["now"]
        == "2031-05-06T08:00:00.250000Z"
    )
    assert (
        admin.post("/sessions/s/clock/advance", json={"seconds": 1.75}).json()["now"]
        == "2031-05-06T08:00:02Z"
    )
    assert admin.get("/sessions/other/clock").json()["now"] == "2026-01-05T09:00:00Z"


def test_lower_case_letters_of_a_time_are_read(admin: httpx.Client) -> None:
    assert (
        admin.put("/sessions/s/clock", json={"now": "2031-05-06t10:00:00z"}).json()["now"]
        == "2031-05-06T10:00:00Z"
    )


@pytest.mark.parametrize(
    "now",
    [
        "noon",
        "2026-01-05",
        "2026-01-05T09:00:00",
        "2026-02-30T00:00:00Z",
        "9500-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        5,
        None,
    ],
)
def test_what_is_no_time_is_refused(admin: httpx.Client, now: Any) -> None:
    assert wrong(admin.put("/sessions/s/clock", json={"now": now})) == {("body", "/now")}
    assert admin.get("/sessions/s/clock").json()["now"] == "2026-01-05T09:00:00Z"


def test_a_leap_second_which_no_calendar_here_has_is_refused(admin: httpx.Client) -> None:
    assert wrong(admin.put("/sessions/s/clock", json={"now": "2016-12-31T23:59:60Z"})) == {("body", "/now")}


@pytest.mark.parametrize("seconds", [-1, "5", None, 1e300])
def test_what_is_no_time_to_wait_is_refused(admin: httpx.Client, seconds: Any) -> None:
    assert wrong(admin.post("/sessions/s/clock/advance", json={"seconds": seconds})) == {("body", "/seconds")}


def test_the_calendar_has_an_end(admin: httpx.Client) -> None:
    admin.put("/sessions/s/clock", json={"now": "8999-12-31T00:00:00Z"})
    problem = told(admin.post("/sessions/s/clock/advance", json={"seconds": 220903200000}), 400)
    assert problem["errors"][0]["pointer"] == "/seconds"
    assert admin.get("/sessions/s/clock").json()["now"] == "8999-12-31T00:00:00Z"


# ---- identities

DANA = {
    "name": "dana",
    "credential": "key-of-dana",
    "username": "dana@example.com",
    "password": "hush-hush",
    "apis": ["togai"],
}


def test_who_may_call_is_replaced_for_what_is_there_already(admin: httpx.Client) -> None:
    create(admin, "s")  # by a caller of whom nobody knows then
    answer = admin.put(
        "/sessions/s/identities",
        json={"items": [DANA, {"name": "max", "credential": "m", "state": "expired"}]},
    )
    assert answer.status_code == 200
    shown = [
        {"name": "dana", "username": "dana@example.com", "apis": ["togai"], "state": "active"},
        {"name": "max", "state": "expired"},
    ]
    assert answer.json() == admin.get("/sessions/s/identities").json() == {"items": shown}
    url, named = admin.base_url.join("/togai/accounts"), {"Sandbox-Session": "s"}
    assert admin.get(url, headers={**named, **AUTHORIZED}).status_code == 401
    found = admin.get(url, headers={**named, "Authorization": "Bearer key-of-dana"})
    assert "acme" in {account["id"] for account in found.json()["data"]}
    assert admin.get(url, headers=AUTHORIZED).status_code == 200  # in another session


def test_anybody_may_call_again(admin: httpx.Client) -> None:
    admin.put("/sessions/s/identities", json={"items": []})
    assert create(admin, "s").status_code == 401
    assert admin.put("/sessions/s/identities", json={"items": None}).json() == {"items": None}
    assert create(admin, "s").status_code == 201


@pytest.mark.parametrize(
    ("entries", "place"),
    [
        ([DANA, {**DANA, "username": "other"}], "/items/1/credential"),
        ([DANA, {**DANA, "credential": "other"}], "/items/1/username"),
        ([{**DANA, "credential": "sandbox-expired"}], "/items/0/credential"),
        ([{**DANA, "state": "asleep"}], "/items/0/state"),
        ([{"name": "dana", "password": "hush-hush", "credential": "key-of-dana"}], "/items/0/username"),
        ([{**DANA, "credentials": "key-of-dana"}], "/items/0/credentials"),
        ([{**DANA, "password": ["hush-hush"]}], "/items/0/password"),
        ("hush-hush", "/items"),
    ],
)
def test_identities_that_cannot_be_are_refused_without_repeating_a_credential(
    admin: httpx.Client, entries: Any, place: str
) -> None:
    answer = admin.put("/sessions/s/identities", json={"items": entries})
    assert wrong(answer) == {("body", place)}
    assert "key-of-dana" not in answer.text
    assert "hush-hush" not in answer.text
    assert admin.get("/sessions/s/identities").json() == {"items": None}


def test_apis_that_are_not_served_are_refused_with_those_that_are(admin: httpx.Client) -> None:
    answer = admin.put(
        "/sessions/s/identities",
        json={"items": [DANA, {**DANA, "credential": "c", "username": "d", "apis": ["togai", "togay"]}]},
    )
    assert wrong(answer) == {("body", "/items/1/apis/1")}
    assert "togai, dualentry" in answer.text
    assert admin.get("/sessions/s/identities").json() == {"items": None}


# ---- faults

UNAVAILABLE: dict[str, Any] = {
    "match": {"operation": "createAccount"},
    "fault": {"kind": "status", "status": 503},
    "times": 1,
}


def test_a_fault_is_added_strikes_and_is_counted(admin: httpx.Client) -> None:
    added = admin.post("/sessions/s/faults", json=UNAVAILABLE)
    assert added.status_code == 201
    assert added.json() == {"id": "fault-1", **UNAVAILABLE, "calls": 0, "turns": 0, "hits": 0, "remaining": 1}
    assert [create(admin, "s").status_code for _ in range(2)] == [503, 201]
    assert create(admin, "other").status_code == 201
    struck = admin.get(added.headers["location"]).json()
    assert (struck["calls"], struck["hits"], struck["remaining"]) == (1, 1, 0)
    assert admin.get("/sessions/s/faults").json() == {"items": [struck]}


def test_a_fault_is_replaced_where_it_stands(admin: httpx.Client) -> None:
    assert admin.put("/sessions/s/faults/first", json=UNAVAILABLE).status_code == 201
    assert admin.put("/sessions/s/faults/second", json={**UNAVAILABLE, "id": "second"}).status_code == 201
    replaced = admin.put("/sessions/s/faults/first", json={"fault": {"kind": "reset"}})
    assert (replaced.status_code, replaced.json()["fault"]) == (200, {"kind": "reset"})
    assert [rule["id"] for rule in admin.get("/sessions/s/faults").json()["items"]] == ["first", "second"]
    assert wrong(admin.put("/sessions/s/faults/first", json={**UNAVAILABLE, "id": "second"})) == {
        ("body", "/id")
    }
    told(admin.post("/sessions/s/faults", json={**UNAVAILABLE, "id": "first"}), 409)


def test_faults_are_taken_away(admin: httpx.Client) -> None:
    for rule_id in ("a", "b", "c"):
        admin.put(f"/sessions/s/faults/{rule_id}", json=UNAVAILABLE)
    assert admin.delete("/sessions/s/faults/b").status_code == 204
    told(admin.delete("/sessions/s/faults/b"), 404)
    told(admin.get("/sessions/s/faults/b"), 404)
    assert [rule["id"] for rule in admin.get("/sessions/s/faults").json()["items"]] == ["a", "c"]
    assert admin.delete("/sessions/s/faults").status_code == 204
    assert create(admin, "s").status_code == 201


@pytest.mark.parametrize(
    ("rule", "place", "allowed"),
    [
        ({"fault": {"kind": "statos"}}, "/fault/kind", '"status", "latency"'),
        ({"fault": {"kind": "status", "status": 99}}, "/fault/status", "at least 200"),
        ({"fault": {"kind": "reset"}, "probability": 2}, "/probability", "at most 1"),
        ({"fault": {"kind": "reset"}, "match": {"api": "togay"}}, "/match/api", "togai"),
        (
            {"fault": {"kind": "reset"}, "match": {"operation": "createAcount"}},
            "/match/operation",
            "createAccount",
        ),
        (
            {"fault": {"kind": "latency", "minimum": 5, "maximum": 4}},
            "/fault/maximum",
            "at least the minimum",
        ),
        ({"sequence": []}, "/sequence", "at least 1 item"),
    ],
)
@pytest.mark.parametrize("request_line", ["POST /sessions/s/faults", "PUT /sessions/s/faults/f"])
def test_a_fault_that_cannot_be_is_told_what_could(
    admin: httpx.Client, request_line: str, rule: Any, place: str, allowed: str
) -> None:
    answer = admin.request(*request_line.split(), json=rule)
    assert wrong(answer) == {("body", place)}
    assert allowed in answer.json()["errors"][0]["expected"]
    assert admin.get("/sessions/s/faults").json() == {"items": []}


# ---- the admin API itself


def test_the_admin_api_is_neither_journalled_nor_faulted(admin: httpx.Client) -> None:
    admin.post("/sessions/default/faults", json={"fault": {"kind": "status", "status": 503}})
    assert admin.get("/health", headers={"Sandbox-Fault": "status=500"}).status_code == 200
    assert admin.get("/sessions/default/journal").json()["items"] == []


def test_one_contract_stays_at_the_root_beside_the_admin_api(serve: Serve) -> None:
    client = serve("togai")
    assert client.get("/accounts", headers=AUTHORIZED).status_code == 200
    assert client.get("/__admin/apis").json()["items"][0]["url"] == str(client.base_url).rstrip("/")


def test_a_name_in_the_query_that_nobody_declared_is_refused(admin: httpx.Client) -> None:
    (error,) = told(admin.get("/sessions/s/journal", params={"opration": "x"}), 400)["errors"]
    assert (error["location"], error["pointer"]) == ("query", "/opration")
    assert "operation" in error["expected"]
    (error,) = told(admin.get("/sessions/s/clock", params={"x": "1"}), 400)["errors"]
    assert "no query parameters" in error["expected"]


def test_a_frozen_clock_stamps_exactly(admin: httpx.Client) -> None:
    assert admin.get("/sessions/s/clock").json() == {"now": "2026-01-05T09:00:00Z", "frozen": False}
    frozen = admin.put("/sessions/s/clock", json={"now": "2031-12-31T23:00:00+01:00"}).json()
    assert frozen == {"now": "2031-12-31T22:00:00Z", "frozen": True}
    account = {
        "name": "Cash",
        "number": 5010,
        "account_type": "bank",
        "currency_iso_4217_code": "EUR",
        "is_active": True,
    }
    url = admin.base_url.join("/~s/dualentry/public/v1/accounts/")
    stamps = []
    for number in (5010, 5011):
        created = admin.post(
            url, json={**account, "number": number, "parent_account_id": None}, headers={"X-API-KEY": "k"}
        )
        stamps.append(created.json()["created_by"]["timestamp"])
    assert {stamp[:19] for stamp in stamps} == {"2031-12-31T22:00:00"}
    assert admin.post("/sessions/s/clock/advance", json={"seconds": 60}).json()["frozen"] is True
    assert admin.delete("/sessions/s/clock").json() == {"now": "2031-12-31T22:01:00Z", "frozen": False}
