"""Envelopes: what the members around the items of a list, and the headers beside it, say of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from understudy.contracts.source import Node
from understudy.model.bodies import Bodies, present
from understudy.model.echoes import NO_ECHOES, Echoes
from understudy.model.model import Place, Slot
from understudy.model.vocabulary import (
    ADDRESSES,
    ALARMS,
    COUNTS,
    EARLIER,
    EARLIER_CURSORS,
    FIRST_IDS,
    FIRST_SHOWN,
    HYPERLINKS,
    LAST_IDS,
    LAST_PAGES,
    LAST_SHOWN,
    LEFT,
    LIMITS,
    LINK_ENDINGS,
    LINKS_OF_ONE,
    LIST_ADDRESSES,
    MORES,
    NEXT_CURSORS,
    OFFSETS,
    PAGE_COUNTS,
    PAGE_FLAGS,
    PAGES,
    RELATIONS,
    TOTALS,
)
from understudy.names import by_folded, fold, singular, split_words
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape

Form = Literal[
    "number",
    "text",
    "url",
    "cursor",
    "flag",
    "object",
    "page",
    "offset",
    "list",
    "id",
    "path",
    "base",
    "address",
]
_DEEPEST: Final = 3
_ALSO_COUNTS: Final = frozenset({"count", "size"})
"""Words for a limit that in an envelope count what is there."""

_VOCABULARY: Final = re.compile(r"^(?:@?[a-z]+[.:]|@)")
_NUMBER_WORDS: Final = (
    ("total", TOTALS),
    ("pages", PAGE_COUNTS),
    ("last page", LAST_PAGES),
    ("page", PAGES),
    ("offset", OFFSETS),
    ("left", LEFT),
    ("from", FIRST_SHOWN),
    ("to", LAST_SHOWN),
)
_OF_FACTS: Final = ("pagination", "page", "paging", "meta")
"""Last words of headers that hold an object of facts about the page, as flask-smorest and ASP.NET have it."""

_ALL_OF: Final = ("total", "totalitems", "totalcount", "totalelements", "totalrecords", "totalresults")
_OF_CURSORS: Final = ("cursor", "token", "marker")
_FORMS: Final[Mapping[str, Form]] = {
    "string": "text",
    "array": "list",
    "integer": "number",
    "number": "number",
    "boolean": "flag",
    "object": "object",
    "": "text",
}
_OF_PAGES: Final = ("self", "first", "prev", "next", "last")
"""The relations of a page (RFC 8288 §3, IANA link relations)."""

_CURRENT: Final = "current"
"""The link to the page itself, as APIFlask names it."""

_SAME: Final = {"previous": "prev"}
_BARE: Final = ("next", "nextpage", "prev", "prevpage", "previous", "previouspage")
_BUTTON: Final = frozenset({"url", "label", "active"})
_OF_BUTTONS: Final = _BUTTON | {"page"}
"""Members of what leads to a page of a paginator, as Laravel writes them."""

_FIRST_PAGES: Final = ("firstpage", "firstpagenumber")
_URLS: Final = ("uri", "url", "uri-reference", "iri", "iri-reference")
"""Formats of addresses."""

_NUMBERS: Final = ("integer", "number")

Otherwise = Literal["null", "omit", "empty", "keep"]


class _Member(Struct, frozen=True):
    """A member of an envelope. shape: as it is shown; the first of its alternatives where it has some."""

    place: Place
    folded: str
    parts: Parts
    shape: Shape
    is_required: bool


class Envelopes:
    """The envelopes of one contract's lists."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies

    def slots(
        self, body: Parts, listed: Place, *, by_cursor: bool, echoes: Echoes = NO_ECHOES
    ) -> Mapping[Place, Slot]:
        """Return what the members of an envelope say. listed: where the items stand. by_cursor: whether pages
        are asked for by one. echoes: what else is asked.
        """
        found: dict[Place, Slot] = {}
        members = list(self._members(body, (), listed, echoes))
        names = {member.folded for member in members if not _may_be_link(member)}
        of_list = ""
        if listed:
            of_list = fold(listed[-1])
        for member in members:
            slot = self._slot(member, by_cursor) or self._number_of(member, of_list) or self._unsaid(member)
            slot = slot or _base(member, names) or self._own_address(member, listed)
            slot = slot or self._echo(member, echoes)
            if slot is not None:
                found[member.place] = _among(slot, member.folded, names)
        return _as_paths(found, members)

    def in_headers(self, headers: Mapping[str, Node], *, by_cursor: bool) -> dict[str, Mapping[Place, Slot]]:
        """Return what headers say that hold an object of facts about the page."""
        found: dict[str, Mapping[Place, Slot]] = {}
        for name, header in headers.items():
            schema = header.find("schema")
            if schema is None or not fold(name).endswith(_OF_FACTS):
                continue
            if self._bodies.whole((schema,)).kind == "object":
                found[name] = self.slots((schema,), (), by_cursor=by_cursor)
        return found

    def _members(self, parts: Parts, place: Place, listed: Place, echoes: Echoes) -> Iterator[_Member]:
        """Yield the members around a list, those of objects in there too."""
        shape = self._bodies.whole(parts)
        if shape.kind != "object":
            return
        for name, below in present(shape):
            here, inner = (*place, name), self._bodies.whole(below) if below else None
            if inner is None or here == listed or self._is_list_of_others(name, here, inner, echoes):
                continue
            member = _Member(here, _spoken(here), below, inner, name in shape.required)
            if self._echo(member, echoes) is not None:
                yield member
            elif holds_any_links(name, inner, self._bodies):
                yield from self._any_links(here, inner)
            elif not self._is_group(member):
                yield member
            elif len(place) < _DEEPEST and not self._is_other_page(member, listed):
                yield from self._members(below, here, listed, echoes)

    def _is_list_of_others(self, name: str, place: Place, shape: Shape, echoes: Echoes) -> bool:
        """Tell whether a member is a list that says nothing of the page."""
        if shape.kind != "array" or fold(name) in ALARMS or self._buttons(shape):
            return False
        return echoes.slot(place, _spoken(place), shape, self._bodies) is None

    def _buttons(self, shape: Shape) -> dict[str, str]:
        """Return the members of the buttons of a paginator; none of any other list."""
        if not shape.items:
            return {}
        named = by_folded(self._bodies.whole(shape.items).declared)
        if not _BUTTON.issubset(named) or not named.keys() <= _OF_BUTTONS:
            return {}
        return dict(zip(named.values(), named, strict=True))

    def _any_links(self, place: Place, links: Shape) -> Iterator[_Member]:
        """Yield the links that a page has by their relations where its schema names none (HAL §4.1.1)."""
        link = self._bodies.whole(links.others)
        for relation in _OF_PAGES:
            yield _Member((*place, relation), relation, links.others, link, False)

    def _is_other_page(self, member: _Member, listed: Place) -> bool:
        """Tell whether an object is a page of other items: `artists: {items, total}` beside the albums'."""
        if not listed or listed[: len(member.place)] == member.place:
            return False
        list_there = member.shape.declared.get(listed[-1])
        return bool(list_there) and self._bodies.whole(list_there or ()).kind == "array"

    @staticmethod
    def _is_group(member: _Member) -> bool:
        """Tell whether a member is an object that says nothing itself."""
        return member.shape.kind == "object" and not _relation(member.folded)

    # -- what one member says

    def _slot(self, member: _Member, by_cursor: bool) -> Slot | None:
        relation, kind = _relation(member.folded), member.shape.kind
        flag = _flag(member) or self._id(member)
        if flag is not None:
            return flag
        if kind == "array":
            buttons = self._buttons(member.shape)
            return _if(bool(buttons), Slot(says="buttons", form="list", parts=buttons))
        if kind == "object" and not _hyperlink(member.shape):
            return self._other_page(member, relation)
        if member.folded in MORES:
            return _if(kind in ("boolean", ""), Slot(says="more", form="flag"))
        word = number_word(member.folded)
        if word and kind != "object" and member.shape.format not in _URLS and not _is_among_links(member):
            return _number(member, word)
        if member.folded in NEXT_CURSORS:
            counts = kind in _NUMBERS and not by_cursor
            otherwise = self._otherwise(member)
            slot = Slot(says="next", form="offset" if counts else "cursor", otherwise=otherwise)
            return _if(counts or kind in ("string", ""), slot)
        return self._link(member, relation, by_cursor)

    def _id(self, member: _Member) -> Slot | None:
        """Read the id of the first or the last item of the page, or the cursor of the page before."""
        if member.shape.kind not in ("string", ""):
            return None
        otherwise = self._otherwise(member)
        for says, words in (("first", FIRST_IDS), ("last", LAST_IDS)):
            if member.folded in words:
                return Slot(says=says, form="id", otherwise=otherwise)
        if member.folded in EARLIER_CURSORS:
            return Slot(says="prev", form="cursor", otherwise=otherwise)
        return None

    def _number_of(self, member: _Member, listed: str) -> Slot | None:
        """Read a number that is called as the list is: `articlesCount`, `totalUsers`."""
        one = singular(listed)
        if not listed or member.shape.kind not in (*_NUMBERS, ""):
            return None
        for noun in (listed, one):
            if member.folded in (f"{noun}count", f"{noun}total", f"total{noun}", f"num{noun}", f"{noun}s"):
                return Slot(says="total")
        return None

    def _unsaid(self, member: _Member) -> Slot | None:
        """Read what a success has nothing to say in, and a cursor or count that nobody could know."""
        kind = member.shape.kind
        otherwise = self._otherwise(member)
        if member.folded in ALARMS:
            form = _FORMS.get(kind)
            return Slot(says="nothing", form=form, otherwise=otherwise) if form else None
        tells_place = member.folded.endswith(_OF_CURSORS) or "page" in split_words(member.place[-1])
        is_cursor = kind == "string" and tells_place
        if is_cursor and otherwise != "keep":
            return Slot(says="nothing", form="cursor", otherwise=otherwise)
        if kind in _NUMBERS and member.folded.endswith("count"):
            return Slot(says="nothing", otherwise=otherwise)
        return None

    def _echo(self, member: _Member, echoes: Echoes) -> Slot | None:
        """Read what the list was asked with."""
        slot = echoes.slot(member.place, member.folded, member.shape, self._bodies)
        return slot and replace(slot, otherwise=self._otherwise(member))

    @staticmethod
    def _own_address(member: _Member, listed: Place) -> Slot | None:
        """Read what stands beside the items of a list as its address."""
        is_url = member.shape.kind == "string" and member.shape.format in _URLS
        if member.folded == _CURRENT and (is_url or _is_among_links(member)):
            return Slot(says="self", form="url")
        is_beside = len(member.place) == 1 and bool(listed)
        if not (is_beside and member.folded in LIST_ADDRESSES and member.shape.kind == "string"):
            return None
        if member.shape.constants:
            return None
        return Slot(says="self", form="url" if member.shape.format in _URLS else "address")

    def _link(self, member: _Member, relation: str, by_cursor: bool) -> Slot | None:
        """Read a member that leads to a page by number, cursor or URL, alone or in an object."""
        if not relation:
            return None
        is_other = relation in ("next", "prev")
        otherwise = self._otherwise(member) if is_other else "keep"
        if member.shape.kind in _NUMBERS:
            by_offset = member.folded.endswith("offset")
            slot = Slot(says=relation, form="offset" if by_offset else "page", otherwise=otherwise)
            return _if(is_other or member.folded in _FIRST_PAGES, slot)
        within, takes_url = _hyperlink(member.shape), _takes_url(member.shape)
        is_bare = member.folded in _BARE and member.shape.format not in _URLS
        if by_cursor and is_other and not within and (is_bare or not takes_url):
            return Slot(says=relation, form="cursor", otherwise=otherwise)
        if not within and not takes_url:
            return None
        return Slot(says=relation, form="url", within=within, otherwise=otherwise)

    def _other_page(self, member: _Member, relation: str) -> Slot | None:
        """Read an object that stands for another page: `next_page: {offset, path, uri}`, null where there is
        none.
        """
        if relation not in ("next", "prev"):
            return None
        parts: dict[str, str] = {}
        for name, below in present(member.shape):
            if below:
                says = _part(fold(name), self._bodies.whole(below))
                if says:
                    parts[name] = says
        if not parts:
            return None
        otherwise = self._otherwise(member)
        if otherwise == "empty":
            otherwise = "keep"
        return Slot(says=relation, form="object", otherwise=otherwise, parts=parts)

    def _otherwise(self, member: _Member) -> Otherwise:
        """Tell what stands there where there is no such page."""
        if self._bodies.is_nullable(member.parts):
            return "null"
        if not member.is_required:
            return "omit"
        is_free = member.shape.kind == "string" and not member.shape.constants and not member.shape.format
        if is_free and member.shape.limit("minLength", 0) == 0:
            return "empty"
        return "keep"


def _as_paths(slots: dict[Place, Slot], members: Sequence[_Member]) -> dict[Place, Slot]:
    """Write links without a host where their examples are, or those of the links beside them."""
    links = [member for member in members if member.place in slots and slots[member.place].form == "url"]
    is_usual = any(map(_begins_with_slash, links))
    for member in links:
        says_nothing = not member.shape.samples and not member.shape.patterns and not member.shape.format
        if _begins_with_slash(member) or (is_usual and says_nothing):
            slots[member.place] = replace(slots[member.place], form="path")
    return slots


def _is_among_links(member: _Member) -> bool:
    """Tell whether a text stands among links, where `first` is no number."""
    return member.shape.kind == "string" and fold("".join(member.place[-2:-1])) in LINKS_OF_ONE


def _begins_with_slash(member: _Member) -> bool:
    samples = [sample for sample in member.shape.samples if isinstance(sample, str)]
    return any(sample.startswith("/") for sample in samples) or any(
        pattern.startswith(("^/", r"^\/")) for pattern in member.shape.patterns
    )


def _spoken(place: Place) -> str:
    """Return the folded name of a member without the vocabulary it is of: `@odata.nextLink`, `hydra:next`."""
    name = place[-1]
    if name == "@id" and place[-2:-1] and fold(place[-2]).endswith("view"):
        return "self"
    return fold(_VOCABULARY.sub("", name))


def holds_any_links(name: str, shape: Shape, bodies: Bodies) -> bool:
    """Tell whether a member is a map of links by their relations, of which its schema names none."""
    if fold(name) not in LINKS_OF_ONE or present(shape) or not shape.others:
        return False
    return bool(_hyperlink(bodies.whole(shape.others)))


def count_in(body: Parts, bodies: Bodies) -> Place | None:
    """Return where in a body stands how many items there are, None where it says something else: it is a
    number, or an object of nothing but one.
    """
    shape = bodies.whole(body)
    if shape.kind in _NUMBERS:
        return ()
    members = present(shape)
    if shape.kind != "object" or len(members) != 1:
        return None
    (name, below), *_ = members
    folded = fold(name)
    is_count = folded in COUNTS or folded in TOTALS or folded.endswith("count")
    if not is_count or bodies.whole(below).kind not in _NUMBERS:
        return None
    return (name,)


def existence_in(body: Parts, bodies: Bodies) -> Place | None:
    """Return where in a body stands whether something is there: it is a flag, or an object of nothing but
    one; None where it says something else.
    """
    shape = bodies.whole(body)
    if shape.kind == "boolean":
        return ()
    flags = [name for name, below in present(shape) if bodies.whole(below).kind == "boolean"]
    if shape.kind != "object" or len(flags) != 1:
        return None
    return (flags[0],)


def _if(condition: bool, slot: Slot) -> Slot | None:
    return slot if condition else None


def _may_be_link(member: _Member) -> bool:
    """Tell whether a member leads to another page: a `first` that is no number is no limit."""
    return member.folded in RELATIONS and member.shape.kind in ("object", "string")


def _base(member: _Member, names: Set[str]) -> Slot | None:
    """Read what the links of a page begin with, as Laravel writes it. names: of all members around a list."""
    if member.folded == "path" and "perpage" in names and member.shape.kind == "string":
        return Slot(says="self", form="base")
    return None


def _flag(member: _Member) -> Slot | None:
    """Read a flag about the page: `first`, `empty`, `hasPreviousPage`."""
    if member.shape.kind != "boolean":
        return None
    folded = member.folded.removeprefix("is")
    if folded in EARLIER or member.folded in EARLIER:
        return Slot(says="prev", form="flag")
    if folded not in PAGE_FLAGS:
        return None
    if folded == "empty" and member.place[-2:-1] == ("sort",):
        return Slot(says="unsorted", form="flag")
    return Slot(says=folded, form="flag")


def _among(slot: Slot, folded: str, names: set[str]) -> Slot:
    """Return what a member says beside others: of `size` and `number_of_elements`, one is asked for and the
    other shown.
    """
    if folded == "size" and slot.says == "shown" and _is_numbered(names):
        return replace(slot, says="limit")
    if folded in ("itemcount", "count") and not names.isdisjoint(_ALL_OF):
        return replace(slot, says="shown")
    return slot


def _is_numbered(names: set[str]) -> bool:
    """Tell whether pages have numbers beside their size, as Spring Data and FastAPI Pagination write them;
    what has a limit beside it is no limit.
    """
    has_number = not names.isdisjoint(("numberofelements", "number", "page", "currentpage"))
    return has_number and names.isdisjoint(LIMITS.known - _ALSO_COUNTS)


def _number(member: _Member, word: str) -> Slot | None:
    if member.shape.kind == "string":
        return Slot(says=word, form="text")
    return _if(member.shape.kind in (*_NUMBERS, ""), Slot(says=word))


def _part(folded: str, shape: Shape) -> str:
    """Return what a member of an object about another page says, "" where nothing tells."""
    if folded in ADDRESSES or shape.format in _URLS:
        return "url"
    says = ""
    for word, words in (("offset", OFFSETS), ("page", PAGES), ("cursor", NEXT_CURSORS)):
        if folded in words:
            says = word
            break
    if not (says in ("offset", "page") and shape.kind == "string"):
        return says
    return f"{says} as text"


def _takes_url(shape: Shape) -> bool:
    is_text = shape.kind in ("string", "")
    return is_text and not shape.constants and shape.format in ("", *_URLS)


def _hyperlink(shape: Shape) -> str:
    """Return the member of a link that is an object which holds its address."""
    if shape.kind != "object":
        return ""
    return next((name for name in shape.declared if name in HYPERLINKS), "")


def _relation(folded: str) -> str:
    """Return which page a folded name leads to, "" where it is no link."""
    for word in RELATIONS:
        ending = folded.removeprefix(word)
        if ending != folded and (not ending or ending in LINK_ENDINGS or ending == "offset"):
            return _SAME.get(word, word)
    return ""


def number_word(folded: str) -> str:
    """Return the number that a folded name says of a page, "" where it says none."""
    for word, words in _NUMBER_WORDS:
        if folded in words:
            return word
    if folded == "number":  # Spring Data's
        return "page"
    if folded in LIMITS and folded not in _ALSO_COUNTS:
        return "limit"
    if folded not in COUNTS:
        return ""
    if folded in ("count", "itemcount"):
        return "total"
    return "shown"


def headers_of(names: Mapping[str, object]) -> Mapping[str, str]:
    """Return what the headers beside a list say: a number, or `links` (RFC 8288)."""
    found = {}
    for name in names:
        folded = fold(name)
        word = number_word(folded.removeprefix("x").removeprefix("pagination"))
        if folded == "link":
            found[name] = "links"
        elif folded == "contentrange":
            found[name] = "range"
        elif word:
            found[name] = word
    return found
