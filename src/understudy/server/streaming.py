"""Streams on the wire: each piece is sent as it comes, until there are no more or nobody listens."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from understudy.errors import SandboxError
from understudy.messages import Response, Stream
from understudy.server.asgi import Receive, Scope, Send, wire_headers
from understudy.server.connection import connection_of

PATIENCE: Final = 2.0
"""Seconds a caller who was dropped has to take the last piece, before the connection is reset."""


async def stream(response: Response, body: Stream, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with a stream.

    Ends with it, when the caller goes away, and when the caller was dropped and takes nothing.
    """
    headers = wire_headers(response.headers)
    headers.append((b"content-type", f"{response.media_type}; charset=utf-8".encode("latin-1")))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    try:
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body", "body": b""})
        else:
            await _pass_on(body, scope, receive, send)
    finally:
        await body.chunks.aclose()


async def _pass_on(body: Stream, scope: Scope, receive: Receive, send: Send) -> None:
    sending = asyncio.create_task(_send_all(body, send))
    gone = asyncio.create_task(_until_gone(receive))
    dropped = asyncio.create_task(body.dropped.wait())
    try:
        await asyncio.wait({sending, gone, dropped}, return_when=asyncio.FIRST_COMPLETED)
        if not (sending.done() or gone.done()):
            await asyncio.wait({sending, gone}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if sending.done():
            sending.result()
        elif not gone.done():
            _reset(scope)
    finally:
        for task in (sending, gone, dropped):
            task.cancel()
        await asyncio.wait({sending, gone, dropped})


async def _send_all(body: Stream, send: Send) -> None:
    async for chunk in body.chunks:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass  # what is left of the request


def _reset(scope: Scope) -> None:
    """End the connection where the server gives access to it; else it ends when the caller does."""
    with suppress(SandboxError):
        connection_of(scope).reset()
