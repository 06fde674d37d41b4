"""Reloading: the application made anew when a file it was made of changes, with the state it had."""

from __future__ import annotations

import logging
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path

from understudy.errors import ContractError, SandboxError
from understudy.sandbox import Sandbox
from understudy.server.asgi import ASGIApp, Receive, Scope, Send

INTERVAL = 0.5  # seconds between two looks at the files
Stamps = dict[Path, tuple[int, int, int] | None]
"""What tells one version of a file from another; None where there is no file."""

logger = logging.getLogger("understudy")


class Reloading:
    """An application that stands for the newest one that could be made; a request ends in the one it began
    in.
    """

    def __init__(
        self,
        build: Callable[[], Sequence[Sandbox]],
        compose: Callable[[Sequence[Sandbox]], ASGIApp],
        files: Callable[[], Iterable[Path]] = tuple,
    ) -> None:
        """`build` makes the sandboxes and `compose` the application; `files` returns those they are made
        of beside the contracts' own.
        """
        self._build, self._compose, self._more_files = build, compose, files
        self.sandboxes = build()
        self._app = compose(self.sandboxes)
        self._suspects: set[Path] = set()  # what a version that could not be served was about
        self._stamps = self._look()
        self._seen = self._stamps

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on to the application there is now."""
        return self._app(scope, receive, send)

    def refresh(self) -> bool:
        """Make the application anew where a file has changed; tells whether.

        Raises SandboxError, and the old one keeps serving.
        """
        found = self._look()
        if found == self._stamps:
            return False
        self._stamps = found
        self._suspects = set()
        try:
            fresh = self._build()
        except SandboxError as error:
            self._suspects = self._suspected(error)
            self._stamps = self._look() | found
            raise
        app = self._compose(fresh)
        self.sandboxes, self._app = fresh, app
        self._stamps = self._look()
        for path in self._stamps.keys() & found.keys():
            self._stamps[path] = found[path]  # what changed meanwhile is seen next time
        return True

    def watch(self, report: Callable[[str], None], stop: threading.Event) -> None:
        """Refresh until told to stop, and say what came of it; a file that is still being written is left
        until it rests.
        """
        while not stop.wait(INTERVAL):
            self.refreshed(report)

    def refreshed(self, report: Callable[[str], None]) -> bool:
        """Refresh where a file has changed and rests since this was called last; tell whether, and say what
        came of it.
        """
        now = self._look()
        rests, self._seen = now == self._seen, now
        if not rests or now == self._stamps:
            return False
        try:
            self.refresh()
        except SandboxError as error:
            report(f"{error}; the version before it keeps serving")
            return False
        except Exception:
            logger.exception("reloading failed; the version before it keeps serving")
            return False
        finally:
            self._seen = self._look()
        report("reloaded; what was created is still there")
        return True

    def _look(self) -> Stamps:
        return {path: _stamp(path) for path in sorted({*self._files(), *self._suspects})}

    def _files(self) -> Iterable[Path]:
        yield from self._more_files()
        for sandbox in self.sandboxes:
            document = sandbox.contract.document
            yield from (document.folder / name for name in (*document.contents, *document.missing))

    def _suspected(self, error: SandboxError) -> set[Path]:
        """Return what may have to change before the error goes: the file it names, and the folders where one
        may be missing.
        """
        suspects = {sandbox.contract.document.folder for sandbox in self.sandboxes}
        if isinstance(error, ContractError) and error.file:
            suspects |= {folder / error.file for folder in suspects}
        return suspects


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
