"""Who may call in a session as somebody said since the start, in the place of what the options of the server
say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from understudy.state.identities import Identities, written


class StatedIdentities:
    """A part of a session's document: null as long as nobody said anything.

    take_over: is told who may call wherever the document says that. usual: returns who may call as the
    server has it.
    """

    def __init__(self, take_over: Callable[[Identities], None], usual: Callable[[], Identities]) -> None:
        self.version = 0
        self._take_over, self._usual = take_over, usual
        self._said: Identities | None = None

    def say(self, identities: Identities) -> None:
        """Have these in the place of others."""
        self._said = identities
        self.version += 1

    def dump(self) -> Any:
        """Return who may call, with what they prove it by, as an identities file has it."""
        said = self._said
        if said is None:
            return None
        listed = None if said.listed is None else [written(one) for one in said.listed]
        return {"items": listed, "onlyIssued": said.only_issued}

    def restore(self, value: Any) -> None:
        """Take over what `dump` described, or change nothing and raise KeyError, TypeError or ValueError."""
        if value is None:
            self._take_back()
            return
        items, only_issued = value["items"], value["onlyIssued"] is True
        identities = Identities(only_issued=only_issued) if items is None else Identities.of(items)
        self.say(identities)
        self._take_over(identities)

    def let_go(self) -> None:
        """Tell nobody any more who may call: the session is over."""
        self._take_over = _nobody

    def _take_back(self) -> None:
        if self._said is not None:
            self._said = None
            self.version += 1
            self._take_over(self._usual())


def _nobody(_: Identities) -> None:
    return None
