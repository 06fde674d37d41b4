"""Pacing: slow calls, and what they need to know of a caller who may not wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from understudy.server.asgi import Disconnected, Message, Receive, Send

STEPS: Final = 10  # a second, in which a throttled body comes


async def send_at(rate: int, body: bytes, receive: Receive, send: Send) -> None:
    """Send a part of a body, at so many bytes a second. Raises Disconnected."""
    if not rate:
        await send({"type": "http.response.body", "body": body, "more_body": True})
        return
    step = max(1, rate // STEPS)
    async with _watching(receive) as gone:
        for start in range(0, len(body), step):
            chunk = body[start : start + step]
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await _sleep(len(chunk) / rate, gone)


async def pause(seconds: float, receive: Receive) -> None:
    """Wait; the caller's request has been read. Raises Disconnected where the caller does not."""
    if seconds:
        async with _watching(receive) as gone:
            await _sleep(seconds, gone)


async def _sleep(seconds: float, gone: asyncio.Task[None]) -> None:
    done, _ = await asyncio.wait({gone}, timeout=seconds)
    if done:
        raise Disconnected


@asynccontextmanager
async def _watching(receive: Receive) -> AsyncIterator[asyncio.Task[None]]:
    """Look out for the end of the connection; what the task is done for is that the caller has gone."""
    gone = asyncio.create_task(_until_gone(receive))
    try:
        yield gone
    finally:
        gone.cancel()
        await asyncio.wait({gone})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass  # what is left of a request that was answered


def again(content: bytes, receive: Receive) -> Receive:
    """Return what gives a body that was read once more, and then what comes after it."""
    first = True

    async def receive_again() -> Message:
        nonlocal first
        if first:
            first = False
            return {"type": "http.request", "body": content, "more_body": False}
        return await receive()

    return receive_again
