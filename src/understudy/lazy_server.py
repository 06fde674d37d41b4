"""A server that is started by its first caller: until then there is a socket and a thread that waits."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

Start = Callable[[socket.socket], AbstractContextManager[object]]
"""Serves on a socket that listens until what it returns is left."""


class LazyServer:
    """Listens on a free port of the loopback address; the first connection there starts a server on it."""

    def __init__(self, start: Start) -> None:
        """`start` takes the socket over, in another thread and once at most; callers wait meanwhile."""
        self._start = start
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._told, self._tell = socket.socketpair()
        self._thread = threading.Thread(target=self._wait, name="understudy-lazy-server", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop the server if there is one, and wait until it has; nothing is left open."""
        self._tell.close()
        self._thread.join()
        self._told.close()

    def _wait(self) -> None:
        ready, _, _ = select.select([self._listener, self._told], [], [])
        try:
            if self._told not in ready:
                with self._start(self._listener):
                    self._told.recv(1)
        finally:
            self._listener.close()  # whatever became of it, nobody waits for an answer that never comes
