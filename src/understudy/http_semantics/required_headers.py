"""Response headers that a contract requires, as text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from faker import Faker

from understudy.contracts.contract import Contract, Operation
from understudy.contracts.source import Node
from understudy.media import json_codec
from understudy.media import types as media_types
from understudy.schemas.direction import Direction
from understudy.schemas.examples import stated_examples
from understudy.schemas.generator import Generator, Ungeneratable
from understudy.schemas.validators import validators_of

# Those the server writes itself, the one OpenAPI tells us to ignore (3.1 §4.8.17.1), and ETag, which says
# something about the body.
_NOT_MADE_UP: Final = frozenset(
    {
        "allow",
        "connection",
        "content-length",
        "content-type",
        "date",
        "etag",
        "transfer-encoding",
        "www-authenticate",
    }
)
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa0-\xff]+")


class RequiredHeaders:
    """The headers that answers of one contract must have."""

    def __init__(self, contract: Contract, generator: Generator) -> None:
        self._validators, self._generator = validators_of(contract, Direction.RESPONSE), generator

    def of(self, operation: Operation, status: int, fake: Faker) -> Mapping[str, str]:
        """Return name and text of each header that is required of an answer: a valid example, or else what is
        generated.
        """
        answer = operation.answer(status)
        found: dict[str, str] = {}
        if answer is None:
            return found
        for name, node in answer.headers.items():
            if node.get("required") is True and name.lower() not in _NOT_MADE_UP:
                found[name] = self._text(name, node, fake)
        return found

    def _text(self, name: str, header: Node, fake: Faker) -> str:
        holder, media_type = _holder(header)
        value = self._value(name, holder, fake)
        if media_types.is_json(media_type):
            return _printable(json_codec.encode(value).decode())
        return _printable(_simple(value, header.get("explode") is True))

    def _value(self, name: str, holder: Node, fake: Faker) -> Any:
        schema = holder.find("schema")
        is_valid = self._validators.for_node(schema).is_valid if schema is not None else _anything
        for _, value in stated_examples(holder):
            if is_valid(value):
                return value
        if schema is None:
            return ""
        try:
            return self._generator.value(schema, fake, name=name)
        except Ungeneratable:
            return ""


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub(" ", text).strip()


def _anything(_value: Any) -> bool:
    return True


def _holder(header: Node) -> tuple[Node, str]:
    """Return what holds the schema and examples of a header, and its media type where it has one."""
    content = header.find("content")
    if content is not None and isinstance(content.value, dict):
        for media_type in content.value:
            return content.child(media_type), media_type
    return header, ""


def _simple(value: Any, explode: bool) -> str:
    """Write a value in the style `simple`, the only one a header has (OpenAPI 3.1 §4.8.12.2)."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ",".join(_simple(item, explode) for item in value)
    if not isinstance(value, dict):
        return json_codec.encode(value).decode()
    equals = "=" if explode else ","
    return ",".join(f"{name}{equals}{_simple(member, explode)}" for name, member in value.items())
