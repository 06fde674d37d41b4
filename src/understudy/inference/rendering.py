"""Rendering: a record as the body of an answer, valid by the contract, with what the caller sent wherever it has a place for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from faker import Faker

from understudy.contracts.contract import MediaType
from understudy.contracts.source import Node
from understudy.contracts.validation import Validator
from understudy.generation.choice import Parts
from understudy.generation.generator import Generator
from understudy.inference.resources import Bodies, Home, Resource, normalise

ROUNDS = 6  # of taking back what fails
Overlay = Mapping[str, Any]


class Rendering:
    """Bodies of one contract's answers, made of records and, where those say nothing, of generated values."""

    def __init__(self, bodies: Bodies, generator: Generator, validator_of: Callable[[Node], Validator]) -> None:
        self._bodies, self._generator, self._validator_of = bodies, generator, validator_of
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

    def generated(self, schema: Node, fake: Faker, *, examples: bool = True) -> Any:
        """Return a generated body that nothing else holds on to. Raises Ungeneratable."""
        return deepcopy(self._generator.value(schema, fake, examples=examples))

    def item(self, media: MediaType, resource: Resource, fields: Overlay, fake: Faker, *, unsent: frozenset[str] = frozenset()) -> Any:
        """Return a body with one item: a generated one, with these fields in it as far as the contract lets them be.

        unsent: names the caller could have sent and did not; they are left out, or at their default, where that is valid.
        """
        assert media.schema is not None
        body = self.generated(media.schema, fake, examples=False)
        home = self.home(media, resource)
        if home is None:
            return body
        place = self._alone(body, home, media.schema)
        if place == []:  # the list of its own that it stands in
            place.append(self.generated(self._telling(home.parts), fake, examples=False))
            place = place[0]
        if not isinstance(place, dict) or not self._validator_of(media.schema).is_valid(body):
            return body
        known = self._known(home, place)
        wanted = {name: value for name, value in fields.items() if known is None or name in known}
        left = {name: self._default(home, name) for name in self._places(home, place) if name in unsent and name not in wanted}
        self._leave_out(place, left, body, media.schema)
        self._put(place, wanted, body, media.schema)
        return body

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

    def _known(self, home: Home, place: Mapping[str, Any]) -> set[str] | None:
        """Name the members an item may have; None where it may have any."""
        declared = set(home.shape.declared) | set(place)
        for choice in home.shape.choices:
            for branch in choice.branches:
                declared |= set(self._bodies.responses.of((*home.shape.parts, *branch), home.shape.taken | {choice.key}).declared)
        return declared or None

    def _put(self, place: dict[str, Any], wanted: Mapping[str, Any], body: Any, schema: Node) -> None:
        """Put fields into an item; what the contract then refuses is taken back, field by field."""
        validator = self._validator_of(schema)
        before = {name: place[name] for name in wanted if name in place}
        for name, value in wanted.items():
            place[name] = _merged(place.get(name), value)
        if validator.is_valid(body):
            return
        for name, value in wanted.items():  # as it was sent, without what was generated around it
            place[name] = deepcopy(value)
        if validator.is_valid(body):
            return
        _restore(place, wanted, before)
        for name, value in wanted.items():
            for candidate in (deepcopy(value), _merged(before.get(name), value), *_otherwise(before.get(name), value)):
                place[name] = candidate
                if validator.is_valid(body):
                    break
            else:
                _restore(place, {name: value}, before)

    @staticmethod
    def _places(home: Home, place: Mapping[str, Any]) -> list[str]:
        """Name the members an item has, and those it could have besides."""
        return [*place, *(name for name, below in home.shape.declared.items() if below is not None and name not in place)]

    def _default(self, home: Home, name: str) -> list[Any]:
        """Return the default of a member, as the only item of a list; empty where its schema states none."""
        parts = home.shape.declared.get(name)
        return self._bodies.responses.of(parts).defaults[:1] if parts else []

    def _leave_out(self, place: dict[str, Any], left: Mapping[str, list[Any]], body: Any, schema: Node) -> None:
        """Put members that were not sent at their default, or leave them out; where neither is valid they are null, or as they were."""
        validator = self._validator_of(schema)
        for name, default in left.items():
            had, value = name in place, place.pop(name, None)
            for candidate in default:
                place[name] = deepcopy(candidate)
                if validator.is_valid(body):
                    break
                del place[name]
            else:
                if had and not validator.is_valid(body):
                    place[name] = None
                    if not validator.is_valid(body):
                        place[name] = value


def _merged(base: Any, value: Any) -> Any:
    """Lay one value over another: objects member by member, a bare id onto the object it is the id of, all else whole."""
    if isinstance(base, dict):
        if isinstance(value, dict):
            return {**base, **{name: _merged(base.get(name), member) for name, member in value.items()}}
        member = next((name for name in base if normalise(name) in ("id", "gid", "sid", "uuid", "key", "name")), None)
        if member and isinstance(value, (str, int)) and isinstance(base[member], type(value)):
            return {**base, member: value}
    return deepcopy(value)


def _otherwise(base: Any, value: Any) -> Iterator[Any]:
    """Yield a value in the type that stands in its place: what is sent as text may be shown as a number, and the other way round."""
    if isinstance(base, str) and isinstance(value, (int, float)) and not isinstance(value, bool):
        yield str(value)
    if isinstance(base, (int, float)) and isinstance(value, str) and re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", value):
        yield float(value) if "." in value else int(value)
    if isinstance(base, list) and base and not isinstance(value, list):
        yield [_merged(base[0], value)]


def _restore(place: dict[str, Any], wanted: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    for name in wanted:
        if name in before:
            place[name] = before[name]
        else:
            place.pop(name, None)


def _descend(body: Any, steps: tuple[str, ...]) -> Any:
    for step in steps:
        body = body.get(step) if isinstance(body, dict) else None
        if isinstance(body, list) and len(body) > 0 and isinstance(body[0], dict):
            body = body[0]
    return body


def unwrapped(body: Any, known: set[str]) -> dict[str, Any]:
    """Return the fields of an item in a request's body: the body itself, or what stands in it alone (`{"customer": {...}}`)."""
    if isinstance(body, list):
        return unwrapped(body[0], known) if len(body) == 1 else {}
    if not isinstance(body, dict):
        return {}
    inner = [value[0] if isinstance(value, list) and len(value) == 1 else value for value in body.values()]
    if len(inner) != 1 or not isinstance(inner[0], dict):
        return body
    folded = {normalise(name) for name in known}
    return max((body, inner[0]), key=lambda fields: sum(normalise(name) in folded for name in fields))
