"""OpenAPI schemas (3.0, 3.1, 3.2) as JSON Schema 2020-12, for the direction in which a value travels."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final

import jsonschema_rs
from msgspec import Struct
from msgspec.structs import replace

from understudy.contracts.extensions import EXPECTED, said
from understudy.contracts.source import Document, Finding, Node
from understudy.pointers import escape
from understudy.schemas.direction import Direction
from understudy.schemas.discriminators import (
    Discriminator,
    discriminator_of,
    dispatch_rule,
    heirs,
)
from understudy.schemas.dispatch import dispatched, labelled
from understudy.schemas.keywords import (
    HOLDING_LISTED,
    HOLDING_NAMED,
    HOLDING_ONE,
    LARGEST,
    NUMBERS,
    SMALLEST,
    as_list,
    bounds,
    is_bound,
    is_number,
    stated_types,
    texts_in,
)
from understudy.schemas.regex_dialects import as_ecma
from understudy.schemas.subschemas import component, each, mapping

PATTERN_OPTIONS = jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000)
"""A pattern that would backtrack for ever stops here, within milliseconds, and counts as not matching."""

_NULL_MEANS_ITSELF: Final = frozenset({"$ref", "allOf", "anyOf", "oneOf", "not", "const", "if"})
_DEEPEST: Final = 50  # steps into a schema; what stands deeper is compiled as a schema of its own
_BACKTRACKS: Final = re.compile(r"\(\?(?:[=!>]|<[=!])|\\[1-9k]|[*+?}]\+")
_BASE64: Final = r"^[A-Za-z0-9+/_\-\s]*={0,2}\s*$"


class Translation:
    """The schemas of one document, translated for one direction; each place is translated once, when it is
    first needed.

    words: what patterns mean, by pattern, as far as the document says so. backtracks: whether a pattern that
    was translated needs an engine that backtracks.
    """

    def __init__(self, document: Document, version: str, direction: Direction) -> None:
        self.document, self.direction = document, direction
        self.is_30 = version == "3.0"
        self._hidden_flag = direction.hidden_flag
        self._definitions: dict[str, Any] = {}  # address -> translated schema
        self._places: dict[str, Node] = {}  # by their addresses
        self._bases: dict[str, tuple[Node, Discriminator]] = {}  # by what stands for them and their subtypes
        self._uses: dict[str, set[str]] = {}  # address -> addresses it refers to
        self._names: dict[str, str] = {}  # address -> its name in `$defs`
        self.findings: list[Finding] = []
        self.words: dict[str, str] = {}
        self.backtracks = False

    def bundle(self, node: Node) -> Any:
        """Return a self-contained JSON Schema for the schema that stands at a node."""
        node = self.whole(node)
        self._define(node)
        reached, waiting = [], [node.address]
        seen = {node.address}
        while waiting:
            address = waiting.pop()
            reached.append(address)
            if address not in self._definitions:  # whoever prepares it has paused
                self._define(self._places[address])
            fresh = self._uses[address] - seen
            seen |= fresh
            waiting += sorted(fresh)
        if reached == [node.address] and not self._uses[node.address]:
            return self._definitions[node.address]
        definitions = {self.name_of(address): self._definitions[address] for address in reached}
        return {"$ref": f"#/$defs/{self.name_of(node.address)}", "$defs": definitions}

    def whole(self, target: Node, place: Node | None = None) -> Node:
        """Return what stands for a schema that others are built on where a request refers to it from a place:
        one that is held against what its label names. For a schema that is built on it, it is itself.
        """
        if self.direction is not Direction.REQUEST:
            return target
        rule = dispatch_rule(target)
        if rule is None:
            return target
        if place is not None and not _is_within(place, target):
            built = (*rule.targets.values(), *heirs(target))
            if any(_is_within(place, one) for one in built):
                return target
        whole = Node(target.document, target.file, f"{target.pointer}/subtypes", {})
        self._bases[whole.address] = (target, rule)
        return whole

    def find(self, file: str, pointer: str, reason: str) -> None:
        """Note what is wrong at a place."""
        self.findings.append(self.document.finding(reason, file, pointer))

    # -- places

    def name_of(self, address: str) -> str:
        """Return what a place is called in `$defs`."""
        return self._names.setdefault(address, f"s{len(self._names)}")

    def place(self, root: Node, path: Sequence[str | int]) -> Node:
        """Return what stands in the document where a bundle of `root` has a keyword, as far as it is
        there.
        """
        node, rest = root, list(path)
        if rest[:1] == ["$defs"]:
            node, rest = self._named(str(rest[1])), rest[2:]
        with suppress(KeyError):  # the document says it with another keyword than JSON Schema does
            for step in rest:
                node = node.raw(step)
        return node

    def _named(self, name: str) -> Node:
        return next(self._places[address] for address, known in self._names.items() if known == name)

    def preparation(self, node: Node) -> Iterator[None]:
        """Translate what a bundle needs, and yield after each place."""
        return self._defining(self.whole(node))

    def _define(self, node: Node) -> None:
        for _ in self._defining(node):
            pass

    def _defining(self, node: Node) -> Iterator[None]:
        """Translate a place and all it refers to, however far, without recursion from place to place."""
        self._places[node.address] = node
        waiting = [node]
        while waiting:
            place = waiting.pop()
            if place.address not in self._definitions:
                reader = _Reader(self, place)
                if place.address in self._bases:
                    self._definitions[place.address] = reader.base(*self._bases[place.address])
                else:
                    self._definitions[place.address] = reader.schema(place.pointer, place.value)
                self._uses[place.address] = {target.address for target in reader.targets}
                self._places.update({target.address: target for target in reader.targets})
                waiting += reader.targets
                yield

    def hidden(self, node: Node) -> frozenset[str]:
        """Name the properties of an object that do not travel in this direction; each part that it is made of
        is looked at once, however many ways lead to it.
        """
        names: set[str] = set()
        seen: set[str] = set()
        waiting = [node]
        while waiting:
            one = waiting.pop()
            if not isinstance(one.value, dict) or one.address in seen:
                continue
            seen.add(one.address)
            for name in mapping(one, "properties"):
                if self.is_hidden(one.raw("properties", name)):
                    names.add(name)
            waiting += [one.child("allOf", index) for index in range(len(each(one, "allOf")))]
        return frozenset(names)

    def is_hidden(self, node: Node) -> bool:
        """Tell whether a property is readOnly (in a request) or writeOnly (in a response), itself or by what
        it refers to.
        """
        if not isinstance(node.value, dict):
            return False
        if node.get(self._hidden_flag) is True:
            return True
        if "$ref" not in node.value and "allOf" not in node.value:
            return False
        target = self.document.follow(node)
        parts = (self.document.follow(part) for part in each(target, "allOf"))
        return any(part.get(self._hidden_flag) is True for part in (target, *parts))


def _is_within(place: Node, schema: Node) -> bool:
    """Tell whether a place is a schema, or within it."""
    return f"{place.address}/".startswith(f"{schema.address}/")


class _Keyword(Struct, frozen=True):
    """One keyword of a schema. hidden: names that this schema, or an allOf around it, hides."""

    name: str
    value: Any
    pointer: str
    hidden: frozenset[str]


_Schema = dict[str, Any]


class _Reader:
    """The translation of one place; collects what it refers to."""

    def __init__(self, translation: Translation, place: Node) -> None:
        self._translation, self._place = translation, place
        self._document, self._file = translation.document, place.file
        self.targets: list[Node] = []

    def schema(self, pointer: str, value: Any, outer_hidden: frozenset[str] = frozenset()) -> Any:
        """Translate the schema `value` that stands at `pointer`; `outer_hidden`: names an enclosing allOf
        hides.
        """
        if not isinstance(value, dict):
            return value is not False
        if self._is_deep(pointer) and not outer_hidden:
            return self._apart(self._node(pointer, value))
        if self._translation.is_30:
            value = _alone(value)
        hidden = self._hidden(pointer, value, outer_hidden)
        out: _Schema = {}
        for key, member in value.items():
            translate = _KEYWORDS.get(key)
            if translate is not None:
                translate(self, out, _Keyword(key, member, f"{pointer}/{escape(key)}", hidden))
        self._say(value.get("pattern"), said(value).get(EXPECTED))
        out.update(bounds(value))
        return self._finished(out, pointer, value)

    def _finished(self, out: _Schema, pointer: str, value: _Schema) -> Any:
        """Add what several keywords say together."""
        if out.get("format") == "byte":
            out.setdefault("allOf", []).append({"pattern": _BASE64})
        if "discriminator" in value and self._translation.direction is Direction.REQUEST:
            self._dispatch(out, self._node(pointer, value))
        if value.get("nullable") is True:
            return _nullable(out)
        return out

    def base(self, target: Node, rule: Discriminator) -> _Schema:
        """Translate a schema that others are built on, with what these ask of what they name."""
        others = {label: one for label, one in rule.targets.items() if one.address != target.address}
        own = [label for label in rule.targets if label not in others] or [component(target)]
        told = dispatched(replace(rule, targets=others), self._apart, {}, own)
        return {"allOf": [self._apart(target), told]}

    def _dispatch(self, out: _Schema, node: Node) -> None:
        """Hold a value against the alternative that its label names, where each has one."""
        for keyword in ("oneOf", "anyOf"):
            rule = discriminator_of(node) if keyword in out else None
            branches = self._alternatives(node, keyword)
            if rule is not None and labelled(rule, branches):
                targets = {label: one for label, one in rule.targets.items() if one.address in branches}
                otherwise = {keyword: out.pop(keyword)}
                told = dispatched(replace(rule, targets=targets), self._apart, otherwise)
                out.setdefault("allOf", []).append(told)

    def _alternatives(self, node: Node, keyword: str) -> dict[str, Node]:
        """Return the alternatives of a schema by their addresses, without null."""
        found = {}
        for branch in each(node, keyword):
            followed = self._document.follow(branch)
            if followed.get("type") != "null":
                found[followed.address] = followed
        return found

    def _hidden(self, pointer: str, value: _Schema, outer: frozenset[str]) -> frozenset[str]:
        """Name the properties that a schema, or an allOf around it, hides."""
        if "required" in value or "allOf" in value or "properties" in value:
            return outer | self._translation.hidden(self._node(pointer, value))
        return outer

    def _is_deep(self, pointer: str) -> bool:
        """Tell whether a schema stands so deep in its place that a compiler might refuse to follow."""
        below = len(self._place.pointer)
        return len(pointer) - below > 2 * _DEEPEST and pointer.count("/", below) > _DEEPEST

    def _apart(self, target: Node) -> _Schema:
        self.targets.append(target)
        return {"$ref": f"#/$defs/{self._translation.name_of(target.address)}"}

    def _node(self, pointer: str, value: Any) -> Node:
        return Node(self._document, self._file, pointer, value)

    # -- keywords; each one puts into `out` what the keyword means in JSON Schema 2020-12

    def _reference(self, out: _Schema, keyword: _Keyword) -> None:
        if isinstance(keyword.value, str):
            target = self._document.target(self._node(keyword.pointer, None), keyword.value)
            out.update(self._apart(self._translation.whole(target, self._place)))

    def _single(self, out: _Schema, keyword: _Keyword) -> None:
        if isinstance(keyword.value, list):  # `items` of the drafts before 2020-12
            out["prefixItems"] = self._each(keyword, frozenset())
        else:
            out[keyword.name] = self.schema(keyword.pointer, keyword.value)

    def _listed(self, out: _Schema, keyword: _Keyword) -> None:
        if isinstance(keyword.value, list) and keyword.value:
            inherited: frozenset[str] = frozenset()
            if keyword.name == "allOf":
                inherited = keyword.hidden
            out[keyword.name] = self._each(keyword, inherited)

    def _each(self, keyword: _Keyword, hidden: frozenset[str]) -> list[Any]:
        parts = enumerate(keyword.value)
        return [self.schema(f"{keyword.pointer}/{index}", part, hidden) for index, part in parts]

    def _named(self, out: _Schema, keyword: _Keyword) -> None:
        if not isinstance(keyword.value, dict):
            return
        schemas: _Schema = {}
        for name, part in keyword.value.items():
            pointer = f"{keyword.pointer}/{escape(name)}"
            if keyword.name == "properties":
                schemas[name] = self._property(pointer, part)
            elif keyword.name != "patternProperties" or self._compiles(name, keyword.pointer):
                schemas[name] = self.schema(pointer, part)
        out[keyword.name] = schemas

    def _property(self, pointer: str, part: Any) -> Any:
        is_answer = self._translation.direction is Direction.RESPONSE
        if is_answer and self._translation.is_hidden(self._node(pointer, part)):
            return False  # what is only ever written must not be sent back
        return self.schema(pointer, part)

    def _type(self, out: _Schema, keyword: _Keyword) -> None:
        stated = keyword.value
        if not isinstance(stated, list):
            stated = [stated]
        types = stated_types({"type": stated})
        if len(types) < len(stated):
            self._find(keyword.pointer, f"the type {keyword.value!r} is none of JSON Schema's")
        if types:
            out["type"] = types
            if len(types) == 1:
                out["type"] = types[0]

    def _required(self, out: _Schema, keyword: _Keyword) -> None:
        if isinstance(keyword.value, list):
            names = dict.fromkeys(texts_in(keyword.value))
            if len(names) < len(keyword.value):
                self._find(keyword.pointer, "`required` names a property twice, or what is no name")
            out["required"] = [name for name in names if name not in keyword.hidden]
        else:
            self._find(keyword.pointer, f"`required` is {keyword.value!r} and not a list of names")

    def _enum(self, out: _Schema, keyword: _Keyword) -> None:
        if isinstance(keyword.value, list) and keyword.value:
            out["enum"] = list(keyword.value)
        else:
            self._find(keyword.pointer, "`enum` is not a list of values")

    def _number(self, _: _Schema, keyword: _Keyword) -> None:
        """See that it is a number; bounds are written out later (`bounds`), where 3.0's exclusive ones are
        true or false.
        """
        is_flag = keyword.name.startswith("exclusive") and isinstance(keyword.value, bool)
        if is_flag or is_bound(keyword.name, keyword.value):
            return
        expected = "a number"
        if keyword.name not in NUMBERS:
            expected = "a whole number from 0 on"
        self._find(keyword.pointer, f"`{keyword.name}` is {keyword.value!r} and not {expected}")

    def _step(self, out: _Schema, keyword: _Keyword) -> None:
        if is_number(keyword.value) and keyword.value > 0:
            out["multipleOf"] = keyword.value
        else:
            self._find(keyword.pointer, f"`multipleOf` is {keyword.value!r} and not a number above 0")

    def _pattern(self, out: _Schema, keyword: _Keyword) -> None:
        if not isinstance(keyword.value, str):
            return
        meant = as_ecma(keyword.value)
        if self._compiles(meant, keyword.pointer):
            out["pattern"] = meant

    def _format(self, out: _Schema, keyword: _Keyword) -> None:
        if isinstance(keyword.value, str):
            out["format"] = keyword.value

    def _const(self, out: _Schema, keyword: _Keyword) -> None:
        out["const"] = keyword.value

    def _unique(self, out: _Schema, keyword: _Keyword) -> None:
        if isinstance(keyword.value, bool):
            out["uniqueItems"] = keyword.value
        else:
            self._find(keyword.pointer, f"`uniqueItems` is {keyword.value!r} and neither true nor false")

    def _dependent(self, out: _Schema, keyword: _Keyword) -> None:
        named: _Schema = {}
        if isinstance(keyword.value, dict):
            for name, others in keyword.value.items():
                if isinstance(others, list):
                    named[name] = list(dict.fromkeys(texts_in(others)))
        if named != keyword.value:
            self._find(keyword.pointer, "`dependentRequired` is not lists of names by name")
        out["dependentRequired"] = named

    # -- notes

    def _say(self, pattern: Any, words: Any) -> None:
        if isinstance(pattern, str) and isinstance(words, str):
            self._translation.words[as_ecma(pattern)] = words

    def _compiles(self, pattern: str, pointer: str) -> bool:
        good = _is_pattern(pattern)
        self._translation.backtracks |= good and not _is_linear(pattern)
        if not good:
            self._find(pointer, f"the pattern {pattern!r} does not compile, so it is not checked")
        return good

    def _find(self, pointer: str, reason: str) -> None:
        self._translation.find(self._file, pointer, reason)


_BOUNDS: Final = frozenset({*LARGEST, *SMALLEST})
_KEYWORDS: Final[Mapping[str, Callable[[_Reader, _Schema, _Keyword], None]]] = {
    "$ref": _Reader._reference,
    "$dynamicRef": _Reader._reference,
    "type": _Reader._type,
    "required": _Reader._required,
    "enum": _Reader._enum,
    "pattern": _Reader._pattern,
    "format": _Reader._format,
    **dict.fromkeys(HOLDING_ONE, _Reader._single),
    **dict.fromkeys(HOLDING_NAMED, _Reader._named),
    **dict.fromkeys(HOLDING_LISTED, _Reader._listed),
    "multipleOf": _Reader._step,
    **dict.fromkeys((*LARGEST, *SMALLEST), _Reader._number),
    "const": _Reader._const,
    "uniqueItems": _Reader._unique,
    "dependentRequired": _Reader._dependent,
}


def _alone(value: _Schema) -> _Schema:
    """Leave out what stands beside a `$ref`, which in 3.0 means nothing."""
    if not isinstance(value.get("$ref", value.get("$dynamicRef")), str):
        return value
    return {key: value[key] for key in ("$ref", "nullable") if key in value}


def _nullable(out: _Schema) -> _Schema:
    """Let null pass as well (OpenAPI 3.0's `nullable`)."""
    if not out:
        return out
    if not _NULL_MEANS_ITSELF.isdisjoint(out):
        return {"anyOf": [out, {"type": "null"}]}
    if "enum" in out and None not in out["enum"]:
        out["enum"] = [*out["enum"], None]
    if "type" in out and "null" not in as_list(out["type"]):
        out["type"] = [*as_list(out["type"]), "null"]
    return out


def _is_linear(pattern: str) -> bool:
    """Tell whether a pattern has nothing that makes the engine backtrack: groups that look around, and
    references back.
    """
    return not _BACKTRACKS.search(pattern)


@lru_cache(maxsize=4096)
def _is_pattern(pattern: str) -> bool:
    try:
        jsonschema_rs.validator_for({"pattern": pattern}, pattern_options=PATTERN_OPTIONS)
    except ValueError:
        return False
    return True
