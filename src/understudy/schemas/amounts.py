"""Amounts: what sums, lines, taxes, payments and what is due of them owe each other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from understudy.names import snake_case
from understudy.schemas.agreeing import Agreeing, RuleOf, has, like, number, where

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
_TOTALS_OFLINES: Final = ("item_total", "items_total", "lines_total", "line_items_total", "items_subtotal")
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
    "sales_tax",
    "city_tax",
    "tourist_tax",
    "occupancy_tax",
)
_SHIPPING: Final = ("shipping", "shipping_total", "amount_shipping", "shipping_cost")
_DISCOUNTS: Final = ("discount", "discount_amount", "total_discount", "discount_total", "amount_discount")
_DISCOUNTS_IN_PERCENT: Final = (
    "discount_percent", "discount_percentage", "discount_rate", "discount_pct", "percent_off",
)  # fmt: skip
_TAX_RATES: Final = ("tax_rate", "vat_rate", "tax_percent", "tax_percentage", "vat_percentage", "gst_rate")
_ALL_OF_IT: Final = 100  # percent
_DUE: Final = ("amount_due", "due_amount", "amount_remaining", "balance_due", "total_due")
_PAID: Final = ("amount_paid", "paid_amount", "total_paid")
_FOLLOWS: Final = re.compile(
    r"(^|_)(remaining|left|outstanding|due|refunded|paid|progress|percent|percentage|funded|utilization"
    r"|available)($|_)"
)
"""Words of members that say what is left of a sum, or how far it has come."""
_PAID_STATE: Final = "paid"
_UNITS: Final = ("unit_price", "unit_amount", "unit_amount_cents", "price_per_unit")
_QUANTITIES: Final = ("quantity", "qty")
_LINE_TOTALS: Final = ("line_amount", "line_total", "amount", "total", "total_amount", "total_price")
_SUBTOTALS_OF_A_LINE: Final = ("subtotal", "sub_total", "line_subtotal")
_TOTALS_OF_A_LINE: Final = (*_LINE_TOTALS, *_SUBTOTALS_OF_A_LINE)
_THINGS: Final = ("product", "item", "variant", "article", "sku", "book", "service")
LINES: Final = ("line_items", "lines", "items", "order_items", "invoice_items", "positions", "products")
MONIES: Final = ("currency", "currency_code")
_BALANCES: Final = ("balance", "current_balance", "ledger_balance", "account_balance", "booked_balance")
_AVAILABLE: Final = ("available_balance", "balance_available", "available_funds")
_KINDS_OF_DISCOUNT: Final = ("type", "discount_type", "kind", "value_type", "coupon_type")
_VALUES_OF_DISCOUNT: Final = ("value", "discount_value", "discount", "amount")
_LISTED: Final = (*LINES, "payments", "refunds", "charges", "transactions")
"""What an object lists of itself that is told in money."""


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


def follows_sum(name: str, value: Any) -> bool:
    """Tell whether a member follows from the sums beside it: what is due, left or refunded of them, in
    numbers or as a flag.
    """
    if not isinstance(value, bool) and number(value) is None:
        return False
    stem = _UNIT.sub("", snake_case(name))
    return stem in (*_DUE, *_TOTALS) or _FOLLOWS.search(stem) is not None


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
    """A line is its quantity times its unit price, or that of the thing which it shows, less its discount;
    where it tells a subtotal too, with its tax.
    """
    quantity, unit = one.first(_QUANTITIES), one.first((*_UNITS, "price"))
    total = one.first([name for name in _TOTALS_OF_A_LINE if one.names.get(name) != unit])
    price = one.number(unit) if unit else _price_of_thing(one)
    before_taxes, tax = one.first(_SUBTOTALS_OF_A_LINE), one.first(_TAXES)
    if not quantity or not price or not total or (tax and not before_taxes):
        return
    amount = _less_discount(one, one.number(quantity) * price)
    if before_taxes:
        one.put(before_taxes, amount)
    if tax and before_taxes != total:
        _tax_line(one, tax, amount)
        amount += one.number(tax)
    if before_taxes != total:
        one.put(total, amount)


def _less_discount(one: Agreeing, amount: Decimal) -> Decimal:
    """Return what is left of an amount once a discount is taken off, in percent or as an amount."""
    percent, discount = one.first(_DISCOUNTS_IN_PERCENT), one.first(_DISCOUNTS)
    if percent and 0 <= one.number(percent) <= _ALL_OF_IT:
        off = round(amount * one.number(percent) / _ALL_OF_IT, 2)
        if discount:
            one.put(discount, off)
        return amount - off
    if discount and one.number(discount) > amount / 2:
        one.put(discount, Decimal(round(amount / 10, 2)))
    return amount - min(one.number(discount), amount)


def _tax_line(one: Agreeing, tax: str, amount: Decimal) -> None:
    rate = one.first(_TAX_RATES)
    if rate:
        share = one.number(rate) / (_ALL_OF_IT if one.number(rate) >= 1 else 1)
        one.put(tax, Decimal(round(amount * share, 2)))


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
    sums = [_sum_of(one.members.get(one.names.get(name, ""))) for name in LINES]
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
    of_lines = one.first(_TOTALS_OFLINES)
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


def _available(one: Agreeing) -> None:
    """What is in an account is available, where nobody says what of it is not."""
    balance, available = one.first(_BALANCES), one.first(_AVAILABLE)
    if balance and available:
        one.put(available, one.number(balance))


def _percent_off(one: Agreeing) -> None:
    """A discount that is told in percent is one that shops give: from 5 to 50."""
    kind = next((one.members.get(one.names[name]) for name in _KINDS_OF_DISCOUNT if name in one.names), None)
    value = one.first(_VALUES_OF_DISCOUNT)
    is_percent = isinstance(kind, str) and kind.lower().startswith("percent")
    if is_percent and value and one.number(value) > _ALL_OF_IT:
        one.put(value, Decimal(5 * (1 + int(one.number(value)) % 10)))


def _payments(one: Agreeing) -> None:
    """What was paid are the payments that are shown: none where nothing was, else those are as much."""
    listed, paid = one.names.get("payments", ""), one.first((*_PAID, "total_paid"))
    payments = one.members.get(listed)
    if not paid or not isinstance(payments, list) or not all(isinstance(each, dict) for each in payments):
        return
    if not one.number(paid):
        one.say(listed, [])
        return
    if payments and number(payments[0].get("amount")) is not None:
        amount = like(payments[0]["amount"], one.number(paid))
        one.say(listed, [{**payments[0], "amount": amount}])


def _one_money(one: Agreeing) -> None:
    """What an object lists of itself, its lines and its payments, is in the money that it says."""
    written = next((one.names[name] for name in MONIES if name in one.names), "")
    money = one.members.get(written)
    for name in _LISTED:
        listed = one.names.get(name, "")
        each = one.members.get(listed)
        if not isinstance(money, str) or not isinstance(each, list):
            continue
        told = [{**line, "currency": money} if _says_money(line) else line for line in each]
        if told != each:
            one.say(listed, told)


def _says_money(line: Any) -> bool:
    return isinstance(line, dict) and isinstance(line.get("currency"), str)


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


LINES_ADDED: Final[tuple[RuleOf, ...]] = (
    where(_line, has(_QUANTITIES, (*_UNITS, "price", *_THINGS), _TOTALS_OF_A_LINE)),
    where(
        _sums,
        lambda names: has(_SUBTOTALS, _TOTALS, _TAXES)(names) or has(LINES, (*_SUBTOTALS, *_TOTALS))(names),
    ),
)
PARTS: Final[tuple[RuleOf, ...]] = (
    where(_parts, has(_WHOLES, _PARTS)),
    where(_refunds, has(_REFUNDED)),
    where(_available, has(_BALANCES, _AVAILABLE)),
    where(_percent_off, has(_KINDS_OF_DISCOUNT, _VALUES_OF_DISCOUNT)),
    where(_due, has((*_TOTALS, "amount"), _DUE, _PAID)),
)
PAID: Final[tuple[RuleOf, ...]] = (
    where(_payments, has(("payments",), (*_PAID, "total_paid"))),
    where(_one_money, has(MONIES, _LISTED)),
)
"""In the order in which they are applied, with others between them."""
