"""What asks a file of SQLite that other processes use too: all questions that wait are one transaction."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from fcntl import LOCK_EX, LOCK_UN, lockf
from pathlib import Path
from tempfile import mkstemp
from typing import Any, Final
from weakref import finalize

from understudy.durations import Latencies
from understudy.errors import StoreUnusable
from understudy.state.database import connect
from understudy.state.shared.pump import Pump, Waiting, refuse, take, told
from understudy.state.shared.sqlite.changes import fetch
from understudy.state.shared.sqlite.commit import commit
from understudy.state.shared.sqlite.sessions import counters, end, keep, log, names, rate, sizes
from understudy.state.shared.sqlite.turn import MustWrite, Turn

_PATIENCE: Final = 5.0  # seconds for the lock that another process has
_SCRIPTS: Final[Mapping[str, Callable[[Turn, bytes, Sequence[bytes]], Any]]] = {
    "fetch": fetch,
    "commit": commit,
    "counters": counters,
    "keep": keep,
    "log": log,
    "names": names,
    "rate": rate,
    "sizes": sizes,
    "end": end,
}
_READING: Final = frozenset(("fetch", "counters", "names", "sizes"))
"""Scripts that mostly have nothing to write."""
_SOON: Final = frozenset(("log", "names", "rate"))
"""Scripts whose answers nobody is told of as if it were on the disk: they need not wait for it."""

_Asked = tuple[str, bytes, Sequence[bytes]]
"""A script, the session or the bucket that it is about, and its arguments."""


class SqliteWire(Pump):
    """A connection to a file, made when it is needed, in a thread of its own.

    generation: grows with each connection. latencies: of transactions, by script.
    """

    is_spread: Final = False

    def __init__(self, path: Path, patience: float = _PATIENCE) -> None:
        """`patience`: seconds for the lock that another process has."""
        super().__init__()
        self._path, self._patience = path, patience
        self._turns = _nameless_file()  # which forks have in common: whose turn is it to write?
        self._end = finalize(self, os.close, self._turns)
        self._thread = ThreadPoolExecutor(1, "understudy store")
        self._connection: sqlite3.Connection | None = None
        self._is_full = True  # whether a transaction waits for the disk
        self.generation = 0
        self.latencies = Latencies()

    async def close(self) -> None:
        """Let the file go."""
        await super().close()
        self._thread.shutdown()
        self._end()

    async def _answer(self, batch: list[Waiting]) -> None:
        try:
            answered = await self._answered(batch)
        except (sqlite3.Error, StoreUnusable) as error:
            for _, answer in batch:
                refuse(answer, told(error))
            return
        for waiting, reply in answered:
            take(waiting, reply)

    async def _answered(self, batch: list[Waiting]) -> Iterable[tuple[Waiting, Any]]:
        """Return the answer to each question. Raises sqlite3.Error and StoreUnusable."""
        loop = asyncio.get_running_loop()
        if self._connection is None:
            await loop.run_in_executor(self._thread, self._connect)
        calls = []
        for question, _ in batch:
            script, arguments = question.make()
            calls.append((script, _named(question.key), arguments))
        begun = time.perf_counter()
        replies = await loop.run_in_executor(self._thread, self._exchanged, calls)
        took = time.perf_counter() - begun
        for script, _, _ in calls:
            self.latencies.add(script, took)
        return zip(batch, replies, strict=True)

    async def _disconnect(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._let_go)

    # -- in the thread

    def _connect(self) -> None:
        self._connection = connect(self._path, is_shared=True, patience=self._patience)
        self._is_full = True
        self.generation += 1

    def _exchanged(self, calls: Sequence[_Asked]) -> list[Any]:
        """Take all calls in one transaction, and return the answers. Raises sqlite3.Error."""
        connection = self._connection
        assert connection is not None
        if all(script in _READING for script, _, _ in calls):
            try:
                return _taken(connection, calls, writes=False)
            except MustWrite:
                pass
        is_full = not all(script in _SOON for script, _, _ in calls)
        if is_full != self._is_full:
            connection.execute(f"PRAGMA synchronous = {'FULL' if is_full else 'NORMAL'}")
            self._is_full = is_full
        lockf(self._turns, LOCK_EX)  # SQLite itself looks again and again, up to a tenth of a second later
        try:
            return _taken(connection, calls, writes=True)
        finally:
            lockf(self._turns, LOCK_UN)

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _nameless_file() -> int:
    number, name = mkstemp()
    os.unlink(name)
    return number


def _taken(connection: sqlite3.Connection, calls: Sequence[_Asked], *, writes: bool) -> list[Any]:
    connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
    try:
        turn = Turn(connection, writes=writes)
        replies = [_SCRIPTS[script](turn, named, arguments) for script, named, arguments in calls]
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return replies


def _named(key: bytes) -> bytes:
    """Return the name within a key of `SharedBackend`; the key of anything else as it is."""
    _, brace, rest = key.partition(b":{")
    return rest[:-1] if brace else key
