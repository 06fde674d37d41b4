"""The stubs of one session: which of them a call gets, and which came nearest where it gets none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from understudy.errors import RecordExists, RecordNotFound
from understudy.matching.call import Call
from understudy.matching.match import Difference
from understudy.stubs.stub import STARTED, Stub, StubState, Turn

KEPT: Final = 10_000
"""Stubs that a session holds at most."""


class Chosen(Struct, frozen=True):
    """What a call is answered with. number: to the how-manieth call of its stub."""

    stub: Stub
    turn: Turn
    number: int


class Miss(Struct, frozen=True):
    """The stub that came nearest to a call, and the conditions of it that do not hold."""

    stub: str
    differences: tuple[Difference, ...]


class Decision(Struct, frozen=True):
    """What the stubs of an operation come to for one call: one that is given, else the one that came nearest,
    None for both where there is none for the operation.
    """

    chosen: Chosen | None = None
    miss: Miss | None = None


_UNDECIDED: Final = Decision()


class Stubs:
    """The stubs of one session and the states of its scenarios. For one event loop.

    is_active: False while there are none, so that a request without stubs costs one look. version: grows with
    each change. added: how many were added since a fresh start.
    """

    def __init__(self, beginning: Sequence[Stub] = ()) -> None:
        """`beginning`: those that each fresh start has."""
        self.version = self.added = 0
        self.scenarios: dict[str, str] = {}
        self._states: list[StubState] = []
        self.begin_with(beginning)

    # -- the stubs

    def __iter__(self) -> Iterator[StubState]:
        """Yield the stubs in the order they are asked."""
        newest_first = list(reversed(self._states))
        newest_first.sort(key=_priority)
        return iter(newest_first)

    def __len__(self) -> int:
        return len(self._states)

    @property
    def in_order_of_adding(self) -> Sequence[StubState]:
        """The stubs, the oldest first."""
        return tuple(self._states)

    def get(self, stub_id: str) -> StubState:
        """Return a stub and its count. Raises RecordNotFound."""
        for state in self._states:
            if state.stub.id == stub_id:
                return state
        raise RecordNotFound("answer", stub_id)

    def add(self, stub: Stub) -> StubState:
        """Add a stub, asked before the others of its priority. Raises RecordExists where its id is taken."""
        taken = {state.stub.id for state in self._states}
        if stub.id in taken:
            raise RecordExists("answer", "id", stub.id)
        self.added += 1
        if not stub.id:
            stub = replace(stub, id=self._free_id(taken))
        state = StubState(stub)
        self._states.append(state)
        self._look()
        return state

    def put(self, stub: Stub) -> StubState:
        """Replace the stub of that id where it stands, its count at 0, or add it."""
        for place, state in enumerate(self._states):
            if state.stub.id == stub.id:
                self._states[place] = StubState(stub)
                self._look()
                return self._states[place]
        return self.add(stub)

    def begin_with(self, stubs: Sequence[Stub]) -> None:
        """Have these before all that was added, in place of those that came from files."""
        added = [state for state in self._states if not state.stub.source]
        taken = {state.stub.id for state in added}
        first: list[StubState] = []
        for number, stub in enumerate(stubs, 1):
            stub_id = stub.id or f"file-{number}"
            if stub_id not in taken:
                first.append(StubState(replace(stub, id=stub_id)))
        self._states = [*first, *added]
        self._look()

    def remove(self, stub_id: str) -> None:
        """Take a stub away. Raises RecordNotFound."""
        self._states.remove(self.get(stub_id))
        self._look()

    def clear(self) -> None:
        """Take all stubs away and put every scenario into its first state."""
        self._states = []
        self.scenarios = {}
        self.added = 0
        self._look()

    def restore(self, states: Sequence[StubState], scenarios: Mapping[str, str], added: int) -> None:
        """Have these stubs with their counts, and these states. added: as the attribute."""
        self.clear()
        self._states, self.scenarios, self.added = list(states), dict(scenarios), added
        self._look()

    def _free_id(self, taken: Set[str]) -> str:
        """Return the id of the stub that is added, counted on where somebody gave it to another."""
        while f"answer-{self.added}" in taken:
            self.added += 1
        return f"answer-{self.added}"

    def _look(self) -> None:
        """Note that something has changed, and find the stubs of each operation in the order they are
        asked.
        """
        self.version += 1
        self.is_active: bool = bool(self._states)
        self._by_operation: dict[tuple[str, str], list[StubState]] = {}
        for state in self:
            key = (state.stub.api, state.stub.operation)
            self._by_operation.setdefault(key, []).append(state)

    # -- the calls

    def takes_refused(self, api: str, operation: str) -> bool:
        """Tell whether a request of an operation that is refused may get one."""
        return any(state.stub.is_for(valid=False) for state in self._by_operation.get((api, operation), ()))

    def decide(self, call: Call, *, valid: bool = True) -> Decision:
        """Choose what a call is answered with, and count it.

        valid: whether the contract accepts it.
        """
        states = self._by_operation.get((call.api, call.operation))
        if states is None:
            return _UNDECIDED
        nearest: Miss | None = None
        for state in states:
            if not state.stub.is_for(valid=valid):
                continue
            differences = tuple(self._differences(state, call))
            if not differences:
                return Decision(self._take(state))
            if nearest is None or len(differences) < len(nearest.differences):
                nearest = Miss(state.stub.id, differences)
        return Decision(miss=nearest)

    def _take(self, state: StubState) -> Chosen:
        turn = state.take()
        self.scenarios.update(state.stub.sets)
        self.version += 1
        return Chosen(state.stub, turn, state.calls)

    def _differences(self, state: StubState, call: Call) -> Iterator[Difference]:
        """Yield why a call does not get a stub."""
        if state.remaining == 0:
            yield Difference("times", "", "a call that is left", (f"all {state.calls} used",))
        for name, wanted in state.stub.requires.items():
            there = self.scenarios.get(name, STARTED)
            if there != wanted:
                yield Difference("scenario", name, wanted, (there,))
        yield from state.stub.when.differences(call)


def _priority(state: StubState) -> int:
    return state.stub.priority
