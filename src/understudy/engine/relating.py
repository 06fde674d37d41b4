"""Relating: which members of an item lead to others, by their names and by what authors wrote in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from understudy.engine.authored import Examples
from understudy.engine.binding import Binder, BoundCollection
from understudy.engine.factory import Factory, Target
from understudy.model.vocabulary import IDS, REFERENCES, STANDARD_CODES
from understudy.names import fold
from understudy.pointers import steps
from understudy.schemas.variation import kind_of

_ADDRESSES: Final = ("uri", "url", "iri")
Relation = tuple[str, str, str]
"""A member, the collection that it leads to, and of an object the member that says which item."""


class Relating:
    """The relations of one contract's collections, each found when it is first asked for."""

    def __init__(self, binder: Binder, factory: Factory, examples: Examples) -> None:
        self._binder, self._factory, self._examples = binder, factory, examples
        self._found: dict[str, tuple[Relation, ...]] = {}

    def of(self, collection: BoundCollection) -> tuple[Relation, ...]:
        """Return which members of a collection's items lead where."""
        known = self._found.get(collection.name)
        if known is None:
            known = tuple(one for one in collection.relations if self._leads(collection, one))
            self._found[collection.name] = known
        return known

    def _leads(self, collection: BoundCollection, relation: Relation) -> bool:
        name, other, within = relation
        named = self._binder.collection(other)
        if within:
            return _is_id(within, named)
        if not named.collection.id.member and self._is_written(collection, name):
            return False  # none of these shows the id that it would lead to
        if other == collection.name and not named.collection.id.member:
            return False  # it is the item's own id, which no path takes
        if other == collection.name and self._is_its_text(collection, name):
            return False  # the `version` of a version
        if collection.target is None or fold(name).endswith(REFERENCES.ranked):
            return True
        return not self._says_otherwise(collection.target, name, named)

    def _is_its_text(self, collection: BoundCollection, name: str) -> bool:
        """Tell whether a text is called as the item is that has it."""
        target = collection.target
        is_called_so = fold(name) == fold(collection.collection.noun)
        return is_called_so and target is not None and self._factory.member(target, name).kind == "string"

    def _is_written(self, collection: BoundCollection, name: str) -> bool:
        """Tell whether authors show what a member says."""
        target = collection.target
        return target is not None and bool(self._factory.samples(target, name))

    def _says_otherwise(self, target: Target, name: str, named: BoundCollection) -> bool:
        """Tell whether a member that is called as other items are holds what is no id of these: a text where
        they have numbers, or what authors write in it, as in `role: writer`.
        """
        shape = self._factory.member(target, name)
        if shape.format in _ADDRESSES:
            return False
        if shape.kind == "string" and self._counts(named):
            return True
        written = [one for one in self._factory.samples(target, name) if isinstance(one, (str, int))]
        keys = self._examples.keys(named) - {""}
        if not keys and fold(name) in STANDARD_CODES:
            return True
        if not written or not keys or not keys.isdisjoint(map(str, written)):
            return False
        return _kinds(written).isdisjoint(_kinds(keys))

    def _counts(self, named: BoundCollection) -> bool:
        """Tell whether the items of a collection have numbers for ids."""
        member = named.collection.id.member
        if named.target is None or not member:
            return False
        shape = self._factory.shape_at(named.target, steps(member))
        return shape is not None and shape.kind in ("integer", "number")


def _is_id(member: str, named: BoundCollection) -> bool:
    """Tell whether a member of an object says which item the object is about."""
    identifier, folded = named.collection.id, fold(member)
    own = {identifier.member, *identifier.also}
    return folded.endswith(IDS.ranked) or member in own or named.path.endswith(f"{{{member}}}")


def _kinds(values: Iterable[Any]) -> frozenset[tuple[str, frozenset[str]]]:
    """Return what each text says it is, and of which characters it consists: letters, digits, others one by
    one.
    """
    return frozenset((kind_of(str(value)), frozenset(map(_kind, str(value)))) for value in values)


def _kind(character: str) -> str:
    if character.isalpha():
        return "a"
    return "9" if character.isdigit() else character
