"""Fourth part: from the spawn of a process to its first answer."""

from __future__ import annotations

import compileall
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from servers import serving, understudy
from work import VENDOR

HERE = Path(__file__).parent
SOURCES = Path(__file__).parent.parent / "src"
TIMES = 5
IMPORTING = [sys.executable, "-c", "import connexion"]


def finished(command: list[str]) -> tuple[float, float] | None:
    """Run a command to its end; return the seconds and the processor's seconds it took, or None where it fails."""
    started, before = time.perf_counter(), os.times()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    took, after = time.perf_counter() - started, os.times()
    if done.returncode:
        return None
    user = after.children_user - before.children_user
    return took, user + after.children_system - before.children_system


def said(command: list[str]) -> tuple[float, float] | None:
    """Run a command until it says what it cost; return the seconds to then and those of the processor, or None where it fails."""
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        took = time.perf_counter() - started
    if process.returncode or not line:
        return None
    return took, float(line)


def answered(command: list[str], path: str, **headers: str) -> tuple[float, float, float]:
    """Start a server; return the seconds and the processor's seconds to its first answer, and the memory in MB it then has."""
    with serving("understudy", command, path, **headers) as server:
        return server.seconds, server.cpu_seconds, server.rss_mb()


def measure(corpus: Path | None, times: int) -> dict[str, dict[str, list[float]]]:
    """Start each process a number of times, one after another, and return what each start took."""
    compileall.compile_dir(SOURCES, quiet=2)  # as everything that is installed is
    starts: dict[str, list[tuple[float, ...]]] = {"import connexion": [], "four bundled sandboxes": []}
    large = corpus / "github.json" if corpus else None
    if large is not None and large.is_file():
        starts["GitHub's document"] = []
        starts["the whole model of GitHub's document"] = []
        starts["`explain --json` of GitHub's document"] = []
    for _ in range(times):
        imported = finished(IMPORTING)
        starts["import connexion"] += [imported] if imported else []
        path = VENDOR.mounted + VENDOR.path
        starts["four bundled sandboxes"].append(answered(understudy(), path, **VENDOR.headers))
        if "GitHub's document" in starts:
            starts["GitHub's document"].append(answered(understudy(str(large)), "/meta"))
            modelled = said([sys.executable, str(HERE / "whole_model.py"), str(large)])
            starts["the whole model of GitHub's document"] += [modelled] if modelled else []
            explain = [sys.executable, "-m", "understudy", "explain", str(large), "--json"]
            explained = finished(explain)
            starts["`explain --json` of GitHub's document"] += [explained] if explained else []
    measured = {}
    for name, taken in starts.items():
        columns = zip(*taken, strict=True)
        measured[name] = dict(zip(("seconds", "cpu_s", "rss_mb"), map(list, columns), strict=False))
    return {name: columns for name, columns in measured.items() if columns}


def main() -> None:
    """Measure, with GitHub's document where its folder is named, and print the figures."""
    corpus = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    print(json.dumps(measure(corpus, TIMES)))


if __name__ == "__main__":
    main()
