"""The stubs of a session as a part of its document: as they were stated, and what came of them so far."""

from __future__ import annotations

from typing import Any

from understudy.errors import RequestInvalid
from understudy.stubs.stub import StubState
from understudy.stubs.stub_json import read_stub, write_stub
from understudy.stubs.stubs import Stubs


class StubsPart:
    """A view on the stubs of a session."""

    def __init__(self, stubs: Stubs) -> None:
        self._stubs = stubs

    @property
    def version(self) -> int:
        """Grows with each stub that changes, and with each call that is counted."""
        return self._stubs.version

    def dump(self) -> dict[str, Any]:
        """Return stubs, counts and states as JSON values."""
        return {
            "added": self._stubs.added,
            "scenarios": dict(self._stubs.scenarios),
            "stubs": list(map(_written, self._stubs.in_order_of_adding)),
        }

    def restore(self, value: Any) -> None:
        """Have what `dump` described, or raise KeyError, TypeError, AttributeError or ValueError."""
        states = list(map(_read, value["stubs"]))
        self._stubs.restore(states, dict(value["scenarios"]), int(value["added"]))


def _written(state: StubState) -> dict[str, Any]:
    stub = state.stub
    return {"api": stub.api, "operation": stub.operation, "stub": write_stub(stub), "calls": state.calls}


def _read(value: Any) -> StubState:
    stated = value["stub"]
    try:
        stub = read_stub(stated, value["api"], value["operation"], stated.get("source", ""))
    except RequestInvalid as error:
        raise ValueError(str(error)) from None
    return StubState(stub, int(value["calls"]))
