"""Figures: the numbers that an answer says of the items of collections, `{total, by_status: {open: 3}}` at
`/orders/stats`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from understudy.contracts.answers import answered
from understudy.contracts.contract import Operation
from understudy.model.actions import narrowed
from understudy.model.bodies import Bodies, present
from understudy.model.evidence import Evidence
from understudy.model.identifiers import is_called_after
from understudy.model.model import Figure, Place
from understudy.model.paths import blank
from understudy.model.resources import Resource
from understudy.model.vocabulary import ADDED_UP, AVERAGES, HOW_MANY, STATISTICS, SUMMED, WRAPPERS
from understudy.names import by_folded, fold, singular, split_words
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape

_NUMBERS = ("integer", "number")
_BY = "by"
_ANY = frozenset({"maximum", "multipleOf", "exclusiveMaximum", "exclusiveMinimum"})
"""What keeps a number from being just any."""
_DEEPEST = 2
"""Objects within an answer in which numbers stand."""


class Figures:
    """What the answers of one contract count and add up."""

    def __init__(self, evidence: Evidence, bodies: Bodies) -> None:
        self._evidence, self._bodies = evidence, bodies

    def of(
        self, operation: Operation, resources: Iterable[Resource], above: Resource | None, *, is_below: bool
    ) -> Mapping[Place, Figure]:
        """Return what an answer says of items, by where in it that stands. above: the list that its path lies
        below, or if it `is_below` one item, what that is of.
        """
        segment = fold(operation.path.rstrip("/").rpartition("/")[2])
        schema = answered(operation)
        if operation.method != "get" or schema is None:
            return {}
        if segment not in STATISTICS:
            return (
                dict(self._own(segment, self._bodies.whole((schema,)), above)) if is_below and above else {}
            )
        counted = _Counted(self._evidence, self._bodies, list(_known(resources, above, is_below=is_below)))
        if above is not None and not is_below:
            counted.main = above
        elif len(counted.known) == 1:
            [counted.main] = counted.known.values()
        return dict(counted.in_object(self._bodies.whole((schema,)), (), ""))

    def _own(self, segment: str, shape: Shape, above: Resource) -> Iterator[tuple[Place, Figure]]:
        """Yield what an answer says of an item as that does itself, where its path is called like a member:
        the balance and the currency of `/accounts/{id}/balance`.
        """
        for item in self._evidence.shapes(above):
            members = dict(present(item))
            called = by_folded(members).get(segment, "")
            if not called or self._bodies.whole(members[called]).kind in ("object", "array", ""):
                continue
            if called not in shape.declared:
                return
            for name, parts in present(shape):
                if name in members and _are_alike(
                    self._bodies.whole(parts), self._bodies.whole(members[name])
                ):
                    yield (name,), Figure(of=above.collection, does="own", member=name)
            yield from self._named_so(shape, item, above)
            return

    def _named_so(self, shape: Shape, item: Shape, above: Resource) -> Iterator[tuple[Place, Figure]]:
        """Yield where such an answer names the item by its id: the `accountId` of a balance."""
        own = self._bodies.own_id(item, above.id_names)
        for name in shape.declared:
            if own in item.declared and name not in item.declared and is_called_after(name, above.noun):
                yield (name,), Figure(of=above.collection, does="own", member=own)


def _are_alike(one: Shape, other: Shape) -> bool:
    """Tell whether what is good for one member is for another one."""
    is_same = one.kind == other.kind and one.format == other.format and one.limits == other.limits
    return is_same and one.constants == other.constants


def _known(
    resources: Iterable[Resource], above: Resource | None, *, is_below: bool
) -> Iterator[tuple[str, Resource]]:
    """Yield the collections that may be counted, by their nouns: those below the item, or those of all."""
    for resource in resources:
        is_of_users = bool(resource.shown_by) and not is_below
        if resource.single or not (is_of_users or "list" in resource.operations):
            continue
        if is_of_users:
            yield "user", resource
        if is_below and above is not None:
            is_known = blank(resource.collection).rpartition("/")[0] == blank(above.path)
        else:
            is_known = not resource.parents
        if is_known:
            yield singular(fold(resource.noun)), resource


class _Counted:
    """The figures of one answer. main: what is counted where no name says of what."""

    def __init__(self, evidence: Evidence, bodies: Bodies, known: Sequence[tuple[str, Resource]]) -> None:
        self._evidence, self._bodies = evidence, bodies
        self.known = dict(reversed(known))
        self.main: Resource | None = None

    def in_object(self, shape: Shape, place: Place, about: str) -> Iterator[tuple[Place, Figure]]:
        """Yield the figures in an object. about: what it is called, which may be what it counts."""
        for name, parts in present(shape):
            inner = self._bodies.whole(parts)
            figure = None
            if inner.kind in _NUMBERS:
                figure = self._number(name, about, inner)
            if inner.kind == "object":
                figure = self._grouped(name, inner)
            if figure is not None:
                yield (*place, name), figure
            elif inner.kind == "object" and len(place) < _DEEPEST and self._is_about(name):
                yield from self.in_object(inner, (*place, name), name)

    def _is_about(self, name: str) -> bool:
        """Tell whether the numbers in an object are those that its path promises, or of what it names."""
        folded = fold(name)
        return folded in WRAPPERS or folded in STATISTICS or singular(folded) in self.known

    def _number(self, name: str, about: str, shape: Shape) -> Figure | None:
        """Return what a number says, None where its name is not clear, or it may not be just any."""
        if shape.limit("minimum", 0) > 0 or shape.constants is not None or not _ANY.isdisjoint(shape.limits):
            return None
        words = [singular(word) for word in split_words(name)]
        resource, words = self._told_of(words)
        if resource is self.main and about:
            resource = self._told_of([singular(word) for word in split_words(about)])[0] or resource
        if resource is None:
            return None
        summed = self._summed(words, resource)
        if summed is not None:
            return summed
        rest = "".join(word for word in words if word not in HOW_MANY)
        if shape.kind != "integer" and rest and resource is self.main:
            return None
        where: Mapping[str, Any] = {}
        if rest:
            where = narrowed(rest, self._evidence.shapes(resource), self._bodies)
        if rest and not where:
            return None
        return Figure(of=resource.collection, where=where)

    def _told_of(self, words: list[str]) -> tuple[Resource | None, list[str]]:
        """Return the collection that some words name, and the other words."""
        for place, word in enumerate(words):
            if word in self.known:
                return self.known[word], words[:place] + words[place + 1 :]
        return self.main, words

    def _summed(self, words: list[str], resource: Resource) -> Figure | None:
        """Return the sum, or the average, of a member of the items that some words name."""
        does: Literal["sum", "average"] = "sum"
        if not AVERAGES.known.isdisjoint(words):
            does = "average"
        rest = "".join(word for word in words if word not in AVERAGES and word not in HOW_MANY)
        for shape in self._evidence.shapes(resource):
            members = by_folded(name for name, below in present(shape) if self._is_number(below))
            if does == "average" and rest in members:
                return Figure(of=resource.collection, does="average", member=members[rest])
            money = [members[word] for word in SUMMED if word in members]
            if money and (rest in ADDED_UP or (does == "sum" and rest == fold(money[0]) and words != [rest])):
                return Figure(of=resource.collection, does=does, member=money[0])
        return None

    def _is_number(self, parts: Parts) -> bool:
        return self._bodies.whole(parts).kind in _NUMBERS

    def _grouped(self, name: str, shape: Shape) -> Figure | None:
        """Return what an object says that has a number for each value of a member: `by_status`, or one whose
        members are these values.
        """
        words = [singular(word) for word in split_words(name)]
        resource, _ = self._told_of([word for word in words if word != _BY])
        if resource is None:
            return None
        told = fold(name)
        if _BY in words:
            told = fold("".join(words[words.index(_BY) + 1 :]))
        for one in self._evidence.shapes(resource):
            for member, parts in present(one):
                if self._groups(member, parts, told, shape):
                    return Figure(of=resource.collection, by=member)
        return None

    def _groups(self, member: str, parts: Parts, told: str, shape: Shape) -> bool:
        """Tell whether an object has a number for each value of a member."""
        one = self._bodies.whole(parts)
        if one.kind != "string":
            return False
        if not shape.declared:
            return fold(member) in (told, singular(told))
        values = by_folded(filter(_is_text, one.constants or ()))
        return by_folded(shape.declared).keys() <= values.keys()


def _is_text(value: Any) -> bool:
    return isinstance(value, str)
