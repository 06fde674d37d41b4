"""Dialects of regular expressions: what Perl, Ruby, Java, Python and .NET write otherwise than ECMA-262 does.

JSON Schema asks for ECMA-262 (2020-12 §6.4); generators write what their own language reads. What has no
meaning there, or another one than anybody wants, is read as it was meant.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import jsonschema_rs

_POSIX: Final = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "space": r"\s",
    "blank": r" \t",
    "xdigit": "0-9A-Fa-f",
    "word": r"\w",
    "punct": r"!-\/:-@\[-`{-~",
}
_POSIX_CLASS: Final = re.compile(r"(?<=[\[^\]\w-])\[:(\w+):\](?=.*\])")
_PIECE: Final = re.compile(
    r"""(?P<quoted>\\Q.*?(?:\\E|$))
    |(?P<escaped>\\.)
    |(?P<least>\{,\d+\})
    |(?P<repeat>\{\d+(?:,\d*)?\})
    |(?P<atomic>\(\?>)
    |(?P<any>\[\^\])
    |(?P<one>.)""",
    re.VERBOSE | re.DOTALL,
)
_ANCHORS: Final = {r"\A": "^", r"\Z": "$", r"\z": "$", r"\h": r"[ \t]"}
_CLASS_ESCAPES: Final = frozenset([r"\w", r"\d", r"\s", r"\W", r"\D", r"\S"])
_NAMES: Final = re.compile(r"\\([pPuk])\{[^}]*\}")


@lru_cache(maxsize=4096)
def as_ecma(pattern: str) -> str:
    """Return an expression as ECMA-262 writes it; as it is where it is one, or cannot be read at all."""
    named = _POSIX_CLASS.sub(_posix, pattern)
    if compiles(named):
        return named
    meant = _rewritten(named)
    return meant if compiles(meant) else pattern


@lru_cache(maxsize=4096)
def compiles(pattern: str) -> bool:
    """Tell whether the validators can read an expression."""
    try:
        jsonschema_rs.validator_for({"pattern": pattern})
    except ValueError:
        return False
    return True


def _posix(found: re.Match[str]) -> str:
    return _POSIX.get(found[1], found[0])


def _rewritten(pattern: str) -> str:
    """Rewrite an expression piece by piece."""
    out: list[str] = []
    inside, place = False, 0
    while place < len(pattern):
        name = _NAMES.match(pattern, place)
        if name is not None:  # `\\p{L}`, `\\u{1F600}`
            out.append(name[0])
            place = name.end()
            continue
        piece = _PIECE.match(pattern, place)
        assert piece is not None  # the last alternative is any sign
        out.append(_in_class(piece[0], out) if inside else _outside(piece))
        inside = _is_inside(piece[0], inside=inside)
        place = piece.end()
    return "".join(out)


def _is_inside(piece: str, *, inside: bool) -> bool:
    """Tell whether what follows a piece stands within brackets."""
    if piece == "[":
        return True
    return inside and piece != "]"


def _in_class(piece: str, before: list[str]) -> str:
    """Return a piece within brackets; a hyphen behind a class, `[\\w-.]`, is one."""
    if piece == "[":
        return r"\["
    if piece == "-" and before and before[-1] in _CLASS_ESCAPES:
        return r"\-"
    return piece


def _outside(piece: re.Match[str]) -> str:
    text = piece[0]
    if piece["quoted"]:
        return re.escape(text.removeprefix(r"\Q").removesuffix(r"\E"))
    if piece["least"]:
        return f"{{0{text[1:]}"
    if piece["atomic"]:
        return "(?:"
    if piece["any"]:
        return r"[\s\S]"
    if text in ("{", "}"):
        return f"\\{text}"
    return _ANCHORS.get(text, text)
