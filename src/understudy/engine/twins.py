"""Twins: what is made up of an item of which authors show but one is called otherwise than that one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from understudy.model.vocabulary import IDS, TITLES
from understudy.names import fold

_WORD: Final = re.compile(r"[^\W\d_]+")


def call_of_twin(item: Mapping[str, Any], samples_of: Callable[[str], Sequence[Any]]) -> str:
    """Return the member by which an item is called that says in all its texts and numbers what authors show
    of one; "" for an item that says something else. Ids are the item's own, and say nothing.
    """
    called = ""
    for name, value in item.items():
        is_plain = isinstance(value, (str, int, float)) and not isinstance(value, bool)
        if not is_plain or fold(name).endswith(IDS.ranked):
            continue
        shown = list(samples_of(name))
        if value not in shown:
            return ""
        if not called and shown == [value] and fold(name) in TITLES and _WORD.fullmatch(str(value)):
            called = name
    return called
