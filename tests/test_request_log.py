"""The request log: a line for each request, what was wrong below it, and nothing that holds up a request."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import httpx
import pytest

from inline import TEXT, answer, contract_of, parameter, ref, thing
from understudy.cli.announcing import meanings
from understudy.errors import Failure
from understudy.handler import Context
from understudy.journal.entry import Entry
from understudy.messages import Request, Response
from understudy.sandbox import Sandbox
from understudy.server.request_log import Lines, RequestLog

SHOP = """
openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /orders:
    post:
      operationId: createOrder
      requestBody: {required: true, content: {application/json: {schema: &order
        {type: object, required: [title], properties: {id: {type: string}, title: {type: string}, amount: {type: number}}}}}}
      responses: {"201": {description: made, content: {application/json: {schema: *order}}}}
  /ping:
    get: {operationId: ping, responses: {"204": {description: there}}}
"""


def entry(status: int = 200, at: float = 0.25, **facts: object) -> Entry:
    """Return an exchange that began so many seconds after 1970."""
    return Entry(method="GET", path="/orders", operation_id="listOrders", status=status, at=at, **facts)


# ---- what is written


def test_a_line_says_when_who_what_and_what_came_of_it() -> None:
    (line,) = Lines().of("anna", entry(query=b"limit=5", duration=0.0021, response_body=b"[]"))
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d\.250  anna  GET /orders\?limit=5  listOrders  200  2\.1 ms  2 B", line
    )


def test_each_failing_field_stands_below_on_its_own() -> None:
    failures = (
        Failure("body", "/title", "required", "present"),
        Failure("query", "/limit", "type", "an integer", '"x"'),
    )
    lines = Lines().of("anna", entry(400, refusal="both", failures=failures))
    assert lines[1:] == ["    body /title: is required", '    query /limit: must be an integer, got "x"']


def test_of_very_many_failures_the_first_are_shown() -> None:
    failures = tuple(Failure("body", f"/{one}", "required", "present") for one in range(99))
    lines = Lines().of("anna", entry(400, failures=failures))
    assert len(lines) == 22
    assert lines[-1] == "    … and 79 more"


def test_a_fault_and_a_note_are_said() -> None:
    lines = Lines().of("anna", entry(503, fault="status=503", notes=("cut at /items",)))
    assert lines[1:] == ["    fault: status=503", "    cut at /items"]


def test_what_is_sent_cannot_move_the_cursor() -> None:
    (line,) = Lines().of("anna", entry(query=b"a=\x1b[2J"))
    assert "\x1b" not in line


def test_bodies_are_shown_where_they_are_asked_for() -> None:
    asked = entry(request_body=b'{"a":\n1}', response_body=b"x" * 5_000)
    lines = Lines(full=True).of("anna", asked)
    assert lines[1:3] == ['    > {"a":', "    > 1}"]
    assert lines[-1] == "    < … 5000 bytes"


def test_statuses_are_coloured_where_that_is_asked_for() -> None:
    (line,) = Lines(colours=True).of("anna", entry(500))
    assert "\x1b[31m500\x1b[0m" in line
    assert "\x1b" not in Lines().of("anna", entry(500))[0]


def test_of_more_than_500_in_a_second_the_rest_is_one_line() -> None:
    lines = Lines()
    written: list[str] = []
    for status in [200] * 500 + [201] * 7 + [404] * 2:
        written += lines.of("anna", entry(status, at=10.5))
    assert len(written) == 500
    assert lines.rest(10.9) == []
    (summary,) = lines.rest(11.0)
    assert summary.endswith("… 9 more in this second: 7 2xx, 2 4xx")
    assert lines.rest(12.0) == []
    assert len(lines.of("anna", entry(at=11.5))) == 1


def test_the_rest_of_a_second_is_told_also_where_nothing_else_comes() -> None:
    told, written = Event(), list[str]()

    def write(text: str) -> None:
        written.append(text)
        if "more in this second" in text:
            told.set()

    log = RequestLog(write)
    for _ in range(600):
        log.note("anna", entry(at=time.time()))
    assert told.wait(20), written[-1]
    log.close()


def test_a_terminal_that_stands_still_holds_nobody_up() -> None:
    goes_on, written = Event(), list[str]()

    def write(text: str) -> None:
        goes_on.wait(20)
        written.append(text)

    log = RequestLog(write)
    for _ in range(25_000):
        log.note("anna", entry())
    goes_on.set()
    log.close()
    assert re.search(r"… \d+ requests were not written", "".join(written))


# ---- what is said at the start


def test_each_operation_is_told_as_it_was_taken_what_was_not_understood_first() -> None:
    order = thing({"id": TEXT, "status": {"enum": ["open", "shipped", "canceled"]}}, "id", "status")
    paths = {
        "/orders": {"get": {"responses": answer({"type": "array", "items": ref("Order")})}},
        "/orders/{id}": {"parameters": [parameter("id")], "get": {"responses": answer(ref("Order"))}},
        "/orders/{id}/cancel": {
            "parameters": [parameter("id")],
            "post": {"operationId": "cancelOrder", "responses": answer(ref("Order"))},
        },
        "/ping": {"get": {"responses": {"204": {"description": "there"}}}},
    }
    shop = Sandbox(contract_of(paths, Order=order), handlers={"get /orders/{id}": unasked})
    told = [line.split("→")[1].strip() for line in meanings([shop])]
    answered = "stand for what somebody wrote (a handler)"
    assert told == ["as documented", "list orders", answered, 'set status of order to "canceled"']


def test_a_long_path_does_not_put_what_the_others_mean_out_of_sight() -> None:
    paths = {path: {"get": {"responses": {"204": {"description": ""}}}} for path in ("/a", "/" + "b" * 70)}
    first, second = meanings([Sandbox(contract_of(paths))])
    assert first == "  GET /a  → as documented"
    assert second == f"  GET /{'b' * 70}  → as documented"


async def unasked(_request: Request, _context: Context) -> Response:
    """Stand for what somebody wrote. Nobody calls it.

    Raises NotImplementedError.
    """
    raise NotImplementedError


# ---- on a terminal


@contextmanager
def on_terminal(tmp_path: Path, *arguments: str, **environment: str) -> Iterator[tuple[str, list[str]]]:
    """Serve the shop on a terminal; yields its URL and, once it has stopped, what the terminal showed."""
    file = tmp_path / "shop.yaml"
    file.write_text(SHOP)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "understudy", str(file), "-p", "0", *arguments]
    shown: list[str] = []
    env = {**os.environ, "TERM": "xterm", **environment}
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, stdin=theirs, env=env) as process:
        os.close(theirs)
        text = ""
        try:
            while "Ctrl-C" not in text and "http" not in text.partition("\n")[0]:
                text += os.read(ours, 4096).decode()
            found = re.search(r"http://[^/ ]+", text)
            assert found
            yield found[0], shown
        finally:
            process.terminate()
            text += "".join(_rest(ours))
            process.wait(10)
            os.close(ours)
            shown += text.replace("\r", "").splitlines()


def _rest(terminal: int) -> Iterator[str]:
    """Yield what a terminal shows until nobody has it open."""
    try:
        while piece := os.read(terminal, 4096):
            yield piece.decode()
    except OSError:
        return


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_terminal_is_told_what_happens(tmp_path: Path) -> None:
    with on_terminal(tmp_path) as (url, shown), httpx.Client(base_url=url, trust_env=False) as client:
        assert client.post("/orders", json={"title": 5}).status_code == 400
        assert client.get("/ping").status_code == 204
    text = "\n".join(shown)
    assert "  GET /ping     → as documented\n  POST /orders  → create order\n" in text
    assert "no operation asks for a credential" in text
    assert f"documentation  {url}/docs\nconsole        {url}/__admin/ui\n" in text
    assert f"admin API      {url}/__admin\nCtrl-C stops\n" in text
    assert re.search(r"default  POST /orders  createOrder  \x1b\[33m400\x1b\[0m  [\d.]+ ms  \d+ B", text)
    assert "\n    body /title: must be a string, got 5\n" in text
    assert re.search(r"default  GET /ping  ping  \x1b\[32m204\x1b\[0m", text)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_colours_and_the_log_can_be_had_without(tmp_path: Path) -> None:
    with on_terminal(tmp_path, NO_COLOR="1") as (url, shown):
        httpx.get(f"{url}/ping", trust_env=False)
    assert "\x1b" not in "\n".join(shown)
    assert any("GET /ping  ping  204" in line for line in shown)
    with on_terminal(tmp_path, "--log", "none", "--quiet") as (url, shown):
        httpx.get(f"{url}/ping", trust_env=False)
    assert len(shown) == 1


@pytest.mark.slow
def test_in_a_pipe_nothing_is_written_unless_it_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(SHOP)
    for level, count in ((), 0), (("--log", "requests"), 1):
        command = [sys.executable, "-m", "understudy", "serve", str(file), "--port", "0", "--quiet", *level]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            url = process.stdout.readline().split()[1]
            assert httpx.get(f"{url}/ping", trust_env=False).status_code == 204
            process.terminate()
            lines = process.stdout.read().splitlines()
        assert len(lines) == count
        assert all("\x1b" not in line for line in lines)
