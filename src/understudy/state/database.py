"""The file of a kept state: a database of SQLite, its schema, and why one cannot be used."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

from understudy.errors import StoreUnusable

VERSION: Final = 2
"""The version of the schema."""

_APPLICATION: Final = 0x75737479  # tells our files from other programs' databases
_MODE: Final = 0o600  # there are tokens in it
_WAIT: Final = 1.0  # seconds for a process before this one to end
_SCHEMA: Final = f"""
BEGIN IMMEDIATE;
CREATE TABLE sessions (name TEXT PRIMARY KEY, logged INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE parts (
  session TEXT, name TEXT, value TEXT NOT NULL, PRIMARY KEY (session, name)
) WITHOUT ROWID;
CREATE TABLE stores (
  id INTEGER PRIMARY KEY, session TEXT NOT NULL, api TEXT NOT NULL, revision INTEGER NOT NULL
);
CREATE TABLE records (
  store INTEGER, number INTEGER, collection TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
  meta TEXT, uniques TEXT, revision INTEGER NOT NULL, version INTEGER NOT NULL, deadline REAL,
  PRIMARY KEY (store, number)
) WITHOUT ROWID;
CREATE TABLE counters (
  store INTEGER, name TEXT, value INTEGER NOT NULL, PRIMARY KEY (store, name)
) WITHOUT ROWID;
CREATE TABLE journal (
  session TEXT, number INTEGER, entry TEXT NOT NULL, PRIMARY KEY (session, number)
) WITHOUT ROWID;
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {VERSION};
COMMIT;
"""
_MIGRATIONS: Final[Mapping[int, str]] = {
    # Since 2 the document of a session has a part that names the contracts of what it keeps.
    1: """
INSERT OR IGNORE INTO parts
  SELECT session, 'contracts', json_group_object(api, '') FROM stores GROUP BY session;
""",
}
"""What makes of each former version of the schema the next one."""


def connect(path: Path) -> sqlite3.Connection:
    """Open the file, which is made where there is none, for this process alone.

    Raises StoreUnusable, a sentence with the path, for a file that cannot be used.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, _MODE))
    except OSError as error:
        raise StoreUnusable(f"{path} cannot be written: {error.strerror}") from None
    connection = sqlite3.connect(path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
    connection.text_factory = _text
    try:
        _prepare(connection, path)
    except sqlite3.Error as error:
        connection.close()
        raise StoreUnusable(_reason(path, error)) from None
    except StoreUnusable:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """See whose file it is before anything in it changes, and make the schema where it is new."""
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("PRAGMA page_size = 8192")
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables and application != _APPLICATION:
        raise StoreUnusable(f"{path} is a database of another program")
    if version > VERSION:
        raise StoreUnusable(
            f"{path} was written by a newer understudy: its schema has version {version}, "
            f"and this one knows {VERSION}"
        )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    if not tables:
        connection.executescript(_SCHEMA)
        version = VERSION
    while version < VERSION:  # each step whole or not at all
        step = f"BEGIN IMMEDIATE; {_MIGRATIONS[version]} PRAGMA user_version = {version + 1}; COMMIT;"
        connection.executescript(step)
        version += 1
    with closing(connection.cursor()) as cursor:
        cursor.execute("BEGIN IMMEDIATE")  # takes the lock, which is kept until the process ends
        cursor.execute(f"PRAGMA user_version = {VERSION}")
        cursor.execute("COMMIT")


def _reason(path: Path, error: sqlite3.Error) -> str:
    if "locked" in str(error):
        return f"{path} is in use by another process"
    return f"{path} cannot be used: {error}"


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
