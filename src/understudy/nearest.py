"""The right words that are most like a wrong one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

LONGEST: Final = 80
"""Characters of a word that is compared: to compare two takes as long as both lengths multiplied."""
LOOSELY: Final = 0.4
"""What is shown of names that are not many, such as those of operations, also where none is very like."""
_LOOKED_AT: Final = 3
"""So many are looked at for one whose letters have only changed places: that is the likeliest."""
_LIKE: Final = 0.6  # what difflib, too, takes for similar


def nearest(word: str, known: Iterable[str], most: int = 3, like: float = _LIKE) -> list[str]:
    """Return the known words that are most like another, in any case, best first; none where none is like it.

    like: from 0, which all are, to 1, which the same alone is.
    """
    if len(word) > LONGEST:
        return []
    folded: dict[str, str] = {}
    for one in sorted(known):
        folded.setdefault(one.casefold(), one)
    wanted = word.casefold()
    near = get_close_matches(wanted, folded, max(most, _LOOKED_AT), like)
    near.sort(key=lambda one: sorted(one) != sorted(wanted))
    return [folded[one] for one in near[:most]]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the end of a sentence that asks whether the one word that is most like a wrong one was meant; ""
    where none is.
    """
    near = nearest(word, known, 1)
    return f"; did you mean {near[0]}?" if near else ""


def or_nearest(word: str, known: Iterable[str], most: int = 3, like: float = _LIKE) -> str:
    """Return the end of a sentence that says which words are most like a wrong one; "" where none is."""
    near = nearest(word, known, most, like)
    if not near:
        return ""
    verb = "is" if len(near) == 1 else "are"
    return f"; the nearest {verb} {', '.join(near)}"
