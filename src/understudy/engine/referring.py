"""Referring: what an item names in other collections is there, however deep in it the name stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

from understudy.engine.authored import Authored
from understudy.engine.copies import beside, called, prices
from understudy.engine.kinds import Names, collection_of
from understudy.engine.nouns import Named, Naming
from understudy.engine.overlay import copied
from understudy.model.vocabulary import UPWARDS
from understudy.names import fold
from understudy.schemas.fitting import set_if_valid

_DEEPEST: Final = 6
_ALPHANUMERIC: Final = re.compile(r"[0-9A-Za-z]")


class There(Struct, frozen=True):
    """What is in a collection from the start. members: of its items, folded, as they are written. authored:
    those whose members are known. keys: of all of them.
    """

    id_member: str
    members: Mapping[str, str]
    authored: Sequence[Authored]
    keys: Sequence[str]

    def candidates(self, named: Named) -> tuple[str, list[Any]]:
        """Return the member that a name is about, and the values that lead to something, those of authored
        items first; none for another system's id.
        """
        member = named.member_of(self.members, self.id_member)
        if member == self.id_member:
            return member, list(self.keys)
        return member, [one.members[member] for one in self.authored if one.members.get(member) is not None]

    def with_value(self, member: str, value: Any) -> Authored | None:
        """Return the authored item that one of its ids names; None for one that was made up."""
        for one in self.authored:
            told = one.key if member == self.id_member else one.members.get(member)
            if told is not None and str(told) == str(value):
                return one
        return None


class _Spot(Struct, frozen=True):
    """Where an object stands in an item. sent: what was said of it. names: the members on the way. turn: its
    number in a list, by which what it names differs from what the others there name.
    """

    sent: Mapping[str, Any]
    names: Names = ()
    turn: int = 0

    def below(self, name: str, number: int, sent: Mapping[str, Any]) -> _Spot:
        return _Spot(sent, (*self.names, name), self.turn + number)


class Referring(Struct):
    """Lets the references within one item lead somewhere.

    own: the collection of the item. there: looks a collection up. made: what a made-up item of one says of
    itself. draw: which of so many is meant, the same each time for one collection. fixed: members that stay
    as they are. sent: what a caller said, which stays too; what is shown beside it, as the title of a product
    whose id was sent, is settled. kinds: of which collections objects within the item are.
    """

    naming: Naming
    own: str
    there: Callable[[str], There | None]
    made: Callable[[str, str], Mapping[str, Any]]
    draw: Callable[[str, int], int]
    fixed: Collection[str]
    sent: Mapping[str, Any] = field(default_factory=dict)
    kinds: Mapping[Names, str] = field(default_factory=dict)
    copies: bool = True
    has_heads: bool = True

    def settled(self, item: Mapping[str, Any], is_valid: Callable[[Any], bool]) -> Mapping[str, Any]:
        """Return an item whose references lead to what is there; the item itself where they do, or may
        not.
        """
        names = [
            name for name in item if name not in self.fixed or _holds_more(item[name], self.sent.get(name))
        ]
        if not any(self._is_about_others((name,), item[name]) for name in names):
            return item
        for referring in (self, replace(self, has_heads=False)):
            changed: dict[str, Any] = copied(dict(item))
            free = dict(zip(names, map(changed.get, names), strict=True))
            referring._settle(free, item, _Spot(self.sent))
            changed.update(free)
            if changed == item or is_valid(changed):
                return changed
        return self._piecewise(item, free, is_valid)

    def _piecewise(
        self, item: Mapping[str, Any], settled: Mapping[str, Any], is_valid: Callable[[Any], bool]
    ) -> Mapping[str, Any]:
        """Return an item in which each member is settled that may be: one that may not does not keep the
        others from it. Where what is copied is refused, the ids alone lead somewhere.
        """
        found = dict(item)
        for name, value in settled.items():
            if value == item[name]:
                continue
            bare = {name: copied(item[name])}
            replace(self, copies=False, has_heads=False)._settle(bare, item, _Spot(self.sent))
            set_if_valid(found, name, [value, bare[name]], lambda: is_valid(found))
        return found

    def _is_about_others(self, names: Names, value: Any) -> bool:
        is_scalar = isinstance(value, (str, int)) and not isinstance(value, bool)
        if self.naming.of(names[-1]) is not None or (is_scalar and fold(names[-1]) in UPWARDS):
            return True
        if isinstance(value, list):
            if self.naming.of_each(names[-1]) is not None:
                return True
            value = value[0] if value else None
        if not isinstance(value, dict) or len(names) > _DEEPEST:
            return False
        return bool(self._collection(names)) or any(
            self._is_about_others((*names, inner), one) for inner, one in value.items()
        )

    def _collection(self, names: Names) -> str:
        return collection_of(names, self.kinds, self.naming)

    def _settle(self, holder: dict[str, Any], item: Mapping[str, Any], spot: _Spot) -> None:
        """Settle the members of an object, and of the objects in it: first the ids, of which these may be."""
        for name in sorted(holder, key=lambda name: isinstance(holder[name], (dict, list))):
            value = holder[name]
            named = self.naming.of(name) or self._upwards(name, holder)
            if named is not None and isinstance(value, (str, int)) and not isinstance(value, bool):
                if spot.names or not self._is_own(named):
                    self._lead(holder, name, named, item, spot)
            elif _are_plain(value):
                self._lead_each(holder, name, spot)
            elif len(spot.names) < _DEEPEST:
                shown: set[str] = set()
                self._lead_by_id_beside(holder, name, spot, {} if spot.names else item)
                for number, (one, said) in enumerate(_objects(value, spot.sent.get(name))):
                    self._settle_object(one, item, spot.below(name, number, said), shown)

    def _lead_by_id_beside(
        self, holder: dict[str, Any], name: str, spot: _Spot, around: Mapping[str, Any]
    ) -> None:
        """Let an object be the item whose id stands beside it: `client` beside `client_id`. around: what is
        fixed beside it.
        """
        one, collection = holder[name], self._collection((*spot.names, name))
        there = self.there(collection) if collection and isinstance(one, dict) else None
        if there is None or there.id_member not in one or name in spot.sent:
            return
        for reference, key in {**around, **holder}.items():
            named = self.naming.of(reference)
            if named is None or fold(reference).removesuffix(named.ending) != fold(name):
                continue
            told = _in_kind(one[there.id_member], key)
            if told is not None:
                one[there.id_member] = told

    def _upwards(self, name: str, holder: Collection[str]) -> Named | None:
        """Tell that a member names the item of the same kind that is above one: `parent`; None for all
        others.
        """
        if fold(name) not in UPWARDS or any(fold(other) == "parenttype" for other in holder):
            return None
        return Named(self.own, "parentid", is_plain=False)

    def _is_own(self, named: Named) -> bool:
        """Tell whether a name says which item it is itself, and not another of its kind: `task_id` of a task,
        and not `child_task_id`.
        """
        if named.collection != self.own:
            return False
        there = self.there(self.own)
        if there is None or named.is_role:
            return False
        return named.is_plain or named.member in there.members

    def _settle_object(
        self, one: dict[str, Any], item: Mapping[str, Any], spot: _Spot, shown: set[str]
    ) -> None:
        """Settle an object; one that shows an item of another collection shows one that is there. shown: the
        ids that those before it in a list show.
        """
        collection = self._collection(spot.names)
        there = self.there(collection) if collection and collection != self.own else None
        if there is not None and isinstance(one.get(there.id_member), (str, int)):
            self._show(one, collection, self._in_turn(collection, there, spot.turn, shown), spot.sent)
            shown.add(str(one[there.id_member]))
        self._settle(one, item, spot)

    def _in_turn(self, collection: str, there: There, turn: int, shown: Set[str]) -> Any:
        """Return the id that an object shows where its own leads nowhere; None where those before it in a
        list show all.
        """
        keys = list(there.keys)
        if not keys:
            return None
        start = keys.index(self._drawn(collection, there, keys, turn))
        for place in range(start, start + len(keys)):
            key = keys[place % len(keys)]
            if key not in shown:
                return key
        return None

    def _show(self, one: dict[str, Any], collection: str, key: Any, sent: Mapping[str, Any]) -> None:
        """Let an object be one of the items that are there, in all that it shows of it."""
        there = self.there(collection)
        assert there is not None
        is_sent = there.id_member in sent
        if not is_sent and str(one[there.id_member]) not in there.keys and key is not None:
            told = _in_kind(one[there.id_member], key)
            if told is not None:
                one[there.id_member] = told
        if self.copies:
            said = self._said(collection, there, there.id_member, one[there.id_member])
            _copy(said, one, dict(zip(one, one, strict=True)), sent)

    def _said(self, collection: str, there: There, member: str, value: Any) -> Mapping[str, Any]:
        """Return what the item that one of its ids names says of itself; nothing where none is there from the
        start.
        """
        authored = there.with_value(member, value)
        if authored is not None and authored.is_whole:
            return authored.members
        if authored is not None:
            return self.made(collection, authored.key)
        is_made = member == there.id_member and str(value) in there.keys
        return self.made(collection, str(value)) if is_made else {}

    def _lead(
        self, holder: dict[str, Any], name: str, named: Named, item: Mapping[str, Any], spot: _Spot
    ) -> None:
        """Let one member lead to something that is there, where it does not."""
        there = self.there(named.collection)
        if there is None:
            return
        member, candidates = there.candidates(named)
        if named.may_be_words and not _are_alike(holder[name], candidates):
            return
        if named.collection == self.own and (named.is_role or not named.is_plain) and not spot.names:
            self._lead_up(holder, name, there, item)
            self._say_beside(holder, name, named, there, spot)
            return
        if named.collection == self.own and named.is_plain and item.get(member) is not None:
            candidates = [item[member]]
        if candidates and name not in spot.sent and str(holder[name]) not in map(str, candidates):
            drawn = self._drawn(named.collection, there, candidates, spot.turn)
            if named.is_role:  # not the one whom authors show is in charge of all
                drawn = candidates[(self.draw(name, len(candidates)) + spot.turn) % len(candidates)]
            led = _in_kind(holder[name], drawn)
            if led is not None:
                holder[name] = led
        self._say_beside(holder, name, named, there, spot)

    def _say_beside(self, holder: dict[str, Any], name: str, named: Named, there: There, spot: _Spot) -> None:
        """Let what stands beside a reference say what the item does to which it leads, and nothing where it
        leads to none.
        """
        names = dict(beside(name, holder))
        if not self.copies or not (named.is_plain or names):
            return
        if holder[name] is None:
            holder.update(dict.fromkeys(set(names.values()) - spot.sent.keys()))
            return
        member, _ = there.candidates(named)
        said = self._said(named.collection, there, member, holder[name])
        if spot.names and named.is_plain:  # a line of the item
            names = {**prices(holder), **names}
        _copy(said, holder, names, spot.sent)

    def _lead_up(self, holder: dict[str, Any], name: str, there: There, item: Mapping[str, Any]) -> None:
        """Let an item name another one of its own kind that was there before it, so that none is above
        itself.
        """
        keys, own = list(map(str, there.keys)), str(item.get(there.id_member))
        if name in self.sent or holder[name] is None:
            return
        before = keys
        if own in keys:
            before = keys[: keys.index(own)]
        if str(holder[name]) in before:
            return
        others = before or [key for key in keys if key != own and not self.has_heads]
        told = None
        if others:
            told = _in_kind(holder[name], others[self.draw(name, len(others))])
        holder[name] = told

    def _lead_each(self, holder: dict[str, Any], name: str, spot: _Spot) -> None:
        """Let each of a list of ids lead to something that is there, each to another one."""
        named = self.naming.of_each(name)
        there = self.there(named.collection) if named is not None else None
        if named is None or there is None or name in spot.sent or named.collection == self.own:
            return
        _, candidates = there.candidates(named)
        if not candidates:
            return
        known = set(map(str, candidates))
        led = [value for value in holder[name] if str(value) in known]
        for turn in range(len(candidates)):
            drawn = self._drawn(named.collection, there, candidates, spot.turn + turn)
            told = _in_kind(holder[name][0], drawn)
            if len(led) < len(holder[name]) and told is not None and told not in led:
                led.append(told)
        holder[name] = led or holder[name]

    def _drawn(self, collection: str, there: There, candidates: list[Any], turn: int) -> Any:
        """Draw one; of authored items the same for each of their ids, and another one at each turn."""
        count = min(len(there.authored), len(candidates)) or len(candidates)
        return candidates[(self.draw(collection, count) + turn) % len(candidates)]


def _copy(
    members: Mapping[str, Any], holder: dict[str, Any], names: Mapping[str, str], sent: Collection[str]
) -> None:
    """Let an object say what an item says, under the names by which it says it, where both are of one kind
    and nobody sent another value.
    """
    told = {fold(name): value for name, value in members.items()}
    for name, written in names.items():
        value = members.get(name, told.get(fold(name)))
        if value is None and name == "name":
            value = called(told)
        is_of_kind = holder[written] is None or type(value) is type(holder[written])
        if written not in sent and is_of_kind and _may_be_copied(value, holder[written]):
            holder[written] = copied(value)


def _may_be_copied(value: Any, before: Any) -> bool:
    """Tell whether what an item says may stand in the place of something else: an object, where that has the
    same members.
    """
    if isinstance(value, dict):
        return isinstance(before, dict) and value.keys() == before.keys()
    return isinstance(value, (str, int, float))


def _are_plain(value: Any) -> bool:
    """Tell whether a value is a list of texts or numbers."""
    return isinstance(value, list) and bool(value) and all(isinstance(one, (str, int)) for one in value)


def _are_alike(value: Any, candidates: Sequence[Any]) -> bool:
    """Tell whether a value is written as ids are: of as many letters and digits as one of them, or a number
    as they are.
    """
    if isinstance(value, int):
        return bool(candidates) and str(candidates[0]).isdecimal()
    return _form(value) in map(_form, candidates)


def _form(value: Any) -> str:
    return _ALPHANUMERIC.sub("x", str(value))


def _holds_more(value: Any, sent: Any) -> bool:
    """Tell whether objects show something beside what was sent of them."""
    return any(said and one.keys() != said.keys() for one, said in _objects(value, sent))


def _objects(value: Any, sent: Any) -> Iterator[tuple[dict[str, Any], Mapping[str, Any]]]:
    """Yield an object, or each of a list, with what was sent of it; none where something else was sent."""
    ones = [value]
    if isinstance(value, list):
        ones = value
    said = [sent] * len(ones)
    if isinstance(sent, list):
        said = sent
    if len(said) != len(ones):
        return
    for one, of_it in zip(ones, said, strict=True):
        if isinstance(one, dict) and (of_it is None or isinstance(of_it, dict)):
            yield one, of_it or {}


def _in_kind(before: Any, told: Any) -> Any:
    """Return an id in the type that a member has; None where it cannot be."""
    if isinstance(before, int):
        return int(told) if str(told).isdecimal() else None
    return str(told)
