"""Embedding: an item that lists the items of another collection, and that collection, are one truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import suppress
from functools import partial
from typing import Any, Final

from understudy.engine.address import Address, addressed, placed_within, within
from understudy.engine.binding import Binder, BoundCollection, BoundPlan
from understudy.engine.bookings import free, is_called_off, refuse_taken, take
from understudy.engine.factory import Factory, Target
from understudy.engine.identity import as_kind, sent_of
from understudy.engine.naming_others import named_by
from understudy.engine.only_one import with_only_one
from understudy.engine.origin import Origin
from understudy.engine.parts import Parts, target_of, with_member
from understudy.engine.patching import Patch
from understudy.engine.queries import together
from understudy.engine.reckoned import conditions_of, counting, is_more_than_all, reckon, shared, with_figure
from understudy.engine.records import Records, Saying
from understudy.errors import RecordExists
from understudy.messages import NOTHING
from understudy.model.model import Figure
from understudy.model.selection import only
from understudy.model.vocabulary import IDS
from understudy.names import fold
from understudy.pointers import reached, steps
from understudy.schemas.agreeing import number
from understudy.state.store import INTERNAL, Draft, Record, Value, WouldWrite

_SEEN: Final = f"{INTERNAL}embedded"
_NOTHING: Final[Set[str]] = frozenset()


class Family(Records):
    """The records of one contract, those that list others always as these are."""

    def __init__(self, binder: Binder, factory: Factory, **rest: Any) -> None:
        """`rest`: as `Records` takes it."""
        super().__init__(binder, factory, **rest)
        self.parts = Parts(binder, factory, self)
        self._showing: dict[str, bool] = {}

    async def existing(self, address: Address, key: str) -> Record:
        """Return an item, as `Records` does."""
        if self._binder.shown_above(address.collection):
            return await self.parts.existing(address, super().existing)
        return await self.settled(address, await super().existing(address, key))

    async def new(
        self, address: Address, sent: Value, plan: BoundPlan | None, origin: Origin, *, key: str = ""
    ) -> Record:
        """Insert an item, as `Records` does, and what it lists."""
        record = await super().new(address, sent, plan, origin, key=key)
        if address.collection.only_one:
            record = await with_only_one(address, record, is_made=origin.made)
        if not origin.made:
            await take(address, record.value, self._binder)
        if origin.made or not self._shows_others(address):
            return record
        return await self.settled(address, record, sent.keys())

    async def replace(self, address: Address, key: str, sent: Value, plan: BoundPlan) -> Record:
        """Put an item in place, as `Records` does, and what it lists."""
        record = await super().replace(address, key, sent, plan)
        return await self._written(address, record, {*sent, *self.parts.left_out(address, record)})

    async def update(self, address: Address, key: str, sent: Value, plan: BoundPlan) -> Record:
        """Change an item, as `Records` does, and what it lists."""
        record = await super().update(address, key, sent, plan)
        return await self._written(address, record, sent.keys())

    async def revise(self, address: Address, key: str, said: Saying, plan: BoundPlan) -> Record:
        """Change an item by what it is, as `Records` does, and what it lists."""
        record = await super().revise(address, key, said, plan)
        if is_called_off(record.value):
            await free(address, record.value, self._binder)
        return await self.settled(address, await with_only_one(address, record, is_made=False))

    async def patch(self, address: Address, key: str, patch: Patch, plan: BoundPlan) -> Record:
        """Make of an item what a patch makes of it, as `Records` does, and of what it lists."""
        shown = [*self._binder.lists_of(address.collection), *self._binder.parts_of(address.collection)]
        if not shown:
            return await self._written(address, await super().patch(address, key, patch, plan), _NOTHING)
        before = await self.existing_for_change(address, key, plan)
        record = await super().patch(address, key, patch, plan)
        changed = set()
        for member, _ in shown:
            if record.value.get(member) != before.value.get(member):
                changed.add(member)
        return await self._written(address, record, changed)

    async def put(self, address: Address, key: str, sent: Value, origin: Origin, plan: BoundPlan) -> Record:
        """Put an item where none was, as `Records` does, and what it lists."""
        record = await super().put(address, key, sent, origin, plan)
        return await self._written(address, record, sent.keys())

    async def remove(self, address: Address, record: Record, *, for_good: bool = True) -> bool:
        """Delete an item, as `Records` does; the item above that shows it shows it no longer."""
        is_removed = await super().remove(address, record, for_good=for_good)
        if not is_called_off(record.value):
            await free(address, record.value, self._binder)
        if self._binder.shown_above(address.collection):
            await self.parts.tell_above(address, None)
        return is_removed

    async def _written(self, address: Address, record: Record, sent: Set[str]) -> Record:
        """Return an item that was written, once those that show it, or that it shows, say the same."""
        await self.parts.tell_below(address, record, sent)
        if self._binder.shown_above(address.collection):
            await self.parts.tell_above(address, record)
        if is_called_off(record.value):
            await free(address, record.value, self._binder)
        record = await with_only_one(address, record, is_made=False)
        return await self.settled(address, record, sent)

    async def shown(self, address: Address, records: Sequence[Record]) -> Sequence[Record]:
        """Return items as they are shown in a list."""
        if not self._shows_others(address):
            return records
        settled = []
        for record in records:
            settled.append(await self.settled(address, record))
        return settled

    async def settled(self, address: Address, record: Record, sent: Set[str] = _NOTHING) -> Record:
        """Return an item whose lists are those of the other collections. sent: names of what a caller just
        said.
        """
        binder, collection = self._binder, address.collection
        with suppress(WouldWrite):  # somebody only looks
            for member, name in binder.lists_of(collection):
                record = await self._settle(address, record, member, name, is_sent=member in sent)
            for member, name in binder.shows_of(collection):
                record = await self._show(address, record, member, name, sent)
            for member, name in binder.latest_of(collection):
                record = await self._show_latest(address, record, member, name)
            for member, name in binder.tallies_of(collection):
                record = await self._tally(address, record, member, name)
            for member, figure in binder.reckoned_of(collection):
                record = await self._reckon(address, record, member, figure)
        return record

    def _shows_others(self, address: Address) -> bool:
        """Tell whether items list, or show, those of other collections."""
        collection, binder = address.collection, self._binder
        known = self._showing.get(collection.name)
        if known is None:
            ways = (binder.lists_of, binder.shows_of, binder.latest_of, binder.tallies_of, binder.reckoned_of)
            known = self._showing[collection.name] = any(way(collection) for way in ways)
        return known

    async def _tally(self, address: Address, record: Record, member: str, name: str) -> Record:
        """Return an item that says how many others it has. One that was made up keeps what it says for as
        long as there are none.
        """
        below = self._below(address, record, name)
        if below.where:
            await below.context.ready(below.name)
        page = await below.store.list(below.name, where=together(within(below)), limit=0, count=True)
        if not page.total and Origin.of(record).made and not below.where:
            return record
        return await with_member(address, record, member, [page.total])

    async def refuse_taken(self, address: Address, sent: Value, plan: BoundPlan) -> None:
        """Refuse what names something that one alone may have, and that is taken. Raises AlreadyDone."""
        await refuse_taken(plan, address, sent, self._binder)

    async def shares(self, address: Address, count: int) -> Sequence[Value]:
        """Return what each of some items says that are made up, where they lie below one that was made up and
        says what they add up to: none at all where that is nothing.
        """
        found = [dict[str, Any]() for _ in range(count)]
        record = await self._above_made_up(address)
        if record is None:
            return found
        for member, figure in self._binder.reckoned_of(self._above_of(address)):
            if figure.of != address.collection.name or figure.does != "sum" or figure.times:
                continue
            told = number(record.value.get(member))
            if told == 0:
                return []
            for one, share in zip(found, shared(record.value.get(member), count), strict=False):
                one[figure.member] = share
        return found

    def _above_of(self, address: Address) -> BoundCollection:
        return self._binder.collection(address.collection.collection.below)

    async def _above_made_up(self, address: Address) -> Record | None:
        """Return the item above a list where it was made up; None where nothing is above, or a caller made
        that.
        """
        if not address.collection.collection.below or not address.scope:
            return None
        above = self._above_of(address)
        *outer, key = address.scope.values()
        scope = dict(zip(above.collection.scope, outer, strict=False))
        there = addressed(above, scope, self._binder, address.context)
        record = await address.store.get(there.name, str(key))
        if record is None or not Origin.of(record).made:
            return None
        return record

    async def _reckon(self, address: Address, record: Record, member: str, figure: Figure) -> Record:
        """Return an item that says what is reckoned of those below it. Where there are none, one that was
        made up keeps what it says, and so does one of which callers may say it.
        """
        below = self._below(address, record, figure.of)
        if below.where:
            await below.context.ready(below.name)
        where = together([*within(below), *conditions_of(figure)])
        page = await below.store.list(below.name, where=where)
        counted = counting(figure, page.records)
        is_told = Origin.of(record).made or member in address.collection.settable
        if not counted and is_told and figure.does != "count":
            return record
        value = reckon(figure, counted)
        if all(Origin.of(one).made for one in (record, *counted)):
            is_apart = not below.where and (not counted or figure.does == "sum")
            if is_apart or is_more_than_all(member, value, record.value):
                return record
        return await with_figure(address, record, member, value, self._factory)

    async def _show_latest(self, address: Address, record: Record, member: str, name: str) -> Record:
        """Return an item that shows the newest of those below it. One that was made up keeps what it
        shows for as long as there are none.
        """
        below = self._below(address, record, name)
        page = await below.store.list(below.name, where=together(within(below)), newest_first=True, limit=1)
        if page.records:
            shape = self._factory.member(target_of(address), member)
            return await with_member(address, record, member, [only(page.records[0].value, shape.declared)])
        if Origin.of(record).made:
            return record
        return await with_member(address, record, member, [NOTHING, None])

    async def _show(self, address: Address, record: Record, member: str, name: str, sent: Set[str]) -> Record:
        """Return an item that shows the one whose id it tells as that is now; one that tells none shows
        none.
        """
        key = _told_beside({**sent_of(record), **record.value}, member)
        if key is None:
            is_new = bool(sent) and member not in sent and "made" not in record.meta
            return await with_member(address, record, member, [NOTHING, None] if is_new else [])
        there = Address(self._binder.collection(name), address.context, {}, name)
        await address.context.ready(there.name)
        item, target = await named_by(there, key), address.collection.target
        if item is None or target is None:
            return record
        shape = self._factory.member(target, member)
        before = record.value.get(member)
        told = only(item.value, shape.declared)
        if isinstance(before, dict):
            told = {**only(before, shape.required), **told}
        return await with_member(address, record, member, [told])

    async def _settle(
        self, address: Address, record: Record, member: str, name: str, *, is_sent: bool
    ) -> Record:
        below = self._below(address, record, name)
        items = await _items(below)
        embedded = record.value.get(member) or []
        if not items and not embedded and not is_sent:
            return record
        is_first = await self.note(below, record.key)
        if below.where and Origin.of(record).made:
            is_first = False
        if is_sent or (is_first and not items):
            await self._take_over(below, items, embedded, Origin.of(record), is_sent=is_sent)
            items = await _items(below)
        return await self._rewritten(address, record, member, below, items)

    def _below(self, address: Address, record: Record, name: str) -> Address:
        """Return the collection that an item lists."""
        collection, context = self._binder.collection(name), address.context
        own = record.value.get(address.collection.collection.id.member, record.key)
        if collection.collection.below:
            scope = dict(zip(collection.collection.scope, [*address.scope.values(), own], strict=False))
            return addressed(collection, scope, self._binder, context)
        where = {}
        second = record.value.get(address.collection.second_id)
        for told, other, inner in collection.relations:
            if other == address.collection.name:
                where = {f"{told}/{inner}".rstrip("/"): own}
            if other == address.collection.name and not inner:
                kind = collection.collection.members[told].kind
                if kind == "integer" and isinstance(second, int):
                    own = second
                where = {told: as_kind(own, kind)}
                break
        return Address(collection, context, {}, name, where)

    async def note(self, below: Address, key: str) -> bool:
        """Note that somebody saw what is below an item, so that it lists nothing else from then on; False
        where that is known.
        """
        place = f"{below.name} {key}"
        if await below.store.get(_SEEN, place) is not None:
            return False
        try:
            await below.store.insert(_SEEN, place, {})
        except (RecordExists, WouldWrite):
            return False
        return True

    # -- from the list in an item to the collection

    async def _take_over(
        self,
        below: Address,
        before: Sequence[Record],
        listed: Sequence[Any],
        origin: Origin,
        *,
        is_sent: bool,
    ) -> None:
        """Let a collection hold what an item lists. is_sent: and nothing else."""
        known = {record.key: record for record in before}
        for item in listed:
            if not isinstance(item, Mapping):
                return
            record = await self._taken_over(below, known, item, origin)
            known.pop(record.key, None)
        for record in known.values() if is_sent else ():
            await self.remove(below, record)

    async def _taken_over(
        self, below: Address, known: Mapping[str, Record], item: Mapping[str, Any], origin: Origin
    ) -> Record:
        member = below.collection.collection.id.member
        key = str(reached(item, steps(member)) or "")
        members = dict(item)
        members.pop(member, None)
        if not key:
            return await self.new(below, members, None, Origin(made=origin.made))
        if key in known:
            return await self._overwritten(below, known[key], members)
        try:
            return await self.insert(below, key, members, Origin(made=origin.made))
        except RecordExists:  # another one lists it, and keeps it
            found = await below.store.get(below.name, key)
        return found or await super().existing(below, key)

    @staticmethod
    async def _overwritten(below: Address, record: Record, members: Mapping[str, Any]) -> Record:
        value = placed_within(below, {**record.value, **members})
        target = below.collection.target
        if value == record.value or (target is not None and not target.is_valid_item(value)):
            return record
        return await below.store.replace(below.name, record.key, value)

    # -- from the collection to the list in an item

    async def _rewritten(
        self, address: Address, record: Record, member: str, below: Address, items: Sequence[Record]
    ) -> Record:
        """Return an item that lists these others, as far as its contract lets it show them."""
        target = address.collection.target
        if target is None or member not in target.shape.declared:
            return record
        listed = list(self._listed(target, below, member, items))
        if listed == record.value.get(member) or not target.is_valid_item({**record.value, member: listed}):
            return record

        async def change(now: Record) -> Draft:
            return Draft({**now.value, member: listed})

        return await address.store.update(address.name, record.key, change)

    def _listed(self, target: Target, below: Address, member: str, items: Sequence[Record]) -> Iterator[Any]:
        """Yield each item as the list shows it: what that declares of it, and what it wants besides."""
        parts = target.shape.declared[member] or ()
        for item in items:
            yield self._factory.within_list(parts, item.value, partial(below.fake, item.key))


def _told_beside(said: Mapping[str, Any], member: str) -> Any:
    """Return the id that stands beside a member, of the one that it shows: `authorId` of `author`."""
    names = {fold(member) + word for word in IDS}
    return next((value for name, value in said.items() if fold(name) in names), None)


async def _items(below: Address) -> Sequence[Record]:
    if below.where:
        await below.context.ready(below.name)
    page = await below.store.list(below.name, where=together(within(below)))
    return page.records
