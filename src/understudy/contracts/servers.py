"""Servers: the paths under which a contract's operations stand where they are really served."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice, product
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from understudy.contracts.contract import Contract, Operation
from understudy.contracts.source import Node

MOST: Final = 64  # ways to write one server; enums of several variables multiply
_VARIABLE: Final = re.compile(r"{([^{}]*)}")
_AUTHORITY: Final = re.compile(r"(?:[^/?#]*:)?//[^/]*")
_BARE_HOST: Final = re.compile(
    r"(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})(?::[0-9]+)?", re.IGNORECASE
)
"""A host that stands where OpenAPI reads a relative path, since its scheme was forgotten."""
TAKEN: Final = re.compile(r"/~|/__admin(?=/|$)")
"""What the sandbox answers itself where a contract stands at the root."""
_SOMEWHERE: Final = "localhost"
"""A value for a variable that no path has and the contract says nothing of."""


class ServerPath(Struct, frozen=True):
    """The path of a server.

    text: as it may be written, `/api/v1`; a variable that may have any value in braces. depth: its segments.
    pattern: what they look like, decoded.
    """

    text: str
    depth: int
    pattern: re.Pattern[str]

    def below(self, path: str) -> str | None:
        """Return what a path on the wire has below this one, beginning with a slash; None where it is
        elsewhere.
        """
        _, *segments = path.split("/", self.depth + 1)
        rest = "/"
        if len(segments) > self.depth:
            rest += segments.pop()
        if len(segments) < self.depth or not self.pattern.fullmatch(unquote("/".join(segments))):
            return None
        return rest


def server_paths(contract: Contract, operation: Operation) -> Sequence[ServerPath]:
    """Return the paths of the servers that are stated for an operation: its own, its path's, the contract's;
    and the contract's name where the sandbox itself answers the operation's path.

    The root is none of them: there everything else stands anyway.
    """
    found: dict[str, ServerPath] = {}
    if TAKEN.match(operation.path):
        apart = _server_path(_segments(contract.name))
        found[apart.text] = apart
    for owner in (operation.node, operation.item, contract.document.root):
        if owner.has("servers"):
            key = server_paths, owner.address
            for path in contract.kept(key, partial(_stated, owner)):
                found.setdefault(path.text, path)
    return tuple(found.values())


def all_server_paths(contract: Contract) -> Mapping[str, Sequence[Operation]]:
    """Return the paths of all servers as they may be written, each with the operations that stand below
    it.
    """
    found: dict[str, list[Operation]] = {}
    for operation in contract.operations:
        for path in server_paths(contract, operation):
            found.setdefault(path.text, []).append(operation)
    return found


def hosts(contract: Contract) -> frozenset[str]:
    """Return the hosts of the contract's servers, of variables their defaults."""
    found = set()
    for server in contract.document.root.entries("servers"):
        url, variables = server.get("url"), server.get("variables")
        if not isinstance(url, str):
            continue
        for name in _VARIABLE.findall(url):
            stated = variables.get(name) if isinstance(variables, dict) else None
            default = stated.get("default", "") if isinstance(stated, dict) else ""
            url = url.replace(f"{{{name}}}", str(default))
        with suppress(ValueError):  # as a host that is no IPv6 address in brackets
            found.add(urlsplit(url.strip()).hostname or "")
    return frozenset(found - {""})


def hidden_paths(contract: Contract) -> Sequence[str]:
    """Name the paths below servers that lead elsewhere, because the contract itself has such a path."""
    declared = [(operation.method, operation.path.split("/")) for operation in contract.operations]
    found = []
    for server, operations in all_server_paths(contract).items():
        depth = server.count("/") + 1
        first = server.split("/")
        near = [(method, path) for method, path in declared if fits(first, path[:depth])]
        for operation in operations:
            path = first + operation.path.split("/")[1:]
            if any(method == operation.method and fits(path, template) for method, template in near):
                found.append("/".join(path))
    return list(dict.fromkeys(found))


def fits(path: Sequence[str], template: Sequence[str]) -> bool:
    """Tell whether the segments of a path may be those of a template for some values of its parameters."""
    if len(path) != len(template):
        return False
    pairs = zip(path, template, strict=True)
    return all(segment == part or (segment and "{" in part) for segment, part in pairs)


def _stated(owner: Node) -> tuple[ServerPath, ...]:
    found: dict[str, ServerPath] = {}
    for server in owner.entries("servers"):
        url, variables = server.get("url"), server.get("variables")
        if not isinstance(url, str):
            continue
        if not isinstance(variables, dict):
            variables = {}
        for path in _paths(url.strip(), variables):
            one = _server_path(_segments(path))
            if one.depth:
                found.setdefault(one.text, one)
    return tuple(found.values())


def _server_path(segments: Sequence[str]) -> ServerPath:
    return ServerPath("/" + "/".join(segments), len(segments), _pattern(segments))


def _paths(url: str, variables: Mapping[str, Any]) -> Iterator[str]:
    """Yield the paths that a URL stands for, whatever its variables are; variables that may have any value
    stay there.
    """
    template = re.split(r"[?#]", url, maxsplit=1)[0]
    names = list(dict.fromkeys(_VARIABLE.findall(template)))
    in_path = _VARIABLE.findall(_path_of(template))
    choices = [_values(name, variables.get(name), name in in_path) for name in names]
    for values in islice(product(*choices), MOST):
        filled = template
        for name, value in zip(names, values, strict=True):
            filled = filled.replace(f"{{{name}}}", value)
        yield _path_of(filled)


def _values(name: str, variable: Any, is_in_path: bool) -> list[str]:
    """Return what may stand for a variable: its default, each value of its enum; without an enum anything."""
    stated: Mapping[str, Any] = {}
    if isinstance(variable, dict):
        stated = variable
    enum = stated.get("enum")
    found = []
    if "default" in stated:
        found.append(str(stated["default"]))
    if isinstance(enum, list) and enum:
        found += map(str, enum)
    elif is_in_path:
        found.append(f"{{{name}}}")
    return list(dict.fromkeys(found)) or [_SOMEWHERE]


def _path_of(url: str) -> str:
    """Return the path of a URL; empty where it begins with a variable, so that nobody knows."""
    authority = _AUTHORITY.match(url)
    if authority:
        return url[authority.end() :]
    first, slash, rest = url.partition("/")
    if _BARE_HOST.fullmatch(first) or first.startswith("{"):
        return slash + rest
    return url


def _segments(path: str) -> list[str]:
    """Return the segments of a path without those that lead nowhere or up (RFC 3986 §5.2.4), decoded."""
    found: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del found[-1:]
        elif segment not in ("", "."):
            found.append(unquote(segment))
    return found


def _pattern(segments: Sequence[str]) -> re.Pattern[str]:
    """Return what the segments look like; a variable among them is any text without a slash."""
    texts = map(re.escape, re.split(r"{[^{}]*}", "/".join(segments)))
    return re.compile("[^/]+".join(texts))
