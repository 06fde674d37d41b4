"""Where a value of a changed document was written: converting or overlaying moves values, and findings name
the file as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable

Place = tuple[str, str]
"""A file and a JSON pointer into it."""


class SourceMap:
    """One change of a document: for the values it moved, where they are now and where they were written.

    What lies below a moved value moved with it, so only the heads are kept and the longest one that fits
    decides.
    """

    def __init__(self, moves: Iterable[tuple[Place, Place]] = ()) -> None:
        self._written: dict[Place, Place] = {}
        self._moved: dict[Place, Place] = {}
        self._copied: dict[Place, Place] = {}
        for now, written in moves:
            self.add(now, written)

    def add(self, now: Place, written: Place) -> None:
        """Record a move. Where one value moved to several places, the first is the one references lead to."""
        self._written.setdefault(now, written)
        self._moved.setdefault(written, now)

    def copy(self, now: Place, written: Place) -> None:
        """Record that a copy was made; references lead to it only where the value itself is nowhere else."""
        self._written.setdefault(now, written)
        self._copied.setdefault(written, now)

    def shift(self, now: Place, before: Place) -> None:
        """Record that a value moved on to a place from one that an earlier shift may have filled."""
        self._written[now] = self._written.get(before, before)

    def written(self, file: str, pointer: str) -> Place:
        """Return where the value that is now at a place was written."""
        return _longest(self._written, file, pointer)

    def moved(self, file: str, pointer: str) -> Place:
        """Return where the value that was written at a place is now."""
        place = _longest(self._moved, file, pointer)
        if place == (file, pointer):
            return _longest(self._copied, file, pointer)
        return place


def _longest(moves: dict[Place, Place], file: str, pointer: str) -> Place:
    head = pointer
    while True:
        found = moves.get((file, head))
        if found is not None:
            return found[0], found[1] + pointer[len(head) :]
        if not head:
            return file, pointer
        head = head.rpartition("/")[0]
