"""Listings: whether what an operation answers is a list of things, or a thing that has lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from understudy.contracts.answers import answered
from understudy.contracts.contract import Operation
from understudy.contracts.source import Node
from understudy.model.bodies import Bodies, present
from understudy.model.paths import IdNames
from understudy.model.vocabulary import (
    AROUND_LISTS,
    COUNTS,
    CURSORS,
    HOLDERS,
    IDS,
    LIMITS,
    LISTS,
    MORES,
    NEXT_CURSORS,
    OFFSETS,
    PAGE_COUNTS,
    PAGES,
    PAGINATIONS,
    RELATIONS,
    SAYS_LIST,
    SINGLE_PLURALS,
    TOTALS,
    WRAPPERS,
)
from understudy.names import fold, singular, split_words
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape

_SAYS_OF_PAGES: Final = (
    AROUND_LISTS, TOTALS, PAGE_COUNTS, COUNTS, MORES, NEXT_CURSORS, RELATIONS, LIMITS, PAGES, OFFSETS,
)  # fmt: skip
_PAGING: Final = (LIMITS, PAGES, OFFSETS, CURSORS, PAGINATIONS)
_OWN_ID: Final = IdNames(IDS.ranked)
_WITHIN: Final = WRAPPERS.known | HOLDERS.known
_SCALARS: Final = ("string", "integer", "number", "boolean")
_TOLD_BY_ENDING: Final = ("count", "total", "cursor", "token")


class Listings:
    """Tells lists from things, in the answers of one contract."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies

    def is_list(self, operation: Operation, noun: str) -> bool:
        """Tell whether an operation answers a list of things. noun: the last word of its path."""
        schema = answered(operation)
        if schema is None:
            return False
        shape = self._bodies.whole((schema,))
        if shape.kind == "array":
            return True
        if pages(operation) and self._has_array(shape):
            if self._holds_several(shape, noun):
                return False
            return not self._is_one(shape) or self._bodies.is_page((schema,))
        is_single = is_single_noun(noun) and not _speaks_of_many(operation, noun)
        if self._holds_named(shape, noun, is_single=is_single):
            return True
        levels = self._levels(shape)
        return any(self._is_envelope(one, within, noun, is_single=is_single) for within, one in levels)

    def _holds_several(self, shape: Shape, noun: str) -> bool:
        """Tell whether all that is answered is one object of several lists of things, of which none is what
        the path speaks of: `{pay_items: {rates: [], deductions: []}}`.
        """
        if len(shape.declared) != 1:
            return False
        (called, below), *_ = present(shape)
        thing = self._bodies.whole(below)
        lists = [name for name, inner in present(thing) if self._is_of_things(inner)]
        is_meant = any(_is_usual(name) or _is_named(name, noun) for name in lists)
        return _is_named(called, noun) and 1 < len(lists) == len(thing.declared) and not is_meant

    def _is_of_things(self, parts: Parts) -> bool:
        items = self._bodies.whole(parts).items
        return bool(items) and self._bodies.whole(items).kind == "object"

    def counts(self, operation: Operation) -> bool:
        """Tell whether an operation answers how many there are beside an array of things, as Flask-AppBuilder
        does below a noun that is no plural.
        """
        schema = answered(operation)
        if schema is None:
            return False
        shape = self._bodies.whole((schema,))
        if self._is_one(shape) or not any(self._arrays(shape)):
            return False
        return any(fold(name) in COUNTS or fold(name) in TOTALS for name, _ in present(shape))

    def _is_one(self, shape: Shape) -> bool:
        return bool(self._bodies.id_member(shape, _OWN_ID))

    def _levels(self, shape: Shape) -> Iterator[tuple[str, Shape]]:
        """Yield an object, and those within it that hold what it is about, each with its member's name."""
        yield "", shape
        declared = present(shape)
        for name, below in declared:
            if fold(name) in _WITHIN or len(declared) == 1:
                yield name, self._bodies.whole(below)

    def _holds_named(self, shape: Shape, noun: str, *, is_single: bool) -> bool:
        """Tell whether an object has, within one object at the most, a list that is called as its path is."""
        if is_single:
            return False
        for name, below in present(shape):
            inner = self._bodies.whole(below)
            if inner.kind == "array" and _is_named(name, noun):
                return True
            for further, deeper in present(inner):
                if _is_named(further, noun) and self._bodies.whole(deeper).kind == "array":
                    return not self._is_one(inner)
        return False

    def _is_envelope(self, shape: Shape, within: str, noun: str, *, is_single: bool) -> bool:
        """Tell whether an object is nothing but a list and what is said of it. within: the member that holds
        it. noun: the last word of its path, by which a list may be called that is no plural: `history`.
        """
        arrays = list(self._arrays(shape))
        if not arrays or self._is_one(shape):
            return False
        is_likely = any(map(_is_usual, arrays))
        others = dict(present(shape)).keys() - set(arrays)
        if not all(map(_says_of_page, others)):
            return is_likely and not is_single
        is_called_so = [fold(name) for name in arrays] == [fold(noun)] and not _is_plural_of_one(noun)
        return is_likely or fold(within) in HOLDERS or is_called_so or (len(arrays) == 1 and not is_single)

    def is_of_values(self, operation: Operation) -> bool:
        """Tell whether a list is one of plain values, and nothing else is answered."""
        schema = answered(operation)
        shape = self._bodies.whole((schema,)) if schema is not None else None
        if shape is not None and len(shape.declared) == 1:
            shape = self._bodies.whole(present(shape)[0][1])
        return shape is not None and shape.kind == "array" and self._is_plain(shape.items)

    def _has_array(self, shape: Shape, levels: int = 2) -> bool:
        for _, below in present(shape):
            inner = self._bodies.whole(below)
            if inner.kind == "array" or (levels > 1 and self._has_array(inner, levels - 1)):
                return True
        return False

    def _arrays(self, shape: Shape) -> Iterator[str]:
        """Name the members that are lists; of plain values only where nothing else is there."""
        around = [name for name, below in present(shape) if self._bodies.whole(below).kind != "array"]
        is_alone = len(shape.declared) == len(around) + 1 and all(map(_says_of_page, around))
        for name, below in present(shape):
            inner = self._bodies.whole(below)
            if inner.kind == "array" and (is_alone or not self._is_plain(inner.items)):
                yield name

    def _is_plain(self, items: Parts) -> bool:
        return bool(items) and self._bodies.whole(items).kind in _SCALARS


def is_single_noun(noun: str) -> bool:
    """Tell whether a word of a path names one thing: `organisation`, `settings`."""
    words = split_words(noun)
    last = words[-1] if words else fold(noun)
    return singular(last) == last or _is_plural_of_one(noun)


def _is_plural_of_one(noun: str) -> bool:
    """Tell whether a word names one thing in the plural, as `settings` does."""
    return "".join(split_words(noun)[-1:]) in SINGLE_PLURALS


def _is_named(member: str, noun: str) -> bool:
    """Tell whether a member is called as the things of a path: `projects` of `/teams/{id}/projects`."""
    one, other = singular(fold(member.rpartition(":")[2])), singular(fold(noun))
    return (
        one == other
        or (len(other) > 3 and (one.endswith(other) or one.startswith(other)))
        or (len(one) > 3 and other.endswith(one))
    )


def _is_usual(member: str) -> bool:
    return fold(member.rpartition(":")[2]) in LISTS


def _says_of_page(name: str) -> bool:
    folded = fold(name)
    is_annotation = name[:1] in "@$_" or ":" in name or "." in name
    if is_annotation or any(folded in words for words in _SAYS_OF_PAGES):
        return True
    return folded.endswith(_TOLD_BY_ENDING)


def pages(operation: Operation) -> bool:
    """Tell whether some parameter pages, `limit` or `page[size]`."""
    for parameter in operation.parameters:
        if parameter.location == "query":
            pieces = map(fold, parameter.name.split("["))
            if any(piece in words for piece in pieces for words in _PAGING):
                return True
    return False


def pages_within(body: Node, bodies: Bodies) -> bool:
    """Tell whether some member of a body that is sent pages."""
    names = set(map(fold, bodies.requests.of((body,)).declared))
    return not all(words.known.isdisjoint(names) for words in _PAGING)


def _speaks_of_many(operation: Operation, noun: str) -> bool:
    """Tell whether the words of a summary say that there are many."""
    words = split_words(str(operation.node.value.get("summary") or ""))
    if operation.id != operation.key and not SAYS_LIST.known.isdisjoint(split_words(operation.id)):
        return True
    last = (split_words(noun) or [fold(noun)])[-1]
    return any(word in SAYS_LIST or (singular(word) == last and word != last) for word in words)
