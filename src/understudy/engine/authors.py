"""Authors: the user who makes an item, as a member of it says them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.engine.binding import BoundCollection
from understudy.engine.identity import as_kind, sent_of
from understudy.messages import NOTHING
from understudy.model.vocabulary import IDS, NAMES_OF_CALLERS, NAMES_OF_ONE
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
        key = _id_of(users, record)
        return int(key) if key.isdigit() else NOTHING
    if fold(name).endswith("id") or shape.format == "uuid":
        return as_kind(_id_of(users, record), shape.kind)
    if fold(name) in NAMES_OF_CALLERS:
        return _called({**sent_of(record), **record.value}) or NOTHING
    login = users.collection.login
    ranked = sorted(login, key=lambda member: ("mail" in member.lower()) != (shape.format == "email"))
    for member in ranked:
        if isinstance(record.value.get(member), str):
            return record.value[member]
    return record.key


def _id_of(users: BoundCollection, record: Record) -> str:
    """Return the id that a user has: where paths find users by a name, the one that stands beside it."""
    if fold(users.collection.id.member) in NAMES_OF_ONE:
        for member, value in record.value.items():
            if fold(member) in IDS and isinstance(value, (str, int)):
                return str(value)
    return record.key


def _called(user: Mapping[str, Any]) -> str:
    """Return how a user is called: by a whole name, else by its parts, else by that of the account or of the
    mailbox; "" where nothing tells.
    """
    said = {fold(name): value for name, value in user.items() if isinstance(value, str) and value}
    for word in ("name", "fullname", "displayname"):
        if word in said:
            return said[word]
    parts = [said[word] for word in ("firstname", "lastname") if word in said]
    return " ".join(parts) or said.get("username") or said.get("email", "").partition("@")[0]


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
