"""The faults of a session as a part of its document: rules, and what came of them so far."""

from __future__ import annotations

from typing import Any

from understudy.faults.rule_json import read_rule, write_rule
from understudy.faults.rules import Faults, RuleState


class FaultsPart:
    """A view on the faults of a session.

    How full their limits are is not in it: that is each process's own.
    """

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    @property
    def version(self) -> int:
        """Grows with each rule that changes, and with each call that is counted."""
        return self._faults.version

    def dump(self) -> dict[str, Any]:
        """Return rules and counts as JSON values."""
        return {"added": self._faults.added, "rules": list(map(_written, self._faults))}

    def restore(self, value: Any) -> None:
        """Have what `dump` described, or raise KeyError, TypeError, AttributeError or ValueError."""
        states = list(map(_read, value["rules"]))
        self._faults.restore(states, int(value["added"]))


def _written(state: RuleState) -> dict[str, Any]:
    counts = {"calls": state.calls, "turns": state.turns, "hits": state.hits}
    return {"rule": write_rule(state.rule), **counts}


def _read(value: Any) -> RuleState:
    counts = (int(value["calls"]), int(value["turns"]), int(value["hits"]))
    return RuleState(read_rule(value["rule"]), *counts)
