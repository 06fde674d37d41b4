"""What a server writes for programs: a JSON object a line, and which request each is about."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from understudy.errors import Failure
from understudy.journal.entry import Entry
from understudy.server.json_lines import JsonLines

SHOP = """
openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /orders:
    post:
      operationId: createOrder
      requestBody: {required: true, content: {application/json: {schema: &order
        {type: object, required: [title], properties: {id: {type: string}, title: {type: string}}}}}}
      responses: {"201": {description: made, content: {application/json: {schema: *order}}}}
  /broken:
    get: {operationId: getBroken, responses: {"204": {description: there}}}
"""
HANDLERS = """
async def getBroken(request, context):
    raise RuntimeError("no such luck")
"""
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


def entry(**facts: Any) -> Entry:
    """Return an exchange of the session's."""
    return Entry(method="GET", path="/orders", operation_id="listOrders", status=200, at=0.25, **facts)


def written(one: Entry, *, full: bool = False) -> dict[str, Any]:
    """Return what the log has of an exchange."""
    (line,) = JsonLines(full=full).of("anna", one)
    assert "\n" not in line
    found: dict[str, Any] = json.loads(line)
    return found


@contextmanager
def serving(tmp_path: Path, *arguments: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Serve the shop; yields its URL, and once it has stopped the lines of its two outputs."""
    contract, handlers = tmp_path / "shop.yaml", tmp_path / "handlers.py"
    contract.write_text(SHOP)
    handlers.write_text(HANDLERS)
    command = [sys.executable, "-m", "understudy", "serve", str(contract), "-p", "0"]
    command += ["--handlers", str(handlers), *arguments]
    printed, failed = list[str](), list[str]()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        printed.append(process.stdout.readline())
        url = re.search(r"http://[0-9.:]+", printed[0])
        assert url, process.communicate()
        try:
            yield url[0], printed, failed
        finally:
            process.terminate()
            rest, errors = process.communicate(timeout=20)
            printed += rest.splitlines()
            failed += errors.splitlines()


# ---- what stands in a line


def test_a_line_says_when_who_what_and_what_came_of_it() -> None:
    found = written(entry(duration=0.0021, response_body=b"[]", response_headers=[(b"x-request-id", b"r1")]))
    assert found == {
        "time": "1970-01-01T00:00:00.250Z",
        "level": "info",
        "session": "anna",
        "method": "GET",
        "path": "/orders",
        "operation": "listOrders",
        "status": 200,
        "ms": 2.1,
        "bytes": 2,
        "request": "r1",
    }


def test_what_was_refused_says_why_and_what_was_traced_says_where() -> None:
    failures = [Failure("body", "/title", "required", "present")]
    one = entry(refusal="it is wrong", failures=failures, request_headers=[(b"traceparent", PARENT.encode())])
    found = written(one)
    assert (found["level"], found["refusal"], found["trace"]) == ("warning", "it is wrong", TRACE)
    assert found["failures"] == ["body /title: is required"]


def test_queries_and_bodies_are_written_where_they_are_asked_for() -> None:
    one = entry(query=b"api_key=secret", request_body=b'{"a": 1}')
    assert "secret" not in json.dumps(written(one))
    found = written(one, full=True)
    assert (found["query"], found["requestBody"]) == ("api_key=secret", '{"a": 1}')


# ---- which request it is


def test_a_trace_that_is_none_is_passed_over() -> None:
    for parent in ("", "00-" + "0" * 32 + "-00f067aa0ba902b7-01", f"ff{PARENT[2:]}", f"{PARENT}-more", "x"):
        assert entry(request_headers=[(b"traceparent", parent.encode())]).trace_id == ""
    later = f"cc{PARENT[2:]}-more"
    assert entry(request_headers=[(b"traceparent", later.encode())]).trace_id == TRACE


def test_everything_that_is_printed_is_json(tmp_path: Path) -> None:
    with serving(tmp_path, "--log-format", "json") as (url, printed, failed):
        asked = {"X-Request-Id": "abc-1", "traceparent": PARENT, "Sandbox-Session": "anna"}
        assert httpx.get(f"{url}/broken", headers=asked, trust_env=False).status_code == 500
        assert httpx.post(f"{url}/orders", json={}, trust_env=False).status_code == 400
    lines = [json.loads(line) for line in printed]
    assert "shop" in lines[0]["message"]
    broken, refused = [line for line in lines if "status" in line]
    assert (broken["level"], broken["session"], broken["request"]) == ("error", "anna", "abc-1")
    assert (broken["operation"], broken["trace"]) == ("getBroken", TRACE)
    assert (refused["level"], refused["status"]) == ("warning", 400)
    (failure,) = [json.loads(line) for line in failed]
    assert (failure["level"], failure["session"], failure["request"]) == ("error", "anna", "abc-1")
    assert failure["error"].endswith("RuntimeError: no such luck")
    assert failure["time"].endswith("Z")


def test_what_failed_is_told_a_person_with_its_time_its_session_and_its_request(tmp_path: Path) -> None:
    with serving(tmp_path) as (url, _, failed):
        httpx.get(f"{url}/~anna/broken", headers={"X-Request-Id": "abc-1"}, trust_env=False)
    said = r"\d{4}-\d\d-\d\dT\S+Z get /broken failed: GET /broken, in the session anna, request abc-1"
    assert re.fullmatch(said, failed[0])
    assert failed[-1] == "RuntimeError: no such luck"


def test_a_start_that_fails_says_so_in_json(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "understudy", "serve", str(tmp_path / "none.yaml")]
    run = subprocess.run([*command, "--log-format", "json"], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    found = json.loads(run.stderr)
    assert (found["level"], found["message"]) == ("error", f"{tmp_path}/none.yaml: there is no such file")


def test_the_answer_says_which_request_it_answers(tmp_path: Path) -> None:
    with serving(tmp_path) as (url, _, _), httpx.Client(base_url=url, trust_env=False) as client:
        made = [client.post("/orders", json={"title": "a"}).headers["x-request-id"] for _ in range(2)]
        assert len(set(made)) == 2
        for name in ("abc-1", "a/b.c:d"):
            answer = client.get("/nowhere", headers={"X-Request-Id": name})
            assert answer.headers.get_list("x-request-id") == [name]
        for name in ("", "a b", "x" * 129, '"'):
            assert client.get("/nowhere", headers={"X-Request-Id": name}).headers["x-request-id"] != name
        client.post("/orders", json={"title": "a"}, headers={"X-Request-Id": "abc-2", "traceparent": PARENT})
        entries = client.get("/__admin/sessions/default/journal").json()["items"]
    assert [one["requestId"] for one in entries[:2]] == made
    assert (entries[-1]["requestId"], entries[-1]["traceId"]) == ("abc-2", TRACE)


def test_what_a_contract_says_in_that_header_is_left(tmp_path: Path) -> None:
    headers = 'headers: {X-Request-Id: {required: true, schema: {type: string, const: "of the contract"}}}'
    answer = f'"204": {{description: there, {headers}}}'
    contract = SHOP.replace('"204": {description: there}', answer).replace("/broken", "/named")
    file = tmp_path / "named.yaml"
    file.write_text(contract.replace("getBroken", "getNamed"))
    command = [sys.executable, "-m", "understudy", "serve", str(file), "-p", "0", "--quiet"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://[0-9.:]+", process.stdout.readline())
        assert found
        answered = httpx.get(f"{found[0]}/named", headers={"X-Request-Id": "mine"}, trust_env=False)
        entries = httpx.get(f"{found[0]}/__admin/sessions/default/journal", trust_env=False).json()["items"]
        process.terminate()
    assert answered.headers.get_list("x-request-id") == ["of the contract"]
    assert entries[0]["requestId"] == "of the contract"
