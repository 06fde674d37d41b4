"""Items: the view that shows an item of a resource best, and what that says of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from understudy.contracts.answers import answer_media, taken
from understudy.contracts.contract import MediaType
from understudy.contracts.source import Node
from understudy.model.bodies import Bodies, Location, present, shares_little
from understudy.model.paths import IdNames, ids_of, told_member
from understudy.model.resources import PREFERRED, Resource, Verb
from understudy.model.vocabulary import IDS, NAMES_OF_ONE, REFERENCES, Words
from understudy.names import by_folded, fold, singular, split_words
from understudy.pointers import steps, written
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape

_SHOWING: Final[tuple[Verb, ...]] = ("read", "create", "update", "replace", "list")


_ONE: Final = ("read", "update", "replace")
"""What shows one item, beside what makes it."""

_SHORTEST: Final = 3  # letters of a word cut short, which fewer would not tell from others
VALUE: Final = "value"
"""The member of an item that holds what the one thing of its kind is, where that is no object."""
VALUES: Final = ("array", "integer", "number", "boolean")
"""Types of what such a thing is; a text may be a file."""


class Item(Struct, frozen=True):
    """How an item of a resource is shown whole. schema: of the whole body. id_member: "" where none was
    found. id_parts: its schemas.

    names: of its members, in any of its alternatives.
    """

    schema: Node
    location: Location
    id_member: str
    names: tuple[str, ...]
    id_parts: Parts = ()

    def member(self, name: str) -> Parts:
        """Return the schemas of a member, none where nothing is said of it."""
        if name and name == self.id_member:
            return self.id_parts
        return self.location.shape.declared.get(name) or ()


class Items:
    """How the items of one contract's resources are shown."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies
        self._found: dict[str, Item | None] = {}

    def of(self, resource: Resource) -> Item | None:
        """Return how an item is shown best: by a read, else by what else answers one, as long as that says
        more than the id; a file's content is none.
        """
        if resource.path not in self._found:
            self._found[resource.path] = self._best(resource)
        return self._found[resource.path]

    def _best(self, resource: Resource) -> Item | None:
        """Return the first view of an item that says more than its id. Of a path that takes an id, where that
        view has a name alone and others an id: the one that says all of it beside; else the first, of which
        nothing is the id.
        """
        views = (self._item(schema, location, resource) for schema, location in self._views(resource))
        first = next(views, None)
        if first is not None and _says_only_id(first):
            return next((other for other in views if not _says_only_id(other)), first)
        if first is None or not _has_name_alone(first, resource.id_names):
            return first
        best = first
        for other in views:
            if fold(other.id_member) not in IDS:
                continue
            if set(other.names).issuperset(first.names):
                return other
            best = replace(first, id_member="", id_parts=())
        return best

    def is_title(self, name: str, resource: Resource) -> bool:
        """Tell whether a member is what an item is called, and its id is another one."""
        item = self.of(resource)
        if item is None or name == item.id_member or name not in item.names:
            return False
        is_of_id = not item.id_member or fold(item.id_member) in IDS
        return fold(name) in NAMES_OF_ONE and is_of_id

    def _item(self, schema: Node, location: Location, resource: Resource) -> Item:
        own = self._bodies.own_id(location.shape, resource.id_names)
        names = tuple(self._bodies.names(location))
        return Item(schema, location, own, names, self._bodies.member_at(location.shape, steps(own)))

    def names(self, resource: Resource) -> tuple[str, ...]:
        """Name the members of an item."""
        item = self.of(resource)
        if item is None:
            return ()
        return item.names

    def _views(self, resource: Resource) -> Iterator[tuple[Node, Location]]:
        for verb in _SHOWING:
            if verb == "create" and self.answers_another(resource):
                continue
            media = answer_media(resource.operations.get(verb), PREFERRED.get(verb, ()))
            schema = media.schema if media is not None else None
            if media is not None and (verb == "list" or self._is_array(schema)):
                schema = self.listed(media, resource)
            location = self._bodies.item((schema,), resource.id_names) if schema is not None else None
            if schema is not None and location is not None:
                yield schema, location
        for operation in resource.shown_by:
            media = answer_media(operation)
            if media is not None and media.schema is not None:
                location = self._bodies.item((media.schema,), resource.id_names)
                if location is not None:
                    yield media.schema, location

    def answers_another(self, resource: Resource) -> bool:
        """Tell whether a create that is sent nothing but an id answers another thing than what its list has,
        which alone shows items beside it: the playlist into which a track was put.
        """
        known = resource.operations
        if not {"create", "list"} <= known.keys() or not known.keys().isdisjoint(_ONE):
            return False
        body = taken(known["create"])
        sent = self._bodies.requests.of((body,)).declared if body is not None else ()
        if not sent or not all(fold(name).endswith(REFERENCES.ranked) for name in sent):
            return False
        made = self._bodies.answered_item(known["create"], resource.id_names)
        listing = self._bodies.answered_listing(known["list"], resource.id_names)
        if made is None or listing is None or not listing.shape.items:
            return False
        listed = self._bodies.whole(listing.shape.items)
        if not self._bodies.own_id(listed, resource.id_names) or made.place:
            return False
        return shares_little(made.shape, listed)

    def _is_array(self, schema: Node | None) -> bool:
        return schema is not None and self._bodies.whole((schema,)).kind == "array"

    def listed(self, media: MediaType, resource: Resource) -> Node | None:
        """Return the schema of one item of a list, None where the list says nothing of its items."""
        if media.schema is None:
            return None
        listing = self._bodies.listing((media.schema,), resource.id_names)
        if listing is None or not listing.shape.items:
            return None
        return self._bodies.says_most(listing.shape.items)


def _has_name_alone(item: Item, id_names: IdNames) -> bool:
    """Tell whether an item has nothing but a name to be found by, and its path takes an id."""
    is_name = fold(item.id_member) in NAMES_OF_ONE and fold(item.id_member) != id_names.parameter
    return is_name and id_names.parameter.endswith(IDS.ranked)


def _says_only_id(item: Item) -> bool:
    """Tell whether a view shows which item it is and nothing else, as many creates answer."""
    return bool(item.id_member) and all(fold(name) in IDS for name in item.names)


def number_of(resource: Resource) -> str:
    """Return the folded name of a member that a path names where an item has an id as well: `number` of
    {issue_number}.
    """
    if not resource.parameters:
        return ""
    return told_member(resource.parameters[-1], resource.noun)


def names_parent(name: str, resource: Resource) -> str:
    """Return the parent that a member is named like, "" where it is named like none: as the path calls it,
    or of `/books/{id}/reviews`, `bookId`.
    """
    folded = fold(name)
    for parent in resource.parents:
        if fold(parent) == folded:
            return parent
    for parent in reversed(resource.parents):
        if folded in _called_by_owner(parent, resource):
            return parent
    return ""


def owner_of(parent: str, resource: Resource) -> str:
    """Return the folded noun of what a placeholder of a path is the id of: `book` of `/books/{id}`."""
    before = resource.path.partition(f"/{{{parent}}}")[0].rpartition("/")[2]
    return singular(fold(before))


def _called_by_owner(parent: str, resource: Resource) -> list[str]:
    """List what a member may be called that is a parent's id, where the path does not say whose it is, or
    says it in short: `organizationId` of `/organizations/{orgId}`, `endpointId` below webhook-endpoints.
    """
    folded, owner = fold(parent), owner_of(parent, resource)
    if not owner:
        return []
    if folded in IDS or folded == owner:
        before = resource.path.partition(f"/{{{parent}}}")[0].rpartition("/")[2]
        kind = singular(split_words(before)[-1])
        return [*ids_of(owner), *ids_of(kind)]
    if _is_short_for(folded, owner):
        return ids_of(owner)
    if folded in NAMES_OF_ONE:
        return [owner + folded]
    return []


def _is_short_for(name: str, owner: str) -> bool:
    """Tell whether a name is that of an id, and begins as what it is of: `orgid` of an organization."""
    for word in IDS:
        stem = name.removesuffix(word)
        if stem != name and len(stem) >= _SHORTEST:
            return owner.startswith(stem)
    return False


def part_member(shape: Shape, parameter: str, bodies: Bodies) -> str:
    """Return the member that says what a parameter of the path does: one called so, or, of `owner` and of
    owner_id, the one that tells which an object `owner` is; "" where there is none.
    """
    folded = fold(parameter)
    for name, below in present(shape):
        inner, called = bodies.whole(below), fold(name)
        if inner.kind != "object":
            if called == folded:
                return name
            continue
        told = ""
        if folded in ids_of(called):
            told = _first_of(IDS, inner)
        elif called == folded:
            told = _first_of(NAMES_OF_ONE, inner)
        if told:
            return written((name, told))
    return ""


def _first_of(words: Words, shape: Shape) -> str:
    """Return the member of an object that is called by the first of some words that one is; "" where none
    is.
    """
    members = by_folded(dict(present(shape)))
    for word in words:
        if word in members:
            return members[word]
    return ""
