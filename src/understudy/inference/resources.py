"""Resources: the kinds of things a contract keeps, what is done to them, and where in a body one of them stands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from understudy.contracts.contract import Answer, MediaType, Operation
from understudy.media.types import is_json
from understudy.names import fold, singular
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape
from understudy.schemas.shapes import Shapes

_PLACEHOLDER = re.compile(r"{([^}]*)}")
IDS: Final = ("id", "gid", "sid", "uid", "uuid", "guid")
"""Members and endings of members that hold an id and nothing else."""
COMMON_IDS: Final = (*IDS, "key", "code", "number", "name", "slug")
"""Members by which an item may be found, the surest first."""
_WRAPPERS = (
    "data",
    "item",
    "result",
    "resource",
    "attributes",
    "payload",
    "response",
    "entity",
    "object",
    "body",
)
_DEEPEST = 4  # levels of wrapping that are looked through


class Action(StrEnum):
    """What an operation does to a resource."""

    CREATE = "create"
    READ = "read"
    LIST = "list"
    REPLACE = "replace"
    UPDATE = "update"
    DELETE = "delete"
    SAVE = "save"  # put items whose ids stand in the body
    AMEND = "amend"  # change items whose ids stand in the body
    CLEAR = "clear"  # delete many
    ACT = "act"  # what the path names after an item: it is shown, or moves, or both
    COPY = "copy"
    CHECK = "check"  # answer as documented, where the item is there


PREFERRED: Final[Mapping[Action, tuple[str, ...]]] = {
    Action.CREATE: ("201", "200"),
    Action.DELETE: ("204", "200"),
}
"""The statuses of success that say most exactly what an action did."""


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
    def is_reached(self) -> bool:
        """Whether a path leads to one item."""
        return not self.operations.keys().isdisjoint(
            (Action.READ, Action.REPLACE, Action.UPDATE, Action.DELETE)
        )

    @property
    def parents(self) -> tuple[str, ...]:
        """The path parameters that say in which collection an item is."""
        return self.parameters if self.singleton else self.parameters[:-1]


def placeholders(path: str) -> list[str]:
    """Name the placeholders of a path template, in their order."""
    return _PLACEHOLDER.findall(path)


@dataclass(frozen=True, slots=True)
class Role:
    """What one operation does, and to which resource. reason: why that was inferred, for a person.

    words: parents that the operation's path writes out (`me`) where the resource's has a parameter, by their place among the parents.
    carried: members of the body that say a parent, likewise by their place.
    moves: what an action changes beside what is sent. shows: whether it answers the item. keeps: whether the item takes over what is sent.
    """

    action: Action
    resource: Resource
    reason: str
    words: Mapping[int, str] = field(default_factory=dict)
    carried: Mapping[int, str] = field(default_factory=dict)
    moves: Mapping[str, Any] = field(default_factory=dict)
    shows: bool = True
    keeps: bool = True


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
            if (
                shape.kind == "array" and shape.items and steps
            ):  # {"Invoices": [{...}]}: one thing in a list of its own
                here, shape = shape.items, self.whole(shape.items)
            if shape.kind not in ("object", ""):
                continue
            if self.id_member(shape, id_names):
                return Home(steps, here, shape)
            first = first or Home(steps, here, shape)
            if len(steps) < _DEEPEST:
                inner = [(name, below) for name, below in shape.declared.items() if below is not None]
                inner = [
                    (name, below) for name, below in inner if self.whole(below).kind in ("object", "array")
                ]
                inner.sort(
                    key=lambda entry: (self.whole(entry[1]).kind == "array", _strangeness(entry[0], id_names))
                )
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
                carries = (
                    items is not None
                    and self.item(shape.items, id_names) is not None
                    and self._carries(items, id_names)
                )
                found.append((not carries, Home(steps, here, shape)))
            elif shape.kind == "object" and len(steps) < _DEEPEST:
                waiting += [
                    ((*steps, name), below) for name, below in shape.declared.items() if below is not None
                ]
        return min(found, key=lambda entry: (entry[0], len(entry[1].steps)), default=(True, None))[1]

    def is_list(self, parts: Parts, id_names: Sequence[str]) -> bool:
        """Tell whether a body is a list of things, and not a thing that has a list."""
        shape = self.whole(parts)
        if shape.kind == "array" or self.id_member(shape, id_names):
            return shape.kind == "array"
        home = self.listing(parts, id_names)
        return home is not None and len(home.steps) <= 2

    def whole(self, parts: Parts) -> Shape:
        """Return a shape; where a schema is nothing but alternatives, that of its first one that is not null."""
        shape = self.responses.of(parts)
        for _ in range(_DEEPEST):
            if (shape.members and shape.declared) or not shape.choices or shape.kind not in ("", "object"):
                return shape
            branches = [
                self.responses.of((*shape.parts, *branch), shape.taken | {shape.choices[0].key})
                for branch in shape.choices[0].branches
            ]
            better = next((branch for branch in branches if branch.kind not in ("", "null")), None)
            if better is None:
                return shape
            shape = better
        return shape

    def _carries(self, items: Shape, id_names: Sequence[str]) -> bool:
        return bool(self.id_member(items, id_names)) or any(
            self.id_member(self.whole(below), id_names)
            for below in items.declared.values()
            if below is not None
        )

    def id_member(self, shape: Shape, id_names: Sequence[str]) -> str:
        """Return the member of an object that carries its id, or ""."""
        by_name = {fold(name): name for name, below in reversed(shape.declared.items()) if below is not None}
        for name in id_names:
            if name in by_name and self.whole(shape.declared[by_name[name]] or ()).kind in (
                "string",
                "integer",
                "number",
                "",
            ):
                return by_name[name]
        return ""

    def alike(self, one: Shape, other: Shape, id_names: Sequence[str]) -> bool:
        """Tell whether two objects show one kind of thing: they are one schema, or share their id and most of what each has."""
        names, others = _present(one), _present(other)
        if not names or not others:
            return False
        if one.parts and other.parts and _place(one) == _place(other):
            return True
        own = self.id_member(one, id_names)
        return bool(own) and own in others and 3 * len(names & others) >= 2 * max(len(names), len(others))


def _present(shape: Shape) -> set[str]:
    return {name for name, below in shape.declared.items() if below is not None}


def _place(shape: Shape) -> str:
    """Return where the schema of a shape is written, however it was referred to."""
    part = shape.parts[0]
    return part.document.follow(part).address


def is_wrapper(name: str, id_names: Sequence[str]) -> bool:
    """Tell whether a member's name says that it holds the item: it is the item's own, or a common one."""
    return _strangeness(name, id_names) < 2


def _strangeness(name: str, id_names: Sequence[str]) -> int:
    """Tell how likely a member holds the item: one of its own name, then a common wrapper, then any other."""
    folded = fold(name)
    return 0 if {f"{folded}id", f"{singular(folded)}id"} & {*id_names} else 1 if folded in _WRAPPERS else 2


# ---- operations


def success(operation: Operation, preferred: Sequence[str] = ()) -> tuple[int, Answer | None]:
    """Return the documented success of an operation: one of the preferred statuses, else the lowest 2XX or 3XX, else the default."""
    for status in [*preferred, *sorted(operation.responses)]:
        if status in operation.responses and status[0] in "23":
            return int(status.replace("X", "0")), operation.responses[status]
    return 200, operation.responses.get("default")


def json_media(content: Mapping[str, MediaType], wanted: str = "") -> MediaType | None:
    """Return the media type whose schema describes a resource: the `wanted` one where it is there, then JSON before anything else."""
    return content.get(wanted) or next(
        (media for name, media in content.items() if is_json(name)), next(iter(content.values()), None)
    )


def answer_media(operation: Operation | None, preferred: Sequence[str] = ()) -> MediaType | None:
    """Return the media type in which an operation's documented success shows a resource, or None where it shows nothing."""
    _, answer = success(operation, preferred) if operation else (0, None)
    return json_media(answer.content) if answer else None


def answered(operation: Operation | None) -> Parts | None:
    """Return the schema of an operation's documented success, or None where that has none."""
    media = answer_media(operation)
    return (media.schema,) if media and media.schema else None


def taken(operation: Operation) -> Parts | None:
    """Return the schema of the body an operation takes, or None where it takes none."""
    media = json_media(operation.body.content) if operation.body else None
    return (media.schema,) if media and media.schema else None
