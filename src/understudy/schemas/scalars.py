"""Strings, numbers and booleans within the limits of a shape: by name, by format, by pattern, else plain."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any, Final

from understudy.schemas.entity import EntityContext, counts_seconds, speaks_of_time
from understudy.schemas.formats import by_format, holds, instant, matches, texts
from understudy.schemas.naming import Names, truth
from understudy.schemas.shape import Shape

LONGEST: Final = 100_000  # characters; a schema that asks for more is refused
_SPAN: Final = 1000  # how far from its only bound a number lies at most


class Scalars:
    """Makes single values, and tells whether one is within the limits of a shape."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def make(self, shape: Shape, kind: str, name: str, entity: EntityContext) -> Any:
        """Return a value of this kind; None where none was found, and for the kind `null`."""
        if kind == "string":
            return self._string(shape, name, entity)
        if kind in ("integer", "number"):
            return self._number(shape, kind, name, entity)
        return truth(name, entity.random) if kind == "boolean" else None

    def matching(self, pattern: str, random: Random) -> Iterator[str]:
        """Yield a string that matches the expression, where one can be made."""
        yield from (text for text in texts(pattern, random, 0) if matches(pattern, text))

    def fits(self, shape: Shape, value: Any) -> bool:
        """Tell whether a string, number, boolean or null is within the shape's own limits (not its choices)."""
        if shape.never or (shape.constants is not None and value not in shape.constants):
            return False
        if shape.types is not None and not any(_is_of(value, name) for name in shape.types):
            return value is None and shape.nullable
        if isinstance(value, str):
            return self._string_fits(shape, value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return _within(shape, value) and all(_divides(step, value) for step in shape.steps)
        return True

    # -- strings

    def _string(self, shape: Shape, name: str, entity: EntityContext) -> str | None:
        for candidate in self._candidates(shape, name, entity):
            if self._string_fits(shape, candidate):
                return candidate
        return None

    def _candidates(self, shape: Shape, name: str, entity: EntityContext) -> Iterator[str]:
        least, most = shape.limit("minLength", 0), shape.limit("maxLength", LONGEST)
        named = (
            self._names.candidates(name, entity)
            if shape.format not in ("date", "date-time", "uuid", "byte")
            else ()
        )
        free = not shape.patterns and not shape.format
        if free and not named and speaks_of_time(name):
            yield from _times(name, entity)
        formatted = by_format(shape.format, entity, name)
        if formatted is not None and shape.format != "uri":
            yield formatted
        yield from named
        if formatted is not None:
            yield formatted
        for pattern in shape.patterns[:1]:
            yield from texts(pattern, entity.random, least)
        yield from (
            _fitted(text, least, most, entity)
            for text in (*named, entity.words(1 + (least > 8)))
            if free or not shape.patterns
        )
        if shape.patterns:
            yield from _times(name, entity)
            yield from _padded(shape.patterns[0], entity, least) if least else ()

    def _string_fits(self, shape: Shape, text: str) -> bool:
        if not shape.limits.get("minLength", 0) <= len(text) <= shape.limits.get("maxLength", LONGEST):
            return False
        return (not shape.format or holds(shape.format, text)) and all(
            matches(one, text) for one in shape.patterns
        )

    # -- numbers

    def _number(self, shape: Shape, kind: str, name: str, entity: EntityContext) -> int | float | None:
        low, high = _bounds(shape)
        if kind == "integer" and counts_seconds(name):
            moment = int(entity.moment(name).timestamp())
            if self.fits(shape, moment):
                return moment
        usual = self._names.bounds(name) or (1, _SPAN)
        low, high = _narrowed(low, high, *usual)
        step = _common_step(shape.steps, kind == "integer")
        for _ in range(30):
            number = _stepped(low, high, step, entity.random) if step else _decimal(low, high, entity.random)
            if self.fits(shape, number):
                return number
        return next(
            (one for one in (low, high, (low + high) / 2) if not step and self.fits(shape, one)), None
        )


def _is_of(value: Any, name: str) -> bool:
    match name:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "null":
            return value is None
        case "integer":
            return not isinstance(value, bool) and (
                isinstance(value, int) or (isinstance(value, float) and value.is_integer())
            )
        case "number":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case "array":
            return isinstance(value, list)
        case _:
            return isinstance(value, dict)


# ---- strings


def _times(name: str, entity: EntityContext) -> Iterator[str]:
    """Yield a moment as text: a day where the name speaks of one only."""
    moment = entity.moment(name)
    day = moment.date().isoformat()
    clock = moment.strftime("%H:%M:%S")
    if name.endswith("date") or "birth" in name or name == "dob":
        yield day
    if name == "time" or name.endswith(("_time", "_hour")):
        yield instant(moment)
    yield from (instant(moment), day, clock, clock[:5])


def _fitted(text: str, least: int, most: int, entity: EntityContext) -> str:
    """Cut a text that is too long, and go on with words where it is too short."""
    while len(text) < least:
        text += f" {entity.word()}" if least < LONGEST else entity.word()
    return (
        (text[:most].rstrip() if len(text[:most].rstrip()) >= least else text[:most].replace(" ", "-"))
        if len(text) > most
        else text
    )


def _padded(pattern: str, entity: EntityContext, least: int) -> Iterator[str]:
    """Yield matches of an expression lengthened: one that is not anchored may have anything around it."""
    for text in texts(pattern, entity.random, least):
        yield text.ljust(least, text[-1:] or "a")
        yield text + "".join(entity.random.choices("abcdefghij0123456789", k=max(0, least - len(text))))


# ---- numbers


def _bounds(shape: Shape) -> tuple[float | None, float | None]:
    lows = [shape.limits[key] for key in ("minimum", "exclusiveMinimum") if key in shape.limits]
    highs = [shape.limits[key] for key in ("maximum", "exclusiveMaximum") if key in shape.limits]
    return max(lows, default=None), min(highs, default=None)


def _narrowed(
    low: float | None, high: float | None, usual_low: float, usual_high: float
) -> tuple[float, float]:
    """Return the part of the usual range that is allowed, or what is allowed near it."""
    span = max(usual_high - usual_low, 1)
    if (low is None or low < usual_high) and (high is None or high > usual_low):
        return max(usual_low, usual_low if low is None else low), min(
            usual_high, usual_high if high is None else high
        )
    if low is None:
        return (high or 0) - span, high or 0
    return low, low + span if high is None else min(high, low + span)


def _within(shape: Shape, value: float) -> bool:
    limits = shape.limits
    return (
        limits.get("minimum", -math.inf) <= value <= limits.get("maximum", math.inf)
        and limits.get("exclusiveMinimum", -math.inf) < value < limits.get("exclusiveMaximum", math.inf)
    )  # fmt: skip


def _divides(step: float, value: float) -> bool:
    """Tell whether a value is a multiple, both exactly and in binary floating point, as validators differ in it."""
    exact = Fraction(str(value)) % Fraction(str(step)) == 0
    return exact and (isinstance(step, int) or float(value / step).is_integer())


def _common_step(steps: list[float], whole: bool) -> Fraction | None:
    """Return the number of which each value must be a multiple; None where there is none."""
    fractions = [Fraction(str(step)) for step in steps] + [Fraction(1)] * whole
    if not fractions:
        return None
    common = fractions[0]
    for other in fractions[1:]:
        common = Fraction(
            math.lcm(common.numerator, other.numerator), math.gcd(common.denominator, other.denominator)
        )
    return common


def _stepped(low: float, high: float, step: Fraction, random: Random) -> int | float:
    first, last = math.ceil(Fraction(low) / step), math.floor(Fraction(high) / step)
    number = (
        random.randint(first, max(first, last)) * step
    )  # a range narrower than a step holds none: the caller's check says so
    return int(number) if number.denominator == 1 else float(number)


def _decimal(low: float, high: float, random: Random) -> float:
    places = 2 if high - low > 1 else 4
    return float(round(Decimal(random.uniform(low, high)), places))
