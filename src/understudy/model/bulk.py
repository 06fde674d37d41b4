"""Bulk: requests that speak of many items by their ids."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set

from understudy.contracts.answers import taken
from understudy.contracts.contract import Operation
from understudy.model.bodies import Bodies, present
from understudy.model.resources import Resource
from understudy.model.vocabulary import BULK, BUNDLES
from understudy.names import by_folded, fold, singular, split_words
from understudy.schemas.shape import Shape


def list_names(resource: Resource) -> tuple[str, ...]:
    """List the folded names under which a request may name items by their ids."""
    if not resource.id_names:
        return ()
    one, own = singular(fold(resource.noun)), resource.id_names.ranked[0]
    found = {"id", "ids", f"{one}id", f"{one}ids", own, f"{own}s"}
    if own == one:  # a path that takes what people call the item, `/shelves/{shelf}` (AIP-231)
        found.add("names")
    return tuple(sorted(found))


def names_ids(operation: Operation, resource: Resource, bodies: Bodies) -> bool:
    """Tell whether a request names items by a list of their ids, in its query or in its body."""
    names = list_names(resource)
    for parameter in operation.parameters:
        if parameter.location == "query" and fold(parameter.name) in names:
            return True
    body = taken(operation)
    for shape in bodies.alternatives((body,)) if body is not None else ():
        if _is_of_scalars(shape, bodies):
            return True
        for name, below in present(shape):
            if fold(name) in names and _is_of_scalars(bodies.requests.of(below), bodies):
                return True
    return False


def lists_ids(operation: Operation, resource: Resource, bodies: Bodies) -> bool:
    """Tell whether a body names items by their ids, in a list or in one text: `ids: "4,5"`."""
    body, names = taken(operation), list_names(resource)
    for shape in bodies.alternatives((body,)) if body is not None else ():
        for name, below in present(shape):
            inner = bodies.requests.of(below)
            if fold(name) in names and (inner.kind == "string" or _is_of_scalars(inner, bodies)):
                return True
    return False


def _is_of_scalars(shape: Shape, bodies: Bodies) -> bool:
    if shape.kind != "array" or not shape.items:
        return False
    return bodies.requests.of(shape.items).kind in ("string", "integer", "number")


def bulk_verb(rest: Sequence[str], noun: str) -> str | None:
    """Return what the rest of a path below a list says is done to many of its items, `bulk_update`; "" where
    only the method tells; None where it speaks of something else.
    """
    words = split_words(" ".join(rest))
    if BULK.known.isdisjoint(words) or any("{" in segment for segment in rest):
        return None
    one = singular(fold(noun))
    return "".join(word for word in words if word not in BULK and singular(word) != one)


def changes_chosen(operation: Operation, members: Set[str], bodies: Bodies) -> bool:
    """Tell whether a PATCH of a collection's path changes what its query chooses: a parameter is called as a
    member is, or as an object of filters, and the body is one set of changes.
    """
    body = taken(operation)
    if operation.method != "patch" or body is None or bodies.requests.of((body,)).kind == "array":
        return False
    known = {*map(fold, members), *BUNDLES.known}
    return any(one.location == "query" and fold(one.name) in known for one in operation.parameters)


def deletes_many(operation: Operation, resource: Resource, bodies: Bodies, members: Set[str]) -> bool:
    """Tell whether a DELETE of a collection's path is of its items: all of them, those it filters, or those
    it names by their ids.
    """
    names = list_names(resource)
    known = {*names, *map(fold, members)}
    for parameter in operation.parameters:
        if parameter.location == "query" and parameter.required and fold(parameter.name) not in known:
            return False
    if operation.body is None:
        return True
    return _names_in_body(operation, names, bodies)


def names_many(operation: Operation, resource: Resource, bodies: Bodies) -> bool:
    """Tell whether a request names items by their ids, in its query or as all that its body says."""
    names = list_names(resource)
    for parameter in operation.parameters:
        if parameter.location == "query" and fold(parameter.name) in names:
            return True
    return operation.body is not None and _names_in_body(operation, names, bodies)


def _names_in_body(operation: Operation, names: Collection[str], bodies: Bodies) -> bool:
    body = taken(operation)
    if body is None:
        return False
    for shape in bodies.alternatives((body,)):
        if shape.kind == "array" or not set(names).isdisjoint(by_folded(dict(present(shape)))):
            return True
        for name, below in present(shape):
            if singular(fold(name)) in names or (bodies.requests.of(below).kind == "array"):
                return True
    return False
