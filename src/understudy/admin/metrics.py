"""Metrics: what the server counted and what it holds, for Prometheus."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from understudy import __version__
from understudy.admin.served import Served
from understudy.durations import Latencies
from understudy.handler import Context
from understudy.journal.journal import Journal
from understudy.messages import Request, Response
from understudy.metrics.holdings import Holdings
from understudy.metrics.loop_lag import LoopLag
from understudy.metrics.tally import Tally
from understudy.metrics.together import summed
from understudy.sessions import Session
from understudy.state.backend import Backend
from understudy.state.kept import KeptBackend
from understudy.state.shared.backend import SharedBackend
from understudy.state.store import INTERNAL, Store

if TYPE_CHECKING:
    from understudy.metrics.exposition import Exposition

TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
_EXPOSITION: Final = "understudy.metrics.exposition"


class MetricsAdmin:
    """The operation that reads the metrics."""

    def __init__(self, served: Served, tally: Tally) -> None:
        self._served, self._tally = served, tally
        self._lag = LoopLag()
        self._exposition: Exposition | None = None

    async def get_metrics(self, _request: Request, _context: Context) -> Response:
        """Write all metrics."""
        self._lag.begin()
        if self._exposition is None:
            # It takes a tenth of a second to import, which only servers that are scraped need, once, and
            # not on the loop.
            module = await asyncio.to_thread(import_module, _EXPOSITION)
            self._exposition = module.Exposition(self._lag.durations)
        backend = self._served.sessions.backend
        tally, latencies = self._tally, _latencies(backend)
        if tally.together is not None:
            others = await asyncio.to_thread(tuple, tally.together.others(os.getpid()))
            tally, latencies = summed((tally, latencies), *others)
        holdings = await self._holdings(latencies)
        if isinstance(backend, SharedBackend):
            holdings = replace(holdings, **await _sizes(backend, self._served.names))
        return Response(200, self._exposition.write(holdings, tally), media_type=TEXT)

    async def _holdings(self, latencies: Latencies) -> Holdings:
        sessions = list(self._served.sessions)
        records: Counter[str] = Counter(dict.fromkeys(self._served.names, 0))
        for session in sessions:
            records.update(await records_of(session, self._served.names))
            await asyncio.sleep(0)  # there may be thousands
        backend = self._served.sessions.backend
        return Holdings(
            version=__version__,
            sessions=len(sessions),
            records=records,
            entries=sum(len(session.journal) for session in sessions),
            bytes=sum(session.journal.bytes for session in sessions),
            fault_rules=sum(len(session.faults) for session in sessions),
            writes=backend.writes() if isinstance(backend, KeptBackend) else None,
            latencies=latencies,
        )


def _latencies(backend: Backend[Journal]) -> Latencies:
    if isinstance(backend, (KeptBackend, SharedBackend)):
        return backend.latencies
    return Latencies()


async def _sizes(backend: SharedBackend[Journal], apis: Iterable[str]) -> dict[str, Any]:
    """Return what there is of sessions in the store, of which this process may know but some."""
    found = await backend.sizes()
    records: Counter[str] = Counter(dict.fromkeys(apis, 0))
    for size in found:
        records.update(size.records)
    return {"sessions": len(found), "records": records, "entries": sum(size.entries for size in found)}


async def records_of(session: Session, apis: Iterable[str]) -> dict[str, int]:
    """Count what these APIs hold in a session, as far as somebody has used them."""
    worlds = {name: session.worlds[name] for name in apis if name in session.worlds}
    return {name: await _count(world.store) for name, world in worlds.items()}


async def _count(store: Store) -> int:
    records = 0
    for collection in await store.collections():
        if not collection.startswith(INTERNAL):
            records += (await store.list(collection, limit=0, count=True)).total or 0
    return records
