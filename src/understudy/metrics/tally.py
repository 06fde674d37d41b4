"""The tally: what is counted of each request, which has to cost it next to nothing."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

from understudy.durations import BOUNDS, Durations
from understudy.faults.header import names_of

if TYPE_CHECKING:
    from understudy.metrics.together import Together


class Calls(Durations):
    """What came of the requests to one operation. statuses: how many were answered so, 0 where cut."""

    __slots__ = ("statuses",)

    def __init__(self) -> None:
        super().__init__()
        self.statuses: dict[int, int] = {}


class Tally:
    """What was counted since the server started; belongs to one event loop.

    calls: by API and operation, both empty where none was found. refusals: by API and kind. faults: by API
    and kind. together: what the other workers of the server count, where there are some.
    """

    def __init__(self, together: Together | None = None) -> None:
        self.together = together
        self.calls: dict[tuple[str, str], Calls] = {}
        self.refusals: Counter[tuple[str, str]] = Counter()
        self.faults: Counter[tuple[str, str]] = Counter()

    def count(self, api: str, operation: str, status: int, seconds: float) -> None:
        """Count a request and how long its answer took."""
        calls = self.calls_of(api, operation)
        calls.statuses[status] = calls.statuses.get(status, 0) + 1
        calls.buckets[bisect_left(BOUNDS, seconds)] += 1
        calls.seconds += seconds

    def calls_of(self, api: str, operation: str) -> Calls:
        """Return what came of the requests to an operation."""
        calls = self.calls.get((api, operation))
        if calls is None:
            calls = self.calls[api, operation] = Calls()
        return calls

    def join(self, other: Tally) -> None:
        """Count what another has counted."""
        for (api, operation), theirs in list(other.calls.items()):
            calls = self.calls_of(api, operation)
            calls.join(theirs)
            for status, number in theirs.statuses.items():
                calls.statuses[status] = calls.statuses.get(status, 0) + number
        self.refusals.update(other.refusals)
        self.faults.update(other.faults)

    def count_fault(self, api: str, applied: str) -> None:
        """Count what was made to go wrong, as the header Sandbox-Fault says it."""
        for name in names_of(applied):
            self.faults[api, name] += 1
