"""A watchdog over an event loop: what held it for longer than it may, with the stack it was seen in."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Held:
    """What was seen: the longest time without a turn, in milliseconds of the thread's own work, and stacks."""

    longest: float = 0
    stacks: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Show what held the loop, the last calls last."""
        return f"the loop was held for {self.longest:.0f} ms\n" + "\n---\n".join(self.stacks)


@asynccontextmanager
async def watched(limit: float) -> AsyncIterator[Held]:
    """Watch the running loop; `limit`: milliseconds after which a stack is taken.

    Time is counted as work of the loop's thread, so that a busy machine holds nothing up.
    """
    held, done = Held(), threading.Event()
    thread = threading.get_ident()
    clock = time.pthread_getcpuclockid(thread)
    beats = [time.clock_gettime(clock)]

    async def beat() -> None:
        while True:
            now = time.clock_gettime(clock)
            held.longest = max(held.longest, 1000 * (now - beats[-1]))
            beats.append(now)
            await asyncio.sleep(0)

    def look() -> None:
        seen = 0
        while not done.wait(limit / 2000):
            is_late = 1000 * (time.clock_gettime(clock) - beats[-1]) > limit
            if is_late and seen != len(beats):
                seen = len(beats)
                held.stacks.append("".join(traceback.format_stack(sys._current_frames()[thread])[-12:]))

    watcher = threading.Thread(target=look, daemon=True)
    beating = asyncio.create_task(beat())
    watcher.start()
    try:
        await asyncio.sleep(0)
        yield held
        await asyncio.sleep(0)
    finally:
        done.set()
        beating.cancel()
        watcher.join()
