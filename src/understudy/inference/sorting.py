"""Sorting: what a list's declared sort parameters ask for, in the several ways that APIs write it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from understudy.names import fold

FIELDS: Final = frozenset(
    {"sort", "sortby", "orderby", "order", "ordering", "sortfield", "sortcolumn", "sortkey"}
)
"""Parameters that name the field to sort by."""
DIRECTIONS: Final = frozenset(
    {"order", "direction", "sortorder", "sortdirection", "orderdirection", "sortdir", "sortmode"}
)
"""Parameters that say which way; `order` is one where another parameter names the field."""
_WAYS: Final = {"asc": False, "ascending": False, "desc": True, "descending": True}
_ENDS: Final = re.compile(r"^(?P<field>.+?)[\s:._,-]+(?P<way>asc|ascending|desc|descending)$", re.IGNORECASE)
_MOMENTS: Final = ("at", "on", "date", "time")  # `sort=created` speaks of `created_at`

Fields = Mapping[str, Any]


class Key(NamedTuple):
    """One member to sort by."""

    member: str
    descending: bool


def sort_keys(query: Fields, parameters: Iterable[str], members: Iterable[str]) -> list[Key]:
    """Return what a request sorts by, first key first; fields that an item does not have are passed over.

    parameters: names of the declared parameters that sort. members: the properties of an item.
    """
    asked = {name: query[name] for name in parameters if query.get(name) is not None}
    by_name = {fold(name): name for name in members}
    way = next((way for name, value in asked.items() if (way := _way(name, value)) is not None), None)
    keys = []
    for name, value in asked.items():
        for word in _words(value) if fold(name) in FIELDS else ():
            field, descending = _split(word, bool(way))
            member = next((by_name[one] for one in _spellings(field) if one in by_name), None)
            keys += [Key(member, descending)] if member is not None else []
    return keys


def in_order(records: list[Any], keys: Iterable[Key], fields_of: Callable[[Any], Fields]) -> list[Any]:
    """Return records sorted by their fields; those that tie stay as they were, those without a value come last."""
    for key in reversed(list(keys)):
        known = [record for record in records if fields_of(record).get(key.member) is not None]
        rest = [record for record in records if fields_of(record).get(key.member) is None]
        member = key.member
        records = (
            sorted(known, key=lambda record: _rank(fields_of(record)[member]), reverse=key.descending) + rest
        )
    return records


def _way(name: str, value: Any) -> bool | None:
    return _WAYS.get(str(value).lower()) if fold(name) in DIRECTIONS or str(value).lower() in _WAYS else None


def _words(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        yield from (word.strip() for word in str(one).split(",") if word.strip().lower() not in {*_WAYS, ""})


def _split(word: str, descending: bool) -> tuple[str, bool]:
    if word[0] in "-+":
        return word[1:], word[0] == "-"
    ends = _ENDS.match(word)
    return (ends["field"], _WAYS[ends["way"].lower()]) if ends else (word, descending)


def _spellings(field: str) -> Iterator[str]:
    folded = fold(field)
    yield folded
    yield from (folded + ending for ending in _MOMENTS)


def _rank(value: Any) -> tuple[int, Any]:
    if isinstance(value, (bool, int, float)):
        return 0, value
    return (1, value.lower()) if isinstance(value, str) else (2, str(value))
