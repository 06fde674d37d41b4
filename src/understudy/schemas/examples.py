"""Examples, as a contract states them for a body or a header."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from understudy.contracts.source import Node

_DEEPEST = 3  # members within members that are gone through
_VALUES = ("value", "dataValue")  # members of an Example Object; the second came with OpenAPI 3.2


def stated_examples(holder: Node) -> Iterator[tuple[str, Any]]:
    """Yield the examples of a media type or header, valid or not, each with its name: `example` first, whose name is empty."""
    alone = holder.find("example")
    if alone is not None:
        yield "", alone.value
    named = holder.find("examples")
    for name in named.value if named and isinstance(named.value, dict) else ():
        example = named.find(name) if named else None
        for member in _VALUES:
            if example is not None and example.has(member):
                yield str(name), example.get(member)
                break


def member_examples(schema: Node) -> Iterator[tuple[str, Any]]:
    """Yield the examples that a schema states of itself and of its members, each with the member's name, which is empty for the whole."""
    seen: set[tuple[str, str]] = set()
    waiting = [("", schema, 0)]
    while waiting:
        name, node, depth = waiting.pop()
        if (name, node.address) in seen or not isinstance(node.value, dict):
            continue
        seen.add((name, node.address))
        if node.has("example"):
            yield name, node.get("example")
        yield from ((name, value) for value in _listed(node, "examples"))
        same = [
            node.find("items"),
            *(
                node.find(word, i)
                for word in ("allOf", "anyOf", "oneOf")
                for i in range(len(_listed(node, word)))
            ),
        ]
        waiting += [(name, part, depth) for part in same if part is not None]
        members = node.get("properties")
        if depth < _DEEPEST and isinstance(members, dict):
            waiting += [
                (member, part, depth + 1)
                for member in members
                if (part := node.find("properties", member)) is not None
            ]


def _listed(node: Node, key: str) -> list[Any]:
    value = node.get(key)
    return value if isinstance(value, list) else []
