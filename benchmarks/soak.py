"""Have fifty sessions used for minutes by clients of all kinds, kill the server now and then, and see that nothing is lost.

    python benchmarks/soak.py [--seconds 600] [--stores memory sqlite sqlite-full sqlite-workers redis-everysec redis-always] [--workers 4]

Two servers take part, on loopback: one of two contracts whose clients know what has to be there, one of the bundled ones. Over a store
that is shared each has several workers, of which one is killed now and then; the server of Redis is killed twice, and so is a disk full.
What clients have at one time is bounded, so that the memory of a server has to stay as it is.
The exit status is 1 where something was seen that must not be.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Final

from linearizability import Call, is_linearizable
from soak_clients import Caller, Client, Contender, Faulted, Misbehaving, Owner
from soak_service import Report, Service
from soak_store import SOON, RedisServer, Store, Troubles, store_of

OWNERS, SESSIONS, CONTENDERS = 5, 10, 5
_RECORD: Final = """
openapi: 3.1.0
info: {{title: {title}, version: "1"}}
paths:
  /{items}:
    get: {{responses: {{"200": {{description: all, content: {{application/json: {{schema: {{type: array, items: &one
      {{type: object, required: [n, a, b], properties: {{id: {id}, n: &whole {{type: integer}}, a: *whole, b: *whole}}}}}}}}}}}}}}}}
    post:
      requestBody: {{required: true, content: {{application/json: {{schema: *one}}}}}}
      responses: {{"201": {{description: made, content: {{application/json: {{schema: *one}}}}}}, "409": {{description: taken}}}}
  /{items}/{{id}}:
    parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]
    get: {{responses: {{"200": {{description: it, content: {{application/json: {{schema: *one}}}}}}, "404": {{description: none}}}}}}
    put:
      requestBody: {{required: true, content: {{application/json: {{schema: *one}}}}}}
      responses: {{"200": {{description: it, content: {{application/json: {{schema: *one}}}}}}, "404": {{description: none}}}}
    patch:
      requestBody: {{required: true, content: {{application/json: {{schema: {{type: object, properties: {{b: {{type: integer}}}}}}}}}}}}
      responses: {{"200": {{description: it, content: {{application/json: {{schema: *one}}}}}}, "404": {{description: none}}}}
    delete: {{responses: {{"204": {{description: gone}}, "404": {{description: none}}}}}}
"""
STORES: Final = ("memory", "sqlite", "sqlite-full", "sqlite-workers", "redis-everysec", "redis-always")
FLAT: Final = 1.2  # times the memory of the second quarter that the last may take
JUDGED: Final = "calls held to be linearizable"
_LONG: Final = 60  # seconds from which on memory is judged
_GIVEN: Final = "{type: string}"
_MADE: Final = "{type: string, format: uuid, readOnly: true}"
_QUIET: Final = ("--populate", "0", "--unknown-ids", "404", "--journal", "200", "--no-reload")


def main() -> int:
    """Soak each store, and print what was seen."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--seconds", type=float, default=600, help="of all stores together (default: %(default)s)"
    )
    parser.add_argument("--stores", nargs="*", default=list(STORES), metavar="STORE")
    parser.add_argument(
        "--workers",
        type=int,
        default=4,
        help="where the store is shared: a kill takes one of them (default: %(default)s)",
    )
    parser.add_argument(
        "--kills-every", type=float, default=8, metavar="SECONDS", help="(default: %(default)s)"
    )
    parser.add_argument(
        "--window",
        type=float,
        default=SOON,
        metavar="SECONDS",
        help="for which `sqlite` may lose what was acknowledged: more on a machine that has much else to do (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    seconds = options.seconds / len(options.stores)
    found = calls = 0
    for name in options.stores:
        store = store_of(name, options.window)
        report = Report()
        with tempfile.TemporaryDirectory() as folder:
            soak(store, Path(folder), seconds, options, report)
        found += len(report.violations)
        calls += report.counts[JUDGED]
    print(f"violations over all stores: {found}; {JUDGED}: {calls}")
    return 1 if found else 0


def soak(store: Store, folder: Path, seconds: float, options: argparse.Namespace, report: Report) -> None:
    """Soak one store, and print what was seen."""
    workers = options.workers if store.is_shared else 1
    print(f"{store.name}: {seconds:.0f} s, {workers} worker(s)", flush=True)
    with ExitStack() as stack:
        server = RedisServer(folder, store.fsync) if store.fsync else None
        if server is not None:
            stack.callback(server.kill)
        (folder / "shop.yaml").write_text(_RECORD.format(title="Shop", items="items", id=_GIVEN))
        (folder / "library.yaml").write_text(_RECORD.format(title="Library", items="books", id=_MADE))
        inferred = stack.enter_context(
            _serving(folder, store, ("shop.yaml", "library.yaml"), workers, report)
        )
        bundled = stack.enter_context(_serving(folder, store, (), workers, report))
        clients = list(_clients(store, inferred, bundled, report))
        for client in clients:
            client.start()
        services = (inferred, bundled)
        troubles = Troubles(store, server, services, seconds, report)
        memory = _watch(store, troubles, seconds, options)
        for client in clients:
            client.is_over = True
        for service in services:
            service.let_go()
        for client in clients:
            client.join()
    _judge_log(folder / "server.log", report)
    _judge([one for one in clients if isinstance(one, Contender)], report)
    by_server = {name: [one[place] for one in memory] for place, name in enumerate(("inferred", "bundled"))}
    for name, taken in by_server.items():
        if seconds >= _LONG and _late(taken) > FLAT * _early(taken):
            said = f"{_early(taken):.0f} MB in the second quarter, {_late(taken):.0f} MB in the last"
            report.violate(f"the server of {name} contracts takes more and more memory: {said}")
    _print(report, by_server)


def _clients(store: Store, inferred: Service, bundled: Service, report: Report) -> Iterator[Client]:
    window = store.window or 0.0
    for number in range(OWNERS):
        yield Owner(inferred, report, number, SESSIONS, window)
    for number in range(CONTENDERS):
        yield Contender(inferred, report, 100 + number, is_kept=store.window == 0)
    yield Faulted(inferred, report, 200)
    yield Misbehaving(inferred, report, 201)
    yield Caller(bundled, report, 202)


@contextmanager
def _serving(
    folder: Path, store: Store, contracts: Sequence[str], workers: int, report: Report
) -> Iterator[Service]:
    kind = "inferred" if contracts else "bundled"
    said = list(_QUIET if contracts else _QUIET[4:])
    if store.url:
        url = store.url.replace("{kind}", kind).replace("{folder}", str(folder).lstrip("/"))
        said += ["--store", url]
    if workers > 1:
        said += ["--workers", str(workers)]
    service = Service(folder, contracts, said, report)
    try:
        yield service
    finally:
        service.end()


def _watch(
    store: Store, troubles: Troubles, seconds: float, options: argparse.Namespace
) -> list[tuple[float, ...]]:
    """Kill the servers now and then, in turn, and return what memory each took, once a second where they live."""
    random, waits = Random(options.seed), threading.Event()
    memory: list[tuple[float, ...]] = []
    services, report, begun = troubles.services, troubles.report, time.monotonic()
    kill_at = begun + options.kills_every
    while (now := time.monotonic()) - begun < seconds and not any(one.is_over for one in services):
        waits.wait(1 if store.window is None else min(1, max(0, kill_at - now)))
        if store.window is not None and time.monotonic() >= kill_at:
            # The one whose clients know what has to be there is killed most of the time.
            random.choice((*services, services[0])).kill()
            report.count("kills")
            kill_at = time.monotonic() + options.kills_every * (0.5 + random.random())
        troubles.look()
        memory.append(tuple(service.rss_mb() for service in services))
    return memory


def _judge_log(log: Path, report: Report) -> None:
    """See whether the servers said something that nobody should have to read."""
    said = log.read_text().splitlines()
    report.count("lines that the servers said", len(said))
    for line in said:
        if "Traceback" in line or "cannot" in line:
            report.violate(f"the server said: {line}")


def _judge(contenders: Sequence[Contender], report: Report) -> None:
    """See whether what the contenders saw can have happened one call after another."""
    histories: dict[str, list[Call]] = {}
    for contender in contenders:
        for key, calls in contender.histories.items():
            histories.setdefault(key, []).extend(calls)
    for key, calls in histories.items():
        report.count(JUDGED, len(calls))
        if not is_linearizable(calls):
            report.violate(f"not linearizable: the {len(calls)} calls about {key}")


def _print(report: Report, memory: Mapping[str, Sequence[float]]) -> None:
    for what, count in sorted(report.counts.items()):
        print(f"  {what}: {count}")
    if report.oldest_lost:
        print(
            f"  the oldest write that was lost had been acknowledged {report.oldest_lost * 1000:.1f} ms before the kill"
        )
    statuses = ", ".join(f"{status}: {count}" for status, count in sorted(report.answers.items()))
    print(f"  answers: {sum(report.answers.values())} ({statuses})")
    for kind, seconds in sorted(report.seconds.items()):
        if len(seconds) > 100:
            cuts = quantiles(seconds, n=100)
            print(f"  {kind}: p50 {cuts[49] * 1000:.1f} ms, p99 {cuts[98] * 1000:.1f} ms")
    for name, taken in memory.items():
        early, late = _early(taken), _late(taken)
        print(f"  memory, {name} contracts: {early:.0f} MB in the second quarter, {late:.0f} MB in the last")
    print(f"  violations: {len(report.violations)}")
    for said in report.violations[:10]:
        print(f"    {said[:600]}")
    sys.stdout.flush()


def _early(memory: Sequence[float]) -> float:
    """Return the megabytes of the second quarter of the time."""
    quarter = max(len(memory) // 4, 1)
    return median(memory[quarter : 2 * quarter] or memory)


def _late(memory: Sequence[float]) -> float:
    """Return the megabytes of the last quarter of the time."""
    return median(memory[-max(len(memory) // 4, 1) :])


if __name__ == "__main__":
    sys.exit(main())
