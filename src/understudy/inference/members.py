"""Members: which of them the items of a resource have, which of them a caller may set, and what a request sets."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from understudy.contracts.contract import Contract, MediaType, Operation
from understudy.inference.paths import told_member
from understudy.inference.rendering import Asked, Rendering
from understudy.inference.resources import PREFERRED, Action, Bodies, Home, Resource, answer_media, taken
from understudy.messages import Request
from understudy.names import fold
from understudy.schemas.choice import Parts
from understudy.state.store import Value

_WRAPPERS: Final = frozenset({"data", "item", "attributes", "payload", "resource", "entity"})
"""Names of a member of a request's body that may hold the item, with others beside it."""


class Members:
    """What the bodies of one contract say of the items of its resources."""

    def __init__(self, contract: Contract, bodies: Bodies, rendering: Rendering) -> None:
        self._contract, self._bodies, self._rendering = contract, bodies, rendering
        self._canonical: dict[str, MediaType | None] = {}
        self._asked: dict[str, Asked] = {}
        self._settable: dict[str, frozenset[str]] = {}
        self._unique: dict[str, tuple[str, ...]] = {}

    # -- of an item

    def canonical(self, resource: Resource) -> MediaType | None:
        """Return the media type that shows an item best: that of a read, else of what else answers one."""
        if resource.path not in self._canonical:
            self._canonical[resource.path] = self._showing(resource)
        return self._canonical[resource.path]

    def _showing(self, resource: Resource) -> MediaType | None:
        for action in (Action.READ, Action.CREATE, Action.UPDATE, Action.REPLACE, Action.LIST):
            media = answer_media(resource.operations.get(action), PREFERRED.get(action, ()))
            if media is not None and media.schema is not None:
                return self._rendering.single(media, resource) if action is Action.LIST else media
        return None

    def home(self, resource: Resource) -> Home | None:
        """Return where in the body that shows it best an item stands."""
        media = self.canonical(resource)
        return self._rendering.home(media, resource) if media else None

    def names(self, resource: Resource) -> tuple[str, ...]:
        """Name the properties of an item."""
        home = self.home(resource)
        return tuple(self._rendering.names(home)) if home else ()

    def own_id(self, resource: Resource) -> str:
        """Return the member that carries an item's id, or ""."""
        home = self.home(resource)
        return self._bodies.id_member(home.shape, resource.id_names) if home else ""

    def number(self, resource: Resource) -> str:
        """Return the folded name of a member by which the path finds an item that has an id as well, where no caller can set it.

        `/issues/{issue_number}` of issues with `id` and `number`: in a sandbox the two are the same.
        """
        told = told_member(resource.parameters[-1], resource.name) if resource.parameters else ""
        return "" if told in {fold(name) for name in self.settable(resource)} else told

    def unique(self, resource: Resource) -> tuple[str, ...]:
        """Name the members of which no two items may have the same value."""
        if resource.path not in self._unique:
            home = self.home(resource)
            declared = home.shape.declared.items() if home else ()
            names = tuple(
                name for name, parts in declared if parts and self._bodies.responses.of(parts).is_key
            )
            self._unique[resource.path] = names
        return self._unique[resource.path]

    # -- of a request

    def settable(self, resource: Resource) -> frozenset[str]:
        """Name what a caller may set when creating or changing an item."""
        names = self._settable.get(resource.path)
        if names is None:
            setting = [
                resource.operations.get(action) for action in (Action.CREATE, Action.REPLACE, Action.UPDATE)
            ]
            names = frozenset(
                name for operation in setting if operation is not None for name in self.asked(operation)
            )
            self._settable[resource.path] = names
        return names

    def asked(self, operation: Operation) -> Asked:
        """Return the fields an operation's body may set, and the schemas that describe them there; none where its body says nothing."""
        fields = self._asked.get(operation.key)
        if fields is None:
            fields = self._asked[operation.key] = {
                name: parts for name, parts, hidden in self._fields(operation) if not hidden
            }
        return fields

    def sent(self, resource: Resource, request: Request) -> Value:
        """Return the fields a request sets, without those the server keeps to itself."""
        home, known = self.home(resource), self.names(resource)
        wrappers = {
            *(_WRAPPERS - {fold(name) for name in known}),
            *(fold(step) for step in (home.steps if home else ())),
        }
        operation = self._contract.operation(request.operation)
        own = {name for name, _, hidden in self._fields(operation) if hidden}
        fields = (
            unwrapped(request.body, known, wrappers)
            if operation.body is not None
            else _queried(operation, request, known)
        )
        return {name: value for name, value in fields.items() if name not in own}

    def said(self, operation: Operation, request: Request, known: Collection[str]) -> Value:
        """Return those of the `known` members that a request's body sets, whatever it is about."""
        own = {name for name, _, hidden in self._fields(operation) if hidden}
        return {
            name: value
            for name, value in unwrapped(request.body, known, _WRAPPERS).items()
            if name in known and name not in own
        }

    def chosen_key(self, resource: Resource, sent: Mapping[str, Any]) -> str:
        """Return the identifier a request chooses, or "" where it leaves that to the server."""
        member = self.own_id(resource)
        name = next((name for name in sent if name == member or fold(name) in resource.id_names[:1]), "")
        value = sent.get(name)
        return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""

    def _fields(self, operation: Operation) -> Iterator[tuple[str, Parts, bool]]:
        """Yield the names that stand in an operation's body, their schemas, and whether each is one the server keeps to itself."""
        body = taken(operation)
        waiting: list[tuple[int, Parts]] = [(0, body)] if body else []
        while waiting:
            depth, parts = waiting.pop()
            shape = self._bodies.requests.of(parts)
            branches = [
                (*shape.parts, *branch) for choice in shape.choices[:2] for branch in choice.branches[:4]
            ]
            waiting += [(depth + 1, branch) for branch in branches if depth < 2]
            for name, below in shape.declared.items():
                if below is None:
                    continue
                yield name, below, self._bodies.requests.of(below).hidden
                if depth < 1 and (len(shape.declared) == 1 or fold(name) in _WRAPPERS):  # {"customer": {...}}
                    waiting.append((depth + 1, below))


def _queried(operation: Operation, request: Request, known: Sequence[str]) -> dict[str, Any]:
    """Return the fields that a query sets, where an operation takes no body; what is at its default was hardly sent."""
    members = {fold(name): name for name in reversed(known)}
    found = {}
    for parameter in operation.parameters:
        member, value = members.get(fold(parameter.name)), request.query.get(parameter.name)
        is_default = parameter.schema is not None and parameter.schema.get("default") == value
        if parameter.location == "query" and member is not None and value is not None and not is_default:
            found[member] = value
    return found


def unwrapped(body: Any, known: Collection[str], wrappers: Collection[str] = ()) -> dict[str, Any]:
    """Return the fields of an item in a request's body: the body itself, or what stands in it alone (`{"customer": {...}}`).

    known: names of fields; where the most of them are is the item. wrappers: names of members that may hold it beside others.
    """
    if isinstance(body, list):
        return unwrapped(body[0], known, wrappers) if len(body) == 1 else {}
    if not isinstance(body, dict):
        return {}
    folded = {fold(name) for name in known}
    alone = len(body) == 1
    inner = [
        value
        for name, value in body.items()
        if fold(name) in wrappers or (alone and fold(name) not in folded)
    ]
    inner = [value[0] if isinstance(value, list) and len(value) == 1 else value for value in inner]
    return max(
        (body, *(one for one in inner if isinstance(one, dict))),
        key=lambda fields: sum(fold(name) in folded for name in fields),
    )
