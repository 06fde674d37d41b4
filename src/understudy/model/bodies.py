"""Bodies: where in what an operation takes or answers an item, or a list of items, stands."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Final

from msgspec import Struct

from understudy.contracts.answers import answered
from understudy.contracts.contract import Operation
from understudy.contracts.source import Node
from understudy.model.model import Place
from understudy.model.paths import IdNames
from understudy.model.vocabulary import (
    ALARMS,
    BESIDE_ITEMS,
    IDS,
    NAMES_OF_ONE,
    OF_IDENTITY,
    PAGE_COUNTS,
    PAGE_SIGNS,
    SAYS_OUTCOME,
    TOTALS,
    WRAPPERS,
)
from understudy.names import by_folded, fold, singular
from understudy.pointers import steps, written
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape
from understudy.schemas.shapes import Shapes

DEEPEST: Final = 4
"""Levels of wrapping that are looked through."""

_ROLE: Final = "role"
"""What somebody is in a group, beside who they are."""
_OF_A_THING: Final = 8
"""Plain members that an envelope has not."""

_LEAST: Final = 3
"""Letters of a word that tells what an id is of."""

_MOST_CHOICES: Final = 2
_MOST_BRANCHES: Final = 4
_SCALARS: Final = ("string", "integer", "number", "")
_NUMBERS: Final = ("integer", "number")
_ANNOTATION: Final = "@"
"""Begins what JSON-LD says of an object (§4.1): `@id` is its address, not its id."""

_OBJECTS: Final = ("object", "")


class Location(Struct, frozen=True):
    """Where in a body an item, or a list of items, stands, and what stands there."""

    place: Place
    parts: Parts
    shape: Shape


class Bodies:
    """Where things stand in the bodies of one contract."""

    def __init__(self) -> None:
        self.requests, self.responses = Shapes("request"), Shapes("response")
        self._items: dict[tuple[Parts, IdNames], Location | None] = {}
        self._lists: dict[tuple[Parts, IdNames], Location | None] = {}
        self._wholes: dict[Parts, Shape] = {}
        self._holders: dict[tuple[Parts, IdNames], str] = {}
        self._ids: dict[tuple[Parts, frozenset[str], IdNames], str] = {}

    def answered_item(self, operation: Operation | None, id_names: IdNames) -> Location | None:
        """Find the item in what an operation answers, None where there is none."""
        schema = answered(operation)
        if schema is None:
            return None
        return self.item((schema,), id_names)

    def answered_listing(self, operation: Operation | None, id_names: IdNames) -> Location | None:
        """Find the array of items in what an operation answers, None where there is none."""
        schema = answered(operation)
        if schema is None:
            return None
        return self.listing((schema,), id_names)

    def item(self, parts: Parts, id_names: IdNames) -> Location | None:
        """Find the object that carries the id: the body itself, or what a wrapper such as `data` holds; the
        outermost wins.
        """
        key = (parts, id_names)
        if key not in self._items:
            self._items[key] = self._find_item(parts, id_names)
        return self._items[key]

    def _find_item(self, parts: Parts, id_names: IdNames) -> Location | None:
        waiting: deque[tuple[Place, Parts]] = deque([((), parts)])
        first = None
        while waiting:
            place, here = waiting.popleft()
            location = self._object_at(place, here)
            if location is None:
                continue
            if self._is_item(location, id_names) or self._has_sides(location, id_names):
                return location
            if self._connects(location, id_names):
                return location
            first = first or location
            if len(place) < DEEPEST:
                waiting += self._within(location, id_names)
        return self._called_so(first, id_names) or self._wrapped(first) or first

    def _is_item(self, location: Location, id_names: IdNames) -> bool:
        """Tell whether an object carries the id. A `name` does not, within what is called as something else:
        the `groups` of a rule are no rules.
        """
        own = self.own_id(location.shape, id_names)
        if own.startswith("/"):
            return True
        own = fold(own)
        if not own or not location.place or own in IDS or own not in NAMES_OF_ONE:
            return bool(own)
        return own in id_names.ranked[:1] or is_wrapper(location.place[-1], id_names)

    def _called_so(self, first: Location | None, id_names: IdNames) -> Location | None:
        """Return the object in another one that is called as the item is, where none carries an id."""
        for name, below in present(first.shape) if first is not None else ():
            shape = self.whole(below)
            if shape.kind == "object" and _strangeness(name, id_names) == 0:
                return Location((name,), below, shape)
        return None

    def _wrapped(self, first: Location | None) -> Location | None:
        """Return the object in another one that is nothing but its wrapper, where none carries an id:
        `{success, data: {theme, language}}`.
        """
        inner = None
        for name, below in present(first.shape) if first is not None else ():
            folded = fold(name)
            if folded in WRAPPERS and self.whole(below).kind == "object" and inner is None:
                inner = Location((name,), below, self.whole(below))
            elif not _says_nothing_of_it(folded):
                return None
        return inner

    def wraps_alone(self, parts: Parts, name: str) -> bool:
        """Tell whether a body is nothing but the wrapper of a member, whatever that is called: `{message,
        booking_info}`.
        """
        names = {fold(one) for one, _ in present(self.whole(parts))}
        return all(map(_says_nothing_of_it, names - {fold(name)}))

    def _object_at(self, place: Place, parts: Parts) -> Location | None:
        shape = self.whole(parts)
        if (
            shape.kind == "array" and shape.items and place
        ):  # {"invoices": [{…}]}: one thing in a list of its own
            parts = shape.items
            shape = self.whole(parts)
        if shape.kind not in _OBJECTS:
            return None
        return Location(place, parts, shape)

    def _within(self, location: Location, id_names: IdNames) -> list[tuple[Place, Parts]]:
        """List the objects and lists within an object, where an item may stand, the likeliest first; none
        stands in what tells of an error, unless it is called so.
        """
        found = []
        is_thing = self._is_thing(location.shape)
        for name, below in present(location.shape):
            kind = self.whole(below).kind
            is_part = is_thing and kind == "array" and _strangeness(name, id_names) > 0
            if is_part or _is_alarm(name, id_names):
                continue
            if kind in ("object", "array"):
                rank = (kind == "array", _strangeness(name, id_names))
                found.append((rank, (*location.place, name), below))
        found.sort(key=lambda entry: entry[0])
        return [(place, below) for _, place, below in found]

    def _has_sides(self, location: Location, id_names: IdNames) -> bool:
        """Tell whether an object holds several things with an id of their own each, and none that is called
        as what wraps an item: `{browser: {id}, os: {id}, source: {id}}` is one thing, and no wrapper.
        """
        found = 0
        for name, below in present(location.shape):
            inner = self.whole(below)
            if inner.kind == "array":
                inner = self.whole(inner.items or ())
            if inner.kind != "object" or fold(self.id_member(inner, id_names)) not in IDS:
                continue
            if is_wrapper(name, id_names):
                return False
            found += 1
        return found > 1

    def _connects(self, location: Location, id_names: IdNames) -> bool:
        """Tell whether an object without an id of its own says of something else what that is here, and wraps
        no item: `{user_id, user: {id, name}}`, `{user: {id}, role}`.
        """
        members = dict(present(location.shape))
        folded = by_folded(members)
        for name, below in members.items():
            inner = self.whole(below)
            if inner.kind != "object" or is_wrapper(name, id_names):
                continue
            is_named = f"{fold(name)}id" in folded or _ROLE in folded
            if is_named and fold(self.id_member(inner, id_names)) in IDS:
                return True
        return False

    def _is_thing(self, shape: Shape) -> bool:
        """Tell whether an object says so much beside its lists that these are parts of it, as the `items` of
        an order are.
        """
        scalars = 0
        for _, below in present(shape):
            scalars += self.whole(below).kind in _SCALARS
        return scalars >= _OF_A_THING

    def listing(self, parts: Parts, id_names: IdNames) -> Location | None:
        """Find the array of items: the body itself or a member of its envelope; one whose items carry the id
        comes first.
        """
        key = (parts, id_names)
        if key not in self._lists:
            found = list(self._arrays(parts))
            self._lists[key] = min(found, key=lambda one: self._rank(one, id_names), default=None)
        return self._lists[key]

    def _arrays(self, parts: Parts) -> Iterator[Location]:
        waiting: deque[tuple[Place, Parts]] = deque([((), parts)])
        while waiting:
            place, here = waiting.popleft()
            shape = self.whole(here)
            if shape.kind == "array" and (shape.items or not shape.prefixes):
                yield Location(place, here, shape)
            elif shape.kind == "object" and len(place) < DEEPEST:
                waiting += [((*place, name), below) for name, below in present(shape)]

    def _rank(self, listing: Location, id_names: IdNames) -> tuple[bool, bool, int]:
        items = listing.shape.items
        carries = bool(items) and self._carries(items, id_names)
        tells_of_errors = any(_is_alarm(name, id_names) for name in listing.place)
        return tells_of_errors, not carries, len(listing.place)

    def _carries(self, items: Parts, id_names: IdNames) -> bool:
        """Tell whether items of a list carry an id, themselves or in a wrapper of each."""
        if self.item(items, id_names) is None:
            return False
        shape = self.whole(items)
        if self.own_id(shape, id_names):
            return True
        return any(self.own_id(self.whole(below), id_names) for _, below in present(shape))

    def is_list(self, parts: Parts, id_names: IdNames) -> bool:
        """Tell whether a body is a list of things, and not a thing that has a list."""
        shape = self.whole(parts)
        if shape.kind == "array":
            return True
        if self.own_id(shape, id_names) and not self.is_page(parts):
            return False
        found = self.listing(parts, id_names)
        return found is not None and len(found.place) <= 2

    def is_page(self, parts: Parts) -> bool:
        """Tell whether a body says of itself that it is a page of a list: how many pages there are, or all
        items, beside a list.
        """
        members = present(self.whole(parts))
        counts = any(fold(name) in PAGE_COUNTS or fold(name) in TOTALS for name, _ in members)
        lists = any(self.whole(below).kind == "array" for _, below in members)
        return counts and lists and any(fold(name) in PAGE_SIGNS for name, _ in members)

    def whole(self, parts: Parts) -> Shape:
        """Return a shape; of nothing but alternatives, that of the first that is not null."""
        shape = self._wholes.get(parts)
        if shape is None:
            shape = self._wholes[parts] = self._first_of(self.responses.of(parts))
        return shape

    def is_nullable(self, parts: Parts) -> bool:
        """Tell whether null may be shown, also where a schema says nothing."""
        shape = self.responses.of(parts)
        says_nothing = shape.types is None and not shape.choices and shape.constants is None
        return says_nothing or self.says_null(parts)

    def says_null(self, parts: Parts) -> bool:
        """Tell whether a schema says that null may be shown."""
        shape = self.responses.of(parts)
        if shape.nullable:
            return True
        branches = chain.from_iterable(choice.branches for choice in shape.choices)
        return any(self.responses.of(branch).nullable for branch in branches)

    def _first_of(self, shape: Shape) -> Shape:
        for _ in range(DEEPEST):
            says_enough = shape.members and shape.declared
            if says_enough or not shape.choices or shape.kind not in _OBJECTS:
                return shape
            branches = branches_of(self.responses, shape)
            better = next((branch for branch in branches if branch.kind not in ("", "null")), None)
            if better is None:
                return shape
            shape = better
        return shape

    def id_member(self, shape: Shape, id_names: IdNames) -> str:
        """Return the member of an object that carries its id, or ""."""
        key = (shape.parts, shape.taken, id_names)
        if key not in self._ids or not shape.parts:
            self._ids[key] = self._found_id(shape, id_names)
        return self._ids[key]

    def _found_id(self, shape: Shape, id_names: IdNames) -> str:
        said = self._says_outcome(shape, id_names)
        by_name = by_folded(
            name for name, _ in present(shape) if not name.startswith(_ANNOTATION) and fold(name) not in said
        )
        unlike = ""
        for folded in id_names:
            name = by_name.get(folded)
            if name is None:
                continue
            member = self.whole(shape.declared[name] or ())
            if member.kind not in _SCALARS or _is_title(folded, member.kind, id_names):
                continue
            if not (folded in IDS and _is_unlike(member, id_names)):
                return name
            unlike = unlike or name
        return unlike or self._longer_id(shape, by_name, id_names)

    def _says_outcome(self, shape: Shape, id_names: IdNames) -> frozenset[str]:
        """Name the members by which an answer says how the request went: those that do, beside each other and
        beside nothing but a wrapper of what is answered, `{code, message}` and `{code, message, data: {…}}`;
        not what the path finds an item by.
        """
        said = set[str]()
        for name, below in present(shape):
            inner = self.whole(below)
            wraps = inner.kind in ("object", "array") and is_wrapper(name, id_names)
            if not wraps and not _is_beside(name, inner):
                return frozenset()
            if not wraps and fold(name) in SAYS_OUTCOME:
                said.add(fold(name))
        if len(said) < 2 or not said.isdisjoint(id_names.ranked[:1]):
            return frozenset()
        return frozenset(said)

    def _longer_id(self, shape: Shape, by_name: Mapping[str, str], id_names: IdNames) -> str:
        """Return the one member that says the id of the kind in more words, `accountHoldingId` of /holdings;
        "" where none does, or several.
        """
        kind = f"{id_names.kind}id"
        if len(id_names.kind) < _LEAST:
            return ""
        found = []
        for folded, name in by_name.items():
            if folded.endswith(kind) and self.whole(shape.declared[name] or ()).kind in _SCALARS:
                found.append(name)
        return found[0] if len(found) == 1 else ""

    def own_id(self, shape: Shape, id_names: IdNames) -> str:
        """Return the member that carries an object's id, itself or as a pointer into an object that it has,
        `/metadata/name`; "" where none does.
        """
        if id_names.place and self.member_at(shape, id_names.place):
            return written(id_names.place)
        own = self.id_member(shape, id_names)
        if own:
            return own
        key = (shape.parts, id_names)
        if key not in self._holders or not shape.parts:
            self._holders[key] = self._held_id(shape, id_names)
        return self._holders[key]

    def _held_id(self, shape: Shape, id_names: IdNames) -> str:
        """Return where in an object of its own an item's id stands, `/metadata/name` or `/user/id`.

        Where a wrapper holds an item, or nothing but the id's object is there, that is the item instead.
        """
        found, has_others = "", False
        for name, below in present(shape):
            inner = self.whole(below)
            own = ""
            if inner.kind == "object":
                own = self._id_within(name, inner, id_names)
            if own and _holds_identity(name, id_names):
                found = found or written((name, own))
            elif own and is_wrapper(name, id_names):
                return ""
            else:
                has_others |= not _is_beside(name, inner)
        return found if has_others else ""

    def _id_within(self, name: str, shape: Shape, id_names: IdNames) -> str:
        """Return the member that is an id, or is called as the path calls it; of what the path names, as the
        `user` of a {username}, whatever finds one.
        """
        own = self.id_member(shape, id_names)
        folded = fold(own)
        is_sure = folded.endswith(IDS.ranked) or id_names.parameter.endswith(folded)
        if is_sure or _is_named(name, id_names):
            return own
        return ""

    def member_at(self, shape: Shape, place: Place) -> Parts:
        """Return the schemas of what stands at a place of an object, none where nothing is said of it."""
        parts: Parts = ()
        for name in place:
            parts = shape.declared.get(name) or ()
            if not parts:
                return ()
            shape = self.whole(parts)
        return parts

    def alike(self, one: Shape, other: Shape, id_names: IdNames) -> bool:
        """Tell whether two objects show one kind of thing: one schema, or the same id and most of what each
        has.
        """
        names, others = dict(present(one)).keys(), dict(present(other)).keys()
        if not names or not others:
            return False
        if one.parts and other.parts and _written_at(one) == _written_at(other):
            return True
        own = steps(self.own_id(one, id_names))[0]
        shared, most = len(names & others), max(len(names), len(others))
        return bool(own) and own in others and 3 * shared >= 2 * most

    # -- alternatives

    def names(self, location: Location) -> list[str]:
        """Name the members an item may have, in any of its alternatives."""
        names = dict.fromkeys(location.shape.declared)
        others: set[str] = set()
        for shape in (location.shape, self.responses.of(location.parts)):
            for choice in shape.choices:
                for branch in choice.branches:
                    others.update(self.responses.of(branch).declared)
        return [*dict.fromkeys([*names, *sorted(others)])]

    def alternatives(self, parts: Parts, levels: int = 2) -> Iterator[Shape]:
        """Yield what a body that is sent may be: its own shape, then those of its alternatives."""
        shape = self.requests.of(parts)
        yield shape
        yield from self._alternatives_of(shape, levels)

    def _alternatives_of(self, shape: Shape, levels: int) -> Iterator[Shape]:
        for choice in shape.choices[:_MOST_CHOICES]:
            for branch in choice.branches[:_MOST_BRANCHES]:
                inner = self.requests.of((*shape.parts, *branch), shape.taken | {choice.key})
                yield inner
                if levels > 1:
                    yield from self._alternatives_of(inner, levels - 1)

    def says_most(self, parts: Parts) -> Node:
        """Return the one of several schemas that says most."""
        return max(parts, key=lambda part: len(self.whole((part,)).declared))


def branches_of(shapes: Shapes, shape: Shape) -> Iterator[Shape]:
    """Yield the shapes that the first choice of a shape leads to."""
    choice = shape.choices[0]
    taken_now = shape.taken | {choice.key}
    for branch in choice.branches:
        yield shapes.of((*shape.parts, *branch), taken_now)


def present(shape: Shape) -> list[tuple[str, Parts]]:
    """List the members that an object may have, and what holds for each."""
    return [(name, parts) for name, parts in shape.declared.items() if parts is not None]


def says_outcome(shape: Shape, whole: Callable[[Parts], Shape]) -> bool:
    """Tell whether an object says how a request went, and nothing of an item: `{code, message}`."""
    says = False
    for name, below in present(shape):
        if not _is_beside(name, whole(below)):
            return False
        says |= fold(name) in SAYS_OUTCOME
    return says


def _is_unlike(member: Shape, id_names: IdNames) -> bool:
    """Tell whether a member cannot be what the path takes: a number for a text that is called no id, or a
    UUID for a number.
    """
    if id_names.is_number:
        return member.format == "uuid"
    return id_names.is_text and member.kind in _NUMBERS


def _is_title(folded: str, kind: str, id_names: IdNames) -> bool:
    """Tell whether a text is what a thing is called and not its id, as its path takes a number that is not
    called so: `name` of /channels/{channel_id}.
    """
    is_name = folded in NAMES_OF_ONE and folded not in (*id_names.ranked[:1], id_names.parameter)
    return id_names.is_number and kind == "string" and is_name


def is_wrapper(name: str, id_names: IdNames) -> bool:
    """Tell whether a member's name says that it holds the item: it is the item's own, or a common one."""
    return _strangeness(name, id_names) < 2


def _says_nothing_of_it(folded: str) -> bool:
    """Tell whether a member beside an item says nothing of it, but how the request went."""
    return folded in SAYS_OUTCOME or folded in ALARMS or folded in BESIDE_ITEMS


def _holds_identity(name: str, id_names: IdNames) -> bool:
    """Tell whether a member's name says that it holds an item's identity, and is not the item: `metadata`, or
    `user` of an item that is no user and that its path finds by a user_id.
    """
    folded = fold(name)
    if singular(folded) == id_names.kind:
        return False
    return folded in OF_IDENTITY or _is_named(name, id_names)


def _is_named(name: str, id_names: IdNames) -> bool:
    """Tell whether the path's parameter names a member, and what finds one: user_id, username,
    owner_login.
    """
    before, named, ending = id_names.parameter.partition(fold(name))
    return bool(named) and not before and (ending in IDS or ending in NAMES_OF_ONE)


def _is_beside(name: str, shape: Shape) -> bool:
    """Tell whether a member stands beside an item in an answer, and is none of its own."""
    folded = fold(name)
    is_flat = shape.kind not in ("object", "array", "")
    return folded in ALARMS or folded in BESIDE_ITEMS or (is_flat and folded in SAYS_OUTCOME)


def _is_alarm(name: str, id_names: IdNames) -> bool:
    """Tell whether a member tells of errors, where the items are not called so themselves."""
    return fold(name) in ALARMS and _strangeness(name, id_names) > 0


def _strangeness(name: str, id_names: IdNames) -> int:
    """Tell how likely a member holds the item: one of its own name, then a common wrapper, then any other."""
    folded = fold(name)
    if f"{folded}id" in id_names or f"{singular(folded)}id" in id_names:
        return 0
    if folded in WRAPPERS:
        return 1
    return 2


def _written_at(shape: Shape) -> str:
    """Return where the schema of a shape is written, however it was referred to."""
    part = shape.parts[0]
    return part.document.follow(part).address


def shares_little(shape: Shape, other: Shape) -> bool:
    """Tell whether two objects have few of the members of the smaller one in common."""
    names, others = dict(present(shape)).keys(), dict(present(other)).keys()
    if not names or not others:
        return False
    return 3 * len(names & others) < 2 * min(len(names), len(others))
