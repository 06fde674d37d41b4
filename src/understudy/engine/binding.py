"""Binding: the plans and collections of a model, with all that they need of their contract found once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import count
from typing import Any

from msgspec import Struct, field

from understudy.contracts.answers import json_media, taken
from understudy.contracts.contract import Contract, Operation
from understudy.contracts.source import Node
from understudy.engine.copies import Copies, copies_of
from understudy.engine.existence import refuses_again, refuses_unknown
from understudy.engine.factory import Factory, Target
from understudy.engine.file_operations import content_below, gives_file
from understudy.engine.places import NOWHERE, Places, own_of, places_of
from understudy.engine.pointers import Pointers
from understudy.engine.preferring import Represents, represents
from understudy.engine.queries import Choosing
from understudy.engine.reading import Reading
from understudy.handler import Hooks
from understudy.media.json_codec import encode
from understudy.media.types import is_json
from understudy.model.addresses import same
from understudy.model.asked import is_scattered
from understudy.model.bodies import says_outcome
from understudy.model.error_vocabulary import OF_STATUS_OBJECTS
from understudy.model.lifecycle import says_gone
from understudy.model.model import (
    Answer,
    Collection,
    Create,
    Delete,
    Figure,
    List,
    Member,
    Model,
    Outcome,
    Place,
    Plan,
    Read,
    Replace,
    Slot,
    Take,
    Update,
    View,
)
from understudy.model.paths import blank, either
from understudy.model.selection import without
from understudy.model.vocabulary import IDS
from understudy.names import by_folded, fold, is_unset, singular
from understudy.pointers import steps
from understudy.schemas.choice import Parts
from understudy.schemas.examples import stated_examples


class BoundView(Struct, frozen=True):
    """A view of one item. number: tells it from all others of its contract. target: None where it shows no
    object of members.

    is_item: whether the body is the record's item, byte for byte. stated: the body that is answered whatever
    the record is; None where it shows the record.
    """

    number: int
    view: View
    schema: Node | None
    target: Target | None
    is_item: bool
    stated: bytes | None = None


class BoundList(Struct, frozen=True):
    """A body that holds a list. each: the view of one of its items. asked: places of what repeats a
    question.
    """

    number: int
    schema: Node | None
    place: Place
    each: BoundView | None
    says: Mapping[Place, Slot]
    guarded: tuple[str, ...]
    is_valid: Callable[[Any], bool]
    always: Mapping[Place, Any] = field(default_factory=dict)
    asked: tuple[Place, ...] = ()


class BoundAnswer(Struct, frozen=True):
    """How a success is answered in one media type: one item, a list, both, or neither. is_json: whether bytes
    of JSON will do. counts: a body that says of a list only how long it is. outcome: what is said beside the
    items. told: by header, what its JSON object says of a page. is_either: whether it has a place for one
    item and one for a list of such, of which it shows one.
    """

    status: int
    one: BoundView | None
    many: BoundList | None
    headers: Mapping[str, str]
    told: Mapping[str, Mapping[Place, Slot]]
    location: bool
    is_json: bool = True
    counts: BoundList | None = None
    outcome: Mapping[Place, Outcome] = field(default_factory=dict)
    is_either: bool = False
    by_media: Mapping[str, BoundAnswer] = field(default_factory=dict)

    def as_asked(self, media_type: str) -> BoundAnswer:
        """Return how it is answered in the media type that a caller prefers."""
        return self.by_media.get(media_type, self) if self.by_media else self


class BoundTake(Struct, frozen=True):
    """What an operation takes. asked: the schemas by which each member is sent. unsent: members that stay
    away, or are at their default, where a new item is sent without them. defaults: by member, what the
    request says it is then, at most one value.
    """

    take: Take
    asked: Mapping[str, Parts]
    as_is: frozenset[str]
    hidden: frozenset[str]
    unsent: frozenset[str]
    defaults: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)


class BoundCollection(Struct, frozen=True):
    """A collection with what completes its items. stored: its name in the store, a template. own: members
    that carry the key, with their types. parents: likewise, by member. sayable_parents: those of them that a
    caller may say otherwise, since the path does not name them.

    target: None where nothing says what an item looks like. gone, over: members that speak of the end of an
    item; of `over`, also those that only a vendor says. unsent: of `over`, and those that a caller may say.
    unsettable: what only a vendor says, or is never shown. callers: the user who made the item. begins: what
    members begin as that only other views show. second_id: what an item shows as its id where its path takes
    a text, as a slug; "" where there is none. slugs: by member, the one that it is the slug of. viewed: flags
    that say what whoever asks did to an item. authors: members that show a user, and the flag in it that says
    whether the viewer follows them. slugs: by member, the one that it is the slug of. numbered: members that
    say where an item stands among its like. marks: what says which item it is within an object, or in parts;
    holder: the object that carries the id. chosen: where in what is sent a caller may choose the id, or each
    part of it. copies: what items say of others beside their ids. only_one: flags
    that one item of each owner has.
    """

    name: str
    stored: str
    collection: Collection
    target: Target | None
    key_schema: Node | None
    hooks: Hooks
    own: Mapping[str, str]
    parents: Mapping[str, tuple[str, str]]
    sayable_parents: frozenset[str]
    gone: frozenset[str]
    over: frozenset[str]
    unsent: frozenset[str]
    settable: frozenset[str]
    names: frozenset[str]
    stamps: Mapping[str, str]
    relations: tuple[tuple[str, str, str], ...]
    write_only: frozenset[str]
    unsettable: frozenset[str]
    callers: frozenset[str] = frozenset()
    begins: Mapping[str, Any] = field(default_factory=dict)
    second_id: str = ""
    slugs: Mapping[str, str] = field(default_factory=dict)
    numbered: tuple[str, ...] = ()
    viewed: tuple[str, ...] = ()
    authors: tuple[tuple[str, str], ...] = ()
    only_one: tuple[str, ...] = ()
    places: Places = NOWHERE
    path: str = ""
    copies: tuple[Copies, ...] = ()

    def is_told_of_new(self, member: str) -> bool:
        """Tell whether the server says a member of a new item where its caller does not: when it was made,
        and the state in which it begins.
        """
        rule = self.collection.members.get(member)
        return rule is not None and (
            rule.stamp == "created" or (rule.kind == "string" and bool(rule.begins_as))
        )


class BoundValues(Struct, frozen=True):
    """The members whose values a list shows, and of whose items. is_valid: tells whether it may show one."""

    members: tuple[tuple[BoundCollection, str], ...]
    is_valid: Callable[[Any], bool]


class BoundPlan(Struct, frozen=True):
    """A plan with all it needs. created: the answer of a replace that made a new item. updated: that of a
    create that changed one. choosing: how a list or delete chooses. scattered: parameters that are objects of
    parameters of their own.

    refuses_unknown: whether it is a write that is documented not to find what was never there. refuses_again:
    whether it is an action that refuses what was done before. tells_end: of
    a delete, the members of its answer that say that the item is gone; reports: whether that is a Status.
    values: what a list of texts shows. represents: how a write shows what it wrote where its caller may ask
    for that. otherwise: the member by which its path finds an item too. content: of a create, what follows
    the path of an item in that of its bytes.
    """

    plan: Plan
    operation: Operation
    collection: BoundCollection
    take: BoundTake | None
    answer: BoundAnswer | None
    created: BoundAnswer | None
    updated: BoundAnswer | None
    choosing: Choosing | None
    scattered: frozenset[str] = frozenset()
    refuses_unknown: bool = False
    refuses_again: bool = False
    tells_end: tuple[str, ...] = ()
    reports: bool = False
    values: BoundValues | None = None
    represents: Represents = ""
    content: str | None = None
    otherwise: str = ""


class Binder:
    """Binds what is asked for, each once."""

    def __init__(
        self, contract: Contract, model: Model, reading: Reading, factory: Factory, hooks: Mapping[str, Hooks]
    ) -> None:
        self.model = model
        self._contract, self._reading, self._factory, self._hooks = contract, reading, factory, hooks
        self._plans: dict[str, BoundPlan | None] = {}
        self._collections: dict[str, BoundCollection] = {}
        self._lists: dict[str, Sequence[tuple[str, str]]] = {}
        self._latest: dict[str, Sequence[tuple[str, str]]] = {}
        self._parts: dict[str, Sequence[tuple[str, str]]] = {}
        self._tallies: dict[str, Sequence[tuple[str, str]]] = {}
        self._reckoned: dict[str, Sequence[tuple[str, Figure]]] = {}
        self._shows: dict[str, Sequence[tuple[str, str]]] = {}
        self._windows: dict[str, Sequence[BoundCollection]] = {}
        self._lying_below: dict[str, bool] = {}
        self._numbers = count(1)

    def plan(self, operation: Operation) -> BoundPlan | None:
        """Bind what an operation does; None where the model says nothing of it."""
        if operation.key not in self._plans:
            self._plans[operation.key] = self._bound_plan(operation)
        return self._plans[operation.key]

    def _bound_plan(self, operation: Operation) -> BoundPlan | None:
        plan = self.model.operations.get(operation.key)
        if plan is None:
            return None
        collection = self.collection(plan.collection)
        created = updated = None
        if isinstance(plan, Replace):
            created = self._answer(plan.created, collection, operation)
        if isinstance(plan, Create):
            updated = self._answer(plan.updated, collection, operation)
        return BoundPlan(
            plan=plan,
            operation=operation,
            collection=collection,
            take=self._take(plan.take, operation, collection),
            answer=self._answer(plan.answer, collection, operation),
            created=created,
            updated=updated,
            choosing=self._choosing(plan, collection),
            scattered=self._scattered(operation),
            refuses_unknown=refuses_unknown(self._contract, operation, plan, self._of_items(collection)),
            refuses_again=refuses_again(operation, plan, puts_in=collection.collection.holds),
            tells_end=self._tells_end(plan),
            reports=self._reports(plan),
            values=self._values(plan),
            represents=represents(self.model, operation, plan),
            content=None if isinstance(plan, (List, Read, Delete)) else self.content_of(collection),
            otherwise=_otherwise(plan, collection),
        )

    def _of_items(self, collection: BoundCollection) -> Collection:
        """Return the collection in which that is which a window holds, itself where it holds its own."""
        if collection.collection.holds:
            return self.collection(collection.collection.of).collection
        return collection.collection

    def content_of(self, collection: BoundCollection) -> str | None:
        """Return what follows the path of an item in that of its bytes; None where nothing gives them."""
        main = collection
        if collection.collection.of:
            main = self.collection(collection.collection.of)
        return content_below(self.giving, main.collection.at)

    @cached_property
    def giving(self) -> tuple[str, ...]:
        """The paths of what gives bytes."""
        return tuple(one.path for one in self._contract.operations if gives_file(one))

    def _values(self, plan: Plan) -> BoundValues | None:
        """Return the members whose values a list shows; None where it shows items."""
        if not isinstance(plan, List) or not plan.values:
            return None
        members = tuple((self.collection(name), member) for name, member in plan.values.items())
        each = plan.answer.each if plan.answer is not None else None
        schema = self._node(each.schema) if each is not None else None
        is_valid = self._reading.is_valid(schema) if schema is not None else _anything
        return BoundValues(members, is_valid)

    def _reports(self, plan: Plan) -> bool:
        """Tell whether a delete answers the Status of the Kubernetes API, and no item."""
        view = plan.answer.item if plan.answer is not None else None
        if not isinstance(plan, Delete) or view is None:
            return False
        target = self._target(view)
        return target is not None and set(map(fold, target.shape.declared)) >= OF_STATUS_OBJECTS.known

    def _tells_end(self, plan: Plan) -> tuple[str, ...]:
        """Name the members of a delete's answer that are true of what is gone."""
        view = plan.answer.item if plan.answer is not None else None
        if not isinstance(plan, Delete) or view is None:
            return ()
        target = self._target(view)
        found = []
        for name, parts in target.shape.declared.items() if target is not None else ():
            if parts and says_gone(name) and self._reading.whole(parts).kind == "boolean":
                found.append(name)
        return tuple(found)

    def collection(self, name: str) -> BoundCollection:
        """Bind a collection by its name in the model. Raises KeyError where there is none."""
        if name not in self._collections:
            self._collections[name] = self._bound_collection(name, self.model.collections[name])
        return self._collections[name]

    def preparation(self, name: str) -> Iterator[None]:
        """Make what a collection needs to be bound, and yield after each piece of that work."""
        view = self.model.collections[name].item
        yield
        if view is not None and view.schema:
            for part in self._reading.item_at(self._reading.node(view.schema), view.place):
                yield from self._reading.preparation(part)

    def lists_of(self, collection: BoundCollection) -> Sequence[tuple[str, str]]:
        """Return the members of an item that list items of another collection, and which."""
        if collection.name not in self._lists:
            found = []
            for name, rule in collection.collection.members.items():
                if rule.embeds and self._is_kept(rule.embeds, single=False):
                    found.append((name, rule.embeds))
            self._lists[collection.name] = found
        return self._lists[collection.name]

    def parts_of(self, collection: BoundCollection) -> Sequence[tuple[str, str]]:
        """Return the members of an item that show the one thing at a path below it, and the collection of
        that.
        """
        if collection.name not in self._parts:
            found = []
            for name, rule in collection.collection.members.items():
                if rule.embeds and self._is_kept(rule.embeds, single=True):
                    found.append((name, rule.embeds))
            self._parts[collection.name] = found
        return self._parts[collection.name]

    def shown_above(self, collection: BoundCollection) -> str:
        """Return the member of the item above that shows the one thing of a collection; "" where none
        does.
        """
        if not (collection.collection.single and collection.collection.below):
            return ""
        above = self.collection(collection.collection.below)
        return next((name for name, one in self.parts_of(above) if one == collection.name), "")

    def _is_kept(self, name: str, *, single: bool) -> bool:
        """Tell whether a collection is there that has, or has not, one thing alone."""
        collection = self.model.collections.get(name)
        return collection is not None and collection.single is single

    def reckoned_of(self, collection: BoundCollection) -> Sequence[tuple[str, Figure]]:
        """Return the members of an item that are reckoned of the items of another collection, and how."""
        if collection.name not in self._reckoned:
            found = []
            for name, rule in collection.collection.members.items():
                if rule.reckons is not None and rule.reckons.of in self.model.collections:
                    found.append((name, rule.reckons))
            self._reckoned[collection.name] = found
        return self._reckoned[collection.name]

    def tallies_of(self, collection: BoundCollection) -> Sequence[tuple[str, str]]:
        """Return the members of an item that say how many items of another collection it has, and which."""
        if collection.name not in self._tallies:
            found = []
            for name, rule in collection.collection.members.items():
                if rule.tallies and rule.tallies in self.model.collections:
                    found.append((name, rule.tallies))
            self._tallies[collection.name] = found
        return self._tallies[collection.name]

    def latest_of(self, collection: BoundCollection) -> Sequence[tuple[str, str]]:
        """Return the members of an item that show the newest item of another collection, and which."""
        if collection.name not in self._latest:
            found = []
            for name, rule in collection.collection.members.items():
                if rule.latest and rule.latest in self.model.collections:
                    found.append((name, rule.latest))
            self._latest[collection.name] = found
        return self._latest[collection.name]

    def shows_of(self, collection: BoundCollection) -> Sequence[tuple[str, str]]:
        """Return the members of an item that show one of another collection whose id stands beside it, and
        which.
        """
        if collection.name not in self._shows:
            self._shows[collection.name] = tuple(self._shown_beside(collection))
        return self._shows[collection.name]

    def _shown_beside(self, collection: BoundCollection) -> Iterator[tuple[str, str]]:
        members = collection.collection.members
        known = by_folded((*members, *collection.settable))
        for name, rule in members.items():
            if rule.kind != "object" or rule.by or collection.target is None:
                continue
            for key in _keys_beside(name, known):
                told = members[key].refers_to if key in members else ""
                other = told or rule.refers_to or self._alike(collection.target, name)
                if other in self.model.collections:
                    yield name, other
                    break

    def _alike(self, target: Target, member: str) -> str:
        """Return the collection whose items are described as a member is, or the only one whose items have
        all that it shows, with an id; "" where there is none, or more.
        """
        parts = target.shape.declared.get(member)
        if not parts:
            return ""
        names, found = self._reading.whole(parts).declared.keys(), []
        for name, other in self.model.collections.items():
            is_plain = not (other.scope or other.of or other.single)
            if not is_plain or other.id.member not in names or not names <= other.members.keys():
                continue
            if other.item is not None and same(parts, self._described(other.item)):
                return name
            found.append(name)
        return found[0] if len(found) == 1 else ""

    def _described(self, view: View) -> Parts:
        """Return the schemas of the item that a view shows."""
        return self._reading.at(self._reading.node(view.schema), view.place)

    def windows_below(self, collection: BoundCollection) -> Sequence[BoundCollection]:
        """Return the windows below the items of a collection."""
        if collection.name not in self._windows:
            above, found = f"{blank(collection.collection.at)}/", []
            for name in self.model.collections:
                if blank(name).startswith(above) and self.model.collections[name].of:
                    found.append(self.collection(name))
            self._windows[collection.name] = found
        return self._windows[collection.name]

    def named_by(self, member: str) -> str:
        """Return the collection that a member names an item of by its id, `product_id`; "" where it names
        none.
        """
        return self._by_key.get(fold(member), "")

    @cached_property
    def _by_key(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for name in self.model.collections:
            if "{" not in name:
                noun = singular(fold(name.rpartition("/")[2]))
                for word in IDS:
                    found.setdefault(noun + word, name)
        return found

    def has_below(self, collection: BoundCollection) -> bool:
        """Tell whether some collection lies below the items of one."""
        path = collection.collection.at
        if path not in self._lying_below:
            above = f"{blank(path)}/"
            shapes = map(blank, self.model.collections)
            self._lying_below[path] = bool(path) and any(shape.startswith(above) for shape in shapes)
        return self._lying_below[path]

    def _bound_collection(self, name: str, collection: Collection) -> BoundCollection:
        members, identifier = collection.members, collection.id
        own = own_of(collection)
        form, _, address = identifier.form.partition(" ")
        target = self._target(collection.item, collection.noun)
        shown = target.shape.declared if target is not None else members
        flat = {one: rule for one, rule in members.items() if not one.startswith("/")}
        gone = frozenset(one for one, rule in members.items() if rule.absent == "until gone")
        over = gone.union(_ending(members), _said_by(members, "hook"))
        write_only = frozenset(one for one, rule in members.items() if rule.write_only)
        return BoundCollection(
            name=name,
            stored=stored_template(name, collection.scope),
            collection=collection,
            target=target,
            key_schema=self._node(address if form == "like" else ""),
            hooks=self._hooks.get(collection.of or name, Hooks()),
            own=own,
            parents={one: (rule.parent, rule.kind) for one, rule in flat.items() if rule.parent},
            sayable_parents=_sayable(flat),
            gone=gone,
            over=over,
            unsent=over.union(collection.settable),
            settable=frozenset(collection.settable),
            names=frozenset(members),
            stamps=dict(_stamps(collection)),
            relations=tuple(_relations(collection)),
            write_only=write_only,
            unsettable=write_only.union(_said_by(members, "hook")),
            callers=frozenset(_said_by(members, "caller")),
            begins=_beginnings(without(members, shown)),
            second_id=_second_id(collection, own),
            numbered=tuple(one for one, rule in members.items() if rule.numbers),
            slugs={one: rule.slug_of for one, rule in members.items() if rule.slug_of},
            viewed=_said_by(members, "viewer"),
            authors=tuple(self._authors(name, members, target)),
            path=self._path(collection.at),
            copies=self._copies(name, collection),
            only_one=_only_one(flat),
            places=places_of(collection, lambda place: self._factory.shape_at(target, place)),
        )

    def _copies(self, name: str, collection: Collection) -> tuple[Copies, ...]:
        """Return what items say of others beside their ids; of a vendor's nothing, whose rules say all."""
        if self._hooks:
            return ()
        collections = self.model.collections
        return tuple(
            copies_of(
                _relations(collection), list(collection.members), name, lambda of: collections[of].members
            )
        )

    def _authors(
        self, name: str, members: Mapping[str, Member], target: Target | None
    ) -> Iterator[tuple[str, str]]:
        """Yield the members that show a user with a flag in it that says whether the viewer follows them."""
        users = self.model.users
        if target is None or name == users or users not in self.model.collections:
            return
        for maker, rule in members.items():
            parts = target.shape.declared.get(maker)
            if rule.by != "caller" or rule.kind != "object" or not parts:
                continue
            shown = self._reading.whole(parts).declared
            for flag in _said_by(self.model.collections[users].members, "viewer"):
                if flag in shown:
                    yield maker, flag

    def _path(self, at: str) -> str:
        """Return the path of an item as a client writes it: texts in parentheses are in quotes (OData)."""
        if "(" not in at:
            return at
        for operation in self._contract.operations:
            for one in operation.parameters if operation.path == at else ():
                if one.location == "path" and one.schema is not None and self._is_text(one.schema):
                    at = re.sub(rf"([(=,]){{{re.escape(one.name)}}}", rf"\1'{{{one.name}}}'", at)
        return at

    def _is_text(self, schema: Node) -> bool:
        shape = self._reading.requests.of((schema,))
        return shape.kind == "string" and not shape.format

    def _target(self, view: View | None, noun: str = "") -> Target | None:
        if view is None or not view.schema or view.shows in ("raw", "key", "value"):
            return None
        return self._factory.target(self._reading.node(view.schema), view.place, noun)

    def _node(self, address: str) -> Node | None:
        """Return the schema at an address; None where there is no address."""
        return self._reading.node(address) if address else None

    # -- answers

    def _answer(
        self, answer: Answer | None, collection: BoundCollection, operation: Operation
    ) -> BoundAnswer | None:
        if answer is None:
            return None
        by_media = {
            name: self._in_media(one, collection, operation, name) for name, one in answer.media.items()
        }
        return self._in_media(answer, collection, operation, "", by_media)

    def _in_media(
        self,
        answer: Answer,
        collection: BoundCollection,
        operation: Operation,
        media_type: str,
        by_media: Mapping[str, BoundAnswer] | None = None,
    ) -> BoundAnswer:
        return BoundAnswer(
            status=answer.status,
            one=self._view(answer.item, collection, self._stated(answer, collection, operation, media_type)),
            many=self._list(answer, collection),
            headers=answer.headers,
            told=answer.told,
            location=answer.location,
            is_json=not media_type or is_json(media_type),
            counts=self._counts(answer),
            outcome=answer.outcome,
            is_either=_is_either(answer),
            by_media=by_media or {},
        )

    def _stated(
        self, answer: Answer, collection: BoundCollection, operation: Operation, media_type: str
    ) -> bytes | None:
        """Return the example that a success states of itself, where its body says nothing but how the request
        went; None where it says more, or there is none.
        """
        documented = operation.answer(answer.status)
        if answer.item is None or answer.item.shows != "own" or answer.item.place or documented is None:
            return None
        media = json_media(documented.content, media_type)
        if media is None or media.schema is None:
            return None
        shape = self._reading.whole((media.schema,))
        is_of_item = not collection.names.isdisjoint(shape.declared)
        if is_of_item or not says_outcome(shape, self._reading.whole):
            return None
        is_valid = self._reading.is_valid(media.schema)
        for _, body in stated_examples(media.node):
            if is_valid(body):
                return encode(body)
        return None

    def _view(
        self, view: View | None, collection: BoundCollection, stated: bytes | None = None
    ) -> BoundView | None:
        if view is None:
            return None
        schema = self._node(view.schema)
        target = self._target(view)
        is_item = target is not None and view.shows == "whole" and not view.place and not view.identity
        is_item = is_item and collection.target is not None
        return BoundView(next(self._numbers), view, schema, target, is_item, stated)

    def _counts(self, answer: Answer) -> BoundList | None:
        if answer.list is not None or not answer.listed:
            return None
        schema = self._node(answer.listed)
        return BoundList(next(self._numbers), schema, (), None, answer.says, (), _anything)

    def _list(self, answer: Answer, collection: BoundCollection) -> BoundList | None:
        if answer.list is None:
            return None
        schema = self._node(answer.listed)
        return BoundList(
            number=next(self._numbers),
            schema=schema,
            place=answer.list,
            each=self._view(answer.each, collection),
            says=answer.says,
            always=answer.always,
            asked=tuple(place for place, slot in answer.says.items() if slot.says == "asked"),
            guarded=answer.guarded,
            is_valid=self._reading.is_valid(schema) if schema is not None else _anything,
        )

    # -- requests

    def _take(self, take: Take | None, operation: Operation, collection: BoundCollection) -> BoundTake | None:
        if take is None:
            return None
        asked = self._asked_of(take, operation)
        unsent = collection.unsent
        if asked:
            unsent = collection.over.union(asked, self._said_later(collection, asked))
            unsent -= frozenset(filter(collection.is_told_of_new, asked)) - collection.over
        defaults = {}
        for name, parts in asked.items():
            said = self._reading.requests.of(parts).defaults
            if said and not is_unset(str(said[0])):
                defaults[name] = tuple(said[:1])
        return BoundTake(take, asked, frozenset(take.as_is), frozenset(take.hidden), unsent, defaults)

    def _asked_of(self, take: Take, operation: Operation) -> dict[str, Parts]:
        """Return the schemas by which the members are sent of an item, as the item calls them."""
        if take.whole:
            return {take.whole: self._whole_at(operation, ())}
        asked, members = {}, frozenset(take.members)
        for name, parts in self._asked(operation, take.places[0]).items():
            member = take.renamed.get(name, name)
            if member in members or name in members:
                asked[member] = parts
        if take.within and not asked:
            return {take.within: self._whole_at(operation, take.places[0])}
        return asked

    def _whole_at(self, operation: Operation, place: Place) -> Parts:
        """Return the schemas by which an item is sent that stands at a place of a body."""
        schema = taken(operation)
        if schema is None:
            return ()
        level: list[Parts] = [(schema,)]
        for step in place:
            level = self._below(level, step)
        return level[0] if level else ()

    def _said_later(self, collection: BoundCollection, asked: Mapping[str, Parts]) -> Iterator[str]:
        """Name the objects, lists and texts that may be missing and that only other operations can say:
        nobody has said them of a new item.
        """
        if collection.target is None or self._hooks:
            return
        declared = collection.target.shape.declared
        for name in collection.settable.difference(asked):
            shape = self._reading.whole(declared.get(name) or ())
            is_open = shape.constants is None and not shape.defaults and shape.nullable
            if shape.kind in ("object", "array") or (shape.kind == "string" and is_open):
                yield name

    def _asked(self, operation: Operation, place: Place) -> dict[str, Parts]:
        """Return the schemas by which the members are sent of an item that stands at a place of a body."""
        schema = taken(operation)
        if schema is None:
            return {}
        level: list[Parts] = [(schema,)]
        for step in place:
            level = self._below(level, step)
        found: dict[str, Parts] = {}
        for parts in level:
            for shape in self._reading.alternatives(parts):
                for name, below in shape.declared.items():
                    if below is not None and not self._reading.requests.of(below).hidden:
                        found[name] = below
        return found

    def _below(self, level: list[Parts], step: str) -> list[Parts]:
        found = []
        for parts in level:
            for shape in self._reading.alternatives(parts):
                inner = shape.declared.get(step)
                if inner:
                    described = self._reading.requests.of(inner)
                    if described.kind == "array" and described.items:
                        inner = described.items
                    found.append(inner)
        return found

    def _scattered(self, operation: Operation) -> frozenset[str]:
        """Name the parameters that are objects whose members are written as parameters of their own."""
        found = set()
        for parameter in operation.parameters:
            if parameter.schema is not None:
                shape = self._reading.requests.of((parameter.schema,))
                if is_scattered(parameter, shape):
                    found.add(parameter.name)
        return frozenset(found)

    def _choosing(self, plan: Plan, collection: BoundCollection) -> Choosing | None:
        shown = self.collection(collection.collection.of) if collection.collection.of else collection
        pointers = Pointers(shown.collection, shown.target, self._reading)
        if isinstance(plan, List):
            return Choosing.of_list(plan, pointers)
        if isinstance(plan, (Delete, Update)) and plan.each:
            return Choosing.of_many(plan, pointers)
        return None


def stored_template(name: str, scope: Sequence[str]) -> str:
    """Return what a collection is called in the store: its path, and the parents that no path names."""
    others = [f"{parent}={{{parent}}}" for parent in scope if f"{{{parent}}}" not in name]
    if others:
        name += f"?{'&'.join(others)}"
    return name


def _stamps(collection: Collection) -> Iterator[tuple[str, str]]:
    """Yield the members that say when an item was written, but for those beside an id in an object."""
    holder, *inner = steps(collection.id.member) or ("",)
    for name, rule in collection.members.items():
        is_beside_id = bool(inner) and name.startswith("/") and steps(name)[0] == holder
        if rule.stamp and not is_beside_id:
            yield name, rule.stamp


def _keys_beside(member: str, known: Mapping[str, str]) -> Iterator[str]:
    """Yield the members that say the id of what another one shows: `customer_id` beside `customer`.

    known: the members of the item by their folded names.
    """
    for word in IDS:
        key = known.get(fold(member) + word)
        if key is not None:
            yield key


def _only_one(members: Mapping[str, Member]) -> tuple[str, ...]:
    return tuple(name for name, rule in members.items() if rule.only_one)


def _ending(members: Mapping[str, Member]) -> list[str]:
    """Name the members that speak of an end."""
    return [name for name, rule in members.items() if rule.absent]


def _sayable(members: Mapping[str, Member]) -> frozenset[str]:
    """Name the members that say a parent which the path does not name."""
    return frozenset(one for one, rule in members.items() if rule.parent and fold(one) != fold(rule.parent))


def _said_by(members: Mapping[str, Member], whom: str) -> tuple[str, ...]:
    """Name the members that somebody says: `hook`, `caller` or `viewer`."""
    return tuple(name for name, rule in members.items() if rule.by == whom)


def _beginnings(members: Mapping[str, Member]) -> dict[str, Any]:
    return {name: rule.begins_as[0] for name, rule in members.items() if rule.begins_as}


def _relations(collection: Collection) -> list[tuple[str, str, str]]:
    found = []
    for name, rule in collection.members.items():
        if rule.refers_to:
            found.append((name, rule.refers_to, rule.within))
    return found


def _second_id(collection: Collection, own: Mapping[str, str]) -> str:
    """Name what an item shows as its id where its path takes another text; "" where there is none. A text
    that callers send is theirs, and need not be one of its kind.
    """
    if set(own.values()) != {"string"}:
        return ""
    for name, rule in collection.members.items():
        is_number = rule.kind in ("integer", "number")
        is_servers = rule.kind == "string" and name not in collection.settable
        if name not in own and fold(name) in IDS and (is_number or is_servers):
            return name
    return ""


def _otherwise(plan: Plan, collection: BoundCollection) -> str:
    """Name the text by which a path finds an item that has an id besides: `{issueIdOrKey}`; "" where it takes
    nothing but the id.
    """
    if plan.key is None or plan.key.at != "path":
        return ""
    own, other = either(plan.key.name)
    if not own:
        return ""
    noun = fold(collection.collection.noun)
    for name in sorted(collection.names):
        is_called = fold(name) in (fold(other), fold(other).removeprefix(noun))
        if is_called and name not in collection.own:
            return name
    return ""


def _is_either(answer: Answer) -> bool:
    """Tell whether an answer has a place for one item and another for a list of such."""
    if answer.item is None or answer.each is None or not answer.list or not answer.item.place:
        return False
    if "own" in (answer.item.shows, answer.each.shows) or "raw" in (answer.item.shows, answer.each.shows):
        return False
    one, listed = answer.item.place, answer.list
    shorter = min(len(one), len(listed))
    return one[:shorter] != listed[:shorter]


def _anything(_: Any) -> bool:
    return True
