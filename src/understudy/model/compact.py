"""Compact: the parts of a model that are printed as one text, `path/orderId`, `Order at /data`, `createdAt
from`.

Each is written by one function and read by another, which returns None for what it cannot read.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from understudy.model.model import Filter, Place, Slot, Source, View
from understudy.pointers import join, tokens

_COMPONENT: Final = "#/components/schemas/"
_NAME: Final = re.compile(r"[A-Za-z0-9._+\-]+")
_SHOWN: Final = ("part", "own", "raw", "key", "value")
_SOURCE: Final = re.compile(r"(path|query|body|word)/(.*?)(?: by (.+?))?(?: or (.+))?", re.DOTALL)
_SLOT: Final = re.compile(r"(\w+)(?: of (\S+))?(?: as (\w+))?(?: in (\S+))?(?: else (\w+))?")
FLAGS: Final = ("more", "any", "empty", "paged", "unpaged", "sorted", "unsorted")
"""What slots say that are flags and nothing else."""
TESTS: Final = (
    "from day",
    "until day",
    "equals year",
    "above year",
    "from year",
    "below year",
    "until year",
    "equals month",
    "by",
    "from",
    "until",
    "above",
    "below",
    "between",
    "contains",
    "lacks",
    "starts",
    "ends",
    "null",
    "present",
    "past",
    "ahead",
    "not in",
    "in",
    "not",
    "exactly",
    "search",
    "stated",
    "expression",
    "selector",
)
"""Tests of a filter that are written; `equals` is not."""


# ---- places and addresses


def write_place(place: Place) -> str:
    """Write names of members as a JSON Pointer."""
    return join(place)


def read_place(text: Any) -> Place | None:
    """Read a JSON Pointer."""
    if not isinstance(text, str) or (text and not text.startswith("/")):
        return None
    return tuple(tokens(text))


def write_address(address: str) -> str:
    """Write where a schema stands: a component of the contract by its name."""
    name = address.removeprefix(_COMPONENT)
    is_plain = name != address and _NAME.fullmatch(name) and name not in _SHOWN
    if is_plain:
        return name
    return address


def read_address(text: Any) -> str | None:
    """Read where a schema stands."""
    if not isinstance(text, str):
        return None
    if not _NAME.fullmatch(text):
        return text
    return _COMPONENT + text


# ---- parts


def write_source(source: Source) -> str:
    """Write where a value stands in a request: `path/orderId`, `path/number by number`, `body/data/id`."""
    names = ",".join((*source.before, source.name.removeprefix("/")))
    found = f"{source.at}/{names}".removesuffix("/")
    if source.by:
        found += f" by {source.by}"
    if source.words:
        found += f" or {', '.join(source.words)}"
    return found


def read_source(text: str) -> Source | None:
    """Read where a value stands in a request."""
    if text == "caller":
        return Source(at="caller")
    found = _SOURCE.fullmatch(text)
    if found is None:
        return None
    *before, name = found[2].split(",")
    if found[1] == "body" and "/" in name:
        name = f"/{name}"
    words = tuple((found[4] or "").split(", ")) if found[4] else ()
    return Source(
        at=found[1],  # type: ignore[arg-type]
        name=name,
        by=found[3] or "",
        before=tuple(before),
        words=words,
    )


def write_view(view: View) -> str:
    """Write what shows an item: `Order`, `Order at /data`, `part OrderSummary at /data`."""
    words: list[str] = []
    if view.shows != "whole":
        words.append(view.shows)
    if view.schema:
        words.append(write_address(view.schema))
    if view.place:
        words.append(f"at {write_place(view.place)}")
    return " ".join(words)


def read_view(text: str) -> View | None:
    """Read what shows an item."""
    head, at, place = text.partition(" at ")
    shows, space, schema = head.partition(" ")
    if shows not in _SHOWN:
        shows, schema = "whole", head
    elif not space:
        schema = ""
    address, found = read_address(schema), read_place(place)
    if address is None or found is None or (at and not place):
        return None
    return View(schema=address if schema else "", place=found, shows=shows)  # type: ignore[arg-type]


def usual_form(says: str) -> str:
    """Return the form of a slot that is not written."""
    if says in FLAGS:
        return "flag"
    return "number"


def write_slot(slot: Slot) -> str:
    """Write what a member of an envelope says: `total`, `limit as text`, `next as url in href else null`,
    `asked of sortBy as list`.
    """
    words = [slot.says]
    if slot.of:
        words += ["of", slot.of]
    if slot.form != usual_form(slot.says):
        words += ["as", slot.form]
    if slot.within:
        words += ["in", slot.within]
    if slot.otherwise != "keep":
        words += ["else", slot.otherwise]
    return " ".join(words)


def read_slot(text: str) -> Slot | None:
    """Read what a member of an envelope says."""
    found = _SLOT.fullmatch(text)
    if found is None:
        return None
    says, of, form, within, otherwise = found.groups()
    told: dict[str, Any] = {"form": form or usual_form(says), "otherwise": otherwise or "keep"}
    return Slot(says=says, of=of or "", within=within or "", **told)


def write_filter(told: Filter) -> str:
    """Write what a parameter chooses by: `status`, `createdAt from`, `name or description contains`."""
    members = " or ".join(_write_member(place) for place in told.members)
    if told.test == "equals":
        return members
    return f"{members} {told.test}"


def read_filter(text: str) -> Filter | None:
    """Read what a parameter chooses by."""
    test = "equals"
    for word in TESTS:
        if text.endswith(f" {word}"):
            text, test = text.removesuffix(f" {word}"), word
            break
    members = [_read_member(one) for one in text.split(" or ")]
    places = tuple(place for place in members if place is not None)
    if len(places) != len(members):
        return None
    return Filter(members=places, test=test)


def _write_member(place: Place) -> str:
    if len(place) == 1:
        return place[0]
    return write_place(place)


def _read_member(text: str) -> Place | None:
    if not text.startswith("/"):
        return (text,)
    return read_place(text)


class Compact(NamedTuple):
    """How a kind is written and read as one text. looks: as an example shows it."""

    write: Any
    read: Any
    looks: str


COMPACT: Final[dict[type, Compact]] = {
    Source: Compact(write_source, read_source, "path/orderId"),
    View: Compact(write_view, read_view, "Order at /data"),
    Slot: Compact(write_slot, read_slot, "next as url else null"),
    Filter: Compact(write_filter, read_filter, "createdAt from"),
}
"""The kinds that have a compact form."""
