"""Telling: the body that a contract documents for an error, with the reason and the status where its schema lets them stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from understudy.messages import NOTHING
from understudy.names import fold
from understudy.schemas.fitting import set_if_valid

Kept = Callable[[str, Any], bool]
"""Tells whether a member, by its name and value, is to stay as it is."""

# Members of an error, by their normalised names.
_SAYS_WHY = frozenset(
    {
        "detail",
        "message",
        "errordescription",
        "errormessage",
        "description",
        "reason",
        "error",
        "title",
        "msg",
    }
)
_SAYS_STATUS = frozenset({"status", "statuscode", "code", "httpstatus"})
_SAYS_WHERE = frozenset({"param", "parameter", "field", "pointer", "path", "property", "source"})


def is_error(body: Any) -> bool:
    """Tell whether a body has a place for a reason or a status."""
    return any(
        fold(name) in _SAYS_WHY | _SAYS_STATUS
        for _, name, _ in _places(body, {"title": "", "status": 0, "detail": ""})
    )


def tell(
    body: Any, said: dict[str, Any], is_valid: Callable[[], bool], keeps: Kept = lambda _name, _value: False
) -> None:
    """Put what is `said`, as problem details, into a generated error, and take out what the contract can do without.

    is_valid: judges the body as it is. keeps: what is no invention.
    """
    _drop_the_rest(body, is_valid, keeps)
    for holder, name, value in _places(body, said):
        if not keeps(name, holder[name]):
            set_if_valid(holder, name, [value], is_valid)


def _drop_the_rest(holder: Any, is_valid: Callable[[], bool], keeps: Kept) -> None:
    """Take out of a generated error what the contract can do without: it would speak of things that have not happened."""
    if isinstance(holder, list) and holder:
        holder[1:], others = [], holder[1:]
        if not is_valid():
            holder[1:] = others
        _drop_the_rest(holder[0], is_valid, keeps)
    if not isinstance(holder, dict):
        return
    says_why = any(fold(name) in _SAYS_WHY and isinstance(value, str) for name, value in holder.items())
    for name, value in list(holder.items()):
        if keeps(name, value):
            continue
        if isinstance(value, (dict, list)) and not says_why:
            _drop_the_rest(value, is_valid, keeps)
        elif isinstance(value, (dict, list)) or fold(name) not in _SAYS_WHY | _SAYS_STATUS | _SAYS_WHERE:
            set_if_valid(holder, name, [NOTHING], is_valid)


def _places(body: Any, said: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str, Any]]:
    """Yield where a reason or a status may stand, outermost first: an object, the name of its member, and what it is to say."""
    if isinstance(body, list):
        for item in body[:1]:
            yield from _places(item, said)
    if not isinstance(body, dict):
        return
    for name, value in body.items():
        folded = fold(name)
        if folded in _SAYS_STATUS and isinstance(value, (int, str)):
            yield body, name, said["status"] if isinstance(value, int) else str(said["status"])
        elif folded in _SAYS_WHY and isinstance(value, str):
            yield body, name, said["title"] if folded == "title" else said["detail"]
        elif folded in _SAYS_WHERE and isinstance(value, str):
            yield body, name, said["errors"][0]["pointer"][1:] if said.get("errors") else ""
    for value in body.values():
        yield from _places(value, said)
