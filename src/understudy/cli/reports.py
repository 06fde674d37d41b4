"""What is said beside what a command prints: to the person at the terminal, or to programs that read logs."""

from __future__ import annotations

import logging
import sys
import time
from typing import Final, TextIO

import orjson

from understudy.journal.times import timestamp

_LOGGERS: Final = ("understudy", "uvicorn")
_FACTS: Final = ("session", "request")
"""What the log of a request that failed says of it beside a sentence."""


def warn(said: object) -> None:
    """Say something on the standard error."""
    print(f"understudy: {said}", file=sys.stderr, flush=True)


class Reports:
    """What a server says beside its requests, each a line of text or a JSON object on one."""

    def __init__(self, form: str = "text") -> None:
        """`form`: `text` or `json`."""
        self._is_json = form == "json"

    def tell(self, said: object) -> None:
        """Say on the standard output what a person wants to know."""
        self._write("info", str(said), sys.stdout)

    def warn(self, said: object) -> None:
        """Say on the standard error what is worth knowing and keeps nothing from being served."""
        self._write("warning", f"understudy: {said}", sys.stderr)

    def fail(self, said: object) -> None:
        """Say on the standard error what keeps a command from going on."""
        self._write("error", f"understudy: {said}", sys.stderr)

    def take_logs(self) -> None:
        """Have what this process logs, such as handlers that fail, say when it was, on the standard error."""
        handler = logging.StreamHandler()
        handler.setFormatter(JsonFormatter() if self._is_json else TextFormatter())
        for name in _LOGGERS:
            logger = logging.getLogger(name)
            logger.handlers = [handler]
            logger.propagate = False

    def _write(self, level: str, said: str, stream: TextIO) -> None:
        if self._is_json:
            moment, message = timestamp(time.time()), said.removeprefix("understudy: ")
            said = orjson.dumps({"time": moment, "level": level, "message": message}).decode()
        print(said, file=stream, flush=True)


class TextFormatter(logging.Formatter):
    """A sentence behind its time, in UTC, and below it where in the code it was."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        return f"{timestamp(record.created)} {super().format(record)}"


class JsonFormatter(logging.Formatter):
    """An object on one line; the traceback is a member of it."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        written = {
            "time": timestamp(record.created),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
        }
        for name in _FACTS:
            if hasattr(record, name):
                written[name] = getattr(record, name)
        if record.exc_info:
            written["error"] = self.formatException(record.exc_info)
        return orjson.dumps(written).decode()
