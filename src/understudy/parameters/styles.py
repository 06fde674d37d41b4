"""The styles of parameters (OpenAPI 3.1 §4.8.12.3, RFC 6570): what was written on the wire as texts, lists
and maps of texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, Final
from urllib.parse import unquote

from msgspec import Struct

from understudy.errors import show
from understudy.parameters.values import Raw, Reading, numbered

Decode = Callable[[str], str]
"""Undoes what the place in the request does to a text: percent-encoding, or nothing.

Raises UnicodeError for what is not UTF-8.
"""

Part = tuple[tuple[str, ...], str]
"""A decoded path into a structure with the undecoded text there: `a[b][c]=1` is `(("b", "c"), "1")`."""

MAX_DEPTH = 32
"""Brackets in a name that are followed; real ones have three."""

_BRACKETED = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])+)")
_COMMA, _DOT, _SEMICOLON = re.compile(","), re.compile(r"\."), re.compile(";")
_DELIMITERS = {
    "spaceDelimited": re.compile(r"%20|\+| "),
    "pipeDelimited": re.compile(r"\||%7C", re.IGNORECASE),
    "tabDelimited": re.compile(r"%09|\t"),  # Swagger 2.0's `tsv`
}
SEPARATING: Final = tuple(_DELIMITERS)
_ENCODED_COMMA = re.compile(r",|%2C", re.IGNORECASE)
# RFC 9110 §5.6.1; looked for from where the spaces before a comma begin, and from nowhere else among them
_LIST_OF_HEADER = re.compile(r"(?:(?<![ \t])[ \t]++)?+,[ \t]*+")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_REPEATING = frozenset({"form", "cookie", "deepObject", *_DELIMITERS})


class Unreadable(Exception):
    """What was sent is not written in the parameter's style; the fields are those of a Failure."""

    def __init__(self, rule: str, expected: str, received: str = "") -> None:
        self.rule, self.expected, self.received = rule, expected, received
        super().__init__(rule, expected, received)


# ---- the wire


def query_pairs(query: bytes) -> Iterator[tuple[str, str]]:
    """Split a query into decoded names and texts as they are; in a name, a byte that is no UTF-8 becomes a
    lone surrogate.
    """
    if not query.isascii():
        query = _NOT_ASCII.sub(lambda byte: b"%%%02X" % byte[0][0], query)
    for pair in query.decode("ascii").split("&"):
        name, _, text = pair.partition("=")
        if "+" in name:
            name = name.replace("+", " ")
        if "%" in name:
            name = unquote(name, errors="surrogateescape")
        yield name, text


def cookie_pairs(headers: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[str, str]]:
    """Split Cookie headers into pairs (RFC 6265 §5.4); what is no pair is passed over."""
    for header, value in headers:
        if header.lower() == b"cookie":
            for pair in header_text(value).split(";"):
                name, equals, text = pair.strip(" \t").partition("=")
                if equals:
                    text = text.strip(" \t")
                    if len(text) > 1 and text[0] == text[-1] == '"':
                        text = text[1:-1]
                    yield name.rstrip(" \t"), text


def header_text(value: bytes) -> str:
    """Read a header: UTF-8, or else Latin-1, which is what headers once were and which fits any byte."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


# ---- decoding

_LONG: Final = 1_000
"""Characters of a text from which on escapes are read by whole runs, as other scripts are written."""
_ESCAPES: Final = re.compile(r"(?:%[0-9A-Fa-f]{2})+")


def decode_query(text: str) -> str:
    """Read a text from a query: `+` is a space, `%XX` a byte of UTF-8. Raises UnicodeDecodeError."""
    if "+" in text:
        text = text.replace("+", " ")
    return decode_cookie(text)


def decode_cookie(text: str) -> str:
    """Read a text from a cookie of the style `form`, where `+` is only a plus. Raises UnicodeDecodeError."""
    if "%" not in text:
        return text
    if len(text) > _LONG:
        return _ESCAPES.sub(_unescaped, text)
    return unquote(text, errors="strict")


def _unescaped(run: re.Match[str]) -> str:
    return bytes.fromhex(run[0].replace("%", "")).decode()


def decode_nothing(text: str) -> str:
    """Return a text that is what it says."""
    return text


# ---- names in brackets


def bracketed(name: str) -> tuple[str, tuple[str, ...]] | None:
    """Split `a[b][c]` into `a` and the keys `b`, `c`; None where a name is not of this form."""
    if not name.endswith("]"):
        return None
    match = _BRACKETED.fullmatch(name)
    if match is None:
        return None
    return match[1], tuple(match[2][1:-1].split("]["))


def tree(parts: Iterable[Part], decode: Decode) -> Raw:
    """Put parts together; what is given twice, or under an empty key (`a[]=1`), is a list.

    Raises Unreadable, UnicodeError.
    """
    return _listed(_grown(parts, decode))


def _grown(parts: Iterable[Part], decode: Decode) -> dict[str, Raw]:
    root: dict[str, Raw] = {}
    for path, text in parts:
        if len(path) > MAX_DEPTH:
            raise Unreadable("depth", f"at most {MAX_DEPTH} levels deep", f"{len(path)} levels")
        at: Any = root
        for key in path[:-1]:
            at = at.setdefault(_sound(key), {})
            if not isinstance(at, dict):
                raise Unreadable("style", "given as one value or by its members, not both")
        _grow(at, _sound(path[-1]), decode(text))
    return root


def _grow(holder: dict[str, Raw], key: str, text: str) -> None:
    known = holder.get(key)
    if isinstance(known, dict):
        raise Unreadable("style", "given as one value or by its members, not both")
    if known is None:
        holder[key] = text
    elif isinstance(known, list):
        known.append(text)
    else:
        holder[key] = [known, text]


def _sound(key: str) -> str:
    key.encode()  # a byte that was no UTF-8 has become a lone surrogate
    return key


def _listed(raw: Raw) -> Raw:
    if not isinstance(raw, dict):
        return raw
    members = {key: _listed(member) for key, member in raw.items()}
    if "" not in members or not all(map(str.isdigit, filter(None, members))):
        return members
    last = members.pop("")
    if not isinstance(last, list):
        last = [last]
    return numbered(members) + last


# ---- texts


class Style(Struct, frozen=True):
    """How one parameter is written. `decode` belongs to its place in the request."""

    name: str
    explode: bool
    parameter: str
    location: str
    decode: Decode

    @property
    def repeats(self) -> bool:
        """Whether each item of an array, or member of an object, is written as a parameter of its own."""
        return self.explode and self.name in _REPEATING

    def raws(self, texts: list[str], reading: Reading) -> Iterator[Raw]:
        """Yield what the texts of a parameter can be, likeliest first, as far as its schema has a use for it.

        A text that can be an array and a primitive is taken for the array where it holds a delimiter.
        Raises Unreadable where the style has no such spelling, and UnicodeError.
        """
        bodies = texts
        if self.name in ("label", "matrix"):
            bodies = list(map(self._body, texts))
        alone = self._alone(bodies)
        if alone is None:
            found = list(self._structures(bodies, reading))
            if not found:
                raise self._unreadable(texts[0])
            yield from found
        elif not (reading.takes_array or reading.takes_object):
            yield alone
        elif reading.takes_text and (reading.is_untyped or not self._is_joined(bodies[0])):
            yield alone
            yield from self._structures(bodies, reading)
        else:
            yield from self._structures(bodies, reading)
            yield alone

    def _structures(self, bodies: list[str], reading: Reading) -> Iterator[Raw]:
        if reading.takes_array:
            for items in self._lists(bodies):
                yield list(map(self.decode, items))
        if reading.takes_object and len(bodies) == 1:
            pairs = self._pairs(bodies[0])
            if pairs is not None:
                yield _grown([((self.decode(name),), value) for name, value in pairs], self.decode)

    def _alone(self, bodies: list[str]) -> str | None:
        """Read the texts as one primitive; None where they cannot be."""
        if len(bodies) > 1:
            return None
        (body,) = bodies
        if self.name == "matrix" and self.explode:
            if not self._is_named(body):
                return None
            body = self._without_name(body)
        return self.decode(body)

    def _unreadable(self, text: str) -> Unreadable:
        example = f"{self.parameter}=value"
        if self.name == "label":
            example = ".value"
        elif self.name == "matrix":
            example = f";{example}"
        return Unreadable("style", f"written like {example}", show(text))

    def _body(self, text: str) -> str:
        if self.name == "label":
            if not text.startswith("."):
                raise self._unreadable(text)
            return text[1:]
        if not text.startswith(";") or not (self.explode or self._is_named(text[1:])):
            raise self._unreadable(text)
        if self.explode:
            return text[1:]
        return self._without_name(text[1:])

    def _is_named(self, text: str) -> bool:
        return text == self.parameter or text.startswith(f"{self.parameter}=")

    def _without_name(self, text: str) -> str:
        return text[len(self.parameter) + 1 :]

    def _delimiter(self, text: str) -> re.Pattern[str]:
        if self.location == "header" and self.name not in _DELIMITERS:
            return _LIST_OF_HEADER
        # OpenAPI 3.0 writes a dot either way, later ones a comma.
        if self.name == "label" and (self.explode or "," not in text):
            return _DOT
        if self.name == "matrix" and self.explode:
            return _SEMICOLON
        return _DELIMITERS.get(self.name, _COMMA)

    def _is_joined(self, text: str) -> bool:
        return not self.repeats and self._delimiter(text).search(text) is not None

    def _lists(self, bodies: list[str]) -> Iterator[list[str]]:
        """Yield the items of an array, undecoded: as the style has them, then as some clients write them."""
        split: list[str] = []
        for body in bodies:
            split += self._delimiter(body).split(body)
        if self.repeats:
            yield bodies
            if self.name in _DELIMITERS:
                yield split
        elif self.name == "matrix" and self.explode:
            if all(map(self._is_named, split)):
                yield list(map(self._without_name, split))
            return
        else:
            yield split
            if bodies == [""]:
                yield []
        if self.location == "cookie" or (self.name == "form" and not self.explode):
            yield list(chain.from_iterable(map(_ENCODED_COMMA.split, bodies)))

    def _pairs(self, body: str) -> list[tuple[str, str]] | None:
        if self.repeats:
            return None
        if not body:
            return []
        pieces = self._delimiter(body).split(body)
        if not self.explode:
            if len(pieces) % 2:
                return None
            return list(zip(pieces[::2], pieces[1::2], strict=True))
        pairs = []
        for piece in pieces:
            name, equals, value = piece.partition("=")
            if not equals:
                return None
            pairs.append((name, value))
        return pairs
