"""Belonging: items of other collections that a create shows with their ids, and that belong there then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from typing import Any, Final, NamedTuple

from understudy.contracts.answers import answered
from understudy.contracts.contract import Operation
from understudy.engine.address import Address
from understudy.engine.binding import Binder, BoundCollection
from understudy.engine.factory import descended
from understudy.engine.origin import Origin
from understudy.engine.reading import Reading
from understudy.engine.records import Records
from understudy.errors import RecordExists
from understudy.handler import Context
from understudy.messages import Response
from understudy.model.bodies import present
from understudy.model.model import Place
from understudy.names import fold, singular
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape

_DEEPEST: Final = 3
_SHOWN: Final = Origin(made=True)


class ShownItem(NamedTuple):
    """Where in an answer an item of another collection stands, and in which member its id."""

    place: Place
    collection: BoundCollection
    id_member: str


class ShownItems:
    """What the creates of one contract show of other collections."""

    def __init__(self, binder: Binder, reading: Reading) -> None:
        self._binder, self._reading = binder, reading

    def of(self, operation: Operation, own: str) -> tuple[ShownItem, ...]:
        """Return what an operation shows beside an item of its own collection."""
        schema = answered(operation)
        if schema is None or operation.method != "post":
            return ()
        return tuple(one for one in self._within((schema,), ()) if one.collection.name != own)

    def _within(self, parts: Parts, place: Place) -> Iterator[ShownItem]:
        for name, below in present(self._reading.whole(parts)):
            shape = self._reading.whole(below)
            if shape.kind != "object" or len(place) >= _DEEPEST:
                continue
            for collection in self._called(name):
                id_member = collection.collection.id.member
                if id_member in shape.declared and _is_like(shape, collection):
                    yield ShownItem((*place, name), collection, id_member)
                    break
            yield from self._within(below, (*place, name))

    def _called(self, name: str) -> Iterator[BoundCollection]:
        """Yield the collections that a member is called like; only these are compiled."""
        for collection in self._by_noun.get(singular(fold(name)), ()):
            bound = self._binder.collection(collection)
            if not bound.collection.of and not bound.collection.scope and bound.target is not None:
                yield bound

    @cached_property
    def _by_noun(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in self._binder.model.collections:
            if "{" not in name:
                found.setdefault(singular(fold(name.rpartition("/")[2])), []).append(name)
        return found

    @staticmethod
    async def keep(
        items: tuple[ShownItem, ...], response: Response, context: Context, records: Records
    ) -> None:
        """Put what an answer shows of other collections into these, where it is not there yet."""
        if not 200 <= response.status < 300 or not response.has_body:
            return
        body = response.peek()
        for item in items:
            value = descended(body, item.place)
            if isinstance(value, dict) and isinstance(value.get(item.id_member), (str, int)):
                await _put(item, value, context, records)


async def _put(item: ShownItem, value: dict[str, Any], context: Context, records: Records) -> None:
    address = Address(item.collection, context, {}, item.collection.name)
    key = str(value[item.id_member])
    is_known = await address.store.get(address.name, key) or await address.store.get(address.tombstones, key)
    if is_known is None:
        with suppress(RecordExists):  # somebody was faster, or a name is taken
            await records.insert(address, key, value, _SHOWN)


def _is_like(shape: Shape, collection: BoundCollection) -> bool:
    """Tell whether most of what an object has are members of a collection's items."""
    names = dict(present(shape)).keys()
    return 2 * len(names & collection.names) > len(names)
