"""Entries and verdicts as JSON, for the admin API, the live stream and whoever reports them.

Without credentials.
"""

from __future__ import annotations

import base64
from typing import Any, Final

from msgspec import to_builtins
from msgspec.structs import asdict

from understudy.errors import Failure
from understudy.journal.content import fields
from understudy.journal.credentials import Secrets
from understudy.journal.entry import Entry
from understudy.journal.near import NearAnswer
from understudy.journal.redaction import REDACTED, Redactor
from understudy.journal.shown import Pairs, ShownBody, show
from understudy.journal.times import milliseconds, timestamp
from understudy.journal.verification import Verdict
from understudy.messages import NOTHING

_PLACED: Final = frozenset({"path", "query", "header", "cookie", "body"})


def as_json(entry: Entry, secrets: Secrets) -> dict[str, Any]:
    """Write an entry.

    A name that came more than once has a list of values. `requestBody` and `responseBody` are the decoded
    JSON or form, or a text, or `{"mediaType", "base64"}`, and absent where there was none.
    """
    shown = show(entry, secrets)
    written = {
        "number": entry.number,
        "at": timestamp(entry.at),
        "requestId": entry.request_id,
        "traceId": entry.trace_id,
        "kind": entry.kind,
        "method": entry.method,
        "path": shown.path,
        "query": fields(shown.query),
        "requestHeaders": _headers(shown.request_headers),
        **_body("requestBody", shown.request),
        "requestSize": entry.request_size,
        "requestTruncated": entry.is_request_cut,
        "api": entry.api,
        "operation": entry.operation,
        "operationId": entry.operation_id,
        "status": entry.status,
        "responseHeaders": _headers(shown.response_headers),
        **_body("responseBody", shown.response),
        "responseSize": entry.response_size,
        "responseTruncated": entry.is_response_cut,
        "durationMs": milliseconds(entry.duration),
        "outcome": entry.outcome,
        "refusal": shown.refusal,
        "fault": entry.fault,
        "answer": entry.answer,
        "notes": list(entry.notes),
    }
    if entry.near is not None:
        written["notes"].append(near_sentence(entry.near, secrets))
    written["failures"] = list(map(_failure, shown.failures))
    return written


def near_sentence(near: NearAnswer, secrets: Secrets) -> str:
    """Say to a person which scripted answer came nearest, without credentials."""
    said = "; ".join(_condition(failure, secrets) for failure in near.failures)
    return f"no scripted answer was given: {near.answer!r} came nearest, but {said}"


def verdict_as_json(verdict: Verdict) -> dict[str, Any]:
    """Write a verdict; what it displays was redacted when it was made."""
    return {
        "verified": verdict.verified,
        "count": verdict.count,
        "matched": list(verdict.matched),
        "misses": to_builtins(verdict.misses),
        "evicted": verdict.evicted,
        "sentence": verdict.sentence,
    }


def _headers(pairs: Pairs) -> dict[str, Any]:
    return fields((name.lower(), value) for name, value in pairs)


def _body(name: str, body: ShownBody) -> dict[str, Any]:
    if body.value is not NOTHING:
        return {name: body.value}
    if body.data:
        return {name: {"mediaType": body.media_type, "base64": base64.b64encode(body.data).decode()}}
    if body.text:
        return {name: body.text}
    return {}


def _failure(failure: Failure) -> dict[str, str]:
    """Write what was broken; what would have let it pass stands in the sentence of the refusal."""
    written = asdict(failure)
    del written["advice"]
    return written


def _condition(failure: Failure, secrets: Secrets) -> str:
    expected, received = failure.expected, failure.received
    if failure.location in _PLACED:
        received = Redactor(secrets).failure(failure).received
        if secrets.is_value(failure.location, failure.pointer):
            expected = REDACTED
    name = failure.pointer
    if failure.location != "body":
        name = failure.field
    return f"{failure.location} {name}".strip() + f" is {received}, not {expected}"
