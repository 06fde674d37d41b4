"""Parents: whether what a path lies below is there, and what goes with an item that is deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from understudy.engine.address import Address, addressed, scope_of
from understudy.engine.binding import Binder, BoundCollection, BoundPlan
from understudy.engine.embedding import Family
from understudy.engine.keys import joined
from understudy.engine.origin import Origin
from understudy.handler import Context
from understudy.messages import Request


class Parents:
    """The items that those of one contract lie below."""

    def __init__(self, binder: Binder, records: Family) -> None:
        self._binder, self._records = binder, records

    async def check(self, plan: BoundPlan, request: Request, address: Address) -> bool:
        """Refuse what lies below an item that is not there, and tell whether the nearest is known to have
        nothing else below it: a caller created it, or it lists what there is.

        Where any id will do, only what was created and deleted since is missed. Raises RecordNotFound.
        """
        is_known = False
        context = address.context
        above = self._above(plan.collection, scope_of(plan, request), context)
        told = _said_by_words(plan)
        for number, (parent, there, key) in enumerate(above):
            if parent in told:  # `me` is whoever asks
                continue
            await context.ready(there.name)
            await self._records.must_exist(there, key, even_given=False)
            if number == 0:
                is_known = await self._is_known(plan.collection, there, key, address)
        return is_known

    def _above(
        self, collection: BoundCollection, scope: Mapping[str, Any], context: Context
    ) -> Iterator[tuple[str, Address, str]]:
        """Yield the items above a collection, the nearest first: the parent's name, its collection, its
        key.
        """
        while collection.collection.below:
            names = collection.collection.scope
            collection = self._binder.collection(collection.collection.below)
            depth = len(collection.collection.scope)
            if depth >= len(names):
                return
            values = list(scope.values())
            key = str(values[depth])
            if collection.places.width > 1:
                key = joined(map(str, values[depth : depth + collection.places.width]))
            scope = dict(zip(collection.collection.scope, values[:depth], strict=True))
            yield names[depth], addressed(collection, scope, self._binder, context), key

    async def _is_known(
        self, collection: BoundCollection, above: Address, key: str, address: Address
    ) -> bool:
        """Tell whether an item is one that a caller created, or lists what is below it."""
        record = await above.store.get(above.name, key)
        is_listed = any(name == collection.name for _, name in self._binder.lists_of(above.collection))
        if record is None:
            if is_listed:
                await self._records.note(address, key)
            return False
        if is_listed:
            await self._records.settled(above, record)
            return True
        origin = Origin.of(record)
        return origin.created and not origin.made


def _said_by_words(plan: BoundPlan) -> set[str]:
    """Name the parents that a path writes out, as `me`."""
    found = set()
    for parent, source in zip(plan.collection.collection.scope, plan.plan.scope, strict=False):
        if source.at == "word":
            found.add(parent)
    return found
