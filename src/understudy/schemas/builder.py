"""One attempt at a value for a schema: alternatives chosen, objects and arrays filled, recursion and size
bounded.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from faker.exceptions import UnsupportedFeature
from msgspec.structs import replace

from understudy.contracts.extensions import provider
from understudy.contracts.source import Node
from understudy.messages import NOTHING
from understudy.schemas.choice import Choice, Parts
from understudy.schemas.encodings import Carried, written
from understudy.schemas.entity import EntityContext
from understudy.schemas.likeness import MOST_INVENTED, likeness
from understudy.schemas.naming import identifies, is_numbered
from understudy.schemas.shape import Member, Shape
from understudy.schemas.sources import Sources, copied
from understudy.schemas.strategy import LAST, Endless, Position, Strategy, Ungeneratable
from understudy.schemas.subschemas import mapping
from understudy.schemas.variation import (
    alike,
    another_id,
    of_another_person,
    refers,
    tells_of_a_person,
    varied,
)

IN_VAIN: Final = 100  # values that one which could not be made counts for, as it took so many tries
NOT_ALONE: Final = 8  # values that one counts for which meets none of its choice, or too much
FEW: Final = 20  # items or members that stand for more than are made
LONGEST: Final = 0.1  # seconds of work after which only what is required is made; most values take a tenth
_CARRIED: Final = 40  # words of which as many letters are taken as an encoded text has room for
_UNTIMED: Final = 64  # values that are made before that is looked at
_NAME_COSTS: Final = 5  # values that a name made after a pattern counts for, and is held against
_PATTERNS_COST: Final = 5  # as many patterns as cost what one value does
DEEPEST: Final = 60
DEEPEST_CHOICE: Final = 60
"""Alternatives within alternatives, also where objects stand between them."""
ROUNDS: Final = 3  # how often an object may stand within itself where it has to
MOST_TRIED: Final = 32  # alternatives of a choice, of as many as there may be
MOST_NUMBERED: Final = 900  # how far on from an example the number of another thing is
_DRAWS: Final = 8  # from a named method of Faker, whose values need not all be valid
_EMPTY: Final[Mapping[str, Any]] = {"object": {}, "array": [], "boolean": True, "null": None}
_PLAIN: Final = (str, int, float, bool, dict, list)


class Builder:
    """One attempt at one value; it counts what it makes, gives up after `most` values, and is used once.

    prefer: of a choice, by its key, the branch that comes first. is_lenient: what cannot be made is made as
    near to it as can be, and nothing is refused.
    """

    def __init__(
        self,
        sources: Sources,
        strategy: Strategy,
        most: int = LAST,
        prefer: Mapping[str, int] = MappingProxyType({}),
        *,
        is_lenient: bool = False,
    ) -> None:
        self._is_lenient = is_lenient
        self._sources, self._strategy, self._most, self._prefer = sources, strategy, most, prefer
        self._shapes, self._scalars, self._names = sources.shapes, sources.scalars, sources.names
        self._made = 0
        self._end = 0.0
        self._choosing = 0  # choices within which a value is made
        self.cut = ""  # where optional members were left out first
        self.is_sure = True  # whether what was made is valid by construction
        self._inside: Counter[Node] = Counter()  # the object schemas that are being made, to see recursion

    def make(self, parts: Parts, position: Position) -> Any:
        """Make a value for schemas that must all hold. Raises Ungeneratable, KeyError for a reference to
        nowhere.
        """
        return self.of_shape(self._shapes.of(parts), position)

    def of_shape(self, shape: Shape, position: Position) -> Any:
        """Make a value of a shape. Raises as `make` does."""
        if not self._is_lenient:
            return self._strictly(shape, position)
        try:
            return self._strictly(shape, position)
        except Ungeneratable:
            return self._nearest(shape, position)

    def _nearest(self, shape: Shape, position: Position) -> Any:
        """Make a value for a shape that none meets: of its kind, within what it says of it one by one."""
        if shape.constants:
            return copied(shape.constants[0])
        kind = shape.kind or "string"
        if kind in _EMPTY:
            return copied(_EMPTY[kind])
        for looser in _looser(shape):
            value = self._scalars.make(looser, kind, position.name, position.entity)
            if value is not None:
                return value
        return None

    def _strictly(self, shape: Shape, position: Position) -> Any:
        self._made += 1
        if self._made > self._most or position.depth > DEEPEST:
            raise Endless("the schema is endless: it requires itself, without an alternative that ends")
        if shape.never:
            raise Ungeneratable("the schema contradicts itself")
        self.is_sure &= shape.is_sure
        given = self._given(shape, position)
        if given is not None:
            return given
        if None in shape.defaults and self._sources.accepts(shape, None):
            return None
        if shape.constants is not None:
            return self._constant(shape, position)
        if shape.choices:
            return self._alternative(shape, position)
        return self._of_kind(shape, position)

    def _of_kind(self, shape: Shape, position: Position) -> Any:
        kind = shape.kind or "string"
        if shape.limits and not self._is_lenient:
            _bound(shape)
        if kind == "object":
            return self._object(shape, position)
        if kind == "array":
            return self._array(shape, position)
        return self._scalar(shape, kind, position)

    def _given(self, shape: Shape, position: Position) -> Any:
        """Return what the contract gives: what the method of Faker makes that it names, or an example; None
        for neither.
        """
        if shape.provider:
            value = self._provided(shape, position)
            if value is not None:
                return value
        return self._sample(shape, position)

    @property
    def _room(self) -> int:
        """How many items or members one value may have at most."""
        if self._is_lenient:
            return FEW
        return LAST

    def _generous(self, depth: int) -> bool:
        """Tell whether optional values are still made at this depth."""
        if not self._strategy.full or self._made >= self._strategy.budget * (6 - depth) / 6:
            return False
        return self._made < _UNTIMED or not self._is_late()

    def _is_late(self) -> bool:
        """Tell whether a value has taken too long; the time is that of the processor, since values are to
        depend on how busy a machine is as seldom as can be.
        """
        now = time.thread_time()
        self._end = self._end or now + LONGEST
        return now > self._end

    def _leave_out(self, shape: Shape, depth: int) -> None:
        """Note where optional members were left out first, as the value is large enough without them."""
        if self._strategy.full and not self.cut:
            place = next(iter(shape.members)).address if shape.members else "a schema"
            self.cut = f"{place}, {depth} levels deep and after {self._made} values"

    # -- single values

    def _provided(self, shape: Shape, position: Position) -> Any:
        """Return what the named method of Faker makes, or None where that is not valid here."""
        make = provider(position.entity.fake, shape.provider)
        if make is None:
            return None
        for _ in range(_DRAWS):
            try:
                value = make()
            except (UnsupportedFeature, TypeError):  # it needs a package that is not there, or an argument
                return None
            if not isinstance(value, _PLAIN):  # a date, a decimal
                value = str(value)
            if self._sources.accepts(shape, value):
                return value
        return None

    def _sample(self, shape: Shape, position: Position) -> Any:
        """Return an example; but the second item of an array is not the first again."""
        if not self._strategy.samples:
            return None
        samples = self._sources.samples(shape)
        if not samples or (position.entity.varied and shape.constants is not None):
            return None
        if samples[0] == "" and identifies(position.name):
            return None
        if position.entity.repeated and isinstance(samples[0], dict):
            return None
        is_own = position.entity.is_new and self._is_its_own(position, samples[0])
        if not position.entity.varied and not is_own:
            return copied(samples[0])
        return self._varied(shape, position, samples)

    @staticmethod
    def _is_its_own(position: Position, sample: Any) -> bool:
        """Tell whether a new item has another value than an example of others: a number, or who it is."""
        entity, name = position.entity, position.name
        if is_numbered(name):
            return True
        return isinstance(sample, str) and tells_of_a_person(sample, name, is_person=entity.is_person)

    def _varied(self, shape: Shape, position: Position, samples: list[Any]) -> Any:
        """Return one of the examples, or what has its form, where the schema takes it."""
        entity = position.entity
        sample = samples[entity.pick % len(samples)]
        is_told = self._sources.is_default(shape, sample)
        if (
            is_told
            or refers(position.name, entity.owner)
            or self._sources.names_another(position.name, sample)
        ):
            return copied(sample)
        if isinstance(sample, str) and tells_of_a_person(sample, position.name, is_person=entity.is_person):
            told = of_another_person(sample, position.name, entity)
            if self._sources.accepts(shape, told):
                return told
            return sample
        other = self._other(shape, position, sample)
        if other:
            return other
        if isinstance(sample, str) and is_numbered(position.name):
            value = another_id(sample, entity.random.randrange(1, MOST_NUMBERED), entity.random)
        else:
            value = varied(sample, position.name, entity.random, entity.days_from(sample))
        return value if self._sources.accepts(shape, value) else copied(sample)

    def _other(self, shape: Shape, position: Position, sample: Any) -> str:
        """Return another thing of the kind that an example is of, written as that is: another profession,
        another allergy; "" where none is known.
        """
        if not isinstance(sample, str):
            return ""
        for _ in range(_DRAWS):
            other = self._names.another(position.name, sample, position.entity)
            if not other:
                return ""
            if alike(other, sample) and self._sources.accepts(shape, other):
                return other
        return ""

    def _constant(self, shape: Shape, position: Position) -> Any:
        constants = self._sources.constants(shape)
        if not constants:
            raise Ungeneratable(f"none of the values allowed for {position.name or 'a value'} is valid")
        return copied(position.entity.random.choice(constants))

    def _scalar(self, shape: Shape, kind: str, position: Position) -> Any:
        if shape.carried is not None and kind == "string":
            for text in self._carrying(shape.carried, position):
                if self._scalars.fits(shape, text):
                    return text
        for _ in range(8):
            value = self._scalars.make(shape, kind, position.name, position.entity)
            if value is None and kind != "null":
                break
            if not self._sources.excludes(shape, value):
                return value
        self._made += IN_VAIN
        raise Ungeneratable(f"no {kind} was found for {position.name or 'a value'}")

    def _carrying(self, carried: Carried, position: Position) -> Iterator[str]:
        """Yield strings that carry JSON, a file or words; none where it is to be made as any other."""
        if carried.is_json:
            parts = (carried.schema,) if carried.schema is not None else ()
            inner = replace(position, depth=position.depth + 1)
            yield carried.text(written(self.make(parts, inner) if parts else {}))
            return
        content = carried.file()
        if content is not None:
            yield carried.text(content)
        if carried.encoding:
            words = position.entity.words(_CARRIED)
            for length in (len(position.entity.words(2)), *range(len(words))):
                yield carried.text(words[:length].encode())

    # -- alternatives

    def _alternative(self, shape: Shape, position: Position) -> Any:
        """Make the first alternative that can be made; those that do not lead back into themselves come
        first.
        """
        if self._choosing >= DEEPEST_CHOICE:
            raise Endless(f"alternatives are nested more than {DEEPEST_CHOICE} levels deep")
        choice = shape.choices[0]
        reason = "there is no alternative"
        for index, needed, lean in self._attempts(choice, position):
            merged = self._shapes.taking(shape, choice, index)
            try:
                return self._branch(merged, choice, replace(position, needed=needed), lean)
            except Endless:
                raise
            except Ungeneratable as error:
                reason = str(error)
        raise Ungeneratable(reason)

    def _attempts(self, choice: Choice, position: Position) -> Iterator[tuple[int, bool, bool]]:
        """Yield what to try: which branch, whether the whole value needs it, and whether it is made lean."""
        leans = [False]
        if self._strategy.careful and self._strategy.full:
            leans.append(True)
        for needed in (False, True):
            if needed and not position.needed:
                return
            for index in self._order(choice, position):
                for lean in leans:
                    yield index, needed, lean

    def _order(self, choice: Choice, position: Position) -> list[int]:
        """Order the branches: the preferred one, those a discriminator tells apart at random, others as they
        stand, null last.
        """
        order = list(range(len(choice.branches)))
        if choice.property:
            position.entity.random.shuffle(order)
        first = self._prefer.get(choice.key)
        if first in order:
            order.insert(0, order.pop(order.index(first)))
        likely = order[:MOST_TRIED]
        shown = self._sources.shown(choice)

        def rank(index: int) -> tuple[bool, bool, bool]:
            return index != first, self._sources.says_nothing(choice, index), index not in shown

        return sorted(likely, key=rank)

    def _branch(self, merged: Shape, choice: Choice, position: Position, lean: bool) -> Any:
        """Make one alternative. lean: without its optional properties, which may be what makes a second one
        fit.
        """
        strategy = self._strategy
        if lean:
            self._strategy = replace(strategy, full=False)
        self._choosing += 1
        try:
            value = self.of_shape(merged, position)
        finally:
            self._strategy = strategy
            self._choosing -= 1
        label = self._sources.label(merged, choice.property)
        if label is not None and isinstance(value, dict):
            value[choice.property] = label
        if strategy.careful and not self._told_apart(merged, choice, value):
            self._made += NOT_ALONE
            raise Ungeneratable("no alternative was met alone")
        return value

    def _told_apart(self, merged: Shape, choice: Choice, value: Any) -> bool:
        """Tell whether a value meets its choice; where it meets too much of it, members only the others know,
        as null, may help.
        """
        if self._meets(choice, value):
            return True
        if not isinstance(value, dict):
            return False
        for name in self._foreign(merged, choice, value):
            value[name] = None
            if self._meets(choice, value):
                return True
            del value[name]
        return False

    def _meets(self, choice: Choice, value: Any) -> bool:
        """Tell whether a value meets its choice; to ask many alternatives counts for as many values."""
        self._made += len(choice.branches) // IN_VAIN
        return self._sources.meets(choice.holder, value)

    def _foreign(self, merged: Shape, choice: Choice, value: Mapping[str, Any]) -> Iterator[str]:
        """Yield members that other branches declare, and that this one allows."""
        for branch in choice.branches[:MOST_TRIED]:
            for name in self._shapes.of(branch).declared:
                if name not in value and name not in merged.declared and merged.property(name) is not None:
                    yield name

    # -- objects

    def _object(self, shape: Shape, position: Position) -> dict[str, Any]:
        rounds = 1
        if position.needed:
            rounds = ROUNDS
        if any(self._inside[member] >= rounds for member in shape.members):
            raise Ungeneratable("the schema leads back into itself")
        self._inside.update(shape.members)
        around = position.entity
        owner = self._sources.owner(shape, position.name) or around.owner
        entity = EntityContext(
            around.fake, owner, around, repeated=around.repeated, varied=around.varied or around.repeated
        )
        try:
            return self._members(shape, Position("", entity, position.depth + 1, position.needed))
        finally:
            self._inside.subtract(shape.members)

    def _members(self, shape: Shape, position: Position) -> dict[str, Any]:
        out: dict[str, Any] = {}
        alike: dict[bytes, Any] = {}
        is_long = len(shape.declared) > MOST_INVENTED
        for name in shape.declared:
            required = name in shape.required
            if is_long and required and len(out) >= MOST_INVENTED:
                self._put_alike(out, shape, name, position, alike)
            elif required or self._generous(position.depth - 1):
                self._put(out, shape, name, position, required=required)
            else:
                self._leave_out(shape, position.depth)
        for name in _dependents(shape, out):
            self._put(out, shape, name, position, required=True)
        self._fill(out, shape, position)
        _drop_surplus(out, shape)
        self._sources.let_agree(shape, out)
        return out

    def _put(
        self, out: dict[str, Any], shape: Shape, name: str, position: Position, *, required: bool
    ) -> None:
        value = self.member(self._sources.member(shape, name), name, position, required=required)
        if value is not NOTHING:
            out[name] = value

    def _put_alike(
        self, out: dict[str, Any], shape: Shape, name: str, position: Position, alike: dict[bytes, Any]
    ) -> None:
        """Put a property that has to be there beside hundreds: as another one of which the schemas say the
        same.
        """
        parts = shape.declared[name]
        like = likeness(parts) if parts else b""
        if like in alike:
            out[name] = alike[like]
            return
        self._put(out, shape, name, position, required=True)
        if like and not isinstance(out.get(name, NOTHING), (dict, list)):
            alike[like] = out.get(name)

    def member(self, member: Member, name: str, position: Position, *, required: bool) -> Any:
        """Make one property; NOTHING for an optional one that cannot be made or had better not be there.

        position: of the object's other members. Raises Ungeneratable.
        """
        if member.is_hidden or (member.leads_on and not required):
            return NOTHING
        if member.says_nothing:
            return member.nothing()
        if member.shape is None:
            if required and not self._is_lenient:
                raise Ungeneratable(f"{name} is required and not allowed")
            return NOTHING
        needed = position.needed and required
        try:
            return self.of_shape(member.shape, Position(member.name, position.entity, position.depth, needed))
        except Ungeneratable as error:
            if member.shape.nullable and required:
                return None
            if not member.shape.nullable and (required or isinstance(error, Endless)):
                raise
            return NOTHING

    def _fill(self, out: dict[str, Any], shape: Shape, position: Position) -> None:
        """Add properties up to the least number, or one to show what a map holds."""
        wanted = min(shape.limit("minProperties", 0), self._room)
        if not shape.declared and self._generous(position.depth) and _describes_others(shape):
            wanted = max(wanted, 1)
        for names in (shape.declared, self._invented(shape, position, 4 * wanted)):
            for name in names:
                if len(out) >= wanted:
                    return
                if name not in out:
                    self._put(out, shape, name, position, required=False)

    def _invented(self, shape: Shape, position: Position, count: int) -> Iterator[str]:
        """Yield names for properties that are not declared."""
        patterns: list[str] = []
        for member in shape.members:
            patterns += mapping(member, "patternProperties")
        closed = any(member.get("additionalProperties") is False for member in shape.members)
        entity = position.entity
        is_named = bool(shape.names) and self._shapes.of(shape.names).kind in ("string", None)
        for index in range(count):
            if is_named:
                yield str(self.make(shape.names, replace(position, name="key")))
            elif shape.names:
                return  # what is no text is no name
            elif patterns and (closed or index % 2 == 0):
                for name in self._scalars.matching(patterns[index // 2 % len(patterns)], entity.random):
                    self._made += _NAME_COSTS + len(patterns) // _PATTERNS_COST
                    yield name
            elif index == 0:
                yield entity.word()
            else:
                yield f"{entity.word()}_{index}"

    # -- arrays

    def _array(self, shape: Shape, position: Position) -> list[Any]:
        least, most = shape.limit("minItems", 0), shape.limit("maxItems", LAST)
        out: list[Any] = []
        name, entity = self._names.singular(position.name), position.entity
        for index in range(min(self._length(shape, position, least), most)):
            if index == 1:
                entity = EntityContext(entity.fake, entity.owner, entity, repeated=True, varied=True)
            needed = position.needed and index < least
            item = Position(name, entity, position.depth + 1, needed)
            try:
                made = self._item(out, shape, index, item)
            except Ungeneratable:
                if index < least and not self._is_lenient:
                    raise
                break
            if index >= least and made in out:
                break  # the same twice says no more than once
            out.append(made)
        return out

    def _length(self, shape: Shape, position: Position, least: int) -> int:
        """Return how many items an array had better have: two, one where the value is large already, else
        what is asked.
        """
        wanted = 0
        if self._generous(position.depth + 3):
            wanted = 2
        elif self._generous(position.depth):
            wanted = 1
        return min(max(least, len(shape.prefixes), wanted), self._room)

    def _item(self, others: Sequence[Any], shape: Shape, index: int, position: Position) -> Any:
        """Make an item; where no two may be the same, one that is none of the others."""
        parts = shape.items
        if index < len(shape.prefixes):
            parts = shape.prefixes[index]
        if index < max(1, shape.limit("minContains", 1)):
            parts += shape.contains
        for _ in range(20):
            item = self.make(parts, position)
            if not shape.unique or item not in others:
                return item
        raise Ungeneratable(f"no further item of {position.name or 'an array'} differs from the others")


def _dependents(shape: Shape, out: Mapping[str, Any]) -> list[str]:
    """Return the names that have to be there because others are."""
    wanted: list[str] = []
    for trigger, others in shape.dependent.items():
        if trigger in out:
            wanted += others
    return [name for name in wanted if name not in out]


def _drop_surplus(out: dict[str, Any], shape: Shape) -> None:
    """Leave out optional properties, the last first, where there are too many."""
    surplus = len(out) - shape.limit("maxProperties", len(out))
    for name in list(reversed(out)):
        if surplus <= 0:
            return
        if name not in shape.required:
            del out[name]
            surplus -= 1


def _bound(shape: Shape) -> None:
    """Raise Endless where a shape asks for more values than are made."""
    wanted = max(shape.limit("minProperties", 0), shape.limit("minItems", 0))
    if wanted > LAST:
        raise Endless(f"more is asked for than the {LAST:,} values that are made at most")


def _looser(shape: Shape) -> Iterator[Shape]:
    """Yield a shape of which less and less is asked: no pattern and the lower of two bounds that leave no
    room, no steps, no length or bounds either, nothing.
    """
    limits = _with_room(shape.limits)
    yield replace(shape, never=False, patterns=[], excluded=(), limits=limits)
    yield replace(shape, never=False, patterns=[], steps=[], excluded=(), limits=limits)
    yield replace(shape, never=False, patterns=[], steps=[], limits={})
    yield replace(shape, never=False, patterns=[], steps=[], limits={}, format="")


def _with_room(limits: Mapping[str, float]) -> dict[str, float]:
    """Let no upper bound be below its lower one."""
    found = dict(limits)
    for low, high in (("minimum", "maximum"), ("minLength", "maxLength")):
        if low in found and high in found:
            found[high] = max(found[low], found[high])
    return found


def _describes_others(shape: Shape) -> bool:
    """Tell whether a shape says what properties hold that it does not name."""
    return any(map(_is_map, shape.members))


def _is_map(member: Node) -> bool:
    return isinstance(member.get("additionalProperties"), dict) or member.has("patternProperties")
