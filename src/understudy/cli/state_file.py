"""The file of `serve --state`: what the default session remembers, from one run to the next."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import orjson

from understudy.cli.private_file import write_private
from understudy.errors import SettingsError, SnapshotRefused
from understudy.sandbox import Sandbox
from understudy.sessions import Sessions
from understudy.snapshots import restore, take


class StateFile:
    """A snapshot of one session on disk: read at the start, written at the stop."""

    def __init__(self, path: Path, sessions: Sessions, sandboxes: Callable[[], Sequence[Sandbox]]) -> None:
        """`sandboxes`: those that are served at the moment it is asked; a reload replaces them."""
        self._path, self._sessions, self._sandboxes = path, sessions, sandboxes

    def load(self) -> None:
        """Restore the session, where the file is there.

        Raises SettingsError for a file that cannot be read, restored or written.
        """
        if not self._path.exists():
            if not os.access(self._path.absolute().parent, os.W_OK):
                raise SettingsError(
                    f"--state {self._path}: cannot be written at the stop: "
                    "there is no such folder, or no permission"
                )
            return
        try:
            document = orjson.loads(self._path.read_bytes())
            asyncio.run(restore(self._sessions.use(), self._sandboxes(), document))
        except OSError as error:
            raise SettingsError(f"--state {self._path}: cannot be read: {error.strerror}") from None
        except orjson.JSONDecodeError as error:
            raise SettingsError(f"--state {self._path}: is not JSON: {error}") from None
        except SnapshotRefused as error:
            raise SettingsError(f"--state {self._path}: {error}") from None

    async def save(self) -> None:
        """Write what the session remembers.

        The file is replaced at once, so that a crash leaves the old one whole.
        """
        document = await take(self._sessions.use(), self._sandboxes())
        fresh = self._path.with_name(f"{self._path.name}.new")
        write_private(fresh, orjson.dumps(document, option=orjson.OPT_INDENT_2))
        fresh.replace(self._path)
