"""Origins: what tells the values of each member of an object, for whoever wonders about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from understudy.schemas.entity import EntityContext
from understudy.schemas.shape import Member, Shape
from understudy.schemas.sources import Sources

_DEEPEST: Final = 3

NOTHING_TELLS: Final = "nothing"
"""The origin of what is made up without a word from the contract."""


class Origins:
    """What tells values, by the first that speaks, in the order in which they are made.

    One of `faker` (the contract names its method), `example`, `default`, `enum`, `discriminator`,
    `description`, `name`, `format`, `pattern`, `limits`, `empty` (it had better say nothing) or `nothing`.
    """

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def of(self, shape: Shape, entity: EntityContext) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield each member of an object that is answered, by its place, and what tells its value.

        An object, or a list of objects, that no example shows whole is told by its members. entity: what the
        members share.
        """
        yield from self._of(shape, entity, ())

    def _of(
        self, shape: Shape, entity: EntityContext, place: tuple[str, ...]
    ) -> Iterator[tuple[tuple[str, ...], str]]:
        for name in shape.declared:
            member = self._sources.member(shape, name)
            if member.shape is None or member.is_hidden:
                continue
            within = self._within(member.shape)
            if within is not None and len(place) < _DEEPEST and not self._is_given(member):
                inner = EntityContext(entity.fake, member.name, entity)
                yield from self._of(within, inner, (*place, name))
            else:
                yield (*place, name), self._origin(shape, name, member, entity)

    def _within(self, shape: Shape) -> Shape | None:
        """Return the shape of the objects in a value, of alternatives the first; None where there are none of
        known members.
        """
        if shape.kind == "array" and shape.items:
            shape = self._sources.shapes.of(shape.items)
        for _ in range(_DEEPEST):
            if shape.choices:
                shape = self._sources.shapes.taking(shape, shape.choices[0], 0)
        if shape.kind != "object" or not shape.declared:
            return None
        return shape

    def _is_given(self, member: Member) -> bool:
        """Tell whether the whole of an object or a list is given, or had better not be there."""
        shape = member.shape
        assert shape is not None
        return bool(member.says_nothing or member.leads_on or shape.provider or self._sources.samples(shape))

    def _origin(self, shape: Shape, name: str, member: Member, entity: EntityContext) -> str:
        if self._sources.label(shape, name) is not None:
            return "discriminator"
        if member.says_nothing or member.leads_on:
            return "empty"
        assert member.shape is not None
        return self._origin_of(member.shape, member.name, entity)

    def _origin_of(self, shape: Shape, name: str, entity: EntityContext) -> str:
        """Say what tells a value of a shape, in the order in which `Builder` looks for it."""
        if shape.provider:
            return "faker"
        samples = self._sources.samples(shape)
        if samples:
            return (
                "default" if samples[0] in shape.defaults and samples[0] not in shape.samples else "example"
            )
        if shape.constants is not None:
            return "enum"
        if shape.choices:
            branch = self._sources.shapes.taking(shape, shape.choices[0], 0)
            return self._origin_of(branch, name, entity)
        if shape.kind == "array":
            return self._of_items(shape, name, entity)
        return self._sources.scalars.origin(shape, shape.kind or "string", name, entity) or NOTHING_TELLS

    def _of_items(self, shape: Shape, name: str, entity: EntityContext) -> str:
        if not shape.items:
            return NOTHING_TELLS
        singular = self._sources.names.singular(name)
        return self._origin_of(self._sources.shapes.of(shape.items), singular, entity)
