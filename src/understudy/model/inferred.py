"""Inferred schemas: what an example says of the values that are like it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from msgspec import Struct

_FORMATS: Final[Mapping[str, re.Pattern[str]]] = {
    "date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"),
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "uuid": re.compile(r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"),
}


class Attributed(dict[str, Any]):
    """What stands in an element of XML. attributes: the members that are attributes of it."""

    attributes: frozenset[str] = frozenset()


def inferred(example: Any) -> dict[str, Any]:
    """Return the schema of what an example is one of; each of its members has its value there as an
    example.
    """
    if isinstance(example, dict):
        properties = {name: _member(value) for name, value in example.items()}
        for name in _attributes(example):
            properties[name]["xml"] = {"attribute": True}
        return {"type": "object", "properties": properties, "required": list(example)}
    if isinstance(example, list):
        return {"type": "array", "items": _items(example)}
    return _scalar(example)


def _member(value: Any) -> dict[str, Any]:
    schema = inferred(value)
    if value is not None:
        schema["example"] = value
    return schema


def _items(examples: Sequence[Any]) -> dict[str, Any]:
    """Return the schema of the items of a list; of objects, with the members of all of them."""
    objects = [one for one in examples if isinstance(one, dict)]
    if not objects or len(objects) < len(examples):
        return inferred(examples[0]) if examples else {}
    together: dict[str, Any] = {}
    for one in reversed(objects):
        together |= one
    whole = Attributed({name: together[name] for name in _in_order(objects)})
    whole.attributes = frozenset().union(*map(_attributes, objects))
    schema = inferred(whole)
    schema["required"] = [name for name in schema["required"] if all(name in one for one in objects)]
    return schema


def _attributes(example: Mapping[str, Any]) -> frozenset[str]:
    return example.attributes if isinstance(example, Attributed) else frozenset()


def _in_order(objects: Sequence[Mapping[str, Any]]) -> list[str]:
    names: dict[str, None] = {}
    for one in objects:
        names |= dict.fromkeys(one)
    return list(names)


def _scalar(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if isinstance(value, bool):
        return {"type": "boolean"}
    if isinstance(value, int):
        return {"type": "integer"}
    if isinstance(value, float):
        return {"type": "number"}
    for name, pattern in _FORMATS.items():
        if pattern.fullmatch(str(value)):
            return {"type": "string", "format": name}
    return {"type": "string"}


# ---- XML


class Document(Struct, frozen=True):
    """An example in XML: the name of its root, its namespace, "" where it has none, and what stands in it."""

    name: str
    namespace: str
    value: Any


def read_xml(example: Any) -> Document | None:
    """Read an example that is written as XML; None where it is none."""
    if not isinstance(example, str) or not example.lstrip().startswith("<"):
        return None
    try:
        root = fromstring(example.strip())
    except (ParseError, DefusedXmlException, ValueError):
        return None
    namespace = str(root.tag).rpartition("}")[0].removeprefix("{")
    return Document(_local(root.tag), namespace, _value(root))


def _local(tag: Any) -> str:
    """Return a name without its namespace, which is written before it as `{namespace}`."""
    return str(tag).rpartition("}")[2]


def _value(element: Element) -> Any:
    """Return what stands in an element: an object of its attributes and children, a list of those of one
    name, or a scalar.
    """
    if not len(element) and not (element.attrib and not (element.text or "").strip()):
        return _read(element.text or "")
    found: dict[str, list[Any]] = defaultdict(list)
    for child in element:
        found[_local(child.tag)].append(_value(child))
    attributes = {_local(name): _read(text) for name, text in element.attrib.items()}
    value = Attributed({name: text for name, text in attributes.items() if name not in found})
    value.attributes = frozenset(value)
    for name, values in found.items():
        value[name] = values
        if len(values) == 1:
            value[name] = values[0]
    return value


def _read(text: str) -> Any:
    text = text.strip()
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"-?(0|[1-9][0-9]{0,15})", text):
        return int(text)
    if re.fullmatch(r"-?[0-9]{1,15}\.[0-9]{1,6}", text):
        return float(text)
    return text
