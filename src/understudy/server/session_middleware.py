"""The entrance: whose session a request belongs to, said by a header or by the first segment of its path."""

from __future__ import annotations

import re
from collections.abc import Awaitable
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from understudy.errors import Failure, Refusal, RequestInvalid
from understudy.server.asgi import ASGIApp, Receive, Scope, Send, header_values, raw_path
from understudy.sessions import DEFAULT, Sessions, check_name

SESSION: Final = "understudy.session"
"""The key in the ASGI scope under which the `Session` stands."""
PREFIX: Final = "understudy.prefix"
"""The key under which stands what was taken off the path: a proxy's own, and `/~name`; absent where there was
nothing.
"""
BARE: Final = "understudy.bare"
"""The key that is there where nothing followed that, not even a slash."""
CONNECTED_HOST: Final = "understudy.connected_host"
"""The key of what `Host` said where a proxy told of another."""
HEADERS: Final = "understudy.headers"
"""The key under which the headers stand by lower-case name; of several with one name, the last."""
FAULT: Final = "understudy.fault"
"""The key under which the text of Sandbox-Fault stands; absent where the header was not sent."""
REFUSED: Final = "understudy.refused"
"""The key of a refusal that has to wait until it is known whose shape it takes."""
SETTLES: Final = "understudy.settles"
"""The key of what has a part of the session be decided that other processes count too, faults or answers;
absent where none do.
"""

HOST: Final = re.compile(rb"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(:[0-9]*)?")
"""What a Host header may say (RFC 9110 §7.2, RFC 3986 §3.2.2)."""
_HOSTS_KEPT: Final = 256


class SessionMiddleware:
    """Finds the session of each request, and takes a session's prefix off its path."""

    def __init__(self, app: ASGIApp, sessions: Sessions) -> None:
        self.app, self._sessions = app, sessions
        self._hosts: set[bytes | None] = set()  # that came before, and are good

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Note the session in the scope and pass the request on."""
        if scope["type"] == "http":
            headers = scope[HEADERS] = dict(scope["headers"])
            named = ""
            if headers.get(b"host") not in self._hosts or len(headers) < len(scope["headers"]):
                self._check_host(scope)
            if b"sandbox-session" in headers:
                named = str(headers[b"sandbox-session"], "latin-1")
                # The header is empty, or some header came twice.
                if not named or len(headers) < len(scope["headers"]):
                    named = _named(scope)
            if b"sandbox-fault" in headers:
                scope[FAULT] = ", ".join(header_values(scope, b"sandbox-fault"))
            if scope["path"].startswith("/~"):
                named = _take_prefix(scope, named)
            try:
                scope[SESSION] = self._sessions.use(DEFAULT if REFUSED in scope else named or DEFAULT)
            except Refusal as refusal:
                scope[REFUSED] = refusal
                scope[SESSION] = self._sessions.use()
        return self.app(scope, receive, send)

    def _check_host(self, scope: Scope) -> None:
        """Note a refusal unless a request says once, and in a form there is, whom it is for (RFC 9112
        §3.2).
        """
        named = [value for name, value in scope["headers"] if name == b"host"]
        if not named and scope.get("http_version") != "1.1":
            return
        if len(named) == 1 and HOST.fullmatch(named[0]):
            if len(self._hosts) >= _HOSTS_KEPT:
                self._hosts.clear()
            self._hosts.add(named[0])
            return
        rule, expected = "pattern", "one host, with a port or without"
        if not named:
            rule = "required"
        received = " and ".join(repr(str(name[:80], "latin-1")) for name in named[:3])
        failure = Failure("header", "/Host", rule, expected, received)
        scope[REFUSED] = RequestInvalid([failure])


def _named(scope: Scope) -> str:
    """Return the session that the header names; a header without a name, or with several, is noted as a
    refusal.
    """
    names = sorted(set(header_values(scope, b"sandbox-session")))
    try:
        if len(names) > 1:
            received = " and ".join(repr(name[:80]) for name in names)
            raise RequestInvalid([Failure("header", "/Sandbox-Session", "const", "one name", received)])
        check_name(names[0])
    except RequestInvalid as refusal:
        scope[REFUSED] = refusal
    return names[0]


def _take_prefix(scope: Scope, named: str) -> str:
    """Take `/~name` off the path and return the name; what does not fit is noted as a refusal."""
    # On the wire `%2F` is part of a segment and does not end it.
    segment, slash, rest = raw_path(scope)[1:].partition(b"/")
    # SDKs put their base address before the path of a link, which has the prefix already.
    rest = rest.removeprefix(segment + b"/")
    name = unquote_to_bytes(segment).decode(errors="replace")[1:]
    scope[PREFIX] = f"{scope.get(PREFIX, '')}/~{quote(name)}"
    if not slash:
        scope[BARE] = True
    scope["raw_path"] = b"/" + rest
    scope["path"] = unquote_to_bytes(scope["raw_path"]).decode(errors="replace")
    try:
        check_name(name, Failure("path", "/~", "pattern", ""))
        if named and named != name:
            expected = f"{name!r}, as the path has it, or not sent at all"
            raise RequestInvalid([Failure("header", "/Sandbox-Session", "const", expected, repr(named[:80]))])
    except RequestInvalid as refusal:
        scope[REFUSED] = refusal
    return name
