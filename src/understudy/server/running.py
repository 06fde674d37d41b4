"""A server that says when it listens, can be told to stop from another thread, and does one last thing when
it stops.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress

import uvicorn

from understudy.server.asgi import ASGIApp
from understudy.server.protocol import HttpProtocol

# Seconds that a request under way has when the server stops; one that a fault delays can take much longer.
GRACE = 3
_MakeContext = Callable[[uvicorn.Config, Callable[[], ssl.SSLContext]], ssl.SSLContext]
_TURNS_TO_CLOSE = 3
"""Turns of the loop after which a connection that was closed is gone."""


class Server(uvicorn.Server):
    """uvicorn with the settings every server of ours has."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        log_level: str = "warning",
        tls: ssl.SSLContext | None = None,
        on_listening: Callable[[], object] | None = None,
        on_stopping: Callable[[], None] | None = None,
        on_stop: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """With `tls` it speaks https alone. `on_listening` is called once it answers.

        Also where a signal ends the process: `on_stopping` is called before requests under way are waited
        for, `on_stop` is awaited once there are none.
        """
        super().__init__(
            uvicorn.Config(
                app,
                http=HttpProtocol,
                ws="none",  # no API here speaks it; an upgrade that is asked for is answered as HTTP
                interface="asgi3",  # it cannot tell where the outermost application is no coroutine function
                lifespan="off",
                access_log=False,
                log_level=log_level,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=GRACE,
                ssl_context_factory=_factory_of(tls),
            )
        )
        self.listening = threading.Event()
        self._on_listening, self._on_stopping, self._on_stop = on_listening, on_stopping, on_stop
        self._wake: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def stop(self) -> None:
        """Stop, from any thread."""
        self.should_exit = True
        if self._loop is not None and self._wake is not None:
            self._loop.call_soon_threadsafe(self._wake.set)

    async def main_loop(self) -> None:
        """Serve until told to stop: at once by `stop`, within a tenth of a second by a signal."""
        self._loop, self._wake = asyncio.get_running_loop(), asyncio.Event()
        if self._on_listening is not None:
            self._on_listening()
        while not await self.on_tick(0):
            self.listening.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), 0.1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop serving, and do what is to be done before and after."""
        if self._on_stopping is not None:
            self._on_stopping()
        if not await self._is_idle(sockets or []):
            await super().shutdown(
                sockets
            )  # it looks every tenth of a second, also where there is nothing to wait for
        if self._on_stop is not None:
            await self._on_stop()

    async def _is_idle(self, sockets: list[socket.socket]) -> bool:
        """Close what listens and what nobody uses, and tell whether nothing is left to wait for."""
        for server in self.servers:
            server.close()
        for listener in sockets:
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        for _ in range(_TURNS_TO_CLOSE):
            await asyncio.sleep(0)
        return not self.server_state.connections and not self.server_state.tasks


def _factory_of(tls: ssl.SSLContext | None) -> _MakeContext | None:
    """Return what uvicorn asks for the context of its connections."""
    if tls is None:
        return None
    return lambda _config, _default: tls
