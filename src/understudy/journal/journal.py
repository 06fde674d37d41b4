"""The journal of one session: its latest entries, bounded by count and by bytes, and those who follow it
live.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence, Set
from itertools import takewhile
from types import TracebackType
from typing import Final, Self

from understudy.journal.entry import Entry
from understudy.journal.keeping import read, written
from understudy.journal.query import Filter

MAX_ENTRIES: Final = 5000
MAX_BYTES: Final = 8 * 1024 * 1024
EXPECTATIONS: Final = 200
QUEUE: Final = 256
"""Entries that wait for a subscriber at most."""


class SubscriberTooSlow(Exception):
    """A subscriber did not keep up and was dropped.

    `number`: the last entry it was given; it may read on from there.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(f"dropped: {QUEUE} entries were waiting after entry {number}")


class Subscription:
    """The entries of a journal as they are added, from the moment it was made: `async with
    journal.subscribe() as live: async for …`.

    One reader at a time. Ends when it is closed, when the journal is, or with SubscriberTooSlow.
    dropped: set once it is too slow, for whoever cannot ask for the next entry because he waits for somebody
    else.
    """

    def __init__(self, last: int, max_bytes: int, leave: Callable[[Subscription], None]) -> None:
        self._last, self._max_bytes, self._leave = last, max_bytes, leave
        self._waiting: deque[Entry] = deque()
        self._held = 0  # bytes: entries the journal has forgotten may still wait here
        self._news = asyncio.Event()
        self._is_open, self._is_late = True, False
        self.dropped = asyncio.Event()

    def follow(self, leave: Callable[[Subscription], None]) -> None:
        """Belong to another journal from now on."""
        self._leave = leave

    def offer(self, entry: Entry) -> None:
        """Put an entry in the queue; where it does not fit, drop the subscriber and all that waits."""
        self._held += entry.cost
        if len(self._waiting) >= QUEUE or (self._waiting and self._held > self._max_bytes):
            self._is_late = True
            self.dropped.set()
            self._end()
            return
        self._waiting.append(entry)
        self._news.set()

    def finish(self) -> None:
        """End it after what is already waiting: there will be no more entries."""
        self._is_open = False
        self._news.set()
        self._leave(self)

    async def aclose(self) -> None:
        """Stop following. Whoever is waiting for the next entry hears that there is none."""
        self._end()

    def _end(self) -> None:
        self._waiting.clear()
        self.finish()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Entry:
        while not self._waiting:
            if self._is_late:
                self._is_late = False
                raise SubscriberTooSlow(self._last)
            if not self._is_open:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        entry = self._waiting.popleft()
        self._held -= entry.cost
        self._last = entry.number
        return entry

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()


class Journal:
    """The latest entries of one session; the oldest are dropped for new ones.

    max_entries: 0 keeps nothing. max_bytes: of all entries, as they count themselves. Belongs to one event
    loop. expectations: what was verified of it, the newest EXPECTATIONS.
    """

    __slots__ = (
        "_bytes",
        "_cleared",
        "_entries",
        "_evicted",
        "_number",
        "_subscriptions",
        "expectations",
        "max_bytes",
        "max_entries",
    )

    def __init__(self, max_entries: int = MAX_ENTRIES, max_bytes: int = MAX_BYTES) -> None:
        self.max_entries, self.max_bytes = max_entries, max_bytes
        self._bytes = self._evicted = self._number = self._cleared = 0
        self._entries: deque[Entry] = deque()
        self._subscriptions: tuple[Subscription, ...] = ()
        self.expectations: deque[Filter] = deque(maxlen=EXPECTATIONS)

    def expect(self, *wanted: Filter) -> None:
        """Note what was verified; the same only once."""
        for one in wanted:
            if one not in self.expectations:
                self.expectations.append(one)

    def add(self, entry: Entry) -> None:
        """Number an exchange and keep it, dropping the oldest where there is no room.

        Hand it to those who follow.
        """
        entry.number = self._number + 1
        entries = self._entries
        entries.append(entry)
        self._number = entry.number  # after it is there: who reads from another thread misses none up to it
        self._bytes += entry.count()
        # An entry larger than the whole journal goes last, so that numbers have no gaps.
        while self._bytes > self.max_bytes or len(entries) > self.max_entries:
            self._bytes -= entries.popleft().cost
            self._evicted += 1
        if self._subscriptions:
            for subscription in self._subscriptions:
                subscription.offer(entry)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is kept, oldest first: a copy, which later additions leave alone."""
        return tuple(self._entries)

    @property
    def bytes(self) -> int:
        """What the entries take in memory, as they count themselves."""
        return self._bytes

    @property
    def evicted(self) -> int:
        """How many were dropped for want of room since the journal was last cleared."""
        return self._evicted

    @property
    def last_number(self) -> int:
        """The number of the newest entry there ever was; 0 before the first."""
        return self._number

    @property
    def subscribers(self) -> int:
        """How many follow it."""
        return len(self._subscriptions)

    def get(self, number: int) -> Entry | None:
        """Return the entry of that number, or None where it was never made or is no longer kept."""
        kept = self._entries
        index = number - (self._number - len(kept)) - 1
        if 0 <= index < len(kept):
            return kept[index]
        return None

    def clear(self) -> None:
        """Forget all entries, and what was verified of them.

        Numbers go on, so that whoever reads after a number never takes a new entry for an old one.
        """
        self._entries.clear()
        self.expectations.clear()
        self._bytes = self._evicted = 0
        self._cleared = self._number

    @property
    def cleared(self) -> int:
        """Up to which number all entries were forgotten when it was cleared last."""
        return self._cleared

    def forget(self, number: int) -> None:
        """Forget all entries up to a number: it was cleared elsewhere."""
        entries = self._entries
        while entries and entries[0].number <= number:
            self._bytes -= entries.popleft().cost
        self._cleared = number

    def join(self, after: int, until: int, first: int, texts: Sequence[str], known: Set[int]) -> None:
        """Have the entries of several processes stand after a number, numbered from `first` on, in the place
        of those up to `until`; who follows hears of those whose numbers are not known.

        Raises ValueError, KeyError or TypeError for what is no entry.
        """
        entries, late = self._entries, []
        while entries and entries[-1].number > after:
            entry = entries.pop()
            self._bytes -= entry.cost
            if entry.number > until:
                late.append(entry)
        if first > after + 1:  # there is a gap, and numbers have none
            entries.clear()
            self._bytes = 0
        self._number, followed = first - 1, self._subscriptions
        for text in texts:
            self._subscriptions = () if self._number + 1 in known else followed
            self.add(read(text))
        self._subscriptions = ()
        for entry in reversed(late):
            self.add(entry)
        self._subscriptions = followed

    def subscribe(self) -> Subscription:
        """Follow the journal: every entry from now on."""
        subscription = Subscription(self._number, self.max_bytes, self._leave)
        self._subscriptions = (*self._subscriptions, subscription)
        return subscription

    def written_after(self, number: int) -> tuple[int, Sequence[tuple[int, str]]]:
        """Return the number of the oldest entry that is kept, and the entries after a number as texts.

        From any thread.
        """
        last = self._number
        try:
            first = self._entries[0].number
        except IndexError:
            first = last + 1
        return first, [(entry.number, written(entry)) for entry in self._after(number)]

    def _after(self, number: int) -> Sequence[Entry]:
        """Return the entries after a number, oldest first, without a look at those before it.

        From any thread.
        """
        try:
            newest_first = list(takewhile(lambda entry: entry.number > number, reversed(self._entries)))
        except RuntimeError:  # one was added meanwhile
            return [entry for entry in tuple(self._entries) if entry.number > number]
        newest_first.reverse()
        return newest_first

    def resume(self, last_number: int, entries: Sequence[tuple[int, str]]) -> None:
        """Go on where another journal was, with entries that `written_after` gave.

        Raises ValueError, KeyError or TypeError for what is no entry.
        """
        for number, text in entries:
            self._number = number - 1
            self.add(read(text))
        self._number = max(self._number, last_number)

    def successor(self) -> Journal:
        """Return an empty journal that goes on where this one ends: with its numbers, and with those who
        follow it.
        """
        heir = Journal(self.max_entries, self.max_bytes)
        heir._number = self._number
        heir._subscriptions, self._subscriptions = self._subscriptions, ()
        for subscription in heir._subscriptions:
            subscription.follow(heir._leave)
        return heir

    def close(self) -> None:
        """End all subscriptions, as when the session is dropped.

        Each reader still gets what is waiting for it.
        """
        for subscription in self._subscriptions:
            subscription.finish()

    def _leave(self, subscription: Subscription) -> None:
        self._subscriptions = tuple(other for other in self._subscriptions if other is not subscription)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self._entries)
