"""Records: items found, made, changed and deleted; every write ends in a complete, valid item."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import Any, Final

import orjson

from understudy.contracts.contract import Operation
from understudy.engine.address import LINKS, Address, is_within, placed_within, within
from understudy.engine.authored import Authored, Examples
from understudy.engine.authors import made_by
from understudy.engine.binding import Binder, BoundCollection, BoundPlan
from understudy.engine.factory import Factory, Known
from understudy.engine.holding import begun, check_same, gone_on
from understudy.engine.identity import (
    identified,
    identity_of,
    invented_key,
    marked,
    not_shown,
    sent_of,
)
from understudy.engine.list_addresses import say_addresses
from understudy.engine.overlay import with_member
from understudy.engine.patching import Patch
from understudy.engine.referring import Referring, There
from understudy.engine.refitting import Refitting
from understudy.engine.shown import was_shown
from understudy.engine.slugs import free_key, slugs_of
from understudy.engine.stamps import stamp
from understudy.engine.taking import chosen_key
from understudy.engine.viewers import TURNED, TURNERS, Viewer, turned
from understudy.errors import (
    Failure,
    RecordExists,
    RecordNotFound,
    ReferenceUnknown,
    RequestInvalid,
    RuleBroken,
    WriteInvalid,
)
from understudy.handler import Writing
from understudy.messages import NOTHING, Caller
from understudy.model.model import Act, Create, Place
from understudy.model.selection import only
from understudy.model.vocabulary import REFERENCES
from understudy.names import fold
from understudy.pointers import put
from understudy.schemas.choice import Parts
from understudy.schemas.fitting import set_if_valid
from understudy.schemas.generator import Ungeneratable
from understudy.schemas.shape import Shape
from understudy.state.clock import iso
from understudy.state.conditions import META, And, Condition, Test, matches
from understudy.state.store import Delete, Draft, Entry, Insert, Record, Value

PURGED: Final = "purged"
"""What a record's meta says of what was deleted and cannot be brought back."""

_TAKEN: Final = frozenset({"409", "422", "400", "4XX"})
_CONFLICTS: Final = frozenset({"409", "4XX"})
_ATTEMPTS: Final = 20  # at an identifier nobody has
_NONE: Final[Mapping[str, Any]] = {}
_KEY_OF: Final = attrgetter("key")
_MOST_BEGUN: Final = 512  # collections whose first items are remembered
_MOST_KEYS: Final = 20  # of these that others name
_NOBODY: Final = Caller()


@dataclass(slots=True)  # not frozen: made for every write, in a third of the time
class Origin:
    """How a record came to be. made: all of it is made up. created: by a caller, or by populating; not for
    being asked for.

    given: its id is the server's to give, and was sent all the same. varied: it stands beside others that are
    made up. caller: who wrote it.
    """

    made: bool = False
    created: bool = True
    given: bool = False
    varied: bool = False
    caller: Caller = _NOBODY

    @classmethod
    def of(cls, record: Record) -> Origin:
        """Return how a record came to be, as far as that is remembered beside it."""
        meta = record.meta
        return cls("made" in meta, "asked" not in meta, "given" in meta)


POPULATED: Final = Origin(made=True)
BESIDE_OTHERS: Final = Origin(made=True, varied=True)
ASKED_FOR: Final = Origin(made=True, created=False, varied=True)
ONLY_ONE: Final = Origin(made=True, created=False)


@dataclass(slots=True)  # not frozen: made for every request, in a third of the time
class _Change:
    """What a write changes.

    news: what is said now. kept: members that stay. before: members as they were. said: what a vendor says
    besides. record: that is changed, None where it is new; told: what was sent of it before, and is
    remembered. made: whether the item is made up; varied: beside others. moment: of the write.
    """

    news: Mapping[str, Any]
    kept: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    made: bool = False
    varied: bool = False
    moment: datetime | None = None
    said: Mapping[str, Any] = field(default_factory=dict)
    record: Record | None = None
    told: Mapping[str, Any] = field(default_factory=dict)


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
    ) -> None:
        """`any_id`: whether an item that nobody created is made when it is first asked for. any_write: also
        where it is to be changed or deleted, though the contract documents that it may not be found.
        is_strict: whether what a body names has to be there, and what an answer named is. examples: the items
        that authors wrote.
        """
        self.examples = examples
        self.is_strict = is_strict
        self.any_id, self._any_write = any_id, any_write
        self._binder, self._factory = binder, factory
        self._begun: dict[tuple[int, int, str], There | None] = {}
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
        item = identified(address, key, item)
        target = address.collection.target
        if not one.is_whole or target is None or not target.is_valid_item(item):
            members = dict(_without(one.members, frozenset(address.collection.own)))
            return await self.insert(address, key, members, origin)
        unique = await self._claimed(address, key, item, item)
        meta = self._meta(address, origin, {}, None)
        return await address.store.insert(address.name, key, item, meta=meta, unique=unique)

    def shape_at(self, address: Address, place: Place) -> Shape | None:
        """Return what describes a member of an item, at a place of it; None where nothing does."""
        target = address.collection.target
        if target is None:
            return None
        return self._factory.shape_at(target, place)

    async def add_meeting(self, address: Address, members: Value, condition: Condition) -> bool:
        """Add a made-up item with these members where it then meets a condition."""
        key = await self._free_key(address, members, POPULATED)
        entry = await self._entry(address, key, members, POPULATED, None)
        value = entry.value
        if isinstance(value, bytes) or not matches(condition, {**value, META: entry.meta or {}}):
            return False
        await address.store.insert_all(address.name, [entry])
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

    async def doomed(self, address: Address, key: str) -> Record:
        """Return what a delete is about. Where any id will do, deleting twice is deleting once (RFC 9110
        §9.2.2).
        """
        if self.any_id:
            tombstone = await address.store.get(address.tombstones, key)
            if tombstone is not None:
                return tombstone
        return await self.existing(address, key)

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

    # -- writing

    async def new(self, address: Address, sent: Value, plan: BoundPlan | None, origin: Origin) -> Record:
        """Insert an item under the key that was sent, or one that is made up and free.

        Raises RecordExists where a conflict is declared; RuleBroken for what a vendor refuses.
        """
        key = chosen_key(address.collection, sent)
        if key and not (origin.made and origin.created):
            record = await self._under_key(address, key, sent, plan, origin)
            if record is not None:
                return record
        await self.refuse(address, sent, origin)
        for _ in range(_ATTEMPTS):
            key = await self._free_key(address, sent, origin)
            try:
                return await self.insert(address, key, sent, origin, plan)
            except RecordExists as error:
                if error.field != "key":
                    raise self._broken(address, error, sent) from None
        # An id of so few values that none is free, as of an enum: nobody sent it, so nobody is to blame.
        record = await self._under_key(address, key, sent, None, origin)
        if record is None:
            raise RecordExists(address.collection.collection.noun, "id", key)
        return record

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
        item, meta = await self._written(address, key, _Change(sent, moment=moment), sent, origin, plan=plan)
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
        self, address: Address, sent: Value, origin: Origin, others: Collection[str] = ()
    ) -> str:
        """Return a key that no item has. others: keys that are about to be taken."""
        hooks, reserved = address.collection.hooks, self.examples.keys(address.collection)
        if address.collection.slugs and hooks.key is None:
            slug = await free_key(address, sent, self._factory, {*others, *reserved})
            if slug:
                return slug
        for _ in range(_ATTEMPTS + len(reserved)):
            number = await address.store.increment(f"ids {address.name}")
            if hooks.key is not None:
                return hooks.key(
                    Writing(address.context, address.scope, sent, caller=origin.caller, number=number)
                )
            key = self._invented(address, number, sent)
            if key in reserved:
                continue
            if await address.store.get(address.tombstones, key) is None:
                break
        return key

    def _invented(self, address: Address, number: int, sent: Mapping[str, Any] = _NONE) -> str:
        """Return the n-th id that is made up, in the form of those that authors gave."""
        return invented_key(address, self._factory, number, sent, self.examples.pattern(address.collection))

    async def insert(
        self, address: Address, key: str, sent: Value, origin: Origin, plan: BoundPlan | None = None
    ) -> Record:
        """Insert an item under a key. Raises RecordExists."""
        entry = await self._entry(address, key, sent, origin, plan)
        return await address.store.insert(
            address.name, key, entry.value, meta=entry.meta, unique=entry.unique
        )

    async def _entry(
        self, address: Address, key: str, sent: Value, origin: Origin, plan: BoundPlan | None
    ) -> Entry:
        """Return a new item, complete."""
        if address.where:
            sent = placed_within(address, sent)
        change = _Change(sent, made=True, varied=origin.varied)
        if not origin.made:
            change = _Change(sent, moment=await address.context.tick(address.name))
        item, meta = await self._written(address, key, change, sent, origin, plan=plan)
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
            what = _Change(news, kept=kept, before=item, moment=moment, record=record, told=said)
            return await self._draft(address, record, what, sent, plan)

        return await address.store.update(address.name, key, change)

    async def update(self, address: Address, key: str, sent: Value, plan: BoundPlan) -> Record:
        """Lay what was sent over an item. Raises RecordNotFound, RecordExists."""
        await self.existing_for_change(address, key, plan)
        is_shallow = plan.take is not None and plan.take.take.shallow

        async def change(record: Record) -> Draft:
            await self.refuse(address, sent, Origin(), record)
            moment = await address.context.tick(address.name)
            made = "made" in record.meta
            kept: Mapping[str, Any] = record.value
            if is_shallow:
                kept = _without(kept, frozenset(sent))
            told = sent_of(record)
            what = _Change(sent, kept=kept, made=made, moment=moment, record=record, told=told)
            return await self._draft(address, record, what, sent, plan)

        return await address.store.update(address.name, key, change)

    async def turn(self, address: Address, key: str, plan: BoundPlan, flags: Mapping[str, bool]) -> Record:
        """Turn flags of an item on or off for whoever asks. Raises RecordNotFound."""
        await self.existing_for_change(address, key, plan)
        assert isinstance(plan.plan, Act)
        counts, viewer = plan.plan.counts, address.viewer or Viewer("")

        async def change(record: Record) -> Draft:
            return turned(record, flags, counts, viewer)

        return await address.store.update(address.name, key, change)

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
            kept = {**_without(after, read_only), **own}
            told = _without(sent_of(record), frozenset(before.keys() - after.keys()))
            what = _Change({}, kept=kept, moment=moment, record=record, told=told)
            return await self._draft(address, record, what, news, plan)

        return await address.store.update(address.name, key, change)

    async def existing_for_change(self, address: Address, key: str, plan: BoundPlan) -> Record:
        """Return an item that is to be changed. Raises RecordNotFound."""
        await self.check_known(address, key, plan)
        await self._revive(address, key)
        return await self.existing(address, key)

    async def _draft(
        self, address: Address, record: Record, what: _Change, sent: Value, plan: BoundPlan
    ) -> Draft:
        origin = Origin.of(record)
        item, meta = await self._written(address, record.key, what, sent, origin, plan=plan)
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
            steps.append(Insert(address.tombstones, record.key, _ended(address, record), record.meta))
        removed = await address.store.commit(steps)
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
        value = dict(_without(record.value, address.collection.gone))
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

    async def populated(
        self, address: Address, number: int, sent: Mapping[str, Any], said: Mapping[str, Any]
    ) -> Entry:
        """Return an item that is there from the start, as its vendor says: what was sent once, and what is
        said besides.
        """
        hooks = address.collection.hooks
        key = chosen_key(address.collection, sent) or self._invented(address, number)
        if hooks.key is not None:
            key = hooks.key(Writing(address.context, address.scope, sent, number=number))
        item, meta = await self._written(
            address, key, _Change(sent, said=said), dict(sent), Origin(), plan=None
        )
        return Entry(key, item, meta, await self._claimed(address, key, item, dict(sent)))

    async def fitted(self, address: Address, key: str, value: Value) -> Entry:
        """Return an item as somebody wants it, completed where that is needed. Raises WriteInvalid, naming
        each failing member.
        """
        change = _Change(value, moment=await address.context.tick(address.name))
        item, meta = await self._written(address, key, change, value, Origin(), plan=None)
        hidden = address.collection.write_only
        item = {**item, **_without(value, hidden), **identity_of(address, key)}
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
            there = self._elsewhere(other, address)
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

    # -- items

    async def _written(
        self,
        address: Address,
        key: str,
        change: _Change,
        sent: Value,
        origin: Origin,
        *,
        plan: BoundPlan | None,
    ) -> tuple[Value, dict[str, Any]]:
        """Return a complete item, and what is kept beside it."""
        collection, record, said = address.collection, change.record, change.said
        if collection.hooks.says is not None:
            writing = Writing(address.context, address.scope, sent, key, record, origin.caller, change.moment)
            said = {**await collection.hooks.says(writing), **said}
        if collection.callers and record is None and origin.caller.user:
            said = {**await self._of_caller(address, origin.caller, sent), **said}
        if collection.slugs and record is None:
            said = {**await slugs_of(address, key, sent, self._factory), **said}
        item, is_fit = self._complete(address, key, change, plan, said)
        told = {**change.told, **sent, **said}
        if change.moment is not None:
            stamp(item, collection.stamps, change.moment, told, is_new=record is None)
        meta = self._meta(address, origin, not_shown(told, item), record)
        if not is_fit:
            meta["unfit"] = True
        return item, meta

    async def whose(self, address: Address, caller: Caller, member: str) -> Mapping[str, Any]:
        """Return what a member of an item says that is the caller's; of an object, what its id says."""
        said = (await self._of_caller(address, caller, {})).get(member)
        if not isinstance(said, dict):
            return {member: said}
        users = self._users_of(caller)
        names = [name for name in (*users.own, *users.collection.login) if name in said]
        return {f"{member}/{name}": said[name] for name in names[:1]}

    def _users_of(self, caller: Caller) -> BoundCollection:
        """Return the collection of users in which whoever calls is."""
        model = self._binder.model
        if caller.of in model.collections:
            return self._binder.collection(caller.of)
        return self._binder.collection(model.users)

    async def _of_caller(self, address: Address, caller: Caller, sent: Value) -> Mapping[str, Any]:
        """Return the members that say which user makes an item, but for those that were sent."""
        users = self._users_of(caller)
        record = await address.store.get(users.name, caller.user)
        target = address.collection.target
        if record is None or target is None:
            return _NONE
        found = {}
        for name in address.collection.callers:
            member = address.collection.collection.members.get(name)
            is_of_others = member is not None and member.refers_to not in ("", users.name)
            if name not in sent and not is_of_others:
                value = made_by(users, record, name, self._factory.member(target, name))
                if value is not NOTHING:
                    found[name] = value
        return found

    @staticmethod
    def _meta(
        address: Address, origin: Origin, sent: dict[str, Any], record: Record | None
    ) -> dict[str, Any]:
        meta: dict[str, Any] = {}
        if sent:
            meta["sent"] = sent
        if origin.made:
            meta["made"] = True
        if not origin.created:
            meta["asked"] = True
        if origin.given:
            meta["given"] = True
        links: Sequence[str] = ()
        if record is not None:
            links = record.meta.get(LINKS, ())
            meta |= only(record.meta, (TURNED, TURNERS))
        if address.link and address.link not in links:
            links = [*links, address.link]
        if links:
            meta[LINKS] = links
        return meta

    def _complete(
        self, address: Address, key: str, change: _Change, plan: BoundPlan | None, said: Mapping[str, Any]
    ) -> tuple[Value, bool]:
        """Return an item with what the contract wants besides, and whether one could be made."""
        collection = address.collection
        certain = {**_identity(address, key, change), **_without(said, collection.write_only)}
        kept: Mapping[str, Any] = {**change.kept, **certain}
        news = _without(change.news, collection.unsettable.union(certain))
        if collection.places.says_more:
            kept, news = _marked(address, key, kept, news)
        if collection.target is None:
            return {**kept, **news}, True
        known = self._known(address, change, plan, kept, news)
        rules = collection.collection.members
        try:
            item = self._factory.item(collection.target, known, rules, lambda: address.fake(key))
        except Ungeneratable:
            return {**kept, **news}, False
        completed = dict(item)
        self._relate(address, key, completed, known)
        completed = self._settled(address, key, completed, known)
        target = collection.target
        places = self._factory.list_addresses(target)
        if places:
            say_addresses(completed, address.url_of(key), places, target.is_valid_item)
        if collection.places.holder is not None:
            self._hold(address, key, completed, change)
        return completed, True

    def _hold(self, address: Address, key: str, item: dict[str, Any], change: _Change) -> None:
        """Let the object that carries the id say what the server says there."""
        holder, target = address.collection.places.holder, address.collection.target
        assert holder is not None
        assert target is not None
        if change.record is None:
            held = item.get(holder.name) or {}
            fake = address.fake(key, holder.name)
            said = begun(holder, held, change.moment, lambda parts: self._factory.unique(parts, fake))
        elif change.moment is not None:
            said = gone_on(holder, change.record.value, item, change.moment)
        else:
            return
        set_if_valid(item, holder.name, [said], lambda: target.is_valid_item(item))

    @staticmethod
    def _known(
        address: Address,
        change: _Change,
        plan: BoundPlan | None,
        kept: Mapping[str, Any],
        news: Mapping[str, Any],
    ) -> Known:
        collection = address.collection
        asked: Mapping[str, Parts] = _NONE
        if plan is not None and plan.take is not None:
            asked, as_is = plan.take.asked, plan.take.as_is
        else:
            as_is = frozenset(news) - collection.places.objects
        if change.made:
            return Known(
                kept, news, asked, as_is, unsent=collection.gone, before=change.before, varied=change.varied
            )
        unsent = collection.unsent
        if plan is not None and plan.take is not None and not change.kept:
            unsent = plan.take.unsent  # what only a change can set, the server sets first
        return Known(kept, news, asked, as_is, change.moment, unsent=unsent, before=change.before)

    def _relate(self, address: Address, key: str, item: dict[str, Any], known: Known) -> None:
        """Let members that name other items lead to some that are there from the start."""
        target, population = address.collection.target, address.context.world.population
        if target is None or not population:
            return
        for name, other, inner in address.collection.relations:
            if name in known.kept or name in known.news or item.get(name) is None:
                continue
            there = self._populated_key(self._elsewhere(other, address), address, key, name, population)
            led = _leading(item[name], there, inner)
            if led is not NOTHING:
                set_if_valid(item, name, [led], lambda: target.is_valid_item(item))

    def _settled(self, address: Address, key: str, item: dict[str, Any], known: Known) -> dict[str, Any]:
        """Return an item in which what names other items, however deep, leads to some that are there."""
        target = address.collection.target
        if target is None or not address.context.world.population or not self.any_id:
            return item

        def draw(collection: str, count: int) -> int:
            return address.context.random(address.name, key, collection).randrange(count)

        fixed = {*known.kept, *known.news, *address.collection.own}
        referring = Referring(
            self.examples.naming,
            address.collection.name,
            lambda name: self._there(name, address),
            draw,
            fixed,
        )
        return dict(referring.settled(item, target.is_valid_item))

    def _there(self, name: str, address: Address) -> There | None:
        """Return what a collection has from the start."""
        world = address.context.world
        place = (world.seed, world.population, name)
        if place not in self._begun:
            if len(self._begun) >= _MOST_BEGUN:
                self._begun.clear()
            self._begun[place] = self._begin(name, address)
        return self._begun[place]

    def _begin(self, name: str, address: Address) -> There | None:
        there = self._elsewhere(name, address)
        collection = there.collection
        if collection.collection.single or not collection.collection.id.member:
            return None
        authored = self.examples.of(there)
        keys = list(filter(None, map(_KEY_OF, authored)))
        is_made = not collection.slugs and collection.hooks.key is None and collection.hooks.populate is None
        number = 0
        world = address.context.world
        if there.name in world.data:
            return _told(collection, world.data[there.name])
        wanted = min(world.counts.of(there.name, world.seed), _MOST_KEYS)
        while is_made and len(keys) < wanted and number < 2 * _MOST_KEYS:
            number += 1
            key = self._invented(there, number)
            if key not in keys:
                keys.append(key)
        names = {fold(one): one for one in collection.names}
        return There(collection.collection.id.member, names, authored, keys)

    def _populated_key(self, there: Address, address: Address, key: str, name: str, population: int) -> str:
        """Return the id of one of the items that another collection has from the start."""
        world = address.context.world
        told = _told(there.collection, world.data.get(there.name, ())).keys
        if told:
            return told[address.context.random(address.name, key, name).randrange(len(told))]
        population = world.counts.of(there.name, world.seed) or population
        authored = self.examples.of(there)
        drawn = address.context.random(address.name, key, name).randrange(max(population, len(authored)))
        if drawn < len(authored) and authored[drawn].key:
            return authored[drawn].key
        reserved = self.examples.keys(there.collection)
        number = max(1, drawn + 1 - len(authored))
        while True:
            found = self._invented(there, number)
            if found not in reserved:
                return found
            number += 1

    def _elsewhere(self, name: str, address: Address) -> Address:
        return Address(self._binder.collection(name), address.context, {}, name)


def _is_taken(record: Record, plan: BoundPlan | None, *, is_given: bool) -> bool:
    """Tell whether an id is that of an item that stays. One that nobody asked for gives way, unless its
    operation documents a conflict: the first thing that people send is the document's own example, which is
    there from the start. is_given: whether the server gives ids.
    """
    origin = Origin.of(record)
    documents = plan is not None and not _CONFLICTS.isdisjoint(plan.operation.responses)
    stays = is_given or documents or not origin.made
    return origin.created and stays


def _ended(address: Address, record: Record) -> bytes:
    """Return an item as it is once it is deleted, with what it says of that."""
    gone, target = address.collection.gone, address.collection.target
    if not gone or target is None:
        return record.data
    value = record.value
    moment = iso(address.context.clock.now())
    for name in sorted(gone):
        if name in target.shape.declared:
            set_if_valid(value, name, [moment, True], partial(target.is_valid_item, value))
    return orjson.dumps(value)


def _told(collection: BoundCollection, items: Sequence[Mapping[str, Any]]) -> There:
    """Return what is in a collection that starts with records of somebody's."""
    member = collection.collection.id.member
    authored = [Authored(str(item.get(member) or ""), item, is_whole=True) for item in items]
    names = {fold(one): one for one in collection.names}
    return There(member, names, authored, list(filter(None, map(_KEY_OF, authored))))


def _refuses_taken(operation: Operation) -> bool:
    """Tell whether an operation documents how it refuses a name that is taken."""
    return not _TAKEN.isdisjoint(operation.responses)


def _identity(address: Address, key: str, change: _Change) -> dict[str, Any]:
    """Return which item this is; `userId` of `/users/{id}/followers` may be said to be another user's."""
    identity = identity_of(address, key)
    for name in address.collection.sayable_parents:
        if name in change.news or name in change.kept:
            identity.pop(name, None)
    return identity


def _marked(
    address: Address, key: str, kept: Mapping[str, Any], news: Mapping[str, Any]
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Let an item say which one it is, and of what kind: in objects that are kept, or else new of it."""
    for place, value in marked(address, key):
        if place[0] in kept and place[0] not in news:
            kept = put(kept, place, value)
        else:
            news = put(news, place, value)
    for name, label in address.collection.places.labels.items():
        if name not in kept and name not in news:
            news = {**news, name: label}
    return kept, news


def _without(members: Mapping[str, Any], names: frozenset[str]) -> Mapping[str, Any]:
    if names.isdisjoint(members):
        return members
    return {name: value for name, value in members.items() if name not in names}


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


def _leading(before: Any, key: str, within: str) -> Any:
    """Return a member that names an item by its key, in the type it has; NOTHING where it cannot."""
    told = before
    if within and isinstance(before, dict):
        told = before.get(within)
    there: Any = key
    if isinstance(told, (int, float)) and not isinstance(told, bool):
        if not key.isdigit():
            return NOTHING
        there = int(key)
    if not within:
        return there
    return with_member(before, within, there)


def _taken(name: str, value: Any, place: str = "") -> Failure:
    return Failure("body", f"{place}/{name}", "unique", f"a {name} that no other has", str(value))
