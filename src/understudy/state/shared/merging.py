"""Two changes of one JSON value, made at once in two processes, as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from understudy.state.json_values import encode

_NAMES: Final = ("id", "token", "code", "url")
"""The members that tell one element of a list from another, first those that are asked first."""


def merged(base: Any, ours: Any, theirs: Any) -> Any:
    """Return what `ours` changed of `base`, done to `theirs`; numbers count what both added."""
    if ours == base:
        return theirs
    if theirs == base:
        return ours
    if isinstance(ours, dict) and isinstance(theirs, dict):
        known = base if isinstance(base, dict) else {}
        return _members(known, ours, theirs)
    if isinstance(ours, list) and isinstance(theirs, list):
        known = _by_name(base) if isinstance(base, list) else {}
        return list(_members(known, _by_name(ours), _by_name(theirs)).values())
    if _is_number(base) and _is_number(ours) and _is_number(theirs):
        return theirs + ours - base
    return ours


def _members(base: Mapping[Any, Any], ours: Mapping[Any, Any], theirs: Mapping[Any, Any]) -> dict[Any, Any]:
    found = {}
    for name in [*theirs, *(name for name in ours if name not in theirs)]:
        if name not in ours:
            if name not in base:  # they added it
                found[name] = theirs[name]
        elif name not in theirs:
            if name not in base or ours[name] != base[name]:
                found[name] = ours[name]
        else:
            found[name] = merged(base.get(name), ours[name], theirs[name])
    return found


def _by_name(elements: Sequence[Any]) -> dict[Any, Any]:
    return {_name(element): element for element in elements}


def _name(element: Any) -> Any:
    """Return what tells an element from others: a name that it, or an object in it, has; else all of it."""
    if not isinstance(element, dict):
        return repr(element)
    for part in (element, *(inner for inner in element.values() if isinstance(inner, dict))):
        for name in _NAMES:
            if name in part:
                return str(part[name])
    return encode(element)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
