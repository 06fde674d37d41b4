"""Shown ids: items that nobody created, and that answers have named within others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from understudy.engine.address import Address
from understudy.engine.binding import BoundCollection
from understudy.model.vocabulary import IDS, REFERENCES
from understudy.names import fold, singular
from understudy.pointers import steps
from understudy.state.store import INTERNAL

_MOST: Final = 10_000
"""Records of a collection that are looked into, the newest first."""


async def was_shown(address: Address, key: str) -> bool:
    """Tell whether some record names an item by its key: `customer_id`, `customer: {id}`, `customers:
    [{id}]`.

    Everything is looked through, which is done only where the item is not there.
    """
    if not key:
        return False
    told = key.encode()
    wanted = _Wanted(address.collection, key)
    for name in await address.store.collections():
        if name.startswith(INTERNAL) or name == address.name:
            continue
        page = await address.store.list(name, newest_first=True, limit=_MOST)
        for record in page.records:
            if told in record.data and wanted.is_named_in(record.value):
                return True
    return False


class _Wanted:
    """An item, as others name it."""

    def __init__(self, collection: BoundCollection, key: str) -> None:
        noun, member = (
            singular(fold(collection.collection.noun)),
            fold(steps(collection.collection.id.member)[-1]),
        )
        self._key, self._noun = key, noun
        self._names = frozenset(f"{noun}{ending}" for ending in REFERENCES) | {noun}
        self._ids = {*IDS, member, f"{noun}id"} - {""}

    def is_named_in(self, value: Any) -> bool:
        """Tell whether a value names it somewhere."""
        if isinstance(value, list):
            return any(map(self.is_named_in, value))
        if not isinstance(value, dict):
            return False
        return any(self._is_named_by(fold(name), inner) for name, inner in value.items())

    def _is_named_by(self, name: str, value: Any) -> bool:
        is_of_it = name in self._names or singular(name) == self._noun
        for one in value if isinstance(value, list) else [value]:
            if is_of_it and self._key in _ids_in(one, self._ids):
                return True
        return self.is_named_in(value)


def _ids_in(value: Any, names: set[str]) -> Iterator[str]:
    """Yield the ids that a member tells: itself, or those of the object in it."""
    if not isinstance(value, dict):
        yield str(value)
        return
    for name, inner in value.items():
        if fold(name) in names:
            yield str(inner)
