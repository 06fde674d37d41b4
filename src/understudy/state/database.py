"""The file of a kept state: a database of SQLite, its schema, and why one cannot be used."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from understudy.errors import StoreUnusable

VERSION: Final = 3
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
    # Since 3 there may be tables of several processes; who does not know them would leave them as they were.
    2: "",
}
"""What makes of each former version of the schema the next one."""
_SHARING: Final = (
    "shared_sessions (name TEXT PRIMARY KEY, epoch TEXT NOT NULL, document INTEGER, "
    "cleared INTEGER NOT NULL, ends REAL)",
    "shared_stores (store INTEGER PRIMARY KEY, floor INTEGER NOT NULL, held INTEGER NOT NULL)",
    "gone (store INTEGER, collection TEXT, key TEXT, revision INTEGER, PRIMARY KEY (store, collection, key))",
    "uniques (store INTEGER, collection TEXT, field TEXT, value TEXT, key TEXT NOT NULL, "
    "PRIMARY KEY (store, collection, field, value))",
    "counting (store INTEGER, name TEXT, revision INTEGER NOT NULL, PRIMARY KEY (store, name))",
    "buckets (name TEXT PRIMARY KEY, tokens REAL NOT NULL, at REAL NOT NULL)",
)
_FINDING: Final = (
    "UNIQUE INDEX stores_by_name ON stores (session, api)",
    "UNIQUE INDEX records_by_key ON records (store, collection, key)",
    "INDEX records_by_revision ON records (store, revision)",
    "INDEX records_by_deadline ON records (store, deadline) WHERE deadline IS NOT NULL",
    "INDEX gone_by_revision ON gone (store, revision)",
)
"""Tables and indexes that several processes need in a file beside the schema. One that has the file for
itself takes them away, since it would not keep them as they have to be.
"""
_TOGETHER: Final = (
    "DELETE FROM records WHERE deadline <= (julianday('now') - 2440587.5) * 86400",
    """DELETE FROM records WHERE meta = '{"claim":true}'""",  # of a process that is gone
    *(f"CREATE TABLE {table}" for table in _SHARING),
    *(f"CREATE {index}" for index in _FINDING),
    "INSERT INTO shared_sessions SELECT name, lower(hex(randomblob(8))), NULL, 0, NULL FROM sessions",
    "UPDATE shared_sessions SET document = 1 WHERE name IN (SELECT session FROM parts)",
    "INSERT INTO shared_stores SELECT id, 0, count(number) FROM stores "
    "LEFT JOIN records ON store = id AND collection NOT LIKE '~%' GROUP BY id",
    "UPDATE stores SET revision = "
    "max(revision, (SELECT ifnull(max(revision), 0) FROM records WHERE store = id))",
    "INSERT OR REPLACE INTO uniques SELECT store, collection, held.key, held.value, records.key "
    "FROM records, json_each(uniques) AS held WHERE uniques IS NOT NULL",
    "INSERT INTO counting SELECT store, name, 0 FROM counters",
)
"""What makes of a file that one process had one that several may use."""
_ALONE: Final = (
    *(f"DROP INDEX IF EXISTS {index.partition('INDEX ')[2].split()[0]}" for index in _FINDING),
    *(f"DROP TABLE IF EXISTS {table.split()[0]}" for table in _SHARING),
)


def connect(path: Path, *, is_shared: bool = False, patience: float = _WAIT) -> sqlite3.Connection:
    """Open the file, which is made where there is none. is_shared: for several processes, which answer each
    other's locks within `patience` seconds; else for this one alone.

    Raises StoreUnusable, a sentence with the path, for a file that cannot be used.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, _MODE))
    except OSError as error:
        raise StoreUnusable(f"{path} cannot be written: {error.strerror}") from None
    connection = sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
    connection.text_factory = bytes if is_shared else _text
    try:
        _prepare(connection, path, is_shared=is_shared)
    except sqlite3.Error as error:
        connection.close()
        raise StoreUnusable(_reason(path, error)) from None
    except StoreUnusable:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path, *, is_shared: bool) -> None:
    """See whose file it is before anything in it changes, and make the schema where it is new."""
    if not is_shared:
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
        cursor.execute(
            "BEGIN IMMEDIATE"
        )  # whose lock is kept until the process ends, where the file is not shared
        cursor.execute(f"PRAGMA user_version = {VERSION}")
        for statement in _for_several(cursor) if is_shared else _ALONE:
            cursor.execute(statement)
        cursor.execute("COMMIT")


def _for_several(cursor: sqlite3.Cursor) -> Sequence[str]:
    """Return what makes the file one of several processes, where it is none yet."""
    are_there = "SELECT count(*) FROM sqlite_schema WHERE name = 'shared_sessions'"
    return () if cursor.execute(are_there).fetchone() != (0,) else _TOGETHER


def _reason(path: Path, error: sqlite3.Error) -> str:
    if "locked" in str(error):
        return f"{path} is in use by another process"
    return f"{path} cannot be used: {error}"


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
