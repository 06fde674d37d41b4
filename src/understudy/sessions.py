"""Sessions: isolated worlds side by side, each equal to a fresh start until it is used."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Final

from msgspec import Struct, field

from understudy.errors import Failure, LimitReached, RequestInvalid
from understudy.faults.document import FaultsPart
from understudy.faults.rules import Faults
from understudy.handler import World
from understudy.journal.journal import Journal
from understudy.state.backend import Backend, MemoryBackend
from understudy.state.clock import Clock
from understudy.state.digests import Digests
from understudy.state.identities import Identities
from understudy.state.memory import MemoryStore
from understudy.state.stated_identities import StatedIdentities
from understudy.state.store import Store
from understudy.stubs.document import StubsPart
from understudy.stubs.stub import Stub
from understudy.stubs.stubs import Stubs

DEFAULT: Final = "default"
"""The session of those who name none."""

NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
HOUR: Final = 3600.0  # seconds


class SessionSettings(Struct, frozen=True):
    """How each session starts.

    seed: decides which calls a fault with a probability strikes. identities: who may call. idle: seconds
    without a request after which a session is dropped. journal_entries, journal_bytes: what its journal keeps
    at most. records: what each API keeps in it at most. sessions: how many there are at once. clock_runs:
    whether its time goes on by itself.
    """

    seed: int = 1
    identities: Identities = field(default_factory=Identities)
    idle: float = HOUR
    journal_entries: int = 5000
    journal_bytes: int = 8 * 1024 * 1024
    records: int = 1_000_000
    sessions: int = 10_000
    clock_runs: bool = False


MakeBackend = Callable[[Callable[[], Journal], SessionSettings], Backend[Journal]]
"""Makes a backend of what makes an empty journal, and of how sessions start."""


class Session:
    """All that one caller's sandboxes remember: a world for each contract, and one clock, journal, list of
    faults, answers and identities for all.

    worlds: by the contract's name, each made by its sandbox when it is first needed. document: clock, tokens,
    faults, and what others add, each a view of its own. at_end: what is done once when it is reset or
    dropped, such as to cancel what it would still send. signature: what answers say of whose they are. busy:
    requests under way. was_kept: whether it goes on where another process was. keeps: whether another process
    may go on where it is. digests: by which contracts its records were written, where it keeps them.
    """

    __slots__ = (
        "_backend",
        "_is_over",
        "_stated",
        "at_end",
        "busy",
        "clock",
        "digests",
        "document",
        "faults",
        "identities",
        "journal",
        "keeps",
        "name",
        "settings",
        "signature",
        "stubs",
        "was_kept",
        "worlds",
    )

    def __init__(
        self,
        name: str,
        settings: SessionSettings,
        backend: Backend[Journal],
        stubs: Sequence[Stub] = (),
        *,
        keeps: bool = False,
    ) -> None:
        """`stubs`: answers that it begins with."""
        self.name, self.settings = name, settings
        self.signature = name.encode()
        self._backend, self._is_over = backend, False
        self.was_kept, self.keeps = False, keeps
        self.busy = 0
        self.at_end: list[Callable[[], None]] = []
        self.worlds: dict[str, World] = {}
        self.clock = Clock(runs=settings.clock_runs)
        self.identities = settings.identities.fresh()
        self.faults = Faults(settings.seed)
        self.stubs = Stubs(stubs)
        self.digests = Digests()
        self.journal = backend.log(name)
        self.document = backend.document(name)
        self.document.add("clock", self.clock)
        self._stated = StatedIdentities(self._let_call, settings.identities.fresh)
        self.document.add("identities", self._stated)
        self.document.add("tokens", self.identities)
        self.document.add("faults", FaultsPart(self.faults))
        self.document.add("answers", StubsPart(self.stubs))
        self.document.add("contracts", self.digests)

    def open(self, api: str) -> Store:
        """Return the records that an API has in this session; once it is over, some that nobody else sees."""
        return MemoryStore() if self._is_over else self._backend.open(self.name, api)

    def at_once(self) -> AbstractContextManager[None]:
        """Have all that changes meanwhile outlive this process, or nothing of it."""
        return self._backend.at_once(self.name)

    def end(self) -> None:
        """Do what is to be done when all that is remembered goes."""
        self._is_over = True
        ending, self.at_end = self.at_end, []
        for one in ending:
            one()
        # What stands in a circle waits for the collector, which comes rarely.
        self._stated.let_go()
        for world in self.worlds.values():
            world.let_go()

    def identify(self, identities: Identities) -> None:
        """Let these call from now on; everything else stays."""
        self._stated.say(identities)
        self._let_call(identities)

    def _let_call(self, identities: Identities) -> None:
        self.identities = identities
        self.document.add("tokens", identities)
        for world in self.worlds.values():
            world.identities = identities


class Sessions:
    """The sessions of one server, by name; each is made on first use, and its state stands in the backend."""

    def __init__(
        self,
        settings: SessionSettings | None = None,
        now: Callable[[], float] = time.monotonic,
        store: Callable[[], Store] | None = None,
        backend: MakeBackend | None = None,
    ) -> None:
        """`store`: makes what the records of an API stand in, by default memory. backend: makes what all
        state stands in, in the place of memory; the sessions that are in it are there.
        """
        self.settings = settings or SessionSettings()
        if store is None:
            store = partial(MemoryStore, limit=self.settings.records)
        if backend is None:
            self.backend: Backend[Journal] = MemoryBackend(self._new_journal, store, now)
        else:
            self.backend = backend(self._new_journal, self.settings)
        self._keeps = backend is not None
        self._now, self._started_at = now, now()
        self._sessions: dict[str, Session] = {}
        self._stubs: tuple[Stub, ...] = ()
        self._next_sweep = now() + self._interval
        for name in self.backend.sessions():  # those that were kept
            session = self._sessions[name] = self._made(name)
            session.was_kept = True

    @property
    def uptime(self) -> float:
        """For how many seconds there have been sessions: since the server started."""
        return self._now() - self._started_at

    @property
    def _interval(self) -> float:
        return self.settings.idle / 10

    def use(self, name: str = DEFAULT) -> Session:
        """Return a session, and note that it is in use.

        Raises RequestInvalid for what is no name; LimitReached where it would be one too many.
        """
        now = self._now()
        if now >= self._next_sweep:
            self._sweep(now)
        session = self._sessions.get(name)
        if session is None:
            check_name(name)
            if len(self._sessions) >= self.settings.sessions:
                self._make_room(name, now)
            session = self._sessions[name] = self._made(name)
        self.backend.touch(name)
        return session

    def begin_with(self, stubs: Sequence[Stub]) -> None:
        """Have each session begin with these answers; those there are have them in place of those they began
        with.
        """
        self._stubs = tuple(stubs)
        for session in self:
            session.stubs.begin_with(self._stubs)

    def find(self, name: str) -> Session | None:
        """Return a session that there is, without making or using it."""
        return self._sessions.get(name)

    def reset(self, name: str = DEFAULT) -> Session:
        """Put a new session in place of one, and return it. Raises RequestInvalid for what is no name.

        A request that is under way ends in the session it began in, which nobody sees any more. Who follows
        the journal goes on.
        """
        former = self.use(name)
        former.end()
        self.backend.renew(name)
        session = self._sessions[name] = self._made(name)
        return session

    def drop(self, name: str) -> bool:
        """Forget a session; the next use of its name makes a new one. False where there was none."""
        dropped = self._ended(name)
        if dropped:
            self.backend.drop(name)
        return dropped

    def move(self, name: str) -> Session:
        """Return a session in place of one that another process began anew: the backend has it already."""
        former = self._sessions.get(name)
        if former is not None:
            former.end()
        session = self._sessions[name] = self._made(name)
        return session

    def let_go(self, name: str) -> None:
        """Forget a session as far as no other process may use it."""
        if self._ended(name):
            self.backend.let_go(name)

    def _ended(self, name: str) -> bool:
        dropped = self._sessions.pop(name, None)
        if dropped is None:
            return False
        dropped.end()
        dropped.journal.close()
        return True

    def close(self) -> None:
        """End all that follows a journal or is still to be sent, so that a server that stops waits for
        nobody.
        """
        for session in self:
            session.end()
            session.journal.close()

    def idle_for(self, session: Session) -> float:
        """Return for how many seconds a session has not been used."""
        return self.backend.idle(session.name)

    def __iter__(self) -> Iterator[Session]:
        return iter(tuple(self._sessions.values()))

    def __len__(self) -> int:
        return len(self._sessions)

    def _made(self, name: str) -> Session:
        return Session(name, self.settings, self.backend, self._stubs, keeps=self._keeps)

    def _new_journal(self) -> Journal:
        return Journal(self.settings.journal_entries, self.settings.journal_bytes)

    def _make_room(self, name: str, now: float) -> None:
        """See that there can be one more. Raises LimitReached; never for the default session."""
        self._sweep(now)
        most = self.settings.sessions
        if len(self._sessions) >= most and name != DEFAULT:
            raise LimitReached(most, "sessions", "--limit-sessions")

    def _sweep(self, now: float) -> None:
        """Drop what was not used for long, and is not in use at this moment.

        Never the default session, whose user may only have gone to lunch.
        """
        self._next_sweep = now + self._interval
        for session in self:
            is_used = session.busy or session.journal.subscribers or session.name == DEFAULT
            if not is_used and self.idle_for(session) >= self.settings.idle:
                self.let_go(session.name)


def check_name(name: str, failure: Failure | None = None) -> None:
    """Raise RequestInvalid unless this can be the name of a session; `failure` says where it stood."""
    if not NAME.fullmatch(name):
        at = failure or Failure("header", "/Sandbox-Session", "pattern", "", "")
        expected = "1 to 64 of A-Z a-z 0-9 . _ -"
        raise RequestInvalid([Failure(at.location, at.pointer, "pattern", expected, repr(name[:80]))])
