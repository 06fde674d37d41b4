"""How much of a call its conditions look at: all of them together no more than holds nobody up."""

from __future__ import annotations

from typing import Any, Final

STEPS: Final = 20_000
"""Values that the conditions on one call look at together, and what costs about as much."""
_CHARACTERS: Final = 500  # of a text that are searched in the time of one step


class LookedAtTooMuch(Exception):
    """The conditions on one call came to more steps than they may take."""

    def __str__(self) -> str:
        return f"more than its conditions look at: {STEPS:,} values"


class Allowance:
    """The steps that are left for the conditions on one call."""

    __slots__ = ("_left",)

    def __init__(self, steps: int = STEPS) -> None:
        self._left = steps

    def take(self, steps: int = 1) -> None:
        """Take some. Raises LookedAtTooMuch, then and ever after."""
        self._left -= steps
        if self._left < 0:
            raise LookedAtTooMuch

    def read(self, text: str) -> None:
        """Take those that it costs to search a text. Raises LookedAtTooMuch."""
        self.take(len(text) // _CHARACTERS)


def size_of(value: Any) -> int:
    """Return how many values a JSON value is made of, itself included."""
    if isinstance(value, dict):
        return 1 + sum(map(size_of, value.values()))
    if isinstance(value, list):
        return 1 + sum(map(size_of, value))
    return 1
