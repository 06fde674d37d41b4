"""Lifecycle: what an item that was just made says of its own past and state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from understudy.inference.resources import Bodies
from understudy.names import fold
from understudy.schemas.shape import Shape
from understudy.state.clock import iso
from understudy.state.store import Value

_GOINGS: Final = ("deleted", "archived", "discarded", "trashed", "purged")
_ENDS: Final = (
    "terminated",
    "cancelled",
    "canceled",
    "voided",
    "revoked",
    "expired",
    "closed",
    "completed",
    "finished",
    "failed",
    "rejected",
)
GONE: Final = frozenset(
    {
        "deleted",
        "is_deleted",
        "isDeleted",
        *(f"{end}{ending}" for end in _GOINGS for ending in ("_at", "At", "_on", "On")),
    }
)
"""Members that only speak of what is no more; a record that is there goes without them."""
OVER: Final = GONE | {f"{end}{ending}" for end in _ENDS for ending in ("_at", "At", "_on", "On")}
"""Members that speak of an end; an item that was just made goes without them."""
CREATED: Final = frozenset(
    {"created", "createdat", "createdon", "creationdate", "creationtime", "createdate", "datecreated", "createddate",
     "createtime"}
)  # fmt: skip
UPDATED: Final = frozenset(
    {"updated", "updatedat", "updatedon", "modified", "modifiedat", "lastmodified", "updatetime", "lastupdated", "dateupdated"}
)  # fmt: skip
_BEGINNINGS: Final = (
    "new", "draft", "created", "pending", "initial", "initialized", "initiated", "open", "opened", "queued", "requested", "submitted",
    "scheduled", "waiting", "received", "registered", "active", "enabled", "available", "authorised", "authorized", "live",
)  # fmt: skip
"""States that things begin in, the earliest first."""
_ENDED: Final = frozenset(
    {*_GOINGS, *_ENDS, "void", "removed", "destroyed", "inactive", "disabled", "suspended", "declined", "denied", "stopped", "done",
     "succeeded", "refunded", "paid", "resolved", "error", "aborted", "lost", "merged"}
)  # fmt: skip


def beginnings(item: Mapping[str, Any], shape: Shape, bodies: Bodies) -> Iterator[tuple[str, Any]]:
    """Yield the states of an item, `status` and the like, as they are when it has just been made: the earliest the contract names."""
    for name, parts in shape.declared.items():
        if item.get(name) is True and fold(name).removeprefix("is") in _ENDED:
            yield name, False
        if not parts or not fold(name).endswith(("status", "state")) or item.get(name) is None:
            continue
        member = bodies.whole(parts)
        states = {fold(one): one for one in member.constants or () if isinstance(one, str)}
        if not states or member.defaults:
            continue
        first = next((states[one] for one in _BEGINNINGS if one in states), None)
        if first is not None:
            yield name, first
        elif fold(str(item[name])) in _ENDED:
            yield from [(name, state) for folded, state in states.items() if folded not in _ENDED][:1]


def stamp(value: Value, names: frozenset[str], moment: datetime) -> None:
    """Put the sandbox's time where an item says when it was created or changed, written as it was there."""
    item = value["item"]
    for name in item.keys() - value["sent"].keys():
        if fold(name) in names:
            item[name] = _written(item[name], moment)


def _written(before: Any, moment: datetime) -> Any:
    """Write a moment as another one is written: as text with as many decimals, or as seconds since 1970."""
    if isinstance(before, int) and not isinstance(before, bool) and 10**9 <= before < 10**10:
        return int(moment.timestamp())
    if isinstance(before, str) and "T" in before and before.endswith("Z"):
        return iso(moment, min(len(before.partition(".")[2].rstrip("Z")), 6))
    return before
