"""The report: BENCHMARKS.md and what a terminal shows, from figures that were measured and from nothing else."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from statistics import median
from typing import Any

from figures import share

Figures = Mapping[str, Any]
PACKAGES = ("starlette", "connexion", "uvicorn", "httptools", "jsonschema-rs", "orjson")
BARE, OURS, PRISM = "bare Starlette", "understudy", "Prism"
BUSY = "the machine was busy with other work: compare CPU, not seconds or requests/s"
GOALS = {
    "SQLite": {"POST": 0.70, "GET": 0.95, "LIST of 10": 0.95},
    "Redis": {"POST": 0.40, "GET": 0.40, "LIST of 10": 0.40},
}
"""What part of memory's speed, by CPU, each store is to reach on one worker; nothing fails where it does not."""
OPENING = """# Benchmarks

Written by `make bench`, all of it in one run. What was not measured is not here: the second part and GitHub's document need
`make bench CORPUS=folder`, Prism needs npm, Redis a redis-server, and a million records `ARGS=--million`. Where the time of one
request goes is printed by `make layers`.
"""


def machine(is_prism_here: bool) -> list[str]:
    """Name the versions that were measured, and the machine as far as it matters."""
    versions = [f"{name} {version(name)}" for name in PACKAGES]
    if is_prism_here and shutil.which("node"):
        node = subprocess.run(["node", "--version"], check=True, stdout=subprocess.PIPE, text=True)
        versions.append(f"Node {node.stdout.strip().removeprefix('v')}")
    return [
        f"{datetime.now(UTC):%Y-%m-%d}, understudy {version('understudy')}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores",
        ", ".join(versions),
    ]


def shares(figures: Figures) -> dict[str, float]:
    """Return the share of the bare application's speed by contract and kind of request, such as `inferred/POST`."""
    found = {}
    for contract, servers in figures.items():
        for kind, ours in servers[OURS].items():
            reference = servers[BARE][kind]
            found[f"{contract}/{kind.replace(' ', '-')}"] = share(
                _column(ours, "cpu_us"), _column(reference, "cpu_us")
            )
    return found


def report(figures: Figures) -> str:
    """Write the whole report. A part that is not among the figures is left out."""
    parts = [OPENING, "\n".join(f"- {line}" for line in figures["machine"]) + "\n"]
    writers = {
        "requests": requests,
        "writes": writes,
        "growth": growth,
        "starts": starts,
        "journal": journal,
        "stores": stores,
    }
    for name, write in writers.items():
        if figures.get(name):
            parts.append("\n".join(write(figures[name])) + "\n")
    return "\n".join(parts)


def requests(figures: Figures) -> Iterator[str]:
    """Write the first part."""
    yield "## A request, beside the same work by hand\n"
    yield "One process each, 16 connections, the journal on and a session named. Medians of interleaved rounds. CPU is that of the"
    yield "server; a share of 100 % costs as much as the bare application, of 50 % twice as much. Prism remembers nothing, and its"
    yield "lists hold what the document's examples or its schema say, whatever the limit. A list is asked for again with nothing"
    yield "written in between, so that understudy sends what it kept; what making one costs stands under growth. The last column is"
    yield "the CPU of the load.\n"
    for contract, servers in figures.items():
        yield f"### {contract.capitalize()}\n"
        yield from _table(
            ("", "", "CPU µs", "share", "requests/s", "p50 ms", "p99 ms", "load µs"), _costs(servers)
        )
        yield ""


def _costs(servers: Figures) -> Iterator[Sequence[str]]:
    for kind, reference in servers[BARE].items():
        least = _column(reference, "cpu_us")
        for name, kinds in servers.items():
            cost = _column(kinds[kind], "cpu_us")
            rest = {column: median(_column(kinds[kind], column)) for column in kinds[kind][0]}
            yield (
                kind,
                name,
                f"{median(cost):,.0f}",
                percent(share(cost, least)),
                f"{rest['per_second']:,.0f}",
                f"{rest['p50_ms']:.2f}",
                f"{rest['p99_ms']:.2f}",
                f"{rest['load_us']:.0f}",
            )


def writes(figures: Figures) -> Iterator[str]:
    """Write the second part."""
    yield "## A POST whose answer has members only the server can say\n"
    yield "In this process, without a socket; CPU. The first call compiles what the operation means and is not among the others.\n"
    rows = []
    for name, took in figures.items():
        rows.append((name, *(f"{took[column]:.2f}" for column in ("p50_ms", "worst_ms", "first_ms"))))
    yield from _table(("", "median ms", "worst ms", "first ms"), rows)


def growth(figures: Figures) -> Iterator[str]:
    """Write the third part."""
    yield "## A collection that grows\n"
    yield "In this process, without a socket and without a journal; CPU. A call that is not served has no line. *Held* is the longest"
    yield "time for which one call kept the event loop from all else.\n"
    for contract, grown in figures.items():
        yield f"### {contract.capitalize()}\n"
        sizes = grown["sizes"]
        titles = [""]
        for size in sizes:
            titles += [f"p50 µs at {int(size):,}", "held ms"]
        smallest = next(iter(sizes.values()))
        yield from _table(titles, [_grown(name, sizes.values()) for name in smallest])
        yield (
            f"\nA record takes {grown['bytes_beyond_json']:,.0f} bytes beyond its {grown['json_bytes']:,.0f} of JSON; "
            f"the longest create, with what the garbage collector does, took {grown['longest_create_ms']:.1f} ms.\n"
        )


def _grown(name: str, sizes: Iterable[Figures]) -> Sequence[str]:
    row = [name]
    for figures in sizes:
        taken = figures[name]
        row += [f"{taken['p50_us']:,.0f}", f"{taken['held_ms']:.2f}"]
    return row


def starts(figures: Figures) -> Iterator[str]:
    """Write the fourth part."""
    yield "## From spawn to the first answer\n"
    rows = []
    for name, columns in figures.items():
        memory = f"{median(columns['rss_mb']):.0f}" if "rss_mb" in columns else ""
        rows.append((name, f"{median(columns['seconds']):.2f}", f"{median(columns['cpu_s']):.2f}", memory))
    yield from _table(("", "seconds", "of them CPU", "MB"), rows)


def journal(figures: Figures) -> Iterator[str]:
    """Write what the journal keeps in memory."""
    yield "## The journal's memory\n"
    yield "Resident memory of a server with the four bundled sandboxes while it notes lists of ten.\n"
    yield from _table(("requests", "MB"), [(f"{int(noted):,}", f"{mb:.0f}") for noted, mb in figures.items()])


def stores(figures: Figures) -> Iterator[str]:
    """Write what each store costs, and what more workers bring."""
    servers = figures["servers"]
    yield "## Where sessions are kept\n"
    yield "`contract.yaml`, 16 connections, the journal on and a session named; medians of interleaved rounds. CPU is that of the sandbox's"
    yield "processes, without the server of Redis, which keeps nothing on the disk here. A share of 50 % costs twice as much as memory."
    yield from filter(None, [figures["missing"]])
    yield ""
    yield from _asked(figures.get("asked", {}))
    one = {name: kinds for name, kinds in servers.items() if "workers" not in name}
    yield from _table(("", "", "CPU µs", "of memory", "goal", "", "requests/s"), _kept(one))
    if len(servers) > len(one):
        yield f"\nWorkers that share one Redis. This machine has {os.cpu_count()} cores, on which the load and Redis run as well.\n"
        several = {name: kinds for name, kinds in servers.items() if name.startswith("Redis")}
        yield from _table(("", "", "CPU µs", "requests/s", "p99 ms"), _answering(several))


def _asked(kinds: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """Write how often a request of each kind goes to the server of Redis; who tells the journal waits for no answer."""
    for kind, scripts in kinds.items():
        waited = {script: times for script, times in scripts.items() if script != "log" and times >= 0.05}
        calls = ", ".join(f"{script} {times:.1f}" for script, times in waited.items())
        journal = f"{scripts.get('log', 0):.1f}"
        yield f"- {kind}: {sum(waited.values()):.1f} round trips to Redis ({calls}), and {journal} for the journal, which nobody waits for"
    if kinds:
        yield ""


def _kept(servers: Figures) -> Iterator[Sequence[str]]:
    for kind, rounds in servers["memory"].items():
        least = _column(rounds, "cpu_us")
        for name, kinds in servers.items():
            cost = _column(kinds[kind], "cpu_us")
            reached = share(cost, least)
            goal = GOALS.get(name, {}).get(kind)
            speed = median(_column(kinds[kind], "per_second"))
            yield (
                kind,
                name,
                f"{median(cost):,.0f}",
                percent(reached),
                *_judged(reached, goal),
                f"{speed:,.0f}",
            )


def _judged(reached: float, goal: float | None) -> tuple[str, str]:
    if goal is None:
        return "", ""
    return percent(goal), "reached" if reached >= goal else "missed"


def _answering(servers: Figures) -> Iterator[Sequence[str]]:
    for kind in servers["Redis"]:
        for name, kinds in servers.items():
            columns = ("cpu_us", "per_second", "p99_ms")
            cpu, speed, slow = (median(_column(kinds[kind], column)) for column in columns)
            workers = name.partition(", ")[2] or "1 worker"
            yield kind, workers, f"{cpu:,.0f}", f"{speed:,.0f}", f"{slow:.2f}"


def percent(part: float) -> str:
    """Write a share, to a tenth where it is small."""
    return f"{part:.1%}" if part < 0.1 else f"{part:.0%}"


def _column(rounds: Sequence[Mapping[str, float]], name: str) -> list[float]:
    return [figures[name] for figures in rounds]


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Write a table; numbers stand to the right."""
    yield _row(titles)
    yield "|" + "|".join(" --: " if title else " --- " for title in titles) + "|"
    for row in rows:
        yield _row(row)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
