"""What sessions and records take in memory, in memory alone, with a file and with a server of Redis. Needs Linux.

python benchmarks/store_sizes.py --sessions 100 1000 --records 10000 30000
"""

from __future__ import annotations

import argparse
import http.client
import json
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import redis

import store_costs
from servers import Server, serving, understudy
from work import FIRST, INFERRED

SETTLED = 1.5  # seconds after which what is written behind is written
Kept = Callable[[], str]


class Caller:
    """One connection to a server."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method: str, session: str, body: str | None = None) -> int:
        """Ask for the accounts of a session, or create one; return how many bytes the answer has."""
        headers = {"Sandbox-Session": session, "Content-Type": "application/json"}
        self._connection.request(method, INFERRED.path, body, headers)
        response = self._connection.getresponse()
        received = response.read()
        if response.status not in (200, 201):
            raise SystemExit(f"{method} was answered with {response.status}: {received[:500]!r}")
        return len(received)


def measure(server: Server, kept: Kept, sessions: list[int], records: list[int]) -> None:
    """Grow to each number of sessions, then of records in one session, and print what is taken."""
    caller = Caller(server.port)
    say(server, kept, "at the start")
    for number in range(1, max(sessions, default=0) + 1):
        caller.ask("GET", f"session-{number}")
        if number in sessions:
            say(server, kept, f"{number:,} sessions without records")
    for number in range(1, max(records, default=0) + 1):
        caller.ask("POST", "bench", json.dumps(INFERRED.body(FIRST + number)))
        if number in records:
            say(server, kept, f"{number:,} records")


def say(server: Server, kept: Kept, what: str) -> None:
    """Print what a server takes, and what is kept for it."""
    time.sleep(SETTLED)
    print(f"{server.name}, {what}: {server.rss_mb():.1f} MB{kept()}", flush=True)


def main() -> None:
    """Measure each store that is here, one after another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, nargs="*", default=[100, 1000])
    parser.add_argument("--records", type=int, nargs="*", default=[10_000, 30_000])
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stores: dict[str, tuple[list[str], Kept]] = {
            "memory": ([], lambda: ""),
            "SQLite": (["--store", f"sqlite:///{folder}/sizes.db"], lambda: _of_files(folder)),
        }
        if missing := store_costs.absent():
            print(missing)
        else:
            url = stack.enter_context(store_costs.store_server(folder))
            stores["Redis"] = (["--store", url], lambda: _of_server(url))
        for name, (more, kept) in stores.items():
            command = understudy(str(INFERRED.document), *more)
            with serving(name, command, INFERRED.path) as server:
                measure(server, kept, options.sessions, options.records)


def _of_files(folder: Path) -> str:
    size = sum(file.stat().st_size for file in folder.glob("sizes.db*"))
    return f", {size / 1e6:.1f} MB of files"


def _of_server(url: str) -> str:
    with redis.Redis.from_url(url) as client:
        return f", used_memory {client.info('memory')['used_memory'] / 1e6:.1f} MB"


if __name__ == "__main__":
    main()
