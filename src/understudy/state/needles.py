"""Needles: what has to stand somewhere in the JSON of an item for it to meet a condition, so that a search
reads only the items that may.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from understudy.state.conditions import META, And, Condition, Or, Test

_PLAIN: Final = re.compile(r"[ -!#-\[\]-~]+")
"""Texts that JSON writes as they are: printable ASCII without quotes and backslashes."""


class Needle(Struct, frozen=True):
    """Texts in lower case of which one has to stand in an item."""

    texts: tuple[bytes, ...]

    def may_be_in(self, plain: bytes) -> bool:
        """Tell whether one of the texts stands in an item's JSON, which is ASCII, in lower case."""
        return any(text in plain for text in self.texts)


class Needles(Struct, frozen=True):
    """What has to stand in an item, each of several texts or one of its alternatives."""

    all: tuple[Needle, ...]

    def may_be_in(self, data: bytes) -> bool:
        """Tell whether an item may meet the condition. What is not ASCII, or is escaped, may be written in
        several ways.
        """
        if not data.isascii() or b"\\" in data:
            return True
        plain = data.lower()
        return all(needle.may_be_in(plain) for needle in self.all)


def needles_of(condition: Condition) -> Needles | None:
    """Return what has to stand in what meets a condition; None where nothing can be told."""
    found = tuple(_needles(condition))
    return Needles(found) if found else None


def _needles(condition: Condition) -> Iterator[Needle]:
    if isinstance(condition, And):
        for one in condition.all:
            yield from _needles(one)
    elif isinstance(condition, Or):
        alternatives = [next(_needles(one), None) for one in condition.any]
        known = [one for one in alternatives if one is not None]
        if known and len(known) == len(alternatives):
            texts = dict.fromkeys(text for one in known for text in one.texts)
            yield Needle(tuple(texts))
    elif isinstance(condition, Test):
        yield from _needle(condition)


def _needle(test: Test) -> Iterator[Needle]:
    is_searched = test.op in ("contains", "starts", "ends") and isinstance(test.value, str)
    if is_searched and test.pointer[:1] != (META,) and _PLAIN.fullmatch(test.value):
        yield Needle((test.value.lower().encode(),))
