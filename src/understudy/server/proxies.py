"""Proxies before the server: the path they keep for it, and what those that are trusted say of who called."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Mapping, Sequence
from itertools import takewhile
from typing import Final
from urllib.parse import unquote_to_bytes
from urllib.request import parse_http_list

from msgspec import Struct
from werkzeug.http import parse_options_header

from understudy.errors import Failure, RequestInvalid
from understudy.server.asgi import ASGIApp, Receive, Scope, Send, raw_path
from understudy.server.networks import ROOT_PATH, Networks, address_of
from understudy.server.session_middleware import BARE, CONNECTED_HOST, HOST, PREFIX, REFUSED

Pairs = Mapping[str, str]

_PORTS: Final = {"http": "80", "https": "443"}
"""The ports that a URL need not name."""
_FORWARDED: Final = frozenset(
    {
        b"forwarded",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-prefix",
        b"x-forwarded-proto",
    }
)


class Told(Struct, frozen=True):
    """What proxies said of a request: each member empty where they said nothing of it.

    client: the address that called the outermost of them that is trusted.
    """

    scheme: str = ""
    host: str = ""
    port: str = ""
    prefix: str = ""
    client: str = ""


class Proxied:
    """Has all that stands behind it see a request as its caller sent it to the proxy."""

    def __init__(self, app: ASGIApp, *, root_path: str, trusted: Sequence[str]) -> None:
        """root_path: the path that the proxy keeps for the server, where it does not say so itself.

        trusted: the proxies that are believed; see `Networks`. Raises SettingsError.
        """
        self.app, self._root, self._trusted = app, root_path, Networks(trusted)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on."""
        if scope["type"] == "http":
            root, client = self._root, scope.get("client")
            if client and self._trusted.have(client[0]) and _is_forwarded(scope):
                root = self._believe(scope) or root
            if root:
                _take_off(scope, root)
        return self.app(scope, receive, send)

    def _believe(self, scope: Scope) -> str:
        """Put what a proxy says into the scope, and return the path that it keeps for the server.

        What no proxy may say is noted as a refusal.
        """
        try:
            told = self._told(scope)
        except RequestInvalid as refusal:
            scope[REFUSED] = refusal
            return ""
        if told.scheme:
            scope["scheme"] = told.scheme
        if told.client:
            scope["client"] = (told.client, 0)
        if told.host or told.port:
            _put_host(scope, told)
        return told.prefix

    def _told(self, scope: Scope) -> Told:
        """Read the headers. Raises RequestInvalid."""
        said = {name: _listed(scope, name) for name in _FORWARDED}
        hops, client = self._outermost(said[b"x-forwarded-for"])
        told = _Said(said, hops)
        standard = list(map(_pairs, said[b"forwarded"]))
        if standard:
            outer, caller = self._outermost([pairs.get("for", "") for pairs in standard])
            told.standard = standard[-outer:]
            client = client or caller
        return Told(
            scheme=told.one("proto", _SCHEME, "http or https").lower(),
            host=told.one("host", HOST, "one host, with a port or without"),
            port=told.one("port", _PORT, "the number of a port"),
            prefix=told.prefix(),
            client=client,
        )

    def _outermost(self, callers: Sequence[str]) -> tuple[int, str]:
        """Return how many of the last entries were written by proxies that are trusted, and who called the
        outermost one.
        """
        nearest_first = [_bare(caller) for caller in reversed(callers)]
        trusted = len(list(takewhile(self._trusted.have, nearest_first)))
        hops = min(trusted + 1, max(len(callers), 1))
        client = nearest_first[hops - 1] if callers else ""
        return hops, client if address_of(client) else ""


_SCHEME: Final = re.compile(rb"https?", re.IGNORECASE)
_PORT: Final = re.compile(rb"[0-9]{1,5}")


class _Said:
    """What stands in the headers of a request, each a list of what proxies wrote, the nearest last."""

    def __init__(self, headers: Mapping[bytes, Sequence[str]], hops: int) -> None:
        """hops: how many of the proxies are trusted."""
        self._headers, self._hops = headers, hops
        self.standard: Sequence[Pairs] = ()
        """What trusted proxies wrote into `Forwarded`, the outermost first."""

    def one(self, name: str, form: re.Pattern[bytes], expected: str) -> str:
        """Return what the outermost proxy says of something, "" for nothing. Raises RequestInvalid."""
        values = self._headers[b"x-forwarded-" + name.encode()][-self._hops :]
        header = f"X-Forwarded-{name.capitalize()}"
        if not values:
            header = "Forwarded"
            values = [pairs[name] for pairs in self.standard if name in pairs]
        if not values:
            return ""
        if not form.fullmatch(values[0].encode("latin-1", "replace")):
            raise _invalid(header, expected, values[0])
        return values[0]

    def prefix(self) -> str:
        """Return what trusted proxies took off the path, or keep for the server. Raises RequestInvalid."""
        found = ""
        for value in self._headers[b"x-forwarded-prefix"][-self._hops :]:
            if value and not ROOT_PATH.fullmatch(value):
                raise _invalid("X-Forwarded-Prefix", "a path such as /sandbox", value)
            found += value.rstrip("/")
        return found


def _invalid(header: str, expected: str, received: str) -> RequestInvalid:
    return RequestInvalid([Failure("header", f"/{header}", "pattern", expected, repr(received[:80]))])


def _is_forwarded(scope: Scope) -> bool:
    return any(name in _FORWARDED for name, _ in scope["headers"])


def _listed(scope: Scope, name: bytes) -> list[str]:
    """Return the members of a header that is a list, whatever number of lines it has (RFC 9110 §5.3)."""
    values = [str(value, "latin-1") for key, value in scope["headers"] if key == name]
    return [member for value in values for member in parse_http_list(value)]


def _pairs(element: str) -> Pairs:
    """Read an element of `Forwarded` (RFC 7239 §4). Raises RequestInvalid."""
    pairs = parse_options_header(f"element;{element}")[1]
    if not pairs:
        raise _invalid("Forwarded", "names with values, such as proto=https;host=example.com", element)
    return pairs


def _put_host(scope: Scope, told: Told) -> None:
    """Put the host that a caller named into the place of the one that its proxy named."""
    headers = scope["headers"]
    connected = next((str(value, "latin-1") for name, value in headers if name == b"host"), "")
    scope[CONNECTED_HOST] = connected
    host = told.host or connected
    if told.port:
        host = re.sub(r":[0-9]*$", "", host)
        if _PORTS.get(scope["scheme"]) != told.port:
            host += f":{told.port}"
    others = [(name, value) for name, value in headers if name != b"host"]
    scope["headers"] = [(b"host", host.encode("latin-1")), *others]


def _take_off(scope: Scope, root: str) -> None:
    """Take the proxy's own path off a request's, where the proxy has not, and note it for links."""
    scope[PREFIX] = root
    raw = raw_path(scope)
    mark = root.encode()
    if raw == mark:
        scope[BARE] = True
        raw += b"/"
    if raw.startswith(mark + b"/"):
        scope["raw_path"] = raw[len(mark) :]
        scope["path"] = unquote_to_bytes(scope["raw_path"]).decode(errors="replace")


def _bare(node: str) -> str:
    """Return an address without brackets and port (RFC 7239 §6)."""
    if node.startswith("["):
        return node[1:].partition("]")[0]
    if node.count(":") == 1:
        return node.partition(":")[0]
    return node
