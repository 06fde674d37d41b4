"""Where the time of one request goes, by layer: samples of the stack while an application in this process answers it again and again."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import fmean
from types import FrameType

import understudy
from calls import Answer, Application, spare_the_collector
from work import FIRST, INFERRED, KINDS, VENDOR, Work

INTERVAL = 0.001  # seconds of processor time between two samples; the kernel may make it more
PACKAGE = Path(understudy.__file__).parent
CREATED = 100
WARMING = 50


@dataclass
class Samples:
    """What was at work. self_of: by layer and by function, where the processor was. below: by function, itself and all it called."""

    taken: int = 0
    layers: Counter[str] = field(default_factory=Counter)
    self_of: Counter[str] = field(default_factory=Counter)
    below: Counter[str] = field(default_factory=Counter)

    def take(self, _signal: int, frame: FrameType | None) -> None:
        """Note one sample. What is written in C counts for the function that called it."""
        self.taken += 1
        seen = set()
        is_innermost = True
        while frame is not None:
            layer, function = place(frame)
            if is_innermost:
                self.layers[layer] += 1
                self.self_of[function] += 1
            seen.add(function)
            is_innermost = False
            frame = frame.f_back
        self.below.update(seen)


def place(frame: FrameType) -> tuple[str, str]:
    """Name a frame's layer, and its function with its file and line."""
    code = frame.f_code
    path = Path(code.co_filename)
    if path.is_relative_to(PACKAGE):
        inner = path.relative_to(PACKAGE)
        layer = inner.parts[0] if len(inner.parts) == 1 else f"{inner.parts[0]}/"
        return layer, f"{inner}:{code.co_firstlineno} {code.co_qualname}"
    if path.parent == Path(__file__).parent:
        return "(the caller)", f"({path.name} {code.co_name})"
    return "libraries", f"({path.parent.name}/{path.name} {code.co_qualname})"


def caller(
    work: Work, kind: str, application: Application, keys: list[object]
) -> Callable[[], Awaitable[Answer]]:
    """Return what makes one call of a kind."""
    path = work.mounted + work.path
    numbers = count(FIRST + 2 * CREATED)
    headers = {**work.headers, "Content-Type": "application/json"}
    one = f"{path.removesuffix('/')}/{keys[0]}{work.ending}"

    def create() -> Awaitable[Answer]:
        return application.call("POST", path, headers, json.dumps(work.body(next(numbers))).encode())

    def get() -> Awaitable[Answer]:
        asked = one if kind == "GET" else f"{path}?limit={kind.rpartition(' ')[2]}"
        return application.call("GET", asked, work.headers)

    return create if kind == "POST" else get


async def sample(work: Work, kind: str, seconds: float) -> tuple[Samples, float]:
    """Answer one kind of request for so long; return the samples, and the mean of the processor's microseconds for each."""
    application = Application([] if work.mounted else [work.document])
    path, keys = work.mounted + work.path, list[object]()
    headers = {**work.headers, "Content-Type": "application/json"}
    for number in range(FIRST, FIRST + CREATED):
        answer = await application.call("POST", path, headers, json.dumps(work.body(number)).encode())
        keys.append(json.loads(answer.body)[work.key])
    spare_the_collector()
    call = caller(work, kind, application, keys)
    for _ in range(WARMING):
        await call()
    plain: list[float] = []
    samples = Samples()
    signal.signal(signal.SIGPROF, samples.take)
    signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        plain.append((await call()).cpu_s)
    signal.setitimer(signal.ITIMER_PROF, 0)
    return samples, 1e6 * fmean(plain)


def table(samples: Samples, taken: float, shown: int) -> list[str]:
    """Write what was sampled. taken: microseconds of one request."""
    outside = samples.layers["(the caller)"]
    each = taken / max(samples.taken - outside, 1)
    lines = [f"{samples.taken - outside:,} samples; microseconds of a request", "", "by layer:"]
    for layer, found in samples.layers.most_common():
        if layer != "(the caller)":
            lines.append(f"{found * each:9.1f}  {layer}")
    for title, counter in (("in itself:", samples.self_of), ("with all it calls:", samples.below)):
        lines += ["", title]
        inside = [(name, found) for name, found in counter.most_common() if not name.startswith("(")]
        lines += [f"{found * each:9.1f}  {name}" for name, found in inside[:shown]]
    return lines


def main() -> None:
    """Print the tables of one kind of request, or of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", choices=("inferred", "vendor", "both"), default="both")
    parser.add_argument("--kind", choices=KINDS, action="append", help="of all kinds where none is named")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--functions", type=int, default=25)
    options = parser.parse_args()
    for work in (INFERRED, VENDOR):
        if options.work not in (work.name, "both"):
            continue
        for kind in options.kind or KINDS:
            samples, taken = asyncio.run(sample(work, kind, options.seconds))
            print(f"## {work.name} {kind}: {taken:.1f} us\n")
            print("\n".join(table(samples, taken, options.functions)), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
