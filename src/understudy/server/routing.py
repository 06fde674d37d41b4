"""Routing: from a path on the wire to an operation, in time that does not grow with the number of them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, unquote_to_bytes

from msgspec import Struct, field
from msgspec.structs import replace

from understudy.contracts.contract import Operation
from understudy.contracts.servers import ServerPath
from understudy.errors import Failure, MethodNotAllowed, OperationNotFound, Refusal, RequestInvalid
from understudy.model.paths import query_apart
from understudy.model.resource_names import ANY, Span, spans_of, written_out
from understudy.schemas.subschemas import resolved
from understudy.server.asgi import ASGIApp, Receive, Scope, Send, raw_path
from understudy.server.connexion_api import Specification, SpecMiddleware
from understudy.server.session_middleware import REFUSED

_PARAMETER: Final = re.compile(r"{([^}]*)}")
_PARTS: Final = re.compile(r"({[^}]*})")
LONGEST_COMPARED: Final = 200  # characters of an unknown path that are compared with the known ones
MOST_TAKEN: Final = 4  # segments that are taken off an unknown path, to see whether it is known without them
_NO_VALUES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({})
_NOWHERE: Final[Mapping[str, Sequence[ServerPath]]] = MappingProxyType({})
REMEMBERED: Final = 1024  # paths of each contract whose way is kept; clients ask for the same ones again
LONGEST_REMEMBERED: Final = 200  # characters of such a path


_Pairs = frozenset[tuple[str, str]]
"""The names and values of a query."""


class Match(Struct, frozen=True):
    """What a path leads to: the operations by method, and its placeholders' values, decoded, in order.

    asked: by method, the operations that a query of their path tells from others.
    """

    operations: Mapping[str, Operation]
    values: tuple[str, ...]
    asked: Mapping[str, Sequence[tuple[_Pairs, Operation]]] = MappingProxyType({})

    def parameters(self, operation: Operation) -> dict[str, str]:
        """Name the values as one of the operations does; templates of one shape may use different names."""
        return dict(zip(parameter_names(operation), self.values, strict=True))


def parameter_names(operation: Operation) -> list[str]:
    """Name the placeholders of an operation's path, in order."""
    return _PARAMETER.findall(operation.path)


class _Place(Struct):
    """A segment of the trie. `templates` are segments with text around a parameter, such as `{id}.json`.
    spans: at the end of a path, the segments of each of its parameters, where one has several. asked: by
    method, the operations that a query of their path tells from others.
    """

    literals: dict[str, _Place] = field(default_factory=dict)
    templates: list[tuple[_Template, _Place]] = field(default_factory=list)
    any: _Place | None = None
    operations: dict[str, Operation] = field(default_factory=dict)
    spans: tuple[Span, ...] = ()
    asked: dict[str, list[tuple[_Pairs, Operation]]] = field(default_factory=dict)

    def match(self, values: tuple[str, ...]) -> Match:
        """Return what was found here. values: of the segments that were not literal, in order."""
        if not self.spans:
            return Match(self.operations, values, self.asked)
        told = iter(values)
        joined = []
        for span in self.spans:
            joined.append("/".join(next(told) if one == ANY else one for one in span))
        return Match(self.operations, tuple(joined), self.asked)

    def below(self, segment: str, known: Mapping[str, tuple[str, ...]] = _NO_VALUES) -> _Place:
        """Return the place a segment of a template leads to, made where there is none yet. known: the only
        values that parameters may have.
        """
        if not _PARAMETER.search(segment):
            return self.literals.setdefault(segment, _Place())
        if _PARAMETER.fullmatch(segment):
            self.any = self.any or _Place()
            return self.any
        text, names = tuple(_PARTS.split(segment)[::2]), _PARAMETER.findall(segment)
        for other, place in self.templates:
            if other.text == text:
                return place
        template = _Template(text, known.get(names[-1], ()) if names[1:] else ())
        place = _Place()
        self.templates.append((template, place))
        self.templates.sort(key=_literalness)
        return place


class _Template(Struct, frozen=True):
    """A segment with text around its parameters. text: before the first parameter, between two, and after the
    last. endings: the only values that the last of several may have, the longest first.
    """

    text: tuple[str, ...]
    endings: tuple[str, ...] = ()

    def values(self, segment: str) -> tuple[str, ...] | None:
        """Return the value of each parameter: the last one that it may have, and the others as short as can
        be; None where the text is another.
        """
        for ending in self.endings:
            tail = self.text[-2] + ending + self.text[-1]
            if segment.endswith(tail):
                found = self._split(segment[: -len(tail)], (*self.text[:-2], ""))
                if found is not None:
                    return (*found, ending)
        return self._split(segment, self.text)

    def _split(self, segment: str, texts: tuple[str, ...]) -> tuple[str, ...] | None:
        """Look for each text once, from where the one before it ended: a segment of any length is read in one
        pass.
        """
        first, *between, last = texts
        at, end = len(first), len(segment) - len(last)
        if not segment.startswith(first) or not segment.endswith(last):
            return None
        found = []
        for text in between:
            place = segment.find(text, at + 1, max(end, 0))
            if place < 0:
                return None
            found.append(segment[at:place])
            at = place + len(text)
        if at >= end:
            return None
        found.append(segment[at:end])
        if "(" in first:
            return tuple(map(_key, found, texts, texts[1:]))
        return tuple(found)


def _known_values(operation: Operation) -> Mapping[str, tuple[str, ...]]:
    """Return the only values that parameters of a path may have, the longest first, by their names."""
    found = {}
    for parameter in operation.parameters:
        if parameter.location == "path" and parameter.schema is not None:
            values = resolved(parameter.schema).get("enum")
            texts = [value for value in values or () if isinstance(value, str) and value]
            found[parameter.name] = tuple(sorted(texts, key=len, reverse=True))
    return found


def _key(value: str, before: str, after: str) -> str:
    """Return the key between two texts of a segment, `People('{name}')` or `People({id})`: a text is in
    quotes, and those in it are doubled (OData 4.01 URL Conventions §4.3.1).
    """
    if before.endswith("'"):
        return value.replace("''", "'")
    is_open = before.endswith(("(", "=", ",")) and after.startswith((")", ","))
    if is_open and len(value) > 2 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    return value


def _literalness(entry: tuple[_Template, _Place]) -> int:
    """Order templates: the more literal text, the better the match."""
    return -sum(map(len, entry[0].text))


class Router:
    """The paths of a contract as a trie; literal segments win over templated ones (OpenAPI 3.1 §4.8.8.2)."""

    def __init__(
        self,
        operations: tuple[Operation, ...],
        servers: Mapping[str, Sequence[ServerPath]] = _NOWHERE,
        *,
        any_case: bool = False,
        any_slash: bool = False,
    ) -> None:
        """`servers`: the paths of each operation's servers, by its key. any_slash: whether a slash at the end
        of a path makes no difference, where the contract does not have both.
        """
        self.operations = operations
        self._any_case, self._any_slash = any_case, any_slash
        self._servers: dict[ServerPath, set[str]] = {}  # the keys of its operations
        for operation in operations:
            for server in servers.get(operation.key, ()):
                self._servers.setdefault(server, set()).add(operation.key)
        self._root = _Place()
        self._whole: dict[str, _Place] = {}  # paths without parameters, looked up at once
        self._paths: dict[str, str] = {}  # by the path in lower case
        for operation in sorted(operations, key=_has_query):
            self._add(operation)

    def _add(self, operation: Operation) -> None:
        self._paths[operation.path.casefold()] = operation.path
        path, query = query_apart(operation.path)
        place = self._add_path(operation, path)
        if query:
            pairs = frozenset(parse_qsl(query, keep_blank_values=True))
            place.asked.setdefault(operation.method, []).append((pairs, operation))
        spans = spans_of(operation)
        if spans:
            place = self._add_path(operation, written_out(path, spans))
            place.spans = tuple(spans.get(name, (ANY,)) for name in parameter_names(operation))

    def _add_path(self, operation: Operation, path: str) -> _Place:
        place = self._root
        folded = self._fold(path)
        for segment in folded.split("/")[1:]:
            known = _NO_VALUES
            if segment.count("{") > 1:
                known = _known_values(operation)
            place = place.below(segment, known)
        # Of two operations alike, the first one is served.
        place.operations.setdefault(operation.method, operation)
        if not _PARAMETER.search(folded):
            self._whole[folded] = place
        return place

    def _fold(self, path: str) -> str:
        if not self._any_case:
            return path
        parts = _PARTS.split(path)
        parts[::2] = map(str.casefold, parts[::2])  # what stands between the parameters
        return "".join(parts)

    def find(self, path: str) -> Match | None:
        """Match a path as it stands on the wire, percent-encoded, from the contract's root on.

        Raises UnicodeDecodeError.
        """
        whole = self._whole.get(path)
        if whole is not None:
            return whole.match(())
        raw = path.split("/")
        if "%" in path:
            raw = list(map(_decode, raw))
        found = self._descend(raw)
        if found is None and self._any_slash:
            found = self._descend(_toggled(raw))
        return found

    def below_servers(self, path: str) -> Iterator[tuple[Match, str]]:
        """Match a path by what stands below the path of a server; with each match comes that of the server,
        as it was written.

        Raises UnicodeDecodeError.
        """
        for server, keys in self._servers.items():
            below = server.below(path)
            match = None
            if below is not None:
                match = self.find(below)
            if below is None or match is None:
                continue
            there = {name: operation for name, operation in match.operations.items() if operation.key in keys}
            if there:
                yield Match(there, match.values, match.asked), path.removesuffix(below).removesuffix("/")

    def _descend(self, raw: list[str]) -> Match | None:
        keys = raw
        if self._any_case:
            keys = list(map(str.casefold, raw))
        return _search(self._root, keys, raw, 1, ())

    def nearest(self, path: str) -> list[str]:
        """Name the paths that look most like an unknown one, best first; below the path of a server, with
        that.
        """
        for server in self._servers:
            below = server.below(path)
            if below is not None:
                start = path.removesuffix(below).removesuffix("/")
                return list(map(start.__add__, self._nearest(below)))
        return self._nearest(path)

    def _nearest(self, path: str) -> list[str]:
        toggled = path.removesuffix("/")
        if toggled == path:
            toggled += "/"
        match = self.find(toggled)
        if match is None:
            match = self._without_start(path)
        if match is not None:
            return [next(iter(match.operations.values())).path]
        asked = path[:LONGEST_COMPARED].casefold()
        return list(map(self._paths.__getitem__, difflib.get_close_matches(asked, self._paths, cutoff=0.4)))

    def _without_start(self, path: str) -> Match | None:
        """Match what is left of a path without its first segments, which a client may have put there."""
        for _ in range(MOST_TAKEN):
            _, slash, rest = path[1:].partition("/")
            if not rest:
                return None
            path = slash + rest
            match = self._whole.get(self._fold(path))
            if match is not None:
                return match.match(())
        return None


def _has_query(operation: Operation) -> bool:
    return bool(query_apart(operation.path)[1])


_Branch = tuple[_Place, int, tuple[str, ...]]
"""A place in the tree, how many segments led there, and the values in them."""


def _search(place: _Place, keys: list[str], raw: list[str], at: int, values: tuple[str, ...]) -> Match | None:
    """Find what the rest of a path leads to, the most literal way first."""
    end = len(keys)
    waiting: list[_Branch] = [(place, at, values)]
    while waiting:
        place, at, values = waiting.pop()
        while at < end and place.any is None and not place.templates:  # one way to go on at the most
            only = place.literals.get(keys[at])
            if only is None:
                break
            place, at = only, at + 1
        if at < end:
            waiting += _branches(place, keys[at], raw[at], at + 1, values)
        elif place.operations:
            return place.match(values)
    return None


def _branches(place: _Place, key: str, segment: str, at: int, values: tuple[str, ...]) -> list[_Branch]:
    """Return where a segment leads to, the most literal way last."""
    found: list[_Branch] = []
    if place.any is not None and segment:
        found.append((place.any, at, (*values, segment)))
    for template, below in reversed(place.templates):
        matched = template.values(segment)
        if matched is not None:
            found.append((below, at, values + matched))
    literal = place.literals.get(key)
    if literal is not None:
        found.append((literal, at, values))
    return found


def _toggled(segments: list[str]) -> list[str]:
    """Return a path with a slash at its end where it has none, and without it where it has one."""
    if segments[-1]:
        return [*segments, ""]
    return segments[:-1]


def _decode(segment: str) -> str:
    """Decode one segment by itself, so that `%2F` is part of a name and not a separator."""
    return unquote_to_bytes(segment).decode()


# ---- the middleware


class Route(Struct, frozen=True):
    """Where a request goes: into which contract, and to which operation; None where none of them answers it.

    api: the contract's name. is_journalled: whether its calls are noted.
    """

    base_path: str
    operation: Operation | None = None
    api: str = ""
    is_journalled: bool = True


ROUTE: Final = "understudy.route"
"""The key in the ASGI scope under which the route stands."""


SERVER_PATH: Final = "understudy.server_path"
"""The key under which the path of a server stands, below which the operation was asked; absent without
one.
"""


class _Target:
    """What a request to one operation gets into its scope."""

    __slots__ = ("names", "route")

    def __init__(self, route: Route, operation: Operation) -> None:
        self.route = replace(route, operation=operation)
        self.names = parameter_names(operation)


class _Way(NamedTuple):
    """What a path with a method leads to. server: the path of a server that it stands below, or empty. asked:
    where it leads with these in the query.
    """

    target: _Target
    parameters: dict[str, str]
    server: str
    asked: Sequence[tuple[_Pairs, _Way]] = ()

    def by(self, query: bytes) -> _Way:
        """Return where it leads with a query."""
        said = set(parse_qsl(query.decode("latin-1"), keep_blank_values=True))
        for pairs, way in self.asked:
            if pairs <= said:
                return way
        return self


class _MountedRouter:
    """One contract's router where it is mounted, with what each of its operations gets into the scope."""

    def __init__(self, router: Router, route: Route) -> None:
        self.router, self.route, self.base_path = router, route, route.base_path
        self._known: dict[tuple[str, str], _Way] = {}
        self._targets: dict[str, _Target] = {}
        for operation in router.operations:
            self._targets[operation.key] = _Target(route, operation)

    def route_request(self, path: str, scope: Scope) -> None:
        """Put the route into the scope. Raises OperationNotFound, MethodNotAllowed, RequestInvalid."""
        known = self._known.get((scope["method"], path))
        if known is None:
            scope[ROUTE] = self.route  # whose shape a refusal takes
            known = self._find(path, scope["method"])
        if known.asked:
            known = known.by(scope["query_string"])
        target, parameters, server, _ = known
        scope[ROUTE] = target.route
        scope["path_params"] = parameters
        if server:
            scope[SERVER_PATH] = server

    def _find(self, path: str, method: str) -> _Way:
        match, server = self._match(path, method)
        operation = _operation(match, path, method)
        asked = []
        for pairs, other in match.asked.get(operation.method, ()):
            asked.append((pairs, self._way(other, match, server)))
        found = self._way(operation, match, server)._replace(asked=asked)
        if len(path) <= LONGEST_REMEMBERED:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[method, path] = found
        return found

    def _way(self, operation: Operation, match: Match, server: str) -> _Way:
        target = self._targets[operation.key]
        return _Way(target, dict(zip(target.names, match.values, strict=True)), server)

    def _match(self, path: str, method: str) -> tuple[Match, str]:
        """Return what a path leads to: by itself, or below the path of a server where that has the method."""
        below = path[len(self.base_path) :] or "/"
        try:
            match = self.router.find(below)
            if match is not None and _asked(match, method):
                return match, ""
            candidates = list(self.router.below_servers(below))
        except UnicodeDecodeError:
            failure = Failure("path", "", "encoding", "UTF-8 after percent-decoding", below[:80])
            raise RequestInvalid([failure]) from None
        for candidate in candidates:
            if _asked(candidate[0], method):
                return candidate
        if match is not None:
            return match, ""
        if candidates:
            return candidates[0]
        nearest = map(self.base_path.__add__, self.router.nearest(below))
        raise OperationNotFound(method, path, list(nearest))


def _asked(match: Match, method: str) -> Operation | None:
    asked = method.lower()
    operation = match.operations.get(asked)
    if operation is None and asked == "head":
        operation = match.operations.get("get")
    return operation


def _operation(match: Match, path: str, method: str) -> Operation:
    operation = _asked(match, method)
    if operation is None:
        allowed = {"OPTIONS", *map(str.upper, match.operations)}
        if "GET" in allowed:
            allowed.add("HEAD")
        raise MethodNotAllowed(method, path, sorted(allowed))
    return operation


def _refuse(mounted: _MountedRouter | None, path: str, scope: Scope) -> None:
    """Refuse a request for what was noted before, in the shape of the operation it would lead to. Raises
    Refusal.
    """
    if mounted is not None:
        with suppress(Refusal):
            mounted.route_request(path, scope)
    raise scope[REFUSED]


class RoutingMiddleware(SpecMiddleware):  # type: ignore[misc]  # Connexion ships no types
    """Takes the place of Connexion's routing, which scans every path and does not know `%2F`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._mounted: dict[str, _MountedRouter] = {}
        self._deep: list[str] = []  # those of several segments, the longest first

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
        route = Route(base_path, api=name, is_journalled=is_journalled)
        self._mounted[base_path] = _MountedRouter(router, route)
        if base_path.count("/") > 1:
            self._deep = sorted([*self._deep, base_path], key=len, reverse=True)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Put the route into the scope and pass the request on. Raises Refusal."""
        if scope["type"] == "http":
            path = str(raw_path(scope), "latin-1")
            mounted = self._mounted.get("/" + path[1:].partition("/")[0]) or self._mounted.get("")
            for base_path in self._deep:
                if path.startswith(base_path) and path[len(base_path) :][:1] in ("", "/"):
                    mounted = self._mounted[base_path]
                    break
            if REFUSED in scope:
                _refuse(mounted, path, scope)
            if mounted is None:
                there_are = map("{}/".format, self._mounted)
                raise OperationNotFound(scope["method"], path, list(there_are))
            mounted.route_request(path, scope)
        return self.app(scope, receive, send)
