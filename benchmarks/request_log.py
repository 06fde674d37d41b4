"""What `--log requests` costs: processor time for each request, on the path of the request and in all.

`.venv/bin/python benchmarks/request_log.py` prints both, for a server that is called less and more often than 500 times a second.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from understudy.journal.entry import Entry
from understudy.server.request_log import Lines, RequestLog

REQUESTS = 9_000  # fewer than may wait to be written
TAKES = 7
MICROSECONDS = 1e6


def entries(apart: float) -> list[Entry]:
    """Make entries that came so many seconds apart."""
    facts = {
        "method": "GET",
        "path": "/customers/c-101",
        "operation": "get /customers/{customerId}",
        "operation_id": "getCustomer",
        "status": 200,
        "response_size": 100,
        "duration": 0.0011,
    }
    return [Entry(number=number, at=1.7e9 + number * apart, **facts) for number in range(REQUESTS)]


def cost(seen: Sequence[Entry]) -> tuple[float, float]:
    """Return the microseconds of a request in all, and on its own path."""
    with Path("/dev/null").open("w", encoding="utf-8") as nowhere:
        log = RequestLog(nowhere.write, Lines(colours=True))
        everything, own = time.process_time(), time.thread_time()
        for entry in seen:
            log.note("default", entry)
        own = time.thread_time() - own
        log.close()
        everything = time.process_time() - everything
    return everything / len(seen) * MICROSECONDS, own / len(seen) * MICROSECONDS


def main() -> None:
    """Print the least of some takes: what else the machine does adds to the others."""
    for name, apart in (("below 500 a second", 0.003), ("above", 0.0002)):
        seen = entries(apart)
        everything, own = min(cost(seen) for _ in range(TAKES))
        print(f"{name}: {everything:.1f} µs a request, {own:.1f} of them on its path")


if __name__ == "__main__":
    main()
