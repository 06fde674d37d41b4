"""Searching: strings of a format that are within limits which its usual form is not."""

from __future__ import annotations

import base64
import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from understudy.schemas.entity import EntityContext
from understudy.schemas.patterns import texts
from understudy.schemas.shape import Shape

LONGEST: Final = 4096  # characters of a string of a format that is asked to be long
_MOST: Final = 1500  # strings that are tried
_JOINED: Final = 6  # strings of a format that are joined with what matches an expression
_LABEL: Final = 63  # characters between the dots of a host (RFC 1035 §2.3.4)
_LOCAL: Final = 64  # characters before the @ (RFC 5321 §4.5.3.1.1)
_BEGUN: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9]{0,2}")
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


def searched(shape: Shape, called: str, entity: EntityContext) -> Iterator[str]:
    """Yield strings of a shape's format, or nearly: of the lengths that are asked for, in the forms that it
    has, and joined with what matches an expression. Not each is within the limits.
    """
    least, most = shape.limit("minLength", 0), min(shape.limit("maxLength", LONGEST), LONGEST)
    forms = list(_forms(shape.format, _lengths(least, most), called, entity))
    yield from islice(_tried(forms, shape.patterns, least, entity), _MOST)


def addresses(shape: Shape, called: str, entity: EntityContext) -> Iterator[str]:
    """Yield addresses that may match the first expression of a shape: the usual ones, and what it asks a URI
    to begin with, made whole.
    """
    least, most = shape.limit("minLength", 0), min(shape.limit("maxLength", LONGEST), LONGEST)
    yield from _forms(shape.format, _lengths(least, most)[:_JOINED], called, entity)
    if shape.format in ("uri", "iri"):
        for text in islice(texts(shape.patterns[0], entity.random, least), _JOINED):
            if _BEGUN.fullmatch(text):
                yield f"{text[: text.index('//')]}//example.com/{entity.word()}"


def _tried(forms: Sequence[str], patterns: Sequence[str], least: int, entity: EntityContext) -> Iterator[str]:
    yield from forms
    for pattern in patterns:
        made = list(texts(pattern, entity.random, least))
        yield from made
        for text in made[:_JOINED]:
            for form in forms[:_JOINED]:
                yield from _joined(form, text)


def _joined(form: str, text: str) -> Iterator[str]:
    """Yield a form with a text at its beginning, at its end and within, in the place of as little of it as
    will do.
    """
    for cut in range(len(form) + 1):
        yield text + form[cut:]
        yield form[: len(form) - cut] + text
        yield form[:cut] + text + form[cut:]


def _forms(name: str, lengths: Sequence[int], called: str, entity: EntityContext) -> Iterator[str]:
    make = _FORMS.get(name)
    if make is None:
        return
    for length in lengths:
        yield from make(length, called, entity)


def _lengths(least: int, most: int) -> list[int]:
    """Return the lengths to try: some usual ones, then the bounds and what is near them."""
    usual = (24, 16, 12, 32, 8, 48)
    near = (*range(least, least + 4), *range(most, most - 4, -1))
    return [length for length in dict.fromkeys((*usual, *near)) if max(least, 1) <= length <= most]


def _word(length: int, entity: EntityContext) -> str:
    """Return letters of a length that read like words, as far as there are any."""
    text = entity.word()
    while len(text) < length:
        text += f"-{entity.word()}"
    text = text[: max(length, 0)]
    if text.endswith("-"):
        text = f"{text[:-1]}{entity.random.choice(_LETTERS)}"
    return text


def _host(length: int, entity: EntityContext) -> str:
    """Return the name of a host of a length; below four letters one without a dot."""
    for end in (".example.com", ".example", ".co"):
        if length > len(end):
            name = _word(length - len(end), entity)
            parts = [name[place : place + _LABEL] for place in range(0, len(name), _LABEL + 1)]
            return ".".join(part.strip("-") or "a" for part in parts) + end
    return _word(length, entity)


def _email(length: int, _: str, entity: EntityContext) -> Iterator[str]:
    for host in ("example.com", "ab.co", "a.co"):
        rest = length - len(host) - 1
        if 1 <= rest <= _LOCAL:
            yield f"{_word(rest, entity)}@{host}"
    if length > _LOCAL:
        local = _word(12, entity)
        yield f"{local}@{_host(length - len(local) - 1, entity)}"


def _uri(length: int, _: str, entity: EntityContext) -> Iterator[str]:
    for start in ("https://example.com/", "http://example.com/", "https://a.co/", "https://", "urn:", "a:"):
        if length > len(start):
            yield start + _word(length - len(start), entity)


def _reference(length: int, _: str, entity: EntityContext) -> Iterator[str]:
    yield f"/{_word(length - 1, entity)}"


def _templates(length: int, _: str, entity: EntityContext) -> Iterator[str]:
    yield f"/{_word(length - 6, entity)}/{{id}}"


def _bytes(length: int, _: str, entity: EntityContext) -> Iterator[str]:
    yield base64.b64encode(_word(length * 3 // 4, entity).encode()).decode()


def _url_bytes(length: int, _: str, entity: EntityContext) -> Iterator[str]:
    yield base64.urlsafe_b64encode(_word(length, entity).encode()).decode().rstrip("=")[:length]


def _moments(_length: int, called: str, entity: EntityContext) -> Iterator[str]:
    """Yield a moment with each precision and each way to say its zone (RFC 3339 §5.6)."""
    moment = entity.moment(called)
    for fraction in ("", ".000", ".000000", ".0", ".00", ".0000000", ".000000000"):
        for zone in ("Z", "+00:00", "-00:00", "+02:00", "-05:00", "+05:30"):
            yield f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}{zone}"
    for clock in ("00:00:00", "12:00:00", "23:59:59"):
        for zone in ("Z", ".000Z", "+00:00"):
            yield f"{moment:%Y-%m-%d}T{clock}{zone}"


def _clocks(length: int, called: str, entity: EntityContext) -> Iterator[str]:
    for text in _moments(length, called, entity):
        yield text[11:]


def _days(_length: int, called: str, entity: EntityContext) -> Iterator[str]:
    """Yield the day of a moment, then days of other months and years."""
    moment = entity.moment(called)
    yield f"{moment:%Y-%m-%d}"
    for year in (moment.year, 2000, 1990, 1970, 2030):
        for month in range(1, 13):
            for day in (1, 28, monthrange(year, month)[1]):
                yield f"{year}-{month:02}-{day:02}"


def _durations(_length: int, _: str, entity: EntityContext) -> Iterator[str]:
    count = entity.random.randrange(1, 10)
    for form in ("P{0}D", "PT{0}H", "PT{0}M", "PT{0}S", "P{0}W", "P{0}M", "P{0}Y", "PT1H{0}M", "P1DT{0}H"):
        yield form.format(count)
    yield f"P1Y2M{count}DT4H5M6S"
    yield f"P1DT2H{count}M"
    yield f"PT{10 + count}M"
    yield f"PT1H2M{count}S"


def _uuids(_length: int, _: str, entity: EntityContext) -> Iterator[str]:
    """Yield UUIDs of each version (RFC 9562 §4.2), in small and in capital letters."""
    digits = f"{entity.random.getrandbits(128):032x}"
    for version in "4175368":
        text = f"{digits[:8]}-{digits[8:12]}-{version}{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
        yield text
        yield text.upper()


def _ipv4(_length: int, _: str, entity: EntityContext) -> Iterator[str]:
    for form in ("192.0.2.{}", "10.0.0.{}", "192.168.1.{}", "172.16.0.{}", "127.0.0.{}", "198.51.100.{}"):
        yield form.format(entity.random.randrange(1, 10))
        yield form.format(entity.random.randrange(100, 255))
    yield from ("1.1.1.1", "192.168.100.200")


def _ipv6(_length: int, _: str, entity: EntityContext) -> Iterator[str]:
    digits = f"{entity.random.getrandbits(16) | 0x1000:x}"
    yield from (
        f"2001:db8::{digits}",
        f"fe80::{digits}",
        f"fd00::{digits}",
        "::1",
        f"2001:DB8::{digits.upper()}",
    )
    yield ":".join(["2001", "0db8", *["0000"] * 5, digits])


def _characters(_length: int, _: str, entity: EntityContext) -> Iterator[str]:
    yield entity.random.choice(_LETTERS)


_FORMS: Final[Mapping[str, Callable[[int, str, EntityContext], Iterator[str]]]] = {
    **dict.fromkeys(("email", "idn-email"), _email),
    **dict.fromkeys(("uri", "url", "iri"), _uri),
    **dict.fromkeys(("uri-reference", "iri-reference", "json-pointer"), _reference),
    "uri-template": _templates,
    **dict.fromkeys(("hostname", "idn-hostname"), lambda length, _, entity: iter((_host(length, entity),))),
    **dict.fromkeys(("byte", "base64"), _bytes),
    "base64url": _url_bytes,
    **dict.fromkeys(("date-time", "datetime", "timestamp"), _moments),
    "time": _clocks,
    "date": _days,
    "duration": _durations,
    **dict.fromkeys(("uuid", "guid"), _uuids),
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "char": _characters,
}
