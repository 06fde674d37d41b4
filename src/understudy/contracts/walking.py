"""Walking through what a file says: each mapping that is no data once, with its pointer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from understudy.pointers import escape

# Below these keys stands data, not contract: a `$ref` in there is only a word.
_DATA_KEYS = frozenset({"example", "examples", "default", "enum", "const", "value"})
# Below these keys the next level is names somebody chose, so that a property called "default" is still a
# schema.
_NAME_MAPS = frozenset(
    {"properties", "patternProperties", "$defs", "definitions", "schemas", "dependentSchemas", "responses"}
    | {"parameters", "headers", "requestBodies", "securitySchemes", "links", "callbacks", "pathItems"}
    | {"paths", "content"}
)

_Waiting = tuple[str, Any, bool]
"""A pointer, the value there, and whether its members have names that somebody chose."""

_HOLDERS: Final = frozenset({dict, list})


def walk(root: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (pointer, mapping) for each mapping in a file but for those in examples and other data; those
    that YAML aliases share once.
    """
    waiting: list[_Waiting] = [("", root, False)]
    seen: set[int] = set()
    while waiting:
        pointer, value, is_named = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if type(value) is list:
            for index, member in enumerate(value):
                if type(member) in _HOLDERS:
                    waiting.append((f"{pointer}/{index}", member, False))
        elif type(value) is dict:
            yield pointer, value
            waiting += _in_mapping(pointer, value, is_named)


def _in_mapping(pointer: str, value: dict[str, Any], is_named: bool) -> list[_Waiting]:
    below: list[_Waiting] = []
    for key, member in value.items():
        if type(member) not in _HOLDERS:  # a file of ten megabytes has half a million members
            continue
        if is_named:
            below.append((f"{pointer}/{escape(key)}", member, False))
        elif key not in _DATA_KEYS and not key.startswith("x-"):
            below.append((f"{pointer}/{escape(key)}", member, key in _NAME_MAPS))
    return below
