"""Making: actions that answer a new item of another collection, as what a quote is converted to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from typing import Final

from understudy.contracts.answers import answered
from understudy.contracts.contract import Operation
from understudy.contracts.source import Node
from understudy.model.addresses import same
from understudy.model.bodies import Bodies, present
from understudy.model.items import Item, Items
from understudy.model.model import Place
from understudy.model.paths import blank
from understudy.model.relations import Relations
from understudy.model.resources import Resource
from understudy.model.vocabulary import STATES
from understudy.names import fold, singular
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape
from understudy.schemas.subschemas import resolved

_SHORTEST: Final = 3
_LONG: Final = 6
"""Letters of a verb whose last two may be others in its noun: `receive`, `receipt`."""


class Makings:
    """What the actions of one contract make of items."""

    def __init__(
        self, resources: Iterable[Resource], items: Items, relations: Relations, bodies: Bodies
    ) -> None:
        self._items, self._relations, self._bodies = items, relations, bodies
        self._known: list[tuple[Resource, Item]] = []
        self._below: dict[str, list[tuple[Resource, Item]]] = {}
        for resource in resources:
            item = items.of(resource)
            if item is None or resource.single or "list" not in resource.operations:
                continue
            if resource.parents and "create" not in resource.operations:
                holder = blank(resource.above).rpartition("/")[0]
                self._below.setdefault(holder, []).append((resource, item))
            elif not resource.parents and not resource.of:
                self._known.append((resource, item))

    def of(self, operation: Operation, acted: Resource, *, is_alike: bool) -> Mapping[Place, str]:
        """Return the collections of which an action answers a new item, by where in the answer that stands:
        the whole of it, or a member; such an item lies below the one that was acted on, and nothing else
        makes it, or names that one, which does not name it. is_alike: whether the whole may as well be the
        one that was acted on.
        """
        schema, own = answered(operation), self._items.of(acted)
        if operation.method != "post" or schema is None or own is None:
            return {}
        whole = self._bodies.whole((schema,))
        if whole.kind != "object":
            return {}
        below = dict(self._made_below(schema, whole, acted))
        if below:
            return below
        other = self._item_of((schema,), acted)
        if other is None and not same(own.location.parts, (schema,)):
            return dict(self._within(whole, own, acted))
        if other is None:
            return {}
        if self._names(own, other[0]) or (is_alike and not self._names(other[1], acted)):
            return {}
        return {(): other[0].collection}

    def told_by(self, action: str, collections: Iterable[str]) -> Mapping[str, str]:
        """Return what new items say of what was done: `type: WITHDRAWAL` of `withdraw`."""
        found: dict[str, str] = {}
        for item in self._items_in(collections):
            for name in item.names:
                shape = self._bodies.whole(item.member(name))
                told = _called_after(action, shape.constants or ())
                if told and not fold(name).endswith(STATES.ranked):
                    found[name] = told
        return found

    def names(self, collections: Iterable[str]) -> Sequence[str]:
        """Name the members of what is made in these collections."""
        return [*chain.from_iterable(map(attrgetter("names"), self._items_in(collections)))]

    def _items_in(self, collections: Iterable[str]) -> Iterator[Item]:
        made = set(collections)
        for resource, item in [*self._known, *chain.from_iterable(self._below.values())]:
            if resource.collection in made:
                yield item

    def _made_below(self, schema: Node, whole: Shape, acted: Resource) -> Iterator[tuple[Place, str]]:
        """Yield where an answer shows an item of what lies below the one that was acted on."""
        holders: dict[Place, Parts] = {(): (schema,)}
        for name, parts in present(whole):
            holders[name,] = parts
        for resource, item in self._below.get(blank(acted.path), ()):
            for place, parts in holders.items():
                if same(item.location.parts, parts):
                    yield place, resource.collection
                    break

    def _within(self, whole: Shape, own: Item, acted: Resource) -> Iterator[tuple[Place, str]]:
        for name, parts in present(whole):
            other = self._item_of(parts, acted)
            if other is None or self._names(own, other[0]) or not self._names(other[1], acted):
                continue
            yield (name,), other[0].collection

    def _item_of(self, parts: Parts, acted: Resource) -> tuple[Resource, Item] | None:
        """Return the other resource whose items are described by just these schemas, and are called
        otherwise; only a component can be.
        """
        own = self._items.of(acted)
        if own is not None and same(own.location.parts, parts):
            return None
        if not any(
            "/components/" in part.address or "/definitions/" in part.address for part in map(resolved, parts)
        ):
            return None
        for resource, item in self._known:
            if _noun(resource) != _noun(acted) and same(item.location.parts, parts):
                return resource, item
        return None

    def _names(self, item: Item, other: Resource) -> bool:
        """Tell whether a member of an item is the id of another one."""
        for name in item.names:
            relation = self._relations.of(name, item)
            if relation is not None and relation.target.collection == other.collection:
                return True
        return False


def _called_after(action: str, values: Iterable[object]) -> str:
    """Return the one of several values that is called as an action is, `withdrawal` of `withdraw`; "" where
    none, or more than one is.
    """
    verb, alike = fold(action), []
    for value in values:
        if not isinstance(value, str):
            continue
        if fold(value) == verb:
            return value
        if _shares_stem(verb, fold(value)):
            alike.append(value)
    if len(alike) != 1:
        return ""
    return alike[0]


def _shares_stem(verb: str, word: str) -> bool:
    """Tell whether a word begins as a verb does, but for its last two letters where it is a long one."""
    if word.startswith(verb):
        return len(verb) >= _SHORTEST
    return len(verb) >= _LONG and word.startswith(verb[:-2])


def _noun(resource: Resource) -> str:
    return singular(fold(resource.noun))
