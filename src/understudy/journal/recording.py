"""A recording: an exchange as it is noted while it goes on, few objects and nothing decoded; an entry is made of it when somebody reads.

Thousands of them are kept, and each object that is kept costs time twice: when it is made, and when it is dropped.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import chain
from typing import Final

from understudy.contracts.contract import Operation
from understudy.errors import Failure, Refusal
from understudy.journal.entry import FAILURES_KEPT, Entry, cut_refusal

_RECORDING: Final = 900  # bytes that one takes beside its contents, rather too many than too few
_ANSWER_HEADER: Final = 180
_FAILURE: Final = 400
_LINE: Final = b"\n"  # between names and values: HTTP allows it in neither, and transports refuse it


class Recording:
    """One exchange. Whoever sees a part of it fills that part in; `close` ends it, `entry` reads it.

    read, answer: what is kept of the bodies; received, sent: bytes there were. operation: None where no path matched. api: the
    contract's name. fault: what was made to go wrong. refusal: what the caller was refused with.
    """

    # Defaults stand in the class: an object is made for every request, and most of them are never set.
    number = cost = received = sent = status = 0
    at = duration = 0.0
    read = answer = path = query = headers = b""
    method = api = fault = said = ""
    answer_headers: Sequence[tuple[bytes, bytes]] = ()
    failures: Sequence[Failure] = ()
    refusal: Refusal | None = None
    operation: Operation | None = None

    def close(self, method: str, path: bytes, query: bytes, headers: Sequence[tuple[bytes, bytes]]) -> None:
        """Note what is known once all is over."""
        self.method, self.path, self.query = method, path, query
        self.headers = _LINE.join(chain.from_iterable(headers))
        refusal = self.refusal
        if (
            refusal is not None
        ):  # the words and not the exception, which would hold on to all that was going on
            self.said, self.failures, self.refusal = (
                cut_refusal(str(refusal)),
                tuple(refusal.failures[:FAILURES_KEPT]),
                None,
            )

    def trim(self) -> int:
        """Return the bytes that this takes in memory, and note them as `cost`."""
        cost = (
            _RECORDING
            + len(self.headers)
            + len(self.read)
            + len(self.answer)
            + len(self.path)
            + len(self.query)
        )
        for name, value in self.answer_headers:
            cost += _ANSWER_HEADER + len(name) + len(value)
        if self.said:
            texts = (
                text
                for failure in self.failures
                for text in (failure.pointer, failure.expected, failure.received)
            )
            cost += sys.getsizeof(self.said) + _FAILURE * len(self.failures) + sum(map(len, texts))
        self.cost = cost
        return cost

    def _pairs(self) -> list[tuple[bytes, bytes]]:
        lines = self.headers.split(_LINE) if self.headers else []
        return list(zip(lines[::2], lines[1::2], strict=True))

    def entry(self) -> Entry:
        """Return the exchange as an entry, made anew each time."""
        operation = self.operation
        return Entry(
            number=self.number,
            at=self.at,
            method=self.method,
            path=self.path.decode("latin-1"),
            query=self.query,
            request_headers=self._pairs(),
            request_body=self.read,
            request_size=self.received,
            response_headers=self.answer_headers,
            response_body=self.answer,
            response_size=self.sent,
            api=self.api,
            operation=operation.key if operation else "",
            operation_id=operation.id if operation else "",
            status=self.status,
            duration=self.duration,
            refusal=self.said,
            failures=tuple(self.failures),
            fault=self.fault,
            cost=self.cost,
        )
