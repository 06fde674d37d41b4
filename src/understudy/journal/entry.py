"""An entry: one request with its answer, as they were on the wire; nothing in it is decoded until somebody reads."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from understudy.errors import Failure
from understudy.journal.content import Content, content_of

BODY_KEPT: Final = 64 * 1024
"""Bytes that are kept of a body."""

FAILURES_KEPT: Final = 100
REFUSAL_KEPT: Final = 8 * 1024  # characters
OUTCOMES: Final = ("accepted", "refused", "failed")
KINDS: Final = ("request", "callback")

# Bytes that CPython takes beside the contents: an entry with its numbers and short strings; a pair of header name and value; a failure.
_ENTRY, _HEADER, _FAILURE = 700, 130, 400
_CUT = " …"


@dataclass(slots=True)
class Entry:
    """One exchange. The journal numbers it; everything else is what whoever saw it put in.

    number: 1, 2, … in its session. at: when it began, Unix seconds. kind: `request`, or `callback` for one the sandbox sent.
    path: as on the wire, percent-encoded, without a session's prefix and without the query. query: as on the wire, without `?`.
    request_body, response_body: the first BODY_KEPT bytes; request_size, response_size: how many there were.
    api: the contract's name. operation: its key, `post /accounts`, empty where none matched. status: 0 where the connection was cut.
    duration: seconds. refusal: the sentence the request was refused with, empty where it was accepted. failures: what that is about.
    fault: what was made to go wrong, `status=503`; empty where nothing was.
    """

    number: int = 0
    at: float = 0.0
    kind: str = "request"
    method: str = ""
    path: str = ""
    query: bytes = b""
    request_headers: Sequence[tuple[bytes, bytes]] = ()
    request_body: bytes = b""
    request_size: int = 0
    response_headers: Sequence[tuple[bytes, bytes]] = ()
    response_body: bytes = b""
    response_size: int = 0
    api: str = ""
    operation: str = ""
    operation_id: str = ""
    status: int = 0
    duration: float = 0.0
    refusal: str = ""
    failures: tuple[Failure, ...] = ()
    fault: str = ""
    cost: int = field(default=0, repr=False, compare=False)

    @property
    def outcome(self) -> str:
        """What became of it: `refused`, `failed` where the sandbox itself answered 5xx and nobody had asked for that, else `accepted`."""
        if self.status >= 500 and self.kind == "request" and not self.fault and not self._is_steered:
            return "failed"
        return "refused" if self.refusal else "accepted"

    @property
    def request_json(self) -> Any:
        """The request's body as a JSON value, or a form's fields as an object; NOTHING where it is neither."""
        return self.request_content.value

    @property
    def response_json(self) -> Any:
        """The answer's body as a JSON value; NOTHING where it is none."""
        return self.response_content.value

    @property
    def request_content(self) -> Content:
        """The request's body, read anew each time, since what is read is not counted among what the journal keeps."""
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
    def _is_steered(self) -> bool:
        """Whether the caller named the status it wants, by `Prefer: code=` or `__code=`."""
        return b"__code=" in self.query or any(
            name == b"prefer" and b"code=" in value for name, value in self.request_headers
        )

    def trim(self) -> int:
        """Cut what is larger than an entry may be, note the bytes that the rest takes in memory as `cost`, and return them."""
        size, answer_size = len(self.request_body), len(self.response_body)
        if (
            size > BODY_KEPT
            or answer_size > BODY_KEPT
            or self.request_size < size
            or self.response_size < answer_size
        ):
            size, answer_size = self._trim_bodies()
        headers, answer_headers = self.request_headers, self.response_headers
        cost = (
            _ENTRY
            + size
            + answer_size
            + len(self.path)
            + len(self.query)
            + _HEADER * (len(headers) + len(answer_headers))
        )
        for (
            name,
            value,
        ) in headers:  # two plain loops: for a dozen headers they take half the time of sum() over a chain
            cost += len(name) + len(value)
        for name, value in answer_headers:
            cost += len(name) + len(value)
        if self.refusal:
            cost += self._trim_refusal()
        self.cost = cost
        return cost

    def _trim_bodies(self) -> tuple[int, int]:
        """Cut the bodies, and note what their sizes were where nobody has; return the sizes of what is kept."""
        self.request_size = max(self.request_size, len(self.request_body))
        self.response_size = max(self.response_size, len(self.response_body))
        self.request_body, self.response_body = self.request_body[:BODY_KEPT], self.response_body[:BODY_KEPT]
        return len(self.request_body), len(self.response_body)

    def _trim_refusal(self) -> int:
        """Cut what a request with thousands of mistakes was told; return the bytes that the rest takes."""
        self.refusal = cut_refusal(self.refusal)
        self.failures = tuple(self.failures[:FAILURES_KEPT])
        texts = (
            text
            for failure in self.failures
            for text in (failure.pointer, failure.expected, failure.received)
        )
        return sys.getsizeof(self.refusal) + _FAILURE * len(self.failures) + sum(map(len, texts))

    def entry(self) -> Entry:
        """Return itself: an entry needs no making."""
        return self


def cut_refusal(said: str) -> str:
    """Return a refusal's sentence, cut where it goes on for pages."""
    return said if len(said) <= REFUSAL_KEPT else said[:REFUSAL_KEPT] + _CUT
