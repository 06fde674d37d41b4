"""Conditions and orders: which records of a collection are meant, and which come first, as data that can be
sent elsewhere.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Final, Literal

import orjson
from msgspec import Struct

from understudy.globs import is_made_of

_LONGEST: Final = 1e16
"""From here on JSON writes a number that is no integer with an exponent."""

META: Final = "~"
Pointer = tuple[str, ...]
"""Names of members from the outside in. One that meets an array means each of its elements; one that begins
with META leads into what stands beside the item.
"""

Operator = Literal["eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "like", "starts", "ends", "null"]


class Test(Struct, frozen=True):
    """What a member has to be; where the pointer meets an array, what one of its elements has to be.

    op: eq and in (one of the values of a list) hold values against each other as they are written: 5 is "5",
    true is "true", an absent member is null. ne is true of a value that is another, and not of null. lt, le,
    gt, ge compare numbers, also in text, with numbers, and other texts with texts: moments by time, and a
    moment with a day by its day. contains, starts and ends look into what is written; contains of an array is
    true where one element equals. like is SQL's, where % stands for any text. null is true of what is null or
    absent; with the value False, of all else. folded: upper and lower case are one.
    """

    __test__: ClassVar = False  # by its name, pytest would take it for a class of tests
    pointer: Pointer
    op: Operator
    value: Any = None
    folded: bool = False


class And(Struct, frozen=True):
    """All of these hold."""

    all: tuple[Condition, ...]


class Or(Struct, frozen=True):
    """One of these holds."""

    any: tuple[Condition, ...]


class Not(Struct, frozen=True):
    """This does not hold."""

    one: Condition


Condition = Test | And | Or | Not


class Order(Struct, frozen=True):
    """What comes first: booleans, then numbers, then texts by code point.

    Of an array the first element counts. in_text: numbers in text are numbers.

    nulls: where that stands which has none of them: `last` in either direction; or as the `largest`, and then
    the descending order is the exact reverse of the ascending one. Ties are in the order of insertion, or
    newest first where the list is.
    """

    pointer: Pointer
    descending: bool = False
    nulls: Literal["last", "largest"] = "last"
    folded: bool = False
    in_text: bool = False


Value = Mapping[str, Any]
Predicate = Callable[[Value], bool]


def matches(condition: Condition, value: Value) -> bool:
    """Tell whether an item meets a condition."""
    return predicate(condition)(value)


def predicate(condition: Condition) -> Predicate:
    """Return what tells whether an item meets a condition, for many items."""
    if isinstance(condition, And):
        every = [predicate(one) for one in condition.all]
        return lambda value: all(holds(value) for holds in every)
    if isinstance(condition, Or):
        some = [predicate(one) for one in condition.any]
        return lambda value: any(holds(value) for holds in some)
    if isinstance(condition, Not):
        refused = predicate(condition.one)
        return lambda value: not refused(value)
    return _test(condition)


# ---- what a pointer leads to


def at(value: Any, pointer: Pointer) -> Iterator[Any]:
    """Yield what a pointer leads to, arrays as they stand; None for what is absent."""
    for depth, name in enumerate(pointer):
        if isinstance(value, list):
            for element in value:
                yield from at(element, pointer[depth:])
            return
        if not isinstance(value, dict):
            yield None
            return
        value = value.get(name)
    yield value


def scalars(value: Any, pointer: Pointer) -> Iterator[Any]:
    """Yield what a pointer leads to, and of an array its elements."""
    for found in at(value, pointer):
        if isinstance(found, list):
            yield from found
        else:
            yield found


def spelling(value: Any, *, folded: bool) -> str | bytes | None:
    """Return what is the same for values that are equal, as `eq` means it: how they are written."""
    if isinstance(value, str):
        return fold(value, folded=folded)
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _digits(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def written(value: Any, *, folded: bool) -> str | bytes | None:
    """Return a value as texts are looked for in it: a number with an exponent as JSON writes it."""
    if isinstance(value, float) and (abs(value) >= _LONGEST or not value.is_integer()):
        return orjson.dumps(value).decode()
    return spelling(value, folded=folded)


def _digits(number: int | float) -> str:
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    return str(number)


def fold(text: str, *, folded: bool) -> str:
    """Return a text as it is compared."""
    if folded:
        return text.casefold()
    return text


# ---- the operators


def _test(test: Test) -> Predicate:
    pointer = test.pointer
    if test.op == "null":
        wanted = test.value is not False
        return lambda value: any((found is None) is wanted for found in at(value, pointer))
    holds = _holds(test)
    found_at = at if test.op == "contains" else scalars
    return lambda value: any(holds(found) for found in found_at(value, pointer))


def _holds(test: Test) -> Callable[[Any], bool]:
    """Return what tells of one value whether the test holds."""
    if test.op in ("eq", "in"):
        wanted = spellings(test)
        return lambda found: spelling(found, folded=test.folded) in wanted
    if test.op == "ne":
        other = spelling(test.value, folded=test.folded)
        return lambda found: found is not None and spelling(found, folded=test.folded) != other
    if test.op == "contains":
        return _contains(test)
    if test.op == "like":
        return _like(test)
    if test.op in ("starts", "ends"):
        return _begins_or_ends(test)
    return _compares(test)


def spellings(test: Test) -> frozenset[str | bytes | None]:
    """Return how the values are written that an eq or in asks for."""
    wanted = test.value if test.op == "in" else [test.value]
    return frozenset(spelling(one, folded=test.folded) for one in wanted)


def _contains(test: Test) -> Callable[[Any], bool]:
    part = spelling(test.value, folded=test.folded)

    def holds(found: Any) -> bool:
        if isinstance(found, list):
            return any(spelling(element, folded=test.folded) == part for element in found)
        text = written(found, folded=test.folded)
        return isinstance(text, str) and isinstance(part, str) and part in text

    return holds


def _begins_or_ends(test: Test) -> Callable[[Any], bool]:
    part = spelling(test.value, folded=test.folded)
    looks = str.startswith if test.op == "starts" else str.endswith

    def holds(found: Any) -> bool:
        text = written(found, folded=test.folded)
        return isinstance(text, str) and isinstance(part, str) and looks(text, part)

    return holds


def _like(test: Test) -> Callable[[Any], bool]:
    pieces = fold(str(test.value), folded=test.folded).split("%")

    def holds(found: Any) -> bool:
        text = written(found, folded=test.folded)
        return isinstance(text, str) and is_made_of(text, pieces)

    return holds


_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY_LENGTH: Final = 10
_IN_TEXT: Final = re.compile(r"[+-]?[0-9]{1,300}(\.[0-9]{1,300})?([eE][+-]?[0-9]{1,2})?")


def _compares(test: Test) -> Callable[[Any], bool]:
    compare = _COMPARISONS[test.op]
    wanted = number(test.value)

    def holds(found: Any) -> bool:
        one, other = number(found), wanted
        if one is not None and other is not None:
            return compare(one, other)
        if isinstance(found, str) and isinstance(test.value, str):
            return compare(*_alike(found, test.value, folded=test.folded))
        return False

    return holds


def _alike(one: str, other: str, *, folded: bool) -> tuple[Any, Any]:
    """Return two texts as what can be compared: days, moments or texts."""
    if _DAY.match(one) and _DAY.match(other):
        if _DAY_LENGTH in (len(one), len(other)):
            return one[:_DAY_LENGTH], other[:_DAY_LENGTH]
        moments = _moment(one), _moment(other)
        if None not in moments:
            return moments
    return fold(one, folded=folded), fold(other, folded=folded)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    return moment


def number(value: Any) -> int | float | None:
    """Return a number, also one that is written as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if not isinstance(value, str):
        return value
    if not _IN_TEXT.fullmatch(value):
        return None
    return float(value)
