"""Sequential media types: bodies of items one after another, and what a contract says of each of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from understudy.contracts.source import SEQUENCE, Node

EVENTS: Final = "events"
LINES: Final = "lines"
RECORDS: Final = "records"
TABLE: Final = "table"

_KINDS: Final[Mapping[str, str]] = {
    "text/event-stream": EVENTS,
    **dict.fromkeys(("application/jsonl", "application/json-lines", "application/jsonlines"), LINES),
    **dict.fromkeys(("application/x-jsonlines", "application/x-json-lines", "text/jsonl"), LINES),
    **dict.fromkeys(("application/ndjson", "application/x-ndjson", "text/x-ndjson"), LINES),
    **dict.fromkeys(("application/x-jsonl", "application/stream+json", "application/x-json-stream"), LINES),
    "application/json-seq": RECORDS,
    **dict.fromkeys(("text/csv", "application/csv", "text/x-csv", "text/comma-separated-values"), TABLE),
    **dict.fromkeys(("text/tab-separated-values", "text/tsv"), TABLE),
}
"""Sources: HTML (server-sent events), jsonlines.org, ndjson-spec, RFC 7464, RFC 4180, the IANA registry."""

_SUFFIXES: Final = {"json-seq": RECORDS, "ndjson": LINES, "jsonl": LINES}
_WHOLE: Final = ("array", "string")
_DEEPEST: Final = 8
_NAME: Final = re.compile(r"\s*([^;\s]+)")


def kind_of(name: str) -> str:
    """Return how the items of a media type follow each other, by its name; "" for one that is no sequence."""
    found = _NAME.match(name.lower())
    essence = found[1] if found else ""
    return _KINDS.get(essence) or _SUFFIXES.get(essence.rpartition("+")[2], "")


def items_schema(name: str, media: Node) -> Node | None:
    """Return the schema of a sequence as that of the array it is; None where the media type says it itself.

    OpenAPI 3.2 describes an item by `itemSchema`; older documents write that of one item under `schema`.
    """
    for key in ("itemSchema", "schema"):
        if not media.has(key):
            continue
        if key == "schema" and not (kind_of(name) and is_item(media.raw(key))):
            return None
        whole: dict[str, Any] = {"type": "array", "items": media.get(key)}
        return Node(media.document, media.file, f"{media.pointer}/{SEQUENCE}", whole)
    return None


def is_item(schema: Node, depth: int = 0) -> bool:
    """Tell whether a schema under a sequential media type is that of one item, and neither a text nor a
    list.
    """
    node = schema.document.follow(schema)
    if not isinstance(node.value, dict) or depth > _DEEPEST:
        return False
    stated = node.get("type")
    if stated is not None:
        return not any(kind in _WHOLE for kind in (stated if isinstance(stated, list) else [stated]))
    if node.has("properties"):
        return True
    if node.has("items"):
        return False
    for key in ("allOf", "oneOf", "anyOf"):
        branches = node.get(key)
        if isinstance(branches, list) and branches:
            return is_item(node.raw(key, 0), depth + 1)
    return node.has("enum") or node.has("const")
