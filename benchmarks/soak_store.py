"""What a store of a soak goes through: a server of Redis that is killed and begins anew, a disk that takes nothing for a while."""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from soak_service import Report, Service
from store_costs import program

SOON: Final = (
    0.05  # seconds within which what was acknowledged is on the disk, where an answer does not wait for it
)
EVERYSEC: Final = 2.0  # seconds that Redis may lose with `appendfsync everysec`
AWAY: Final = 2.0  # seconds for which a store is away


@dataclass(frozen=True)
class Store:
    """Where state is. url: "" for memory. window: seconds for which what was acknowledged may be lost by a kill;
    None where nothing is killed. fsync: how the server of Redis that is started for it writes its file, "" for none. fills:
    whether its disk takes nothing now and then. is_shared: whether several workers may use it.
    """

    name: str
    url: str
    window: float | None
    fsync: str = ""
    fills: bool = False
    is_shared: bool = False


def store_of(name: str, window: float = SOON) -> Store:
    """Return what is meant by a word, or by the URL of a store that is not in the server's process."""
    socket = "unix:///{folder}/redis.sock?prefix={kind}"
    known = {
        "memory": Store(name, "", None),
        "sqlite": Store(name, "sqlite:///{kind}.db", window),
        "sqlite-full": Store(name, "sqlite:///{kind}.db?sync=full", 0.0, fills=True),
        "sqlite-workers": Store(name, "sqlite:///{kind}.db?sync=full", 0.0, fills=True, is_shared=True),
        "redis-everysec": Store(name, socket, EVERYSEC, fsync="everysec", is_shared=True),
        "redis-always": Store(name, socket, 0.0, fsync="always", is_shared=True),
    }
    return known.get(name) or Store(name, name, 0.0, is_shared=not name.startswith("sqlite"))


class RedisServer:
    """A server of Redis on a socket in a folder, which writes each command to a file there."""

    def __init__(self, folder: Path, fsync: str) -> None:
        command = program()
        if command is None:
            sys.exit("there is no redis-server on this machine")
        self._command = [
            command,
            "--port",
            "0",
            "--unixsocket",
            str(folder / "redis.sock"),
            "--dir",
            str(folder),
        ]
        self._command += ["--save", "", "--appendonly", "yes", "--appendfsync", fsync]
        self.start()

    def start(self) -> None:
        """Start it, and return once it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if b"ready to accept" in line.lower():
                return
        sys.exit("the server of Redis does not start")

    def kill(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.communicate()


class Troubles:
    """Has a store be away twice while it is used: after a third of the time, and after two.

    server: of Redis, where the store has one.
    """

    def __init__(
        self,
        store: Store,
        server: RedisServer | None,
        services: Sequence[Service],
        seconds: float,
        report: Report,
    ) -> None:
        self._store, self._server, self.services, self.report = store, server, services, report
        begun = time.monotonic()
        self._due = [begun + seconds / 3, begun + seconds * 2 / 3] if server or store.fills else []

    def look(self) -> None:
        """Have the store be away where it is time."""
        if not self._due or time.monotonic() < self._due[0]:
            return
        self._due.pop(0)
        self.report.count("times the store was away")
        for service in self.services:
            service.lose()
        if self._server is not None:
            self._server.kill()
            threading.Event().wait(AWAY)
            self._server.start()
        else:
            self._fill()
        for service in self.services:
            service.find()

    def _fill(self) -> None:
        """Have nothing be written for a while, as on a disk that is full."""
        limits = [
            (pid, resource.prlimit(pid, resource.RLIMIT_FSIZE)) for one in self.services for pid in one.pids()
        ]
        for pid, (_, hard) in limits:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
        threading.Event().wait(AWAY)
        for pid, limit in limits:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)
