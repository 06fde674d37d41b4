"""A transaction on the file, and what many of the questions to it have in common."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Sequence
from typing import Any, Final

from understudy.state.json_values import decode, encode
from understudy.state.shared.rows import octets

COLUMNS: Final = "number, revision, version, deadline, uniques, meta, value"
"""What `text_of_row` makes a record of."""
_ROUNDED: Final = 0.001  # seconds: nobody is told that a record is gone before it is
_OF_A_STORE: Final = ("records", "counters", "counting", "uniques", "gone", "shared_stores")
_OF_A_SESSION: Final = ("stores", "parts", "journal")

Unique = Sequence[tuple[str, str]]
"""Unique values: pairs of a field and what it holds."""


class MustWrite(Exception):
    """A transaction that was to read alone has something to write."""


class Turn:
    """A transaction. writes: whether it may write; else it raises MustWrite where it has to."""

    def __init__(self, connection: sqlite3.Connection, *, writes: bool) -> None:
        self._connection, self._writes = connection, writes
        self.now = time.time()

    def rows(self, statement: str, *values: Any) -> list[Any]:
        """Return all rows that a query finds; texts are bytes."""
        return self._connection.execute(statement, values).fetchall()

    def row(self, statement: str, *values: Any) -> Any:
        """Return the first row that a query finds; None where it finds none."""
        return self._connection.execute(statement, values).fetchone()

    def change(self, statement: str, *values: Any) -> None:
        """Write. Raises MustWrite."""
        if not self._writes:
            raise MustWrite
        self._connection.execute(statement, values)

    # -- sessions

    def epoch(self, session: bytes) -> bytes | None:
        """Return the epoch of a session; None where it is not there, or was not used for too long."""
        found = self.row("SELECT epoch, ends FROM shared_sessions WHERE name = CAST(? AS TEXT)", session)
        if found is None:
            return None
        epoch, ends = found
        if ends is not None and ends <= self.now:
            self.forget(session)
            return None
        return bytes(epoch)

    def make(self, session: bytes, epoch: bytes, logged: int = 0) -> None:
        """Have a session that is new. logged: the number of the last entry of its journal."""
        self.change("INSERT INTO sessions VALUES (CAST(? AS TEXT), ?)", session, logged)
        self.change(
            "INSERT INTO shared_sessions VALUES (CAST(? AS TEXT), CAST(? AS TEXT), NULL, 0, NULL)",
            session,
            epoch,
        )

    def forget(self, session: bytes) -> None:
        """Forget all of a session."""
        for (store,) in self.rows("SELECT id FROM stores WHERE session = CAST(? AS TEXT)", session):
            self.empty(store)
        for table in _OF_A_SESSION:
            self.change(f"DELETE FROM {table} WHERE session = CAST(? AS TEXT)", session)
        for table in ("sessions", "shared_sessions"):
            self.change(f"DELETE FROM {table} WHERE name = CAST(? AS TEXT)", session)

    def keep_for(self, session: bytes, milliseconds: bytes) -> None:
        """Have a session go after a while without use; "0": have it stay for good."""
        life = int(milliseconds)
        ends = self.now + life / 1000 if life else None
        self.change("UPDATE shared_sessions SET ends = ? WHERE name = CAST(? AS TEXT)", ends, session)

    # -- stores

    def store(self, session: bytes, api: bytes) -> int | None:
        """Return the number of the store of an API; None where nothing was written to it."""
        found = self.row(
            "SELECT id FROM stores WHERE session = CAST(? AS TEXT) AND api = CAST(? AS TEXT)", session, api
        )
        return None if found is None else int(found[0])

    def made_store(self, session: bytes, api: bytes) -> int:
        """Return the number of the store of an API, which is made where there is none."""
        store = self.store(session, api)
        if store is None:
            self.change(
                "INSERT INTO stores (session, api, revision) VALUES (CAST(? AS TEXT), CAST(? AS TEXT), 0)",
                session,
                api,
            )
            (store,) = self.row("SELECT last_insert_rowid()")
            self.change("INSERT INTO shared_stores VALUES (?, 0, 0)", store)
        return int(store)

    def empty(self, store: int) -> None:
        """Forget all that a store holds."""
        for table in _OF_A_STORE:
            self.change(f"DELETE FROM {table} WHERE store = ?", store)


def text_of_row(row: Sequence[Any]) -> bytes:
    """Return a record as the store tells it (`rows.row_of`). row: its columns, as `COLUMNS` names them."""
    number, revision, version, deadline, uniques, meta, value = row
    head = b'{"number":%d,"revision":%d,"version":%d' % (number, revision, version)
    if deadline is not None:
        head += b',"deadline":%.3f' % (deadline + _ROUNDED)
    unique = b"[]" if uniques is None else pairs_as_json(unique_of(uniques))
    return b'%b,"unique":%b,\n"meta":%b,\n"value":%b}' % (head, unique, meta or b"{}", value)


def unique_of(column: bytes | None) -> Unique:
    """Return the unique values that stand beside a record."""
    return [] if column is None else list(decode(column).items())


def column_of(unique: Unique) -> bytes | None:
    """Return unique values as they stand beside a record; None where there are none."""
    return encode(dict(unique)) if unique else None


def pairs_as_json(unique: Unique) -> bytes:
    """Return unique values as the store tells them."""
    return octets(json.dumps(list(unique), ensure_ascii=False, separators=(",", ":")))
