"""The edge: what comes over a socket before any application sees it, and what a request may say of its host."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from redis_cluster import until
from support import running, write_contract
from understudy.sandbox import Sandbox
from understudy.server import protocol
from understudy.server.app import create_app
from understudy.server.protocol import HEAD_LIMIT
from understudy.sessions import Sessions

DOCUMENT: dict[str, Any] = {
    "paths": {
        "/things": {"get": {"responses": {"200": {"description": "ok"}}}},
        "/notes": {
            "post": {
                "requestBody": {"content": {"text/plain": {"schema": {"type": "string"}}}},
                "responses": {"204": {"description": "noted"}},
            }
        },
    }
}
REQUEST = b"GET /things HTTP/1.1\r\nHost: sandbox\r\n"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    contract = write_contract(tmp_path_factory.mktemp("edge") / "inline.json", "3.1.0", DOCUMENT)
    app = create_app([Sandbox(contract, None)], Sessions())
    with running(app) as url, httpx.Client(base_url=url, trust_env=False) as made:
        yield made


def connect(client: httpx.Client) -> socket.socket:
    return socket.create_connection((client.base_url.host, client.base_url.port or 80), timeout=20)


def told(client: httpx.Client, *pieces: bytes) -> bytes:
    """Send pieces of bytes, and return all that comes until the connection ends."""
    with connect(client) as connection:
        for piece in pieces:
            connection.sendall(piece)
        return read_all(connection)


def read_all(connection: socket.socket) -> bytes:
    found = b""
    while piece := connection.recv(65536):
        found += piece
    return found


def refused(answer: bytes, status: int, *words: str) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status), answer[:300]
    said = json.loads(body)
    assert said["status"] == status
    for word in words:
        assert word in said["detail"]


# ---- whom a request is for


@pytest.mark.parametrize("path", [b"/things", b"/", b"/openapi.yaml", b"/nowhere", b"/__admin/health"])
@pytest.mark.parametrize(
    "hosts",
    [
        b"",
        b"Host: a\r\nHost: b\r\n",
        b"Host: a\r\nHost: a\r\n",
        b"Host: [::1].evil.example\r\n",
        b"Host: 127.0.0.1:9400@evil.example\r\n",
        b"Host: localhost:80.evil.example\r\n",
        b"Host: a b\r\n",
        b"Host: a/b\r\n",
        b"Host: \xff\r\n",
    ],
)
def test_a_request_names_one_host(client: httpx.Client, path: bytes, hosts: bytes) -> None:
    answer = told(client, b"GET " + path + b" HTTP/1.1\r\n" + hosts + b"Connection: close\r\n\r\n")
    if path == b"/__admin/health" and answer.startswith(b"HTTP/1.1 403"):
        return  # the admin API's guard was asked first
    refused(answer, 400, "/Host")


@pytest.mark.parametrize(
    "head",
    [
        b"GET /things HTTP/1.0\r\n",
        b"GET /things HTTP/1.1\r\nHost:\r\n",
        b"GET /things HTTP/1.1\r\nHost: [::1]:80\r\n",
        b"GET /things HTTP/1.1\r\nHost: my_service:8000\r\n",
        b"GET /things HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nX-A: 2\r\n",
        b"GET http://other:80/things HTTP/1.1\r\nHost: a\r\n",
    ],
)
def test_hosts_there_are(client: httpx.Client, head: bytes) -> None:
    assert told(client, head + b"Connection: close\r\n\r\n").startswith(b"HTTP/1.1 200")


def test_a_request_without_a_host_is_in_the_journal(client: httpx.Client) -> None:
    told(client, b"GET /things?hostless HTTP/1.1\r\nConnection: close\r\n\r\n")
    items = client.get("/__admin/sessions/default/journal").json()["items"]
    assert [item["status"] for item in items if "hostless" in item["query"]] == [400]


def test_an_absolute_target_says_whom_a_request_is_for(client: httpx.Client) -> None:
    asked = (
        b"GET http://evil.example/__admin/sessions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    refused(told(client, asked), 403, "evil.example")
    asked = b"GET http://[::1]:99/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    assert b"http://[::1]:99/openapi.yaml" in told(client, asked)


# ---- how large a head may be


def head_of(size: int) -> bytes:
    """Return a head of this many bytes, of many headers and one that fills what is left."""
    head = REQUEST + b"Connection: close\r\n" + b"".join(b"X-%d:a\r\n" % number for number in range(900))
    return head + b"X-Long: " + b"a" * (size - len(head) - 12) + b"\r\n\r\n"


@pytest.mark.parametrize("step", [HEAD_LIMIT + 1, 40_000, 4_001])
def test_a_head_has_a_bound_to_the_byte_in_whatever_pieces_it_comes(client: httpx.Client, step: int) -> None:
    fits, other = head_of(HEAD_LIMIT), head_of(HEAD_LIMIT + 1)
    assert (len(fits), len(other)) == (HEAD_LIMIT, HEAD_LIMIT + 1)
    assert told(client, *cut(fits, step)).startswith(b"HTTP/1.1 200")
    refused(told(client, *cut(other, step)), 431, "64 KiB")


def cut(content: bytes, step: int) -> Iterator[bytes]:
    for start in range(0, len(content), step):
        yield content[start : start + step]


def test_so_has_a_head_that_begins_in_one_piece_with_what_comes_before_it(client: httpx.Client) -> None:
    for size, status in ((HEAD_LIMIT, b"200"), (HEAD_LIMIT + 1, b"431")):
        head = head_of(size)
        # As much of the first header that is long as a count of whole headers would miss.
        answers = told(client, REQUEST + b"\r\n" + head[:60_000], head[60_000:])
        first, second = answers.split(b"HTTP/1.1 ")[1:]
        assert first.startswith(b"200")
        assert second.startswith(status)


def test_a_body_behind_a_head_is_not_counted_with_it(client: httpx.Client) -> None:
    head = b"POST /notes HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nConnection: close\r\n"
    whole = head + b"Content-Length: 200000\r\n\r\n" + b"a" * 200_000
    assert told(client, whole).startswith(b"HTTP/1.1 204")


@pytest.mark.parametrize(
    "rest",
    [
        b"X-Long: " + b"a" * HEAD_LIMIT + b"\r\n\r\n",
        b"X-Long: " + b"a" * 5_000_000 + b"\r\n\r\n",
        b"X-Long: " + b"a" * 5_000_000,
        b"".join(b"X-%d: a\r\n" % number for number in range(100_000)) + b"\r\n",
        b"".join(b"X-%d: a\r\n" % number for number in range(100_000)),
    ],
    ids=["one header", "a long one", "one without an end", "many", "many without an end"],
)
def test_a_larger_head_is_refused_with_a_sentence(client: httpx.Client, rest: bytes) -> None:
    refused(told(client, REQUEST + rest), 431, "64 KiB")
    assert client.get("/things").status_code == 200


def test_a_long_path_is_refused_too(client: httpx.Client) -> None:
    refused(told(client, b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"), 431, "64 KiB")


def test_a_body_is_no_part_of_a_head(client: httpx.Client) -> None:
    head = b"POST /notes HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 500000\r\n"
    answer = told(client, head + b"\r\n" + b"a" * 500_000 + REQUEST + b"Connection: close\r\n\r\n")
    assert answer.count(b"HTTP/1.1 2") == 2


CHUNKED = b"POST /notes HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
LAST = b"2\r\nhi\r\n0\r\n"


@pytest.mark.parametrize("more", [b"", b"Expect: 100-continue\r\n"])
@pytest.mark.parametrize("length", [b"10485761", b"99999999999", b"9" * 5_000])
def test_a_body_that_is_declared_too_large_is_refused_before_it_comes(
    client: httpx.Client, more: bytes, length: bytes
) -> None:
    head = b"POST /notes HTTP/1.1\r\nHost: sandbox\r\nContent-Type: text/plain\r\n"
    answer = told(client, head + more + b"Content-Length: " + length + b"\r\n\r\n")
    if len(length) > 20:  # no length at all to the parser
        refused(answer, 400)
    else:
        refused(answer, 413, "10,485,760 bytes", "--body-limit")
        assert b"connection: close" in answer


def test_who_sends_such_a_body_all_the_same_is_not_reset(client: httpx.Client) -> None:
    head = b"POST /notes HTTP/1.1\r\nHost: sandbox\r\nContent-Type: text/plain\r\n"
    pieces = [b"a" * 1_000_000] * 20
    refused(told(client, head + b"Content-Length: 20000000\r\n\r\n", *pieces), 413)


def test_trailers_are_read_over(client: httpx.Client) -> None:
    answer = told(client, CHUNKED, LAST, b"X-Sum: 1\r\n\r\n", REQUEST + b"Connection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 204 ")
    assert b"HTTP/1.1 200 " in answer


@pytest.mark.parametrize("piece", [b"X: y\r\n" * 3_000, b"a" * 20_000], ids=["many", "one that is long"])
def test_trailers_have_a_bound(client: httpx.Client, piece: bytes) -> None:
    with connect(client) as connection:
        connection.sendall(CHUNKED + LAST)
        if b":" not in piece:
            connection.sendall(b"X: ")
        for _ in range(40):
            try:
                connection.sendall(piece)
            except OSError:
                break
        refused(read_all(connection), 431, "behind the pieces of the body")


@pytest.mark.parametrize(
    "rest", [b"-2\r\nhi\r\n", b"2;a=b;;\r\nhi\r\n", LAST + b"Content-Length: 5\r\n\r\n", b"2\r\nhi!"]
)
def test_a_body_that_cannot_be_read_is_refused_and_waited_for_no_longer(
    client: httpx.Client, rest: bytes
) -> None:
    refused(told(client, CHUNKED, rest), 400, "HTTP/1.1")


def test_a_trailer_is_no_header(client: httpx.Client) -> None:
    with connect(client) as connection:
        connection.sendall(CHUNKED + LAST + b"Sandbox-Fault: status=503\r\nPrefer: code=500\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 204 ")


def test_an_answer_that_is_owed_comes_before_the_end(client: httpx.Client) -> None:
    slow = REQUEST + b"Sandbox-Fault: latency=50ms\r\n\r\n"
    with connect(client) as connection:
        connection.sendall(slow + b"nonsense\r\n\r\n")
        answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.count(b"HTTP/1.1") == 1


def test_what_is_no_http_is_told_so(client: httpx.Client) -> None:
    refused(told(client, b"\x16\x03\x01 nonsense\r\n\r\n"), 400, "HTTP/1.1")


# ---- who sends no more


def told_at_once(client: httpx.Client, content: bytes) -> bytes:
    """Send some bytes and the end of all there is to send, as `nc -N` does, and return what comes."""
    with connect(client) as connection:
        connection.sendall(content)
        connection.shutdown(socket.SHUT_WR)
        return read_all(connection)


NOTE = b"POST /notes HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n"


def test_who_sends_no_more_is_answered(client: httpx.Client) -> None:
    assert told_at_once(client, REQUEST + b"\r\n").startswith(b"HTTP/1.1 200 ")
    long = NOTE + b"Content-Length: 200000\r\n\r\n" + b"a" * 200_000
    assert told_at_once(client, long).startswith(b"HTTP/1.1 204 ")
    assert told_at_once(client, b"nonsense\r\n\r\n").startswith(b"HTTP/1.1 400 ")


def test_so_is_each_request_that_came_before_the_end(client: httpx.Client) -> None:
    asked = REQUEST + b"\r\n" + CHUNKED + LAST + b"\r\n" + REQUEST + b"\r\n"
    answers = told_at_once(client, asked + b"GET /thin")
    assert [one[:3] for one in answers.split(b"HTTP/1.1 ")[1:]] == [b"200", b"204", b"200"]


@pytest.mark.parametrize("sent", [b"", b"GET /thi", REQUEST, NOTE + b"Content-Length: 9\r\n\r\nabc"])
def test_what_is_not_whole_has_no_answer(client: httpx.Client, sent: bytes) -> None:
    assert told_at_once(client, sent) == b""


def test_a_stream_ends_with_who_reads_it(client: httpx.Client) -> None:
    events = b"GET /__admin/sessions/default/journal/stream HTTP/1.1\r\nHost: localhost\r\n\r\n"
    assert told_at_once(client, events).startswith(b"HTTP/1.1 200 ")


def test_who_sends_no_more_is_taken_to_be_gone_while_an_answer_is_held_back(client: httpx.Client) -> None:
    asked = b"GET /things?held HTTP/1.1\r\nHost: a\r\nSandbox-Fault: latency=60s\r\n\r\n"
    assert told_at_once(client, asked) == b""

    def held() -> list[int]:
        items = client.get("/__admin/sessions/default/journal").json()["items"]
        return [item["status"] for item in items if "held" in item["query"]]

    until(lambda: held() == [0])


# ---- how long it may take


@pytest.mark.parametrize("sent", [b"GET", REQUEST, REQUEST + b"X-A"])
def test_a_head_that_does_not_become_whole_is_given_up(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.05)
    with connect(client) as connection:
        connection.sendall(sent)
        refused(read_all(connection), 408, "10 seconds")


def test_so_is_the_second_head_of_a_connection(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.05)
    with connect(client) as connection:
        connection.sendall(REQUEST + b"\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        connection.sendall(b"GET /thi")
        refused(read_all(connection), 408)


def test_a_connection_on_which_nothing_comes_is_closed(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.05)
    with connect(client) as connection:
        assert read_all(connection) == b""


def test_a_head_in_pieces_is_read(client: httpx.Client) -> None:
    pieces = [bytes([byte]) for byte in REQUEST + b"Connection: close\r\n\r\n"]
    assert told(client, *pieces).startswith(b"HTTP/1.1 200")
