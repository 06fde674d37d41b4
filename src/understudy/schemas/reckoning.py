"""Reckoning: what follows from other numbers and moments of an object by the rules of a trade: pay, stays,
ways, courses, visits.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence, Set
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from understudy.schemas.agreeing import Agreeing, Rule, RuleOf, has, where
from understudy.schemas.moments import parsed, written_like
from understudy.schemas.someone import FAMILY, GIVEN
from understudy.schemas.stages import state_of

_GROSS: Final = ("gross_pay", "gross_salary", "gross_wage", "gross_wages", "gross_earnings", "gross_income")
_NET: Final = (
    "net_pay",
    "net_salary",
    "net_wage",
    "net_wages",
    "net_earnings",
    "net_income",
    "take_home_pay",
)
_DEDUCTED: Final = re.compile(
    r"(^|_)(tax|taxes|social_security|pension|insurance|withholding|contribution|national_insurance"
    r"|union_dues)"
    r"(_amount|_contribution|_deduction)?$"
)
_ALL_DEDUCTED: Final = ("total_deductions", "deductions_total", "deductions")
_MOST_DEDUCTED: Final = Decimal("0.5")
"""What is taken of what somebody is paid (ILO Convention 95, article 8 and 15)."""

_RATES: Final = (
    "price_per_night",
    "nightly_rate",
    "rate_per_night",
    "price_per_day",
    "daily_rate",
    "rate_per_day",
)
_COUNTS: Final = ("nights", "number_of_nights", "night_count", "days", "number_of_days", "rental_days")
_BEFORE_TAXES: Final = ("subtotal", "sub_total", "room_total", "base_price", "subtotal_amount", "base_amount")
_GUESTS: Final = (
    "guests", "guest_count", "guests_count", "number_of_guests", "num_guests", "party_size", "passengers",
    "passenger_count", "travelers", "number_of_travelers", "pax",
)  # fmt: skip
_ADULTS: Final = ("adults", "adult_count", "adults_count", "number_of_adults", "num_adults")
_CHILDREN: Final = ("children", "child_count", "children_count", "number_of_children", "num_children", "kids")
"""Who stays or travels: OpenTravel's GuestCount."""

_UNIT: Final = "(?:_(?:in_)?(?:km|kilomet(?:er|re)s|mi|miles|m|met(?:er|re)s))?"
_SPEED_UNIT: Final = "(?:_(?:in_)?(?:kmh|kph|km_h|mph|kmph))?"
_ODOMETERS: Final = (
    re.compile(
        rf"(?:start|begin|starting|initial)_(?:odometer|mileage){_UNIT}$|(?:odometer|mileage)_start{_UNIT}$"
    ),
    re.compile(rf"(?:end|ending|final)_(?:odometer|mileage){_UNIT}$|(?:odometer|mileage)_end{_UNIT}$"),
)
_DISTANCES: Final = re.compile(rf"(?:total_|trip_)?distance(?:_travel(?:l)?ed)?{_UNIT}$")
_AVERAGES: Final = re.compile(rf"(?:average|avg|mean)_speed{_SPEED_UNIT}$")
_FASTEST: Final = re.compile(rf"(?:max|maximum|top)_speed{_SPEED_UNIT}$")
_SPEEDS: Final = re.compile(rf"(?:current_)?speed{_SPEED_UNIT}$")
_LONG: Final = re.compile(r"duration(?:_in)?_(seconds|secs|s|minutes|mins|hours)$")
_IN_AN_HOUR: Final = {"seconds": 3600, "secs": 3600, "s": 3600, "minutes": 60, "mins": 60, "hours": 1}
_FASTER: Final = Decimal("1.4")
_ABOUT: Final = Decimal("0.05")
"""By how much of it a number may differ from what others say, as authors round."""
_STANDING: Final = frozenset(
    {
        "parked",
        "idle",
        "stopped",
        "offline",
        "maintenance",
        "charging",
        "inactive",
        "available",
        "in_maintenance",
    }
)
_MOVING: Final = frozenset({"moving", "driving", "in_transit", "en_route", "in_motion"})
_USUAL_SPEED: Final = Decimal(46)
_NEXT_SERVICES: Final = re.compile(
    rf"next_(?:service|maintenance|inspection)(?:_(?:at|due))?(?:_(?:odometer|mileage))?{_UNIT}$"
)
_ODOMETER: Final = re.compile(rf"(?:current_)?(?:odometer|mileage)(?:_reading)?{_UNIT}$")
_BETWEEN_SERVICES: Final = 15_000
"""What a vehicle's computer says of a way (GTFS, ISO 20078)."""

_PROGRESS: Final = re.compile(
    r"(completion_|progress_|complete_)?(percent|percentage|pct|progress)(_complete(d)?)?$"
)
_DONE: Final = frozenset({"completed", "complete", "finished", "done", "passed", "graduated"})
_NOT_BEGUN: Final = frozenset({"not_started", "pending", "draft", "new", "enrolled", "scheduled", "queued"})
_PASSING: Final = ("passing_score", "pass_mark", "passing_grade", "pass_score", "minimum_score")
_SCORES: Final = ("score", "score_percent", "percentage", "grade_percent", "final_score")
_CORRECT: Final = ("correct_answers", "correct_count", "questions_correct", "num_correct", "correct")
_QUESTIONS: Final = (
    "total_questions",
    "question_count",
    "questions_count",
    "num_questions",
    "questions_total",
)
"""How far somebody came and what for: xAPI's result, IMS Question and Test Interoperability."""

_OVERDUE: Final = ("overdue", "past_due")
_DAYS_LATE: Final = ("days_overdue", "overdue_days", "days_late", "days_past_due")
_BILLED: Final = ("total_billed", "total_invoiced", "amount_billed", "total_charged", "lifetime_billed")
_PAID: Final = ("total_paid", "amount_paid", "paid_total", "total_received")
_OUTSTANDING: Final = (
    "outstanding_balance", "outstanding", "amount_outstanding", "outstanding_amount", "total_outstanding",
    "balance_due",
)  # fmt: skip

_HIRED: Final = (
    "hire_date",
    "hired_at",
    "hired_on",
    "date_of_hire",
    "joined_on",
    "join_date",
    "employment_start_date",
)
_SERVICE: Final = ("tenure_years", "years_of_service", "years_employed", "seniority_years", "tenure")
_TODAY: Final = date(2025, 12, 31)
_YEAR: Final = Decimal("365.25")
_PERIODS: Final = re.compile(r"((?:\w+_)?period)_(?:start|from|begin)(_date)?$")
_PAYDAYS: Final = ("paid_on", "pay_date", "payment_date", "paid_at")

_BEGINS: Final = (
    "start_time",
    "starts_at",
    "start_at",
    "scheduled_at",
    "scheduled_start",
    "start",
    "appointment_time",
)
_ENDS: Final = ("end_time", "ends_at", "end_at", "scheduled_end", "end")
_CAME: Final = ("check_in_time", "checkin_time", "checked_in_at", "check_in_at")
_WENT: Final = ("check_out_time", "checkout_time", "checked_out_at", "check_out_at")
_BEFORE: Final = timedelta(minutes=6)
_NOT_COME: Final = frozenset(
    {"scheduled", "booked", "confirmed", "pending", "cancelled", "canceled", "no_show", "requested"}
)
_NOT_GONE: Final = _NOT_COME | {"checked_in", "in_progress", "arrived", "waiting", "in_consultation"}
"""When somebody came to what was planned, and when they left (HL7 FHIR Encounter)."""
_STAYS: Final = (
    (
        ("checked_in_at", "check_in_time", "actual_check_in"),
        ("check_in", "check_in_date", "checkin_date", "arrival_date"),
        15,
    ),
    (
        ("checked_out_at", "check_out_time", "actual_check_out"),
        ("check_out", "check_out_date", "checkout_date", "departure_date"),
        10,
    ),
)
"""When somebody came and left, the day for which that was planned, and the hour at which it is usual."""
_DEADLINES: Final = ("cancellation_deadline", "free_cancellation_until", "cancel_by", "cancellation_until")
_ARRIVALS: Final = ("check_in", "check_in_date", "checkin_date", "arrival_date", "start_date")
_DAYS_AHEAD: Final = timedelta(days=2)

_WHOLE_NAMES: Final = ("full_name", "fullname", "complete_name")
_FEWEST_LETTERS: Final = 2


def _pay(one: Agreeing) -> None:
    """What somebody is paid is what was earned, less what is deducted, of which the total is told too."""
    gross, net, total = one.first(_GROSS), one.first(_NET), one.first(_ALL_DEDUCTED)
    parts = [written for name, written in one.names.items() if _DEDUCTED.search(name) and one.first((name,))]
    taken = sum(map(one.number, parts), Decimal(0)) if parts else one.number(total)
    while taken > one.number(gross) * _MOST_DEDUCTED and any(
        one.put(part, one.number(part) / 2) for part in parts
    ):
        lower = sum(map(one.number, parts), Decimal(0))
        if lower >= taken:
            break
        taken = lower
    if parts and total:
        one.put(total, taken)
    one.put(net, one.number(gross) - taken)


def _stay(one: Agreeing) -> None:
    """Before taxes, a stay costs its nights."""
    rate, count, costs = one.first(_RATES), one.first(_COUNTS), one.first(_BEFORE_TAXES)
    if rate and count and costs:
        one.put(costs, one.number(rate) * one.number(count))


def _guests(one: Agreeing) -> None:
    """Adults and children are the guests."""
    guests, adults, children = one.first(_GUESTS), one.first(_ADULTS), one.first(_CHILDREN)
    if not guests or not adults:
        return
    whole = one.number(guests)
    grown = min(one.number(adults), whole)
    if children and adults in one.fixed and children in one.fixed:
        one.put(guests, one.number(adults) + one.number(children))
        return
    one.put(adults, grown if children else whole)
    if children:
        one.put(children, whole - one.number(adults))


def _journey(names: Set[str]) -> Rule | None:
    """Return a rule by which a way takes as long as its length and its speed say, and the odometer tells
    it.
    """
    distance, average, fastest = _named(names, _DISTANCES), _named(names, _AVERAGES), _named(names, _FASTEST)
    start, end = (_named(names, pattern) for pattern in _ODOMETERS)
    lasts = next(filter(None, map(_LONG.match, sorted(names))), None)
    if not distance or not (average or (start and end)):
        return None

    def rule(one: Agreeing) -> None:
        way, speed, top = one.first((distance,)), one.first((average,)), one.first((fastest,))
        before, after = one.first((start,)), one.first((end,))
        if way and before and after:
            one.put(after, one.number(before) + one.number(way))
        if way and speed and lasts is not None and one.first((lasts.group(),)):
            _last(one, lasts, way, speed)
        if speed and top and one.number(top) < one.number(speed):
            one.put(top, one.number(speed) * _FASTER)

    return rule


def _last(one: Agreeing, lasts: re.Match[str], way: str, speed: str) -> None:
    length, hour = one.first((lasts.group(),)), _IN_AN_HOUR[lasts[1]]
    if one.number(length) > 0 and one.number(speed) > 0:
        implied = one.number(way) / one.number(length) * hour / one.number(speed)
        if abs(implied - 1) < _ABOUT:
            return
    if one.number(speed) > 0 and one.put(length, Decimal(round(one.number(way) / one.number(speed) * hour))):
        return
    if one.number(length) > 0:
        one.put(speed, one.number(way) * hour / one.number(length))


def _named(names: Set[str], pattern: re.Pattern[str]) -> str:
    return next(filter(pattern.match, sorted(names)), "")


def _motion(names: Set[str]) -> Rule | None:
    """Return a rule by which what stands has no speed, and what moves has one."""
    speed = _named(names, _SPEEDS)
    if not speed or names.isdisjoint(("status", "state")):
        return None

    def rule(one: Agreeing) -> None:
        written, state = one.first((speed,)), state_of(one)
        if written and state in _STANDING:
            one.put(written, Decimal(0))
        elif written and state in _MOVING and not one.number(written):
            one.put(written, _USUAL_SPEED)

    return rule


def _service(names: Set[str]) -> Rule | None:
    """Return a rule by which the next service of a vehicle is ahead of what it has run."""
    ahead, run = _named(names, _NEXT_SERVICES), _named(names, _ODOMETER)
    if not ahead or not run:
        return None

    def rule(one: Agreeing) -> None:
        service, odometer = one.first((ahead,)), one.first((run,))
        if service and odometer and one.number(service) <= one.number(odometer):
            one.put(service, (one.number(odometer) // _BETWEEN_SERVICES + 1) * _BETWEEN_SERVICES)

    return rule


def _progress(names: Set[str]) -> Rule | None:
    """Return a rule by which what is done is done in full, and what was not begun has no progress."""
    progress = _named(names, _PROGRESS)
    pairs = list(_done_of(names))
    if not progress and not pairs:
        return None

    def rule(one: Agreeing) -> None:
        state, written = state_of(one), one.first((progress,))
        for part, whole in pairs:
            done, all_of_it = one.first((part,)), one.first((whole,))
            if done and all_of_it:
                _come(one, done, all_of_it, state)
                if written and one.number(all_of_it):
                    share = 100 * one.number(done) / one.number(all_of_it)
                    one.put(written, Decimal(round(share)))
        if written and state in _DONE:
            one.put(written, Decimal(100))
        if written and state in _NOT_BEGUN:
            one.put(written, Decimal(0))

    return rule


def _done_of(names: Set[str]) -> Iterator[tuple[str, str]]:
    for name in sorted(names):
        stem = name.removeprefix("completed_")
        if stem != name and f"total_{stem}" in names:
            yield name, f"total_{stem}"


def _come(one: Agreeing, done: str, whole: str, state: str) -> None:
    if state in _DONE:
        if not one.put(done, one.number(whole)):
            one.put(whole, one.number(done))
    elif state in _NOT_BEGUN:
        one.put(done, Decimal(0))
    elif one.number(done) > one.number(whole) and not one.put(
        done, one.number(done) % (one.number(whole) + 1)
    ):
        one.put(whole, one.number(done))


def _exam(one: Agreeing) -> None:
    """A score is what was answered rightly of all that was asked, and passes where it is enough."""
    correct, asked, score = one.first(_CORRECT), one.first(_QUESTIONS), one.first(_SCORES)
    if correct and asked:
        if one.number(correct) > one.number(asked):
            one.put(correct, one.number(correct) % (one.number(asked) + 1))
        if score and one.number(asked):
            one.put(score, Decimal(round(100 * one.number(correct) / one.number(asked))))
    enough, flag = one.first(_PASSING), one.names.get("passed") or one.names.get("is_passed", "")
    if score and isinstance(one.members.get(flag), bool):
        one.say(flag, one.number(score) >= (one.number(enough) if enough else 50))


def _overdue(one: Agreeing) -> None:
    """What is overdue is so many days late; all else is not late."""
    state = state_of(one)
    if not state:
        return
    is_late = state in _OVERDUE
    for name in _OVERDUE:
        flag = one.names.get(f"is_{name}") or one.names.get(name, "")
        if isinstance(one.members.get(flag), bool):
            one.say(flag, is_late)
    late = one.first(_DAYS_LATE)
    if late and not is_late:
        one.put(late, Decimal(0))
    elif late and not one.number(late):
        one.put(late, Decimal(12))


def _billed(one: Agreeing) -> None:
    """What somebody owes is what was billed, less what they paid."""
    billed, paid, owed = one.first(_BILLED), one.first(_PAID), one.first(_OUTSTANDING)
    if not billed or not paid or not owed:
        return
    if one.number(paid) > one.number(billed):
        one.put(paid, one.number(billed) / 2)
    one.put(owed, one.number(billed) - one.number(paid))


def _tenure(one: Agreeing) -> None:
    """Somebody is there for as many years as have passed since they came."""
    years, since = one.first(_SERVICE), _day(one, _HIRED)
    if years and since is not None and since < _TODAY:
        one.put(years, round(Decimal((_TODAY - since).days) / _YEAR, 1))


def _day(one: Agreeing, names: Sequence[str]) -> date | None:
    for name in names:
        moment = _moment(one, name)
        if moment is not None:
            return moment.date()
    return None


def _moment(one: Agreeing, name: str) -> datetime | None:
    value = one.members.get(one.names.get(name, ""))
    return parsed(value) if isinstance(value, str) else None


def periods(names: Set[str], examples_of: Callable[[str], Sequence[Any]]) -> Rule | None:
    """Return a rule by which a period that is paid or billed for is a month, and paid for after it, where no
    author shows another one.
    """
    found = next(filter(None, map(_PERIODS.match, sorted(names))), None)
    if found is None:
        return None
    start = found.group()
    ends = (f"{found[1]}_{word}{found[2] or ''}" for word in ("end", "to", "until"))
    end = next(filter(names.__contains__, ends), "")
    if not end or examples_of(start) or examples_of(end):
        return None

    def rule(one: Agreeing) -> None:
        first = _moment(one, start)
        if first is None or start not in one.names or end not in one.names:
            return
        if start not in one.fixed and end not in one.fixed:
            last = first.replace(day=monthrange(first.year, first.month)[1])
            _say_moment(one, start, first.replace(day=1))
            _say_moment(one, end, last)
        until = _moment(one, end)
        for name in _PAYDAYS:
            paid = _moment(one, name)
            if until is not None and paid is not None and paid < until:
                _say_moment(one, name, until + _DAYS_AHEAD)

    return rule


def _say_moment(one: Agreeing, name: str, moment: datetime) -> None:
    written = one.names[name]
    one.say(written, written_like(one.members[written], moment))


def _visit(one: Agreeing) -> None:
    """Who has an appointment comes shortly before it and leaves as it ends, and nobody does so before."""
    state, begins, ends = state_of(one), _first_moment(one, _BEGINS), _first_moment(one, _ENDS)
    for names, at, ahead in (
        (_CAME, begins and begins - _BEFORE, _NOT_COME),
        (_WENT, ends or begins, _NOT_GONE),
    ):
        for name in filter(one.names.__contains__, names):
            written = one.names[name]
            if _moment(one, name) is None:
                continue
            if state in ahead:
                one.leave_open(written)
            elif at is not None:
                _say_moment(one, name, at)


def _first_moment(one: Agreeing, names: Sequence[str]) -> datetime | None:
    return next(filter(None, (_moment(one, name) for name in names)), None)


def _comings(one: Agreeing) -> None:
    """Who stays comes and leaves on the days for which that was planned, and may cancel until shortly
    before.
    """
    for names, planned, hour in _STAYS:
        day = _day(one, planned)
        for name in filter(one.names.__contains__, names):
            told = _moment(one, name)
            if told is not None and day is not None:
                at = told.replace(year=day.year, month=day.month, day=day.day, hour=hour)
                _say_moment(one, name, at)
    arrival = _day(one, _ARRIVALS)
    for name in filter(one.names.__contains__, _DEADLINES):
        told = _moment(one, name)
        if told is not None and arrival is not None:
            last = arrival - _DAYS_AHEAD
            _say_moment(one, name, told.replace(year=last.year, month=last.month, day=last.day))


_ARRIVES: Final = ("arrived_at", "arrival_time", "arrives_at", "arrival", "arrived")
_DEPARTS: Final = ("departed_at", "departure_time", "departs_at", "departure", "departed")
_OF_A_STOP: Final = (
    "sequence",
    "stop_sequence",
    "position",
    "order",
    "stop_id",
    "stop_name",
    "address",
    "location",
)
_OF_A_WAY: Final = re.compile(r"(^|_)(origin|destination|from|to|flight|carrier|start|end|train|number)(_|$)")
_WAITS: Final = timedelta(minutes=12)


def _stop(names: Set[str]) -> Rule | None:
    """Return a rule by which what stops on its way leaves after it came (GTFS stop_times); for a way itself
    it is the other way round.
    """
    arrival = next(filter(names.__contains__, _ARRIVES), "")
    departure = next(filter(names.__contains__, _DEPARTS), "")
    if not arrival or not departure or names.isdisjoint(_OF_A_STOP) or any(map(_OF_A_WAY.search, names)):
        return None

    def rule(one: Agreeing) -> None:
        came, left = _moment(one, arrival), _moment(one, departure)
        if came is not None and left is not None and not came <= left <= came + _WAITS * 10:
            _say_moment(one, departure, came + _WAITS)

    return rule


def _whole_name(one: Agreeing) -> None:
    """A full name is the two names beside it."""
    given = _first_text(one, GIVEN)
    family = _first_text(one, FAMILY)
    for name in _WHOLE_NAMES:
        written = one.names.get(name, "")
        if given and family and isinstance(one.members.get(written), str):
            one.say(written, f"{given} {family}")


def _first_text(one: Agreeing, names: Sequence[str]) -> str:
    told = (one.members.get(one.names.get(name, "")) for name in names)
    return next((text for text in told if isinstance(text, str) and text), "")


def codes(names: Set[str], examples_of: Callable[[str], Sequence[Any]]) -> Rule | None:
    """Return a rule by which a code is how the name beside it begins, as authors show: `ENG` of
    `Engineering`.
    """
    if not {"code", "name"} <= names:
        return None
    shown = list(zip(examples_of("code"), examples_of("name"), strict=False))
    if not shown or not all(_begins(code, name) for code, name in shown):
        return None
    length = len(shown[0][0])

    def rule(one: Agreeing) -> None:
        written, name = one.names.get("code", ""), one.members.get(one.names.get("name", ""))
        if isinstance(name, str) and isinstance(one.members.get(written), str) and len(name) >= length:
            start = name[:length]
            one.say(written, start.upper() if shown[0][0].isupper() else start.lower())

    return rule


def _begins(code: Any, name: Any) -> bool:
    if not isinstance(code, str) or not isinstance(name, str) or len(code) < _FEWEST_LETTERS:
        return False
    return code.isalpha() and name.lower().startswith(code.lower())


_LIMITED: Final = (
    (("times_redeemed", "redemption_count", "redemptions_count"), ("max_redemptions", "redemption_limit")),
    (("times_used", "usage_count", "used_count", "uses"), ("max_uses", "usage_limit", "max_usage")),
    (("attempts", "attempt_count", "attempts_count"), ("max_attempts", "attempt_limit")),
)
_CHEAPER: Final = ("discount_price", "discounted_price", "sale_price", "special_price", "promo_price")
_PRICES: Final = ("regular_price", "original_price", "list_price", "price")
_LESS: Final = Decimal("0.8")


def _limited(one: Agreeing) -> None:
    """Nothing is done more often than it may be."""
    for parts, wholes in _LIMITED:
        part, whole = one.first(parts), one.first(wholes)
        if part and whole and one.number(part) > one.number(whole) >= 0:
            one.put(part, one.number(part) % (one.number(whole) + 1))


def _cheaper(one: Agreeing) -> None:
    """What is sold at a discount costs less than without."""
    price = one.first(_PRICES)
    for name in _CHEAPER:
        written = one.first((name,))
        if written and price and one.number(written) > one.number(price):
            one.put(written, Decimal(round(one.number(price) * _LESS, 2)))


BEFORE_SPANS: Final[tuple[RuleOf, ...]] = (
    _journey,
    where(_whole_name, has(GIVEN, FAMILY, _WHOLE_NAMES)),
)
"""What says how long something takes."""
BEFORE_SUMS: Final[tuple[RuleOf, ...]] = (where(_stay, has(_RATES, _COUNTS, _BEFORE_TAXES)),)
RECKONED: Final[tuple[RuleOf, ...]] = (
    where(_pay, has(_GROSS, _NET)),
    where(_guests, has(_GUESTS, _ADULTS)),
    _motion,
    _stop,
    _service,
    _progress,
    where(
        _exam, lambda names: has(_CORRECT, _QUESTIONS)(names) or has(_SCORES, ("passed", "is_passed"))(names)
    ),
    where(
        _overdue,
        lambda names: (
            has(("status", "state"), _DAYS_LATE)(names) or has(("is_overdue", "is_past_due"))(names)
        ),
    ),
    where(_limited, lambda names: any(has(*pair)(names) for pair in _LIMITED)),
    where(_cheaper, has(_CHEAPER, _PRICES)),
    where(_billed, has(_BILLED, _PAID, _OUTSTANDING)),
    where(_tenure, has(_HIRED, _SERVICE)),
    where(_visit, has(_BEGINS, (*_CAME, *_WENT))),
    where(
        _comings,
        lambda names: has(_ARRIVALS, _DEADLINES)(names) or any(has(*pair[:2])(names) for pair in _STAYS),
    ),
)
