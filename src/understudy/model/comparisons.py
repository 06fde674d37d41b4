"""Comparisons: the words that say how a member is compared, alone and in the name of a parameter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from understudy.model.vocabulary import (
    ABOVE,
    AMONG,
    AT_LEAST,
    AT_MOST,
    BELOW,
    BETWEEN,
    CONTAINS,
    ENDS,
    EXACTLY,
    IS,
    IS_NOT,
    IS_NULL,
    IS_THERE,
    LACKS,
    NOT_AMONG,
    STARTS,
    Words,
)
from understudy.names import fold

COMPARISONS: Final[tuple[tuple[str, Words], ...]] = (
    ("equals", IS),
    ("exactly", EXACTLY),
    ("not", IS_NOT),
    ("above", ABOVE),
    ("from", AT_LEAST),
    ("below", BELOW),
    ("until", AT_MOST),
    ("in", AMONG),
    ("not in", NOT_AMONG),
    ("contains", CONTAINS),
    ("lacks", LACKS),
    ("starts", STARTS),
    ("ends", ENDS),
    ("null", IS_NULL),
    ("present", IS_THERE),
    ("between", BETWEEN),
)
"""The tests of a filter, and the words for each."""

SIGNS: Final = {"<=": "until", ">=": "from", "!=": "not", "<": "until", ">": "from", "!": "not"}
"""Tests by the signs at the end of a parameter's name, the longest first. Before the `=` of a query each
takes that in: `?DateSent>=2026-01-01` (Twilio), `?status!=open`.
"""

_BY_WORD: Final = {word: test for test, words in COMPARISONS for word in words}
_JOINED: Final = re.compile(
    r"(?P<member>.+?)(?:__|\.|:|_(?=(?:in|nin|eq|ne)$)|\[\$?_?)(?P<word>[A-Za-z_]+)\]?"
)
_JOINED_LAST: Final = re.compile(r"(?P<member>.+)(?:__|\.|\[\$?_?)(?P<word>[A-Za-z_]+?)\]?")
"""The same of a member within another, `author__name__icontains`: the last word compares."""

_BOUNDS: Final = ("above", "from", "below", "until")
_NOT_BEFORE: Final = frozenset({"in", "is", "out", "less", "greater"})
"""Words that begin other names."""


def test_of(word: str) -> str:
    """Return the test that a word stands for, `gte`, `$eq`, `_icontains`; "" where it is none."""
    return _BY_WORD.get(fold(word), "")


def signed(name: str) -> tuple[str, str]:
    """Split `DateSent>` into a member's name and a test; "" where it ends with no sign."""
    for sign, test in SIGNS.items():
        if name.endswith(sign):
            return name.removesuffix(sign), test
    return "", ""


def joined(name: str) -> tuple[str, str]:
    """Split `price__gt`, `created[gte]`, `author__name__contains` into a member's name and a test; "" where
    it is no such name.
    """
    for pattern in (_JOINED, _JOINED_LAST):
        found = pattern.fullmatch(name)
        test = test_of(found["word"]) if found is not None else ""
        if found is not None and test:
            return found["member"], test
    return "", ""


_DATED: Final = re.compile(
    r"(?P<member>.+?)(?:__|\.|\[)(?P<part>year|month|date)(?:\]?(?:__|\[|_)(?P<word>[A-Za-z_]+))?\]?"
)


def dated(name: str) -> tuple[str, str, str]:
    """Split `made_on__year__gt` into a member's name, a part of a moment and a test; "" where it is no such
    name.
    """
    found = _DATED.fullmatch(name)
    if found is None:
        return "", "", ""
    test = test_of(found["word"]) if found["word"] else "equals"
    if not test or (found["part"] == "month" and test != "equals"):
        return "", "", ""
    return found["member"], found["part"], test


_LONGEST_FIRST: Final = sorted(_BY_WORD.items(), key=lambda entry: -len(entry[0]))
_SHORT: Final = 2  # letters of a word that is only told where an underline stands before it


def stems(folded: str) -> Iterator[tuple[str, str]]:
    """Yield what a folded name may compare, and how: `minprice` is at least the price; the longest word
    first.
    """
    for word, test in _LONGEST_FIRST:
        bounds = test in _BOUNDS
        if bounds and word not in _NOT_BEFORE and folded.startswith(word):
            yield folded.removeprefix(word), test
        if folded.endswith(word) and (bounds or len(word) > _SHORT):
            yield folded.removesuffix(word), test
