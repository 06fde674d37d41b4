"""Outcomes: what the answer of a write says beside the items it shows: the ids of what it wrote, and how
many.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from msgspec import Struct

from understudy.model.bodies import Bodies, present
from understudy.model.items import Item
from understudy.model.model import Answer, Outcome, Place, View
from understudy.model.resources import Resource, Verb
from understudy.model.vocabulary import (
    AROUND_LISTS,
    IDS,
    KEYS_IN,
    NOT_WRITTEN,
    WRAPPERS,
    WRITTEN,
    WRITTEN_BY_CREATES,
    WRITTEN_BY_DELETES,
    WRITTEN_BY_UPDATES,
    Words,
)
from understudy.names import fold, singular, split_words
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape

_Meant = Literal["all", "new", "changed", "none"]
_PUT: Final[tuple[tuple[Words, _Meant], ...]] = (
    (WRITTEN, "all"),
    (WRITTEN_BY_CREATES, "new"),
    (WRITTEN_BY_UPDATES, "changed"),
    (WRITTEN_BY_DELETES, "none"),
)
_SAYS: Final[Mapping[Verb, tuple[tuple[Words, _Meant], ...]]] = {
    "create": _PUT,
    "replace": _PUT,
    "update": (
        (WRITTEN, "all"),
        (WRITTEN_BY_UPDATES, "all"),
        (WRITTEN_BY_CREATES, "none"),
        (WRITTEN_BY_DELETES, "none"),
    ),
    "delete": (
        (WRITTEN, "all"),
        (WRITTEN_BY_DELETES, "all"),
        (WRITTEN_BY_CREATES, "none"),
        (WRITTEN_BY_UPDATES, "none"),
    ),
}
"""Which of what a write is about each word means."""

_IDS: Final[Mapping[_Meant, Outcome]] = {
    "all": "ids",
    "new": "new ids",
    "changed": "changed ids",
    "none": "none",
}
_COUNTED: Final[Mapping[_Meant, Outcome]] = {
    "all": "count",
    "new": "new count",
    "changed": "changed count",
    "none": "zero",
}
_ID: Final[Mapping[_Meant, Outcome]] = {"all": "id", "new": "id"}
_FLAGS: Final[Mapping[_Meant, Outcome]] = {"new": "new", "changed": "changed"}
_BEFORE_FLAGS: Final = ("is", "was")
_SCALARS: Final = ("string", "integer", "number")
_NUMBERS: Final = ("integer", "number")
_COUNTS: Final = ("count", "total")
_DEEPEST: Final = 3


class _Asked(Struct, frozen=True):
    """An answer that is looked through. shown: where items stand in it. nouns: what an item may be called."""

    verb: Verb
    shown: tuple[Place, ...]
    nouns: tuple[str, ...]
    many: bool


class Outcomes:
    """What the writes of one contract answer beside items."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies

    def of(
        self,
        body: Parts,
        answer: Answer,
        resource: Resource,
        item: Item | None,
        verb: Verb,
        *,
        many: bool,
    ) -> Mapping[Place, Outcome]:
        """Return, by place, what the members around the items of an answer say. many: whether it is of
        many.
        """
        if verb not in _SAYS:
            return {}
        shape = self._bodies.whole(body)
        if shape.kind == "array":
            return {(): "ids"} if many and self._lists_scalars(shape) else {}
        asked = _Asked(verb, tuple(self._shown(answer, resource, item)), _nouns(resource, item), many)
        return dict(self._within(body, (), asked))

    def _shown(self, answer: Answer, resource: Resource, item: Item | None) -> Iterator[Place]:
        """Yield where items stand in an answer."""
        if answer.list is not None and answer.each is not None and answer.each.shows != "raw":
            yield answer.list
        if answer.item is not None and _is_item(answer.item, resource, item):
            yield answer.item.place

    def _lists_scalars(self, shape: Shape) -> bool:
        return bool(shape.items) and self._bodies.whole(shape.items).kind in _SCALARS

    def _within(self, parts: Parts, place: Place, asked: _Asked) -> Iterator[tuple[Place, Outcome]]:
        if place in asked.shown or len(place) > _DEEPEST:
            return
        for name, below in present(self._bodies.whole(parts)):
            here, shape, folded = (*place, name), self._bodies.whole(below), fold(name)
            if here in asked.shown:
                continue
            if shape.kind == "object":
                if folded in AROUND_LISTS or folded in WRAPPERS or _leads(here, asked):
                    yield from self._within(below, here, asked)
                continue
            told = self._told(folded, shape, asked)
            if told is not None:
                yield here, told

    def _told(self, folded: str, shape: Shape, asked: _Asked) -> Outcome | None:
        is_key = folded in KEYS_IN and asked.verb == "create" and not asked.shown
        if is_key and asked.many and shape.kind == "array" and self._lists_scalars(shape):
            return "ids"
        if is_key and not asked.many and shape.kind in _SCALARS and not shape.constants:
            return "id"
        if shape.kind == "array":
            told = _ids(folded, asked)
            return told if self._lists_scalars(shape) or told == "none" else None
        if asked.many and shape.kind in _NUMBERS:
            return _count(folded, asked)
        if shape.kind == "boolean":
            return _flag(folded, asked)
        if shape.kind in _SCALARS and not asked.many:
            return _id(folded, asked)
        return None


def _is_item(view: View, resource: Resource, item: Item | None) -> bool:
    """Tell whether a view is one of an item, and not of what is said of it, as a message is."""
    if view.shows == "own":
        return bool(view.identity) or item is None or resource.single
    return view.shows in ("whole", "part")


def _nouns(resource: Resource, item: Item | None) -> tuple[str, ...]:
    """List what an item may be called, folded: as the path does, by the last word of that, or as its id
    does.
    """
    last = (split_words(resource.noun) or [""])[-1]
    nouns = [fold(resource.noun), singular(fold(resource.noun)), last, singular(last)]
    own = fold(item.id_member) if item is not None else ""
    nouns += [own.removesuffix(ending) for ending in IDS if own.endswith(ending)]
    return tuple(dict.fromkeys(filter(None, nouns)))


def _leads(place: Place, asked: _Asked) -> bool:
    """Tell whether an item stands within what stands at a place."""
    return any(shown[: len(place)] == place for shown in asked.shown)


def _ids(folded: str, asked: _Asked) -> Outcome | None:
    """Read a list of scalars: `ids`, `transaction_ids`, `insertedIds`, `created`."""
    is_named = folded.endswith("ids")
    stem = _stem(folded.removesuffix("ids"), asked)
    if is_named and not stem:
        return "ids"
    meant = _meant(stem, asked)
    return _IDS[meant] if meant is not None else None


def _id(folded: str, asked: _Asked) -> Outcome | None:
    """Read one id, which says that it is that of what was written: `insertedId`, `transaction_id`."""
    if not folded.endswith("id"):
        return None
    stem = _stem(folded.removesuffix("id"), asked)
    if not stem and folded != "id":
        return "id"
    meant = _meant(stem, asked)
    return _ID.get(meant) if meant is not None else None


def _flag(folded: str, asked: _Asked) -> Outcome | None:
    """Read a flag: `new`, `isNew`, `was_updated`."""
    for word in _BEFORE_FLAGS:
        folded = folded.removeprefix(word)
    meant = _meant(folded, asked)
    return _FLAGS.get(meant) if meant is not None else None


def _count(folded: str, asked: _Asked) -> Outcome | None:
    """Read a number: `count`, `deletedCount`, `created`, `failed`."""
    stem = folded
    for word in _COUNTS:
        stem = stem.removeprefix(word).removesuffix(word)
    stem = _stem(stem, asked)
    if not stem and folded not in asked.nouns:
        return "count"
    meant = _meant(stem, asked)
    return _COUNTED[meant] if meant is not None else None


def _stem(folded: str, asked: _Asked) -> str:
    """Return a name without what an item is called."""
    for noun in asked.nouns:
        if folded == noun:
            return ""
        folded = folded.removeprefix(noun).removesuffix(noun)
    return folded


def _meant(stem: str, asked: _Asked) -> _Meant | None:
    """Return which of what a write is about a word means; None where it is no such word."""
    for words, meant in _SAYS[asked.verb]:
        if stem in words:
            return meant
    if stem.startswith(NOT_WRITTEN.ranked):
        return "none"
    return None
