"""The factory: complete, valid items, made of what callers sent, what rules say, and inventions for the
rest.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from itertools import chain, islice
from typing import Any, Final
from zlib import crc32

from faker import Faker
from msgspec import Struct, field

from understudy.contracts.source import Node
from understudy.engine.list_addresses import ListAddress, addresses_in
from understudy.engine.overlay import Overlay, copied
from understudy.engine.reading import Reading
from understudy.engine.variants import Variants
from understudy.engine.vouching import Vouched
from understudy.errors import Failure
from understudy.messages import NOTHING
from understudy.model.model import Member, Place
from understudy.names import snake_case
from understudy.schemas.choice import Parts
from understudy.schemas.entity import EntityContext
from understudy.schemas.fitting import set_if_valid
from understudy.schemas.generator import Generator, Ungeneratable
from understudy.schemas.likeness import MOST_INVENTED, declares_many, likeness
from understudy.schemas.naming import is_yet_to_come, names_another
from understudy.schemas.shape import Shape
from understudy.schemas.validators import Validator
from understudy.state.clock import iso

Members = Mapping[str, Any]
_NOTHING_YET: Final[Members] = {"boolean": False, "integer": 0, "number": 0}
NO_RULE = Member()
_MILLISECONDS, _MICROSECONDS = 3, 6  # decimals
MOST_TOLD_APART: Final = 1_000
"""Members of one item beyond which one is as another one of the same type and format, where its schema takes
that.
"""
MOST_TRIED: Final = 200
"""Members of one item that are tried by themselves, or looked for elsewhere in it; each costs a look at the
whole.
"""


class Known(Struct, frozen=True):
    """What is known of an item before it is made.

    kept: members that stay as they are. news: what is said now, laid over them, by the schemas `asked`. sent:
    how a caller said what is kept, for where it cannot be shown so. unsent: names that are left out, or at
    their default, where that is valid and nothing else is known of them. before: members as they were, which
    stay where the news cannot be shown. defaults: what is said by who does not say it. as_is: names that are
    shown as they are sent. moment: the time of this write, None where it is no event of the sandbox's time.
    varied: what examples say is said in another way.
    """

    kept: Members
    news: Members = field(default_factory=dict)
    asked: Mapping[str, Parts] = field(default_factory=dict)
    as_is: frozenset[str] = frozenset()
    moment: datetime | None = None
    sent: Members = field(default_factory=dict)
    unsent: frozenset[str] = frozenset()
    before: Members = field(default_factory=dict)
    varied: bool = False
    defaults: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    def shown_as_sent(self) -> Members:
        """Return what is said now and shown just so, with nothing under it; nothing where a change lays it
        over members.
        """
        if self.as_is.isdisjoint(self.kept) and self.as_is.issuperset(self.news):
            return self.news
        return {
            name: value for name, value in self.news.items() if name in self.as_is and name not in self.kept
        }

    @property
    def names(self) -> Members:
        """All that somebody said of it, the latest last."""
        return {**self.sent, **self.kept, **self.news}


class Target(Struct, frozen=True):
    """Where an item stands: the schema of the body, the place in it, and what describes the item there. noun:
    what it is called, where its schema has no name.
    """

    schema: Node
    place: Place
    parts: Parts
    shape: Shape
    has_variants: bool
    is_valid_body: Callable[[Any], bool]
    is_valid_item: Callable[[Any], bool]
    validator_of: Callable[[Node], Validator]
    noun: str = ""

    def failures(self, item: Any) -> list[Failure]:
        """Name what is wrong with an item."""
        found = []
        for part in self.parts:
            found += self.validator_of(part).failures(item, "body")
        return found


class _Slot(Struct, frozen=True):
    """A member of an item, with what its schema says of it."""

    name: str
    parts: Parts
    is_required: bool
    is_nullable: bool
    refuses_null: bool
    default: tuple[Any, ...]
    rule: Member
    likeness: bytes
    kind: str
    decimals: int
    nothing: tuple[Any, ...] = ()
    may_be_empty: bool = False
    is_bounded: bool = False


class Factory:
    """Makes the items of one contract."""

    def __init__(self, reading: Reading, generator: Generator) -> None:
        self._reading, self._generator = reading, generator
        self.whole = reading.whole
        self.vouched = Vouched()
        self._variants = Variants(reading.responses)
        self._addresses: dict[int, tuple[ListAddress, ...]] = {}  # by the identities of shapes
        self._slots: dict[tuple[int, int], tuple[_Slot, ...]] = {}  # by the identities of shape and rules

    def target(self, schema: Node, place: Place, noun: str = "") -> Target:
        """Return what describes the item at a place of a body. noun: what it is called. Raises KeyError where
        the schema has no such place.
        """
        parts = self._reading.item_at(schema, place)
        is_valid_item = _all_of([self._reading.is_valid(part) for part in parts])
        judging, address = self.vouched.judging, schema.address
        return Target(
            schema=schema,
            place=place,
            parts=parts,
            shape=self._reading.whole(parts),
            has_variants=bool(self._reading.responses.of(parts).choices),
            is_valid_body=judging(address, place, self._reading.is_valid(schema)),
            is_valid_item=judging(address, (), is_valid_item),
            validator_of=self._reading.validator,
            noun=noun,
        )

    def vouch(self, target: Target, name: str, parts: Parts, value: Any) -> Iterator[None]:
        """Judge a large member as a target would show it, with pauses, and vouch for it where it is good."""
        for part in parts:
            wrong = yield from self._reading.validator(part).judged(value, "body")
            if wrong:
                return
        self.vouched.add(target.schema.address, name, value)

    def member(self, target: Target, name: str) -> Shape:
        """Return the shape of a member of an item."""
        return self._reading.whole(target.shape.declared.get(name) or ())

    def item(
        self, target: Target, known: Known, rules: Mapping[str, Member], fake: Callable[[], Faker]
    ) -> Members:
        """Return a complete item. Raises Ungeneratable.

        fake: gives the randomness; it is only asked where something has to be made up.
        """
        item = self.plainly(target, known, rules, fake)
        if item is not None:
            return item
        body = self.body(target, known, fake())
        found = descended(body, target.place)
        item = found if isinstance(found, dict) else {}
        if known.moment is not None:
            _begin(item, known, rules, lambda: target.is_valid_body(body))
        return item

    # -- in one go: each member by the first that speaks for it

    def plainly(
        self, target: Target, known: Known, rules: Mapping[str, Member], fake: Callable[[], Faker]
    ) -> dict[str, Any] | None:
        """Return an item made member by member; None where that is not valid."""
        shape = self._shape_for(target, known)
        if not shape.declared:
            return None
        making = _Making(self._reading, known, _Invention(self._generator, known, shape, fake, target.noun))
        plain = known.shown_as_sent()
        item: dict[str, Any] = {}
        try:
            for slot in self._slots_of(shape, rules):
                name = slot.name
                value = plain[name] if name in plain and not slot.rule.always else making.value(slot)
                if value is not NOTHING:
                    item[name] = value
        except Ungeneratable:
            return None
        fixed = known.kept.keys() | known.news.keys()
        if not item.keys() <= fixed:
            self._generator.let_agree(shape, item, fixed)
        self._add_undeclared(item, shape, known, making)
        return item if target.is_valid_item(item) else None

    def list_addresses(self, target: Target) -> tuple[ListAddress, ...]:
        """Return the addresses of lists that an item has."""
        known = self._addresses.get(id(target.shape))
        if known is None:
            known = self._addresses[id(target.shape)] = addresses_in(target.shape, self._reading.whole)
        return known

    def preparation(self, target: Target, rules: Mapping[str, Member]) -> Iterator[None]:
        """Read what the schema of an item says of its members, and yield after each piece of that work."""
        yield from self._variants.preparation(target.parts)
        self._slots_of(target.shape, rules)
        yield
        if len(target.shape.declared) > MOST_INVENTED:
            yield from self._generator.preparation(target.shape)
            self.list_addresses(target)
            yield
        for name, parts in target.shape.declared.items():
            if parts and declares_many(parts):
                yield from self._generator.preparation_within(target.shape, name)

    def _shape_for(self, target: Target, known: Known) -> Shape:
        if not target.has_variants:
            return target.shape
        return self._variants.of(target.parts, known.names)[0]

    def _slots_of(self, shape: Shape, rules: Mapping[str, Member]) -> tuple[_Slot, ...]:
        key = (id(shape), id(rules))
        slots = self._slots.get(key)
        if slots is None:
            slots = self._slots[key] = tuple(self._read_slots(shape, rules))
        return slots

    def _read_slots(self, shape: Shape, rules: Mapping[str, Member]) -> Iterator[_Slot]:
        is_long = len(shape.declared) > MOST_INVENTED
        for name, parts in shape.declared.items():
            if parts is None:
                continue
            member = self._reading.responses.of(parts)
            rule = rules.get(name, NO_RULE)
            if member.hidden or rule.write_only:
                continue
            default = rule.default or tuple(member.defaults[:1])
            is_required = name in shape.required
            refuses_null = member.types is not None and not member.nullable
            like = likeness(parts) if is_long else b""
            kind = _kind(member) if is_long else ""
            nothing = self._nothing(name, member)
            if not nothing and self._takes_null(member) and self._is_yet_unknown(shape, name, parts):
                nothing = (None,)
            yield _Slot(
                name,
                parts,
                is_required,
                self._takes_null(member),
                refuses_null,
                default,
                rule,
                like,
                kind,
                self._decimals(shape, name, rule),
                nothing,
                may_be_empty=member.kind == "array" and not member.limit("minItems", 0),
                is_bounded=(rule.least, rule.most) != (None, None),
            )

    def _is_yet_unknown(self, shape: Shape, name: str, parts: Parts) -> bool:
        """Tell whether a member that may be null says nothing of a new item: it names another one, or is an
        object of which no author showed any.
        """
        if names_another(snake_case(name)):
            return True
        is_object = self._reading.whole(parts).kind == "object"
        may_be_null = all(self._reading.validator(part).is_valid(None) for part in parts)
        return is_object and may_be_null and not self._generator.samples(shape, name)

    def _takes_null(self, member: Shape) -> bool:
        """Tell whether a member may be null, also as one of its alternatives."""
        if not member.choices or not member.parts:
            return member.nullable
        return all(self._reading.validator(part).is_valid(None) for part in member.parts)

    def _decimals(self, shape: Shape, name: str, rule: Member) -> int:
        return self.decimals(shape, name) if rule.stamp else 0

    def decimals(self, shape: Shape, name: str) -> int:
        """Return how many decimals of a second a moment is written with: as authors do, else milliseconds."""
        for sample in self._generator.samples(shape, name):
            if isinstance(sample, str) and "T" in sample and sample.endswith("Z"):
                return min(len(sample.partition(".")[2].removesuffix("Z")), _MICROSECONDS)
        return _MILLISECONDS

    def _nothing(self, name: str, member: Shape) -> tuple[Any, ...]:
        """Return what a member says as nothing was done yet, in a tuple; an empty one for all others."""
        value = _NOTHING_YET.get(member.kind)
        if value is None or member.constants is not None or not is_yet_to_come(snake_case(name)):
            return ()
        if not all(self._reading.validator(part).is_valid(value) for part in member.parts):
            return ()
        return (value,)

    @staticmethod
    def _add_undeclared(item: dict[str, Any], shape: Shape, known: Known, making: _Making) -> None:
        """Keep what an item had besides its declared members, and find a place for what was sent and is no
        member.
        """
        declared = shape.declared
        names = declared.keys()
        if known.kept.keys() <= names and known.news.keys() <= names:
            return
        for name, value in known.kept.items():
            if name not in declared:
                item[name] = value
        elsewhere = [name for name in known.news if name not in declared]
        if not elsewhere:
            return
        item.update(copied(item))
        for name in elsewhere[:MOST_TRIED]:
            value = known.news[name]
            for holder, member, _ in making.overlay.places(item, shape, name, value):
                holder[member] = value

    # -- carefully: a generated body, and what is known laid over it as far as the contract lets it be

    def body(self, target: Target, known: Known, fake: Faker) -> Any:
        """Return a body with one item in it, what is known laid over a generated one. Raises
        Ungeneratable.
        """
        shape, prefer = self._variants.of(target.parts, known.names)
        body = self.generated(target.schema, fake, varied=True, prefer=prefer)
        place = self._alone(body, target)
        if place == []:  # the list of its own that it stands in
            place.append(
                self.generated(self._reading.most_telling(target.parts), fake, varied=True, prefer=prefer)
            )
            place = place[0]
        if isinstance(place, dict) and target.is_valid_body(body):
            overlay = Overlay(self._reading, lambda parts: self.fresh(parts, fake), self.let_agree)
            laying = Laying(place, shape, overlay, lambda: target.is_valid_body(body))
            self._leave_out(laying, known)
            laying.fill(known, self.member_names(target, shape, place))
        return body

    def generated(
        self,
        schema: Node,
        fake: Faker,
        *,
        examples: bool = True,
        varied: bool = False,
        prefer: Mapping[str, int] | None = None,
    ) -> Any:
        """Return a generated body that nothing else holds on to, as `Generator.value` makes it. Raises
        Ungeneratable.
        """
        return copied(self._generator.value(schema, fake, examples=examples, varied=varied, prefer=prefer))

    def nearest(self, schema: Node, fake: Faker) -> Any:
        """Return the nearest body there is for a schema that none meets."""
        return self._generator.nearest(schema, fake)

    def fresh(self, parts: Parts, fake: Faker) -> Any:
        """Make up a value that stands within an item; None where that cannot be."""
        try:
            return self.generated(self._reading.most_telling(parts), fake, varied=True)
        except Ungeneratable:
            return None

    def called(self, target: Target | None, place: Sequence[str], fake: Faker) -> str:
        """Make up a text by the name of the member of an item that has it; "" where that cannot be."""
        *above, name = place
        shape = target.shape if target is not None else None
        if above:
            shape = self.shape_at(target, tuple(above))
        if shape is None or target is None:
            return ""
        entity = self._generator.entity(shape, fake, name=target.noun)
        try:
            value = self._generator.member(shape, name, entity)
        except Ungeneratable:
            return ""
        return value if isinstance(value, str) else ""

    def unique(self, parts: Parts, fake: Faker) -> Any:
        """Make up a value that no other item has: a UUID where that will do; None where none can be."""
        text = fake.uuid4()
        if all(self._reading.validator(part).is_valid(text) for part in parts):
            return text
        return self.fresh(parts, fake)

    def let_agree(self, shape: Shape, members: dict[str, Any], fixed: Set[str]) -> None:
        """Let the members of an object agree with each other; those of some names stay as they are."""
        self._generator.let_agree(shape, members, fixed)

    def takes(self, schema: Node, value: Any) -> bool:
        """Tell whether a value is right by a schema."""
        return self._reading.validator(schema).is_valid(value)

    def samples(self, target: Target, name: str) -> list[Any]:
        """Return what authors wrote of a member, and its defaults where they wrote nothing."""
        return self._generator.samples(target.shape, name)

    def is_told(self, shape: Shape, name: str) -> bool:
        """Tell whether a contract says what a member says: by examples, or as it allows few values."""
        member = self._reading.whole(shape.declared.get(name) or ())
        shown = [one for one in shape.samples if isinstance(one, dict) and name in one]
        return bool(shown or self._generator.samples(shape, name) or member.constants or member.defaults)

    def shape_at(self, target: Target | None, place: Place) -> Shape | None:
        """Return what describes a place of an item; None where nothing does."""
        if target is None:
            return None
        shape = target.shape
        for step in place:
            if shape.kind == "array" and shape.items:
                shape = self._reading.whole(shape.items)
            parts = shape.declared.get(step)
            if not parts:
                return None
            shape = self._reading.whole(parts)
        return shape

    def within_list(self, parts: Parts, item: Members, fake: Callable[[], Faker]) -> Members:
        """Return an item as a list within another one shows it: what that declares of it, and what it wants
        besides. parts: the schemas of the list.
        """
        shape = self._reading.whole(self._reading.whole(parts).items)
        if not shape.declared:
            return item
        shown = {name: value for name, value in item.items() if name in shape.declared}
        missing = shape.required.keys() - shown.keys()
        if not missing:
            return shown
        made = self.fresh(shape.parts, fake())
        if isinstance(made, dict):
            shown.update((name, made[name]) for name in missing if name in made)
        return shown

    def _alone(self, body: Any, target: Target) -> Any:
        """Return the item's place in a body; where it stands in a list, the others in there go."""
        for depth in range(1, len(target.place) + 1):
            holder = descended(body, target.place[: depth - 1])
            name = target.place[depth - 1]
            listed = holder.get(name) if isinstance(holder, dict) else None
            if isinstance(listed, list) and len(listed) > 1:
                set_if_valid(holder, name, [listed[:1]], lambda: target.is_valid_body(body))
        return descended(body, target.place)

    def _leave_out(self, laying: Laying, known: Known) -> None:
        """Put members that were not sent at their default, or leave them out; else they are as before, or
        null.
        """
        said = known.names.keys()
        for name in laying.possible_names():
            if name in known.unsent and name not in said:
                laying.leave_out(name, self._default(laying.shape, name), known.before)

    def _default(self, shape: Shape, name: str) -> list[Any]:
        parts = shape.declared.get(name)
        return self._reading.responses.of(parts).defaults[:1] if parts else []

    def member_names(self, target: Target, shape: Shape, item: Members) -> set[str] | None:
        """Name the members an item may have, in any of its alternatives; None where it may have any."""
        names = {*target.shape.declared, *shape.declared, *item}
        for whole in (target.shape, self._reading.responses.of(target.parts)):
            for choice in whole.choices:
                for branch in choice.branches:
                    parts = (*whole.parts, *branch)
                    names.update(self._reading.responses.of(parts, whole.taken | {choice.key}).declared)
        return names or None


class _Invention:
    """What is made up for one item: members that agree with each other, and with those that are known.

    It holds nobody who holds it, so that an item leaves nothing for the garbage collector.
    """

    def __init__(
        self, generator: Generator, known: Known, shape: Shape, fake: Callable[[], Faker], noun: str
    ) -> None:
        self._generator, self._known, self._shape, self._fake = generator, known, shape, fake
        self._noun = noun
        if shape.component:
            self._noun = ""
        self._entity: EntityContext | None = None
        self._made = 0
        self._alike: dict[bytes, Any] = {}
        self._of_kind: dict[str, Any] = {}

    def member(self, slot: _Slot) -> Any:
        """Make up a member; of very many, those that are alike are one. Raises Ungeneratable."""
        self._made += 1
        if self._made > MOST_INVENTED:
            value = self._as_another(slot)
            if value is not NOTHING:
                return value
        value = self._generator.member(self._shape, slot.name, self._around())
        if slot.rule.among and value is not NOTHING and value not in slot.rule.among:
            value = slot.rule.among[crc32(str(value).encode()) % len(slot.rule.among)]
        if slot.is_bounded:
            value = _bounded(value, slot.rule)
        if slot.likeness and value is not NOTHING:
            self._alike[slot.likeness] = value
            if slot.kind:
                self._of_kind.setdefault(slot.kind, value)
        return value

    def _as_another(self, slot: _Slot) -> Any:
        """Return what a member has that is like another one; NOTHING where none is."""
        if slot.likeness in self._alike:
            return self._alike[slot.likeness]
        value = self._of_kind.get(slot.kind, NOTHING)
        if self._made <= MOST_TOLD_APART or value is NOTHING:
            return NOTHING
        return value if self._generator.may_be(self._shape, slot.name, value) else NOTHING

    def nested(self, parts: Parts) -> Any:
        """Make up a value that stands within the item; None where that cannot be."""
        try:
            return self._generator.nested(parts, self._around())
        except Ungeneratable:
            return None

    def let_agree(self, shape: Shape, members: dict[str, Any], fixed: Set[str]) -> None:
        """Let the members of an object within the item agree; those of some names stay as they are."""
        self._generator.let_agree(shape, members, fixed)

    def _around(self) -> EntityContext:
        """Return what the made-up members share with each other, and with those that are known."""
        if self._entity is None:
            known = {**self._known.kept, **self._known.news}
            self._entity = self._generator.entity(
                self._shape,
                self._fake(),
                name=self._noun,
                known=known,
                varied=self._known.varied,
                now=self._known.moment,
            )
        return self._entity


class _Making:
    """Makes the members of one item, each by the first that speaks for it."""

    def __init__(self, reading: Reading, known: Known, invention: _Invention) -> None:
        self._reading, self._known, self._invention = reading, known, invention
        self._overlay: Overlay | None = None

    @property
    def overlay(self) -> Overlay:
        """What lays values over each other, made when it is first asked."""
        if self._overlay is None:
            self._overlay = Overlay(self._reading, self._invention.nested, self._invention.let_agree)
        return self._overlay

    def value(self, slot: _Slot) -> Any:
        """Return a member's value; NOTHING where it is left out. Raises Ungeneratable."""
        known, name = self._known, slot.name
        if slot.rule.always:
            return slot.rule.always[0]
        if name in known.news:
            return self._said(slot)
        if name in known.kept:
            return known.kept[name]
        if name in known.unsent:
            return self._unsent(slot)
        if known.moment is None:
            return self._invention.member(slot)
        return self._begun(slot, known.moment)

    def _begun(self, slot: _Slot, moment: datetime) -> Any:
        """Return a member of an item that begins with this write: its time, its first state, or what is made
        up.
        """
        rule = slot.rule
        if rule.stamp and rule.moment:
            return iso(moment, slot.decimals)
        if rule.begins_as and not rule.instead_of:
            return rule.begins_as[0]
        if slot.nothing:
            return slot.nothing[0]
        if slot.default and slot.may_be_empty:
            return slot.default[0]
        made = self._invention.member(slot)
        if rule.begins_as and made in rule.instead_of:
            return rule.begins_as[0]
        return made

    def _said(self, slot: _Slot) -> Any:
        known, name = self._known, slot.name
        value = known.news[name]
        if value is None and slot.refuses_null and not slot.is_required:
            return NOTHING  # what null cannot be said of has no value (RFC 7396 §2)
        base = known.kept.get(name)
        return self.overlay.laid(
            base, value, slot.parts, known.asked.get(name, ()), made=name not in known.kept
        )

    def _unsent(self, slot: _Slot) -> Any:
        default = self._known.defaults.get(slot.name) or slot.default
        if default:
            return default[0]
        if not slot.is_required:
            return NOTHING
        if slot.name in self._known.before:
            return self._known.before[slot.name]
        if slot.is_nullable:
            return None
        if slot.rule.begins_as and self._known.moment is not None:
            return self._begun(slot, self._known.moment)
        if slot.may_be_empty and self._known.moment is not None:
            return []
        return self._invention.member(slot)


def _bounded(value: Any, rule: Member) -> Any:
    """Return a number within what callers may give, and as it is where it is that, or no number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    kind, least, most = type(value), rule.least, rule.most
    if most is not None and value > most:
        span = most - (least or 0)
        value = kind(most) if span <= 0 else kind(most - value % span)
    if least is not None and value < least:
        value = kind(math.ceil(least))
    return value


def _kind(member: Shape) -> str:
    """Return what members share of which one may stand for another; "" where a member says its own values."""
    if member.samples or member.constants is not None or member.kind in ("object", "array"):
        return ""
    return f"{member.kind} {member.format}"


def _begin(
    item: dict[str, Any], known: Known, rules: Mapping[str, Member], is_valid: Callable[[], bool]
) -> None:
    """Let the states of a new item be those that things begin in, where nobody said otherwise."""
    for name, rule in rules.items():
        if not rule.begins_as or name in known.kept or item.get(name) is None:
            continue
        is_at_end = not rule.instead_of or item[name] in rule.instead_of
        if is_at_end and item[name] != known.news.get(name, NOTHING):
            set_if_valid(item, name, rule.begins_as, is_valid)


_Way = Callable[[str], Any]


class Laying:
    """Putting members into one item; what the contract then refuses is taken back, member by member."""

    def __init__(
        self, place: dict[str, Any], shape: Shape, overlay: Overlay, is_valid: Callable[[], bool]
    ) -> None:
        self.shape = shape
        self._place, self._overlay, self._is_valid = place, overlay, is_valid

    def possible_names(self) -> list[str]:
        """Name the members an item has, and those it could have besides."""
        others = [name for name, parts in self.shape.declared.items() if parts is not None]
        return list(dict.fromkeys([*self._place, *others]))

    def leave_out(self, name: str, default: Sequence[Any], before: Members) -> None:
        """Put one member at its default, or leave it out; where neither is valid it is as before, or null."""
        candidates = copied(list(default))
        if name in self._place:
            candidates += [NOTHING, copied(before.get(name)), None]
        set_if_valid(self._place, name, candidates, self._is_valid)

    def fill(self, known: Known, names: set[str] | None) -> None:
        """Put what is known into an item that has members of these names; None where it may have any."""
        placed = self.keep(_of_names(known.kept, names))
        earlier = {name: value for name, value in known.sent.items() if name not in placed}
        self.say(_of_names({**earlier, **known.news}, names), known, placed)
        if names is not None:
            self._say_elsewhere({name: value for name, value in known.news.items() if name not in names})

    def keep(self, members: Members) -> set[str]:
        """Put members as they were, or what of them this item can show; return the names of those that are
        there.
        """

        def as_it_is(name: str) -> Any:
            return copied(members[name])

        def what_can_be_shown(name: str) -> Any:
            parts = self._parts(name)
            projected = self._overlay.projected(copied(members[name]), parts)
            return self._overlay.laid(self._place.get(name), projected, parts, made=False)

        return self._lay(members, [as_it_is, what_can_be_shown], lambda _: iter(()))

    def say(self, members: Members, known: Known, kept: set[str]) -> None:
        """Put what a caller said over what was generated, or over what is `kept`: alone, beside it, or as it
        was sent.
        """
        before = {name: copied(self._place.get(name)) for name in members}

        def alone(name: str) -> Any:
            parts, asked = self._parts(name), known.asked.get(name, ())
            value = copied(members[name])
            return self._overlay.laid(before[name], value, parts, asked, made=name not in kept)

        def beside(name: str) -> Any:
            return self._overlay.laid(before[name], copied(members[name]), self._parts(name), made=False)

        def as_sent(name: str) -> Any:
            return copied(members[name])

        def otherwise(name: str) -> Iterator[Any]:
            if members[name] is None:
                yield NOTHING
            yield from self._overlay.coercions(before[name], members[name], self._parts(name))
            if name in known.before:
                yield copied(known.before[name])

        placed = self._lay(members, [alone, beside, as_sent], otherwise)
        others = (name for name in members if name not in placed)
        for name in islice(others, MOST_TRIED):
            self._say_within(name, members[name], known.asked.get(name, ()))

    def _say_within(self, name: str, value: Any, asked: Parts) -> None:
        """Put as much of an object that was sent as the item can show of it."""
        if not isinstance(value, dict):
            return
        parts = self._parts(name)
        unsaid = self._overlay.laid(self._place.get(name), {}, parts, asked)
        set_if_valid(self._place, name, [unsaid], self._is_valid)
        holder = self._place.get(name)
        if not isinstance(holder, dict):
            return
        for member, said in islice(value.items(), MOST_TRIED):
            inner, before = self._overlay.parts_of(parts, member), holder.get(member)
            laid = self._overlay.laid(before, copied(said), inner)
            candidates = chain([laid, copied(said)], self._overlay.coercions(before, said, inner))
            set_if_valid(holder, member, candidates, self._is_valid)

    def _say_elsewhere(self, members: Members) -> None:
        """Put what the item has no member for where one of its objects shows it."""
        for name, value in islice(members.items(), MOST_TRIED):
            for holder, member, parts in self._overlay.places(self._place, self.shape, name, value):
                candidates = chain([value], self._overlay.coercions(None, value, parts))
                set_if_valid(holder, member, candidates, self._is_valid)

    def _lay(
        self, members: Members, ways: Sequence[_Way], otherwise: Callable[[str], Iterator[Any]]
    ) -> set[str]:
        """Put each member in the first way that is valid for it; where some cannot be so one by one, all in
        one way.

        Returns the names of those that are there.
        """
        if not members or self._lay_all(members, ways[0]):
            return set(members)
        placed = set()
        for name in islice(sorted(members, key=self._is_undeclared), MOST_TRIED):
            candidates = chain((way(name) for way in ways), otherwise(name))
            if set_if_valid(self._place, name, candidates, self._is_valid):
                placed.add(name)
        if len(placed) == len(members):
            return placed
        for way in ways[1:]:
            if self._lay_all(members, way):
                return set(members)
        return placed

    def _lay_all(self, members: Members, way: _Way) -> bool:
        """Put all members in one way, or leave them as they were; tell whether it is valid."""
        before = dict(self._place)
        for name in members:
            self._place[name] = way(name)
        if self._is_valid():
            return True
        self._place.clear()
        self._place.update(before)
        return False

    def _is_undeclared(self, name: str) -> bool:
        return name not in self.shape.declared

    def _parts(self, name: str) -> Parts:
        return self.shape.declared.get(name) or ()


def descended(body: Any, place: Place) -> Any:
    """Return what stands at a place of a body; of a list of objects on the way, its first."""
    for step in place:
        body = body.get(step) if isinstance(body, dict) else None
        if isinstance(body, list) and body and isinstance(body[0], dict):
            body = body[0]
    return body


def _of_names(members: Members, names: set[str] | None) -> Members:
    if names is None:
        return members
    return {name: value for name, value in members.items() if name in names}


def _all_of(judges: Sequence[Callable[[Any], bool]]) -> Callable[[Any], bool]:
    if len(judges) == 1:
        return judges[0]
    return lambda value: all(is_valid(value) for is_valid in judges)
