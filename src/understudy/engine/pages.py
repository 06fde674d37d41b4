"""Pages: what one page of a list says of itself, in the members around its items and in headers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from understudy.engine.parameters import listed
from understudy.engine.windows import Window, cursor, moved, page_number
from understudy.messages import NOTHING
from understudy.model.model import Page, Place, Slot

_STEPS: Final = ("next", "prev", "first", "last")
STAYS: Final = object()
"""Stands for what a slot leaves as it is."""
_ABSENT: Final = {"null": None, "omit": NOTHING, "empty": "", "keep": STAYS}
"""What a slot says of a page that is not there."""


@dataclass(slots=True)  # not frozen: made for every request, in a third of the time
class ListedPage:
    """One page of a list: the window it shows, how many items there are, and how many of them it shows.

    url: of the list, without a query. query: the decoded one it was asked with.
    """

    page: Page
    window: Window
    total: int
    shown: int
    url: str
    query: Mapping[str, Any]

    def values(self, slots: Mapping[Place, Slot]) -> dict[Place, Any]:
        """Return what each slot says of this page, where it says anything; NOTHING where the member is
        absent.
        """
        found = {}
        for place, slot in slots.items():
            value = self._value(slot)
            if value is not STAYS:
                found[place] = value
        return found

    def headers(self, says: Mapping[str, str]) -> dict[str, str]:
        """Return the headers that speak of pages: `Link` (RFC 8288 §3), `X-Total-Count`, …"""
        found = {}
        for name, word in says.items():
            if word != "links":
                found[name] = str(self._number(word))
                continue
            links = ", ".join(f'<{url}>; rel="{step}"' for step, url in self._links())
            if links:
                found[name] = links
        return found

    def _links(self) -> Iterator[tuple[str, str]]:
        for step in _STEPS:
            url = self._url_of(self._window(step))
            if url:
                yield step, url

    # -- what one slot says

    def _value(self, slot: Slot) -> Any:
        says = slot.says
        if says == "more":
            return self.window.next(self.total) is not None
        if says == "self":
            return _linked(slot, self._own_url())
        if says not in _STEPS:
            return _number_or_text(self._number(says), slot.form)
        told = self._of_window(slot, self._window(says))
        if told is None:
            return _ABSENT[slot.otherwise]
        return told

    def _of_window(self, slot: Slot, window: Window | None) -> Any:
        """Return how another page is told of; None where there is none, or no parameter can ask for it."""
        if window is None:
            return None
        if slot.form == "object":
            return {name: self._part(word, window) for name, word in slot.parts.items()}
        if slot.form == "url":
            return _linked(slot, self._url_of(window))
        return self._part(slot.form, window)

    def _part(self, word: str, window: Window) -> Any:
        """Return what a word says of another page: `url`, `cursor`, `offset`, `page`, and each of them `as
        text`.
        """
        kind, _, form = word.partition(" as ")
        if kind == "url":
            return self._url_of(window) or None
        if kind == "cursor":
            return cursor(window.offset)
        if kind == "offset":
            return _number_or_text(window.offset, form)
        return _number_or_text(self._page_number(window), form)

    def _window(self, step: str) -> Window | None:
        if step == "next":
            return self.window.next(self.total)
        if step == "prev":
            return self.window.previous()
        if step == "first":
            return self.window.first()
        return self.window.last(self.total)

    def _number(self, word: str) -> int:
        limit = self.window.limit or max(self.total, 1)
        if word == "pages":
            return max(-(-self.total // limit), 1)
        if word == "page":
            return self._page_number(self.window)
        numbers = {
            "total": self.total,
            "count": self.total,
            "offset": self.window.offset,
            "limit": limit,
            "shown": self.shown,
        }
        return numbers[word]

    def _page_number(self, window: Window) -> int:
        if window.limit is None:
            return self.page.first
        return page_number(self.page, window)

    # -- addresses

    def _url_of(self, window: Window | None) -> str:
        """Return the URL of another page, "" where there is none or no parameter can ask for it."""
        if window is None:
            return ""
        query = moved(self.page, self.query, window)
        if query is None:
            return ""
        return f"{self.url}?{_written(query)}"

    def _own_url(self) -> str:
        query = _written(self.query)
        return f"{self.url}?{query}" if query else self.url


def _number_or_text(number: int, form: str) -> int | str:
    return str(number) if form == "text" else number


def _linked(slot: Slot, url: str) -> Any:
    """Return a link: the URL, or the object that holds it (draft-kelly-json-hal §5); None where there is
    none.
    """
    if not url:
        return None
    return {slot.within: url} if slot.within else url


def _written(query: Mapping[str, Any]) -> str:
    """Write a query as most servers read it: lists as repeated parameters, objects as `name[key]`."""
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        if isinstance(value, dict):
            pairs += [(f"{name}[{key}]", _text(one)) for key, one in value.items()]
            continue
        for one in listed(value):
            if one is not None:
                pairs.append((name, _text(one)))
    return urlencode(pairs, safe="[]:,", quote_via=quote)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
