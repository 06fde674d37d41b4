"""Stubs as JSON.

The admin API's contract has checked what comes; here stands what a schema cannot say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from understudy.matching.match import read_match
from understudy.messages import NOTHING
from understudy.stubs.stub import PRIORITY, Stub, StubState, Turn

_READ_ONLY: Final = ("calls", "remaining", "source")


def read_stub(value: Mapping[str, Any], api: str, operation: str, source: str = "") -> Stub:
    """Read a stub that its contract allows, for one operation of one API.

    operation: its key. Raises RequestInvalid for what the contract cannot say.
    """
    stated = {name: member for name, member in value.items() if name not in _READ_ONLY}
    turns = [_turn(stated, "")]
    if "sequence" in stated:
        turns = [_turn(turn, f"/sequence/{index}") for index, turn in enumerate(stated["sequence"])]
    when = dict(stated.get("when", {}))
    valid = when.pop("valid", True)
    times = stated.get("times")
    if times is not None:
        times = int(times)  # JSON's 2.0 is an integer too
    return Stub(
        api,
        operation,
        stated,
        tuple(turns),
        read_match(when, "/when"),
        valid,
        id=stated.get("id", ""),
        repeat=stated.get("repeat", "sequence" not in stated),
        priority=int(stated.get("priority", PRIORITY)),
        times=times,
        requires=stated.get("requires", {}),
        sets=stated.get("sets", {}),
        unchecked=stated.get("unchecked", False),
        source=source,
    )


def write_stub(stub: Stub) -> dict[str, Any]:
    """Write a stub as it was stated, with its id."""
    written = {"id": stub.id, **stub.stated}
    if stub.source:
        written["source"] = stub.source
    return written


def write_stub_state(state: StubState) -> dict[str, Any]:
    """Write a stub and what came of it: `calls` it was given to, `remaining` to come, null for no end."""
    return {**write_stub(state.stub), "calls": state.calls, "remaining": state.remaining}


def _turn(value: Mapping[str, Any], pointer: str) -> Turn:
    status = value.get("status")
    if status is not None:
        status = int(status)
    return Turn(
        pointer,
        status,
        value.get("body", NOTHING),
        value.get("text"),
        value.get("mediaType", ""),
        value.get("example", ""),
        _headers(value.get("headers", {})),
        value.get("delay", 0.0),
        value.get("default", False),
        any(map(_is_templated, (value.get("body"), value.get("text"), value.get("headers")))),
    )


def _is_templated(value: Any) -> bool:
    """Tell whether a text in a value has something that is replaced."""
    if isinstance(value, str):
        return "{{" in value or "{%" in value
    if isinstance(value, dict):
        return any(map(_is_templated, value.values()))
    if isinstance(value, list):
        return any(map(_is_templated, value))
    return False


def _headers(stated: Mapping[str, Any]) -> dict[str, str]:
    """Return headers as an answer has them: several values of one, a line each."""
    headers: dict[str, str] = {}
    for name, value in stated.items():
        headers[name] = value if isinstance(value, str) else "\n".join(value)
    return headers
