"""Pages: what one page of a list says of itself, in the members around its items and in headers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from understudy.engine.windows import Window, cursor, moved, page_number
from understudy.messages import NOTHING
from understudy.model.model import Page, Place, Slot

_STEPS: Final = ("next", "prev", "first", "last")
STAYS: Final = object()
"""Stands for what a slot leaves as it is."""


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
            return self._linked(slot, self._own_url())
        if says not in _STEPS:
            number = self._number(says)
            return str(number) if slot.form == "text" else number
        window = self._window(says)
        told = self._of_window(slot, window) if window is not None else None
        return self._absent(slot) if told is None else told

    def _absent(self, slot: Slot) -> Any:
        if slot.otherwise == "null":
            return None
        if slot.otherwise == "omit":
            return NOTHING
        return "" if slot.otherwise == "empty" else STAYS

    def _of_window(self, slot: Slot, window: Window) -> Any:
        """Return how another page is told of; None where no parameter can ask for it."""
        if slot.form == "object":
            return {name: self._part(word, window) for name, word in slot.parts.items()}
        if slot.form == "url":
            url = self._url_of(window)
            return self._linked(slot, url) if url else None
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
        number = window.offset if kind == "offset" else self._page_number(window)
        return str(number) if form == "text" else number

    @staticmethod
    def _linked(slot: Slot, url: str) -> Any:
        """Return a link: the URL, or the object that holds it (draft-kelly-json-hal §5)."""
        return {slot.within: url} if slot.within else url

    def _window(self, step: str) -> Window | None:
        if step == "next":
            return self.window.next(self.total)
        if step == "prev":
            return self.window.previous()
        return self.window.first() if step == "first" else self.window.last(self.total)

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
        query = moved(self.page, self.query, window) if window is not None else None
        return f"{self.url}?{_written(query)}" if query is not None else ""

    def _own_url(self) -> str:
        query = _written(self.query)
        return f"{self.url}?{query}" if query else self.url


def _written(query: Mapping[str, Any]) -> str:
    """Write a query as most servers read it: lists as repeated parameters, objects as `name[key]`."""
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        if isinstance(value, dict):
            pairs += [(f"{name}[{key}]", _text(one)) for key, one in value.items()]
            continue
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                pairs.append((name, _text(one)))
    return urlencode(pairs, safe="[]:,", quote_via=quote)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
