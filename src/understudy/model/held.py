"""Held lists: operations below an item that change a list within it and show the item, as those of a cart do:
`POST /carts/{id}/items`, `DELETE /carts/{id}/items/{itemId}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final, Literal

from understudy.contracts.answers import answered, taken
from understudy.contracts.contract import Operation
from understudy.contracts.source import Node
from understudy.model.bodies import Bodies, present
from understudy.model.evidence import Evidence
from understudy.model.items import Items
from understudy.model.model import Held, Source
from understudy.model.paths import blank, placeholders
from understudy.model.resources import Resource
from understudy.model.vocabulary import ACTIONS, CHANGES, EMPTIES, IDS, PUTS_IN, TAKES_OUT
from understudy.names import fold, singular, split_words
from understudy.schemas.choice import Parts

_Does = Literal["", "put in", "take out", "empty", "change"]
_CHANGING: Final = ("post", "put", "patch", "delete")
_LEAST: Final = 4
"""Letters of a word that says what is in a list."""


class Holders:
    """Tells which objects hold a list that operations below their path change: a cart, and no list of
    items.
    """

    def __init__(self, operations: Iterable[Operation], bodies: Bodies) -> None:
        self._bodies = bodies
        self._below: dict[str, list[tuple[str, Operation]]] = {}
        for operation in operations:
            above, _, segment = _list_of(operation.path).rpartition("/")
            if operation.method in _CHANGING and not segment.startswith("{"):
                self._below.setdefault(above, []).append((segment, operation))

    def holds(self, reading: Operation) -> bool:
        """Tell whether what is read at a path is such an object."""
        schema = answered(reading)
        if schema is None:
            return False
        for segment, operation in self._below.get(reading.path, ()):
            shown = answered(operation)
            is_alike = shown is not None and _members(shown, self._bodies) == _members(schema, self._bodies)
            if is_alike and self._has_list(schema, segment):
                return True
        return False

    def _has_list(self, schema: Node, segment: str) -> bool:
        lists = []
        for name, parts in present(self._bodies.whole((schema,))):
            if _is_of_objects(parts, self._bodies):
                lists.append(name)
        if _does(segment):
            return len(lists) == 1
        return any(_is_called(name, segment) for name in lists)


class HeldLists:
    """The lists within items of one contract that operations below these change."""

    def __init__(
        self,
        operations: Iterable[Operation],
        resources: Iterable[Resource],
        items: Items,
        evidence: Evidence,
        bodies: Bodies,
    ) -> None:
        self._items, self._evidence, self._bodies = items, evidence, bodies
        self._holders: dict[str, Resource] = {}
        for resource in resources:
            if resource.width == 1:
                self._holders.setdefault(blank(resource.path), resource)
        self._by_list: dict[str, list[Operation]] = {}
        for operation in operations:
            self._by_list.setdefault(blank(_list_of(operation.path)), []).append(operation)

    def of(self, operation: Operation) -> Held | None:
        """Return the list that an operation changes, None where it changes no such one."""
        if operation.method not in _CHANGING:
            return None
        emptied = self._emptied(operation)
        if emptied is not None:
            return emptied
        path = _list_of(operation.path)
        above, _, segment = path.rpartition("/")
        holder = self._holders.get(blank(above))
        if holder is None or not self._show_holder(self._by_list[blank(path)], holder):
            return None
        member = self._member(holder, segment) or self._only_list(holder, segment, self._by_list[blank(path)])
        if not member:
            return None
        names = [Source(at="path", name=name) for name in placeholders(above)]
        key = None if holder.single else names.pop()
        does = _does(segment)
        one = None
        if path != operation.path:
            one = Source(at="path", name=placeholders(operation.path)[-1])
        elif does in ("take out", "change"):
            one = self._told(operation, holder, member)
            if one is None:  # nothing says which of them is meant
                return None
        return Held(
            of=holder.collection,
            member=member,
            scope=tuple(names),
            key=key,
            one=one,
            does=does if does != "change" else "",
        )

    def _told(self, operation: Operation, holder: Resource, member: str) -> Source | None:
        """Return where a body says which of a list is meant, as the objects in it do; None where it does
        not.
        """
        schema, item = taken(operation), self._items.of(holder)
        if schema is None or item is None:
            return None
        line = self._bodies.whole(self._bodies.whole(item.member(member)).items)
        for name in self._bodies.requests.of((schema,)).declared:
            if name in line.declared and split_words(name)[-1:] and split_words(name)[-1] in IDS:
                return Source(at="body", name=name)
        return None

    def _emptied(self, operation: Operation) -> Held | None:
        """Return the list that is emptied where the one thing that holds it is deleted."""
        holder = self._holders.get(blank(operation.path))
        if operation.method != "delete" or holder is None or not holder.single:
            return None
        for path, operations in self._by_list.items():
            if blank(path).rpartition("/")[0] == blank(operation.path):
                held = self.of(operations[0])
                if held is not None and held.key is None and not held.scope:
                    return Held(of=held.of, member=held.member)
        return None

    def holder(self, operation: Operation) -> Resource:
        """Return the resource whose item has the list that an operation changes."""
        above = _list_of(operation.path).rpartition("/")[0]
        return self._holders.get(blank(above)) or self._holders[blank(operation.path)]

    @cached_property
    def _known(self) -> Mapping[str, Held]:
        """What the operations on a list change, by the shape of its path."""
        found: dict[str, Held] = {}
        for path, operations in self._by_list.items():
            held = self.of(operations[0])
            if held is not None:
                found[path] = held
        return found

    def holds(self, resource: Resource, member: str) -> bool:
        """Tell whether operations below an item change a list of it that a member is."""
        return any(one.of == resource.collection and one.member == member for one in self._known.values())

    def is_list(self, resource: Resource) -> bool:
        """Tell whether a resource is such a list, and has no items of its own."""
        return blank(resource.above) in self._known

    def _show_holder(self, operations: Sequence[Operation], holder: Resource) -> bool:
        """Tell whether operations on a list show the item that has it, and none of them what is in it."""
        showing = 0
        for operation in operations:
            if operation.method not in _CHANGING:
                return False
            if self._evidence.answers_item(operation, holder) or self._answers_alike(operation, holder):
                showing += 1
            elif answered(operation) is not None and operation.method != "delete":
                return False
        return showing > 0

    def _answers_alike(self, operation: Operation, holder: Resource) -> bool:
        """Tell whether an operation answers what has the members of an item, of which nothing is an id."""
        item, schema = self._items.of(holder), answered(operation)
        if item is None or item.location.place or schema is None:
            return False
        return _members(schema, self._bodies) == frozenset(item.names)

    def _member(self, holder: Resource, segment: str) -> str:
        """Return the member of an item that is a list of objects and called as a path is; "" where none
        is.
        """
        item = self._items.of(holder)
        for name in item.names if item is not None else ():
            assert item is not None
            if _is_called(name, segment) and _is_of_objects(item.member(name), self._bodies):
                return name
        return ""

    def _only_list(self, holder: Resource, segment: str, operations: Iterable[Operation]) -> str:
        """Return the one list of objects in an item that have all that is put in at a path, as `lines` of
        what `POST /carts/{id}/products` takes; "" where none or several do.
        """
        item, does = self._items.of(holder), _does(segment)
        if item is None or (not does and _first_word(segment) in ACTIONS):
            return ""
        if does not in ("", "put in"):
            return self._put_into(holder, segment)
        post = next((one for one in operations if one.method == "post"), None)
        put_in = taken(post) if post is not None else None
        found = []
        for name in item.names:
            if _is_of_objects(item.member(name), self._bodies) and self._takes(put_in, item.member(name)):
                found.append(name)
        return found[0] if len(found) == 1 else ""

    def _put_into(self, holder: Resource, segment: str) -> str:
        """Return the list into which a path beside this one puts something, `/cart/add` beside
        `/cart/remove`; "" where none does, or this one is about something else.
        """
        beside = f"{blank(holder.path)}/"
        for path, operations in self._by_list.items():
            last = operations[0].path.removesuffix("/").rpartition("/")[2]
            is_alike = _does(segment) == "empty" or _rest(last) == _rest(segment)
            if path.startswith(beside) and _does(last) == "put in" and is_alike:
                return self._only_list(holder, last, operations)
        return ""

    def _takes(self, put_in: Node | None, parts: Parts) -> bool:
        """Tell whether the objects in a list have all that has to be sent of one."""
        if put_in is None:
            return False
        line = self._bodies.whole(self._bodies.whole(parts).items)
        required = self._bodies.requests.of((put_in,)).required.keys()
        return bool(required) and required <= line.declared.keys()


def _is_called(name: str, segment: str) -> bool:
    """Tell whether a list is called as a path is: `items` or `cart_items` at `/items`, `items` at
    `/line-items`.
    """
    own, noun = singular(fold(name)), singular(fold(segment))
    if not noun or own.endswith(noun):
        return bool(noun)
    return len(own) >= _LEAST and noun.endswith(own) and _first_word(segment) not in ACTIONS


def _does(segment: str) -> _Does:
    """Tell what a path says that is done to the one list of what it lies below: `/cart/add`."""
    first = _first_word(segment)
    if first in PUTS_IN:
        return "put in"
    if first in TAKES_OUT:
        return "take out"
    if first in EMPTIES:
        return "empty"
    return "change" if first in CHANGES else ""


def _rest(segment: str) -> list[str]:
    """Return what a path says after what it does: `item` of `/cart/add-item`; of `/cart/add` nothing."""
    return split_words(segment)[1:]


def _first_word(segment: str) -> str:
    return "".join(split_words(segment)[:1])


def _members(schema: Node, bodies: Bodies) -> frozenset[str]:
    """Name the members of an object; none of anything else."""
    return frozenset(name for name, _ in present(bodies.whole((schema,))))


def _is_of_objects(parts: Parts, bodies: Bodies) -> bool:
    """Tell whether something is a list of objects."""
    items = bodies.whole(parts).items if parts else ()
    return bool(items) and bodies.whole(items).kind == "object"


def _list_of(path: str) -> str:
    """Return the path of a list: that of one of it without its id."""
    above, _, last = path.rpartition("/")
    return above if last.startswith("{") else path
