"""The request log: what came and what was answered, a line each, for who watches a terminal."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from typing import Final, Protocol

from understudy.journal.entry import Entry

LEVELS: Final = ("none", "requests", "full")
"""How much is written: nothing, a line for each request, or its body and its answer's as well."""

FORMATS: Final = ("text", "json")
"""How it is written: for a person, or for programs that gather logs."""

_BATCH: Final = 0.05  # seconds that lines wait for each other
_SUMMARY: Final = 1.0  # seconds after which what had no line is told, also where nothing else comes
_MOST_WAITING: Final = 10_000
_MOST_A_SECOND: Final = 500
_MOST_FAILURES: Final = 20
_BODY_SHOWN: Final = 2_000  # characters

_RESET: Final = "\x1b[0m"
_COLOURS: Final[Mapping[int, str]] = {2: "\x1b[32m", 3: "\x1b[36m", 4: "\x1b[33m", 5: "\x1b[31m"}
"""The colours of a status, by its first digit (ECMA-48 §8.3.117)."""
_FAINT: Final = "\x1b[2m"


class Written(Protocol):
    """What is written of requests."""

    def of(self, session: str, entry: Entry) -> list[str]:
        """Return the lines of a request, and of those before it that had none."""

    @property
    def have_more(self) -> bool:
        """Whether there were requests that had no line, and are not told of yet."""

    def rest(self, now: float) -> list[str]:
        """Return what is to be said of the last second, once it is over."""

    def lost(self, count: int, now: float) -> str:
        """Return the line that says how many requests were not written. now: Unix seconds."""


class RequestLog:
    """Writes lines from a thread of its own, so that no request waits for a terminal.

    write: takes some lines. lines: what they say, by default what a person reads.
    """

    def __init__(self, write: Callable[[str], object], lines: Written | None = None) -> None:
        self._write, self._lines = write, lines or Lines()
        self._waiting: deque[tuple[str, Entry]] = deque()
        self._lost = 0
        self._news, self._is_closed = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="request log", daemon=True)
        self._thread.start()

    def note(self, session: str, entry: Entry) -> None:
        """Have a request written soon. It must not change any more."""
        if len(self._waiting) >= _MOST_WAITING:  # the terminal stands still
            self._lost += 1
            return
        self._waiting.append((session, entry))
        if not self._news.is_set():
            self._news.set()

    def close(self) -> None:
        """Write what is waiting, and stop."""
        self._is_closed.set()
        self._news.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        while not self._is_closed.is_set():
            self._news.wait(_SUMMARY if self._lines.have_more else None)
            self._is_closed.wait(_BATCH)
            self._news.clear()
            self._flush()
        self._flush()

    def _flush(self) -> None:
        lines: list[str] = []
        while self._waiting:
            lines += self._lines.of(*self._waiting.popleft())
        now = time.time()
        lines += self._lines.rest(now)
        if self._lost:
            lines.append(self._lines.lost(self._lost, now))
            self._lost = 0
        if lines:
            self._write("\n".join(lines) + "\n")


class Lines:
    """The lines that a person reads of requests: of over 500 in one second, how many more there were.

    colours: whether statuses are coloured. full: whether bodies are shown.
    """

    def __init__(self, *, colours: bool = False, full: bool = False) -> None:
        self._colours, self._full = colours, full
        self._second, self._clock, self._written = -1, "", 0
        self._more: Counter[str] = Counter()

    def of(self, session: str, entry: Entry) -> list[str]:
        """Return what is written of a request, and of those before it that had no line."""
        lines: list[str] = []
        second = int(entry.at)
        if second != self._second:
            lines = self._summary()
            self._second, self._written = second, 0
            self._clock = time.strftime("%H:%M:%S", time.localtime(second))
        self._written += 1
        if self._written > _MOST_A_SECOND:
            self._more[f"{entry.status // 100}xx" if entry.status else "cut"] += 1
            return lines
        lines.append(self._line(session, entry))
        lines += self._below(entry)
        return lines

    @property
    def have_more(self) -> bool:
        """Whether there were requests that had no line, and are not told of yet."""
        return bool(self._more)

    def rest(self, now: float) -> list[str]:
        """Return what is to be said of the last second, once it is over."""
        if self._more and int(now) > self._second:
            return self._summary()
        return []

    def lost(self, count: int, now: float) -> str:  # noqa: ARG002
        """Return the line that says how many requests were not written."""
        return f"… {count} requests were not written: whoever reads this is too slow"

    def _summary(self) -> list[str]:
        if not self._more:
            return []
        found = ", ".join(f"{count} {kind}" for kind, count in sorted(self._more.items()))
        line = f"{self._clock}      … {self._more.total()} more in this second: {found}"
        self._more.clear()
        return [self._faint(line)]

    def _line(self, session: str, entry: Entry) -> str:
        target = _printable(entry.path)
        if entry.query:
            target += "?" + _printable(entry.query.decode("latin-1"))
        called = entry.operation_id or entry.operation or "-"
        took = f"{1000 * entry.duration:.1f} ms"
        moment = f"{self._clock}.{int(1000 * (entry.at % 1)):03}"
        asked = f"{_printable(session)}  {entry.method} {target}  {_printable(called)}"
        return (
            f"{self._faint(moment)}  {asked}  {self._status(entry.status)}  {took}  {entry.response_size} B"
        )

    def _below(self, entry: Entry) -> Iterator[str]:
        """Yield what is said below a request's line: what was wrong with it, and what went wrong."""
        if entry.fault:
            yield f"    fault: {_printable(entry.fault)}"
        for failure in entry.failures[:_MOST_FAILURES]:
            yield f"    {_printable(str(failure))}"
        more = len(entry.failures) - _MOST_FAILURES
        if more > 0:
            yield f"    … and {more} more"
        if entry.refusal and not entry.failures:
            yield f"    {_printable(entry.refusal)}"
        for note in entry.notes:
            yield f"    {_printable(note)}"
        if self._full:
            yield from _body(">", entry.request_body)
            yield from _body("<", entry.response_body)

    def _status(self, status: int) -> str:
        if not status:
            return "cut"
        if not self._colours:
            return str(status)
        return f"{_COLOURS.get(status // 100, '')}{status}{_RESET}"

    def _faint(self, text: str) -> str:
        return f"{_FAINT}{text}{_RESET}" if self._colours else text


def _body(mark: str, content: bytes) -> Iterator[str]:
    """Yield the lines of a body, as much as a person reads."""
    text = content.decode("utf-8", "replace")
    for line in text[:_BODY_SHOWN].splitlines():
        yield f"    {mark} {_printable(line)}"
    if len(text) > _BODY_SHOWN:
        yield f"    {mark} … {len(content)} bytes"


def _printable(text: str) -> str:
    """Return a text that cannot move a terminal's cursor."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
