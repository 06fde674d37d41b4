"""A store in a file for several processes, opened: for who asks for one with `serve --store` and
`--workers`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from understudy.errors import StoreUnusable
from understudy.journal.journal import Journal
from understudy.sessions import DEFAULT, SessionSettings
from understudy.state.database import connect
from understudy.state.shared.backend import SharedBackend
from understudy.state.shared.sqlite.wire import SqliteWire


def opened(path: Path, log: Callable[[], Journal], settings: SessionSettings) -> SharedBackend[Journal]:
    """Return the backend in a file that was seen to be usable. Raises StoreUnusable.

    The file is let go again: a connection of SQLite's must not be there when a process is forked (its
    documentation, How To Corrupt An SQLite Database File, 2.6).
    """
    try:
        connect(path, is_shared=True).close()
    except StoreUnusable as error:
        raise StoreUnusable(f"--store: {error}") from None
    return SharedBackend(SqliteWire(path), log, limit=settings.records, idle=settings.idle, kept=DEFAULT)
