"""Events of the journal: made once for all who follow it, and not kept for ever."""

from __future__ import annotations

import asyncio

from understudy.admin.events import KEPT, Encodings, Events
from understudy.journal.credentials import Secrets
from understudy.journal.entry import Entry
from understudy.journal.journal import QUEUE, Journal
from understudy.journal.query import Filter


def reader(journal: Journal, encodings: Encodings, wanted: Filter | None = None) -> Events:
    return Events(journal, wanted or Filter(), encodings, after=None, follow=True)


def test_an_event_is_made_once_for_all_readers_of_a_journal() -> None:
    async def run() -> None:
        journal, encodings = Journal(), Encodings(Secrets())
        readers = [
            reader(journal, encodings),
            reader(journal, encodings),
            reader(journal, encodings, Filter(method="GET")),
        ]
        for each in readers:
            assert (await anext(each)).startswith(b":")
        for path in ("/a", "/b"):
            journal.add(
                Entry(method="GET", path=path, request_headers=[(b"authorization", b"Bearer abcdefgh")])
            )
        for number, shown in ((1, b'"/a"'), (2, b'"/b"')):
            first, *others = [await anext(each) for each in readers]
            assert all(other is first for other in others)
            assert first.startswith(b"id: %d\n" % number)
            assert shown in first
            assert b"abcdefgh" not in first
        for each in readers:
            assert encodings.size > 0
            await each.aclose()
        assert encodings.size == 0

    asyncio.run(run())


def test_two_journals_with_the_same_numbers_are_not_mixed_up() -> None:
    async def run() -> None:
        encodings, journals = Encodings(Secrets()), [Journal(), Journal()]
        readers = [reader(journal, encodings) for journal in journals]
        for journal, each, path in zip(journals, readers, ("/a", "/b"), strict=True):
            await anext(each)
            journal.add(Entry(path=path))
        assert [b'"/b"' in await anext(each) for each in readers] == [False, True]

    asyncio.run(run())


def test_what_is_kept_is_bounded() -> None:
    encodings = Encodings(Secrets())
    small = len(encodings.event(Entry(path="/a")))
    for _ in range(2 * QUEUE):
        encodings.event(Entry(path="/a"))
    assert encodings.size == QUEUE * small
    for _ in range(200):
        body = b"x" * 60_000
        encodings.event(
            Entry(
                response_body=body,
                response_size=len(body),
                response_headers=[(b"content-type", b"text/plain")],
            )
        )
    assert KEPT - 70_000 < encodings.size <= KEPT


def test_who_reads_a_long_past_lets_others_work() -> None:
    async def run() -> None:
        journal, turns = Journal(), 0
        for _ in range(400):
            journal.add(Entry(path="/a"))

        async def others() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        working = asyncio.create_task(others())
        past = Events(journal, Filter(), Encodings(Secrets()), after=0, follow=False)
        assert len([event async for event in past]) == 401
        working.cancel()
        assert turns >= 20

    asyncio.run(run())
