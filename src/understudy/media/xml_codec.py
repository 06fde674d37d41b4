"""XML in and out: a JSON-like value by the `xml` hints of its schema (OpenAPI 3.1 §4.8.26).

What XML cannot say: an array that is not wrapped and has no items leaves no trace, and comes back as absent. An element that is empty is
null where its type is a nullable number or boolean, an empty array or object where it is one of those, else an empty string.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from understudy.contracts.source import Node, escape
from understudy.errors import BodyMalformed, NotAcceptable
from understudy.media.json_codec import DEPTH_LIMIT
from understudy.media.types import decode_text

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NIL = f"{{{_XSI}}}nil"
# Names that every parser takes: beyond Latin-1 they follow the fourth or the fifth edition of XML 1.0, which do not agree.
_NAME = re.compile(r"[A-Za-z_\xc0-\xd6\xd8-\xf6\xf8-\xff][0-9A-Za-z_.\xb7\xc0-\xd6\xd8-\xf6\xf8-\xff-]*")
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}|\+?1[0-9]{19}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_UNWRITABLE = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"  # XML 1.0 §2.2
_UNWRITABLE_HERE = re.compile(_UNWRITABLE)
_SPECIAL = re.compile(rf'[&<>"\t\n\r]|{_UNWRITABLE}')
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_IN_ATTRIBUTE = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})
_SPACE = " \t\r\n"  # XML 1.0 §2.3; Python's strip knows more
_JSON_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array"}


class XmlCodec:
    """Writes and reads the values of one schema as XML; what the schema says is gathered once, on first use."""

    def __init__(self, schema: Node) -> None:
        self._schema = schema

    @cached_property
    def _plan(self) -> _Plan:
        return _Plan(self._schema)

    def encode(self, value: Any) -> bytes:
        """Write a value as XML in UTF-8, without a declaration. Raises NotAcceptable where XML cannot carry what it holds."""
        plan = self._plan
        root = plan.root_for(value)
        writer = _Writer(plan.nil)
        text = writer.write(root, value)
        if writer.wrote_nil and not plan.declares_nil:
            start = len(root.tag) + 1
            text = f'{text[:start]} xmlns:xsi="{_XSI}"{text[start:]}'
        return text.encode()

    def decode(self, body: bytes, charset: str | None = None) -> Any:
        """Read an XML document as a value; text that is not of the type its schema wants stays a string for the validator to name.

        A charset given here goes before the one the document declares (RFC 7303 §3). Elements the schema does not know become members.
        Raises BodyMalformed for what is not XML, has another root, a DTD, an element twice where one can be, more than DEPTH_LIMIT levels;
        MediaTypeUnsupported for a charset nobody knows.
        """
        if not body.strip(_SPACE.encode()):
            raise BodyMalformed("the body is empty, and XML is expected")
        if charset is not None:
            body = decode_text(body, charset).encode()
        reader = _Reader(self._plan)
        parser = DefusedXMLParser(target=reader, forbid_dtd=True, encoding=None if charset is None else "utf-8")
        try:
            parser.feed(body)
            parser.close()
        except ParseError as error:
            line, column = error.position
            raise BodyMalformed(f"the body is not XML: {str(error).partition(':')[0]}, at line {line} column {column + 1}") from None
        except DefusedXmlException:
            raise BodyMalformed("the body has a document type declaration (DTD), which is not read here") from None
        except (LookupError, ValueError) as error:
            if reader.has_begun:
                raise
            raise BodyMalformed(f"the body declares an encoding that is not known here: {error}") from None
        return reader.value


# ---- the plan: what the schema says that matters to XML


@dataclass(slots=True, eq=False)
class _Shape:
    """A schema with its alternatives merged. types: without null; none means anything. rest: for members it does not name."""

    types: tuple[str, ...] = ()
    nullable: bool = False
    members: dict[str, _Member] = field(default_factory=dict)  # by JSON name, in the order they are written
    elements: dict[str, _Member] = field(default_factory=dict)  # by local name; of an array that is not wrapped, its items'
    attributes: dict[str, _Member] = field(default_factory=dict)  # by local name
    item: _Member | None = None
    rest: _Member | None = None


@dataclass(slots=True, eq=False)
class _Member:
    """A property, an item or the root, and how it is named. tag: as written; empty where XML cannot carry the name."""

    name: str
    shape: _Shape
    local: str
    tag: str
    prefix: str = ""
    namespace: str = ""
    attribute: bool = False
    wrapped: bool = False
    omits_null: bool = False
    item: _Member | None = None
    declares: str = ""  # the namespace declarations its start tag carries


_ANYTHING = _Shape()


class _Plan:
    """The shapes a schema reaches, each made once, and the root elements it may have."""

    def __init__(self, schema: Node) -> None:
        self._shapes: dict[tuple[str, ...], _Shape] = {}
        self._members: list[_Member] = []
        self._waiting: list[tuple[_Shape, list[Node]]] = []
        parts = _parts([schema])
        hints = _hints(parts)
        self.roots = [self._member(name, nodes, {**hints, "name": name}) for name, nodes in _roots(schema, parts)]
        while self._waiting:
            self._fill(*self._waiting.pop())
        self._name_items()
        for shape in self._shapes.values():
            _sort(shape)
        bindings = {str(prefix): str(uri) for prefix, uri in (hints.get("x-understudy-namespaces") or {}).items()}
        self.nil = next((prefix for prefix, uri in bindings.items() if uri == _XSI), "xsi")
        self.declares_nil = self.nil in bindings
        self._declare(bindings)

    def root_for(self, value: Any) -> _Member:
        """Return the root a value is written under: of several, the one whose schema fits it best."""
        return max(self.roots, key=lambda root: _fit(root.shape, value))

    def _member(self, name: str, nodes: list[Node], hints: Mapping[str, Any] | None = None) -> _Member:
        hints = _hints(_parts(nodes)) if hints is None else hints
        local, prefix, namespace = (str(hints.get(key) or "") for key in ("name", "prefix", "namespace"))
        member = _Member(name, self._shape(nodes), local or name, "", prefix, namespace)
        member.attribute, member.wrapped = hints.get("attribute") is True, hints.get("wrapped") is True
        member.omits_null = hints.get("x-understudy-null") == "omit"
        member.tag = _tag(member.local, prefix if namespace else "")
        self._members.append(member)
        return member

    def _shape(self, nodes: list[Node]) -> _Shape:
        key = tuple(node.address for node in nodes)
        if key not in self._shapes:
            self._shapes[key] = _Shape()
            self._waiting.append((self._shapes[key], nodes))
        return self._shapes[key]

    def _fill(self, shape: _Shape, nodes: list[Node]) -> None:
        parts = _parts(nodes)
        stated = dict.fromkeys(name for part in parts for name in _types(part))
        shape.types, shape.nullable = tuple(name for name in stated if name != "null"), "null" in stated
        properties: dict[str, list[Node]] = {}
        for part in parts:
            for name in part.get("properties") or ():
                properties.setdefault(name, []).append(_raw(part, "properties", name))
        order = [name for name in _hints(parts).get("x-understudy-order") or () if name in properties]
        shape.members = {name: self._member(name, properties[name]) for name in dict.fromkeys([*order, *properties])}
        rest = [_raw(part, "additionalProperties") for part in parts if isinstance(part.get("additionalProperties"), dict)]
        shape.rest = self._member("", rest) if rest else None
        if "array" in shape.types:
            shape.item = self._item([_raw(part, "items") for part in parts if part.has("items")])

    def _item(self, nodes: list[Node]) -> _Member:
        parts = _parts(nodes)
        item = self._member(next(filter(None, map(_component, parts)), "item"), nodes)
        if not _hints(parts).get("name"):
            item.local = ""  # for `_name_items` to say
        return item

    def _name_items(self) -> None:
        """Give each array its item; one without a name of its own has the array's (OpenAPI 3.1 §4.8.26.2), or in a root its component's."""
        made: dict[tuple[int, str], _Member] = {}
        for member in self._members:  # grows on the way
            item = member.item = member.shape.item
            if item and not item.local:
                named = replace(item, local=member.local, tag=member.tag, prefix=member.prefix, namespace=member.namespace)
                if member in self.roots:
                    named = replace(item, local=item.name, tag=_tag(item.name))
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
            needed = {part.prefix: part.namespace for part in (*member.shape.attributes.values(), member) if part.namespace}
            if member in self.roots:
                needed = {**bindings, **needed}
            else:
                needed = {prefix: uri for prefix, uri in needed.items() if bindings.get(prefix) != uri or len(uses[prefix]) > 1}
            member.declares = "".join(
                f' xmlns{":" if prefix else ""}{prefix}="{uri.translate(_IN_ATTRIBUTE)}"' for prefix, uri in needed.items()
            )


def _sort(shape: _Shape) -> None:
    """Tell the members that are elements from those that are attributes, by the names a document has for them."""
    for member in shape.members.values():
        member.attribute = member.attribute and not {"object", "array"} & set(member.shape.types)
        if member.attribute:
            shape.attributes.setdefault(member.local, member)
        else:
            shape.elements.setdefault(member.item.local if member.item and not member.wrapped else member.local, member)


def _tag(local: str, prefix: str = "") -> str:
    """Return a name as it is written in a document; nothing where it cannot be."""
    names = [prefix, local] if prefix else [local]
    return ":".join(names) if all(map(_NAME.fullmatch, names)) else ""


def _free(name: str, rest: _Member | None = None) -> _Member:
    """Make a member for a name its schema does not state."""
    member = _Member(name, _ANYTHING, name, _tag(name)) if rest is None else replace(rest, name=name, local=name, tag=_tag(name))
    if member.item and not (member.wrapped and member.item.local):
        member.item = replace(member.item, local=name, tag=member.tag)
    return member


def _fit(shape: _Shape, value: Any) -> int:
    """Count what speaks for a schema as the one of a value."""
    if isinstance(value, dict):
        return len(value.keys() & shape.members.keys())
    return int(_JSON_TYPES.get(type(value)) in shape.types)


def _raw(node: Node, *keys: str | int) -> Node:
    """Return a descendant without following its `$ref`, beside which hints may stand."""
    value, pointer = node.value, node.pointer
    for key in keys:
        value, pointer = value[key], f"{pointer}/{escape(str(key))}"
    return Node(node.document, node.file, pointer, value)


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
                waiting.extend(_raw(node, keyword, index) for index in range(len(node.get(keyword) or ())))
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
    """Name the root elements, each with its schemas: that of the schema itself, or else those of its alternatives."""
    for candidates in (parts[:1], parts[1:]):
        named = [(str(_hints([part]).get("name") or _component(part)), part) for part in candidates]
        if found := [(name, [schema if schema.has("allOf") else part]) for name, part in named if name]:
            return found
    plain = {name for part in parts for name in _types(part)} - {"null"} == {"string"}
    return [("string" if plain else "root", [schema])]


# ---- writing


class _Writer:
    """Collects the pieces of one document; without recursion, so that no value is too deep for it."""

    def __init__(self, nil_prefix: str) -> None:
        self.wrote_nil = False
        self._nil = f' {nil_prefix}:nil="true"'
        self._pieces: list[str] = []

    def write(self, root: _Member, value: Any) -> str:
        """Write the root element with all below it."""
        waiting: list[tuple[str, Iterator[tuple[_Member, Any]]]] = []
        children: Iterator[tuple[_Member, Any]] = iter([(root, value)])
        closing, is_open = "", False  # of the element whose children are being written: its end tag; whether its start tag lacks the >
        while True:
            member, value = next(children, (None, None))
            if member is None:
                self._pieces.append(" />" if is_open else closing)
                if not waiting:
                    return "".join(self._pieces)
                (closing, children), is_open = waiting.pop(), False
                continue
            if is_open:
                self._pieces.append(">")
            is_open = isinstance(value, (dict, list, tuple))
            self._element(member, value)
            if is_open:
                waiting.append((closing, children))
                closing, children = f"</{member.tag}>", _children(member, value)

    def _element(self, member: _Member, value: Any) -> None:
        """Write an element, or of one that has children its start tag without the >."""
        if not member.tag:
            raise _unwritable(member.name, "has a name")
        start = f"<{member.tag}{member.declares}"
        if value is None:
            self.wrote_nil = True
            self._pieces.append(f"{start}{self._nil} />")
        elif isinstance(value, dict):
            self._pieces.append(start + _attributes(member.shape, value) if member.shape.attributes else start)
        elif isinstance(value, (list, tuple)):
            self._pieces.append(start)
        else:
            text = _text(member, value, _IN_TEXT)
            self._pieces.append(f"{start}>{text}</{member.tag}>" if text else f"{start} />")


def _children(member: _Member, value: Any) -> Iterator[tuple[_Member, Any]]:
    """Walk the elements below one that holds an object or an array."""
    if not isinstance(value, dict):
        yield from _each(member, value)
        return
    known = member.shape.members
    for name, child in known.items():
        if name in value and not child.attribute:
            yield from _beside(child, value[name])
    for name, part in value.items():
        if name not in known:
            yield from _beside(_free(name, member.shape.rest), part)


def _beside(member: _Member, value: Any) -> Iterator[tuple[_Member, Any]]:
    """Walk the elements one member of an object becomes: one, or one for each item, or none."""
    if isinstance(value, (list, tuple)) and not member.wrapped:
        yield from _each(member, value)
    elif value is not None or not member.omits_null:
        yield member, value


def _each(member: _Member, values: Iterable[Any]) -> Iterator[tuple[_Member, Any]]:
    item = member.item or replace(_free(member.name), tag=member.tag)
    return ((item, value) for value in values)


def _attributes(shape: _Shape, value: Mapping[str, Any]) -> str:
    written = []
    for member in shape.attributes.values():
        part = value.get(member.name)
        if part is None:
            continue
        if not member.tag or isinstance(part, (dict, list, tuple)):
            raise _unwritable(member.name, "has a name or a value")
        written.append(f' {member.tag}="{_text(member, part, _IN_ATTRIBUTE)}"')
    return "".join(written)


def _text(member: _Member, value: Any, table: dict[int, str]) -> str:
    if isinstance(value, str):
        if not _SPECIAL.search(value):
            return value
        if found := _UNWRITABLE_HERE.search(value):
            raise _unwritable(member.name, f"holds the character U+{ord(found[0]):04X}")
        return value.translate(table)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    raise TypeError(f"member {member.name!r} holds a {type(value).__name__}, which is no JSON value")


def _unwritable(name: str, what: str) -> NotAcceptable:
    reason = f"the member {name!r} of the answer {what} which XML cannot carry; ask for it with Accept: application/json"
    return NotAcceptable("application/xml", ("application/json",), reason)


# ---- reading


class _Frame:
    """An element being read. owner: the member of the element around it that it belongs to; member: itself, or an item of the owner."""

    __slots__ = ("children", "is_nil", "member", "owner", "text")

    def __init__(self, owner: _Member, member: _Member) -> None:
        self.owner, self.member = owner, member
        self.children: dict[str, Any] | list[Any] | None = None
        self.text: list[str] = []
        self.is_nil = False


class _Reader:
    """Makes a value of the parser's events; the parser calls `start`, `data` and `end`."""

    def __init__(self, plan: _Plan) -> None:
        self.value: Any = None
        self.has_begun = False
        self._plan = plan
        self._stack: list[_Frame] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Begin an element; names come as `{namespace}local`, of which the namespace does not matter."""
        self.has_begun = True
        local = tag.rpartition("}")[2]
        if len(self._stack) >= DEPTH_LIMIT:
            raise BodyMalformed(f"the body is nested more than {DEPTH_LIMIT} levels deep")
        frame = self._below(self._stack[-1], local) if self._stack else self._root(local)
        self._stack.append(frame)
        if attributes:
            self._read_attributes(frame, attributes)

    def data(self, text: str) -> None:
        """Take a piece of an element's text."""
        self._stack[-1].text.append(text)

    def end(self, _tag: str) -> None:
        """Finish an element and hand its value to the one around it."""
        frame = self._stack[-1]
        value = self._value(frame)
        self._stack.pop()
        if not self._stack:
            self.value = value
            return
        children = self._stack[-1].children
        if isinstance(children, list):
            children.append(value)
        elif isinstance(children, dict):
            self._put(children, frame, value)

    def _root(self, local: str) -> _Frame:
        for root in self._plan.roots:
            if root.local == local:
                return _Frame(root, root)
        expected = " or ".join(f"<{root.local}>" for root in self._plan.roots)
        raise BodyMalformed(f"the root element must be {expected}, and <{local:.60}> was received")

    def _below(self, parent: _Frame, local: str) -> _Frame:
        shape, item = parent.member.shape, parent.member.item
        if parent.children is None:
            is_array = item and local not in shape.elements and (local == item.local or "object" not in shape.types)
            parent.children = [] if is_array else {}
        if item and isinstance(parent.children, list):
            if local != item.local:
                raise BodyMalformed(f"{self._path()} must hold <{item.local}>, and <{local:.60}> was received")
            return _Frame(item, item)
        owner = shape.elements.get(local) or _free(local, shape.rest)
        return _Frame(owner, owner.item if owner.item and not owner.wrapped else owner)

    def _read_attributes(self, frame: _Frame, attributes: Mapping[str, str]) -> None:
        shape = frame.member.shape
        found: dict[str, Any] = {}
        for name, text in attributes.items():
            namespace, _, local = name.rpartition("}")
            member = shape.attributes.get(local)
            if name == _NIL:
                frame.is_nil = _BOOLEANS.get(text.strip(_SPACE), False)
            elif member:
                found[member.name] = _scalar(member.shape, text)
            elif not namespace and "object" in shape.types:
                found[local] = text
        frame.children = found or None

    def _put(self, children: dict[str, Any], frame: _Frame, value: Any) -> None:
        name, owner = frame.owner.name, frame.owner
        if frame.member is not owner and (value is not None or frame.member.shape.nullable or not owner.shape.nullable):
            children.setdefault(name, [])  # an item; a null that is none is the whole array's
            if children[name] is not None:
                children[name].append(value)
                return
        if name not in children:
            children[name] = value
        elif owner.shape.types:
            raise BodyMalformed(f"{self._path(frame)} is given twice")
        elif isinstance(children[name], list):
            children[name].append(value)
        else:
            children[name] = [children[name], value]

    def _value(self, frame: _Frame) -> Any:
        text = "".join(frame.text)
        is_blank = not text.strip(_SPACE)
        if frame.is_nil:
            if frame.children or not is_blank:
                raise BodyMalformed(f"{self._path()} says that it is nil, and holds something")
            return None
        if frame.children is None:
            return _leaf(frame.member.shape, text, is_blank)
        if not is_blank:
            raise BodyMalformed(f"{self._path()} mixes text with elements or attributes")
        return frame.children

    def _path(self, last: _Frame | None = None) -> str:
        frames = [*self._stack, last] if last else self._stack
        return "".join(f"/{frame.member.local:.60}" for frame in frames)


def _leaf(shape: _Shape, text: str, is_blank: bool) -> Any:
    if not is_blank or "string" in shape.types:
        return _scalar(shape, text)
    for name in shape.types:
        if name in ("object", "array"):
            return {} if name == "object" else []
    return None if shape.types and shape.nullable else text


def _scalar(shape: _Shape, text: str) -> Any:
    """Read text as the first of its types it fits; text that fits none stays text."""
    for name in shape.types:
        value = _READERS[name](text) if name in _READERS else None
        if value is not None:
            return value
    return text


def _integer(text: str) -> int | None:
    value = int(text) if _INTEGER.fullmatch(text.strip(_SPACE)) else None
    return value if value is not None and -(2**63) <= value < 2**64 else None


def _number(text: str) -> int | float | None:
    if (whole := _integer(text)) is not None:
        return whole
    value = float(text) if _NUMBER.fullmatch(text.strip(_SPACE)) else math.inf
    return value if math.isfinite(value) else None


def _boolean(text: str) -> bool | None:
    return _BOOLEANS.get(text.strip(_SPACE))


_READERS: Mapping[str, Callable[[str], Any]] = {"integer": _integer, "number": _number, "boolean": _boolean, "string": str}
