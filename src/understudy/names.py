"""Names as contracts write them: folded, in snake case, as words, in the singular."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import inflection

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_NOT_PLAIN: Final = re.compile(r"[^a-z0-9]")
_BETWEEN: Final = re.compile(r"[^a-z0-9]+")
_BEGINNING: Final = re.compile(r"(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z\d])(?=[A-Z])")
"""Where a word begins that is told by its capital; inflection has two expressions for it, which read a run of
capitals anew from each of them.
"""
_UNSET: Final = "UNSPECIFIED"
_NO_PLURALS: Final = ("us", "a", "ice", "men")
"""Endings that inflection takes for plurals and that in contracts are not: status, data, slice, yemen."""
_PLURALS: Final = ("s", "i", "people", "children", "kine", "en")
"""Endings of all that inflection takes for plurals: what has none of them is not tried against its sixty
expressions.
"""


@lru_cache(16384)
def fold(name: str) -> str:
    """Write a name so that `account_id`, `accountId` and `Account-ID` are one: `accountid`."""
    return _NOT_PLAIN.sub("", name.lower())


def by_folded(names: Iterable[str]) -> dict[str, str]:
    """Return names by their folded forms; of those that fold alike the first."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(fold(name), name)
    return found


def by_word(values: Iterable[str]) -> dict[str, str]:
    """Return the values of an enumeration by their folded words, without what stands before each of them
    where they are written as protobuf has them: `STATE_OPEN` beside `STATE_UNSPECIFIED` is `open`.
    """
    told = list(values)
    unset = next((value for value in told if is_unset(value)), "")
    before = unset.upper().removesuffix(_UNSET)
    if not before or not all(value.upper().startswith(before) for value in told):
        return by_folded(told)
    found = {fold(value[len(before) :]): value for value in told if value != unset}
    return found or by_folded(told)


def is_unset(value: str) -> bool:
    """Tell whether a value of an enumeration says that nobody said one (the protobuf style guide)."""
    return value.upper().endswith(f"_{_UNSET}")


@lru_cache(16384)
def snake_case(name: str) -> str:
    """Write a name in lower case with underscores: `customerID` and `Customer-Id` are both `customer_id`."""
    return _BETWEEN.sub("_", _BEGINNING.sub("_", name).lower()).strip("_")


def split_words(name: str) -> list[str]:
    """Split a name such as `customer.created` or `customerCreated` into its words, in lower case."""
    return list(map(str.lower, _WORD.findall(name)))


@lru_cache(4096)  # inflection tries sixty expressions, and a large contract asks about each noun many times
def singular(noun: str) -> str:
    """Name one of several, in lower case: `addresses` gives `address`, `companies` gives `company`."""
    if noun.endswith(_NO_PLURALS) or not noun.endswith(_PLURALS):
        return noun
    if noun.endswith("ves"):  # `drives` are more common than `leaves`
        return noun[:-1]
    return inflection.singularize(noun)


@lru_cache(4096)
def plural(noun: str) -> str:
    """Name several of one, in lower case: `address` gives `addresses`."""
    return inflection.pluralize(noun)


def counted(count: int, noun: str) -> str:
    """Say how many of something there are: `1 operation`, `1,200 operations`."""
    return f"{count:,} {noun if count == 1 else plural(noun)}"
