"""The Sandbox-Fault header: faults for a single call, as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from understudy.errors import Failure, RequestInvalid, show
from understudy.faults.kinds import (
    LONGEST,
    AfterWrite,
    Empty,
    Ending,
    Fault,
    Latency,
    LogNormalLatency,
    Malformed,
    Nothing,
    RateLimit,
    Reset,
    Status,
    Throttle,
    Truncate,
)

HEADER: Final = "Sandbox-Fault"

FORMS: Final = {
    "status": "status=200..599",
    "latency": "latency=300ms, latency=100..500ms or latency=lognormal(200ms,0.5), of at most one hour",
    "throttle": "throttle=2000, bytes a second",
    "reset": "reset",
    "empty": "empty",
    "truncate": "truncate or truncate=20, bytes",
    "malformed": "malformed",
    "rate-limit": "rate-limit, rate-limit=5/60s or rate-limit=5/60s;burst=10",
    "after-write": "after-write=reset, after-write=empty or after-write=200..599",
    "normal": "normal",
}
"""The kinds of faults, and how each is written."""

_ITEMS = re.compile(r"(?:[^,()]|\([^()]*\))+")
_NUMBER = r"([0-9]{1,9}(?:\.[0-9]{1,6})?)"
_WAIT = re.compile(rf"{_NUMBER}(ms|s)")
_RANGE = re.compile(rf"{_NUMBER}(ms|s)?\.\.{_NUMBER}(ms|s)")
_LOGNORMAL = re.compile(rf"lognormal\({_NUMBER}(ms|s)[ \t]*,[ \t]*{_NUMBER}\)", re.IGNORECASE)
_RATE = re.compile(rf"([0-9]{{1,9}})/{_NUMBER}s(?:[ \t]*;[ \t]*burst=([0-9]{{1,9}}))?")
_WHOLE = re.compile(r"[0-9]{1,9}")


def read_header(text: str) -> tuple[Fault, ...]:
    """Read the faults of a Sandbox-Fault header, separated by commas. Raises RequestInvalid, naming each that cannot be read."""
    faults: list[Fault] = []
    failures: list[Failure] = []
    for item in _items(text):
        try:
            faults.append(read_fault(item))
        except RequestInvalid as error:
            failures += error.failures
    ending = [fault.text for fault in faults if isinstance(fault, Ending)]
    if len(ending) > 1:
        failures.append(_failure("a single one of those that end a call", ", ".join(ending)))
    if not faults and not failures:
        failures.append(_failure(f"one of {', '.join(FORMS.values())}", text))
    if failures:
        raise RequestInvalid(failures)
    return tuple(faults)


def read_fault(text: str) -> Fault:
    """Read one fault, such as `status=503`. Raises RequestInvalid, naming how it could be written."""
    name, equals, value = (part.strip() for part in text.partition("="))
    kind = name.lower()
    if kind not in FORMS:
        raise RequestInvalid([_failure(f"one of {', '.join(FORMS)}", text)])
    fault = _READERS[kind](value) if bool(value) == bool(equals) else None
    if fault is None:
        raise RequestInvalid([_failure(FORMS[kind], text)])
    return fault


def _items(text: str) -> Iterator[str]:
    """Split at the commas outside of parentheses; what stands between them may also be none."""
    at = 0
    for found in _ITEMS.finditer(text):
        if text[at : found.start()].strip(", \t"):
            yield text[at : found.start()]
        if found[0].strip():
            yield found[0].strip()
        at = found.end()
    if text[at:].strip(", \t"):
        yield text[at:]


def _failure(expected: str, received: str) -> Failure:
    return Failure("header", f"/{HEADER}", "fault", expected, show(received))


# ---- one reader for each kind: the value's fault, or None where it is no such value


def _status(value: str) -> Status | None:
    return Status(int(value)) if re.fullmatch(r"[2-5][0-9][0-9]", value) else None


def _latency(value: str) -> Latency | LogNormalLatency | None:
    if found := _WAIT.fullmatch(value):
        wait = _milliseconds(found[1], found[2])
        return Latency(wait) if wait <= LONGEST else None
    if found := _RANGE.fullmatch(value):
        low, high = _milliseconds(found[1], found[2] or found[4]), _milliseconds(found[3], found[4])
        return Latency(low, high) if low <= high <= LONGEST else None
    if found := _LOGNORMAL.fullmatch(value):
        median, sigma = _milliseconds(found[1], found[2]), float(found[3])
        return LogNormalLatency(median, sigma) if median <= LONGEST else None
    return None


def _milliseconds(text: str, unit: str) -> float:
    return float(text) * (1000 if unit == "s" else 1)


def _throttle(value: str) -> Throttle | None:
    return Throttle(int(value)) if _WHOLE.fullmatch(value) and int(value) else None


def _truncate(value: str) -> Truncate | None:
    if not value:
        return Truncate()
    return Truncate(int(value)) if _WHOLE.fullmatch(value) else None


def _rate_limit(value: str) -> RateLimit | None:
    if not value:
        return RateLimit()
    found = _RATE.fullmatch(value)
    if found is None:
        return None
    requests, seconds, burst = int(found[1]), float(found[2]), int(found[3]) if found[3] else None
    return RateLimit(requests, seconds, burst) if requests and seconds and burst != 0 else None


def _after_write(value: str) -> AfterWrite | None:
    if value.lower() in ("reset", "empty"):
        return AfterWrite(Reset() if value.lower() == "reset" else Empty())
    status = _status(value)
    return AfterWrite(status) if status is not None else None


def _alone(fault: Fault) -> Callable[[str], Fault | None]:
    return lambda value: None if value else fault


_READERS: Final[dict[str, Callable[[str], Fault | None]]] = {
    "status": _status,
    "latency": _latency,
    "throttle": _throttle,
    "reset": _alone(Reset()),
    "empty": _alone(Empty()),
    "truncate": _truncate,
    "malformed": _alone(Malformed()),
    "rate-limit": _rate_limit,
    "after-write": _after_write,
    "normal": _alone(Nothing()),
}
