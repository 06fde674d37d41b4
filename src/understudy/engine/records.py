"""Records: items found, made, changed and deleted; every write ends in a complete, valid item."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

from understudy.contracts.contract import Operation
from understudy.engine.address import Address, is_within, item_told, placed_within, within
from understudy.engine.authored import Authored, Examples
from understudy.engine.binding import Binder, BoundCollection, BoundPlan
from understudy.engine.factory import Factory
from understudy.engine.holding import check_same
from understudy.engine.identity import (
    identified,
    identity_of,
    is_named,
    sent_of,
    told_apart,
)
from understudy.engine.items import Change, Items, without
from understudy.engine.linking import Linking
from understudy.engine.origin import ASKED_FOR, BESIDE_OTHERS, ONLY_ONE, POPULATED, Origin
from understudy.engine.patching import Patch
from understudy.engine.refitting import Refitting
from understudy.engine.shown import was_shown
from understudy.engine.slugs import free_key
from understudy.engine.taking import chosen_key
from understudy.engine.tombstones import PURGED, is_whole, shrink
from understudy.engine.viewers import Viewer, added, is_turned, turned
from understudy.errors import (
    CounterPassed,
    Failure,
    RecordExists,
    RecordNotFound,
    ReferenceUnknown,
    RequestInvalid,
    RuleBroken,
    WriteInvalid,
)
from understudy.handler import Writing
from understudy.messages import NOTHING, Caller, Request
from understudy.model.model import Act, Create, NamedBy, Place
from understudy.model.vocabulary import REFERENCES
from understudy.names import fold
from understudy.pointers import reached, steps
from understudy.schemas.fitting import set_if_valid
from understudy.schemas.shape import Shape
from understudy.state.clock import iso
from understudy.state.conditions import META, And, Condition, Test, matches
from understudy.state.json_values import encode
from understudy.state.store import Advance, Delete, Draft, Entry, Insert, Record, Value

_TAKEN: Final = frozenset({"409", "422", "400", "4XX"})
_CONFLICTS: Final = frozenset({"409", "4XX"})
_ATTEMPTS: Final = 20  # at an identifier nobody has
_NONE: Final[Mapping[str, Any]] = {}
_KEY_OF: Final = attrgetter("key")
_MOST_BEGUN: Final = 512  # collections whose first items are remembered
_MOST_KEYS: Final = 20  # of these that others name
_NOBODY: Final = Caller()


class _Drawn(Struct):
    """What the store gave together with the number of an item. moment: of its write, if it did. steps: with
    which the item has to be written.
    """

    moment: datetime | None = None
    steps: list[Advance] = field(default_factory=list)


Saying = Callable[[Record], Awaitable[Value]]
"""Returns what is to be said of an item as it is."""


class Records:
    """The records of one contract."""

    def __init__(
        self,
        binder: Binder,
        factory: Factory,
        *,
        any_id: bool,
        any_write: bool = False,
        is_strict: bool = False,
        examples: Examples,
        linking: Linking,
    ) -> None:
        """`any_id`: whether an item that nobody created is made when it is first asked for. any_write: also
        where it is to be changed or deleted, though the contract documents that it may not be found.
        is_strict: whether what a body names has to be there, and what an answer named is. examples: the items
        that authors wrote. linking: lets addresses lead to what is served.
        """
        self.examples = examples
        self.is_strict = is_strict
        self.any_id, self._any_write = any_id, any_write
        self._binder, self._factory = binder, factory
        self._items = Items(binder, factory, examples, linking, leads=any_id)
        self.refitting = Refitting(factory)

    # -- finding

    async def existing(self, address: Address, key: str) -> Record:
        """Return an item; where any id will do, one that was never deleted is made. Raises RecordNotFound."""
        record = await self.found(address, key)
        if record is not None:
            return record
        collection = address.collection.collection
        if await address.store.get(address.tombstones, key) is not None:
            raise RecordNotFound(collection.noun, key)
        is_made = self.any_id or collection.single
        if not (is_made or await self._was_shown(address, key)):
            raise RecordNotFound(collection.noun, key)
        try:
            return await self._first_asked(address, key)
        except RecordExists:  # somebody asked for it at the same time
            found = await address.store.get(address.name, key)
            if found is None:
                raise
            return found

    async def _first_asked(self, address: Address, key: str) -> Record:
        """Insert an item that is asked for: as its author wrote it, or made up. Raises RecordExists."""
        authored = self.examples.named(address, key)
        origin = ASKED_FOR
        if address.collection.collection.single:
            origin = ONLY_ONE
        if authored is None:
            return await self.insert(address, key, {}, origin)
        return await self.insert_authored(address, authored, origin)

    async def insert_authored(self, address: Address, one: Authored, origin: Origin) -> Record:
        """Insert an item as its author wrote it. Raises RecordExists."""
        key = one.key
        if not key and not address.collection.collection.single:
            key = await self._free_key(address, {}, origin)
        item: Value = placed_within(address, {**one.members, **identity_of(address, key)})
        item = self._items.linking.led(address, key, identified(address, key, item), ())
        target = address.collection.target
        if not one.is_whole or target is None or not target.is_valid_item(item):
            members = dict(without(one.members, frozenset(address.collection.own)))
            return await self.insert(address, key, members, origin)
        unique = await self._claimed(address, key, item, item)
        meta = self._items.meta(address, origin, {}, None)
        return await address.store.insert(address.name, key, item, meta=meta, unique=unique)

    def shape_at(self, address: Address, place: Place) -> Shape | None:
        """Return what describes a member of an item, at a place of it; None where nothing does."""
        target = address.collection.target
        if target is None:
            return None
        return self._factory.shape_at(target, place)

    async def add_meeting(self, address: Address, members: Value, condition: Condition) -> bool:
        """Add a made-up item with these members where it then meets a condition, and an id is free."""
        key = await self._free_key(address, members, BESIDE_OTHERS)
        entry = await self._entry(address, key, members, BESIDE_OTHERS, None)
        value = entry.value
        if isinstance(value, bytes) or not matches(condition, {**value, META: entry.meta or {}}):
            return False
        try:
            await address.store.insert_all(address.name, [entry])
        except RecordExists:
            return False
        return True

    async def shown(self, address: Address, records: Sequence[Record]) -> Sequence[Record]:  # noqa: ARG002
        """Return items as they are shown in a list."""
        return records

    async def found(self, address: Address, key: str) -> Record | None:
        """Return an item as the contract wants it now, or None. Raises RecordNotFound for what another
        window shows.
        """
        record = await address.store.get(address.name, key)
        if record is None:
            return None
        if not is_within(address, record):
            await self._let_go(address, record)
            return None
        return record

    async def _let_go(self, address: Address, record: Record) -> None:
        """Let an item that nobody created be of the window that asks now. Raises RecordNotFound for any
        other.
        """
        if not self.any_id or Origin.of(record).created:
            raise RecordNotFound(address.collection.collection.noun, record.key)
        await address.store.delete(address.name, record.key)

    def finds_any(self, plan: BoundPlan) -> bool:
        """Tell whether what a plan is about is made where nobody has heard of it."""
        return self.any_id and (self._any_write or not plan.refuses_unknown)

    async def check_known(self, address: Address, key: str, plan: BoundPlan) -> None:
        """Refuse a write to an item that nobody created, listed or read, where the operation documents that.
        Raises RecordNotFound.
        """
        if not self.any_id or self.finds_any(plan):
            return
        for name in (address.name, address.tombstones):
            if await address.store.get(name, key) is not None:
                return
        if not await was_shown(address, key):
            raise RecordNotFound(address.collection.collection.noun, key)

    async def check_not_gone(self, address: Address, key: str, plan: BoundPlan) -> None:
        """Refuse a write to an item that somebody deleted, where the operation documents that; not to one of
        the document's own examples. Raises RecordNotFound.
        """
        is_missed = self.any_id and not self.finds_any(plan) and await self.was_created(address, key)
        if is_missed and not await self._was_example(address, key):
            raise RecordNotFound(address.collection.collection.noun, key)

    async def known(self, address: Address, keys: Iterable[str]) -> list[str]:
        """Return those of some ids of which there are items, and note which have none; of many, none is made
        for being written to.
        """
        found, missed = [], []
        for key in keys:
            is_there = await address.store.get(address.name, key) is not None
            if is_there or await self._is_named(address, key):
                found.append(key)
            else:
                missed.append(key)
        address.missed = missed
        return found

    async def _is_named(self, address: Address, key: str) -> bool:
        """Tell whether an answer named an item that is not there, and was not deleted."""
        if await address.store.get(address.tombstones, key) is not None:
            return False
        return await was_shown(address, key)

    async def _was_shown(self, address: Address, key: str) -> bool:
        """Tell whether an answer named an item that is not there, where only what was created exists."""
        return self.is_strict and await self._is_named(address, key)

    async def doomed(self, address: Address, key: str, plan: BoundPlan) -> Record:
        """Return what a delete is about. Where it finds any id, deleting twice is deleting once (RFC 9110
        §9.2.2); so it is for what stands in the document as an example, with which people begin. Raises
        RecordNotFound.
        """
        await self.check_not_gone(address, key, plan)
        if self.any_id:
            tombstone = await address.store.get(address.tombstones, key)
            if tombstone is not None:
                return await self._as_it_was(address, tombstone)
        return await self.existing(address, key)

    async def _as_it_was(self, address: Address, tombstone: Record) -> Record:
        """Return an item that was deleted; made up where that was so long ago that nobody knows it."""
        if is_whole(tombstone):
            return tombstone
        said = tombstone.value
        change = Change(said, made=True)
        item, _ = await self._items.written(address, tombstone.key, change, said, POPULATED, plan=None)
        return replace(tombstone, data=encode(item))

    async def _was_example(self, address: Address, key: str) -> bool:
        """Tell whether an item that was deleted was there from the start, as the document's own example."""
        tombstone = await address.store.get(address.tombstones, key)
        return tombstone is not None and self.is_example(address, tombstone)

    def is_example(self, address: Address, record: Record) -> bool:
        """Tell whether an item is as the document's own example has it, and nobody sent it."""
        return Origin.of(record).made and self.examples.named(address, record.key) is not None

    async def must_exist(self, address: Address, key: str, *, even_given: bool = True) -> None:
        """Refuse what is about an item that is not there, without making it where any id will do. Raises
        RecordNotFound.

        An id is good for as long as nobody created the item: one that existed only for being asked for cannot
        be missed. even_given: whether an item can be missed whose id was the server's to give.
        """
        if await self.found(address, key) is not None:
            return
        if await self._was_shown(address, key):
            return
        if not self.any_id or await self.was_created(address, key, even_given=even_given):
            raise RecordNotFound(address.collection.collection.noun, key)

    async def was_created(self, address: Address, key: str, *, even_given: bool = True) -> bool:
        """Tell whether there was an item that somebody created and that was deleted since."""
        tombstone = await address.store.get(address.tombstones, key)
        if tombstone is None:
            return False
        origin = Origin.of(tombstone)
        return origin.created and (even_given or not origin.given)

    async def by_member(self, address: Address, member: str, value: str, *, is_made: bool) -> Record:
        """Return the item that another unique member than its id names; made where there is none, if it
        `is_made`. Raises RecordNotFound.

        Two templates of one path cannot be told apart: where nothing has that value, the id is meant.
        """
        record = await self._holder(address, member, value)
        if record is not None:
            return record
        where = And((Test((member,), "eq", value), *within(address)))
        deleted = await address.store.list(address.tombstones, where=where, limit=1)
        if deleted.records or not self.any_id:
            raise RecordNotFound(address.collection.collection.noun, value)
        record = await address.store.get(address.name, value)
        if record is None and not is_made:
            raise RecordNotFound(address.collection.collection.noun, value)
        return record or await self.new(address, {member: value}, None, POPULATED)

    @staticmethod
    async def _holder(address: Address, member: str, value: str | int) -> Record | None:
        """Return the item whose member has a value, None where there is none."""
        if member in address.collection.collection.unique:
            record = await address.store.find(address.name, member, str(value))
            if record is not None and is_within(address, record):
                return record
            return None
        where = And((Test((member,), "eq", value), *within(address)))
        page = await address.store.list(address.name, where=where, limit=1)
        if not page.records:
            return None
        return page.records[0]

    async def named_above(self, naming: NamedBy, address: Address, request: Request) -> str:
        """Return the key of the item that another one names. Raises RecordNotFound where that is not there,
        or names none.
        """
        there, key = item_told(naming, self._binder, request, address.context)
        await address.context.ready(there.name)
        value = reached((await self.existing(there, key)).value, steps(naming.member))
        if not isinstance(value, (str, int)):
            raise RecordNotFound(address.collection.collection.noun, "")
        return str(value)

    async def whose(self, address: Address, caller: Caller, member: str) -> Mapping[str, Any]:
        """Return what a member of an item says that is the caller's; of an object, what its id says."""
        return await self._items.whose(address, caller, member)

    # -- writing

    async def new(
        self, address: Address, sent: Value, plan: BoundPlan | None, origin: Origin, *, key: str = ""
    ) -> Record:
        """Insert an item under a key, the one that was sent, or one that is made up and free.

        Raises RecordExists where a conflict is declared; RuleBroken for what a vendor refuses.
        """
        key = key or chosen_key(address.collection, sent)
        if key and not (origin.made and origin.created):
            record = await self._under_key(address, key, sent, plan, origin)
            if record is not None:
                return record
        await self.refuse(address, sent, origin)
        await self._make_way(address, sent)
        for _ in range(_ATTEMPTS):
            drawn = _Drawn()
            key = await self._free_key(address, sent, origin, drawn=drawn)
            timed = replace(origin, moment=drawn.moment)
            try:
                return await self.insert(address, key, sent, timed, plan, steps=drawn.steps)
            except CounterPassed:  # another process was faster; the next numbers it gives for good
                continue
            except RecordExists as error:
                if error.field != "key":
                    raise self._broken(address, error, sent) from None
        # An id of so few values that none is free, as of an enum: nobody sent it, so nobody is to blame.
        record = await self._under_key(address, key, sent, None, origin)
        if record is None:
            raise RecordExists(address.collection.collection.noun, "id", key)
        return record

    async def _make_way(self, address: Address, sent: Value) -> None:
        """Let the contract's own example give way to what is sent with its name: with it people begin."""
        for member in address.collection.collection.unique:
            value = sent.get(member)
            if not isinstance(value, (str, int)):
                continue
            holder = await address.store.find(address.name, member, str(value))
            if holder is not None and self.is_example(address, holder):
                await self.remove(address, holder, for_good=False)

    async def upserted(self, address: Address, sent: Value, plan: BoundPlan) -> Record | None:
        """Return the item that a create changes instead, changed; None where it is to make a new one.

        Raises RuleBroken for what a vendor refuses.
        """
        assert isinstance(plan.plan, Create)
        for name in plan.plan.upserts:
            value = sent.get(name)
            if not isinstance(value, (str, int)) or isinstance(value, bool):
                continue
            if name in address.collection.collection.id.sent_as:
                record = await address.store.get(address.name, str(value))
            else:
                record = await self._holder(address, name, value)
            if record is not None and is_within(address, record) and Origin.of(record).created:
                return await self.update(address, record.key, sent, plan)
        return None

    async def _under_key(
        self, address: Address, key: str, sent: Value, plan: BoundPlan | None, origin: Origin
    ) -> Record | None:
        """Insert an item under the key that was sent; None where the server gives another."""
        is_given = key.isdigit() and address.collection.collection.id.given_by == "server"
        origin = Origin(origin.made, origin.created, is_given, caller=origin.caller)
        known = await address.store.get(address.name, key)
        is_taken = known is not None and _is_taken(known, plan, is_given=is_given)
        if known is not None and not is_given and self.is_example(address, known):
            is_taken = False  # with it people begin
        conflicts = plan is not None and isinstance(plan.plan, Create) and plan.plan.conflict
        if known is None or (is_taken and not is_given and conflicts):
            await self.refuse(address, sent, origin)
            record = await self.insert(address, key, sent, origin, plan)
            await address.store.delete(address.tombstones, key)
            return record
        if is_taken and is_given:
            return None
        # It was only asked for so far, or no answer for a conflict is declared.
        moment = await address.context.tick(address.name)
        item, meta = await self._items.written(
            address, key, Change(sent, moment=moment), sent, origin, plan=plan
        )
        unique = await self._claimed(address, key, item, sent)
        await address.store.delete(address.tombstones, key)
        return await address.store.replace(address.name, key, item, meta=meta, unique=unique)

    async def new_all(
        self, address: Address, sent: Mapping[str, Value], plan: BoundPlan, origin: Origin
    ) -> Sequence[Record]:
        """Insert all of several items, or none. sent: each by where in the body it stands.

        Raises RecordExists, naming each value that is taken; RuleBroken for what a vendor refuses.
        """
        for one in sent.values():
            await self.refuse(address, one, origin)
        for _ in range(_ATTEMPTS):
            entries: list[Entry] = []
            for one in sent.values():
                key = await self._free_key(address, one, origin, {entry.key for entry in entries})
                entries.append(await self._entry(address, key, one, origin, plan))
            try:
                return await address.store.insert_all(address.name, entries)
            except RecordExists as error:
                lost = error
            failures = await self._taken_of(address, sent)
            if failures:
                raise RecordExists(lost.collection, lost.field, lost.value, failures)
        raise lost

    @staticmethod
    async def _taken_of(address: Address, sent: Mapping[str, Value]) -> list[Failure]:
        """Name each value that another item has, or that comes a second time."""
        failures = []
        for name in address.collection.collection.unique:
            seen = set()
            for place, one in sent.items():
                value = str(one.get(name, ""))
                if name not in one:
                    continue
                if await address.store.find(address.name, name, value) is not None:
                    failures.append(_taken(name, value, place))
                elif value in seen:
                    expected = f"a {name} that comes once"
                    failures.append(Failure("body", f"{place}/{name}", "repeated", expected, value))
                seen.add(value)
        return failures

    async def _free_key(
        self,
        address: Address,
        sent: Value,
        origin: Origin,
        others: Collection[str] = (),
        drawn: _Drawn | None = None,
    ) -> str:
        """Return a key that no item has. others: keys that are about to be taken. drawn: gets the time of the
        write, where that is asked for together with the number.
        """
        hooks, reserved = address.collection.hooks, self.examples.keys(address.collection)
        if address.collection.slugs and hooks.key is None:
            slug = await free_key(address, sent, self._factory, {*others, *reserved})
            if slug:
                return slug
        for _ in range(_ATTEMPTS + len(reserved)):
            number = await self._number(address, drawn, is_timed=not origin.made)
            if hooks.key is not None:
                return hooks.key(
                    Writing(address.context, address.scope, sent, caller=origin.caller, number=number)
                )
            key = await self._invented(address, number, sent)
            if key in reserved:
                continue
            if await address.store.get(address.tombstones, key) is None:
                break
        return key

    @staticmethod
    async def _number(address: Address, drawn: _Drawn | None, *, is_timed: bool) -> int:
        """Return the number of a new item. drawn: as in `_free_key`. is_timed: whether it is written at a
        time of its own.
        """
        if drawn is None:
            return await address.store.increment(f"ids {address.name}")
        if is_timed and drawn.moment is None:
            number, drawn.moment, steps = await address.context.numbered(address.name)
        else:
            found = await address.store.draw([f"ids {address.name}"])
            [number], steps = found.numbers, found.steps
        drawn.steps.extend(steps)
        return number

    async def _invented(self, address: Address, number: int, sent: Value) -> str:
        """Return the n-th id that is made up; a name that another item has, with the number behind it."""
        key = self._items.invented(address, number, sent)
        if is_named(address) and await address.store.get(address.name, key) is not None:
            return told_apart(address, key, number)
        return key

    def renewed(self, address: Address, record: Record, members: Iterable[str]) -> dict[str, Any]:
        """Return other secrets than an item has, by the members that say them."""
        target, found = address.collection.target, {}
        for name in members:
            fake = address.fake("renewed", record.key, name, record.revision)
            found[name] = self._factory.called(target, (name,), fake)
        return found

    async def insert(
        self,
        address: Address,
        key: str,
        sent: Value,
        origin: Origin,
        plan: BoundPlan | None = None,
        *,
        steps: Sequence[Advance] = (),
    ) -> Record:
        """Insert an item under a key. steps: to be taken with it. Raises RecordExists, CounterPassed."""
        entry = await self._entry(address, key, sent, origin, plan)
        step = Insert(address.name, key, entry.value, entry.meta, entry.unique)
        if not steps:
            return await address.store.insert(
                step.collection, key, step.value, meta=step.meta, unique=step.unique
            )
        *_, record = await address.store.commit([*steps, step])
        assert record is not None
        return record

    async def _entry(
        self, address: Address, key: str, sent: Value, origin: Origin, plan: BoundPlan | None
    ) -> Entry:
        """Return a new item, complete."""
        if address.where or address.among:
            sent = placed_within(address, sent)
        change = Change(sent, made=True, varied=origin.varied)
        if not origin.made:
            change = Change(sent, moment=origin.moment or await address.context.tick(address.name))
        item, meta = await self._items.written(address, key, change, sent, origin, plan=plan)
        return Entry(key, item, meta, await self._claimed(address, key, item, sent))

    async def put(self, address: Address, key: str, sent: Value, origin: Origin, plan: BoundPlan) -> Record:
        """Insert an item under the key that its path names. Raises RecordExists."""
        return await self.insert(address, key, sent, origin, plan)

    async def replace(self, address: Address, key: str, sent: Value, plan: BoundPlan) -> Record:
        """Put what was sent in place of an item; what this operation cannot set stays. Raises RecordNotFound,
        RecordExists.
        """
        settable: Set[str] = address.collection.settable
        if plan.take is not None and plan.take.asked:
            settable = plan.take.asked.keys()

        async def change(record: Record) -> Draft:
            await self.refuse(address, sent, Origin(), record)
            item, told = record.value, sent_of(record)
            kept = {}
            for name, value in item.items():
                is_same = name in sent and sent[name] == told.get(name, value)
                if name not in settable or is_same:
                    kept[name] = value
            news = {name: value for name, value in sent.items() if name not in kept}
            said = {name: value for name, value in told.items() if name not in settable}
            moment = await address.context.tick(address.name)
            what = Change(news, kept=kept, before=item, moment=moment, record=record, told=said)
            return await self._draft(address, record, what, sent, plan)

        return await address.store.update(address.name, key, change)

    async def update(self, address: Address, key: str, sent: Value, plan: BoundPlan) -> Record:
        """Lay what was sent over an item. Raises RecordNotFound, RecordExists."""

        async def said(_: Record) -> Value:
            return sent

        return await self._revised(address, key, said, plan)

    async def revise(self, address: Address, key: str, said: Saying, plan: BoundPlan) -> Record:
        """Lay over an item what is to be said of it as it is, which is asked again where somebody else was
        faster. Raises RecordNotFound, RecordExists.
        """
        return await self._revised(address, key, said, plan)

    async def _revised(self, address: Address, key: str, said: Saying, plan: BoundPlan) -> Record:
        await self.existing_for_change(address, key, plan)
        is_shallow = plan.take is not None and plan.take.take.shallow

        async def change(record: Record) -> Draft:
            sent = await said(record)
            await self.refuse(address, sent, Origin(), record)
            moment = await address.context.tick(address.name)
            made = "made" in record.meta
            kept: Mapping[str, Any] = record.value
            if is_shallow:
                kept = without(kept, frozenset(sent))
            told = sent_of(record)
            what = Change(sent, kept=kept, made=made, moment=moment, record=record, told=told)
            return await self._draft(address, record, what, sent, plan)

        return await address.store.update(address.name, key, change)

    async def turn(self, address: Address, key: str, plan: BoundPlan, flags: Mapping[str, bool]) -> Record:
        """Turn flags of an item on or off for whoever asks. Raises RecordNotFound."""
        before = await self.existing_for_change(address, key, plan)
        assert isinstance(plan.plan, Act)
        counts, viewer = plan.plan.counts, address.viewer or Viewer("")
        if any(is_turned(before, flag, viewer) is not is_on for flag, is_on in flags.items()):
            await self._count_of_caller(address, viewer, plan.plan.counts_caller)

        async def change(record: Record) -> Draft:
            return turned(record, flags, counts, viewer)

        return await address.store.update(address.name, key, change)

    @staticmethod
    async def _count_of_caller(address: Address, viewer: Viewer, counts: Mapping[str, int]) -> None:
        """Add to numbers of the user who calls."""
        if not counts or await address.store.get(address.name, viewer.key) is None:
            return

        async def change(record: Record) -> Draft:
            return Draft(added(record.value, counts), record.meta)

        await address.store.update(address.name, viewer.key, change)

    async def patch(self, address: Address, key: str, patch: Patch, plan: BoundPlan) -> Record:
        """Make of an item what a patch makes of it.

        Raises RecordNotFound, RecordExists, and what the patch raises; RequestInvalid for an item that its
        contract refuses.
        """
        await self.existing_for_change(address, key, plan)
        target = address.collection.target

        async def change(record: Record) -> Draft:
            before, after = record.value, patch(record.value)
            if target is not None and target.is_valid_item(before) and not target.is_valid_item(after):
                raise RequestInvalid(target.failures(after))
            news = {name: value for name, value in after.items() if before.get(name, NOTHING) != value}
            await self.refuse(address, news, Origin(), record)
            moment = await address.context.tick(address.name)
            read_only = _read_only(address.collection)
            own = {name: value for name, value in before.items() if name in read_only}
            kept = {**without(after, read_only), **own}
            told = without(sent_of(record), frozenset(before.keys() - after.keys()))
            what = Change({}, kept=kept, moment=moment, record=record, told=told)
            return await self._draft(address, record, what, news, plan)

        return await address.store.update(address.name, key, change)

    async def existing_for_change(self, address: Address, key: str, plan: BoundPlan) -> Record:
        """Return an item that is to be changed. Raises RecordNotFound."""
        await self.check_known(address, key, plan)
        await self._revive(address, key)
        return await self.existing(address, key)

    async def _draft(
        self, address: Address, record: Record, what: Change, sent: Value, plan: BoundPlan
    ) -> Draft:
        origin = Origin.of(record)
        item, meta = await self._items.written(address, record.key, what, sent, origin, plan=plan)
        unique = await self._claimed(address, record.key, item, {**what.told, **sent})
        return Draft(item, meta, unique)

    async def _revive(self, address: Address, key: str) -> None:
        """Let a change bring back an item that nobody ever created, where any id will do: it existed only for
        being asked for.
        """
        if self.any_id and not await self.was_created(address, key):
            await address.store.delete(address.tombstones, key)

    async def remove(self, address: Address, record: Record, *, for_good: bool = True) -> bool:
        """Delete an item, and remember that it is gone; False where somebody was faster. for_good: else an id
        that nobody created stays good.
        """
        if await address.store.get(address.name, record.key) is None:
            return False
        steps: list[Delete | Insert] = [Delete(address.name, record.key)]
        if for_good or Origin.of(record).created:
            steps.append(Delete(address.tombstones, record.key))  # of somebody who was faster
            steps.append(Insert(address.tombstones, record.key, self.ended(address, record), record.meta))
        removed = await address.store.commit(steps)
        await shrink(address)
        if self._binder.has_below(address.collection):
            await self._remove_below(address, record.key)
            await self._remove_in_windows(address, record.key)
        return removed[0] is not None

    async def gone(self, address: Address, key: str) -> Record:
        """Return an item that was deleted, and was not purged since. Raises RecordNotFound."""
        record = await address.store.get(address.tombstones, key)
        if record is None or PURGED in record.meta or not is_within(address, record):
            raise RecordNotFound(address.collection.collection.noun, key)
        return record

    async def bring_back(self, address: Address, key: str) -> None:
        """Put an item back that was deleted; one that is there stays. Raises RecordNotFound."""
        if await address.store.get(address.name, key) is not None:
            return
        record = await self.gone(address, key)
        value = dict(without(record.value, address.collection.gone))
        target = address.collection.target
        for name in address.collection.gone.intersection(record.value):
            if target is not None and not target.is_valid_item(value):
                set_if_valid(value, name, [None, False], partial(target.is_valid_item, value))
        await address.store.delete(address.tombstones, key)
        unique = await self._claimed(address, key, value, {})
        await address.store.insert(address.name, key, value, meta=record.meta, unique=unique)

    async def purge(self, address: Address, key: str) -> Record:
        """Delete an item for good, and return it as it was. Raises RecordNotFound."""
        if await address.store.get(address.name, key) is not None:
            await self.remove(address, await self.existing(address, key))
        await self.gone(address, key)

        async def change(now: Record) -> Draft:
            return Draft(now.data, {**now.meta, PURGED: True})

        return await address.store.update(address.tombstones, key, change)

    @staticmethod
    async def _remove_below(address: Address, key: str) -> None:
        """Delete what has no address but below an item; what a window shows stays."""
        path = f"{address.path_of(key)}/"
        for name in await address.store.collections():
            if name.startswith(path):
                page = await address.store.list(name)
                for record in page.records:
                    await address.store.delete(name, record.key)

    async def _remove_in_windows(self, address: Address, key: str) -> None:
        """Delete what windows below an item show of a collection that gives its items no address of their
        own.
        """
        for window in self._binder.windows_below(address.collection):
            main = self._binder.collection(window.collection.of)
            there = Address(main, address.context, {}, main.name)
            for member, parent in window.collection.where.items():
                if main.collection.at or main.collection.scope or parent != window.collection.scope[-1]:
                    continue
                page = await there.store.list(main.name, where=Test(tuple(member.split("/")), "eq", key))
                for record in page.records:
                    await self.remove(there, record)

    async def restore(self, address: Address, key: str) -> None:
        """Forget that an item is gone."""
        await address.store.delete(address.tombstones, key)

    async def refuse_taken(self, address: Address, sent: Value, plan: BoundPlan) -> None:
        """Refuse what names something that is taken; here nothing is."""

    async def shares(self, _: Address, count: int) -> Sequence[Value]:
        """Return what is said from the start of each of some items that are made up."""
        return [{} for _ in range(count)]

    async def populated(
        self, address: Address, number: int, sent: Mapping[str, Any], said: Mapping[str, Any]
    ) -> Entry:
        """Return an item that is there from the start, as its vendor says: what was sent once, and what is
        said besides.
        """
        hooks = address.collection.hooks
        key = chosen_key(address.collection, sent) or self._items.invented(address, number)
        if hooks.key is not None:
            key = hooks.key(Writing(address.context, address.scope, sent, number=number))
        item, meta = await self._items.written(
            address, key, Change(sent, said=said), dict(sent), Origin(), plan=None
        )
        return Entry(key, item, meta, await self._claimed(address, key, item, dict(sent)))

    async def fitted(self, address: Address, key: str, value: Value) -> Entry:
        """Return an item as somebody wants it, completed where that is needed. Raises WriteInvalid, naming
        each failing member.
        """
        change = Change(value, moment=await address.context.tick(address.name))
        item, meta = await self._items.written(address, key, change, value, Origin(), plan=None)
        hidden = address.collection.write_only
        item = {**item, **without(value, hidden), **identity_of(address, key)}
        item = identified(address, key, item)
        target = address.collection.target
        if target is not None and not target.is_valid_item(item):
            raise WriteInvalid(address.context.operation.key, address.name, target.failures(item))
        unshown = meta.pop("sent", _NONE)
        kept = {name: unshown[name] for name in hidden.intersection(unshown)}
        if kept:
            meta["sent"] = kept
        return Entry(key, item, meta, await self._claimed(address, key, item, value))

    # -- what is refused, and what no two items may have

    async def refuse(
        self, address: Address, sent: Mapping[str, Any], origin: Origin, before: Record | None = None
    ) -> None:
        """Raise RuleBroken for everything that a vendor's rules find wrong with a write. before: the record
        that is to be changed, or deleted.
        """
        hooks = address.collection.hooks
        if address.collection.places.holder is not None and not origin.made:
            check_same(address, sent, before)
        if self.is_strict and not origin.made:
            await self._check_references(address, sent)
        if hooks.refuse is None or origin.made:
            return
        failures = []
        for name in address.collection.collection.unique:
            holder = None
            if name in sent:
                holder = await address.store.find(address.name, name, str(sent[name]))
            if holder is not None and (before is None or holder.key != before.key):
                failures.append(_taken(name, sent[name]))
        writing = Writing(address.context, address.scope, sent, before=before, caller=origin.caller)
        failures += await hooks.refuse(writing)
        if failures:
            raise RuleBroken(failures)

    async def _check_references(self, address: Address, sent: Mapping[str, Any]) -> None:
        """Raise ReferenceUnknown for what a body names in other collections and is not there."""
        failures = []
        named = [
            (f"/{name}", other, _named_by(name, sent.get(name), inner))
            for name, other, inner in address.collection.relations
        ]
        for place, other, key in (*named, *self._named_within(sent)):
            if not key:
                continue
            there = self._items.elsewhere(other, address)
            await address.context.ready(there.name)
            if await address.store.get(there.name, key) is None and not await self._was_shown(there, key):
                noun = there.collection.collection.noun
                failures.append(Failure("body", place, "reference", f"a {noun} that is there", key))
        if failures:
            raise ReferenceUnknown(failures)

    def _named_within(self, sent: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
        """Yield the place, the collection and the id of each item that the objects of a list name."""
        for name, value in sent.items():
            for number, one in enumerate(value) if isinstance(value, list) else ():
                for inner, key in one.items() if isinstance(one, dict) else ():
                    other = self._binder.named_by(inner)
                    if other:
                        yield f"/{name}/{number}/{inner}", other, _named_by(inner, key, "")

    @staticmethod
    def _broken(address: Address, error: RecordExists, sent: Value) -> Exception:
        """Return what a lost race for a unique value is to a vendor that refuses it: a broken rule."""
        if address.collection.hooks.refuse is None:
            return error
        return RuleBroken([_taken(error.field, sent.get(error.field))])

    def ended(self, address: Address, record: Record) -> bytes:
        """Return an item as it is once it is deleted, with what it says of that."""
        gone, target = address.collection.gone, address.collection.target
        if not gone or target is None:
            return record.data
        value, now = record.value, address.context.clock.now()
        for name in sorted(gone):
            if name in target.shape.declared:
                moment = iso(now, self._factory.decimals(target.shape, name))
                set_if_valid(value, name, [moment, True], partial(target.is_valid_item, value))
        return encode(value)

    async def _claimed(self, address: Address, key: str, item: Value, sent: Value) -> dict[str, str]:
        """Return the values of an item that no other may have; what was made up gives way to what is
        there.
        """
        claimed: dict[str, str] = {}
        logins = address.collection.collection.login
        refuses = not logins or _refuses_taken(address.context.operation)
        for name in address.collection.collection.unique:
            value = sent.get(name, item.get(name))
            if not isinstance(value, (str, int, float)):
                continue
            holder = None
            if name not in sent or (name in logins and not refuses):
                holder = await address.store.find(address.name, name, str(value))
            if holder is None or holder.key == key:
                claimed[name] = str(value)
        return claimed


def _is_taken(record: Record, plan: BoundPlan | None, *, is_given: bool) -> bool:
    """Tell whether an id is that of an item that stays. One that nobody asked for gives way, unless its
    operation documents a conflict. is_given: whether the server gives ids.
    """
    origin = Origin.of(record)
    documents = plan is not None and not _CONFLICTS.isdisjoint(plan.operation.responses)
    stays = is_given or documents or not origin.made
    return origin.created and stays


def _refuses_taken(operation: Operation) -> bool:
    """Tell whether an operation documents how it refuses a name that is taken."""
    return not _TAKEN.isdisjoint(operation.responses)


def _named_by(name: str, value: Any, within: str) -> str:
    """Return the key by which a member names another item; "" where a text may be anything else, as a
    name.
    """
    if within:
        value = value.get(within) if isinstance(value, Mapping) else None
    elif isinstance(value, str) and not fold(name).endswith(REFERENCES.ranked):
        return ""
    is_key = isinstance(value, (str, int)) and not isinstance(value, bool)
    return str(value) if is_key else ""


def _read_only(collection: BoundCollection) -> frozenset[str]:
    """Name the members that only the server sets, as far as some operation tells what a caller may."""
    if not collection.settable:
        return collection.unsettable
    return collection.unsettable.union(collection.names - collection.settable)


def _taken(name: str, value: Any, place: str = "") -> Failure:
    return Failure("body", f"{place}/{name}", "unique", f"a {name} that no other has", str(value))
