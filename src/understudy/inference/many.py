"""Many at once: the items, or the ids of items, that one request speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from typing import Any

from understudy.contracts.contract import Operation
from understudy.inference.resources import Bodies, Resource, taken
from understudy.messages import NOTHING, Request
from understudy.names import fold, singular
from understudy.schemas.choice import Parts


def takes_many(operation: Operation, bodies: Bodies, members: Set[str]) -> bool:
    """Tell whether an operation's body is a list of items, or an envelope around nothing but one.

    members: names of an item's properties.
    """
    parts = taken(operation)
    if parts is None:
        return False
    shape = bodies.requests.of(parts)
    if shape.kind == "array":
        return _are_items(shape.items, bodies, members)
    lists = {name: bodies.requests.of(below) for name, below in shape.declared.items() if below}
    found = [
        name
        for name, below in lists.items()
        if below.kind == "array" and _are_items(below.items, bodies, members)
    ]
    return len(found) == 1 and members.isdisjoint(lists)  # what has members of an item is one


def _are_items(parts: Parts, bodies: Bodies, members: Set[str]) -> bool:
    names = (
        [name for name, below in bodies.whole(parts).declared.items() if below is not None] if parts else []
    )
    return 2 * sum(name in members for name in names) > len(names)


def entries(request: Request, members: Set[str]) -> list[Request] | None:
    """Return a request for each item of a body that is a list of them, or an envelope around one; None for any other body.

    An envelope around a list of one is left to those who take it for the item itself.
    """
    body = request.body
    if isinstance(body, dict) and len(body) == 1:
        name, inner = next(iter(body.items()))
        is_envelope = name not in members and isinstance(inner, list) and len(inner) > 1
        body = (
            inner
            if is_envelope
            and all(isinstance(one, dict) and not one.keys().isdisjoint(members) for one in inner)
            else NOTHING
        )
    if not isinstance(body, list) or not all(isinstance(one, dict) for one in body):
        return None
    return [replace(request, body=one) for one in body]


# ---- deleting many


def clears(operation: Operation, resource: Resource, bodies: Bodies, members: Set[str]) -> bool:
    """Tell whether a DELETE on a collection is of its items: all of them, those its filters choose, or those it names by their ids."""
    names = _id_lists(resource)
    folded = {fold(member) for member in members}
    for parameter in operation.parameters:
        if (
            parameter.location == "query"
            and parameter.required
            and fold(parameter.name) not in names | folded
        ):
            return False
    if operation.body is None:
        return True
    parts = taken(operation)
    shape = bodies.requests.of(parts) if parts else None
    if shape is None:
        return False
    return shape.kind == "array" or any(
        fold(name) in names for name, below in shape.declared.items() if below is not None
    )


def names_ids(name: str, resource: Resource) -> bool:
    """Tell whether a parameter or member of this name holds ids of items."""
    return fold(name) in _id_lists(resource)


def chosen_ids(request: Request, resource: Resource, *, has_body: bool) -> list[str] | None:
    """Return the ids that a request names, or None where it speaks of all items. has_body: whether the operation takes one."""
    names = _id_lists(resource)
    told = [value for name, value in request.query.items() if fold(name) in names and value is not None]
    if isinstance(request.body, dict):
        told += [value for name, value in request.body.items() if fold(name) in names]
    elif isinstance(request.body, list):
        told.append(request.body)
    if not told and not has_body:
        return None
    return [key for value in told for key in _keys(value, resource)]


def _keys(value: Any, resource: Resource) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _keys(one, resource)
    elif isinstance(value, Mapping):
        folded = {fold(name): inner for name, inner in value.items()}
        found = next((folded[name] for name in resource.id_names if name in folded), None)
        if found is not None:
            yield str(found)
    elif value is not None:
        yield from (key for key in str(value).split(",") if key)


def _id_lists(resource: Resource) -> frozenset[str]:
    """List the folded names under which a request may name items by their ids."""
    one, own = singular(fold(resource.name)), resource.id_names[0]
    return frozenset({"id", "ids", f"{one}id", f"{one}ids", own, f"{own}s"})
