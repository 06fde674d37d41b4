"""What a session was asked that nothing was there for: no operation, no scripted answer, no expectation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from understudy.journal.credentials import Secrets
from understudy.journal.entry import Entry
from understudy.journal.query import Filter
from understudy.journal.shown import show
from understudy.journal.verification import subject, with_conditions
from understudy.journal.writing import near_sentence

Missing = Literal["", "operation", "answer", "expectation"]
"""What there was none of: an operation; among the answers that are scripted for it, one that it gets; among
what was verified, anything that counts it. Empty where there was all of it.
"""


def missing(entry: Entry, expectations: Sequence[Filter]) -> Missing:
    """Return what there was none of for a request.

    expectations: what was verified; where nothing was, nobody can say what was expected.
    """
    if entry.kind != "request":
        return ""
    if not entry.operation:
        return "operation"
    if entry.near is not None:
        return "answer"
    if expectations and not any(one.matches(entry) for one in expectations):
        return "expectation"
    return ""


def unmatched_as_json(
    entry: Entry, reason: Missing, expectations: Sequence[Filter], secrets: Secrets
) -> dict[str, Any]:
    """Write a request that nothing matched, with why and what came nearest, without credentials."""
    shown = show(entry, secrets)
    sentence = shown.refusal or "no operation answers it"
    if reason == "expectation":
        sentence = _unexpected(entry, expectations, secrets)
    elif entry.near is not None:
        sentence = near_sentence(entry.near, secrets)
    return {
        "number": entry.number,
        "method": entry.method,
        "path": shown.path,
        "operation": entry.operation,
        "operationId": entry.operation_id,
        "status": entry.status,
        "reason": reason,
        "sentence": sentence,
    }


def _unexpected(entry: Entry, expectations: Sequence[Filter], secrets: Secrets) -> str:
    """Say what was verified that a call came nearest to."""
    nearest = min(expectations, key=lambda one: (not _is_of(one, entry), one.failures(entry)))
    wanted = subject(nearest) + with_conditions(nearest, secrets)
    failed = "; ".join(map(str, nearest.conditions(entry, secrets)))
    return f"nothing that was verified counts it; {wanted} came nearest: {failed}"


def _is_of(wanted: Filter, entry: Entry) -> bool:
    """Tell whether something is asked of the operation that was called."""
    return bool(wanted.operation) and Filter(operation=wanted.operation).matches(entry)
