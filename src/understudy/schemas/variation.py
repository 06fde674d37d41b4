"""Variation: what an author gave as an example of a member, in the same form and of another item."""

from __future__ import annotations

import re
import string
from datetime import date, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DAY: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?=$|[T ])")
_TOKEN: Final = re.compile(r"[^\s]*\d[^\s]*")  # no word: it has a digit, and no blank
_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_HEX: Final = re.compile(r"[0-9a-f]*[a-f][0-9a-f]*")
_PREFIX: Final = re.compile(r"^(?:[^\d\s]*[^A-Za-z\d\s])?")  # `cus_`, `spotify:track:`, `INV-`
_LEAST_HEX: Final = 8
_REFERS: Final = re.compile(r"(?!(external|reference|public|unique)_)(\w+)_(id|uuid|guid|gid|sid)$")
_NAMES: Final = re.compile(r"(^|_)(name|title|label|subject)$")


def varied(example: Any, name: str, random: Random, days: int) -> Any:
    """Return another value of an example's form; the example itself where that says what all items say.

    name: of the member, in snake case. days: by how many an item's moments are apart from the example's.
    Numbers stay as they are, since they agree with each other.
    """
    if not isinstance(example, str) or _ADDRESS.match(example):
        return example
    if _UUID.fullmatch(example):
        return str(UUID(int=random.getrandbits(128), version=4))
    if _DAY.match(example):
        return _moved(example, days)
    if _TOKEN.fullmatch(example):
        return _token(example, random)
    if " " in example and _NAMES.search(name):
        return f"{example} {random.randrange(2, 100)}"
    return example


def refers(name: str, owner: str) -> bool:
    """Tell whether a member names another item, which the example of its id leads to. owner: what the object
    is called.
    """
    found = _REFERS.match(name)
    return found is not None and found[2] != owner


def _moved(moment: str, days: int) -> str:
    """Return a moment as many days later, all else as it was."""
    try:
        day = date.fromisoformat(moment[:10]) + timedelta(days=days)
    except (ValueError, OverflowError):
        return moment
    return f"{day.isoformat()}{moment[10:]}"


def _token(example: str, random: Random) -> str:
    """Return a token with the same prefix, of the same kinds of characters; of short ones only digits
    change.
    """
    prefix = _PREFIX.match(example)
    head = prefix.group() if prefix is not None else ""
    rest = example[len(head) :]
    is_long = len(rest) >= _LEAST_HEX and rest.isalnum()
    is_hex = _HEX.fullmatch(rest) is not None
    return head + "".join(_other(one, random, is_hex=is_hex, is_long=is_long) for one in rest)


def _other(one: str, random: Random, *, is_hex: bool, is_long: bool) -> str:
    if one.isascii() and one.isdigit():
        return random.choice("123456789")
    if not is_long or not one.isascii() or not one.isalpha():
        return one
    if is_hex:
        return random.choice("abcdef")
    return random.choice(string.ascii_lowercase if one.islower() else string.ascii_uppercase)
