"""Expressions: whether a text matches one, as the validators judge it, and texts made after one."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping
from functools import lru_cache
from random import Random
from re import _parser  # what rstr itself reads expressions with
from typing import Any, Final

from rstr import Rstr

from understudy.schemas.regex_dialects import as_ecma
from understudy.schemas.validators import Validator

# How many times more than it must a repeat is taken, one attempt after another.
_SPREADS: Final = (2, 0, 6, 1, 12, 3, 30, 60)
_TRIES: Final = 24
_FEW: Final = 8  # expressions of which each is asked
# Classes of Unicode and of POSIX in ASCII: enough to make a match; the contract's own validator judges it.
_CLASSES: Final = {
    "L": "a-zA-Z", "Lu": "A-Z", "Ll": "a-z", "Letter": "a-zA-Z", "Alphabetic": "a-zA-Z",
    "N": "0-9", "Nd": "0-9", "P": "!-/", "S": "$+<=>", "Z": " ", "Zs": " ", "Latin": "a-zA-Z",
    "sc=Latin": "a-zA-Z", "IsLetter": "a-zA-Z",
}  # fmt: skip
_CLASS: Final = re.compile(r"\\[pP]\{\^?([A-Za-z_=]+)\}|\\p([A-Z])")
_PUNCTUATION: Final = "-_.,:/ "


def matches(pattern: str, text: str) -> bool:
    """Tell whether an expression is found in a text, as the contract's validators judge it: without
    backtracking for ever.
    """
    judge = _judge(pattern)
    return judge is None or judge.is_valid(text)


def found_in(patterns: Mapping[str, Any], text: str) -> list[str]:
    """Return the expressions that are found in a text; of many not each is asked by itself."""
    if len(patterns) <= _FEW:
        return [pattern for pattern in patterns if matches(pattern, text)]
    names = tuple(patterns)
    half = len(names) // 2
    found: list[str] = []
    for some in (names[:half], names[half:]):
        if _judge_of_any(some).is_valid({text: None}):
            continue
        found += found_in(dict.fromkeys(some), text)
    return found


@lru_cache(maxsize=4096)
def _judge_of_any(patterns: tuple[str, ...]) -> Validator:
    """Compile expressions as names of which an object has none."""
    good = [pattern for pattern in patterns if _judge(pattern) is not None]
    return Validator({"patternProperties": dict.fromkeys(good, False)})


@lru_cache(maxsize=4096)
def _judge(pattern: str) -> Validator | None:
    """Compile an expression; None where that cannot be done: the validators do not check it then either."""
    try:
        return Validator({"pattern": as_ecma(pattern)})
    except ValueError:
        return None


def texts(pattern: str, random: Random, shortest: int) -> Iterator[str]:
    """Yield strings made after an expression, not each of which has to match it; short ones first, then
    nearer to `shortest`.
    """
    parsed = _parsed(pattern)
    if parsed is None:
        return
    maker = _Maker(random)
    for attempt in range(_TRIES):
        maker.spread = _SPREADS[attempt % len(_SPREADS)]
        if shortest and attempt % 4 == 0:
            maker.spread = shortest
        try:
            yield maker.text(parsed)
        except (IndexError, KeyError, ValueError, TypeError, OverflowError, RecursionError):
            return  # constructs the maker does not know


class _Maker(Rstr):
    """rstr, but with modest repeats, and with letters and digits where anything would do."""

    spread = 2

    def __init__(self, random: Random) -> None:
        plain = string.ascii_letters + string.digits
        super().__init__(
            random,
            printable=plain,
            nondigits=string.ascii_letters,
            nonword=_PUNCTUATION,
            whitespace=" ",
            nonwhitespace=plain,
        )
        self._cases = {**self._cases, "assert": lambda _: "", "not_literal": self._another}

    def text(self, parsed: Any) -> str:
        """Make a text after an expression that was parsed, as `xeger` does after it has parsed one."""
        self._cache.clear()
        return str(self._build_string(parsed))

    def _another(self, code: int) -> str:
        return self._random.choice([char for char in string.ascii_lowercase if ord(char) != code])

    def _handle_in(self, value: Any) -> Any:
        found = super()._handle_in(value)
        for _ in range(20):
            if str(found).isprintable():
                break
            found = super()._handle_in(value)
        return found

    def _handle_repeat(self, start_range: int, end_range: int, value: Any) -> str:
        return str(super()._handle_repeat(start_range, min(end_range, start_range + self.spread), value))


@lru_cache(maxsize=4096)
def _parsed(pattern: str) -> Any:
    read = compiled(pattern)
    if read is None:
        return None
    return _parser.parse(read.pattern)


def compiled(pattern: str) -> re.Pattern[str] | None:
    """Compile an expression as ECMA-262 writes it; None where Python cannot read it."""
    try:
        return re.compile(_for_python(pattern), re.ASCII)
    except (re.error, OverflowError, RecursionError):
        return None


def _for_python(pattern: str) -> str:
    """Rewrite what ECMA-262 writes in another way than Python does."""
    pattern = as_ecma(pattern)
    pattern = re.sub(r"\(\?<(?![=!])", "(?P<", pattern)
    pattern = re.sub(r"\\u\{([0-9A-Fa-f]+)\}", lambda found: f"\\U{int(found[1], 16):08x}", pattern)
    pattern = pattern.replace(r"\z", r"\Z").replace(r"\/", "/")
    return _unicode_classes(pattern)


def _unicode_classes(pattern: str) -> str:
    """Write `\\p{L}` as a class of ASCII, within brackets without brackets of its own."""
    out: list[str] = []
    inside, place = False, 0
    while place < len(pattern):
        found = _CLASS.match(pattern, place)
        if found is None:
            token = pattern[place : place + 1 + (pattern[place] == "\\")]
            is_plain = inside and (token == "[" or (token in "&|~" and out[-1] == token))
            inside = token == "[" or (inside and token != "]")
            out.append(f"\\{token}" if is_plain else token)
        else:
            token = found[0]
            out.append(_ascii_class(found, inside))
        place += len(token)
    return "".join(out)


def _ascii_class(found: re.Match[str], inside: bool) -> str:
    members = _CLASSES.get(found[1] or found[2], "a-zA-Z")
    if inside:
        return members
    return f"[{members}]"
