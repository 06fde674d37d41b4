"""The exposition: what was counted, and what there is, as Prometheus reads it.

Nothing here belongs to the process: two servers in one have a registry each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
    SummaryMetricFamily,
)

from understudy.durations import BOUNDS, Durations
from understudy.metrics.holdings import Holdings
from understudy.metrics.tally import Tally
from understudy.state.writing import Writes


class Exposition:
    """Writes metrics in the text format, version 0.0.4."""

    def __init__(self, lag: Durations) -> None:
        self._tally, self._lag = Tally(), lag
        self._holdings = Holdings("")
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)  # memory, CPU, files, of this process
        self._registry.register(self)

    def write(self, holdings: Holdings, tally: Tally) -> str:
        """Return all metrics."""
        self._holdings, self._tally = holdings, tally
        return generate_latest(self._registry).decode()

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics, as the registry asks for them."""
        yield from self._requests()
        yield _counter(
            "refusals", "Requests that were refused.", ("api", "kind"), self._tally.refusals.items()
        )
        yield _counter("faults", "Requests that a fault struck.", ("api", "kind"), self._tally.faults.items())
        yield from self._held()
        if self._holdings.writes is not None:
            yield from _stored(self._holdings.writes)
        if self._holdings.latencies:
            yield _latencies(self._holdings.latencies)
        lag = HistogramMetricFamily(
            "understudy_event_loop_lag_seconds", "How much later than due the event loop came to a timer."
        )
        lag.add_metric([], *_histogram(self._lag))
        yield lag

    def _requests(self) -> Iterator[Metric]:
        counts: dict[tuple[str, ...], int] = {}
        durations = HistogramMetricFamily(
            "understudy_request_duration_seconds",
            "From a request to the end of its answer.",
            labels=("api", "operation"),
        )
        for (api, operation), calls in list(self._tally.calls.items()):
            durations.add_metric([api, operation], *_histogram(calls))
            for status, count in calls.statuses.items():
                counts[api, operation, str(status)] = count
        help_ = "Requests that were answered; status 0 where the connection was cut."
        yield _counter("requests", help_, ("api", "operation", "status"), counts.items())
        yield durations

    def _held(self) -> Iterator[Metric]:
        held = self._holdings
        version = GaugeMetricFamily("understudy_build_info", "The version that runs.", labels=("version",))
        version.add_metric([held.version], 1)
        yield version
        records = GaugeMetricFamily("understudy_records", "Records, of all sessions.", labels=("api",))
        for api, count in held.records.items():
            records.add_metric([api], count)
        yield records
        yield GaugeMetricFamily("understudy_sessions", "Sessions there are.", held.sessions)
        yield GaugeMetricFamily("understudy_journal_entries", "Entries that journals keep.", held.entries)
        yield GaugeMetricFamily("understudy_journal_bytes", "Memory that journals take.", held.bytes)
        yield GaugeMetricFamily("understudy_fault_rules", "Rules of faults there are.", held.fault_rules)


def _stored(writes: Writes) -> Iterator[Metric]:
    yield CounterMetricFamily(
        "understudy_store_noted", "Changes that were noted for the store.", writes.noted
    )
    yield CounterMetricFamily(
        "understudy_store_written", "Of these, in their order, those that are on the disk.", writes.written
    )
    yield SummaryMetricFamily(
        "understudy_store_write_seconds",
        "From the first change of a transaction to its being on the disk.",
        writes.batches,
        writes.seconds,
    )
    yield GaugeMetricFamily(
        "understudy_store_longest_write_seconds", "The longest of these there was.", writes.longest
    )


def _latencies(latencies: Mapping[str, Durations]) -> HistogramMetricFamily:
    family = HistogramMetricFamily(
        "understudy_store_operation_duration_seconds",
        "How long the store took: a transaction on the disk, or a round trip to the server.",
        labels=("operation",),
    )
    for operation, durations in sorted(latencies.items()):
        family.add_metric([operation], *_histogram(durations))
    return family


def _counter(
    name: str, help_: str, labels: Sequence[str], counts: Iterable[tuple[tuple[str, ...], int]]
) -> CounterMetricFamily:
    family = CounterMetricFamily(f"understudy_{name}", help_, labels=labels)
    for values, count in sorted(counts):
        family.add_metric(list(values), count)
    return family


def _histogram(durations: Durations) -> tuple[list[tuple[str, float]], float]:
    """Return the buckets of a histogram, each with what the ones below it have too, and its sum."""
    bounds = [*map(str, BOUNDS), "+Inf"]
    return list(zip(bounds, accumulate(durations.buckets), strict=True)), durations.seconds
