"""Elsewhere: items that are made and listed below others alone, and deleted at a path of their own, which
shows nothing of them: `DELETE /slots/{id}` of `/doctors/{id}/slots`.
"""

from __future__ import annotations

from collections.abc import Iterable

from understudy.contracts.answers import answered
from understudy.contracts.contract import Operation
from understudy.model.resources import Resource
from understudy.names import fold, singular
from understudy.schemas.subschemas import component, resolved


def made_elsewhere(resource: Resource, others: Iterable[Resource]) -> Operation | None:
    """Return what makes the items that a resource's paths only delete, None where nothing does, or more than
    one.
    """
    is_plain = not (resource.single or resource.parents) and resource.width == 1
    if not is_plain or resource.operations.keys() != {"delete"}:
        return None
    called = singular(fold(resource.noun))
    found = []
    for other in others:
        create = other.operations.get("create")
        if create is None or "list" not in other.operations or not other.parents or other.is_reached:
            continue
        if called in (singular(fold(other.noun)), _schema_of(create)):
            found.append(create)
    return found[0] if len(found) == 1 else None


def _schema_of(operation: Operation) -> str:
    """Return what the schema of an answer is called, "" where it has no name."""
    schema = answered(operation)
    return fold(component(resolved(schema))) if schema is not None else ""
