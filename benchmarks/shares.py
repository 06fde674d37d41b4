"""First part: what a request costs, beside a bare application doing the same by hand, and beside Prism where it is at hand."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from servers import Server, serving, understudy
from work import CREATED, FIRST, INFERRED, KINDS, VENDOR, Work, messages

HERE = Path(__file__).parent
WARMING = 0.5  # seconds


@dataclass
class Measured:
    """A server doing one contract's work. base: what stands before the paths of the contract. rounds: figures by kind of request."""

    work: Work
    server: Server
    base: str
    keys: list[Any] = field(default_factory=list)
    number: int = FIRST + 1000
    rounds: dict[str, list[dict[str, float]]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def check(self) -> None:
        """Create accounts, read one back and list them, so that what is measured later is known to be the real thing."""
        work, path = self.work, self.base + self.work.path
        created: dict[str, Any] = {}
        for number in range(FIRST, FIRST + CREATED):
            sent = work.body(number)
            status, created = self.server.ask("POST", path, work.headers, sent)
            self.expect("POST", status == 201, created)
            self.keys.append(created[work.key])
        if self.server.name == "Prism":
            return  # it remembers nothing, and says what the document's examples say
        self.expect("POST", created["name"] == sent["name"], created)
        status, found = self.server.ask(
            "GET", f"{path.removesuffix('/')}/{self.keys[-1]}{work.ending}", work.headers
        )
        self.expect("GET", status == 200 and found == created, found)
        for limit in (10, CREATED):
            status, page = self.server.ask("GET", f"{path}?limit={limit}", work.headers)
            items = work.page(page) if status == 200 else []
            listed = {item[work.key] for item in items}  # the newest first, or the oldest
            self.expect("LIST", len(items) == len(listed) == limit and listed <= set(self.keys), page)
        self.expect("LIST", created in items, items)
        status, refused = self.server.ask("POST", path, work.headers, {**sent, "name": 5})
        self.expect("an invalid POST", status in (400, 422), refused)

    def expect(self, what: str, holds: bool, received: object) -> None:
        """Stop the benchmark where a server does something else than the work that is to be measured."""
        if not holds:
            sys.exit(f"{self.server.name} answers {what} of {self.work.name} wrongly: {str(received)[:2000]}")

    def load(self, kind: str, seconds: float, connections: int) -> dict[str, float]:
        """Put load on the server and return the figures of it."""
        order = {
            "port": self.server.port,
            "messages": messages(self.work, self.base, kind, self.keys),
            "status": 201 if kind == "POST" else 200,
            "first": self.number,
            "connections": connections,
            "seconds": seconds,
        }
        before = self.server.cpu_s()
        command = [sys.executable, str(HERE / "load.py")]
        done = subprocess.run(command, input=json.dumps(order).encode(), check=True, stdout=subprocess.PIPE)
        figures: dict[str, float] = json.loads(done.stdout)
        figures["cpu_us"] = 1e6 * (self.server.cpu_s() - before) / figures["requests"]
        if kind == "POST":
            self.number += int(figures["requests"]) + connections
        return figures


def measure(prism: Path | None, rounds: int, seconds: float, connections: int) -> dict[str, Any]:
    """Measure every server, a round of one after a round of the other, and return the figures of each round.

    prism: its main file, where it is installed. The answer is by contract, server and kind of request.
    """
    with ExitStack() as stack:
        measured = list(_started(stack, prism))
        for one in measured:
            one.check()
            for kind in KINDS:
                one.load(kind, WARMING, connections)
        for _ in range(rounds):
            for kind in KINDS:
                for one in measured:
                    one.rounds[kind].append(one.load(kind, seconds, connections))
    figures: dict[str, Any] = {}
    for one in measured:
        figures.setdefault(one.work.name, {})[one.server.name] = one.rounds
    return figures


def _started(stack: ExitStack, prism: Path | None) -> Iterator[Measured]:
    bare = [sys.executable, str(HERE / "reference.py"), "--port"]
    for work, command in ((INFERRED, understudy(str(INFERRED.document))), (VENDOR, understudy())):
        mounted = work.mounted + work.path
        server = stack.enter_context(serving("bare Starlette", bare, mounted, **work.headers))
        yield Measured(work, server, work.mounted)
        server = stack.enter_context(serving("understudy", command, mounted, **work.headers))
        yield Measured(work, server, work.mounted)
        if prism is not None:
            mock = ["node", str(prism), "mock", "--multiprocess", "false", "--verboseLevel", "error"]
            mock += [str(work.document), "--port"]
            server = stack.enter_context(serving("Prism", mock, work.path, **work.headers))
            yield Measured(work, server, "")
