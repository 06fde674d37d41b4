"""The journal followed live: every entry once and in order, and nobody is waited for."""

from __future__ import annotations

import asyncio

import pytest

from understudy.journal.entry import Entry
from understudy.journal.journal import QUEUE, Journal, SubscriberTooSlow, Subscription


async def take(subscription: Subscription, count: int) -> list[int]:
    """Take the numbers of the next entries."""
    return [(await anext(subscription)).number for _ in range(count)]


def test_a_subscriber_gets_each_entry_from_the_moment_it_subscribes() -> None:
    async def follow() -> list[int]:
        journal = Journal(max_entries=1)
        journal.add(Entry())
        async with journal.subscribe() as live:
            journal.add(Entry())
            journal.add(Entry())
            waiting = asyncio.create_task(take(live, 4))
            await asyncio.sleep(0)
            journal.add(Entry())
            journal.add(Entry())
            return await waiting

    assert asyncio.run(follow()) == [2, 3, 4, 5]


def test_a_slow_subscriber_is_dropped_with_all_that_waited_and_others_stay() -> None:
    async def follow() -> None:
        journal = Journal()
        slow, quick = journal.subscribe(), journal.subscribe()
        journal.add(Entry())
        assert await take(slow, 1) == await take(quick, 1) == [1]
        for number in range(2, QUEUE + 3):
            journal.add(Entry())
            assert await take(quick, 1) == [number]
        assert (slow.dropped.is_set(), quick.dropped.is_set()) == (True, False)
        with pytest.raises(SubscriberTooSlow) as dropped:
            await anext(slow)
        assert dropped.value.number == 1
        assert [entry async for entry in slow] == []

    asyncio.run(follow())


def test_a_full_queue_is_not_yet_too_slow() -> None:
    async def follow() -> list[int]:
        journal = Journal()
        live = journal.subscribe()
        for _ in range(QUEUE):
            journal.add(Entry())
        return await take(live, QUEUE)

    assert asyncio.run(follow()) == list(range(1, QUEUE + 1))


def test_a_subscriber_holds_no_more_bytes_than_the_journal_may() -> None:
    async def follow() -> None:
        journal = Journal(max_bytes=100_000)
        live = journal.subscribe()
        for _ in range(10):
            journal.add(Entry(request_body=b"x" * 20_000))
        with pytest.raises(SubscriberTooSlow):
            await anext(live)

    asyncio.run(follow())


def test_a_subscriber_that_reads_holds_nothing_back() -> None:
    async def follow() -> list[int]:
        journal = Journal(max_bytes=100_000)
        live, seen = journal.subscribe(), []
        journal.add(Entry())
        for _ in range(20):
            journal.add(Entry(request_body=b"x" * 20_000))
            seen += await take(live, 1)  # one is always waiting
        return seen

    assert asyncio.run(follow()) == list(range(1, 21))


@pytest.mark.parametrize("how", ["aclose", "close"])
def test_whoever_waits_hears_that_there_will_be_no_more(how: str) -> None:
    async def follow() -> list[Entry]:
        journal = Journal()
        live = journal.subscribe()

        async def read() -> list[Entry]:
            return [entry async for entry in live]

        reading = asyncio.create_task(read())
        await asyncio.sleep(0)
        if how == "close":
            journal.close()
        else:
            await live.aclose()
        journal.add(Entry())
        return await reading

    assert asyncio.run(follow()) == []


def test_a_closed_journal_still_hands_over_what_waits() -> None:
    async def follow() -> list[int]:
        journal = Journal()
        live = journal.subscribe()
        journal.add(Entry())
        journal.close()
        journal.add(Entry())
        return [entry.number async for entry in live]

    assert asyncio.run(follow()) == [1]


def test_a_reader_that_leaves_its_block_is_not_served_any_more() -> None:
    async def follow() -> list[Entry]:
        journal = Journal()
        async with journal.subscribe() as live:
            pass
        journal.add(Entry())
        return [entry async for entry in live]

    assert asyncio.run(follow()) == []
