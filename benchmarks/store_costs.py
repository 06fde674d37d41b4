"""What keeping costs: memory, a file and a server of Redis, by CPU a request of the sandbox, and what more workers bring.

python benchmarks/store_costs.py
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import report
from servers import busy, serving, understudy
from shares import Measured
from work import INFERRED

KINDS = ("POST", "GET", "LIST of 10")
PROGRAMS = ("redis-server", "valkey-server")
WORKERS = (2, 4)
"""How many share one store, beside the one that is compared with memory."""
ROUNDS = 4
SECONDS = 0.4
"""Of one round of one kind of request on one server: all of it takes less than a minute."""
WARMING = 0.2  # seconds
_CALLS = re.compile(r'store_operation_duration_seconds_count\{operation="(\w+)"\} (\S+)')
PATIENCE = 20  # seconds a store's server has for its start


def measure(rounds: int, seconds: float, connections: int) -> dict[str, Any]:
    """Measure each store, a round of one after a round of the other.

    The answer has the figures of each round by store and kind of request, and `missing`, which says what is not here.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        options: dict[str, list[str]] = {"memory": [], "SQLite": ["--store", f"sqlite:///{folder}/bench.db"]}
        missing = absent()
        if not missing:
            options |= shared(stack.enter_context(store_server(folder)))
        measured = {name: _started(stack, name, more) for name, more in options.items()}
        for one in measured.values():
            one.check()
            for kind in KINDS:
                one.load(kind, WARMING, connections)
        for _ in range(rounds):
            for kind in KINDS:
                for one in measured.values():
                    one.rounds[kind].append(one.load(kind, seconds, connections))
        asked = {} if missing else {kind: asked_of(measured["Redis"], kind) for kind in KINDS}
    servers = {name: one.rounds for name, one in measured.items()}
    return {"servers": servers, "missing": missing, "asked": asked}


def asked_of(measured: Measured, kind: str) -> dict[str, float]:
    """Return how often a request of a kind asks Redis, by script; one connection, so that no two share an answer."""
    before = _asked(measured)
    requests = measured.load(kind, WARMING, 1)["requests"]
    between = _asked(measured)
    of_metrics = {script: count - between[script] for script, count in _asked(measured).items()}
    counts = {script: count - before.get(script, 0) for script, count in between.items()}
    return {script: (count - of_metrics[script]) / requests for script, count in counts.items()}


def _asked(measured: Measured) -> dict[str, float]:
    """Return how often each script was called since the start, as the metrics have it."""
    _, text = measured.server.ask("GET", "/__admin/metrics")
    return {found[1]: float(found[2]) for found in _CALLS.finditer(text.decode())}


def shared(url: str) -> dict[str, list[str]]:
    """Return the options of the servers over a store that is shared, each with keys of its own in it."""
    options = {"Redis": ["--store", f"{url}?prefix=one"]}
    for workers in WORKERS:
        store = f"{url}?prefix=of-{workers}"
        options[f"Redis, {workers} workers"] = ["--store", store, "--workers", str(workers)]
    return options


def absent() -> str:
    """Say why no server of Redis is measured; nothing where one is."""
    if program() is None:
        return f"Redis was not measured: there is neither {' nor '.join(PROGRAMS)} on this machine."
    if find_spec("redis") is None:
        return "Redis was not measured: the package redis is not installed."
    return ""


def program() -> str | None:
    """Return where the server of a store is found."""
    found = (shutil.which(name) for name in PROGRAMS)
    return next(filter(None, found), None)


@contextmanager
def store_server(folder: Path) -> Iterator[str]:
    """Start a server that keeps nothing on the disk, yield its URL, and stop it in the end."""
    command = program()
    assert command is not None
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen([command, *options], stdout=subprocess.DEVNULL)
    try:
        started = time.perf_counter()
        while not _listens(port):
            if process.poll() is not None or time.perf_counter() - started > PATIENCE:
                sys.exit(f"{command} did not start")
            time.sleep(0.01)
        yield f"redis://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def _started(stack: ExitStack, name: str, options: list[str]) -> Measured:
    command = understudy(str(INFERRED.document), *options)
    server = stack.enter_context(serving(name, command, INFERRED.path))
    return Measured(INFERRED, server, "", rounds={kind: [] for kind in KINDS})


def main() -> None:
    """Measure by itself, and print what `make bench` prints of it."""
    figures = measure(ROUNDS, SECONDS, 16)
    lines = report.machine(False)
    if busy() > 0.5:
        lines.append(report.BUSY)
    print("\n".join([*lines, "", *report.stores(figures)]))


if __name__ == "__main__":
    main()
