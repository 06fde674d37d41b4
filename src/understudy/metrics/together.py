"""What the workers of one server counted: each has a file, and whoever is asked adds them up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from understudy.durations import Durations, Latencies
from understudy.metrics.tally import Tally

INTERVAL: Final = 1.0  # seconds between two writes
_ENDED: Final = "ended.json"
_REMEMBERED: Final = 1000  # workers that ended, of which it is known that they are among the sum

Counted = tuple[Tally, Latencies]
"""What was counted of requests, and of what the store was asked."""


class Together:
    """A folder in which the workers of a server have a file each; what one counted outlives it there.

    The first process makes it, and adds those that ended to one file.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ended: Counted = (Tally(), Latencies())
        self._gone: list[int] = []

    def begin(self, pid: int, counted: Callable[[], Counted]) -> None:
        """Write what a worker counts, as long as the loop runs."""
        asyncio.get_running_loop().call_later(INTERVAL, self.begin, pid, counted)
        self.write(pid, counted())

    def write(self, pid: int, counted: Counted) -> None:
        """Write what a worker has counted."""
        self._put(f"{pid}.json", _written(counted))

    def others(self, pid: int) -> Iterator[Counted]:
        """Yield what all but one have counted, those that ended too."""
        found = [(path.stem, _read_file(path)) for path in self._folder.glob("[0-9]*.json")]
        ended = _read_file(self._folder / _ENDED)  # after those that may be added to it
        known = [pid]
        if ended is not None:
            known += ended["pids"]
            yield _read(ended)
        for name, value in found:
            if value is not None and int(name) not in known:
                yield _read(value)

    def end(self, pid: int) -> None:
        """Have what a worker counted be among those that ended."""
        path = self._folder / f"{pid}.json"
        value = _read_file(path)
        if value is not None:
            self._ended = summed(self._ended, _read(value))
            self._gone = [*self._gone[1 - _REMEMBERED :], pid]
            self._put(_ENDED, {"pids": self._gone, **_written(self._ended)})
            path.unlink()

    def _put(self, name: str, value: Mapping[str, Any]) -> None:
        with suppress(OSError):  # the disk is full, say: the next write tells as much
            half = self._folder / f"{name}.half"
            half.write_text(json.dumps(value))
            half.replace(self._folder / name)


def summed(*all_of: Counted) -> Counted:
    """Return what several have counted."""
    tally, latencies = Tally(), Latencies()
    for one, times in all_of:
        tally.join(one)
        for name, durations in list(times.items()):
            latencies.setdefault(name, Durations()).join(durations)
    return tally, latencies


def _written(counted: Counted) -> dict[str, Any]:
    tally, latencies = counted
    return {
        "calls": [[*key, *_numbers(one), list(one.statuses.items())] for key, one in tally.calls.items()],
        "refusals": _listed(tally.refusals),
        "faults": _listed(tally.faults),
        "latencies": [[name, *_numbers(one)] for name, one in latencies.items()],
    }


def _listed(counter: Mapping[tuple[str, str], int]) -> list[tuple[str, str, int]]:
    return [(api, kind, number) for (api, kind), number in counter.items()]


def _numbers(durations: Durations) -> tuple[list[int], float]:
    return durations.buckets, durations.seconds


def _read(value: Mapping[str, Any]) -> Counted:
    tally, latencies = Tally(), Latencies()
    for api, operation, buckets, seconds, statuses in value["calls"]:
        calls = tally.calls_of(api, operation)
        calls.buckets, calls.seconds, calls.statuses = buckets, seconds, dict(statuses)
    for name, counter in (("refusals", tally.refusals), ("faults", tally.faults)):
        for api, kind, number in value[name]:
            counter[api, kind] = number
    for name, buckets, seconds in value["latencies"]:
        durations = latencies[name] = Durations()
        durations.buckets, durations.seconds = buckets, seconds
    return tally, latencies


def _read_file(path: Path) -> Any:
    with suppress(FileNotFoundError):
        return json.loads(path.read_text())
    return None
