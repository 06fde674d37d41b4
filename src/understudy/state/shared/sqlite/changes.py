"""What is new in a store: the script `fetch`, and what a commit tells besides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from understudy.state.shared.rows import octets
from understudy.state.shared.sqlite.turn import COLUMNS, Turn, text_of_row, unique_of

PAGE: Final = 1000  # records in one answer
LEAP: Final = 1_000_000  # revisions that may have been given and were lost
GONE: Final = 10_000  # revisions for which it is remembered what was deleted

Place = tuple[int, bytes, bytes]
"""Where a record is: its store, its collection, its key."""
Changes = list[Any]
"""Whether it is all there is, how far it goes, records (collection, key, and the text of those that are
there), and with the last of them the names and numbers of counters.
"""


def fetch(turn: Turn, session: bytes, arguments: Sequence[bytes]) -> list[Any]:
    """Answer the epoch ("": there is no such session), whether it is new, the number of the document and its
    parts where it is another, and for each store its revision and what is new.

    arguments: the epoch it is to have where it is new ("": it is not made), for how many milliseconds it is
    kept ("0": for good, "": as before), the number of the document that the caller knows, then for each
    store its API, the last revision the caller knows all before (-1: nothing is known) and the highest it
    has seen.
    """
    epoch, is_new = turn.epoch(session), 0
    if epoch is None:
        if not arguments[0]:
            return [b""]
        epoch, is_new = arguments[0], 1
        turn.make(session, epoch)
    number, parts = _document(turn, session, arguments[2])
    stores = []
    for place in range(3, len(arguments), 3):
        api, since, highest = arguments[place : place + 3]
        store, revision, floor = revisions(turn, session, api, int(highest))
        stores.append([revision, changes(turn, store, int(since), revision, floor)])
    if arguments[1] not in (b"", b"0"):
        turn.keep_for(session, arguments[1])
    return [epoch, is_new, number, parts, stores]


def _document(turn: Turn, session: bytes, known: bytes) -> tuple[bytes, list[bytes]]:
    """Return the number of a session's document, "" for none, and its parts where that is not known."""
    (found,) = turn.row("SELECT document FROM shared_sessions WHERE name = CAST(? AS TEXT)", session)
    number = b"" if found is None else b"%d" % found
    if number == known:
        return number, []
    parts = turn.rows("SELECT name, value FROM parts WHERE session = CAST(? AS TEXT)", session)
    return number, [text for part in parts for text in part]


def revisions(turn: Turn, session: bytes, api: bytes, known: int) -> tuple[int | None, int, int]:
    """Return a store, None where there is none, its last revision, and the one before which nothing is
    remembered, once what has expired is gone.

    known: the highest revision that the caller has seen. Where that is higher, writes were lost: no revision
    is given twice.
    """
    store = turn.store(session, api)
    if store is None and not known:
        return None, 0, 0
    if store is None:
        store = turn.made_store(session, api)
    before, floor = turn.row(
        "SELECT revision, floor FROM stores JOIN shared_stores ON store = id WHERE id = ?", store
    )
    revision = before
    if known > before:
        revision = floor = known + LEAP
    due = "SELECT collection, key, uniques FROM records WHERE store = ? AND deadline <= ?"
    for collection, key, uniques in turn.rows(due, store, turn.now):
        revision += 1
        take_away(turn, (store, collection, key), uniques, revision)
    if revision != before:
        turn.change("UPDATE stores SET revision = ? WHERE id = ?", revision, store)
        turn.change("UPDATE shared_stores SET floor = ? WHERE store = ?", floor, store)
    return store, revision, floor


def changes(turn: Turn, store: int | None, since: int, revision: int, floor: int) -> Changes:
    """Return what was written after `since`, a revision; where that is negative, all there is, from the
    revision -1 - since on.
    """
    if since == revision or store is None:
        return [int(since < 0), revision, [], []]
    is_whole = since < max(floor, 0)
    after = _beginning(since, floor)
    records = turn.rows(
        f"SELECT collection, key, {COLUMNS} FROM records WHERE store = ? AND revision > ? "
        "ORDER BY revision LIMIT ?",
        store,
        after,
        PAGE,
    )
    cursor = records[-1][3] if len(records) == PAGE else revision
    found = [[collection, key, text_of_row(row)] for collection, key, *row in records]
    if after > 0:
        gone = "SELECT collection, key FROM gone WHERE store = ? AND revision > ? AND revision <= ?"
        found += map(list, turn.rows(gone, store, after, cursor))
    return [
        int(is_whole),
        cursor,
        found,
        _counters_after(turn, store, -1 if is_whole else after, cursor, revision),
    ]


def _beginning(since: int, floor: int) -> int:
    """Return the revision after which all is told."""
    if since < 0:
        return -1 - since
    return 0 if since < floor else since


def _counters_after(turn: Turn, store: int, after: int, cursor: int, revision: int) -> list[Any]:
    if cursor != revision:
        return []
    counted = turn.rows(
        "SELECT name, value FROM counting JOIN counters USING (store, name) WHERE store = ? AND revision > ?",
        store,
        after,
    )
    return [one for name, value in counted for one in (name, b"%d" % value)]


def take_away(turn: Turn, place: Place, uniques: bytes | None, revision: int) -> None:
    """Remove a record, at a revision, and remember that it was there."""
    store, collection, _ = place
    turn.change(
        "DELETE FROM records WHERE store = ? AND collection = CAST(? AS TEXT) AND key = CAST(? AS TEXT)",
        *place,
    )
    let_go(turn, store, collection, uniques)
    turn.change(
        "INSERT OR REPLACE INTO gone VALUES (?, CAST(? AS TEXT), CAST(? AS TEXT), ?)", *place, revision
    )
    if weight(collection):
        turn.change("UPDATE shared_stores SET held = held - 1 WHERE store = ?", store)


def let_go(turn: Turn, store: int, collection: bytes, uniques: bytes | None) -> None:
    """Have nobody hold these unique values any more."""
    for field, value in unique_of(uniques):
        turn.change(
            "DELETE FROM uniques WHERE store = ? AND collection = CAST(? AS TEXT) "
            "AND field = CAST(? AS TEXT) AND value = CAST(? AS TEXT)",
            store,
            collection,
            octets(field),
            octets(value),
        )


def weight(collection: bytes) -> int:
    """Return how much a record of a collection counts: what the sandbox keeps for itself does not."""
    return int(not collection.startswith(b"~"))
