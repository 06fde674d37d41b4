"""A server that is killed and started again, and the plainest client that can be asked of it."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from math import inf
from pathlib import Path

PATIENCE = 120.0  # seconds: a busy machine takes its time
BACK = 5.0  # seconds after which nobody is refused any more because the store was away
_AWAY = 503
_AGAIN = 0.05  # seconds until a request is made again that was refused because the store was away
_IDLE = 1.0  # seconds for which a connection is kept that nobody uses


class Gone(Exception):
    """The connection ended before the answer had come."""


class Away(Gone):
    """The answer is that the store is away, or was until just now: nobody cut the connection."""


class Report:
    """What was seen, by all threads. violations: what must not be."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.violations: list[str] = []
        self.answers: Counter[int] = Counter()
        self.seconds: dict[str, list[float]] = {}
        self.counts: Counter[str] = Counter()
        self.oldest_lost = 0.0  # seconds between the acknowledgement of a write that is lost, and the kill

    def violate(self, said: str) -> None:
        """Note what must not be."""
        with self._lock:
            self.violations.append(said)

    def count(self, what: str, by: int = 1) -> None:
        """Count something."""
        with self._lock:
            self.counts[what] += by

    def lost(self, seconds: float) -> None:
        """Note for how long a write that is lost had been acknowledged."""
        with self._lock:
            self.oldest_lost = max(self.oldest_lost, seconds)

    def answered(self, kind: str, status: int, seconds: float) -> None:
        """Note an answer."""
        with self._lock:
            self.answers[status] += 1
            self.seconds.setdefault(kind, []).append(seconds)


class Service:
    """`understudy serve` as a process.

    epoch: grows with each kill, after which the server answers again, and each time its store is there again. killed_at:
    the moment of the last one. lives: grows with each kill that can lose what was acknowledged.
    """

    def __init__(
        self, folder: Path, contracts: Sequence[str], options: Sequence[str], report: Report
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        command = [
            sys.executable,
            "-m",
            "understudy",
            "serve",
            *contracts,
            "--port",
            str(self.port),
            "--quiet",
        ]
        self._command, self._folder, self._report = [*command, *options], folder, report
        self._changed = threading.Condition()
        self.epoch, self.killed_at, self.lives = 0, 0.0, 0
        self._away_until = 0.0
        self.is_over = False
        self._start()

    def _start(self) -> None:
        with (self._folder / "server.log").open("a") as log:
            self._process = subprocess.Popen(
                self._command, cwd=self._folder, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self._process.stdout is not None
        if "http" not in self._process.stdout.readline():
            self._report.violate(f"the server does not start again: {self._folder}/server.log says why")
            self.is_over = True

    def kill(self) -> None:
        """Kill the server, or one of its workers where it has some, and have the server be there again."""
        workers = self._children()
        self.killed_at = time.monotonic()
        if workers:
            subprocess.run(["kill", "-KILL", str(workers[self.epoch % len(workers)])], check=False)
        else:
            self.lives += 1
            self._process.send_signal(signal.SIGKILL)
            self._process.communicate()
            self._start()
        self._begin_epoch()

    def lose(self) -> None:
        """Have the store be away from now on."""
        self._away_until = inf
        self.lives += 1
        self.killed_at = time.monotonic()

    def find(self) -> None:
        """Have the store be there again."""
        self._away_until = time.monotonic() + BACK
        self._begin_epoch()

    def may_be_away(self, since: float) -> bool:
        """Tell whether a request that was made at a moment may be refused because the store was away."""
        return since < self._away_until

    def _begin_epoch(self) -> None:
        with self._changed:
            self.epoch += 1
            self._changed.notify_all()

    def wait(self, seen: int, why: Gone) -> int:
        """Wait until a kill after those that were seen, or the end; return how many there were by then. Where the
        answer was that the store is away, wait until it is there again.
        """
        with self._changed:
            if isinstance(why, Away):
                self._changed.wait_for(lambda: self._away_until < inf or self.is_over)
                self._changed.wait(_AGAIN)
                return seen  # the connection is the one it was
            if not self._changed.wait_for(lambda: self.epoch > seen or self.is_over, PATIENCE / 4):
                since = time.monotonic() - self.killed_at
                said = f"{why}; the last kill was {since:.1f} s ago, and the client knew of it"
                self._report.violate(f"a connection ended that nobody cut: {said}")
                return seen
            return self.epoch

    def let_go(self) -> None:
        """Have nobody wait any more."""
        with self._changed:
            self.is_over = True
            self._changed.notify_all()

    def end(self) -> None:
        """Stop the server."""
        self.let_go()
        self._process.terminate()
        try:
            self._process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self._report.violate("the server does not stop")
            self._process.kill()

    def pids(self) -> tuple[int, ...]:
        """Return the numbers of the process and its workers."""
        return self._process.pid, *self._children()

    def rss_mb(self) -> float:
        """Return the resident memory of the process and its workers."""
        total = 0
        for pid in self.pids():
            found = re.search(rb"VmRSS:\s+(\d+)", _told(pid, "status"))
            total += int(found[1]) if found else 0
        return total / 1024

    def _children(self) -> list[int]:
        """Return the workers: processes of Python that the server started, and that serve."""
        pid = self._process.pid
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(one) for one in listed if b"resource_tracker" not in _told(one, "cmdline")]


def _told(pid: int | str, what: str) -> bytes:
    """Return what the system tells of a process; nothing of one that ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/{what}").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


class Line:
    """A connection that is kept; it is made anew only after it was lost, and lost once it breaks."""

    def __init__(self, service: Service, report: Report) -> None:
        self._service, self._report = service, report
        self._socket: socket.socket | None = None
        self.epoch = service.epoch  # of which the connection is
        self._used_at = 0.0

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: str = "Content-Type: application/json\r\n"
    ) -> tuple[int, bytes]:
        """Return the status and the body of an answer. Raises Gone."""
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._service.port}\r\n{headers}"
        if body:
            head += f"Content-Length: {len(body)}\r\n"
        begun, since = time.perf_counter(), time.monotonic()
        if begun - self._used_at > _IDLE and self.epoch == self._service.epoch:
            self.close()  # the server ends what nobody uses
        self._used_at = begun
        try:
            status, answer = self._exchanged(f"{head}\r\n".encode() + body)
        except OSError as error:
            self.close()
            raise Gone(f"{method} {path}: {error!r}") from None
        if status == _AWAY and self._service.may_be_away(since):
            self._report.count("requests refused with 503 while the store was away")
            raise Away(f"{method} {path}: 503")
        self._report.answered(method, status, time.perf_counter() - begun)
        return status, answer

    def close(self) -> None:
        """Let the connection go."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _exchanged(self, sent: bytes) -> tuple[int, bytes]:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._service.port), PATIENCE)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(sent)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        head, _, body = received.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *(\d+)", head)
        size = int(length[1]) if length else 0
        while len(body) < size:
            body += self._more()
        if b"connection: close" in head.lower():
            self.close()
        return int(head[9:12]), body

    def _more(self) -> bytes:
        assert self._socket is not None
        received = self._socket.recv(65536)
        if not received:
            raise ConnectionError("the connection ended")
        return received
