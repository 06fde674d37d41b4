"""The other scripts: what is asked about a session besides its records, and about all of them."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

from understudy.state.shared.sqlite.turn import Turn


def counters(turn: Turn, session: bytes, arguments: Sequence[bytes]) -> list[Any]:
    """Answer the names and numbers of an API's counters. arguments: the epoch, and the API."""
    if turn.epoch(session) != arguments[0]:
        return []
    found = turn.rows("SELECT name, value FROM counters WHERE store = ?", turn.store(session, arguments[1]))
    return [one for name, value in found for one in (name, b"%d" % value)]


def end(turn: Turn, session: bytes, arguments: Sequence[bytes]) -> int:
    """Forget all of a session but the number of the last entry of its journal. arguments: the epoch of the
    one that takes its place, "" for none.
    """
    found = turn.row("SELECT logged FROM sessions WHERE name = CAST(? AS TEXT)", session)
    turn.forget(session)
    if arguments[0]:
        turn.make(session, arguments[0], found[0] if found else 0)
    return 1


def keep(turn: Turn, session: bytes, arguments: Sequence[bytes]) -> list[Any]:
    """Write parts of the document, all or none. Answers the number of the document's version and nothing, or
    what there is of the parts that are not as the caller knows them.

    arguments: the epoch, for how many milliseconds it is kept, whether a part that is already as it is to be
    counts as another's change, then three for each part: its name, what the caller knows of it ("" for
    nothing), what is to be there.
    """
    if turn.epoch(session) != arguments[0]:
        return [b"over"]
    other: list[bytes] = []
    for place in range(3, len(arguments), 3):
        name, before, after = arguments[place : place + 3]
        found = turn.row(
            "SELECT value FROM parts WHERE session = CAST(? AS TEXT) AND name = CAST(? AS TEXT)",
            session,
            name,
        )
        now = found[0] if found else b""
        if now != before and (arguments[2] == b"1" or now != after):
            other += (name, now)
    if other:
        return [_number(turn, session), other]
    for place in range(3, len(arguments), 3):
        name, _, after = arguments[place : place + 3]
        row = "(CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT))"
        turn.change(f"INSERT OR REPLACE INTO parts VALUES {row}", session, name, after)
    counted = "UPDATE shared_sessions SET document = ifnull(document, 0) + 1 WHERE name = CAST(? AS TEXT)"
    turn.change(counted, session)
    return [_number(turn, session), []]


def _number(turn: Turn, session: bytes) -> bytes:
    (number,) = turn.row("SELECT document FROM shared_sessions WHERE name = CAST(? AS TEXT)", session)
    return b"" if number is None else b"%d" % number


def log(turn: Turn, session: bytes, arguments: Sequence[bytes]) -> list[Any]:
    """Add entries to the journal. Answers the number of the last entry before them, up to which number all
    were cleared, and, where that is wanted, the number of the first entry that follows what the caller
    knows, and the entries from it on.

    arguments: the epoch, for how many milliseconds it is kept, the number that the caller knows all entries
    up to, whether it wants to hear of those after it, how many there may be, up to which number all were
    cleared, then entries.
    """
    if turn.epoch(session) != arguments[0]:
        return [b"over"]
    known, _, room, cleared = map(int, arguments[2:6])
    last, before = turn.row(
        "SELECT logged, cleared FROM sessions JOIN shared_sessions USING (name) WHERE name = CAST(? AS TEXT)",
        session,
    )
    is_news = known > last or len(arguments) > 6 or cleared > before
    if is_news:
        last, before = _logged(
            turn, session, arguments[6:], known=known, last=last, before=before, cleared=cleared
        )
    forgotten = max(last + len(arguments) - 6 - room, before)
    if is_news:
        old = "DELETE FROM journal WHERE session = CAST(? AS TEXT) AND number <= ?"
        turn.change(old, session, forgotten)
    if arguments[3] != b"1":
        return [last, before, 0, []]
    entries = turn.rows(
        "SELECT number, entry FROM journal WHERE session = CAST(? AS TEXT) AND number > ? ORDER BY number",
        session,
        max(known, forgotten),
    )
    first = entries[0][0] if entries else last + len(arguments) - 6 + 1
    return [last, before, first, [entry for _, entry in entries]]


def _logged(
    turn: Turn,
    session: bytes,
    entries: Sequence[bytes],
    *,
    known: int,
    last: int,
    before: int,
    cleared: int,
) -> tuple[int, int]:
    """Add entries; return the number of the last one before them, and up to which all were cleared."""
    if known > last:  # some were lost
        last = known
        turn.change("DELETE FROM journal WHERE session = CAST(? AS TEXT)", session)
    for place, entry in enumerate(entries, last + 1):
        row = "(CAST(? AS TEXT), ?, CAST(? AS TEXT))"
        turn.change(f"INSERT OR REPLACE INTO journal VALUES {row}", session, place, entry)
    numbered = last + len(entries)
    cleared = max(before, min(cleared, numbered))
    turn.change("UPDATE sessions SET logged = ? WHERE name = CAST(? AS TEXT)", numbered, session)
    turn.change("UPDATE shared_sessions SET cleared = ? WHERE name = CAST(? AS TEXT)", cleared, session)
    return last, cleared


def names(turn: Turn, _key: bytes, arguments: Sequence[bytes]) -> list[bytes]:
    """Answer the names of all sessions that are there. arguments: what to do; they need not be added or
    removed.
    """
    if arguments[0] in (b"add", b"remove"):
        return []
    for (name,) in turn.rows("SELECT name FROM shared_sessions WHERE ends <= ?", turn.now):
        turn.forget(name)
    return [name for (name,) in turn.rows("SELECT name FROM shared_sessions ORDER BY name")]


def rate(turn: Turn, key: bytes, arguments: Sequence[bytes]) -> int:
    """Take a token from a bucket. Answers for how many milliseconds there will be none, 0 where one was
    taken.

    arguments: how many it holds, and how many of them come a second.
    """
    size, speed = int(arguments[0]), float(arguments[1])
    found = turn.row("SELECT tokens, at FROM buckets WHERE name = CAST(? AS TEXT)", key)
    tokens = float(size)
    if found is not None:
        tokens = min(size, found[0] + max(0.0, turn.now - found[1]) * speed)
    if tokens < 0.999999:
        return ceil((1 - tokens) / speed * 1000)
    turn.change("INSERT OR REPLACE INTO buckets VALUES (CAST(? AS TEXT), ?, ?)", key, tokens - 1, turn.now)
    return 0


def sizes(turn: Turn, session: bytes, _arguments: Sequence[bytes]) -> list[Any]:
    """Answer nothing where a session is not there, else how many entries its journal has, and of each API
    its name and how many records it has.
    """
    if turn.epoch(session) is None:
        return []
    (entries,) = turn.row("SELECT count(*) FROM journal WHERE session = CAST(? AS TEXT)", session)
    held = "SELECT api, held FROM stores JOIN shared_stores ON store = id WHERE session = CAST(? AS TEXT)"
    return [entries, *(one for row in turn.rows(held, session) for one in row)]
