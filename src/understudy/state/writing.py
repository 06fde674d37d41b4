"""Writing behind: a thread of its own writes what changed, all that came meanwhile in one transaction."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from understudy.state.changes import Batch, Change, Settled, joined

GATHERING: Final = 0.02  # seconds in which changes come together before they are written
LOGS: Final = 1.0  # seconds between two looks at what was logged
_AGAIN: Final = 1.0  # seconds until what could not be written is tried again

logger = logging.getLogger("understudy")


class Writer:
    """The thread that writes to a database. Anybody may note changes, in any thread.

    gathering: seconds. logs: writes what was logged since it was last called.
    """

    def __init__(
        self, connection: sqlite3.Connection, gathering: float, logs: Callable[[sqlite3.Connection], None]
    ) -> None:
        self._connection, self._gathering, self._logs = connection, gathering, logs
        self._noted: deque[Sequence[Change]] = deque()
        self._news = threading.Event()
        self._ending = threading.Event()
        self._is_idle = True
        self._has_failed = False
        self._thread = threading.Thread(target=self._run, name="understudy store", daemon=True)
        self._thread.start()

    def note(self, *changes: Change) -> None:
        """Have these written soon, all or none."""
        self._noted.append(changes)
        if self._is_idle:
            self._is_idle = False
            self._news.set()

    async def settled(self) -> bool:
        """Wait until all that was noted is on the disk; False where it cannot be written now."""
        loop = asyncio.get_running_loop()
        waiting = Settled(loop, loop.create_future())
        self.note(waiting)
        return await waiting.done

    def close(self) -> None:
        """Write what is left, and let the file go."""
        self._ending.set()
        self._news.set()
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        batch, logged_at = Batch(), time.monotonic()
        while not self._ending.is_set():
            self._wait()
            now = time.monotonic()
            with_logs = now - logged_at >= LOGS
            if with_logs:
                logged_at = now
            batch = self._written(batch, with_logs=with_logs)
        self._written(batch, with_logs=True)

    def _wait(self) -> None:
        """Wait for changes, and then for those that follow at once."""
        self._news.clear()
        self._is_idle = True
        if not self._noted:
            self._news.wait(LOGS)
        self._is_idle = False
        pause = _AGAIN if self._has_failed else self._gathering
        if pause:
            self._ending.wait(pause)

    def _written(self, batch: Batch, *, with_logs: bool) -> Batch:
        """Write a batch with all that was noted, and return what is still to be written."""
        joined(batch, self._taken())
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            batch.write(self._connection)
            if with_logs:
                self._logs(self._connection)
            self._connection.execute("COMMIT")
        except Exception as error:  # whatever it is, nothing is lost as long as the process lives
            self._fail(batch, error)
            return batch
        self._has_failed = False
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

    def _taken(self) -> Iterator[Change]:
        for _ in range(len(self._noted)):
            yield from self._noted.popleft()
