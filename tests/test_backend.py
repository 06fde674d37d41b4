"""Where state lives: stores, the document and the log of each session, over every backend."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from stores import cluster_backend, file_backend, in_redis, kept_backend, shared_backend, told
from understudy.callbacks.sender import Sender
from understudy.callbacks.targets import Target
from understudy.faults.kinds import Status
from understudy.faults.matching import Call
from understudy.faults.rules import Rule
from understudy.journal.journal import Journal
from understudy.messages import Caller
from understudy.sessions import Session, Sessions
from understudy.state.backend import Backend, MemoryBackend
from understudy.state.clock import Clock
from understudy.state.document import SessionDocument

Make = Callable[[Callable[[], float]], Backend[Journal]]
BACKENDS: list[Any] = [
    lambda now: MemoryBackend(Journal, now=now),
    kept_backend,
    file_backend,
    pytest.param(shared_backend, marks=in_redis),
    pytest.param(cluster_backend, marks=[in_redis, pytest.mark.slow]),
]
"""Add a backend here, and every test below runs over it."""

each_backend = pytest.mark.parametrize("make", BACKENDS)
LATER = datetime(2027, 1, 1, tzinfo=UTC)


@each_backend
def test_each_api_of_each_session_has_records_of_its_own(make: Make) -> None:
    async def play() -> None:
        backend = make(lambda: 0.0)
        await backend.open("one", "shop").insert("orders", "a", {"n": 1})
        assert told(await backend.open("one", "shop").get("orders", "a")) == ("a", {"n": 1}, 1)
        assert await backend.open("one", "bank").get("orders", "a") is None
        assert await backend.open("two", "shop").get("orders", "a") is None
        assert sorted(backend.sessions()) == ["one", "two"]

    asyncio.run(play())


@each_backend
def test_a_session_that_is_renewed_or_dropped_begins_anew(make: Make) -> None:
    async def play() -> None:
        backend = make(lambda: 0.0)
        for end in (backend.renew, backend.drop):
            former = backend.open("one", "shop")
            await former.insert("orders", "a", {"n": 1})
            backend.document("one").add("clock", Clock(LATER))
            end("one")
            assert await backend.open("one", "shop").get("orders", "a") is None
            assert backend.document("one").read()[0] == {}
            assert told(await former.get("orders", "a")) == ("a", {"n": 1}, 1)
        assert backend.drop("one") is True
        assert backend.drop("one") is False
        assert list(backend.sessions()) == []

    asyncio.run(play())


@each_backend
def test_a_backend_knows_for_how_long_a_session_was_not_used(make: Make) -> None:
    moment = 0.0
    backend = make(lambda: moment)
    backend.touch("one")
    moment = 5
    backend.touch("two")
    moment = 7
    assert (backend.idle("one"), backend.idle("two")) == (7, 2)


# ---- the document


def session_of(sessions: Sessions) -> Session:
    """Return a session in which something has happened to each part of its document."""
    session = sessions.use()
    session.clock.freeze(LATER)
    session.identities.issue("t1", Caller("ann", frozenset({"read"}), {"files": frozenset({"1"})}), LATER)
    session.identities.revoke("t0")
    session.faults.add(Rule((Status(503), Status(500)), probability=0.5, times=9, id="flaky"))
    session.faults.add(Rule((Status(500),)))
    outbox = Sender().outbox(session)
    outbox.targets = (Target("http://localhost/hook", ("created",), 1.5, 2, (("X-Key", "k"),)),)
    outbox.number()
    return session


def test_the_document_of_a_session_says_all_that_is_neither_record_nor_journal() -> None:
    document, _ = session_of(Sessions()).document.read()
    assert document == {
        "clock": {"now": "2027-01-01T00:00:00.000000Z", "frozen": True},
        "contracts": {},
        "identities": None,
        "tokens": {
            "issued": [
                {
                    "token": "t1",
                    "name": "ann",
                    "scopes": ["read"],
                    "reach": {"files": ["1"]},
                    "expiresAt": "2027-01-01T00:00:00+00:00",
                    "user": "",
                    "of": "",
                    "api": "",
                    "refreshes": False,
                }
            ],
            "revoked": ["t0"],
            "key": "",
            "grants": {"given": 0, "codes": []},
        },
        "answers": {"added": 0, "scenarios": {}, "stubs": []},
        "faults": {
            "added": 2,
            "levels": [],
            "rules": [
                {
                    "rule": {
                        "id": "flaky",
                        "sequence": [{"kind": "status", "status": 503}, {"kind": "status", "status": 500}],
                        "repeat": True,
                        "probability": 0.5,
                        "times": 9,
                    },
                    "calls": 0,
                    "turns": 0,
                    "hits": 0,
                },
                {
                    "rule": {"id": "fault-2", "fault": {"kind": "status", "status": 500}},
                    "calls": 0,
                    "turns": 0,
                    "hits": 0,
                },
            ],
        },
        "webhooks": {
            "targets": [
                {
                    "url": "http://localhost/hook",
                    "webhooks": ("created",),
                    "delay": 1.5,
                    "attempts": 2,
                    "headers": (("X-Key", "k"),),
                }
            ],
            "numbered": 1,
        },
    }


def test_another_session_goes_on_where_a_document_was_read() -> None:
    one = session_of(Sessions())
    call = Call("shop", "get /orders", "", "GET", "/orders")
    one.faults.decide(call)
    other = Sessions().use()
    outbox = Sender().outbox(other)
    document, _ = one.document.read()
    _, version = other.document.read()
    assert other.document.compare_and_set(version, document)
    assert other.document.read()[0] == document
    assert (other.clock.now(), other.clock.is_frozen) == (LATER, True)
    assert outbox.targets[0].takes("created")
    assert outbox.number() == 2
    assert [one.faults.decide(call) for _ in range(9)] == [other.faults.decide(call) for _ in range(9)]


CHANGES: list[Callable[[Session], object]] = [
    lambda session: session.clock.advance(1),
    lambda session: session.clock.thaw(),
    lambda session: session.identities.revoke("t"),
    lambda session: session.identities.issue("t", Caller(), LATER),
    lambda session: session.faults.add(Rule((Status(500),))),
    lambda session: session.faults.decide(Call("shop", "get /orders", "", "GET", "/orders")),
    lambda session: session.faults.clear(),
    lambda session: session.identify(session.identities.fresh()),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_document_that_has_changed_is_not_written_over(change: Callable[[Session], object]) -> None:
    session = session_of(Sessions())
    document, version = session.document.read()
    change(session)
    changed, later = session.document.read()
    assert later > version
    assert not session.document.compare_and_set(version, document)
    assert session.document.read() == (changed, later)
    assert session.document.compare_and_set(later, document)
    assert session.document.read()[0] == document


WRONG: list[dict[str, Any]] = [
    {"clock": {"now": "2026-01-01T00:00:00Z", "frozen": False}, "tokens": {"issued": [{}], "revoked": []}},
    {"tokens": {"issued": [], "revoked": []}, "clock": {"now": "never", "frozen": True}},
    {"tokens": {"issued": [], "revoked": []}, "faults": {"added": 1, "rules": [{}]}},
    {"clock": {"now": "2026-01-01T00:00:00Z", "frozen": "yes"}},
]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_document_that_cannot_be_read_changes_nothing(wrong: dict[str, Any]) -> None:
    document = session_of(Sessions()).document
    before, version = document.read()
    with pytest.raises((KeyError, TypeError, ValueError)):
        document.compare_and_set(version, wrong)
    assert document.read()[0] == before


def test_the_version_of_a_document_grows_also_where_a_part_gives_way_to_a_new_one() -> None:
    document, clock = SessionDocument(), Clock()
    document.add("clock", clock)
    for _ in range(5):
        clock.advance(1)
    before = document.version
    document.add("clock", Clock())
    assert document.version > before


def test_a_session_that_is_over_never_writes_into_the_one_that_follows() -> None:
    async def play() -> None:
        sessions = Sessions()
        former = sessions.use("one")
        sessions.reset("one")
        await former.open("shop").insert("orders", "a", {})
        assert await sessions.use("one").open("shop").get("orders", "a") is None

    asyncio.run(play())
