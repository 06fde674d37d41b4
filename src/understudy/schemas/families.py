"""Families: what examples say of a member of one kind of thing is said of it wherever else it is described.

A list, a read and a create may each describe their item by a schema of their own, and only one of them show
an example.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from understudy.contracts.contract import Operation
from understudy.contracts.source import Node
from understudy.names import fold, singular, snake_case
from understudy.schemas.examples import own_examples
from understudy.schemas.naming import is_generic
from understudy.schemas.subschemas import each, mapping, resolved

Member = tuple[str, ...]
"""The names, folded, that lead from a thing to one of its members."""

_BRACED: Final = re.compile(r"{[^}]*}")
_STAND_INS: Final = frozenset(
    {"", "string", "text", "foo", "bar", "baz", "test", "example", "sample", "value", "xyz"}
)
"""What authors and their tools write where anything may stand."""
_WRAPPED: Final = 3  # levels of an answer that hold an item, or a list of them
_DEEPEST: Final = 3  # parts of parts of a schema
_MOST: Final = 20  # values of one member


class Families:
    """The schemas by which the operations of one path, and of the items below it, describe a thing."""

    def __init__(self, learnt: Mapping[Node, Sequence[Any]]) -> None:
        """`learnt`: what examples of whole bodies say of a member, by its schema."""
        self._learnt = learnt
        self._things: dict[str, dict[Node, None]] = {}
        self._members: dict[Node, list[tuple[str, Node]]] = {}
        self._families_of: dict[Node, str | None] = {}
        self._found: dict[tuple[Node, str], Sequence[Node]] = {}
        self._said: dict[Node, Sequence[Any]] = {}

    def add(self, operation: Operation, schema: Node) -> None:
        """Note a body that an operation takes or answers."""
        family = _family(operation.path)
        things = self._things.setdefault(family, {})
        for thing in self._found_in(resolved(schema), fold(singular(_noun(family)))):
            things[thing] = None
            if self._families_of.setdefault(thing, family) != family:
                self._families_of[thing] = None

    def shared(self) -> Iterator[tuple[Node, list[Any]]]:
        """Yield each member of which no example tells, with what examples tell of the same member elsewhere;
        what is of several kinds of things stays as it is.
        """
        for family, things in self._things.items():
            if len(things) < 2:
                continue
            told = self._told(things)
            for thing in things:
                if told and self._families_of[thing] == family:
                    yield from self._lacking(thing, told)

    def _told(self, things: Mapping[Node, None]) -> dict[Member, list[Any]]:
        """Return what examples say of the members of some things."""
        told: dict[Member, list[Any]] = {}
        for thing in things:
            for member, schema in self._all(thing):
                values = self._values(schema)
                if values:
                    told.setdefault(member, []).extend(values[:_MOST])
        return told

    def _lacking(self, thing: Node, told: Mapping[Member, list[Any]]) -> Iterator[tuple[Node, list[Any]]]:
        for member, schema in self._all(thing):
            if member in told and not self._values(schema):
                yield schema, told[member]

    def _values(self, schema: Node) -> Sequence[Any]:
        """Return what examples say of a member, read once for all things that have it."""
        values = self._said.get(schema)
        if values is None:
            said = chain(own_examples(schema), self._learnt.get(schema, ()))
            values = self._said[schema] = tuple(filter(_tells_something, said))
        return values

    def _all(self, thing: Node) -> Iterator[tuple[Member, Node]]:
        """Yield the members of a thing, and of the objects in it."""
        for name, schema in self._members_of(thing, 0):
            yield (fold(name),), schema
            inner = resolved(schema)
            if schema.has("properties") or inner.get("type") == "object":
                for below, part in self._members_of(inner, 0):
                    yield (fold(name), fold(below)), part

    def _members_of(self, node: Node, depth: int) -> list[tuple[str, Node]]:
        """Return the members of an object, those of its parts too, by their schemas as they stand."""
        known = self._members.get(node)
        if known is None:
            known = []
            for name in mapping(node, "properties"):
                known.append((name, node.raw("properties", name)))
            if depth < _DEEPEST:
                for part in each(node, "allOf"):
                    known += self._members_of(resolved(part), depth + 1)
            self._members[node] = known
        return known

    def _found_in(self, schema: Node, noun: str) -> Sequence[Node]:
        """Return what `_things_in` finds, looked for once for all operations of one schema."""
        found = self._found.get((schema, noun))
        if found is None:
            found = self._found[schema, noun] = tuple(self._things_in(schema, noun, 0))
        return found

    def _things_in(self, schema: Node, noun: str, depth: int) -> Iterator[Node]:
        """Yield the objects that a body is, lists or wraps. noun: what they are called, folded."""
        node = resolved(schema)
        if depth > _WRAPPED or not isinstance(node.value, dict):
            return
        if node.has("items"):
            yield from self._things_in(node.raw("items"), noun, depth + 1)
            return
        wrapped = []
        for name, member in self._members_of(node, 0):
            if _is_scalar(member):  # asked first: it costs less than to read a name
                continue
            if fold(singular(name)) == noun or is_generic(snake_case(name)):
                wrapped.append(member)
        if not wrapped:
            yield node
        for member in wrapped:
            yield from self._things_in(member, noun, depth + 1)


def _tells_something(value: Any) -> bool:
    """Tell whether a value is a single one, and not one that stands for any."""
    if value is None or isinstance(value, (dict, list)):
        return False
    return str(value).lower() not in _STAND_INS


def _is_scalar(schema: Node) -> bool:
    node = resolved(schema)
    is_nested = isinstance(node.value, dict) and any(map(node.has, ("properties", "items", "allOf")))
    return not is_nested


def _family(path: str) -> str:
    """Return the path of a list for it and for its items, its placeholders blank."""
    blank = _BRACED.sub("{}", path.rstrip("/"))
    return blank.removesuffix("/{}")


def _noun(family: str) -> str:
    return family.rpartition("/")[2]
