"""Identifiers: which member of an item carries its id, how one is made up, and who says it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal, NamedTuple

from understudy.model.addresses import address_of
from understudy.model.bodies import Bodies
from understudy.model.bulk import list_names
from understudy.model.items import Item, Items
from understudy.model.model import Identifier
from understudy.model.paths import id_names
from understudy.model.resources import Resource
from understudy.names import fold

_DIGITS: Final = 12
"""Of an id that is a text about which nothing is said."""

GivenBy = Literal["server", "client", "either"]


class Known(NamedTuple):
    """Names that operations take, names that a create has to send, and what `Taking.number` says."""

    settable: Collection[str]
    required: Collection[str]
    number: str


def identifier_of(resource: Resource, item: Item | None, known: Known, bodies: Bodies) -> Identifier:
    """Return how items are told apart."""
    if item is None:
        return Identifier(listed_as=list_names(resource))
    own = "" if resource.single else item.id_member
    chosen = []
    for name in sorted(known.settable):
        if name == own or fold(name) in resource.id_names[:1]:
            chosen.append(name)
    return Identifier(
        member=own,
        also=_also(item, own, known.number),
        form=form_of(item, own, bodies),
        given_by=_given_by(item, own, chosen, known.required, bodies),
        sent_as=tuple(sorted({*chosen, own} - {""})),
        listed_as=list_names(resource),
    )


def _also(item: Item, own: str, number: str) -> tuple[str, ...]:
    """Name the members that say the same as the id."""
    same = {fold(own), number} if own else set()
    return tuple(name for name in item.location.shape.declared if fold(name) in same and name != own)


def form_of(item: Item, own: str, bodies: Bodies) -> str:
    """Return how an id is made up: counted, random digits, or like a schema that says more than its type."""
    parts = item.member(own) if own else ()
    if not parts:
        return "counter from 1"
    shape = bodies.responses.of(parts)
    if shape.kind in ("integer", "number"):
        return f"counter from {max(int(shape.limits.get('minimum', 1)), 1)}"
    is_plain = not (shape.patterns or shape.format or shape.constants)
    if shape.kind == "string" and is_plain:
        least = min(max(shape.limit("minLength", 0), _DIGITS), shape.limit("maxLength", _DIGITS))
        return f"hex {max(int(least), 1)}"
    return f"like {address_of(parts[0])}"


def _given_by(item: Item, own: str, chosen: list[str], required: Collection[str], bodies: Bodies) -> GivenBy:
    """Say who gives the id; a number is the server's to give, also where a create is described by the item's
    own schema.
    """
    kind = bodies.whole(item.member(own)).kind if own else ""
    if not chosen or kind in ("integer", "number"):
        return "server"
    if set(chosen).isdisjoint(required):
        return "either"
    return "client"


def found_by(resource: Resource, parameter: str, items: Items, bodies: Bodies) -> str:
    """Return the member by which a path finds an item that has another id, "" where it is the id itself.

    Twins of one path, `/Contacts/{ContactID}` and `/Contacts/{ContactNumber}`, find an item by two of its
    members.
    """
    item = items.of(resource)
    if item is None or resource.single or not resource.parameters:
        return ""
    if fold(parameter) == fold(resource.parameters[-1]):
        return ""
    names = id_names(parameter, resource.noun)
    other = bodies.id_member(item.location.shape, names)
    is_another = item.id_member and other != item.id_member
    if is_another and fold(other) in names[:1]:
        return other
    return ""
