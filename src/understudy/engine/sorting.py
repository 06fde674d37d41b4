"""Sorting: what a list's sort parameters ask for, in the several ways that APIs write it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from understudy.engine.parameters import listed
from understudy.model import vocabulary
from understudy.names import fold

_WAYS: Final = {"asc": False, "ascending": False, "desc": True, "descending": True}
_ENDS: Final = re.compile(r"^(?P<field>.+?)[\s:._,-]+(?P<way>asc|ascending|desc|descending)$", re.IGNORECASE)
_MOMENTS: Final = ("", "at", "on", "date", "time")  # `sort=created` speaks of `created_at`


class SortKey(NamedTuple):
    """One member to sort by."""

    member: str
    descending: bool


def sort_keys(
    query: Mapping[str, Any], parameters: tuple[str, ...], members: Mapping[str, str]
) -> list[SortKey]:
    """Return what a request sorts by, first key first; names that an item does not have are passed over.

    parameters: those that sort. members: of an item, by their folded names.
    """
    asked = {name: query[name] for name in parameters if query.get(name) is not None}
    descending = _descends(asked)
    keys = []
    for name, value in asked.items():
        if fold(name) not in vocabulary.SORTS:
            continue
        for word in _words(value):
            member, is_descending = _read(word, members, descending)
            if member:
                keys.append(SortKey(member, is_descending))
    return keys


def stated_keys(words: tuple[str, ...]) -> list[SortKey]:
    """Return the order that a model states: members, `-` before one that descends."""
    return [SortKey(word.removeprefix("-"), word.startswith("-")) for word in words]


def _descends(asked: Mapping[str, Any]) -> bool:
    """Tell which way the whole list goes, where a parameter says so."""
    for name, value in asked.items():
        word = str(value).lower()
        if word in _WAYS and (fold(name) in vocabulary.DIRECTIONS or fold(name) in vocabulary.SORTS):
            return _WAYS[word]
    return False


def _words(value: Any) -> Iterator[str]:
    for one in listed(value):
        for word in str(one).split(","):
            stripped = word.strip()
            if stripped and stripped.lower() not in _WAYS:
                yield stripped


def _read(word: str, members: Mapping[str, str], descending: bool) -> tuple[str, bool]:
    """Return the member that a word names, "" where an item has none such, and which way it goes."""
    if word[0] in "-+":
        word, descending = word[1:], word[0] == "-"
    else:
        ends = _ENDS.match(word)
        if ends:
            word, descending = ends["field"], _WAYS[ends["way"].lower()]
    folded = fold(word)
    for ending in _MOMENTS:
        if folded + ending in members:
            return members[folded + ending], descending
    return "", descending
