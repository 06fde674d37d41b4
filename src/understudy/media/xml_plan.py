"""What a schema says that matters to XML, gathered once: names, attributes, wrappers, order, and how null is
written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from understudy.contracts.extensions import xml_words
from understudy.contracts.source import Node
from understudy.schemas.keywords import CLASSES, own_types
from understudy.schemas.subschemas import component, in_place, mapping

XSI = "http://www.w3.org/2001/XMLSchema-instance"
# Names that every parser takes: beyond Latin-1 they follow the fourth or the fifth edition of XML 1.0, which
# do not agree.
_NAME = re.compile(r"[A-Za-z_\xc0-\xd6\xd8-\xf6\xf8-\xff][0-9A-Za-z_.\xb7\xc0-\xd6\xd8-\xf6\xf8-\xff-]*")
IN_ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)


class Layout(Struct, eq=False):
    """A schema with its alternatives merged. types: without null; none means anything. rest: for members it
    does not name.
    """

    types: tuple[str, ...] = ()
    nullable: bool = False
    members: dict[str, Member] = field(default_factory=dict)  # by JSON name, in the order they are written
    # By local name; of an array that is not wrapped, by that of its items.
    elements: dict[str, Member] = field(default_factory=dict)
    attributes: dict[str, Member] = field(default_factory=dict)  # by local name
    item: Member | None = None
    rest: Member | None = None
    content: Member | None = None  # what is not an element but the text of the one around it


class Member(Struct, eq=False):
    """A property, an item or the root, and how it is named. tag: as written; empty where XML cannot carry the
    name.
    """

    name: str
    layout: Layout
    local: str
    tag: str
    prefix: str = ""
    namespace: str = ""
    attribute: bool = False
    wrapped: bool = False
    omits_null: bool = False
    is_text: bool = False
    is_cdata: bool = False
    item: Member | None = None
    declares: str = ""  # the namespace declarations its start tag carries


_ANYTHING = Layout()
_SOAP_11, _SOAP_12 = "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"
_WELL_KNOWN = {
    "soap": _SOAP_11,
    "soapenv": _SOAP_11,
    "SOAP-ENV": _SOAP_11,
    "soap12": _SOAP_12,
    "env": _SOAP_12,
    "xsi": XSI,
    "xsd": "http://www.w3.org/2001/XMLSchema",
    "xs": "http://www.w3.org/2001/XMLSchema",
    "xlink": "http://www.w3.org/1999/xlink",
    "atom": "http://www.w3.org/2005/Atom",
    "dc": "http://purl.org/dc/elements/1.1/",
}
"""Namespaces of prefixes that are always written so (SOAP, XML Schema, XLink, Atom, Dublin Core)."""
_QUALIFIED = re.compile(r"[A-Za-z_][\w.-]*:[A-Za-z_][\w.-]*")
_DECLARED = ("xml", "xmlns")  # prefixes that are bound by the language itself


class Plan:
    """The layouts a schema reaches, each made once, and the root elements it may have."""

    def __init__(self, schema: Node) -> None:
        self._layouts: dict[tuple[str, ...], Layout] = {}
        self._members: list[Member] = []
        self._waiting: list[tuple[Layout, list[Node]]] = []
        parts = in_place([schema])
        hints = _hints(parts)
        self.roots = [
            self._member(name, nodes, {**hints, "name": name}) for name, nodes in _roots(schema, parts)
        ]
        while self._waiting:
            self._fill(*self._waiting.pop())
        stated = hints.get("namespaces") or {}
        bindings = {str(prefix): str(uri) for prefix, uri in stated.items()}
        self._bind(bindings)
        self._name_items()
        for layout in self._layouts.values():
            _sort(layout)
        self.nil = next((prefix for prefix, uri in bindings.items() if uri == XSI), "xsi")
        self.declares_nil = self.nil in bindings
        self._declare(bindings)

    def root_for(self, value: Any) -> Member:
        """Return the root a value is written under: of several, the one whose schema fits it best."""
        return max(self.roots, key=lambda root: _fit(root.layout, value))

    def _member(self, name: str, nodes: list[Node], hints: Mapping[str, Any] | None = None) -> Member:
        if hints is None:
            hints = _hints(in_place(nodes))
        local, prefix, namespace = (str(hints.get(key) or "") for key in ("name", "prefix", "namespace"))
        local = local or name
        if not prefix and _QUALIFIED.fullmatch(local):  # as those write it who know XML better than OpenAPI
            prefix, _, local = local.partition(":")
        member = Member(name, self._layout(nodes), local, "", prefix, namespace)
        kind = hints.get("nodeType")  # of OpenAPI 3.2, in the place of the two flags
        member.attribute = hints.get("attribute") is True or kind == "attribute"
        member.wrapped = hints.get("wrapped") is True or kind == "element"
        member.is_text, member.is_cdata = kind in ("text", "cdata"), kind == "cdata"
        member.omits_null = hints.get("nulls") == "omit"
        member.tag = tag_of(member.local, prefix)
        self._members.append(member)
        return member

    def _layout(self, nodes: list[Node]) -> Layout:
        key = tuple(node.address for node in nodes)
        if key not in self._layouts:
            self._layouts[key] = Layout()
            self._waiting.append((self._layouts[key], nodes))
        return self._layouts[key]

    def _fill(self, layout: Layout, nodes: list[Node]) -> None:
        parts = in_place(nodes)
        stated = _types(parts)
        layout.types, layout.nullable = tuple(name for name in stated if name != "null"), "null" in stated
        properties: dict[str, list[Node]] = {}
        for part in parts:
            for name in mapping(part, "properties"):
                properties.setdefault(name, []).append(part.raw("properties", name))
        order = [name for name in _hints(parts).get("order") or () if name in properties]
        for name in (*order, *properties):
            if name not in layout.members:
                layout.members[name] = self._member(name, properties[name])
        rest = _below(parts, "additionalProperties")
        if rest:
            layout.rest = self._member("", rest)
        if "array" in layout.types:
            layout.item = self._item(_below(parts, "items"))

    def _item(self, nodes: list[Node]) -> Member:
        parts = in_place(nodes)
        item = self._member(next(filter(None, map(component, parts)), "item"), nodes)
        if not _hints(parts).get("name"):
            item.local = ""  # for `_name_items` to say
        return item

    def _name_items(self) -> None:
        """Give each array its item; one without a name of its own has the array's (OpenAPI 3.1 §4.8.26.2), or
        in a root its component's.
        """
        made: dict[tuple[int, str], Member] = {}
        for member in self._members:  # grows on the way
            item = member.item = member.layout.item
            if item is None or item.local:
                continue
            named = self._named_after(member, item)
            key = (id(item), named.tag)
            if key not in made:
                made[key] = named
                self._members.append(named)
            member.item = made[key]

    def _named_after(self, member: Member, item: Member) -> Member:
        if member in self.roots:
            return replace(item, local=item.name, tag=tag_of(item.name))
        return replace(
            item, local=member.local, tag=member.tag, prefix=member.prefix, namespace=member.namespace
        )

    def _bind(self, bindings: Mapping[str, str]) -> None:
        """Give a prefix without a namespace the one it has elsewhere, a well-known one, or one of its own:
        a prefix that nobody declares is no XML.
        """
        known = {**_WELL_KNOWN}
        known.update((one.prefix, one.namespace) for one in self._members if one.namespace)
        known.update(bindings)
        for member in self._members:
            if member.prefix and not member.namespace and member.prefix not in _DECLARED:
                member.namespace = known.setdefault(member.prefix, f"urn:example:{member.prefix}")

    def _declare(self, bindings: dict[str, str]) -> None:
        """Put each namespace on the elements that use it, unless the root declares it for all."""
        uses: dict[str, set[str]] = {}
        for member in self._members:
            uses.setdefault(member.prefix, set()).add(member.namespace)
        for member in self._members:
            needed: dict[str, str] = {}
            if member in self.roots:
                needed.update(bindings)
            for part in (*member.layout.attributes.values(), member):
                is_declared = bindings.get(part.prefix) == part.namespace and len(uses[part.prefix]) == 1
                if part.namespace and not is_declared:
                    needed[part.prefix] = part.namespace
            member.declares = "".join(map(_declaration, needed.items()))


def _declaration(binding: tuple[str, str]) -> str:
    prefix, namespace = binding
    name = f"xmlns:{prefix}" if prefix else "xmlns"
    return f' {name}="{namespace.translate(IN_ATTRIBUTE)}"'


def _sort(layout: Layout) -> None:
    """Tell the members that are elements from those that are attributes, by the names a document has for
    them.
    """
    for member in layout.members.values():
        member.attribute = member.attribute and not {"object", "array"} & set(member.layout.types)
        if member.attribute:
            layout.attributes.setdefault(member.local, member)
            continue
        if member.is_text:
            layout.content = member
            continue
        local = member.local
        if member.item and not member.wrapped:
            local = member.item.local
        layout.elements.setdefault(local, member)


def tag_of(local: str, prefix: str = "") -> str:
    """Return a name as it is written in a document; nothing where it cannot be."""
    names = list(filter(None, (prefix, local)))
    if not local or not all(map(_NAME.fullmatch, names)):
        return ""
    return ":".join(names)


def free_member(name: str, rest: Member | None = None) -> Member:
    """Make a member for a name its schema does not state."""
    if rest is None:
        return Member(name, _ANYTHING, name, tag_of(name))
    member = replace(rest, name=name, local=name, tag=tag_of(name))
    if member.item and not (member.wrapped and member.item.local):
        member.item = replace(member.item, local=name, tag=member.tag)
    return member


def _fit(layout: Layout, value: Any) -> int:
    """Count what speaks for a schema as the one of a value."""
    if isinstance(value, dict):
        return len(value.keys() & layout.members.keys())
    return int(any(type(value) in CLASSES[name] for name in layout.types))


def _hints(parts: Iterable[Node]) -> dict[str, Any]:
    """Merge the `xml` objects of a schema's parts, and what else is said of XML; the nearest wins."""
    merged: dict[str, Any] = {}
    for part in parts:
        merged = {**mapping(part, "xml"), **xml_words(part.value), **merged}
    return merged


def _types(parts: Iterable[Node]) -> dict[str, None]:
    """Return the types any of a schema's parts names, in their order."""
    return dict.fromkeys(name for part in parts for name in own_types(part.value))


def _below(parts: Iterable[Node], key: str) -> list[Node]:
    """Return the schemas that stand under a keyword in a schema's parts."""
    return [part.raw(key) for part in parts if isinstance(part.get(key), dict)]


def _roots(schema: Node, parts: list[Node]) -> list[tuple[str, list[Node]]]:
    """Name the root elements, each with its schemas: that of the schema itself, or else those of its
    alternatives.
    """
    for candidates in (parts[:1], parts[1:]):
        found: list[tuple[str, list[Node]]] = []
        for part in candidates:
            name = str(_hints([part]).get("name") or component(part))
            if name:
                found.append((name, [schema if schema.has("allOf") else part]))
        if found:
            return found
    is_text = _types(parts).keys() - {"null"} == {"string"}
    return [("string" if is_text else "root", [schema])]
