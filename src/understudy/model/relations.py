"""Relations: which members of an item are the id of another one, so that they can lead to what is there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from understudy.model.bodies import Bodies
from understudy.model.items import Item
from understudy.model.resources import Resource
from understudy.model.vocabulary import OF_PERSONS, PROSE, REFERENCES, TITLES
from understudy.names import fold, singular, split_words
from understudy.schemas.shape import Shape

_SAYS_ID: Final = re.compile(r"\b(id|identifier)\b", re.IGNORECASE)
_SCALARS: Final = ("string", "integer", "number")
_NO_IDS: Final = frozenset(
    {"byte", "binary", "base64url", "date", "date-time", "time", "duration", "password"}
)
"""Formats of texts that are the thing itself: the `icon` of a file beside /icons."""


class Relation(NamedTuple):
    """What a member refers to. within: the member of an object that holds the id, "" where the member is the
    id.
    """

    target: Resource
    within: str = ""


class Relations:
    """The foreign keys of one contract's items."""

    def __init__(self, resources: Iterable[Resource], bodies: Bodies) -> None:
        self._bodies = bodies
        self._targets: dict[str, Resource] = {}
        for resource in sorted(resources, key=lambda one: len(one.path)):
            if not resource.single and not resource.parents:
                self._targets.setdefault(singular(fold(resource.noun)), resource)

    def of(self, name: str, item: Item) -> Relation | None:
        """Return what `customer_id`, `customer` or `customer: {id}` of an item leads to, where customers are
        a collection.
        """
        folded, parts = fold(name), item.member(name)
        if not parts or name == item.id_member:
            return None
        stems, shape = _stems(folded), self._bodies.whole(parts)
        called = [*stems, folded]
        if folded in TITLES or folded in OF_PERSONS:  # its own, also where /names lists those in use
            called = stems
        target = self._target(called) or self._named_at_end(name, shape)
        if target is None:
            return None
        if shape.kind == "object":
            return self._within(shape, target, is_id=folded in stems)
        is_value = bool(shape.constants) or shape.carried is not None or shape.format in _NO_IDS
        if shape.kind not in _SCALARS or is_value or _is_prose(folded, shape):
            return None
        return Relation(target)

    def _target(self, stems: list[str]) -> Resource | None:
        for stem in stems:
            if stem in self._targets:
                return self._targets[stem]
        return None

    def _named_at_end(self, name: str, shape: Shape) -> Resource | None:
        """Return whose id a member is that ends in what others are called, where its description says that it
        is one: `managing_account`, "the id of the account that manages it".
        """
        if shape.kind not in _SCALARS or not _SAYS_ID.search(shape.description):
            return None
        words = split_words(name)
        return self._target(["".join(words[start:]) for start in range(1, len(words))])

    def _within(self, shape: Shape, target: Resource, *, is_id: bool) -> Relation | None:
        within = "" if is_id else self._bodies.id_member(shape, target.id_names)
        if not within:
            return None
        return Relation(target, within)


def _is_prose(folded: str, shape: Shape) -> bool:
    """Tell whether a text is words for people, and not the id of what is called so."""
    return folded in PROSE and shape.kind == "string" and not _SAYS_ID.search(shape.description)


def _stems(folded: str) -> list[str]:
    """List what is left of a name without the ending that says it is an id: `customer` of `customerid`."""
    return [
        folded.removesuffix(ending) for ending in REFERENCES if folded.endswith(ending) and folded != ending
    ]
