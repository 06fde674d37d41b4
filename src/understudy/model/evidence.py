"""Evidence: what bodies say for or against an operation being about a resource."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from understudy.contracts.answers import answered, taken
from understudy.contracts.contract import Operation
from understudy.model.bodies import Bodies, is_wrapper, present, shares_little
from understudy.model.resources import Resource, Verb
from understudy.model.vocabulary import IDS
from understudy.names import by_folded, fold
from understudy.pointers import steps, written
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape

_SHOWING: Final[tuple[Verb, ...]] = ("read", "create", "update", "replace")


class Evidence:
    """What the bodies of one contract say of its resources."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies
        self._shown: dict[str, list[Shape]] = {}

    def shapes(self, resource: Resource) -> list[Shape]:
        """Return the shapes in which the contract shows an item, the one of a read first."""
        if resource.path not in self._shown:
            self._shown[resource.path] = [shape for shape in self._found(resource) if shape.declared]
        return self._shown[resource.path]

    def _found(self, resource: Resource) -> Iterator[Shape]:
        read = None
        for verb in _SHOWING:
            location = self._bodies.answered_item(resource.operations.get(verb), resource.id_names)
            if location is None or (read is not None and shares_little(location.shape, read)):
                continue
            if verb == "read":
                read = location.shape
            yield location.shape
        listing = self._bodies.answered_listing(resource.operations.get("list"), resource.id_names)
        if listing is not None and listing.shape.items:
            yield self._bodies.whole(listing.shape.items)
        if resource.operations and resource.operations.keys() != {"delete"}:
            return
        for operation in resource.shown_by:
            location = self._bodies.answered_item(operation, resource.id_names)
            if location is not None:
                yield location.shape

    def members(self, resource: Resource) -> set[str]:
        """Name the members in which an item is shown."""
        names: set[str] = set()
        for shape in self.shapes(resource):
            names.update(shape.declared)
        return names

    def has_object(self, resource: Resource, name: str) -> bool:
        """Tell whether a member of an item is an object."""
        for shape in self.shapes(resource):
            parts = shape.declared.get(name)
            if parts:
                return self._bodies.whole(parts).kind == "object"
        return False

    def naming(self, resource: Resource, noun: str) -> str:
        """Return where an item says the id of another one, by what that is called: `customerId`, or
        `/customer/id`; "" where it does not.
        """
        called = tuple(map(fold(noun).__add__, IDS))
        for shape in self.shapes(resource):
            for name, parts in present(shape):
                inner = self._bodies.whole(parts)
                if fold(name) in called and inner.kind in ("string", "integer"):
                    return name
                if fold(name) == fold(noun) and inner.kind == "object":
                    own = next(filter(_is_id, inner.declared), "")
                    return written((name, own)) * bool(own)
        return ""

    def shows(self, parts: Parts, resource: Resource) -> bool:
        """Tell whether a schema is that of a resource's items."""
        shape = self._bodies.whole(parts)
        return any(self._bodies.alike(shape, other, resource.id_names) for other in self.shapes(resource))

    def answers_item(self, operation: Operation, resource: Resource) -> bool:
        """Tell whether an operation answers an item: as its whole body, in a wrapper such as the item's own
        name, or as all that is there but for how the request went.
        """
        location, schema = self._bodies.answered_item(operation, resource.id_names), answered(operation)
        if location is None or schema is None:
            return False
        if all(is_wrapper(step, resource.id_names) for step in location.place):
            return self.shows(location.parts, resource)
        is_alone = len(location.place) == 1 and self._bodies.wraps_alone((schema,), location.place[0])
        return is_alone and self._shows_all(location.parts, resource)

    def _shows_all(self, parts: Parts, resource: Resource) -> bool:
        """Tell whether a schema has just the members of a resource's items."""
        names = self._bodies.whole(parts).declared.keys()
        return any(names == other.declared.keys() for other in self.shapes(resource))

    def answers_list(self, resource: Resource) -> bool:
        """Tell whether what is read at the path of a resource's list is one."""
        schema = answered(resource.operations.get("list"))
        return schema is not None and self._bodies.is_list((schema,), resource.id_names)

    def lists_items_of(self, operation: Operation, resource: Resource) -> bool:
        """Tell whether an operation answers a list of a resource's items."""
        listing = self._bodies.answered_listing(operation, resource.id_names)
        if listing is None or not listing.shape.items:
            return False
        return self.shows(listing.shape.items, resource)

    def takes_id(self, operation: Operation, resource: Resource) -> bool:
        """Tell whether a body carries the id of the item it is about, for the caller to say."""
        body = taken(operation)
        if body is None:
            return False
        shape = self._bodies.requests.of((body,))
        one = shape.items if shape.kind == "array" and shape.items else (body,)
        location = self._bodies.item(one, resource.id_names)
        own = self._own_id(resource)
        if location is None or not own:
            return False
        first, *rest = steps(own)
        named = by_folded(location.shape.declared).get(fold(first), first)
        below = self._bodies.member_at(location.shape, (named, *rest))
        return bool(below) and not self._bodies.requests.of(below).hidden

    def _own_id(self, resource: Resource) -> str:
        for shape in self.shapes(resource):
            member = self._bodies.own_id(shape, resource.id_names)
            if member:
                return member
        return ""

    def takes_many(self, operation: Operation, resource: Resource, *, in_requests: bool = False) -> bool:
        """Tell whether an operation's body is a list of items, or an envelope around nothing but one.
        in_requests: or a list of requests that each hold one.
        """
        body = taken(operation)
        if body is None:
            return False
        members = set(map(fold, self.members(resource)))
        shape = self._bodies.requests.of((body,))
        if shape.kind == "array":
            return self._are_items(shape.items, members)
        lists = 0
        for name, below in present(shape):
            if fold(name) in members:  # what has members of an item is one
                return False
            inner = self._bodies.requests.of(below)
            lists += inner.kind == "array" and (
                self._are_items(inner.items, members)
                or (in_requests and self._hold_items(inner.items, members))
            )
        return lists == 1

    def _hold_items(self, parts: Parts, members: set[str]) -> bool:
        """Tell whether each of several requests holds an item, as `requests[].book` of Google AIP-233."""
        if not parts:
            return False
        held = []
        for _, below in present(self._bodies.whole(parts)):
            if self._bodies.requests.of(below).kind == "object":
                held.append(below)
        return len(held) == 1 and self._are_items(held[0], members)

    def _are_items(self, parts: Parts, members: set[str]) -> bool:
        if not parts:
            return False
        names = set(map(fold, dict(present(self._bodies.whole(parts)))))
        return 2 * len(names & members) > len(names)


def _is_id(name: str) -> bool:
    return fold(name) in IDS
