"""Holding: what the server says of an item beside its id, in the object that carries it, as `metadata`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from understudy.engine.address import Address
from understudy.engine.places import Holder
from understudy.errors import Failure, RequestInvalid, show
from understudy.pointers import join, reached
from understudy.schemas.choice import Parts
from understudy.state.clock import iso
from understudy.state.store import Record

_OF_SERVER: Final = ("status",)
"""Members that say how an item is, and not what it is meant to be."""

Fresh = Callable[[Parts], Any]
"""Makes up one value for schemas."""


def begun(holder: Holder, held: Mapping[str, Any], moment: datetime | None, fresh: Fresh) -> dict[str, Any]:
    """Return what the object says of a new item. moment: None where it is made up."""
    said = {name: value for name, value in held.items() if name not in holder.absent}
    for name in holder.counts:
        said[name] = _number(1, name, holder)
    for name, parts in holder.once.items():
        said[name] = fresh(parts)
    if moment is not None:
        said.update(dict.fromkeys(holder.stamps, iso(moment)))
    return said


def gone_on(
    holder: Holder, before: Mapping[str, Any], item: Mapping[str, Any], moment: datetime
) -> dict[str, Any]:
    """Return what the object says of an item that a write changed. before: the item as it was."""
    was, said = before.get(holder.name) or {}, dict(item.get(holder.name) or {})
    counted = ["writes"]
    if _meant(before, holder) != _meant(item, holder):
        counted.append("changes")
    for name in holder.once:
        if name in was:
            said[name] = was[name]
    for name, word in holder.counts.items():
        number = _read(was.get(name)) + counted.count(word)
        said[name] = _number(number, name, holder)
    for name, word in holder.stamps.items():
        if word == "updated":
            said[name] = iso(moment)
        elif name in was:
            said[name] = was[name]
    return said


def check_same(address: Address, sent: Mapping[str, Any], before: Record | None) -> None:
    """Raise RequestInvalid where what is sent of an item says that it is another one than its path does."""
    for mark in address.collection.places.marks:
        told = reached(sent, mark.place)
        known: Any = told
        if mark.parent:
            known = address.scope.get(mark.parent, told)
        elif before is not None:
            known = before.key
        if told is not None and str(told) != str(known):
            expected = f"{known!r}, as the path says"
            raise RequestInvalid([Failure("body", join(mark.place), "const", expected, show(told))])


def _meant(item: Mapping[str, Any], holder: Holder) -> dict[str, Any]:
    """Return what an item is meant to be."""
    others = (holder.name, *_OF_SERVER)
    return {name: value for name, value in item.items() if name not in others}


def _read(value: Any) -> int:
    text = str(value)
    if not text.isdecimal():
        return 0
    return int(text)


def _number(number: int, name: str, holder: Holder) -> int | str:
    if name in holder.numbers:
        return number
    return str(number)
