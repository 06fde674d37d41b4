"""Naming others: a caller sends ids, and the item shows the others that they name: `tag_ids` as `tags`,
`author: 4` as `author: {id: 4, name: Ann}`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec import Struct

from understudy.engine.address import Address
from understudy.engine.authored import Examples
from understudy.engine.binding import Binder, BoundCollection
from understudy.engine.factory import Factory
from understudy.engine.parameters import listed
from understudy.messages import NOTHING
from understudy.model.selection import only
from understudy.model.vocabulary import IDS
from understudy.names import fold, singular
from understudy.schemas.choice import Parts
from understudy.schemas.fitting import set_if_valid
from understudy.schemas.shape import Shape
from understudy.schemas.subschemas import component, resolved
from understudy.state.conditions import Test
from understudy.state.store import Record, Value


class NamedOthers(Struct, frozen=True):
    """A member that shows items of another collection. shape: of one. keys: what is sent of a list of them:
    the ids.
    """

    member: str
    collection: str
    shape: Shape
    is_list: bool
    keys: tuple[str, ...] = ()


class NamingOthers:
    """Shows the others that the items of one contract name."""

    def __init__(self, binder: Binder, factory: Factory, examples: Examples) -> None:
        """`examples`: tell of which collection a name is."""
        self._binder, self._factory, self._examples = binder, factory, examples
        self._found: dict[str, tuple[NamedOthers, ...]] = {}

    async def shown(self, address: Address, item: Value, news: Mapping[str, Any], *, is_new: bool) -> Value:
        """Return an item that shows the others whose ids were sent; of what is new and names none, a list of
        none.
        """
        target, found = address.collection.target, item
        for named in self._of(address.collection):
            keys = _keys(named, news)
            if keys is None and not (is_new and named.keys and named.member not in news):
                continue
            before = listed(item.get(named.member))
            others: Any = [other async for other in self._others(address, named, keys or (), before)]
            if not named.is_list:
                others = next(iter(others), None)
            if others is None or target is None:
                continue
            found = {**found}
            set_if_valid(found, named.member, [others], partial(target.is_valid_item, found))
        return found

    async def with_above(self, address: Address, item: Value, news: Mapping[str, Any]) -> Value:
        """Return an item that names the one it lies below by the id which that shows, where the path takes
        another one: the `post` of a comment below the slug of a post.
        """
        above = self._binder.collection(address.collection.collection.below)
        target, found = address.collection.target, item
        if not above.second_id or target is None or above.collection.scope:
            return item
        for member, other, within in address.collection.relations:
            if other != above.name or within or member in news:
                continue
            there = Address(above, address.context, {}, above.name)
            record = await named_by(there, list(address.scope.values())[-1])
            if record is not None:
                found = {**found}
                said = record.value.get(above.second_id)
                set_if_valid(found, member, [said], partial(target.is_valid_item, found))
        return found

    async def _others(
        self, address: Address, named: NamedOthers, keys: Sequence[Any], before: Sequence[Any]
    ) -> AsyncIterator[Any]:
        """Yield the others that ids name; of one that is not there, what the item shows of it before."""
        there = Address(self._binder.collection(named.collection), address.context, {}, named.collection)
        await address.context.ready(there.name)
        for key in keys:
            record = await named_by(there, key)
            if record is not None:
                yield only(record.value, named.shape.declared)
                continue
            own = there.collection.collection.id.member
            for one in before:
                if isinstance(one, dict) and one.get(own) == key:
                    yield one

    def _of(self, collection: BoundCollection) -> tuple[NamedOthers, ...]:
        if collection.name not in self._found:
            self._found[collection.name] = tuple(self._read(collection))
        return self._found[collection.name]

    def _read(self, collection: BoundCollection) -> Iterator[NamedOthers]:
        if collection.target is None or collection.hooks.says is not None:
            return
        for name, parts in collection.target.shape.declared.items():
            shape = self._factory.whole(parts or ())
            is_list = shape.kind == "array"
            one = self._factory.whole(shape.items) if is_list else shape
            other = self._collection_of(name, one, shape.items if is_list else parts or ())
            if other == collection.name or not self._are_of(other, one):
                continue
            keys = tuple(_key_lists(name, collection.settable)) if is_list else ()
            yield NamedOthers(name, other, one, is_list, keys)

    def _collection_of(self, member: str, one: Shape, parts: Parts) -> str:
        """Return the collection whose noun a member has, or the component that describes it; "" for none. No
        others are looked at, since each has to be compiled for it.
        """
        naming = self._examples.naming
        if one.kind != "object":
            return ""
        components = (component(part) for part in map(resolved, (*parts, *one.parts)))
        found = (naming.of_component(name) for name in components if name)
        return next(filter(None, found), "") or naming.noun(member)

    def _are_of(self, name: str, one: Shape) -> bool:
        """Tell whether items of a collection have all that is described, with their id."""
        other = self._binder.model.collections.get(name) if name else None
        if other is None or other.scope or other.of or other.single:
            return False
        return other.id.member in one.declared and one.declared.keys() <= other.members.keys()


async def named_by(there: Address, key: Any) -> Record | None:
    """Return the item of an id: the one in its path, else another that it shows, as the number of what is
    found by its slug; None where there is none.
    """
    record = await there.store.get(there.name, str(key))
    second = there.collection.second_id
    if record is not None or not second:
        return record
    page = await there.store.list(there.name, where=Test((second,), "eq", key), newest_first=True, limit=1)
    return page.records[0] if page.records else None


def _key_lists(member: str, known: Iterable[str]) -> Iterator[str]:
    """Yield the members that are sent of a list: `tag_ids` or `tagsIds` of `tags`."""
    for name in sorted(known):
        if fold(name) in (f"{singular(fold(member))}ids", f"{fold(member)}ids"):
            yield name


def _key(value: Any) -> Any:
    """Return the id that is sent of another one: itself, or the one member of an object, `{"id": 4}`; None
    for anything else.
    """
    if isinstance(value, dict) and len(value) == 1:
        [(name, value)] = value.items()
        if fold(name) not in IDS:
            return None
    is_key = isinstance(value, (str, int)) and not isinstance(value, bool)
    return value if is_key else None


def _keys(named: NamedOthers, news: Mapping[str, Any]) -> Sequence[Any] | None:
    """Return the ids that were sent of what a member shows; None where none were."""
    for name in (*named.keys, named.member):
        sent = news.get(name, NOTHING)
        if isinstance(sent, list) is not named.is_list:
            continue
        keys = tuple(map(_key, listed(sent)))
        if None not in keys:
            return keys
    return None
