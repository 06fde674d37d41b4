"""Embedding: which members of an item are lists of the items of another collection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from understudy.contracts.answers import answered
from understudy.model.bodies import Bodies
from understudy.model.held import HeldLists
from understudy.model.items import VALUES, Item, Items
from understudy.model.paths import blank
from understudy.model.relations import Relation, Relations
from understudy.model.resources import Resource
from understudy.model.vocabulary import COUNTED_AS, NEWEST, TALLIES
from understudy.names import fold, singular, split_words
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape


class Embedded(NamedTuple):
    """What a list within an item holds. collection: whose items these are, told by their path or by a member
    that names the item; "" where nothing tells which of them it holds.
    """

    collection: str


class Embeddings:
    """The lists of items within the items of one contract."""

    def __init__(
        self,
        resources: Iterable[Resource],
        items: Items,
        relations: Relations,
        held: HeldLists,
        bodies: Bodies,
    ) -> None:
        """`held`: lists within items that operations below these change; what is in them is no item."""
        self._items, self._relations, self._bodies, self._lists = items, relations, bodies, held
        self._named: dict[str, tuple[Relation, ...]] = {}
        self._by_noun: dict[str, list[Resource]] = {}
        self._below: dict[str, list[Resource]] = {}
        self._singles: dict[tuple[str, str], Resource] = {}
        for resource in resources:
            if resource.single:
                above, _, last = resource.path.rpartition("/")
                self._singles[(blank(above), fold(last))] = resource
            elif resource.is_kept and not held.is_list(resource):
                self._by_noun.setdefault(_noun(resource.noun), []).append(resource)
                above = blank(resource.above).rpartition("/")[0]
                self._below.setdefault(above, []).append(resource)

    def of(self, name: str, resource: Resource, item: Item) -> Embedded | None:
        """Return what a member of a resource's items is a list of, None where that is nothing that is kept.

        What the resource's own path lies above comes first, then what names the item in a member.
        """
        parts = item.member(name)
        held = self._bodies.whole(parts).items if parts else ()
        if not held or self._bodies.whole(held).kind != "object":
            return None
        if self._lists.holds(resource, name):
            return Embedded("")
        found = None
        for other, is_below in self._candidates(name, resource):
            shown = self._items.of(other)
            if shown is None or not self._is_alike(held, other, shown):
                continue
            if is_below or self._names(other, shown, resource):
                return Embedded(other.collection)
            found = Embedded("")
        return found

    def part(self, name: str, resource: Resource, item: Item) -> str:
        """Return the collection of the one thing below an item that a member of it shows: `address` of a
        user, beside `/users/{id}/address`; "" where there is none.
        """
        other = self._singles.get((blank(resource.path), fold(name)))
        reading = other.operations.get("read") if other is not None else None
        schema = answered(reading) if reading is not None else None
        if other is None or schema is None:
            return ""
        shown, held = self._items.of(other), self._bodies.whole(item.member(name))
        if shown is None:
            is_alike = held.kind in VALUES and self._bodies.whole((schema,)).kind == held.kind
        else:
            is_alike = bool(held.declared) and _says_the_same(held, shown.location.shape)
        return other.collection * is_alike

    def latest(self, name: str, resource: Resource, item: Item) -> str:
        """Return the collection below an item of which a member shows the newest: `last_message` of a
        conversation; "" where there is none.
        """
        first, *rest = split_words(name) or [""]
        if first not in NEWEST or not rest or self._bodies.whole(item.member(name)).kind != "object":
            return ""
        for other in self._below.get(blank(resource.path), []):
            if _noun(other.noun) == _noun("".join(rest)):
                shown, held = self._items.of(other), item.member(name)
                if shown is not None and self._is_alike(held, other, shown):
                    return other.collection
        return ""

    def tallied(self, name: str, resource: Resource) -> str:
        """Return the collection of which a member says how many items are below an item, or name it; "" where
        there is none.
        """
        noun = _noun_counted(name)
        found = self._counted(noun, resource) if noun else ""
        if not found and noun in COUNTED_AS:
            return self._counted(COUNTED_AS[noun], resource)
        return found

    def _counted(self, noun: str, resource: Resource) -> str:
        for other, is_below in self._candidates(noun, resource):
            if is_below:
                if _noun(other.noun) == noun:
                    return other.collection
                continue
            shown = self._items.of(other)
            if shown is not None and self._names(other, shown, resource, within=True):
                return other.collection
        return ""

    def item_of(self, resource: Resource) -> Item | None:
        """Return what the items of another resource look like."""
        return self._items.of(resource)

    def around(self, resource: Resource) -> Iterator[tuple[Resource, Item]]:
        """Yield what lies below an item, or names it in a member, and what one of it looks like."""
        for other in self._below.get(blank(resource.path), []):
            shown = self._items.of(other)
            if shown is not None:
                yield other, shown
        for other in chain.from_iterable(self._by_noun.values()):
            shown = self._items.of(other)
            if other is resource or other.parents or shown is None:
                continue
            if self._names(other, shown, resource):
                yield other, shown

    def _candidates(self, name: str, resource: Resource) -> Iterator[tuple[Resource, bool]]:
        """Yield the resources whose items a member may list, and whether they lie below the item."""
        noun = _noun(name)
        below = self._below.get(blank(resource.path), [])
        for other in sorted(below, key=lambda one: _noun(one.noun) != noun):
            yield other, True
        for other in self._by_noun.get(noun, []):
            if other is not resource and not other.parents:
                yield other, False

    def _is_alike(self, held: Parts, other: Resource, shown: Item) -> bool:
        return self._bodies.alike(self._bodies.whole(held), shown.location.shape, other.id_names)

    def _names(self, other: Resource, shown: Item, resource: Resource, *, within: bool = False) -> bool:
        """Tell whether a member of an item names one of a resource; within: or an object in it does."""
        named = self._named.get(other.path)
        if named is None:
            relations = (self._relations.of(name, shown) for name in shown.names)
            named = self._named[other.path] = tuple(filter(None, relations))
        return any(one.target is resource and (within or not one.within) for one in named)


def _says_the_same(held: Shape, shown: Shape) -> bool:
    """Tell whether two objects have most of their members in common."""
    common = len(held.declared.keys() & shown.declared.keys())
    return 2 * common > max(len(held.declared), len(shown.declared))


def _noun_counted(name: str) -> str:
    """Return the noun of what a member counts: `comments_count`, `numComments`, `comments`; "" where it names
    none, or one of them.
    """
    folded = fold(name)
    stem = folded
    for ending in TALLIES:
        stem = stem.removesuffix(ending)
    for beginning in TALLIES:
        stem = stem.removeprefix(beginning)
    if stem == folded and singular(stem) == stem:
        return ""
    return singular(stem)


def _noun(name: str) -> str:
    return singular(fold(name))
