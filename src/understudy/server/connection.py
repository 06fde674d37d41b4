"""The connection below a request: what a fault needs that ASGI does not have."""

from __future__ import annotations

import socket
import struct
import sys
from contextlib import suppress
from typing import Final, Protocol

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from understudy.errors import SandboxError
from understudy.server.asgi import Scope
from understudy.server.journaling import EXCHANGE

CONNECTION: Final = "understudy.connection"
"""The key in `scope["extensions"]` under which the `Connection` of a request stands where it came over no
socket.
"""

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
