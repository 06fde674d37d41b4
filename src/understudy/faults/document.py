"""The faults of a session as a part of its document: rules, and what came of them so far."""

from __future__ import annotations

from typing import Any

from understudy.faults.buckets import Limit
from understudy.faults.rule_json import read_rule, write_rule
from understudy.faults.rules import Faults, Level, RuleState


class FaultsPart:
    """A view on the faults of a session, how full their limits are among them."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    @property
    def version(self) -> int:
        """Grows with each rule that changes, and with each call that is counted."""
        return self._faults.version

    def dump(self) -> dict[str, Any]:
        """Return rules, counts and levels as JSON values."""
        levels = list(map(_level_written, self._faults.levels()))
        return {"added": self._faults.added, "rules": list(map(_written, self._faults)), "levels": levels}

    def restore(self, value: Any) -> None:
        """Have what `dump` described, or raise KeyError, TypeError, AttributeError or ValueError."""
        states = list(map(_read, value["rules"]))
        levels = list(map(_level_read, value.get("levels", ())))
        self._faults.restore(states, int(value["added"]), levels)


def _level_written(level: Level) -> dict[str, Any]:
    limit = level.limit
    name = "/".join((level.owner, level.api, level.caller, level.operation, str(limit.requests)))
    return {
        "id": name,  # by which two changes of it are told to be of one
        "owner": level.owner,
        "limit": [limit.requests, limit.per_second, limit.scope],
        "api": level.api,
        "caller": level.caller,
        "operation": level.operation,
        "tokens": level.tokens,
        "at": level.at,
    }


def _level_read(value: Any) -> Level:
    requests, per_second, scope = value["limit"]
    limit = Limit(int(requests), float(per_second), scope)
    api, caller, operation = (str(value[name]) for name in ("api", "caller", "operation"))
    return Level(
        str(value["owner"]), limit, api, caller, operation, float(value["tokens"]), float(value["at"])
    )


def _written(state: RuleState) -> dict[str, Any]:
    counts = {"calls": state.calls, "turns": state.turns, "hits": state.hits}
    return {"rule": write_rule(state.rule), **counts}


def _read(value: Any) -> RuleState:
    counts = (int(value["calls"]), int(value["turns"]), int(value["hits"]))
    return RuleState(read_rule(value["rule"]), *counts)
