"""Parents: whether what a path lies below is there, and what goes with an item that is deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from understudy.engine.address import Address, addressed, scope_of
from understudy.engine.binding import Binder, BoundCollection, BoundPlan
from understudy.engine.records import Origin, Records
from understudy.handler import Context
from understudy.messages import Request


class Parents:
    """The items that those of one contract lie below."""

    def __init__(self, binder: Binder, records: Records) -> None:
        self._binder, self._records = binder, records

    async def check(self, plan: BoundPlan, request: Request, context: Context) -> bool:
        """Refuse what lies below an item that is not there, and tell whether a caller created the nearest.

        Where any id will do, only what was created and deleted since is missed. Raises RecordNotFound.
        """
        is_created = False
        above = self._above(plan.collection, scope_of(plan, request), context)
        told = _said_by_words(plan)
        for number, (parent, address, key) in enumerate(above):
            if parent in told:  # `me` is whoever asks
                continue
            await context.ready(address.name)
            await self._records.must_exist(address, key, even_given=False)
            if number == 0:
                is_created = await self._is_created(address, key)
        return is_created

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
            scope = dict(zip(collection.collection.scope, values[:depth], strict=True))
            yield names[depth], addressed(collection, scope, self._binder, context), key

    @staticmethod
    async def _is_created(address: Address, key: str) -> bool:
        """Tell whether an item is one that a caller created."""
        record = await address.store.get(address.name, key)
        if record is None:
            return False
        origin = Origin.of(record)
        return origin.created and not origin.made


def _said_by_words(plan: BoundPlan) -> set[str]:
    """Name the parents that a path writes out, as `me`."""
    found = set()
    for parent, source in zip(plan.collection.collection.scope, plan.plan.scope, strict=False):
        if source.at == "word":
            found.add(parent)
    return found
