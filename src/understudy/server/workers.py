"""Workers: several processes that answer on one socket, each a fork of the one that loaded the contracts."""

from __future__ import annotations

import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Final, NoReturn

from msgspec import Struct

_LOOK: Final = 0.5  # seconds between two looks at the files
_READY: Final = 30.0  # seconds in which a worker has to answer
_LIVES: Final = 1.0  # seconds that a worker lives at least before another takes its place
_MOST_FAILURES: Final = 5  # in a row, before any answered
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)

Work = Callable[[Callable[[], object]], None]
"""What a worker does, told what to call once it answers: it returns when it is told to stop by a signal."""


class _Worker(Struct):
    """ready: the end of a pipe that a byte comes out of once it answers."""

    pid: int
    ready: int
    since: float
    answers: bool = False


class Workers:
    """Keeps a number of workers until a signal ends it.

    SIGTERM and SIGINT end it in order. A worker that dies is replaced. SIGHUP, and a change of what it was
    made of, has each worker give way to a new one, one after another, the new one answering first.
    """

    def __init__(
        self, number: int, work: Work, report: Callable[[str], None], ended: Callable[[int], None]
    ) -> None:
        """`report`: takes a sentence for people. `ended`: is told of each worker that has ended, by its
        number. No thread may run when `run` is called.
        """
        self._number, self._work, self._report, self._ended = number, work, report, ended
        self._workers: list[_Worker] = []
        self._leaving: set[int] = set()
        self._came: list[int] = []
        self._failures = 0
        self._wakes, self._woken = os.pipe()

    def run(self, refresh: Callable[[], bool]) -> int:
        """Serve until told to stop, and return the exit status.

        refresh: looks whether what workers are made of has changed, and makes it anew; it reports what cannot
        be.
        """
        self._listen()
        for _ in range(self._number):
            self._workers.append(self._forked())
        while not {signal.SIGTERM, signal.SIGINT} & set(self._came):
            self._wait(_LOOK)
            is_asked = signal.SIGHUP in self._came
            self._came = [one for one in self._came if one in (signal.SIGTERM, signal.SIGINT)]
            self._replace_dead()
            if self._failures >= _MOST_FAILURES:
                self._report("the workers end as soon as they begin; there is nothing to serve with")
                self._stop()
                return 1
            if refresh() or is_asked:
                self._roll()
        self._stop()
        return 130 if signal.SIGINT in self._came else 0

    # -- signals

    def _listen(self) -> None:
        os.set_blocking(self._woken, False)
        for one in _SIGNALS:
            signal.signal(one, self._note)
        signal.set_wakeup_fd(self._woken, warn_on_full_buffer=False)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._came.append(number)

    def _wait(self, seconds: float, *others: int) -> None:
        """Wait for a signal, or for something to come out of other pipes."""
        readable, _, _ = select.select([self._wakes, *others], [], [], seconds)
        if self._wakes in readable:
            os.read(self._wakes, 1024)

    # -- workers

    def _forked(self) -> _Worker:
        ready, answers = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            os.close(ready)
            self._be_worker(answers)
        os.close(answers)
        return _Worker(pid, ready, time.monotonic())

    def _be_worker(self, answers: int) -> NoReturn:
        """Work in the process that was forked, which ends here."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            for one in _SIGNALS:
                signal.signal(one, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            os.close(self._wakes)
            os.close(self._woken)
            self._work(lambda: os.write(answers, b"."))
            status = 0
        except (KeyboardInterrupt, SystemExit):
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            with suppress(OSError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(status)

    def _replace_dead(self) -> None:
        """Put another worker in the place of each that ended."""
        self._leaving = {pid for pid in self._leaving if not self._has_ended(pid)}
        for place, worker in enumerate(self._workers):
            self._look_at(worker)
            if not self._has_ended(worker.pid):
                continue
            os.close(worker.ready)
            self._failures += not worker.answers
            if time.monotonic() - worker.since < _LIVES:
                self._wait(_LIVES)
            self._report(f"worker {worker.pid} has ended, and another takes its place")
            self._workers[place] = self._forked()

    def _has_ended(self, pid: int) -> bool:
        try:
            has_ended = os.waitpid(pid, os.WNOHANG)[0] != 0
        except ChildProcessError:
            has_ended = True
        if has_ended:
            self._ended(pid)
        return has_ended

    def _look_at(self, worker: _Worker) -> None:
        """Note whether a worker answers."""
        if not worker.answers and select.select([worker.ready], [], [], 0)[0]:
            worker.answers = os.read(worker.ready, 1) != b""
            if worker.answers:
                self._failures = 0

    def _roll(self) -> None:
        """Have each worker give way to a new one, as long as those come to answer."""
        for place, former in enumerate(self._workers):
            worker = self._forked()
            if not self._is_ready(worker):
                self._report("a new worker does not answer; the others stay as they are")
                _kill(worker.pid, signal.SIGKILL)
                self._leaving.add(worker.pid)
                return
            self._workers[place] = worker
            os.close(former.ready)
            _kill(former.pid, signal.SIGTERM)
            self._leaving.add(former.pid)

    def _is_ready(self, worker: _Worker) -> bool:
        """Wait until a worker answers; not where it ends before, or everything is to end."""
        until = time.monotonic() + _READY
        while not {signal.SIGTERM, signal.SIGINT} & set(self._came):
            self._wait(_LOOK, worker.ready)
            if select.select([worker.ready], [], [], 0)[0]:
                worker.answers = os.read(worker.ready, 1) != b""
                return worker.answers
            if time.monotonic() > until:
                return False
        return False

    def _stop(self) -> None:
        """Have all workers end in order, and wait for them."""
        self._leaving |= {worker.pid for worker in self._workers}
        for pid in self._leaving:
            _kill(pid, signal.SIGTERM)
        while self._leaving:
            self._leaving = {pid for pid in self._leaving if not self._has_ended(pid)}
            if self._leaving:
                self._wait(_LOOK)


def _kill(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
