"""Real servers on real sockets, and contracts written inline."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import uvicorn

from understudy.bundled import bundled_contracts
from understudy.contracts.contract import Contract
from understudy.sandbox import Sandbox, Settings
from understudy.state.identities import Identities
from understudy.vendors.registry import vendor_for


class Server(uvicorn.Server):
    """A uvicorn server that says when it listens and stops when it is told to, so that no test has to guess or wait."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self.on_tick(0)
        self.listening.set()
        await self._stopping.wait()

    def stop(self) -> None:
        if self._loop:
            self._loop.call_soon_threadsafe(self._stopping.set)


@contextmanager
def running(app: Any) -> Iterator[str]:
    """Serve an ASGI application on a free port of the loopback address; yields its URL."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = Server(uvicorn.Config(app, lifespan="off", access_log=False, log_level="critical", server_header=False))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        assert server.listening.wait(10), "the server did not start"
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.stop()
        thread.join(10)
        listener.close()


def bundled(name: str, *, seed: int = 1, populate: int = 0, identities: Identities | None = None) -> Sandbox:
    """Make the sandbox of one bundled system."""
    settings = Settings(seed=seed, populate=populate, identities=identities or Identities())
    return Sandbox(bundled_contract(name), vendor_for(name), settings)


@cache
def bundled_contract(name: str) -> Contract:
    """Load a bundled contract once: it holds no state, and what it compiles it keeps."""
    return Contract.load(bundled_contracts()[name], name)


def write_contract(path: Path, version: str, document: dict[str, Any]) -> Contract:
    """Write an OpenAPI document to a file and load it."""
    path.write_text(json.dumps({"openapi": version, "info": {"title": "Inline", "version": "1"}, "paths": {}, **document}))
    return Contract.load(path)
