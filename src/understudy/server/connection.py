"""The connection below a request: what a fault needs that ASGI does not have."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from contextlib import suppress
from typing import Any, Final, Protocol

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from understudy.errors import SandboxError
from understudy.server.asgi import Scope
from understudy.server.journaling import EXCHANGE

CONNECTION: Final = "understudy.connection"
"""The key in `scope["extensions"]` under which the `Connection` of a request stands where it came over no
socket.
"""

_HEAD: Final = b"HTTP/1.1 "
# struct linger: on, for no seconds
_NO_LINGERING: Final = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Connection(Protocol):
    """What carries an answer to the caller.

    After either of these nothing more is sent, and the application may simply return.
    """

    def reset(self) -> None:
        """End it at once and rudely: the caller sees a connection reset (TCP RST)."""

    def close(self) -> None:
        """End it in order once all that was sent has gone out: the caller sees the end, wherever in an answer
        it comes.
        """


def connection_of(scope: Scope) -> Connection:
    """Return the connection of a request. Raises SandboxError where the server does not give it."""
    found: Connection | None = scope.get("extensions", {}).get(CONNECTION)
    if found is not None:
        return found
    cycle = None
    if EXCHANGE in scope:
        cycle = scope[EXCHANGE].source
    if not isinstance(cycle, RequestResponseCycle):
        no_access = "this fault ends the connection, which the server in use gives no access to"
        raise SandboxError(f"{no_access}; start it with `understudy serve`")
    return SocketConnection(cycle)


class SocketConnection:
    """The connection of one request on a socket, by way of what uvicorn answers it with."""

    def __init__(self, cycle: RequestResponseCycle) -> None:
        self._cycle = cycle

    def reset(self) -> None:
        """Reset it, with nothing left to send: a socket that does not linger says RST instead of FIN."""
        transport = self._cycle.transport
        with suppress(OSError):  # the caller has gone already, or it is no TCP
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGERING)
        self._cycle.disconnected = True
        transport.abort()

    def close(self) -> None:
        """Close it after what was sent."""
        self._cycle.disconnected = True
        self._cycle.transport.close()


class OneWrite:
    """A transport that sends the head of an answer together with the first piece of its body: one system call
    and one packet less.

    A head that nothing follows in the same turn of the loop goes by itself.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._call_soon = transport, loop.call_soon
        self._head = b""
        # What is asked for with every request is found without a detour.
        self.is_closing, self.get_extra_info = transport.is_closing, transport.get_extra_info

    def write(self, data: bytes) -> None:
        """Send, or keep the head of an answer for a moment."""
        head = self._head
        if head:
            self._head = b""
            self._transport.write(head + data)
        elif data.startswith(_HEAD):
            self._head = data
            self._call_soon(self.flush)
        else:
            self._transport.write(data)

    def flush(self) -> None:
        """Send what was kept."""
        head, self._head = self._head, b""
        if head:
            self._transport.write(head)

    def close(self) -> None:
        """Close once all is sent."""
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's HTTP over such a transport."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin with a caller."""
        super().connection_made(OneWrite(transport, self.loop))  # type: ignore[arg-type]
