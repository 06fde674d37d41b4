"""Short: a part of a model as a person reads it, without what an engine alone needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_MOST: Final = 12
"""Names that are listed; of more their number is told."""

_TAKE_LEAVES: Final = frozenset({"schema", "as_is"})
_MEMBER_LEAVES: Final = frozenset({"kind", "moment"})
_ID_LEAVES: Final = frozenset({"sent_as", "listed_as"})


def short_collection(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return a collection, as it is printed, with those members only of which something is known."""
    told = {word: value for word, value in written.items() if word != "settable"}
    if "id" in told:
        told["id"] = _id(told["id"])
    members = {name: _without(member, _MEMBER_LEAVES) for name, member in written.get("members", {}).items()}
    if members:
        told["members"] = {name: member for name, member in members.items() if member}
        others = [name for name, member in members.items() if not member]
        told["others"] = _names(others)
    return {word: value for word, value in told.items() if value not in ({}, [])}


def short_plan(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return a plan, as it is printed, without schemas and long lists."""
    told = dict(written)
    if "take" in told:
        told["take"] = _take(told["take"])
    for word in ("answer", "created"):
        if word in told:
            told[word] = _answer(told[word])
    return {word: value for word, value in told.items() if value not in ({}, [])}


def _take(written: Mapping[str, Any]) -> dict[str, Any]:
    told = _without(written, _TAKE_LEAVES)
    for word in ("members", "hidden"):
        if word in told:
            told[word] = _names(told[word])
    return told


def _answer(written: Mapping[str, Any]) -> dict[str, Any]:
    told = {word: value for word, value in written.items() if word != "listed"}
    for word in ("item", "each"):
        if word in told:
            told[word] = _view(told[word])
    if "media" in told:
        told["media"] = list(told["media"])
    return told


def _view(written: Any) -> Any:
    """Return a view; a schema that has no name is where it says so."""
    if not isinstance(written, str) or "#/" not in written:
        return written
    words = written.split(" ")
    return " ".join("its own schema" if "#/" in word else word for word in words)


def _id(written: Mapping[str, Any]) -> dict[str, Any]:
    told = _without(written, _ID_LEAVES)
    form = str(told.get("form", ""))
    if form.startswith("like "):
        told["form"] = f"like {form.rpartition('/')[2]}"
    return told


def _without(written: Mapping[str, Any], words: frozenset[str]) -> dict[str, Any]:
    return {word: value for word, value in written.items() if word not in words}


def _names(names: list[str]) -> Any:
    return names if len(names) <= _MOST else f"{len(names)} members"
