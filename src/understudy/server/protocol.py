"""HTTP/1.1 on a socket: uvicorn's protocol, with bounds on what the head of a request may be and may take."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

import httptools
import orjson
from uvicorn._types import ASGIReceiveEvent
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from understudy.problem import PROBLEM_JSON, problem

HEAD_LIMIT: Final = 64 * 1024
"""Bytes of a request line and its headers."""
HEAD_SECONDS: Final = 10.0
"""Time in which a head has to be whole, from its first byte on; of a new connection, from its beginning."""
LAST_SECONDS: Final = 1.0
"""Time in which a connection on which nothing came yet may have its one request, once the server stops."""
PATIENCE: Final = 2.0
"""Seconds a caller whose head was refused has to hear so, before the connection is closed."""
LINGER: Final = 5.0
"""Seconds a caller has to send a body of which the head said that it is too large, and hear that it is."""

_HEAD: Final = b"HTTP/1.1 "
_UNREADABLE: Final = "what was sent cannot be read as a request of HTTP/1.1"
_TOO_LARGE: Final = f"the request line and the headers are larger than {HEAD_LIMIT // 1024} KiB together"
_TRAILERS: Final = (
    f"what stands between and behind the pieces of the body is larger than {HEAD_LIMIT // 1024} KiB"
)
_TOO_LATE: Final = f"the request line and the headers were not whole within {HEAD_SECONDS:g} seconds"


class _Refused(Exception):
    """Ends the parser's work on a head that is refused."""


class OneWrite:
    """A transport that sends the head of an answer together with the first piece of its body: one system call
    and one packet less.

    A head that nothing follows in the same turn of the loop goes by itself.
    """

    def __init__(
        self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, lingers: Callable[[], bool]
    ) -> None:
        """`lingers`: tells whether the end waits for the caller, and will be asked for once more."""
        self._transport, self._call_soon, self._lingers = transport, loop.call_soon, lingers
        self._head = b""
        # What is asked for with every request is found without a detour.
        self.is_closing, self.get_extra_info = transport.is_closing, transport.get_extra_info

    def write(self, data: bytes) -> None:
        """Send, or keep the head of an answer for a moment."""
        head = self._head
        if head:
            self._head = b""
            self._transport.write(head + data)
        elif data.startswith(_HEAD):
            self._head = data
            self._call_soon(self.flush)
        else:
            self._transport.write(data)

    def flush(self) -> None:
        """Send what was kept."""
        head, self._head = self._head, b""
        if head:
            self._transport.write(head)

    def close(self) -> None:
        """Close once all is sent."""
        self.flush()
        if not self._lingers():
            self._transport.close()

    def write_eof(self) -> None:
        """Say that nothing follows what is sent."""
        self.flush()
        self._transport.write_eof()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Cycle(RequestResponseCycle):
    """A request and its answer.

    That a caller sends no more may mean that it has gone. An application that asks for more than the whole
    body wants to know just that, and is told so; what any other answers is sent.
    """

    _is_read = False
    _has_left = False

    def leave(self) -> None:
        """Note that the caller sends no more; the request is whole."""
        self._has_left = True
        self.message_event.set()

    async def receive(self) -> ASGIReceiveEvent:
        """Return the next piece of the body; after the last one, once the caller sends no more, that it has
        gone.
        """
        if not self._is_read:
            message = await super().receive()
            self._is_read = message["type"] == "http.request" and not message["more_body"]
            return message
        while not self._has_left:
            message = await super().receive()
            if message["type"] == "http.disconnect":
                return message
        self.disconnected = True
        self.transport.close()
        return {"type": "http.disconnect"}


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's HTTP over such a transport. A head that is too large, too slow or none is answered with a
    sentence, and the connection ends.
    """

    _is_in_head = False
    _is_over = False  # nothing more is taken from this caller
    _is_last = False  # the first request is the last one
    _begun = 0
    """Heads that have begun."""
    _carried = 0
    """Bytes of the head that is being read, which came in pieces before."""
    _around = 0
    """Bytes that came since the last of the body: what stands between its chunks, and trailers."""
    _came = 0
    """The same with the piece that is being read, and perhaps what stands before or behind the head in it."""
    _refusal: tuple[int, str] = (400, _UNREADABLE)
    _clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin with a caller."""
        super().connection_made(OneWrite(transport, self.loop, self._linger))  # type: ignore[arg-type]
        self._clock = self.loop.call_later(HEAD_SECONDS, self._end_waiting)

    def shutdown(self) -> None:
        """End once nobody waits for an answer; who has just come and asked nothing yet is about to ask."""
        cycle: Any = self.cycle  # None before the first request
        if cycle is not None or self._is_over:
            super().shutdown()
        elif not self._is_last:
            self._is_last = True
            self._stop_clock()
            self._clock = self.loop.call_later(LAST_SECONDS, self._end_waiting)

    def connection_lost(self, exc: Exception | None) -> None:
        """End with a caller."""
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read a piece of what the caller sends."""
        if self._is_over:
            return
        self._came = self._carried + len(data)
        if self._came > HEAD_LIMIT and self._begins_with_head():
            self._receive_head(data, HEAD_LIMIT - self._carried)
        else:
            super().data_received(data)
        if not self._is_over:
            self._bound_rest(data)

    def eof_received(self) -> bool:  # type: ignore[override]  # uvicorn's own never keeps a connection
        """Hear that the caller sends no more, and tell whether the connection stays: what was asked for whole
        is answered (RFC 9112 §9.6), and that ends it.
        """
        cycle: Any = self.cycle  # None before the first request
        if self.scheme == "https" or cycle is None or cycle.response_complete or cycle.more_body:
            return False
        self._is_over = True
        self._stop_clock()
        cycle.keep_alive = False
        asked: list[Any] = [cycle, *(waiting for waiting, _ in self.pipeline)]
        for one in asked:
            one.leave()
        return True

    def _begins_with_head(self) -> bool:
        """Tell whether what comes next is of a head, and of none before it."""
        cycle: Any = self.cycle  # None before the first request
        return self._is_in_head or cycle is None or not cycle.more_body

    def _receive_head(self, data: bytes, room: int) -> None:
        """Read a piece in which a head may end too late; room: bytes that are left for it."""
        number = self._begun + (not self._is_in_head)
        super().data_received(data[:room])
        if self._is_over:
            return
        if self._is_in_head and self._begun == number:
            self._refuse(431, _TOO_LARGE)
        else:
            super().data_received(data[room:])

    # -- what the parser calls

    def on_message_begin(self) -> None:
        """Begin with a request."""
        self._is_in_head = True
        self._begun += 1
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Have a request answered. Raises _Refused, which the parser passes on as an error of its own."""
        self._is_in_head, self._carried = False, 0
        if self._clock is not None:
            self._stop_clock()
        if self._came > HEAD_LIMIT and self._head_size() > HEAD_LIMIT:
            self._refusal = 431, _TOO_LARGE
            raise _Refused
        if not self.url.startswith(b"/"):
            self._take_authority()
        super().on_headers_complete()
        if self._is_last:
            self.cycle.keep_alive = False
        self.cycle.__class__ = Cycle  # uvicorn makes its own, and its application has not been called yet
        self.headers = []  # trailers are no part of the head (RFC 9110 §6.5.1)

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body."""
        self._around = 0
        super().on_body(body)

    # -- what is refused

    def _bound_rest(self, data: bytes) -> None:
        """See that what follows in a request has its bounds, too; data: what just came of it."""
        cycle: Any = self.cycle
        if self._is_in_head:
            self._wait_for_rest(data)
        elif cycle is not None and cycle.more_body:
            self._around += len(data)
            if self._around > HEAD_LIMIT + len(data):  # what came with the last of the body may be body
                self._refuse_body(431, _TRAILERS)

    def _head_size(self) -> int:
        """Return how many bytes of a head have been read at least."""
        return len(self.url) + sum(len(name) + len(value) + 3 for name, value in self.headers)

    def _wait_for_rest(self, data: bytes) -> None:
        """See that the rest of a head comes soon, and is not too long."""
        if self._carried:
            self._carried = self._came
        else:  # which may stand behind something else: its first line is the last one with this target
            begin = data.rfind(b"\n", 0, data.rfind(self.url)) + 1
            self._carried = len(data) - begin
        if self._carried > HEAD_LIMIT:
            self._refuse(431, _TOO_LARGE)
        elif self._clock is None:
            self._clock = self.loop.call_later(HEAD_SECONDS, self._end_waiting)

    def _end_waiting(self) -> None:
        self._clock = None
        if self._is_in_head:
            self._refuse(408, _TOO_LATE)
        elif not self.transport.is_closing():  # a connection on which nothing came
            self.transport.close()

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _take_authority(self) -> None:
        """Put the authority that an absolute request target names in the place of what `Host` says (RFC 9112
        §3.2.2).
        """
        try:
            target = httptools.parse_url(self.url)
        except httptools.HttpParserInvalidURLError:
            return  # `*`, and what a CONNECT names
        if not target.host:
            return
        authority = target.host
        if b":" in authority:
            authority = b"[%b]" % authority
        if target.port is not None:
            authority += b":%d" % target.port
        for index, (name, _) in enumerate(self.headers):
            if name == b"host":
                self.headers[index] = name, authority

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: a server may overlook an upgrade (RFC 9110 §7.8), which `curl --http2` asks for."""

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """Refuse what the parser cannot read, or was told not to read on."""
        self._refuse(*self._refusal)

    def _refuse(self, status: int, sentence: str) -> None:
        """Answer what no application has seen, after what is being answered, and end the connection."""
        cycle: Any = self.cycle
        if cycle is not None and cycle.more_body:
            self._refuse_body(status, sentence)
            return
        if cycle is not None and not cycle.response_complete:
            self._is_over = True
            self._stop_clock()
            cycle.keep_alive = False  # the last answer that is owed ends the connection
            return
        self._answer(status, sentence)

    def _refuse_body(self, status: int, sentence: str) -> None:
        """Refuse a body that will never be whole, so that nobody waits for the rest of it."""
        self.cycle.keep_alive = False
        if self.cycle.response_started or self.pipeline:
            self._is_over = True
            self.transport.close()
            return
        self._answer(status, sentence)

    def _answer(self, status: int, sentence: str) -> None:
        """Answer in the place of an application, and end the connection."""
        self._is_over = True
        self._stop_clock()
        content = orjson.dumps(problem(status, sentence, None).body)
        phrase = HTTPStatus(status).phrase.encode()
        head = b"HTTP/1.1 %d %b\r\ncontent-type: %b\r\n" % (status, phrase, PROBLEM_JSON.encode())
        self.transport.write(
            head + b"content-length: %d\r\nconnection: close\r\n\r\n" % len(content) + content
        )
        self._end_with(PATIENCE)

    def _linger(self) -> bool:
        """Tell whether the end waits: a body that is not wanted may still be on its way."""
        cycle: Any = self.cycle  # None before the first request
        if self._is_over or cycle is None or not (cycle.more_body and cycle.response_complete):
            return False
        self._is_over = True
        self._stop_clock()
        self._end_with(LINGER)
        return True

    def _end_with(self, patience: float) -> None:
        """End the connection soon. Who is still sending would get a reset instead of the answer if it closed
        at once.
        """
        if self.transport.can_write_eof():  # TLS cannot
            self.transport.write_eof()
        self._clock = self.loop.call_later(patience, self.transport.close)
