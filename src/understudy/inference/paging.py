"""Paging: which declared query parameters page, sort and filter a list, and which part of it a request asks for."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from understudy.contracts.contract import Operation, Parameter
from understudy.inference.filtering import Test, bounds_of, filters_of, is_bundle, test_of
from understudy.inference.sorting import DIRECTIONS, FIELDS, Key, sort_keys
from understudy.names import fold

LIMITS: Final = frozenset(
    {"limit", "perpage", "pagesize", "size", "count", "maxresults", "maxitems", "top", "take", "first", "rows", "pagelimit",
     "itemsperpage", "resultsperpage", "numresults", "maxrecords", "maxpagesize"}
)  # fmt: skip
PAGES: Final = frozenset({"page", "pagenumber", "pageindex", "currentpage", "p", "pageno"})
OFFSETS: Final = frozenset({"offset", "skip", "startindex", "startat", "pageoffset", "startposition"})
_CURSORS = frozenset(
    {"cursor", "pagetoken", "nexttoken", "nextpagetoken", "continuationtoken", "continue", "marker", "bookmark", "pagecursor",
     "pageafter", "after", "startingafter", "aftercursor", "next", "nextcursor", "lastknowledgeofserver"}
)  # fmt: skip
_BACKWARDS = frozenset({"before", "endingbefore", "pagebefore", "last", "previous", "prev"})
_ROLES: Final = (
    ("limit", LIMITS), ("page", PAGES), ("offset", OFFSETS), ("cursor", _CURSORS), ("back", _BACKWARDS), ("sort", FIELDS | DIRECTIONS),
)  # fmt: skip
USUAL: Final = 20
"""Items on a page where nothing says how many."""


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a list that was asked for. limit: None for all of it. after: the key of the item before it, where one was named."""

    offset: int = 0
    limit: int | None = None
    after: str = ""

    def next(self, total: int) -> Window | None:
        """Return the window after this one, or None where nothing is left."""
        if self.limit is None or self.offset + self.limit >= total:
            return None
        return Window(self.offset + self.limit, self.limit)

    def previous(self) -> Window | None:
        """Return the window before this one, or None at the beginning."""
        if self.limit is None or self.offset <= 0:
            return None
        return Window(max(self.offset - self.limit, 0), self.limit)

    def last(self, total: int) -> Window:
        """Return the window with the last items."""
        limit = self.limit or max(total, 1)
        return Window(max(total - 1, 0) // limit * limit, self.limit)

    def found(self, keys: Sequence[str]) -> Window:
        """Return the window with its place known, now that the keys of the list are."""
        return (
            Window(keys.index(self.after) + 1, self.limit)
            if self.after in keys
            else Window(self.offset, self.limit)
        )


class Paging:
    """How one list operation is paged, sorted and filtered, told from the names of its declared parameters.

    roles: parameter -> "limit", "page", "offset", "cursor", "back" or "sort". filters: parameter -> member of an item.
    bounds: parameter -> member, and how it is compared.
    """

    def __init__(self, operation: Operation, members: Iterable[str]) -> None:
        """`members`: the properties of an item; a parameter of such a name that does not page, sort or shape the answer is a filter."""
        self._members = tuple(members)
        self._parameters = {
            parameter.name: parameter for parameter in operation.parameters if parameter.location == "query"
        }
        told = {name: _role(parameter) for name, parameter in self._parameters.items()}
        self.roles: dict[str, str] = {name: role for name, role in told.items() if role}
        others = [parameter for name, parameter in self._parameters.items() if name not in self.roles]
        self.filters: dict[str, str] = filters_of(others, self._members)
        self.bounds = bounds_of(
            [parameter for parameter in others if parameter.name not in self.filters], self._members
        )
        self._bundles = [parameter.name for parameter in others if is_bundle(parameter.name)]

    def window(self, query: Mapping[str, Any]) -> Window:
        """Read what part of the list a request asks for; what cannot be read counts as the first part."""
        stated = list(self._stated(query))
        limits = (_whole(value) for _, role, value in stated if role == "limit")
        limit = next((number for number in limits if number and number > 0), None)
        if limit is None and {"page", "offset", "cursor"} & {*self.roles.values()}:
            limit = USUAL
        for name, role, value in stated:
            if role == "offset":
                return Window(max(_whole(value) or 0, 0), limit)
            if role == "page" and limit is not None:
                return Window(max((_whole(value) or 0) - self.first_page(name), 0) * limit, limit)
            if role == "cursor":
                position = read_cursor(value)
                return Window(position or 0, limit, "" if position is not None else str(value))
        return Window(0, limit)

    def moved(self, query: Mapping[str, Any], window: Window) -> dict[str, Any] | None:
        """Return the query that asks for another window, or None where no parameter can say so."""
        for name, role in self.roles.items():
            place = self._place(name, role, window)
            if place is not None and not isinstance(query.get(name), dict):
                others = {
                    key: value
                    for key, value in query.items()
                    if self.roles.get(key) not in ("page", "offset", "cursor", "back")
                }
                return {**others, name: place}
        return None

    def first_page(self, name: str = "") -> int:
        """Return the number of the first page: 0 where the contract says that pages start there."""
        name = name or next((name for name, role in self.roles.items() if role == "page"), "")
        parameter = self._parameters.get(name)
        schema = parameter.schema if parameter else None
        return (
            0
            if schema is not None
            and 0 in (schema.get("minimum"), schema.get("default"))
            and schema.get("default") != 1
            else 1
        )

    def sort(self, query: Mapping[str, Any]) -> list[Key]:
        """Return what a request sorts by; nothing where it does not."""
        return sort_keys(query, [name for name, role in self.roles.items() if role == "sort"], self._members)

    def where(self, query: Mapping[str, Any]) -> Test | None:
        """Return what an item must meet to be listed, or None where nothing was asked for."""
        chosen = {name: value for name, value in query.items() if not self._is_default(name, value)}
        return test_of(chosen, {**self.filters, **self.bounds}, self._bundles, self._members)

    def _is_default(self, name: str, value: Any) -> bool:
        """Tell whether a parameter says what it says when it is not sent: nobody chose that, and it often means everything."""
        schema = self._parameters[name].schema if name in self._parameters else None
        return schema is not None and schema.has("default") and bool(schema.get("default") == value)

    def _stated(self, query: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
        """Yield name, role and value of what pages in a query; `page[size]=5` may be one parameter with two members."""
        for name in self.roles:
            value = query.get(name)
            if isinstance(value, dict):
                for key, member in value.items():
                    yield name, _named(fold(name + key)) or _named(fold(key)), member
            elif value is not None:
                yield name, self.roles[name], value

    def _place(self, name: str, role: str, window: Window) -> Any:
        if role == "page":
            return window.offset // (window.limit or 1) + self.first_page(name)
        return {"offset": window.offset, "cursor": cursor(window.offset)}.get(role)


def _role(parameter: Parameter) -> str:
    schema = parameter.schema
    role = _named(fold(parameter.name))
    if schema is None or role == "sort":
        return role
    if str(schema.get("format")).startswith("date") or schema.get("type") == "boolean":
        return ""  # `after` a day is no place in a list
    return "" if schema.get("type") == "string" and schema.has("enum") else role


def _named(name: str) -> str:
    return next((role for role, names in _ROLES if name in names), "")


def _whole(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def cursor(offset: int) -> str:
    """Write a position as an opaque cursor."""
    return urlsafe_b64encode(f"at:{offset}".encode()).decode().rstrip("=")


def read_cursor(text: Any) -> int | None:
    """Read a cursor that `cursor` wrote; None for any other."""
    try:
        word = urlsafe_b64decode(str(text) + "=" * (-len(str(text)) % 4)).decode()
        return max(int(word.removeprefix("at:")), 0) if word.startswith("at:") else None
    except ValueError:
        return None
