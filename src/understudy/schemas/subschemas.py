"""Walking through schemas as documents really hold them: what stands in one, what one refers to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from understudy.contracts.source import MAX_HOPS, Node
from understudy.schemas.keywords import HOLDING_LISTED, HOLDING_NAMED, HOLDING_ONE, IN_PLACE

_ONLY_WORDS: Final = frozenset({"$ref", "description", "summary", "title"})


def each(node: Node, key: str) -> list[Node]:
    """Return the entries of a member that should be a list, none where it is not one."""
    value = node.get(key)
    if not isinstance(value, list):
        return []
    return [node.raw(key, index) for index in range(len(value))]


def mapping(node: Node, key: str) -> Mapping[str, Any]:
    """Return a member that should be a mapping, empty where it is not one."""
    value = node.get(key)
    if isinstance(value, dict):
        return value
    return {}


def component(node: Node) -> str:
    """Return the name under which a schema stands in its document, or ""."""
    path = node.pointer.rsplit("/", 2)
    if len(path) > 2 and path[-2] in ("schemas", "definitions", "$defs"):
        return path[-1]
    return ""


def resolved(node: Node) -> Node:
    """Return the schema a node stands for: what a `$ref` refers to, where only words stand beside it."""
    for _ in range(MAX_HOPS):
        value = node.value
        if not isinstance(value, dict) or not isinstance(value.get("$ref"), str):
            break
        if value.keys() - _ONLY_WORDS:
            break
        node = node.document.target(node, value["$ref"])
    return node


def subschemas(node: Node) -> Iterator[Node]:
    """Yield the schemas that stand in a schema, as they stand: no `$ref` is followed."""
    for key in HOLDING_ONE:
        if isinstance(node.get(key), dict):
            yield node.raw(key)
    for key in (*HOLDING_NAMED, "$defs"):
        for name in mapping(node, key):
            yield node.raw(key, name)
    for key in HOLDING_LISTED:
        yield from each(node, key)


def in_place(nodes: Iterable[Node]) -> list[Node]:
    """Return all schemas that speak of one value: these, what they refer to, their parts and alternatives,
    nearest first.
    """
    found: dict[str, Node] = {}
    waiting = list(nodes)
    for node in waiting:  # grows on the way
        if node.address in found or not isinstance(node.value, dict):
            continue
        found[node.address] = node
        reference = node.get("$ref")
        if isinstance(reference, str):
            waiting.append(node.document.target(node, reference))
        for key in IN_PLACE:
            waiting += each(node, key)
    return list(found.values())
