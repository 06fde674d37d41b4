"""XML in and out: a JSON-like value by the `xml` hints of its schema (OpenAPI 3.1 §4.8.26).

What XML cannot say: an array that is not wrapped and has no items leaves no trace, and comes back as absent.
An element that is empty is null where its type is a nullable number or boolean, an empty array or object
where it is one of those, else an empty string.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, fromstring
from msgspec.structs import replace

from understudy.contracts.source import Node
from understudy.errors import BodyMalformed, NotAcceptable
from understudy.media.json_codec import DEPTH_LIMIT
from understudy.media.pieces import whole
from understudy.media.types import decode_text
from understudy.media.xml_plan import IN_ATTRIBUTE, XSI, Layout, Member, Plan, free_member

_PIECE = 32 * 1024
"""Bytes that are read between two pauses; ten thousand elements take some 20 ms."""

_NIL = f"{{{XSI}}}nil"
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}|\+?1[0-9]{19}")
_INTEGERS = range(-(2**63), 2**64)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
# What XML 1.0 §2.2 leaves out: its ranges compile in a tenth of the time that those of the rest take.
_UNWRITABLE = "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
_UNWRITABLE_HERE = re.compile(_UNWRITABLE)
_SPECIAL = re.compile(rf'[&<>"\t\n\r]|{_UNWRITABLE}')
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_EMPTY_END = " />"
_SPACE = " \t\r\n"  # XML 1.0 §2.3; Python's strip knows more


class XmlCodec:
    """Writes and reads the values of a schema as XML; what the schema says is gathered on first use."""

    def __init__(self, schema: Node) -> None:
        self._schema = schema

    @cached_property
    def _plan(self) -> Plan:
        return Plan(self._schema)

    def encode(self, value: Any) -> bytes:
        """Write a value as XML in UTF-8, without a declaration.

        Raises NotAcceptable where XML cannot carry what it holds.
        """
        plan = self._plan
        root = plan.root_for(value)
        writer = _Writer(plan.nil)
        text = writer.write(root, value)
        if writer.wrote_nil and not plan.declares_nil:
            start = len(root.tag) + 1
            text = f'{text[:start]} xmlns:xsi="{XSI}"{text[start:]}'
        return text.encode()

    def decode(self, body: bytes, charset: str | None = None) -> Any:
        """Read an XML document as a value: `decode_in_pieces` without the pauses."""
        return whole(self.decode_in_pieces(body, charset))

    def decode_in_pieces(self, body: bytes, charset: str | None = None) -> Generator[None, None, Any]:
        """Read an XML document as a value, with a pause after each piece; text that is not of the type its
        schema wants stays a string for the validator to name.

        A charset given here goes before the one the document declares (RFC 7303 §3). Elements the schema does
        not know become members. Raises BodyMalformed for what is not XML, has another root, a DTD, an element
        twice where one can be, more than DEPTH_LIMIT levels; MediaTypeUnsupported for a charset nobody knows.
        """
        if not body.strip(_SPACE.encode()):
            raise BodyMalformed("the body is empty, and XML is expected")
        encoding = None
        if charset is not None:
            body, encoding = decode_text(body, charset).encode(), "utf-8"
        reader = _Reader(self._plan)
        parser = DefusedXMLParser(target=reader, forbid_dtd=True, encoding=encoding)
        try:
            for start in range(0, len(body), _PIECE):
                parser.feed(body[start : start + _PIECE])
                yield
            parser.close()
        except ParseError as error:
            line, column = error.position
            what = str(error).partition(":")[0]
            reason = f"the body is not XML: {what}, at line {line} column {column + 1}"
            raise BodyMalformed(reason) from None
        except DefusedXmlException:
            reason = "the body has a document type declaration (DTD), which is not read here"
            raise BodyMalformed(reason) from None
        except (LookupError, ValueError) as error:
            if reader.has_begun:
                raise
            raise BodyMalformed(f"the body declares an encoding that is not known here: {error}") from None
        return reader.value


def is_well_formed(body: bytes) -> bool:
    """Tell whether bytes are an XML document, without a DTD, whatever it is about."""
    try:
        fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError, ValueError):
        return False
    return True


# ---- writing


class _Writer:
    """Collects the pieces of one document; without recursion, so that no value is too deep for it."""

    def __init__(self, nil_prefix: str) -> None:
        self.wrote_nil = False
        self._nil = f' {nil_prefix}:nil="true"'
        self._pieces: list[str] = []

    def write(self, root: Member, value: Any) -> str:
        """Write the root element with all below it."""
        # Of each element whose children are being written: its end tag, and those that are left.
        stack: list[tuple[str, Iterator[tuple[Member, Any]]]] = [("", iter([(root, value)]))]
        is_open = False  # whether the start tag written last lacks its >
        while stack:
            closing, children = stack[-1]
            for member, part in children:
                if is_open:
                    self._pieces.append(">")
                self._element(member, part)
                is_open = isinstance(part, (dict, list, tuple)) and not _is_text_alone(member, part)
                if is_open:
                    stack.append((f"</{member.tag}>", _children(member, part)))
                    break
            else:
                stack.pop()
                self._pieces.append(_EMPTY_END if is_open else closing)
                is_open = False
        return "".join(self._pieces)

    def _element(self, member: Member, value: Any) -> None:
        """Write an element, or of one that has children its start tag without the >."""
        if not member.tag:
            raise _unwritable(member.name, "has a name")
        start = f"<{member.tag}{member.declares}"
        if value is None:
            self.wrote_nil = True
            self._pieces.append(f"{start}{self._nil} />")
        elif isinstance(value, dict):
            self._pieces.append(start + _attributes(member.layout, value))
            if _is_text_alone(member, value):
                self._pieces.append(f">{_content(member, value)}</{member.tag}>")
        elif isinstance(value, (list, tuple)):
            self._pieces.append(start)
        else:
            text = _text(member, value, _IN_TEXT)
            if text:
                self._pieces.append(f"{start}>{text}</{member.tag}>")
            else:
                self._pieces.append(start + _EMPTY_END)


def _is_text_alone(member: Member, value: Any) -> bool:
    """Tell whether an object is the text of its element, beside attributes (OpenAPI 3.2, `nodeType`)."""
    content = member.layout.content
    return content is not None and isinstance(value, dict) and value.get(content.name) is not None


def _content(member: Member, value: Mapping[str, Any]) -> str:
    content = member.layout.content
    assert content is not None
    if not content.is_cdata:
        return _text(content, value[content.name], _IN_TEXT)
    text = _text(content, value[content.name], {})
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _children(member: Member, value: Any) -> Iterator[tuple[Member, Any]]:
    """Walk the elements below one that holds an object or an array."""
    if not isinstance(value, dict):
        yield from _each(member, value)
        return
    known = member.layout.members
    for name, child in known.items():
        if name in value and not child.attribute:
            yield from _beside(child, value[name])
    for name, part in value.items():
        if name not in known:
            yield from _beside(free_member(name, member.layout.rest), part)


def _beside(member: Member, value: Any) -> Iterator[tuple[Member, Any]]:
    """Walk the elements one member of an object becomes: one, or one for each item, or none."""
    if isinstance(value, (list, tuple)) and not member.wrapped:
        yield from _each(member, value)
    elif value is not None or not member.omits_null:
        yield member, value


def _each(member: Member, values: Iterable[Any]) -> Iterator[tuple[Member, Any]]:
    item = member.item or replace(free_member(member.name), tag=member.tag)
    for value in values:
        yield item, value


def _attributes(layout: Layout, value: Mapping[str, Any]) -> str:
    written = []
    for member in layout.attributes.values():
        part = value.get(member.name)
        if part is None:
            continue
        if not member.tag or isinstance(part, (dict, list, tuple)):
            raise _unwritable(member.name, "has a name or a value")
        written.append(f' {member.tag}="{_text(member, part, IN_ATTRIBUTE)}"')
    return "".join(written)


def _text(member: Member, value: Any, table: dict[int, str]) -> str:
    if isinstance(value, str):
        if not _SPECIAL.search(value):
            return value
        if found := _UNWRITABLE_HERE.search(value):
            raise _unwritable(member.name, f"holds the character U+{ord(found[0]):04X}")
        return value.translate(table)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    raise TypeError(f"member {member.name!r} holds a {type(value).__name__}, which is no JSON value")


def _unwritable(name: str, what: str) -> NotAcceptable:
    hint = "ask for it with Accept: application/json"
    reason = f"the member {name!r} of the answer {what} which XML cannot carry; {hint}"
    return NotAcceptable("application/xml", ("application/json",), reason)


# ---- reading


class _Frame:
    """An element being read. owner: the member of the element around it that it belongs to; member: itself,
    or an item of the owner.
    """

    __slots__ = ("children", "is_nil", "member", "owner", "text")

    def __init__(self, owner: Member, member: Member) -> None:
        self.owner, self.member = owner, member
        self.children: dict[str, Any] | list[Any] | None = None
        self.text: list[str] = []
        self.is_nil = False


class _Reader:
    """Makes a value of the parser's events; the parser calls `start`, `data` and `end`."""

    def __init__(self, plan: Plan) -> None:
        self.value: Any = None
        self.has_begun = False
        self._plan = plan
        self._stack: list[_Frame] = []
        self._free: dict[tuple[int, str], Member] = {}  # what no schema states, by what stands for the rest

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
        layout, item = parent.member.layout, parent.member.item
        if parent.children is None:
            parent.children = {}
            is_named = local in layout.elements or (item and local != item.local and "object" in layout.types)
            if item and not is_named:
                parent.children = []
        if item and isinstance(parent.children, list):
            if local != item.local:
                expected = f"{self._path()} must hold <{item.local}>"
                raise BodyMalformed(f"{expected}, and <{local:.60}> was received")
            return _Frame(item, item)
        owner = layout.elements.get(local) or self._free_member(local, layout.rest)
        if owner.item and not owner.wrapped:
            return _Frame(owner, owner.item)
        return _Frame(owner, owner)

    def _free_member(self, local: str, rest: Member | None) -> Member:
        key = (id(rest), local)
        member = self._free.get(key)
        if member is None:
            member = self._free[key] = free_member(local, rest)
        return member

    def _read_attributes(self, frame: _Frame, attributes: Mapping[str, str]) -> None:
        layout = frame.member.layout
        found: dict[str, Any] = {}
        for name, text in attributes.items():
            namespace, _, local = name.rpartition("}")
            member = layout.attributes.get(local)
            if name == _NIL:
                frame.is_nil = _BOOLEANS.get(text.strip(_SPACE), False)
            elif member:
                found[member.name] = _scalar(member.layout, text)
            elif not namespace and "object" in layout.types:
                found[local] = text
        frame.children = found or None

    def _put(self, children: dict[str, Any], frame: _Frame, value: Any) -> None:
        name, owner = frame.owner.name, frame.owner
        if _is_item(frame, value) and children.setdefault(name, []) is not None:
            children[name].append(value)
        elif name not in children:
            children[name] = value
        elif owner.layout.types:
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
            content = frame.member.layout.content
            if content is not None:
                return {content.name: _scalar(content.layout, text)}
            return _leaf(frame.member.layout, text, is_blank)
        content = frame.member.layout.content
        if content is not None and isinstance(frame.children, dict):
            return {**frame.children, content.name: _scalar(content.layout, text)}
        if not is_blank:
            raise BodyMalformed(f"{self._path()} mixes text with elements or attributes")
        return frame.children

    def _path(self, *last: _Frame) -> str:
        return "".join(f"/{frame.member.local:.60}" for frame in (*self._stack, *last))


def _is_item(frame: _Frame, value: Any) -> bool:
    """Tell whether an element is an item of its array; a null that cannot be one is the whole array's."""
    owner = frame.owner
    if frame.member is owner:
        return False
    return value is not None or frame.member.layout.nullable or not owner.layout.nullable


def _leaf(layout: Layout, text: str, is_blank: bool) -> Any:
    if not is_blank or "string" in layout.types:
        return _scalar(layout, text)
    for name in layout.types:
        if name == "object":
            return {}
        if name == "array":
            return []
    if layout.types and layout.nullable:
        return None
    return text


def _scalar(layout: Layout, text: str) -> Any:
    """Read text as the first of its types it fits; text that fits none stays text."""
    for name in layout.types:
        if name in _READERS:
            value = _READERS[name](text)
            if value is not None:
                return value
    return text


def _integer(text: str) -> int | None:
    if not _INTEGER.fullmatch(text.strip(_SPACE)):
        return None
    value = int(text)
    return value if value in _INTEGERS else None


def _number(text: str) -> int | float | None:
    if (whole := _integer(text)) is not None:
        return whole
    if not _NUMBER.fullmatch(text.strip(_SPACE)):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def _boolean(text: str) -> bool | None:
    return _BOOLEANS.get(text.strip(_SPACE))


_READERS: Mapping[str, Callable[[str], Any]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "string": str,
}
