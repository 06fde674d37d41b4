"""What the sandbox costs: DualEntry's account operations beside the same work written by hand, one process each. Needs Linux."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from load import KINDS, PATH, account

HERE = Path(__file__).parent
SERVERS = {
    "bare": [sys.executable, str(HERE / "bare.py"), "--port"],
    "ours": [sys.executable, "-m", "understudy", "serve", "--populate", "0", "--port"],
}
FIRST_NUMBER = 1_000_000
HEADERS = {"X-API-KEY": "benchmark", "Content-Type": "application/json", "Sandbox-Session": "bench"}
STEPS = 8  # looks at the memory while the journal takes its requests


@dataclass(frozen=True)
class Figures:
    """What one kind of request cost."""

    per_second: float
    cpu_us: float
    p50_ms: float
    p99_ms: float


@dataclass
class Server:
    """A running server and what was measured of it."""

    pid: int
    port: int
    first_answer_s: float = 0.0
    first_answer_cpu_s: float = 0.0
    created: int = 0
    rounds: dict[str, list[Figures]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def rss_mb(self) -> float:
        """Read the resident memory."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def cpu_s(self) -> float:
        """Read the processor time of all threads, in nanosecond steps: /proc/<pid>/stat counts in steps of 10 ms."""
        # the clock that clock_getcpuclockid(3) names for a process
        return time.clock_gettime((~self.pid << 3) | 2)

    def best(self, kind: str) -> Figures:
        """Take the best of the rounds: noise on the machine only ever makes a figure worse."""
        rounds = self.rounds[kind]
        return Figures(
            max(figures.per_second for figures in rounds),
            *(min(getattr(figures, name) for figures in rounds) for name in ("cpu_us", "p50_ms", "p99_ms")),
        )

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, dict[str, object]]:
        """Send one request and return its status and decoded body. Raises OSError where nothing answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), HEADERS)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()


@contextmanager
def serving(name: str) -> Iterator[Server]:
    """Start a server, wait for its first 200, and stop it in the end. Exits with its last words where it does not start."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen([*SERVERS[name], str(port)], stdout=output, stderr=output)
        try:
            server = Server(process.pid, port)
            while (status := answered(server)) != 200:
                if status or process.poll() is not None or time.perf_counter() - started > 60:
                    output.seek(0)
                    sys.exit(
                        f"{name} did not start, or answered {status}:\n{output.read().decode(errors='replace')[-4000:]}"
                    )
                time.sleep(0.002)
            server.first_answer_s, server.first_answer_cpu_s = time.perf_counter() - started, server.cpu_s()
            yield server
        finally:
            process.terminate()
            process.wait(10)


def answered(server: Server) -> int:
    """Return the status a list of accounts is answered with, or 0 where nothing answers yet."""
    try:
        return server.ask("GET", PATH)[0]
    except OSError:
        return 0


def check(name: str, server: Server) -> None:
    """Create ten accounts, read one back and list them, so that what is measured later is known to be the real thing."""
    for number in range(FIRST_NUMBER, FIRST_NUMBER + 10):
        status, created = server.ask("POST", PATH, account(number))
        expect(
            name,
            "POST",
            status == 201 and created["number"] == number and created["system_ref"] is None,
            created,
        )
        expect(name, "POST", len(created) == 14, created)
    server.created = 10
    status, found = server.ask("GET", f"{PATH}{number}/")
    expect(name, "GET", status == 200 and found == created, found)
    status, page = server.ask("GET", f"{PATH}?limit=10")
    items = page["items"]
    expect(
        name,
        "LIST",
        status == 200 and page["count"] == 10 and isinstance(items, list) and items[9] == created,
        page,
    )
    expect(
        name, "duplicate POST", server.ask("POST", PATH, account(number))[0] == 422, "a number that is taken"
    )
    expect(
        name,
        "invalid POST",
        server.ask("POST", PATH, {**account(99), "iban": "no"})[0] == 422,
        "two invalid fields",
    )


def expect(name: str, what: str, holds: bool, received: object) -> None:
    """Stop the benchmark where a server does something else than the work that is to be measured."""
    if not holds:
        sys.exit(f"{name} answers {what} wrongly: {received}")


def measure(server: Server, kind: str, requests: int, connections: int) -> None:
    """Put one round of load on a server and keep its figures."""
    first = FIRST_NUMBER
    if kind == "POST":
        first += server.created
        server.created += requests
    options = {
        "port": server.port,
        "kind": kind,
        "requests": requests,
        "connections": connections,
        "first": first,
    }
    command = [
        sys.executable,
        str(HERE / "load.py"),
        *(f"--{name}={value}" for name, value in options.items()),
    ]
    before = server.cpu_s()
    seen = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    server.rounds[kind].append(Figures(cpu_us=1e6 * (server.cpu_s() - before) / requests, **seen))


def shares(servers: dict[str, Server]) -> dict[str, dict[str, float]]:
    """Compare: 1.0 is as good as the bare application, 0.5 half as good."""
    table = {}
    for kind in KINDS:
        bare, ours = servers["bare"].best(kind), servers["ours"].best(kind)
        table[kind] = {
            "throughput": ours.per_second / bare.per_second,
            "cpu": bare.cpu_us / ours.cpu_us,
            "p99": bare.p99_ms / ours.p99_ms,
        }
    return table


def table(servers: dict[str, Server], shared: dict[str, dict[str, float]]) -> Iterator[str]:
    """Write the comparison for a person."""
    yield f"{'':6}{'':6}{'requests/s':>12}{'CPU us':>9}{'p50 ms':>9}{'p99 ms':>9}"
    for kind in KINDS:
        for name, server in servers.items():
            best = server.best(kind)
            yield f"{kind:6}{name:6}{best.per_second:12,.0f}{best.cpu_us:9.0f}{best.p50_ms:9.2f}{best.p99_ms:9.2f}"
        share = shared[kind]
        yield f"{kind:6}{'share':6}{share['throughput']:12.0%}{share['cpu']:9.0%}{'':9}{share['p99']:9.0%}"


def journalled(requests: int, connections: int) -> dict[int, float]:
    """Return the resident memory in MB of a server after ever more lists of ten, each of which its journal notes."""
    with serving("ours") as server:
        check("ours", server)
        memory = {}
        for step in range(1, STEPS + 1):
            measure(server, "LIST", requests // STEPS, connections)
            memory[step * requests // STEPS] = server.rss_mb()
        return memory


def run(starts: int, rounds: int, requests: int, connections: int, noted: int) -> dict[str, Any]:
    """Measure both servers, a round of one after a round of the other; print the figures and return them."""
    busy = os.getloadavg()[0]
    first = [started() for _ in range(starts)]
    with ExitStack() as stack:
        servers = {name: stack.enter_context(serving(name)) for name in SERVERS}
        for name, server in servers.items():
            check(name, server)
            for kind in KINDS:
                measure(server, kind, requests, connections)
                server.rounds[kind].clear()  # that was to warm up
        for _ in range(rounds):
            for kind in KINDS:
                for server in servers.values():
                    measure(server, kind, requests, connections)
        loaded = {"rss_mb": servers["ours"].rss_mb(), "created": servers["ours"].created}
    figures: dict[str, Any] = {
        "rounds": {
            name: {kind: [asdict(one) for one in server.rounds[kind]] for kind in KINDS}
            for name, server in servers.items()
        },
        "shares": shares(servers),
        "first_answer": first,
        "loaded": loaded,
        "journalled": journalled(noted, connections),
        "load_average_before": busy,
    }
    print(
        f"best of {rounds} rounds of {requests:,} requests on {connections} connections; CPU is the server's, per request"
    )
    print("\n".join((*table(servers, figures["shares"]), *footnotes(figures))))
    return figures


def started() -> dict[str, float]:
    """Start our server once and say what that took."""
    with serving("ours") as server:
        return {
            "seconds": server.first_answer_s,
            "cpu_s": server.first_answer_cpu_s,
            "rss_mb": server.rss_mb(),
        }


def footnotes(figures: dict[str, Any]) -> Iterator[str]:
    """Write what is not about one kind of request."""
    seconds, cpu_s, rss_mb = (
        min(one[name] for one in figures["first_answer"]) for name in ("seconds", "cpu_s", "rss_mb")
    )
    loaded, busy = figures["loaded"], figures["load_average_before"]
    yield f"import to first answer: {seconds:.2f} s, {cpu_s:.2f} s of it CPU (best of {len(figures['first_answer'])} starts)"
    yield f"resident memory: {rss_mb:.0f} MB with four contracts, {loaded['rss_mb']:.0f} MB with {loaded['created']:,} accounts created"
    memory = ", ".join(f"{mb:.0f} MB after {number:,}" for number, mb in figures["journalled"].items())
    yield f"resident memory while the journal notes requests: {memory}"
    if busy > (os.cpu_count() or 1) / 2:
        yield f"the machine was busy (load {busy:.1f} before the start): all but the CPU columns include waiting for others"


def failing(shared: dict[str, dict[str, float]], least: float) -> Iterable[str]:
    """Name each share that is below the least one accepted; p99 is only shown, for on a shared machine it measures the neighbours."""
    for kind, by_measure in shared.items():
        for what in ("throughput", "cpu"):
            if by_measure[what] < least:
                yield f"{kind} {what}: {by_measure[what]:.0%} of the bare application's, at least {least:.0%} is asked for"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line; the exit status is 1 where a share is too small."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--at-least", type=float, default=0.0, metavar="SHARE", help="fail below this share of the bare speed"
    )
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument(
        "--quick", action="store_true", help="two short rounds: enough to see that it runs, not to compare"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there")
    options = parser.parse_args(arguments)
    starts, rounds, requests, noted = (1, 2, 400, 800) if options.quick else (5, 20, 1000, 200_000)
    figures = run(starts, rounds, requests, options.connections, noted)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    if problems := list(failing(figures["shares"], options.at_least)):
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
