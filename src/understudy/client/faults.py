"""Making calls fail: fault rules, written briefly and taken away again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from understudy.client.admin import Admin
from understudy.client.session_rule import SessionRule

__tracebackhide__ = True  # of a test that fails pytest shows the line of the test, and the sentence

Turn = int | str | Mapping[str, Any] | None
"""What happens to one call: a status, the name of a fault that needs no numbers, a fault as the admin API
writes it, None for nothing.
"""


class Fault(SessionRule):
    """A fault rule of a session. As a context manager it is taken away at the end."""

    def __init__(self, admin: Admin, session: str, rule: Mapping[str, Any]) -> None:
        super().__init__(admin, ("sessions", session, "faults", str(rule["id"])))

    @property
    def hits(self) -> int:
        """To how many calls it was applied so far. Raises AdminError once the rule is gone."""
        return int(self.raw["hits"])


def write_rule(
    match: Mapping[str, Any],
    *,
    status: int | None = None,
    fault: Turn = None,
    sequence: Sequence[Turn] | None = None,
    times: int | None = None,
    probability: float | None = None,
) -> dict[str, Any]:
    """Write a rule as the admin API reads it; without any of the first three, calls are answered with 503.

    match: conditions, of which empty ones are left out. Raises TypeError where more than one says what is to
    happen.
    """
    _check_one(status=status, fault=fault, sequence=sequence)
    rule: dict[str, Any] = {}
    conditions = {name: value for name, value in match.items() if value}
    if conditions:
        rule["match"] = conditions
    if sequence is not None:
        rule["sequence"] = list(map(write_turn, sequence))
    elif fault is not None:
        rule["fault"] = write_turn(fault)
    else:
        rule["fault"] = write_turn(503 if status is None else status)
    if times is not None:
        rule["times"] = times
    if probability is not None:
        rule["probability"] = probability
    return rule


def _check_one(**happening: object) -> None:
    """Raise TypeError where more than one of these says what is to happen."""
    given = [name for name, value in happening.items() if value is not None]
    if len(given) > 1:
        raise TypeError(f"{' and '.join(given)} both say what is to happen: give one of them")


def write_turn(turn: Turn) -> Mapping[str, Any]:
    """Write what happens to one call as the admin API reads it."""
    if turn is None:
        return {"kind": "normal"}
    if isinstance(turn, int):
        return {"kind": "status", "status": turn}
    if isinstance(turn, str):
        return {"kind": turn}
    return turn
