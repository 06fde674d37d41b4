"""Writing behind: a thread of its own writes what changed, all that came meanwhile in one transaction."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from understudy.durations import Latencies
from understudy.state.changes import Batch, Change, Settled, joined

GATHERING: Final = 0.01  # seconds in which changes come together before they are written
LOGS: Final = 1.0  # seconds at least between two looks at what was logged
_SHARE: Final = 60  # times as long as writing it took are they apart: requests are not to cost more for it
_FIRST: Final = -10  # the nice value of the thread, where the system lets it have one below that of others
_AGAIN: Final = 1.0  # seconds until what could not be written is tried again

logger = logging.getLogger("understudy")


class Writes(Struct):
    """How far writing has come. noted, written: groups of changes, in the order in which they were noted.
    seconds: between the noting of the first of a batch and its being on the disk, of all batches; longest: of
    the one that took longest.
    """

    noted: int = 0
    written: int = 0
    batches: int = 0
    seconds: float = 0.0
    longest: float = 0.0

    def add(self, seconds: float) -> None:
        """Count a batch, whose changes are all those that were taken."""
        self.batches += 1
        self.seconds += seconds
        self.longest = max(self.longest, seconds)


class Writer:
    """The thread that writes to a database. Anybody may note changes, in any thread.

    gathering: seconds. logs: writes what was logged since it was last called. latencies: how long
    transactions took.
    """

    def __init__(
        self, connection: sqlite3.Connection, gathering: float, logs: Callable[[sqlite3.Connection], None]
    ) -> None:
        self._connection, self._gathering, self._logs = connection, gathering, logs
        self._noted: deque[Sequence[Change]] = deque()
        self._gathered: list[Change] = []
        self._depth = 0  # of those who want all that they note to be written with each other
        self._news = threading.Event()
        self._ending = threading.Event()
        self._is_idle = True
        self._has_failed = False
        self._taken, self._written_until = 0, 0  # groups of changes
        self._since = time.monotonic()  # no change that is not written was noted before
        self._writes, self.latencies = Writes(), Latencies()
        self._logs_at = self._since + LOGS
        self._thread = threading.Thread(target=self._run, name="understudy store", daemon=True)
        self._thread.start()

    def note(self, *changes: Change) -> None:
        """Have these written soon, all or none."""
        if self._depth:
            self._gathered += changes
            return
        self._noted.append(changes)
        if self._is_idle:
            self._is_idle = False
            self._news.set()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Have all that is noted meanwhile be written with each other, all or none."""
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if not self._depth:
                gathered, self._gathered = self._gathered, []
                self.note(*gathered)

    async def settled(self) -> bool:
        """Wait until all that was noted is on the disk; False where it cannot be written now."""
        loop = asyncio.get_running_loop()
        waiting = Settled(loop, loop.create_future())
        self.note(waiting)
        return await waiting.done

    def writes(self) -> Writes:
        """Return how far writing has come; what was noted before is among `noted`."""
        waiting = len(self._noted)  # first, so that none is counted twice
        return replace(self._writes, noted=self._taken + waiting, written=self._written_until)

    def close(self) -> None:
        """Write what is left, and let the file go."""
        self._ending.set()
        self._news.set()
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        _go_first()
        batch = Batch()
        while not self._ending.is_set():
            self._wait()
            batch = self._written(batch, with_logs=time.monotonic() >= self._logs_at)
        self._written(batch, with_logs=True)

    def _wait(self) -> None:
        """Wait for changes, and then for those that follow at once."""
        self._news.clear()
        self._is_idle = True
        if not self._noted:
            self._news.wait(LOGS)
            self._since = time.monotonic()
        self._is_idle = False
        # What was noted while the batch before was written has waited as long: it need not wait for others.
        pause = self._gathering - (time.monotonic() - self._since)
        if self._has_failed:
            pause = _AGAIN
        if pause > 0:
            self._ending.wait(pause)

    def _written(self, batch: Batch, *, with_logs: bool) -> Batch:
        """Write a batch with all that was noted, and return what is still to be written."""
        since, self._since = self._since, time.monotonic()
        begun = time.thread_time()
        joined(batch, self._take())
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            batch.write(self._connection)
            if with_logs:
                self._logs(self._connection)
            self._connection.execute("COMMIT")
        except Exception as error:  # whatever it is, nothing is lost as long as the process lives
            self._fail(batch, error)
            self._since = since
            return batch
        self._has_failed = False
        if with_logs:  # most of what they take is the writing of their pages, in the commit
            took = time.thread_time() - begun
            self._logs_at = time.monotonic() + max(LOGS, _SHARE * took)
        if self._written_until != self._taken:
            self._written_until = self._taken
            now = time.monotonic()
            self._writes.add(now - since)
            self.latencies.add("commit", now - self._since)
        for waiting in batch.waiting:
            waiting.tell(is_written=True)
        return Batch()

    def _fail(self, batch: Batch, error: Exception) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        if not self._has_failed:
            logger.error("what changed cannot be written, and is tried again each second: %s", error)
        self._has_failed = True
        for waiting in batch.waiting:
            waiting.tell(is_written=False)
        batch.waiting.clear()

    def _take(self) -> Iterator[Change]:
        for _ in range(len(self._noted)):
            changes = self._noted.popleft()
            self._taken += 1
            yield from changes


def _go_first() -> None:
    """Have this thread be scheduled before others that wait, where that is allowed: what it is to write has
    been acknowledged. On Linux a thread has a priority of its own (sched(7)).
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _FIRST)
