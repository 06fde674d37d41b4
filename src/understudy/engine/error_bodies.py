"""Error bodies: what a contract documents for an error, with the reason and the status where its schema lets
them stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from understudy.messages import NOTHING
from understudy.model import vocabulary
from understudy.names import fold
from understudy.schemas.fitting import set_if_valid

Kept = Callable[[str, Any], bool]
"""Tells whether a member, by its name and value, is to stay as it is."""


def is_error(body: Any) -> bool:
    """Tell whether a body has a place for a reason or a status."""
    said = {"title": "", "status": 0, "detail": ""}
    names = [fold(name) for _, name, _ in _places(body, said)]
    return any(name in vocabulary.SAYS_WHY or name in vocabulary.SAYS_STATUS for name in names)


def fill_error(
    body: Any, said: dict[str, Any], is_valid: Callable[[], bool], keeps: Kept = lambda _name, _value: False
) -> None:
    """Put what is `said`, as problem details, into a generated error, and take out what the contract can do
    without.

    is_valid: judges the body as it is. keeps: what is no invention.
    """
    _drop_the_rest(body, is_valid, keeps)
    for holder, name, value in _places(body, said):
        if not keeps(name, holder[name]):
            set_if_valid(holder, name, [value], is_valid)


def tell(body: Any, said: dict[str, Any]) -> None:
    """Put what is `said` into an error that cannot be valid, as its contract contradicts itself."""
    for holder, name, value in list(_places(body, said)):
        holder[name] = value


def _drop_the_rest(holder: Any, is_valid: Callable[[], bool], keeps: Kept) -> None:
    """Take out of a generated error what the contract can do without: it would speak of things that have not
    happened.
    """
    if isinstance(holder, list) and holder:
        _drop_others(holder, is_valid)
        _drop_the_rest(holder[0], is_valid, keeps)
    if not isinstance(holder, dict):
        return
    says_why = any(
        isinstance(value, str) and fold(name) in vocabulary.SAYS_WHY for name, value in holder.items()
    )
    for name, value in list(holder.items()):
        if keeps(name, value):
            continue
        is_nested = isinstance(value, (dict, list))
        if is_nested and not says_why:
            _drop_the_rest(value, is_valid, keeps)
        elif is_nested or not _says_anything(name):
            set_if_valid(holder, name, [NOTHING], is_valid)


def _drop_others(errors: list[Any], is_valid: Callable[[], bool]) -> None:
    """Leave one of several made-up errors, where that is valid."""
    others = errors[1:]
    del errors[1:]
    if not is_valid():
        errors.extend(others)


def _says_anything(name: str) -> bool:
    folded = fold(name)
    return (
        folded in vocabulary.SAYS_WHY or folded in vocabulary.SAYS_STATUS or folded in vocabulary.SAYS_WHERE
    )


def _places(body: Any, said: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str, Any]]:
    """Yield where a reason or a status may stand, outermost first: an object, the name of its member, and
    what it is to say.
    """
    if isinstance(body, list):
        for item in body[:1]:
            yield from _places(item, said)
    if not isinstance(body, dict):
        return
    for name, value in body.items():
        told = _told(fold(name), value, said)
        if told is not None:
            yield body, name, told
    for value in body.values():
        yield from _places(value, said)


def _told(folded: str, value: Any, said: dict[str, Any]) -> Any:
    """Return what a member of this name and type is to say; None where it says nothing of errors."""
    if isinstance(value, int):
        return said["status"] if folded in vocabulary.SAYS_STATUS else None
    if not isinstance(value, str):
        return None
    if folded in vocabulary.SAYS_STATUS:
        return str(said["status"])
    if folded == "title":
        return said["title"]
    if folded in vocabulary.SAYS_WHY:
        return said["detail"]
    if folded in vocabulary.SAYS_WHERE:
        return _place_of_failure(said)
    return None


def _place_of_failure(said: dict[str, Any]) -> str:
    for error in said.get("errors", ()):
        pointer: str = error["pointer"]
        return pointer[1:]
    return ""
