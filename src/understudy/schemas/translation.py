"""OpenAPI schemas (3.0, 3.1, 3.2) as JSON Schema 2020-12, for the direction in which a value travels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import jsonschema_rs

from understudy.contracts.extensions import EXPECTED
from understudy.contracts.source import Document, Finding, Node
from understudy.pointers import escape
from understudy.schemas.direction import Direction

PATTERN_OPTIONS = jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000)
"""A pattern that would backtrack for ever stops here, within milliseconds, and counts as not matching."""

TYPES = frozenset({"string", "number", "integer", "boolean", "array", "object", "null"})
_ONE = frozenset({"items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames",
                  "unevaluatedItems", "unevaluatedProperties", "additionalItems"})  # fmt: skip
_MAPS = frozenset({"properties", "patternProperties", "dependentSchemas"})
_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_NUMBERS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "minItems",
                      "maxItems", "minProperties", "maxProperties", "minContains", "maxContains"})  # fmt: skip
_AS_IS = frozenset({"const", "uniqueItems", "dependentRequired"})
_NULL_MEANS_ITSELF = frozenset({"$ref", "allOf", "anyOf", "oneOf", "not", "const", "if"})
_BITS = {"int32": 31, "int64": 63}
_BASE64 = r"^[A-Za-z0-9+/_\-\s]*={0,2}\s*$"


class Translation:
    """The schemas of one document, translated for one direction; each place is translated once, when it is first needed.

    words: what patterns mean, by pattern, as far as the document says so.
    """

    def __init__(self, document: Document, version: str, direction: Direction) -> None:
        self.document, self.direction = document, direction
        self._is_30 = version == "3.0"
        self._hidden_flag = direction.hidden_flag
        self._definitions: dict[str, Any] = {}  # address -> translated schema
        self._uses: dict[str, set[str]] = {}  # address -> addresses it refers to
        self._names: dict[str, str] = {}  # address -> its name in `$defs`
        self.findings: list[Finding] = []
        self.words: dict[str, str] = {}

    def bundle(self, node: Node) -> Any:
        """Return a self-contained JSON Schema for the schema that stands at a node."""
        self._define(node)
        reached, waiting = [], [node.address]
        seen = {node.address}
        while waiting:
            address = waiting.pop()
            reached.append(address)
            fresh = self._uses[address] - seen
            seen |= fresh
            waiting += sorted(fresh)
        if reached == [node.address] and not self._uses[node.address]:
            return self._definitions[node.address]
        definitions = {self._name(address): self._definitions[address] for address in reached}
        return {"$ref": f"#/$defs/{self._name(node.address)}", "$defs": definitions}

    # -- places

    def _name(self, address: str) -> str:
        return self._names.setdefault(address, f"s{len(self._names)}")

    def _define(self, node: Node) -> None:
        """Translate a place and all it refers to, however far, without recursion from place to place."""
        waiting = [node]
        while waiting:
            place = waiting.pop()
            if place.address not in self._definitions:
                reader = _Reader(self, place)
                self._definitions[place.address] = reader.schema(place.pointer, place.value)
                self._uses[place.address] = {target.address for target in reader.targets}
                waiting += reader.targets

    def hidden(self, node: Node, depth: int = 0) -> frozenset[str]:
        """Name the properties of an object that do not travel in this direction."""
        names: set[str] = set()
        if not isinstance(node.value, dict) or depth > 8:
            return frozenset()
        properties = node.get("properties")
        if isinstance(properties, dict):
            names.update(name for name in properties if self.is_hidden(node, "properties", name))
        for branch in _branches(node):
            names |= self.hidden(branch, depth + 1)
        return frozenset(names)

    def is_hidden(self, node: Node, *keys: str | int) -> bool:
        """Tell whether a property is readOnly (in a request) or writeOnly (in a response), itself or by what it refers to."""
        raw: Any = node.value
        for key in keys:
            raw = raw[key]
        if not isinstance(raw, dict):
            return False
        if raw.get(self._hidden_flag) is True:
            return True
        target = node.child(*keys)
        return any(part.get(self._hidden_flag) is True for part in (target, *_branches(target)))


def _branches(node: Node) -> list[Node]:
    listed = node.get("allOf")
    return [node.child("allOf", index) for index in range(len(listed))] if isinstance(listed, list) else []


class _Reader:
    """The translation of one place; collects what it refers to."""

    def __init__(self, translation: Translation, place: Node) -> None:
        self._translation, self._place = translation, place
        self._document, self._file = translation.document, place.file
        self.targets: list[Node] = []

    def schema(self, pointer: str, value: Any, outer_hidden: frozenset[str] = frozenset()) -> Any:
        """Translate the schema `value` that stands at `pointer`; `outer_hidden`: names an enclosing allOf hides."""
        if not isinstance(value, dict):
            return value if isinstance(value, bool) else True
        reference = value.get("$ref", value.get("$dynamicRef"))
        if isinstance(reference, str) and self._translation._is_30:
            value = {
                key: value[key] for key in ("$ref", "nullable") if key in value
            }  # 3.0: siblings of $ref mean nothing
        hidden = outer_hidden
        if "required" in value or "allOf" in value or "properties" in value:
            hidden = outer_hidden | self._translation.hidden(Node(self._document, self._file, pointer, value))
        out: dict[str, Any] = {}
        for key, member in value.items():
            translate = _KEYWORDS.get(key)
            if translate is not None:
                translate(self, out, key, member, f"{pointer}/{escape(key)}", hidden)
        if EXPECTED in value:
            self._said(value.get("pattern"), value[EXPECTED])
        _bounds(out, value)
        return _nullable(out) if value.get("nullable") is True else out

    # -- keywords; each one puts into `out` what the keyword means in JSON Schema 2020-12

    def _reference(
        self, out: dict[str, Any], _key: str, member: Any, pointer: str, _: frozenset[str]
    ) -> None:
        if isinstance(member, str):
            target = self._document.target(Node(self._document, self._file, pointer, None), member)
            self.targets.append(target)
            out["$ref"] = f"#/$defs/{self._translation._name(target.address)}"

    def _single(self, out: dict[str, Any], key: str, member: Any, pointer: str, _: frozenset[str]) -> None:
        if isinstance(member, list):  # `items` of the drafts before 2020-12
            out["prefixItems"] = [self.schema(f"{pointer}/{i}", part) for i, part in enumerate(member)]
        else:
            out[key] = self.schema(pointer, member)

    def _mapping(self, out: dict[str, Any], key: str, member: Any, pointer: str, _: frozenset[str]) -> None:
        if isinstance(member, dict):
            out[key] = {
                name: self._property(f"{pointer}/{escape(name)}", part, key) for name, part in member.items()
            }
            if key == "patternProperties":
                out[key] = {name: part for name, part in out[key].items() if self._compiles(name, pointer)}

    def _property(self, pointer: str, part: Any, key: str) -> Any:
        if (
            key == "properties"
            and self._translation.direction is Direction.RESPONSE
            and isinstance(part, dict)
        ):
            owner = Node(self._document, self._file, pointer, {"p": part})
            if self._translation.is_hidden(owner, "p"):
                return False  # what is only ever written must not be sent back
        return self.schema(pointer, part)

    def _several(
        self, out: dict[str, Any], key: str, member: Any, pointer: str, hidden: frozenset[str]
    ) -> None:
        if isinstance(member, list) and member:
            inherited = hidden if key == "allOf" else frozenset()
            out[key] = [self.schema(f"{pointer}/{i}", part, inherited) for i, part in enumerate(member)]

    def _type(self, out: dict[str, Any], key: str, member: Any, pointer: str, _: frozenset[str]) -> None:
        stated = member if isinstance(member, list) else [member]
        types = [name for name in stated if isinstance(name, str) and name in TYPES]
        if len(types) < len(stated):
            self._find(pointer, f"the type {member!r} is none of JSON Schema's")
        if types:
            out[key] = types if len(types) > 1 else types[0]

    def _required(
        self, out: dict[str, Any], key: str, member: Any, pointer: str, hidden: frozenset[str]
    ) -> None:
        if isinstance(member, list):
            out[key] = [name for name in member if isinstance(name, str) and name not in hidden]
        else:
            self._find(pointer, f"`required` is {member!r} and not a list of names")

    def _enum(self, out: dict[str, Any], key: str, member: Any, pointer: str, _: frozenset[str]) -> None:
        if isinstance(member, list) and member:
            out[key] = list(member)
        else:
            self._find(pointer, "`enum` is not a list of values")

    def _number(self, out: dict[str, Any], key: str, member: Any, pointer: str, _: frozenset[str]) -> None:
        if isinstance(member, (int, float)) and not isinstance(member, bool):
            out[key] = member
        elif not isinstance(member, bool):
            self._find(pointer, f"`{key}` is {member!r} and not a number")

    def _pattern(self, out: dict[str, Any], key: str, member: Any, pointer: str, _: frozenset[str]) -> None:
        if isinstance(member, str) and self._compiles(member, pointer):
            out[key] = member

    def _said(self, pattern: Any, words: Any) -> None:
        if isinstance(pattern, str) and isinstance(words, str):
            self._translation.words[pattern] = words

    def _format(self, out: dict[str, Any], key: str, member: Any, _pointer: str, _: frozenset[str]) -> None:
        if isinstance(member, str):
            out[key] = member

    def _copy(self, out: dict[str, Any], key: str, member: Any, _pointer: str, _: frozenset[str]) -> None:
        out[key] = member

    def _compiles(self, pattern: str, pointer: str) -> bool:
        good = _is_pattern(pattern)
        if not good:
            self._find(pointer, f"the pattern {pattern!r} does not compile, so it is not checked")
        return good

    def _find(self, pointer: str, reason: str) -> None:
        self._translation.findings.append(self._document.finding(reason, self._file, pointer))


_Keyword = Callable[[_Reader, dict[str, Any], str, Any, str, frozenset[str]], None]
_KEYWORDS: Mapping[str, _Keyword] = {
    "$ref": _Reader._reference,
    "$dynamicRef": _Reader._reference,
    "type": _Reader._type,
    "required": _Reader._required,
    "enum": _Reader._enum,
    "pattern": _Reader._pattern,
    "format": _Reader._format,
    **dict.fromkeys(_ONE, _Reader._single),
    **dict.fromkeys(_MAPS, _Reader._mapping),
    **dict.fromkeys(_LISTS, _Reader._several),
    **dict.fromkeys(_NUMBERS, _Reader._number),
    **dict.fromkeys(_AS_IS, _Reader._copy),
}


def _bounds(out: dict[str, Any], value: Mapping[str, Any]) -> None:
    """Write out what formats and 3.0's boolean exclusive bounds mean for numbers and base64."""
    bits = _BITS.get(out.get("format", ""))
    if bits:
        out["minimum"] = max(out.get("minimum", -(2**bits)), -(2**bits))
        out["maximum"] = min(out.get("maximum", 2**bits - 1), 2**bits - 1)
    for side in ("min", "max"):
        exclusive, inclusive = f"exclusive{side.title()}imum", f"{side}imum"
        if value.get(exclusive) is True and inclusive in out:
            out[exclusive] = out.pop(inclusive)
    if out.get("format") == "byte":
        out.setdefault("allOf", []).append({"pattern": _BASE64})


def _nullable(out: dict[str, Any]) -> dict[str, Any]:
    """Let null pass as well (OpenAPI 3.0's `nullable`)."""
    if not out:
        return out
    if _NULL_MEANS_ITSELF & out.keys():
        return {"anyOf": [out, {"type": "null"}]}
    if "enum" in out:
        out["enum"] = [*out["enum"], *([] if None in out["enum"] else [None])]
    if "type" in out:
        types = out["type"] if isinstance(out["type"], list) else [out["type"]]
        out["type"] = types if "null" in types else [*types, "null"]
    return out


@lru_cache(maxsize=4096)
def _is_pattern(pattern: str) -> bool:
    try:
        jsonschema_rs.validator_for({"pattern": pattern}, pattern_options=PATTERN_OPTIONS)
    except ValueError:
        return False
    return True
