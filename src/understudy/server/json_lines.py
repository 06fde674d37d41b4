"""Lines of JSON: what is written of requests for programs that gather logs, an object on a line each."""

from __future__ import annotations

from typing import Any, Final

import orjson

from understudy.journal.entry import Entry
from understudy.journal.times import milliseconds, timestamp

_BODY_KEPT: Final = 2_000  # characters
_MOST_FAILURES: Final = 20


class JsonLines:
    """A line for each request, however many there are.

    full: whether the query and the bodies stand in it, which may hold credentials.
    """

    have_more = False

    def __init__(self, *, full: bool = False) -> None:
        self._full = full

    def of(self, session: str, entry: Entry) -> list[str]:
        """Return the line of a request. Of what is empty there is no member, but for the first ten."""
        written = {
            "time": timestamp(entry.at),
            "level": _level(entry),
            "session": session,
            "method": entry.method,
            "path": entry.path,
            "operation": entry.operation_id or entry.operation,
            "status": entry.status,
            "ms": milliseconds(entry.duration),
            "bytes": entry.response_size,
            "request": entry.request_id,
        }
        return [line(written | _present(entry) | self._bodies(entry))]

    def rest(self, now: float) -> list[str]:  # noqa: ARG002
        """Return nothing: each request had a line."""
        return []

    def lost(self, count: int, now: float) -> str:
        """Return the line that says how many requests were not written."""
        said = f"{count} requests were not written: whoever reads this is too slow"
        return line({"time": timestamp(now), "level": "warning", "message": said})

    def _bodies(self, entry: Entry) -> dict[str, str]:
        if not self._full:
            return {}
        texts = {
            "query": entry.query.decode("latin-1"),
            "requestBody": entry.request_body.decode("utf-8", "replace")[:_BODY_KEPT],
            "responseBody": entry.response_body.decode("utf-8", "replace")[:_BODY_KEPT],
        }
        return {name: text for name, text in texts.items() if text}


def line(written: dict[str, Any]) -> str:
    """Write an object on one line."""
    return orjson.dumps(written).decode()


def _present(entry: Entry) -> dict[str, Any]:
    """Return what there is to say of some requests only."""
    said = {
        "api": entry.api,
        "trace": entry.trace_id,
        "fault": entry.fault,
        "answer": entry.answer,
        "refusal": entry.refusal,
        "failures": list(map(str, entry.failures[:_MOST_FAILURES])),
        "notes": list(entry.notes),
    }
    return {name: value for name, value in said.items() if value}


def _level(entry: Entry) -> str:
    """Return how grave it is: an error is what failed here, and nobody asked for."""
    return {"accepted": "info", "refused": "warning", "failed": "error"}[entry.outcome]
