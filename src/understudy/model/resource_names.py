"""Names of resources: parameters of a path that are several segments, as their patterns say
(`shelves/[^/]+`, Google AIP-122), which clients write with plain slashes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from understudy.contracts.contract import Operation
from understudy.contracts.source import Node
from understudy.schemas.subschemas import resolved

Span = tuple[str, ...]
"""The segments of a name: its literal ones, and `{}` for each that may be any."""

ANY: Final = "{}"
_ANY_SEGMENT: Final = re.compile(r"\[\^/\][+*]")
_LITERAL: Final = re.compile(r"[\w.~-]+")
_ONE: Final[Span] = (ANY,)


def spans_of(operation: Operation) -> Mapping[str, Span]:
    """Return the names of several segments in an operation's path, by their parameters."""
    found = {}
    for parameter in operation.parameters:
        if parameter.location != "path" or parameter.schema is None:
            continue
        span = span_of(parameter.schema)
        if len(span) > 1:
            found[parameter.name] = span
    return found


def span_of(schema: Node) -> Span:
    """Return the segments of what a schema takes: one, where its pattern says nothing of slashes."""
    pattern = resolved(schema).get("pattern")
    if not isinstance(pattern, str) or "/" not in pattern:
        return _ONE
    text = _ANY_SEGMENT.sub(ANY, pattern.removeprefix("^").removesuffix("$"))
    segments = tuple(text.split("/"))
    is_told = all(one == ANY or _LITERAL.fullmatch(one) for one in segments)
    return segments if is_told and ANY in segments else _ONE


def written_out(path: str, spans: Mapping[str, Span]) -> str:
    """Return a path with its names as segments: `/v1/{name}` is `/v1/shelves/{name}`."""
    for name, span in spans.items():
        path = path.replace(f"{{{name}}}", "/".join(span).replace(ANY, f"{{{name}}}"))
    return path
