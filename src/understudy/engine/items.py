"""Items: what a record holds is made complete, valid, and leads to what is there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import Any, Final

from msgspec import Struct, field

from understudy.engine.address import LINKS, Address, within
from understudy.engine.authored import Authored, Examples
from understudy.engine.authors import made_by
from understudy.engine.binding import Binder, BoundCollection, BoundPlan
from understudy.engine.factory import Factory, Known, Target, descended
from understudy.engine.holding import begun, gone_on
from understudy.engine.identity import (
    identity_of,
    invented_key,
    is_named,
    marked,
    not_shown,
    told_apart,
)
from understudy.engine.kinds import Names, kinds_of
from understudy.engine.lines import Line, called_in, lines_of, sent_lines
from understudy.engine.linking import Linking, last_of_path
from understudy.engine.list_addresses import say_addresses
from understudy.engine.naming_others import NamingOthers, named_by
from understudy.engine.origin import Origin
from understudy.engine.overlay import copied, with_member
from understudy.engine.queries import together
from understudy.engine.referring import Referring, There
from understudy.engine.relating import Relating
from understudy.engine.slugs import slugs_of, with_free_slugs
from understudy.engine.stamps import is_edit, stamp
from understudy.engine.twins import call_of_twin
from understudy.engine.viewers import TURNED, TURNERS
from understudy.handler import Writing
from understudy.messages import NOTHING, Caller
from understudy.model.model import Act, Replace, Update
from understudy.model.selection import only
from understudy.names import fold
from understudy.pointers import put
from understudy.schemas.amounts import follows_state
from understudy.schemas.choice import Parts
from understudy.schemas.fitting import set_if_valid
from understudy.schemas.generator import Ungeneratable
from understudy.schemas.stages import moments_ahead, moments_of, state_in
from understudy.schemas.variation import another_id
from understudy.state.clock import iso
from understudy.state.store import Record, Value

_NONE: Final[Mapping[str, Any]] = {}
_KEY_OF: Final = attrgetter("key")
_MOST_BEGUN: Final = 512  # collections whose first items are remembered
_MOST_KEYS: Final = 20  # of these that others name
Judge = Callable[[Any], bool]
"""Tells whether an item is right."""
_MOST_MADE: Final = 2_048  # made-up items of which others say what they say
_MOST_CALLED: Final = 100  # the number behind the name of a made-up item
_FAR: Final = 9_000  # how far on from an example the number of another thing may be


class Change(Struct, frozen=True):
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


class Items:
    """The items of one contract: complete, valid, and leading to each other."""

    def __init__(
        self, binder: Binder, factory: Factory, examples: Examples, linking: Linking, *, leads: bool
    ) -> None:
        """`linking`: lets addresses lead to what is served. examples: the items that authors wrote.
        leads: whether what names other items, however deep, leads to some.
        """
        self._binder, self._factory, self._examples, self._leads = binder, factory, examples, leads
        self._begun: dict[tuple[int, int, str], There | None] = {}
        self.linking = linking
        self._relating = Relating(binder, factory, examples)
        self._naming_others = NamingOthers(binder, factory, examples)
        self._kinds: dict[str, Mapping[Names, str]] = {}
        self._lines: dict[str, Sequence[Line]] = {}
        self._calls: dict[str, Sequence[tuple[str, str]]] = {}
        self._made: dict[tuple[int, int, str, str], Mapping[str, Any]] = {}

    async def written(
        self,
        address: Address,
        key: str,
        change: Change,
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
        if collection.numbered and record is None and change.moment is not None:
            said = {**await _last(address), **said}
        item, is_fit = self._complete(address, key, change, plan, said)
        item = await self._beside_others(address, item, change)
        told = {**change.told, **sent, **said}
        self._say_times(collection, item, change, told, plan)
        meta = self.meta(address, origin, not_shown(told, item), record)
        if not is_fit:
            meta["unfit"] = True
        return item, meta

    def _say_times(
        self,
        collection: BoundCollection,
        item: dict[str, Any],
        change: Change,
        told: Mapping[str, Any],
        plan: BoundPlan | None,
    ) -> None:
        """Let an item say when it was written, edited, and came to the state that it is in."""
        if change.moment is None:
            return
        if collection.stamps:
            stamp(item, collection.stamps, change.moment, told, is_new=change.record is None)
            self._say_edited(collection, item, change, told, plan)
        self._say_moments(collection, item, change, told, plan)

    def _say_edited(
        self,
        collection: BoundCollection,
        item: dict[str, Any],
        change: Change,
        told: Collection[str],
        plan: BoundPlan | None,
    ) -> None:
        """Let an item say when it was edited: a new one never was, and what is done to it is no edit."""
        target, record, moment = collection.target, change.record, change.moment
        if target is None or moment is None:
            return
        writes = plan is not None and isinstance(plan.plan, (Update, Replace)) and plan.take is not None
        for name in collection.stamps:
            if name in told or not is_edit(name):
                continue
            said: list[Any] = [NOTHING, None]
            if record is not None:
                said = [record.value.get(name, NOTHING)]
                if writes:
                    said = [iso(moment, self._factory.decimals(target.shape, name))]
            set_if_valid(item, name, said, partial(target.is_valid_item, item))

    async def _beside_others(self, address: Address, item: Value, change: Change) -> Value:
        """Return an item as it is among others: with a slug of its own, and saying of them what they do."""
        collection = address.collection
        if collection.slugs and change.made:
            item = await with_free_slugs(address, item)
        if change.record is None and collection.collection.below and address.scope:
            item = await self._naming_others.with_above(address, item, change.news)
        if not change.made and change.news:
            is_new = change.record is None
            item = await self._naming_others.shown(address, item, change.news, is_new=is_new)
        if collection.copies:
            item = await self._with_copies(address, item, change)
        for line in self._lines_in(collection) if change.moment is not None else ():
            item = await self._with_line(address, item, change, line)
        return item

    async def _with_line(self, address: Address, item: Value, change: Change, line: Line) -> Value:
        """Return an item whose lines, as they were sent, say of what they name what that does."""
        target, lines, is_told = address.collection.target, [], False
        assert target is not None
        for one, sent in sent_lines(line, change.news, item):
            there, key = self.elsewhere(line.copies.of, address), line.copies.key(one)
            await address.context.ready(there.name)
            record = await address.store.get(there.name, key)
            said: dict[str, Any] = {}
            if record is not None:
                said = line.copies.told(one, record.value, sent)
            one.update(said)
            is_told |= bool(said)
            self._factory.let_agree(line.shape, one, {*sent, *said})
            lines.append(one)
        if not is_told:
            return item
        found = {**item, line.name: lines}
        self._factory.let_agree(target.shape, found, {*change.news, *change.kept})
        return found if target.is_valid_item(found) else item

    def _lines_in(self, collection: BoundCollection) -> Sequence[Line]:
        """Return the lines of a collection's items that name others."""
        known = self._lines.get(collection.name)
        if known is None:
            known = ()
            if collection.target is not None and collection.hooks.says is None:
                shape = collection.target.shape
                known = tuple(lines_of(shape, self._factory.whole, self._examples.naming, collection.name))
            self._lines[collection.name] = known
        return known

    async def _with_copies(self, address: Address, item: Value, change: Change) -> Value:
        """Return an item that says of others what they say of themselves, where they are there."""
        target = address.collection.target
        fixed = {*change.news, *change.kept}
        found = dict(item)
        for copies in address.collection.copies:
            if copies.reference in change.news:
                fixed -= change.kept.keys() - change.news.keys()
            there, key = self.elsewhere(copies.of, address), copies.key(found)
            if not key or target is None:
                continue
            if not (copies.is_money or _waits(there.collection)):
                await address.context.ready(there.name)
            record = await named_by(there, last_of_path(key))
            said = record.value if record is not None else _NONE
            if record is None and copies.is_money:  # it is not waited for, and will be this one
                said = self._made_up(there.name, key, address)
            for name, value in copies.told(found, said, fixed).items():
                set_if_valid(found, name, [value], partial(target.is_valid_item, found))
        if target is not None and change.made and found != item:
            told = {name for name, value in found.items() if value != item[name]}
            agreed = dict(found)
            self._factory.let_agree(target.shape, agreed, {*fixed, *told, *address.collection.own})
            return agreed if target.is_valid_item(agreed) else found
        return found

    def _say_moments(
        self,
        collection: BoundCollection,
        item: dict[str, Any],
        change: Change,
        told: Mapping[str, Any],
        plan: BoundPlan | None,
    ) -> None:
        """Let an item say when an action was done to it, or when it came to the state that was sent, and
        nothing of what it left again.
        """
        moment, record = change.moment, change.record
        if moment is None or record is None:
            return
        if plan is not None and isinstance(plan.plan, Act):
            self._say_when(collection, item, plan.plan.stamps, moment)
            if plan.plan.set and collection.target is not None:
                fixed = {name for name in item if not follows_state(name)}
                self._factory.let_agree(collection.target.shape, item, fixed)
            return
        name, target = state_in(item), collection.target
        if target is None or name not in told or item[name] == record.value.get(name):
            return
        free = [member for member in target.shape.declared if member not in told]
        came = [member for member in moments_of(free, item[name]) if item.get(member) is None]
        self._say_when(collection, item, came, moment)
        for member in moments_ahead(free, item[name]):
            if item.get(member) is not None:
                set_if_valid(item, member, [None], partial(target.is_valid_item, item))

    def _say_when(
        self, collection: BoundCollection, item: dict[str, Any], names: Sequence[str], moment: datetime
    ) -> None:
        """Let an item say when an action was done to it, as a moment or as a day."""
        target = collection.target
        if target is None:
            return
        for name in names:
            now = iso(moment, self._factory.decimals(target.shape, name))
            set_if_valid(item, name, [now, now.partition("T")[0]], partial(target.is_valid_item, item))

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
    def meta(address: Address, origin: Origin, sent: dict[str, Any], record: Record | None) -> dict[str, Any]:
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
        self, address: Address, key: str, change: Change, plan: BoundPlan | None, said: Mapping[str, Any]
    ) -> tuple[Value, bool]:
        """Return an item with what the contract wants besides, and whether one could be made."""
        collection = address.collection
        certain = {**_identity(address, key, change), **without(said, collection.write_only)}
        kept: Mapping[str, Any] = {**change.kept, **certain}
        news = without(change.news, collection.unsettable.union(certain))
        if collection.places.says_more:
            kept, news = _marked(address, key, kept, news)
        if collection.target is None:
            return {**kept, **news}, True
        known = self._known(address, change, plan, kept, news)
        rules = collection.collection.members
        try:
            item = self._factory.item(collection.target, known, rules, lambda: address.fake(key))
        except Ungeneratable:
            return self._unfit(address, key, change, known), False
        completed = dict(item)
        is_valid = collection.target.is_valid_item
        self._relate(address, key, completed, known, is_valid)
        self._call(address, completed, change, known)
        completed = self._settled(address, key, completed, known, is_valid)
        completed = dict(self.linking.led(address, key, completed, {*change.kept, *change.news}))
        target = collection.target
        places = self._factory.list_addresses(target)
        if places:
            say_addresses(completed, address.url_of(key), places, target.is_valid_item)
        if collection.places.holder is not None:
            self._hold(address, key, completed, change)
        if change.record is None:
            self._tell_apart(address, key, completed, known)
        if change.made and change.varied:
            self._call_otherwise(address, key, completed, known)
        return completed, True

    def _call(self, address: Address, item: dict[str, Any], change: Change, known: Known) -> None:
        """Let what is named by the same id be called the same, where no collection tells how it is called."""
        collection, target = address.collection, address.collection.target
        assert target is not None
        for reference, name in self._called_in(collection):
            is_new = change.record is None or reference in known.news
            value = item.get(reference)
            is_said = name in known.news or (change.record is None and name in known.kept)
            if not is_new or is_said or not isinstance(item.get(name), str) or value is None:
                continue
            fake = address.context.fake("called", fold(reference), str(value))
            called = self._factory.called(target, (name,), fake)
            if called:
                set_if_valid(item, name, [called], lambda: target.is_valid_item(item))

    def _called_in(self, collection: BoundCollection) -> Sequence[tuple[str, str]]:
        """Return the members that name something of no collection, each with what says how it is called."""
        known = self._calls.get(collection.name)
        if known is None:
            known = ()
            if collection.target is not None and collection.hooks.says is None:
                members = collection.target.shape.declared
                known = tuple(called_in(members, self._examples.naming, frozenset(collection.own)))
            self._calls[collection.name] = known
        return known

    def _call_otherwise(self, address: Address, key: str, item: dict[str, Any], known: Known) -> None:
        """Let a made-up item be called otherwise than the one that authors show: `Mars 2` beside `Mars`."""
        target = address.collection.target
        if target is None:
            return
        name = call_of_twin(item, partial(self._factory.samples, target))
        if name and name not in known.news and name not in known.kept:
            number = address.context.random("called", address.name, key).randrange(2, _MOST_CALLED)
            if key.isdecimal() and int(key) < _MOST_CALLED:
                number = int(key)
            set_if_valid(item, name, [f"{item[name]} {number}"], lambda: target.is_valid_item(item))

    def _tell_apart(self, address: Address, key: str, item: dict[str, Any], known: Known) -> None:
        """Give a new item another second id than the one in the contract's example, which is another's."""
        name, target = address.collection.second_id, address.collection.target
        value = item.get(name)
        if target is None or value is None or name in known.news or name in known.kept:
            return
        if value not in self._factory.samples(target, name):
            return
        random = address.context.random("second id", address.name, key)
        other: Any = another_id(str(value), random.randrange(1, _FAR), random)
        if isinstance(value, int):
            other = int(other)
        set_if_valid(item, name, [other], lambda: target.is_valid_item(item))

    def _unfit(self, address: Address, key: str, change: Change, known: Known) -> dict[str, Any]:
        """Return the nearest there is to an item that its contract lets nobody make, as where two
        alternatives are alike and one has to be met alone; of one that a caller wrote, what is known.
        """
        target, item = address.collection.target, {**known.kept, **known.news}
        if target is None or not change.made:
            return item
        near = descended(self._factory.nearest(target.schema, address.fake(key)), target.place)
        if isinstance(near, dict):
            item = {**near, **item}
        self._relate(address, key, item, known, _may_be_any)
        return self._settled(address, key, item, known, _may_be_any)

    def _hold(self, address: Address, key: str, item: dict[str, Any], change: Change) -> None:
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
        change: Change,
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
        unsent, defaults = collection.unsent, _NONE
        if plan is not None and plan.take is not None and not change.kept:
            unsent = plan.take.unsent  # what only a change can set, the server sets first
            defaults = plan.take.defaults
        if change.record is not None and collection.target is not None:
            unsent = unsent.union(collection.target.shape.declared)  # what it did not say, it says no sooner
        return Known(
            kept, news, asked, as_is, change.moment, unsent=unsent, before=change.before, defaults=defaults
        )

    def _relate(
        self, address: Address, key: str, item: dict[str, Any], known: Known, is_valid: Judge
    ) -> None:
        """Let members that name other items lead to some that are there from the start."""
        target, population = address.collection.target, address.context.world.population
        if target is None or not population:
            return
        for name, other, inner in self._relating.of(address.collection):
            if name in known.kept or name in known.news or item.get(name) is None:
                continue
            there = self._populated_key(self.elsewhere(other, address), address, key, name, population)
            led = self._led(item[name], there, inner, self.elsewhere(other, address))
            if led is not NOTHING:
                set_if_valid(item, name, [led], lambda: is_valid(item))

    def _led(self, before: Any, key: str, inner: str, there: Address) -> Any:
        """Return a member that names an item by its key, as it says that: by the number that the item shows
        beside its key, or by its address; NOTHING where it cannot.
        """
        second = there.collection.second_id
        if second and not inner and isinstance(before, int) and not key.isdigit():
            told = self._made_up(there.name, key, there).get(second)
            if isinstance(told, int):
                return told
            return NOTHING
        if not inner and isinstance(before, str) and "://" in before:
            return self.linking.address_of(there, key) or NOTHING
        return _leading(before, key, inner)

    def _settled(
        self, address: Address, key: str, item: dict[str, Any], known: Known, is_valid: Judge
    ) -> dict[str, Any]:
        """Return an item in which what names other items, however deep, leads to some that are there."""
        target = address.collection.target
        if target is None or not address.context.world.population or not self._leads:
            return item

        def draw(collection: str, count: int) -> int:
            return address.context.random(address.name, key, collection).randrange(count)

        fixed = {*known.kept, *known.news, *address.collection.own}
        referring = Referring(
            self._examples.naming,
            address.collection.name,
            lambda name: self._there(name, address),
            lambda name, key: self._made_up(name, key, address),
            draw,
            fixed,
            known.news,
            self._kinds_in(address.collection, target),
        )
        settled = dict(referring.settled(item, is_valid))
        for name in settled.keys() - fixed:
            if settled[name] != item[name] and isinstance(settled[name], list):
                self._sum_up(target, settled, name, fixed, is_valid)
        return settled

    def _sum_up(
        self, target: Target, item: dict[str, Any], name: str, fixed: Set[str], is_valid: Judge
    ) -> None:
        """Let the sums of an item be those of its lines, of which some say another price than before."""
        shape = self._factory.whole(self._factory.whole(target.shape.declared.get(name) or ()).items)
        found = {**item, name: copied(item[name])}
        for one in found[name]:
            if isinstance(one, dict):
                shown = {member for member, value in one.items() if isinstance(value, (dict, str))}
                self._factory.let_agree(shape, one, shown)
        self._factory.let_agree(target.shape, found, fixed)
        if is_valid(found):
            item.update(found)

    def _kinds_in(self, collection: BoundCollection, target: Target) -> Mapping[Names, str]:
        """Return which objects within a collection's items are items of other collections."""
        known = self._kinds.get(collection.name)
        if known is None:
            known = kinds_of(target.shape, self._examples.naming, self._factory.whole)
            self._kinds[collection.name] = known
        return known

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
        there = self.elsewhere(name, address)
        collection = there.collection
        if collection.collection.single or not collection.collection.id.member:
            return None
        authored = self._examples.of(there)
        keys = list(filter(None, map(_KEY_OF, authored)))
        has_slug = not collection.own.keys().isdisjoint(collection.slugs)  # which is made of its title
        is_made = not has_slug and collection.hooks.key is None and collection.hooks.populate is None
        number = 0
        world = address.context.world
        if there.name in world.data:
            return _told(collection, world.data[there.name])
        wanted = min(world.counts.of(there.name, world.seed), _MOST_KEYS)
        while is_made and len(keys) < wanted and number < 2 * _MOST_KEYS:
            number += 1
            key = self.invented(there, number)
            if key not in keys:
                keys.append(key)
        names = {fold(one): one for one in collection.names}
        return There(collection.collection.id.member, names, authored, keys)

    def _made_up(self, name: str, key: str, address: Address) -> Mapping[str, Any]:
        """Return what a collection's made-up item says of itself from the start, but for what it names."""
        world = address.context.world
        place = (world.seed, world.population, name, key)
        if place not in self._made:
            if len(self._made) >= _MOST_MADE:
                self._made.clear()
            self._made[place] = self._make_up(self.elsewhere(name, address), key)
        return self._made[place]

    def _make_up(self, there: Address, key: str) -> Mapping[str, Any]:
        collection, begun = there.collection, self._there(there.name, there)
        if collection.target is None or collection.hooks.says is not None or begun is None:
            return _NONE
        authored = self._examples.named(there, key)
        is_varied = begun.keys[:1] != [key] if authored is None else authored.is_named_only
        news: Mapping[str, Any] = _NONE
        if authored is not None:
            news = without(authored.members, frozenset(collection.own))
        change = Change(news, made=True, varied=is_varied)
        known = self._known(there, change, None, identity_of(there, key), news)
        rules, fake = collection.collection.members, partial(there.fake, key)
        try:
            item = self._factory.item(collection.target, known, rules, fake)
        except Ungeneratable:
            return _NONE
        led = self.linking.led(there, key, dict(item), ())
        naming = self._examples.naming
        return {name: value for name, value in led.items() if naming.of(name) is None}

    def _populated_key(self, there: Address, address: Address, key: str, name: str, population: int) -> str:
        """Return the id of one of the items that another collection has from the start."""
        world = address.context.world
        told = _told(there.collection, world.data.get(there.name, ())).keys
        if told:
            return told[address.context.random(address.name, key, name).randrange(len(told))]
        population = world.counts.of(there.name, world.seed) or population
        authored = self._examples.of(there)
        drawn = address.context.random(address.name, key, name).randrange(max(population, len(authored)))
        if drawn < len(authored) and authored[drawn].key:
            return authored[drawn].key
        reserved = self._examples.keys(there.collection)
        number = max(1, drawn + 1 - len(authored))
        for further in range(len(reserved) + 1):
            found = self.invented(there, number + further)
            if found not in reserved:
                break
        return found  # of ids that are few, as of an enum, one that an author gave

    def elsewhere(self, name: str, address: Address) -> Address:
        return Address(self._binder.collection(name), address.context, {}, name)

    def invented(self, address: Address, number: int, sent: Mapping[str, Any] = _NONE) -> str:
        """Return the n-th id that is made up, in the form of those that authors gave; a name that is one of
        these, with the number behind it.
        """
        examples = self._examples
        key = invented_key(address, self._factory, number, sent, examples.patterns(address.collection))
        if is_named(address) and key in examples.keys(address.collection):
            return told_apart(address, key, number)
        return key


def _may_be_any(_: Any) -> bool:
    return True


def _told(collection: BoundCollection, items: Sequence[Mapping[str, Any]]) -> There:
    """Return what is in a collection that starts with records of somebody's."""
    member = collection.collection.id.member
    authored = [Authored(str(item.get(member) or ""), item, is_whole=True) for item in items]
    names = {fold(one): one for one in collection.names}
    return There(member, names, authored, list(filter(None, map(_KEY_OF, authored))))


def _identity(address: Address, key: str, change: Change) -> dict[str, Any]:
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


def without(members: Mapping[str, Any], names: frozenset[str]) -> Mapping[str, Any]:
    """Return members but for those of some names."""
    if names.isdisjoint(members):
        return members
    return {name: value for name, value in members.items() if name not in names}


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


def _waits(collection: BoundCollection) -> bool:
    """Tell whether items of a collection say what others do, so that each might wait for the other to be
    filled.
    """
    return not all(copies.is_money for copies in collection.copies)


async def _last(address: Address) -> dict[str, Any]:
    """Return what a new item says of where it stands: behind all others."""
    page = await address.store.list(address.name, where=together(within(address)), limit=1, count=True)
    return dict.fromkeys(address.collection.numbered, page.total)
