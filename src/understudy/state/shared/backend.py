"""A backend in Redis or Valkey: any number of processes share its sessions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final, TypeVar

from msgspec import Struct

from understudy.durations import Latencies
from understudy.errors import StoreAway
from understudy.state.backend import Kept, MemoryBackend
from understudy.state.shared.asking import Asked, Question
from understudy.state.shared.document import SharedDocument
from understudy.state.shared.log import WrittenLog
from understudy.state.shared.rows import octets, text_of
from understudy.state.shared.session import SharedSession
from understudy.state.store import Store
from understudy.state.tables import NO_LIMIT

L = TypeVar("L", bound=WrittenLog)
T = TypeVar("T")
PREFIX: Final = "understudy"
_FOLLOWS: Final = 0.2  # seconds between two questions about a log that somebody follows


class Size(Struct, frozen=True):
    """How much there is of a session. entries: of its journal. records: by API."""

    entries: int
    records: dict[str, int]


class SharedBackend(MemoryBackend[L]):
    """A `Backend` whose state stands elsewhere.

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
        self._touched: set[str] = set()
        self._following: dict[str, asyncio.Future[None]] = {}
        self._posted: list[asyncio.Future[None]] = []

    @property
    def latencies(self) -> Latencies:
        """How long the server took to answer, by what it was asked."""
        return self._wire.latencies

    # -- Backend

    def touch(self, session: str) -> None:
        """Note that a session is used."""
        super().touch(session)
        self._touched.add(session)

    def renew(self, session: str) -> None:
        """Put a new session in place of one; the numbers of its log go on."""
        super().renew(session)
        self._end(session)
        self._posted.append(self._wire.post(self._session(session).begin()))

    def drop(self, session: str) -> bool:
        """Forget a session. False where there was none."""
        if not super().drop(session):
            return False
        self._end(session)
        key = self._key(session).encode()
        self._posted.append(self._wire.post(Question(key, lambda: ("end", [b""]), _nothing)))
        return True

    def let_go(self, session: str) -> None:
        """Forget a session in this process alone: others may use it, and else the server forgets it."""
        super().drop(session)
        self._end(session)

    # -- between requests

    async def begin(self, session: str) -> bool:
        """Hear of what others have done in a session, made where it is not there; tell whether it has to be
        begun anew here, because others did. Raises StoreAway.
        """
        shared = self._session(session)
        await shared.begin_request()
        if shared.is_over or shared.is_lost:
            self._move(session)
            await self._session(session).begin_request()
            await self._list(b"add", session)  # the list may have lost it too
            return True
        if shared.is_new:
            shared.is_new = False
            await self._list(b"add", session)
        return False

    async def is_there(self, session: str) -> bool:
        """Tell whether there is a session, here or elsewhere, without making it. Raises StoreAway."""
        probe = SharedSession(self._wire, self._key(session), SharedDocument(), self._new_log())
        await probe.fetch(makes=False)
        return not probe.is_over

    async def settled(self, session: str, name: str, change: Callable[[], T]) -> T:
        """Change a part of a session's document by what it was, and return what `change` returns.

        change: called again where others were faster. Raises StoreAway.
        """
        return await self._session(session).settled(name, change)

    def was_there(self, session: str) -> bool:
        """Tell whether others began a session."""
        return self._session(session).was_there

    async def names(self) -> Sequence[str]:
        """Return the names of all sessions that there are, here or elsewhere. Raises StoreAway."""
        if self._wire.is_spread:
            return await self._names_of_many()
        return await self._list(b"there", *self._key("\n").split("\n"))

    async def sizes(self) -> Sequence[Size]:
        """Return how much there is of each session. Raises StoreAway."""
        questions = [self._size_of(name) for name in await self._list(b"all")]
        found = await asyncio.gather(*map(self._wire.ask, questions))
        return [size for size in found if size is not None]

    def _size_of(self, session: str) -> Question[Size | None]:
        return Question(self._key(session).encode(), lambda: ("sizes", ()), _read_size, is_harmless=True)

    def tell(self, session: str) -> None:
        """Have others hear of what was logged in a session here, soon."""
        shared = self._shared.get(session)
        if shared is not None:
            shared.tell_log()

    async def learn(self, session: str) -> None:
        """Hear what others have logged in a session, and go on as long as somebody follows it. Raises
        StoreAway.
        """
        await self._session(session).learn_log()
        if session not in self._following:
            self._following[session] = asyncio.ensure_future(self._follow(session))

    async def _follow(self, session: str) -> None:
        try:
            await asyncio.sleep(_FOLLOWS)
            while session in self._kept and self.log(session).subscribers:
                with suppress(StoreAway):
                    await self._session(session).learn_log()
                await asyncio.sleep(_FOLLOWS)
        finally:
            del self._following[session]

    async def take_token(self, whose: str, size: int, per_second: float) -> float:
        """Take a token from a bucket of `size` that all processes share and that is refilled by `per_second`.

        Returns the seconds after which it has one, 0 where one was taken. Raises StoreAway.
        """
        key = octets(f"{self._prefix}:rate:{{{whose}}}")
        arguments = [b"%d" % size, repr(per_second).encode()]
        wait = await self._wire.ask(Question(key, lambda: ("rate", arguments), int))
        return wait / 1000

    async def keep(self, session: str) -> bool:
        """Have written what a request changed besides records. session: whose request it was; False where the
        store is away.
        """
        touched, self._touched = self._touched | {session}, set()
        posted, self._posted = self._posted, []
        try:
            for one in posted:
                await one
            for name in touched:
                if name not in self._kept:
                    continue
                if not self._session(name).is_known:
                    await self.begin(name)
                await self._session(name).keep()
        except StoreAway:
            self._touched |= touched
            return False
        return True

    async def close(self) -> None:
        """Let the connection go, once what was logged is told."""
        for shared in self._shared.values():
            with suppress(StoreAway):
                if shared.is_known:
                    await shared.learn_log()
        await self._wire.close()

    # -- what is made

    def _made(self, _session: str, log: L) -> Kept[L]:
        return Kept(log, SharedDocument(), self._now())

    def _made_store(self, session: str, api: str) -> Store:
        return self._session(session).open(api)

    def _session(self, name: str) -> SharedSession:
        shared = self._shared.get(name)
        if shared is None:
            document = self.document(name)
            assert isinstance(document, SharedDocument)
            life = 0 if name == self._always else self._life
            shared = SharedSession(
                self._wire, self._key(name), document, self.log(name), life=life, limit=self._limit
            )
            self._shared[name] = shared
        return shared

    def _key(self, name: str) -> str:
        """Return the key of a session; the braces have a cluster keep all of it at one place."""
        return f"{self._prefix}:{{{name}}}"

    def _move(self, name: str) -> None:
        """Begin a session anew that others began anew."""
        former = self._of(name)
        self._kept[name] = self._made(name, former.log.successor())
        self._end(name)

    def _end(self, name: str) -> None:
        former = self._shared.pop(name, None)
        if former is not None:
            former.end()

    async def _names_of_many(self) -> Sequence[str]:
        """Return the names of all sessions, whose keys are not where the list of them is."""
        names = await self._list(b"all")
        are_there = await self._are_there(names)
        gone = [name for name in names if name not in are_there]
        if gone:
            await self._list(b"remove", *gone)
            again = await self._are_there(gone)  # which others may have made meanwhile
            await self._list(b"add", *again)
        return [name for name in names if name in are_there]

    async def _are_there(self, names: Sequence[str]) -> set[str]:
        found = await asyncio.gather(*map(self.is_there, names))
        return {name for name, is_there in zip(names, found, strict=True) if is_there}

    async def _list(self, what: bytes, *words: str) -> Sequence[str]:
        """Ask the list of the names of sessions, as the script says. Raises StoreAway."""
        key, arguments = f"{self._prefix}:sessions".encode(), [what, *map(octets, words)]
        question = Question(key, lambda: ("names", arguments), _read_names, is_harmless=True)
        return await self._wire.ask(question)


def _read_size(reply: Sequence[Any]) -> Size | None:
    if not reply:
        return None
    entries, *records = reply
    return Size(entries, dict(zip(map(text_of, records[::2]), records[1::2], strict=True)))


def _nothing(_reply: object) -> None:
    return None


def _read_names(reply: Sequence[bytes]) -> Sequence[str]:
    return [text_of(name) for name in reply]
