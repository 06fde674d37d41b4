"""What is taken and kept has bounds, and a refusal names the option that sets them; packed bodies are unpacked within them."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import brotli
import httpx
import pytest

from inline import TEXT, resource, thing
from understudy.errors import SandboxError
from understudy.options import OPTIONS, read
from understudy.testing import Sandbox

ITEM = thing({"id": TEXT, "name": TEXT}, "name")
BODY = b'{"name": "a"}'
JSON = {"Content-Type": "application/json"}
Start = Callable[..., Sandbox]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a sandbox of one collection, with options."""
    made: list[Sandbox] = []

    def make(**options: Any) -> Sandbox:
        file = tmp_path / "things.json"
        document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": resource(ITEM, ITEM)}
        file.write_text(json.dumps(document))
        made.append(Sandbox(file, **options))
        return made[-1]

    yield make
    for sandbox in made:
        sandbox.close()


def client(sandbox: Sandbox) -> httpx.Client:
    return httpx.Client(transport=sandbox.transport, base_url="http://sandbox")


def packed(sandbox: Sandbox, body: bytes, *codings: str) -> httpx.Response:
    headers = [*JSON.items(), *(("Content-Encoding", coding) for coding in codings)]
    with client(sandbox) as api:
        return api.post("/things", content=body, headers=headers)


def refused(answer: httpx.Response, status: int, *words: str) -> None:
    said = answer.json()
    assert (answer.status_code, said["status"]) == (status, status), answer.text
    for word in words:
        assert word in said["detail"]


# ---- packed bodies


def bare(body: bytes) -> bytes:
    return zlib.compress(body)[2:-4]


@pytest.mark.parametrize(
    ("body", "codings"),
    [
        (gzip.compress(BODY), ["gzip"]),
        (gzip.compress(BODY), ["x-gzip"]),
        (gzip.compress(BODY), ["GZIP"]),
        (gzip.compress(BODY[:5]) + gzip.compress(BODY[5:]), ["gzip"]),
        (zlib.compress(BODY), ["deflate"]),
        (bare(BODY), ["deflate"]),
        (brotli.compress(BODY), ["br"]),
        (BODY, ["identity"]),
        (brotli.compress(gzip.compress(BODY)), ["gzip, br"]),
        (brotli.compress(gzip.compress(BODY)), ["gzip", "br"]),
        (gzip.compress(zlib.compress(BODY)), ["deflate,identity , gzip"]),
    ],
    ids=range(11),
)
def test_a_packed_body_is_unpacked(start: Start, body: bytes, codings: list[str]) -> None:
    sandbox = start()
    answer = packed(sandbox, body, *codings)
    assert answer.status_code == 201, answer.text
    assert answer.json()["name"] == "a"
    assert sandbox.calls()[0].request_body == {"name": "a"}


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (gzip.compress(BODY)[:-1], "gzip"),
        (gzip.compress(BODY) + b"x", "gzip"),
        (BODY, "gzip"),
        (gzip.compress(b"") * 300, "gzip"),
        (zlib.compress(BODY)[:-1], "deflate"),
        (zlib.compress(BODY) + b"x", "deflate"),
        (BODY, "deflate"),
        (brotli.compress(BODY)[:-1], "br"),
        (brotli.compress(BODY) + b"x", "br"),
        (BODY, "br"),
        (gzip.compress(BODY), "br, gzip"),
    ],
    ids=range(11),
)
def test_what_is_not_packed_as_it_says_is_malformed(start: Start, body: bytes, coding: str) -> None:
    answer = packed(start(), body, coding)
    refused(answer, 400, "not packed as its Content-Encoding")
    assert answer.json()["errors"][0]["location"] == "body"


@pytest.mark.parametrize("coding", ["zstd", "compress", "gzip, aws-chunked", "x" * 500, "gzip, " * 5])
def test_what_nobody_can_unpack_is_refused_naming_what_is_taken(start: Start, coding: str) -> None:
    answer = packed(start(), BODY, coding)
    refused(answer, 415, "gzip, deflate, br")
    assert answer.headers["accept-encoding"] == "gzip, deflate, br"
    assert len(answer.text) < 1000


def test_an_operation_without_a_body_asks_for_no_coding(start: Start) -> None:
    with client(start()) as api:
        assert api.get("/things", headers={"Content-Encoding": "zstd"}).status_code == 200


def test_a_fault_for_a_body_looks_into_a_packed_one(start: Start) -> None:
    sandbox = start()
    sandbox.fail(status=503, body={"/name": "a"})
    assert packed(sandbox, gzip.compress(BODY), "gzip").status_code == 503
    assert packed(sandbox, gzip.compress(b'{"name": "b"}'), "gzip").status_code == 201


# ---- how large a body may be


Pack = Callable[[bytes], bytes]
PACKED: list[tuple[Pack, str]] = [
    (gzip.compress, "gzip"),
    (zlib.compress, "deflate"),
    (bare, "deflate"),
    (brotli.compress, "br"),
]


@pytest.mark.parametrize(("pack", "coding"), PACKED, ids=range(4))
def test_a_body_is_bounded_once_it_is_unpacked(start: Start, pack: Pack, coding: str) -> None:
    bomb = pack(b'{"name": "' + b"a" * 100_000_000)
    refused(packed(start(), bomb, coding), 413, "10,485,760", "once it is unpacked", "--body-limit")


@pytest.mark.parametrize(("size", "status"), [(1000, 201), (1001, 413)])
def test_a_body_has_the_size_that_the_option_says(start: Start, size: int, status: int) -> None:
    sandbox = start(body_limit=1000)
    body = BODY + b" " * (size - len(BODY))
    for answer in (
        packed(sandbox, body),
        *(packed(sandbox, pack(body), coding) for pack, coding in PACKED),
        packed(sandbox, brotli.compress(gzip.compress(body)), "gzip, br"),
    ):
        assert answer.status_code == status
        assert status == 201 or "--body-limit" in answer.json()["detail"]


def test_a_body_larger_than_the_default_is_taken_where_the_option_says_so(start: Start) -> None:
    sandbox = start(body_limit=12_000_000)
    body = BODY + b" " * 11_000_000
    assert packed(sandbox, body).status_code == 201
    with client(sandbox) as api:
        assert (
            api.post("/things", content=body, headers={**JSON, "Sandbox-Fault": "latency=1ms"}).status_code
            == 201
        )


# ---- how many there may be


def test_a_record_too_many_is_refused_naming_the_option(start: Start) -> None:
    sandbox = start(limit_records=2, unknown_ids="404")
    with client(sandbox) as api:
        made = [api.post("/things", json={"name": "a"}) for _ in range(3)]
        refused(made[2], 507, "2 records", "--limit-records")
        assert len(api.get("/things").json()) == 2
        api.delete(f"/things/{made[0].json()['id']}")
        assert api.post("/things", json={"name": "a"}).status_code == 201
        assert api.put(f"/things/{made[1].json()['id']}", json={"name": "b"}).status_code == 200


def test_what_the_sandbox_remembers_by_itself_makes_room_for_newer(start: Start) -> None:
    sandbox = start(limit_records=2)
    with client(sandbox) as api:
        made = []
        for _ in range(4):
            made.append(api.post("/things", json={"name": "a"}).json()["id"])
            assert api.delete(f"/things/{made[-1]}").status_code == 204
        assert [api.get(f"/things/{number}").status_code for number in made[2:]] == [404, 404]


def test_the_records_of_a_session_are_no_others(start: Start) -> None:
    sandbox = start(limit_records=1)
    with client(sandbox) as api:
        for name in ("one", "two"):
            assert (
                api.post("/things", json={"name": "a"}, headers={"Sandbox-Session": name}).status_code == 201
            )


def test_a_snapshot_of_more_records_is_refused_and_nothing_is_lost(start: Start) -> None:
    many, few = start(), start(limit_records=1)
    with client(many) as api, client(few) as small:
        for name in "abc":
            api.post("/things", json={"name": name})
        small.post("/things", json={"name": "kept"})
        snapshot = api.get("/__admin/sessions/default/snapshot").json()
        refused(small.put("/__admin/sessions/default/snapshot", json=snapshot), 507, "--limit-records")
        assert [item["name"] for item in small.get("/things").json()] == ["kept"]


def test_a_session_too_many_is_refused_naming_the_option(start: Start) -> None:
    sandbox = start(limit_sessions=2)
    with client(sandbox) as api:

        def ask(name: str) -> httpx.Response:
            return api.get("/things", headers={"Sandbox-Session": name})

        assert ask("one").status_code == 200
        assert ask("two").status_code == 200
        refused(ask("three"), 507, "2 sessions", "--limit-sessions")
        refused(api.get("/~three/things"), 507, "--limit-sessions")
        refused(api.post("/__admin/sessions", json={"name": "three"}), 507, "--limit-sessions")
        assert api.get("/things").status_code == 200  # the default session always is
        api.delete("/__admin/sessions/one")
        api.delete("/__admin/sessions/two")
        assert ask("three").status_code == 200


def test_a_session_that_was_idle_makes_room(start: Start) -> None:
    sandbox = start(limit_sessions=1, session_idle=1e-9)
    with client(sandbox) as api:
        for name in ("one", "two"):
            assert api.get("/things", headers={"Sandbox-Session": name}).status_code == 200


def test_a_journal_has_the_size_that_the_option_says(start: Start) -> None:
    sandbox = start(limit_journal=10_000)
    with client(sandbox) as api:
        for _ in range(30):
            api.post("/things", json={"name": "a" * 1000})
        journal = api.get("/__admin/sessions/default/journal").json()
    assert len(journal["items"]) < 10
    assert journal["evicted"] == 30 - len(journal["items"])


@pytest.mark.parametrize(("text", "status"), [("1000", 413), ("2k", 201), ("2 KiB", 201), ("1MB", 201)])
def test_a_size_is_written_as_people_write_it(start: Start, text: str, status: int) -> None:
    sandbox = start(body_limit=read(OPTIONS["body_limit"], text))
    assert packed(sandbox, BODY + b" " * 1000).status_code == status


@pytest.mark.parametrize("text", ["", "-1", "1.5M", "10 bytes", "ten", "1 000"])
def test_what_is_no_size_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(SandboxError, match="is not a size"):
        read(OPTIONS["body_limit"], text)
