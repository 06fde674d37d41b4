"""The connections to a cluster: each question goes to the node that has its session."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final, TypeVar

from redis.asyncio import RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.exceptions import RedisClusterException, RedisError

from understudy.durations import Latencies
from understudy.errors import StoreAway
from understudy.state.shared.asking import Question
from understudy.state.shared.pump import seen
from understudy.state.shared.servers import SETTINGS, TIMEOUT, Address, Servers
from understudy.state.shared.wire import Moved, Wire

_MOVES: Final = 3  # times a question follows what it is about

T = TypeVar("T")


class ClusterWire:
    """A `Wire` to each node that was ever asked.

    Which node has what is learnt from the first that says it has not what it was asked for, and looked up
    anew when one does not answer: another may have taken its place.
    """

    is_spread: Final = True

    def __init__(self, servers: Servers, patience: float = TIMEOUT) -> None:
        """`patience`: seconds for the answers to what is sent together."""
        self._servers, self._patience = servers, patience
        self._owners: Mapping[int, Address] = {}
        self._nodes = frozenset(servers.addresses)
        self._wires: dict[Address, Wire] = {}
        self._looking: asyncio.Task[None] | None = None
        self._looks = 0
        self.latencies = Latencies()

    @property
    def generation(self) -> int:
        """Grows with each connection, and with each look at which node has what."""
        return self._looks + sum(wire.generation for wire in self._wires.values())

    async def ask(self, question: Question[T]) -> T:
        """Ask, and return what the question takes from the answer. Raises StoreAway."""
        return await self.post(question)

    def post(self, question: Question[T]) -> asyncio.Future[T]:
        """Ask, after all that was asked before of the same session; nobody has to wait for the answer."""
        answer = self._wire_for(question.key).post(question)
        task = asyncio.ensure_future(self._followed(question, answer))
        task.add_done_callback(seen)
        return task

    async def close(self) -> None:
        """Let the connections go."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking])
        for wire in self._wires.values():
            await wire.close()

    async def _followed(self, question: Question[T], answer: asyncio.Future[T]) -> T:
        """Return the answer of the node that has what a question is about."""
        for _ in range(_MOVES):
            try:
                return await asyncio.shield(answer)
            except Moved:
                await asyncio.shield(self._look())
                answer = self._wire_for(question.key).post(question)
            except StoreAway:
                self._look()
                raise
        return await asyncio.shield(answer)

    def _wire_for(self, key: bytes) -> Wire:
        address = self._owners.get(key_slot(key), self._servers.addresses[0])
        wire = self._wires.get(address)
        if wire is None:
            pool = self._servers.pool(address)
            wire = self._wires[address] = Wire(pool, self._patience, self.latencies)
        return wire

    def _look(self) -> asyncio.Task[None]:
        """Have looked up which node has what, once at a time."""
        loop = asyncio.get_running_loop()
        if self._looking is None or self._looking.done() or self._looking.get_loop() is not loop:
            self._looking = loop.create_task(self._look_up())
        return self._looking

    async def _look_up(self) -> None:
        """Ask the nodes that are known; where none answers, all stays as it is."""
        nodes = [ClusterNode(*one) for one in self._nodes.union(self._servers.addresses)]
        settings: dict[str, Any] = {**SETTINGS, **self._servers.settings}
        try:
            async with asyncio.timeout(self._patience):
                owners = await _owners(nodes, settings)
        except (RedisError, RedisClusterException, OSError, TimeoutError):
            return
        if owners != self._owners:
            self._owners, self._nodes = owners, frozenset(owners.values())
            self._looks += 1


async def _owners(nodes: list[ClusterNode], settings: Mapping[str, Any]) -> dict[int, Address]:
    """Return where the master of each slot is."""
    retry = Retry(NoBackoff(), 0)
    cluster = RedisCluster(startup_nodes=nodes, require_full_coverage=False, retry=retry, **settings)
    try:
        await cluster.initialize()
        slots = cluster.nodes_manager.slots_cache
        return {slot: (found[0].host, int(found[0].port)) for slot, found in slots.items()}
    finally:
        await cluster.aclose()
