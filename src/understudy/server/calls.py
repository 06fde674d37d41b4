"""Calls on the wire, as conditions ask about them."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from understudy.contracts.contract import Operation
from understudy.errors import Refusal
from understudy.media import types as media_types
from understudy.messages import NOTHING
from understudy.server.asgi import Scope, header, raw_path, unpacked
from understudy.server.encoding import Encoder
from understudy.server.routing import ROUTE


def facts(scope: Scope, api: str, operation: Operation, base_path: str) -> dict[str, Any]:
    """Return what a call of an operation says of itself but for its body, by the names of `Call`.

    api: the contract's name. base_path: that of the API.
    """
    return {
        "api": api,
        "operation": operation.key,
        "operation_id": operation.id,
        "method": scope["method"],
        "path": decoded_path(scope),
        "base_path": base_path,
        "headers": scope["headers"],
        "path_parameters": scope["path_params"],
        "query": scope["query_string"],
    }


def decoded(encoder: Encoder, scope: Scope, content: bytes, limit: int) -> Any:
    """Decode a body by its Content-Type; NOTHING for what cannot be read or is of no declared type.

    limit: bytes it may have once it is unpacked.
    """
    documented = scope[ROUTE].operation.body
    content_type = header(scope, b"content-type") or ""
    received = media_types.parse_or_none(content_type)
    if documented is None or received is None or not content:
        return NOTHING
    declared = media_types.select(content_type, documented.content)
    if declared is None:
        return NOTHING
    decode = encoder.codec(documented.content[declared], received.name).decoder(received)
    try:
        return decode(unpacked(scope, content, limit))
    except Refusal:
        return NOTHING


def decoded_path(scope: Scope) -> str:
    """Return the path decoded, but for a `/` within a segment."""
    path = str(raw_path(scope), "latin-1")
    if "%" not in path:
        return path
    return unquote(path.replace("%2F", "%252F").replace("%2f", "%252F"))
