"""The file of `serve --state`: what the default session remembers, from one run to the next."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from understudy.cli.private_file import write_private
from understudy.engine.refitting import Misfits
from understudy.errors import SettingsError, SnapshotRefused
from understudy.mismatches import NOT_SERVED, Mismatch
from understudy.sandbox import Sandbox
from understudy.sessions import DEFAULT, Sessions
from understudy.snapshots import restore, take
from understudy.state.store import INTERNAL

_BY_API: Final = ("contracts", "worlds")
"""The members of a snapshot that have one of their own for each API."""


class StateFile:
    """A snapshot of one session on disk: read at the start, written at the stop."""

    def __init__(self, path: Path, sessions: Sessions, sandboxes: Callable[[], Sequence[Sandbox]]) -> None:
        """`sandboxes`: those that are served at the moment it is asked; a reload replaces them."""
        self._path, self._sessions, self._sandboxes = path, sessions, sandboxes
        self._unserved: dict[str, Any] = {}  # what the file holds of APIs that are not served

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
            asyncio.run(self._restore(document))
        except OSError as error:
            raise SettingsError(f"--state {self._path}: cannot be read: {error.strerror}") from None
        except orjson.JSONDecodeError as error:
            raise SettingsError(f"--state {self._path}: is not JSON: {error}") from None
        except SnapshotRefused as error:
            raise SettingsError(f"--state {self._path}: {error}") from None

    def unserved(self) -> Iterator[Mismatch]:
        """Yield what it holds of APIs that are not served; it is in the file again after the stop."""
        for api, world in self._unserved.get("worlds", {}).items():
            for name, records in world["records"].items():
                if records and not name.startswith(INTERNAL):
                    misfits = Misfits(name, len(records), records[0]["key"], NOT_SERVED)
                    yield Mismatch(DEFAULT, api, misfits)

    async def _restore(self, document: Any) -> None:
        sandboxes = self._sandboxes()
        await restore(self._sessions.use(), sandboxes, document, of_others=True)
        served = {sandbox.contract.name for sandbox in sandboxes}
        for part in _BY_API:
            kept = document.get(part, {})
            self._unserved[part] = {name: kept[name] for name in kept if name not in served}

    async def save(self) -> None:
        """Write what the session remembers.

        The file is replaced at once, so that a crash leaves the old one whole.
        """
        document = await take(self._sessions.use(), self._sandboxes())
        for part, kept in self._unserved.items():
            document[part] = {**kept, **document[part]}
        fresh = self._path.with_name(f"{self._path.name}.new")
        write_private(fresh, orjson.dumps(document, option=orjson.OPT_INDENT_2))
        fresh.replace(self._path)
