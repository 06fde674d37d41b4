"""How long things took, as the buckets of a histogram."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

BOUNDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds up to which the buckets of a histogram go; one more has what took longer."""


class Durations:
    """A histogram: how many took how long. buckets: counts by the bounds, not yet added up. seconds: all."""

    __slots__ = ("buckets", "seconds")

    def __init__(self) -> None:
        self.buckets, self.seconds = [0] * (len(BOUNDS) + 1), 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        self.buckets[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds

    def join(self, other: Durations) -> None:
        """Count what another has counted."""
        self.buckets = [own + more for own, more in zip(self.buckets, other.buckets, strict=True)]
        self.seconds += other.seconds


class Latencies(dict[str, Durations]):
    """The durations of the operations of a store, by what each is called."""

    def add(self, operation: str, seconds: float) -> None:
        """Count one operation."""
        durations = self.get(operation)
        if durations is None:
            durations = self[operation] = Durations()
        durations.add(seconds)
