"""Roles: what each operation does to which resource; where its path does not tell, its bodies do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from understudy.contracts.answers import answered, taken
from understudy.contracts.contract import Contract, Operation
from understudy.model.accounts import Accounts
from understudy.model.actions import is_copy, is_partial, moves, named
from understudy.model.bodies import Bodies
from understudy.model.bulk import changes_chosen, deletes_many
from understudy.model.doors import Doors
from understudy.model.evidence import Evidence
from understudy.model.outline import OF_ITEM, OF_LIST, Methods, Outline, Stated
from understudy.model.paths import id_names, is_item, list_path, list_shape, noun
from understudy.model.resources import Resource, Role, Verb
from understudy.model.vocabulary import TRASH
from understudy.names import fold, singular

CHOSEN: Final = "its path is that of the items above, and its query chooses among them"
_WRITES: Final = frozenset({"post", "put", "patch"})
_CHANGES: Final = frozenset({"post", "put", "patch", "delete"})


class Roles:
    """What each operation of a contract does."""

    def __init__(self, contract: Contract, bodies: Bodies, stated: Stated, doors: Doors) -> None:
        self.outline = Outline(contract, stated)
        self.evidence = Evidence(bodies)
        self._bodies = bodies
        self._by_bodies: dict[str, Role | None] = {}
        self.accounts = Accounts(doors, self.outline, self.evidence, bodies)
        for path, methods in self.outline.loose.values():
            if not self.accounts.owns(path):
                self._add_loose(path, methods)

    @property
    def resources(self) -> Mapping[str, Resource]:
        """The resources by their paths."""
        return self.outline.resources

    def of(self, operation: Operation) -> Role | None:
        """Return what an operation does, None where nothing tells.

        Bodies are looked into when it is first asked.
        """
        operation = self.outline.twins.get(operation.key, operation)
        if operation.key not in self._by_bodies:
            self._by_bodies[operation.key] = self._find(operation)
        return self._by_bodies[operation.key]

    def _find(self, operation: Operation) -> Role | None:
        role = self.accounts.role(operation.key) or self._by_resources(operation)
        if role is None:
            return None
        return self.accounts.seen(role)

    def _by_resources(self, operation: Operation) -> Role | None:
        resource = self.outline.open.get(operation.key)
        role = self._on_list(operation, resource) if resource is not None else None
        if role is None:
            role = self.outline.roles.get(operation.key)
        return role or self._below_list(operation) or self._below_item(operation)

    # -- paths with no item below

    def _add_loose(self, path: str, methods: Methods) -> None:
        """Add what a path with no item below speaks of: a list nobody can look into, or the one thing of its
        kind.
        """
        reading = methods.get("get")
        schema = answered(reading)
        if reading is None or schema is None:
            return
        if self._bodies.is_list((schema,), id_names("", noun(path))):
            if not self._is_other_list(reading, methods):
                self._add_list(path, methods)
        elif not _CHANGES.isdisjoint(methods):
            self._add_single(path, methods)

    def _add_list(self, path: str, methods: Methods) -> None:
        found: dict[Verb, Operation | None] = {"list": methods["get"], "create": methods.get("post")}
        resource = self.outline.add(f"{path.rstrip('/')}/{{id}}", found, "", "it answers a list")
        self.outline.leave_open(resource, methods)

    def _add_single(self, path: str, methods: Methods) -> None:
        found: dict[Verb, Operation | None] = {
            "read": methods["get"],
            "replace": methods.get("put"),
            "update": methods.get("patch") or methods.get("post"),
            "delete": methods.get("delete"),
        }
        self.outline.add(path, found, "its path has no id: there is one of it", "", single=True)

    def _is_other_list(self, listing: Operation, methods: Methods) -> bool:
        """Tell whether a list shows the items of a list above it, or of the caller's own one; note its role
        where it does.
        """
        found = self.outline.list_above(listing) or self._list_of_caller(listing)
        if found is None:
            return False
        resource, words, rest = found
        is_mine = bool(rest) and self.accounts.means_caller(rest[-1])
        rest = rest[:-1] if is_mine else rest
        if not TRASH.known.isdisjoint(rest) or not self.evidence.lists_items_of(listing, resource):
            return False
        there = list_path(resource.path)
        roles = self.outline.roles
        roles[listing.key] = Role(
            verb="list",
            resource=resource,
            reason=f"it lists the same items as {there}",
            words=words,
            mine=is_mine,
        )
        if not rest and "post" in methods:
            roles[methods["post"].key] = Role(
                verb="create", resource=resource, reason=f"it is the caller's own {there}", words=words
            )
        return True

    def _list_of_caller(self, listing: Operation) -> tuple[Resource, dict[int, str], list[str]] | None:
        """Find the list, elsewhere, of which the path of a list means the caller's own: `/me/orders`."""
        above, _, last = listing.path.strip("/").rpartition("/")
        if "{" in listing.path or not self.accounts.means_caller(above.rpartition("/")[2]):
            return None
        for resource in self.resources.values():
            if resource.noun == last and not resource.parents and not resource.single:
                return resource, {}, [above.rpartition("/")[2]]
        return None

    # -- what else is done at the path of a list

    def _on_list(self, operation: Operation, resource: Resource) -> Role | None:
        """Tell whether an operation changes items whose ids stand in the body, deletes many, or creates
        further down.
        """
        if operation.method == "post":
            return self._into_list_below(operation, resource)
        if is_item(list_shape(resource.path)):
            return self._one_or_many(operation, resource)
        if operation.method == "delete":
            members = self.evidence.members(resource)
            if not deletes_many(operation, resource, self._bodies, members):
                return None
            return Role(verb="delete", resource=resource, reason=OF_LIST, each=True)
        if changes_chosen(operation, self.evidence.members(resource), self._bodies):
            return Role(verb="update", resource=resource, reason=CHOSEN, each=True)
        if not self.evidence.takes_id(operation, resource):
            return None
        verb: Verb = "replace" if operation.method == "put" else "update"
        return Role(
            verb=verb, resource=resource, reason="the id of the item stands in the body", in_body=True
        )

    def _one_or_many(self, operation: Operation, resource: Resource) -> Role | None:
        """Tell by its answer which is shown at a path that is one's item and another's list."""
        item = self.resources.get(operation.path)
        is_read = operation.method == "get"
        if item is None or self.evidence.answers_list(resource):
            if not is_read:
                return None
            return Role(verb="list", resource=resource, reason=OF_LIST)
        return Role(verb="read" if is_read else "replace", resource=item, reason=OF_ITEM)

    def _into_list_below(self, operation: Operation, resource: Resource) -> Role | None:
        """Tell whether a create above the lists of its items says in its body which of these the new one is
        in.
        """
        body = taken(operation)
        if body is None or "create" in resource.operations or not self.evidence.answers_list(resource):
            return None
        parent = fold(resource.parents[-1])
        members = self._bodies.requests.of((body,)).required
        member = next((name for name in members if fold(name) == parent), "")
        if not member or not self.evidence.answers_item(operation, resource):
            return None
        reason = f"its body says by {member} in which of {list_path(resource.path)} the item is"
        carried = {len(resource.parents) - 1: member}
        return Role(verb="create", resource=resource, reason=reason, carried=carried)

    # -- what is done below a list, and below an item

    def _below_list(self, operation: Operation) -> Role | None:
        """Tell whether a path below a list takes many of its items at once."""
        if operation.method != "post":
            return None
        found = self.outline.list_above(operation)
        if found is None:
            return None
        resource, words, _ = found
        if not self.evidence.takes_many(operation, resource):
            return None
        reason = f"its body holds items of {list_path(resource.path)}"
        return Role(verb="create", resource=resource, reason=reason, words=words)

    def _below_item(self, operation: Operation) -> Role | None:
        """Tell what is done to an item, or that it needs to be there."""
        found = self.outline.item_above(operation.path)
        if found is None:
            return None
        resource, rest = found
        where = f"its path lies below one item of {list_path(resource.path)}"
        is_deep = any("{" in segment for segment in rest)
        if operation.method not in _WRITES or not rest or is_deep:
            return Role(verb="needs", resource=resource, reason=where)
        return self._action(operation, resource, named(rest), f"{where} and is named {rest[-1]}", where)

    def _action(
        self, operation: Operation, resource: Resource, action: str, by_name: str, where: str
    ) -> Role:
        if fold(action) == "delete" and operation.method == "post":
            return Role(verb="delete", resource=resource, reason=by_name)
        shows = self.evidence.answers_item(operation, resource)
        one = singular(fold(resource.noun))
        moved = moves(action, one, self.evidence.shapes(resource), self._bodies)
        if shows and is_copy(action) and not moved:
            return Role(verb="create", resource=resource, reason=by_name, copies=True)
        if not shows and not moved:
            return Role(verb="needs", resource=resource, reason=where)
        return Role(
            verb="act",
            resource=resource,
            reason=f"{where} and answers such an item" if shows else by_name,
            set=moved,
            shows=shows,
            keeps=shows and not is_partial(action),
        )
