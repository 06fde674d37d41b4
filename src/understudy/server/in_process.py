"""An httpx transport that hands requests to an application of the same process: no socket, and the errors a
socket would show.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import re
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import CancelledError
from typing import Final
from urllib.parse import unquote

import httpx

from understudy.server.asgi import ASGIApp, Disconnected, Headers, Message, Scope
from understudy.server.background import Background
from understudy.server.connection import CONNECTION

RESET: Final = f"[Errno {errno.ECONNRESET}] {os.strerror(errno.ECONNRESET)}"

_UNSENDABLE: Final = re.compile(rb"[\r\n\0]")
logger = logging.getLogger("understudy")


class InProcess(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """For any number of httpx.Client and httpx.AsyncClient (on asyncio), in any threads.

    An answer is whole before its caller gets it, so a live stream of the journal, which has no end, needs a
    socket.
    """

    def __init__(self, background: Background) -> None:
        self._background = background

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Have a request answered.

        Raises httpx.TransportError as a socket would; RuntimeError once the sandbox was closed.
        """
        work = _Exchange(request, request.read()).run(self._background.app)
        try:
            return self._background.submit(work).result()
        except CancelledError:
            raise httpx.ReadError("the sandbox was closed", request=request) from None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Have a request answered.

        Raises httpx.TransportError as a socket would; RuntimeError once the sandbox was closed.
        """
        work = _Exchange(request, await request.aread()).run(self._background.app)
        return await asyncio.wrap_future(self._background.submit(work))


class _Exchange:
    """One request and its answer, and the `Connection` between them. Runs on the application's loop."""

    def __init__(self, request: httpx.Request, content: bytes) -> None:
        self._request, self._content = request, content
        self._timeout: float | None = request.extensions.get("timeout", {}).get("read")  # seconds
        self._status = 0
        self._headers: Headers = []
        self._body = b""
        self._is_read = self._is_whole = self._is_closed = self._is_reset = False

    async def run(self, app: ASGIApp) -> httpx.Response:
        """Call the application. Raises httpx.TransportError."""
        for name, value in self._request.headers.raw:
            if _UNSENDABLE.search(value):  # as a socket's client has it
                raise httpx.LocalProtocolError(
                    f"Illegal header value for {name.decode('latin-1')}", request=self._request
                )
        self._gone = asyncio.Event()
        # Who gives up does not stop the application: over a socket it would only hear of it.
        task = asyncio.create_task(self._call(app))
        try:
            async with asyncio.timeout(self._timeout) as self._patience:
                await asyncio.shield(task)
        except TimeoutError:
            raise httpx.ReadTimeout("timed out", request=self._request) from None
        finally:
            self._gone.set()
        return self._answer()

    async def _call(self, app: ASGIApp) -> None:
        try:
            await app(self._scope(), self._receive, self._send)
        except Disconnected:
            pass  # the caller gave up
        except Exception:
            logger.exception("a request failed in the application")

    def _scope(self) -> Scope:
        url = self._request.url
        raw_path = url.raw_path.partition(b"?")[0]
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self._request.method,
            "scheme": url.scheme,
            "path": unquote(raw_path.decode("ascii")),
            "raw_path": raw_path,
            "query_string": url.query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in self._request.headers.raw],
            "client": ("127.0.0.1", 0),
            "server": (url.host, url.port or 80),
            "extensions": {CONNECTION: self},
        }

    async def _receive(self) -> Message:
        if not self._is_read:
            self._is_read = True
            return {"type": "http.request", "body": self._content, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if self._gone.is_set() or self._is_closed or self._is_reset:
            return
        if self._timeout is not None:  # as on a socket, where each read may take so long
            self._patience.reschedule(asyncio.get_running_loop().time() + self._timeout)
        if message["type"] == "http.response.start":
            self._status, self._headers = message["status"], list(message["headers"])
        else:
            self._body += message.get("body", b"")
            self._is_whole = not message.get("more_body")

    # -- what faults do to a connection

    def reset(self) -> None:
        """End it as a TCP RST does."""
        self._is_reset = True

    def close(self) -> None:
        """End it after what was sent."""
        self._is_closed = True

    # -- what the caller sees

    def _answer(self) -> httpx.Response:
        error, content = None, self._body
        if not (self._is_whole and self._status):
            error = self._error()
        if not self._status:
            if error is not None:
                raise error
            return httpx.Response(500, text="Internal Server Error")  # as uvicorn says it
        if self._request.method == "HEAD":
            content = b""
        return httpx.Response(self._status, headers=self._headers, stream=_Content(content, error))

    def _error(self) -> httpx.TransportError | None:
        """Return what an httpx client says of a connection that ended too early, in the words of httpcore and
        h11.
        """
        if self._is_reset:
            return httpx.ReadError(RESET, request=self._request)
        if not self._status:
            if not self._is_closed:
                return None
            return httpx.RemoteProtocolError(
                "Server disconnected without sending a response.", request=self._request
            )
        length = httpx.Headers(self._headers).get("content-length")
        lacking = "incomplete chunked read"
        if length:
            lacking = f"received {len(self._body)} bytes, expected {length}"
        return httpx.RemoteProtocolError(
            f"peer closed connection without sending complete message body ({lacking})", request=self._request
        )


class _Content(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that came, and the error that came in the place of its rest."""

    def __init__(self, content: bytes, error: httpx.TransportError | None) -> None:
        self._content, self._error = content, error

    def __iter__(self) -> Iterator[bytes]:
        yield self._content
        if self._error is not None:
            raise self._error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for content in self:
            yield content
