"""Examples, as a contract states them for a body or a header."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from understudy.contracts.source import Node
from understudy.schemas.keywords import IN_PLACE
from understudy.schemas.subschemas import each, mapping, resolved

_DEEPEST = 3  # members within members that are gone through
_VALUES = ("value", "dataValue")  # members of an Example Object; the second came with OpenAPI 3.2
_LONGEST = 5  # of `allOf` in `allOf`, which may lead round in a circle


def stated_examples(holder: Node) -> Iterator[tuple[str, Any]]:
    """Yield the examples of a media type or header, valid or not, each with its name.

    `example` comes first, whose name is empty.
    """
    alone = holder.find("example")
    if alone is not None:
        yield "", alone.value
    for name in mapping(holder, "examples"):
        example = holder.find("examples", name)
        for member in _VALUES:
            if example is not None and example.has(member):
                yield str(name), example.get(member)
                break


def own_examples(schema: Node) -> Iterator[Any]:
    """Yield the examples that a schema states of the whole of it, valid or not."""
    node = resolved(schema)
    if not isinstance(node.value, dict):
        return
    if node.has("example"):
        yield node.get("example")
    for example in each(node, "examples"):
        yield example.value


def plain_examples(schema: Node, depth: int = 0) -> Iterator[Any]:
    """Yield the examples that a schema states of a value which is no object, also in what its `allOf` takes
    together: `allOf: [{$ref: …}]` is how a reference with a description was written before OpenAPI 3.1.
    """
    yield from own_examples(schema)
    for part in each(resolved(schema), "allOf") if depth < _LONGEST else ():
        yield from plain_examples(part, depth + 1)


def member_examples(schema: Node) -> Iterator[tuple[str, Any]]:
    """Yield the examples that a schema states of itself and of its members, each with the member's name.

    The name is empty for the whole.
    """
    seen: set[tuple[str, str]] = set()
    waiting = [("", resolved(schema), 0)]
    while waiting:
        name, node, depth = waiting.pop()
        if (name, node.address) in seen or not isinstance(node.value, dict):
            continue
        seen.add((name, node.address))
        if node.has("example"):
            yield name, node.get("example")
        for example in each(node, "examples"):
            yield name, example.value
        for part in _of_the_same(node):
            waiting.append((name, resolved(part), depth))
        if depth < _DEEPEST:
            for member in mapping(node, "properties"):
                waiting.append((member, resolved(node.raw("properties", member)), depth + 1))


def _of_the_same(node: Node) -> Iterator[Node]:
    """Yield what a schema refers to, its parts and alternatives, and the schema of its items."""
    if isinstance(node.get("$ref"), str):
        yield node.document.target(node, node.get("$ref"))
    if node.has("items"):
        yield node.raw("items")
    for key in IN_PLACE:
        yield from each(node, key)
