"""Keys: those of several parts as the one text that they are in the store, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, unquote

_BETWEEN: Final = ","


def joined(parts: Iterable[str]) -> str:
    """Return the key that these parts make up."""
    return _BETWEEN.join(quote(part, safe=" ") for part in parts)


def parts_of(key: str) -> list[str]:
    """Return the parts of a key."""
    return list(map(unquote, key.split(_BETWEEN)))
