"""What the journal keeps in memory: a server after ever more lists of ten, each of which it notes."""

from __future__ import annotations

from servers import serving, understudy
from shares import Measured
from work import VENDOR

STEPS = 8  # looks at the memory


def measure(seconds: float, connections: int) -> dict[int, float]:
    """Return the resident memory in MB by the number of requests that were noted."""
    path = VENDOR.mounted + VENDOR.path
    with serving("understudy", understudy(), path, **VENDOR.headers) as server:
        one = Measured(VENDOR, server, VENDOR.mounted)
        one.check()
        noted = 0
        memory = {0: server.rss_mb()}
        for _ in range(STEPS):
            noted += int(one.load("LIST of 10", seconds / STEPS, connections)["requests"])
            memory[noted] = server.rss_mb()
    return memory
