"""Figures: medians, percentiles and shares, with nothing of how they were measured."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from statistics import median


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that so many percent of the values do not exceed. Raises ValueError where there are none."""
    if not values:
        raise ValueError("there are no values to take a percentile of")
    rank = math.ceil(len(values) * percent / 100)
    return sorted(values)[max(rank, 1) - 1]


def share(ours: Sequence[float], reference: Sequence[float]) -> float:
    """Return what part of a reference's speed is reached: 1.0 where both cost the same, 0.5 where ours costs twice as much."""
    return median(reference) / median(ours)


def asked_shares(text: str) -> dict[str, float]:
    """Read `inferred/POST=3% vendor/GET=60%` as shares by name. Raises ValueError, naming what cannot be read."""
    asked = {}
    for word in text.split():
        name, equals, percent = word.partition("=")
        number = percent.removesuffix("%")
        if not equals or not number.replace(".", "", 1).isdecimal():
            raise ValueError(f"{word!r} is not a share such as inferred/POST=3%")
        asked[name] = float(number) / 100
    return asked


def failing(shares: Mapping[str, float], asked: Mapping[str, float]) -> Iterator[str]:
    """Say of each share that is smaller than what is asked for, or was not measured, that it is."""
    for name, least in asked.items():
        reached = shares.get(name)
        if reached is None:
            yield f"{name} was not measured; there are {', '.join(shares)}"
        elif reached < least:
            yield f"{name}: {reached:.1%} of the bare application's, at least {least:.1%} is asked for"
