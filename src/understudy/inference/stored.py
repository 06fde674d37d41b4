"""Stored values: what a record of an inferred resource keeps, and how one is read that somebody put there as a plain object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from understudy.state.store import Value

_FLAGS: Final[Mapping[str, Any]] = {"made": False, "created": True, "borrowed": False}


def whole(value: Value) -> Value:
    """Return all of a stored value.

    It has what was `sent`, the `item` as the contract shows it, whether all of it was `made` up, and whether it was `created` (by a
    caller or by populating) and does not exist only for being asked for or put; and whether its id is `borrowed`: the server's to
    give, and sent all the same. A plain object, put there by the admin API, is an item that somebody created.
    """
    if isinstance(value.get("item"), dict) and value.keys() <= {"sent", "item", *_FLAGS}:
        return {"sent": {}, **_FLAGS, **value}
    return {"sent": value, "item": value, **_FLAGS}


def fields(value: Value) -> dict[str, Any]:
    """Return the members of an item, those included that the contract has no place for."""
    known = whole(value)
    return {**known["sent"], **known["item"]}
