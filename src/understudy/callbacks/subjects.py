"""Subjects: what a message is about, put into its body where that stays valid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from msgspec import Struct, field

from understudy.messages import NOTHING
from understudy.model.model import Place
from understudy.names import fold
from understudy.schemas.fitting import set_if_valid


class Subject(Struct, frozen=True):
    """What a message is about.

    record: as the operation shows it, or NOTHING. place: of it in the message's body; None where the contract
    tells none. path: the operation's path parameters. sent: the members of the body that the caller sent.
    """

    record: Any = NOTHING
    place: Place | None = None
    path: Mapping[str, Any] = field(default_factory=dict)
    sent: Mapping[str, Any] = field(default_factory=dict)

    @property
    def members(self) -> Mapping[str, Any]:
        """The members of the record, none where it is no object."""
        return self.record if isinstance(self.record, dict) else {}


def fill(body: dict[str, Any], subject: Subject, is_valid: Callable[[Any], bool]) -> None:
    """Put a record where it belongs in a valid body, and what else is known where its name stands."""
    record = subject.members
    before = deepcopy(body)

    def is_fit() -> bool:
        return is_valid(body)

    if subject.place is None:
        _by_name(body, {**subject.sent, **subject.path, **record}, is_fit)
    else:
        holder = _holder(body, subject.place)
        if record and holder is not None and not _replaced(holder, record, is_fit):
            _by_name(holder, record, is_fit)
        if subject.place:  # what stands around the item has an id of its own
            around = {name: value for name, value in subject.path.items() if fold(name) != "id"}
            _by_name(body, around, is_fit)
    if not is_fit():  # an object that was missing on the way, and that nothing could be put into
        _become(body, before)


def _holder(body: dict[str, Any], place: Place) -> dict[str, Any] | None:
    """Return the object at a place; those missing on the way are made, and what is no object is the end."""
    holder = body
    for step in place:
        below = holder.setdefault(step, {})
        if not isinstance(below, dict):
            return None
        holder = below
    return holder


def _replaced(holder: dict[str, Any], record: Mapping[str, Any], is_fit: Callable[[], bool]) -> bool:
    """Put a record in the place of what was generated; tell whether that is valid.

    What the contract wants beside it stays.
    """
    before = dict(holder)
    _become(holder, deepcopy(dict(record)))
    if is_fit():
        return True
    rest = [name for name in before if name not in record]
    for name in rest:
        holder[name] = before[name]
    if not is_fit():
        _become(holder, before)
        return False
    for name in rest:
        set_if_valid(holder, name, (NOTHING,), is_fit)
    return True


def _become(holder: dict[str, Any], members: Mapping[str, Any]) -> None:
    holder.clear()
    holder.update(members)


def _by_name(holder: dict[str, Any], known: Mapping[str, Any], is_fit: Callable[[], bool]) -> None:
    """Put values where members of their names stand, whatever the case."""
    folded: dict[str, Any] = {}
    for name, value in known.items():
        folded.setdefault(fold(name), value)
    for name in list(holder):
        if fold(name) in folded:
            set_if_valid(holder, name, _forms(holder[name], folded[fold(name)]), is_fit)


def _forms(before: Any, value: Any) -> Iterator[Any]:
    """Yield a value as it may stand in the place of another: laid over it, as it is, or in its type."""
    if isinstance(before, dict) and isinstance(value, dict):
        laid = deepcopy(before)
        for name in before.keys() & value.keys():
            laid[name] = deepcopy(value[name])
        yield laid
    yield deepcopy(value)
    if isinstance(before, str) and isinstance(value, int) and not isinstance(value, bool):
        yield str(value)
