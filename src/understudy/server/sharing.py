"""Sharing: before a request is looked at, this process hears of what others have done in its session."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, Protocol, TypeVar

from understudy.admin.served import BASE_PATH
from understudy.errors import Refusal
from understudy.server.asgi import ASGIApp, Message, Receive, Scope, Send
from understudy.server.session_middleware import REFUSED, SESSION, SETTLES
from understudy.sessions import DEFAULT, NAME, Sessions

T = TypeVar("T")

_SESSIONS: Final = f"{BASE_PATH}/sessions"
_NAMED: Final = re.compile(rf"{_SESSIONS}/([^/]+)")
_HEALTH: Final = f"{BASE_PATH}/health"
"""Whether this process lives, which does not depend on the store."""
_RESTS: Final = 1.0  # seconds after which a session that was used here is known to the server


class Shares(Protocol):
    """What other processes change too; each of its methods raises StoreAway."""

    async def begin(self, session: str) -> bool:
        """Hear of what others have done; tell whether the session has to be begun anew here."""
        ...

    async def is_there(self, session: str) -> bool:
        """Tell whether there is a session, without making it."""
        ...

    async def settled(self, session: str, name: str, change: Callable[[], T]) -> T:
        """Change a part of the session's document, as if nobody else did meanwhile."""
        ...

    def was_there(self, session: str) -> bool:
        """Tell whether others began a session."""
        ...

    def tell(self, session: str) -> None:
        """Have others hear of what was logged in a session here, soon."""
        ...

    async def learn(self, session: str) -> None:
        """Hear what others have logged in a session."""
        ...

    async def names(self) -> Sequence[str]:
        """Return the names of all sessions that there are."""
        ...


class Sharing:
    """Stands around an application whose state others change too, behind what says whose session it is."""

    def __init__(self, app: ASGIApp, sessions: Sessions, backend: Shares) -> None:
        self._app, self._sessions, self._backend = app, sessions, backend

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on once it is known what it may find; refuse it where the store is away."""
        if scope["type"] == "http" and scope["path"] != _HEALTH:
            session = scope[SESSION]
            try:
                await self._begin(session.name)
                if scope["path"].startswith(_SESSIONS):
                    await self._about(scope["path"])
            except Refusal as refusal:  # it is away, or there would be one session too many
                scope.setdefault(REFUSED, refusal)
            scope[SESSION] = self._sessions.find(session.name) or session
            scope[SETTLES] = partial(self._backend.settled, session.name)
            await self._answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have others be told of a request before the last of its answer leaves."""
        last = _Last(send)
        try:
            await self._app(scope, receive, last.send)
        finally:
            self._backend.tell(scope[SESSION].name)
        if last.message is not None:
            await send(last.message)

    async def _begin(self, name: str) -> None:
        is_first = not self._is_known(name)
        if await self._backend.begin(name):
            self._sessions.move(name)
        elif not is_first:
            return
        session = self._sessions.find(name)
        if session is not None:
            session.was_kept = self._backend.was_there(name)

    def _is_known(self, name: str) -> bool:
        session = self._sessions.find(name)
        return session is not None and bool(session.worlds)

    async def _about(self, path: str) -> None:
        """Hear of the sessions that a request of the admin API is about."""
        named = _NAMED.match(path)
        names = [named[1]] if named is not None else [*await self._backend.names()]
        for name in names:
            if not NAME.fullmatch(name):
                continue
            if named is None or await self._backend.is_there(name):
                self._sessions.use(name)
                await self._begin(name)
                await self._backend.learn(name)
            elif name != DEFAULT:
                self._sessions.let_go(name)
        if named is None:
            self._forget_others({DEFAULT, *names})

    def _forget_others(self, names: set[str]) -> None:
        """Forget sessions that others have dropped."""
        for session in self._sessions:
            if session.name not in names and self._sessions.idle_for(session) >= _RESTS:
                self._sessions.let_go(session.name)


class _Last:
    """The way back of one answer, but for the message that ends it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.message: Message | None = None

    async def send(self, message: Message) -> None:
        """Pass a message on, or keep it."""
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.message = message
        else:
            await self._send(message)
