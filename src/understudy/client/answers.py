"""Answers that calls get: what was scripted, and how often it was given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from understudy.client.admin import Admin
from understudy.client.session_rule import SessionRule

__tracebackhide__ = True  # of a test that fails pytest shows the line of the test, and the sentence


class When(TypedDict, total=False):
    """Which calls of an operation get an answer: conditions, of which each that is given must hold.

    valid: `"any"` for requests too that the contract refuses, False for those alone. path: a glob. The rest
    has by name, `body` by JSON pointer or JSONPath, a value or operators such as `{"matches": "^a"}`.
    """

    valid: Any
    path: str
    pathParameters: Mapping[str, Any]
    query: Mapping[str, Any]
    headers: Mapping[str, Any]
    cookies: Mapping[str, Any]
    body: Mapping[str, Any]


class Answer(SessionRule):
    """An answer of a session. As a context manager it is taken away at the end."""

    def __init__(self, admin: Admin, session: str, answer: Mapping[str, Any]) -> None:
        super().__init__(admin, ("sessions", session, "answers", str(answer["id"])))

    @property
    def calls(self) -> int:
        """To how many calls it was given so far. Raises AdminError once it is gone."""
        return int(self.raw["calls"])


def write_answer(operation: str, **stated: Any) -> dict[str, Any]:
    """Write an answer as the admin API reads it; what is None, empty or False is left out.

    body: a value, which may be None, or `...` for none.
    """
    written: dict[str, Any] = {"operation": operation}
    body = stated.pop("body", ...)
    if body is not ...:
        written["body"] = body
    for name, value in stated.items():
        if value not in (None, "", False) or (value == 0 and value is not False):
            written[name] = value
    return written
