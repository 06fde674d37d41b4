"""Calls on the wire, as conditions ask about them."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from understudy.contracts.contract import Operation
from understudy.server.asgi import Scope, raw_path


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


def decoded_path(scope: Scope) -> str:
    """Return the path decoded, but for a `/` within a segment."""
    path = str(raw_path(scope), "latin-1")
    if "%" not in path:
        return path
    return unquote(path.replace("%2F", "%252F").replace("%2f", "%252F"))
