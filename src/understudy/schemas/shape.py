"""A schema as it is read: `$ref` and `allOf` merged into one shape, alternatives set apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct, field

from understudy.contracts.source import Node
from understudy.schemas.agreement import Rules
from understudy.schemas.choice import Choice, Parts
from understudy.schemas.encodings import Carried
from understudy.schemas.keywords import NUMERIC_FORMATS, implied_types
from understudy.schemas.patterns import found_in
from understudy.schemas.subschemas import component, mapping, resolved

# Keywords that the construction of a value may miss.
_UNSURE: Final = frozenset(
    {"contains", "uniqueItems", "dependentSchemas", "dependentRequired", "propertyNames", "minProperties",
     "maxProperties", "unevaluatedProperties", "unevaluatedItems", "patternProperties"}
)  # fmt: skip
_FOR_OTHERS: Final = ("additionalProperties", "unevaluatedProperties")


class Shape(Struct):
    """One or more schemas merged. What one of them limits is limited; what none of them mentions is free.

    parts: the schemas; taken: keys of the choices that are already part of it. merged: every schema that went
    into it. members: those of them that speak of properties. types: the allowed types, or None for any.
    constants: the only values there are (`enum`, `const`), or None. limits: `minimum`, `maxLength`, … the
    strictest of each. samples: `example` and `examples`, in that order. hints: the keywords that were stated.
    carried: what a string stands for. provider: the method of Faker that makes it, where the contract says
    so. is_key: whether no two items may have the same. hidden: it does not travel in this direction. never:
    no value is right. labels: what discriminators' properties say of the branches that were taken.
    valid_samples, valid_constants, known_members, rules: what `Sources` found out about it, kept here.
    """

    parts: Parts
    taken: frozenset[str]
    merged: dict[Node, None] = field(default_factory=dict)
    members: list[Node] = field(default_factory=list)
    types: tuple[str, ...] | None = None
    never: bool = False
    hidden: bool = False
    nullable: bool = False
    constants: list[Any] | None = None
    samples: list[Any] = field(default_factory=list)
    hints: set[str] = field(default_factory=set)
    format: str = ""
    carried: Carried | None = None
    provider: str = ""
    is_key: bool = False
    patterns: list[str] = field(default_factory=list)
    steps: list[float] = field(default_factory=list)
    limits: dict[str, float] = field(default_factory=dict)
    unique: bool = False
    required: dict[str, None] = field(default_factory=dict)
    forbidden: set[str] = field(default_factory=set)
    dependent: dict[str, list[str]] = field(default_factory=dict)
    names: Parts = ()
    prefixes: list[Parts] = field(default_factory=list)
    items: Parts = ()
    contains: Parts = ()
    choices: list[Choice] = field(default_factory=list)
    excluded: Parts = ()
    defaults: list[Any] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    valid_samples: list[Any] | None = None
    valid_constants: list[Any] | None = None
    known_members: dict[str, Member] = field(default_factory=dict)
    rules: Rules | None = None
    _kind: str | None = None
    _description: str | None = None
    _declared: dict[str, Parts | None] | None = None
    _declaring: dict[str, list[Node]] | None = None
    _implied: tuple[str, ...] | None = None
    _is_sure: bool | None = None
    _speaks_of_others: bool | None = None

    @property
    def kind(self) -> str:
        """The type to make: the first that is allowed and not null, or what the keywords speak of; "" where
        nothing tells.
        """
        if self._kind is None:
            self._kind = self._told_kind()
        return self._kind

    def _told_kind(self) -> str:
        if self.types is not None:
            return next((name for name in self.types if name != "null"), "null")
        if self.format in NUMERIC_FORMATS:
            return NUMERIC_FORMATS[self.format]
        hinted = implied_types(None, self.hints, self.format)
        if hinted:
            return hinted[0]
        if self.format:
            return "string"
        return ""

    @property
    def possible(self) -> tuple[str, ...]:
        """The types a value may be of, by whatever says so; none where nothing does, and it may be of any."""
        if self.types is not None:
            return self.types
        if self._implied is None:
            self._implied = implied_types(self.constants, self.hints, self.format)
        return self._implied

    def may_be(self, kind: str) -> bool:
        """Tell whether a value may be of this type."""
        return not self.possible or kind in self.possible

    @property
    def is_sure(self) -> bool:
        """Whether a value that is made after it is valid, or may yet meet what no construction sees to."""
        if self._is_sure is None:
            plain = all(choice.is_inclusive for choice in self.choices)
            self._is_sure = plain and not self.excluded and self.hints.isdisjoint(_UNSURE)
        return self._is_sure

    @property
    def component(self) -> str:
        """The first name under which one of the schemas stands in the document, or ""."""
        return next(filter(None, map(component, self.merged)), "")

    @property
    def description(self) -> str:
        """The first description that one of the schemas has, or ""."""
        if self._description is None:
            told = (member.get("description") for member in self.merged)
            self._description = next((one for one in told if isinstance(one, str)), "")
        return self._description

    def limit(self, name: str, default: float) -> int:
        """Return a limit that counts something, as an integer."""
        bound = self.limits.get(name, default)
        if name.startswith("min"):
            return math.ceil(bound)
        return math.floor(bound)

    # -- objects

    @property
    def properties(self) -> Iterator[str]:
        """The names of the properties that the schemas declare, some of them twice."""
        for member in self.members:
            yield from mapping(member, "properties")

    @property
    def declared(self) -> dict[str, Parts | None]:
        """The properties that the schemas speak of, declared ones first and in their order, and what holds
        for each.
        """
        if self._declared is None:
            declaring = self.declaring
            names = {**declaring, **self.required}
            self._declared = {name: self._find(name, declaring.get(name, [])) for name in names}
        return self._declared

    @property
    def declaring(self) -> Mapping[str, Sequence[Node]]:
        """The schemas that declare each property."""
        if self._declaring is None:
            found: dict[str, list[Node]] = {}
            for member in self.members:
                for name in mapping(member, "properties"):
                    found.setdefault(name, []).append(member)
            self._declaring = found
        return self._declaring

    @property
    def others(self) -> Parts:
        """What holds for properties that are not named; of several patterns none, as which matches is the
        name's matter.
        """
        found: list[Node] = []
        for member in self.members:
            found += _for_others(member)
        return tuple(map(resolved, found))

    @property
    def is_open(self) -> bool:
        """Whether an object is one of names the schema leaves to others: it says so, or it says nothing at
        all.
        """
        stated = set(map(_takes_others, self.members)) - {None}
        if False in stated:
            return False
        return True in stated or not any(self.properties)

    def property(self, name: str) -> Parts | None:
        """Return what holds for a property, declared or not; None where it must not be there."""
        if name in self.declared:
            return self.declared[name]
        return self._find(name, [])

    def _saying(self, name: str, declaring: Sequence[Node]) -> list[Node]:
        """Return what the schemas say of a property, as it stands."""
        if not self._speaks_of_others:
            return [member.raw("properties", name) for member in declaring]
        found: list[Node] = []
        for member in self.members:
            found += _of_member(member, name, bool(declaring))
        return found

    def _find(self, name: str, declaring: Sequence[Node]) -> Parts | None:
        """Return what holds for a property. declaring: the schemas that declare it."""
        if self._speaks_of_others is None:
            self._speaks_of_others = any(map(_speaks_of_others, self.members))
        found: Iterable[Node] = self._saying(name, declaring)
        if len(self.members) > 1:
            found = dict.fromkeys(found)
        if name in self.forbidden or any(part.value is False for part in found):
            return None
        return tuple(resolved(part) for part in found if isinstance(part.value, dict))


def _speaks_of_others(member: Node) -> bool:
    """Tell whether a schema says something of properties that it does not name."""
    return any(map(member.has, ("patternProperties", *_FOR_OTHERS)))


def _for_others(member: Node) -> list[Node]:
    """Return the schema that one schema has for properties it does not name, in a list, if it has one."""
    for key in _FOR_OTHERS:
        if isinstance(member.get(key), dict):
            return [member.raw(key)]
    patterns = list(mapping(member, "patternProperties"))
    if len(patterns) != 1:
        return []
    return [member.raw("patternProperties", patterns[0])]


def _takes_others(member: Node) -> bool | None:
    """Tell whether a schema takes properties it does not name; None where it does not say."""
    if member.has("patternProperties"):
        return True
    for key in _FOR_OTHERS:
        if isinstance(member.get(key), dict):
            return True
    for key in _FOR_OTHERS:
        if isinstance(member.get(key), bool):
            return bool(member.get(key))
    return None


def _of_member(member: Node, name: str, is_named: bool) -> Iterator[Node]:
    """Yield what one schema says of a property. is_named: some schema declares it: it is evaluated."""
    own = name in mapping(member, "properties")
    if own:
        yield member.raw("properties", name)
    is_matched = False
    for pattern in found_in(mapping(member, "patternProperties"), name):
        is_matched = True
        yield member.raw("patternProperties", pattern)
    if own or is_matched:
        return
    if member.has("additionalProperties"):
        yield member.raw("additionalProperties")
    elif member.has("unevaluatedProperties") and not is_named:
        yield member.raw("unevaluatedProperties")


class Member(Struct, frozen=True):
    """What holds for one property of an object.

    name: in snake case. shape: None where it must not be there. is_nested: it is an object or array, or may
    be one. is_null: it had better be null. is_empty: it had better be an empty list. leads_on: it leads to
    another page, of which there is none, or says more of a link than its address.
    """

    name: str
    shape: Shape | None
    is_nested: bool = False
    is_null: bool = False
    is_empty: bool = False
    is_hidden: bool = False
    leads_on: bool = False

    @property
    def says_nothing(self) -> bool:
        """Whether there had better be nothing in it."""
        return self.is_null or self.is_empty

    def nothing(self) -> list[Any] | None:
        """Return what it says then."""
        return [] if self.is_empty else None
