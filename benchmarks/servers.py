"""Servers as processes: started, asked, weighed and stopped. Needs Linux."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE = 120  # seconds a server has for its first answer


@dataclass
class Server:
    """A running server. seconds, cpu_seconds: from its spawn to its first answer."""

    name: str
    pid: int
    port: int
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    def rss_mb(self) -> float:
        """Read the resident memory."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def cpu_s(self) -> float:
        """Read the processor time of all threads, its workers' too, in nanosecond steps: /proc/<pid>/stat has steps of 10 ms."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        # the clock that clock_getcpuclockid(3) names for a process
        return sum(time.clock_gettime((~pid << 3) | 2) for pid in (self.pid, *map(int, children)))

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: object = None
    ) -> tuple[int, Any]:
        """Send one request; return its status and its body, decoded where it is JSON. Raises OSError where nothing answers."""
        sent = {"Sandbox-Session": "bench", **(headers or {})}
        content = None
        if body is not None:
            content = json.dumps(body)
            sent["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, content, sent)
            response = connection.getresponse()
            received = response.read()
        finally:
            connection.close()
        is_json = "json" in (response.getheader("Content-Type") or "")
        return response.status, json.loads(received) if is_json else received


def understudy(*arguments: str) -> list[str]:
    """Return the command that serves this project, with a port to be named at its end."""
    return [sys.executable, "-m", "understudy", "serve", *arguments, "--populate", "0", "--port"]


@contextmanager
def serving(name: str, command: Sequence[str], path: str, **headers: str) -> Iterator[Server]:
    """Start a server on a port that is put after its command; wait until it answers, and stop it in the end.

    Exits with the server's last words where it does not start, or answers with an error of its own.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen([*command, str(port)], stdout=output, stderr=output)
        try:
            server = Server(name, process.pid, port)
            while not (status := _answered(server, path, headers)):
                if process.poll() is not None or time.perf_counter() - started > PATIENCE:
                    output.seek(0)
                    sys.exit(f"{name} did not start:\n{output.read().decode(errors='replace')[-4000:]}")
                time.sleep(0.002)
            server.seconds, server.cpu_seconds = time.perf_counter() - started, server.cpu_s()
            if status >= 500:
                sys.exit(f"{name} answered its first request with {status}")
            yield server
        finally:
            process.terminate()
            process.wait(10)


def _answered(server: Server, path: str, headers: Mapping[str, str]) -> int:
    """Return the status a path is answered with, or 0 where nothing answers yet."""
    try:
        return server.ask("GET", path, headers)[0]
    except OSError:
        return 0


def busy() -> float:
    """Return how many processes have wanted a core in the last minute, for each core there is."""
    return os.getloadavg()[0] / (os.cpu_count() or 1)
