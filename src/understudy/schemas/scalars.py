"""Strings, numbers and booleans within the limits of a shape: by name, by format, by pattern, else plain."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any, Final

from msgspec.structs import replace

from understudy.schemas.entity import EntityContext
from understudy.schemas.formats import OTHER_NAMES, by_format, holds
from understudy.schemas.moments import counts_milliseconds, counts_seconds, instant, speaks_of_time
from understudy.schemas.naming import Names, identifies, tells_truth, truth
from understudy.schemas.patterns import matches, texts
from understudy.schemas.searching import addresses, searched
from understudy.schemas.shape import Shape
from understudy.schemas.vocabulary import label

LONGEST: Final = 100_000  # characters; a schema that asks for more is refused
_SPAN: Final = 1000  # how far from its only bound a number lies at most
_FILLING: Final = 1000  # words that a long text is filled up with, over and over
_EXACT: Final = 2**53  # beyond it a double has no decimal places
_TRIES: Final = 30  # numbers that are drawn until one fits
_WHOLE_NUMBERS: Final = ("int64", "uint64")  # as texts, since JavaScript has no such numbers
_SHARPER: Final = ("country_alpha3", "subdivision_code")  # than what a name alone says
_SECONDS: Final = ("unixtime", "unix-time", "unix-timestamp", "timestamp", "epoch", "epoch-seconds")
_ADDRESSES: Final = ("uri", "iri", "email", "idn-email")
_FORMATS_THAT_SAY_ALL: Final = ("date", "date-time", "uuid", "byte")


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
        if kind == "boolean":
            return truth(name, entity.random)
        return None

    def matching(self, pattern: str, random: Random) -> Iterator[str]:
        """Yield the strings made after an expression that match it."""
        for text in texts(pattern, random, 0):
            if matches(pattern, text):
                yield text

    def fits(self, shape: Shape, value: Any) -> bool:
        """Tell whether a string, number, boolean or null is within a shape's own limits (not its choices)."""
        if shape.constants is not None and value not in shape.constants:
            return False
        return self.is_within(shape, value)

    def is_within(self, shape: Shape, value: Any) -> bool:
        """Tell whether a string, number, boolean or null is within a shape's limits, whatever its
        constants.
        """
        if shape.never:
            return False
        if shape.types is not None and not any(is_of(value, name) for name in shape.types):
            return value is None and shape.nullable
        if isinstance(value, str):
            return _string_fits(shape, value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return _within(shape, value) and all(_divides(step, value) for step in shape.steps)
        return True

    # -- strings

    def _string(self, shape: Shape, name: str, entity: EntityContext) -> str | None:
        least = shape.limits.get("minLength", 0)
        if least > min(LONGEST, shape.limits.get("maxLength", LONGEST)):
            return None
        if shape.format in OTHER_NAMES:
            shape = replace(shape, format=OTHER_NAMES[shape.format])
        for _, candidate in self._candidates(shape, name, entity):
            if _string_fits(shape, candidate):
                return candidate
        for candidate in searched(shape, name, entity):
            if _string_fits(shape, candidate):
                return candidate
        return None

    def origin(self, shape: Shape, kind: str, name: str, entity: EntityContext) -> str:
        """Say what tells the value of this kind: `format`, `name`, `description`, `pattern`, `limits`, or ""
        where nothing does.
        """
        if kind == "string":
            return self._origin_of_text(shape, name, entity)
        if kind in ("integer", "number"):
            return self._origin_of_number(shape, kind, name, entity)
        if kind == "boolean" and tells_truth(name):
            return "name"
        return ""

    def _origin_of_text(self, shape: Shape, name: str, entity: EntityContext) -> str:
        for origin, candidate in self._candidates(shape, name, entity):
            if _string_fits(shape, candidate):
                return origin
        return "limits"

    def _candidates(self, shape: Shape, name: str, entity: EntityContext) -> Iterator[tuple[str, str]]:
        """Yield strings, the most realistic first, of which the shape's limits decide; before each what tells
        it.
        """
        named: tuple[str, ...] = ()
        formatted = by_format(shape.format, entity, name)
        if shape.format not in _FORMATS_THAT_SAY_ALL:
            yield from _all_from("description", self._described(shape, name, entity))
            named = self._names.candidates(name, entity)
        if not shape.patterns and speaks_of_time(name):
            is_all = not named and formatted is None
            yield from _all_from("name", _moments(shape, name, entity, is_all=is_all))
        if formatted is not None and shape.format != "uri":
            yield "format", formatted
        yield from _all_from("name", named)
        if formatted is not None:
            yield "format", formatted
        if shape.patterns:
            if shape.format in _ADDRESSES:
                yield from _all_from("pattern", addresses(shape, name, entity))
            yield from _all_from("pattern", _by_pattern(shape, name, entity))
        elif named:
            yield from _all_from("name", _plain(shape, named, entity))
        else:
            yield from _all_from("", _plain(shape, label(name or entity.owner, entity), entity))

    def _described(self, shape: Shape, name: str, entity: EntityContext) -> Iterator[str]:
        """Yield what the description says of the value, but of what tells things apart."""
        if not shape.description or shape.format in _FORMATS_THAT_SAY_ALL or identifies(name):
            return
        told = self._names.described(shape.description)
        if told.values:
            yield entity.random.choice(told.values)
            yield from told.values
        if told.standard in ("date", "moment_at"):
            if speaks_of_time(name) or not self._names.speaks(name):
                yield from _times(f"{name}_date" if told.standard == "date" else f"{name}_time", entity)
        elif told.standard in _SHARPER or (told.standard and self._names.is_vague(name)):
            yield from self._names.candidates(told.standard, entity)

    # -- numbers

    def _origin_of_number(self, shape: Shape, kind: str, name: str, entity: EntityContext) -> str:
        if counts_seconds(name) if kind == "integer" else counts_milliseconds(name):
            return "name"
        exact = self._names.number(name, entity)
        if exact is not None and self.fits(shape, exact):
            return "name"
        if self._names.described(shape.description).range:
            return "description"
        if self._names.bounds(name, entity.owner):
            return "name"
        return "limits" if shape.limits or shape.steps else ""

    def _number(self, shape: Shape, kind: str, name: str, entity: EntityContext) -> int | float | None:
        moment = _moment(shape, kind, name, entity)
        if moment is not None and self.fits(shape, moment):
            return moment
        exact = self._names.number(name, entity)
        if exact is not None and self.fits(shape, exact):
            return exact
        usual = (
            self._names.described(shape.description).range
            or self._names.bounds(name, entity.owner)
            or (1, _SPAN)
        )
        low, high = _narrowed(*_bounds(shape), *usual)
        whole = kind == "integer" or self._names.is_whole(name)
        found = None
        for step in dict.fromkeys((_common_step(shape.steps, whole), _common_step(shape.steps, False))):
            for number in _numbers(low, high, step, entity.random):
                if self.fits(shape, number):
                    found = number
                    if _divide_in_binary(shape.steps, number):
                        return number
        return found


def _moment(shape: Shape, kind: str, name: str, entity: EntityContext) -> int | None:
    """Return a moment as a whole number of seconds, or of milliseconds where those are spoken of or the
    number need not be whole (ECMAScript: Date.now()); None where the number is none.
    """
    is_whole = kind == "integer"
    if not (counts_milliseconds(name) or (is_whole and (shape.format in _SECONDS or counts_seconds(name)))):
        return None
    moment = int(entity.moment(name).timestamp())
    if not is_whole or "millisecond" in shape.description.lower():
        moment *= 1000
    return moment


def is_of(value: Any, name: str) -> bool:
    """Tell whether a value is of a JSON type; an integer may be written `1.0`."""
    match name:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "null":
            return value is None
        case "integer":
            whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
            return whole and not isinstance(value, bool)
        case "number":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case "array":
            return isinstance(value, list)
        case _:
            return isinstance(value, dict)


# ---- strings


def _string_fits(shape: Shape, text: str) -> bool:
    if not shape.limits.get("minLength", 0) <= len(text) <= shape.limits.get("maxLength", math.inf):
        return False
    if shape.format and not holds(shape.format, text):
        return False
    return all(matches(one, text) for one in shape.patterns)


def _all_from(origin: str, texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each text after what tells it."""
    for text in texts:
        yield origin, text


def _moments(shape: Shape, name: str, entity: EntityContext, *, is_all: bool) -> Iterator[str]:
    """Yield the moment that a name speaks of. is_all: nothing else says what the text is."""
    if shape.format in _WHOLE_NUMBERS:
        yield f"{int(entity.moment(name).timestamp())}000"
    if is_all:
        yield from _times(name, entity)


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


def _plain(shape: Shape, named: tuple[str, ...], entity: EntityContext) -> Iterator[str]:
    """Yield what the name says, cut or lengthened, then words."""
    least, most = shape.limit("minLength", 0), shape.limit("maxLength", LONGEST)
    for text in (*named, entity.words(6)):
        yield _fitted(text, least, most, entity)


def _by_pattern(shape: Shape, name: str, entity: EntityContext) -> Iterator[str]:
    """Yield matches of the first expression, then moments, then matches that are longer than they need be."""
    least = shape.limit("minLength", 0)
    pattern = shape.patterns[0]
    yield from texts(pattern, entity.random, least)
    yield from _times(name, entity)
    if least:
        yield from _padded(pattern, entity, least)


def _fitted(text: str, least: int, most: int, entity: EntityContext) -> str:
    """Cut a text that is too long, and go on with words where it is too short."""
    if len(text) < least <= most:
        text += _filling(least - len(text), entity)
    if len(text) <= most:
        return text
    cut = text[:most].rstrip()
    if len(cut) >= least:
        return cut
    return text[:most].replace(" ", "-")


def _filling(missing: int, entity: EntityContext) -> str:
    """Return words of at least so many characters, each after a space; after some the same again."""
    words: list[str] = []
    length = 0
    while length < missing and len(words) < _FILLING:
        words.append(f" {entity.words(4)}")
        length += len(words[-1])
    return "".join(words) * math.ceil(missing / length)


def _padded(pattern: str, entity: EntityContext, least: int) -> Iterator[str]:
    """Yield matches of an expression lengthened: one that is not anchored may have anything around it."""
    for text in texts(pattern, entity.random, least):
        missing = max(0, least - len(text))
        yield text.ljust(least, text[-1:] or "a")
        yield text + "".join(entity.random.choices("abcdefghij0123456789", k=missing))


# ---- numbers


def _bounds(shape: Shape) -> tuple[float, float]:
    """Return between which numbers a value lies; a bound that is missing is infinitely far away."""
    limits = shape.limits
    low = max(limits.get("minimum", -math.inf), limits.get("exclusiveMinimum", -math.inf))
    high = min(limits.get("maximum", math.inf), limits.get("exclusiveMaximum", math.inf))
    return low, high


def _narrowed(low: float, high: float, usual_low: float, usual_high: float) -> tuple[float, float]:
    """Return the part of the usual range that is allowed, or what is allowed near it."""
    span = max(usual_high - usual_low, 1)
    if low < usual_high and high > usual_low:
        return max(usual_low, low), min(usual_high, high)
    if low == -math.inf:
        return (0 if high > 0 else high - span), high
    return low, min(high, low + span)


def _within(shape: Shape, value: float) -> bool:
    limits = shape.limits
    if not limits:
        return True
    return (
        limits.get("minimum", -math.inf) <= value <= limits.get("maximum", math.inf)
        and limits.get("exclusiveMinimum", -math.inf) < value < limits.get("exclusiveMaximum", math.inf)
    )  # fmt: skip


def _divides(step: float, value: float) -> bool:
    """Tell whether a value is a multiple, as it is written."""
    return Fraction(str(value)) % Fraction(str(step)) == 0


def _divide_in_binary(steps: list[float], value: float) -> bool:
    """Tell whether a value is a multiple in binary floating point, too: validators differ in it."""
    return all(isinstance(step, int) or float(value / step).is_integer() for step in steps)


def _numbers(low: float, high: float, step: Fraction | None, random: Random) -> Iterator[int | float]:
    """Yield numbers between two bounds, at last the bounds themselves."""
    if step is not None:
        for _ in range(_TRIES):
            yield _stepped(low, high, step, random)
        return
    for _ in range(_TRIES):
        yield _decimal(low, high, random)
    yield from (low, high, (low + high) / 2)


def _common_step(steps: list[float], whole: bool) -> Fraction | None:
    """Return the number of which each value must be a multiple; None where there is none."""
    fractions = [Fraction(str(step)) for step in steps]
    if whole:
        fractions.append(Fraction(1))
    if not fractions:
        return None
    numerator = math.lcm(*(one.numerator for one in fractions))
    return Fraction(numerator, math.gcd(*(one.denominator for one in fractions)))


def _stepped(low: float, high: float, step: Fraction, random: Random) -> int | float:
    if step == 1:
        first, last = math.ceil(low), math.floor(high)
        return random.randint(first, max(first, last))
    first, last = math.ceil(Fraction(low) / step), math.floor(Fraction(high) / step)
    number = random.randint(first, max(first, last)) * step
    # A range narrower than a step holds no number: the caller's check says so.
    if number.denominator == 1:
        return int(number)
    return float(number)


def _decimal(low: float, high: float, random: Random) -> float:
    places = 4
    if high - low > 1:
        places = 2
    number = random.uniform(low, high)
    if abs(number) > _EXACT:
        return number
    return float(round(Decimal(number), places))
