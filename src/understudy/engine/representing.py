"""Representing: what a write made, shown where its caller asks for that by a preference (RFC 7240 §4.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from understudy.engine.binding import BoundPlan
from understudy.messages import Request, Response
from understudy.state.store import Record

_APPLIED: Final = "return=representation"


def as_preferred(
    plan: BoundPlan, request: Request, records: Sequence[Record], response: Response
) -> Response:
    """Return the answer of a write, with what it wrote where that is asked for and nothing else is shown."""
    if not plan.represents or response.has_body or _APPLIED not in _preferred(request.headers):
        return response
    data = b",".join(record.data for record in records)
    if plan.represents == "list":
        data = b"[" + data + b"]"
    elif len(records) != 1:
        return response
    status = 200 if response.status == 204 else response.status
    shown = Response.of_json(status, data, {**response.headers, "Preference-Applied": _APPLIED})
    shown.is_preferred = True
    return shown


def _preferred(headers: Mapping[str, Any]) -> str:
    """Return the preferences of a request, "" where it has none."""
    for name, value in headers.items():
        if name.lower() == "prefer":
            return str(value)
    return ""
