"""Runtime expressions: values of a request and its answer by name, alone or within a text (OpenAPI 3.1
§4.8.20.4).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

from msgspec import Struct, field

from understudy.errors import SandboxError
from understudy.media import json_codec
from understudy.messages import NOTHING
from understudy.parameters.styles import decode_query, header_text, query_pairs
from understudy.pointers import step, tokens

_TOKEN: Final = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # RFC 9110 §5.6.2
_EXPRESSION: Final = re.compile(
    rf"\$(?:(?P<whole>url|method|statusCode)"
    rf"|(?P<side>request|response)\.(?:header\.(?P<header>{_TOKEN})|query\.(?P<query>.+)"
    rf"|path\.(?P<path>.+)|body(?:\#(?P<body>.*))?))",
    re.DOTALL,
)
_EMBEDDED: Final = re.compile(r"\{(\$[^{}]*)\}")
_CHOSEN: Final = re.compile(
    r"\$request\.(?:header\.|query\.|body(?:#/|$))"
)  # what a caller sends, or leaves out
_PAST_AUTHORITY: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*[/?#]")


class ExpressionFailed(SandboxError):
    """An expression that cannot be read, or whose value is missing; the sentence says which."""


class Exchange(Struct, frozen=True):
    """What expressions can speak of: a request and its answer.

    url: as the caller wrote it. method: upper case. query: as on the wire. headers: names in any case, as on
    the wire.
    path: decoded path parameters by declared name. body: the decoded body, or NOTHING.
    """

    url: str
    method: str
    status: int = 0
    request_headers: Iterable[tuple[bytes, bytes]] = ()
    query: bytes = b""
    path: Mapping[str, Any] = field(default_factory=dict)
    request_body: Any = NOTHING
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: Any = NOTHING


def evaluate(expression: str, exchange: Exchange) -> Any:
    """Return the value of one expression such as `$request.body#/id`, in its own type.

    Raises ExpressionFailed.
    """
    found = _EXPRESSION.fullmatch(expression)
    if found is None:
        raise ExpressionFailed(f"{expression} is no runtime expression")
    kind = found.lastgroup or ""
    if kind == "whole":
        return {"url": exchange.url, "method": exchange.method, "statusCode": exchange.status}[found["whole"]]
    if kind == "side":  # `$request.body`, the whole of it
        kind, value = "body", ""
    else:
        value = found[kind]
    try:
        return _SOURCES[kind](exchange, found["side"] == "request", value)
    except (KeyError, UnicodeError):
        raise ExpressionFailed(f"{expression} has no value in this exchange") from None


def written(template: str, exchange: Exchange) -> str:
    """Return a text with the expressions in it replaced by their values. Raises ExpressionFailed.

    A template is an expression, or a text with expressions in braces. What is put in after a URL's authority
    is percent-encoded, so that an id with a slash stays one segment; what stands before, such as a whole URL,
    is taken as it is.
    """
    if template.startswith("$"):
        return _text(template, exchange)
    out, end = "", 0
    for place in _EMBEDDED.finditer(template):
        out += template[end : place.start()]
        value = _text(place[1], exchange)
        if _PAST_AUTHORITY.match(out):
            value = quote(value, safe="")
        out += value
        end = place.end()
    return out + template[end:]


def destination(template: str, exchange: Exchange) -> str | None:
    """Return the URL that a callback goes to; None where the caller, who is to say where, did not.

    Raises ExpressionFailed.

    That is so where the template begins with a part of the request that was not sent: the contract let it be
    left out, or the request would have been refused.
    """
    place = _EMBEDDED.match(template)
    first = place[1] if place else template
    if _CHOSEN.match(first):
        try:
            _text(first, exchange)
        except ExpressionFailed:
            return None
    return written(template, exchange)


def _text(expression: str, exchange: Exchange) -> str:
    value = evaluate(expression, exchange)
    if value is None or value is NOTHING:
        raise ExpressionFailed(f"{expression} has no value in this exchange")
    return value if isinstance(value, str) else json_codec.encode(value).decode()


# ---- sources; each raises KeyError where there is no such value


def _header(exchange: Exchange, of_request: bool, name: str) -> str:
    if of_request:
        wanted = name.lower().encode("latin-1")
        values = [header_text(value) for key, value in exchange.request_headers if key.lower() == wanted]
    else:
        values = [value for key, value in exchange.response_headers.items() if key.lower() == name.lower()]
    if not values:
        raise KeyError(name)
    return ", ".join(values)  # several lines of one name are one list (RFC 9110 §5.3)


def _query(exchange: Exchange, of_request: bool, name: str) -> str:
    if not of_request:
        raise KeyError(name)
    for key, text in query_pairs(exchange.query):
        if key == name:
            return decode_query(text)
    raise KeyError(name)


def _path(exchange: Exchange, of_request: bool, name: str) -> Any:
    if not of_request:
        raise KeyError(name)
    return exchange.path[name]


def _body(exchange: Exchange, of_request: bool, pointer: str) -> Any:
    value = exchange.request_body if of_request else exchange.response_body
    if value is NOTHING or (pointer and not pointer.startswith("/")):
        raise KeyError(pointer)
    for token in tokens(pointer):
        value = step(value, token)
    return value


_SOURCES: Final[Mapping[str, Callable[[Exchange, bool, str], Any]]] = {
    "header": _header,
    "query": _query,
    "path": _path,
    "body": _body,
}
