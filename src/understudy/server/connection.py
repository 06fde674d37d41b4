"""The connection below a request: what a fault needs that ASGI does not have."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
import weakref
from contextlib import suppress
from typing import Any, Final, Protocol

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from understudy.errors import SandboxError
from understudy.server.wire import Scope

CONNECTION: Final = "understudy.connection"
"""The key in `scope["extensions"]` under which the `Connection` of a request stands."""

_NO_LINGERING: Final = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)  # struct linger: on, for no seconds


class Connection(Protocol):
    """What carries an answer to the caller. After either of these nothing more is sent, and the application may simply return."""

    def reset(self) -> None:
        """End it at once and rudely: the caller sees a connection reset (TCP RST)."""

    def close(self) -> None:
        """End it in order once all that was sent has gone out: the caller sees the end, wherever in an answer it comes."""


def connection_of(scope: Scope) -> Connection:
    """Return the connection of a request. Raises SandboxError where the server does not give it."""
    found: Connection | None = scope.get("extensions", {}).get(CONNECTION)
    if found is None:
        raise SandboxError("this fault ends the connection, which the server in use gives no access to; start it with `understudy serve`")
    return found


class SocketConnection:
    """The connection of one request on a socket."""

    __slots__ = ("_cycle",)

    def __init__(self, cycle: RequestResponseCycle) -> None:
        # The cycle holds the scope and the scope this: held in turn, each request would wait for the garbage collector.
        self._cycle = weakref.ref(cycle)

    def reset(self) -> None:
        """Reset it, with nothing left to send: a socket that does not linger says RST instead of FIN."""
        transport = self._end()
        if transport is not None:
            with suppress(OSError):  # the caller has gone already, or it is no TCP
                transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGERING)
            transport.abort()

    def close(self) -> None:
        """Close it after what was sent."""
        transport = self._end()
        if transport is not None:
            transport.close()

    def _end(self) -> asyncio.Transport | None:
        cycle = self._cycle()
        if cycle is None:
            return None
        cycle.disconnected = True
        return cycle.transport


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's HTTP, with the connection in the scope."""

    def on_headers_complete(self) -> None:
        """Begin a request."""
        super().on_headers_complete()
        cycle = self.cycle
        if cycle is not None and cycle.scope is self.scope:  # not where the request became another protocol's
            extensions: dict[str, Any] = {CONNECTION: SocketConnection(cycle)}
            self.scope["extensions"] = extensions  # before the application starts, which is in the loop's next turn
