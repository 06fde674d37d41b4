"""Roles: what each operation of a contract does to which resource, told from its method, its path and the shape of its bodies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

from understudy.contracts.contract import Contract, Operation
from understudy.contracts.extensions import COLLECTION, ID, stated
from understudy.inference.actions import is_copy, is_partial, moves, named
from understudy.inference.many import clears, takes_many
from understudy.inference.paths import (
    blank,
    collection_path,
    id_names,
    is_item,
    list_shape,
    noun,
    written_out,
)
from understudy.inference.resources import (
    Action,
    Bodies,
    Resource,
    Role,
    answered,
    is_wrapper,
    placeholders,
    taken,
)
from understudy.names import fold, singular
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape

_CALLER: Final = frozenset({"me", "self", "current", "mine"})  # stand in a path for the id of whoever asks
_OVER: Final = frozenset({"trash", "trashed", "deleted", "removed", "bin"})  # lists of what is no more
_WRITES: Final = frozenset({"post", "put", "patch"})
_ON_MANY: Final = ("put", "patch", "delete")
_OF_ITEM = "its path ends in the id of one item"
_OF_LIST = "its path is that of the items above, without the id"


class Inference:
    """What each operation of a contract does."""

    def __init__(self, contract: Contract) -> None:
        self.bodies = Bodies()
        self.resources: dict[str, Resource] = {}
        self._operations = contract.operations
        self._roles: dict[str, Role | None] = {}
        self._later: dict[
            str, Resource
        ] = {}  # by operations on a collection's path whose role only their bodies tell
        self._items: dict[str, Resource] = {}  # by the shape of an item's path
        self._lists: dict[str, Resource] = {}  # by the shape of a collection's path
        self._shown: dict[str, list[Shape]] = {}
        self._paths: dict[str, str] = {}
        self._twins: dict[
            str, Operation
        ] = {}  # operations of one path whose parameters are named in two ways
        by_shape: dict[str, dict[str, Operation]] = {}
        for operation in contract.operations:
            shape = blank(operation.path)
            self._paths.setdefault(shape, operation.path)
            first = by_shape.setdefault(shape, {}).setdefault(operation.method, operation)
            if first is not operation:
                self._twins[operation.key] = first
        known: set[str] = set()
        for shape, methods in by_shape.items():
            if is_item(shape):
                collection = list_shape(shape)
                known |= {shape, collection}
                self._item(self._paths[shape], methods, by_shape.get(collection, {}))
                if is_item(collection):  # `/a/{b}` and `/a/{b}/{c}`
                    above = by_shape.get(list_shape(collection), {})
                    torn = [by_shape.get(collection, {}).get(method) for method in ("get", "put")]
                    self._later |= {
                        one.key: self.resources[self._paths[shape]]
                        for one in (*torn, above.get("post"))
                        if one is not None
                    }
        for shape in sorted(
            by_shape.keys() - known, key=lambda one: (one.count("/"), one)
        ):  # what others may lie under first
            self._loose(self._paths[shape], by_shape[shape])

    @cached_property
    def roles(self) -> Mapping[str, Role]:
        """The roles of all operations that have one, by operation key."""
        found = {operation.key: self.role(operation) for operation in self._operations}
        return {key: role for key, role in found.items() if role is not None}

    def role(self, operation: Operation) -> Role | None:
        """Return what an operation does, or None where nothing tells. What only a look into bodies tells is found out when it is asked."""
        if operation.key in self._twins:
            return self.role(self._twins[operation.key])
        resource = self._later.pop(operation.key, None)
        role = self._of_bodies(operation, resource) if resource is not None else None
        if role is not None or operation.key not in self._roles:
            self._roles[operation.key] = (
                role or self._below_collection(operation) or self._below_item(operation)
            )
        return self._roles[operation.key]

    # -- collections, items and singletons, told from their paths

    def _item(self, path: str, methods: Mapping[str, Operation], collection: Mapping[str, Operation]) -> None:
        update = next((methods[method] for method in ("patch", "post") if method in methods), None)
        found = {
            Action.CREATE: collection.get("post") or collection.get("put"),
            Action.LIST: collection.get("get"),
            Action.READ: methods.get("get"),
            Action.REPLACE: methods.get("put"),
            Action.UPDATE: update,
            Action.DELETE: methods.get("delete"),
        }
        resource = self._add(path, found, _OF_ITEM, _OF_LIST)
        if "post" in collection and "put" in collection:  # some APIs create by either
            self._roles[collection["put"].key] = Role(Action.CREATE, resource, _OF_LIST)
        if not is_item(list_shape(path)):
            self._later |= {collection[method].key: resource for method in _ON_MANY if method in collection}

    def _loose(self, path: str, methods: Mapping[str, Operation]) -> None:
        """A path with no item below it: a collection nobody can look into, or the one thing of its kind."""
        listing = methods.get("get")
        parts = answered(listing)
        if listing is None or parts is None:
            return
        names = id_names("", noun(path))
        if self.bodies.is_list(parts, names):
            if not self._view(listing, methods):
                found = {Action.LIST: listing, Action.CREATE: methods.get("post")}
                resource = self._add(f"{path.rstrip('/')}/{{id}}", found, "", "it answers a list")
                self._later |= {methods[method].key: resource for method in _ON_MANY if method in methods}
        elif not {"put", "patch", "post", "delete"}.isdisjoint(methods):
            found = {
                Action.READ: listing,
                Action.REPLACE: methods.get("put"),
                Action.UPDATE: methods.get("patch") or methods.get("post"),
                Action.DELETE: methods.get("delete"),
            }
            self._add(path, found, "its path has no id: there is one of it", "", singleton=True)

    def _view(self, listing: Operation, methods: Mapping[str, Operation]) -> bool:
        """A list that shows the items of a collection above it, or of the caller's own one."""
        found = self._collection_above(listing)
        if found is None:
            return False
        resource, words, rest = found
        parts = answered(listing)
        home = self.bodies.listing(parts, resource.id_names) if parts else None
        if (
            not _OVER.isdisjoint(rest)
            or home is None
            or not home.shape.items
            or not self._shows(home.shape.items, resource)
        ):
            return False
        self._roles[listing.key] = Role(
            Action.LIST, resource, f"it lists the same items as {collection_path(resource)}", words
        )
        if not rest and "post" in methods:
            self._roles[methods["post"].key] = Role(
                Action.CREATE, resource, f"it is the caller's own {collection_path(resource)}", words
            )
        return True

    def _add(
        self,
        path: str,
        found: Mapping[Action, Operation | None],
        of_item: str,
        of_list: str,
        singleton: bool = False,
    ) -> Resource:
        operations = {action: operation for action, operation in found.items() if operation is not None}
        parameters = tuple(placeholders(path))
        names = () if singleton else id_names(parameters[-1], noun(path))
        own = fold(stated(ID, operations.values()))
        names = tuple(dict.fromkeys((own, *names))) if own and not singleton else names
        resource = Resource(
            noun(path),
            path,
            parameters,
            names,
            singleton,
            operations,
            stated(COLLECTION, operations.values()),
        )
        self.resources[path] = resource
        if not singleton:
            if not is_item(list_shape(path)):
                self._lists[list_shape(path)] = resource
            if resource.is_reached:
                self._items[re.sub(r"}\.\w+$", "}", blank(path))] = resource
        for action, operation in operations.items():
            self._roles[operation.key] = Role(
                action, resource, of_list if action in (Action.CREATE, Action.LIST) else of_item
            )
        return resource

    # -- what only the bodies tell

    def _of_bodies(self, operation: Operation, resource: Resource) -> Role | None:
        """What else a collection's own path does: change items whose ids stand in the body, delete many, or create further down."""
        if operation.method == "post":
            return self._into_list_below(operation, resource)
        if is_item(list_shape(resource.path)):
            return self._one_or_many(operation, resource)
        action = {"put": Action.SAVE, "patch": Action.AMEND}.get(operation.method)
        if action is not None and self._is_keyed(operation, resource):
            return Role(action, resource, "the id of the item stands in the body")
        if operation.method == "delete" and clears(operation, resource, self.bodies, self._members(resource)):
            return Role(Action.CLEAR, resource, _OF_LIST)
        return None

    def _one_or_many(self, operation: Operation, resource: Resource) -> Role | None:
        """A path that is an item's and that of a collection of others: its answer tells which of them it shows."""
        item, is_read = self.resources.get(operation.path), operation.method == "get"
        if self._is_listed(resource) or item is None:
            return Role(Action.LIST, resource, _OF_LIST) if is_read else None
        return Role(Action.READ if is_read else Action.REPLACE, item, _OF_ITEM)

    def _is_listed(self, resource: Resource) -> bool:
        """Tell whether what is read at a collection's path is a list."""
        parts = answered(resource.operations.get(Action.LIST))
        return parts is not None and self.bodies.is_list(parts, resource.id_names)

    def _into_list_below(self, operation: Operation, resource: Resource) -> Role | None:
        """A create above the lists of its items: which of these the new one is in stands in its body."""
        body = taken(operation)
        if body is None or Action.CREATE in resource.operations or not self._is_listed(resource):
            return None
        parent = fold(resource.parents[-1])
        member = next((name for name in self.bodies.requests.of(body).required if fold(name) == parent), "")
        if not member or not self._answers_item(operation, resource):
            return None
        reason = f"its body says by {member} in which of {collection_path(resource)} the item is"
        return Role(Action.CREATE, resource, reason, carried={len(resource.parents) - 1: member})

    def _below_collection(self, operation: Operation) -> Role | None:
        """A path below a collection that takes many of its items at once."""
        found = self._collection_above(operation) if operation.method == "post" else None
        if found is None or not takes_many(operation, self.bodies, self._members(found[0])):
            return None
        resource, words, _ = found
        return Role(Action.CREATE, resource, f"its body holds items of {collection_path(resource)}", words)

    def _below_item(self, operation: Operation) -> Role | None:
        """A path below an item: something that is done to it, or that needs it to be there."""
        found = self._item_above(operation.path)
        if found is None:
            return None
        resource, rest = found
        action = named(rest)
        where = f"its path lies below one item of {collection_path(resource)}"
        if operation.method not in _WRITES or not rest or any("{" in segment for segment in rest):
            return Role(Action.CHECK, resource, where)
        if fold(action) == "delete" and operation.method == "post":
            return Role(Action.DELETE, resource, f"{where} and is named {rest[-1]}")
        shows = self._answers_item(operation, resource)
        moved = moves(action, singular(fold(resource.name)), self._shapes(resource), self.bodies)
        if shows and is_copy(action) and not moved:
            return Role(Action.COPY, resource, f"{where} and is named {rest[-1]}")
        if shows or moved:
            reason = f"{where} and answers such an item" if shows else f"{where} and is named {rest[-1]}"
            return Role(
                Action.ACT, resource, reason, moves=moved, shows=shows, keeps=shows and not is_partial(action)
            )
        return Role(Action.CHECK, resource, where)

    def _collection_above(self, operation: Operation) -> tuple[Resource, Mapping[int, str], list[str]] | None:
        """Find the collection that a path lies under, with the parents it writes out, and the rest of the path, which has no parameter."""
        segments = operation.path.strip("/").split("/")
        shape = [blank(segment) for segment in segments]
        folded = ["{}" if segment in _CALLER else segment for segment in shape]
        for end in range(len(segments), 0, -1):
            if any("{" in segment for segment in segments[end:]):
                return None
            for candidate in (shape, folded):
                resource = self._lists.get("/" + "/".join(candidate[:end]))
                if resource is not None and not (end == len(segments) and candidate == shape):
                    return resource, written_out(segments[:end], candidate), segments[end:]
        return None

    def _item_above(self, path: str) -> tuple[Resource, list[str]] | None:
        """Find the item that a path lies below, and the rest of the path. Only what can be made, read or listed counts."""
        segments = path.rstrip("/").split("/")
        for end in range(len(segments) - 1, 1, -1):
            resource = self._items.get(blank("/".join(segments[:end])))
            if resource is not None:
                is_kept = not resource.operations.keys().isdisjoint((Action.READ, Action.CREATE, Action.LIST))
                return (resource, segments[end:]) if is_kept else None
        return None

    # -- what is known of a resource

    def _shapes(self, resource: Resource) -> list[Shape]:
        """Return the shapes in which the contract shows an item, the one of a read first."""
        if resource.path not in self._shown:
            self._shown[resource.path] = [shape for shape in self._found(resource) if shape.declared]
        return self._shown[resource.path]

    def _found(self, resource: Resource) -> Iterator[Shape]:
        for action in (Action.READ, Action.CREATE, Action.UPDATE, Action.REPLACE):
            parts = answered(resource.operations.get(action))
            home = self.bodies.item(parts, resource.id_names) if parts else None
            if home is not None:
                yield home.shape
        parts = answered(resource.operations.get(Action.LIST))
        home = self.bodies.listing(parts, resource.id_names) if parts else None
        if home is not None and home.shape.items:
            yield self.bodies.whole(home.shape.items)

    def _members(self, resource: Resource) -> set[str]:
        return {name for shape in self._shapes(resource) for name in shape.declared}

    def _shows(self, parts: Parts, resource: Resource) -> bool:
        """Tell whether a schema is that of a resource's items."""
        shape = self.bodies.whole(parts)
        return any(self.bodies.alike(shape, other, resource.id_names) for other in self._shapes(resource))

    def _answers_item(self, operation: Operation, resource: Resource) -> bool:
        """Tell whether an operation answers an item: as its whole body, or in a wrapper such as the item's own name."""
        parts = answered(operation)
        home = self.bodies.item(parts, resource.id_names) if parts else None
        is_whole = home is not None and all(is_wrapper(step, resource.id_names) for step in home.steps)
        return home is not None and is_whole and self._shows(home.parts, resource)

    def _is_keyed(self, operation: Operation, resource: Resource) -> bool:
        """Tell whether a body carries the id of the item it is about, for the caller to say."""
        parts = taken(operation)
        if parts is None:
            return False
        shape = self.bodies.requests.of(parts)
        home = self.bodies.item(
            shape.items if shape.kind == "array" and shape.items else parts, resource.id_names
        )
        own = next((self.bodies.id_member(shown, resource.id_names) for shown in self._shapes(resource)), "")
        below = home.shape.declared.get(own) if home and own else None
        return bool(below) and not self.bodies.requests.of(below or ()).hidden
