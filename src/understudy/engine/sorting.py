"""Sorting: what a list's sort parameters ask for, in the several ways that APIs write it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from understudy.engine.parameters import listed, stated_by
from understudy.model import vocabulary
from understudy.model.model import Place
from understudy.names import fold

_WAYS: Final = {"asc": False, "ascending": False, "desc": True, "descending": True}
_ENDS: Final = re.compile(  # with bounds, so that no text of separators takes long
    r"^(?P<field>.{1,500}?)[\s:._,-]{1,20}(?P<way>asc|ascending|desc|descending)$", re.IGNORECASE
)
_MOMENTS: Final = ("", "at", "on", "date", "time")  # `sort=created` speaks of `created_at`


_NULLS: Final = re.compile(r"[\s.:]?nulls?[\s_]?(?:first|last)$", re.IGNORECASE)
_NO_WORDS: Final[Mapping[str, str]] = {}
Find = Callable[[str], Place | None]


class SortKey(NamedTuple):
    """One member to sort by."""

    member: Place
    descending: bool


def sort_keys(
    query: Mapping[str, Any], parameters: tuple[str, ...], find: Find, words: Mapping[str, str] = _NO_WORDS
) -> list[SortKey]:
    """Return what a request sorts by, first key first; names that an item does not have are passed over.

    parameters: those that sort. find: the member that a name speaks of, None where there is none. words: the
    members meant by values that name none, `-` before one that descends.
    """
    asked: dict[str, Any] = {}
    for name in parameters:
        value = stated_by(query, name)
        if value is not None:
            asked[name] = value
    descending = _descends(asked)
    keys = []
    for name, value in asked.items():
        for word, is_descending in _asked(name, value, descending):
            [(told, is_told_down)] = stated_keys((words.get(word, ""),))
            member = _member(told or word, find)
            if member is not None:
                keys.append(SortKey(member, is_told_down or (is_descending and not told)))
    return keys


def _asked(name: str, value: Any, descending: bool) -> Iterator[tuple[str, bool]]:
    """Yield the names that a parameter sorts by, and which way each goes."""
    outside, _, inner = name.removesuffix("]").partition("[")
    if inner and fold(inner) not in vocabulary.SORTS and fold(outside) in vocabulary.SORTS:
        value = {inner: value}  # `order[name]=asc`, declared by this name
    if isinstance(value, dict):
        for member, way in value.items():
            yield member, _WAYS.get(str(way).lower(), str(way) == "-1")
    elif fold(inner or name) in vocabulary.SORTS:
        for word in _words(value):
            yield _read(word, descending)


def stated_keys(words: tuple[str, ...]) -> list[tuple[str, bool]]:
    """Return the order that a model states: members, `-` before one that descends."""
    return [(word.removeprefix("-"), word.startswith("-")) for word in words]


def _descends(asked: Mapping[str, Any]) -> bool:
    """Tell which way the whole list goes, where a parameter says so."""
    for name, value in asked.items():
        word = str(value).lower()
        folded = fold(name.removesuffix("]").rpartition("[")[2])
        if word in _WAYS and (folded in vocabulary.DIRECTIONS or folded in vocabulary.SORTS):
            return _WAYS[word]
    return False


def _words(value: Any) -> Iterator[str]:
    """Yield the words that name a member each; one that only says which way stands with the one before it,
    as in Spring's `name,desc`.
    """
    found: list[str] = []
    for one in listed(value):
        for word in str(one).strip("[]").split(","):
            stripped = word.strip(" \"'")
            if stripped.lower() not in _WAYS:
                found.append(stripped)
            elif found and not _ENDS.match(found[-1]):
                found[-1] += f" {stripped}"
    yield from filter(None, found)


def _read(word: str, descending: bool) -> tuple[str, bool]:
    """Return the name that a word has, and which way it goes."""
    word = _NULLS.sub("", word)
    if word[:1] in "-+" and len(word) > 1:
        return word[1:], word[0] == "-"
    ends = _ENDS.match(word)
    if ends:
        return ends["field"], _WAYS[ends["way"].lower()]
    return word, descending


def _member(word: str, find: Find) -> Place | None:
    """Return where the member stands that a name speaks of; `created` speaks of `created_at`."""
    for ending in _MOMENTS:
        place = find(word + ending)
        if place is not None:
            return place
    return None
