"""Strings that a format or a pattern asks for: making them, and telling whether a string is one."""

from __future__ import annotations

import base64
import re
import string
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from random import Random
from re import _parser  # what rstr itself reads expressions with
from typing import Any, Final

from rstr import Rstr

from understudy.schemas.entity import EntityContext
from understudy.schemas.validators import Validator

_DATE_TIME: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
_EMAIL: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+"
)
_LABEL: Final = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_OCTET: Final = r"(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_URI_CHARS: Final = r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})"
_POINTER: Final = r"(/([^~/]|~[01])*)*"

_SHAPES: Final = {
    name: re.compile(pattern, re.ASCII)
    for name, pattern in {
        "uuid": r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
        "time": r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)",
        "duration": r"P(?=.)(\d+W|(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?)",
        "hostname": rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*",
        "ipv4": rf"{_OCTET}(\.{_OCTET}){{3}}",
        "ipv6": r"[0-9a-fA-F:]*:[0-9a-fA-F:]*:[0-9a-fA-F:.]*",
        "uri": rf"[A-Za-z][A-Za-z0-9+.\-]*:{_URI_CHARS}+",
        "uri-reference": rf"{_URI_CHARS}*",
        "uri-template": r"[^\s{}\"<>\\^`|]*(\{[^\s{}]+\}[^\s{}\"<>\\^`|]*)*",
        "iri": r"[A-Za-z][A-Za-z0-9+.\-]*:\S+",
        "json-pointer": _POINTER,
        "relative-json-pointer": rf"(0|[1-9]\d*)(#|{_POINTER})",
        "byte": r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
    }.items()
}  # fmt: skip


def holds(name: str, text: str) -> bool:
    """Tell whether a string is of a format, as strictly as a validator would; an unknown format holds for every string."""
    if name == "date":
        return len(text) == 10 and _is_date(text)
    if name == "date-time":
        found = _DATE_TIME.fullmatch(text)
        return found is not None and _is_date(found[1])
    if name in ("email", "idn-email"):
        return _EMAIL.fullmatch(text) is not None
    if name == "regex":
        return _compiled(text) is not None
    shape = _SHAPES.get(name)
    return shape is None or shape.fullmatch(text) is not None


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def by_format(name: str, entity: EntityContext, called: str) -> str | None:
    """Make a string of a format for a property called so; None for a format that is not known here."""
    make = _MAKERS.get(name)
    return make(entity, called) if make else None


def instant(moment: datetime) -> str:
    """Write a moment as RFC 3339 does, in UTC and to the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _url(entity: EntityContext) -> str:
    return f"https://example.com/{entity.word()}/{entity.hexadecimal(8)}"


_MAKERS: Final[Mapping[str, Callable[[EntityContext, str], str]]] = {
    "date-time": lambda entity, called: instant(entity.moment(called)),
    "datetime": lambda entity, called: instant(entity.moment(called)),
    "timestamp": lambda entity, called: instant(entity.moment(called)),
    "date": lambda entity, called: entity.moment(called).date().isoformat(),
    "time": lambda entity, called: entity.moment(called).strftime("%H:%M:%SZ"),
    "duration": lambda entity, _: f"P{entity.random.randrange(1, 30)}D",
    "uuid": lambda entity, _: str(uuid.UUID(int=entity.random.getrandbits(128), version=4)),
    "guid": lambda entity, _: str(uuid.UUID(int=entity.random.getrandbits(128), version=4)),
    "email": lambda entity, _: entity.person.email,
    "idn-email": lambda entity, _: entity.person.email,
    "hostname": lambda entity, _: f"{entity.word()}.example.com",
    "idn-hostname": lambda entity, _: f"{entity.word()}.example.com",
    "ipv4": lambda entity, _: f"192.0.2.{entity.random.randrange(1, 255)}",
    "ipv6": lambda entity, _: f"2001:db8::{entity.random.randrange(1, 65536):x}",
    "uri": lambda entity, _: _url(entity),
    "url": lambda entity, _: _url(entity),
    "iri": lambda entity, _: _url(entity),
    "uri-reference": lambda entity, _: f"/{entity.word()}/{entity.hexadecimal(8)}",
    "iri-reference": lambda entity, _: f"/{entity.word()}/{entity.hexadecimal(8)}",
    "uri-template": lambda entity, _: f"https://example.com/{entity.word()}/{{id}}",
    "json-pointer": lambda entity, _: f"/{entity.word()}/0",
    "relative-json-pointer": lambda entity, _: f"0/{entity.word()}",
    "regex": lambda entity, _: f"^{entity.word()}[0-9]+$",
    "byte": lambda entity, _: base64.b64encode(entity.words(2).encode()).decode(),
    "base64": lambda entity, _: base64.b64encode(entity.words(2).encode()).decode(),
    "password": lambda entity, _: f"{entity.word().title()}-{entity.number(4)}",
    "decimal": lambda entity, _: f"{entity.random.randrange(100, 90000) / 100:.2f}",
    "number": lambda entity, _: entity.number(3),
    "int64": lambda entity, _: entity.number(6),
    "int32": lambda entity, _: entity.number(4),
    "phone": lambda entity, _: f"+1555{entity.number(7)}",
    "phone-number": lambda entity, _: f"+1555{entity.number(7)}",
    "e164": lambda entity, _: f"+1555{entity.number(7)}",
}


# ---- patterns

_SPREADS: Final = (
    2,
    0,
    6,
    1,
    12,
    3,
    30,
    60,
)  # how many times more than it must a repeat is taken, one attempt after another
_TRIES: Final = 24
# Classes of Unicode and of POSIX in ASCII: enough to make a match, and the contract's own validator judges it.
_CLASSES: Final = {"L": "a-zA-Z", "Lu": "A-Z", "Ll": "a-z", "Letter": "a-zA-Z", "Alphabetic": "a-zA-Z", "N": "0-9", "Nd": "0-9", "P": "!-/",
                   "S": "$+<=>", "Z": " ", "Zs": " ", "Latin": "a-zA-Z", "sc=Latin": "a-zA-Z", "IsLetter": "a-zA-Z"}  # fmt: skip
_PUNCTUATION: Final = "-_.,:/ "


def matches(pattern: str, text: str) -> bool:
    """Tell whether an expression is found in a text, as the contract's validators judge it: without backtracking for ever."""
    judge = _judge(pattern)
    return judge is None or judge.is_valid(text)


@lru_cache(maxsize=4096)
def _judge(pattern: str) -> Validator | None:
    """Compile an expression; None where that cannot be done, as then the validators do not check it either."""
    try:
        return Validator({"pattern": pattern})
    except ValueError:
        return None


def texts(pattern: str, random: Random, shortest: int) -> Iterator[str]:
    """Yield strings made after an expression, not each of which has to match it; short ones first, then nearer to `shortest`."""
    parsed = _parsed(pattern)
    if parsed is None:
        return
    maker = _Maker(random)
    for attempt in range(_TRIES):
        maker.spread = _SPREADS[attempt % len(_SPREADS)] if attempt % 4 or not shortest else shortest
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
    read = _compiled(pattern)
    return _parser.parse(read.pattern) if read else None


def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(_for_python(pattern), re.ASCII)
    except (re.error, OverflowError, RecursionError):
        return None


def _for_python(pattern: str) -> str:
    """Rewrite what ECMA-262 writes in another way than Python does."""
    pattern = re.sub(r"\(\?<(?![=!])", "(?P<", pattern)
    pattern = re.sub(r"\\u\{([0-9A-Fa-f]+)\}", lambda found: f"\\U{int(found[1], 16):08x}", pattern)
    pattern = pattern.replace(r"\z", r"\Z").replace(r"\/", "/")
    return _unicode_classes(pattern)


def _unicode_classes(pattern: str) -> str:
    """Write `\\p{L}` as a class of ASCII, within brackets without brackets of its own."""
    out, inside, place = [], False, 0
    while place < len(pattern):
        found = re.compile(r"\\[pP]\{\^?([A-Za-z_=]+)\}|\\p([A-Z])").match(pattern, place)
        if found:
            members = _CLASSES.get(found[1] or found[2], "a-zA-Z")
            out.append(members if inside else f"[{members}]")
            place = found.end()
            continue
        step = 2 if pattern[place] == "\\" else 1
        inside = (inside or pattern[place] == "[") and not (inside and pattern[place] == "]")
        out.append(pattern[place : place + step])
        place += step
    return "".join(out)
