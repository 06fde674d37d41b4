"""Addresses: schemas by where they are written, so that a model needs no document."""

from __future__ import annotations

from understudy.contracts.source import Node
from understudy.schemas.choice import Parts
from understudy.schemas.subschemas import resolved


def address_of(node: Node) -> str:
    """Return where a schema is written, however it is referred to: `#/components/schemas/Order`,
    `shared.yaml#/Order`.
    """
    node = resolved(node)
    file = "" if node.file == node.document.name else node.file
    return f"{file}#{node.pointer}"


def same(one: Parts, other: Parts) -> bool:
    """Tell whether schemas are the same ones, however they are referred to."""
    return list(map(resolved, one)) == list(map(resolved, other))
