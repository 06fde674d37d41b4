"""Pages: what each slot of an envelope says of a page, and what headers do, as tables."""

from __future__ import annotations

from typing import Any

import pytest

from understudy.engine.pages import ListedPage
from understudy.engine.windows import Window, cursor
from understudy.messages import NOTHING
from understudy.model.model import Page, Slot

OFFSETS = Page(limit=("limit",), offset=("offset",))
PAGES = Page(limit=("size",), page=("page",))
CURSORS = Page(limit=("limit",), cursor=("after",))
URL = "http://s/api/orders"


def listed(
    page: Page = OFFSETS, offset: int = 3, total: int = 9, limit: int | None = 3, **query: Any
) -> ListedPage:
    """Return a page of a list of `total` items, the second of three unless said otherwise."""
    shown = min(limit or total, max(total - offset, 0))
    return ListedPage(page, Window(offset, limit), total, shown, URL, query)


def said(page: ListedPage, slot: Slot) -> Any:
    """Return what one slot says; "stays" where it leaves the member as it is."""
    return page.values({("m",): slot}).get(("m",), "stays")


@pytest.mark.parametrize(
    ("says", "page", "value"),
    [
        ("total", listed(), 9),
        ("count", listed(), 9),
        ("shown", listed(offset=8), 1),
        ("offset", listed(), 3),
        ("limit", listed(), 3),
        ("limit", listed(limit=None), 9),
        ("limit", listed(limit=None, total=0), 1),
        ("pages", listed(), 3),
        ("pages", listed(total=10), 4),
        ("pages", listed(total=0), 0),
        ("last page", listed(), 3),
        ("last page", listed(total=0), 1),
        ("pages", listed(limit=None), 1),
        ("page", listed(PAGES), 2),
        ("page", listed(Page(page=("page",), first=0)), 1),
        ("page", listed(limit=None), 1),
        ("more", listed(), True),
        ("more", listed(offset=6), False),
        ("more", listed(limit=None), False),
    ],
)
def test_a_slot_says_a_number_of_the_page(says: str, page: ListedPage, value: Any) -> None:
    found = said(page, Slot(says=says))
    assert (found, type(found)) == (value, type(value))


def test_a_number_is_a_text_where_it_is_shown_so() -> None:
    assert said(listed(), Slot(says="total", form="text")) == "9"


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        (Slot(says="next", form="url"), f"{URL}?limit=3&offset=6"),
        (Slot(says="prev", form="url"), f"{URL}?limit=3&offset=0"),
        (Slot(says="first", form="url"), f"{URL}?limit=3&offset=0"),
        (Slot(says="last", form="url"), f"{URL}?limit=3&offset=6"),
        (Slot(says="self", form="url"), f"{URL}?limit=3"),
        (Slot(says="next", form="url", within="href"), {"href": f"{URL}?limit=3&offset=6"}),
        (Slot(says="self", form="url", within="href"), {"href": f"{URL}?limit=3"}),
        (Slot(says="next", form="offset"), 6),
        (Slot(says="next", form="page"), 3),
        (Slot(says="next", form="cursor"), cursor(6)),
        (
            Slot(says="next", form="object", parts={"uri": "url", "n": "page as text", "at": "offset", "c": "cursor"}),
            {"uri": f"{URL}?limit=3&offset=6", "n": "3", "at": 6, "c": cursor(6)},
        ),
    ],
)  # fmt: skip
def test_a_slot_says_how_another_page_is_asked_for(slot: Slot, value: Any) -> None:
    assert said(ListedPage(OFFSETS, Window(3, 3), 9, 3, URL, {"limit": 3}), slot) == value


@pytest.mark.parametrize(
    ("otherwise", "value"), [("null", None), ("empty", ""), ("omit", NOTHING), ("keep", "stays")]
)
@pytest.mark.parametrize(
    ("says", "page"),
    [
        ("next", listed(offset=6)),
        ("prev", listed(offset=0)),
        ("next", listed(Page(limit=("limit",)))),
    ],
)
def test_a_slot_about_a_page_that_is_not_there_says_what_it_says_otherwise(
    says: str, page: ListedPage, otherwise: Any, value: Any
) -> None:
    assert said(page, Slot(says=says, form="url", otherwise=otherwise)) == value


@pytest.mark.parametrize("total", [1, 2, 3, 4, 6, 7, 9])
def test_the_last_link_leads_to_the_last_items(total: int) -> None:
    last = said(listed(offset=0, total=total), Slot(says="last", form="offset"))
    assert 0 < total - last <= 3


@pytest.mark.parametrize(
    ("query", "url"),
    [
        ({}, f"{URL}?offset=6"),
        ({"tag": ["a b", "ü"]}, f"{URL}?tag=a%20b&tag=%C3%BC&offset=6"),
        ({"filter": {"state": "open"}}, f"{URL}?filter%5Bstate%5D=open&offset=6"),
        ({"deep": True, "gone": None}, f"{URL}?deep=true&offset=6"),
        ({"offset": 3}, f"{URL}?offset=6"),
    ],
)
def test_a_link_keeps_what_was_asked(query: dict[str, Any], url: str) -> None:
    assert said(ListedPage(OFFSETS, Window(3, 3), 9, 3, URL, query), Slot(says="next", form="url")) == url


def test_headers_speak_of_the_page() -> None:
    page = ListedPage(CURSORS, Window(3, 3), 9, 3, URL, {"limit": 3})
    headers = page.headers({"X-Total-Count": "total", "X-Page": "page", "Link": "links"})
    assert (headers["X-Total-Count"], headers["X-Page"]) == ("9", "2")
    names = {"next": 6, "prev": 0, "first": 0, "last": 6}
    links = [f'<{URL}?limit=3&after={cursor(at)}>; rel="{name}"' for name, at in names.items()]
    assert headers["Link"] == ", ".join(links)


def test_there_is_no_link_header_where_nothing_can_ask_for_another_page() -> None:
    assert listed(Page(limit=("limit",))).headers({"Link": "links"}) == {}
