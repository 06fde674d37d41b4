"""Stamps: the sandbox's time where an item says when it was created or changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from understudy.names import fold
from understudy.pointers import put, reached, steps
from understudy.state.clock import iso

_EDITED: Final = ("edited", "lastedited")
_SECONDS: Final = range(10**9, 10**10)
"""What an integer is taken for seconds since 1970 in: the years 2001 to 2286."""
_MILLISECONDS: Final = range(10**12, 10**13)
"""The same in milliseconds."""


def stamp(
    item: dict[str, Any],
    stamps: Mapping[str, str],
    moment: datetime,
    sent: Collection[str],
    *,
    is_new: bool,
) -> None:
    """Put the time of a write into the members that speak of it, unless the caller said what is there.

    stamps: `created` or `updated` by the name of a member, or by its place in an object; what was created
    keeps its time when it is changed.
    """
    for name, word in stamps.items():
        if not (is_new or word == "updated"):
            continue
        place = steps(name)
        told, said = reached(item, place[:-1]), reached(sent, place[:-1])
        if isinstance(told, dict) and place[-1] in told and place[-1] not in (said or ()):
            item.update(put(item, place, _written(told[place[-1]], moment)))


def is_edit(name: str) -> bool:
    """Tell whether a member says when an item was changed by whoever wrote it, `edited_at`, which a new one
    does not say.
    """
    return fold(name).startswith(_EDITED)


def _written(before: Any, moment: datetime) -> Any:
    """Write a moment as another one is written: as text with as many decimals, or as seconds or milliseconds
    since 1970.
    """
    if isinstance(before, int) and not isinstance(before, bool):
        if before in _SECONDS:
            return int(moment.timestamp())
        if before in _MILLISECONDS:
            return int(moment.timestamp() * 1000)
    if isinstance(before, str) and "T" in before and before.endswith("Z"):
        decimals = len(before.partition(".")[2].rstrip("Z"))
        return iso(moment, min(decimals, 6))
    return before
