"""Dynamic references: a schema that fills in what another one leaves open (JSON Schema 2020-12 §8.2.3.2).

What is left open is told by `$dynamicRef`, and what fills it by a `$dynamicAnchor` of the schema that refers
there, as generic lists are written (OpenAPI 3.1.1 §4.8.24.5.1). Such a schema becomes one that says it all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urldefrag, urljoin

from understudy.contracts.source import Document, Node
from understudy.contracts.source_map import SourceMap
from understudy.contracts.walking import walk
from understudy.pointers import replaced, tokens

_NAMED: Final = frozenset({"$id", "$schema", "$anchor", "$dynamicAnchor", "$defs", "$comment"})
"""What a copy does not say again: who is asked for by it finds the original."""

_DEEPEST: Final = 8  # schemas that leave something open within one another

Anchors = Mapping[str, str]
"""By name, a reference to what fills it, as it is written in the schema that does."""


def filled_in(document: Document) -> Document:
    """Return a document whose schemas say what they fill in of others; the same where none does."""
    if not document.ids:
        return document
    root, source_map = document.files[document.name], SourceMap()
    changed = root
    for pointer, value in walk(root):
        reference = value.get("$ref")
        if "$id" not in value or not isinstance(reference, str):
            continue
        target = document.follow(Node(document, document.name, pointer, {"$ref": reference}))
        anchors = _anchors(value)
        if not _leaves_open(target.value, anchors):
            continue
        parts = [*value.get("allOf", ()), _filled(target, target.value, anchors, _DEEPEST)]
        whole = {name: said for name, said in value.items() if name != "$ref"} | {"allOf": parts}
        changed = replaced(changed, tokens(pointer), whole)
        place = f"{pointer}/allOf/{len(parts) - 1}"
        source_map.copy((document.name, place), (target.file, target.pointer))
    if changed is root:
        return document
    return document.changed({document.name: changed}, source_map)


def _anchors(schema: Any) -> Anchors:
    found: dict[str, str] = {}
    for pointer, value in walk(schema):
        name = value.get("$dynamicAnchor")
        if isinstance(name, str):
            found.setdefault(f"#{name}", f"#{pointer}")
    return found


def _leaves_open(schema: Any, anchors: Anchors) -> bool:
    return any(value.get("$dynamicRef") in anchors for _, value in walk(schema))


def _filled(holder: Node, value: Any, anchors: Anchors, depth: int) -> Any:
    """Return what stands in a schema, with what fills it. holder: that schema, which references are relative
    to.
    """
    if isinstance(value, list):
        return [_filled(holder, one, anchors, depth) for one in value]
    if not isinstance(value, dict):
        return value
    copy: dict[str, Any] = {}
    for name, said in value.items():
        if name == "$dynamicRef" and said in anchors:
            copy["$ref"] = anchors[said]
        elif name == "$ref" and isinstance(said, str):
            copy |= _referring(holder, said, anchors, depth)
        elif name not in _NAMED:
            copy[name] = _filled(holder, said, anchors, depth)
    return copy


def _referring(holder: Node, reference: str, anchors: Anchors, depth: int) -> dict[str, Any]:
    """Return a reference as it is written elsewhere; what it names, where that leaves something open too."""
    target = holder.document.follow(Node(holder.document, holder.file, holder.pointer, {"$ref": reference}))
    if depth and target.address != holder.address and _leaves_open(target.value, anchors):
        return {"allOf": [_filled(target, target.value, anchors, depth - 1)]}
    base = holder.document.ids.base(holder.file, holder.pointer)
    if reference.startswith("#"):
        return {"$ref": f"{urldefrag(base).url}{reference}"}
    return {"$ref": urljoin(base, reference)}
