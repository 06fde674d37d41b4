"""An application's event loop on a thread of its own: it answers on a socket, and callers of the same process
without one.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self, TypeVar

from understudy.server.asgi import ASGIApp
from understudy.server.running import Server

T = TypeVar("T")


class Background:
    """Runs one application.

    The thread begins with the first use and ends with `stop`; then nothing is left open.

    To be used from any thread but its own.
    """

    def __init__(self, app: ASGIApp, on_stop: Callable[[], None] = lambda: None) -> None:
        """`on_stop` is called on the loop when it is to stop, before it waits for requests under way."""
        self.app, self._on_stop = app, on_stop
        self._server = Server(app, log_level="critical")
        self._url = ""
        self._serving: Future[None] | None = None
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._starting, self._listening = threading.Lock(), threading.Lock()
        self._is_over = False

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine on the loop. Raises RuntimeError once it was stopped."""
        try:
            self._start()
            return asyncio.run_coroutine_threadsafe(work, self._loop)
        except RuntimeError:
            work.close()
            raise

    def listen(self, listener: socket.socket | None = None) -> str:
        """Answer on a socket from now on, unless it does so already, and return the URL.

        listener: a bound socket, which is closed at the end; by default a free port of the loopback address.
        Raises RuntimeError once it was stopped.
        """
        with self._listening:
            if self._serving is None:
                bound = listener or loopback()
                try:
                    self._serving = self.submit(self._server.serve([bound]))
                except RuntimeError:
                    bound.close()
                    raise
                while not self._server.listening.wait(0.05):
                    if self._serving.done():
                        self._serving.result()  # raises what kept it from listening
                self._url = url_of(bound)
            return self._url

    def stop(self) -> None:
        """Stop: first the socket, then all that still runs on the loop, then the thread.

        Doing so twice does nothing more.
        """
        with self._starting:
            was_over, self._is_over = self._is_over, True
        if was_over or self._thread is None:
            return
        self._loop.call_soon_threadsafe(self._on_stop)
        if self._serving is not None:
            self._server.stop()
            self._serving.result()
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self) -> None:
        with self._starting:
            if self._is_over:
                raise RuntimeError("the sandbox was closed")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="understudy", daemon=True)
                self._thread.start()
        self._ready.wait()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=self._server.config.get_loop_factory()) as runner:
            runner.run(self._until_over())  # the runner then cancels what is still running

    async def _until_over(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        await self._over.wait()


def loopback() -> socket.socket:
    """Return a socket that listens on a free port of the loopback address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(2048)
    return listener


def url_of(listener: socket.socket) -> str:
    """Return the URL of what answers on a socket of IPv4."""
    host, port = listener.getsockname()[:2]
    return f"http://{host}:{port}"
