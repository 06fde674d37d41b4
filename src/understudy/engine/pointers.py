"""Pointers: where in a record the members of an item stand, and as what they are compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from understudy.engine.factory import Target
from understudy.engine.reading import Reading
from understudy.engine.viewers import place_of
from understudy.model import vocabulary
from understudy.model.model import Collection, Place
from understudy.names import fold, split_words
from understudy.pointers import steps
from understudy.schemas.choice import Parts
from understudy.schemas.patterns import matches
from understudy.schemas.shape import Shape
from understudy.state.conditions import META

SENT: Final = (META, "sent")
"""Where what was sent and is not shown stands beside an item."""

_NUMBERS_IN_TEXT: Final = ("decimal", "number", "double", "float", "money", "currency", "bigdecimal")
"""Formats of texts that are numbers."""


class Pointers:
    """Where in a record the members of an item stand. members: their names by their folded ones."""

    def __init__(self, collection: Collection, target: Target | None, reading: Reading) -> None:
        self._members = collection.members
        self._reading = reading
        self._declared: Mapping[str, Parts | None] = {}
        if target is not None:
            self._declared = target.shape.declared
        self._attributes = self._inner("attributes")
        self.members = {fold(name): name for name in self._names()}

    def _names(self) -> Iterator[str]:
        """Name the members, those that JSON:API keeps under `attributes` among them."""
        if self._attributes is not None:
            yield from self._attributes.declared
        yield from self._members

    def of(self, member: str) -> Place:
        """Return where a member stands."""
        rule = self._members.get(member)
        if rule is not None and rule.write_only:
            return (*SENT, member)
        if rule is not None and rule.by == "viewer":
            return place_of(member)
        if rule is None and self._attributes is not None and member in self._attributes.declared:
            return ("attributes", member)
        return steps(member)

    def named(self, path: str) -> Place | None:
        """Return where the member stands that a path names, `Name`, `author/name`, `user.email`, None where
        an item has none such.
        """
        first, *rest = path.replace("/", ".").replace("__", ".").split(".")
        member = self.members.get(fold(first)) or self.members.get(fold(path))
        if member is None:
            return None
        if fold(member) == fold(path):
            return self.of(member)
        shape = self._inner(member)
        place = self.of(member)
        for step in rest:
            found = None
            if shape is not None:
                found = {fold(name): name for name in shape.declared}.get(fold(step))
            if found is None and shape is not None and shape.declared and not shape.is_open:
                return None
            place = (*place, found or step)
            shape = self._below(shape, found)
        return place

    def _below(self, shape: Shape | None, name: str | None) -> Shape | None:
        if shape is None or name is None:
            return None
        return self._object(shape.declared.get(name))

    def compared(self, place: Place) -> list[Place]:
        """Return where that stands which a value is compared with; of an object, the members that tell which
        one it is.
        """
        first = self.of(place[0])
        if len(place) > 1:
            return [(*first, *place[1:])]
        inner = self._inner(place[0])
        if inner is None:
            return [first]
        telling = [name for name in inner.declared if fold(name) in vocabulary.TELLS_WHICH]
        return [(*first, name) for name in telling]

    def has_inner(self, place: Place, name: str) -> bool:
        """Tell whether a member holds objects that have a member of this name."""
        inner = self._inner(place[0])
        return len(place) == 1 and inner is not None and name in inner.declared

    def texts(self) -> Iterator[str]:
        """Name the members that are texts."""
        for name, rule in self._members.items():
            if rule.kind == "string" and not rule.moment:
                yield name

    # -- as what a member is compared

    def is_moment(self, place: Place) -> bool:
        """Tell whether a moment stands at a place of an item."""
        shape = self._shape(place)
        return shape is not None and shape.format == "date-time"

    def is_number_in_text(self, place: Place) -> bool:
        """Tell whether a number stands at a place of an item as text, as decimals do."""
        shape = self._shape(place)
        if shape is None or shape.kind != "string":
            return False
        if fold(shape.format) in _NUMBERS_IN_TEXT:
            return True
        if not shape.format and not shape.patterns and shape.constants is None:
            return any(word in vocabulary.AMOUNTS for word in split_words(place[-1])[-1:])
        if len(shape.patterns) != 1:
            return False
        (pattern,) = shape.patterns
        return matches(pattern, "10") and matches(pattern, "9") and not matches(pattern, "x")

    def _shape(self, place: Place) -> Shape | None:
        """Return the shape of what stands at a place of an item, of a list that of one of it."""
        declared, shape = self._declared, None
        for name in place:
            parts = declared.get(name)
            if not parts:
                return None
            shape = self._reading.whole(parts)
            if shape.kind == "array" and shape.items:
                shape = self._reading.whole(shape.items)
            declared = shape.declared
        return shape

    def _inner(self, member: str) -> Shape | None:
        """Return the shape of the objects that a member holds, None where it holds none."""
        return self._object(self._declared.get(member))

    def _object(self, parts: Parts | None) -> Shape | None:
        if not parts:
            return None
        shape = self._reading.whole(parts)
        if shape.kind == "array" and shape.items:
            shape = self._reading.whole(shape.items)
        if shape.kind != "object" or not shape.declared:
            return None
        return shape
