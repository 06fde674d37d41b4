"""The journal as Server-Sent Events: what it holds, then what comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import orjson

from understudy.journal.credentials import Secrets
from understudy.journal.entry import Entry
from understudy.journal.journal import Journal, SubscriberTooSlow
from understudy.journal.query import Filter
from understudy.journal.writing import as_json

KEEP_ALIVE: Final = 15.0
"""Seconds without an event after which a comment is sent, so that nobody on the way takes the connection for dead."""


class Events:
    """One reader's stream: an event for each entry that matches.

    after: begin with the entries above this number that the journal still has; None for what comes from now on, and where nothing
    is to come for all it has. follow: whether to wait for more. dropped: set when the reader does not keep up.
    """

    def __init__(self, journal: Journal, wanted: Filter, secrets: Secrets, *, after: int | None, follow: bool) -> None:
        self._journal, self._wanted, self._secrets = journal, wanted, secrets
        self._live = journal.subscribe() if follow else None
        self.dropped = self._live.dropped if self._live else asyncio.Event()
        self._last = journal.last_number
        begin = self._last if after is None and follow else after or 0
        self._next = max(begin, self._last - len(journal)) + 1
        self._greeting = b": the journal of a session\n\n"  # so that the reader knows at once that it is heard

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if self._greeting:
            greeting, self._greeting = self._greeting, b""
            return greeting
        while self._next <= self._last:
            entry = self._journal.get(self._next)  # one at a time: they may be forgotten before the reader comes to them
            self._next += 1
            if entry is not None and self._wanted.matches(entry):
                return self._event(entry)
        try:
            async with asyncio.timeout(KEEP_ALIVE):
                return self._event(await self._matching())
        except TimeoutError:
            return b": still here\n\n"
        except SubscriberTooSlow as late:
            return b'event: dropped\ndata: {"after":%d}\n\n' % late.number

    async def aclose(self) -> None:
        """Stop following the journal."""
        if self._live is not None:
            await self._live.aclose()

    async def _matching(self) -> Entry:
        """Wait for the next entry that matches. Raises StopAsyncIteration or SubscriberTooSlow."""
        if self._live is None:
            raise StopAsyncIteration
        while True:
            entry = await anext(self._live)
            if self._wanted.matches(entry):
                return entry

    def _event(self, entry: Entry) -> bytes:
        return b"id: %d\nevent: entry\ndata: %b\n\n" % (entry.number, orjson.dumps(as_json(entry, self._secrets)))
