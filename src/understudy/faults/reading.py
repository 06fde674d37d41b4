"""Fault rules as the admin API writes them: JSON to rules and back."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final

from understudy.errors import Failure, RequestInvalid, show
from understudy.faults.kinds import (
    BODILESS,
    LONGEST,
    AfterWrite,
    Empty,
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
from understudy.faults.matching import Match
from understudy.faults.rules import Rule, Standing
from understudy.messages import NOTHING
from understudy.pointers import escape

ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
KINDS: Final = (
    "status",
    "latency",
    "throttle",
    "reset",
    "empty",
    "truncate",
    "malformed",
    "rate-limit",
    "after-write",
    "normal",
)
MOST: Final = 1_000_000_000
"""The largest number of calls, bytes or requests that can be said."""

_MEMBERS: Final = ("id", "match", "fault", "sequence", "repeat", "probability", "times")
_COUNTS: Final = (
    "calls",
    "turns",
    "hits",
    "remaining",
)  # what the admin API adds; who sends them back means nothing by it
_CONDITIONS: Final = ("api", "operation", "method", "path", "headers", "body")


def read_rule(value: Any) -> Rule:
    """Read a rule. Raises RequestInvalid, naming each value that is wrong with what it could be."""
    return read_standing(value, counts=False).rule


def read_standing(value: Any, pointer: str = "", *, counts: bool = True) -> Standing:
    """Read a rule and, with `counts`, what came of it so far, as snapshots have it. Raises RequestInvalid.

    pointer: where the value stands in the body.
    """
    failures: list[Failure] = []
    place = _Place(value, pointer, failures)
    if place.is_object(_MEMBERS, ignored=_COUNTS):
        standing = Standing(_rule(place))
        for name in ("calls", "turns", "hits") if counts else ():
            if place.has(name):
                setattr(standing, name, place.number(name, 0, MOST, whole=True))
        if not failures:
            return standing
    raise RequestInvalid(failures)


def check_operation(rule: Rule, operations: Mapping[str, Collection[str]]) -> None:
    """Raise RequestInvalid for a rule about an API or an operation that there is not, and which so could never strike.

    operations: the keys and operationIds of each API, by its name.
    """
    match = rule.match
    if match.api and match.api not in operations:
        raise RequestInvalid(
            [Failure("body", "/match/api", "enum", f"one of {', '.join(operations)}", show(match.api))]
        )
    known = operations[match.api] if match.api else {name for names in operations.values() for name in names}
    if match.operation and match.operation not in known:
        near = difflib.get_close_matches(match.operation, sorted(known), n=3, cutoff=0.4)
        hint = f"; the nearest are {', '.join(near)}" if near else ""
        expected = f"an operationId or a key of {match.api or 'an API'}, such as 'get /accounts/{{id}}'{hint}"
        raise RequestInvalid([Failure("body", "/match/operation", "enum", expected, show(match.operation))])


@dataclass(slots=True)
class _Place:
    """A value of the JSON, where it stands, and the failures found so far."""

    value: Any
    pointer: str
    failures: list[Failure] = field(repr=False)

    def refuse(self, rule: str, expected: str) -> None:
        came = "" if rule == "required" else show(self.value)
        self.failures.append(Failure("body", self.pointer, rule, expected, came))

    def below(self, name: str | int) -> _Place:
        value = self.value[name] if isinstance(name, int) else self.value.get(name)
        return _Place(value, f"{self.pointer}/{escape(str(name))}", self.failures)

    def has(self, *names: str) -> bool:
        return all(name in self.value for name in names)

    def is_object(
        self, names: Collection[str], required: Collection[str] = (), ignored: Collection[str] = ()
    ) -> bool:
        """Tell whether it is an object with all it needs; members it may not have and those that are missing join the failures."""
        if not isinstance(self.value, dict):
            self.refuse("type", "an object")
            return False
        for name in self.value:
            if name not in names and name not in ignored:
                _Place(name, f"{self.pointer}/{escape(str(name))}", self.failures).refuse(
                    "additionalProperties", _one_of(names)
                )
        for name in required:
            if name not in self.value:
                self.below(name).refuse("required", "present")
        return all(name in self.value for name in required)

    def number(self, name: str, low: float, high: float, *, whole: bool = False, over: bool = False) -> Any:
        """Return a member that is a number from `low` (with `over`: more than that) to `high`; `low` where it is none."""
        place = self.below(name)
        value = place.value
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)
        if (
            is_number
            and (not whole or value == int(value))
            and low <= value <= high
            and not (over and value == low)
        ):
            return int(value) if whole else value
        start = f"more than {low:g} and" if over else f"{low:g} to"
        place.refuse(
            "range",
            f"{'a whole number, ' if whole else 'a number, '}{start} {'at most ' if over else ''}{high:g}",
        )
        return low

    def text(self, name: str) -> str:
        """Return a member that is a string which is not empty; empty where it is absent."""
        place = self.below(name)
        if self.has(name) and not (isinstance(place.value, str) and place.value):
            place.refuse("type", "a string that is not empty")
        return place.value if isinstance(place.value, str) else ""


def _rule(place: _Place) -> Rule:
    rule_id = place.text("id")
    if rule_id and not ID.fullmatch(rule_id):
        place.below("id").refuse("pattern", "1 to 64 of A-Z a-z 0-9 . _ -")
    match = _match(place.below("match")) if place.has("match") else Match()
    faults = _faults(place)
    repeat = place.has("fault")
    if place.has("repeat"):
        asked = place.below("repeat")
        if place.has("fault"):
            asked.refuse("dependentRequired", "absent: only a sequence is repeated")
        elif not isinstance(asked.value, bool):
            asked.refuse("type", "true or false")
        else:
            repeat = asked.value
    probability = place.number("probability", 0, 1, over=True) if place.has("probability") else 1.0
    times = place.number("times", 1, MOST, whole=True) if place.has("times") else None
    return Rule(faults, match, rule_id, repeat, probability, times)


def _faults(place: _Place) -> tuple[Fault, ...]:
    if place.has("fault", "sequence"):
        place.below("sequence").refuse("oneOf", "absent where `fault` is given")
        return ()
    if not place.has("sequence"):
        if not place.has("fault"):
            place.below("fault").refuse("required", "present, or `sequence` in its place")
            return ()
        return (_fault(place.below("fault")),)
    turns = place.below("sequence")
    if not isinstance(turns.value, list) or not 1 <= len(turns.value) <= 1000:
        turns.refuse("minItems", "a list of 1 to 1000 faults")
        return ()
    return tuple(_fault(turns.below(index)) for index in range(len(turns.value)))


def _match(place: _Place) -> Match:
    if not place.is_object(_CONDITIONS):
        return Match()
    operation = place.text("operation")
    method, space, path = operation.partition(" ")
    headers, body = place.below("headers"), place.below("body")
    if place.has("headers") and headers.is_object(headers.value or ()):
        for name in headers.value:
            headers.text(name)
    if place.has("body") and body.is_object(body.value or ()):
        for pointer in body.value:
            if pointer and not pointer.startswith("/"):
                _Place(pointer, body.below(pointer).pointer, place.failures).refuse(
                    "format", "a JSON pointer, such as /currency"
                )
    return Match(
        api=place.text("api"),
        operation=f"{method.lower()} {path}" if space else operation,
        method=place.text("method").upper(),
        path=place.text("path"),
        headers=dict(headers.value) if isinstance(headers.value, dict) else {},
        body=dict(body.value) if isinstance(body.value, dict) else {},
    )


# ---- faults


def _fault(place: _Place, kinds: Collection[str] = KINDS) -> Fault:
    if not isinstance(place.value, dict):
        place.refuse("type", "an object")
        return Nothing()
    kind = place.value.get("kind")
    if kind not in kinds:
        place.below("kind").refuse("enum" if place.has("kind") else "required", _one_of(kinds))
        return Nothing()
    match kind:
        case "status":
            return _status(place)
        case "latency":
            return _latency(place)
        case "throttle":
            is_whole = place.is_object(("kind", "bytesPerSecond"), ("bytesPerSecond",))
            return Throttle(place.number("bytesPerSecond", 1, MOST, whole=True)) if is_whole else Nothing()
        case "truncate":
            place.is_object(("kind", "after"))
            return Truncate(place.number("after", 0, MOST, whole=True) if place.has("after") else None)
        case "rate-limit":
            return _rate_limit(place)
        case "after-write":
            is_whole = place.is_object(("kind", "then"), ("then",))
            then = _fault(place.below("then"), ("reset", "empty", "status")) if is_whole else None
            return AfterWrite(then) if isinstance(then, (Reset, Empty, Status)) else Nothing()
    place.is_object(("kind",))
    return _ALONE[str(kind)]


_ALONE: Final[Mapping[str, Fault]] = {
    "reset": Reset(),
    "empty": Empty(),
    "malformed": Malformed(),
    "normal": Nothing(),
}


def _status(place: _Place) -> Fault:
    if not place.is_object(("kind", "status", "body"), ("status",)):
        return Nothing()
    status = place.number("status", 200, 599, whole=True)
    if status in BODILESS and place.has("body"):
        place.below("body").refuse("status", f"absent: an answer of the status {status} has no body")
    return Status(status, place.value.get("body", NOTHING))


def _latency(place: _Place) -> Fault:
    """Read one of the three forms, each known by its first member."""
    if place.has("minimum") or place.has("maximum"):
        if not place.is_object(("kind", "minimum", "maximum"), ("minimum", "maximum")):
            return Nothing()
        low, high = place.number("minimum", 0, LONGEST), place.number("maximum", 0, LONGEST)
        if low > high:
            place.below("maximum").refuse("minimum", f"at least the minimum, {low:g}")
        return Latency(low, high)
    if place.has("median") or place.has("sigma"):
        if not place.is_object(("kind", "median", "sigma"), ("median", "sigma")):
            return Nothing()
        return LogNormalLatency(place.number("median", 0, LONGEST), place.number("sigma", 0, MOST))
    is_whole = place.is_object(
        ("kind", "milliseconds", "minimum", "maximum", "median", "sigma"), ("milliseconds",)
    )
    return Latency(place.number("milliseconds", 0, LONGEST)) if is_whole else Nothing()


def _rate_limit(place: _Place) -> Fault:
    members = ("kind", "requests", "seconds", "burst")
    if not any(place.has(name) for name in members[1:]):
        return RateLimit()
    if not place.is_object(members, ("requests", "seconds")):
        return Nothing()
    burst = place.number("burst", 1, MOST, whole=True) if place.has("burst") else None
    return RateLimit(
        place.number("requests", 1, MOST, whole=True), place.number("seconds", 0, MOST, over=True), burst
    )


def _one_of(names: Collection[str]) -> str:
    return f"one of {', '.join(names)}"
