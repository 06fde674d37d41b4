"""Filters: which entries somebody asks for, and which condition an entry fails."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final
from urllib.parse import unquote

from understudy.journal.credentials import Secrets
from understudy.journal.entry import KINDS, OUTCOMES, Entry
from understudy.journal.redaction import pointed
from understudy.journal.shown import show
from understudy.media import json_codec
from understudy.messages import NOTHING
from understudy.pointers import tokens

SHOWN: Final = 60  # characters of a value in a sentence
_INDEX = re.compile(r"0|[1-9][0-9]*")
_STATUS = re.compile(r"[0-9]{3}|[1-5]xx")
_POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)*")
_WILD = re.compile(r"(/\*\*/|/\*\*\Z|\*\*|\*)")
_PATTERNS = {"/**/": "/(?:.*/)?", "/**": "(?:/.*)?", "**": ".*", "*": "[^/]*"}


class QueryInvalid(ValueError):
    """A filter or number of times that makes no sense. `field`: its name; `expected`: what it may be; `received`: what it is."""

    def __init__(self, field: str, expected: str, received: object) -> None:
        self.field, self.expected, self.received = field, expected, repr(received)
        super().__init__(f"{field} must be {expected}, got {received!r}")


class Absence(Enum):
    """Why there is nothing at a pointer into a body, each a phrase."""

    MEMBER = "absent"
    BODY = "no body"
    JSON = "a body that is neither JSON nor a form"
    CUT = "a body of which only the beginning was kept"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that an entry fails. name: `status`, or `body /currency`; expected, received: short displays."""

    name: str
    expected: str
    received: str

    def __str__(self) -> str:
        return f"{self.name}: expected {self.expected}, received {self.received}"


@dataclass(frozen=True, slots=True)
class Filter:
    """What entries must be like; what is left out is not asked for.

    operation: its operationId or its key, `post /accounts`; of a callback or webhook its name, with or without that word.
    method: in any case. path: as a glob, `*` within a segment and `**` across several, with or without the path its contract is
    mounted under. status: 404, or a class, `4xx`. fault: whether there was one, or its text, or the kind before its `=`.
    body: values in the request's body by JSON pointer (RFC 6901); those of a form are strings.
    after: only entries with a higher number. limit: how many `select` returns at most.
    Raises QueryInvalid.
    """

    api: str = ""
    operation: str = ""
    method: str = ""
    path: str = ""
    status: int | str | None = None
    outcome: str = ""
    kind: str = ""
    fault: bool | str | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    after: int = 0
    limit: int | None = None
    _path: re.Pattern[str] | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check what was asked for, and compile the path."""
        if self.status is not None and (
            isinstance(self.status, bool) or not _STATUS.fullmatch(str(self.status).lower())
        ):
            raise QueryInvalid("status", "a status such as 404, or a class such as 4xx", self.status)
        if self.outcome and self.outcome not in OUTCOMES:
            raise QueryInvalid("outcome", f"one of {', '.join(OUTCOMES)}", self.outcome)
        if self.kind and self.kind not in KINDS:
            raise QueryInvalid("kind", f"one of {', '.join(KINDS)}", self.kind)
        if self.after < 0:
            raise QueryInvalid("after", "0 or more", self.after)
        if self.limit is not None and self.limit < 0:
            raise QueryInvalid("limit", "0 or more", self.limit)
        for pointer in self.body:
            if not _POINTER.fullmatch(pointer):
                raise QueryInvalid("body", "a mapping from JSON pointers such as /currency", pointer)
        object.__setattr__(self, "_path", _glob(self.path) if self.path else None)

    def matches(self, entry: Entry) -> bool:
        """Tell whether an entry meets every condition."""
        return not self._is_before(entry) and next(self._failing(entry), None) is None

    def select(self, entries: Iterable[Entry]) -> list[Entry]:
        """Return the entries that match, in the order given, `limit` of them at most."""
        found: list[Entry] = []
        for entry in entries:
            if self.limit is not None and len(found) >= self.limit:
                break
            if self.matches(entry):
                found.append(entry)
        return found

    def failures(self, entry: Entry) -> int:
        """Count the conditions that an entry fails."""
        return sum(1 for _ in self._failing(entry)) + self._is_before(entry)

    def conditions(self, entry: Entry, secrets: Secrets | None = None) -> list[Condition]:
        """Return the conditions that an entry fails, the cheap ones first, without showing credentials."""
        known = secrets or Secrets()
        shown = show(entry, known)
        texts = {"path": shown.path, "fault": shown.fault or "none"}
        failed = (
            [Condition("after", f"a number above {self.after}", str(entry.number))]
            if self._is_before(entry)
            else []
        )
        for name, expected, received in self._failing(entry):
            kind, _, pointer = name.partition(" ")
            if kind == "body":
                there = received if isinstance(received, Absence) else at(shown.request.value, pointer)
                failed.append(
                    Condition(name, display(known, pointer, expected), display(known, pointer, there))
                )
            else:
                failed.append(Condition(name, _short(str(expected)), _short(texts.get(name, str(received)))))
        return failed

    def _is_before(self, entry: Entry) -> bool:
        return bool(self.after) and entry.number <= self.after

    def _failing(self, entry: Entry) -> Iterator[tuple[str, Any, Any]]:
        """Yield the name of each condition that fails, with what was expected and what is there."""
        if self.api and entry.api != self.api:
            yield "api", self.api, entry.api or "none"
        if self.operation and not _is_operation(self.operation, entry):
            yield "operation", self.operation, entry.operation_id or entry.operation or "none"
        if self.method and entry.method.upper() != self.method.upper():
            yield "method", self.method.upper(), entry.method
        if self._path and not _is_path(self._path, entry):
            yield "path", self.path, entry.path
        if self.status is not None and str(self.status).lower() not in (
            str(entry.status),
            f"{entry.status // 100}xx",
        ):
            yield "status", self.status, entry.status or "a cut connection"
        if self.outcome and entry.outcome != self.outcome:
            yield "outcome", self.outcome, entry.outcome
        if self.kind and entry.kind != self.kind:
            yield "kind", self.kind, entry.kind
        if self.fault is not None and not _is_fault(self.fault, entry.fault):
            yield (
                "fault",
                self.fault if isinstance(self.fault, str) else ("any" if self.fault else "none"),
                entry.fault or "none",
            )
        if self.body:
            yield from self._failing_in_body(entry)

    def _failing_in_body(self, entry: Entry) -> Iterator[tuple[str, Any, Any]]:
        value = _body(entry)
        for pointer, expected in self.body.items():
            received = value if isinstance(value, Absence) else at(value, pointer)
            if isinstance(received, Absence) or not equal(expected, received):
                yield f"body {pointer}", expected, received


# ---- values


def at(value: Any, pointer: str) -> Any:
    """Return what a JSON pointer (RFC 6901) leads to in a value, or Absence.MEMBER."""
    for token in tokens(pointer):
        if isinstance(value, Mapping) and token in value:
            value = value[token]
        elif (
            isinstance(value, list)
            and _INDEX.fullmatch(token)
            and len(token) < 10
            and int(token) < len(value)
        ):
            value = value[int(token)]
        else:
            return Absence.MEMBER
    return value


def equal(one: Any, other: Any) -> bool:
    """Compare JSON values: numbers by what they are worth, and `true` is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(equal(member, other[name]) for name, member in one.items())
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(equal, one, other))
    return bool(one == other)


def display(secrets: Secrets, pointer: str, value: Any) -> str:
    """Show the value at a pointer into a body, without credentials, in SHOWN characters at most."""
    if isinstance(value, Absence):
        return str(value.value)
    try:
        return _short(json_codec.encode(pointed(secrets, pointer, value)).decode())
    except (TypeError, ValueError):  # expected by a program, and no JSON value
        return _short(repr(value))


def _body(entry: Entry) -> Any:
    if not entry.request_size:
        return Absence.BODY
    value = entry.request_json
    if value is NOTHING:
        return Absence.CUT if entry.is_request_cut else Absence.JSON
    return value


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


# ---- conditions


def spelt(operation: str) -> str:
    """Return what an operation goes by as the journal has it: of a key the method in lower case."""
    method, space, path = operation.partition(" ")
    return f"{method.lower()} {path}" if space else operation


def _is_operation(wanted: str, entry: Entry) -> bool:
    if spelt(wanted) in (spelt(entry.operation_id), entry.operation):
        return True
    return (
        entry.kind == "callback" and wanted == entry.operation.partition(" ")[2]
    )  # `webhook order.created` goes by its name too


def _is_fault(wanted: bool | str, fault: str) -> bool:
    if isinstance(wanted, bool):
        return wanted is bool(fault)
    return wanted == fault or any(wanted in (part, part.partition("=")[0]) for part in fault.split(", "))


def _is_path(pattern: re.Pattern[str], entry: Entry) -> bool:
    ways = {entry.path, unquote(entry.path)}
    mount = f"/{entry.api}/"
    return any(
        pattern.fullmatch(way) or (way.startswith(mount) and pattern.fullmatch(way[len(mount) - 1 :]))
        for way in ways
    )


def _glob(path: str) -> re.Pattern[str]:
    return re.compile(
        "".join(_PATTERNS.get(piece) or re.escape(piece) for piece in _WILD.split(path)), re.DOTALL
    )
