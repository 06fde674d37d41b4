"""Paging: which of a list's parameters say which page of it is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from understudy.model.asked import Asked
from understudy.model.member_names import MemberNames
from understudy.model.model import Answer, Page, Place, Slot
from understudy.model.vocabulary import (
    AT_LEAST,
    BACKWARDS,
    CURSORS,
    LIMITS,
    OFFSETS,
    PAGES,
    PAGES_IF_NUMBERS,
    PAGINATIONS,
)
from understudy.names import fold

USUAL: Final = 20
"""Items on a page where nothing says how many."""

_ROLES: Final = (
    ("limit", LIMITS),
    ("page", PAGES),
    ("offset", OFFSETS),
    ("cursor", CURSORS),
    ("back", BACKWARDS),
)
_AN_ID: Final = re.compile(r"\bid\b", re.IGNORECASE)
_A_MOMENT: Final = re.compile(r"\b(?:date|time|timestamp|epoch|unix|seconds?|day)\b", re.IGNORECASE)
_FROM_ZERO: Final = re.compile(
    r"\bzero.based|\b0.based|\b0\.\.|(?:start|begin|index)\w* (?:at|from|with) (?:0|zero)\b", re.IGNORECASE
)
_FROM_ONE: Final = re.compile(
    r"\b(?:one|1).(?:based|indexed)\b|(?:start|begin|index|count)\w* (?:at|from|with) (?:1|one)\b",
    re.IGNORECASE,
)
_TELLS_A_PLACE: Final = ("url", "path", "address", "cursor", "offset", "object", "id")
"""Forms of what an envelope says that lead to another page."""

_OPAQUE: Final = frozenset({"cursor", "pagecursor", "nextcursor", "pagetoken", "nexttoken"})
"""Cursors that are not called after an item, or a place in the list."""

_PAGED_BY: Final = frozenset({"page", "offset", "cursor"})


def paging_of(parameters: Sequence[Asked], names: MemberNames) -> Page:
    """Return which parameters page, by what they say."""
    roles: dict[str, list[str]] = {}
    first, begins = 1, 0
    for parameter in parameters:
        for name, role in _roles_of(parameter, names):
            if role == "cursor" and _is_position(parameter):
                role = "offset"  # noqa: PLW2901
            if role == "page" and "page" not in roles:
                first = _first_page(parameter)
            if role == "offset" and "offset" not in roles:
                begins = _first_item(parameter)
            roles.setdefault(role, []).append(name)
    if _goes_on_before(roles):
        roles["cursor"] = roles.pop("back")
    default = 0 if _PAGED_BY.isdisjoint(roles) else USUAL
    named = {role: tuple(names) for role, names in roles.items()}
    return Page(first=first, begins=begins, default=default, **named)  # type: ignore[arg-type]


def _goes_on_before(roles: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether `before` is all that leads to another page: to older items, as in chats and feeds
    (Discord, Telegram), and not back.
    """
    return list(map(fold, roles.get("back", ()))) == ["before"] and _PAGED_BY.isdisjoint(roles)


def from_zero(page: Page, parameters: Sequence[Asked], says: Mapping[Place, Slot]) -> Page:
    """Return how pages are asked for where the answer tells that they are numbered from 0: Spring Data's has
    a `number` beside the count of all.
    """
    folded = {fold(place[-1]) for place in says if place}
    states_one = any(one.default == (1,) or one.minimum == 1 for one in parameters if one.name in page.page)
    if states_one or "number" not in folded or folded.isdisjoint(("totalelements", "numberofelements")):
        return page
    return replace(page, first=0)


def leading_on(answer: Answer, page: Page, parameters: Sequence[Asked]) -> Answer:
    """Return the answer of a list whose next page is asked for by a cursor: with a `Link` header (RFC 8288
    §3) where nothing documented would tell that cursor.
    """
    counts = any(fold(name) not in _OPAQUE for name in (*page.page, *page.offset))
    leads_on = bool(page.offset) or _takes_text(page.cursor, parameters)
    if answer.list is None or counts or not leads_on:
        return answer
    leads = [slot for slot in answer.says.values() if slot.says in ("next", "last")]
    if "links" in answer.headers.values() or any(slot.form in _TELLS_A_PLACE for slot in leads):
        return answer
    return replace(answer, headers={**answer.headers, "Link": "links"})


def _takes_text(names: Sequence[str], parameters: Sequence[Asked]) -> bool:
    """Tell whether a parameter of these names takes any text, as an opaque cursor is."""
    for parameter in parameters:
        if parameter.name in names:
            return parameter.type in ("string", "") and not parameter.format and parameter.values is None
    return False


def _roles_of(parameter: Asked, names: MemberNames) -> Iterator[tuple[str, str]]:
    """Yield the names that page, and their roles: the parameter's, or those of its members (`page[size]`)."""
    inner = list(_inner_roles(parameter))
    if inner:
        yield from inner
        return
    role = page_role(parameter, names)
    if role:
        yield parameter.name, role


def _inner_roles(parameter: Asked) -> Iterator[tuple[str, str]]:
    is_about_pages = _role_named(parameter.folded) or parameter.folded in PAGINATIONS
    if not is_about_pages:
        return
    for member in parameter.inner:
        role = _role_named(fold(parameter.name + member)) or _role_named(fold(member))
        if role:
            yield f"{parameter.name}[{member}]", role


def page_role(parameter: Asked, names: MemberNames) -> str:
    """Return what a parameter says of the page, "" where it says nothing: `after` a day, and a choice of
    words, are no places; what is called as a member chooses by it, unless it is a number.
    """
    role = _role_named(parameter.folded) or _role_named(fold(parameter.name)) or _of_ids(parameter)
    if not role and any(_inner_roles(parameter)):
        return "pagination"
    if parameter.format.startswith("date") or parameter.type == "boolean":
        return ""
    if parameter.folded in PAGES_IF_NUMBERS and not _is_number_of_items(parameter, names):
        return ""
    is_choice = parameter.type == "string" and parameter.values is not None
    is_member = parameter.folded in names.top and parameter.type in ("string", "array")
    if is_choice or (is_member and role in ("limit", "page", "offset")):
        return ""
    return role


def _is_number_of_items(parameter: Asked, names: MemberNames) -> bool:
    """Tell whether a number counts items: it is called as no member is, and not told to be a moment."""
    is_number = parameter.type in ("integer", "number")
    return is_number and parameter.folded not in names.top and not _A_MOMENT.search(parameter.said)


def _of_ids(parameter: Asked) -> str:
    """Tell a cursor by its words: `since`, an id after which the page begins."""
    is_bound = parameter.folded in AT_LEAST and parameter.type in ("integer", "number")
    if is_bound and _AN_ID.search(parameter.said):
        return "cursor"
    return ""


def _role_named(folded: str) -> str:
    for role, words in _ROLES:
        if folded in words:
            return role
    return ""


def _is_position(parameter: Asked) -> bool:
    """Tell whether a cursor is a number that only the server knows: it counts items."""
    return parameter.type in ("integer", "number") and parameter.folded in _OPAQUE


def _first_page(parameter: Asked) -> int:
    """Return the number of the first page: 0 where the contract says that pages start there."""
    if parameter.default == (1,):
        return 1
    if parameter.minimum == 0 or parameter.default == (0,) or _FROM_ZERO.search(parameter.said):
        return 0
    return 1


def _first_item(parameter: Asked) -> int:
    """Return the offset of the first item: 1 where the contract says that counting starts there, as SCIM's
    `startIndex` does (RFC 7644 §3.4.2.4). Nobody leaves the first item out where nothing is asked.
    """
    if parameter.default == (0,) or parameter.minimum == 0:
        return 0
    is_from_one = parameter.default == (1,) or parameter.minimum == 1 or _FROM_ONE.search(parameter.said)
    return 1 if is_from_one else 0
