"""Which calls a rule is about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from understudy.faults.buckets import Limit
from understudy.messages import NOTHING
from understudy.pointers import tokens


@dataclass(slots=True)
class Call:
    """A call as far as rules ask about it.

    api: the contract's name. operation: its key; operation_id: its operationId. method: upper case.
    path: from the host on, without a session's prefix, each segment decoded but for `%2F`. base_path: that of the API in it.
    headers: as on the wire, the names in lower case. body: its decoded value, or NOTHING where it has none or nobody asked for it.
    key: the caller's credential, empty where there is none. limits: those the vendor states for this API.
    now: seconds from any fixed moment on, for the limits.
    """

    api: str
    operation: str
    operation_id: str
    method: str
    path: str
    base_path: str = ""
    headers: Sequence[tuple[bytes, bytes]] = ()
    body: Any = NOTHING
    key: str = field(default="", repr=False)
    limits: tuple[Limit, ...] = ()
    now: float = 0.0


@dataclass(frozen=True, slots=True)
class Match:
    """Conditions, of which each that is given must hold; without any, every call matches.

    api: the contract's name. operation: an operationId or a key such as `get /accounts/{id}`. method: in any case.
    path: a glob, `*` within a segment and `**` for any number of segments, for the whole path or for that within the API.
    headers: by name in any case, a value or a glob in which `*` is any text; of a header that comes twice one has to match.
    body: by JSON pointer, the value that must stand there.
    """

    api: str = ""
    operation: str = ""
    method: str = ""
    path: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def needs_body(self) -> bool:
        """Tell whether the body has to be read for it."""
        return bool(self.body)

    def holds_before_body(self, call: Call) -> bool:
        """Tell whether all conditions hold that do not look at the body."""
        return (
            (not self.api or self.api == call.api)
            and (not self.operation or self.operation in (call.operation_id, call.operation))
            and (not self.method or self.method.upper() == call.method)
            and (not self.path or self._has_path(call))
            and all(_has_header(call, name, value) for name, value in self.headers.items())
        )

    def holds(self, call: Call) -> bool:
        """Tell whether all conditions hold."""
        return self.holds_before_body(call) and all(
            same(at(call.body, pointer), value) for pointer, value in self.body.items()
        )

    def _has_path(self, call: Call) -> bool:
        wanted = self.path.split("/")
        return _are_segments(wanted, call.path.split("/")) or (
            bool(call.base_path) and _are_segments(wanted, call.path[len(call.base_path) :].split("/"))
        )


def is_like(text: str, glob: str) -> bool:
    """Tell whether a text is what a glob says, in which `*` is any text, also none, and all else stands for itself."""
    return fnmatchcase(text, re.sub(r"[?\[]", r"[\g<0>]", glob))


def at(value: Any, pointer: str) -> Any:
    """Return what stands at a JSON pointer (RFC 6901), NOTHING where there is nothing."""
    for token in tokens(pointer):
        if isinstance(value, dict):
            value = value.get(token, NOTHING)
        elif (
            isinstance(value, list) and re.fullmatch(r"0|[1-9][0-9]{0,9}", token) and int(token) < len(value)
        ):
            value = value[int(token)]
        else:
            return NOTHING
    return value


def same(one: Any, other: Any) -> bool:
    """Tell whether two JSON values are the same: 1 and 1.0 are, 1 and true are not."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def _has_header(call: Call, name: str, value: str) -> bool:
    wanted = name.lower().encode("latin-1", "replace")
    return any(key == wanted and is_like(text.decode("latin-1"), value) for key, text in call.headers)


def _are_segments(wanted: list[str], found: list[str]) -> bool:
    """Match a path with a glob segment by segment; only the last `**` that was passed has ever to be gone back to."""
    at_wanted = at_found = resume = 0
    spanning = -1
    while at_found < len(found):
        if at_wanted < len(wanted) and wanted[at_wanted] == "**":
            spanning, resume = at_wanted, at_found
            at_wanted += 1
        elif at_wanted < len(wanted) and is_like(found[at_found], wanted[at_wanted]):
            at_wanted += 1
            at_found += 1
        elif spanning >= 0:
            resume += 1
            at_wanted, at_found = spanning + 1, resume
        else:
            return False
    return all(segment == "**" for segment in wanted[at_wanted:])
