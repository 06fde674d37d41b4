"""Authored items: what the examples of a contract show of a collection, its first records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import chain, islice
from typing import Any, Final

import orjson
from msgspec import Struct
from msgspec.structs import replace

from understudy.bodies.stated import StatedBodies, states_text
from understudy.contracts.answers import json_media
from understudy.contracts.contract import Contract, Operation
from understudy.contracts.source import Node
from understudy.engine.address import Address
from understudy.engine.binding import Binder, BoundCollection, BoundPlan, BoundView
from understudy.engine.factory import descended
from understudy.engine.nouns import Naming
from understudy.engine.overlay import copied
from understudy.engine.reading import Reading
from understudy.engine.taking import key_at
from understudy.model.vocabulary import IDS
from understudy.names import fold
from understudy.pointers import steps
from understudy.schemas.choice import Parts
from understudy.schemas.direction import Direction
from understudy.schemas.examples import own_examples, plain_examples, stated_examples
from understudy.schemas.taught import Taught
from understudy.schemas.validators import validators_of

_ITEM_METHODS = ("get", "put", "patch")


_MOST_NAMED: Final = 20
"""Items of a collection of which examples of others tell, and none shows them."""


class Authored(Struct, frozen=True):
    """One item that an author wrote. key: "" where it says none. is_whole: whether it shows all that an item
    has; is_named_only: none shows it, but one names it, and it gives way to who creates it.
    """

    key: str
    members: Mapping[str, Any]
    is_whole: bool
    is_named_only: bool = False


class Examples:
    """The authored items of one contract, each collection's found when it is first asked for.

    Of two with one id the item's own example wins over that of a list; what breaks its schema is none.
    """

    def __init__(
        self, contract: Contract, binder: Binder, reading: Reading, taught: Taught, *, are_used: bool
    ) -> None:
        self._taught = taught
        self._contract, self._binder, self._reading = contract, binder, reading
        self._are_used = are_used
        self._texts = StatedBodies(validators_of(contract, Direction.RESPONSE))
        self._found: dict[str, Sequence[Authored]] = {}
        self._keys: dict[str, frozenset[str]] = {}
        self._patterns: dict[str, list[str]] = {}

    @cached_property
    def naming(self) -> Naming:
        """Which collection a member names."""
        model = self._binder.model

        def ids() -> Iterator[str]:
            return (one.id.member for one in model.collections.values())

        return Naming(model.collections, model.users, ids)

    def keys(self, collection: BoundCollection) -> frozenset[str]:
        """Return the ids that authors gave."""
        keys = self._keys.get(collection.name)
        if keys is None:
            keys = self._keys[collection.name] = frozenset(one.key for one in self.shown(collection))
        return keys

    def patterns(self, collection: BoundCollection) -> list[str]:
        """Return the ids after which those of other items are made up, the first the likeliest; none where
        authors gave none.

        Of numbers the largest, so that they are counted on.
        """
        keys = self._patterns.get(collection.name)
        if keys is None:
            keys = [one.key for one in self.shown(collection) if one.key]
            keys = keys or self._keys_in_lists(collection) or self._keys_called_alike(collection)
            keys = keys or self._keys_in_paths(collection) or self._keys_in_references(collection)
            if keys and all(key.isdecimal() for key in keys):
                keys = [max(keys, key=int)]
            self._patterns[collection.name] = keys
        return keys

    def _keys_called_alike(self, collection: BoundCollection) -> list[str]:
        """Return the ids that examples show under the name of this one, where it is not one that all have:
        several collections may have an `entity_id`.
        """
        member = collection.collection.id.member
        if not self._are_used or fold(member) in IDS or self.naming.of(member) is not None:
            return []
        return [str(value) for value in self._taught.references.get(member, ()) if "/" not in str(value)]

    def _keys_in_lists(self, collection: BoundCollection) -> list[str]:
        """Return what authors write of the member by which a list says which item one is, where nothing shows
        an item whole.
        """
        if collection.collection.id.member or not self._are_used:
            return []
        plan = self._plan(f"get {collection.name}")
        if plan is None or plan.answer is None or plan.answer.many is None:
            return []
        each = plan.answer.many.each
        if each is None or each.target is None:
            return []
        found: list[str] = []
        own = [name for name, parent in each.view.identity.items() if not parent]
        for part in chain.from_iterable(each.target.shape.declared.get(name) or () for name in own):
            found += map(str, (*plain_examples(part), *self._taught.of(part)))
        return [key for key in found if key]

    def _keys_in_paths(self, collection: BoundCollection) -> list[str]:
        """Return the ids that examples of the path's parameter show. One of these may be nobody's, so numbers
        are not counted on from there.
        """
        at = collection.collection.at
        parameter = at.rpartition("{")[2].partition("}")[0]
        if not self._are_used or not parameter:
            return []
        found: list[str] = []
        for method in _ITEM_METHODS:
            if self._contract.has(f"{method} {at}"):
                found += _examples_of(self._contract.operation(f"{method} {at}"), parameter)
        return list(_texts(found))

    def _keys_in_references(self, collection: BoundCollection) -> list[str]:
        """Return the ids that members show which name items of this collection by its id."""
        own = collection.collection.id.member
        if not self._are_used or not own:
            return []
        members = {fold(name): name for name in collection.names}
        found: list[Any] = []
        for name, values in self._taught.forms.items():
            named = self.naming.of(name)
            if (
                named is not None
                and named.collection == collection.name
                and named.member_of(members, own) == own
            ):
                found += values
        return list(_texts(found))

    def named(self, address: Address, key: str) -> Authored | None:
        """Return the authored item of an id, of a collection of one the first; None where there is none."""
        is_single = address.collection.collection.single
        for one in self.of(address):
            if is_single or one.key == key:
                return replace(one, key=key)
        return None

    def of(self, address: Address) -> list[Authored]:
        """Return the authored items of a collection below its parents, in the author's order."""
        found = self.shown(address.collection)
        if not found or not address.scope:
            return list(found)
        return [one for one in found if self._is_below(address, one)]

    def shown(self, collection: BoundCollection) -> Sequence[Authored]:
        """Return the authored items of a collection, below whichever parents."""
        if not self._are_used or collection.hooks.populate is not None:
            return ()
        if collection.name not in self._found:
            found = list(self._merged(collection)) or list(self._named_by_example(collection))
            found += islice(self._named_elsewhere(collection, found), _MOST_NAMED)
            self._found[collection.name] = tuple(found)
        return self._found[collection.name]

    def _named_by_example(self, collection: BoundCollection) -> Iterator[Authored]:
        """Yield an item of which authors wrote no more than its id: what others name by it is there."""
        target, member = collection.target, collection.collection.id.member
        if target is None or not member:
            return
        parts = target.shape.declared.get(member) or ()
        for part in parts:
            for example in plain_examples(part):
                told = str(example)
                is_key = isinstance(example, (str, int)) and not isinstance(example, bool)
                if is_key and told and "/" not in told and self._is_right(parts, example):
                    yield Authored(told, self._other_ids(collection), is_whole=False)
                    return

    def _other_ids(self, collection: BoundCollection) -> dict[str, Any]:
        """Return the first examples of an item's other ids: `lago_id` beside `code`."""
        target, own = collection.target, collection.collection.id.member
        assert target is not None
        found = {}
        for name, parts in target.shape.declared.items():
            if name == own or not parts or not fold(name).endswith(IDS.ranked):
                continue
            for example in chain.from_iterable(map(plain_examples, parts)):
                if self.naming.of(name) is None and self._is_right(parts, example):
                    found[name] = example
        return found

    def _named_elsewhere(self, collection: BoundCollection, known: Sequence[Authored]) -> Iterator[Authored]:
        """Yield items that examples of others name, and that no example shows: of them no more is known than
        that.
        """
        members = {fold(name): name for name in collection.names}
        own = collection.collection.id.member
        there = {(name, str(value)) for one in known for name, value in {**one.members, own: one.key}.items()}
        if collection.target is None or not own or collection.collection.single:
            return
        for name, values in self._taught.references.items():
            named = self.naming.of(name)
            if named is None or named.collection != collection.name:
                continue
            member = named.member_of(members, own)
            parts = collection.target.shape.declared.get(member) or ()
            for value in map(partial(self._in_kind, parts), values):
                is_known = not member or not parts or "/" in str(value) or (member, str(value)) in there
                if not is_known and self._is_right(parts, value):
                    there.add((member, str(value)))
                    yield _only_named(member, value, is_key=member == own)

    def _in_kind(self, parts: Parts, value: Any) -> Any:
        """Return an id as the item has it: a number that others write as a text."""
        is_number = isinstance(value, str) and value.isascii() and value.isdecimal()
        if is_number and self._is_right(parts, int(value)) and not self._is_right(parts, value):
            return int(value)
        return value

    def _is_right(self, parts: Parts, value: Any) -> bool:
        return all(self._reading.validator(part).is_valid(value) for part in parts)

    def _merged(self, collection: BoundCollection) -> Iterator[Authored]:
        """Yield each item once: in the order of the lists, then those that only an item's example shows."""
        own = list(self._own(collection))
        by_key = {one.key: one for one in reversed(own) if one.key}
        seen: list[Authored] = []
        for one in [*self._listed(collection), *own]:
            best = by_key.get(one.key, one)
            if not _is_among(best, seen):
                seen.append(best)
        yield from seen

    def shown_twice(self) -> Iterator[tuple[BoundCollection, str]]:
        """Yield each item that two examples show differently, by its id."""
        for name in self._binder.model.collections:
            collection = self._binder.collection(name)
            if not collection.collection.of and not collection.collection.single:
                for key in self._shown_twice(collection):
                    yield collection, key

    def _shown_twice(self, collection: BoundCollection) -> Iterator[str]:
        seen: dict[str, Authored] = {}
        for one in [*self._own(collection), *self._listed(collection)]:
            first = seen.setdefault(one.key, one)
            if one.key and _contradict(first.members, one.members):
                yield one.key

    def preparation(self, collection: BoundCollection) -> Iterator[None]:
        """Bind the operations whose examples show items, and yield after each."""
        if not self._are_used:
            return
        for key in (f"get {collection.name}", *_places_of_one(collection)):
            self._plan(key)
            yield

    # -- where they stand

    def _listed(self, collection: BoundCollection) -> Iterator[Authored]:
        plan = self._plan(f"get {collection.name}")
        if plan is None or plan.answer is None or plan.answer.many is None:
            return
        many = plan.answer.many
        if many.each is None or plan.collection is not collection:
            return
        for body in self._bodies(plan.operation, many.schema, plan.answer.status):
            listed = _at(body, many.place)
            for item in listed if isinstance(listed, list) else ():
                yield from self._item(collection, many.each, item, None)

    def _own(self, collection: BoundCollection) -> Iterator[Authored]:
        """Yield what the operations on one item show, then what the item's own schema says of itself."""
        for key in _places_of_one(collection):
            plan = self._plan(key)
            if plan is None or plan.answer is None or plan.answer.one is None:
                continue
            view = plan.answer.one
            for body in self._bodies(plan.operation, view.schema, plan.answer.status):
                yield from self._item(collection, view, body, plan)
        target = collection.target
        for part in target.parts if target is not None else ():
            for example in own_examples(part):
                yield from self._read(collection, example, is_whole=True)

    def _plan(self, key: str) -> BoundPlan | None:
        if not self._contract.has(key):
            return None
        return self._binder.plan(self._contract.operation(key))

    def _bodies(self, operation: Operation, schema: Node | None, status: int) -> Iterator[Any]:
        """Yield the bodies that an operation gives as examples of an answer."""
        answer = operation.answer(status)
        content = answer.content if answer is not None else {}
        media = json_media(content)
        if media is not None:
            for _, value in stated_examples(media.node):
                yield value
        for other in content.values():
            if states_text(other):
                yield from self._texts.values(other)
        if schema is not None:
            yield from own_examples(schema)

    # -- items

    def _item(
        self, collection: BoundCollection, view: BoundView, body: Any, plan: BoundPlan | None
    ) -> Iterator[Authored]:
        """Yield the item in a body that an example shows; plan: of the operation that shows one, whose path
        may say which.
        """
        item = descended(body, view.view.place)
        if view.target is None or not isinstance(item, dict) or not view.target.is_valid_item(item):
            return
        for one in self._read(collection, item, is_whole=view.view.shows == "whole"):
            if not one.key and plan is not None:
                one = replace(one, key=_key_of_path(plan))  # noqa: PLW2901
            yield one

    @staticmethod
    def _read(collection: BoundCollection, item: Any, *, is_whole: bool) -> Iterator[Authored]:
        target, member = collection.target, collection.collection.id.member
        if target is None or not isinstance(item, dict) or not _can_be_kept(item):
            return
        if is_whole and not target.is_valid_item(item):
            return
        places = collection.places.chosen
        if collection.places.width == 1:
            places = (steps(member),)
        key = key_at(places, item) if places else ""
        yield Authored(key, copied(item), is_whole)

    def _is_below(self, address: Address, one: Authored) -> bool:
        """Tell whether an item belongs to a collection below these parents: it says so, or the example of the
        path does, or the first authored parent is meant.
        """
        collection = address.collection
        for name, (parent, _) in collection.parents.items():
            if name in one.members and parent in address.scope:
                return str(one.members[name]) == str(address.scope[parent])
        parent, value = list(address.scope.items())[-1]
        stated = self._stated(collection, parent)
        if not stated and collection.collection.below:
            above = self.shown(self._binder.collection(collection.collection.below))
            stated = [other.key for other in above if other.key]
        return not stated or stated[0] == str(value)

    def _stated(self, collection: BoundCollection, parent: str) -> list[str]:
        """Return what the path of a list gives as examples of a parent's id."""
        key = f"get {collection.name}"
        if not self._contract.has(key):
            return []
        return _examples_of(self._contract.operation(key), parent)


def _texts(values: Iterable[Any]) -> Iterator[str]:
    """Yield what may be an id that is not counted."""
    for value in values:
        if isinstance(value, str) and value and "/" not in value and not value.isdecimal():
            yield value


def _places_of_one(collection: BoundCollection) -> Iterator[str]:
    """Yield the keys of the operations that show one item, if they are there."""
    for method in _ITEM_METHODS:
        yield f"{method} {collection.collection.at}"
    yield f"post {collection.name}"


def _contradict(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two items show a member differently that both show."""
    both = one.keys() & other.keys()
    return list(map(one.get, both)) != list(map(other.get, both))


def _only_named(member: str, value: Any, *, is_key: bool) -> Authored:
    """Return an item of which no more is known than one of its ids."""
    if is_key:
        return Authored(str(value), {}, is_whole=False, is_named_only=True)
    return Authored("", {member: value}, is_whole=False, is_named_only=True)


def _can_be_kept(item: Any) -> bool:
    """Tell whether an item can be a record: of some 250 levels at the most, and with integers of 64 bits."""
    try:
        orjson.dumps(item)
    except orjson.JSONEncodeError:
        return False
    return True


def _is_among(one: Authored, others: Sequence[Authored]) -> bool:
    """Tell whether an item is there already: by its id, or, where it says none, by all that it says."""
    for other in others:
        if one.key and one.key == other.key:
            return True
        if not one.key and one.members.items() <= other.members.items():
            return True
    return False


def _key_of_path(plan: BoundPlan) -> str:
    source = plan.plan.key
    if source is None or source.at != "path" or source.by or source.before:
        return ""
    return next(iter(_examples_of(plan.operation, source.name)), "")


def _examples_of(operation: Operation, name: str) -> list[str]:
    found = []
    for parameter in operation.parameters:
        if parameter.name == name and parameter.location == "path":
            found += [str(value) for _, value in stated_examples(parameter.node)]
            if parameter.schema is not None:
                found += map(str, plain_examples(parameter.schema))
    return found


def _at(body: Any, place: Sequence[str]) -> Any:
    for step in place:
        body = body.get(step) if isinstance(body, dict) else None
    return body
