"""What a schema's description says of its values: those that it names, and the standard they follow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

MOST: Final = 12  # values that are taken from one description
_LONGEST: Final = 2000  # characters of a description that are read
_CUE: Final = re.compile(
    r"\b(e\.g|eg|for example|for instance|examples?|such as|one of|either|"
    r"(possible|valid|allowed|accepted|supported|available|permitted|acceptable|known) "
    r"(values?|options?|types?)|"
    r"values? (are|is|can be|include)|can be|may be|must be|options|enum)\b",
    re.IGNORECASE,
)
_NOT: Final = re.compile(
    r"\b(not|deprecated|instead|see|unless|except|without|never|defaults? to|refer|use the|"
    r"parameter|field|property|header|endpoint|request|set to)\b",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r"`([^`\n]{1,80})`|\"([^\"\n]{1,80})\"|(?<!\w)'([^'\n]{1,80})'(?!\w)")
_BULLET: Final = re.compile(r"^\s*[*+-]\s+(?:\*\*|`|\")([\w.:/-]{1,60})(?:\*\*|`|\")", re.MULTILINE)
_BARE: Final = re.compile(
    r"\b(?:e\.g\.?|for example|examples?|such as)[:,]?\s+(?:\()?([A-Za-z0-9#+][\w:/.+#-]{0,60})",
    re.IGNORECASE,
)
_LISTED: Final = re.compile(
    r"\b(?:one of|values(?: are)?|options(?: are)?|either)\s*:?\s+"
    r"((?:[\w.-]{1,30}(?:\s*[,|/]\s*|,?\s+or\s+|,?\s+and\s+))+[\w.-]{1,30})",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(r"\s*[,|/]\s*(?:or\s+|and\s+)?|\s+or\s+|\s+and\s+", re.IGNORECASE)
_TELLING: Final = re.compile(r"\d|[A-Z].*[A-Z]|[_:/#]|\w-\w")
_SENTENCES: Final = re.compile(r"(?<=[.;!?])\s+(?=[A-Z*`])|\n{2,}")
_EMPTY: Final = frozenset({"null", "true", "false", "none", "undefined", "string", "nil", "empty"})


def named_values(description: str) -> list[str]:
    """Return the texts that a description gives as values, those in quotes first; [] where it names none."""
    found = [*_BULLET.findall(description[:_LONGEST])]
    for sentence in _SENTENCES.split(description[:_LONGEST]):
        found += _of_sentence(sentence)
    told = [one.strip() for one in dict.fromkeys(found)]
    return [one for one in told if one and one.lower() not in _EMPTY][:MOST]


def _of_sentence(sentence: str) -> Iterator[str]:
    """Yield the values that one sentence names, where it is about values and not about other members."""
    cue = _CUE.search(sentence)
    if cue is None or _NOT.search(sentence):
        return
    quoted = [next(filter(None, found)) for found in _QUOTED.findall(sentence[cue.start() :])]
    if quoted:
        yield from quoted
        return
    listed = _LISTED.search(sentence)
    if listed is not None:
        yield from _BETWEEN.split(listed[1].rstrip("."))
        return
    bare = _BARE.search(sentence)
    if bare is not None and _TELLING.search(bare[1].rstrip(".")):
        yield bare[1].rstrip(".:")


_STANDARDS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (r"ISO[- ]?4217|currency code", "currency_code"),
        (r"ISO[- ]?3166(-1)?[- ]?(alpha)?[- ]?3\b|(three|3)[- ]letter (ISO )?country", "country_alpha3"),
        (r"ISO[- ]?3166-2", "subdivision_code"),
        (r"ISO[- ]?3166|country code", "country_code"),
        (r"BCP[- ]?47|RFC[- ]?5646|locale", "locale"),
        (r"ISO[- ]?639|language code", "language_code"),
        (r"IANA time ?zone|tz database|olson|time ?zone (name|identifier)", "time_zone"),
        (r"ISO[- ]?8601 duration", "iso_duration"),
        (r"ISO[- ]?8601|RFC[- ]?3339|\btimestamps?\b|date[- ]?time|date and time", "moment_at"),
        (r"\bUUID\b|\bGUID\b", "uuid"),
        (r"\bIBAN\b", "iban"),
        (r"\bBIC\b|\bSWIFT\b", "bic"),
        (r"e-?mail address", "email"),
        (r"E\.?164|phone number|telephone number", "phone"),
        (r"semver|semantic version", "version"),
        (r"\bMIME\b|media type|content[- ]type", "mime_type"),
        (r"hex(adecimal)? colou?r|colou?r (in )?hex", "color"),
        (r"\b(URL|URI|link)\b (of|to|for|where|that|at)|^(the )?(\w+ )?(URL|URI)\b", "url"),
        (r"IPv6 address", "ipv6"),
        (r"\bIP(v4)? address", "ip_address"),
        (r"base64", "base64"),
        (r"SHA-?256", "sha256"),
        (r"SHA-?1\b|commit hash", "sha"),
        (r"\bMD5\b", "md5"),
        (r"\bdate\b", "date"),
    )
)
"""What the name of a standard, as registries and their users write it, makes of a text: a word of the
vocabulary.
"""

_READ: Final = 300  # characters within which a standard is named; further on it is another member's


def standard_named(description: str) -> str:
    """Return the name in the vocabulary that a description's standard goes by; "" where it names none."""
    for pattern, name in _STANDARDS:
        if pattern.search(description[:_READ]):
            return name
    return ""


_RANGES: Final = (
    re.compile(r"\bbetween\s+(-?\d+(?:\.\d+)?)\s*(?:and|to|-)\s*(-?\d+(?:\.\d+)?)\b", re.IGNORECASE),
    re.compile(r"\bfrom\s+(-?\d+(?:\.\d+)?)\s*(?:to|through|-|\u2013)\s*(-?\d+(?:\.\d+)?)\b", re.IGNORECASE),
    re.compile(r"[\[(](-?\d+(?:\.\d+)?)\s*(?:-|\u2013|\.\.\.?|,)\s*(-?\d+(?:\.\d+)?)[\])]"),
)


def range_named(description: str) -> tuple[float, float] | None:
    """Return the two numbers between which a description says that values lie; None where it does not."""
    for pattern in _RANGES:
        found = pattern.search(description[:_READ])
        if found is not None and float(found[1]) < float(found[2]):
            return float(found[1]), float(found[2])
    return None


class Described(NamedTuple):
    """What a description says. standard: a name in the vocabulary of members; range: of a number."""

    values: tuple[str, ...]
    standard: str
    range: tuple[float, float] | None


def described(description: str) -> Described:
    """Read a description once."""
    return Described(tuple(named_values(description)), standard_named(description), range_named(description))
