"""A server that receives callbacks and webhooks on a real socket, and lets tests wait for them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any
from urllib.parse import urlsplit

Answer = tuple[int, Mapping[str, str]]
"""A status and headers."""


@dataclass(frozen=True)
class Received:
    """One request. headers: names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        """The body as JSON."""
        return json.loads(self.content)


@dataclass
class Receiver:
    """What came so far, and what is answered: the answers in turn, then 200."""

    url: str = ""
    host: str = ""
    answers: list[Answer] = field(default_factory=list)
    received: Queue[Received] = field(default_factory=Queue)
    resume: threading.Event = field(default_factory=threading.Event)

    def next(self) -> Received:
        """Wait for the next request."""
        return self.received.get(timeout=10)

    def count(self) -> int:
        """Return how many requests came that nobody has looked at."""
        return self.received.qsize()


@contextmanager
def receiving(answers: Sequence[Answer] = (), *, holds: bool = False) -> Iterator[Receiver]:
    """Serve on a free port of the loopback address. `holds`: each answer waits until `resume` is set."""
    receiver = Receiver(answers=list(answers))
    if not holds:
        receiver.resume.set()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            target = urlsplit(self.path)
            content = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.received.put(Received(self.command, target.path, target.query, headers, content))
            status, answered = receiver.answers.pop(0) if receiver.answers else (200, {})
            receiver.resume.wait(10)
            self.send_response(status)
            for name, value in {"content-length": "0", **answered}.items():
                self.send_header(name, value)
            self.end_headers()

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.host = f"127.0.0.1:{server.server_address[1]}"
        receiver.url = f"http://{receiver.host}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            receiver.resume.set()
            server.shutdown()
            thread.join(10)
