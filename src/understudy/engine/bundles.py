"""Bundles: objects of filters, `filter[status]=open`, `filters[price][$gt]=5`, `{"and": [...]}`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from understudy.engine.comparing import Member, Reader, all_of, any_of, opposite
from understudy.engine.pointers import Pointers
from understudy.engine.searching import search
from understudy.errors import BodyMalformed
from understudy.media.json_codec import decode
from understudy.model.vocabulary import SEARCHES
from understudy.names import fold
from understudy.state.conditions import Condition

_ALL: Final = ("and", "where")
_ANY: Final = ("or",)
_NONE: Final = ("not", "nor")


def bundle_reader(pointers: Pointers) -> Reader:
    """Return what makes a condition of an object of filters, which may also be written as JSON."""

    def read(value: Any) -> Condition | None:
        if isinstance(value, str) and value.lstrip().startswith("{"):
            value = _decoded(value)
        if not isinstance(value, dict):
            return None
        return all_of(list(_each(value, pointers)))

    return read


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
