"""A watchdog over an event loop: what held it for longer than it may, with the stack it was seen in."""

from __future__ import annotations

import asyncio
import functools
import sys
import threading
import time
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import ParamSpec

P = ParamSpec("P")
TAKES = 3
WORK_OF_5_MS = 50_000
"""Rounds that take the machine for which the bounds were written 5 ms."""


class HeldTooLongError(AssertionError):
    """The loop was held for longer than it may."""


@dataclass
class Held:
    """What was seen: the longest time without a turn, in milliseconds of the thread's own work, and stacks."""

    limit: float
    longest: float = 0
    stacks: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Raise `HeldTooLongError` where the loop was held for longer than it may."""
        if self.longest > self.limit:
            raise HeldTooLongError(f"{self.limit:.0f} ms are allowed: {self}")

    def __str__(self) -> str:
        """Show what held the loop, the last calls last."""
        return f"the loop was held for {self.longest:.0f} ms\n" + "\n---\n".join(self.stacks)


def steadily(test: Callable[P, None]) -> Callable[P, None]:
    """Let a test be taken again where the loop was held: what a contract costs is seen in each take, what the machine
    did beside it is not.
    """

    @functools.wraps(test)
    def taken(*args: P.args, **kwargs: P.kwargs) -> None:
        for _ in range(TAKES - 1):
            try:
                return test(*args, **kwargs)
            except HeldTooLongError:
                continue
        return test(*args, **kwargs)

    return taken


def pace() -> float:
    """Return how many times slower than the machine of the bounds this one is now; 1 where it is faster."""
    begun = time.thread_time()
    seen: dict[int, str] = {}
    for number in range(WORK_OF_5_MS):
        seen[number % 997] = str(number)
    return max(1.0, (time.thread_time() - begun) / 0.005)


@asynccontextmanager
async def watched(limit: float) -> AsyncIterator[Held]:
    """Watch the running loop; `limit`: milliseconds after which a stack is taken, on the machine of the bounds.

    Time is counted as work of the loop's thread, so that a busy machine holds nothing up, and by that machine's pace.
    """
    limit *= pace()
    held, done = Held(limit), threading.Event()
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
