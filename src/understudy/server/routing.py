"""Routing: from a path on the wire to an operation, in time that does not grow with the number of operations."""

from __future__ import annotations

import difflib
import re
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from understudy.contracts.contract import Operation
from understudy.errors import Failure, MethodNotAllowed, OperationNotFound, RequestInvalid
from understudy.server.asgi import ASGIApp, Receive, Scope, Send
from understudy.server.connexion_api import ROUTING_CONTEXT, Specification, SpecMiddleware
from understudy.server.session_middleware import REFUSED

_TEMPLATE = re.compile(r"{([^}]*)}")
LONGEST_COMPARED = 200  # characters of an unknown path that are compared with the known ones


@dataclass(frozen=True, slots=True)
class Match:
    """What a path leads to: the operations by method, and the values of its placeholders, decoded, in their
    order.
    """

    operations: Mapping[str, Operation]
    values: tuple[str, ...]

    def parameters(self, operation: Operation) -> dict[str, str]:
        """Name the values as one of the operations does; templates of one shape may use different names."""
        return dict(zip(_names(operation.path), self.values, strict=True)) if self.values else {}


@lru_cache(maxsize=8192)
def _names(path: str) -> tuple[str, ...]:
    return tuple(_TEMPLATE.findall(path))


@dataclass(slots=True)
class _Place:
    """A segment of the trie. `patterns` are segments with text around a parameter, such as `{id}.json`."""

    literals: dict[str, _Place] = field(default_factory=dict)
    patterns: list[tuple[re.Pattern[str], _Place]] = field(default_factory=list)
    any: _Place | None = None
    operations: dict[str, Operation] = field(default_factory=dict)


class Router:
    """The paths of one contract as a trie; literal segments win over templated ones (OpenAPI 3.1 §4.8.8.2)."""

    def __init__(
        self, operations: tuple[Operation, ...], *, any_case: bool = False, any_slash: bool = False
    ) -> None:
        self._any_case, self._any_slash = any_case, any_slash
        self._root = _Place()
        self._whole: dict[str, dict[str, Operation]] = {}  # paths without parameters, looked up at once
        self.paths = tuple(dict.fromkeys(operation.path for operation in operations))
        for operation in operations:
            self._add(operation)

    def _add(self, operation: Operation) -> None:
        place = self._root
        folded = self._fold(operation.path)
        for segment in folded.split("/")[1:]:
            place = _below(place, segment)
        place.operations.setdefault(
            operation.method, operation
        )  # of two operations alike, the first one is served
        if not _TEMPLATE.search(folded):
            self._whole[folded] = place.operations

    def _fold(self, path: str) -> str:
        if not self._any_case:
            return path
        return "".join(
            part if part.startswith("{") else part.casefold() for part in re.split(r"({[^}]*})", path)
        )

    def find(self, path: str) -> Match | None:
        """Match a path as it stands on the wire, percent-encoded, from the contract's root on.

        Raises UnicodeDecodeError.
        """
        whole = self._whole.get(path.casefold() if self._any_case else path)
        if whole is not None:
            return Match(whole, ())
        raw = path.split("/")
        if "%" in path:
            raw = [_decode(segment) for segment in raw]
        found = self._descend(raw)
        if found is None and self._any_slash and path.endswith("/"):
            found = self._descend(raw[:-1])
        return found

    def _descend(self, raw: list[str]) -> Match | None:
        keys = [segment.casefold() for segment in raw] if self._any_case else raw
        return _search(self._root, keys, raw, 1, ())

    def nearest(self, path: str) -> list[str]:
        """Name the paths that look most like an unknown one, best first."""
        toggled = self.find(path.removesuffix("/") if path.endswith("/") else f"{path}/")
        if toggled is not None:
            return [next(iter(toggled.operations.values())).path]
        asked = path[:LONGEST_COMPARED].casefold()
        folded = {template.casefold(): template for template in self.paths}
        return [folded[key] for key in difflib.get_close_matches(asked, folded, n=3, cutoff=0.4)]


def _search(place: _Place, keys: list[str], raw: list[str], at: int, values: tuple[str, ...]) -> Match | None:
    """Find what the rest of a path leads to, the most literal way first."""
    end = len(keys)
    while at < end and place.any is None and not place.patterns:  # one way to go on: no need to come back
        only = place.literals.get(keys[at])
        if only is None:
            return None
        place, at = only, at + 1
    if at == end:
        return Match(place.operations, values) if place.operations else None
    literal = place.literals.get(keys[at])
    if literal is not None:
        found = _search(literal, keys, raw, at + 1, values)
        if found is not None:
            return found
    for pattern, below in place.patterns:
        matched = pattern.fullmatch(raw[at])
        found = _search(below, keys, raw, at + 1, values + matched.groups()) if matched else None
        if found is not None:
            return found
    return (
        _search(place.any, keys, raw, at + 1, (*values, raw[at]))
        if place.any is not None and raw[at]
        else None
    )


def _decode(segment: str) -> str:
    """Decode one segment by itself, so that `%2F` is part of a name and not a separator."""
    return unquote_to_bytes(segment).decode() if "%" in segment else segment


def _below(place: _Place, segment: str) -> _Place:
    if not _TEMPLATE.search(segment):
        return place.literals.setdefault(segment, _Place())
    if _TEMPLATE.fullmatch(segment):
        place.any = place.any or _Place()
        return place.any
    parts = re.split(r"({[^}]*})", segment)
    pattern = re.compile(
        "".join("(.+?)" if part.startswith("{") else re.escape(part) for part in parts), re.DOTALL
    )
    for known, below in place.patterns:
        if known.pattern == pattern.pattern:
            return below
    below = _Place()
    place.patterns.append((pattern, below))
    place.patterns.sort(
        key=lambda entry: -len(entry[0].pattern)
    )  # the more literal text, the better the match
    return below


# ---- the middleware


@dataclass(slots=True)
class Route:
    """Where a request goes: into which contract, and to which operation; None where none of them answers it.

    api: the contract's name. is_journalled: whether its calls are noted.
    """

    base_path: str
    operation: Operation | None = None
    api: str = ""
    is_journalled: bool = True


ROUTE = "understudy.route"
"""The key in the ASGI scope under which the route stands."""


class RoutingMiddleware(SpecMiddleware):  # type: ignore[misc]  # Connexion ships no types
    """Connexion's routing, replaced: stock routing scans every path and knows neither `%2F` nor a missing
    slash.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._routers: dict[str, tuple[Router, str, bool]] = {}

    def add_api(
        self,
        specification: Specification,  # noqa: ARG002
        *,
        base_path: str,
        router: Router,
        name: str,
        is_journalled: bool,
        **_: Any,
    ) -> None:
        """Mount one contract's router. name: the contract's."""
        self._routers[base_path] = router, name, is_journalled

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Put the route into the scope, the way Connexion's own middlewares look for it. Raises Refusal."""
        if scope["type"] == "http":
            path = (
                (scope.get("raw_path") or quote(scope["path"]).encode()).partition(b"?")[0].decode("latin-1")
            )
            base_path = "/" + path[1:].partition("/")[0]
            found = self._routers.get(base_path)
            if found is None:
                base_path, found = "", self._routers.get("")
            if found is None:
                raise OperationNotFound(scope["method"], path, [f"{base}/" for base in self._routers])
            router, name, is_journalled = found
            route = scope[ROUTE] = Route(base_path, None, name, is_journalled)
            match = _match(router, base_path, path, scope["method"])
            route.operation = operation = _operation(match, path, scope["method"])
            scope["path_params"] = match.parameters(operation)
            scope.setdefault("extensions", {})[ROUTING_CONTEXT] = {
                "api_base_path": base_path,
                "operation_id": operation.key,
            }
            if REFUSED in scope:  # not before it is known whose shape the refusal takes
                raise scope[REFUSED]
        return self.app(scope, receive, send)


def _match(router: Router, base_path: str, path: str, method: str) -> Match:
    below = path[len(base_path) :] or "/"
    try:
        match = router.find(below)
    except UnicodeDecodeError:
        raise RequestInvalid(
            [Failure("path", "", "encoding", "UTF-8 after percent-decoding", below[:80])]
        ) from None
    if match is None:
        raise OperationNotFound(method, path, [base_path + near for near in router.nearest(below)])
    return match


def _operation(match: Match, path: str, method: str) -> Operation:
    asked = method.lower()
    operation = match.operations.get(asked) or (match.operations.get("get") if asked == "head" else None)
    if operation is None:
        methods = {method.upper() for method in match.operations} | {"OPTIONS"}
        raise MethodNotAllowed(method, path, sorted(methods | ({"HEAD"} if "GET" in methods else set())))
    return operation
