"""An entry: one request with its answer, as they were on the wire.

Nothing in it is decoded until somebody reads.

Thousands of them are kept, and each object that is kept costs time twice: when it is made, and when it is
dropped. So the headers of a message are one text of bytes, and what is as usual is not set.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from itertools import chain
from string import printable
from typing import Any, Final
from urllib.parse import quote

from understudy.errors import Failure
from understudy.journal.content import Content, content_of
from understudy.journal.near import NearAnswer
from understudy.journal.tracing import REQUEST_ID, TRACEPARENT, is_request_id, trace_of

BODY_KEPT: Final = 64 * 1024
"""Bytes that are kept of a body."""

FAILURES_KEPT: Final = 100
REFUSAL_KEPT: Final = 8 * 1024  # characters
OUTCOMES: Final = ("accepted", "refused", "failed")
KINDS: Final = ("request", "callback")

LINE: Final = b"\n"
"""What stands between names and values of a head: HTTP allows it in neither, and transports refuse it."""
_CUT: Final = " …"

# Bytes that CPython takes beside the contents, rather too many than too few; measured with tracemalloc.
_ENTRY: Final = 600
_FAILURE: Final = 400


class Entry:
    """One exchange. The journal numbers it; everything else is what whoever saw it put in.

    number: 1, 2, … in its session. at: when it began, Unix seconds. kind: `request`, or `callback` for one
    the sandbox sent. path: as on the wire, percent-encoded, without a session's prefix and without the query.
    scheme: `https` for what came by TLS. prefix: what was taken off the path, a proxy's own and a session's.
    query: as on the wire, without `?`. request_head, response_head: names and values of the headers, each on
    a line. request_body, response_body: the first BODY_KEPT bytes; request_size, response_size: how many
    there were. api: the contract's name. operation: its key, `post /accounts`, empty where none matched.
    status: 0 where the connection was cut. duration: seconds. fault: what was made to go wrong, `status=503`.
    refusal: the sentence the request was refused with, empty where it was accepted. failures: what that is
    about. answer: the id of the scripted one that was given. near: the scripted one that came nearest, where
    none was given that could have been. notes: what the sandbox has to say of its own answer. cost: bytes it
    takes in memory, once it is counted.
    """

    number = cost = status = request_size = response_size = 0
    at = duration = 0.0
    kind, scheme, prefix = "request", "http", ""
    method = api = operation = operation_id = refusal = fault = answer = ""
    raw_path = query = request_head = response_head = request_body = response_body = b""
    failures: Sequence[Failure] = ()
    notes: Sequence[str] = ()
    near: NearAnswer | None = None

    def __init__(self, **facts: Any) -> None:
        """Set what is known, by the names of its attributes."""
        for name, value in facts.items():
            setattr(self, name, value)
        self.cut()

    @property
    def path(self) -> str:
        """The path as it was on the wire."""
        return self.raw_path.decode("latin-1")

    @path.setter
    def path(self, path: str) -> None:
        self.raw_path = quote(path, safe=printable).encode()

    @property
    def request_headers(self) -> list[tuple[bytes, bytes]]:
        """The request's headers, in order."""
        return _split(self.request_head)

    @request_headers.setter
    def request_headers(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self.request_head = joined(headers)

    @property
    def response_headers(self) -> list[tuple[bytes, bytes]]:
        """The answer's headers, in order."""
        return _split(self.response_head)

    @response_headers.setter
    def response_headers(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self.response_head = joined(headers)

    @property
    def request_id(self) -> str:
        """What the caller's answer calls this request, or what the caller called it where it got none."""
        answered = _value(self.response_head, REQUEST_ID)
        if answered:
            return answered.decode("latin-1")
        sent = _value(self.request_head, REQUEST_ID)
        return sent.decode("latin-1") if is_request_id(sent) else ""

    @property
    def trace_id(self) -> str:
        """The trace it belongs to, in 32 hexadecimal digits; empty where the caller named none."""
        return trace_of(_value(self.request_head, TRACEPARENT).decode("latin-1"))

    @property
    def outcome(self) -> str:
        """What became of it: `refused`, `failed` or `accepted`.

        It failed where the sandbox itself answered 5xx and nobody had asked for that.
        """
        is_asked_for = self.fault or self.answer or self._is_chosen
        if self.status >= 500 and self.kind == "request" and not is_asked_for:
            return "failed"
        if self.refusal:
            return "refused"
        return "accepted"

    @property
    def request_json(self) -> Any:
        """The request's body as a JSON value, or a form's fields as an object; else NOTHING."""
        return self.request_content.value

    @property
    def response_json(self) -> Any:
        """The answer's body as a JSON value; NOTHING where it is none."""
        return self.response_content.value

    @property
    def request_content(self) -> Content:
        """The request's body, read anew each time: what is read is not counted in what is kept."""
        return content_of(self.request_headers, self.request_body, self.is_request_cut)

    @property
    def response_content(self) -> Content:
        """The answer's body, read anew each time."""
        return content_of(self.response_headers, self.response_body, self.is_response_cut)

    @property
    def is_request_cut(self) -> bool:
        """Whether only the beginning of the request's body was kept."""
        return self.request_size > len(self.request_body)

    @property
    def is_response_cut(self) -> bool:
        """Whether only the beginning of the answer's body was kept. A HEAD request's answer never had one."""
        return self.response_size > len(self.response_body)

    @property
    def _is_chosen(self) -> bool:
        """Whether the caller named the status it wants, by `Prefer: code=` or `__code=`."""
        if b"__code=" in self.query:
            return True
        return any(name == b"prefer" and b"code=" in value for name, value in self.request_headers)

    def cut(self) -> None:
        """Cut bodies that are larger than is kept, and note what their sizes were where nobody has."""
        self.request_size = max(self.request_size, len(self.request_body))
        self.response_size = max(self.response_size, len(self.response_body))
        self.request_body = self.request_body[:BODY_KEPT]
        self.response_body = self.response_body[:BODY_KEPT]

    def count(self) -> int:
        """Note the bytes that this takes in memory as `cost`, and return them."""
        heads = len(self.request_head) + len(self.response_head)
        bodies = len(self.request_body) + len(self.response_body)
        cost = _ENTRY + heads + bodies + len(self.raw_path) + len(self.query)
        if self.refusal:
            cost += self._cut_refusal()
        if self.near is not None:
            cost += self.near.cost
        if self.notes:
            self.notes = tuple(note[:REFUSAL_KEPT] for note in self.notes[:FAILURES_KEPT])
            cost += sum(map(sys.getsizeof, self.notes))
        self.cost = cost
        return cost

    def _cut_refusal(self) -> int:
        """Cut what a request with thousands of mistakes was told; return the bytes that the rest takes."""
        if len(self.refusal) > REFUSAL_KEPT:
            self.refusal = self.refusal[:REFUSAL_KEPT] + _CUT
        self.failures = tuple(self.failures[:FAILURES_KEPT])
        cost = 2 * len(self.refusal)
        for failure in self.failures:
            cost += _FAILURE + len(failure.pointer) + len(failure.expected) + len(failure.received)
        return cost


def joined(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Write headers as an entry keeps them."""
    return LINE.join(chain.from_iterable(headers))


def _value(head: bytes, name: bytes) -> bytes:
    """Return the value of a header, by its lower-case name; empty where it is not there."""
    if name not in head.lower():
        return b""
    for key, value in _split(head):
        if key.lower() == name:
            return value
    return b""


def _split(head: bytes) -> list[tuple[bytes, bytes]]:
    if not head:
        return []
    lines = head.split(LINE)
    return list(zip(lines[::2], lines[1::2], strict=False))
