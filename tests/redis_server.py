"""A Redis server of a test's own, on a socket in a folder of its own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import redis


class RedisServer:
    """A `redis-server` that listens on a Unix socket and nowhere else, and is gone with `end`.

    options: of the program, such as `appendonly="yes"`.
    """

    def __init__(self, **options: str) -> None:
        self._folder = TemporaryDirectory()
        self.folder = Path(self._folder.name)
        self.url = f"unix://{self.folder}/redis.sock"
        self.options = options
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def client(self) -> redis.Redis:
        """A client that looks into it."""
        return redis.Redis.from_url(self.url, protocol=2, password=self.options.get("requirepass"))

    def start(self) -> None:
        """Start it, and return once it answers."""
        program = shutil.which("redis-server")
        assert program is not None
        asked: dict[str, Any] = {
            "port": 0,
            "unixsocket": self.folder / "redis.sock",
            "dir": self.folder,
            "save": "",
            **self.options,
        }
        command = [program]
        for name, value in asked.items():
            command += [f"--{name}", str(value)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if b"ready to accept" in line.lower():
                return
        raise AssertionError("redis-server ended")

    def stop(self) -> None:
        """Kill it; what it did not write is lost."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def end(self) -> None:
        """Kill it, and remove all it wrote."""
        self.stop()
        self._folder.cleanup()
