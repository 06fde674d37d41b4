"""Names in conditions on calls of an operation that are probably meant for another one, which it declares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from understudy.contracts.answers import json_media
from understudy.contracts.contract import Operation
from understudy.errors import Failure, show
from understudy.matching.match import Match
from understudy.nearest import nearest
from understudy.pointers import escape, join, tokens
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape
from understudy.schemas.shapes import Shapes

_LIKE: Final = 0.8
"""What a name has to be like to be taken for a misspelt one: a call may have names that nobody declares."""
_PLACES: Final = (("query", "query"), ("header", "headers"), ("cookie", "cookies"))


def misspelt(match: Match, operation: Operation) -> Iterator[Failure]:
    """Yield the names that are no parameter, or no member of the body, and are like one. Each failure's
    pointer leads from the match.
    """
    for location, group in _PLACES:
        declared = [one.name for one in operation.parameters if one.location == location]
        for name in getattr(match, group):
            meant = _meant(_whole(name), map(_whole, declared))
            if meant:
                what = f"a {location} parameter of the operation"
                yield _failure(f"/{group}/{escape(name)}", what, meant, name)
    if match.body:
        yield from _misspelt_in_body(match, operation)


def _misspelt_in_body(match: Match, operation: Operation) -> Iterator[Failure]:
    media = json_media(operation.body.content) if operation.body else None
    if media is None or media.schema is None:
        return
    shapes = Shapes("request")
    for pointer in match.body:
        meant = ""
        if pointer.startswith("/"):
            meant = _meant_member(shapes, (media.schema,), tokens(pointer))
        if meant:
            yield _failure(f"/body/{escape(pointer)}", "a member of the operation's body", meant, pointer)


def _meant_member(shapes: Shapes, parts: Parts, way: Sequence[str]) -> str:
    """Return the pointer that is meant by a way into a body, "" where it is right or nobody knows."""
    for done, step in enumerate(way):
        alternatives = shapes.alternatives(shapes.of(parts))
        inner = [below for shape in alternatives if (below := _below(shape, step))]
        if not inner:
            known = {name for shape in alternatives for name, member in shape.declared.items() if member}
            meant = _meant(step, known)
            return join([*way[:done], meant, *way[done + 1 :]]) if meant else ""
        parts = inner[0]
    return ""


def _below(shape: Shape, step: str) -> Parts | None:
    """Return what holds for a member that a shape declares, or for an item."""
    if shape.items and step.isdecimal():
        return shape.items
    return shape.declared.get(step)


def _meant(name: str, declared: Iterable[str]) -> str:
    known = list(declared)
    if name in known:
        return ""
    return next(iter(nearest(name, known, 1, _LIKE)), "")


def _whole(name: str) -> str:
    """Return the parameter that a name in a query belongs to: `filter` of `filter[status]`."""
    return name.partition("[")[0]


def _failure(pointer: str, what: str, meant: str, name: str) -> Failure:
    return Failure("body", pointer, "enum", f"{what}; the nearest is {meant}", show(name))
