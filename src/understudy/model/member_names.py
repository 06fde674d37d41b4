"""Member names: the members of an item, as parameters of a list may speak of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct

from understudy.model.bodies import Bodies, present
from understudy.model.items import Item
from understudy.model.lifecycle import stamp
from understudy.model.model import Place
from understudy.model.vocabulary import (
    BEGINS,
    IDS,
    MEASURED_IN,
    RELATIONSHIPS,
    STANDARD_CODES,
    STANDS_FOR,
    TELLS_WHICH,
    VAGUE,
    WHOLES,
)
from understudy.names import fold, singular, split_words
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape

_DAYS: Final = ("date", "date-time")
_A_CHANGE: Final = re.compile("updated|modified|changed", re.IGNORECASE)
_A_STAMP: Final = re.compile("creat|updated|modified|changed", re.IGNORECASE)
_ENDINGS: Final = (["at"], ["date"], ["timestamp"])
_LABEL: Final = "type"
"""The member by which an item says what kind of thing it is (JSON:API §7.2)."""

_NOT_WRITTEN: Final = (*_DAYS, "uuid", "uri", "url", "binary", "byte", "time")
"""Formats of texts that nobody searches for words."""


class Named(Struct, frozen=True):
    """A member of an item. kind: its JSON type; of an array, that of its elements. values: the only ones it
    may have, None where there are others. tells: whether it can be compared with a text or number.
    """

    place: Place
    kind: str
    format: str = ""
    is_array: bool = False
    values: list[Any] | None = None
    tells: bool = True

    @property
    def is_moment(self) -> bool:
        """Whether it is a day or a moment, by its format or, where it has none, by its name."""
        if self.format or self.kind == "boolean":
            return self.format in _DAYS
        folded = fold(self.place[-1])
        if stamp(folded) or folded in ("date", "time", "timestamp"):
            return True
        endings = _ENDINGS if self.kind == "string" else (["at"], ["timestamp"])
        return self.kind in ("string", "integer", "number") and split_words(self.place[-1])[-1:] in endings


class MemberNames:
    """The members of one item, by their folded names; those within an object by both names."""

    def __init__(self, item: Item | None, bodies: Bodies) -> None:
        self._bodies = bodies
        self.id_member = ""
        self.top: dict[str, Named] = {}
        self.inner: dict[str, Named] = {}
        self._within: dict[str, list[Named]] = {}
        if item is None:
            return
        self.id_member = item.id_member
        for name in item.names:
            self._add(name, item.member(name), ())
        wrapper = item.names[0] if len(item.names) == 1 else "attributes"
        wrapped = self._object(item.member(wrapper))
        for name, parts in _members_of(wrapped):
            if fold(name) == _LABEL:  # that of the item itself is the same for all
                self.top.pop(_LABEL, None)
            self._add(name, parts, (wrapper,))
        self._add_linked(item)

    def _add_linked(self, item: Item) -> None:
        """Add what an item is linked to by the ids of that (JSON:API §7.2.3), by the names of its
        relationships.
        """
        for outer in item.names:
            linked = self._object(item.member(outer)) if fold(outer) in RELATIONSHIPS else None
            for name, parts in _members_of(linked):
                data = _data_of(self._object(parts))
                shape = self._bodies.whole(data) if data else None
                key = shape.declared.get("id") if shape is not None and shape.kind == "object" else None
                if key:
                    self.top.setdefault(fold(name), self._named((outer, name, "data", "id"), key))

    def _object(self, parts: Parts) -> Shape | None:
        """Return the shape of the object that a member is, or has many of; None where it is none."""
        if not parts:
            return None
        shape = self._bodies.whole(parts)
        if shape.kind == "array" and shape.items:
            shape = self._bodies.whole(shape.items)
        if shape.kind != "object":
            return None
        return shape

    def _add(self, name: str, parts: Parts, outer: Place) -> None:
        self.top.setdefault(fold(name), self._named((*outer, name), parts))
        inside = self._object(parts)
        for inner, below in _members_of(inside):
            named = self._named((*outer, name, inner), below)
            if named.kind in ("object", ""):
                continue
            self.inner.setdefault(fold(name) + fold(inner), named)
            self._within.setdefault(fold(inner), []).append(named)
            if fold(inner).startswith(fold(name)):  # the actor's `actor_type`
                self.inner.setdefault(fold(inner), named)

    def _named(self, place: Place, parts: Parts) -> Named:
        if not parts:
            return Named(place, "")
        shape = self._bodies.whole(parts)
        is_array, values = shape.kind == "array", shape.constants
        if is_array and shape.items:
            shape = self._bodies.whole(shape.items)
            values = shape.constants or values  # which some write beside the list, and not of its items
        return Named(place, shape.kind, shape.format, is_array, values, _tells(shape))

    # -- what a name speaks of

    def find(self, folded: str) -> Named | None:
        """Return the member of this name, or of its name with what tells one apart, as `country_code`
        does.
        """
        found = self.top.get(folded) or self.top.get(folded.removesuffix("id")) or self.inner.get(folded)
        if found is not None:
            return found
        for ending in STANDS_FOR:
            found = self.top.get(folded + ending) or self.top.get(_without(folded, ending))
            if found is not None:
                return found
        return None

    def key_of(self, folded: str) -> Named | None:
        """Return the member that says by an id which one another shows: `assignee_id` of `assignee`."""
        for ending in IDS:
            if folded + ending in self.top:
                return self.top[folded + ending]
        return None

    def of_one(self, folded: str) -> Named | None:
        """Return the member that holds many of what a name says: `tag` is within `tagList`."""
        for name, named in self.top.items():
            if named.is_array and folded in (singular(name), singular(name.removesuffix("list"))):
                return named
        return self._id_of_one(folded)

    def _id_of_one(self, folded: str) -> Named | None:
        """Return the id of each of many objects of what a name says: `label_id` is within `labels`."""
        for name, named in self.top.items():
            for word in IDS if named.is_array else ():
                if folded == singular(name) + word and name + word in self.inner:
                    return self.inner[name + word]
        return None

    def ending(self, words: list[str]) -> Named | None:
        """Return the only member whose name ends with these words: `branch` is `head_branch`."""
        if not words or "".join(words) in VAGUE or len("".join(words)) < _SHORTEST:
            return None
        ends = []
        for named in self.top.values():
            own = split_words(named.place[-1])
            if len(own) > len(words) and own[-len(words) :] == words:
                ends.append(named)
        return _only(ends)

    def measured(self, words: list[str]) -> Named | None:
        """Return the number whose name ends with these words, or has what it is counted in behind them; of
        several, the whole: `total_minutes` of `minutes`, `total_cents` of `total`.
        """
        whole, ends, begins = [], [], []
        for named in self.top.values():
            own, much = split_words(named.place[-1]), len(words)
            if named.kind not in ("integer", "number") or named.is_array or len(own) <= much:
                continue
            if own[-much:] == words:
                ends.append(named)
                whole += [named] * (own[0] in WHOLES and len(own) == much + 1)
            elif own[:much] == words and MEASURED_IN.known.issuperset(own[much:]):
                begins.append(named)
        return _only(ends) or _only(whole) or (None if ends else _only(begins))

    def within(self, folded: str) -> Named | None:
        """Return the only member of this name that an object of the item has, where the item has none: `ip`
        of its `source`. What so many objects have, and what says how things are shown, tells nothing.
        """
        if folded in self.top or folded in VAGUE or folded in STANDARD_CODES:
            return None
        return _only(self._within.get(folded, []))

    def flag(self, folded: str) -> Named | None:
        """Return the only boolean that a name begins: `dogs` is `dogs_allowed`; or that says the same with
        `is`.
        """
        begins = []
        for name, named in self.top.items():
            if named.kind == "boolean" and not named.is_array:
                if name in (f"is{folded}", f"has{folded}"):
                    return named
                if name.startswith(folded):
                    begins.append(named)
        return _only(begins)

    @property
    def moments(self) -> list[Named]:
        """The members that are days or moments."""
        return [named for named in self.top.values() if named.is_moment]

    def moment(self, description: str, is_number: bool) -> Named | None:
        """Return the moment that a list is bounded by where its parameters name none: the one that an item
        has, its day or that at which it begins, or that of its creation, or of its last change; as the words
        say.
        """
        moments = [one for one in self.moments if (one.kind in ("integer", "number")) is is_number]
        dates = [named for named in moments if fold(named.place[-1]) == "date"]
        begins = [named for named in moments if split_words(named.place[-1])[0] in BEGINS]
        own = _only(dates) or _only(begins)
        if own is not None and not _A_STAMP.search(description):
            return own
        wanted = ["created"]
        if _A_CHANGE.search(description):
            wanted = ["updated", "created"]
        for deed in wanted:
            for named in moments:
                if stamp(named.place[-1]) == deed:
                    return named
        return _only(moments) or own

    def texts(self) -> Iterator[Named]:
        """Yield the members in which words are searched for."""
        for named in (*self.top.values(), *self.inner.values()):
            is_written = named.kind == "string" and named.format not in _NOT_WRITTEN
            if is_written and not fold(named.place[-1]).endswith(IDS.ranked):
                yield named


_SHORTEST: Final = 4
"""Letters of a name that may be the end of another."""


def _members_of(shape: Shape | None) -> list[tuple[str, Parts]]:
    if shape is None:
        return []
    return present(shape)


def _data_of(shape: Shape | None) -> Parts:
    return (shape.declared.get("data") or ()) if shape is not None else ()


def _only(found: list[Named]) -> Named | None:
    """Return the only one of what was found."""
    if len(found) != 1:
        return None
    return found[0]


def _without(folded: str, ending: str) -> str:
    if not folded.endswith(ending):
        return ""
    return folded.removesuffix(ending)


def _tells(shape: Shape) -> bool:
    """Tell whether a text can be held against what has this shape: of an object, that one of its members says
    which one it is.
    """
    if shape.kind != "object":
        return True
    return any(fold(name) in TELLS_WHICH for name in shape.declared)
