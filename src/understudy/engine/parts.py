"""Parts: the one thing at a path below an item, and the member of the item that shows it, are one truth:
`/users/{id}/address`, and `address` of a user.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence, Set
from typing import Any, Final

from msgspec.structs import replace

from understudy.engine.address import Address, addressed, scope_of
from understudy.engine.answering import Answers
from understudy.engine.binding import Binder, BoundPlan
from understudy.engine.factory import Factory, Target
from understudy.engine.origin import Origin
from understudy.engine.records import Records
from understudy.engine.verbs import Verb
from understudy.errors import RecordNotFound
from understudy.messages import NOTHING, Request, Response
from understudy.model.items import VALUE
from understudy.model.selection import only
from understudy.model.vocabulary import CALLERS
from understudy.schemas.fitting import set_if_valid
from understudy.state.store import Draft, Record, Value

_ONE: Final = ""
"""The key of what there is one of."""

Finding = Callable[[Address, str], Awaitable[Record]]


class Parts:
    """The parts of the items of one contract that have a path of their own."""

    def __init__(self, binder: Binder, factory: Factory, records: Records) -> None:
        self._binder, self._factory, self._records = binder, factory, records

    def left_out(self, address: Address, record: Record) -> Set[str]:
        """Name the parts that an item does not show."""
        return {name for name, _ in self._binder.parts_of(address.collection) if name not in record.value}

    async def existing(self, address: Address, found: Finding) -> Record:
        """Return what stands at the path of a part: what the item above shows, else one that is made up,
        which that shows from then on. found: finds or makes it, whatever stands above. Raises RecordNotFound
        where the item says that it has none.
        """
        member = self._binder.shown_above(address.collection)
        if not member or await address.store.get(address.name, _ONE) is not None:
            return await found(address, _ONE)
        above = await self._above(address)
        if above is None or await address.store.get(address.tombstones, _ONE) is not None:
            return await found(address, _ONE)
        value = above.value.get(member, NOTHING)
        if value is None and Origin.of(above).created and not Origin.of(above).made:
            raise RecordNotFound(address.collection.collection.noun, _ONE)
        if _is_told(address, value):
            return await self._laid_below(address, _as_item(address, value), Origin.of(above))
        record = await found(address, _ONE)
        await self.tell_above(address, record)
        return record

    def showing_above(self, verb: Verb) -> Verb:
        """Return what carries out a plan, and then shows the item above."""

        async def shown(
            plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
        ) -> Response:
            response = await verb(plan, address, request, records, answers)
            lying = replace(address, collection=plan.collection, scope=scope_of(plan, request))
            there, above = self._address_above(lying), await self._above(lying)
            if above is None or plan.answer is None:
                return response
            return answers.one(plan.answer, there, above, request)

        return shown

    async def tell_above(self, address: Address, record: Record | None) -> None:
        """Let the item above show a part as it is now; None where it is gone."""
        member = self._binder.shown_above(address.collection)
        if not member:
            return
        above = await self._above(address)
        if above is None:
            return
        there = self._address_above(address)
        candidates: Sequence[Any] = [NOTHING, None]
        if record is not None and address.collection.target is None:
            candidates = [value for name, value in record.value.items() if name == VALUE]
        elif record is not None:
            shape = self._factory.member(target_of(there), member)
            candidates = [only(record.value, shape.declared)]
            before = above.value.get(member)
            if isinstance(before, dict):
                candidates = [{**only(before, shape.required), **candidates[0]}]
        await with_member(there, above, member, candidates)

    async def tell_below(self, address: Address, record: Record, sent: Set[str]) -> None:
        """Let the parts of an item be as it shows them, of which somebody just said something."""
        for below, member in self._below(address, record):
            if member not in sent:
                continue
            known, value = await below.store.get(below.name, _ONE), record.value.get(member)
            if _is_told(below, value):
                if known is not None:
                    await below.store.replace(below.name, _ONE, _as_item(below, value))
                await below.store.delete(below.tombstones, _ONE)
            elif known is not None:
                await self._records.remove(below, known)

    async def _laid_below(self, address: Address, item: Value, origin: Origin) -> Record:
        """Put at the path of a part what the item above shows."""
        target = address.collection.target
        if target is not None and not target.is_valid_item(item):
            return await self._records.insert(address, _ONE, item, Origin(made=origin.made))
        meta = {"made": True} if origin.made else {}
        return await address.store.insert(address.name, _ONE, item, meta=meta)

    def _below(self, address: Address, record: Record) -> Iterator[tuple[Address, str]]:
        for member, name in self._binder.parts_of(address.collection):
            collection = self._binder.collection(name)
            scope = dict(
                zip(collection.collection.scope, [*address.scope.values(), record.key], strict=False)
            )
            yield addressed(collection, scope, self._binder, address.context), member

    def _address_above(self, address: Address) -> Address:
        above = self._binder.collection(address.collection.collection.below)
        scope = dict(zip(above.collection.scope, address.scope.values(), strict=False))
        return addressed(above, scope, self._binder, address.context)

    async def _above(self, address: Address) -> Record | None:
        """Return the item above, made where any id will do; None where the path says by a word which it
        is.
        """
        there = self._address_above(address)
        values = list(address.scope.values())
        key = "".join(map(str, values[len(there.scope) :]))
        if key in CALLERS:
            return await there.store.get(there.name, key)
        try:
            return await self._records.existing(there, key)
        except RecordNotFound:
            return None


def _is_told(address: Address, value: Any) -> bool:
    """Tell whether what an item above shows says what a part is."""
    if address.collection.target is None:
        return value is not NOTHING and value is not None
    return isinstance(value, Mapping)


def _as_item(address: Address, value: Any) -> Value:
    """Return a part as it is kept, of what the item above shows."""
    if address.collection.target is None:
        return {VALUE: value}
    return {**value}


def target_of(address: Address) -> Target:
    """Return what describes an item of a collection that is known to be described."""
    target = address.collection.target
    assert target is not None
    return target


async def with_member(address: Address, record: Record, member: str, candidates: Sequence[Any]) -> Record:
    """Return an item with the first of some values that its contract takes for a member."""
    target, value = address.collection.target, record.value
    if target is None or not candidates or value.get(member, NOTHING) == candidates[0]:
        return record
    if not set_if_valid(value, member, candidates, lambda: target.is_valid_item(value)):
        return record

    async def change(now: Record) -> Draft:
        if member not in value:
            return Draft({name: one for name, one in now.value.items() if name != member})
        return Draft({**now.value, member: value[member]})

    return await address.store.update(address.name, record.key, change)
