"""Names that stand for one thing in several spellings, and names that no HTTP message can carry."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

_TEXT: Final = re.compile(r"[\t\x20-\x7e]+")  # of a header's value (RFC 9110 §5.5)
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # a header's name (RFC 9110 §5.6.2)
_CHARSET: Final = "charset="


def media_key(name: str) -> str:
    """Return the same text for all spellings of a media type: case, spaces and the charset say nothing
    (RFC 9110 §8.3.1; JSON has none).
    """
    kind, *stated = name.lower().split(";")
    kept = [kind.strip()]
    for parameter in stated:
        stripped = parameter.strip()
        if stripped and not stripped.startswith(_CHARSET):
            kept.append(stripped)
    return ";".join(kept)


class Names(Struct, frozen=True):
    """What the names of one kind are. key: the same for all spellings of a name. sendable: those that a
    message can carry. most: how many spellings may stand beside each other.
    """

    what: str
    key: Callable[[str], str]
    sendable: re.Pattern[str]
    most: int | None

    def counting(self, entries: Mapping[str, Any]) -> list[str]:
        """Return the names that count among those of a mapping: of several spellings those with a schema."""
        spellings: dict[str, list[str]] = {}
        for name in entries:
            if self.sendable.fullmatch(name) is not None:
                spellings.setdefault(self.key(name), []).append(name)
        found = []
        for names in spellings.values():
            described = [name for name in names if _has_schema(entries[name])]
            found += (described or names)[: self.most]
        return found

    def faults(self, entries: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield each name of a mapping that does not count, and why."""
        for name in entries.keys() - self.counting(entries):
            if self.sendable.fullmatch(name) is None:
                yield name, f"the {self.what} {name!r} cannot be sent, so it is left out"
            else:
                yield name, f"the {self.what} {name!r} is given twice: the one with a schema counts"


def _has_schema(entry: Any) -> bool:
    return isinstance(entry, dict) and ("schema" in entry or "$ref" in entry)


MEDIA_TYPES: Final = Names("media type", media_key, _TEXT, most=None)
HEADERS: Final = Names("header", str.lower, _TOKEN, most=1)


def faults(owner: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Find the names in an object's `content` and `headers` that do not count: yields where they stand, the
    name, and why.
    """
    for member, names in (("content", MEDIA_TYPES), ("headers", HEADERS)):
        entries = owner.get(member)
        if isinstance(entries, dict):
            for name, reason in names.faults(entries):
                yield member, name, reason
