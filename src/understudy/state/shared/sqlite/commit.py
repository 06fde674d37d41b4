"""The script `commit`: steps that are taken whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from understudy.state.shared.rows import octets, text_of
from understudy.state.shared.sqlite.changes import GONE, changes, let_go, revisions, take_away, weight
from understudy.state.shared.sqlite.turn import COLUMNS, Turn, Unique, column_of, text_of_row

_STEP: Final = 9  # arguments of each
_ROW: Final = (
    f"SELECT {COLUMNS} FROM records "
    "WHERE store = ? AND collection = CAST(? AS TEXT) AND key = CAST(? AS TEXT)"
)
_INSERT: Final = (
    "INSERT INTO records "
    "(store, collection, key, number, revision, version, deadline, uniques, meta, value) VALUES "
    "(?, CAST(? AS TEXT), CAST(? AS TEXT), ?, ?, ?, ?, CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT))"
)
_REPLACE: Final = (
    "UPDATE records SET revision = ?, version = ?, uniques = CAST(? AS TEXT), meta = CAST(? AS TEXT), "
    "value = CAST(? AS TEXT) WHERE store = ? AND number = ?"
)


class _Refused(Exception):
    """A step that is not taken. how, first, second: as the caller is told."""

    def __init__(self, how: bytes, first: bytes = b"", second: bytes = b"") -> None:
        super().__init__(how)
        self.how, self.first, self.second = how, first, second


def commit(turn: Turn, session: bytes, arguments: Sequence[bytes]) -> list[Any]:
    """Answer how it went, the last revision, what was new before the steps, and what each step wrote or
    removed, or where the refused one failed.

    arguments: the epoch, the API, the last revision the caller knows all before ("": its answer need not
    tell what is new), the highest it has seen, how many records there may be, for how many milliseconds the
    session is kept ("0": for good), then the steps, nine each, as `rows.arguments` writes them.
    """
    epoch, api, since, highest, limit, life = arguments[:6]
    if turn.epoch(session) != epoch:
        return [b"over"]
    turn.made_store(session, api)
    store, revision, floor = revisions(turn, session, api, int(highest))
    assert store is not None
    before = [1, revision, [], []]
    if since:
        before = changes(turn, store, int(since), revision, floor)
    steps = _Steps(turn, store, revision, int(limit))
    turn.change("SAVEPOINT steps")
    try:
        for place in range(6, len(arguments), _STEP):
            steps.take(arguments[place : place + _STEP])
    except _Refused as refused:
        turn.change("ROLLBACK TO steps")
        turn.change("RELEASE steps")
        return [refused.how, revision, before, [len(steps.results), refused.first, refused.second]]
    steps.end()
    turn.change("RELEASE steps")
    turn.keep_for(session, life)
    return [b"taken", steps.revision, [1, steps.floor, [], []] if steps.floor else before, steps.results]


class _Steps:
    """Steps on one store, taken one after another. revision: the last one. floor: the one since which all is
    new, where it was emptied. results: what each step wrote or removed.
    """

    def __init__(self, turn: Turn, store: int, revision: int, limit: int) -> None:
        self._turn, self._store, self._limit = turn, store, limit
        self.revision, self.floor = revision, 0
        self._counted: list[bytes] = []
        self.results: list[Any] = []
        self._kinds: Mapping[bytes, Callable[[Sequence[bytes]], Any]] = {
            b"insert": self._insert,
            b"replace": self._replace,
            b"delete": self._delete,
            b"count": self._count,
            b"advance": self._advance,
            b"clear": self._clear,
        }

    def take(self, step: Sequence[bytes]) -> None:
        """Take a step. Raises _Refused."""
        self.results.append(self._kinds[step[0]](step[1:]))

    def end(self) -> None:
        """Write what came of all steps."""
        change = self._turn.change
        change("UPDATE stores SET revision = ? WHERE id = ?", self.revision, self._store)
        for name in self._counted:
            change(
                "INSERT OR REPLACE INTO counting VALUES (?, CAST(? AS TEXT), ?)",
                self._store,
                name,
                self.revision,
            )

    def _next(self) -> int:
        self.revision += 1
        return self.revision

    # -- records

    def _insert(self, step: Sequence[bytes]) -> bytes:
        collection, key, value, meta, unique, _, expires, version = step
        (held,) = self._turn.row("SELECT held FROM shared_stores WHERE store = ?", self._store)
        if weight(collection) and held >= self._limit:
            raise _Refused(b"limit")
        if self._row(collection, key) is not None:
            raise _Refused(b"exists", b"key", key)
        pairs = _pairs(unique)
        self._check_free(collection, key, pairs)
        self._hold(collection, key, pairs)
        revision = self._next()
        deadline = self._turn.now + float(expires) if expires else None
        uniques = column_of(pairs)
        row = (revision, revision, int(version or 1), deadline, uniques, meta or None, value)
        self._turn.change(_INSERT, self._store, collection, key, *row)
        self._turn.change(
            "DELETE FROM gone WHERE store = ? AND collection = CAST(? AS TEXT) AND key = CAST(? AS TEXT)",
            self._store,
            collection,
            key,
        )
        if weight(collection):
            self._turn.change("UPDATE shared_stores SET held = held + 1 WHERE store = ?", self._store)
        return text_of_row(row)

    def _replace(self, step: Sequence[bytes]) -> bytes:
        collection, key, value, meta, unique, expected, _, _ = step
        was = self._row(collection, key)
        if was is None:
            raise _Refused(b"missing")
        number, known, version, deadline, uniques, beside, _ = was
        _check_revision(known, expected)
        if unique:
            pairs = _pairs(unique)
            self._check_free(collection, key, pairs)
            let_go(self._turn, self._store, collection, uniques)
            self._hold(collection, key, pairs)
            uniques = column_of(pairs)
        row = (number, self._next(), version + 1, deadline, uniques, meta or beside, value)
        self._turn.change(_REPLACE, *row[1:3], *row[4:], self._store, number)
        return text_of_row(row)

    def _delete(self, step: Sequence[bytes]) -> bytes | None:
        collection, key, _, _, _, expected, _, _ = step
        was = self._row(collection, key)
        if was is None:
            return None
        _check_revision(was[1], expected)
        revision = self._next()
        take_away(self._turn, (self._store, collection, key), was[4], revision)
        self._forget_gone(revision - GONE)
        return text_of_row(was)

    def _forget_gone(self, until: int) -> None:
        """Remember no longer what was deleted up to a revision."""
        found = self._turn.row(
            "SELECT max(revision) FROM gone WHERE store = ? AND revision <= ?", self._store, until
        )
        if found[0] is not None:
            self._turn.change("DELETE FROM gone WHERE store = ? AND revision <= ?", self._store, until)
            self._turn.change("UPDATE shared_stores SET floor = ? WHERE store = ?", found[0], self._store)

    def _row(self, collection: bytes, key: bytes) -> Sequence[Any] | None:
        found: Sequence[Any] | None = self._turn.row(_ROW, self._store, collection, key)
        return found

    # -- unique values

    def _check_free(self, collection: bytes, key: bytes, pairs: Unique) -> None:
        for field, value in pairs:
            holder = self._turn.row(
                "SELECT key FROM uniques WHERE store = ? AND collection = CAST(? AS TEXT) "
                "AND field = CAST(? AS TEXT) AND value = CAST(? AS TEXT)",
                self._store,
                collection,
                octets(field),
                octets(value),
            )
            if holder is not None and holder[0] != key:
                raise _Refused(b"exists", octets(field), octets(value))

    def _hold(self, collection: bytes, key: bytes, pairs: Unique) -> None:
        for field, value in pairs:
            self._turn.change(
                "INSERT OR REPLACE INTO uniques VALUES "
                "(?, CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT))",
                self._store,
                collection,
                octets(field),
                octets(value),
                key,
            )

    # -- the rest

    def _count(self, step: Sequence[bytes]) -> bytes:
        return self._bring(step[1], self._counter(step[1]) + int(step[7]))

    def _advance(self, step: Sequence[bytes]) -> bytes:
        now = self._counter(step[1])
        if now >= int(step[7]):
            raise _Refused(b"passed", b"%d" % now)
        return self._bring(step[1], int(step[7]))

    def _counter(self, name: bytes) -> int:
        found = self._turn.row(
            "SELECT value FROM counters WHERE store = ? AND name = CAST(? AS TEXT)", self._store, name
        )
        return 0 if found is None else int(found[0])

    def _bring(self, counter: bytes, to: int) -> bytes:
        self._turn.change(
            "INSERT OR REPLACE INTO counters VALUES (?, CAST(? AS TEXT), ?)", self._store, counter, to
        )
        self._counted.append(counter)
        return b"%d" % to

    def _clear(self, _step: Sequence[bytes]) -> None:
        self._turn.empty(self._store)
        self.floor = self._next()
        self._turn.change("INSERT INTO shared_stores VALUES (?, ?, 0)", self._store, self.floor)


def _check_revision(known: int, expected: bytes) -> None:
    if expected and int(expected) != known:
        raise _Refused(b"changed", b"%d" % known)


def _pairs(unique: bytes) -> Unique:
    return [(field, value) for field, value in json.loads(text_of(unique or b"[]"))]
