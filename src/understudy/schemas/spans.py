"""Spans: what lies between two moments is how long something takes, and a birth that long ago is an age."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypeGuard

from understudy.schemas.agreeing import Agreeing, Rule, RuleOf, has, where
from understudy.schemas.moments import parsed, written_like

_SECONDS: Final = {
    "minutes": 60, "mins": 60, "min": 60, "minute": 60, "hours": 3600, "hrs": 3600, "hour": 3600,
    "seconds": 1, "secs": 1, "sec": 1, "days": 86400, "nights": 86400, "weeks": 604800, "months": 2629800,
    "years": 31557600,
}  # fmt: skip
_LASTS: Final = re.compile(
    r"^(duration|length|elapsed|term|lease|loan|contract|rental|number_of)(_in)?"
    rf"_(?P<unit>{'|'.join(_SECONDS)})$"
    r"|^(?P<alone>nights)$"
)
_STARTS: Final = (
    ("start", "end"), ("starts", "ends"), ("started", "ended"), ("begin", "end"), ("departure", "arrival"),
    ("start", "finish"), ("started", "finished"), ("started", "completed"), ("check_in", "check_out"),
    ("checkin", "checkout"), ("start", "maturity"), ("effective", "expiration"), ("effective", "expiry"),
)  # fmt: skip
_STAYS: Final = (
    *_STARTS, ("check_in", "check_out"), ("checkin", "checkout"), ("from", "to"), ("arrival", "departure"),
)  # fmt: skip
_NIGHTS: Final = ("nights", "night_count", "nights_count", "number_of_nights", "num_nights", "total_nights")
_DAYS: Final = (
    "days", "day_count", "days_count", "number_of_days", "num_days", "total_days", "duration_days",
    "duration_in_days",
)  # fmt: skip
"""How long a stay or a leave is: from one day to another, of which nights are one less than days."""
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d$")
_IS_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_IS_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_BIRTHS: Final = ("date_of_birth", "birth_date", "birthdate", "birthday", "dob", "born_on")
_AGES: Final = ("age", "age_years", "age_in_years")
_TODAY: Final = "2025-12-31"
"""The day on which things that were made up are seen: after all moments at which they began."""
_A_DAY: Final = len(_TODAY)
_OFTEN: Final = 90  # minutes of a class
_QUARTER: Final = 15
_MORNING: Final = 8
_OPEN: Final = 9  # hours, from the morning on


def _pairs(names: Set[str], ends: Sequence[tuple[str, str]] = _STARTS) -> Iterator[tuple[str, str]]:
    """Yield the names of two moments between which something lasts. ends: words of both."""
    for name in names:
        words = f"_{name}_"
        for low, high in ends:
            other = words.replace(f"_{low}_", f"_{high}_").strip("_")
            if other != name and other in names:
                yield name, other


def _lasting(names: Set[str]) -> Rule | None:
    """Return a rule by which something ends as long after its start as it takes."""
    lasts = next(filter(None, map(_LASTS.match, sorted(names))), None)
    pairs = tuple(_pairs(names))
    if lasts is None or not pairs:
        return None
    seconds = _SECONDS[lasts["unit"] or lasts["alone"]]

    def rule(one: Agreeing) -> None:
        length = one.first((lasts.group(),))
        for low, high in pairs:
            if length and low in one.names and high in one.names:
                _end(one, one.names[low], one.names[high], length, seconds)

    return rule


def _end(one: Agreeing, low: str, high: str, length: str, seconds: int) -> None:
    """Let the end be after the start by a length, else the length be what is between them."""
    start, end = _moment(one.members[low]), _moment(one.members[high])
    if start is None or end is None:
        return
    if length in one.fixed or high not in one.fixed:
        after = start + timedelta(seconds=float(one.number(length)) * seconds)
        if one.say(high, written_like(one.members[high], after)):
            return
    if end > start:
        one.put(length, Decimal(round((end - start).total_seconds() / seconds)))


def _staying(names: Set[str]) -> Rule | None:
    """Return a rule by which there are as many nights, or days, as lie between two days."""
    lasts = [(name, name in _DAYS) for name in (*_NIGHTS, *_DAYS) if name in names]
    pairs = tuple(_pairs(names, _STAYS))
    if not lasts or not pairs:
        return None

    def rule(one: Agreeing) -> None:
        for name, counts_both in lasts:
            length = one.first((name,))
            for low, high in pairs:
                if length and low in one.names and high in one.names:
                    _stay(one, one.names[low], one.names[high], length, int(counts_both))

    return rule


def _stay(one: Agreeing, low: str, high: str, length: str, both: int) -> None:
    """Let the last day be after the first by a length, where that was said, else the length be what is
    between them. both: 1 where both days count.
    """
    told = one.members[low], one.members[high]
    if not all(isinstance(day, str) and _DAY.match(day) for day in told):
        return
    start, end = map(date.fromisoformat, told)
    is_said = length in one.fixed and high not in one.fixed
    if is_said or (end <= start and high not in one.fixed):
        days = max(int(one.number(length)) - both, 0)
        if one.say(high, (start + timedelta(days=days)).isoformat()):
            return
    if end >= start:
        one.put(length, Decimal((end - start).days + both))


def _instant(value: Any) -> datetime | None:
    if not isinstance(value, str) or not _IS_INSTANT.match(value):
        return None
    return parsed(value)


def _moment(value: Any) -> datetime | None:
    """Read a moment or a day."""
    return parsed(value) if isinstance(value, str) and _IS_DAY.match(value) else None


def _age(one: Agreeing) -> None:
    """Somebody is as old as the years since the birth, or was born as many years ago."""
    birth, age = next((one.names[name] for name in _BIRTHS if name in one.names), ""), one.first(_AGES)
    born = one.members.get(birth)
    if not age or not isinstance(born, str) or len(born) < _A_DAY or parsed(born) is None:
        return
    years = int(_TODAY[:4]) - int(born[:4])
    if not one.put(age, Decimal(years)):
        one.say(birth, f"{int(_TODAY[:4]) - int(one.number(age)):04}{born[4:]}")


def _clocks(names: Set[str]) -> Rule | None:
    """Return a rule by which a time beside a day is told by the clock: `startTime` beside `startDate`."""
    stems = []
    for name in sorted(names, reverse=True):  # what starts stands before what ends
        stem = name.removesuffix("_time")
        if stem != name and f"{stem}_date" in names:
            stems.append(stem)

    def rule(one: Agreeing) -> None:
        for stem in stems:
            _tell_by_clock(one, one.names.get(f"{stem}_time", ""), is_end=stem.startswith(("end", "finish")))

    return rule if stems else None


def _tell_by_clock(one: Agreeing, written: str, *, is_end: bool) -> None:
    """Let a member be a quarter of an hour of the day. is_end: that of what began some time before."""
    moment = _instant(one.members.get(written))
    if moment is None:
        return
    day = moment.replace(hour=_MORNING + moment.hour % _OPEN, minute=moment.minute // _QUARTER * _QUARTER)
    if is_end:
        start = one.members.get(one.names.get("start_time", ""))
        if _is_clock(start):
            day = day.replace(hour=int(start[:2]), minute=int(start[3:]))
        day += timedelta(minutes=_OFTEN)
    one.say(written, f"{day:%H:%M}")


def _is_clock(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and re.fullmatch(r"\d\d:\d\d", value) is not None


SPANS: Final[tuple[RuleOf, ...]] = (_lasting, _staying, where(_age, has(_BIRTHS, _AGES)))
CLOCKS: Final[RuleOf] = _clocks
"""What is told by the clock is no moment any more, of which other rules speak: this is said after them."""
