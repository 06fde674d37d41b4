"""Response headers that a contract declares, as text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from email.utils import format_datetime
from typing import Any, Final

from faker import Faker

from understudy.contracts.contract import Contract, Operation
from understudy.contracts.source import Node
from understudy.http_semantics.live_headers import Live, counts_down, live, plain
from understudy.media import json_codec
from understudy.media import types as media_types
from understudy.model.handing import cookie_of_login, scheme_cookie
from understudy.schemas.direction import Direction
from understudy.schemas.examples import member_examples, stated_examples
from understudy.schemas.file_samples import file_ending
from understudy.schemas.generator import Generator, Ungeneratable
from understudy.schemas.keywords import stated_types
from understudy.schemas.validators import validators_of
from understudy.state.clock import EPOCH

_SERVERS: Final = frozenset(
    {
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
    }
)
"""Those the server writes itself, the one OpenAPI tells us to ignore (3.1 §4.8.17.1), ETag, which says
something about the body, and those that say how the message is packed, which breaks one that is not (RFC 9110
§8.4, §6.6.2, §7.6.1).
"""

_TRUE_OR_ABSENT: Final = re.compile(
    "content-range|vary|via|age|server|server-timing|link|idempotent-replayed|allow|www-authenticate"
    "|access-control-.*|.*(total|count|page|cursor|offset|next|prev).*"
    "|accept-ranges|alt-svc|deprecation|sunset|warning|refresh|content-location|pragma"
)
"""Optional ones that say where the body comes from or what else there is; made up, they mislead."""

_MOMENT: Final = format_datetime(EPOCH, usegmt=True)
_BY_NAME: Final[Mapping[str, tuple[Any, ...]]] = {
    "accept-ranges": ("none",),
    "access-control-allow-credentials": (True, "true"),
    "access-control-allow-headers": ("*",),
    "access-control-allow-methods": ("*",),
    "access-control-allow-origin": ("*",),
    "access-control-expose-headers": ("*",),
    "access-control-max-age": (600, "600"),
    "age": (0, "0"),
    "alt-svc": ("clear",),
    "cache-control": ("no-cache",),
    "content-disposition": ("attachment",),
    "content-language": ("en",),
    "content-location": ("/",),
    "content-security-policy": ("default-src 'self'",),
    "content-type-options": ("nosniff",),
    "deprecation": (f"@{int(EPOCH.timestamp())}", "true"),
    "expires": (_MOMENT,),
    "frame-options": ("DENY",),
    "last-modified": (_MOMENT,),
    "link": ('</>; rel="self"',),
    "location": ("/",),
    "powered-by": ("understudy",),
    "pragma": ("no-cache",),
    "referrer-policy": ("no-referrer",),
    "refresh": ("60",),
    "retry-after": (1, "1"),
    "server": ("understudy",),
    "server-timing": ("total;dur=1",),
    "strict-transport-security": ("max-age=31536000",),
    "sunset": (_MOMENT,),
    "ratelimit-limit": (1000, "1000"),
    "ratelimit-remaining": (999, "999"),
    "ratelimit-reset": (60, "60"),
    "traceparent": ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",),
    "vary": ("Accept",),
    "via": ("1.1 understudy",),
    "warning": ('199 - "from a sandbox"',),
    "www-authenticate": ("Bearer",),
    "xss-protection": ("0",),
}
"""Values of headers by their names, without `X-`; the first that the schema allows is sent.

Sources: RFC 9110 §8 to §11 and §14, RFC 9111 §5, RFC 6266, RFC 6797, RFC 8288, RFC 8594, RFC 9745, Fetch, W3C
Trace Context and Server Timing, and the draft of the RateLimit fields.
"""

_OF_REFUSALS: Final = ("allow", "www-authenticate")
"""What the server writes where it refuses; elsewhere a contract may say it."""

_PARTIAL: Final = 206
_TOO_MANY: Final = 429
_TELLING_FORMATS: Final = frozenset({"uuid", "date-time", "date", "uri", "int32", "int64"})
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa0-\xff]+")


class DeclaredHeaders:
    """The headers that answers of one contract have."""

    def __init__(self, contract: Contract, generator: Generator) -> None:
        self._validators, self._generator = validators_of(contract, Direction.RESPONSE), generator
        self._contract = contract

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
            is_stated = self._is_stated(header)
            if not _is_sent(name.lower(), header, status, is_stated=is_stated):
                continue
            text = self._text(name, header, operation, fake)
            if text == "attachment":
                text += _file_name(operation, media_type)
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

    def _text(self, name: str, header: Node, operation: Operation, fake: Faker) -> str:
        holder, media_type = _holder(header)
        schema = holder.find("schema")
        values = (*_stated(holder, schema), *self._named(name, operation, fake))
        value = next(self._fitting(schema, values), None)
        if value is None and schema is not None and (header.get("required") is True or _tells(name, schema)):
            value = self._generated(name, schema, fake)
        if value is None:
            return ""
        if media_types.is_json(media_type):
            return _printable(json_codec.encode(value).decode())
        if name.lower() == "set-cookie" and isinstance(value, list):
            return "\n".join(_printable(_simple(item, False)) for item in value)  # each on a line of its own
        return _printable(_simple(value, header.get("explode") is True))

    def _fitting(self, schema: Node | None, values: Iterable[Any]) -> Iterator[Any]:
        is_valid = self._validators.for_node(schema).is_valid if schema is not None else _anything
        return filter(is_valid, values)

    def _generated(self, name: str, schema: Node, fake: Faker) -> Any:
        try:
            return self._generator.value(schema, fake, name=name)
        except Ungeneratable:
            return None

    def _named(self, name: str, operation: Operation, fake: Faker) -> Iterator[Any]:
        """Yield what a header of this name may say."""
        told = name.lower()
        if told == "set-cookie":
            yield from self._cookies(fake)
        elif told == "allow":
            methods = {one.method for one in self._contract.operations if one.path == operation.path}
            yield ", ".join(sorted(map(str.upper, methods)))
        else:
            yield from _BY_NAME.get(plain(name), ())

    def _cookies(self, fake: Faker) -> Iterator[Any]:
        """Yield a cookie that nobody reads; where some carry who is calling, none is to take their place."""
        if not (scheme_cookie(self._contract) or cookie_of_login(self._contract)):
            cookie = f"session={fake.random.getrandbits(64):016x}; Path=/; HttpOnly"
            yield from (cookie, [cookie])


def _is_sent(name: str, header: Node, status: int, *, is_stated: bool) -> bool:
    """Tell whether a header is sent that nobody else gave the answer; name: in lower case."""
    if name in _SERVERS or (name == "content-range" and status != _PARTIAL):
        return False
    if header.get("required") is True or (is_stated and name in _OF_REFUSALS):
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
