"""The loop's lag: how much later than it should something is done, because something else held the loop."""

from __future__ import annotations

import asyncio
from typing import Final

from understudy.durations import Durations

INTERVAL: Final = 0.25  # seconds


class LoopLag:
    """Measured four times a second, once somebody has asked; until then it costs nothing."""

    def __init__(self) -> None:
        self.durations = Durations()
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self) -> None:
        """See to it that the running loop is measured."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop = loop
            self._wait(loop)

    def _wait(self, loop: asyncio.AbstractEventLoop) -> None:
        due = loop.time() + INTERVAL
        loop.call_at(due, self._measure, loop, due)

    def _measure(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        self.durations.add(max(0.0, loop.time() - due))
        self._wait(loop)
