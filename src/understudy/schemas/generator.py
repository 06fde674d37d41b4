"""Values for any schema of a contract: realistic where names and formats tell how, and valid, or
Ungeneratable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from understudy.contracts.source import Node
from understudy.messages import NOTHING
from understudy.schemas.builder import Builder
from understudy.schemas.choice import Parts, addresses
from understudy.schemas.entity import EntityContext, quick
from understudy.schemas.origins import Origins
from understudy.schemas.prototypes import Prototypes
from understudy.schemas.repair import accepted, repair
from understudy.schemas.shape import Member, Shape
from understudy.schemas.sources import Sources, copied
from understudy.schemas.strategy import (
    LAST,
    NEAREST,
    QUICK,
    SMALL_BUDGET,
    Endless,
    Position,
    Strategy,
    Ungeneratable,
    strategies,
)
from understudy.schemas.subschemas import component
from understudy.schemas.taught import Taught
from understudy.schemas.validators import Validator

_PLAINEST: Final[tuple[Any, ...]] = ({}, [], "", 0, 1, True, False, None)
_MOST_CUTS: Final = 20
_NOTHING_PREFERRED: Final[Mapping[str, int]] = MappingProxyType({})


class Generator:
    """Values for the schemas of one contract, in one direction (`request` or `response`).

    cuts: where values were left without optional members, as they were large enough; whoever tells of them
    clears them.

    seed: decides the few values of each nested schema that `member` draws from. taught: what examples of the
    contract say of members. site: the host on which the contract's addresses lie.
    """

    def __init__(
        self,
        validator_of: Callable[[Node], Validator],
        direction: str = "response",
        seed: object = "",
        *,
        taught: Taught | None = None,
        site: str = "",
    ) -> None:
        self._validator_of, self._site = validator_of, site
        self.taught = taught or Taught()
        self._sources = Sources(validator_of, direction, self.taught)
        self._prototypes = Prototypes(self._whole, str(seed), site)
        self.shapes = self._sources.shapes
        self.cuts: dict[str, None] = {}

    def value(
        self,
        schema: Node,
        fake: Any,
        *,
        name: str = "",
        full: bool = True,
        examples: bool = True,
        varied: bool = False,
        prefer: Mapping[str, int] | None = None,
    ) -> Any:
        """Return a value that the schema's validator accepts, made with the Faker's randomness alone.

        name: what the value is called, for realism. full: optional properties too, as far as the schema ends.
        examples: what the contract gives as an example or default comes first; varied: said in another way,
        and never the whole of an object. prefer: of a choice, by its key, the branch to try first. Raises
        Ungeneratable.
        """
        called = self._sources.names.normal(name or component(schema) or str(schema.get("title") or ""))
        return self._valid(
            (schema,),
            [self._validator_of(schema)],
            Position(called, self._alone(fake, varied=varied)),
            list(strategies(full, examples)),
            prefer or _NOTHING_PREFERRED,
        )

    def nearest(self, schema: Node, fake: Any, *, name: str = "") -> Any:
        """Return the value that comes nearest to a schema that none meets."""
        called = self._sources.names.normal(name or component(schema))
        position = Position(called, self._alone(fake))
        return copied(self._nearest((schema,), position))

    def entity(
        self,
        shape: Shape,
        fake: Any,
        *,
        name: str = "",
        known: Mapping[str, Any] = MappingProxyType({}),
        repeated: bool = False,
        varied: bool = False,
        now: datetime | None = None,
    ) -> EntityContext:
        """Return what the members of one object share, for `member` to draw on.

        name: what the object is called; else its schema's name. known: members it has, with which others
        agree. repeated: it is one of several, so that an example which identifies is not used again. varied:
        what examples say is said in another way. now: when it begins, where it is a new one.
        """
        names = self._sources.names
        owner = self._sources.owner(shape, names.normal(name))
        normal = {names.normal(key): value for key, value in known.items()}
        return EntityContext(
            quick(fake), owner, repeated=repeated, varied=varied, known=normal, site=self._site, now=now
        )

    def member(self, shape: Shape, name: str, entity: EntityContext) -> Any:
        """Return a value for one member of an object of this shape; NOTHING where it had better have none.

        An object or array comes from a few that were made once and are shared: copy before you change it. A
        shape with choices tells of no branch's members: take one first (`Shapes.taking`). Raises
        Ungeneratable.
        """
        label = self._sources.label(shape, name)
        if label is not None:
            return label
        member = self._sources.member(shape, name)
        required = name in shape.required
        builder = Builder(self._sources, QUICK)
        is_told = member.is_hidden or member.leads_on or member.says_nothing
        if member.shape is None or is_told:
            return builder.member(member, name, Position("", entity), required=required)
        try:
            return self._one(builder, member.shape, member, entity)
        except Ungeneratable:
            if required and not member.shape.nullable:
                raise
            if required:
                return None
            return NOTHING

    def nested(self, parts: Parts, entity: EntityContext) -> Any:
        """Return a value that stands within an object: one of a few that are shared; copy before a change.

        Raises Ungeneratable.
        """
        return self._prototypes.one(self.shapes.of(parts), "", entity)

    def preparation(self, shape: Shape) -> Iterator[None]:
        """Read what holds for the members of an object, and yield after each piece of that work."""
        for name in shape.declared:
            self._sources.member(shape, name)
            yield
        self._sources.rules(shape)
        yield

    def preparation_within(self, shape: Shape, name: str) -> Iterator[None]:
        """Do the same for an object that is a member of one, or an item of such a list."""
        inner = self._sources.member(shape, name).shape
        yield
        if inner is not None and inner.kind == "array":
            inner = self.shapes.of(inner.items)
        if inner is not None:
            yield from self.preparation(inner)

    def may_be(self, shape: Shape, name: str, value: Any) -> bool:
        """Tell whether a member of an object may have a value."""
        return self._sources.may_be(shape, name, value)

    def let_agree(self, shape: Shape, members: dict[str, Any], fixed: Set[str]) -> None:
        """Let the members of an object agree with each other; those of some names stay as they are."""
        self._sources.let_agree(shape, members, fixed)

    def origins(self, shape: Shape, fake: Any) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield what tells the value of each member of an object, as `Origins.of` does."""
        yield from Origins(self._sources).of(shape, self.entity(shape, fake))

    def samples(self, shape: Shape, name: str) -> list[Any]:
        """Return what authors wrote of a member of an object, and its defaults where they wrote nothing."""
        member = self._sources.member(shape, name).shape
        return [] if member is None else self._sources.samples(member)

    def _alone(self, fake: Any, *, varied: bool = False) -> EntityContext:
        return EntityContext(quick(fake), "", repeated=varied, varied=varied, site=self._site)

    # -- one member

    def _one(self, builder: Builder, shape: Shape, member: Member, entity: EntityContext) -> Any:
        if member.is_nested:
            return self._prototypes.one(shape, member.name, entity)
        if not shape.choices and not shape.excluded:
            return builder.of_shape(shape, Position(member.name, entity))  # valid by construction
        return self._whole(shape.parts, Position(member.name, entity))

    def _whole(self, parts: Parts, position: Position) -> Any:
        """Make a value for schemas that must all hold. Raises Ungeneratable.

        What is valid by construction is not checked: to compile the validator of each part of a large
        contract takes longer than all else.
        """
        builder = Builder(self._sources, QUICK)
        with suppress(Ungeneratable):
            value = builder.make(parts, position)
            if builder.is_sure:
                self._note(builder)
                return value
        validators = list(map(self._validator_of, parts))
        return self._valid(
            parts, validators, position, list(strategies(True, True, SMALL_BUDGET)), _NOTHING_PREFERRED
        )

    def _note(self, builder: Builder) -> None:
        if builder.cut and len(self.cuts) < _MOST_CUTS:
            self.cuts[builder.cut] = None

    def _nearest(self, parts: Parts, position: Position) -> Any:
        return Builder(self._sources, NEAREST, is_lenient=True).make(parts, position)

    def _valid(
        self,
        parts: Parts,
        validators: Sequence[Validator],
        position: Position,
        order: Sequence[Strategy],
        prefer: Mapping[str, int],
    ) -> Any:
        reason = "no value that was tried is valid"
        most = LAST
        for strategy in order:
            builder = Builder(self._sources, strategy, most, prefer)
            try:
                value = builder.make(parts, position)
            except KeyError as error:
                raise Ungeneratable(f"{addresses(parts)}: a reference leads nowhere: {error}") from None
            except Ungeneratable as error:
                reason = str(error)
                if isinstance(error, Endless):  # what took long once is not tried at length again
                    most = LAST // 20
                continue
            if repair(value, validators):
                self._note(builder)
                return value
        nearest = self._nearest(parts, position)
        for value in (nearest, *_PLAINEST):
            if accepted(value, validators):
                return value
        raise Ungeneratable(f"{addresses(parts)}: {reason}")


__all__ = ["Generator", "Ungeneratable"]
