"""The journal of a session: listed, followed, exported, and asked whether something was called."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from msgspec.structs import replace

from understudy import __version__
from understudy.admin.conditions import Conditions
from understudy.admin.events import Encodings, Events
from understudy.admin.served import Served
from understudy.callbacks.publishing import Publisher
from understudy.errors import Failure, RecordNotFound, RequestInvalid
from understudy.handler import Context
from understudy.journal.entry import Entry
from understudy.journal.har import document, entry_of
from understudy.journal.journal import Journal, SubscriberTooSlow
from understudy.journal.query import Filter, QueryInvalid
from understudy.journal.unmatched import Missing, missing, unmatched_as_json
from understudy.journal.verification import Times, Verdict, verify, verify_order
from understudy.journal.writing import as_json, verdict_as_json
from understudy.messages import NOTHING, Request, Response, Stream

_AT_ONCE = 50  # entries that are written without a pause
_MEMBERS = {"at_least": "atLeast", "at_most": "atMost"}


class JournalAdmin:
    """The operations about the journal.

    publishers: who sends the callbacks and webhooks of each API, by its name.
    """

    def __init__(self, served: Served, publishers: Mapping[str, Publisher]) -> None:
        self._served = served
        self._secrets = served.secrets
        self._encodings = Encodings(self._secrets)
        self._conditions = Conditions(publishers, self._secrets)

    async def list_entries(self, request: Request, _context: Context) -> Response:
        """List entries oldest first: those that follow a number, or the newest."""
        journal = self._served.session(request).journal
        wanted = self._conditions.read(
            request.query, "query", after=request.query.get("after", 0), limit=request.query["limit"]
        )
        entries = journal.entries
        is_newest = "after" not in request.query
        found = wanted.select(reversed(entries))[::-1] if is_newest else wanted.select(entries)
        items = [as_json(entry, self._secrets) for entry in found]
        return Response(200, {"items": items, "evicted": journal.evicted})

    async def clear_journal(self, request: Request, _context: Context) -> Response:
        """Forget all entries."""
        self._served.session(request).journal.clear()
        return Response(204, NOTHING)

    async def get_entry(self, request: Request, _context: Context) -> Response:
        """Read one entry. Raises RecordNotFound."""
        number: int = request.path["number"]
        entry = self._served.session(request).journal.get(number)
        if entry is None:
            raise RecordNotFound("entry", str(number))
        return Response(200, as_json(entry, self._secrets))

    async def stream_entries(self, request: Request, _context: Context) -> Response:
        """Follow the journal.

        The header comes from a browser that reconnects, so it knows better than the address.
        """
        journal = self._served.session(request).journal
        after = request.headers.get("Last-Event-ID", request.query.get("after"))
        events = Events(
            journal,
            self._conditions.read(request.query, "query"),
            self._encodings,
            after=after,
            follow=request.query["follow"],
        )
        return Response(
            200, Stream(events, events.dropped), {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        )

    async def export_har(self, request: Request, _context: Context) -> Response:
        """Write the journal as HAR, with pauses for others."""
        written = []
        for number, entry in enumerate(self._served.session(request).journal):
            written.append(entry_of(entry, self._secrets))
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)
        return Response(200, document(written, __version__))

    async def list_unmatched(self, request: Request, _context: Context) -> Response:
        """List the requests that no operation, no scripted answer or no expectation matched, the newest."""
        journal = self._served.session(request).journal
        after = request.query.get("after", 0)
        expected = tuple(journal.expectations)
        found: list[tuple[Entry, Missing]] = []
        for number, entry in enumerate(journal.entries):
            reason = missing(entry, expected)
            if reason and entry.number > after:
                found.append((entry, reason))
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)
        shown = found[-request.query["limit"] :]
        items = [unmatched_as_json(entry, reason, expected, self._secrets) for entry, reason in shown]
        return Response(200, {"items": items, "total": len(found), "evicted": journal.evicted})

    async def verify_calls(self, request: Request, _context: Context) -> Response:
        """Say whether something was called.

        Raises RequestInvalid for an expectation that nothing can meet.
        """
        asked: dict[str, Any] = request.body
        wanted = self._conditions.read(asked, "body", after=asked.get("after", 0))
        times = _times(asked)
        if times.bounds[1] != 0:  # what never was to be called is not what is expected
            self._served.session(request).journal.expect(wanted)

        def judge(journal: Journal) -> Verdict:
            return verify(journal.entries, wanted, times, secrets=self._secrets, evicted=journal.evicted)

        return await self._awaited(request, judge)

    async def verify_order(self, request: Request, _context: Context) -> Response:
        """Say whether calls came one after another. Raises RequestInvalid as `verify_calls` does."""
        wanted: list[Filter] = []
        for index, asked in enumerate(request.body["calls"]):
            wanted.append(self._filter(asked, f"/calls/{index}"))
        self._served.session(request).journal.expect(*wanted)

        def judge(journal: Journal) -> Verdict:
            return verify_order(journal.entries, wanted, secrets=self._secrets, evicted=journal.evicted)

        return await self._awaited(request, judge)

    def _filter(self, asked: Mapping[str, Any], pointer: str) -> Filter:
        try:
            return self._conditions.read(asked, "body", after=asked.get("after", 0))
        except RequestInvalid as error:
            placed = [replace(one, pointer=pointer + one.pointer) for one in error.failures]
            raise RequestInvalid(placed) from None

    async def _awaited(self, request: Request, judge: Callable[[Journal], Verdict]) -> Response:
        """Answer with a verdict: at once where it is good, else after each new entry until it is, or until
        the time is over.
        """
        verdict = judge(self._served.session(request).journal)
        seconds = request.body.get("within", 0)
        if seconds and not verdict.verified:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    while not verdict.verified:
                        await _next_entry(self._served.session(request).journal)
                        verdict = judge(self._served.session(request).journal)
        return Response(200, verdict_as_json(verdict))


async def _next_entry(journal: Journal) -> None:
    """Wait until there is one more entry, or the session is gone."""
    async with journal.subscribe() as live:
        with suppress(StopAsyncIteration, SubscriberTooSlow):
            await anext(live)


def _times(asked: Mapping[str, Any]) -> Times:
    """Read how often something was to be called. Raises RequestInvalid."""
    try:
        return Times(asked.get("exactly"), asked.get("atLeast"), asked.get("atMost"))
    except QueryInvalid as error:
        expected = error.expected
        for name, member in _MEMBERS.items():
            expected = expected.replace(name, member)
        pointer = f"/{_MEMBERS.get(error.field, error.field)}"
        raise RequestInvalid([Failure("body", pointer, "condition", expected, error.received)]) from None
