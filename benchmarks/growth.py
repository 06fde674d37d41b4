"""Third part: what calls cost as a collection grows, what a record takes in memory, and how long the event loop is held."""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
import time
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any

from calls import Answer, Application, spare_the_collector
from figures import percentile
from work import FIRST, INFERRED, VENDOR, Work

TIMES = 50
WARMING = 20


class Growing:
    """One collection, filled through its own POST; the journal is off, since what it keeps does not grow with the records.

    No list is asked for twice, so that each is made and none is kept from before.
    """

    def __init__(self, work: Work) -> None:
        self.work = work
        bundled = work.mounted != ""
        self.application = Application([] if bundled else [work.document], journal=0)
        self.path = work.mounted + work.path
        self.keys: list[Any] = []
        self.json_bytes = 0
        self.asked = count()

    async def create(self) -> Answer:
        """Create the next account."""
        number = FIRST + len(self.keys)
        body = json.dumps(self.work.body(number)).encode()
        headers = {**self.work.headers, "Content-Type": "application/json"}
        answer = await self.application.call("POST", self.path, headers, body)
        self.expect("POST", answer.status == 201, answer)
        self.json_bytes += len(answer.body)
        self.keys.append(json.loads(answer.body)[self.work.key])
        return answer

    async def get(self, path: str) -> Answer:
        """Read something that is there."""
        answer = await self.application.call("GET", path, self.work.headers)
        self.expect(path, answer.status == 200, answer)
        return answer

    async def read(self) -> Answer:
        """Read an account from the middle."""
        key = self.keys[len(self.keys) // 2]
        return await self.get(f"{self.path.removesuffix('/')}/{key}{self.work.ending}")

    async def first_page(self) -> Answer:
        """List ten of the first."""
        return await self.get(f"{self.path}?limit=10&offset={next(self.asked) % len(self.keys)}")

    async def deep_page(self) -> Answer:
        """List ten up to nine tenths of the way."""
        offset = len(self.keys) * 9 // 10 - next(self.asked) % (len(self.keys) // 2)
        return await self.get(f"{self.path}?limit=10&offset={offset}")

    async def filtered(self) -> Answer:
        """List the one account that has a value."""
        number = FIRST + len(self.keys) // 2
        asked = f"numbers={number}" if self.work is VENDOR else f"email=account-{number}%40example.com"
        return await self.get(f"{self.path}?limit={10 + next(self.asked) % 90}&{asked}")

    async def searched(self) -> Answer:
        """Search for a text that one account has."""
        number = FIRST + len(self.keys) // 2
        name = "search" if self.work is VENDOR else "q"
        return await self.get(f"{self.path}?limit={10 + next(self.asked) % 90}&{name}={number}")

    def calls(self) -> dict[str, Callable[[], Awaitable[Answer]]]:
        """Name what is measured."""
        return {
            "create": self.create,
            "read": self.read,
            "first page": self.first_page,
            "deep page": self.deep_page,
            "filter by equality": self.filtered,
            "search": self.searched,
        }

    def finds_one(self, answer: Answer) -> bool:
        """Tell whether a list holds one account: one that was not filtered holds ten."""
        return len(self.work.page(json.loads(answer.body))) == 1

    def expect(self, what: str, holds: bool, answer: Answer) -> None:
        """Stop where an answer is not the one that was to be measured."""
        if not holds:
            sys.exit(f"{self.work.name} answers {what} with {answer.status}: {answer.body[:500]!r}")


async def measure(growing: Growing, times: int) -> dict[str, dict[str, float]]:
    """Make each call a number of times; return its median in microseconds, and the longest it held the loop in milliseconds."""
    figures = {}
    for name, call in growing.calls().items():
        answer = await call()
        if name in ("filter by equality", "search") and not growing.finds_one(answer):
            continue  # it is not served: a figure would be of something else
        for _ in range(min(WARMING, times)):
            await call()
        took = [(await call()).cpu_s for _ in range(times)]
        held = [await longest_hold(call) for _ in range(min(10, times))]
        figures[name] = {"p50_us": 1e6 * percentile(took, 50), "held_ms": 1000 * max(held)}
    return figures


async def longest_hold(call: Callable[[], Awaitable[Answer]]) -> float:
    """Return the longest time, in seconds of this thread's processor, for which a call kept the event loop from all else."""
    longest, last = 0.0, time.thread_time()
    calling = asyncio.ensure_future(call())
    while not calling.done():
        await asyncio.sleep(0)
        now = time.thread_time()
        longest, last = max(longest, now - last), now
    await calling
    return longest


async def grow(work: Work, sizes: list[int]) -> dict[str, Any]:
    """Measure at each size, and weigh the records on the way to the largest."""
    growing = Growing(work)
    for _ in range(min(WARMING, sizes[0])):
        await growing.create()
    spare_the_collector()
    start, before, known = rss_bytes(), growing.json_bytes, len(growing.keys)
    figures: dict[str, Any] = {}
    longest = 0.0
    for size in sizes:
        while len(growing.keys) < size:
            longest = max(longest, (await growing.create()).cpu_s)
        # A scan of a large collection takes seconds: ten times are enough to see it.
        figures[str(size)] = await measure(growing, TIMES if size <= 10_000 else 10)
    gc.collect()
    added = len(growing.keys) - known
    keys = sys.getsizeof(growing.keys) + sum(map(sys.getsizeof, growing.keys))  # they are ours
    taken = rss_bytes() - start - keys
    return {
        "sizes": figures,
        "longest_create_ms": 1000 * longest,
        "bytes_beyond_json": (taken - growing.json_bytes + before) / added,
        "json_bytes": (growing.json_bytes - before) / added,
    }


def rss_bytes() -> int:
    """Read the resident memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def main() -> None:
    """Measure one of the two contracts in this process, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", choices=("inferred", "vendor"))
    parser.add_argument("sizes", type=int, nargs="+")
    options = parser.parse_args()
    work = VENDOR if options.work == "vendor" else INFERRED
    print(json.dumps(asyncio.run(grow(work, options.sizes))))


if __name__ == "__main__":
    main()
