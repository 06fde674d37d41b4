"""Response headers that a contract declares, as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from email.utils import format_datetime
from typing import Any, Final

from faker import Faker

from understudy.contracts.contract import Contract, Operation
from understudy.contracts.source import Node
from understudy.media import json_codec
from understudy.media import types as media_types
from understudy.schemas.direction import Direction
from understudy.schemas.examples import member_examples, stated_examples
from understudy.schemas.generator import Generator, Ungeneratable
from understudy.schemas.keywords import stated_types
from understudy.schemas.validators import validators_of
from understudy.state.clock import EPOCH

_SERVERS: Final = frozenset(
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
"""Those the server writes itself, the one OpenAPI tells us to ignore (3.1 §4.8.17.1), and ETag, which says
something about the body.
"""

_TRUE_OR_ABSENT: Final = re.compile(
    "content-encoding|content-range|trailer|upgrade|vary|via|age|server|link|idempotent-replayed"
    "|access-control-.*|.*(total|count|page|cursor|offset|next|prev).*"
)
"""Optional ones that say how the body is packed, where it comes from or what else there is.

What is made up of these misleads, or breaks the message (RFC 9110 §8.4, §6.6.2).
"""

_MOMENT: Final = format_datetime(EPOCH, usegmt=True)
_BY_NAME: Final[Mapping[str, tuple[Any, ...]]] = {
    "cache-control": ("no-cache",),
    "content-disposition": ("attachment",),
    "content-language": ("en",),
    "expires": (_MOMENT,),
    "last-modified": (_MOMENT,),
    "retry-after": (1, "1"),
    "ratelimit-limit": (1000, "1000"),
    "ratelimit-remaining": (999, "999"),
    "ratelimit-reset": (60, "60"),
}
"""Values of headers by their names, without `X-`; the first that the schema allows is sent.

Sources: RFC 9110 §8.8.2 and §10.2.3, RFC 9111 §5, RFC 6266, and the draft of the RateLimit fields.
"""

_TELLING_FORMATS: Final = frozenset({"uuid", "date-time", "date", "uri", "int32", "int64"})
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa0-\xff]+")


class DeclaredHeaders:
    """The headers that answers of one contract have."""

    def __init__(self, contract: Contract, generator: Generator) -> None:
        self._validators, self._generator = validators_of(contract, Direction.RESPONSE), generator

    def of(self, operation: Operation, status: int, fake: Faker) -> Mapping[str, str]:
        """Return name and text of each header of an answer: a valid example, the default, a value of its
        name, or else what is generated, where it is required or its schema tells what it is.
        """
        answer = operation.answer(status)
        found: dict[str, str] = {}
        if answer is None:
            return found
        for name, header in answer.headers.items():
            if name.lower() not in _SERVERS and _is_sent(name.lower(), header, status):
                text = self._text(name, header, fake)
                if text:
                    found[name] = text
        return found

    def _text(self, name: str, header: Node, fake: Faker) -> str:
        holder, media_type = _holder(header)
        value = self._value(name, holder, fake, is_required=header.get("required") is True)
        if media_types.is_json(media_type):
            return _printable(json_codec.encode(value).decode())
        return _printable(_simple(value, header.get("explode") is True))

    def _value(self, name: str, holder: Node, fake: Faker, *, is_required: bool) -> Any:
        schema = holder.find("schema")
        is_valid = self._validators.for_node(schema).is_valid if schema is not None else _anything
        for value in (*_stated(holder, schema), *_of_name(name)):
            if is_valid(value):
                return value
        if schema is None or not (is_required or _tells(name, schema)):
            return ""
        try:
            return self._generator.value(schema, fake, name=name)
        except Ungeneratable:
            return ""


def _is_sent(name: str, header: Node, status: int) -> bool:
    """Tell whether a header is sent that nobody else gave the answer; name: in lower case."""
    if header.get("required") is True:
        return True
    if name == "location":
        return 300 <= status < 400  # of what was created only the creating operation knows where it is
    return not _TRUE_OR_ABSENT.fullmatch(name)


def _stated(holder: Node, schema: Node | None) -> Iterator[Any]:
    """Yield the examples of a header, and its default."""
    yield from (value for _, value in stated_examples(holder))
    if schema is None:
        return
    yield from (value for name, value in member_examples(schema) if not name)
    if schema.get("default") is not None:
        yield schema.get("default")


def _of_name(name: str) -> tuple[Any, ...]:
    told = name.lower().removeprefix("x-").replace("rate-limit", "ratelimit")
    return _BY_NAME.get(told, ())


def _tells(name: str, schema: Node) -> bool:
    """Tell whether a value of a schema is more than some word."""
    if name.lower() == "set-cookie":
        return False
    if name.lower() == "location" or name.lower().endswith("-id"):
        return True
    types = stated_types(schema.value if isinstance(schema.value, dict) else {})
    is_number = any(one in ("integer", "number") for one in types)
    return is_number or schema.get("format") in _TELLING_FORMATS or schema.has("enum") or schema.has("const")


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
