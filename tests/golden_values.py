"""Values for the goldens' requests, made from schemas by rules of their own, so that they stay what they are when the sandbox's change."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import rstr

FORMATS = {
    "date": "2026-03-0{n}",
    "date-time": "2026-03-0{n}T10:00:00Z",
    "time": "10:00:0{n}Z",
    "uuid": "00000000-0000-4000-8000-00000000000{n}",
    "email": "person{n}@example.com",
    "uri": "https://example.com/{n}",
    "url": "https://example.com/{n}",
    "hostname": "host{n}.example.com",
    "ipv4": "192.0.2.{n}",
    "ipv6": "2001:db8::{n}",
    "byte": "dGV4dA==",
}
DEEPEST = 4


class Values:
    """Makes values for the schemas of one document: the same for the same name and number."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    def resolved(self, node: Any) -> dict[str, Any]:
        """Follow references within the document; what leads nowhere is an empty schema."""
        while isinstance(node, dict) and isinstance(node.get("$ref"), str):
            node = self._at(node["$ref"])
        return node if isinstance(node, dict) else {}

    def _at(self, reference: str) -> Any:
        node: Any = self._document
        for word in reference.removeprefix("#/").split("/"):
            key = word.replace("~1", "/").replace("~0", "~").replace("%7B", "{").replace("%7D", "}")
            if not isinstance(node, dict) or key not in node:
                return {}
            node = node[key]
        return node

    def made(self, schema: Any, name: str, number: int = 0, *, full: bool = False, depth: int = 0) -> Any:
        """Make the value of that number for a schema. full: with optional members too."""
        plain = self._merged(schema)
        for value in self._written(plain, number):
            return value
        kind = self._kind(plain)
        if kind == "object":
            return self._object(plain, number, full=full, depth=depth)
        if kind == "array":
            return self._array(plain, name, number, full=full, depth=depth)
        return self._scalar(plain, kind, name, number)

    def _written(self, plain: dict[str, Any], number: int) -> Iterator[Any]:
        """Yield the value that a schema itself has for this number."""
        if "const" in plain:
            yield plain["const"]
        if number == 0 and "default" in plain:
            yield plain["default"]
        choices = [value for value in plain.get("enum") or () if value is not None]
        if choices:
            yield choices[number % len(choices)]
        if number == 0 and "example" in plain:
            yield plain["example"]

    def _scalar(self, plain: dict[str, Any], kind: str, name: str, number: int) -> Any:
        if kind in ("integer", "number"):
            return self._number(plain, number)
        if kind == "boolean":
            return number % 2 == 0
        return None if kind == "null" else self._text(plain, name, number)

    def _merged(self, schema: Any) -> dict[str, Any]:
        """Return a schema with its first alternative and all its parts laid into it."""
        plain = dict(self.resolved(schema))
        parts = list(plain.pop("allOf", ()))
        for word in ("oneOf", "anyOf"):
            alternatives = [self.resolved(one) for one in plain.pop(word, ())]
            parts += [one for one in alternatives if one.get("type") != "null"][:1]
        for part in map(self._merged, parts):
            properties = {**part.get("properties", {}), **plain.get("properties", {})}
            required = [*part.get("required", ()), *plain.get("required", ())]
            plain = {**part, **plain}
            if properties:
                plain |= {"properties": properties, "required": required}
        return plain

    def _kind(self, plain: dict[str, Any]) -> str:
        kind = plain.get("type")
        if isinstance(kind, list):
            kind = next((one for one in kind if one != "null"), "null")
        if isinstance(kind, str):
            return kind
        if "properties" in plain or "additionalProperties" in plain:
            return "object"
        return "array" if "items" in plain else "string"

    def _object(self, plain: dict[str, Any], number: int, *, full: bool, depth: int) -> dict[str, Any]:
        required = plain.get("required") or ()
        made = {}
        for name, schema in plain.get("properties", {}).items():
            wanted = name in required or (full and depth < DEEPEST)
            if not wanted or depth > 2 * DEEPEST or self._merged(schema).get("readOnly"):
                continue
            made[name] = self.made(schema, name, number, full=full and depth < 2, depth=depth + 1)
        return made

    def _array(self, plain: dict[str, Any], name: str, number: int, *, full: bool, depth: int) -> list[Any]:
        count = max(plain.get("minItems", 0), int(full))
        if depth > 2 * DEEPEST:
            return []
        items = plain.get("items", {})
        return [self.made(items, name, number + at, full=full, depth=depth + 1) for at in range(count)]

    def _number(self, plain: dict[str, Any], number: int) -> float:
        least = plain.get("minimum", 0)
        above = plain.get("exclusiveMinimum")
        if isinstance(above, bool):
            least += above
        elif above is not None:
            least = above + 1
        step = plain.get("multipleOf", 1)
        value = -(-least // step) * step + step * (number + 1)
        most = plain.get("maximum")
        if most is not None and value > most:
            value = least
        return int(value) if value == int(value) else value

    def _text(self, plain: dict[str, Any], name: str, number: int) -> str:
        pattern = plain.get("pattern")
        if pattern:
            try:
                text: str = rstr.Rstr(random.Random(f"{name}{number}")).xeger(pattern)
            except (ValueError, KeyError, OverflowError, RecursionError, AttributeError):
                text = ""
            least = max(plain.get("minLength", 0), 1)
            for start in range(20 if text else 0):
                if least <= len(text) <= plain.get("maxLength", len(text)):
                    return text
                text = rstr.Rstr(random.Random(f"{name}{number}{start}")).xeger(pattern)
        if plain.get("format") in FORMATS:
            return FORMATS[plain["format"]].format(n=number + 1)
        text = f"{name} {number + 1}"
        text = text.ljust(plain.get("minLength", 0), "x")
        return text[-plain["maxLength"] :] if "maxLength" in plain else text
