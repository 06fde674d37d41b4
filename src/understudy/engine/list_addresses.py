"""The addresses of lists that items hold: each says the path below its item, where clients ask for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from understudy.model.bodies import present
from understudy.model.vocabulary import LIST_ADDRESSES, LISTS
from understudy.names import fold
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape

ListAddress = tuple[str, str]
"""The member of an item that is a list within an object, and the member of that which says its address."""

_ABSOLUTE: Final = ("uri", "url", "iri")
"""Formats of addresses with a host, which a record does not know."""


def addresses_in(shape: Shape, whole: Callable[[Parts], Shape]) -> tuple[ListAddress, ...]:
    """Return the addresses of lists that an item has."""
    found: list[ListAddress] = []
    for name, parts in present(shape):
        inner = whole(parts) if parts else None
        if inner is None or inner.kind != "object":
            continue
        members = [(one, below) for one, below in present(inner) if below]
        named = [(one, whole(below)) for one, below in members if fold(one) in LIST_ADDRESSES]
        if not named or not any(_is_list(one, whole(below), name) for one, below in members):
            continue
        for one, member in named:
            is_text = member.kind == "string" and not member.constants
            if is_text and member.format not in _ABSOLUTE:
                found.append((name, one))
                break
    return tuple(found)


def _is_list(member: str, shape: Shape, holder: str) -> bool:
    """Tell whether a member holds what an object is a list of; a customer with a list of notes is none."""
    return shape.kind == "array" and (fold(member) in LISTS or fold(member) == fold(holder))


def say_addresses(
    item: dict[str, Any], path: str, places: Iterable[ListAddress], is_valid: Callable[[Any], bool]
) -> None:
    """Let the lists of an item say where they are, below its path; as far as the contract takes it."""
    for name, address in places:
        embedded = item.get(name)
        if not isinstance(embedded, dict) or address not in embedded:
            continue
        told = {**item, name: {**embedded, address: f"{path}/{name}"}}
        if is_valid(told):
            item[name] = told[name]
