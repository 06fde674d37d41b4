"""What a property's name says of it: its value, by the vocabulary, whether it identifies, stays empty or is
true.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from random import Random
from typing import Final, Generic, TypeVar

from msgspec import Struct

from understudy.names import singular, snake_case
from understudy.schemas.descriptions import described
from understudy.schemas.domains import ROWS, TEXTS, TEXTS_OF, Cell, Rows
from understudy.schemas.entity import EntityContext
from understudy.schemas.measures import COUNTED, MEASURES, MEASURES_OF
from understudy.schemas.others import ALIKE, OTHERS
from understudy.schemas.someone import of_someone, someone_in
from understudy.schemas.vocabulary import (
    EXACT,
    FIRST,
    NUMBERS,
    STRINGS,
    WHOLE,
    Exact,
    Provider,
    Told,
    address_of_page,
    name_of,
    one_of,
)

_IDENTIFIES: Final = re.compile(
    r"(^|_)(id|uuid|guid|gid|sid|key|number|code|slug|e?mail|name|login|token|reference|ur[il]|href|title)$"
)
_TRUE: Final = re.compile(
    r"active|enabled|visible|valid|verified|success|^ok$|available|can_|allow|public|confirmed"
)
_FALSE: Final = re.compile(
    r"delet|archiv|disabl|has_more|has_next|hidden|locked|system|test|expired|suspend|banned"
    r"|spam|void|truncat|error|fail|cancel|revok|in(active|valid)|live_?mode"
)
_MORE: Final = re.compile(
    r"(^|_)(next|prev|previous)(_page)?(_(token|cursor|link|ur[il]|href|marker|offset))?$"
    r"|continuation|next_page"
)
_FAULT: Final = re.compile(
    r"^errors?(_(message|code|description|details?))?$|^(last_)?(failure|error)_(message|code|reason)$"
)
_LEFT_OVER: Final = re.compile(r"^(invalid|rejected|failed|failures|skipped|unprocessed)(_\w+)?$")
_GENERIC: Final = frozenset(
    {"item", "data", "datum", "result", "record", "value", "entry", "row", "content", "list", "object",
     "response", "payload", "body", "attribute", "element", "embedded", "page", "collection", "node", "edge",
     "include", "included"}
)  # fmt: skip
_SETTLED: Final = "captured|refunded|paid|received|redeemed|spent|disputed|credited"
_DONE: Final = f"{_SETTLED}|used|consumed|shipped|delivered|fulfilled|returned"
_YET_TO_COME: Final = re.compile(
    rf"^(is_)?({_DONE})(_(amount|cents|quantity|count|total|value))*$"
    rf"|^(amount|quantity|total)_({_DONE})(_cents)?$"
    r"|^(use|usage|redemption|view|download|retry|attempt|failure|error|like|comment|reply|share)s?_count$"
    r"|^times_(used|redeemed)$|^unread(_[a-z]+)?_count$"
    r"|^(is_)?(edited|pinned|starred|flagged)$|^is_(default|primary)$|^(two_factor|mfa|totp|otp|2fa)_enabled$"
)
"""What has not been done to a thing that was just made: Stripe's charges, coupons and invoices, and their
kind.
"""
_TAKES_OVER: Final = (
    "assignee|assigned(_to)?|agent|reviewer|approver|moderator|driver|courier|winner"
    "|(clos|resolv|approv|review|edit|updat|cancell?|delet)ed_by"
)
_FOLLOWS: Final = (
    "parent|(in_)?reply_to|merged_into|duplicate_of|replaced_by|superseded_by|coupon|promotion"
    "|(last|latest|current|accepted|default)_[a-z_]+"
)
_ANOTHER: Final = re.compile(
    rf"^({_TAKES_OVER}|{_FOLLOWS})_(id|uuid)$"
    r"|^(assignee|assigned(_to|_user|_agent)?|winner|(clos|resolv|approv|edit|cancell?|delet)ed_by)$"
    r"|^(last|latest|current)_(message|comment|post|reply|activity)$"
)
"""Who takes a thing over, and what it follows or is followed by: Zendesk, GitHub, Jira and Stripe."""
_NUMBERED: Final = re.compile(
    r"(?<!street)(?<!house)(?<!building)(?<!floor)(?<!room)(?<!unit)(?<!line)"
    r"(?<!phone)(?<!mobile)(?<!fax)(?<!contact)(?<!cell)"
    r"(^|_)(number|reference|ref|serial|token|uuid|guid|tracking_code)$"
)
_VAGUE: Final = re.compile(
    r"(^|_)(code|type|kind|value|number|format|text|label|source|key|content|data|display|state|region)$"
)
_CALLED: Final = re.compile(r"(^|_)(name|title|label|department|team|division|category|genre)$")
_STATE: Final = re.compile(r"(^|_)(status|state|stage)$")
_LINKS: Final = re.compile(r"(^|_)(ur[il]|link|href)s?$")
"""Objects of which each member is an address: `external_urls`, `_links`."""
LINK_HINTS: Final = frozenset({"hreflang", "deprecation", "profile", "title", "name", "type"})
"""What a link may say beside its address (HAL §5.2 to §5.8, RFC 8288 §3.4), and seldom does."""
T = TypeVar("T")
_COUNTED: Final = re.compile(COUNTED)
KEPT: Final = 8192  # names whose meaning is remembered


def identifies(name: str) -> bool:
    """Tell whether a property of this name tells things of one kind apart, so that two of them do not share
    its value.
    """
    return _IDENTIFIES.search(name) is not None


def is_yet_to_come(name: str) -> bool:
    """Tell whether a member of this name says what was done to a thing, which is nothing as it begins."""
    return _YET_TO_COME.search(name) is not None


def names_another(name: str) -> bool:
    """Tell whether a member of this name says by its id which other thing a thing has to do with, or shows
    the last of those that it has: a new one has none where nobody says so.
    """
    return _ANOTHER.search(name) is not None


def is_numbered(name: str) -> bool:
    """Tell whether each new thing has a value of its own under this name, such as the number of an
    invoice.
    """
    return _NUMBERED.search(name) is not None


def is_whole(name: str) -> bool:
    """Tell whether a number of this name is a whole one."""
    return WHOLE.search(name) is not None or _COUNTED.search(name) is not None


def stays_empty(name: str) -> str:
    """Tell what a property of this name had better leave out.

    `page` where it leads to another page, of which a value that was made up has none; `fault` where it holds
    what went wrong, if anything did; "" for all others.
    """
    if _MORE.search(name):
        return "page"
    if _FAULT.search(name):
        return "fault"
    return ""


def is_left_over(name: str) -> bool:
    """Tell whether a list of this name holds what something could not be done with: nothing, as a rule."""
    return _LEFT_OVER.search(name) is not None


def is_generic(name: str) -> bool:
    """Tell whether a name says only where something is (`data`, `items`), not what it is."""
    return not name or name in _GENERIC or singular(name) in _GENERIC


def tells_truth(name: str) -> bool:
    """Tell whether a yes-or-no name says what its ordinary answer is."""
    return _FALSE.search(name) is not None or _TRUE.search(name) is not None


def truth(name: str, random: Random) -> bool:
    """Return the ordinary answer to a yes-or-no name: things are active, and not deleted."""
    if _FALSE.search(name):
        return False
    return _TRUE.search(name) is not None or random.random() < 0.5


class Names:
    """The table, with what was once looked up remembered; names are given in snake case, but to `normal`.

    bounds(name, owner): between which numbers a property of this name lies in ordinary life, or None.
    """

    def __init__(self) -> None:
        # Bounded, as the keys of a map may be other names each time.
        self.normal = snake_case
        self.singular = lru_cache(KEPT)(singular)
        self.is_generic = lru_cache(KEPT)(is_generic)
        self.stays_empty = lru_cache(KEPT)(stays_empty)
        self.is_left_over = lru_cache(KEPT)(is_left_over)
        self.bounds = lru_cache(KEPT)(self._find_bounds)
        self.is_whole = lru_cache(KEPT)(is_whole)
        self._someone = lru_cache(KEPT)(someone_in)
        self._providers = lru_cache(KEPT)(lambda name: _matching(name, self._strings))
        self._other_providers = lru_cache(KEPT)(lambda name: _matching(name, self._others))
        self.described = lru_cache(KEPT)(described)
        self._number_providers = lru_cache(KEPT)(lambda name: _matching(name, self._exact))

    @cached_property
    def _strings(self) -> list[_Entry[Provider]]:
        found = [_Entry(re.compile(pattern), None, make) for pattern, make in FIRST]
        found += _cells()
        for owner, pattern, texts in TEXTS_OF:
            found.append(_Entry(re.compile(pattern), _owned(owner), one_of(*texts)))
        for pattern, texts in TEXTS:
            found.append(_Entry(re.compile(pattern), None, one_of(*texts)))
        found += [_Entry(re.compile(pattern), None, make) for pattern, make in STRINGS]
        return found

    @cached_property
    def _others(self) -> list[_Entry[Provider]]:
        found = [_Entry(re.compile(pattern), None, make) for pattern, make in OTHERS]
        for owner, pattern, texts in TEXTS_OF:
            found.append(_Entry(re.compile(pattern), _owned(owner), one_of(*texts)))
        for pattern, texts in TEXTS:
            found.append(_Entry(re.compile(pattern), None, one_of(*texts)))
        return found

    @cached_property
    def _alike(self) -> dict[str, tuple[str, ...]]:
        """The texts among which each known one is."""
        found: dict[str, tuple[str, ...]] = {}
        for texts in (*ALIKE, *(row[-1] for row in TEXTS), *(row[-1] for row in TEXTS_OF)):
            for text in texts:
                found.setdefault(text, texts)
        return found

    @cached_property
    def _exact(self) -> list[_Entry[Exact]]:
        found = [_Entry(re.compile(pattern), None, make) for pattern, make in EXACT]
        return found + _numbers_in_cells()

    @cached_property
    def _numbers(self) -> list[_Entry[tuple[float, float]]]:
        found = []
        for owner, pattern, low, high in MEASURES_OF:
            found.append(_Entry(re.compile(pattern), _owned(owner), (low, high)))
        for pattern, low, high in (*MEASURES, *NUMBERS):
            found.append(_Entry(re.compile(pattern), None, (low, high)))
        return found

    def candidates(self, name: str, entity: EntityContext) -> tuple[str, ...]:
        """Return strings that a property of this name might hold, best first; empty where the name says
        nothing.
        """
        someone = self._someone(name)
        make = _said_of(entity.owner, self._providers(name))
        found: Told
        if someone is not None:
            found = of_someone(entity, *someone)
        elif make is not None:
            found = make(entity)
        elif name.endswith("_name"):
            found = name_of(entity, name.removesuffix("_name"))
        elif _LINKS.search(entity.owner):
            found = address_of_page(entity)
        else:
            return ()
        return (found,) if isinstance(found, str) else found

    def another(self, name: str, example: str, entity: EntityContext) -> str:
        """Return one of the things that members of this name tell of, or one of those among which an example
        is; "" where they are not known, and for the names of places, which belong together.
        """
        if _STATE.search(name):
            return ""
        make = _said_of(entity.owner, self._other_providers(name))
        found = () if make is None else make(entity)
        told = found if isinstance(found, str) else next(iter(found), "")
        if not told and _CALLED.search(name) and example in self._alike:
            return entity.random.choice(self._alike[example])
        return told

    def is_vague(self, name: str) -> bool:
        """Tell whether a description says more of a text than its name does."""
        return not self.speaks(name) or _VAGUE.search(name) is not None

    def speaks(self, name: str) -> bool:
        """Tell whether a name says what its text is."""
        found = self._providers(name)
        if self._someone(name) is not None:
            return True
        return (bool(found) and found[-1].owner is None) or name.endswith("_name")

    def number(self, name: str, entity: EntityContext) -> float | None:
        """Return the number that a property of this name holds where the object's place tells it."""
        make = _said_of(entity.owner, self._number_providers(name))
        return None if make is None else make(entity)

    def _find_bounds(self, name: str, owner: str = "") -> tuple[float, float] | None:
        return _said_of(owner, _matching(name, self._numbers))


class _Entry(Struct, Generic[T], frozen=True):
    """What is said of members whose names match. owner: what their object is called; None for any."""

    pattern: re.Pattern[str]
    owner: re.Pattern[str] | None
    says: T


def _matching(name: str, entries: Iterable[_Entry[T]]) -> tuple[_Entry[T], ...]:
    """Return what is said of a name, up to the first that holds whatever the object is."""
    found = []
    for entry in entries:
        if entry.pattern.search(name):
            found.append(entry)
            if entry.owner is None:
                break
    return tuple(found)


def _said_of(owner: str, entries: Iterable[_Entry[T]]) -> T | None:
    """Return the first that holds for what an object is called."""
    for entry in entries:
        if entry.owner is None or entry.owner.search(owner):
            return entry.says
    return None


def _owned(words: str) -> re.Pattern[str] | None:
    return re.compile(rf"(^|_)({words})s?($|_)") if words else None


def _cells() -> list[_Entry[Provider]]:
    """Return what says the texts that stand in rows."""
    found = []
    for rows in ROWS:
        for place, pattern in enumerate(rows.columns):
            if isinstance(rows.rows[0][place], str):
                found.append(_Entry(re.compile(pattern), _owned(rows.owner), _text_in(rows, place)))
    return found


def _numbers_in_cells() -> list[_Entry[Exact]]:
    """Return what says the numbers that stand in rows."""
    found = []
    for rows in ROWS:
        for place, pattern in enumerate(rows.columns):
            if not isinstance(rows.rows[0][place], str):
                found.append(_Entry(re.compile(pattern), _owned(rows.owner), _number_in(rows, place)))
    return found


def _text_in(rows: Rows, place: int) -> Provider:
    """Return what says the text in a place of the row that an object is."""
    return lambda entity: str(_row(rows, entity)[place])


def _number_in(rows: Rows, place: int) -> Exact:
    """Return what says the number in a place of the row that an object is."""
    return lambda entity: _number(_row(rows, entity)[place])


def _number(cell: Cell) -> float:
    assert not isinstance(cell, str)
    return cell


def _row(rows: Rows, entity: EntityContext) -> tuple[Cell, ...]:
    """Return the row that an object is."""
    return rows.rows[entity.turn % len(rows.rows)]
