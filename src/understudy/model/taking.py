"""Taking: what of a request becomes members of an item."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from understudy.contracts.answers import JSON_PATCH, taken
from understudy.contracts.contract import Body, Operation
from understudy.contracts.source import Node
from understudy.model.actions import taken_over
from understudy.model.addresses import address_of, same
from understudy.model.asked import default_of
from understudy.model.bodies import Bodies, present
from understudy.model.items import VALUE, VALUES, Item, Items, number_of
from understudy.model.model import Filter, Place, Take
from understudy.model.resources import Resource, Verb
from understudy.model.vocabulary import (
    ATTRIBUTES,
    BALANCES,
    BEGUN_WITH,
    HOLDS_CHANGES,
    IDS,
    SENT_IN,
    UPDATE_MASKS,
)
from understudy.names import by_folded, fold, singular, split_words
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape

_DEEPEST: Final = 4
_OF_CHANGES: Final = ("op", "operations")
"""Members of a change, and of what generators for .NET write around a list of them."""

_UNDECIDED: Final = "undecided"
_NEW: Final = "new"
"""Before the name of what a create makes of something, as Gitea's `new_branch_name`."""

_REASONS: Final = ("reason", "comment", "note", "message")
"""How the reason of an action is sent."""
_NUMBERS: Final = ("integer", "number")
Bounds = tuple[float | None, float | None]
"""The least and the most of a number."""

_STEM: Final = 4  # letters that a verb and what it is called have in common

_SETTING: Final[tuple[Verb, ...]] = ("create", "replace", "update")


class Taking:
    """What the operations of one contract take."""

    def __init__(self, bodies: Bodies, items: Items) -> None:
        self._bodies, self._items = bodies, items
        self._taken: dict[tuple[str, str], Take] = {}
        # Schemas that lead to each other are looked at once for each level on which they stand.
        self._as_sent: dict[tuple[Parts, Parts, int], bool] = {}
        self._added: dict[tuple[Parts, int], bool] = {}

    def of(self, operation: Operation, resource: Resource) -> Take:
        """Return what an operation's request says of an item."""
        key = (operation.key, resource.path)
        if key not in self._taken:
            self._taken[key] = self._take(operation, resource)
        return self._taken[key]

    def _take(self, operation: Operation, resource: Resource) -> Take:
        item = self._items.of(resource)
        if operation.body is None:
            return Take(query=_by_query(operation, item))
        if self._is_patch(operation.body):
            return Take(only=True)
        schema = taken(operation)
        if schema is None:
            return Take(places=self._also_shown(item, [()]))
        body = (schema,)
        if item is None and resource.single and self._bodies.requests.of(body).kind in VALUES:
            return Take(schema=address_of(schema), members=(VALUE,), whole=VALUE)
        places = self._places(body, item, singular(fold(resource.noun)))
        whole = self._whole(operation, body, item)
        if whole:
            return Take(schema=address_of(schema), members=(whole,), whole=whole)
        asked = self.asked(body, places[0])
        within = self._within(item, asked)
        if within:
            return Take(schema=address_of(schema), places=places, members=(within,), within=within)
        renamed = {
            **self._renamed(asked, item, resource.noun),
            **self._assigned(operation, asked, item),
            **_begun_with(asked, item),
        }
        by_id = self._by_id(body, item)
        if by_id:
            return Take(schema=address_of(schema), places=((),), by_id=True)
        return Take(
            schema=address_of(schema),
            places=places,
            members=tuple(renamed.get(name, name) for name in asked),
            renamed=renamed,
            as_is=tuple(self._as_is(asked, renamed, item)),
            hidden=tuple(dict.fromkeys(self._hidden(body))),
            each=tuple(dict.fromkeys(self._lists(body, item))),
            mask=_mask(operation, self._bodies.requests.of(body), places),
        )

    def _whole(self, operation: Operation, body: Parts, item: Item | None) -> str:
        """Return the member of an item that a body is, by the last segment of the path, "" where it holds
        members: `PUT /posts/{id}/tags` takes a list of texts.
        """
        kind = self._bodies.requests.of(body).kind
        if item is None or kind in ("object", "") or operation.method not in ("put", "patch"):
            return ""
        name = by_folded(item.names).get(fold(operation.path.rstrip("/").rpartition("/")[2]), "")
        if not name or self._bodies.whole(item.member(name)).kind != kind:
            return ""
        return name

    def _by_id(self, body: Parts, item: Item | None) -> bool:
        """Tell whether a body is an object of items, or of changes of them, by their ids."""
        shape = self._bodies.requests.of(body)
        if item is None or shape.kind != "object" or shape.declared or not shape.others:
            return False
        return self._share_names(shape.others, _folded(item.names))

    def _is_patch(self, body: Body) -> bool:
        """Tell whether a body is a list of changes. ASP.NET names the media type of one for every body; then
        its schema describes an item.
        """
        media = body.content.get(JSON_PATCH)
        if media is None or media.schema is None:
            return media is not None
        names = _folded(dict(present(self._bodies.requests.of((media.schema,)))))
        return not names or not names.isdisjoint(_OF_CHANGES)

    def _within(self, item: Item | None, asked: Collection[str]) -> str:
        """Return the member of an item that holds what is sent of it, "" where the item itself does."""
        if item is None:
            return ""
        named = _folded(asked)
        beside = named & (_folded(item.names) - IDS.known)
        for holder, held in self._held(item):
            if beside <= held and not named.isdisjoint(held):  # the `type` beside them labels the item
                return holder
        return ""

    def _held(self, item: Item) -> Iterator[tuple[str, frozenset[str]]]:
        """Yield the members of an item that hold what there is to say of it, and the names in there."""
        for name, below in present(item.location.shape):
            if fold(name) in ATTRIBUTES:
                yield name, _folded(dict(present(self._bodies.whole(below))))

    def requires(self, operation: Operation, resource: Resource) -> bool:
        """Tell whether an operation takes an item of which something is required."""
        schema = taken(operation)
        if schema is None:
            return False
        parts: Parts = (schema,)
        for name in self.of(operation, resource).places[0]:
            parts = self._bodies.requests.of(parts).declared.get(name) or ()
        return bool(self._bodies.requests.of(parts).required)

    def settable(self, resource: Resource) -> frozenset[str]:
        """Name what some operation on a resource's own paths may set of an item."""
        names: set[str] = set()
        for verb in _SETTING:
            operation = resource.operations.get(verb)
            if operation is not None:
                names.update(self.of(operation, resource).members)
        return frozenset(names)

    def stated(self, resource: Resource) -> frozenset[str]:
        """Name what requests set of an item that are described apart from it: no generator wrote these names
        into them.
        """
        names: set[str] = set()
        item = self._items.of(resource)
        if item is None:
            return frozenset()
        for operation, schema in _setting(resource):
            sent = self._bodies.requests.of((schema,)).declared
            if not sent.keys() >= item.location.shape.declared.keys():
                names.update(self.of(operation, resource).members)
        return frozenset(names)

    def among(self, resource: Resource) -> Mapping[str, tuple[str, ...]]:
        """Return the few values that requests may give to members of which the item's own schema says no more
        than that they are texts: a create takes `red` or `green`, and a read shows any text.
        """
        found: dict[str, tuple[str, ...]] = {}
        for item, member, parts in self._asked_of(resource):
            values = self._few(parts)
            if values and self._takes_any_text(item, member):
                found.setdefault(member, values)
        return found

    def bounds(self, resource: Resource) -> Mapping[str, Bounds]:
        """Return the least and the most that requests may give to numbers of which the item's own schema says
        no more than that: a create takes 0 to 100, and a read shows any.
        """
        found: dict[str, Bounds] = {}
        for item, member, parts in self._asked_of(resource):
            shape = self._bodies.requests.of(parts)
            least, most = shape.limits.get("minimum"), shape.limits.get("maximum")
            is_bounded = shape.kind in _NUMBERS and (least, most) != (None, None)
            if is_bounded and self._takes_any_number(item, member):
                found.setdefault(member, (least, most))
        return found

    def _asked_of(self, resource: Resource) -> Iterator[tuple[Item, str, Parts]]:
        """Yield the members of an item that requests set, and how they describe them."""
        item = self._items.of(resource)
        if item is None:
            return
        for operation, schema in _setting(resource):
            take = self.of(operation, resource)
            for name, parts in self.asked((schema,), take.places[0]).items():
                member = take.renamed.get(name, name)
                if member in item.names:
                    yield item, member, parts

    def _takes_any_number(self, item: Item, member: str) -> bool:
        shape = self._bodies.whole(item.member(member))
        return shape.kind in _NUMBERS and not (shape.limits or shape.constants or shape.samples)

    def _few(self, parts: Parts) -> tuple[str, ...]:
        """Return the texts that are all a member may be sent as; nothing where it may be anything else."""
        for shape in self._bodies.alternatives(parts):
            if shape.constants:
                return tuple(value for value in shape.constants if isinstance(value, str))
        return ()

    def _takes_any_text(self, item: Item, member: str) -> bool:
        shape = self._bodies.whole(item.member(member))
        says_more = shape.constants is not None or shape.format or shape.patterns or shape.samples
        return shape.kind == "string" and not says_more

    def number(self, resource: Resource) -> str:
        """Return the folded name of the member that says the same as the id, since the path names it and no
        caller can set it.
        """
        told = number_of(resource)
        if told in _folded(self.settable(resource)):
            return ""
        return told

    # -- where an item may stand

    def _places(self, body: Parts, item: Item | None, noun: str) -> tuple[Place, ...]:
        """Return where in a body the item may stand, the place with most of its members first. noun: what it
        is called.
        """
        scores: dict[Place, int] = {}
        for place, shape in self._candidates(body, item, noun):
            score = self._known_in(shape, item)
            scores[place] = max(scores.get(place, 0), score)
        best = max(scores.values(), default=0)
        ranked = sorted(scores.items(), key=lambda entry: (-entry[1], len(entry[0])))
        declared = [place for place, score in ranked if score or not best]
        return self._also_shown(item, [*declared, ()])

    def _known_in(self, shape: Shape, item: Item | None) -> int:
        """Count the members of an object that an item has, or what holds those of it."""
        if item is None:
            return 0
        names = _folded(item.names).union(*(held for _, held in self._held(item)))
        return len(names & _folded(shape.declared))

    @staticmethod
    def _also_shown(item: Item | None, places: list[Place]) -> tuple[Place, ...]:
        """Add where the item stands when it is shown: examples do what schemas do not say."""
        shown = item.location.place[-1:] if item is not None else ()
        if shown and item is not None and fold(shown[0]) not in _folded(item.names):
            places = [*places, shown]
        return tuple(dict.fromkeys(places))

    def _candidates(self, body: Parts, item: Item | None, noun: str) -> Iterator[tuple[Place, Shape]]:
        """Yield where an item may stand and what it may be there: the body, or what a wrapper in it holds."""
        known = _folded(item.names) if item is not None else frozenset()
        wrappers = SENT_IN.known.union(HOLDS_CHANGES.known, {noun}) - known
        if item is not None:
            wrappers |= _folded(item.location.place)
        for shape in self._bodies.alternatives(body):
            yield (), shape
            for name, below in present(shape):
                folded = fold(name)
                is_alone = len(shape.declared) == 1 and folded not in known
                if below and (folded in wrappers or is_alone):
                    yield from self._wrapped(name, below)

    def _wrapped(self, name: str, parts: Parts) -> Iterator[tuple[Place, Shape]]:
        inner = self._one_of(parts)
        if inner.kind == "object":
            for shape in self._bodies.alternatives(inner.parts):
                yield (name,), shape

    def _one_of(self, parts: Parts) -> Shape:
        """Return the shape of what stands somewhere; of a list, that of its items."""
        shape = self._bodies.requests.of(parts)
        if shape.kind == "array" and shape.items:
            return self._bodies.requests.of(shape.items)
        return shape

    def _lists(self, body: Parts, item: Item | None) -> Iterator[Place]:
        """Yield where a list of items may stand in a body."""
        known = _folded(item.names) if item is not None else frozenset()
        for shape in self._bodies.alternatives(body):
            if shape.kind == "array":
                yield ()
            if known.isdisjoint(_folded(shape.declared)):  # what has members of an item is one
                yield from self._lists_in(shape, known)

    def _lists_in(self, shape: Shape, known: frozenset[str]) -> Iterator[Place]:
        for name, below in present(shape):
            inner = self._bodies.requests.of(below)
            if inner.kind != "array":
                continue
            if self._share_names(inner.items, known):
                yield (name,)
            elif inner.items:
                yield from ((name, held) for held in self._held_in_each(inner.items, known))

    def _held_in_each(self, items: Parts, known: frozenset[str]) -> Iterator[str]:
        """Yield the member of each request of several that holds its item, `requests[].book` (AIP-233)."""
        for name, below in present(self._bodies.requests.of(items)):
            if self._bodies.requests.of(below).kind == "object" and self._share_names(below, known):
                yield name

    def _share_names(self, items: Parts, known: frozenset[str]) -> bool:
        if not items:
            return False
        return any(
            not known.isdisjoint(_folded(shape.declared)) for shape in self._bodies.alternatives(items)
        )

    # -- what may be set there

    def asked(self, body: Parts, place: Place) -> dict[str, Parts]:
        """Return what may be set of an item at a place of a body, by the schemas it is sent by."""
        found: dict[str, Parts] = {}
        for shape in self._bodies.alternatives(body):
            for one in self._at(shape, place):
                for name, parts in present(one):
                    if not self._bodies.requests.of(parts).hidden:
                        found[name] = parts
        return found

    def required(self, body: Parts, place: Place) -> set[str]:
        """Name what has to be sent of an item at a place of a body."""
        names: set[str] = set()
        for one in self._at(self._bodies.requests.of(body), place):
            names.update(one.required)
        return names

    def _at(self, shape: Shape, place: Place) -> Iterator[Shape]:
        if not place:
            inner = self._one_of(shape.items) if shape.kind == "array" and shape.items else shape
            yield inner
            return
        below = shape.declared.get(place[0])
        if below:
            yield from self._bodies.alternatives(self._one_of(below).parts)

    def _hidden(self, body: Parts) -> Iterator[str]:
        """Name what a body may hold that the server keeps to itself, in a wrapper too."""
        for shape in self._bodies.alternatives(body):
            for name, below in present(shape):
                if self._bodies.requests.of(below).hidden:
                    yield name
                if len(shape.declared) == 1 or fold(name) in SENT_IN:
                    yield from self._hidden_in(below)

    def _hidden_in(self, parts: Parts) -> Iterator[str]:
        for shape in self._bodies.alternatives(parts):
            for name, below in present(shape):
                if self._bodies.requests.of(below).hidden:
                    yield name

    def _renamed(self, asked: Mapping[str, Parts], item: Item | None, noun: str) -> Mapping[str, str]:
        """Return the members of an item that are sent under another name, by these names: in another case,
        or with what the item is called before it.
        """
        if item is None:
            return {}
        found = _cased(asked, item)
        members = by_folded(item.names)
        taken = {*asked, *found.values()}
        for name, parts in asked.items():
            told = _without_noun(name, noun)
            member = members.get(told, "")
            if told in IDS or fold(name) in members or not member or member in taken:
                continue
            if self._bodies.requests.of(parts).kind == self._bodies.whole(item.member(member)).kind:
                found[name] = member
                taken.add(member)
        return found

    def _assigned(
        self, operation: Operation, asked: Mapping[str, Parts], item: Item | None
    ) -> Mapping[str, str]:
        """Return where an item says to whom it was assigned, or why something was done, by the name under
        which that is sent: `userId` to `/tickets/{id}/assign`, `reason` to `/orders/{id}/cancel`.
        """
        verb = split_words(operation.path.rstrip("/").rpartition("/")[2])[:1]
        if item is not None and verb:
            reason = _reason(verb[0], asked, item.names)
            if reason:
                return reason
        if item is None or len(asked) != 1 or verb not in (["assign"], ["reassign"]):
            return {}
        [(name, parts)] = asked.items()
        member = taken_over([item.location.shape], self._bodies)
        kind = self._bodies.requests.of(parts).kind
        shown = self._bodies.whole(item.member(member))
        if shown.kind == "object":  # who it is, named by an id
            own = next((one for folded, one in by_folded(shown.declared).items() if folded in IDS), "")
            shown = self._bodies.whole(shown.declared.get(own) or ())
        if not member or name in item.names or kind != shown.kind:
            return {}
        return {name: member}

    # -- what is shown as it is sent

    def _as_is(
        self, asked: Mapping[str, Parts], renamed: Mapping[str, str], item: Item | None
    ) -> Iterator[str]:
        for name, parts in asked.items():
            member = renamed.get(name, name)
            shown = item.member(member) if item is not None else ()
            if self._shows_as_sent(parts, shown, 0):
                yield member

    def _shows_as_sent(self, asked: Parts, shown: Parts, depth: int) -> bool:
        """Tell whether a value is shown as it is sent, with nothing that only the server says."""
        key = asked, shown, depth
        if key not in self._as_sent:
            self._as_sent[key] = self._looks_as_sent(asked, shown, depth)
        return self._as_sent[key]

    def _looks_as_sent(self, asked: Parts, shown: Parts, depth: int) -> bool:
        if not shown or depth > _DEEPEST:
            return False
        if same(asked, shown) and not self._server_adds(shown, 0):
            return True
        one, other = self._bodies.requests.of(asked), self._bodies.responses.of(shown)
        if other.choices or one.choices or other.hidden or other.kind != one.kind:
            return False
        if other.kind == "object":
            return self._object_as_sent(one, other, depth)
        if other.kind == "array":
            return self._list_as_sent(one, other, depth)
        return other.kind != ""

    def _object_as_sent(self, one: Shape, other: Shape, depth: int) -> bool:
        for name, parts in present(other):
            asked = one.declared.get(name, _UNDECIDED)
            if asked == _UNDECIDED:
                return False
            if parts and not self._shows_as_sent(asked or (), parts, depth + 1):  # type: ignore[arg-type]
                return False
        return True

    def _list_as_sent(self, one: Shape, other: Shape, depth: int) -> bool:
        if not one.items or not other.items:
            return not one.items and not other.items
        return self._shows_as_sent(one.items, other.items, depth + 1)

    def _server_adds(self, parts: Parts, depth: int) -> bool:
        """Tell whether a value of a schema has members that no caller may set."""
        key = parts, depth
        if key not in self._added:
            self._added[key] = self._adds(parts, depth)
        return self._added[key]

    def _adds(self, parts: Parts, depth: int) -> bool:
        shape = self._bodies.requests.of(parts)
        if shape.hidden or shape.choices or depth > _DEEPEST:
            return True
        below = [inner for _, inner in present(shape) if inner]
        if shape.items:
            below.append(shape.items)
        return any(self._server_adds(inner, depth + 1) for inner in below)


def _setting(resource: Resource) -> Iterator[tuple[Operation, Node]]:
    """Yield the operations on a resource's own paths that set members of an item, with what they take."""
    for verb in _SETTING:
        operation = resource.operations.get(verb)
        if operation is None:
            continue
        schema = taken(operation)
        if schema is not None:
            yield operation, schema


def _by_query(operation: Operation, item: Item | None) -> Mapping[str, Filter]:
    """Return the members that a query sets, where an operation takes no body."""
    members = by_folded(item.names if item is not None else ())
    found = {}
    for parameter in operation.parameters:
        member = members.get(fold(parameter.name))
        if parameter.location == "query" and member is not None:
            found[parameter.name] = Filter(members=((member,),), default=default_of(parameter))
    return found


def _reason(verb: str, asked: Iterable[str], names: Iterable[str]) -> Mapping[str, str]:
    """Return the member of an item that says why something was done to it, by the name under which that is
    sent: `cancellationReason` by `reason`.
    """
    known = by_folded(names)
    for name in asked:
        word = fold(name)
        if word not in _REASONS or len(verb) < _STEM:
            continue
        for member in known:
            if member.endswith(word) and member.startswith(verb[:_STEM]):
                return {name: known[member]}
    return {}


def _mask(operation: Operation, body: Shape, places: tuple[Place, ...]) -> str:
    """Return the parameter that names the members to set, or the member of the body beside the item; "" where
    there is none.
    """
    if operation.method not in ("patch", "put", "post"):
        return ""
    names = [one.name for one in operation.parameters if one.location == "query"]
    if places[0]:
        names += body.declared
    return next((name for name in names if fold(name) in UPDATE_MASKS), "")


def _begun_with(asked: Iterable[str], item: Item | None) -> Mapping[str, str]:
    """Return the member that says how much an item has, by the name under which a create says with how much
    it begins: `initialDeposit` is its `balance`.
    """
    members = by_folded(item.names if item is not None else ())
    balance = next((members[word] for word in BALANCES if word in members), "")
    if not balance or balance in asked:
        return {}
    return {name: balance for name in asked if fold(name) in BEGUN_WITH}


def _cased(asked: Collection[str], item: Item) -> dict[str, str]:
    """Return the members of an item that are sent under names in another case, by these names."""
    members = by_folded(item.names)
    own, taken = {*item.names}, {*asked}
    found: dict[str, str] = {}
    for name in asked:
        member = members.get(fold(name), name)
        if name not in own and member not in taken and member != name:
            found[name] = member
            taken.add(member)
    return found


def _without_noun(name: str, noun: str) -> str:
    """Return the folded rest of a name after what it is about: `new_branch_name` of branches is `name`."""
    words = split_words(name)
    if words[:1] == [_NEW]:
        words = words[1:]
    about = split_words(singular(noun))
    if words[: len(about)] == about:
        words = words[len(about) :]
    return "".join(words)


def _folded(names: Collection[str]) -> frozenset[str]:
    return frozenset(map(fold, names))
