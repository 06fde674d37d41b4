"""Resources: which paths of a contract are collections and items, what their operations do, and where in a body an item stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from understudy.contracts.contract import Answer, Contract, MediaType, Operation
from understudy.generation.choice import Parts
from understudy.generation.extensions import COLLECTION, ID, stated
from understudy.generation.shape import Shape, Shapes
from understudy.media.types import is_json

_PLACEHOLDER = re.compile(r"{([^}]*)}")
_COMMON_IDS = ("id", "gid", "sid", "uid", "uuid", "guid", "key", "code", "number", "name", "slug")
_WRAPPERS = ("data", "item", "result", "resource", "attributes", "payload", "response", "entity", "object", "body")
_DEEPEST = 4  # levels of wrapping that are looked through


class Action(StrEnum):
    """What an operation does to a resource."""

    CREATE = "create"
    READ = "read"
    LIST = "list"
    REPLACE = "replace"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Home:
    """Where in a body the resource stands: the members to go through, and the shape of what is there.

    steps: names of members from the outside in; empty where the body is the item, or the list, itself.
    """

    steps: tuple[str, ...]
    parts: Parts
    shape: Shape


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of thing that a contract keeps.

    path: the item's path template, or the singleton's. parameters: names of its path parameters, the item's own last.
    id_names: normalised names under which an item's id may stand, likeliest first. singleton: there is one for its parents.
    shared: the name under which other paths have the same collection, where the contract says so.
    """

    name: str
    path: str
    parameters: tuple[str, ...]
    id_names: tuple[str, ...] = ()
    singleton: bool = False
    operations: Mapping[Action, Operation] = field(default_factory=dict)
    shared: str = ""

    @property
    def place(self) -> str:
        """The name of the collection, whoever its parents are."""
        return self.shared or self.path

    @property
    def parents(self) -> tuple[str, ...]:
        """The path parameters that say in which collection an item is."""
        return self.parameters if self.singleton else self.parameters[:-1]


def placeholders(path: str) -> list[str]:
    """Name the placeholders of a path template, in their order."""
    return _PLACEHOLDER.findall(path)


@dataclass(frozen=True, slots=True)
class Role:
    """What one operation does, and to which resource. reason: why that was inferred, for a person."""

    action: Action
    resource: Resource
    reason: str


def normalise(name: str) -> str:
    """Fold a name so that `account_id`, `accountId` and `Account-ID` are one."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def singular(noun: str) -> str:
    """Return the singular of an English noun, well enough for path segments."""
    for ending, replacement in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("ss", "ss"), ("s", "")):
        if noun.endswith(ending) and len(noun) > len(ending) + 1:
            return noun.removesuffix(ending) + replacement
    return noun


# ---- bodies


class Bodies:
    """Where resources stand in the bodies of one contract."""

    def __init__(self) -> None:
        self.requests, self.responses = Shapes("request"), Shapes("response")

    def item(self, parts: Parts, id_names: Sequence[str]) -> Home | None:
        """Find the object that carries the id: the body itself, or what a wrapper such as `data` holds; the outermost wins."""
        waiting: list[tuple[tuple[str, ...], Parts]] = [((), parts)]
        first: Home | None = None
        while waiting:
            steps, here = waiting.pop(0)
            shape = self.whole(here)
            if shape.kind == "array" and shape.items and steps:  # {"Invoices": [{...}]}: one thing in a list of its own
                here, shape = shape.items, self.whole(shape.items)
            if shape.kind not in ("object", ""):
                continue
            if self.id_member(shape, id_names):
                return Home(steps, here, shape)
            first = first or Home(steps, here, shape)
            if len(steps) < _DEEPEST:
                inner = [(name, below) for name, below in shape.declared.items() if below is not None]
                inner = [(name, below) for name, below in inner if self.whole(below).kind in ("object", "array")]
                inner.sort(key=lambda entry: (self.whole(entry[1]).kind == "array", normalise(entry[0]) not in _WRAPPERS))
                waiting += [((*steps, name), below) for name, below in inner]
        return first

    def listing(self, parts: Parts, id_names: Sequence[str]) -> Home | None:
        """Find the array of items: the body itself or a member of its envelope; one whose items carry the id comes first."""
        waiting: list[tuple[tuple[str, ...], Parts]] = [((), parts)]
        found: list[tuple[bool, Home]] = []
        while waiting:
            steps, here = waiting.pop(0)
            shape = self.whole(here)
            if shape.kind == "array" and (shape.items or shape.prefixes == []):
                items = self.whole(shape.items) if shape.items else None
                carries = items is not None and self.item(shape.items, id_names) is not None and self._carries(items, id_names)
                found.append((not carries, Home(steps, here, shape)))
            elif shape.kind == "object" and len(steps) < _DEEPEST:
                waiting += [((*steps, name), below) for name, below in shape.declared.items() if below is not None]
        return min(found, key=lambda entry: (entry[0], len(entry[1].steps)), default=(True, None))[1]

    def is_list(self, parts: Parts, id_names: Sequence[str]) -> bool:
        """Tell whether a body is a list of things, and not a thing that has a list."""
        if self.whole(parts).kind == "array":
            return True
        home = self.listing(parts, id_names)
        if home is None or len(home.steps) > 2:
            return False
        return not self.id_member(self.whole(parts), id_names)

    def whole(self, parts: Parts) -> Shape:
        """Return a shape; where a schema is nothing but alternatives, that of its first one that is not null."""
        shape = self.responses.of(parts)
        for _ in range(_DEEPEST):
            if (shape.members and shape.declared) or not shape.choices or shape.kind not in ("", "object"):
                return shape
            branches = [
                self.responses.of((*shape.parts, *branch), shape.taken | {shape.choices[0].key}) for branch in shape.choices[0].branches
            ]
            better = next((branch for branch in branches if branch.kind not in ("", "null")), None)
            if better is None:
                return shape
            shape = better
        return shape

    def _carries(self, items: Shape, id_names: Sequence[str]) -> bool:
        return bool(self.id_member(items, id_names)) or any(
            self.id_member(self.whole(below), id_names) for below in items.declared.values() if below is not None
        )

    def id_member(self, shape: Shape, id_names: Sequence[str]) -> str:
        """Return the member of an object that carries its id, or ""."""
        by_name = {normalise(name): name for name, below in reversed(shape.declared.items()) if below is not None}
        for name in id_names:
            if name in by_name and self.whole(shape.declared[by_name[name]] or ()).kind in ("string", "integer", "number", ""):
                return by_name[name]
        return ""


# ---- operations


def success(operation: Operation, preferred: Sequence[str] = ()) -> tuple[int, Answer | None]:
    """Return the documented success of an operation: one of the preferred statuses, else the lowest 2XX or 3XX, else the default."""
    for status in [*preferred, *sorted(operation.responses)]:
        if status in operation.responses and status[0] in "23":
            return int(status.replace("X", "0")), operation.responses[status]
    return 200, operation.responses.get("default")


def json_media(content: Mapping[str, MediaType]) -> MediaType | None:
    """Return the media type whose schema describes a resource: JSON before anything else."""
    return next((media for name, media in content.items() if is_json(name)), next(iter(content.values()), None))


class Inference:
    """What each operation of a contract does, told from its method, its path and the shape of its bodies."""

    def __init__(self, contract: Contract) -> None:
        self.bodies = Bodies()
        self.roles: dict[str, Role] = {}
        self.resources: dict[str, Resource] = {}
        by_shape: dict[str, dict[str, Operation]] = {}
        self._paths: dict[str, str] = {}
        for operation in contract.operations:
            shape = _blank(operation.path)
            self._paths.setdefault(shape, operation.path)
            by_shape.setdefault(shape, {}).setdefault(operation.method, operation)
        taken: set[str] = set()
        for shape, methods in by_shape.items():
            if _is_item(shape):
                collection = _collection_shape(shape)
                taken |= {shape, collection}
                self._item(self._paths[shape], methods, by_shape.get(collection, {}))
        for shape, methods in by_shape.items():
            if shape not in taken:
                self._loose(self._paths[shape], methods)

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
        resource = self._add(path, found, "its path ends in the id of one item", "its path is that of the items above, without the id")
        if "post" in collection and "put" in collection:  # some APIs create by either
            self.roles[collection["put"].key] = Role(Action.CREATE, resource, "its path is that of the items above, without the id")

    def _loose(self, path: str, methods: Mapping[str, Operation]) -> None:
        """A path with no item below it: a collection nobody can look into, or the one thing of its kind."""
        listing = methods.get("get")
        if listing is None:
            return
        parts = _body_parts(listing)
        if parts is None:
            return
        noun = _noun(path)
        names = _id_names("", noun)
        if self.bodies.is_list(parts, names):
            found = {Action.LIST: listing, Action.CREATE: methods.get("post")}
            self._add(f"{path.rstrip('/')}/{{id}}", found, "", "it answers a list")
        elif not {"put", "patch", "post", "delete"}.isdisjoint(methods):
            found = {
                Action.READ: listing,
                Action.REPLACE: methods.get("put"),
                Action.UPDATE: methods.get("patch") or methods.get("post"),
                Action.DELETE: methods.get("delete"),
            }
            self._add(path, found, "its path has no id: there is one of it", "", singleton=True)

    def _add(self, path: str, found: Mapping[Action, Operation | None], of_item: str, of_list: str, singleton: bool = False) -> Resource:
        operations = {action: operation for action, operation in found.items() if operation is not None}
        parameters = tuple(_PLACEHOLDER.findall(path))
        names = () if singleton else _id_names(parameters[-1], _noun(path))
        own = normalise(stated(ID, operations.values()))
        names = tuple(dict.fromkeys((own, *names))) if own and not singleton else names
        resource = Resource(_noun(path), path, parameters, names, singleton, operations, stated(COLLECTION, operations.values()))
        self.resources[path] = resource
        for action, operation in operations.items():
            self.roles[operation.key] = Role(action, resource, of_list if action in (Action.CREATE, Action.LIST) else of_item)
        return resource


def _blank(path: str) -> str:
    return _PLACEHOLDER.sub("{}", path.rstrip("/"))


def _is_item(path: str) -> bool:
    return re.fullmatch(r"{[^}]*}(\.\w+)?", path.rstrip("/").rpartition("/")[2]) is not None


def _collection_shape(path: str) -> str:
    head, _, tail = path.rstrip("/").rpartition("/")
    return _blank(head + tail.partition("}")[2])


def _noun(path: str) -> str:
    segments = [segment for segment in path.split("/") if segment and "{" not in segment]
    return segments[-1].partition(".")[0] if segments else "item"


def _id_names(parameter: str, noun: str) -> tuple[str, ...]:
    """List normalised names under which an item's id may stand, likeliest first."""
    param, one = normalise(parameter), singular(normalise(noun))
    short = param.removeprefix(one) if param.startswith(one) else ""
    inner = param.replace(one, "", 1) if not short else ""  # external_customer_id of a customer is its external_id
    return tuple(name for name in dict.fromkeys([param, inner, *_COMMON_IDS[:6], f"{one}id", short, *_COMMON_IDS[6:]]) if name)


def _body_parts(operation: Operation) -> Parts | None:
    _, answer = success(operation)
    media = json_media(answer.content) if answer else None
    return (media.schema,) if media and media.schema else None


def fields_of(operation: Operation | None, bodies: Bodies) -> Iterator[tuple[str, bool]]:
    """Yield the names an operation's body may set, wherever they stand in it, and whether each is one the server keeps to itself."""
    media = json_media(operation.body.content) if operation and operation.body else None
    if media is None or media.schema is None:
        return
    waiting: list[tuple[int, Parts]] = [(0, (media.schema,))]
    while waiting:
        depth, parts = waiting.pop()
        shape = bodies.requests.of(parts)
        branches = [(*shape.parts, *branch) for choice in shape.choices[:2] for branch in choice.branches[:4]]
        if depth < 2:
            waiting += [(depth + 1, branch) for branch in branches]
        for name, below in shape.declared.items():
            if below is not None:
                yield name, bodies.requests.of(below).hidden
                if depth < 1 and len(shape.declared) == 1:
                    waiting.append((depth + 1, below))
