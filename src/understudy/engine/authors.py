"""Authors: the user who makes an item, as a member of it says them."""

from __future__ import annotations

from typing import Any

from understudy.engine.binding import BoundCollection
from understudy.engine.identity import as_kind
from understudy.messages import NOTHING
from understudy.names import fold
from understudy.schemas.shape import Shape
from understudy.state.store import Record


def made_by(users: BoundCollection, record: Record, name: str, shape: Shape) -> Any:
    """Return what a member says of a user: all that its object has room for, their id, or their name; NOTHING
    where it cannot say them.
    """
    if shape.kind == "object":
        return _shown(users, record, shape)
    if shape.kind == "integer":
        return int(record.key) if record.key.isdigit() else NOTHING
    if fold(name).endswith("id") or shape.format == "uuid":
        return as_kind(record.key, shape.kind)
    login = users.collection.login
    ranked = sorted(login, key=lambda member: ("mail" in member.lower()) != (shape.format == "email"))
    for member in ranked:
        if isinstance(record.value.get(member), str):
            return record.value[member]
    return record.key


def _shown(users: BoundCollection, record: Record, shape: Shape) -> Any:
    found = {member: value for member, value in record.value.items() if member in shape.declared}
    if not found:
        return NOTHING
    for member, begins in users.begins.items():
        if member in shape.declared:
            found.setdefault(member, begins)  # nobody follows themselves
    for member, kind in users.own.items():
        if member in shape.declared:
            found[member] = as_kind(record.key, kind)
    return found
