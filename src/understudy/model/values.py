"""Values in use: a list of plain texts, told as the values that a member of other items has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from understudy.contracts.answers import answered
from understudy.contracts.contract import Operation
from understudy.model.bodies import Bodies
from understudy.model.items import Items
from understudy.model.resources import Resource
from understudy.model.vocabulary import LABELS
from understudy.names import fold, singular
from understudy.schemas.choice import Parts

_ENDINGS: Final = ("list", "name")


class Values:
    """Tells the lists of one contract that show which values its items have."""

    def __init__(self, bodies: Bodies, items: Items) -> None:
        self._bodies, self._items = bodies, items

    def of(self, listing: Operation, resource: Resource, others: Iterable[Resource]) -> Mapping[str, str]:
        """Return the members whose values a list shows, by the collection of the items; none where it lists
        things of its own.
        """
        if "create" in resource.operations or resource.is_reached or _stem(resource.noun) not in LABELS:
            return {}
        if not self._is_of_texts(listing):
            return {}
        path = resource.collection
        found = {}
        for other in others:
            is_below = path.startswith(f"{other.collection}/")
            if is_below or other.parents == resource.parents:
                for name in self._called(resource.noun, other):
                    found[other.collection] = name
        return _nearest(path, found)

    def _is_of_texts(self, listing: Operation) -> bool:
        """Tell whether a list is one of any texts."""
        schema = answered(listing)
        if schema is None:
            return False
        shape = self._bodies.whole((schema,))
        for parts in shape.declared.values():
            if shape.kind != "array" and parts and self._bodies.whole(parts).kind == "array":
                shape = self._bodies.whole(parts)
        return shape.kind == "array" and self._is_text(shape.items)

    def _is_text(self, parts: Parts) -> bool:
        shape = self._bodies.whole(parts) if parts else None
        return shape is not None and shape.kind == "string" and shape.constants is None

    def _called(self, noun: str, resource: Resource) -> Iterator[str]:
        """Yield the members of an item that are called as a list is, and are a text or texts."""
        item = self._items.of(resource)
        if item is None or resource.single or resource.of:
            return
        for name in item.names:
            parts = item.member(name)
            if _stem(name) == _stem(noun) and parts:
                shape = self._bodies.whole(parts)
                if self._is_text(shape.items if shape.kind == "array" else parts):
                    yield name


def _nearest(path: str, found: Mapping[str, str]) -> Mapping[str, str]:
    """Return what lies above a list, where something does; else all."""
    above = {name: member for name, member in found.items() if path.startswith(f"{name}/")}
    return above or found


def _stem(name: str) -> str:
    """Return what a name is of: `tag` of `tagList`, `tags` and `tag_names`."""
    word = singular(fold(name))
    for ending in _ENDINGS:
        word = word.removesuffix(ending) or word
    return word
