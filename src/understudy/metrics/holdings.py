"""Holdings: what a server has at one moment."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from understudy.durations import Durations
from understudy.state.writing import Writes


class Holdings(Struct, frozen=True):
    """What there is of each. records: by API. bytes: what the journals take in memory, as they count it.
    writes: to the store, where state is kept. latencies: of its operations, where it is not memory.
    """

    version: str
    sessions: int = 0
    records: Mapping[str, int] = field(default_factory=dict)
    entries: int = 0
    bytes: int = 0
    fault_rules: int = 0
    writes: Writes | None = None
    latencies: Mapping[str, Durations] = field(default_factory=dict)
