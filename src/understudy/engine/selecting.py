"""Selecting: the members that a request asks for, and items without the others, as far as their schema lets
them be left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from understudy.engine.binding import BoundView
from understudy.engine.parameters import listed, stated_by
from understudy.media.json_codec import encode, read_back
from understudy.model.vocabulary import LEAVES_OUT
from understudy.names import fold

_INSIDE: Final = re.compile(r"[({][^(){}]*[)}]")
_FURTHER: Final = re.compile(r"[./:].*", re.DOTALL)


def selected(query: Mapping[str, Any], parameters: Sequence[str]) -> frozenset[str]:
    """Return the folded names of the members that a request asks for, with `-` before those that it does not
    want; none where it asks for all of them.
    """
    found: set[str] = set()
    for name in parameters:
        value = stated_by(query, name)
        if isinstance(value, dict):
            value = _of_object(value)
        if value is None:
            continue
        names = _names(value)
        if fold(name) in LEAVES_OUT:
            names = {f"-{one.removeprefix('-')}" for one in names}
        found.update(names)
    if "" in found:
        return frozenset()
    return frozenset(found)


def _of_object(value: Mapping[str, Any]) -> list[Any]:
    """Return the names in an object: those under which it says true, or false with `-` before them
    (LoopBack), else what it says, `fields[articles]=title` (JSON:API).
    """
    wanted = list(value.values())
    if set(map(type, wanted)) != {bool}:
        return wanted
    if True in wanted:
        return list(filter(value.get, value))
    return list(map("-{}".format, value))


def _names(value: Any) -> set[str]:
    """Return the folded names in a list, or in a text with commas: `id,owner(name)`, `author.name`; "" for
    `*`.
    """
    found: set[str] = set()
    for one in listed(value):
        text = _INSIDE.sub("", str(one))
        for word in filter(None, map(str.strip, text.split(","))):
            minus = word[: word.startswith("-")]
            found.add(minus + fold(_FURTHER.sub("", word)))
    return found


def trimmed(data: bytes, wanted: frozenset[str], view: BoundView) -> bytes:
    """Return an item without the members that nobody asked for; all of it where its schema wants them, or
    where it has none of those that were asked for.
    """
    if view.target is None or view.target.place or not wanted:
        return data
    item = read_back(data)
    if not isinstance(item, dict):
        return data
    kept = _kept(item, wanted, set(view.target.shape.required))
    if kept is None or not view.target.is_valid_body(kept):
        return data
    return encode(kept)


def _kept(item: dict[str, Any], wanted: frozenset[str], required: set[str]) -> dict[str, Any] | None:
    """Return what is kept of an item, None where nothing that is asked for is there; of JSON:API the members
    under `attributes` are meant.
    """
    inner = item.get("attributes")
    if isinstance(inner, dict) and "attributes" not in wanted:
        attributes = _kept(inner, wanted, set())
        if attributes is None:
            return None
        return {**item, "attributes": attributes}
    unwanted = {name[1:] for name in wanted if name.startswith("-")}
    is_chosen = len(unwanted) < len(wanted)
    if is_chosen and wanted.isdisjoint(map(fold, item)):
        return None
    kept = {}
    for name, value in item.items():
        folded = fold(name)
        is_asked = folded in wanted or not is_chosen
        if name in required or folded in ("id", "type") or (is_asked and folded not in unwanted):
            kept[name] = value
    return kept
