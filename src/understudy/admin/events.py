"""The journal as Server-Sent Events: what it holds, then what comes."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from typing import Final

import orjson

from understudy.journal.credentials import Secrets
from understudy.journal.entry import Entry
from understudy.journal.journal import QUEUE, Journal, SubscriberTooSlow
from understudy.journal.query import Filter
from understudy.journal.writing import as_json

KEEP_ALIVE: Final = 15.0
"""Seconds without an event after which a comment is sent, so that nobody on the way takes the connection for
dead.
"""

KEPT: Final = 4 * 1024 * 1024
"""Bytes of events that are kept for readers who are behind."""

_AT_ONCE: Final = 20  # entries of the past that are given without a pause


class Encodings:
    """Entries as events, without their credentials: each is made once for all who follow a journal, and kept
    while some are behind.
    """

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._made: OrderedDict[int, tuple[Entry, bytes]] = (
            OrderedDict()
        )  # by identity, which is no other's while the entry is here
        self.size = 0  # bytes

    def event(self, entry: Entry) -> bytes:
        """Return an entry's event."""
        made = self._made.get(id(entry))
        if made is None:
            content = orjson.dumps(as_json(entry, self._secrets))
            made = (entry, b"id: %d\nevent: entry\ndata: %b\n\n" % (entry.number, content))
            self._made[id(entry)] = made
            self.size += len(made[1])
            while len(self._made) > QUEUE or self.size > KEPT:
                self.size -= len(self._made.popitem(last=False)[1][1])
        return made[1]

    def clear(self) -> None:
        """Forget what was made; whoever still asks has it made anew."""
        self._made.clear()
        self.size = 0


class Events:
    """One reader's stream: an event for each entry that matches.

    after: begin with the entries above this number that the journal still has; None for what comes from now
    on, and where nothing is to come for all it has. follow: whether to wait for more. dropped: set when the
    reader does not keep up.
    """

    def __init__(
        self, journal: Journal, wanted: Filter, encodings: Encodings, *, after: int | None, follow: bool
    ) -> None:
        self._journal, self._wanted, self._encodings = journal, wanted, encodings
        self._live, self.dropped = None, asyncio.Event()
        self._last = journal.last_number
        if follow:
            self._live = journal.subscribe()
            self.dropped = self._live.dropped
            if after is None:
                after = self._last
        self._next = max(after or 0, self._last - len(journal)) + 1
        # So that the reader knows at once that it is heard.
        self._greeting = b": the journal of a session\n\n"

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if self._greeting:
            greeting, self._greeting = self._greeting, b""
            return greeting
        while self._next <= self._last:
            # One at a time: they may be forgotten before the reader comes to them.
            entry = self._journal.get(self._next)
            self._next += 1
            if self._next % _AT_ONCE == 0:  # a reader that keeps up would be the only one who is served
                await asyncio.sleep(0)
            if entry is not None and self._wanted.matches(entry):
                return self._encodings.event(entry)
        try:
            async with asyncio.timeout(KEEP_ALIVE):
                return self._encodings.event(await self._matching())
        except TimeoutError:
            return b": still here\n\n"
        except SubscriberTooSlow as late:
            return b'event: dropped\ndata: {"after":%d}\n\n' % late.number

    async def aclose(self) -> None:
        """Stop following the journal."""
        if self._live is not None:
            await self._live.aclose()
        if not self._journal.subscribers:
            self._encodings.clear()

    async def _matching(self) -> Entry:
        """Wait for the next entry that matches. Raises StopAsyncIteration or SubscriberTooSlow."""
        if self._live is None:
            raise StopAsyncIteration
        while True:
            entry = await anext(self._live)
            if self._wanted.matches(entry):
                return entry
