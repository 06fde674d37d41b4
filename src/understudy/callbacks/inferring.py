"""Occasions: which operation a webhook follows, inferred from the webhook's name and from the schema of what it carries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from understudy.contracts.contract import Contract, Operation
from understudy.inference.resources import Action, Resource, Role, answered, is_wrapper, taken
from understudy.inference.roles import Inference
from understudy.messages import NOTHING
from understudy.names import fold, singular, split_words
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape
from understudy.schemas.subschemas import component

CREATED: Final = frozenset({"create", "created", "new", "creation"})
UPDATED: Final = frozenset({"update", "updated", "change", "changed", "modified", "edited"})
DELETED: Final = frozenset({"delete", "deleted", "remove", "removed", "deletion"})
_KINDS: Final = (CREATED, UPDATED, DELETED)
_DONE: Final[Mapping[Action, frozenset[str]]] = {
    Action.CREATE: CREATED,
    Action.COPY: CREATED,
    Action.UPDATE: UPDATED,
    Action.REPLACE: CREATED | UPDATED,  # which of the two, its status tells
    Action.DELETE: DELETED,
}
_WRITES: Final = frozenset({"post", "put", "patch", "delete"})
_ENDINGS: Final = re.compile(r"(object|schema|dto|model|response|resource|output|read)$")
_DEEPEST: Final = 3  # members that are gone through to find the item in a webhook's body
_MOST: Final = 200  # objects of a body that are looked at


@dataclass(frozen=True, slots=True)
class Occasion:
    """That a message follows an operation, and why. steps: the members that lead to the item in the message's body; None where it has none.

    is_new: whether it follows only an answer that says something was created (True), or only one that does not (False).
    """

    reason: str
    steps: tuple[str, ...] | None = None
    is_new: bool | None = None


@dataclass(frozen=True, slots=True)
class _Kind:
    """Of what kind an object is. main: the component that describes it. named: all components its schema is made of."""

    name: str
    main: str
    named: frozenset[str]

    def is_same(self, other: _Kind) -> bool:
        """Tell whether two objects are of one kind: the schema that names one of them is part of the other."""
        return self.main in other.named or other.main in self.named


@dataclass(frozen=True, slots=True)
class _Place:
    """An object in a webhook's body."""

    steps: tuple[str, ...]
    kind: _Kind


class Occasions:
    """What the messages of one contract have to do with its operations."""

    def __init__(self, contract: Contract, inference: Inference | None = None) -> None:
        self._contract, self._given = contract, inference
        self._places: dict[Operation, tuple[_Place, ...]] = {}
        self._items: dict[str, tuple[_Kind, ...]] = {}
        self._words: dict[str, list[str]] = {}

    @cached_property
    def inference(self) -> Inference:
        """What each operation does."""
        return self._given or Inference(self._contract)

    def following(
        self, operation: Operation, messages: Iterable[tuple[str, Operation]]
    ) -> dict[Operation, Occasion]:
        """Return those of some webhooks, each with its name, that follow an operation."""
        role = self.inference.role(operation) if operation.method in _WRITES else None
        if role is None:
            return {}
        fitting: dict[Operation, Occasion] = {}
        others: dict[Operation, Occasion] = {}
        for name, message in messages:
            word = self._word(name, message, role, operation)
            place = self._item_in(message, operation, role.resource) if word else None
            if place is None:
                continue
            steps = place.steps
            is_new = _is_new(role, word, operation)
            if is_new and "201" not in operation.responses:
                continue
            where = f"its body's {'.'.join(steps)}" if steps else "its body"
            occasion = Occasion(
                f"{where} is what {operation.id} is about, and its name says {word}", steps, is_new
            )
            if self._fits(name, message, word, place, role):
                fitting[message] = occasion
            elif role.action is not Action.ACT and _is_whole(steps):
                others[message] = occasion
        return fitting or others

    def place(self, message: Operation, operation: Operation) -> tuple[str, ...] | None:
        """Return the members that lead to an operation's item in a message's body; None where the body does not hold it."""
        role = self.inference.role(operation)
        place = self._item_in(message, operation, role.resource if role else None)
        return place.steps if place else None

    def shown(self, operation: Operation, body: Any) -> Any:
        """Return the item in an operation's answer; NOTHING where the answer shows none, or another thing than its resource is."""
        role, parts = self.inference.role(operation), answered(operation)
        names = role.resource.id_names if role else ("id",)
        home = self.inference.bodies.item(parts, names) if parts else None
        read = answered(role.resource.operations.get(Action.READ)) if role else None
        whole = self.inference.bodies.item(read, names) if read else None
        if home is None or (
            whole is not None and not self.inference.bodies.alike(home.shape, whole.shape, names)
        ):
            return NOTHING
        for step in home.steps:
            body = body.get(step) if isinstance(body, dict) else None
            body = body[0] if isinstance(body, list) and body else body
        return body if isinstance(body, dict) else NOTHING

    # -- names

    def _word(self, name: str, message: Operation, role: Role, operation: Operation) -> str:
        """Return the word in a webhook's names that says what the operation does, or "" where none does or two disagree."""
        for text in (name, message.id):
            words = self._words.get(text) or self._words.setdefault(text, split_words(text))
            if role.action is Action.ACT:
                verb = next(iter(split_words(operation.path.rstrip("/").rpartition("/")[2])), "")
                found = [word for word in (words[-1:] + words[:1]) if _is_done(verb, word)]
            else:
                kinds = [kind for kind in _KINDS if not kind.isdisjoint(words)]
                found = [word for word in words if len(kinds) == 1 and word in _DONE.get(role.action, ())]
            if found:
                return found[0]
        return ""

    def _fits(self, name: str, message: Operation, word: str, place: _Place, role: Role) -> bool:
        """Tell whether the rest of a webhook's name is that of the item; what is deleted is the resource, whatever the answer shows."""
        shown = [place.kind.name, *place.steps[-1:]]
        names = (
            [role.resource.name]
            if role.action is Action.DELETE
            else [role.resource.name, *shown]
            if _is_whole(place.steps)
            else shown
        )
        nouns = {singular(_ENDINGS.sub("", fold(text))) for text in names} - {""}
        for text in (name, message.id):
            rest = "".join(singular(one) for one in split_words(text) if one != word)
            if (
                any(rest.endswith(noun) or noun.endswith(rest) for noun in nouns)
                if rest
                else _is_whole(place.steps)
            ):
                return True
        return False

    # -- schemas

    def _item_in(self, message: Operation, operation: Operation, resource: Resource | None) -> _Place | None:
        """Find the item of an operation in a message's body, the outermost place first."""
        items = self._answered(operation, resource)
        places = self._places_of(message) if items else ()
        return next((place for place in places if any(place.kind.is_same(item) for item in items)), None)

    def _places_of(self, message: Operation) -> tuple[_Place, ...]:
        if message not in self._places:
            parts = taken(message)
            self._places[message] = tuple(self._walk(parts)) if parts else ()
        return self._places[message]

    def _walk(self, parts: Parts) -> Iterator[_Place]:
        bodies = self.inference.bodies
        waiting: list[tuple[tuple[str, ...], Parts]] = [((), parts)]
        for _ in range(_MOST):
            if not waiting:
                return
            steps, here = waiting.pop(0)
            shape = bodies.whole(here)
            if shape.kind not in ("object", ""):
                continue
            if shape.component:
                yield _Place(steps, _kind(shape))
            if len(steps) < _DEEPEST:
                waiting += [((*steps, name), below) for name, below in shape.declared.items() if below]

    def _answered(self, operation: Operation, resource: Resource | None) -> tuple[_Kind, ...]:
        """Return the kinds of object in which an item is shown: by the operation itself, and by the others of its resource."""
        if operation.key not in self._items:
            names = resource.id_names if resource else ("id",)
            shown = (
                []
                if resource is None
                else [
                    resource.operations.get(action) for action in (Action.READ, Action.CREATE, Action.UPDATE)
                ]
            )
            self._items[operation.key] = tuple(self._shown([operation, *shown], names))
        return self._items[operation.key]

    def _shown(self, operations: Sequence[Operation | None], id_names: Sequence[str]) -> Iterator[_Kind]:
        for operation in operations:
            parts = answered(operation)
            home = self.inference.bodies.item(parts, id_names) if parts else None
            if home is not None and home.shape.component:
                yield _kind(home.shape)


def _is_whole(steps: Sequence[str]) -> bool:
    """Tell whether what stands there is all the body is about: it is the body itself, or in a wrapper such as `data`."""
    return all(is_wrapper(step, ()) for step in steps)


def _is_new(role: Role, word: str, operation: Operation) -> bool | None:
    return (
        word in CREATED
        if role.action is Action.REPLACE and ("201" in operation.responses or word in CREATED)
        else None
    )


def _is_done(verb: str, word: str) -> bool:
    """Tell whether a word says that something was done: `void` is done once it is voided."""
    return (
        bool(verb)
        and word.startswith(verb.rstrip("ey"))
        and word.endswith("ed")
        and len(word) - len(verb) <= 3
    )


def _kind(shape: Shape) -> _Kind:
    named = [node.address for node in shape.merged if component(node)]
    return _Kind(shape.component, next(iter(named), ""), frozenset(named))
