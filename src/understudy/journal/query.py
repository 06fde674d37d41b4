"""Filters: which entries somebody asks for, and which condition an entry fails."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, Final
from urllib.parse import unquote

from msgspec import Struct, field

from understudy.globs import is_path, is_text
from understudy.journal.credentials import Secrets
from understudy.journal.entry import KINDS, OUTCOMES, Entry
from understudy.journal.redaction import pointed
from understudy.journal.shown import show
from understudy.json_values import at, equal
from understudy.media import json_codec
from understudy.messages import NOTHING
from understudy.pointers import escape

SHOWN: Final = 60  # characters of a value in a sentence
_STATUS = re.compile(r"[0-9]{3}|[1-5]xx")
_POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)*")


_FAULTS: Final[Mapping[bool | str, str]] = {True: "any", False: "none"}


class QueryInvalid(ValueError):
    """A filter or number of times that makes no sense.

    `field`: its name; `expected`: what it may be; `received`: what it is.
    """

    def __init__(self, field: str, expected: str, received: object) -> None:
        self.field, self.expected, self.received = field, expected, repr(received)
        super().__init__(f"{field} must be {expected}, got {received!r}")


class Absence(Enum):
    """Why there is nothing at a pointer into a body, each a phrase."""

    MEMBER = "absent"
    PARAMETER = "no parameter"
    BODY = "no body"
    JSON = "a body that is neither JSON nor a form"
    CUT = "a body of which only the beginning was kept"


class Condition(Struct, frozen=True):
    """A condition that an entry fails.

    name: `status`, or `body /currency`; expected, received: short displays.
    """

    name: str
    expected: str
    received: str

    def __str__(self) -> str:
        return f"{self.name}: expected {self.expected}, received {self.received}"


class Filter(Struct, frozen=True):
    """What entries must be like; what is left out is not asked for.

    operation: its operationId or its key, `post /accounts`; of a callback or webhook its name, with or
    without that word.
    method: in any case. path: as a glob, `*` within a segment and `**` across several, with or without the
    path its contract is mounted under. status: 404, or a class, `4xx`. fault: whether there was one, or its
    text, or the kind before its `=`.
    path_parameters: texts by name, in which `*` is any text.
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
    path_parameters: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    after: int = 0
    limit: int | None = None

    def __post_init__(self) -> None:
        """Check what was asked for."""
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
        return len(list(self._failing(entry))) + self._is_before(entry)

    def conditions(self, entry: Entry, secrets: Secrets | None = None) -> list[Condition]:
        """Return the conditions that an entry fails, the cheap ones first, without showing credentials."""
        known = secrets or Secrets()
        shown = show(entry, known)
        texts = {"path": shown.path, "fault": entry.fault or "none"}
        failed: list[Condition] = []
        if self._is_before(entry):
            failed.append(Condition("after", f"a number above {self.after}", str(entry.number)))
        for name, expected, received in self._failing(entry):
            kind, _, pointer = name.partition(" ")
            if kind == "body":
                there = received
                if not isinstance(there, Absence):
                    there = _member(shown.request.value, pointer)
                failed.append(
                    Condition(name, display(known, pointer, expected), display(known, pointer, there))
                )
            elif kind == "pathParameters":
                place = f"/{escape(pointer)}"
                said = (display(known, place, expected), display(known, place, received))
                failed.append(Condition(name, *said))
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
        if self.path and not _has_path(entry, self.path):
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
            yield "fault", _FAULTS.get(self.fault, self.fault), entry.fault or "none"
        if self.path_parameters:
            yield from self._failing_in_path(entry)
        if self.body:
            yield from self._failing_in_body(entry)

    def _failing_in_path(self, entry: Entry) -> Iterator[tuple[str, Any, Any]]:
        there = _parameters(entry)
        for name, wanted in self.path_parameters.items():
            received = there.get(name)
            if received is None:
                yield f"pathParameters {name}", wanted, Absence.PARAMETER
            elif not is_text(received, str(wanted)):
                yield f"pathParameters {name}", wanted, received

    def _failing_in_body(self, entry: Entry) -> Iterator[tuple[str, Any, Any]]:
        value = _body(entry)
        for pointer, expected in self.body.items():
            received = _member(value, pointer)
            if isinstance(received, Absence) or not equal(expected, received):
                yield f"body {pointer}", expected, received


# ---- values


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
        if entry.is_request_cut:
            return Absence.CUT
        return Absence.JSON
    return value


def _member(body: Any, pointer: str) -> Any:
    """Return what a pointer leads to in a body, or why there is nothing."""
    if isinstance(body, Absence):
        return body
    value = at(body, pointer)
    if value is NOTHING:
        return Absence.MEMBER
    return value


def _short(text: str) -> str:
    if len(text) <= SHOWN:
        return text
    return f"{text[: SHOWN - 1]}…"


# ---- conditions


def spelt(operation: str) -> str:
    """Return what an operation goes by as the journal has it: of a key the method in lower case."""
    method, space, path = operation.partition(" ")
    if space:
        return f"{method.lower()} {path}"
    return operation


def _is_operation(wanted: str, entry: Entry) -> bool:
    if spelt(wanted) in (spelt(entry.operation_id), entry.operation):
        return True
    return (
        entry.kind == "callback" and wanted == entry.operation.partition(" ")[2]
    )  # `webhook order.created` goes by its name too


def _is_fault(wanted: bool | str, fault: str) -> bool:
    if isinstance(wanted, bool):
        return wanted is bool(fault)
    parts = fault.split(", ")
    kinds = [part.partition("=")[0] for part in parts]
    return wanted in (fault, *parts, *kinds)


def _parameters(entry: Entry) -> Mapping[str, str]:
    """Return the parameters of an entry's path that are a segment each, decoded."""
    declared = entry.operation.partition(" ")[2].rstrip("/").split("/")
    sent = entry.path.rstrip("/").split("/")
    found: dict[str, str] = {}
    for segment, text in zip(reversed(declared), reversed(sent), strict=False):
        if segment.startswith("{") and segment.endswith("}"):
            found[segment[1:-1]] = unquote(text)
    return found


def _has_path(entry: Entry, glob: str) -> bool:
    """Tell whether a path is what a glob says, as it came or decoded, with or without what its contract is
    mounted under.
    """
    mount = f"/{entry.api}/"
    for path in (entry.path, unquote(entry.path)):
        if is_path(path, glob):
            return True
        if path.startswith(mount) and is_path(path[len(mount) - 1 :], glob):
            return True
    return False
