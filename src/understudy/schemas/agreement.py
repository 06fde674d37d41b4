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
from understudy.schemas.moments import CREATED
from understudy.schemas.places import country_named
from understudy.schemas.portions import PORTIONS, TAXES
from understudy.schemas.quoting import Quotes, quotes_among
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
    r"(^|_)(updated?|modified|modification|changed|deleted|archived|closed|completed|finished|last_seen)($|_)"
)
"""What comes after a thing was created."""

_UNIT: Final = re.compile(r"_(in_)?(cents|minor|minor_units|pence|centimes)$")
"""What stands behind an amount that is told in hundredths: Stripe-like `amount_cents`, `price_in_cents`."""
_WHOLES: Final = ("amount", "total", "total_amount", "amount_total", "amount_cents", "price")
_PARTS: Final = (
    "amount_captured", "amount_paid", "amount_received", "amount_refunded", "amount_capturable",
    "captured_amount",
    "paid_amount", "refunded_amount", "amount_due", "amount_remaining", "discount", "tax",
)  # fmt: skip
"""Members that are a part of a whole beside them: Stripe's charges and payment intents, and those after their
kind.
"""
_REFUNDED: Final = ("amount_refunded", "refunded_amount")
_CAPTURED: Final = ("amount_captured", "captured_amount", "amount_paid", "amount_received")

_SUBTOTALS: Final = (
    "subtotal",
    "sub_total",
    "amount_subtotal",
    "subtotal_amount",
    "subtotal_price",
    "net_amount",
    "total_net",
)
_TOTALS: Final = (
    "total",
    "amount_total",
    "total_amount",
    "grand_total",
    "gross_amount",
    "total_gross",
    "total_price",
)
_TOTALS_OF_LINES: Final = ("item_total", "items_total", "lines_total", "line_items_total", "items_subtotal")
_TAXES: Final = (
    "tax",
    "total_tax",
    "tax_total",
    "tax_amount",
    "amount_tax",
    "total_tax_amount",
    "vat_total",
    "vat",
    "vat_amount",
)
_SHIPPING: Final = ("shipping", "shipping_total", "amount_shipping", "shipping_cost")
_DISCOUNTS: Final = ("discount", "discount_amount", "total_discount", "discount_total", "amount_discount")
_DUE: Final = ("amount_due", "due_amount", "amount_remaining", "balance_due", "total_due")
_PAID: Final = ("amount_paid", "paid_amount", "total_paid")
_PAID_STATE: Final = "paid"
_UNITS: Final = ("unit_price", "unit_amount", "unit_amount_cents", "price_per_unit")
_QUANTITIES: Final = ("quantity", "qty")
_LINE_TOTALS: Final = ("line_amount", "line_total", "amount", "total", "total_amount", "total_price")
_SUBTOTALS_OF_A_LINE: Final = ("subtotal", "sub_total", "line_subtotal")
_TOTALS_OF_A_LINE: Final = (*_LINE_TOTALS, *_SUBTOTALS_OF_A_LINE)
_THINGS: Final = ("product", "item", "variant", "article", "sku", "book", "service")
_LINES: Final = ("line_items", "lines", "items", "order_items", "invoice_items", "positions", "products")
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
    "read", "seen", "resolved", "solved",
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
_AS_MOMENTS: Final = ("_at", "_datetime", "_date_time")
_AS_DAYS: Final = ("_on", "_date", "_day")
_A_DAY: Final = "2025-01-01"
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_GIVEN: Final = ("given_name", "first_name", "firstname", "forename")
_FAMILY: Final = ("family_name", "last_name", "lastname", "surname")
_MAILS: Final = ("email", "email_address", "mail", "user_name", "username", "login")
_PLACED: Final = ("country", "country_code")
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
    if "currency" in known and known.keys().isdisjoint(_PLACED) and not examples_of(known["currency"]):
        found.insert(0, _money_of_place)
    found.append(living(known.keys(), lambda name: examples_of(known[name])))
    quotes = quotes_among(known, examples_of)
    if quotes is not None:
        found.append(_quoting(quotes))
    return Rules(called, tuple(rule for rule in found if rule is not None))


def also_called(names: Mapping[str, str]) -> Mapping[str, str]:
    """Return names in snake case, each by how it is written, with those of amounts without the unit in which
    they are told: `total` of `total_cents`.
    """
    found = dict(names)
    for name, written in names.items():
        found.setdefault(_UNIT.sub("", name), written)
    return found


def follows_state(name: str) -> bool:
    """Tell whether a member says how much of a sum was paid, or is due, which a state says too."""
    return _UNIT.sub("", snake_case(name)) in (*_PAID, *_DUE)


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


def _parts(one: Agreeing) -> None:
    """What was captured, refunded or paid is not more than the amount."""
    whole = one.first(_WHOLES)
    if not whole:
        return
    for name in _PARTS:
        part = one.names.get(name, "")
        if not part or part == whole or number(one.members[part]) is None:
            continue
        if one.number(part) > one.number(whole) >= 0:
            most = one.number(whole) if name in _CAPTURED else Decimal(0)
            one.put(part, most)


def _refunds(one: Agreeing) -> None:
    """Not more is refunded than was captured, and `refunded` says whether all of it was."""
    refunded, captured = one.first(_REFUNDED), one.first(_CAPTURED)
    if refunded and captured and one.number(refunded) > one.number(captured):
        one.put(refunded, one.number(captured))
    flag = one.names.get("refunded", "")
    if refunded and isinstance(one.members.get(flag), bool):
        whole = captured or one.first(_WHOLES)
        one.say(flag, one.number(refunded) > 0 and one.number(refunded) == one.number(whole))


def _line(one: Agreeing) -> None:
    """A line is its quantity times its unit price, or that of the thing which it shows."""
    quantity, unit = one.first(_QUANTITIES), one.first((*_UNITS, "price"))
    total = one.first([name for name in _TOTALS_OF_A_LINE if one.names.get(name) != unit])
    price = one.number(unit) if unit else _price_of_thing(one)
    if quantity and price and total and not any("discount" in name or "tax" in name for name in one.names):
        one.put(total, one.number(quantity) * price)
        before_taxes = one.first(_SUBTOTALS_OF_A_LINE)
        if before_taxes and before_taxes != total:
            one.put(before_taxes, one.number(total))


def _price_of_thing(one: Agreeing) -> Decimal:
    """Return what one of the thing costs that a line shows; 0 where that is not told."""
    for name in _THINGS:
        thing = one.members.get(one.names.get(name, ""))
        if isinstance(thing, dict):
            names = also_called({snake_case(name): name for name in thing})
            for word in (*_UNITS, "price"):
                price = number(thing.get(names.get(word, "")))
                if price:
                    return price
    return Decimal(0)


def _sums(one: Agreeing) -> None:
    """The subtotal is the sum of the lines; the total is the subtotal, tax and shipping, less the
    discount.
    """
    sums = [_sum_of(one.members.get(one.names.get(name, ""))) for name in _LINES]
    lines = next((added for added in sums if added is not None), None)
    subtotal, total = one.first(_SUBTOTALS), one.first(_TOTALS)
    tax, shipping, discount = one.first(_TAXES), one.first(_SHIPPING), one.first(_DISCOUNTS)
    if lines is not None and (subtotal or total) and (subtotal or total) not in one.fixed:
        one.put(subtotal or total, lines)
    if lines is not None:
        _put_lines(one, lines, shipping)
    if subtotal and total and tax:
        _trim(one, subtotal, tax, discount)
        added = one.number(subtotal) + one.number(tax) + one.number(shipping) - one.number(discount)
        if not one.put(total, added):
            one.put(subtotal, one.number(total) - added + one.number(subtotal))


def _put_lines(one: Agreeing, lines: Decimal, shipping: str) -> None:
    """What the lines add up to is said of them too, and where they cost nothing, nothing is shipped."""
    of_lines = one.first(_TOTALS_OF_LINES)
    if of_lines:
        one.put(of_lines, lines)
    if shipping and not lines:
        one.put(shipping, lines)


def _trim(one: Agreeing, subtotal: str, tax: str, discount: str) -> None:
    """Tax and discount are a part of what they are about: a fifth and a tenth, where they were more than is
    usual. The highest VAT there is, Hungary's, is 27 %.
    """
    whole = one.number(subtotal)
    for name, share, most in (
        (tax, Decimal("0.2"), Decimal("0.27")),
        (discount, Decimal("0.1"), Decimal("0.5")),
    ):
        if name and one.number(name) > whole * most:
            one.put(name, Decimal(round(whole * share, 2)))


def _sum_of(lines: Any) -> Decimal | None:
    """Return the sum of the amounts of some lines; None where one of them has none."""
    if not isinstance(lines, list):
        return None
    added = Decimal(0)
    for line in lines:
        amount = _amount_of(line)
        if amount is None:
            return None
        added += amount
    return added


def _amount_of(line: Any) -> Decimal | None:
    if not isinstance(line, dict):
        return None
    names = also_called({snake_case(name): name for name in line})
    for name in _TOTALS_OF_A_LINE:
        amount = number(line.get(names.get(name, "")))
        if amount is not None:
            return amount
    quantity = next((number(line[names[name]]) for name in _QUANTITIES if name in names), None)
    unit = next((number(line[names[name]]) for name in (*_UNITS, "price") if name in names), None)
    if quantity is None or unit is None:
        return None
    return quantity * unit


def _due(one: Agreeing) -> None:
    """What is due is the total less what was paid, and of what is paid all was."""
    total, due, paid = one.first((*_TOTALS, "amount")), one.first(_DUE), one.first(_PAID)
    if total and str(one.members.get(one.names.get("status", ""))).lower() == _PAID_STATE:
        for name, amount in ((paid, one.number(total)), (due, Decimal(0))):
            if name:
                one.put(name, amount)
    if not total or not due or not paid:
        return
    if one.number(paid) > one.number(total):
        one.put(paid, one.number(total))
    one.put(due, one.number(total) - one.number(paid))


def _counts(one: Agreeing) -> None:
    """A count of a list is the list's length; `items_count` of an order's lines too."""
    for name, written in one.names.items():
        listed = _listed_by(name, one.names)
        if not listed and name in _COUNTS_OF_LINES:
            listed = next(filter(None, map(one.names.get, _LINES)), "")
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
    """What was not done has no moment at which it was: `completed` and `completed_at`."""
    state = one.members.get(one.names.get("status") or one.names.get("state", ""))
    for name in _DONE:
        moments = [one.names[f"{name}{ending}"] for ending in _WHEN if f"{name}{ending}" in one.names]
        flag = one.names.get(name) or one.names.get(f"is_{name}", "")
        is_done = one.members.get(flag)
        if not isinstance(is_done, bool) and isinstance(state, str) and state.lower() in _UNDONE:
            is_done = False
        for moment in moments:
            if moment not in one.members:
                continue
            if one.members[moment] is not None and is_done is False:
                one.leave_open(moment)
            elif one.members[moment] is None and is_done is True:
                one.say(flag, False)


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
    given = next((names[name] for name in _GIVEN if isinstance(names.get(name), str)), "")
    family = next((names[name] for name in _FAMILY if isinstance(names.get(name), str)), "")
    if not given or not family:
        return
    for name in _MAILS:
        written = one.names.get(name, "")
        local, _, domain = str(one.members.get(written) or "").partition("@")
        if written and domain and not _mentions(local, given, family):
            one.say(written, f"{_plain(given)}.{_plain(family)}@{domain}")


def _mentions(local: str, *names: str) -> bool:
    """Tell whether the first part of an address has each of some names in it, or an initial of it."""
    told = _plain(local)
    return all(_plain(name).replace(".", "")[:1] in told for name in names) and any(
        _plain(name).partition(".")[0] in told for name in names
    )


def _plain(name: str) -> str:
    """Write a name in letters without marks, with dots between its words."""
    bare = normalize("NFKD", name).encode("ascii", "ignore").decode()
    return _WORDS.sub(".", bare.lower()).strip(".")


def _money_of_place(one: Agreeing) -> None:
    """Money is that of the country of which the thing is, as an object in it says."""
    written = one.names.get("currency", "")
    if not isinstance(one.members.get(written), str):
        return
    for value in one.members.values():
        told = value.get("country_code") or value.get("country") if isinstance(value, dict) else None
        country = country_named(told) if isinstance(told, str) else None
        if country is not None:
            code = country.money.code
            one.say(written, code.lower() if one.members[written].islower() else code)
            return


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


def _slug(one: Agreeing) -> None:
    """A slug is its title's."""
    slug = next((one.names[name] for name in _SLUGS if name in one.names), "")
    title = next((one.members[one.names[name]] for name in _TITLES if name in one.names), None)
    if slug and isinstance(one.members[slug], str) and isinstance(title, str):
        told = _slug_of(title)
        if told:
            one.say(slug, told)


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
    """Tell whether an object says when something was done to it."""
    return any(f"{name}{ending}" in names for name in _DONE for ending in _WHEN)


_TABLE: Final[tuple[RuleOf, ...]] = (
    _ordering(_later_than_created),
    _ordering(_pairs),
    *SPANS,
    TAXES,
    where(_line, has(_QUANTITIES, (*_UNITS, "price", *_THINGS), _TOTALS_OF_A_LINE)),
    where(
        _sums,
        lambda names: has(_SUBTOTALS, _TOTALS, _TAXES)(names) or has(_LINES, (*_SUBTOTALS, *_TOTALS))(names),
    ),
    *PORTIONS,
    PAYMENTS,
    where(_parts, has(_WHOLES, _PARTS)),
    where(_refunds, has(_REFUNDED)),
    where(_due, has((*_TOTALS, "amount"), _DUE, _PAID)),
    where(_counts, lambda names: any(_listed_by(name, names) for name in names)),
    where(_counts, has(_COUNTS_OF_LINES, _LINES)),
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
