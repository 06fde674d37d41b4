"""Snapshots: what a session remembers, as one JSON document, and back again, whole or not at all.

    {"format": "understudy-snapshot", "version": 1,
     "contracts": {name: digest},                       the contracts it was made with
     "clock": "2026-01-05T09:00:00Z", "frozen": false,
     "tokens": {"issued": [...], "revoked": [...]},     credentials the sandboxes gave out or took back
     "answers": {"stubs": [...], "scenarios": {...}, "added": 0},   those that were scripted
     "worlds": {name: {"records": {collection: [{"key", "value", "version", "meta"?, "unique"?, "expires"?}]},
                       "counters": {...}, "filled": [...]}}}

The journal, the faults and the listed identities of a session are not part of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, NoReturn

from msgspec.structs import replace

from understudy.contracts.digest import digest
from understudy.errors import Failure, RecordExists, SnapshotRefused
from understudy.handler import World
from understudy.pointers import escape
from understudy.sandbox import Sandbox
from understudy.sessions import Session
from understudy.state.clock import Clock
from understudy.state.json_values import decode
from understudy.state.store import Contents, Entry
from understudy.stubs.document import StubsPart
from understudy.stubs.stubs import Stubs

FORMAT: Final = "understudy-snapshot"
VERSION: Final = 1
_AT_ONCE: Final = 200  # records that are read or written between two pauses


async def take(session: Session, sandboxes: Sequence[Sandbox]) -> dict[str, Any]:
    """Return what a session remembers of these sandboxes, as plain JSON values."""
    state, _ = session.document.read()
    clock = state["clock"]
    contracts, worlds = {}, {}
    for sandbox in sandboxes:
        name = sandbox.contract.name
        contracts[name] = digest(sandbox.contract)
        if name in session.worlds:
            worlds[name] = await _world(session.worlds[name])
    return {
        "format": FORMAT,
        "version": VERSION,
        "contracts": contracts,
        "clock": clock["now"],
        "frozen": clock["frozen"],
        "tokens": state["tokens"],
        "answers": state["answers"],
        "worlds": worlds,
    }


async def restore(
    session: Session, sandboxes: Sequence[Sandbox], document: Any, *, of_others: bool = False
) -> None:
    """Put a session back to what a snapshot says. of_others: also one of other contracts, or other versions
    of them.

    It is read with pauses, in which the session is what it was; then all of it is there at once, but where
    its records stand in a store of several processes.

    Raises SnapshotRefused, and then nothing has changed.
    """
    reader = _Reader(document)
    reader.expect("/format", reader.member("/format", str), FORMAT)
    reader.expect("/version", reader.member("/version", int), VERSION)
    reader.member("/contracts", dict)
    if not of_others:
        _check_contracts(reader, sandboxes)
    clock = {"now": reader.member("/clock", str), "frozen": reader.flag("/frozen")}
    tokens = reader.member("/tokens", dict)
    reader.attempt("/clock", lambda _: Clock().restore(clock), "a time such as 2026-01-05T09:00:00Z")
    reader.attempt("/tokens", session.identities.fresh().restore, "what a snapshot says of tokens")
    answers = reader.member("/answers", dict) if "answers" in document else None
    if answers is not None:
        reader.attempt("/answers", StubsPart(Stubs()).restore, "what a snapshot says of answers")
    remembered: dict[str, _World] = {}
    for name in reader.member("/worlds", dict):
        world = _Reader(document, f"/worlds/{escape(name)}")
        remembered[name] = await _read_world(world)
    for sandbox in sandboxes:
        name = sandbox.contract.name
        is_of_this = document["contracts"].get(name) == digest(sandbox.contract)
        if is_of_this and sandbox.vendor.handlers:  # which read what is stored, and complete nothing
            await _check_records(sandbox, remembered.get(name))
    prepared = [await _prepared(session, sandbox, remembered, reader) for sandbox in sandboxes]
    with session.at_once():
        session.clock.restore(clock)
        session.identities.restore(tokens)
        if answers is not None:
            StubsPart(session.stubs).restore(answers)
        for change in prepared:
            await change()


async def _check_records(sandbox: Sandbox, remembered: _World | None) -> None:
    """See that a vendor can hold what a snapshot says it holds. Raises SnapshotRefused."""
    if remembered is None:
        return
    for name, entries in remembered.contents.collections.items():
        if not sandbox.engine.judges(name):
            continue
        for index, entry in enumerate(entries):
            if index % _AT_ONCE == _AT_ONCE - 1:
                await asyncio.sleep(0)
            wrong = sandbox.engine.unfit(name, entry.value)
            if wrong:
                place = f"/worlds/{escape(sandbox.contract.name)}/records/{escape(name)}/{index}/value"
                told = [replace(one, location="body", pointer=place + one.pointer) for one in wrong]
                raise SnapshotRefused(told)


async def _prepared(
    session: Session, sandbox: Sandbox, remembered: Mapping[str, _World], reader: _Reader
) -> Callable[[], Awaitable[None]]:
    """Return what has an API remember what it did; nothing where the snapshot says nothing of it.

    Raises SnapshotRefused and LimitReached.
    """
    name = sandbox.contract.name
    said = remembered.get(name, _World(Contents(), []))
    try:
        exchange = await session.open(name).prepared(said.contents)
    except RecordExists as error:
        reader.refuse(
            f"/worlds/{escape(name)}/records/{escape(error.collection)}",
            f"without two records whose {error.field} is {error.value!r}",
        )

    async def restore_world() -> None:
        if name not in remembered and name not in session.worlds:
            return
        world = sandbox.world(session)
        if name not in remembered:
            del session.worlds[name]
        await exchange()
        world.filled.clear()
        world.filled.update(said.filled)
        world.has_moved = True  # what a file says is held against the contract before it is shown
        session.digests.doubt(name)

    return restore_world


async def _world(world: World) -> dict[str, Any]:
    contents = await world.store.dump()
    records: dict[str, list[dict[str, Any]]] = {}
    for name, entries in contents.collections.items():
        written = records[name] = []
        for index, entry in enumerate(entries, start=1):
            written.append(_written(entry))
            if index % _AT_ONCE == 0:
                await asyncio.sleep(0)
    return {
        "records": records,
        "counters": dict(contents.counters),
        "filled": sorted(world.filled),
    }


def _written(entry: Entry) -> dict[str, Any]:
    value = decode(entry.value) if isinstance(entry.value, bytes) else entry.value
    written = {"key": entry.key, "value": value, "version": entry.version}
    if entry.meta:
        written["meta"] = dict(entry.meta)
    if entry.unique:
        written["unique"] = dict(entry.unique)
    if entry.expires is not None:
        written["expires"] = entry.expires
    return written


def _check_contracts(reader: _Reader, sandboxes: Sequence[Sandbox]) -> None:
    made_with = reader.member("/contracts", dict)
    served = {sandbox.contract.name: sandbox.contract for sandbox in sandboxes}
    for name in made_with:
        if name not in served:
            reader.refuse(
                f"/contracts/{escape(name)}",
                f"one of the contracts served here: {', '.join(served)}",
                repr(name),
            )
    for name, contract in served.items():
        if name not in made_with:
            reader.refuse(f"/contracts/{escape(name)}", f"there, since {name} is served here")
        reader.expect(f"/contracts/{escape(name)}", made_with[name], digest(contract))


class _World(NamedTuple):
    """What a snapshot says of one API: its records and counters, and which partitions are populated."""

    contents: Contents
    filled: Sequence[str]


async def _read_world(reader: _Reader) -> _World:
    """Read what an API is to remember."""
    collections: dict[str, list[Entry]] = {}
    for name in reader.member("/records", dict):
        place = f"/records/{escape(name)}"
        entries = collections[name] = []
        for index in range(len(reader.member(place, list))):
            entries.append(_entry(reader, f"{place}/{index}"))
            if index % _AT_ONCE == _AT_ONCE - 1:
                await asyncio.sleep(0)
    counters = reader.member("/counters", dict)
    for name in counters:
        reader.member(f"/counters/{escape(name)}", int)
    filled = reader.member("/filled", list)
    if not all(isinstance(name, str) for name in filled):
        reader.refuse("/filled", "a list of strings")
    return _World(Contents(collections, counters), filled)


def _entry(reader: _Reader, place: str) -> Entry:
    row = reader.member(place, dict)
    unique, meta, expires = {}, None, None
    if "unique" in row:
        unique = reader.member(f"{place}/unique", dict)
    if "meta" in row:
        meta = reader.member(f"{place}/meta", dict)
    if "expires" in row:
        expires = reader.member(f"{place}/expires", float)
    if not all(isinstance(value, str) for value in unique.values()):
        reader.refuse(f"{place}/unique", "a string for each field")
    return Entry(
        reader.member(f"{place}/key", str),
        reader.member(f"{place}/value", dict),
        meta,
        unique,
        expires,
        reader.member(f"{place}/version", int),
    )


_KINDS = {str: "a string", int: "a whole number", float: "a number", dict: "an object", list: "a list"}


class _Reader:
    """A snapshot while it is read: what is not as it should be is refused, with its place."""

    def __init__(self, document: Any, base: str = "") -> None:
        self._base = base
        self._root = document if not base else _Reader(document).member(base, dict)

    def member(self, place: str, kind: type) -> Any:
        """Return the value at a place. Raises SnapshotRefused where there is none of this kind."""
        value = self._root
        for segment in place.split("/")[1:]:
            name = segment.replace("~1", "/").replace("~0", "~")
            if isinstance(value, dict) and name in value:
                value = value[name]
            elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
                value = value[int(name)]
            else:
                self.refuse(place, "there")
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not object):
            self.refuse(place, _KINDS[kind], repr(value)[:60])
        return value

    def flag(self, place: str) -> bool:
        """Return the boolean at a place. Raises SnapshotRefused where there is none."""
        value = self.member(place, object)
        if not isinstance(value, bool):
            self.refuse(place, "true or false", repr(value)[:60])
        return value

    def expect(self, place: str, found: Any, expected: Any) -> None:
        """Raise SnapshotRefused unless a value is what is expected."""
        if found != expected:
            self.refuse(place, repr(expected), repr(found)[:100])

    def attempt(self, place: str, use: Callable[[Any], object], expected: str) -> None:
        """Use the value at a place. Raises SnapshotRefused where it cannot be used."""
        value = self.member(place, object)
        try:
            use(value)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise SnapshotRefused(
                [Failure("body", self._base + place, "snapshot", f"{expected} ({error})")]
            ) from None

    def refuse(self, place: str, expected: str, received: str = "") -> NoReturn:
        """Raise SnapshotRefused."""
        raise SnapshotRefused([Failure("body", self._base + place, "snapshot", expected, received)])
