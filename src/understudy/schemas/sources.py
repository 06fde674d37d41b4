"""What attempts draw on: shapes, names, and the examples and constants of a contract that its own schemas
accept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from functools import partial
from itertools import compress
from typing import Any, Final

from msgspec.structs import replace

from understudy.contracts.source import Node
from understudy.pointers import unescape
from understudy.schemas.agreement import Rules, agree, rules_for
from understudy.schemas.choice import Choice
from understudy.schemas.naming import LINK_HINTS, Names, identifies
from understudy.schemas.scalars import Scalars
from understudy.schemas.shape import Member, Shape
from understudy.schemas.shapes import Shapes
from understudy.schemas.taught import Taught
from understudy.schemas.validators import Validator

_CONSTANTS = 500  # allowed values that are drawn from, of as many as there may be
_ALTERNATIVES = 8  # that are asked for what authors show of them
_DEEPEST = 4  # alternatives within alternatives that are looked into
_ENDINGS: Final = re.compile(
    "(_(dto|model|schema|resource|response|entity|out|read|view|vm|object|output|public|summary|details?))+$"
)
"""Last words of a schema's name that say how it is written, and not of what it is: `ProductDto`,
`UserOut`.
"""

_HELD_BY: Final = re.compile(r"/(?:schemas|definitions|\$defs)/([^/]+)/properties/[^/]+$")


def _holder_of(shape: Shape) -> str:
    """Return the name of the schema in which an object is described; "" where it stands in none."""
    for part in shape.parts:
        holder = _HELD_BY.search(part.pointer)
        if holder is not None:
            return unescape(holder[1])
    return ""


class Sources:
    """What attempts draw on: the shapes of a contract, and what was found out about them once, which they
    keep.
    """

    def __init__(
        self, validator_of: Callable[[Node], Validator], direction: str, taught: Taught | None = None
    ) -> None:
        self._validator_of = validator_of
        self._taught = taught or Taught()
        self.shapes, self.names = Shapes(direction), Names()
        self.scalars = Scalars(self.names)

    def samples(self, shape: Shape) -> list[Any]:
        """Return the examples that the schemas accept, or where there are none the defaults; `null` and what
        is empty say nothing, but for a text of which authors write nothing else.
        """
        if shape.valid_samples is None:
            learnt = [one for part in shape.merged for one in self._taught.of(part)]
            valid = [one for one in (*shape.samples, *learnt) if self._is_sample(shape, one)]
            defaults = [one for one in shape.defaults if _is_single(one) and self._is_sample(shape, one)]
            shape.valid_samples = valid or self._blank(shape, (*shape.samples, *learnt)) or defaults
        return shape.valid_samples

    def _blank(self, shape: Shape, examples: Sequence[Any]) -> list[Any]:
        """Return an empty text where all examples are one: the line of an address that few have."""
        return [""] if set(map(str, examples)) == {""} and self.accepts(shape, "") else []

    def is_default(self, shape: Shape, value: Any) -> bool:
        """Tell whether a value is what the schemas say where nobody says anything."""
        return value in shape.defaults and value not in shape.samples

    def _is_sample(self, shape: Shape, value: Any) -> bool:
        return _says_something(value) and self.accepts(shape, value)

    def constants(self, shape: Shape) -> list[Any]:
        """Return the allowed values that are valid, `null` only where there is no other."""
        if shape.valid_constants is None:
            some = (shape.constants or ())[:_CONSTANTS]
            valid = [one for one in some if self._is_allowed(shape, one)]
            shape.valid_constants = [one for one in valid if one is not None] or valid
        return shape.valid_constants

    def _is_allowed(self, shape: Shape, constant: Any) -> bool:
        """Tell whether one of the allowed values is right in all else that the schemas say."""
        if self._needs_validators(shape, constant):
            return all(self.meets(part, constant) for part in shape.parts)
        return self.scalars.is_within(shape, constant)

    def member(self, shape: Shape, name: str) -> Member:
        """Return what holds for a property of an object."""
        known = shape.known_members.get(name)
        if known is None:
            known = self._member(shape, name)
            if name in shape.declared:  # the names of a map may be others each time
                shape.known_members[name] = known
        return known

    def _member(self, shape: Shape, name: str) -> Member:
        normal = self.names.normal(name)
        parts = shape.property(name)
        if parts is None:
            return Member(normal, None)
        inner = self._instructed(shape, name, self.shapes.of(parts))
        empty = self.names.stays_empty(normal)
        return Member(
            normal,
            inner,
            is_nested=self._is_nested(inner, 0),
            is_null=inner.nullable and (bool(empty) or self._is_shown_as_null(inner)),
            is_empty=self._is_empty(normal, inner),
            is_hidden=inner.hidden,
            leads_on=empty == "page" or (normal in LINK_HINTS and "href" in shape.declared),
        )

    def _is_shown_as_null(self, shape: Shape) -> bool:
        """Tell whether null is all that authors write of a text, a number or a flag."""
        if shape.kind in ("object", "array") or shape.constants is not None or shape.choices:
            return False
        shown = list(shape.samples)
        for part in shape.merged:
            shown += self._taught.of(part)
        return bool(shown) and shown.count(None) == len(shown)

    def _is_empty(self, name: str, shape: Shape) -> bool:
        """Tell whether a list had better have nothing in it, and may."""
        return shape.kind == "array" and self.names.is_left_over(name) and not shape.limit("minItems", 0)

    def names_another(self, name: str, value: Any) -> bool:
        """Tell whether a member that is no id has one of an item that an example shows."""
        return isinstance(value, str) and value in self._taught.ids and not identifies(name)

    def let_agree(self, shape: Shape, members: dict[str, Any], fixed: Set[str] = frozenset()) -> None:
        """Let the members of an object agree with each other, as far as their schemas let them. fixed: names
        of those that stay.
        """
        rules = self.rules(shape)
        if rules.rules:
            required = shape.required.keys()
            agree(members, fixed, lambda name, value: self.may_be(shape, name, value), rules, required)

    def rules(self, shape: Shape) -> Rules:
        """Return the rules by which members of an object agree, found once."""
        if shape.rules is None:
            shape.rules = rules_for(list(shape.declared), partial(self._examples_of, shape))
        return shape.rules

    def _examples_of(self, shape: Shape, name: str) -> list[Any]:
        """Return what authors wrote of a member."""
        member = self.member(shape, name).shape
        return [] if member is None else self.samples(member)

    def may_be(self, shape: Shape, name: str, value: Any) -> bool:
        """Tell whether a member of an object may have a value."""
        member = self.member(shape, name).shape
        return member is not None and self.accepts(member, value)

    def _instructed(self, shape: Shape, name: str, inner: Shape) -> Shape:
        """Return the shape of a property with what examples of the whole say of it beside its own."""
        if inner.kind in ("object", "array") or inner.constants is not None:
            return inner
        learnt: list[Any] = []
        for member in shape.declaring.get(name, ()):
            learnt += self._taught.of(member.raw("properties", name))
        if not learnt:
            return inner
        return replace(inner, samples=[*inner.samples, *learnt], valid_samples=None)

    def _is_nested(self, shape: Shape, depth: int) -> bool:
        """Tell whether a value is an object or an array, or may be one."""
        if shape.constants is not None:
            return False
        if shape.kind in ("object", "array"):
            return True
        if depth >= _DEEPEST:
            return bool(shape.choices)
        branches = [branch for choice in shape.choices for branch in choice.branches]
        return any(self._is_nested(self.shapes.of(branch), depth + 1) for branch in branches)

    def owner(self, shape: Shape, name: str) -> str:
        """Say in snake case what an object is: what it is called, or where that says nothing what its schema
        is called. What holds all that is said of a thing but its id (`attributes` of JSON:API) is that thing.
        """
        if not self.names.is_generic(name):
            return name
        called = shape.component or _holder_of(shape)
        return _ENDINGS.sub("", self.names.normal(called)) or name

    def label(self, shape: Shape, name: str) -> str | None:
        """Return what a discriminator's property says of the alternative that was taken, where it may."""
        label = shape.labels.get(name)
        if label is None:
            return None
        rule = shape.property(name)
        if rule is None or not self.scalars.fits(self.shapes.of(rule), label):
            return None
        return label

    def says_nothing(self, choice: Choice, index: int) -> bool:
        """Tell whether a branch adds nothing, or only that the value is null."""
        branch = choice.branches[index]
        return not branch or self.shapes.of(branch).kind == "null"

    def shown(self, choice: Choice) -> Set[int]:
        """Return which alternatives authors show, of those that are no objects: `oneOf` an empty text or a
        number with an example.
        """
        shapes = list(map(self.shapes.of, choice.branches[:_ALTERNATIVES]))
        if any(shape.kind in ("object", "array") for shape in shapes):
            return frozenset()
        return set(compress(range(len(shapes)), map(self.samples, shapes)))

    def meets(self, part: Node, value: Any) -> bool:
        """Tell whether a value is right for one schema."""
        return self._validator_of(part).is_valid(value)

    def excludes(self, shape: Shape, value: Any) -> bool:
        """Tell whether a value is one of those that `not` speaks of."""
        return any(self.meets(part, value) for part in shape.excluded)

    def accepts(self, shape: Shape, value: Any) -> bool:
        """Tell whether a value is right for a shape; by the shape's own limits where these say everything."""
        if self._needs_validators(shape, value):
            return all(self.meets(part, value) for part in shape.parts)
        return self.scalars.fits(shape, value)

    @staticmethod
    def _needs_validators(shape: Shape, value: Any) -> bool:
        return isinstance(value, (dict, list)) or bool(shape.choices) or bool(shape.excluded)


def _is_single(value: Any) -> bool:
    return not isinstance(value, (dict, list))


def _says_something(value: Any) -> bool:
    return value is not None and value not in ("", {}, [])


def copied(value: Any) -> Any:
    """Copy a value of JSON's types, so that it may be changed."""
    if isinstance(value, dict):
        return {name: copied(member) for name, member in value.items()}
    if isinstance(value, list):
        return list(map(copied, value))
    return value
