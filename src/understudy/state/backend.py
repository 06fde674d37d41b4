"""Where state lives: all that a session remembers has its address here, and nowhere else."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Generic, Protocol, Self, TypeVar

from understudy.state.document import SessionDocument
from understudy.state.memory import MemoryStore
from understudy.state.store import Store


class Log(Protocol):
    """What happened in a session, numbered: the journal."""

    def successor(self) -> Self:
        """Return an empty one whose numbers go on."""
        ...


L = TypeVar("L", bound=Log)
L_co = TypeVar("L_co", bound=Log, covariant=True)


class Backend(Protocol[L_co]):
    """The state of all sessions, by name. What is asked for and is not there is there from then on, as new.

    It answers from what this process knows; one that stands elsewhere hears and tells of it between requests.
    """

    def open(self, session: str, api: str) -> Store:
        """Return the records that an API has in a session."""
        ...

    def document(self, session: str) -> SessionDocument:
        """Return what a session has besides records and its log."""
        ...

    def log(self, session: str) -> L_co:
        """Return the log of a session."""
        ...

    def sessions(self) -> Sequence[str]:
        """Return the names of the sessions that there are."""
        ...

    def touch(self, session: str) -> None:
        """Note that a session is used."""
        ...

    def idle(self, session: str) -> float:
        """Return for how many seconds a session has not been used."""
        ...

    def renew(self, session: str) -> None:
        """Put a new session in place of one; the numbers of its log go on."""
        ...

    def drop(self, session: str) -> bool:
        """Forget a session. False where there was none."""
        ...

    def let_go(self, session: str) -> None:
        """Forget a session that was not used for long, as far as nobody else may use it."""
        ...

    def at_once(self, session: str) -> AbstractContextManager[None]:
        """Have all that changes of a session meanwhile outlive this process, or nothing of it."""
        ...


class Kept(Generic[L]):
    """What is kept of one session."""

    def __init__(self, log: L, document: SessionDocument, used_at: float) -> None:
        self.log, self.document, self.used_at = log, document, used_at
        self.stores: dict[str, Store] = {}


class MemoryBackend(Generic[L]):
    """A `Backend` in this process's memory.

    What was handed out before a session was renewed or dropped stays good for who has it.

    store, log: make what is empty. now: seconds.
    """

    def __init__(
        self,
        log: Callable[[], L],
        store: Callable[[], Store] = MemoryStore,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._new_log, self._new_store, self._now = log, store, now
        self._kept: dict[str, Kept[L]] = {}

    def open(self, session: str, api: str) -> Store:
        """Return the records that an API has in a session."""
        stores = self._of(session).stores
        if api not in stores:
            stores[api] = self._made_store(session, api)
        return stores[api]

    def document(self, session: str) -> SessionDocument:
        """Return what a session has besides records and its log."""
        return self._of(session).document

    def log(self, session: str) -> L:
        """Return the log of a session."""
        return self._of(session).log

    def sessions(self) -> Sequence[str]:
        """Return the names of the sessions that there are."""
        return tuple(self._kept)

    def touch(self, session: str) -> None:
        """Note that a session is used."""
        self._of(session).used_at = self._now()

    def idle(self, session: str) -> float:
        """Return for how many seconds a session has not been used."""
        return self._now() - self._of(session).used_at

    def renew(self, session: str) -> None:
        """Put a new session in place of one; the numbers of its log go on."""
        former = self._of(session)
        self._kept[session] = self._made(session, former.log.successor())

    def drop(self, session: str) -> bool:
        """Forget a session. False where there was none."""
        return self._kept.pop(session, None) is not None

    def let_go(self, session: str) -> None:
        """Forget a session that was not used for long."""
        self.drop(session)

    def at_once(self, session: str) -> AbstractContextManager[None]:  # noqa: ARG002
        """Have all that changes of a session meanwhile outlive this process, or nothing of it."""
        return nullcontext()

    def _of(self, session: str) -> Kept[L]:
        kept = self._kept.get(session)
        if kept is None:
            kept = self._kept[session] = self._made(session, self._new_log())
        return kept

    def _made(self, _session: str, log: L) -> Kept[L]:
        """Return what is kept of a new session."""
        return Kept(log, SessionDocument(), self._now())

    def _made_store(self, _session: str, _api: str) -> Store:
        """Return an empty store."""
        return self._new_store()
