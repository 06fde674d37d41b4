"""Identifiers: which member of an item carries its id, how one is made up, and who says it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, Literal, NamedTuple

from understudy.model.addresses import address_of
from understudy.model.bodies import Bodies
from understudy.model.bulk import list_names
from understudy.model.items import Item, Items, part_member
from understudy.model.keys import key_parameter
from understudy.model.model import Identifier
from understudy.model.paths import id_names
from understudy.model.resource_names import template_of
from understudy.model.resources import Resource
from understudy.model.vocabulary import CALLED, IDS, SLUGS
from understudy.names import fold, singular, split_words
from understudy.pointers import steps
from understudy.schemas.choice import Parts
from understudy.schemas.patterns import matches
from understudy.schemas.shape import Shape

_NUMBERS: Final = ("integer", "number")
_A_SLUG: Final = "how-to-train-your-dragon-2"
_DIGITS: Final = 12
"""Of an id that is a text about which nothing is said."""

GivenBy = Literal["server", "client", "either"]


class Known(NamedTuple):
    """Names that operations take, names that a create has to send, what `Taking.number` says, and windows
    whose paths lead to the items as well.
    """

    settable: Collection[str]
    required: Collection[str]
    number: str
    windows: Sequence[Resource] = ()


def identifier_of(resource: Resource, item: Item | None, known: Known, bodies: Bodies) -> Identifier:
    """Return how items are told apart."""
    if item is None:
        return Identifier(listed_as=list_names(resource))
    own = "" if resource.single or template_of(resource, item) else item.id_member
    chosen = []
    for name in sorted(known.settable):
        if name == own or fold(name) in resource.id_names.ranked[:1]:
            chosen.append(name)
        elif own.startswith("/") and name == steps(own)[0]:
            chosen.append(own)
    return Identifier(
        member=own,
        parts=_parts(resource, item, own, bodies),
        also=_also(item, own, known.number, bodies),
        form=form_of(item, own, _taken_in_paths((resource, *known.windows), bodies), bodies),
        given_by=_given_by(item, own, chosen, known.required, bodies),
        sent_as=tuple(sorted({*chosen, own} - {""})),
        listed_as=list_names(resource),
    )


def _parts(resource: Resource, item: Item, own: str, bodies: Bodies) -> tuple[str, ...]:
    """Return the members that say each part of a key of several; none of any other key."""
    if len(resource.keys) < 2:
        return ()
    found = []
    for name in resource.keys[:-1]:
        found.append(part_member(item.location.shape, name, bodies))
    return (*found, own)


def _also(item: Item, own: str, number: str, bodies: Bodies) -> tuple[str, ...]:
    """Name the members that say the same as the id.

    Where the path names a number that no caller can set, the `id` beside it is the same number. One of which
    nothing is said is the same: an `id` that is required beside a declared `Id`.
    """
    if not own or own.startswith("/"):
        return ()
    same = {fold(own), number}
    if number == fold(own):
        same |= IDS.known
    kinds = ("", bodies.whole(item.member(own)).kind)
    found = []
    for name in item.location.shape.declared:
        is_same = fold(name) in same and name != own
        if is_same and bodies.whole(item.member(name)).kind in kinds:
            found.append(name)
    return tuple(found)


def _taken_in_paths(resources: Sequence[Resource], bodies: Bodies) -> Parts:
    """Return the schema by which all the paths of an item take an id: the one of a number, where some take
    no text.
    """
    found = list(map(_taken_in_path, resources))
    for parts in found:
        if parts and bodies.requests.of(parts).kind in _NUMBERS:
            return parts
    return found[0]


def _taken_in_path(resource: Resource) -> Parts:
    """Return the schema by which the item's path takes an id; none where it says none."""
    if resource.single or not resource.parameters:
        return ()
    parameter = key_parameter(resource.parameters[-1], resource.operations)
    if parameter is None or parameter.schema is None:
        return ()
    return (parameter.schema,)


def form_of(item: Item, own: str, in_path: Parts, bodies: Bodies) -> str:
    """Return how an id is made up: counted, what people would call the item, random digits, or like a schema
    that says more than its type.

    in_path: the schema of the path's parameter, which is to take it as well.
    """
    parts = item.member(own) if own else ()
    taken = bodies.requests.of(in_path) if in_path else None
    if not parts:
        return "counter from 1"
    shape = bodies.responses.of(parts)
    if shape.kind in _NUMBERS or (taken is not None and taken.kind in _NUMBERS):
        least = [one.limits.get("minimum", 1) for one in (shape, taken) if one is not None]
        return f"counter from {max(1, *map(int, least))}"
    if shape.kind == "string" and not shape.format and not shape.constants and looks_like_slug(own, shape):
        return "named"
    if shape.kind != "string" or not _is_plain(shape):
        return f"like {address_of(parts[0])}"
    if taken is not None and taken.kind == "string" and not _is_plain(taken):
        return f"like {address_of(in_path[0])}"
    if "".join(split_words(steps(own)[-1])[-1:]) in CALLED:
        return "named"
    size = min(max(shape.limit("minLength", 0), _DIGITS), shape.limit("maxLength", _DIGITS))
    return f"hex {max(int(size), 1)}"


def looks_like_slug(name: str, shape: Shape) -> bool:
    """Tell whether a text is called a slug, and may look like one."""
    return fold(name).endswith(SLUGS.ranked) and all(matches(pattern, _A_SLUG) for pattern in shape.patterns)


def _is_plain(shape: Shape) -> bool:
    """Tell whether any text will do."""
    return not (shape.patterns or shape.format or shape.constants)


def _given_by(item: Item, own: str, chosen: list[str], required: Collection[str], bodies: Bodies) -> GivenBy:
    """Say who gives the id; a number is the server's to give, also where a create is described by the item's
    own schema.
    """
    kind = bodies.whole(item.member(own)).kind if own else ""
    if own.startswith("/") and not set(chosen).isdisjoint(required):
        return "client"  # which other thing it is about
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
    if is_another and fold(other) in names.ranked[:1]:
        return other
    return ""


def is_called_after(member: str, noun: str) -> bool:
    """Tell whether a member is the id of what has a name, `user_id` of users."""
    one, folded = singular(fold(noun)), fold(member)
    return any(folded == f"{one}{ending}" for ending in IDS)
