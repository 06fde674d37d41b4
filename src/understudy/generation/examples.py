"""Examples, as a contract states them for a body or a header."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from understudy.contracts.source import Node

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
