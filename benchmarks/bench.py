"""What the sandbox costs, in one run: requests, writes, growth, starts, the journal's memory, stores. Needs Linux."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import journal
import report
import shares
import startup
import store_costs
from figures import asked_shares, failing
from servers import busy

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Effort:
    """How much is measured. seconds: of one round of one kind of request on one server."""

    rounds: int = 5
    seconds: float = 1.0
    sizes: tuple[int, ...] = (100, 10_000)
    starts: int = 5
    journal_seconds: float = 30.0
    store_rounds: int = store_costs.ROUNDS
    store_seconds: float = store_costs.SECONDS


QUICK = Effort(
    rounds=1, seconds=0.2, sizes=(20, 100), starts=1, journal_seconds=1.0, store_rounds=1, store_seconds=0.2
)


def measured(script: str, *arguments: str) -> Any:
    """Run one of the parts in a process of its own, so that its memory is its own too, and return its figures."""
    command = [sys.executable, str(HERE / script), *arguments]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def run(effort: Effort, connections: int, prism: Path | None, corpus: Path | None) -> dict[str, Any]:
    """Measure all parts, one after another, and return their figures."""
    figures: dict[str, Any] = {"machine": report.machine(prism is not None)}
    if busy() > 0.5:
        figures["machine"].append(report.BUSY)
    say("requests")
    figures["requests"] = shares.measure(prism, effort.rounds, effort.seconds, connections)
    if corpus is not None:
        say("writes")
        figures["writes"] = measured("writes.py", str(corpus))
    say("growth")
    sizes = [str(size) for size in effort.sizes]
    figures["growth"] = {name: measured("growth.py", name, *sizes) for name in ("inferred", "vendor")}
    say("starts")
    figures["starts"] = startup.measure(corpus, effort.starts)
    say("the journal's memory")
    figures["journal"] = journal.measure(effort.journal_seconds, connections)
    say("stores")
    figures["stores"] = store_costs.measure(effort.store_rounds, effort.store_seconds, connections)
    return figures


def say(part: str) -> None:
    """Say what is being measured, beside the report."""
    print(f"measuring {part} ...", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line; the exit status is 1 where a share is too small."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--at-least",
        type=asked_shares,
        default={},
        metavar="SHARES",
        help="fail below these shares of the bare speed, such as 'inferred/POST=3%% vendor/LIST-of-10=60%%'",
    )
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--prism", type=Path, metavar="FILE", help="Prism's main file, to measure it beside")
    parser.add_argument("--corpus", type=Path, metavar="FOLDER", help="documents that others wrote")
    parser.add_argument("--million", action="store_true", help="grow to a million records; this takes long")
    parser.add_argument("--quick", action="store_true", help="enough to see that it runs, not to compare")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the report there too")
    options = parser.parse_args(arguments)
    effort = QUICK if options.quick else Effort()
    if options.million:
        effort = Effort(sizes=(100, 10_000, 1_000_000))
    prism = options.prism if options.prism and options.prism.is_file() else None
    figures = run(effort, options.connections, prism, options.corpus)
    written = report.report(figures)
    print(written)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    if options.write and not options.quick:
        options.write.write_text(written)
    if problems := list(failing(report.shares(figures["requests"]), options.at_least)):
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
