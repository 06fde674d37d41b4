"""Reconciling: all that a world holds, held against a contract that changed since it was written."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from understudy.engine.address import Address, named
from understudy.engine.binding import Binder
from understudy.engine.factory import Target
from understudy.engine.refitting import Misfits, Refit, Refitting, aside_of, begin, end, of_aside
from understudy.handler import Context
from understudy.state.store import INTERNAL

UNKNOWN = "the contract has no such collection"


class Reconciling:
    """Refits whole worlds, before anybody asks for their collections."""

    def __init__(self, binder: Binder, refitting: Refitting) -> None:
        self._binder, self._refitting = binder, refitting

    async def settle(self, context: Context) -> Sequence[Refit]:
        """Keep what fits, complete what can be completed, and put the rest aside; tell what came of it."""
        await begin(context.world)
        refits = [
            await self._refitting.hold(address, target) async for address, target in self._known(context)
        ]
        end(context.world)
        return [refit for refit in refits if refit.completed or refit.misfits.records]

    async def misfits(self, context: Context) -> Sequence[Misfits]:
        """Tell what `settle` would put aside, and change nothing."""
        found = [
            await self._refitting.misfits(address, target) async for address, target in self._known(context)
        ]
        return [misfits for misfits in found if misfits.records]

    async def aside(self, context: Context) -> Sequence[Misfits]:
        """Tell what is kept aside."""
        found = []
        async for address, target in self._known(context):
            found.append(await self._refitting.misfits(address, target, aside_of(address.name)))
        return [misfits for misfits in found if misfits.records]

    async def unknown(self, context: Context) -> Sequence[Misfits]:
        """Tell what is in collections that the contract has not."""
        store, found = context.world.store, []
        for name in await _names(context):
            if named(name, self._binder, context) is not None:
                continue
            for collection in (name, aside_of(name)):
                page = await store.list(collection, limit=1, count=True)
                if page.total:
                    found.append(Misfits(name, page.total, page.records[0].key, UNKNOWN))
        return found

    async def _known(self, context: Context) -> AsyncIterator[tuple[Address, Target]]:
        """Yield each collection that has records, as far as it is one of the contract."""
        for name in await _names(context):
            address = named(name, self._binder, context)
            if address is not None and address.collection.target is not None:
                yield address, address.collection.target


async def _names(context: Context) -> Sequence[str]:
    """Return the names of the collections that have records, some of them aside alone."""
    names: dict[str, None] = {}
    for name in await context.world.store.collections():
        if not name.startswith(INTERNAL):
            names[name] = None
        elif of_aside(name):
            names[of_aside(name)] = None
    return tuple(names)
