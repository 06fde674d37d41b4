"""Echoes: members around a list that repeat what it was asked with, `meta.sortBy` of nestjs-paginate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from understudy.model.asked import Asked
from understudy.model.bodies import Bodies
from understudy.model.model import Place, Slot
from understudy.model.vocabulary import (
    COUNTS_WRITES,
    ECHOES,
    LEAVES_OUT,
    SEARCHES,
    SELECTS,
    SORTS,
)
from understudy.names import fold
from understudy.schemas.shape import Shape

_ASKS: Mapping[str, str] = {
    "string": "text",
    "integer": "number",
    "number": "number",
    "boolean": "flag",
    "array": "list",
    "object": "object",
}
_ABOUT_LISTS = (SEARCHES, SORTS, SELECTS, LEAVES_OUT)
"""Of these words, members speak of what was asked wherever they stand."""


class Echoes(Struct, frozen=True):
    """What a list may be asked with, by folded names. holders: of parameters that are written as members of
    one, `filter.status` and `filter[status]`.
    """

    parameters: Mapping[str, str]
    holders: Mapping[str, str]

    @classmethod
    def of(cls, asked: Iterable[Asked]) -> Echoes:
        """Tell what parameters may be repeated; those of a page have words of their own."""
        parameters, holders = {}, {}
        for one in asked:
            holder = one.name.replace("[", ".").partition(".")
            if holder[1]:
                holders[fold(holder[0])] = holder[0]
            else:
                parameters[one.folded] = one.name
        return cls(parameters, holders)

    def slot(self, place: Place, folded: str, shape: Shape, bodies: Bodies) -> Slot | None:
        """Return what a member repeats, None where it speaks of something else."""
        if folded in COUNTS_WRITES:
            return None  # of the list itself
        is_among_facts = len(place) > 1 and fold(place[-2]) in ECHOES
        if not is_among_facts and not any(folded in words for words in _ABOUT_LISTS):
            return None
        form = _ASKS.get(shape.kind, "text")
        names = self.holders if form == "object" else self.parameters
        if folded not in names:
            return None
        if form == "list" and shape.items:
            element = bodies.whole(shape.items).kind
            form = "pairs" if element == "array" else form
            if element == "object":
                return None
        return Slot(says="asked", of=names[folded], form=form)  # type: ignore[arg-type]


NO_ECHOES = Echoes({}, {})
