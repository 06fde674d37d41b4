"""Tokens: texts that a login hands out, opaque or as JWTs, each told from what others made."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import jwt
import orjson

_MARK: Final = "ust_"
"""What opaque tokens begin with, so that one of another time, or a part of one, is known for what it is."""

_ALGORITHM: Final = "HS256"
_ISSUER: Final = "understudy"
_HEADER: Final = base64.urlsafe_b64encode(f'{{"alg":"{_ALGORITHM}","kid":"{_ISSUER}'.encode())[:43].decode()
"""What the JWTs made here begin with, and no others."""

UNFILLED: Final = frozenset({"undefined", "null", "None", "NaN", "[object Object]"})
"""What stands in a header where a client had no credential to put there."""


def opaque(digits: str) -> str:
    """Return a token that says nothing."""
    return f"{_MARK}{digits}"


def signed(claims: Mapping[str, Any], key: str) -> str:
    """Return a JWT (RFC 7519) with these claims."""
    return jwt.encode(dict(claims), key, algorithm=_ALGORITHM, headers={"kid": _ISSUER})


def is_signed(token: str, key: str) -> bool:
    """Tell whether a JWT was signed with a key, whatever it claims."""
    try:
        jwt.decode(token, key, algorithms=[_ALGORITHM], options={"verify_exp": False, "verify_iat": False})
    except jwt.PyJWTError:
        return False
    return True


def is_own(token: str) -> bool:
    """Tell whether a token, or what is left of it, was made here, in this session or another."""
    return token.startswith((_MARK, _HEADER))


def is_unfilled(token: str) -> bool:
    """Tell whether a credential is what a template or a script leaves where it has none."""
    return token in UNFILLED or (token.startswith("{{") and token.endswith("}}"))


def is_jwt(token: str) -> bool:
    """Tell whether a credential has the form of a JWT."""
    parts = token.split(".")
    if len(parts) != 3:
        return False
    try:
        header = orjson.loads(base64.urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4)))
    except (binascii.Error, ValueError):
        return False
    return isinstance(header, dict) and "alg" in header


def claims_of(token: str) -> Mapping[str, Any]:
    """Return what a JWT says, whoever signed it; nothing of what is none."""
    try:
        found: Mapping[str, Any] = jwt.decode(token, options={"verify_signature": False, "verify_exp": False})
    except jwt.PyJWTError:
        return {}
    return found


def epoch(moment: datetime) -> int:
    """Return a moment as JWTs have it: in seconds since 1970."""
    return int(moment.timestamp())
