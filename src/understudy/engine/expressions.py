"""Expressions: filters that are written as one text, `Price gt 5 and contains(Name,'a')`.

The grammar is that of OData's $filter (v4 §5.1.1), with the spellings of SCIM (RFC 7644 §3.4.2.2), AIP-160
and PocketBase (`title ~ 'a' && views > 3`) for the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from understudy.engine.comparing import Member, Reader
from understudy.engine.pointers import Pointers
from understudy.engine.searching import search
from understudy.model.model import Place
from understudy.state.conditions import And, Condition, Not, Or, number

T = TypeVar("T")

_TOKEN: Final = re.compile(
    r"""\s*(?:
    (?P<text>'(?:[^']|'')*'|"(?:[^"\\]|\\.)*")
    |(?P<moment>\d{4}-\d{2}-\d{2}(?:T[0-9:.]+(?:Z|[+-]\d{2}:\d{2})?)?)
    |(?P<guid>[0-9a-fA-F]{8}-[0-9a-fA-F-]{27})
    |(?P<number>-?\d+(?:\.\d+)?)(?![\w.])
    |(?P<sign>\?(?=[=!<>~])|&&|\|\||<=|>=|!=|==|!~|<|>|=|~|[():,])
    |(?P<word>[@$A-Za-z_][\w$@.\-/]*)
    )""",
    re.VERBOSE,
)
_TESTS: Final[Mapping[str, str]] = {
    "eq": "exactly", "=": "exactly", "==": "exactly", ":": "equals",
    "ne": "not", "!=": "not",
    "gt": "above", ">": "above", "ge": "from", ">=": "from",
    "lt": "below", "<": "below", "le": "until", "<=": "until",
    "~": "contains", "!~": "lacks",
    "co": "contains", "sw": "starts", "ew": "ends", "in": "in",
}  # fmt: skip
_HAS: Final = ":"
"""AIP-160: of a text, it contains another."""
_FUNCTIONS: Final = {"contains": "contains", "startswith": "starts", "endswith": "ends"}
_SAME: Final = ("tolower", "toupper", "trim")
_CONSTANTS: Final = {"true": True, "false": False, "null": None}


_DEEPEST: Final = 50  # brackets and negations within each other


class _Token(NamedTuple):
    kind: str
    text: str


class _Unreadable(Exception):
    """An expression that is none; the reason is a clause after "cannot be read:"."""


NOTHING_PASSES: Final = Not(And(()))


def expression_reader(pointers: Pointers, texts: Sequence[Place] = ()) -> Reader:
    """Return what makes a condition of an expression. What cannot be read lets nothing through, as its
    contract takes any text, or is words to be looked for in members that hold `texts`.
    """

    def read(value: Any) -> Condition | None:
        text = str(value)
        if not text.strip():
            return None
        try:
            return _Parser(_tokens(text), pointers).whole()
        except _Unreadable:
            return search(text, texts, pointers) if texts else NOTHING_PASSES

    return read


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    text = text.rstrip()
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None or token.lastgroup is None:
            raise _Unreadable(f"{text[at : at + 20].strip()!r} is no part of one")
        found.append(_Token(token.lastgroup, token[token.lastgroup]))
        at = token.end()
    return found


def _unquoted(text: str) -> str:
    if text[0] == "'":
        return text[1:-1].replace("''", "'")
    return text[1:-1].replace('\\"', '"')


class _Parser:
    """Reads one expression, from its loosest operator to its tightest."""

    def __init__(self, tokens: list[_Token], pointers: Pointers) -> None:
        self._tokens, self._pointers, self._at = tokens, pointers, 0
        self._depth = 0

    def whole(self) -> Condition:
        """Return the condition that all of it says."""
        found = self._either()
        if self._at < len(self._tokens):
            raise _Unreadable(f"{self._tokens[self._at].text!r} stands where it ends")
        return found

    def _either(self) -> Condition:
        found = [self._both()]
        while self._takes("or") or self._takes("||"):
            found.append(self._both())
        if len(found) == 1:
            return found[0]
        return Or(tuple(found))

    def _both(self) -> Condition:
        found = [self._one()]
        while self._takes("and") or self._takes("&&"):
            found.append(self._one())
        if len(found) == 1:
            return found[0]
        return And(tuple(found))

    def _one(self) -> Condition:
        if self._takes("not"):
            return Not(self._within(self._one))
        if self._takes("("):
            found = self._within(self._either)
            self._expect(")")
            return found
        word = self._next("word", "a member or a function")
        if word.lower() in _FUNCTIONS and self._takes("("):
            return self._function(_FUNCTIONS[word.lower()])
        return self._comparison(self._member(word))

    def _within(self, part: Callable[[], T]) -> T:
        """Read a part that stands in another one."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _Unreadable("it nests too deep")
        found = part()
        self._depth -= 1
        return found

    def _function(self, test: str) -> Condition:
        member = self._member(self._next("word", "a member"))
        self._expect(",")
        condition = member.condition(test, self._value())
        self._expect(")")
        # `contains(Name,'a') eq true` says the same
        if self._takes("eq"):
            return self._held(condition, self._value() is not False)
        return self._held(condition, True)

    @staticmethod
    def _held(condition: Condition | None, is_wanted: bool) -> Condition:
        if condition is None:
            raise _Unreadable("a comparison lacks its value")
        if is_wanted:
            return condition
        return Not(condition)

    def _comparison(self, member: Member) -> Condition:
        if self._takes("pr"):
            return self._held(member.condition("present", True), True)
        self._takes("?")  # PocketBase: of a list, any
        operator = self._peek()
        test = _TESTS.get(operator.lower())
        if test is None:  # a flag may stand alone
            return self._held(member.condition("equals", True), True)
        self._at += 1
        if test == "in":
            return self._held(member.condition(test, self._values()), True)
        value = self._value()
        if value is None:
            return self._held(member.condition("null", test != "not"), True)
        if operator == _HAS and isinstance(value, str):
            test = "contains"
        return self._held(member.condition(test, value), True)

    def _member(self, word: str) -> Member:
        around = 0
        while word.lower() in _SAME and self._takes("("):
            word = self._next("word", "a member")
            around += 1
        for _ in range(around):
            self._expect(")")
        place = self._pointers.named(word) or self._in_map(word)
        if place is None:
            raise _Unreadable(f"there is no member {word!r}")
        return Member.at(place, self._pointers)

    def _in_map(self, word: str) -> Place | None:
        """Return where a map has a key that no schema names, `labels.env`; None where there is no such
        map.
        """
        name, *keys = word.split(".")
        holder = self._pointers.named(name)
        if holder is None or not keys:
            return None
        return (*holder, *keys)

    def _values(self) -> list[Any]:
        self._expect("(")
        found = [self._value()]
        while self._takes(","):
            found.append(self._value())
        self._expect(")")
        return found

    def _value(self) -> Any:
        if self._at >= len(self._tokens):
            raise _Unreadable("it ends where a value is wanted")
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "text":
            return _unquoted(text)
        if kind == "number":
            return number(text)
        if text.lower() in _SAME and self._takes("("):
            inner = self._within(self._value)
            self._expect(")")
            return inner
        if kind == "sign":
            raise _Unreadable(f"{text!r} stands where a value is wanted")
        return _CONSTANTS.get(text.lower(), text)

    # -- tokens

    def _peek(self) -> str:
        if self._at >= len(self._tokens):
            return ""
        token = self._tokens[self._at]
        if token.kind == "text":
            return ""
        return token.text

    def _takes(self, text: str) -> bool:
        if self._peek().lower() != text:
            return False
        self._at += 1
        return True

    def _expect(self, text: str) -> None:
        if not self._takes(text):
            raise _Unreadable(f"{text!r} is wanted before {self._peek() or 'its end'!r}")

    def _next(self, kind: str, wanted: str) -> str:
        if self._at >= len(self._tokens) or self._tokens[self._at].kind != kind:
            raise _Unreadable(f"{wanted} is wanted before {self._peek() or 'its end'!r}")
        self._at += 1
        return self._tokens[self._at - 1].text
