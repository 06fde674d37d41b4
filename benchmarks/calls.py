"""Calls of an application in this process, without a socket: what is timed is the work below the server alone."""

from __future__ import annotations

import gc
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from understudy.configuration import Configuration
from understudy.server.app import create_app
from understudy.server.asgi import ASGIApp, Message
from understudy.sessions import Sessions, SessionSettings

_MOST_RECORDS = 2_000_000  # what is grown here goes past what a sandbox holds by itself


@dataclass(frozen=True)
class Answer:
    """What came back. cpu_s: processor time of this thread; neighbours on the machine do not count."""

    status: int
    body: bytes
    cpu_s: float


class Application:
    """Contracts as one ASGI application, or the bundled ones without any. journal: requests it keeps."""

    def __init__(self, contracts: Sequence[Path] = (), journal: int = 5000) -> None:
        configuration = Configuration(contracts)
        sessions = Sessions(SessionSettings(journal_entries=journal, records=_MOST_RECORDS))
        self.app: ASGIApp = create_app(configuration.sandboxes(), sessions)

    async def call(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """Make one call in the session `bench`, as uvicorn would."""
        scope = _scope(method, path, {"Sandbox-Session": "bench", **(headers or {})}, body)
        messages: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            messages.append(message)

        before = time.thread_time()
        await self.app(scope, receive, send)
        took = time.thread_time() - before
        content = b"".join(message.get("body", b"") for message in messages[1:])
        return Answer(messages[0]["status"], content, took)


def spare_the_collector() -> None:
    """Have the garbage collector pass over what was loaded, and come by as often as it does in a server of ours."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _scope(method: str, path: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    before, _, query = path.partition("?")
    sent = {"Host": "127.0.0.1", "Accept": "application/json", **headers}
    if body:
        sent["Content-Length"] = str(len(body))
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": before,
        "raw_path": before.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
