"""Short: a part of a model as a person reads it, without what an engine alone needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from understudy.model.selection import saying_something, without

_MOST: Final = 12
"""Names that are listed; of more their number is told."""

_TAKE_LEAVES: Final = frozenset({"schema", "as_is"})
_MEMBER_LEAVES: Final = frozenset({"kind", "moment"})
_ID_LEAVES: Final = frozenset({"sent_as", "listed_as"})


def short_collection(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return a collection, as it is printed, with those members only of which something is known."""
    told = without(written, ("settable",))
    if "id" in told:
        told["id"] = _id(told["id"])
    members = {name: without(member, _MEMBER_LEAVES) for name, member in written.get("members", {}).items()}
    if members:
        told["members"] = saying_something(members)
        told["others"] = _names([name for name in members if name not in told["members"]])
    return saying_something(told)


def short_data(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return where the data of a collection come from: its members by what tells them."""
    groups: dict[str, list[str]] = {}
    for name, origin in told.get("members", {}).items():
        groups.setdefault(origin, []).append(name)
    found: dict[str, Any] = {}
    if told.get("authored"):
        found["shown by examples"] = told["authored"]
    if groups:
        found["values by"] = {origin: _names(names) for origin, names in groups.items()}
    return found


def short_plan(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return a plan, as it is printed, without schemas and long lists."""
    told = dict(written)
    if "take" in told:
        told["take"] = _take(told["take"])
    for word in ("answer", "created", "updated"):
        if word in told:
            told[word] = _answer(told[word])
    return saying_something(told)


def _take(written: Mapping[str, Any]) -> dict[str, Any]:
    told = without(written, _TAKE_LEAVES)
    for word in ("members", "hidden"):
        if word in told:
            told[word] = _names(told[word])
    return told


def _answer(written: Mapping[str, Any]) -> dict[str, Any]:
    told = without(written, ("listed",))
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
    for place, word in enumerate(words):
        if "#/" in word:
            words[place] = "its own schema"
    return " ".join(words)


def _id(written: Mapping[str, Any]) -> dict[str, Any]:
    told = without(written, _ID_LEAVES)
    form = str(told.get("form", ""))
    if form.startswith("like "):
        told["form"] = f"like {form.rpartition('/')[2]}"
    return told


def _names(names: list[str]) -> Any:
    if len(names) <= _MOST:
        return names
    return f"{len(names)} members"
