"""Windows: the part of a list that is asked for, and the parts beside it."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any, Final

from msgspec import Struct

from understudy.engine.parameters import inner, is_inner, outer, stated_by
from understudy.model.model import Page

_MARK: Final = "at:"
"""What a cursor begins with, before it is encoded."""


RANGE: Final = "~range"
"""Under what a query says which rows a Range header asks for."""


class Window(Struct, frozen=True):
    """The part of a list that was asked for. limit: None for all of it. after, before: the key of the item
    before it or behind it, where one was named.
    """

    offset: int = 0
    limit: int | None = None
    after: str = ""
    before: str = ""

    def next(self, total: int) -> Window | None:
        """Return the window after this one, or None where nothing is left."""
        if self.limit is None or self.offset + self.limit >= total:
            return None
        return Window(self.offset + self.limit, self.limit)

    def previous(self, total: int) -> Window | None:
        """Return the window before this one, or None at the beginning; before one past the end, the one with
        the last items.
        """
        if self.limit is None or min(self.offset, total) <= 0:
            return None
        if self.offset >= total:
            return self.last(total)
        return Window(max(self.offset - self.limit, 0), self.limit)

    def first(self) -> Window:
        """Return the window with the first items."""
        return Window(0, self.limit)

    def last(self, total: int) -> Window:
        """Return the window with the last items."""
        limit = self.limit or max(total, 1)
        return Window(max(total - 1, 0) // limit * limit, self.limit)


def window_of(page: Page, query: Mapping[str, Any], unsent: Set[str] = frozenset()) -> Window:
    """Read what part of a list a request asks for; what cannot be read counts as the first part.

    unsent: parameters that nobody sent. A list begins at its beginning, whatever default a page or an offset
    has.
    """
    limit = _limit(page, query)
    rows = query.get(RANGE)
    if rows is not None:
        return _of_rows(rows, limit)
    for value in _stated(page.offset, query, unsent):
        return Window(max(_whole(value) - page.begins, 0), limit)
    is_placed = any(_stated((*page.cursor, *page.back), query))
    if limit is not None:
        for value in _stated(page.page, query, unsent):
            if is_placed and _whole(value) == page.first:
                break  # the first page, which may be meant where nobody says one, of what begins elsewhere
            return Window(max(_whole(value) - page.first, 0) * limit, limit)
    for value in _stated(page.cursor, query):
        position = read_cursor(value)
        if position is None:
            return Window(0, limit, str(value))
        return Window(position, limit)
    return _backwards(page, query, limit)


def _of_rows(rows: Mapping[str, Any], limit: int | None) -> Window:
    """Read a range of rows: the last of them is shown too."""
    first = rows["first"]
    if rows["last"]:
        limit = max(int(rows["last"]) - first + 1, 1)
    return Window(first, limit)


def _backwards(page: Page, query: Mapping[str, Any], limit: int | None) -> Window:
    """Read a part that ends before an item, or before a position."""
    for value in _stated(page.back, query):
        position = read_cursor(value)
        if position is None:
            return Window(0, limit, before=str(value))
        start = max(position - (limit or position), 0)
        return Window(start, position - start)
    return Window(0, limit)


def _limit(page: Page, query: Mapping[str, Any]) -> int | None:
    limit = page.default or None
    for value in _stated(page.limit, query):
        number = _whole(value)
        if number > 0:
            limit = number
            break
        if str(value) == "0" and page.offset and not page.cursor:
            return 0  # OData v4 §11.2.6.3, SQL: the items are counted, and none is shown
    if not page.most:
        return limit
    return min(limit or page.most, page.most)


def _stated(
    parameters: tuple[str, ...], query: Mapping[str, Any], unsent: Set[str] = frozenset()
) -> Iterator[Any]:
    """Yield what a request says by these parameters."""
    for name in parameters:
        if name in unsent:
            continue
        value = stated_by(query, name)
        if value is not None and not isinstance(value, dict):
            yield value


def _whole(value: Any) -> int:
    try:
        return max(int(value), 0)
    except (TypeError, ValueError):
        return 0


def cursor(offset: int) -> str:
    """Write a position as an opaque cursor."""
    return urlsafe_b64encode(f"{_MARK}{offset}".encode()).decode().rstrip("=")


def read_cursor(text: Any) -> int | None:
    """Read a cursor that `cursor` wrote; None for any other."""
    padded = str(text) + "=" * (-len(str(text)) % 4)
    try:
        word = urlsafe_b64decode(padded).decode()
        return max(int(word.removeprefix(_MARK)), 0) if word.startswith(_MARK) else None
    except ValueError:
        return None


def moved(page: Page, query: Mapping[str, Any], window: Window) -> dict[str, Any] | None:
    """Return the query that asks for another window, or None where no parameter can say so."""
    others = (*page.page, *page.offset, *page.cursor, *page.back)
    for parameters, value in _positions(page, window):
        for name in parameters:
            if isinstance(query.get(name), dict):  # comparisons of a member that is called so
                continue
            found = _put(_left_out(query, others), name, value)
            if found is not None:
                return found
    return None


def _left_out(query: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return a query without what it says by some names."""
    rest = dict(query)
    for name in names:
        rest.pop(name, None)
        holder = rest.get(outer(name))
        if is_inner(name) and isinstance(holder, dict):
            rest[outer(name)] = {key: one for key, one in holder.items() if key != inner(name)}
    return rest


def _put(query: dict[str, Any], name: str, value: Any) -> dict[str, Any] | None:
    """Return a query that says a value by a name; None where something else stands in its way."""
    holder = query.get(outer(name), {})
    if not is_inner(name):
        return {**query, name: value}
    if not isinstance(holder, dict):
        return None
    return {**query, outer(name): {**holder, inner(name): value}}


def _positions(page: Page, window: Window) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield page.page, page_number(page, window)
    yield page.offset, window.offset + page.begins
    yield page.cursor, cursor(window.offset)


def page_number(page: Page, window: Window) -> int:
    """Return the number of a window's page."""
    return window.offset // (window.limit or 1) + page.first
