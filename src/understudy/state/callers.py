"""Callers as plain JSON values, as the tokens and grants of a session keep them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.messages import Caller


def described(caller: Caller) -> dict[str, Any]:
    """Return what is kept of a caller."""
    return {
        "name": caller.name,
        "scopes": None if caller.scopes is None else sorted(caller.scopes),
        "reach": {kind: sorted(keys) for kind, keys in caller.reach.items()},
        "user": caller.user,
        "of": caller.of,
    }


def caller_of(value: Mapping[str, Any], token: str = "") -> Caller:
    """Return the caller that was described. token: with which they call.

    Raises KeyError, TypeError or AttributeError for what describes none.
    """
    scopes = value["scopes"]
    reach = {str(kind): frozenset(map(str, keys)) for kind, keys in value["reach"].items()}
    known = None if scopes is None else frozenset(map(str, scopes))
    user, of = str(value.get("user", "")), str(value.get("of", ""))
    return Caller(str(value["name"]), known, reach, user, token, of=of)
