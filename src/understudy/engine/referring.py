"""Referring: what an item names in other collections is there, however deep in it the name stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from understudy.engine.authored import Authored
from understudy.engine.copies import beside
from understudy.engine.nouns import Named, Naming
from understudy.engine.overlay import copied

_DEEPEST: Final = 6
_ALPHANUMERIC: Final = re.compile(r"[0-9A-Za-z]")


@dataclass(frozen=True, slots=True)
class There:
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


@dataclass(slots=True)
class Referring:
    """Lets the references within one item lead somewhere.

    own: the collection of the item. there: looks a collection up. draw: which of so many is meant, the same
    each time for one collection. fixed: members that stay as they are. sent: what a caller said, which stays
    too; what is shown beside it, as the title of a product whose id was sent, is settled.
    """

    naming: Naming
    own: str
    there: Callable[[str], There | None]
    draw: Callable[[str, int], int]
    fixed: Collection[str]
    sent: Mapping[str, Any] = field(default_factory=dict)

    def settled(self, item: Mapping[str, Any], is_valid: Callable[[Any], bool]) -> Mapping[str, Any]:
        """Return an item whose references lead to what is there; the item itself where they do, or may
        not.
        """
        names = [
            name for name in item if name not in self.fixed or _holds_more(item[name], self.sent.get(name))
        ]
        if not any(self._is_about_others(name, item[name], 0) for name in names):
            return item
        changed = copied(dict(item))
        free = dict(zip(names, map(changed.get, names), strict=True))
        self._settle(free, item, 0, self.sent)
        changed.update(free)
        return changed if changed != item and is_valid(changed) else item

    def _is_about_others(self, name: str, value: Any, depth: int) -> bool:
        if self.naming.of(name) is not None or (
            depth < _DEEPEST and isinstance(value, dict) and self.naming.noun(name)
        ):
            return True
        return depth < _DEEPEST and any(
            self._is_about_others(inner, one, depth + 1) for inner, one in _members(value)
        )

    def _settle(
        self, holder: dict[str, Any], item: Mapping[str, Any], depth: int, sent: Mapping[str, Any]
    ) -> None:
        """Settle the members of an object, and of the objects in it. sent: what was said of it."""
        for name in list(holder):
            value = holder[name]
            named = self.naming.of(name)
            if named is not None and isinstance(value, (str, int)) and not isinstance(value, bool):
                if depth or not self._is_own(named):
                    self._lead(holder, name, named, item, sent)
            elif depth < _DEEPEST:
                for one, said in _objects(value, sent.get(name)):
                    self._settle_object(one, name, item, depth, said)

    def _is_own(self, named: Named) -> bool:
        """Tell whether a name says which item it is itself, and not another of its kind: `task_id` of a task,
        and not `child_task_id`.
        """
        if named.collection != self.own:
            return False
        there = self.there(self.own)
        return there is not None and (named.is_plain or named.member in there.members)

    def _settle_object(
        self, one: dict[str, Any], name: str, item: Mapping[str, Any], depth: int, sent: Mapping[str, Any]
    ) -> None:
        """Settle an object; one that shows an item of another collection shows one that is there."""
        collection = self.naming.noun(name)
        there = self.there(collection) if collection and collection != self.own else None
        if there is not None and isinstance(one.get(there.id_member), (str, int)):
            self._show(one, there, collection, sent)
        self._settle(one, item, depth + 1, sent)

    def _show(self, one: dict[str, Any], there: There, collection: str, sent: Mapping[str, Any]) -> None:
        """Let an object be one of the items that are there, in all that it shows of it."""
        is_sent = there.id_member in sent
        if not is_sent and str(one[there.id_member]) not in there.keys and there.keys:
            told = _in_kind(one[there.id_member], self._drawn(collection, there, list(there.keys)))
            if told is not None:
                one[there.id_member] = told
        authored = there.with_value(there.id_member, one[there.id_member])
        if authored is not None:
            _copy(authored.members, one, dict(zip(one, one, strict=True)), sent)

    def _lead(
        self,
        holder: dict[str, Any],
        name: str,
        named: Named,
        item: Mapping[str, Any],
        sent: Mapping[str, Any],
    ) -> None:
        """Let one member lead to something that is there, where it does not."""
        there = self.there(named.collection)
        if there is None:
            return
        member, candidates = there.candidates(named)
        if named.may_be_words and not _are_alike(holder[name], candidates):
            return
        if named.collection == self.own and named.is_plain and item.get(member) is not None:
            candidates = [item[member]]
        if candidates and name not in sent and str(holder[name]) not in map(str, candidates):
            led = _in_kind(holder[name], self._drawn(named.collection, there, candidates))
            if led is not None:
                holder[name] = led
        authored = there.with_value(member, holder[name])
        if authored is not None and named.is_plain:
            _copy(authored.members, holder, dict(beside(name, holder)), sent)

    def _drawn(self, collection: str, there: There, candidates: list[Any]) -> Any:
        """Draw one; of authored items the same for each of their ids."""
        count = min(len(there.authored), len(candidates)) or len(candidates)
        return candidates[self.draw(collection, count)]


def _copy(
    members: Mapping[str, Any], holder: dict[str, Any], names: Mapping[str, str], sent: Collection[str]
) -> None:
    """Let an object say what an item says, under the names by which it says it, where both are of one kind
    and nobody sent another value.
    """
    for name, written in names.items():
        value = members.get(name)
        if (
            written not in sent
            and isinstance(value, (str, int, float))
            and type(value) is type(holder[written])
        ):
            holder[written] = value


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


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the members of an object, or of the first object of a list."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        yield from value.items()


def _in_kind(before: Any, told: Any) -> Any:
    """Return an id in the type that a member has; None where it cannot be."""
    if isinstance(before, int):
        return int(told) if str(told).isdecimal() else None
    return str(told)
