"""Sandboxes of the vendors' own documents, for the vendors' own clients; these tests run in an environment without understudy."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Serve = Callable[..., str]
PATIENCE = 60  # seconds for a document to be read


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return a function that serves a document of the folder CORPUS, and says where: `serve("stripe.json")`."""
    running: list[subprocess.Popen[bytes]] = []

    def started(document: str, *options: str) -> str:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        path = Path(os.environ["CORPUS"]) / document
        command = [os.environ["UNDERSTUDY"], "serve", str(path), "--port", str(port), "--no-reload", *options]
        server = subprocess.Popen(command, stdout=subprocess.PIPE)
        running.append(server)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert server.poll() is None, "the sandbox did not start"
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    return f"http://127.0.0.1:{port}"
            time.sleep(0.05)
        raise AssertionError(f"{document} is not served after {PATIENCE} seconds")

    yield started
    for server in running:
        server.terminate()
        server.wait()
