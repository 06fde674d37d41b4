"""Comparing: a test of a member and a value, as a condition for the store."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from understudy.engine.pointers import Pointers
from understudy.engine.viewers import by_name
from understudy.model.comparisons import test_of
from understudy.model.model import Place
from understudy.state.conditions import And, Condition, Not, Operator, Or, Test

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?")
"""Of two in one text, as `[a TO b]` in Lucene, `a..b` in GitHub and `a,b`, each is a bound."""
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_EQUALS: Final = ("equals", "exactly", "not", "in", "not in")
_OPERATORS: Final[Mapping[str, Operator]] = {
    "equals": "eq",
    "exactly": "eq",
    "not": "ne",
    "in": "in",
    "from": "ge",
    "until": "le",
    "above": "gt",
    "below": "lt",
    "contains": "contains",
    "like": "like",
    "starts": "starts",
    "ends": "ends",
    "from day": "ge",
    "until day": "le",
}
_OF_ONE: Final = ("null", "present", "between", "by", "past", "ahead")
_OPPOSITES: Final = {"not in": "in", "lacks": "contains"}


class Member(NamedTuple):
    """One member that is asked of. compared: where that stands which tells what it is."""

    place: Place
    compared: Sequence[Place]
    pointers: Pointers

    @classmethod
    def of(cls, member: Place, pointers: Pointers) -> Member:
        """Find where a member stands; an object is only asked as a whole which one it is."""
        place = (*pointers.of(member[0]), *member[1:])
        return cls(place, pointers.compared(member), pointers)

    @classmethod
    def at(cls, place: Place, pointers: Pointers) -> Member:
        """Find what stands at a place of a record."""
        if len(place) > 1:
            return cls(place, [place], pointers)
        return cls(place, pointers.compared(place), pointers)

    def condition(self, test: str, wanted: Any) -> Condition | None:
        """Return what the member must meet; None where that is nothing."""
        if test in _OF_ONE:
            return self._of_one(test, wanted)
        if test.endswith((" year", " month")):
            return self._dated(test, wanted)
        if test == "contains" and isinstance(wanted, str) and "%" in wanted:
            test, wanted = _like(wanted)
        if isinstance(wanted, dict):
            return all_of(list(self._by_name(wanted)))
        if test in _OPPOSITES:
            return opposite(self.condition(_OPPOSITES[test], wanted))
        if test == "in":
            return self._among(listed_values(wanted))
        if isinstance(wanted, list):
            return self._each(test, wanted)
        return self._by(test, wanted)

    def by_word(self, word: str, wanted: str | None) -> Condition | None:
        """Return what a comparison asks that is stated by its word, `$gte`, `isnull`; None where that is no
        word of one, or a value is missing.
        """
        test = test_of(word)
        if test in ("null", "present"):
            return self.condition(test, True)
        if not test or wanted is None:
            return None
        return self.condition(test, wanted)

    def _of_one(self, test: str, wanted: Any) -> Condition | None:
        """Return what a test of another kind asks for: whether something is there, between, or turned."""
        if test == "between":
            return self._between(wanted)
        if test in ("past", "ahead"):
            return None  # what the time is, a list knows
        if test == "by":
            return any_of([by_name(self.place, one) for one in listed_values(wanted)])
        return _presence(self.place, _truth(wanted) is (test == "present"))

    def _dated(self, test: str, wanted: Any) -> Condition | None:
        """Return what the year, or the month, of a moment must be."""
        base, _, part = test.rpartition(" ")
        if not str(wanted).isdecimal():
            return None
        if part == "month":
            return Test(self.place, "contains", f"-{int(wanted):02d}-")
        first, last = f"{int(wanted):04d}-01-01", f"{int(wanted):04d}-12-31"
        if base == "equals":
            return And((Test(self.place, "ge", first), Test(self.place, "le", last)))
        if base in ("above", "until"):
            return Test(self.place, _OPERATORS[base], last)
        return Test(self.place, _OPERATORS[base], first)

    def _by(self, test: str, wanted: Any) -> Condition | None:
        if test.endswith(" day"):
            wanted = str(wanted)[:10]
        if test not in _EQUALS:
            return self._one(self.place, test, wanted)
        return any_of([self._one(place, test, wanted) for place in self.compared])

    def _each(self, test: str, wanted: list[Any]) -> Condition | None:
        """Return what meets a list of values: one of them, or for `not`, none."""
        if test == "not":
            return opposite(self._among(wanted))
        if test in _EQUALS:
            return self._among(wanted)
        found = [self._by(test, one) for one in wanted]
        return any_of([one for one in found if one is not None])

    def _among(self, wanted: list[Any]) -> Condition | None:
        if not wanted:
            return None
        found = []
        for place in self.compared:
            if self._is_special(place, wanted):
                found += [self._one(place, "equals", one) for one in wanted]
            else:
                found.append(Test(place, "in", wanted, folded=True))
        return any_of(found)

    def _is_special(self, place: Place, wanted: list[Any]) -> bool:
        return any(not isinstance(self._one(place, "equals", one), Test) for one in wanted)

    def _one(self, place: Place, test: str, wanted: Any) -> Condition:
        """Return one test; of a moment and a day, its day, and of two moments what lies between them, however
        these are joined; of a number in text, its number.
        """
        bounds = _MOMENT.findall(wanted) if test == "equals" and isinstance(wanted, str) else ()
        if len(bounds) == 2 and self.pointers.is_moment(place):
            return And((Test(place, "ge", bounds[0]), Test(place, "le", bounds[1])))
        if test in ("equals", "exactly") and self._by_range(place, wanted):
            return And((Test(place, "ge", wanted), Test(place, "le", wanted)))
        return Test(place, _OPERATORS[test], wanted, folded=test != "exactly")

    def _by_range(self, place: Place, wanted: Any) -> bool:
        if isinstance(wanted, str) and _DAY.fullmatch(wanted):
            return self.pointers.is_moment(place)
        is_number = isinstance(wanted, (int, float)) and not isinstance(wanted, bool)
        is_number = is_number or (isinstance(wanted, str) and _NUMBER.fullmatch(wanted) is not None)
        return is_number and self.pointers.is_number_in_text(place)

    def _between(self, wanted: Any) -> Condition | None:
        """Return what lies between two values: a list, `1,5`, or an object of comparisons."""
        if isinstance(wanted, dict):
            return all_of(list(self._by_name(wanted)))
        bounds = listed_values(wanted)
        if len(bounds) == 1:
            bounds = str(bounds[0]).split("..")
        found = []
        for test, bound in zip(("from", "until"), bounds, strict=False):
            if bound not in ("", None):
                found.append(self._one(self.place, test, bound))
        return all_of(found)

    def _by_name(self, wanted: Mapping[str, Any]) -> Iterator[Condition]:
        """Yield what each name asks: a comparison, as in `created[gte]`, or a member further in."""
        for name, value in wanted.items():
            test = test_of(name)
            if test and not self.pointers.has_inner(self.place, name):
                condition = self.condition(test, value)
            elif name.isdigit():  # a list, as `status[0]=open` writes one
                condition = self.condition("equals", value)
            else:
                condition = self._inside(name).condition("equals", value)
            if condition is not None:
                yield condition

    def _inside(self, name: str) -> Member:
        return Member.at((*self.place, name), self.pointers)


def _presence(place: Place, is_there: bool) -> Condition:
    present = Test(place, "ne", None)  # an empty list has nothing that is
    if is_there:
        return present
    return Not(present)


def _truth(value: Any) -> bool:
    return str(value).lower() not in ("false", "0", "no")


def _like(pattern: str) -> tuple[str, str]:
    """Return the test and the text of a pattern of SQL's LIKE: `%a%`, `a%`, `%a`; a sign of per cent behind a
    number is one.
    """
    text = pattern.strip("%")
    first, last = pattern.startswith("%"), pattern.endswith("%")
    if not text or "%" in text or (last and not first and text[-1].isdigit()):
        return "contains", pattern
    if first and last:
        return "contains", text
    return ("ends", text) if first else ("starts", text)


def listed_values(value: Any) -> list[Any]:
    """Return the values of a list, or of a text with commas."""
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, list):
        return value
    if not isinstance(value, str):
        return [value]
    return [one.strip() for one in value.split(",") if one.strip()]


def opposite(condition: Condition | None) -> Condition | None:
    """Return what holds where a condition does not; None where there is none."""
    if condition is None:
        return None
    return Not(condition)


def any_of(conditions: Sequence[Condition]) -> Condition | None:
    """Return one condition of which one of several has to hold; None where there is none."""
    if len(conditions) > 1:
        return Or(tuple(conditions))
    return next(iter(conditions), None)


def all_of(conditions: Sequence[Condition]) -> Condition | None:
    """Return one condition for all of several; None where there is none."""
    if len(conditions) > 1:
        return And(tuple(conditions))
    return next(iter(conditions), None)


Reader = Callable[[Any], Condition | None]
"""Makes a condition of a parameter's value; None where it asks nothing."""
