"""Windows on a list: what part is asked for, which parts stand beside it, and how a query asks for those."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.engine.windows import Window, cursor, moved, page_number, read_cursor, window_of
from understudy.model.model import Page

OFFSETS = Page(limit=("limit",), offset=("offset",))
PAGES = Page(limit=("per_page",), page=("page",))
FROM_ZERO = Page(limit=("size",), page=("page",), first=0)
CURSORS = Page(limit=("limit",), cursor=("after",), back=("before",))
NESTED = Page(limit=("page[size]",), page=("page[number]",))
BOUNDED = Page(limit=("limit",), offset=("offset",), default=20, most=100)


@pytest.mark.parametrize(
    ("page", "query", "window"),
    [
        (Page(), {"limit": 3, "offset": 6}, Window(0, None)),
        (OFFSETS, {}, Window(0, None)),
        (OFFSETS, {"limit": 3}, Window(0, 3)),
        (OFFSETS, {"limit": 3, "offset": 6}, Window(6, 3)),
        (OFFSETS, {"offset": 6}, Window(6, None)),
        (OFFSETS, {"limit": "3", "offset": "6"}, Window(6, 3)),
        (OFFSETS, {"limit": 3, "offset": "six"}, Window(0, 3)),
        (OFFSETS, {"limit": 3, "offset": -6}, Window(0, 3)),
        (OFFSETS, {"limit": 0}, Window(0, 0)),
        (PAGES, {"per_page": 0}, Window(0, None)),
        (CURSORS, {"limit": 0}, Window(0, None)),
        (BOUNDED, {}, Window(0, 20)),
        (BOUNDED, {"limit": 0}, Window(0, 0)),
        (BOUNDED, {"limit": 1000}, Window(0, 100)),
        (Page(most=100), {}, Window(0, 100)),
        (PAGES, {"per_page": 5}, Window(0, 5)),
        (PAGES, {"per_page": 5, "page": 1}, Window(0, 5)),
        (PAGES, {"per_page": 5, "page": 3}, Window(10, 5)),
        (PAGES, {"per_page": 5, "page": 0}, Window(0, 5)),
        (PAGES, {"page": 3}, Window(0, None)),
        (FROM_ZERO, {"size": 5, "page": 0}, Window(0, 5)),
        (FROM_ZERO, {"size": 5, "page": 2}, Window(10, 5)),
        (NESTED, {"page": {"size": 5, "number": 2}}, Window(5, 5)),
        (CURSORS, {"limit": 5, "after": cursor(15)}, Window(15, 5)),
        (CURSORS, {"limit": 5, "after": "ord_7"}, Window(0, 5, "ord_7")),
        (CURSORS, {"limit": 5, "after": {"id": 7}}, Window(0, 5)),
    ],
)
def test_a_query_asks_for_a_part(page: Page, query: dict[str, Any], window: Window) -> None:
    assert window_of(page, query) == window


@pytest.mark.parametrize(
    ("window", "total", "after", "before", "last"),
    [
        (Window(0, 3), 0, None, None, 0),
        (Window(0, 3), 1, None, None, 0),
        (Window(0, 3), 3, None, None, 0),
        (Window(0, 3), 4, 3, None, 3),
        (Window(0, 3), 6, 3, None, 3),
        (Window(3, 3), 6, None, 0, 3),
        (Window(3, 3), 7, 6, 0, 6),
        (Window(2, 3), 9, 5, 0, 6),
        (Window(9, 3), 6, None, 3, 3),
        (Window(99, 3), 7, None, 6, 6),
        (Window(9, 3), 0, None, None, 0),
        (Window(0, None), 9, None, None, 0),
        (Window(4, None), 9, None, None, 0),
    ],
)
def test_beside_a_part_stand_others(
    window: Window, total: int, after: int | None, before: int | None, last: int
) -> None:
    following, previous = window.next(total), window.previous(total)
    assert (following and following.offset) == after
    assert (previous and previous.offset) == before
    assert window.last(total).offset == last
    assert window.first() == Window(0, window.limit)


@given(limit=st.integers(1, 50), total=st.integers(1, 500))
def test_the_last_part_is_never_empty_and_nothing_follows_it(limit: int, total: int) -> None:
    last = Window(0, limit).last(total)
    assert 0 < total - last.offset <= limit
    assert last.next(total) is None


@given(limit=st.integers(1, 50), total=st.integers(0, 500))
def test_a_walk_meets_every_item_once_and_ends_at_the_last_part(limit: int, total: int) -> None:
    window, seen = Window(0, limit), 0
    while True:
        seen += min(limit, total - window.offset)
        following = window.next(total)
        if following is None:
            break
        assert following.previous(total) == window
        window = following
    assert (seen, window) == (total, Window(0, limit).last(total))


@given(st.integers(0, 10**12))
def test_a_cursor_is_read_as_it_was_written(offset: int) -> None:
    assert read_cursor(cursor(offset)) == offset


@pytest.mark.parametrize("text", ["", "7", "ord_7", "YXQ6", "YXQ6eA", "ü", "====", None])
def test_what_is_no_cursor_of_ours_is_none(text: str | None) -> None:
    assert read_cursor(text) is None


@pytest.mark.parametrize(
    ("page", "query", "asks"),
    [
        (OFFSETS, {"limit": 3, "status": "open"}, {"limit": 3, "status": "open", "offset": 6}),
        (OFFSETS, {"offset": 3, "limit": 3}, {"limit": 3, "offset": 6}),
        (PAGES, {"per_page": 3, "page": 1}, {"per_page": 3, "page": 3}),
        (FROM_ZERO, {"size": 3}, {"size": 3, "page": 2}),
        (CURSORS, {"limit": 3, "before": "x"}, {"limit": 3, "after": cursor(6)}),
        (Page(page=("page",), offset=("offset",)), {"offset": 3}, {"page": 3}),
        (NESTED, {"page": {"size": 3}}, {"page": {"size": 3, "number": 3}}),
        (NESTED, {"page[size]": 3}, {"page[size]": 3, "page": {"number": 3}}),
        (NESTED, {"page": "x"}, None),
        (OFFSETS, {"offset": {"gte": 3}}, None),
        (Page(limit=("limit",)), {"limit": 3}, None),
    ],
)
def test_a_query_is_moved_to_another_part(
    page: Page, query: dict[str, Any], asks: dict[str, Any] | None
) -> None:
    assert moved(page, query, Window(6, 3)) == asks


@pytest.mark.parametrize(
    ("page", "window", "number"),
    [
        (PAGES, Window(0, 3), 1),
        (PAGES, Window(6, 3), 3),
        (PAGES, Window(7, 3), 3),
        (FROM_ZERO, Window(6, 3), 2),
    ],
)
def test_a_part_has_the_number_of_its_page(page: Page, window: Window, number: int) -> None:
    assert page_number(page, window) == number
