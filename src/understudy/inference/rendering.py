"""Rendering: a record as the body of an answer, valid by the contract, with what the caller sent wherever it has a place for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from faker import Faker

from understudy.contracts.contract import MediaType
from understudy.contracts.source import Node
from understudy.inference.merging import Merging
from understudy.inference.resources import COMMON_IDS, Bodies, Home, Resource
from understudy.inference.variants import Variants
from understudy.messages import NOTHING
from understudy.schemas.choice import Parts
from understudy.schemas.fitting import set_if_valid
from understudy.schemas.generator import Generator, Ungeneratable
from understudy.schemas.shape import Shape
from understudy.schemas.validators import Validator

Overlay = Mapping[str, Any]
Asked = Mapping[str, Parts]
"""By the names a request sets, the schemas it sends them by."""
_Way = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of an item.

    stored: its members as another body showed them. sent: how a caller said them, for those that cannot be shown so.
    news: what is said now, laid over all of it, by the schemas `asked`. unsent: names the caller could have sent and did not;
    they are left out, or at their default, where that is valid. before: members as they were, which stay where news cannot be shown.
    """

    stored: Overlay
    sent: Overlay = field(default_factory=dict)
    news: Overlay = field(default_factory=dict)
    asked: Asked = field(default_factory=dict)
    unsent: frozenset[str] = frozenset()
    before: Overlay = field(default_factory=dict)


class Rendering:
    """Bodies of one contract's answers, made of records and, where those say nothing, of generated values."""

    def __init__(
        self, bodies: Bodies, generator: Generator, validator_of: Callable[[Node], Validator]
    ) -> None:
        self._bodies, self._generator, self._validator_of = bodies, generator, validator_of
        self._variants = Variants(bodies)
        self._homes: dict[tuple[str, str, bool], Home | None] = {}

    def home(self, media: MediaType, resource: Resource, *, listing: bool = False) -> Home | None:
        """Return where in a body the item, or the list of items, stands."""
        if media.schema is None:
            return None
        key = (media.schema.address, resource.path, listing)
        if key not in self._homes:
            find = self._bodies.listing if listing else self._bodies.item
            self._homes[key] = find((media.schema,), resource.id_names)
        return self._homes[key]

    def single(self, media: MediaType, resource: Resource) -> MediaType | None:
        """Return one item of a list as if it were a body of its own; None where the list says nothing of its items."""
        home = self.home(media, resource, listing=True)
        if home is None or not home.shape.items:
            return None
        return MediaType(media.name, self._telling(home.shape.items), media.node)

    def _telling(self, parts: Parts) -> Node:
        """Return the one of several schemas that says most."""
        return max(parts, key=lambda part: len(self._bodies.whole((part,)).declared))

    def generated(
        self, schema: Node, fake: Faker, *, examples: bool = True, prefer: Mapping[str, int] | None = None
    ) -> Any:
        """Return a generated body that nothing else holds on to; `prefer`: the branch to take of a choice. Raises Ungeneratable."""
        return deepcopy(self._generator.value(schema, fake, examples=examples, prefer=prefer))

    def item(self, media: MediaType, resource: Resource, told: Told, fake: Faker) -> Any:
        """Return a body with one item: a generated one, with what is told in it as far as the contract lets it be. Raises Ungeneratable."""
        assert media.schema is not None
        home = self.home(media, resource)
        shape, prefer = (
            self._variants.of(home.parts, {**told.sent, **told.stored, **told.news}) if home else (None, {})
        )
        body = self.generated(media.schema, fake, examples=False, prefer=prefer)
        if home is None or shape is None:
            return body
        place = self._alone(body, home, media.schema)
        if place == []:  # the list of its own that it stands in
            place.append(self.generated(self._telling(home.parts), fake, examples=False, prefer=prefer))
            place = place[0]
        validator = self._validator_of(media.schema)
        if isinstance(place, dict) and validator.is_valid(body):
            names = [
                name
                for name in _places(shape, place)
                if name in told.unsent and name not in {*told.stored, *told.sent, *told.news}
            ]
            self._leave_out(
                place, {name: self._default(shape, name) for name in names}, told.before, body, media.schema
            )
            merging = Merging(self._bodies, lambda parts: self._fresh(parts, fake))
            self._fill(
                _Laying(place, shape, merging, lambda: validator.is_valid(body)),
                told,
                self._known(home, shape, place),
            )
        return body

    def echoed(
        self, media: MediaType, body: Any, said: Callable[[Collection[str]], Overlay], fake: Faker
    ) -> Any:
        """Return a body that says what the caller said, where it has a member of that name. said: of the members of these names."""
        home = self._bodies.item((media.schema,), COMMON_IDS) if media.schema else None
        place = _descend(body, home.steps) if home else None
        if home is None or media.schema is None or not isinstance(place, dict):
            return body
        validator, merging = (
            self._validator_of(media.schema),
            Merging(self._bodies, lambda parts: self._fresh(parts, fake)),
        )
        if validator.is_valid(body):
            _Laying(place, home.shape, merging, lambda: validator.is_valid(body)).said(
                said(home.shape.declared.keys()), Told({}), set()
            )
        return body

    @staticmethod
    def _fill(laying: _Laying, told: Told, known: set[str] | None) -> None:
        """Put what is told into an item that has members of the `known` names; None where it may have any."""
        placed = laying.stored(
            {name: value for name, value in told.stored.items() if known is None or name in known}
        )
        said = {**{name: value for name, value in told.sent.items() if name not in placed}, **told.news}
        laying.said(
            {name: value for name, value in said.items() if known is None or name in known}, told, placed
        )
        laying.elsewhere(
            {name: value for name, value in told.news.items() if known is not None and name not in known}
        )

    def _fresh(self, parts: Parts, fake: Faker) -> Any:
        """Make up a value that stands within an item; None where that cannot be."""
        try:
            return self.generated(self._telling(parts), fake, examples=False)
        except Ungeneratable:
            return None

    def _alone(self, body: Any, home: Home, schema: Node) -> Any:
        """Return the item's place in a body; where it stands in a list, the others in there go."""
        for depth in range(1, len(home.steps) + 1):
            holder = _descend(body, home.steps[: depth - 1])
            listed = holder.get(home.steps[depth - 1]) if isinstance(holder, dict) else None
            if isinstance(listed, list) and len(listed) > 1:
                holder[home.steps[depth - 1]] = listed[:1]
                if not self._validator_of(schema).is_valid(body):
                    holder[home.steps[depth - 1]] = listed
        return _descend(body, home.steps)

    def found(self, media: MediaType, resource: Resource, body: Any) -> dict[str, Any]:
        """Return the item in a body that was rendered."""
        home = self.home(media, resource)
        place = _descend(body, home.steps) if home else body
        return place if isinstance(place, dict) else {}

    def names(self, home: Home) -> list[str]:
        """Name the members an item may have, in any of its alternatives."""
        return [*dict.fromkeys([*home.shape.declared, *sorted(self._known(home, home.shape, {}) or ())])]

    def _known(self, home: Home, shape: Shape, place: Mapping[str, Any]) -> set[str] | None:
        """Name the members an item may have; None where it may have any."""
        declared = set(home.shape.declared) | set(shape.declared) | set(place)
        for whole in (home.shape, self._bodies.responses.of(home.parts)):
            for choice in whole.choices:
                for branch in choice.branches:
                    declared |= set(
                        self._bodies.responses.of(
                            (*whole.parts, *branch), whole.taken | {choice.key}
                        ).declared
                    )
        return declared or None

    def _default(self, shape: Shape, name: str) -> list[Any]:
        """Return the default of a member, as the only item of a list; empty where its schema states none."""
        parts = shape.declared.get(name)
        return self._bodies.responses.of(parts).defaults[:1] if parts else []

    def _leave_out(
        self, place: dict[str, Any], left: Mapping[str, list[Any]], before: Overlay, body: Any, schema: Node
    ) -> None:
        """Put members that were not sent at their default, or leave them out; where neither is valid they are as before, or null."""
        validator = self._validator_of(schema)
        for name, default in left.items():
            set_if_valid(
                place,
                name,
                [*deepcopy(default), *((NOTHING, deepcopy(before.get(name)), None) if name in place else ())],
                lambda: validator.is_valid(body),
            )


class _Laying:
    """Putting fields into one item; what the contract then refuses is taken back, field by field."""

    def __init__(
        self, place: dict[str, Any], shape: Shape, merging: Merging, is_valid: Callable[[], bool]
    ) -> None:
        self._place, self._shape, self._merging, self._is_valid = place, shape, merging, is_valid

    def stored(self, fields: Overlay) -> set[str]:
        """Put members as another body showed them, or what of them this one can show; return the names of those that are there."""
        return self._lay(
            fields,
            [
                lambda name: deepcopy(fields[name]),
                lambda name: self._merging.over(
                    self._place.get(name),
                    self._merging.narrowed(fields[name], self._parts(name)),
                    self._parts(name),
                    made=False,
                ),
            ],
        )

    def said(self, fields: Overlay, told: Told, stored: set[str]) -> None:
        """Put what a caller said over what was generated, or over what is `stored`: alone, beside it, or as it was sent."""
        before = {name: deepcopy(self._place.get(name)) for name in fields}
        self._lay(
            fields,
            [
                lambda name: self._merging.over(
                    before[name],
                    fields[name],
                    self._parts(name),
                    told.asked.get(name, ()),
                    made=name not in stored,
                ),
                lambda name: self._merging.over(before[name], fields[name], self._parts(name), made=False),
                lambda name: deepcopy(fields[name]),
            ],
            lambda name: chain(
                self._merging.otherwise(before[name], fields[name], self._parts(name)),
                (deepcopy(told.before[one]) for one in (name,) if one in told.before),
            ),
        )

    def elsewhere(self, fields: Overlay) -> None:
        """Put what the item has no member for where one of its objects shows it."""
        for name, value in fields.items():
            for holder, member, parts in self._merging.places(self._place, self._shape, name, value):
                set_if_valid(
                    holder, member, [value, *self._merging.otherwise(None, value, parts)], self._is_valid
                )

    def _lay(
        self, fields: Overlay, ways: Sequence[_Way], more: Callable[[str], Iterator[Any]] = lambda _: iter(())
    ) -> set[str]:
        """Put each field in the first way that is valid for it; where some cannot be so one by one, all of them in one way."""
        before = {name: self._place[name] for name in fields if name in self._place}
        if not fields or self._all(fields, before, ways[0]):
            return set(fields)
        placed = {
            name
            for name in fields
            if set_if_valid(self._place, name, chain((way(name) for way in ways), more(name)), self._is_valid)
        }
        if len(placed) == len(fields):
            return placed
        before = {name: self._place[name] for name in fields if name in self._place}
        return set(fields) if any(self._all(fields, before, way) for way in ways[1:]) else placed

    def _all(self, fields: Overlay, before: Overlay, way: _Way) -> bool:
        """Put all fields in one way, or leave them as they were `before`; tell whether it is valid."""
        self._place.update({name: way(name) for name in fields})
        if self._is_valid():
            return True
        self._place.update(before)
        for name in fields.keys() - before.keys():
            del self._place[name]
        return False

    def _parts(self, name: str) -> Parts:
        return self._shape.declared.get(name) or ()


def _places(shape: Shape, place: Mapping[str, Any]) -> list[str]:
    """Name the members an item has, and those it could have besides."""
    return [
        *place,
        *(name for name, below in shape.declared.items() if below is not None and name not in place),
    ]


def _descend(body: Any, steps: tuple[str, ...]) -> Any:
    for step in steps:
        body = body.get(step) if isinstance(body, dict) else None
        if isinstance(body, list) and len(body) > 0 and isinstance(body[0], dict):
            body = body[0]
    return body
