"""Agreement: what the members of one object owe each other, in one table of rules; each yields to what is
fixed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from unicodedata import normalize

from msgspec import Struct

from understudy.names import fold, snake_case
from understudy.schemas.agreeing import Accepts, Agreeing, Rule, RuleOf, has, number, where
from understudy.schemas.amounts import LINES, LINES_ADDED, MONIES, PAID, PARTS, also_called
from understudy.schemas.moments import CREATED
from understudy.schemas.places import COUNTRIES, country_named, money_of
from understudy.schemas.portions import PORTIONS, TAXES
from understudy.schemas.quoting import Quotes, quotes_among
from understudy.schemas.reckoning import BEFORE_SPANS, BEFORE_SUMS, RECKONED, codes, periods
from understudy.schemas.someone import FAMILY, GIVEN
from understudy.schemas.spans import CLOCKS, SPANS
from understudy.schemas.stages import PAYMENTS, STAGES, living

_BOUNDS: Final = (
    ("start", "end"), ("begin", "end"), ("started", "ended"), ("starts", "ends"), ("from", "to"),
    ("open", "close"),
    ("opened", "closed"), ("min", "max"), ("minimum", "maximum"), ("lower", "upper"), ("low", "high"),
    ("departure", "arrival"), ("since", "until"), ("issue", "due"), ("issued", "due"), ("first", "last"),
    ("check_in", "check_out"), ("checkin", "checkout"),
)  # fmt: skip
"""Words of two names of which the first is not above the second: schema.org's `startDate` and `endDate`, and
the like.
"""

_LATER: Final = re.compile(
    r"(^|_)(updated?|modified|modification|changed|deleted|archived|closed|completed|finished|last_seen"
    r"|expires?|expiry|expiration)($|_)"
)
"""What comes after a thing was created."""

_SLUGS: Final = ("slug", "permalink", "handle")
_TITLES: Final = ("title", "name", "headline")
_PAGED: Final = ("items", "data", "results", "entries", "records", "elements", "content", "rows")
_LIMITS: Final = ("limit", "page_size", "per_page")
_OFFSETS: Final = ("offset", "skip", "start_at", "start_index")
_TOTALS_OF_PAGES: Final = (
    "total",
    "total_count",
    "total_items",
    "total_results",
    "total_entries",
    "total_elements",
)
_PAGES_ON: Final = ("next", "next_page", "next_url", "next_cursor", "has_more", "has_next")
_COUNTS: Final = re.compile(r"^(?:num|number_of|total|count_of)_(\w+)$|^(\w+?)_(?:count|total|number)$")
_COUNTS_OF_LINES: Final = ("items_count", "item_count", "lines_count", "line_count", "line_items_count")
_STATES: Final = ("status", "state")
_DONE: Final = (
    "paid", "shipped", "delivered", "completed", "cancelled", "canceled", "archived", "published", "approved",
    "active", "closed", "expired", "verified", "accepted", "confirmed", "refunded", "captured", "voided",
    "read", "seen", "resolved", "solved", "sent", "issued",
)  # fmt: skip
"""States that are told by yes and no too: `status: "paid"` and `paid: true`."""
_UNDONE: Final = ("pending", "draft", "open", "new", "created", "unpaid", "inactive", "failed")
_STOCKS: Final = (
    "stock", "stock_quantity", "stock_level", "stock_count", "quantity_in_stock", "in_stock_quantity",
    "units_in_stock", "inventory_quantity", "inventory", "quantity_available", "available_quantity",
)  # fmt: skip
"""Members that say how many of a thing there are: WooCommerce's `stock_quantity`, Shopify's
`inventory_quantity`, Northwind's `UnitsInStock`.
"""
_STOCKED: Final = ("in_stock", "is_in_stock", "has_stock")
_SOLD: Final = ("sold_out", "is_sold_out", "out_of_stock", "is_out_of_stock")
_WHEN: Final = ("_at", "_on", "_date", "_time")
_BY_WHOM: Final = ("_by", "_by_id", "_reason")
_AS_MOMENTS: Final = ("_at", "_datetime", "_date_time")
_AS_DAYS: Final = ("_on", "_date", "_day")
_A_DAY: Final = "2025-01-01"
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_MAILS: Final = ("email", "email_address", "mail", "user_name", "username", "login")
_PLACED: Final = ("country_code", "country")
_PHONES: Final = ("phone", "phone_number", "mobile", "mobile_number", "telephone", "contact_phone")
_ZONES: Final = ("timezone", "time_zone", "tz")
_SHORTEST: Final = 2  # letters of a name that are found in many others
_DIGITS: Final = re.compile(r"\d")
_WORDS: Final = re.compile(r"[^a-z0-9]+")


def _no_examples(_: str) -> Sequence[Any]:
    return ()


class Rules(Struct, frozen=True):
    """The rules that say something of objects with certain members. names: these in snake case, each by how
    it is written.
    """

    names: Mapping[str, str]
    rules: tuple[Rule, ...]


def agree(
    members: dict[str, Any],
    fixed: Set[str],
    accepts: Accepts,
    rules: Rules,
    required: Set[str] = frozenset(),
) -> None:
    """Let the members of an object agree by some rules; what is fixed stays, and so does what its schema
    refuses. required: names of members that have to be there.
    """
    names = {name: written for name, written in rules.names.items() if written in members}
    one = Agreeing(members, names, fixed, accepts, required)
    for rule in rules.rules:
        rule(one)


def rules_for(names: Sequence[str], examples_of: Callable[[str], Sequence[Any]] = _no_examples) -> Rules:
    """Return the rules that say something of an object with members of these names. examples_of: what authors
    wrote of one, whom no rule contradicts.
    """
    known = {snake_case(name): name for name in names}
    called = also_called(known)
    found = [rule_of(called.keys()) for rule_of in _TABLE]
    if _slugs_are_others(known, examples_of):
        found = [rule for rule in found if rule is not _slug]
    found.insert(0, _place_rule(known, examples_of))
    for shown in (living, periods, codes):
        found.append(shown(known.keys(), lambda name: examples_of(known[name])))
    quotes = quotes_among(known, examples_of)
    if quotes is not None:
        found.append(_quoting(quotes))
    return Rules(called, tuple(rule for rule in found if rule is not None))


def _slugs_are_others(known: Mapping[str, str], examples_of: Callable[[str], Sequence[Any]]) -> bool:
    """Tell whether authors show slugs that are none of the titles that they show."""
    slugs = [slug for name in _SLUGS if name in known for slug in examples_of(known[name])]
    titles = [title for name in _TITLES if name in known for title in examples_of(known[name])]
    made = {_slug_of(title) for title in titles if isinstance(title, str)}
    return bool(slugs) and bool(made) and made.isdisjoint(slugs)


def _later_than_created(names: Set[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs of moments: nothing changes, ends or is deleted before it was created."""
    created = next(filter(CREATED.search, names), "")
    for name in names:
        if created and name != created and _LATER.search(name):
            yield created, name


def _pairs(names: Set[str]) -> Iterator[tuple[str, str]]:
    """Yield the names of two bounds, the lower one first."""
    for name in names:
        words = f"_{name}_"
        for low, high in _BOUNDS:
            if f"_{low}_" in words:
                other = words.replace(f"_{low}_", f"_{high}_").strip("_")
                if other in names and other != name:
                    yield name, other


def _order(one: Agreeing, low: str, high: str) -> None:
    """Let one member not be above another: exchanged where both are free, else the free one is as the
    other.
    """
    if low in one.fixed and high in one.fixed:
        return
    least, most = _comparable(one.members[low]), _comparable(one.members[high])
    if least is None or most is None or type(least) is not type(most) or least <= most:
        return
    before, after = one.members[low], one.members[high]
    if low not in one.fixed and high not in one.fixed:
        if one.accepts(low, after) and one.accepts(high, before):
            one.members[low], one.members[high] = after, before
        return
    if not one.say(high, before):
        one.say(low, after)


def _comparable(value: Any) -> Any:
    """Return what two values of one kind are compared by: a number or a moment; None for anything else."""
    amount = number(value)
    if amount is not None:
        return amount
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if len(value) == len("2025-01-01"):
        return date.fromisoformat(value)
    return moment.timestamp() if moment.tzinfo else moment


def _counts(one: Agreeing) -> None:
    """A count of a list is the list's length; `items_count` of an order's lines too."""
    for name, written in one.names.items():
        listed = _listed_by(name, one.names)
        if not listed and name in _COUNTS_OF_LINES:
            listed = next(filter(None, map(one.names.get, LINES)), "")
        of = one.members.get(listed)
        if listed and isinstance(of, list) and isinstance(one.members[written], int):
            one.say(written, len(of))


def _states(one: Agreeing) -> None:
    """What a state says is so, and at the beginning nothing else is: `pending` is not paid or shipped."""
    state = one.members.get(one.names.get("status") or one.names.get("state", ""))
    if not isinstance(state, str):
        return
    for name in _DONE:
        for called in (name, f"is_{name}"):
            flag = one.names.get(called, "")
            if flag and isinstance(one.members[flag], bool) and state.lower() in (name, *_UNDONE):
                one.say(flag, state.lower() == name)


def _in_stock(one: Agreeing) -> None:
    """What there is something of is in stock, and what there is nothing of is sold out."""
    stock = one.first(_STOCKS)
    if not stock:
        return
    for name in (*_STOCKED, *_SOLD):
        flag = one.names.get(name, "")
        if flag and isinstance(one.members[flag], bool):
            one.say(flag, (one.number(stock) > 0) == (name in _STOCKED))


def _done_when(one: Agreeing) -> None:
    """What was not done has no moment at which it was, and nobody by whom: `completed` and `completed_at`."""
    state = one.members.get(one.names.get("status") or one.names.get("state", ""))
    is_begun = isinstance(state, str) and state.lower() in _UNDONE
    for name in dict.fromkeys(filter(None, map(_done_in, one.names))):
        flag = one.names.get(name) or one.names.get(f"is_{name}", "")
        is_done = one.members.get(flag)
        if not isinstance(is_done, bool) and is_begun and name in _DONE:
            is_done = False
        for ending in (*_WHEN, *_BY_WHOM):
            moment = one.names.get(f"{name}{ending}", "")
            if moment not in one.members:
                continue
            if one.members[moment] is not None and is_done is False:
                one.leave_open(moment)
            elif one.members[moment] is None and is_done is True and ending in _WHEN:
                one.say(flag, False)


def _done_in(name: str) -> str:
    """Return what a member says when or by whom it was done; "" for all others."""
    return next((name.removesuffix(ending) for ending in (*_WHEN, *_BY_WHOM) if name.endswith(ending)), "")


def _same_day(one: Agreeing) -> None:
    """A day that is told as a moment too is the day of that moment: `due_on` and `due_at`."""
    for name, written in one.names.items():
        if not name.endswith(_AS_MOMENTS):
            continue
        stem = name.rpartition("_")[0]
        for ending in _AS_DAYS:
            day = one.names.get(f"{stem}{ending}", "")
            if day and _is_day(one.members[day], len(_A_DAY)) and _is_day(one.members[written], 0):
                told = one.members[written][: len(_A_DAY)]
                if not one.say(day, told):
                    one.say(written, one.members[day] + one.members[written][len(_A_DAY) :])


def _is_day(value: Any, length: int) -> bool:
    """Tell whether a text begins with a day, and is of a length, where one is given."""
    if not isinstance(value, str) or (length and len(value) != length):
        return False
    return _DAY.match(value) is not None


def _address_of_person(one: Agreeing) -> None:
    """A mail address is that of the name beside it, which may stand in an object as SCIM has it (RFC 7643
    §4.1.1).
    """
    inner = one.members.get(one.names.get("name", ""))
    holder = inner if isinstance(inner, dict) else one.members
    names = {snake_case(name): value for name, value in holder.items()}
    given = next((names[name] for name in GIVEN if isinstance(names.get(name), str)), "")
    family = next((names[name] for name in FAMILY if isinstance(names.get(name), str)), "")
    if not given or not family:
        return
    for name in _MAILS:
        written = one.names.get(name, "")
        local, _, domain = str(one.members.get(written) or "").partition("@")
        if written and domain and not _mentions(local, given, family):
            one.say(written, f"{_plain(given)}.{_plain(family)}@{domain}")


def _mentions(local: str, *names: str) -> bool:
    """Tell whether the first part of an address is made of some names, of parts or of initials of them."""
    words = [word for name in names for word in (*_plain(name).split("."), _plain(name).replace(".", ""))]
    told = _DIGITS.sub("", _plain(local)).split(".")
    return any(word in "".join(told) for word in words if len(word) > 1) and all(
        any(part in word or (len(word) > _SHORTEST and word in part) for word in words) for part in told
    )


def _plain(name: str) -> str:
    """Write a name in letters without marks, with dots between its words."""
    bare = normalize("NFKD", name).encode("ascii", "ignore").decode()
    return _WORDS.sub(".", bare.lower()).strip(".")


def _place_rule(known: Mapping[str, str], examples_of: Callable[[str], Sequence[Any]]) -> Rule | None:
    """Return a rule by which the money, the phone and the zone of a thing are those of its country, which it
    says itself or an object in it does; none of those of which authors show others.
    """
    placed = known.keys() & _PLACED
    names = [name for name in (*MONIES, *_PHONES, *_ZONES) if name in known and not examples_of(known[name])]
    if placed and not any(examples_of(known[name]) for name in placed):
        names = [name for name in names if name in _PHONES]

    def rule(one: Agreeing) -> None:
        told = _country_of(one)
        for name in names if told else ():
            written = one.names.get(name, "")
            if isinstance(one.members.get(written), str):
                _say_of_country(one, name, written, told)

    return rule if names else None


def _country_of(one: Agreeing) -> str:
    """Return the code or the name of the country that an object says, or one in it; "" for none."""
    for name in _PLACED:
        told = one.members.get(one.names.get(name, ""))
        if isinstance(told, str) and told:
            return told
    for holder in one.members.values():
        if isinstance(holder, dict):
            told = holder.get("country_code") or holder.get("countryCode") or holder.get("country")
            if isinstance(told, str):
                return told
    return ""


def _say_of_country(one: Agreeing, name: str, written: str, told: str) -> None:
    before, country = one.members[written], country_named(told)
    code = money_of(told)
    if name in MONIES and code:
        one.say(written, code.lower() if before.islower() else code)
    elif country is not None and name in _ZONES:
        one.say(written, country.zone)
    elif country is not None and name in _PHONES and before.startswith("+"):
        dialled = max((each.dial for each in COUNTRIES if before.startswith(each.dial)), key=len, default="")
        if dialled and dialled != country.dial:
            one.say(written, country.dial + before.removeprefix(dialled))


def _page(one: Agreeing) -> None:
    """A page that begins at 0 and leads to no other has as many items as there are, and room for more."""
    items = next((one.members[one.names[name]] for name in _PAGED if name in one.names), None)
    leading = filter(None, map(one.names.get, _PAGES_ON))
    if any(map(one.members.get, leading)) or not isinstance(items, list):
        return
    offset, limit, total = one.first(_OFFSETS), one.first(_LIMITS), one.first(_TOTALS_OF_PAGES)
    if offset and not one.put(offset, Decimal(0)):
        return
    if limit and one.number(limit) < len(items):
        one.put(limit, Decimal(len(items)))
    if total:
        one.put(total, Decimal(len(items)))


def _listed_by(name: str, names: Set[str] | Mapping[str, str]) -> str:
    """Return the list that a name counts: `items` of `items_count`, `item_count` and `total_items`; "" for
    none.
    """
    found = _COUNTS.match(name)
    if found is None:
        return ""
    stem = fold(found[1] or found[2])
    for other in names:
        if other != name and fold(other) in (stem, f"{stem}s", f"{stem.removesuffix('y')}ies"):
            return names[other] if isinstance(names, Mapping) else other
    return ""


def _slug_of(title: str) -> str:
    return _WORDS.sub("-", title.lower()).strip("-")


def _title_of(one: Agreeing) -> str:
    return next(one.names[name] for name in _TITLES if name in one.names)


def _titled(slug: str) -> str:
    """Write a slug as the title of which it is one: `organic-chemistry` of `Organic Chemistry`."""
    return " ".join(word[:1].upper() + word[1:] for word in slug.split("-"))


def _slug(one: Agreeing) -> None:
    """A slug is its title's."""
    slug = next((one.names[name] for name in _SLUGS if name in one.names), "")
    title = next((one.members[one.names[name]] for name in _TITLES if name in one.names), None)
    if slug and isinstance(one.members[slug], str) and isinstance(title, str):
        told = _slug_of(title)
        if told and not one.say(slug, told):
            one.say(_title_of(one), _titled(one.members[slug]))


def _template(one: Agreeing) -> None:
    """A link says that it is a template where it is one (draft-kelly-json-hal §5.2)."""
    address = one.members.get(one.names.get("href", ""))
    flag = one.names.get("templated", "")
    if flag and isinstance(address, str):
        one.say(flag, "{" in address)


def _quoting(quotes: Quotes) -> Rule:
    """Addresses have in them what the members say that they quote: `/posts/my-title` of `slug: my-title`."""

    def rule(one: Agreeing) -> None:
        for written, told in list(quotes.said(one.members)):
            one.say(written, told)

    return rule


def _ordering(pairs_of: Callable[[Set[str]], Iterator[tuple[str, str]]]) -> RuleOf:
    """Return what gives a rule that orders the pairs there are among some names."""

    def rule_of(names: Set[str]) -> Rule | None:
        pairs = tuple(pairs_of(names))

        def rule(one: Agreeing) -> None:
            for low, high in pairs:
                if low in one.names and high in one.names:
                    _order(one, one.names[low], one.names[high])

        return rule if pairs else None

    return rule_of


def _says_when(names: Set[str]) -> bool:
    """Tell whether an object says when or by whom something was done to it, of which a flag or a state
    tells.
    """
    done = set(filter(None, map(_done_in, names)))
    return not names.isdisjoint({*done, *map("is_{}".format, done)}) or not done.isdisjoint(_DONE)


_TABLE: Final[tuple[RuleOf, ...]] = (
    _ordering(_later_than_created),
    _ordering(_pairs),
    *BEFORE_SPANS,
    *SPANS,
    *BEFORE_SUMS,
    TAXES,
    *LINES_ADDED,
    *PORTIONS,
    PAYMENTS,
    *PARTS,
    *RECKONED,
    *PAID,
    where(_counts, lambda names: any(_listed_by(name, names) for name in names)),
    where(_counts, has(_COUNTS_OF_LINES, LINES)),
    where(_states, has(_STATES, (*_DONE, *map("is_{}".format, _DONE)))),
    where(_in_stock, has(_STOCKS, (*_STOCKED, *_SOLD))),
    where(_same_day, lambda names: any(name.endswith(_AS_MOMENTS) for name in names)),
    where(_address_of_person, has(_MAILS)),
    where(_page, has(_PAGED, (*_LIMITS, *_OFFSETS), _TOTALS_OF_PAGES)),
    where(_slug, has(_SLUGS, _TITLES)),
    where(_template, has(("href",), ("templated",))),
    CLOCKS,
    where(_done_when, _says_when),
    STAGES,
)
"""What gives each rule for the names of which it speaks, in the order in which they are applied; the last
leaves members out.
"""
