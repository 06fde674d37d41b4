"""What a schema says that matters to XML, gathered once: names, attributes, wrappers, order, and how null is
written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from understudy.contracts.source import Node

XSI = "http://www.w3.org/2001/XMLSchema-instance"
# Names that every parser takes: beyond Latin-1 they follow the fourth or the fifth edition of XML 1.0, which
# do not agree.
_NAME = re.compile(r"[A-Za-z_\xc0-\xd6\xd8-\xf6\xf8-\xff][0-9A-Za-z_.\xb7\xc0-\xd6\xd8-\xf6\xf8-\xff-]*")
IN_ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)
_JSON_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array"}


@dataclass(slots=True, eq=False)
class Shape:
    """A schema with its alternatives merged. types: without null; none means anything. rest: for members it
    does not name.
    """

    types: tuple[str, ...] = ()
    nullable: bool = False
    members: dict[str, Member] = field(default_factory=dict)  # by JSON name, in the order they are written
    elements: dict[str, Member] = field(
        default_factory=dict
    )  # by local name; of an array that is not wrapped, its items'
    attributes: dict[str, Member] = field(default_factory=dict)  # by local name
    item: Member | None = None
    rest: Member | None = None


@dataclass(slots=True, eq=False)
class Member:
    """A property, an item or the root, and how it is named. tag: as written; empty where XML cannot carry the
    name.
    """

    name: str
    shape: Shape
    local: str
    tag: str
    prefix: str = ""
    namespace: str = ""
    attribute: bool = False
    wrapped: bool = False
    omits_null: bool = False
    item: Member | None = None
    declares: str = ""  # the namespace declarations its start tag carries


_ANYTHING = Shape()


class Plan:
    """The shapes a schema reaches, each made once, and the root elements it may have."""

    def __init__(self, schema: Node) -> None:
        self._shapes: dict[tuple[str, ...], Shape] = {}
        self._members: list[Member] = []
        self._waiting: list[tuple[Shape, list[Node]]] = []
        parts = _parts([schema])
        hints = _hints(parts)
        self.roots = [
            self._member(name, nodes, {**hints, "name": name}) for name, nodes in _roots(schema, parts)
        ]
        while self._waiting:
            self._fill(*self._waiting.pop())
        self._name_items()
        for shape in self._shapes.values():
            _sort(shape)
        bindings = {
            str(prefix): str(uri) for prefix, uri in (hints.get("x-understudy-namespaces") or {}).items()
        }
        self.nil = next((prefix for prefix, uri in bindings.items() if uri == XSI), "xsi")
        self.declares_nil = self.nil in bindings
        self._declare(bindings)

    def root_for(self, value: Any) -> Member:
        """Return the root a value is written under: of several, the one whose schema fits it best."""
        return max(self.roots, key=lambda root: _fit(root.shape, value))

    def _member(self, name: str, nodes: list[Node], hints: Mapping[str, Any] | None = None) -> Member:
        hints = _hints(_parts(nodes)) if hints is None else hints
        local, prefix, namespace = (str(hints.get(key) or "") for key in ("name", "prefix", "namespace"))
        member = Member(name, self._shape(nodes), local or name, "", prefix, namespace)
        member.attribute, member.wrapped = hints.get("attribute") is True, hints.get("wrapped") is True
        member.omits_null = hints.get("x-understudy-null") == "omit"
        member.tag = tag_of(member.local, prefix if namespace else "")
        self._members.append(member)
        return member

    def _shape(self, nodes: list[Node]) -> Shape:
        key = tuple(node.address for node in nodes)
        if key not in self._shapes:
            self._shapes[key] = Shape()
            self._waiting.append((self._shapes[key], nodes))
        return self._shapes[key]

    def _fill(self, shape: Shape, nodes: list[Node]) -> None:
        parts = _parts(nodes)
        stated = dict.fromkeys(name for part in parts for name in _types(part))
        shape.types, shape.nullable = tuple(name for name in stated if name != "null"), "null" in stated
        properties: dict[str, list[Node]] = {}
        for part in parts:
            for name in part.get("properties") or ():
                properties.setdefault(name, []).append(part.raw("properties", name))
        order = [name for name in _hints(parts).get("x-understudy-order") or () if name in properties]
        shape.members = {
            name: self._member(name, properties[name]) for name in dict.fromkeys([*order, *properties])
        }
        rest = [
            part.raw("additionalProperties")
            for part in parts
            if isinstance(part.get("additionalProperties"), dict)
        ]
        shape.rest = self._member("", rest) if rest else None
        if "array" in shape.types:
            shape.item = self._item([part.raw("items") for part in parts if part.has("items")])

    def _item(self, nodes: list[Node]) -> Member:
        parts = _parts(nodes)
        item = self._member(next(filter(None, map(_component, parts)), "item"), nodes)
        if not _hints(parts).get("name"):
            item.local = ""  # for `_name_items` to say
        return item

    def _name_items(self) -> None:
        """Give each array its item; one without a name of its own has the array's (OpenAPI 3.1 §4.8.26.2), or
        in a root its component's.
        """
        made: dict[tuple[int, str], Member] = {}
        for member in self._members:  # grows on the way
            item = member.item = member.shape.item
            if item and not item.local:
                named = replace(
                    item, local=member.local, tag=member.tag, prefix=member.prefix, namespace=member.namespace
                )
                if member in self.roots:
                    named = replace(item, local=item.name, tag=tag_of(item.name))
                key = (id(item), named.tag)
                if key not in made:
                    made[key] = named
                    self._members.append(named)
                member.item = made[key]

    def _declare(self, bindings: dict[str, str]) -> None:
        """Put each namespace on the elements that use it, unless the root declares it for all."""
        uses: dict[str, set[str]] = {}
        for member in self._members:
            uses.setdefault(member.prefix, set()).add(member.namespace)
        for member in self._members:
            needed = {
                part.prefix: part.namespace
                for part in (*member.shape.attributes.values(), member)
                if part.namespace
            }
            if member in self.roots:
                needed = {**bindings, **needed}
            else:
                needed = {
                    prefix: uri
                    for prefix, uri in needed.items()
                    if bindings.get(prefix) != uri or len(uses[prefix]) > 1
                }
            member.declares = "".join(
                f' xmlns{":" if prefix else ""}{prefix}="{uri.translate(IN_ATTRIBUTE)}"'
                for prefix, uri in needed.items()
            )


def _sort(shape: Shape) -> None:
    """Tell the members that are elements from those that are attributes, by the names a document has for
    them.
    """
    for member in shape.members.values():
        member.attribute = member.attribute and not {"object", "array"} & set(member.shape.types)
        if member.attribute:
            shape.attributes.setdefault(member.local, member)
        else:
            shape.elements.setdefault(
                member.item.local if member.item and not member.wrapped else member.local, member
            )


def tag_of(local: str, prefix: str = "") -> str:
    """Return a name as it is written in a document; nothing where it cannot be."""
    names = [prefix, local] if prefix else [local]
    return ":".join(names) if all(map(_NAME.fullmatch, names)) else ""


def free_member(name: str, rest: Member | None = None) -> Member:
    """Make a member for a name its schema does not state."""
    member = (
        Member(name, _ANYTHING, name, tag_of(name))
        if rest is None
        else replace(rest, name=name, local=name, tag=tag_of(name))
    )
    if member.item and not (member.wrapped and member.item.local):
        member.item = replace(member.item, local=name, tag=member.tag)
    return member


def _fit(shape: Shape, value: Any) -> int:
    """Count what speaks for a schema as the one of a value."""
    if isinstance(value, dict):
        return len(value.keys() & shape.members.keys())
    return int(_JSON_TYPES.get(type(value)) in shape.types)


def _parts(nodes: Iterable[Node]) -> list[Node]:
    """Return the schemas with what they refer to and all their alternatives, nearest first."""
    found: dict[str, Node] = {}
    waiting = list(nodes)
    for node in waiting:  # grows on the way
        if node.address not in found and isinstance(node.value, dict):
            found[node.address] = node
            if isinstance(node.get("$ref"), str):
                waiting.append(node.document.target(node, node.get("$ref")))
            for keyword in ("allOf", "oneOf", "anyOf"):
                waiting.extend(node.raw(keyword, index) for index in range(len(node.get(keyword) or ())))
    return list(found.values())


def _hints(parts: Iterable[Node]) -> dict[str, Any]:
    """Merge the `xml` objects of a schema's parts; the nearest wins."""
    merged: dict[str, Any] = {}
    for part in parts:
        stated = part.get("xml")
        merged = {**(stated if isinstance(stated, dict) else {}), **merged}
    return merged


def _types(part: Node) -> Iterator[str]:
    stated = part.get("type")
    if isinstance(stated, str):
        yield stated
    elif isinstance(stated, list):
        yield from stated
    elif "enum" in part.value or "const" in part.value:
        for value in part.get("enum") or [part.get("const")]:
            yield _JSON_TYPES.get(type(value), "null")
    elif part.has("properties") or part.has("items"):
        yield "object" if part.has("properties") else "array"
    if part.get("nullable") is True:
        yield "null"


def _component(node: Node) -> str:
    """Name the component a schema is, or nothing."""
    folder, _, name = node.pointer.rpartition("/")
    return name.replace("~1", "/").replace("~0", "~") if folder == "/components/schemas" else ""


def _roots(schema: Node, parts: list[Node]) -> list[tuple[str, list[Node]]]:
    """Name the root elements, each with its schemas: that of the schema itself, or else those of its
    alternatives.
    """
    for candidates in (parts[:1], parts[1:]):
        named = [(str(_hints([part]).get("name") or _component(part)), part) for part in candidates]
        if found := [(name, [schema if schema.has("allOf") else part]) for name, part in named if name]:
            return found
    plain = {name for part in parts for name in _types(part)} - {"null"} == {"string"}
    return [("string" if plain else "root", [schema])]
