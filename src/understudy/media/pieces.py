"""Pieces: work that is done with pauses between its steps, and the same without."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")


def whole(pieces: Generator[None, None, T]) -> T:
    """Do all of it at once, and return what comes of it."""
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            made: T = end.value
            return made
