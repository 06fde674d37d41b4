"""Envelopes: what stands around the items of a list (totals, page numbers, cursors, links) and what each of it should say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from understudy.inference.paging import LIMITS, OFFSETS, PAGES, Paging, Window, cursor
from understudy.inference.resources import Bodies
from understudy.messages import NOTHING
from understudy.names import fold
from understudy.schemas.choice import Parts

_TOTALS: Final = frozenset(
    {"total", "totalcount", "totalitems", "totalresults", "totalentries", "totalelements", "totalrecords", "totalsize"}
)  # fmt: skip
_TOTAL_PAGES: Final = frozenset({"totalpages", "pagecount", "lastpage", "pages", "pagestotal"})
_COUNTS: Final = frozenset({"count", "itemcount", "size", "numberofelements", "resultcount"})
_MORES: Final = frozenset({"hasmore", "hasnext", "hasnextpage", "more", "ismore", "moreitems"})
_CURSORS: Final = frozenset(
    {"nextcursor", "nexttoken", "nextpagetoken", "cursor", "nextmarker", "endcursor", "continuationtoken", "aftercursor", "after"}
)  # fmt: skip
_STEPS: Final = {
    "next": "next",
    "prev": "prev",
    "previous": "prev",
    "first": "first",
    "last": "last",
    "self": "self",
}
_LINK_ENDINGS: Final = ("", "url", "uri", "link", "href", "page", "pageurl", "pageuri", "pagelink")
_DEEPEST: Final = 3

Change = tuple[dict[str, Any], str, list[Any]]
"""An object, the name of its member, and what the member may be, best first; NOTHING where it may be absent."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One answer of a list operation: the window it shows, how many items there are, and how many of them it shows.

    url: of the list, without a query. query: the decoded one it was asked with.
    """

    paging: Paging
    window: Window
    total: int
    shown: int
    url: str
    query: Mapping[str, Any]

    def links(self) -> dict[str, str]:
        """Return the URLs of the next, previous, first and last page, as far as they exist and a parameter can ask for them."""
        windows = {
            "next": self.window.next(self.total),
            "prev": self.window.previous(),
            "first": Window(0, self.window.limit),
            "last": self.window.last(self.total),
        }
        found = {}
        for name, window in windows.items():
            query = self.paging.moved(self.query, window) if window else None
            if query is not None:
                found[name] = f"{self.url}?{_written(query)}"
        return found

    def own_url(self) -> str:
        """Return the URL of this answer."""
        query = _written(self.query)
        return f"{self.url}?{query}" if query else self.url

    def number(self, name: str) -> int | None:
        """Return the number that a member or header of this folded name should hold."""
        limit = self.window.limit or max(self.total, 1)
        if name in _TOTALS:
            return self.total
        if name in _TOTAL_PAGES:
            return max(-(-self.total // limit), 1)
        if name in PAGES:
            return self._page(self.window)
        if name in OFFSETS:
            return self.window.offset
        if name in LIMITS - {"count", "size"}:
            return limit
        return {"count": self.total}.get(name, self.shown) if name in _COUNTS else None

    def step(self, name: str) -> tuple[bool, int | None, int | None]:
        """Tell whether a folded name may be that of the next or previous page, and return that page's number and offset."""
        window = self.window.next(self.total) if name.startswith("next") else self.window.previous()
        known = name in (
            "next",
            "nextpage",
            "prevpage",
            "previouspage",
            "prev",
            "previous",
            "nextoffset",
            "previousoffset",
            "prevoffset",
        )
        return known, self._page(window) if window else None, window.offset if window else None

    def _page(self, window: Window) -> int:
        return window.offset // (window.limit or max(self.total, 1)) + self.paging.first_page()


def changes(envelope: Any, parts: Parts, listing: Listing, bodies: Bodies) -> Iterator[Change]:
    """Yield what an envelope's members should be, outermost first. The items themselves are not looked at."""
    links = listing.links()
    waiting: list[tuple[Any, Parts, int]] = [(envelope, parts, 0)]
    while waiting:
        here, described, depth = waiting.pop(0)
        if not isinstance(here, dict):
            continue
        declared = bodies.whole(described).declared if described else {}
        for name in [
            *here,
            *(name for name in declared if name not in here and _is_about_pages(fold(name))),
        ]:
            value, below = here.get(name, NOTHING), declared.get(name) or ()
            folded = fold(name)
            address = _address(value, below, bodies) if _rel(folded) else ""
            if isinstance(value, dict) and depth < _DEEPEST and not address:
                waiting.append((value, below, depth + 1))
                continue
            candidates = _candidates(folded, "" if address else value, listing, links)
            if address:  # HAL writes `{"href": url}` (draft-kelly-json-hal §5)
                around = value if isinstance(value, dict) else {}
                candidates = [
                    {**around, address: one} if isinstance(one, str) else one
                    for one in candidates
                    if one != ""
                ]
            if candidates:
                yield here, name, candidates


def _address(value: Any, below: Parts, bodies: Bodies) -> str:
    """Return the member of a link that is an object which holds its URL, or "" where the link is none."""
    known = value if isinstance(value, dict) else bodies.whole(below).declared if below else {}
    return next((name for name in known if name in ("href", "url")), "")


def _candidates(name: str, value: Any, listing: Listing, links: Mapping[str, str]) -> list[Any]:
    following = listing.window.next(listing.total)
    if isinstance(value, list):
        return []
    if name in _MORES:
        return [following is not None]
    number = listing.number(name)
    if number is not None:
        return [str(number)] if isinstance(value, str) else [number]
    if name in _CURSORS:
        return [cursor(following.offset)] if following else [None, NOTHING, ""]
    rel = _rel(name)
    if not rel:
        return []
    if rel == "self":
        return [listing.own_url()]
    is_step, page, offset = listing.step(name)
    told = [offset if name.endswith("offset") else page] if is_step else []
    if rel not in links:
        return [None, NOTHING, "", *told] if rel in ("next", "prev") else []
    window_cursor = (
        [cursor(following.offset)]
        if rel == "next" and following and "cursor" in listing.paging.roles.values()
        else []
    )
    by_kind = [links[rel], *window_cursor]
    if window_cursor and not (isinstance(value, str) and "://" in value) and name in ("next", "nextpage"):
        by_kind.reverse()
    return [*told, *by_kind] if isinstance(value, int) else [*by_kind, *told]


def _rel(name: str) -> str:
    """Return which page a folded name links to, or ""."""
    return next(
        (
            rel
            for start, rel in _STEPS.items()
            if name.startswith(start) and name.removeprefix(start) in _LINK_ENDINGS
        ),
        "",
    )


def _is_about_pages(name: str) -> bool:
    return name in _MORES or name in _CURSORS or name in _TOTALS or _rel(name) != ""


def link_header(links: Mapping[str, str]) -> str:
    """Write links as a `Link` header (RFC 8288 §3)."""
    return ", ".join(f'<{url}>; rel="{rel}"' for rel, url in links.items())


def _written(query: Mapping[str, Any]) -> str:
    """Write a query as most servers read it: lists as repeated parameters, objects as `name[key]`."""
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        if isinstance(value, dict):
            pairs += [(f"{name}[{key}]", _text(one)) for key, one in value.items()]
        else:
            pairs += [
                (name, _text(one))
                for one in (value if isinstance(value, list) else [value])
                if one is not None
            ]
    return urlencode(pairs, safe="[]:,", quote_via=quote)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
