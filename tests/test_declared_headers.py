"""Headers that a contract declares of an answer are sent, with a value that is stated or true; none that misleads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from support import write_contract
from understudy.sandbox import Sandbox

Serve = Callable[..., httpx.Client]
TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


@pytest.fixture
def sent(serve: Serve, tmp_path: Path) -> Callable[..., httpx.Headers]:
    def asked(headers: dict[str, Any], status: str = "200") -> httpx.Headers:
        answer = {"description": "ok", "headers": headers}
        content = {"paths": {"/x": {"get": {"responses": {status: answer}}}}}
        contract = write_contract(tmp_path / "headers.json", "3.1.0", content)
        return serve(Sandbox(contract)).get("/x", follow_redirects=False).headers

    return asked


SENT: list[tuple[str, dict[str, Any], str]] = [
    ("Set-Cookie", {"schema": TEXT, "example": "sid=1; Path=/"}, "sid=1; Path=/"),
    ("Set-Cookie", {"schema": {"type": "string", "example": "sid=1"}}, "sid=1"),
    ("X-Plan", {"schema": TEXT, "examples": {"a": {"value": "gold"}}}, "gold"),
    ("X-Plan", {"schema": {"type": "string", "default": "free"}}, "free"),
    ("X-Plan", {"schema": {"enum": ["one"]}}, "one"),
    ("X-Plan", {"schema": {**NUMBER, "maximum": 3, "minimum": 3}, "example": 5}, "3"),
    ("X-Rate-Limit-Limit", {"schema": NUMBER}, "1000"),
    ("X-RateLimit-Remaining", {"schema": NUMBER}, "999"),
    ("Retry-After", {"schema": NUMBER}, "1"),
    ("Content-Disposition", {"schema": TEXT}, "attachment"),
    ("Last-Modified", {"schema": TEXT}, "Mon, 05 Jan 2026 09:00:00 GMT"),
    ("Accept-Ranges", {"schema": TEXT, "required": True}, "none"),
    ("Age", {"schema": NUMBER, "required": True}, "0"),
    ("Link", {"schema": TEXT, "required": True}, '</>; rel="self"'),
    ("Strict-Transport-Security", {"schema": TEXT}, "max-age=31536000"),
    ("Allow", {"schema": TEXT, "required": True}, "GET"),
]


@pytest.mark.parametrize(("name", "header", "text"), SENT)
def test_a_declared_header_is_sent(
    sent: Callable[..., httpx.Headers], name: str, header: dict[str, Any], text: str
) -> None:
    assert sent({name: header}).get_list(name) == [text]


def test_a_request_id_is_made_up(sent: Callable[..., httpx.Headers]) -> None:
    assert sent({"X-Request-Id": {"schema": {"type": "string", "format": "uuid"}}})["x-request-id"]


def test_a_redirect_says_where_to(sent: Callable[..., httpx.Headers]) -> None:
    header = {"Location": {"schema": {"type": "string", "format": "uri"}}}
    assert sent(header, "302")["location"].startswith("http")
    assert "location" not in sent(header, "200")
    assert sent({"Location": {"schema": TEXT}}, "301")["location"] == "/"


@pytest.mark.parametrize(
    "name",
    ["Content-Encoding", "Transfer-Encoding", "Trailer", "Link", "X-Total-Count", "X-Next-Page", "Vary"],
)
def test_a_header_that_would_mislead_is_not_made_up(sent: Callable[..., httpx.Headers], name: str) -> None:
    assert name not in sent({name: {"schema": TEXT, "example": "gzip"}})


def test_a_text_of_which_nothing_is_said_is_sent_where_it_is_required(
    sent: Callable[..., httpx.Headers],
) -> None:
    assert "x-mood" not in sent({"X-Mood": {"schema": TEXT}})
    assert sent({"X-Mood": {"schema": TEXT, "required": True}})["x-mood"]


@pytest.mark.parametrize(
    "name", ["Content-Encoding", "Transfer-Encoding", "Trailer", "Upgrade", "Content-Range"]
)
def test_a_header_that_breaks_the_message_is_never_sent(
    sent: Callable[..., httpx.Headers], name: str
) -> None:
    assert name not in sent({name: {"schema": TEXT, "example": "gzip", "required": True}})


def test_each_cookie_has_a_line(sent: Callable[..., httpx.Headers]) -> None:
    cookies = {"schema": {"type": "array", "items": TEXT}, "example": ["a=1; Path=/", "b=2"]}
    assert sent({"Set-Cookie": cookies}).get_list("set-cookie") == ["a=1; Path=/", "b=2"]


def test_a_cookie_of_which_nothing_is_said_is_made_up_where_none_says_who_calls(
    serve: Serve, tmp_path: Path
) -> None:
    answer = {"description": "ok", "headers": {"Set-Cookie": {"schema": TEXT}}}
    content: dict[str, Any] = {"paths": {"/x": {"get": {"responses": {"200": answer}}}}}
    client = serve(Sandbox(write_contract(tmp_path / "cookie.json", "3.1.0", content)))
    assert client.get("/x").cookies["session"]
    scheme = {"type": "apiKey", "in": "cookie", "name": "sid"}
    content["components"] = {"securitySchemes": {"sid": scheme}}
    client = serve(Sandbox(write_contract(tmp_path / "cookies.json", "3.1.0", content)))
    assert "set-cookie" not in client.get("/x").headers


def test_what_changes_is_another_with_each_answer(serve: Serve, tmp_path: Path) -> None:
    headers = {
        "X-RateLimit-Remaining": {"schema": {"type": "integer", "example": 42}},
        "X-Request-Id": {"schema": {"type": "string", "format": "uuid"}},
        "X-Trace-Id": {"schema": TEXT},
        "Last-Modified": {"schema": TEXT},
    }
    too_many = {"X-RateLimit-Remaining": {"schema": NUMBER}}
    answers = {
        "200": {"description": "ok", "headers": headers},
        "429": {"description": "no", "headers": too_many},
    }
    content = {"paths": {"/x": {"get": {"responses": answers}}}}
    client = serve(Sandbox(write_contract(tmp_path / "live.json", "3.1.0", content)))
    first, second = client.get("/x").headers, client.get("/x").headers
    assert (first["x-ratelimit-remaining"], second["x-ratelimit-remaining"]) == ("42", "41")
    assert first["x-request-id"] != second["x-request-id"]
    assert first["x-trace-id"] != second["x-trace-id"]
    assert client.get("/x", headers={"Prefer": "code=429"}).headers["x-ratelimit-remaining"] == "0"
    client.put("/__admin/sessions/default/clock", json={"now": "2030-01-01T00:00:00Z"})
    assert client.get("/x").headers["last-modified"] == "Tue, 01 Jan 2030 00:00:00 GMT"


def test_a_file_is_called_as_its_path(serve: Serve, tmp_path: Path) -> None:
    files = {"text/csv": {"schema": TEXT}, "application/pdf": {}}
    answer = {"description": "ok", "headers": {"Content-Disposition": {"schema": TEXT}}, "content": files}
    content = {"paths": {"/export": {"get": {"responses": {"200": answer}}}}}
    client = serve(Sandbox(write_contract(tmp_path / "file.json", "3.1.0", content)))
    for accept, name in (("text/csv", "export.csv"), ("application/pdf", "export.pdf")):
        told = client.get("/export", headers={"Accept": accept}).headers["content-disposition"]
        assert told == f'attachment; filename="{name}"'
