"""Real servers on real sockets, and contracts written inline."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from understudy.bundled import bundled_contracts
from understudy.contracts.contract import Contract
from understudy.journal.journal import Journal
from understudy.sandbox import Sandbox, Settings
from understudy.server.running import Server
from understudy.sessions import Sessions
from understudy.vendors.registry import vendor_for


@contextmanager
def running(app: Any) -> Iterator[str]:
    """Serve an ASGI application on a free port of the loopback address; yields its URL."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = Server(app, log_level="critical")
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        assert server.listening.wait(10), "the server did not start"
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.stop()
        thread.join(10)
        listener.close()


def noted(client: httpx.Client, sessions: Sessions, number: int = 1, session: str = "default") -> Journal:
    """Return a session's journal once it has the entry of that number: the caller has an answer a moment before it is noted."""
    with client.stream("GET", f"/__admin/sessions/{session}/journal/stream?after=0") as events:
        assert f"id: {number}" in events.iter_lines(), "the stream ended before"
    return sessions.use(session).journal


def bundled(name: str, *, seed: int = 1, populate: int = 0) -> Sandbox:
    """Make the sandbox of one bundled system."""
    return Sandbox(bundled_contract(name), vendor_for(name), Settings(seed=seed, populate=populate))


@cache
def bundled_contract(name: str) -> Contract:
    """Load a bundled contract once: it holds no state, and what it compiles it keeps."""
    return Contract.load(bundled_contracts()[name], name)


def write_contract(path: Path, version: str, document: dict[str, Any]) -> Contract:
    """Write an OpenAPI document to a file and load it."""
    path.write_text(
        json.dumps({"openapi": version, "info": {"title": "Inline", "version": "1"}, "paths": {}, **document})
    )
    return Contract.load(path)
