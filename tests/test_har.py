"""HAR: what is written is valid HAR 1.2, and says what was on the wire."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
from hypothesis import given
from hypothesis import strategies as st

from understudy.journal.credentials import Secrets
from understudy.journal.entry import BODY_KEPT, Entry
from understudy.journal.har import har

JSON = [(b"content-type", b"application/json")]
TEXT: dict[str, Any] = {"type": "string"}
SIZE: dict[str, Any] = {"type": "integer", "minimum": -1}
TIME: dict[str, Any] = {"type": "number", "minimum": 0}


def thing(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    """Describe an object of the format: nothing else may stand in it but a comment, and names with an underscore."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional, "comment": TEXT},
        "patternProperties": {"^_": True},
        "additionalProperties": False,
    }


def many(item: dict[str, Any]) -> dict[str, Any]:
    """Describe a list."""
    return {"type": "array", "items": item}


PAIR = thing({"name": TEXT, "value": TEXT})
COOKIE = thing(
    {"name": TEXT, "value": TEXT},
    path=TEXT,
    domain=TEXT,
    expires={"type": "string", "format": "date-time"},
    httpOnly={"type": "boolean"},
    secure={"type": "boolean"},
)
MESSAGE = {
    "httpVersion": TEXT,
    "cookies": many(COOKIE),
    "headers": many(PAIR),
    "headersSize": SIZE,
    "bodySize": SIZE,
}
POST_DATA = {
    **thing(
        {"mimeType": TEXT},
        text=TEXT,
        params=many(thing({"name": TEXT}, value=TEXT, fileName=TEXT, contentType=TEXT)),
    ),
    "oneOf": [{"required": ["text"]}, {"required": ["params"]}],
}
CONTENT = thing(
    {"size": {"type": "integer", "minimum": 0}, "mimeType": TEXT}, text=TEXT, encoding=TEXT, compression=SIZE
)
URL = {"type": "string", "format": "uri"}
REQUEST = thing({"method": TEXT, "url": URL, "queryString": many(PAIR), **MESSAGE}, postData=POST_DATA)
RESPONSE = thing(
    {"status": {"type": "integer"}, "statusText": TEXT, "content": CONTENT, "redirectURL": TEXT, **MESSAGE}
)
TIMINGS = thing({"send": TIME, "wait": TIME, "receive": TIME}, blocked=SIZE, dns=SIZE, connect=SIZE, ssl=SIZE)
ENTRY = thing(
    {
        "startedDateTime": {"type": "string", "format": "date-time"},
        "time": TIME,
        "request": REQUEST,
        "response": RESPONSE,
        "cache": thing({}),
        "timings": TIMINGS,
    }
)
LOG = thing(
    {"version": {"const": "1.2"}, "creator": thing({"name": TEXT, "version": TEXT}), "entries": many(ENTRY)}
)
HAR_1_2 = jsonschema_rs.Draft202012Validator(thing({"log": LOG}), validate_formats=True)
"""The format as its specification writes it down (HTTP Archive 1.2), where `postData` has `text` or `params` and not both."""


def written(*entries: Entry) -> list[dict[str, Any]]:
    """Write entries as HAR, hold it against the format, and return what stands for each."""
    document = json.loads(json.dumps(har(entries, Secrets(), "9.9")))
    problems = [f"{error.instance_path}: {error.message}" for error in HAR_1_2.iter_errors(document)]
    assert problems == []
    found: list[dict[str, Any]] = document["log"]["entries"]
    return found


def test_no_entries_are_a_valid_archive_too() -> None:
    assert har([], Secrets(), "9.9") == {
        "log": {"version": "1.2", "creator": {"name": "understudy", "version": "9.9"}, "entries": []}
    }
    assert written() == []


def test_an_exchange_is_written_whole() -> None:
    (entry,) = written(
        Entry(
            number=7,
            at=1_750_000_000.1234,
            method="POST",
            path="/accounts/a%20b",
            query=b"a=1&a=2&b=x%20y&empty=",
            request_headers=[(b"host", b"localhost:8000"), *JSON, (b"cookie", b"sid=1; lang=de")],
            request_body=b'{ "currency": "EUR" }',
            request_size=21,
            api="togai",
            operation="post /accounts",
            operation_id="createAccount",
            status=201,
            response_headers=[
                *JSON,
                (b"location", b"/accounts/1"),
                (b"set-cookie", b"sid=2; Path=/a; Domain=b.example; HttpOnly; secure"),
            ],
            response_body=b"[1]",
            response_size=3,
            duration=0.0125,
            fault="latency=10ms",
        )
    )
    assert (entry["startedDateTime"], entry["time"]) == ("2025-06-15T15:06:40.123Z", 12.5)
    assert entry["timings"] == {"send": 0, "wait": 12.5, "receive": 0}
    request, response = entry["request"], entry["response"]
    assert (request["method"], request["url"]) == (
        "POST",
        "http://localhost:8000/accounts/a%20b?a=1&a=2&b=x%20y&empty=",
    )
    assert request["queryString"][1:3] == [{"name": "a", "value": "2"}, {"name": "b", "value": "x y"}]
    assert request["postData"] == {"mimeType": "application/json", "text": '{ "currency": "EUR" }'}
    assert request["cookies"] == [
        {"name": "sid", "value": "[redacted]"},
        {"name": "lang", "value": "[redacted]"},
    ]
    assert (request["headersSize"], request["bodySize"]) == (-1, 21)
    assert (response["status"], response["statusText"], response["redirectURL"]) == (
        201,
        "Created",
        "/accounts/1",
    )
    assert response["content"] == {"size": 3, "mimeType": "application/json", "text": "[1]"}
    cookie = {
        "name": "sid",
        "value": "[redacted]",
        "path": "/a",
        "domain": "b.example",
        "httpOnly": True,
        "secure": True,
    }
    assert response["cookies"] == [cookie]
    ours = {name: value for name, value in entry.items() if name.startswith("_")}
    assert ours == {
        "_number": 7,
        "_kind": "request",
        "_api": "togai",
        "_operation": "createAccount",
        "_outcome": "accepted",
        "_refusal": "",
        "_fault": "latency=10ms",
    }


def test_a_form_is_written_as_its_parameters() -> None:
    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    (entry,) = written(Entry(request_headers=headers, request_body=b"a=1&password=x&a=2", request_size=18))
    assert entry["request"]["postData"]["params"] == [
        {"name": "a", "value": "1"},
        {"name": "a", "value": "2"},
        {"name": "password", "value": "[redacted]"},
    ]


def test_bytes_are_written_as_base64() -> None:
    headers = [(b"content-type", b"image/png")]
    facts: dict[str, Any] = {"request_headers": headers, "request_body": b"\xff\xfe", "request_size": 2}
    (entry,) = written(Entry(**facts, response_headers=headers, response_body=b"\xff\xfe", response_size=2))
    assert entry["request"]["postData"] == {"mimeType": "image/png", "text": "//4=", "_encoding": "base64"}
    assert entry["response"]["content"] == {
        "size": 2,
        "mimeType": "image/png",
        "text": "//4=",
        "encoding": "base64",
    }


def test_a_cut_connection_has_the_status_0_and_no_answer() -> None:
    (entry,) = written(Entry(method="GET", path="/", fault="reset"))
    assert (entry["response"]["status"], entry["response"]["statusText"]) == (0, "")
    assert "postData" not in entry["request"]
    assert "text" not in entry["response"]["content"]


def test_a_cut_body_says_so() -> None:
    (entry,) = written(Entry(response_headers=JSON, response_body=b'["', response_size=BODY_KEPT + 5))
    assert entry["response"]["content"]["size"] == BODY_KEPT + 5
    assert entry["response"]["content"]["comment"] == "Only the first 65,536 bytes were kept."


def test_what_was_redacted_in_a_body_is_not_in_its_text() -> None:
    (entry,) = written(
        Entry(response_headers=JSON, response_body=b'{ "token": "abc", "a": 1 }', response_size=26)
    )
    assert entry["response"]["content"]["text"] == '{"token":"[redacted]","a":1}'


def test_a_callback_keeps_the_url_it_went_to() -> None:
    (entry,) = written(Entry(kind="callback", method="POST", path="http://127.0.0.1:9/hook", query=b"a=1"))
    assert entry["request"]["url"] == "http://127.0.0.1:9/hook?a=1"


names = st.sampled_from([b"content-type", b"cookie", b"set-cookie", b"location", b"host", b"authorization"])
headers = st.lists(st.tuples(names, st.binary(max_size=30)), max_size=5)
messages = st.tuples(headers, st.binary(max_size=60))
paths = st.text(st.characters(min_codepoint=33, max_codepoint=255), max_size=20).map(lambda text: f"/{text}")


@given(st.tuples(paths, st.binary(max_size=30)), messages, messages, st.integers(0, 999), st.floats(0, 100))
def test_any_exchange_is_written_as_valid_har(
    target: Any, sent: Any, answered: Any, status: int, duration: float
) -> None:
    one = Entry(at=duration, status=status, duration=duration, method="POST", path=target[0], query=target[1])
    one.request_headers, one.request_body = sent
    one.response_headers, one.response_body = answered
    one.cut()
    (entry,) = written(one)
    assert entry["response"]["status"] == status
    assert (entry["request"]["bodySize"], entry["response"]["bodySize"]) == (len(sent[1]), len(answered[1]))
