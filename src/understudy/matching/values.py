"""Matchers: what a value has to be like, said by itself, by a glob, or by operators."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import orjson
from msgspec import Struct

from understudy.errors import show
from understudy.globs import is_text
from understudy.json_values import equal
from understudy.matching.allowance import Allowance, size_of
from understudy.matching.patterns import PatternInvalid, compiled
from understudy.nearest import nearest
from understudy.pointers import escape

OPERATORS: Final = ("equals", "contains", "matches", "glob", "absent", "not")
_LIKE: Final = 0.75
_SHORTEST: Final = 5  # letters of a name that is told from others by its likeness: `note` is not `not`
Check = Callable[[Any, Allowance], bool]
"""Tells whether a value passes, or raises LookedAtTooMuch."""


class MatcherInvalid(ValueError):
    """A matcher that nothing could ever meet or that is none.

    pointer: JSON pointer from the matcher to what is wrong. expected: a phrase after "must be".
    """

    def __init__(self, pointer: str, expected: str, received: Any) -> None:
        self.pointer, self.expected, self.received = pointer, expected, show(received)
        super().__init__(f"{pointer} must be {expected}, got {self.received}")


class Matcher(Struct, frozen=True):
    """What at least one of some values has to be like.

    said: for a person, as a phrase after "expected". checks: all of which one value has to pass. is_absent:
    whether there must be none; None where that is not asked.
    """

    said: str
    checks: tuple[Check, ...] = ()
    is_absent: bool | None = None
    opposite: Matcher | None = None

    def holds(self, values: Sequence[Any], allowance: Allowance) -> bool:
        """Tell whether the values that stand in a place, none where there is nothing, are as they have to
        be. Raises LookedAtTooMuch.
        """
        if self.opposite is not None and self.opposite.holds(values, allowance):
            return False
        if self.is_absent is not None and self.is_absent is bool(values):
            return False
        if not self.checks:
            return True
        return any(all(check(value, allowance) for check in self.checks) for value in values)


def text_matcher(stated: Any) -> Matcher:
    """Read a matcher of texts: those of headers, cookies, the path and the query. Raises MatcherInvalid."""
    if isinstance(stated, Mapping):
        return _by_operators(stated, _written, "")
    wanted = _written(stated)
    return Matcher(show(wanted), (partial(_is_glob, wanted),))


def body_matcher(stated: Any) -> Matcher:
    """Read a matcher of values in a body. Raises MatcherInvalid."""
    if isinstance(stated, Mapping) and stated:
        if all(name in OPERATORS for name in stated):
            return _by_operators(stated, _unchanged, "")
        _check_misspelt(stated)
    return Matcher(show(stated), (_is(stated),))


def _check_misspelt(stated: Mapping[str, Any]) -> None:
    """Raise MatcherInvalid for an object that would be operators but for the letters of a name: to compare
    with it would never tell.
    """
    name, *more = [one for one in stated if one not in OPERATORS]
    meant = nearest(name, OPERATORS, 1, _LIKE)
    if meant and not more and len(name) >= _SHORTEST:
        expected = (
            f"one of {', '.join(OPERATORS)}; the nearest is {meant[0]} (`equals` compares with an object)"
        )
        raise MatcherInvalid(f"/{escape(name)}", expected, name)


def _by_operators(stated: Mapping[str, Any], taken: Callable[[Any], Any], pointer: str) -> Matcher:
    checks: list[Check] = []
    said: list[str] = []
    is_absent, opposite = None, None
    for name, wanted in stated.items():
        place = f"{pointer}/{name}"
        if name == "absent":
            is_absent = _flag(wanted, place)
            said.append("absent" if is_absent else "there")
        elif name == "not":
            opposite = _opposite(wanted, taken, place)
            said.append(f"anything but {opposite.said}")
        else:
            checks.append(_check(name, taken(wanted), place))
            said.append(f"{_WORDS[name]} {show(wanted)}".strip())
    _agree(checks, is_absent, pointer)
    return Matcher(" and ".join(said), tuple(checks), is_absent, opposite)


_WORDS: Final[Mapping[str, str]] = {
    "equals": "",
    "contains": "what contains",
    "matches": "a match of",
    "glob": "like",
}


def _agree(checks: Sequence[Check], is_absent: bool | None, pointer: str) -> None:
    """Raise MatcherInvalid where what must not be there is to be like something."""
    if is_absent and checks:
        raise MatcherInvalid(f"{pointer}/absent", "alone: what is absent is like nothing", True)


def _flag(wanted: Any, place: str) -> bool:
    if not isinstance(wanted, bool):
        raise MatcherInvalid(place, "true or false", wanted)
    return wanted


def _opposite(wanted: Any, taken: Callable[[Any], Any], place: str) -> Matcher:
    known = isinstance(wanted, Mapping) and wanted and all(name in OPERATORS for name in wanted)
    if not known or "not" in wanted:
        raise MatcherInvalid(place, f"an object with some of {', '.join(OPERATORS[:-1])}", wanted)
    return _by_operators(wanted, taken, place)


def _check(name: str, wanted: Any, place: str) -> Check:
    """Return what tells whether one value passes one operator."""
    if name == "equals":
        return _is(wanted)
    if name == "contains":
        return partial(_is_part, wanted, size_of(wanted))
    if not isinstance(wanted, str):
        raise MatcherInvalid(place, "a text", wanted)
    if name == "glob":
        return partial(_is_glob, wanted)
    try:
        return partial(_is_match, compiled(wanted))
    except PatternInvalid as error:
        raise MatcherInvalid(place, error.expected, wanted) from None


def _is(wanted: Any) -> Check:
    """Return what tells whether a value is another."""
    return partial(_is_equal, wanted, size_of(wanted) // 4)


def _is_equal(wanted: Any, steps: int, value: Any, allowance: Allowance) -> bool:
    if type(wanted) is type(value):
        allowance.take(steps)
    return equal(wanted, value)


def _is_glob(glob: str, value: Any, allowance: Allowance) -> bool:
    text = _scalar(value)
    if text is None:
        return False
    allowance.read(text)
    return is_text(text, glob)


def _is_match(is_found: Callable[[str], bool], value: Any, allowance: Allowance) -> bool:
    text = _scalar(value)
    if text is None:
        return False
    allowance.read(text)
    return is_found(text)


def _is_part(part: Any, size: int, whole: Any, allowance: Allowance) -> bool:
    """Tell whether a value contains another: a text a part of it, a list an element, an object members.

    size: that of the part.
    """
    if isinstance(whole, str):
        allowance.read(whole)
        return isinstance(part, str) and part in whole
    if isinstance(whole, list):
        allowance.take((2 + size // 4) * len(whole))
        return any(equal(part, one) or _is_members(part, one) for one in whole)
    allowance.take(size // 4)
    return _is_members(part, whole)


def _is_members(part: Any, whole: Any) -> bool:
    """Tell whether an object has these members, each equal or with these members in turn."""
    if not isinstance(part, Mapping) or not isinstance(whole, Mapping):
        return False
    for name, wanted in part.items():
        if name not in whole:
            return False
        if not equal(wanted, whole[name]) and not _is_members(wanted, whole[name]):
            return False
    return True


def _unchanged(value: Any) -> Any:
    return value


def _written(value: Any) -> Any:
    """Return a number or a truth value as it stands in a URL or a header."""
    if isinstance(value, str):
        return value
    return orjson.dumps(value).decode()


def _scalar(value: Any) -> str | None:
    """Return the text of a value; None for an object or a list."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, (bool, int, float)):
        return orjson.dumps(value).decode()
    return None
