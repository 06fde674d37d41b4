"""What raw bytes are given to: each target takes some, and raises for what must not be."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from uvicorn.server import ServerState

from drawn_requests import Sent
from judged import Answer, ask
from understudy.bodies.form_codec import FormCodec
from understudy.bodies.multipart_codec import MultipartCodec
from understudy.contracts.contract import Contract, MediaType
from understudy.contracts.parsing import parse
from understudy.contracts.source import Document
from understudy.errors import SandboxError
from understudy.faults.header import read_header, write_header
from understudy.media import json_codec, types
from understudy.media.xml_codec import XmlCodec
from understudy.sandbox import Sandbox, Settings
from understudy.schemas.validators import validators_of
from understudy.server.app import create_app
from understudy.server.asgi import ASGIApp
from understudy.server.running import Server
from understudy.sessions import Sessions

MAY_TAKE: Final = 0.5
"""Seconds of work for some bytes; a fuzzer looks on, which makes all slower."""
_ASKED: Final = re.compile(rb"prefer|sandbox-fault|__code|__admin", re.IGNORECASE)
_STATUS: Final = re.compile(rb"^HTTP/1\.1 (\d{3})", re.MULTILINE)

_TIER: Final = {"type": "object", "properties": {"from": {"type": "number"}, "note": {"type": "string"}}}
_THING: Final = {
    "type": "object",
    "xml": {"name": "thing"},
    "properties": {
        "id": {"type": "string", "xml": {"attribute": True}},
        "name": {"type": "string"},
        "count": {"type": "integer"},
        "rate": {"type": "number", "nullable": True},
        "live": {"type": "boolean"},
        "made": {"type": "string", "format": "date-time"},
        "tags": {"type": "array", "items": {"type": "string"}, "xml": {"wrapped": True}},
        "tiers": {"type": "array", "items": _TIER},
        "file": {"type": "string", "format": "binary"},
    },
}
_SHOWN: Final = {"application/json": {"schema": _THING}, "application/xml": {"schema": _THING}}
_SENT: Final = {
    **_SHOWN,
    "application/x-www-form-urlencoded": {"schema": _THING},
    "multipart/form-data": {"schema": _THING},
}
_LISTED: Final = {"application/json": {"schema": {"type": "array", "items": _THING}}}
_QUERY: Final[Mapping[str, Any]] = {
    "name": {"type": "string"},
    "count[gte]": {"type": "integer"},
    "filter": {"type": "string"},
    "where": {"type": "object", "additionalProperties": {"type": "string"}},
    "ids": {"type": "array", "items": {"type": "string"}},
    "sort": {"type": "string"},
    "limit": {"type": "integer"},
    "cursor": {"type": "string"},
    "made_after": {"type": "string", "format": "date-time"},
}  # fmt: skip


def _queried(name: str) -> dict[str, Any]:
    style = "form"
    if name == "where":
        style = "deepObject"
    return {"name": name, "in": "query", "style": style, "schema": _QUERY[name]}


DOCUMENT: Final[dict[str, Any]] = {
    "openapi": "3.0.3",
    "info": {"title": "Fuzz", "version": "1"},
    "paths": {
        "/things": {
            "get": {
                "parameters": [_queried(name) for name in _QUERY],
                "responses": {"200": {"description": "d", "content": _LISTED}},
            },
            "post": {
                "requestBody": {"content": _SENT},
                "responses": {"201": {"description": "d", "content": _SHOWN}},
            },
        },
        "/things/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": {"responses": {"200": {"description": "d", "content": _SHOWN}}},
            "delete": {"responses": {"204": {"description": "d"}}},
        },
    },
}


@dataclass(frozen=True)
class Target:
    """One target, texts that lead far into it, and what is left to close."""

    take: Callable[[bytes], None]
    seeds: Sequence[bytes]
    close: Callable[[], None] = lambda: None


@contextmanager
def _bounded() -> Iterator[None]:
    """Let pass what is refused in a sentence, and nothing that takes long."""
    began = time.thread_time()
    with suppress(SandboxError):
        yield
    took = time.thread_time() - began
    assert took < MAY_TAKE, f"it took {took:.1f} s"


def contract() -> Contract:
    """Make the contract that is asked."""
    text = json.dumps(DOCUMENT).encode()
    return Contract(
        Document(Path(), "fuzz.json", {"fuzz.json": text}, {"fuzz.json": json.loads(text)}), "fuzz"
    )


class Asked:
    """A sandbox that is asked over and over; its session is made anew now and then, so that it does not grow."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._contract, self._count = contract(), 0
        self.app: ASGIApp = self._made()

    def _made(self) -> ASGIApp:
        return create_app([Sandbox(self._contract, None, Settings(populate=5))], Sessions())

    def fresh(self) -> ASGIApp:
        """Return the application, after some hundred requests another one."""
        self._count += 1
        if self._count % 500 == 0:
            self.app = self._made()
        return self.app

    def answer(self, sent: Sent) -> Answer:
        """Have it answer."""
        return self.loop.run_until_complete(ask(self.fresh(), sent))


# ---- parts


def take_yaml(content: bytes) -> None:
    """Read a contract."""
    with _bounded():
        parse(content, "fuzz.yaml")


def take_fault(content: bytes) -> None:
    """Read a Sandbox-Fault header; what it means is written so that it means the same."""
    with _bounded():
        faults = read_header(content.decode("latin-1"))
        assert read_header(write_header(faults)) == faults


def _media(name: str) -> MediaType:
    body = contract().operation("post /things").body
    assert body is not None
    return body.content[name]


def xml_target() -> Callable[[bytes], None]:
    """Read an XML body, and write what it held."""
    schema = _media("application/xml").schema
    assert schema is not None
    codec = XmlCodec(schema)

    def take(content: bytes) -> None:
        with _bounded():
            codec.encode(codec.decode(content))

    return take


def form_target(name: str, content_type: str) -> Callable[[bytes], None]:
    """Read a form, and write what it held."""
    media, validator_of = _media(name), validators_of(contract(), "request").for_node
    media_range = types.parse(content_type)

    def take_parts(content: bytes) -> None:
        with _bounded():
            codec = MultipartCodec(media, validator_of)
            codec.encode(codec.decode(content, media_range))

    def take(content: bytes) -> None:
        with _bounded():
            codec = FormCodec(media, validator_of)
            codec.encode(codec.decode(content))

    return take_parts if "multipart" in name else take


def take_json(content: bytes) -> None:
    """Read a JSON body, and write what it held."""
    with _bounded():
        json_codec.encode(json_codec.decode(content))


# ---- requests


def _sendable(content: bytes) -> str:
    return re.sub(rb"[\r\n\0]", b" ", content).decode("latin-1")


def prefer_target(asked: Asked) -> Callable[[bytes], None]:
    """Ask with a Prefer header."""

    def take(content: bytes) -> None:
        sent = Sent("GET", "/things/1", {"Prefer": _sendable(content)})
        with _bounded():
            answer = asked.answer(sent)
        assert answer.status < 500 or b"5" in content, answer

    return take


def filter_target(asked: Asked, path: str) -> Callable[[bytes], None]:
    """Ask for a list with a query."""

    def take(content: bytes) -> None:
        query = re.sub(rb"[^!-~]", b"+", content).decode("ascii").replace("#", "")
        with _bounded():
            answer = asked.answer(Sent("GET", f"{path}?{query}"))
        assert answer.status < 500 or "__code" in query, answer

    return take


class _Wire(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self._is_closed = False

    def write(self, data: Any) -> None:
        self.written += bytes(data)

    def close(self) -> None:
        self._is_closed = True

    abort = write_eof = close

    def can_write_eof(self) -> bool:
        return True

    def is_closing(self) -> bool:
        return self._is_closed

    def pause_reading(self) -> None:
        pass

    resume_reading = pause_reading

    def set_protocol(self, protocol: Any) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        return 0


def http_target(asked: Asked) -> Callable[[bytes], None]:
    """Send bytes to the server, in two pieces, and go away."""
    config = Server(asked.app, log_level="critical").config
    config.load()

    async def exchange(content: bytes) -> bytes:
        state, wire = ServerState(), _Wire()
        protocol: Any = config.http_protocol_class
        spoken = protocol(config=config, server_state=state, app_state={}, _loop=asyncio.get_running_loop())
        spoken.connection_made(wire)
        half = len(content) // 2
        for piece in (content[:half], content[half:]):
            if piece and not wire.is_closing():
                spoken.data_received(piece)
                await _settled(state)
        spoken.connection_lost(None)
        await _settled(state)
        for task in state.tasks:
            task.cancel()
        return wire.written

    def take(content: bytes) -> None:
        with _bounded():
            answered = asked.loop.run_until_complete(exchange(content))
        if not _ASKED.search(content):
            assert not [found for found in _STATUS.findall(answered) if found >= b"500"], answered

    return take


async def _settled(state: ServerState) -> None:
    """Wait until nobody works any more, or those who do wait for more bytes."""
    for _ in range(50):
        if not state.tasks:
            return
        await asyncio.sleep(0)


def _multipart() -> Target:
    take = form_target("multipart/form-data", "multipart/form-data; boundary=b")
    return Target(take, (_PARTS, _PARTS.replace(b"\r\n", b"\n")))


def _form() -> Target:
    name = "application/x-www-form-urlencoded"
    return Target(
        form_target(name, name), (b"name=a+b&tags=x&tags=y&tiers[0][from]=1", b"a%5Bb%5D=%E2%82%AC&&=")
    )


_XML: Final = b'<thing id="1"><name>a &amp; b</name><count>3</count><tags><tags>x</tags></tags><tiers><from>1.5</from></tiers></thing>'
_PARTS: Final = (
    b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\na\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\nContent-Type: text/plain\r\n\r\n\x00\xff\r\n--b--\r\n'
)
_YAML: Final = b"openapi: 3.0.3\ninfo: &a {title: t, 'v': !!set {x, y}}\nx: [*a, {<<: *a, k: 12:30}, !!binary aGk=, |\n  text\n]\n"


def _asking(make: Callable[[Asked], Callable[[bytes], None]], *seeds: bytes) -> Target:
    asked = Asked()
    return Target(make(asked), seeds, asked.loop.close)


TARGETS: Final[Mapping[str, Callable[[], Target]]] = {
    "http": lambda: _asking(
        http_target,
        b"GET /things?limit=2 HTTP/1.1\r\nHost: a\r\nAccept: application/json;q=0.5\r\n\r\n",
        b'POST /things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{"name":1}',
        b"POST /things HTTP/1.1\r\nHost: a\r\nContent-Type: application/xml\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n<a>\r\n0\r\n\r\n",
        b"DELETE /things/1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\nOPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        b'GET /~s1/things/a%2Fb HTTP/1.1\r\nHost: a\r\nCookie: a=b\r\nIf-None-Match: "x"\r\n\r\n',
    ),
    "yaml": lambda: Target(
        take_yaml, (_YAML, b"a: &x [1, 2]\nb: [*x, *x]\n", b"- ? a\n  : b\n", b'{"a": [1, {"b": null}]}')
    ),
    "xml": lambda: Target(
        xml_target(),
        (
            _XML,
            b"<?xml version='1.0' encoding='utf-16'?><thing/>",
            b"<!DOCTYPE a [<!ENTITY x 'y'>]><thing>&x;</thing>",
        ),
    ),
    "multipart": _multipart,
    "form": _form,
    "json": lambda: Target(
        take_json, (b'{"a": [1, 2.5e3, "\\u00e9", null, true]}', b"[[[]]]", b"-0.0", b"18446744073709551615")
    ),
    "prefer": lambda: _asking(
        prefer_target, b'code=200, example="a", dynamic=true', b"respond-async; wait=10", b"seed=7"
    ),
    "fault": lambda: Target(
        take_fault,
        (
            b"status=503, latency=20ms",
            b"reset(after=write)",
            b"truncate=10",
            b"rate=2/s, latency=1s-2s",
            b"malformed, empty",
        ),
    ),
    "filters": lambda: _asking(
        lambda asked: filter_target(asked, "/things"),
        b"name=a&count[gte]=3&sort=-name&limit=2",
        b"where[name]=a&ids=1,2&ids=3&cursor=abc",
        b"filter=name+eq+'a'+and+count+gt+3",
        b"made_after=2024-01-01T00:00:00Z&__dynamic=true",
    ),
    "journal": lambda: _asking(
        lambda asked: filter_target(asked, "/__admin/sessions/default/journal"),
        b"path=/things/*&status=4xx&limit=3",
        b"operation=get+/things&fault=any&after=1",
        b"body=%7B%22/a%22:1%7D&method=post",
    ),
}
"""The targets by their names; each is made where it is used."""
