"""Which calls a rule is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from understudy.faults.buckets import Limit
from understudy.globs import is_path, is_text
from understudy.json_values import at, equal
from understudy.messages import NOTHING


@dataclass(slots=True)
class Call:
    """A call as far as rules ask about it.

    api: the contract's name. operation: its key; operation_id: its operationId. method: upper case.
    path: from the host on, without a session's prefix, each segment decoded but for `%2F`. base_path: that of
    the API in it.
    headers: as on the wire, the names in lower case. body: its decoded value, or NOTHING where it has none or
    nobody asked for it.
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

    api: the contract's name. operation: an operationId or a key such as `get /accounts/{id}`. method: in any
    case.
    path: a glob, `*` within a segment and `**` for any number of segments, for the whole path or for that
    within the API.
    headers: by name in any case, a value or a glob in which `*` is any text; of a header that comes twice one
    has to match.
    body: by JSON pointer, the value that must stand there.
    """

    api: str = ""
    operation: str = ""
    method: str = ""
    path: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)

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
        if not self.holds_before_body(call):
            return False
        return all(equal(at(call.body, pointer), value) for pointer, value in self.body.items())

    def _has_path(self, call: Call) -> bool:
        """Tell whether the whole path, or that within the API, is what the glob says."""
        return is_path(call.path, self.path) or is_path(call.path.removeprefix(call.base_path), self.path)


def _has_header(call: Call, name: str, value: str) -> bool:
    wanted = name.lower().encode("latin-1", "replace")
    return any(key == wanted and is_text(text.decode("latin-1"), value) for key, text in call.headers)
