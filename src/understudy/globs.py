"""Globs: `*` for any text, and in a path `*` within a segment and `**` for any number of segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def is_text(text: str, glob: str) -> bool:
    """Tell whether a text is what a glob says, in which `*` is any text, also none, and all else stands for
    itself.
    """
    return is_made_of(text, glob.split("*"))


def is_made_of(text: str, pieces: Sequence[str]) -> bool:
    """Tell whether a text is these pieces in their order, with any text between two of them.

    Each is looked for once, from where the one before it ended, and never again.
    """
    first, *between = pieces
    if not between:
        return text == first
    last = between.pop()
    at, end = len(first), len(text) - len(last)
    if at > end or not text.startswith(first) or not text.endswith(last):
        return False
    for piece in between:
        place = text.find(piece, at, end)
        if place < 0:
            return False
        at = place + len(piece)
    return True


def is_path(path: str, glob: str) -> bool:
    """Tell whether a path is what a glob says, segment by segment.

    How much of the glob may have been met is kept for all ways at once, a bit for each segment of it, so that
    nothing is gone back to.
    """
    wanted = _without_repeats(glob.split("/"))
    places: dict[str, int] = {}  # the bits of each glob
    for index, segment in enumerate(wanted):
        places[segment] = places.get(segment, 0) | 1 << index
    spans = places.pop("**", 0)
    masks: dict[str, int] = {}
    met = 1 | (spans & 1) << 1  # the beginning, also behind a first `**`
    for segment in path.split("/"):
        mask = masks.get(segment)
        if mask is None:
            mask = masks[segment] = _met_by(segment, places)
        met = (met & mask) << 1 | met & spans
        met |= (met & spans) << 1  # what spans any number of segments spans none, too
        if not met:
            return False
    return bool(met >> len(wanted))


def _without_repeats(wanted: Sequence[str]) -> list[str]:
    """Return the segments of a glob with one `**` for several that follow each other."""
    kept: list[str] = []
    for segment in wanted:
        if segment != "**" or kept[-1:] != ["**"]:
            kept.append(segment)
    return kept


def _met_by(segment: str, places: Mapping[str, int]) -> int:
    """Return the bits of those segments of a glob that one segment of a path meets."""
    met = 0
    for glob, bits in places.items():
        if is_text(segment, glob):
            met |= bits
    return met
