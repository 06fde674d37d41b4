"""Places: which members of an item say which one it is, where that is not one member of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from msgspec import Struct, field

from understudy.model.model import Collection, Identifier, Member, Place
from understudy.pointers import steps
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape

_ANY_TEXT: Final = Member(kind="string")

_WHOLE: Final = ("uri", "url", "iri")
"""Formats of addresses that are not relative (RFC 3986 §4.3)."""

ShapeAt = Callable[[Place], Shape | None]
"""Returns what describes a place of an item; None where nothing does."""


class Mark(Struct, frozen=True):
    """A member that says which item it is in, and is not its id alone: it stands within an object, or says a
    part of the key.

    kind: as which it is shown. parent: whose id it is; "" the item's own. part: which of the key's; -1 all.
    """

    place: Place
    kind: str
    parent: str = ""
    part: int = -1


class Holder(Struct, frozen=True):
    """The object in an item that carries its id and what the server says beside it, as `metadata`.

    stamps: `created` or `updated`, and counts: `writes` or `changes`, by member. once: members that the
    server makes up for a new item, with their schemas. absent: members that speak of an end. numbers: those
    that are numbers.
    """

    name: str
    stamps: dict[str, str] = field(default_factory=dict)
    counts: dict[str, str] = field(default_factory=dict)
    once: dict[str, Parts] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)


class Places(Struct, frozen=True):
    """Where the members of an item stand that say which one it is.

    marks: those within an object, or for a part of the key. holder: the object that carries the id. chosen:
    where in what is sent a caller may choose the id, or each part of it. width: parts of the key. labels:
    what items say, by member, unless somebody says otherwise. addresses: where an item says its own, and what
    goes before its path. names: where it says its resource name, and the template of it. objects: that hold
    any of these.
    """

    marks: tuple[Mark, ...] = ()
    holder: Holder | None = None
    chosen: tuple[Place, ...] = ()
    width: int = 1
    labels: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[Place, bool] = field(default_factory=dict)
    names: Mapping[Place, str] = field(default_factory=dict)
    objects: frozenset[str] = frozenset()

    @property
    def says_more(self) -> bool:
        """Whether something is to be put into items besides what they carry."""
        return bool(self.marks or self.labels or self.addresses or self.names)


NOWHERE: Final = Places()
"""Of an item whose id is one member of its own."""


def places_of(collection: Collection, shape_at: ShapeAt) -> Places:
    """Return where the members stand that say which item of a collection it is."""
    marks, addresses = tuple(_marks(collection, shape_at)), _addresses(collection, shape_at)
    names = {steps(name): rule.named for name, rule in collection.members.items() if rule.named}
    places = [*addresses, *names, *(mark.place for mark in marks)]
    return Places(
        marks=marks,
        holder=_holder(collection, shape_at),
        chosen=_chosen(collection.id),
        width=max(len(collection.id.parts), 1),
        labels={name: rule.label for name, rule in collection.members.items() if rule.label},
        addresses=addresses,
        names=names,
        objects=frozenset(place[0] for place in places),
    )


def _addresses(collection: Collection, shape_at: ShapeAt) -> dict[Place, bool]:
    """Return where an item says its address, and whether that has to be a whole URL."""
    found = {}
    for name, rule in collection.members.items():
        if rule.address:
            shape = shape_at(steps(name))
            is_whole = shape is not None and shape.format in _WHOLE
            found[steps(name)] = is_whole
    return found


def own_of(collection: Collection) -> dict[str, str]:
    """Return the members that each carry the whole key, with the types in which they show it."""
    identifier, own = collection.id, {}
    if identifier.parts:
        return {}
    for member in filter(None, (identifier.member, *identifier.also)):
        if not member.startswith("/"):
            own[member] = collection.members.get(member, _ANY_TEXT).kind
    return own


def _marks(collection: Collection, shape_at: ShapeAt) -> Iterator[Mark]:
    """Yield the members that say which item it is within an object, or by a part of the key."""
    identifier = collection.id
    for name, rule in collection.members.items():
        if rule.parent and name.startswith("/"):
            yield Mark(steps(name), rule.kind, parent=rule.parent)
    for number, name in enumerate(identifier.parts):
        if name:
            yield Mark(steps(name), _kind_at(steps(name), shape_at), part=number)
    if identifier.member.startswith("/") and not identifier.parts:
        place = steps(identifier.member)
        yield Mark(place, _kind_at(place, shape_at))


def _kind_at(place: Place, shape_at: ShapeAt) -> str:
    shape = shape_at(place)
    if shape is None:
        return "string"
    return shape.kind


def _beside_id(collection: Collection) -> dict[str, Member]:
    """Return what is known of the members beside an id that stands within an object."""
    name, *inner = steps(collection.id.member)
    rules = {}
    for place, rule in collection.members.items():
        if inner and place.startswith("/") and steps(place)[0] == name:
            rules[steps(place)[-1]] = rule
    return rules


def _holder(collection: Collection, shape_at: ShapeAt) -> Holder | None:
    """Return the object that carries the id of an item, with what else the server says there; None where
    there is none.
    """
    rules = _beside_id(collection)
    if not rules:
        return None
    name = steps(collection.id.member)[0]
    holder = Holder(name)
    for one, rule in rules.items():
        if rule.stamp:
            holder.stamps[one] = rule.stamp
        if rule.counts:
            holder.counts[one] = rule.counts
        if rule.once:
            shape = shape_at((name, one))
            holder.once[one] = shape.parts if shape is not None else ()
        if rule.absent:
            holder.absent.add(one)
        if rule.kind in ("integer", "number"):
            holder.numbers.add(one)
    return holder


def _chosen(identifier: Identifier) -> tuple[Place, ...]:
    """Return where in what is sent an id may be chosen, where it is no member of its own."""
    if identifier.parts:
        if "" in identifier.parts:
            return ()
        return tuple(map(steps, identifier.parts))
    if identifier.member.startswith("/") and identifier.member in identifier.sent_as:
        return (steps(identifier.member),)
    return ()
