"""Resources: which paths of a contract are collections and items, which operations create, read and change them, and where in a body an item stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from understudy.contract import Contract, MediaType, Operation
from understudy.media_types import is_form, is_json, is_multipart, is_xml
from understudy.shape import Parts, Shape, Shapes

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
    """

    name: str
    path: str
    parameters: tuple[str, ...]
    id_names: tuple[str, ...] = ()
    singleton: bool = False
    operations: Mapping[Action, Operation] = field(default_factory=dict)

    @property
    def parents(self) -> tuple[str, ...]:
        """The path parameters that say in which collection an item is."""
        return self.parameters if self.singleton else self.parameters[:-1]


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
            if shape.kind not in ("object", ""):
                continue
            if self.id_member(shape, id_names):
                return Home(steps, here, shape)
            first = first or Home(steps, here, shape)
            if len(steps) < _DEEPEST:
                inner = [(name, below) for name, below in shape.declared.items() if below is not None]
                inner = [(name, below) for name, below in inner if self.whole(below).kind == "object"]
                inner.sort(key=lambda entry: (normalise(entry[0]) not in _WRAPPERS, normalise(entry[0]) not in id_names))
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

    def whole(self, parts: Parts) -> Shape:
        """Return a shape; where a schema is nothing but alternatives, that of its first one that is not null."""
        shape = self.responses.of(parts)
        for _ in range(_DEEPEST):
            if shape.members and shape.declared or not shape.choices or shape.kind not in ("", "object"):
                return shape
            branches = [self.responses.of((*shape.parts, *branch), shape.taken | {shape.choices[0].key}) for branch in shape.choices[0].branches]
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
