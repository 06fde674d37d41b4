"""What was called: journal entries as objects, and as a table for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from msgspec import Struct

SHOWN: Final = 50
"""Calls in a table; of more, only the newest."""

_WIDEST = 100  # characters of a path in a table


@dataclass(frozen=True, slots=True)
class Call:
    """One request and its answer, as the journal has them: without credentials.

    number: 1, 2, … in the session. method: upper case. path: as it was sent, without a session's prefix.
    headers in lower case; a list of values where a name came more than once. request_body, response_body: the
    decoded JSON, a form's fields as an object, a text, or `{"mediaType", "base64"}`; None where there was
    none. operation: its key, `post /accounts`. status: 0 where the connection was cut. outcome: `accepted`,
    `refused` or `failed`. refusal: the sentence it was refused with. fault: what was made to go wrong.
    answer: the id of the scripted one it was given. notes: what the sandbox has to say of its own answer.
    raw: the whole entry of the admin API.
    """

    number: int
    method: str
    path: str
    query: Mapping[str, Any]
    request_headers: Mapping[str, Any]
    request_body: Any
    api: str
    operation: str
    operation_id: str
    status: int
    response_headers: Mapping[str, Any]
    response_body: Any
    duration_ms: float
    outcome: str
    refusal: str
    fault: str
    answer: str
    notes: Sequence[str]
    raw: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Call:
        """Make one of an entry of the admin API."""
        return cls(
            number=entry["number"],
            method=entry["method"],
            path=entry["path"],
            query=entry["query"],
            request_headers=entry["requestHeaders"],
            request_body=entry.get("requestBody"),
            api=entry["api"],
            operation=entry["operation"],
            operation_id=entry["operationId"],
            status=entry["status"],
            response_headers=entry["responseHeaders"],
            response_body=entry.get("responseBody"),
            duration_ms=entry["durationMs"],
            outcome=entry["outcome"],
            refusal=entry["refusal"],
            fault=entry["fault"],
            answer=entry["answer"],
            notes=entry["notes"],
            raw=entry,
        )


class UnmatchedCall(Struct, frozen=True):
    """A request that nothing matched.

    number: in the journal. reason: what there was none of, `operation`, `answer` or `expectation`. sentence:
    why, and what came nearest.
    """

    number: int
    method: str
    path: str
    operation: str
    operation_id: str
    status: int
    reason: str
    sentence: str

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> UnmatchedCall:
        """Make one of what the admin API lists."""
        facts = {name: item[name] for name in ("number", "method", "path", "operation", "status", "reason")}
        return cls(**facts, operation_id=item["operationId"], sentence=item["sentence"])

    def __str__(self) -> str:
        return f"#{self.number} {self.method} {self.path}: {self.sentence}"


def table(calls: Sequence[Call]) -> str:
    """Write calls one a line, the newest last, each with why it was refused and what was made to go wrong.

    Empty without calls.
    """
    shown = calls[-SHOWN:]
    lines: list[str] = []
    if len(calls) > SHOWN:
        lines.append(f"({len(calls) - SHOWN} earlier calls are not shown)")
    requests = list(map(_request, shown))
    widest = max(map(len, requests), default=0)
    for call, request in zip(shown, requests, strict=True):
        answer = f"{call.status or 'cut':>3}  {call.duration_ms:>8.1f} ms"
        lines.append(f"{call.number:>4}  {answer}  {request:<{widest}}  {_operation(call)}".rstrip())
        if call.refusal:
            lines.append(f"{'':>11}refused: {call.refusal}")
        if call.fault:
            lines.append(f"{'':>11}fault: {call.fault}")
        if call.answer:
            lines.append(f"{'':>11}answer: {call.answer}")
        lines += (f"{'':>11}{note}" for note in call.notes)
    return "\n".join(lines)


def _request(call: Call) -> str:
    path = call.path
    if call.query:
        path += f"?{'&'.join(call.query)}"
    if len(path) > _WIDEST:
        path = f"{path[: _WIDEST - 1]}…"
    return f"{call.method} {path}"


def _operation(call: Call) -> str:
    return call.operation_id or call.operation or "no operation"
