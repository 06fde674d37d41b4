"""A backend in Redis or Valkey: any number of processes share its sessions."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

from understudy.state.backend import Log, MemoryBackend
from understudy.state.shared.asking import Asked, Question
from understudy.state.shared.session import SharedSession
from understudy.state.store import Store
from understudy.state.tables import NO_LIMIT

L = TypeVar("L", bound=Log)
PREFIX: Final = "understudy"


class SharedBackend(MemoryBackend[L]):
    """A `Backend` whose records stand elsewhere.

    prefix: what all keys begin with. idle: seconds after which a session that nobody uses is gone,
    but for `kept`.
    """

    def __init__(
        self,
        wire: Asked,
        log: Callable[[], L],
        *,
        prefix: str = PREFIX,
        limit: int = NO_LIMIT,
        idle: float = 0,
        kept: str = "default",
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(log, now=now)
        self._wire, self._prefix, self._limit = wire, prefix, limit
        self._life, self._always = int(idle * 1000), kept
        self._shared: dict[str, SharedSession] = {}

    def renew(self, session: str) -> None:
        """Put a new session in place of one; the numbers of its log go on."""
        super().renew(session)
        self._end(session)
        self._wire.post(self._session(session).begin())

    def drop(self, session: str) -> bool:
        """Forget a session. False where there was none."""
        if not super().drop(session):
            return False
        self._end(session)
        key = self._key(session).encode()
        self._wire.post(Question(lambda: ("end", key, [b""]), lambda _: None))
        return True

    async def close(self) -> None:
        """Let the connection go."""
        await self._wire.close()

    def _made_store(self, session: str, api: str) -> Store:
        return self._session(session).open(api)

    def _session(self, name: str) -> SharedSession:
        shared = self._shared.get(name)
        if shared is None:
            life = 0 if name == self._always else self._life
            shared = self._shared[name] = SharedSession(self._wire, self._key(name), life, self._limit)
        return shared

    def _key(self, name: str) -> str:
        """Return the key of a session; the braces have a cluster keep all of it at one place."""
        return f"{self._prefix}:{{{name}}}"

    def _end(self, name: str) -> None:
        former = self._shared.pop(name, None)
        if former is not None:
            former.end()
