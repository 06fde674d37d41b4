"""Outline: which resources a contract has and which operations work on them, told from its paths alone,
quickly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from msgspec.structs import replace

from understudy.contracts.contract import Contract, Operation
from understudy.model.keys import type_taken
from understudy.model.paths import (
    IdNames,
    blank,
    collection_of,
    id_names,
    ids_of,
    is_item,
    list_path,
    list_shape,
    noun,
    placeholders,
    plain,
    written_out,
)
from understudy.model.resources import REACHING, Resource, Role, Verb
from understudy.model.routes import routes_of
from understudy.model.vocabulary import CALLERS, IDS
from understudy.names import fold, singular
from understudy.pointers import steps

OF_ITEM: Final = "its path ends in the id of one item"
OF_LIST: Final = "its path is that of the items above, without the id"
_ON_MANY: Final = ("put", "patch", "delete")
_ON_LISTS: Final = ("get", "post")
_ON_ITEMS: Final = ("post", "put", "patch")
_COMMON: Final = 3
"""Kinds of things whose paths call the id so, before it is taken for the word of the document."""

_FARTHEST: Final = 100  # segments of a path from its end on; nothing is looked for above them
_ENDING: Final = re.compile(r"}\.\w+$")

Methods = Mapping[str, Operation]
"""The operations of one path, by method."""

Stated = Callable[[str, str], Any]
"""Returns what an overlay says of a collection, by its name and a word; None where it says nothing."""


class Outline:
    """The resources of one contract, and what its paths tell of the operations.

    resources: by path. lists, items: resources by the shape of these paths. roles: by operation key.
    open: operations on the path of a list whose role only their bodies tell. loose: paths with no item below,
    whose bodies tell whether they are lists. twins: operations of one path whose placeholders are named in
    two ways, by the first of them.
    """

    def __init__(self, contract: Contract, stated: Stated) -> None:
        self.resources: dict[str, Resource] = {}
        self.lists: dict[str, Resource] = {}
        self.items: dict[str, Resource] = {}
        self.roles: dict[str, Role] = {}
        self.open: dict[str, Resource] = {}
        self.loose: dict[str, tuple[str, Methods]] = {}
        self.twins: dict[str, Operation] = {}
        self._stated = stated
        self._keys: dict[str, IdNames] = {}
        self._paths: dict[str, list[str]] = {}
        self._methods: dict[str, dict[str, Operation]] = {}
        self.routes = routes_of(contract.operations)
        self._documented = {blank(operation.path) for operation in contract.operations}
        for operation in contract.operations:
            self._file(operation)
        self._find_items()

    def _file(self, operation: Operation) -> None:
        """Put an operation beside the others of its path."""
        route = self.routes[operation.key]
        path = route.path
        shape = blank(path)
        paths = self._paths.setdefault(shape, [])
        if path not in paths:
            paths.append(path)
        first = self._methods.setdefault(shape, {}).setdefault(route.method, operation)
        if first is not operation:
            self.twins[operation.key] = first

    def _path(self, shape: str) -> str:
        """Return the path of a shape; of twins the one whose last placeholder is called an id."""
        paths = self._paths[shape]
        for path in paths if len(paths) > 1 else ():
            last = "".join(placeholders(path)[-1:])  # none where the twins differ by a slash at the end
            if fold(last).endswith(IDS.ranked):
                return path
        return paths[0]

    # -- what paths tell

    def _find_items(self) -> None:
        known: set[str] = set()
        for shape, methods in self._methods.items():
            if is_item(shape):
                width = self._key_width(shape)
                above = list_shape(shape, width)
                known.add(shape)
                if self._names_action(methods, above):
                    continue
                listed = self._list_called_otherwise(above, methods)
                known.update((above, listed))
                self._add_item(self._path(shape), methods, self._methods.get(listed, {}), width)
                if is_item(above):
                    self._open_between(shape, above)
        rest = sorted(self._methods.keys() - known, key=lambda one: (one.count("/"), one))
        for shape in rest:  # what others may lie under comes first
            self.loose[shape] = (self._path(shape), self._methods[shape])

    def _list_called_otherwise(self, above: str, methods: Methods) -> str:
        """Return the shape of the path that lists what is only deleted one by one: of `/access_token/{key}`,
        `/access_tokens`, which has no items of its own; else that above the item.
        """
        if above in self._methods or methods.keys() != {"delete"}:
            return above
        before, _, last = above.rpartition("/")
        for shape in self._methods:
            folder, _, name = shape.rpartition("/")
            is_plural = folder == before and name != last and singular(fold(name)) == fold(last)
            if is_plural and f"{shape}/{{}}" not in self._methods:
                return shape
        return above

    def _names_action(self, methods: Methods, above: str) -> bool:
        """Tell whether what is only POSTed to, right below the path of one item that is read, names what is
        done to it: `/orders/{orderId}/{changeType}` beside `/orders/{orderId}`.
        """
        if methods.keys() != {"post"} or not is_item(above):
            return False
        reading = self._methods.get(above, {})
        return "get" in reading and _ends_in_id(self._path(above))

    def _key_width(self, shape: str) -> int:
        """Tell how many placeholders at the end of a path make up the key of its item.

        Of `/translations/{locale}/{key}` both do where `/translations` is documented and
        `/translations/{locale}` is not; a placeholder that names a kind of thing says what the item is in.
        """
        width, above = 1, list_shape(shape)
        while is_item(above) and above not in self._methods:
            width, above = width + 1, list_shape(above)
        if width == 1 or self._methods.get(above, {}).keys().isdisjoint(_ON_LISTS):
            return 1
        path = self._path(shape)
        kind = singular(fold(noun(path)))
        within = map(fold, placeholders(path)[-width:-1])
        if not {kind, *IDS, *ids_of(kind)}.isdisjoint(within):
            return 1
        return width

    def _add_item(self, path: str, methods: Methods, above: Methods, width: int) -> None:
        """Add what has a path for one item. methods: of that path. above: of the list's. width: of its
        key.
        """
        found: dict[Verb, Operation | None] = {
            "create": above.get("post") or above.get("put"),
            "list": above.get("get"),
            "read": methods.get("get"),
            "replace": methods.get("put"),
            "update": methods.get("patch") or methods.get("post"),
            "delete": methods.get("delete"),
        }
        resource = self.add(path, found, OF_ITEM, OF_LIST, width=width)
        if "post" in above and "put" in above:  # some APIs create by either
            self.roles[above["put"].key] = Role(verb="create", resource=resource, reason=OF_LIST)
        if not is_item(resource.above):
            self.leave_open(resource, above)

    def _open_between(self, shape: str, above: str) -> None:
        """Leave open what a path does that is an item's and a list's: `/a/{b}` beside `/a/{b}/{c}`."""
        resource = self.resources[self._path(shape)]
        methods = self._methods.get(above, {})
        further = self._methods.get(list_shape(above), {})
        for operation in (methods.get("get"), methods.get("put"), further.get("post")):
            if operation is not None:
                self.open[operation.key] = resource

    def set_apart(self, resource: Resource) -> None:
        """Set apart the one thing at a path from the items below it, which are of another kind."""
        below: dict[Verb, Operation | None] = {}
        for verb in REACHING:
            below[verb] = resource.operations.get(verb)
        shape = blank(resource.above)
        self.lists.pop(shape, None)
        self.add(resource.path, below, OF_ITEM, "", called=resource.path)
        self.lists.pop(shape, None)
        methods = self._methods[shape]
        for operation in methods.values():
            self.open.pop(operation.key, None)
        self.add_single(self._path(shape), methods)

    def add_single(self, path: str, methods: Methods) -> None:
        """Add the one thing of its kind at a path."""
        found: dict[Verb, Operation | None] = {
            "read": methods.get("get"),
            "replace": methods.get("put"),
            "update": methods.get("patch") or methods.get("post"),
            "delete": methods.get("delete"),
        }
        self.add(path, found, "its path has no id: there is one of it", "", single=True)

    def move_single(self, resource: Resource, path: str, methods: Methods, words: Mapping[int, str]) -> None:
        """Let the one thing at a path be that of another path, below an item which words stand for."""
        there = self.items.get(blank(path))
        self._drop(resource)
        if there is None or not there.single:
            self.add_single(path, methods)
            there = self.resources[path]
        self.items[blank(resource.path)] = there
        for operation in methods.values():
            role = self.roles.get(operation.key)
            if role is not None:
                self.roles[operation.key] = replace(role, resource=there, words=words)

    def forget(self, operation: Operation) -> None:
        """Forget the one thing of its kind that an operation alone speaks of."""
        role = self.roles.get(operation.key)
        if role is not None and role.resource.single and len(role.resource.operations) == 1:
            self._drop(role.resource)

    def _drop(self, resource: Resource) -> None:
        self.resources.pop(resource.path, None)
        self.items.pop(blank(resource.path), None)

    def leave_open(self, resource: Resource, methods: Methods) -> None:
        """Leave open what the operations on a list's path do to many."""
        for method in _ON_MANY:
            if method in methods:
                self.open[methods[method].key] = resource

    def add(
        self,
        path: str,
        found: Mapping[Verb, Operation | None],
        of_item: str,
        of_list: str,
        *,
        single: bool = False,
        called: str = "",
        width: int = 1,
    ) -> Resource:
        """Add a resource with its operations by verb. of_item, of_list: why operations on one and on many are
        so. width: how many placeholders make up an item's key.
        """
        operations = {verb: operation for verb, operation in found.items() if operation is not None}
        resource = self._resource(path, operations, single=single, called=called, width=width)
        self.resources[path] = resource
        if single:
            self.items.setdefault(blank(resource.path), resource)
        else:
            self._file_resource(resource)
        for verb, operation in operations.items():
            reason = of_list if verb in ("create", "list") else of_item
            self.roles[operation.key] = Role(verb=verb, resource=resource, reason=reason)
        return resource

    def _resource(
        self, path: str, operations: Mapping[Verb, Operation], *, single: bool, called: str, width: int
    ) -> Resource:
        name, parameters = noun(path), tuple(placeholders(path))
        names, above = IdNames(), collection_of(path)
        if not single:
            above = list_path(path, width)
            names = self._id_names(path, operations, above)
        of = self._stated(above, "of") or ""
        called = called or self._called(above, operations, single)
        return Resource(name, path, parameters, names, single, operations, of, called=called, width=width)

    def _called(self, above: str, operations: Mapping[Verb, Operation], single: bool) -> str:
        """Return the documented path of a list of which only the verb's path is documented."""
        listing = operations.get("list")
        if single or listing is None or plain(listing.path) == above:
            return ""
        is_documented = blank(above) in self._documented
        return "" if is_documented else listing.path

    def _id_names(self, path: str, operations: Mapping[Verb, Operation], above: str) -> IdNames:
        """List names of the id; for what no path leads to, those by which a path leads to its like."""
        name, parameter = noun(path), placeholders(path)[-1]
        stated = (self._stated(above, "id") or {}).get("member", "")
        own = "" if stated.startswith("/") else fold(stated)
        taken, common = type_taken(parameter, operations), self._common_keys
        found = id_names(parameter, name, own=own, taken=taken, common=common)
        if stated.startswith("/"):
            found = replace(found, place=steps(stated))
        kind = singular(fold(name))
        if any(verb in operations for verb in REACHING):
            self._keys.setdefault(kind, found)
            return found
        return found if stated else self._keys.get(kind, found)

    @cached_property
    def _common_keys(self) -> tuple[str, ...]:
        """What the paths of several kinds of things call their ids, as the document's own word for it;
        {client_id} below /clients and two others is the id of clients.
        """
        nouns: dict[str, set[str]] = {}
        for shape, paths in self._paths.items():
            if is_item(shape):
                nouns.setdefault(fold(placeholders(paths[0])[-1]), set()).add(noun(paths[0]))
        return tuple(one for one, of in nouns.items() if len(of) >= _COMMON and _is_common(one, of))

    def _file_resource(self, resource: Resource) -> None:
        above = blank(resource.above)
        if not is_item(above):
            self.lists[above] = resource
        if resource.is_reached:
            self.items[_ENDING.sub("}", blank(resource.path))] = resource

    def called_below(self, path: str) -> str:
        """Return what the placeholder is called below a list whose items nothing reads, and something is done
        to: `/notifications/{id}/read`; "" where there is none.
        """
        shape = f"{blank(path).rstrip('/')}/{{}}"
        for other, methods in self._methods.items():
            above, _, last = other.rpartition("/")
            if above == shape and "{" not in last and not methods.keys().isdisjoint(_ON_ITEMS):
                return placeholders(self._path(other))[-1]
        return ""

    def open_items(self, resource: Resource) -> None:
        """Let what is done below the items of a list be about them, though nothing reads one."""
        self.items.setdefault(blank(resource.path), resource)

    def open_elsewhere(self, path: str, shown_by: tuple[Operation, ...]) -> None:
        """Let what is done at a path be about items that are listed and made elsewhere: `/invitations/{id}`
        of `/teams/{id}/invitations`.
        """
        resource = replace(self._resource(path, {}, single=False, called="", width=1), shown_by=shown_by)
        self.resources[path] = resource
        self.items.setdefault(blank(path), resource)

    def show_elsewhere(self, resource: Resource, shown_by: tuple[Operation, ...]) -> None:
        """Note what shows the items of a resource whose own operations show none."""
        shown = replace(resource, shown_by=shown_by)
        for known in (self.resources, self.lists, self.items, self.open):
            for name, one in known.items():
                if one is resource:
                    known[name] = shown
        for key, role in self.roles.items():
            if role.resource is resource:
                self.roles[key] = replace(role, resource=shown)

    # -- what lies above a path

    def list_at(self, path: str) -> Resource | None:
        """Return the resource whose list stands at a path and whose items paths lead to; None where none
        does.
        """
        resource = self.lists.get(blank(path))
        if resource is None or not resource.is_reached:
            return None
        return resource

    def list_above(self, operation: Operation) -> tuple[Resource, dict[int, str], list[str]] | None:
        """Find the list that a path lies under, with the parents it writes out, and the rest of the path,
        without a placeholder.

        `me` in a path may stand for the caller's id: `/users/me/orders` lies under `/users/{user}/orders`.
        """
        segments = self.routes[operation.key].whole.strip("/").split("/")
        exact = list(map(blank, segments))
        callers = list(map(_caller, exact))
        for end in _upwards(len(segments), 1):
            if any("{" in segment for segment in segments[end:]):
                return None
            if end < len(segments) or callers != exact:
                found = self._list_at(exact[:end], callers[:end], is_whole=end == len(segments))
                if found is not None:
                    resource, shape = found
                    return resource, written_out(segments[:end], shape), segments[end:]
        return None

    def _list_at(
        self, exact: list[str], callers: list[str], *, is_whole: bool
    ) -> tuple[Resource, list[str]] | None:
        for candidate in (exact, callers):
            resource = self.lists.get("/" + "/".join(candidate))
            if resource is not None and not (is_whole and candidate == exact):
                return resource, candidate
        return None

    def item_above(self, path: str) -> tuple[Resource, Sequence[str]] | None:
        """Find the item that a path lies below, and the rest of the path.

        Only what can be made, read or listed counts.
        """
        segments = path.rstrip("/").split("/")
        for end in _upwards(len(segments) - 1, 2):
            resource = self.items.get(blank("/".join(segments[:end])))
            if resource is not None:
                if resource.is_kept or resource.is_changed:
                    return (resource, segments[end:])
                return None
        return None


def _upwards(last: int, first: int) -> Iterable[int]:
    """Return where what lies above a path may end, the nearest first."""
    return range(last, max(first - 1, last - _FARTHEST), -1)


def _ends_in_id(path: str) -> bool:
    """Tell whether the last placeholder of a path is called as an id of what stands before it is."""
    name = fold(placeholders(path)[-1])
    return name.endswith(IDS.ranked)


def _caller(segment: str) -> str:
    """Return a segment that stands for the caller's id as if it was a placeholder."""
    return "{}" if segment in CALLERS else segment


def _is_common(name: str, nouns: Iterable[str]) -> bool:
    """Tell whether what several kinds call their ids is called after none of them."""
    if not name.endswith(IDS.ranked):
        return False
    return not any(name.startswith(singular(fold(one))) for one in nouns)
