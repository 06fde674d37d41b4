"""Members: what is known of each member of an item beyond its schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from understudy.model.bodies import Bodies, present
from understudy.model.bookings import taken_up
from understudy.model.embedding import Embeddings
from understudy.model.identifiers import looks_like_slug
from understudy.model.items import Item, names_parent, owner_of, part_member
from understudy.model.labels import addresses_of, labels_of
from understudy.model.lifecycle import Beginning, absent, beginning, stamp
from understudy.model.model import Member
from understudy.model.reckoned import Reckoned
from understudy.model.relations import Relations
from understudy.model.resource_names import template_of
from understudy.model.resources import Resource
from understudy.model.toggles import Toggles
from understudy.model.vocabulary import (
    ATTRIBUTES,
    COUNTS_CHANGES,
    COUNTS_WRITES,
    IDS,
    OF_IDENTITY,
    ONE_OF_ALL,
    TITLES,
)
from understudy.names import by_folded, fold
from understudy.pointers import steps, written
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape

_ADDRESS: Final = Member(kind="string", address=True)
_BEGINS_EMPTY: Final = Beginning(([],))
_BEGINS_AT_0: Final = Beginning((0,))


class Links(Struct, frozen=True):
    """What tells which items lead to which, and what is turned on them."""

    relations: Relations
    embeddings: Embeddings
    reckoned: Reckoned
    toggles: Toggles


def members_of(resource: Resource, item: Item, links: Links, bodies: Bodies) -> Mapping[str, Member]:
    """Return what is known of the members of an item, by name, in the order in which they are shown, and of
    those that only other views show and an action turns.
    """
    found = {name: _member(name, resource, item, links, bodies) for name in item.names}
    found.update(_booked(found, item, links, bodies))
    for name, value in taken_up(resource.noun, item, bodies)[1].items():
        if not found[name].default:  # nobody has a new one
            found[name] = replace(found[name], begins_as=(value,), instead_of=())
    for name, begins in links.toggles.of(resource.collection).items():
        if name not in found:
            kind = "boolean" if isinstance(begins, bool) else "integer"
            found[name] = Member(kind=kind, begins_as=(begins,))
    found.update(_held(resource, item, bodies))
    found.update(_parents_within(resource, item, bodies))
    found.update(_stamped_within(item, bodies))
    place = links.toggles.numbered(resource.collection)
    if place in found:
        found[place] = replace(found[place], numbers=True)
    for name in links.toggles.stamped(resource.collection) & found.keys():
        found[name] = replace(found[name], absent=found[name].absent or "until over")
    for name, label in labels_of(resource, item, bodies).items():
        found[name] = replace(found[name], label=label)
    found.update(_addressed(resource, item, found, bodies))
    return found


def _booked(
    known: Mapping[str, Member], item: Item, links: Links, bodies: Bodies
) -> Iterator[tuple[str, Member]]:
    """Yield the members that name what one alone may have, as a slot."""
    for name, rule in known.items():
        relation = links.relations.of(name, item) if rule.refers_to else None
        if relation is None or relation.within:
            continue
        other = links.embeddings.item_of(relation.target)
        takes, frees = taken_up(relation.target.noun, other, bodies)
        if takes:
            yield name, replace(rule, takes=takes, frees=frees)


def _addressed(
    resource: Resource, item: Item, known: Mapping[str, Member], bodies: Bodies
) -> Iterator[tuple[str, Member]]:
    """Yield the members that say where an item is: its address, or its name."""
    if resource.is_reached:
        for name in addresses_of(item, bodies):
            yield name, replace(known.get(name, _ADDRESS), address=True)
    template = template_of(resource, item)
    if template:
        yield item.id_member, Member(kind="string", named=template)


def _held(resource: Resource, item: Item, bodies: Bodies) -> Iterator[tuple[str, Member]]:
    """Yield what is known of the members beside an id that stands in an object of its own, as `metadata`."""
    holder, *inner = steps(item.id_member)
    if not inner or fold(holder) not in OF_IDENTITY:
        return
    for name, parts in present(bodies.whole(item.member(holder))):
        place, shape, folded = written((holder, name)), bodies.whole(parts), fold(name)
        if place == item.id_member:
            continue
        rule = Member(
            kind=shape.kind,
            parent=names_parent(name, resource),
            stamp=stamp(name),
            moment=shape.format == "date-time",
            absent=absent(name),
            counts=_counts(folded, shape),
            once=folded in IDS and shape.kind in ("string", ""),
        )
        if rule.parent or rule.stamp or rule.absent or rule.counts or rule.once:
            yield place, rule


def _stamped_within(item: Item, bodies: Bodies) -> Iterator[tuple[str, Member]]:
    """Yield the members that say when an item was created or changed where all that is said of it stands in
    an object beside its id, as in JSON:API's `attributes`.
    """
    for holder in item.names:
        if fold(holder) not in ATTRIBUTES or item.id_member.startswith("/"):
            continue
        for name, parts in present(bodies.whole(item.member(holder))):
            shape = bodies.whole(parts)
            if stamp(name) and shape.format in ("date-time", ""):
                is_moment = shape.format == "date-time"
                yield written((holder, name)), Member(kind=shape.kind, stamp=stamp(name), moment=is_moment)


def _counts(folded: str, shape: Shape) -> Literal["", "writes", "changes"]:
    """Tell of what a member beside an id may be the count."""
    if shape.kind not in ("string", "integer", "number", ""):
        return ""
    if folded in COUNTS_CHANGES:
        return "changes"
    return "writes" if folded in COUNTS_WRITES else ""


def _parents_within(resource: Resource, item: Item, bodies: Bodies) -> Iterator[tuple[str, Member]]:
    """Yield the members that say a parent within an object: `project.id` of {project_id}."""
    for parent in resource.parents:
        told = part_member(item.location.shape, parent, bodies)
        if told.startswith("/") and told != item.id_member:
            kind = bodies.whole(bodies.member_at(item.location.shape, steps(told))).kind
            yield told, Member(kind=kind, parent=parent)


def _member(name: str, resource: Resource, item: Item, links: Links, bodies: Bodies) -> Member:
    parts = item.member(name)
    if not parts:
        return Member(stamp=stamp(name), absent=absent(name))
    shape = bodies.whole(parts)
    begins = beginning(name, shape, links.toggles.led_to(resource.collection).get(name, frozenset()))
    toggled = links.toggles.of(resource.collection)
    if name in toggled and not begins.begins_as and not shape.defaults:
        begins = Beginning((toggled[name],))
    relation = links.relations.of(name, item)
    embedded = links.embeddings.of(name, resource, item) if shape.kind == "array" else None
    part = links.embeddings.part(name, resource, item)
    if embedded is not None:
        begins = _BEGINS_EMPTY
    tallied = ""
    if _may_tally(shape) and name not in toggled:
        tallied = links.embeddings.tallied(name, resource)
    reckons = None
    if not tallied and name not in toggled and not relation:
        reckons = links.reckoned.of(name, shape, resource, item)
    if tallied or (reckons is not None and reckons.does in ("count", "sum")):
        begins = _BEGINS_AT_0
    return Member(
        kind=shape.kind or next(iter(shape.possible), ""),
        parent=_parent(name, resource, item, shape),
        refers_to=relation.target.collection if relation else "",
        within=relation.within if relation else "",
        embeds=embedded.collection if embedded else part,
        tallies=tallied,
        reckons=reckons,
        latest=links.embeddings.latest(name, resource, item),
        begins_as=begins.begins_as,
        instead_of=begins.instead_of,
        default=_default(bodies, parts),
        stamp=stamp(name),
        moment=shape.format == "date-time",
        absent=absent(name, is_nullable=bodies.says_null(parts)),
        slug_of=_slug_of(name, item, shape),
        only_one=shape.kind == "boolean" and fold(name).removeprefix("is") in ONE_OF_ALL,
        write_only=bodies.responses.of(parts).hidden,
    )


def _parent(name: str, resource: Resource, item: Item, shape: Shape) -> str:
    """Return the parent that a member says, "" where it says none; `post` of `/posts/{id}/comments` is one
    where it is no object.
    """
    if name == item.id_member:
        return ""
    found = names_parent(name, resource)
    if found or shape.kind not in ("string", "integer", "number") or shape.constants is not None:
        return found
    for parent in reversed(resource.parents):
        if fold(parent).endswith(IDS.ranked) and fold(name) == owner_of(parent, resource):
            return parent
    return ""


def _may_tally(shape: Shape) -> bool:
    """Tell whether a number may say how many there are of something, none among them."""
    return shape.kind in ("integer", "number") and shape.constants is None and shape.limit("minimum", 0) <= 0


def _slug_of(name: str, item: Item, shape: Shape) -> str:
    """Return the member of which a text is the slug, "" where it is none, or may not look like one."""
    if shape.kind != "string" or shape.constants or shape.format or not looks_like_slug(name, shape):
        return ""
    members = by_folded(item.names)
    for title in TITLES:
        if title in members and members[title] != name:
            return members[title]
    return ""


def _default(bodies: Bodies, parts: Parts) -> tuple[object, ...]:
    return tuple(bodies.responses.of(parts).defaults[:1])


def unique_of(item: Item, bodies: Bodies) -> tuple[str, ...]:
    """Name the members of which the contract says that no two items have the same value."""
    return tuple(name for name in item.names if _is_key(bodies, item.member(name)))


def _is_key(bodies: Bodies, parts: Parts) -> bool:
    shape: Shape | None = bodies.responses.of(parts) if parts else None
    return shape is not None and shape.is_key
