"""Kinds: of which collection the objects within an item are, by the component that describes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from understudy.engine.nouns import Naming
from understudy.model.vocabulary import AUTHORS
from understudy.names import fold
from understudy.schemas.choice import Parts
from understudy.schemas.entity import names_person
from understudy.schemas.shape import Shape

Names = tuple[str, ...]
"""The names of members on the way to an object; lists are passed through."""

_DEEPEST: Final = 4
_MOST: Final = 300  # members that are looked at

Whole = Callable[[Parts], Shape]
"""Merges the schemas of one place."""


def kinds_of(shape: Shape, naming: Naming, whole: Whole) -> dict[Names, str]:
    """Return which objects within an item are items of which collections: `assignee` of /users, where it is
    a `UserCompact`.
    """
    found = {}
    for looked_at, (names, inner) in enumerate(_objects(shape, whole)):
        if looked_at == _MOST:
            break
        collection = _kind(names[-1], inner, naming)
        if collection:
            found[names] = collection
    return found


def _kind(name: str, shape: Shape, naming: Naming) -> str:
    component = shape.component
    collection = naming.of_component(component) if component else ""
    if collection or fold(name) not in AUTHORS:
        return collection
    return naming.people if not component or names_person(component.lower()) else ""


def _objects(shape: Shape, whole: Whole) -> Iterator[tuple[Names, Shape]]:
    """Yield the objects within an item, those that lie less deep first, each with the names on the way."""
    todo: list[tuple[Names, Shape]] = [((), shape)]
    for names, holder in todo:
        if len(names) == _DEEPEST:
            continue
        for name, parts in holder.declared.items():
            inner = _of_one(parts, whole)
            if inner is not None and inner.kind == "object":
                todo.append(((*names, name), inner))
                yield todo[-1]


def _of_one(parts: Parts | None, whole: Whole) -> Shape | None:
    """Return the shape of a member, of a list that of its items; None where nothing is said of it."""
    inner = whole(parts) if parts else None
    if inner is not None and inner.kind == "array" and inner.items:
        return whole(inner.items)
    return inner


def collection_of(names: Names, kinds: Mapping[Names, str], naming: Naming) -> str:
    """Return of which collection an object is; "" for none. `data` is of what holds it, as a linkage of
    JSON:API is (§7.6).
    """
    told = kinds.get(names) or naming.noun(names[-1])
    if told or len(names) < 2 or fold(names[-1]) != "data":
        return told
    return naming.noun(names[-2]) or naming.at_end(names[-2])
