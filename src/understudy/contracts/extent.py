"""Extent: how much an operation declares, told without reading all of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from understudy.contracts.contract import Operation
from understudy.contracts.source import Document, LeadsNowhere, Node

_NAMED: Final = ("properties", "patternProperties", "required", "allOf", "oneOf", "anyOf", "enum")
_PARTS: Final = ("allOf", "oneOf", "anyOf")
_FEW: Final = 8  # parts or members of one schema that are looked into
_DEEPEST: Final = 3


class Extents:
    """Tells of the operations of one document how much they declare. Nodes would cost a large document half
    a second, so values are looked at as they stand.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._known: dict[int, int] = {}  # by the identity of a schema

    def of(self, operation: Operation) -> int:
        """Return how many parameters an operation has, or how many properties, parts, alternatives or values
        one of its schemas, whichever is most.
        """
        largest = max(_size(owner.get("parameters")) for owner in (operation.node, operation.item))
        for file, schema in self._bodies(operation.node):
            largest = max(largest, self._extent(file, schema, 0))
        return largest

    def _bodies(self, operation: Node) -> Iterator[tuple[str, Any]]:
        """Yield the schemas of what an operation takes and answers, and the files in which they stand."""
        responses = operation.get("responses")
        holders = [operation.get("requestBody")]
        if isinstance(responses, dict):
            holders += responses.values()
        for holder in holders:
            within, found = self._followed(operation.file, holder)
            content = found.get("content") if isinstance(found, dict) else None
            for media in content.values() if isinstance(content, dict) else ():
                if isinstance(media, dict):
                    yield within, media.get("schema")

    def _extent(self, file: str, schema: Any, depth: int) -> int:
        file, schema = self._followed(file, schema)
        if not isinstance(schema, dict) or depth > _DEEPEST:
            return 0
        if id(schema) not in self._known:
            self._known[id(schema)] = 0  # what it leads back to
            largest = max(_size(schema.get(key)) for key in _NAMED)
            for inner in _within(schema):
                largest = max(largest, self._extent(file, inner, depth + 1))
            self._known[id(schema)] = largest
        return self._known[id(schema)]

    def _followed(self, file: str, value: Any) -> tuple[str, Any]:
        """Return where a reference leads, one step; anything else as it is."""
        reference = value.get("$ref") if isinstance(value, dict) else None
        if not isinstance(reference, str):
            return file, value
        try:
            node = self._document.refer(file, reference)
        except LeadsNowhere:
            return file, None
        return node.file, node.value


def _within(schema: dict[str, Any]) -> Iterator[Any]:
    """Yield schemas that stand within one."""
    yield schema.get("items")
    for key in _PARTS:
        parts = schema.get(key)
        if isinstance(parts, list):
            yield from parts[:_FEW]
    properties = schema.get("properties")
    if isinstance(properties, dict):
        yield from islice(properties.values(), _FEW)


def _size(value: Any) -> int:
    return len(value) if isinstance(value, (dict, list)) else 0
