"""Pages: what one page of a list says of itself, in the members around its items and in headers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from msgspec import Struct

from understudy.engine.numbered_pages import buttons
from understudy.engine.parameters import listed
from understudy.engine.windows import Window, cursor, moved, page_number
from understudy.media.json_codec import encode
from understudy.messages import NOTHING
from understudy.model.compact import FLAGS
from understudy.model.model import Page, Place, Slot

_STEPS: Final = ("next", "prev", "first", "last")
STAYS: Final = object()
"""Stands for what a slot leaves as it is."""
_ABSENT: Final = {"null": None, "omit": NOTHING, "empty": "", "keep": STAYS}
"""What a slot says of a page that is not there."""
_NOTHING_SAID: Final[Mapping[str, Mapping[str, Any]]] = {
    "number": {"keep": 0, "empty": 0},
    "list": {"keep": [], "empty": []},
    "pairs": {"keep": [], "empty": []},
    "object": {"keep": {}, "empty": {}},
    "flag": {"keep": False, "empty": False},
}
"""What stands where nothing is to be said, and something has to stand."""


class ListedPage(Struct, frozen=True):
    """One page of a list: the window it shows, how many items there are, and how many of them it shows.

    url: of the list, without a query. query: the decoded one it was asked with. keys: of the first and the
    last item it shows. selected: the members that are asked for. scattered: parameters that are objects of
    which each member is written as one of its own.
    """

    page: Page
    window: Window
    total: int
    shown: int
    url: str
    query: Mapping[str, Any]
    keys: tuple[str, str] = ("", "")
    scattered: frozenset[str] = frozenset()
    is_sorted: bool = False
    selected: frozenset[str] = frozenset()

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
            if word == "range":
                found[name] = self._range()
                continue
            if word != "links":
                found[name] = str(self._number(word))
                continue
            links = ", ".join(f'<{url}>; rel="{step}"' for step, url in self._links())
            if links:
                found[name] = links
        return found

    def told(self, by_header: Mapping[str, Mapping[Place, Slot]]) -> dict[str, str]:
        """Return the headers that hold an object of what the page says: `X-Pagination` of flask-smorest."""
        found = {}
        for name, slots in by_header.items():
            said: dict[str, Any] = {}
            for place, value in self.values(slots).items():
                if value is not NOTHING and len(place) == 1:
                    said[place[0]] = value
            found[name] = encode(said).decode()
        return found

    def _links(self) -> Iterator[tuple[str, str]]:
        for step in _STEPS:
            url = self._url_of(self._window(step))
            if url:
                yield step, url

    # -- what one slot says

    def _value(self, slot: Slot) -> Any:
        says = slot.says
        if says in ("nothing", "asked"):
            return self._repeated(slot)
        if says == "buttons":
            return self._buttons(slot)
        if slot.form == "flag" or says in FLAGS:
            return self._flag(says)
        if slot.form == "id":
            return self._key(says) or _ABSENT[slot.otherwise]
        if says == "self":
            return _linked(slot, self._own_url())
        if says not in _STEPS:
            return self._position(slot)
        told = self._of_window(slot, self._window(says))
        if told is None:
            return _ABSENT[slot.otherwise]
        return told

    def _repeated(self, slot: Slot) -> Any:
        """Return what the list was asked with, where a slot repeats that and it was."""
        told = None
        if slot.says == "asked":
            told = _asked(self.query, slot)
        if told is None:
            return unsaid(slot)
        return told

    def _buttons(self, slot: Slot) -> list[dict[str, Any]]:
        """Return the buttons of a paginator, with the members that its schema has."""
        limit = self.window.limit or max(self.total, 1)

        def url_of(number: int) -> str:
            return self._url_of(Window((number - 1) * limit, limit))

        found: list[dict[str, Any]] = []
        for button in buttons(self.window.offset // limit + 1, self._number("last page"), url_of):
            found.append({name: button[word] for name, word in slot.parts.items()})
        return found

    def _position(self, slot: Slot) -> Any:
        """Return a number that a page says of itself; where it shows nothing, no first and no last item."""
        if slot.says in ("from", "to") and not self.shown and slot.otherwise != "keep":
            return _ABSENT[slot.otherwise]
        return _number_or_text(self._number(slot.says), slot.form)

    def _flag(self, says: str) -> bool:
        """Tell whether the page is what a flag says, or has what it says."""
        is_last = self.window.offset + self.shown >= self.total
        if self.window.before and says == "more":
            return self.window.offset > 0
        flags = {
            "more": not is_last,
            "next": not is_last,
            "prev": self.window.offset > 0,
            "first": self.window.offset == 0,
            "last": is_last,
            "empty": self.shown == 0,
            "any": self.total > 0,
            "paged": self.window.limit is not None,
            "unpaged": self.window.limit is None,
            "sorted": self.is_sorted,
            "unsorted": not self.is_sorted,
        }
        return flags[says]

    def _key(self, says: str) -> str:
        """Return the key of the first or last item that is shown; "" where none is."""
        first, last = self.keys
        if says == "first":
            return first
        if says == "next" and self.window.offset + self.shown >= self.total:
            return ""
        return last

    def _range(self) -> str:
        """Return which items are shown of how many (RFC 9110 §14.4), as PostgREST counts rows."""
        if not self.shown:
            return f"*/{self.total}"
        return f"{self.window.offset}-{self.window.offset + self.shown - 1}/{self.total}"

    def _of_window(self, slot: Slot, window: Window | None) -> Any:
        """Return how another page is told of; None where there is none, or no parameter can ask for it."""
        if window is None:
            return None
        if slot.form == "object":
            return {name: self._part(word, window) for name, word in slot.parts.items()}
        if slot.form in ("url", "path"):
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
            return _number_or_text(window.offset + self.page.begins, form)
        return _number_or_text(self._page_number(window), form)

    def _window(self, step: str) -> Window | None:
        if step == "next":
            return self.window.next(self.total)
        if step == "prev":
            return self.window.previous(self.total)
        if step == "first":
            return self.window.first()
        return self.window.last(self.total)

    def _number(self, word: str) -> int:
        limit = self.window.limit or max(self.total, 1)
        if word == "pages":
            return -(-self.total // limit)
        if word == "last page":
            return max(-(-self.total // limit), 1)
        if word == "page":
            return self._page_number(self.window)
        numbers = {
            "total": self.total,
            "count": self.total,
            "offset": self.window.offset + self.page.begins,
            "limit": 0 if self.window.limit == 0 else limit,
            "shown": self.shown,
            "from": self.window.offset + 1,
            "to": self.window.offset + self.shown,
            "left": max(self.total - self.window.offset - self.shown, 0),
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
        return f"{self.url}?{_written(query, self.scattered)}"

    def _own_url(self) -> str:
        query = _written(self.query, self.scattered)
        return f"{self.url}?{query}" if query else self.url


def unsaid(slot: Slot) -> Any:
    """Return what stands where a page has nothing to say."""
    return _NOTHING_SAID.get(slot.form, {}).get(slot.otherwise, _ABSENT[slot.otherwise])


def _asked(query: Mapping[str, Any], slot: Slot) -> Any:
    """Return what a list was asked with, in the form of what repeats it; None where it was not asked that."""
    if slot.form == "object":
        return _members_of(query, slot.of) or None
    value = query.get(slot.of)
    if value is None or value == []:
        return None
    if slot.form == "list":
        return listed(value)
    if slot.form == "pairs":
        return [str(one).split(":") for one in listed(value)]
    if slot.form == "text":
        return ",".join(map(_text, listed(value)))
    return value


def _members_of(query: Mapping[str, Any], holder: str) -> dict[str, Any]:
    """Return what was asked by members of one parameter: `filter.status=open`, `filter[status]=open`."""
    whole = query.get(holder)
    found = {}
    if isinstance(whole, dict):
        found.update(whole)
    for name, value in query.items():
        if name.startswith((f"{holder}.", f"{holder}[")):
            values = listed(value)
            found[name[len(holder) + 1 :].removesuffix("]")] = values[0] if len(values) == 1 else values
    return found


def _number_or_text(number: int, form: str) -> int | str:
    return str(number) if form == "text" else number


def _linked(slot: Slot, url: str) -> Any:
    """Return a link: the URL, or the object that holds it (draft-kelly-json-hal §5); None where there is
    none.
    """
    if not url:
        return None
    if slot.form == "base":
        url = url.partition("?")[0]
    if slot.form in ("path", "address"):
        parts = urlsplit(url)._replace(scheme="", netloc="")
        url = parts.path if slot.form == "address" else urlunsplit(parts)
    return {slot.within: url} if slot.within else url


def _written(query: Mapping[str, Any], scattered: frozenset[str] = frozenset()) -> str:
    """Write a query as most servers read it: lists as repeated parameters, objects as `name[key]`."""
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        if not isinstance(value, dict):
            pairs += _each(name, value)
            continue
        for key, one in value.items():
            pairs += _each(key if name in scattered else f"{name}[{key}]", one)
    return urlencode(pairs, safe=":,", quote_via=quote)


def _each(name: str, value: Any) -> Iterator[tuple[str, str]]:
    for one in listed(value):
        if one is not None:
            yield name, _text(one)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
