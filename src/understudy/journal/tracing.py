"""Which request one is: the id that callers and logs know it by, and the trace it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

REQUEST_ID: Final = b"x-request-id"
"""The header that says which request one is, and which answer is its answer."""
TRACEPARENT: Final = b"traceparent"
"""The header that says which trace a request belongs to (W3C Trace Context, §3.2)."""

TRACESTATE: Final = b"tracestate"
"""The header that says what those who trace know of it besides (§3.3)."""

_WELL_FORMED: Final = re.compile(rb"[A-Za-z0-9._~:@/+=-]{1,128}")
_PARENT: Final = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_NO_TRACE: Final = "0" * 32
_NO_SPAN: Final = "0" * 16


def is_request_id(given: bytes) -> bool:
    """Tell whether what a caller calls its request can stand in a header, in a log and on a command line."""
    return _WELL_FORMED.fullmatch(given) is not None


def trace_of(parent: str) -> str:
    """Return the trace that a `traceparent` names, in 32 hexadecimal digits; empty where it names none."""
    found = _PARENT.fullmatch(parent)
    if found is None or found[1] == _NO_TRACE or found[2] == _NO_SPAN:
        return ""
    if parent.startswith("00") and found[4]:  # the first version has four parts
        return ""
    return found[1]


def passed_on(headers: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    """Return the headers by which a request that follows from another belongs to its trace: the same ones,
    since nobody here is a part of it (§4.3); none where it names no trace.
    """
    found = {}
    for name, value in headers:
        if name.lower() in (TRACEPARENT, TRACESTATE):
            found[name.lower()] = value.decode("latin-1")
    if not trace_of(found.get(TRACEPARENT, "")):
        return ()
    return tuple((name.decode("ascii"), value) for name, value in sorted(found.items()))
