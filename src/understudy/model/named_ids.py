"""What is sent that is nothing but ids of things that exist elsewhere: `{userId}`, `{userIds: […]}`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from understudy.contracts.answers import taken
from understudy.contracts.contract import Operation
from understudy.model.bodies import Bodies, present
from understudy.model.vocabulary import IDS, REFERENCES
from understudy.names import fold, singular
from understudy.pointers import steps, written
from understudy.schemas.shape import Shape

_SCALARS: Final = ("string", "integer", "number")


class NamedIds(Struct, frozen=True):
    """Where a body names things, and what they are called. place: as a member is written, `userId` or
    `/data/tag`; "" for a body that is the ids itself.
    """

    place: str
    noun: str


def named_ids(operation: Operation, noun: str, bodies: Bodies) -> NamedIds | None:
    """Return what a body names, None where it says something else, or nothing. noun: of what is probably
    named.
    """
    schema = taken(operation)
    if schema is None:
        return None
    whole = bodies.requests.of((schema,))
    if _are_ids(whole, bodies):
        return NamedIds("", noun)
    found = _named_in(whole, noun, bodies)
    if found is not None or len(whole.declared) != 1:
        return found
    [(wrapper, parts)] = whole.declared.items()
    inner = _named_in(bodies.requests.of(parts), noun, bodies) if parts else None
    if inner is None:
        return None
    return NamedIds(written((wrapper, *steps(inner.place))), inner.noun)


def noun_of_id(name: str) -> str:
    """Return the noun of what a name is the id of: `product` of `productId`; "" where it is none."""
    folded = fold(name)
    for ending in REFERENCES:
        if folded.endswith(ending) and folded != ending:
            return singular(folded.removesuffix(ending))
    return ""


def _named_in(shape: Shape, noun: str, bodies: Bodies) -> NamedIds | None:
    """Return what an object names by ids. What is said beside may be where it is put, `insert_before`, where
    it need not be sent and the ids have to.
    """
    named = list(_names(shape, noun, bodies))
    if not named:
        return None
    named.sort(key=lambda one: one.noun != noun)
    found = named[0]
    others = shape.declared.keys() - {one.place for one in named}
    if not others.isdisjoint(shape.required) or (others and found.place not in shape.required):
        return None
    return found


def _names(shape: Shape, noun: str, bodies: Bodies) -> Iterator[NamedIds]:
    for name, parts in present(shape):
        named = _named(name, bodies.requests.of(parts), noun, bodies)
        if named is not None:
            yield named


def _named(name: str, shape: Shape, noun: str, bodies: Bodies) -> NamedIds | None:
    """Return what a member names: a thing by its id, `userId` or, where one is meant, `user`, or several."""
    is_list = _are_ids(shape, bodies)
    if not is_list and not _is_id(shape):
        return None
    one = singular(fold(name)) if is_list else fold(name)
    if one in IDS or singular(one) == noun:
        return NamedIds(name, noun)
    called = noun_of_id(one)
    return NamedIds(name, called) if called else None


def _are_ids(shape: Shape, bodies: Bodies) -> bool:
    return shape.kind == "array" and bool(shape.items) and _is_id(bodies.requests.of(shape.items))


def _is_id(shape: Shape) -> bool:
    return shape.kind in _SCALARS and shape.constants is None
