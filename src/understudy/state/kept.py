"""A backend in memory that is kept in a file: it is read when it is opened, and what changes is written
behind.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from understudy.durations import Latencies
from understudy.errors import StoreUnusable
from understudy.state.backend import Kept, Log, MemoryBackend
from understudy.state.changes import Begun, Change, Opened, PartChanged, SessionEnded, StoreEnded, write_rows
from understudy.state.claims import is_claim
from understudy.state.database import connect
from understudy.state.document import Part, SessionDocument
from understudy.state.json_values import decode, encode
from understudy.state.kept_store import KeptStore
from understudy.state.store import NO_META
from understudy.state.table import Row
from understudy.state.tables import NO_LIMIT
from understudy.state.writing import GATHERING, Writer, Writes

_LEAP: Final = 1_000_000  # revisions that may have been given and were not on the disk yet
_RECENT: Final = 5.0  # seconds for which the document of a session that was used is looked at again
_SOON: Final = 0.005  # seconds for which changes of documents are gathered
_BETWEEN: Final = 1.0  # seconds between two looks at all of these

_FORGOTTEN: Final = """
WITH kept (name, first) AS (VALUES {rows})
DELETE FROM journal WHERE (session, number) IN
  (SELECT session, number FROM kept JOIN journal ON session = name AND number < first)
"""
_LOGGED: Final = """
WITH logged_until (session, last) AS (VALUES {rows})
UPDATE sessions SET logged = (SELECT last FROM logged_until WHERE session = name)
  WHERE name IN (SELECT session FROM logged_until)
"""

logger = logging.getLogger("understudy")


class KeptLog(Log, Protocol):
    """A log that can be written down."""

    @property
    def last_number(self) -> int:
        """The number of the newest entry there ever was."""
        ...

    def written_after(self, number: int) -> tuple[int, Sequence[tuple[int, str]]]:
        """Return the number of the oldest entry that is kept, and the entries after a number as texts."""
        ...

    def resume(self, last_number: int, entries: Sequence[tuple[int, str]]) -> None:
        """Go on where another log was, with entries that `written_after` gave."""
        ...


L = TypeVar("L", bound=KeptLog)
_VERSION: Final = attrgetter("version")


class KeptDocument(SessionDocument):
    """A document whose parts go on where they were when they were kept."""

    def __init__(self, kept: dict[str, Any]) -> None:
        super().__init__()
        self._kept = kept
        self._told: dict[str, tuple[Part, int]] = {}
        self._versions: Sequence[int] = ()  # of all parts, when `changed` was asked last

    def add(self, name: str, part: Part) -> None:
        """Have a part, which is from now on what was kept of it."""
        if name in self._kept:
            try:
                part.restore(self._kept.pop(name))
            except (KeyError, TypeError, AttributeError, ValueError) as error:
                logger.warning("what was kept of the session's %s cannot be used: %r", name, error)
        self._versions = ()
        super().add(name, part)

    def changed(self) -> Sequence[tuple[str, bytes]]:
        """Return each part that has changed since this was asked last, by name, as JSON."""
        versions = tuple(map(_VERSION, self._parts.values()))
        if versions == self._versions:  # as after nearly each request
            return ()
        self._versions, found = versions, []
        for name, part in self._parts.items():
            state = (part, part.version)
            if self._told.get(name) != state:
                self._told[name] = state
                found.append((name, encode(part.dump())))
        return found


class KeptBackend(MemoryBackend[L]):
    """A `Backend` whose sessions are there again after the process has ended, however it ended.

    waits: whether `keep` returns only when all that changed is on the disk.
    """

    def __init__(
        self,
        path: Path,
        log: Callable[[], L],
        *,
        limit: int = NO_LIMIT,
        waits: bool = False,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read all there is. limit: records of each store. now: seconds.

        Raises StoreUnusable.
        """
        super().__init__(log, now=now)
        self._limit, self.waits = limit, waits
        self._numbers = 0  # of stores
        self._recent: dict[str, float] = {}
        self._touched: set[str] = set()
        self._looked_at = self._now()
        self._due_in: asyncio.AbstractEventLoop | None = None  # which is going to have `_keep_now` called
        self._logged: dict[str, int] = {}
        connection = connect(path)
        try:
            self._read(connection)
        except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
            connection.close()
            raise StoreUnusable(f"{path} cannot be read: {error}") from None
        gathering = 0.0 if waits else GATHERING
        self._writer = Writer(connection, gathering, self._write_logs)

    # -- what was kept

    def _read(self, connection: sqlite3.Connection) -> None:
        for name, logged in connection.execute("SELECT name, logged FROM sessions").fetchall():
            log = self._new_log()
            entries = connection.execute(
                "SELECT number, entry FROM journal WHERE session = ? ORDER BY number", (name,)
            )
            log.resume(logged, entries.fetchall())
            parts = connection.execute("SELECT name, value FROM parts WHERE session = ?", (name,))
            document = KeptDocument({part: decode(value.encode()) for part, value in parts})
            self._kept[name] = Kept(log, document, self._now())
            self._logged[name] = log.last_number
        for number, session, api, revision in connection.execute("SELECT * FROM stores").fetchall():
            self._numbers = max(self._numbers, number)
            store = KeptStore(number, self._note, self._renumber, self._limit)
            _fill(store, connection, revision)
            self._kept[session].stores[api] = store

    # -- Backend

    def touch(self, session: str) -> None:
        """Note that a session is used."""
        self._of(session).used_at = self._recent[session] = self._now()
        self._touched.add(session)

    def renew(self, session: str) -> None:
        """Put a new session in place of one; the numbers of its log go on."""
        former = self._of(session)
        super().renew(session)
        self._end(session, former)
        self._writer.note(Begun(session))

    def drop(self, session: str) -> bool:
        """Forget a session. False where there was none."""
        former = self._kept.get(session)
        if former is not None:
            self._end(session, former)
        return super().drop(session)

    async def keep(self, session: str) -> bool:
        """Have written what a request changed besides records; tell whether it is on the disk, where that is
        waited for. session: whose request it was.
        """
        self._touched.add(session)
        self._look()
        return not self.waits or await self._writer.settled()

    def keep_soon(self, session: str) -> None:
        """Have written what a request changed besides records, for which nobody waits: with that of others
        that come soon, since to look costs a read as much as a tenth of all its own work.
        """
        self._touched.add(session)
        loop = asyncio.get_running_loop()
        if self._due_in is not loop:
            self._due_in = loop
            loop.call_later(_SOON, self._keep_now)

    def _keep_now(self) -> None:
        self._due_in = None
        self._look()

    @property
    def latencies(self) -> Latencies:
        """How long it took to write to the disk."""
        return self._writer.latencies

    @contextmanager
    def at_once(self, session: str) -> Iterator[None]:
        """Have all that changes of a session meanwhile be kept, or nothing of it."""
        with self._writer.at_once():
            yield
            self._look_at((session,))

    def writes(self) -> Writes:
        """Return how far what was noted has come to the disk."""
        return self._writer.writes()

    def _look(self) -> None:
        """Note what changed in the documents of sessions that were used since this was called last, and now
        and then in those that were used lately: a request may take its time.
        """
        now = self._now()
        if now - self._looked_at >= _BETWEEN:
            self._looked_at = now
            self._touched |= self._recent.keys()
            self._recent = {name: at for name, at in self._recent.items() if now - at < _RECENT}
        self._look_at(self._touched)
        self._touched.clear()

    def _look_at(self, names: Iterable[str]) -> None:
        for name in names:
            kept = self._kept.get(name)
            if kept is not None:
                assert isinstance(kept.document, KeptDocument)
                for part, value in kept.document.changed():
                    self._writer.note(PartChanged(name, part, value))

    def close(self) -> None:
        """Write what is left, and let the file go."""
        self._look_at(self._kept)
        self._writer.close()

    # -- what is made

    def _made(self, session: str, log: L) -> Kept[L]:
        self._note(Begun(session))
        return Kept(log, KeptDocument({}), self._now())

    def _made_store(self, session: str, api: str) -> KeptStore:
        self._numbers += 1
        self._note(Opened(self._numbers, session, api))
        return KeptStore(self._numbers, self._note, self._renumber, self._limit)

    def _end(self, session: str, former: Kept[L]) -> None:
        ended: list[Change] = [SessionEnded(session)]
        for store in former.stores.values():
            if isinstance(store, KeptStore):
                ended.append(StoreEnded(store.number))
                store.end()
        self._writer.note(*ended)

    def _note(self, *changes: Change) -> None:
        self._writer.note(*changes)

    def _renumber(self, store: KeptStore) -> int:
        """Give a store that was emptied a new number."""
        for name, kept in self._kept.items():
            for api, known in kept.stores.items():
                if known is store:
                    self._numbers += 1
                    self._note(StoreEnded(store.number), Opened(self._numbers, name, api))
                    return self._numbers
        return store.number

    def _write_logs(self, connection: sqlite3.Connection) -> None:
        """Write what was logged since this was called last; it is the writer's thread that calls."""
        entries: list[tuple[str, int, str]] = []
        firsts: list[tuple[str, int]] = []
        lasts: list[tuple[str, int]] = []
        for name, kept in tuple(self._kept.items()):
            last = kept.log.last_number
            since = self._logged.get(name, 0)
            if last == since:
                continue
            first, written = kept.log.written_after(since)
            entries += [(name, *entry) for entry in written]
            firsts.append((name, first))
            lasts.append((name, last))
        write_rows(connection, "INSERT OR REPLACE INTO journal VALUES {rows}", "(?, ?, ?)", entries)
        write_rows(connection, _FORGOTTEN, "(?, ?)", firsts)
        write_rows(connection, _LOGGED, "(?, ?)", lasts)
        self._logged.update(lasts)


def _fill(store: KeptStore, connection: sqlite3.Connection, revision: int) -> None:
    """Have a store hold what was kept of it, but for what has expired and for claims of who is gone."""
    now = time.time()
    rows = connection.execute(
        "SELECT number, collection, key, value, meta, uniques, revision, version, deadline "
        "FROM records WHERE store = ? ORDER BY number",
        (store.number,),
    )
    tables, latest = store.tables, revision
    for number, collection, key, value, meta, uniques, written, version, deadline in rows:
        latest = max(latest, number, written)
        beside = decode(meta.encode()) if meta else NO_META
        is_over = deadline is not None and deadline <= now
        if is_over or is_claim(beside):
            continue
        unique = tuple(decode(uniques.encode()).items()) if uniques else ()
        row = Row(key, value.encode(), beside, written, version, number, unique)
        tables.restore(collection, row, None if deadline is None else deadline - now)
    for name, value in connection.execute(
        "SELECT name, value FROM counters WHERE store = ?", (store.number,)
    ):
        tables.counters[name] = value
    if latest:
        tables.go_on_from(latest + _LEAP)
