"""Numbered pages: the buttons of a paginator, as Laravel writes them beside a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

_AT_ENDS: Final = 2
_BESIDE: Final = 3
"""Pages that have a button at each end, and on each side of the page that is shown."""
_BEFORE, _AFTER, _BETWEEN = "&laquo; Previous", "Next &raquo;", "..."


def buttons(current: int, last: int, url_of: Callable[[int], str]) -> list[dict[str, Any]]:
    """Return the buttons to the page before, to each page or the nearest of many, and to the next; what leads
    nowhere has no URL. current, last: numbers of pages, from 1.
    """
    found = [_button(_BEFORE, current - 1, last, url_of)]
    shown = 0
    for number in _numbers(current, last):
        if number > shown + 1:
            found.append({"url": None, "label": _BETWEEN, "page": None, "active": False})
        found.append({**_button(str(number), number, last, url_of), "active": number == current})
        shown = number
    found.append(_button(_AFTER, current + 1, last, url_of))
    return found


def _numbers(current: int, last: int) -> list[int]:
    """Return the pages that have a button, of however many there are."""
    near = range(current - _BESIDE, current + _BESIDE + 1)
    wanted = {*range(1, _AT_ENDS + 1), *range(last - _AT_ENDS + 1, last + 1), *near}
    return sorted(number for number in wanted if 1 <= number <= last)


def _button(label: str, number: int, last: int, url_of: Callable[[int], str]) -> dict[str, Any]:
    button = {"url": None, "label": label, "page": None, "active": False}
    if not 1 <= number <= last:
        return button
    return {**button, "url": url_of(number) or None, "page": number}
