"""Every store there is, for tests that know only the protocol: what passes over one has to pass over each."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from redis_cluster import Cluster
from redis_server import RedisServer
from understudy.journal.journal import Journal
from understudy.state.kept import KeptBackend
from understudy.state.memory import MemoryStore
from understudy.state.shared.backend import SharedBackend
from understudy.state.shared.connecting import wire_to
from understudy.state.shared.sqlite.wire import SqliteWire
from understudy.state.store import Page, Record, Store, Value

Factory = Callable[[], Store]


class YieldingStore(MemoryStore):
    """Lets everybody else go on before and after each call, as a store behind a network does."""


def _yielding(call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    @wraps(call)
    async def slow(*arguments: Any, **named: Any) -> Any:
        await asyncio.sleep(0)
        answer = await call(*arguments, **named)
        await asyncio.sleep(0)
        return answer

    return slow


_CALLS = [
    "insert",
    "insert_all",
    "get",
    "find",
    "list",
    "replace",
    "delete",
    "increment",
    "increment_all",
    "draw",
    "commit",
    "collections",
    "dump",
    "load",
    "clear",
]
for _name in _CALLS:
    setattr(YieldingStore, _name, _yielding(getattr(MemoryStore, _name)))

_SERVERS: list[RedisServer] = []
_CLUSTERS: list[Cluster] = []
_NUMBERS = count(1)


def shared_backend(now: Callable[[], float] = time.monotonic) -> SharedBackend[Journal]:
    """Return a backend in a Redis of the tests' own, below a prefix that nobody else has."""
    if not _SERVERS:
        _SERVERS.append(RedisServer())
    return SharedBackend(
        wire_to(_SERVERS[0].url, patience=60), Journal, prefix=f"test{next(_NUMBERS)}", now=now
    )


def shared_store() -> Store:
    """Return a store in a Redis."""
    return shared_backend().open("default", "shop")


def cluster_backend(now: Callable[[], float] = time.monotonic) -> SharedBackend[Journal]:
    """Return a backend in a cluster of the tests' own, below a prefix that nobody else has."""
    if not _CLUSTERS:
        _CLUSTERS.append(Cluster())
    wire = wire_to(_CLUSTERS[0].url, patience=60)
    return SharedBackend(wire, Journal, prefix=f"test{next(_NUMBERS)}", now=now)


def cluster_store() -> Store:
    """Return a store in a cluster."""
    return cluster_backend().open("default", "shop")


def end_servers() -> None:
    """End each server that was started."""
    for started in (_SERVERS, _CLUSTERS):
        while started:
            started.pop().end()


_OPENED: list[tuple[KeptBackend[Journal], TemporaryDirectory[str]]] = []


def kept_backend(now: Callable[[], float] = time.monotonic) -> KeptBackend[Journal]:
    """Return a backend in a file of its own, which `close_kept` closes."""
    folder = TemporaryDirectory()
    backend = KeptBackend(Path(folder.name, "state.db"), Journal, now=now)
    _OPENED.append((backend, folder))
    return backend


_SHARED_FILES: list[TemporaryDirectory[str]] = []


def file_backend(now: Callable[[], float] = time.monotonic) -> SharedBackend[Journal]:
    """Return a backend in a file of its own that several processes may use."""
    folder = TemporaryDirectory()
    _SHARED_FILES.append(folder)
    return SharedBackend(SqliteWire(Path(folder.name, "state.db"), patience=60), Journal, now=now)


def file_store() -> Store:
    """Return a store in a file that several processes may use."""
    return file_backend().open("default", "shop")


def kept_store() -> Store:
    """Return a store in a file of its own."""
    return kept_backend().open("default", "shop")


def close_kept() -> None:
    """Close each file that was opened since this was called last."""
    while _OPENED:
        backend, folder = _OPENED.pop()
        backend.close()
        folder.cleanup()
    while _SHARED_FILES:
        _SHARED_FILES.pop().cleanup()


@contextmanager
def common(kind: str) -> Iterator[str]:
    """Return the URL of a store that workers may share, in the folder that they are served from."""
    if kind == "file":
        yield "sqlite:///shared.db?sync=full"
        return
    server = RedisServer()
    try:
        yield server.url
    finally:
        server.end()


in_redis = pytest.mark.skipif(shutil.which("redis-server") is None, reason="there is no redis-server here")
"""Marks what needs a server."""

STORES: list[Any] = [
    MemoryStore,
    YieldingStore,
    kept_store,
    file_store,
    pytest.param(shared_store, marks=in_redis),
    pytest.param(cluster_store, marks=[in_redis, pytest.mark.slow]),
]
"""Add a store here, and every test below runs over it."""

each_store = pytest.mark.parametrize("make", STORES)


def on_each_store(scenario: Callable[[Store], Awaitable[None]]) -> Callable[[Factory], None]:
    """Make a test of a coroutine function: one run, in a loop of its own, for each store."""

    @each_store
    def test(make: Factory) -> None:
        async def play() -> None:
            await scenario(make())

        asyncio.run(play())

    test.__name__ = scenario.__name__
    return test


def told(record: Record | None) -> tuple[str, Value, int] | None:
    """Return what a record says: its key, value and version."""
    return None if record is None else (record.key, record.value, record.version)


def keys(page: Page) -> str:
    """Return the keys of a page in one line."""
    return " ".join(record.key for record in page.records)


async def fill(store: Store, *names: str, collection: str = "accounts") -> None:
    """Insert records whose key is their name."""
    for name in names:
        await store.insert(collection, name, {"name": name})


async def outcomes(*attempts: Awaitable[Any]) -> list[Any]:
    """Do all at once, and return what each gave or raised."""
    return await asyncio.gather(*attempts, return_exceptions=True)
