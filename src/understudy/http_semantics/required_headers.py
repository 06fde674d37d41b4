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
from understudy.messages import NOTHING
from understudy.schemas.direction import Direction
from understudy.schemas.examples import stated_examples
from understudy.schemas.generator import Generator, Ungeneratable
from understudy.schemas.validators import validators_of

# Those the server writes itself, the one OpenAPI tells us to ignore (3.1 §4.8.17.1), and ETag, which says something about the body.
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
        """Return name and text of each header that is required of an answer: a valid example, or else what is generated."""
        answer = operation.answer(status)
        required = (
            {name: node for name, node in answer.headers.items() if node.get("required") is True}
            if answer
            else {}
        )
        return {
            name: self._text(name, node, fake)
            for name, node in required.items()
            if name.lower() not in _NOT_MADE_UP
        }

    def _text(self, name: str, header: Node, fake: Faker) -> str:
        content = header.find("content")
        media_type = next(iter(content.value), "") if content and isinstance(content.value, dict) else ""
        value = self._value(name, content.child(media_type) if content and media_type else header, fake)
        text = (
            json_codec.encode(value).decode()
            if media_types.is_json(media_type)
            else _simple(value, header.get("explode") is True)
        )
        return _UNPRINTABLE.sub(" ", text).strip()

    def _value(self, name: str, holder: Node, fake: Faker) -> Any:
        schema = holder.find("schema")
        if schema is None:
            return next((value for _, value in stated_examples(holder)), "")
        valid = self._validators.for_node(schema)
        value = next((value for _, value in stated_examples(holder) if valid.is_valid(value)), NOTHING)
        if value is not NOTHING:
            return value
        try:
            return self._generator.value(schema, fake, name=name)
        except Ungeneratable:
            return ""


def _simple(value: Any, explode: bool) -> str:
    """Write a value in the style `simple`, the only one a header has (OpenAPI 3.1 §4.8.12.2)."""
    if isinstance(value, dict):
        return ",".join(
            f"{name}{'=' if explode else ','}{_simple(member, explode)}" for name, member in value.items()
        )
    if isinstance(value, list):
        return ",".join(_simple(item, explode) for item in value)
    return value if isinstance(value, str) else json_codec.encode(value).decode()
