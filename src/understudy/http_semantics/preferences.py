"""Preference: what a caller asks of an answer with `Prefer` (RFC 7240) or in the query, by the names Prism's
users know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import unquote_plus

from msgspec import Struct

from understudy.errors import Failure, show
from understudy.parameters.styles import query_pairs

PREFERENCES: Final = ("code", "example", "dynamic", "seed")
QUERY_NAMES: Final = frozenset(f"__{name}" for name in PREFERENCES)
_ITEM = re.compile(r'([^\s=,;"]++)[ \t]*+(?:=[ \t]*+("(?:[^"\\]|\\.)*+"|[^,;]*+))?')
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


class Preference(Struct, frozen=True):
    """The answer a caller asks for.

    code: its status. example: the name of a documented example. dynamic: True for a generated body, never an
    example. seed: what the generated body depends on. queried: which of these came in the query.
    """

    code: int | None = None
    example: str = ""
    dynamic: bool | None = None
    seed: int | None = None
    queried: frozenset[str] = frozenset()

    @property
    def is_generated(self) -> bool:
        """Tell whether examples are out of the question; a seed asks for that too, since no example depends
        on it.
        """
        return self.dynamic if self.dynamic is not None else self.seed is not None and not self.example

    def failure(self, name: str, expected: str) -> Failure:
        """Say what is wrong with one preference, where it stood."""
        return _failure(name, name in self.queried, expected, show(getattr(self, name)))


def read_preference(prefer: Iterable[str], query: bytes, failures: list[Failure]) -> Preference | None:
    """Read the Prefer headers and the query of a request; None where nothing in them is for us.

    What cannot be read joins `failures`. Of a preference that is given twice the first counts, and the header
    before the query.
    """
    texts: dict[str, str] = {}
    for match in _ITEM.finditer(", ".join(prefer)):
        if match[1].lower() in PREFERENCES:
            texts.setdefault(match[1].lower(), _unquoted((match[2] or "").strip()))
    queried = _add_queried(query, texts)
    values: dict[str, Any] = {}
    for name, text in texts.items():
        value, expected = _value(name, text)
        if value is None:
            failures.append(_failure(name, name in queried, expected, show(text)))
        else:
            values[name] = value
    if not values:
        return None
    return Preference(**values, queried=queried)


def _add_queried(query: bytes, texts: dict[str, str]) -> frozenset[str]:
    """Add what the query asks for and the header does not, and return which preferences these are."""
    queried = set()
    if b"__" in query:
        for name, text in query_pairs(query):
            if name in QUERY_NAMES and name[2:] not in texts:
                queried.add(name[2:])
                texts[name[2:]] = unquote_plus(text)
    return frozenset(queried)


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text


def _value(name: str, text: str) -> tuple[Any, str]:
    """Return the value of a preference, None where it has none, and what it should have been."""
    if name == "example":
        return text or None, "the name of an example"
    if name == "dynamic":
        return _BOOLEANS.get(text.lower()), "true or false"
    number = None
    if _NUMBER.fullmatch(text):
        number = int(text)
    if name == "seed":
        return number, "an integer"
    if number is not None and not 200 <= number <= 599:
        number = None
    return number, "an HTTP status from 200 to 599"


def _failure(name: str, is_queried: bool, expected: str, received: str) -> Failure:
    if is_queried:
        return Failure("query", f"/__{name}", "prefer", expected, received)
    return Failure("header", f"/Prefer/{name}", "prefer", expected, received)
