"""Response headers that a contract declares, as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from email.utils import format_datetime
from typing import Any, Final

from faker import Faker

from understudy.contracts.contract import Contract, Operation
from understudy.contracts.source import Node
from understudy.http_semantics.live_headers import Live, counts_down, live, plain
from understudy.media import json_codec
from understudy.media import types as media_types
from understudy.schemas.direction import Direction
from understudy.schemas.examples import member_examples, stated_examples
from understudy.schemas.file_samples import file_ending
from understudy.schemas.generator import Generator, Ungeneratable
from understudy.schemas.keywords import stated_types
from understudy.schemas.validators import validators_of
from understudy.state.clock import EPOCH

_SERVERS: Final = frozenset(
    {
        "allow",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "etag",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "www-authenticate",
    }
)
"""Those the server writes itself, the one OpenAPI tells us to ignore (3.1 §4.8.17.1), ETag, which says
something about the body, and those that say how the message is packed, which breaks one that is not (RFC 9110
§8.4, §6.6.2, §7.6.1).
"""

_TRUE_OR_ABSENT: Final = re.compile(
    "content-range|vary|via|age|server|link|idempotent-replayed"
    "|access-control-.*|.*(total|count|page|cursor|offset|next|prev).*"
)
"""Optional ones that say where the body comes from or what else there is; made up, they mislead."""

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

_TOO_MANY: Final = 429
_TELLING_FORMATS: Final = frozenset({"uuid", "date-time", "date", "uri", "int32", "int64"})
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa0-\xff]+")


class DeclaredHeaders:
    """The headers that answers of one contract have."""

    def __init__(self, contract: Contract, generator: Generator) -> None:
        self._validators, self._generator = validators_of(contract, Direction.RESPONSE), generator

    def of(
        self, operation: Operation, status: int, media_type: str, fake: Faker
    ) -> tuple[Mapping[str, str], Mapping[str, Live]]:
        """Return name and text of each header of an answer: a valid example, the default, a value of its
        name, or else what is generated, where it is required or its schema tells what it is; and what tells
        those that change.
        """
        answer = operation.answer(status)
        found: dict[str, str] = {}
        rules: dict[str, Live] = {}
        for name, header in answer.headers.items() if answer is not None else ():
            if name.lower() in _SERVERS or not _is_sent(name.lower(), header, status):
                continue
            text = self._text(name, header, fake)
            if text == "attachment":
                text += _file_name(operation, media_type)
            is_stated = self._is_stated(header)
            if status == _TOO_MANY and counts_down(name) and not is_stated:
                text = "0"
            rule = live(name, text, is_stated=is_stated)
            if rule is not None:
                rules[name] = rule
            if text:
                found[name] = text
        return found, rules

    def _is_stated(self, header: Node) -> bool:
        """Tell whether a contract gives a value of a header."""
        holder, _ = _holder(header)
        schema = holder.find("schema")
        is_valid = self._validators.for_node(schema).is_valid if schema is not None else _anything
        return any(map(is_valid, _stated(holder, schema)))

    def _text(self, name: str, header: Node, fake: Faker) -> str:
        holder, media_type = _holder(header)
        value = self._value(name, holder, fake, is_required=header.get("required") is True)
        if media_types.is_json(media_type):
            return _printable(json_codec.encode(value).decode())
        if name.lower() == "set-cookie" and isinstance(value, list):
            return "\n".join(_printable(_simple(item, False)) for item in value)  # each on a line of its own
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
    return _BY_NAME.get(plain(name), ())


def _file_name(operation: Operation, media_type: str) -> str:
    """Return the parameter that names a file (RFC 6266 §4.3): as the path is called, by its media type."""
    ending = file_ending(media_type)
    words = [step for step in operation.path.split("/") if step and "{" not in step and step.isascii()]
    if not ending or not words:
        return ""
    return f'; filename="{words[-1]}.{ending}"'


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
