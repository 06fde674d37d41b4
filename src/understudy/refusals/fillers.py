"""Fillers: the least that a member of an error can say that must be there, though nothing is known of it."""

from __future__ import annotations

import uuid
from typing import Any, Final

from understudy.model.error_vocabulary import SAYS_WHERE
from understudy.refusals.scope import Scope
from understudy.schemas.shape import Shape
from understudy.schemas.shapes import Shapes

_EMPTY: Final[dict[str, Any]] = {"array": [], "object": {}, "boolean": False, "null": None}


def filler(shape: Shape, name: str, scope: Scope, shapes: Shapes) -> Any:
    """Return what a member says for want of anything else: what the contract gives as a value, null, nothing
    at all, or what HTTP calls the status; never a word that is made up.
    """
    for values in (shape.defaults, shape.samples, shape.constants or ()):
        for value in values:
            return value
    if takes_null(shape, shapes):
        return None
    if shape.choices:
        return filler(shapes.alternatives(shape)[0], name, scope, shapes)
    if shape.kind in _EMPTY:
        return _EMPTY[shape.kind]
    if shape.kind in ("integer", "number"):
        return shape.limit("minimum", 0)
    return _text(shape, name, scope)


def _text(shape: Shape, name: str, scope: Scope) -> str:
    facts = scope.facts
    if shape.format == "date-time":
        return facts.asked.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    if shape.format == "uuid":
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{facts.asked.number} {facts.detail}"))
    if shape.format.startswith("uri"):
        return "about:blank"
    if name in SAYS_WHERE and not shape.limits.get("minLength"):
        return ""
    return facts.title


def takes_null(shape: Shape, shapes: Shapes) -> bool:
    """Tell whether a value may be null."""
    if shape.nullable or "null" in (shape.types or ()):
        return True
    return bool(shape.choices) and any(one.kind == "null" for one in shapes.alternatives(shape))
