"""Bundles: objects of filters, `filter[status]=open`, `filters[price][$gt]=5`, `{"and": [...]}`; and texts
that each state a condition, `filter=price||$gt||5`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from understudy.engine.comparing import Member, Reader, all_of, any_of, opposite
from understudy.engine.pointers import Pointers
from understudy.engine.searching import search
from understudy.errors import BodyMalformed
from understudy.media.json_codec import decode
from understudy.model.vocabulary import SEARCHES
from understudy.names import fold
from understudy.state.conditions import Condition

_CONDITION: Final = re.compile(
    r"(?P<member>[\w.]+)(?P<between>\|\||[|:,;])\$?(?P<word>\w+)(?:(?P=between)(?P<value>.*))?", re.DOTALL
)
_ALL: Final = ("and", "where")
_ANY: Final = ("or",)
_NONE: Final = ("not", "nor")


def bundle_reader(pointers: Pointers) -> Reader:
    """Return what makes a condition of an object of filters, which may also be written as JSON, or of texts
    that each state one.
    """

    def read(value: Any) -> Condition | None:
        if isinstance(value, str) and is_written(value):
            value = _decoded(value)
        if isinstance(value, list):
            return all_of(list(_stated(value, pointers)))
        if not isinstance(value, dict):
            return None
        return all_of(list(_each(value, pointers)))

    return read


def is_written(text: str) -> bool:
    """Tell whether a text may be an object of filters, written as JSON."""
    return text.lstrip().startswith("{")


def _stated(texts: Iterable[Any], pointers: Pointers) -> Iterator[Condition]:
    """Yield what texts ask that each name a member, a comparison and a value: `age||$gt||25` (nestjsx/crud),
    `age,gt,25` (PHP-CRUD-API), `age:gt:25`; what is none asks nothing.
    """
    for text in texts:
        if isinstance(text, dict):
            yield from _each(text, pointers)
            continue
        found = _CONDITION.fullmatch(str(text))
        if found is None:
            continue
        place = pointers.named(found["member"])
        condition = None
        if place is not None:
            condition = Member.at(place, pointers).by_word(found["word"], found["value"])
        if condition is not None:
            yield condition


def _decoded(text: str) -> Any:
    try:
        return decode(text.encode())
    except BodyMalformed:
        return None


def _each(wanted: Mapping[str, Any], pointers: Pointers) -> Iterator[Condition]:
    for name, value in wanted.items():
        condition = _of(name, value, pointers)
        if condition is not None:
            yield condition


def _of(name: str, value: Any, pointers: Pointers) -> Condition | None:
    folded = fold(name)
    place = pointers.named(name)
    if place is not None:
        return Member.at(place, pointers).condition("equals", value)
    if folded in _ALL and isinstance(value, (dict, list)):
        return all_of(_alternatives(value, pointers))
    if folded in _ANY and isinstance(value, (dict, list)):
        return any_of(_alternatives(value, pointers))
    if folded in _NONE and isinstance(value, (dict, list)):
        return opposite(any_of(_alternatives(value, pointers)))
    if folded in SEARCHES:
        return search(value, [(one,) for one in pointers.texts()], pointers)
    return None


def _alternatives(value: Any, pointers: Pointers) -> list[Condition]:
    """Return what each of a list of objects of filters asks; `$or[0][title]=x` writes it as an object."""
    holders = value
    if isinstance(value, dict):
        holders = [value]
        if all(map(str.isdigit, value)):
            holders = value.values()
    found = []
    for one in holders:
        if isinstance(one, dict):
            condition = all_of(list(_each(one, pointers)))
            if condition is not None:
                found.append(condition)
    return found
