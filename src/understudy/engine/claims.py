"""Claims: what a JWT says of whoever calls, where a token carries it and where an answer shows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from understudy.model.vocabulary import CLAIMS, SAYS_WHO
from understudy.names import by_folded, fold
from understudy.state.tokens import epoch

_FEWEST: Final = 2
"""Registered claims by which an object is known to show what a token says."""


def claims_about(user: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a token says of a user beside the id: the mail, the name and the roles, as they are called
    there.
    """
    found = {}
    for name, value in user.items():
        is_told = isinstance(value, (str, list)) and bool(value)
        if fold(name) in SAYS_WHO and is_told:
            found[name] = value
    return found


def show_claims(body: Any, key: str, user: Mapping[str, Any], now: datetime, life: timedelta) -> None:
    """Let the objects of a body that show what a token says tell whose it is, and until when."""
    if isinstance(body, list):
        for one in body:
            show_claims(one, key, user, now, life)
    if not isinstance(body, dict):
        return
    called = by_folded(body)
    if len(CLAIMS.known & called.keys()) >= _FEWEST:
        own = {fold(name): value for name, value in user.items()}
        told = {**own, "sub": key, "iat": epoch(now), "nbf": epoch(now), "exp": epoch(now + life)}
        for folded, name in called.items():
            _say(body, name, told.get(folded))
    for value in body.values():
        show_claims(value, key, user, now, life)


def _say(body: dict[str, Any], name: str, value: Any) -> None:
    """Let a member say something, in the type that it has."""
    before = body[name]
    if value is None or isinstance(before, (dict, list, bool)):
        return
    if isinstance(before, int) and str(value).isdigit():
        body[name] = int(value)
    elif isinstance(before, str) and isinstance(value, (str, int)):
        body[name] = str(value)
