"""Whether what clients saw of one record could have happened one call after another: linearizability (Herlihy and Wing, 1990).

The search is that of Wing and Gong (1993), with what Lowe (2016) remembers of it: which calls were taken, and what the record was then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

State = tuple[int, int] | None
"""What a record is: its two members, or None where it is not there."""

UNKNOWN: Final = 0
"""The status of a call whose answer never came: it may have been taken at any time after it was made, or never."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call about a record. kind: create, put, patch, delete or get. value: what is sent, or was read. begun,
    ended: seconds; `ended` is infinite where no answer came.
    """

    kind: str
    value: State
    status: int
    begun: float
    ended: float = inf


def after(state: State, call: Call) -> tuple[bool, State]:
    """Tell whether a record that is in a state can answer so, and return what it is then."""
    if call.kind == "get":
        seen = call.value if call.status == 200 else None
        return call.status == UNKNOWN or state == seen, state
    if call.kind == "create":
        is_taken, status = state is None, 201 if state is None else 409
    else:
        is_taken = state is not None
        status = 404 if state is None else 204 if call.kind == "delete" else 200
    can_be = call.status in (UNKNOWN, status)
    return can_be, _changed(state, call) if is_taken else state


def _changed(state: State, call: Call) -> State:
    if call.kind == "delete":
        return None
    if call.kind == "patch" and state is not None and call.value is not None:
        return state[0], call.value[1]  # the second member alone
    return call.value


def is_linearizable(calls: Sequence[Call], begun: State = None) -> bool:
    """Tell whether the calls about one record can be put in an order that explains all answers, in which no call comes before
    one that had ended when it was made. begun: what the record was before them.
    """
    order = sorted(calls, key=lambda call: call.begun)
    return _Search(order).finds(begun)


class _Search:
    """A search in depth, with a stack of its own: histories are longer than Python nests calls."""

    def __init__(self, order: Sequence[Call]) -> None:
        self._order = order
        self._seen: set[tuple[int, int, State]] = set()

    def finds(self, begun: State) -> bool:
        """Tell whether there is an order."""
        # first: the calls before it are all taken. taken: which of those behind it are, as bits from it on.
        stack: list[tuple[int, int, State]] = [(0, 0, begun)]
        while stack:
            first, taken, state = stack.pop()
            if self._is_done(first, taken):
                return True
            for step in self._steps(first, taken, state):
                if step not in self._seen:
                    self._seen.add(step)
                    stack.append(step)
        return False

    def _is_done(self, first: int, taken: int) -> bool:
        """Tell whether all calls are taken but those whose answers never came."""
        for index in range(first, len(self._order)):
            if not taken >> (index - first) & 1 and self._order[index].status != UNKNOWN:
                return False
        return True

    def _steps(self, first: int, taken: int, state: State) -> list[tuple[int, int, State]]:
        """Return what can come next: of the calls that were made before any of the others had ended, each."""
        steps, soonest = [], inf
        for index in range(first, len(self._order)):
            call = self._order[index]
            if call.begun > soonest:
                break
            if taken >> (index - first) & 1:
                continue
            soonest = min(soonest, call.ended)
            can_be, then = after(state, call)
            if can_be:
                steps.append(self._moved(first, taken | 1 << (index - first), then))
        return steps[::-1]

    def _moved(self, first: int, taken: int, state: State) -> tuple[int, int, State]:
        while taken & 1:
            first, taken = first + 1, taken >> 1
        return first, taken, state
