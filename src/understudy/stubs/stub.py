"""A stub: which calls get an answer, and which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from msgspec import Struct, field

from understudy.matching.match import Match
from understudy.messages import NOTHING

PRIORITY: Final = 5
"""That of a stub that states none."""

STARTED: Final = "started"
"""The state in which every scenario begins."""

Validity = bool | Literal["any"]


class Turn(Struct, frozen=True):
    """What one call is answered with.

    pointer: where it stands in its stub. status: None for that of the documented success. body: its value,
    NOTHING where it is stated as a text or the contract's. text: the body as it stands on the wire. example:
    the name of a documented one. delay: milliseconds. is_default: the sandbox answers, and headers are added.
    is_templated: whether something in it is to be replaced for each call.
    """

    pointer: str = ""
    status: int | None = None
    body: Any = NOTHING
    text: str | None = None
    media_type: str = ""
    example: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    is_default: bool = False
    is_templated: bool = False


class Stub(Struct, frozen=True):
    """An answer for some calls of one operation.

    api, operation: the contract's name and the operation's key. stated: the stub as it was written. valid:
    whether requests get it that the contract accepts, those it refuses, or both. turns: given in turn, one to
    each call; with `repeat` over and over. times: calls after which it is over; None for no end. requires,
    sets: states of scenarios. id: unique in a session, which gives one where it is empty. source: the file
    and the line it was read from.
    """

    api: str
    operation: str
    stated: Mapping[str, Any]
    turns: tuple[Turn, ...]
    when: Match = field(default_factory=Match)
    valid: Validity = True
    id: str = ""
    repeat: bool = True
    priority: int = PRIORITY
    times: int | None = None
    requires: Mapping[str, str] = field(default_factory=dict)
    sets: Mapping[str, str] = field(default_factory=dict)
    unchecked: bool = False
    source: str = ""

    def is_for(self, *, valid: bool) -> bool:
        """Tell whether a request that the contract accepts, or one it refuses, may get it."""
        return self.valid == "any" or self.valid is valid


class StubState(Struct):
    """A stub and to how many calls it was given so far."""

    stub: Stub
    calls: int = 0

    @property
    def remaining(self) -> int | None:
        """To how many more calls it is given; None for no end."""
        stub = self.stub
        left: list[int] = []
        if stub.times is not None:
            left.append(stub.times - self.calls)
        if not stub.repeat:
            left.append(len(stub.turns) - self.calls)
        if not left:
            return None
        return max(0, min(left))

    def take(self) -> Turn:
        """Return the turn of the next call, and count it."""
        turn = self.stub.turns[self.calls % len(self.stub.turns)]
        self.calls += 1
        return turn
