"""Conditions on calls as they may be shown: without the credentials they compare with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from understudy.journal.credentials import Secrets
from understudy.journal.redaction import REDACTED, given, pointed


def shown_conditions(secrets: Secrets, stated: Mapping[str, Any]) -> dict[str, Any]:
    """Return conditions with what stands for a credential hidden."""
    shown = dict(stated)
    if "headers" in shown:
        shown["headers"] = _headers(secrets, shown["headers"])
    hidden: Mapping[str, Callable[[str], bool]] = {
        "query": secrets.is_query,
        "pathParameters": secrets.is_member,
        "cookies": _always,
    }
    for group, is_credential in hidden.items():
        if group in shown:
            shown[group] = _without(shown[group], is_credential)
    if "body" in shown:
        body = shown["body"]
        shown["body"] = {place: pointed(secrets, _pointer(place), value) for place, value in body.items()}
    return shown


def _headers(secrets: Secrets, stated: Mapping[str, Any]) -> dict[str, Any]:
    texts = {name: value for name, value in stated.items() if isinstance(value, str)}
    return {**_without(stated, secrets.is_header), **given(secrets, texts)}


def _without(stated: Mapping[str, Any], is_credential: Callable[[str], bool]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in stated.items():
        shown[name] = REDACTED if is_credential(name) and not _is_presence(value) else value
    return shown


def _is_presence(value: Any) -> bool:
    """Tell whether a matcher asks only whether something is there."""
    return isinstance(value, Mapping) and value.keys() == {"absent"}


def _always(_name: str) -> bool:
    return True


def _pointer(place: str) -> str:
    """Return a JSONPath as a pointer of one name, which is that of a credential where a part of it is."""
    if place.startswith("$"):
        return f"/{place.replace('/', '')}"
    return place
