"""Portions: what of a whole is taken and left, the best that may be reached, and what is reckoned from two
others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from decimal import Decimal
from typing import Any, Final

from msgspec import Struct

from understudy.schemas.agreeing import Agreeing, Rule, RuleOf, has, number, where
from understudy.schemas.places import COUNTRIES

_WHOLE: Final = "total|capacity|allowed|maximum|max|limit|quota|allowance"
_TAKEN: Final = (
    "used|occupied|sold|booked|reserved|taken|enrolled|registered|consumed|spent|filled|checked_out"
)
_COUNTED: Final = "quantity"
"""What there is of a thing, where it is told how many of them are taken and how many are left."""
_LEFT: Final = "available|remaining|left|free|vacant"
_BESTS: Final = ("max_score", "maximum_score", "max_points", "total_points", "max_marks", "total_marks")
_SCORES: Final = re.compile(r"^(\w+_)?(score|points|marks?|points_earned)$")
_BEST: Final = re.compile(r"^max(imum)?_(\w+)$")
_AREAS: Final = re.compile(r"^(price|cost|rent)_per_(sqm|m2|square_met(?:er|re)|sq_?ft|square_foot)$")
_IN_FEET: Final = re.compile(r"sq_?ft|square_f")
_OF_FLOORS: Final = re.compile(
    r"^(floor_area|living_area|area|usable_area|size)?_?(sqm|m2|square_met(?:er|re)s?|sq_?ft|square_feet)?$"
)
_SQUARE_FEET: Final = Decimal("10.7639")  # in a square metre
_PRICES: Final = ("price", "list_price", "asking_price", "sale_price", "total_price")
_RATES: Final = ("tax_rate", "vat_rate", "gst_rate", "tax_percent", "tax_percentage", "vat_percentage")
_TAXES: Final = ("tax", "tax_amount", "vat", "vat_amount", "total_tax", "tax_total")
_NETS: Final = ("subtotal", "sub_total", "net_amount", "subtotal_amount", "amount_subtotal", "net")
_HEIGHTS: Final = ("height_cm", "height")
_WEIGHTS: Final = ("weight_kg", "weight")
_MASSES: Final = ("bmi", "body_mass_index")
_TIMES: Final = (
    (("nightly_rate", "price_per_night", "rate_per_night"), ("nights", "number_of_nights")),
    (("daily_rate", "price_per_day", "rate_per_day"), ("days", "number_of_days", "duration_days")),
    (("hourly_rate", "price_per_hour", "rate_per_hour"), ("hours", "number_of_hours", "duration_hours")),
)
"""What a night, a day or an hour costs, and how many there are."""
_COSTS: Final = ("total", "total_amount", "total_price", "total_cost", "amount")
_SUMS: Final = re.compile(
    r"^(?:total|overall)_(cost|fees|charges|expenses|hours|calories|minutes|mins|time|duration|seconds)$"
)
_CITIES: Final = {city.name: city for country in COUNTRIES for city in country.cities}
_STATES: Final = re.compile(r"^(\w+_)?(state|province|region)$")
_AMOUNTS: Final = ("value", "amount")
_OBJECTS: Final = (
    ("received_amount", "incoming_amount"), ("sent_amount", "debit_amount"), ("captured_amount", "amount"),
    ("refunded_amount", "amount"), ("amount_refunded", "amount"), ("amount_captured", "amount"),
    ("paid_amount", "total_amount"),
)  # fmt: skip
"""What came of an amount, and the amount: Open Payments, Adyen and PayPal."""
_MEANT: Final = (
    "budget", "budget_amount", "allocated", "allocated_amount", "goal", "goal_amount", "target",
    "target_amount",
    "funding_goal", "planned_amount", "limit", "limit_amount", "credit_limit", "amount",
)  # fmt: skip
_REACHED: Final = (
    "spent", "spent_amount", "amount_spent", "total_spent", "raised", "raised_amount", "amount_raised",
    "current_amount", "saved", "saved_amount", "amount_saved", "pledged", "pledged_amount", "amount_pledged",
    "used_amount", "amount_used", "total_raised", "donated_amount",
)  # fmt: skip
_OPEN: Final = (
    "remaining", "remaining_amount", "amount_remaining", "remaining_budget", "budget_remaining", "left",
    "amount_left", "available_amount", "available_credit",
)  # fmt: skip
_PERCENTAGES: Final = (
    "progress", "progress_percent", "progress_percentage", "percent", "percentage", "percent_used",
    "percentage_used", "percent_spent", "spent_percentage", "percent_funded", "funded_percent",
    "funded_percentage", "percent_complete", "utilization",
)  # fmt: skip
"""Budgets and goals: what is meant to be spent or raised, what was so far, what is left, and both in percent
(YNAB, GoFundMe, Kickstarter, JustGiving).
"""
_MORE_THAN_A_HUNDREDTH: Final = 1


class _Share(Struct, frozen=True):
    """A whole, and what is taken of it and left; "" where nothing says so."""

    whole: str
    taken: str = ""
    left: str = ""


def _shares(names: Set[str]) -> Iterator[_Share]:
    """Yield what is a portion of what: `vacation_days_used` of `vacation_days_total`."""
    wholes, taken, left = _stems(names, _WHOLE), _stems(names, _TAKEN), _stems(names, _LEFT)
    for stem, whole in wholes.items():
        if not stem and len(taken) == 1 and whole == "capacity":
            yield _Share(whole, next(iter(taken.values())), next(iter(left.values()), ""))
        elif stem in taken or stem in left:
            yield _Share(whole, taken.get(stem, ""), left.get(stem, ""))
    if not wholes and _COUNTED in names and taken.keys() == left.keys() == {""}:
        yield _Share(_COUNTED, taken[""], left[""])


def _stems(names: Set[str], words: str) -> dict[str, str]:
    """Return the names in which one of some words stands first or last, by what else stands there."""
    found: dict[str, str] = {}
    for name in sorted(names):
        match = re.match(rf"^(?:{words})_(\w+)$|^(\w+)_(?:{words})$|^(?:{words})$", name)
        if match is not None:
            stem = (match[1] or match[2] or "").removesuffix("_count").removesuffix("count")
            found.setdefault(stem, name)
    return found


def _share_rule(names: Set[str]) -> Rule | None:
    """Return a rule by which what is taken and what is left is the whole."""
    shares = tuple(_shares(names))

    def rule(one: Agreeing) -> None:
        for share in shares:
            _share(one, share)

    return rule if shares else None


def _share(one: Agreeing, share: _Share) -> None:
    whole, taken, left = one.first((share.whole,)), one.first((share.taken,)), one.first((share.left,))
    if not whole:
        return
    for part in filter(None, (taken, left)):
        _keep_within(one, part, whole)
    if taken and left and not one.put(left, one.number(whole) - one.number(taken)):
        one.put(taken, one.number(whole) - one.number(left))


def _reach(one: Agreeing) -> None:
    """What is left of a budget, or of a goal, is what was not spent or raised of it."""
    whole, part = one.first(_MEANT), one.first(_REACHED)
    if not whole or not part or one.number(whole) <= 0:
        return
    _keep_within(one, part, whole)
    left, percent = one.first(_OPEN), one.first(_PERCENTAGES)
    share = one.number(part) / one.number(whole)
    if left:
        one.put(left, one.number(whole) - one.number(part))
    if percent and not one.put(percent, round(100 * share, 2)):
        one.put(percent, Decimal(min(round(100 * share), 100)))


def _keep_within(one: Agreeing, part: str, whole: str) -> None:
    """Let a part not be more than its whole: half of it, or half of that."""
    most, amount = one.number(whole), one.number(part)
    if amount <= most or most < 0:
        return
    while amount > most:
        amount /= 2
        if amount < _MORE_THAN_A_HUNDREDTH:
            amount = Decimal(0)
    one.put(part, Decimal(int(amount)))


def _best_rule(names: Set[str]) -> Rule | None:
    """Return a rule by which nothing is more than the most that it may be: `health` of `max_health`."""
    pairs = []
    best = next((name for name in _BESTS if name in names), "")
    for name in sorted(names):
        found = _BEST.match(name)
        if found is not None and found[2] in names:
            pairs.append((found[2], name))
        elif best and name not in _BESTS and _SCORES.match(name):
            pairs.append((name, best))

    def rule(one: Agreeing) -> None:
        for part, whole in pairs:
            written, most = one.first((part,)), one.first((whole,))
            if written and most:
                _keep_within(one, written, most)

    return rule if pairs else None


def _price_rule(names: Set[str]) -> Rule | None:
    """Return a rule by which a price is the area times what each part of it costs."""
    each = next((name for name in sorted(names) if _AREAS.match(name)), "")
    areas = [name for name in sorted(names) if name != each and _is_area(name)]
    if not each or not areas or names.isdisjoint(_PRICES):
        return None

    def rule(one: Agreeing) -> None:
        price, unit, area = one.first(_PRICES), one.first((each,)), one.first((areas[0],))
        if not price or not unit or not area:
            return
        size = one.number(area)
        if _IN_FEET.search(each) and not _IN_FEET.search(areas[0]):
            size *= _SQUARE_FEET
        if not one.put(price, Decimal(round(size * one.number(unit)))) and size:
            one.put(unit, one.number(price) / size)

    return rule


def _is_area(name: str) -> bool:
    found = _OF_FLOORS.match(name)
    return found is not None and bool(found[2] or (found[1] or "").endswith("area"))


def _tax(one: Agreeing) -> None:
    """Tax is what its rate says of the net amount, a rate being a percentage or a part of one."""
    rate, tax, net = one.first(_RATES), one.first(_TAXES), one.first(_NETS)
    if not rate or not tax or not net or not one.number(rate):
        return
    share = one.number(rate)
    if share >= 1:
        share /= 100
    one.put(tax, Decimal(round(one.number(net) * share, 2)))


def _mass(one: Agreeing) -> None:
    """The body mass index is the weight in kilograms by the square of the height in metres."""
    height, weight, mass = one.first(_HEIGHTS), one.first(_WEIGHTS), one.first(_MASSES)
    if height and weight and mass and one.number(height) > 0:
        metres = one.number(height) / 100
        one.put(mass, Decimal(round(one.number(weight) / (metres * metres), 1)))


def _by_time(one: Agreeing) -> None:
    """What is paid by the night costs its rate for each, where nothing else is told that is paid."""
    total = one.first(_COSTS)
    for rates, counts in _TIMES:
        rate, count = one.first(rates), one.first(counts)
        if rate and count and total and not any("tax" in name or "discount" in name for name in one.names):
            one.put(total, one.number(rate) * one.number(count))


def _games(one: Agreeing) -> None:
    """Games are won, lost or drawn, and a rate says how many of them are won."""
    ends = [one.number(one.first((name,))) for name in ("wins", "losses", "draws") if name in one.names]
    played = one.first(("games_played", "matches_played", "total_games", "played"))
    rate = one.first(("win_rate", "win_ratio", "win_percentage"))
    whole = sum(ends, Decimal(0))
    if played:
        one.put(played, whole)
    if rate and whole:
        share = ends[0] / whole
        one.put(rate, share * 100 if one.names.get("win_percentage") == rate else share)


def _added_rule(names: Set[str]) -> Rule | None:
    """Return a rule by which a total of costs is the sum of the costs beside it."""
    found = next(filter(None, map(_SUMS.match, sorted(names))), None)
    if found is None:
        return None
    ending = found[1].removesuffix("s")
    parts = [name for name in sorted(names) if name != found.group() and re.search(rf"_{ending}s?$", name)]

    def rule(one: Agreeing) -> None:
        written = [one.first((name,)) for name in parts]
        total = one.first((found.group(),))
        if total and all(written):
            one.put(total, sum(map(one.number, written), Decimal(0)))

    return rule if len(parts) > 1 else None


def _state_rule(names: Set[str]) -> Rule | None:
    """Return a rule by which the state beside a city is the one in which it lies."""
    pairs = []
    for name in sorted(names):
        found = _STATES.match(name)
        if found is not None and f"{found[1] or ''}city" in names:
            pairs.append((name, f"{found[1] or ''}city"))

    def rule(one: Agreeing) -> None:
        for name, city in pairs:
            _put_state(one, one.names.get(name, ""), one.members.get(one.names.get(city, "")))

    return rule if pairs else None


def _put_state(one: Agreeing, written: str, city: Any) -> None:
    place = _CITIES.get(city) if isinstance(city, str) else None
    if place is None or not isinstance(one.members.get(written), str):
        return
    is_right = one.members[written] in (place.region, place.region_code)
    if not is_right and not one.say(written, place.region_code):
        one.say(written, place.region)


def _within(one: Agreeing) -> None:
    """What came of an amount that is told as an object is not more than it, and in the same money."""
    for part, whole in _OBJECTS:
        inner, outer = one.members.get(one.names.get(part, "")), one.members.get(one.names.get(whole, ""))
        if not isinstance(inner, dict) or not isinstance(outer, dict):
            continue
        member = next((name for name in _AMOUNTS if name in inner and name in outer), "")
        least, most = number(inner.get(member)), number(outer.get(member))
        if least is not None and most is not None and least > most:
            one.say(one.names[part], {**inner, member: outer[member]})


PORTIONS: Final[tuple[RuleOf, ...]] = (
    _share_rule,
    _best_rule,
    _price_rule,
    where(_reach, has(_MEANT, _REACHED, (*_OPEN, *_PERCENTAGES))),
    where(_mass, has(_HEIGHTS, _WEIGHTS, _MASSES)),
    where(_games, has(("wins",), ("losses",))),
    where(_by_time, lambda names: any(has(*pair, _COSTS)(names) for pair in _TIMES)),
    _added_rule,
    _state_rule,
    where(_within, lambda names: any(part in names and whole in names for part, whole in _OBJECTS)),
)
TAXES: Final = where(_tax, has(_RATES, _TAXES, _NETS))
"""What is reckoned before a total is."""
