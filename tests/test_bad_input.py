"""Whatever comes in, the answer is clear: a 4xx that names what was wrong, never a 500, on a real socket."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from understudy.messages import Request, Response
from understudy.sandbox import Sandbox, Settings

SCHEMA = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "maxLength": 200},
        "code": {"type": "string", "pattern": "^(?=x)(x+x+)+y$"},
        "size": {"type": "integer"},
        "parent": {"type": "object"},
    },
}
JSON_BODY = {"application/json": {"schema": SCHEMA}}
DOCUMENT: dict[str, Any] = {
    "paths": {
        "/things": {
            "get": {
                "operationId": "list",
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1}},
                    {"name": "X-Count", "in": "header", "schema": {"type": "integer"}},
                ],
                "responses": {
                    "200": {
                        "description": "ok",
                        "content": {"application/json": {"schema": {"type": "array"}}},
                    }
                },
            },
            "post": {
                "operationId": "make",
                "requestBody": {"required": True, "content": JSON_BODY},
                "responses": {"201": {"description": "made", "content": JSON_BODY}},
            },
        },
        "/things/{id}": {
            "get": {
                "operationId": "read",
                "parameters": [
                    {
                        "name": "id",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string", "maxLength": 20},
                    }
                ],
                "responses": {"200": {"description": "ok", "content": JSON_BODY}},
            }
        },
    }
}


@pytest.fixture
def client(serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]) -> httpx.Client:
    return serve(sandbox(**DOCUMENT))


def post(
    client: httpx.Client,
    content: bytes | Iterator[bytes],
    content_type: str | None = "application/json",
    **headers: str,
) -> httpx.Response:
    return client.post(
        "/things",
        content=content,
        headers={**({"Content-Type": content_type} if content_type else {}), **headers},
    )


def refused(response: httpx.Response, status: int, *words: str) -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status
    for word in words:
        assert word in response.text


BODIES = {
    "malformed": (b'{"name": ', 400, "line 1"),
    "trailing": (b'{"name": "a"} x', 400, "line 1"),
    "not UTF-8": (b'{"name": "\xff"}', 400, "offset"),
    "empty": (b"", 400, "is required"),
    "blank": (b"  ", 400, "empty"),
    "NaN": (b'{"name": "a", "size": NaN}', 400, "NaN"),
    "Infinity": (b'{"name": "a", "size": -Infinity}', 400, "Infinity"),
    "duplicate keys": (b'{"name": "a", "name": "b"}', 400, "twice"),
    "beyond 64 bits": (b'{"name": "a", "size": 18446744073709551616}', 400, "64"),
    "beyond a float": (b'{"name": "a", "size": 1e400}', 400, "1e400"),
    "lone surrogate": (b'{"name": "\\ud800"}', 400, "surrogate"),
    "deep": (b'{"name": "a", "parent": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001, 400, "nested"),
    "deep arrays": (b"[" * 100_000 + b"]" * 100_000, 400, "nested"),
    "another type": (b"[1]", 400, "an object"),
    "null": (b"null", 400, "an object"),
    "backtracking": (b'{"name": "a", "code": "' + b"x" * 5000 + b'"}', 400, "/code"),
}


@pytest.mark.parametrize("kind", BODIES)
def test_a_bad_body_is_refused_with_its_reason(client: httpx.Client, kind: str) -> None:
    content, status, word = BODIES[kind]
    refused(post(client, content), status, word)


def test_every_failing_field_is_named(client: httpx.Client) -> None:
    response = post(client, b'{"size": "x", "code": 1, "parent": []}')
    refused(response, 400)
    assert sorted(error["pointer"] for error in response.json()["errors"]) == [
        "/code",
        "/name",
        "/parent",
        "/size",
    ]


def test_failures_of_parameters_and_headers_come_together(client: httpx.Client) -> None:
    response = client.get("/things", params={"limit": "0"}, headers={"X-Count": "many"})
    assert [(error["location"], error["pointer"]) for error in response.json()["errors"]] == [
        ("query", "/limit"),
        ("header", "/X-Count"),
    ]


@pytest.mark.parametrize(
    "media_type", ["Application/JSON", "application/json; charset=utf-8", "APPLICATION/JSON;CHARSET=UTF-8"]
)
def test_the_content_type_is_read_without_case(client: httpx.Client, media_type: str) -> None:
    refused(post(client, b'{"name": 1}', media_type), 400, "/name")
    assert post(client, b'{"name": "a"}', media_type).status_code == 201


@pytest.mark.parametrize(
    ("media_type", "word"),
    [
        ("text/plain", "application/json"),
        (None, "missing"),
        ("nonsense", "application/json"),
        ("application/json; charset=klingon", "klingon"),
    ],
)
def test_another_content_type_is_refused_naming_what_is_taken(
    client: httpx.Client, media_type: str | None, word: str
) -> None:
    refused(post(client, b'{"name": "a"}', media_type), 415, word)


def test_a_body_in_a_declared_charset_is_read(client: httpx.Client) -> None:
    assert (
        post(client, '{"name": "é"}'.encode("iso-8859-1"), "application/json; charset=iso-8859-1").status_code
        == 201
    )


def test_a_chunked_body_is_taken_whole(client: httpx.Client) -> None:
    assert post(client, iter([b'{"na', b'me": ', b'"a"}'])).status_code == 201


def test_who_sends_a_body_over_the_limit_hears_so(client: httpx.Client) -> None:
    refused(post(client, b'{"name": "' + b"a" * 50_000_000 + b'"}'), 413, "10,485,760")
    assert post(client, b'{"name": "a"}').status_code == 201


def test_nul_in_a_string_is_a_character_like_others(client: httpx.Client) -> None:
    assert post(client, b'{"name": "a\\u0000b"}').status_code == 201


def test_an_unknown_path_names_the_nearest(client: httpx.Client) -> None:
    refused(client.get("/thing"), 404, "/things")
    refused(client.get("/api/things"), 404, "/things")


def test_a_wrong_method_says_which_are_allowed(client: httpx.Client) -> None:
    response = client.delete("/things")
    refused(response, 405)
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, POST"


def test_a_slash_in_an_id_stays_in_the_id(client: httpx.Client) -> None:
    assert client.get("/things/a%2Fb").status_code == 200
    refused(client.get("/things/" + "%2F" * 30), 400, "/id")


def test_a_path_that_is_not_utf_8_is_refused(client: httpx.Client) -> None:
    refused(client.get("/things/%FF"), 400, "UTF-8")


def test_a_repeated_parameter_is_refused(client: httpx.Client) -> None:
    refused(client.get("/things?limit=1&limit=2"), 400, "/limit")


def test_head_answers_as_get_without_the_body(client: httpx.Client) -> None:
    head, get = client.head("/things/a"), client.get("/things/a")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]


def test_options_answers_the_methods(client: httpx.Client) -> None:
    response = client.options("/things")
    assert (response.status_code, response.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")


def test_a_preflight_from_a_browser_is_allowed(client: httpx.Client) -> None:
    asked = {
        "Origin": "http://localhost:5173",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-api-key",
    }
    response = client.options("/things", headers=asked)
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == "http://localhost:5173"
    assert "x-api-key" in response.headers["access-control-allow-headers"]
    assert (
        client.get("/things", headers={"Origin": "http://localhost:5173"}).headers[
            "access-control-allow-origin"
        ]
        == "http://localhost:5173"
    )


def test_without_cors_a_preflight_gets_no_permission(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    closed = serve(sandbox(**DOCUMENT), cors=())
    response = closed.options(
        "/things", headers={"Origin": "http://a.example", "Access-Control-Request-Method": "POST"}
    )
    assert "access-control-allow-origin" not in response.headers


ACCEPTS = [
    "image/png",
    "application/vnd.shop+json",
    "application/json;version=2",
    "application/json;q=0",
    "x",
]


@pytest.mark.parametrize("accept", ACCEPTS)
def test_accept_never_stands_in_the_way(client: httpx.Client, accept: str) -> None:
    for answer in (
        client.get("/things/a", headers={"Accept": accept}),
        client.post("/things", headers={"Accept": accept}, json={"name": "Ann"}),
    ):
        assert (answer.is_success, answer.headers["content-type"]) == (True, "application/json")


def test_what_nobody_can_send_is_not_acceptable_where_all_are_asked_to_say_so(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    client = serve(sandbox(settings=Settings(strict_accept=True), **DOCUMENT))
    refused(client.get("/things/a", headers={"Accept": "image/png"}), 406, "application/json")
    assert client.get("/things/a", headers={"Accept": "image/png, */*;q=0.1"}).status_code == 200


def test_an_operation_that_documents_406_answers_it(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    fine = {"description": "", "content": {"application/json": {"schema": {"type": "string"}}}}
    says = {"get": {"responses": {"200": fine, "406": {"description": "", "content": fine["content"]}}}}
    silent = {"get": {"responses": {"200": fine, "4XX": fine, "default": fine}}}
    client = serve(sandbox(paths={"/says": says, "/silent": silent}))
    asked = {"Accept": "image/png"}
    assert client.get("/says", headers=asked).status_code == 406
    assert client.get("/silent", headers=asked).status_code == 200


def raw(client: httpx.Client, request: bytes) -> bytes:
    """Send bytes no client library would, and return the head of the answer."""
    with socket.create_connection(
        (client.base_url.host, client.base_url.port or 80), timeout=10
    ) as connection:
        connection.sendall(request)
        return connection.recv(65536)


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET /things/\xff HTTP/1.1", b"400"),
        (b"GET /things?limit=%ff HTTP/1.1", b"400"),
        (b"GET http://other/things HTTP/1.1", b"200"),
        (b"GET //things HTTP/1.1", b"404"),
        (b"GET /../etc/passwd HTTP/1.1", b"404"),
        (b"BREW /things HTTP/1.1", b"4"),
    ],
)
def test_odd_request_lines_are_answered_with_a_4xx(
    client: httpx.Client, request_line: bytes, status: bytes
) -> None:
    answer = raw(client, request_line + b"\r\nHost: sandbox\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 " + status), answer[:200]


def test_a_caller_that_goes_away_leaves_the_server_well(client: httpx.Client) -> None:
    host, port = urlsplit(str(client.base_url)).hostname, client.base_url.port
    with socket.create_connection((host, port or 80)) as connection:
        connection.sendall(
            b"POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        )
    assert client.get("/things").status_code == 200


def test_answers_of_another_status_never_leave(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    async def lie(_request: Request, _context: Any) -> Response:
        return Response(201, {"size": 1})

    broken = sandbox(handlers={"post /things": lie}, **DOCUMENT)
    response = post(serve(broken), json.dumps({"name": "a"}).encode())
    refused(response, 500, "post /things")
    assert response.json()["errors"][0]["pointer"] == "/name"


def test_a_handler_that_fails_is_a_500_without_a_stack_trace(
    serve: Callable[..., httpx.Client], sandbox: Callable[..., Sandbox]
) -> None:
    async def fail(_request: Request, _context: Any) -> Response:
        raise RuntimeError("no such luck")

    broken = sandbox(handlers={"post /things": fail}, **DOCUMENT)
    response = post(serve(broken), json.dumps({"name": "a"}).encode())
    refused(response, 500, "RuntimeError: no such luck", "post /things")
    assert "Traceback" not in response.text
    assert __file__ not in response.text
