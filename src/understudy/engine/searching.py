"""Searching: words that are looked for in the texts of an item."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any, Final

from understudy.engine.comparing import all_of, any_of
from understudy.engine.pointers import Pointers
from understudy.model.model import Place
from understudy.state.conditions import Condition, Test

_MOST_WORDS: Final = 100


def search(value: Any, members: Sequence[Place], pointers: Pointers) -> Condition | None:
    """Return what an item must meet that has each word in one of its members; of very many the first."""
    places = [(*pointers.of(member[0]), *member[1:]) for member in members]
    found = []
    for word in islice(dict.fromkeys(str(value).split()), _MOST_WORDS):
        condition = any_of([Test(place, "contains", word, folded=True) for place in places])
        if condition is not None:
            found.append(condition)
    return all_of(found)
