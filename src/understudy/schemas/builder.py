"""One attempt at a value for a schema: alternatives chosen, objects and arrays filled, recursion and size bounded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from understudy.contracts.extensions import provider
from understudy.contracts.source import Node
from understudy.errors import SandboxError
from understudy.names import singular
from understudy.schemas.choice import Choice, Parts, mapping
from understudy.schemas.entity import EntityContext, in_order
from understudy.schemas.naming import identifies, is_generic
from understudy.schemas.shape import Shape
from understudy.schemas.sources import Sources

BUDGET: Final = 600  # values after which only what is required is made; the optional ones at depth d stop d sixths earlier
LAST: Final = 20_000  # values after which a schema is taken for endless
IN_VAIN: Final = 100  # values that one which could not be made counts for, as it took so many tries
DEEPEST: Final = 60
_DRAWS: Final = 8  # from a named method of Faker, whose values need not all be valid
ROUNDS: Final = 3  # how often an object may stand within itself where it has to


class Ungeneratable(SandboxError):
    """No valid value was found; the sentence says why."""


class Endless(Ungeneratable):
    """The schema requires itself: no other choice would help."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How an attempt goes about it. full: optional properties too. careful: each alternative is checked. samples: examples first."""

    full: bool
    careful: bool
    samples: bool


@dataclass(frozen=True, slots=True)
class Position:
    """Where a value will stand: its name, the object around it, how deep, and whether the whole value needs it."""

    name: str
    entity: EntityContext
    depth: int = 0
    needed: bool = True


class Builder:
    """One attempt at one value; it counts what it makes, gives up after `most` values, and is used once.

    prefer: of a choice, by its key, the branch that comes first.
    """

    def __init__(
        self, sources: Sources, plan: Plan, most: int = LAST, prefer: Mapping[str, int] = MappingProxyType({})
    ) -> None:
        self._sources, self._plan, self._most, self._prefer = sources, plan, most, prefer
        self._shapes, self._scalars = sources.shapes, sources.scalars
        self._made = 0
        self._inside: Counter[Node] = Counter()  # the object schemas that are being made, to see recursion

    def make(self, parts: Parts, position: Position) -> Any:
        """Make a value for schemas that must all hold. Raises Ungeneratable, KeyError for a reference that leads nowhere."""
        return self._of_shape(self._shapes.of(parts), position)

    def _of_shape(self, shape: Shape, position: Position) -> Any:
        self._made += 1
        if self._made > self._most or position.depth > DEEPEST:
            raise Endless("the schema is endless: it requires itself, without an alternative that ends")
        if shape.never:
            raise Ungeneratable("the schema contradicts itself")
        sample = self._provided(shape, position) if shape.provider else self._sample(shape, position)
        if sample is not None:
            return sample
        if shape.constants is not None:
            return self._constant(shape, position)
        if shape.choices:
            return self._alternative(shape, position)
        kind = shape.kind or "string"
        if kind == "object":
            return self._object(shape, position)
        return self._array(shape, position) if kind == "array" else self._scalar(shape, kind, position)

    def _generous(self, depth: int) -> bool:
        """Tell whether optional values are still made at this depth."""
        return self._plan.full and self._made < BUDGET * (6 - depth) / 6

    # -- single values

    def _provided(self, shape: Shape, position: Position) -> Any:
        """Return what the named method of Faker makes, or None where that is not valid here."""
        make = provider(position.entity.fake, shape.provider)
        for _ in range(_DRAWS if make else 0):
            value = make()
            value = (
                value if isinstance(value, (str, int, float, bool, dict, list)) else str(value)
            )  # a date, a decimal
            if self._sources.accepts(shape, value):
                return value
        return self._sample(shape, position)

    def _sample(self, shape: Shape, position: Position) -> Any:
        """Return an example; but the second item of an array is not the first again."""
        samples = self._sources.samples(shape) if self._plan.samples else ()
        if not samples or (
            position.entity.repeated and (isinstance(samples[0], dict) or identifies(position.name))
        ):
            return None
        return deepcopy(samples[0])

    def _constant(self, shape: Shape, position: Position) -> Any:
        constants = self._sources.constants(shape)
        if not constants:
            raise Ungeneratable(f"none of the values allowed for {position.name or 'a value'} is valid")
        return deepcopy(position.entity.random.choice(constants))

    def _scalar(self, shape: Shape, kind: str, position: Position) -> Any:
        for _ in range(8):
            value = self._scalars.make(shape, kind, position.name, position.entity)
            if value is None and kind != "null":
                break
            if not any(self._sources.meets(part, value) for part in shape.excluded):
                return value
        self._made += IN_VAIN
        raise Ungeneratable(f"no {kind} was found for {position.name or 'a value'}")

    # -- alternatives

    def _alternative(self, shape: Shape, position: Position) -> Any:
        """Make the first alternative that can be made; those that do not lead back into themselves come before those that do."""
        choice = shape.choices[0]
        reason = "there is no alternative"
        for needed in (False, True) if position.needed else (False,):
            for index in self._order(choice, position):
                merged = self._shapes.of(shape.parts + choice.branches[index], shape.taken | {choice.key})
                for lean in (False, True) if self._plan.careful and self._plan.full else (False,):
                    try:
                        return self._branch(merged, choice, index, replace(position, needed=needed), lean)
                    except Endless:
                        raise
                    except Ungeneratable as error:
                        reason = str(error)
        raise Ungeneratable(reason)

    def _order(self, choice: Choice, position: Position) -> list[int]:
        """Order the alternatives: the preferred one, those a discriminator tells apart at random, others as they stand, null last."""
        order = list(range(len(choice.branches)))
        if choice.property:
            position.entity.random.shuffle(order)
        first = self._prefer.get(choice.key)
        empty = {
            index
            for index in order
            if not choice.branches[index] or self._shapes.of(choice.branches[index]).kind == "null"
        }
        return sorted(order, key=lambda index: (index != first, index in empty))

    def _branch(self, merged: Shape, choice: Choice, index: int, position: Position, lean: bool) -> Any:
        """Make one alternative. lean: without its optional properties, which may be what makes a second alternative fit."""
        plan = self._plan
        self._plan = replace(plan, full=plan.full and not lean)
        try:
            value = self._of_shape(merged, position)
        finally:
            self._plan = plan
        label = choice.labels[index] if choice.labels else None
        if label is not None and isinstance(value, dict):
            self._put_label(merged, choice.property, label, value)
        if plan.careful and not self._told_apart(merged, choice, value):
            raise Ungeneratable("no alternative was met alone")
        return value

    def _put_label(self, merged: Shape, name: str, label: str, value: dict[str, Any]) -> None:
        """Let the discriminator's property name the alternative, where it is free to."""
        rule = merged.property(name)
        if rule is not None and self._scalars.fits(self._shapes.of(rule), label):
            value[name] = label

    def _told_apart(self, merged: Shape, choice: Choice, value: Any) -> bool:
        """Tell whether a value meets its choice; where it meets too much of it, members only the others know, as null, may help."""
        if self._sources.meets(choice.holder, value):
            return True
        declared = merged.declared
        for branch in choice.branches if isinstance(value, dict) else ():
            for name in self._shapes.of(branch).declared:
                if name not in value and name not in declared and merged.property(name) is not None:
                    value[name] = None
                    if self._sources.meets(choice.holder, value):
                        return True
                    del value[name]
        return False

    # -- objects

    def _object(self, shape: Shape, position: Position) -> dict[str, Any]:
        if max((self._inside[member] for member in shape.members), default=0) >= (
            ROUNDS if position.needed else 1
        ):
            raise Ungeneratable("the schema leads back into itself")
        self._inside.update(shape.members)
        owner = self._sources.names.normalise(shape.component) if is_generic(position.name) else position.name
        entity = EntityContext(
            position.entity.fake, owner or position.entity.owner, position.entity, position.entity.repeated
        )
        try:
            return self._members(shape, Position("", entity, position.depth + 1, position.needed))
        finally:
            self._inside.subtract(shape.members)

    def _members(self, shape: Shape, position: Position) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for name in shape.declared:
            if name in shape.required or self._generous(position.depth - 1):
                self._member(out, shape, name, position, required=name in shape.required)
        for name in [
            other for trigger, others in shape.dependent.items() if trigger in out for other in others
        ]:
            if name not in out:
                self._member(out, shape, name, position, required=True)
        self._fill(out, shape, position)
        surplus = len(out) - shape.limit("maxProperties", len(out))
        for name in [name for name in reversed(out) if name not in shape.required][: max(surplus, 0)]:
            del out[name]
        return in_order(out) if self._plan.samples else out

    def _member(
        self, out: dict[str, Any], shape: Shape, name: str, position: Position, *, required: bool
    ) -> None:
        """Add one property; one that is optional and cannot be made is left out."""
        parts = shape.property(name)
        inner = self._shapes.of(parts) if parts is not None else None
        if inner is None and required:
            raise Ungeneratable(f"{name} is required and not allowed")
        if inner is None or inner.hidden:
            return
        normal = self._sources.names.normalise(name)
        empty = self._sources.names.stays_empty(normal)
        if empty == "page" and not required:
            return
        if empty and inner.nullable:
            out[name] = None
            return
        try:
            out[name] = self._of_shape(
                inner, Position(normal, position.entity, position.depth, position.needed and required)
            )
        except Ungeneratable as error:
            if not inner.nullable and (required or isinstance(error, Endless)):
                raise
            if required:
                out[name] = None

    def _fill(self, out: dict[str, Any], shape: Shape, position: Position) -> None:
        """Add properties up to the least number, or one to show what a map holds."""
        declared = shape.declared
        wanted = shape.limit("minProperties", 0)
        if (
            not declared
            and self._generous(position.depth)
            and any(_describes_others(member) for member in shape.members)
        ):
            wanted = max(wanted, 1)
        for names in (declared, self._invented(shape, position, 4 * wanted)):
            for name in names:
                if len(out) >= wanted:
                    return
                if name not in out:
                    self._member(out, shape, name, position, required=False)

    def _invented(self, shape: Shape, position: Position, count: int) -> Iterator[str]:
        """Yield names for properties that are not declared."""
        patterns = [pattern for member in shape.members for pattern in mapping(member, "patternProperties")]
        closed = any(member.get("additionalProperties") is False for member in shape.members)
        for index in range(count):
            if shape.names:
                yield str(self.make(shape.names, replace(position, name="key")))
            elif patterns and (closed or index % 2 == 0):
                yield from self._scalars.matching(
                    patterns[index // 2 % len(patterns)], position.entity.random
                )
            else:
                yield position.entity.word() if index < 8 else f"{position.entity.word()}_{index}"

    # -- arrays

    def _array(self, shape: Shape, position: Position) -> list[Any]:
        least, most = shape.limit("minItems", 0), shape.limit("maxItems", LAST)
        wanted = max(
            least,
            len(shape.prefixes),
            2 if self._generous(position.depth + 3) else int(self._generous(position.depth)),
        )
        out: list[Any] = []
        name, entity = singular(position.name), position.entity
        for index in range(min(wanted, most)):
            parts = shape.items if index >= len(shape.prefixes) else shape.prefixes[index]
            if index < max(1, shape.limit("minContains", 1)):
                parts += shape.contains
            if index == 1:
                entity = EntityContext(entity.fake, entity.owner, entity, repeated=True)
            try:
                out.append(
                    self._item(
                        out if shape.unique else [],
                        parts,
                        Position(name, entity, position.depth + 1, position.needed and index < least),
                    )
                )
            except Ungeneratable:
                if index < least:
                    raise
                break
        return out

    def _item(self, others: Sequence[Any], parts: Parts, position: Position) -> Any:
        """Make an item that is none of the others."""
        for _ in range(20):
            item = self.make(parts, position)
            if item not in others:
                return item
        raise Ungeneratable(f"no further item of {position.name or 'an array'} differs from the others")


def _describes_others(member: Node) -> bool:
    return isinstance(member.get("additionalProperties"), dict) or member.has("patternProperties")
