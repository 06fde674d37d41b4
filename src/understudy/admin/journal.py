"""The journal of a session: listed, followed, exported, and asked whether something was called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy import __version__
from understudy.admin.events import Events
from understudy.admin.served import Served
from understudy.errors import Failure, RecordNotFound, RequestInvalid
from understudy.handler import Context
from understudy.journal.credentials import Secrets
from understudy.journal.har import har
from understudy.journal.query import Filter, QueryInvalid
from understudy.journal.verification import Times, verify
from understudy.journal.writing import as_json, verdict_as_json
from understudy.messages import NOTHING, Request, Response, Stream

_CONDITIONS = ("api", "operation", "method", "path", "status", "outcome", "kind", "body")
_FAULTS: Mapping[str, bool] = {"any": True, "none": False}
_MEMBERS = {"at_least": "atLeast", "at_most": "atMost"}


class JournalAdmin:
    """The operations about the journal."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._secrets = Secrets.of(sandbox.contract for sandbox in served.sandboxes)

    async def list_entries(self, request: Request, _context: Context) -> Response:
        """List entries oldest first: those that follow a number, or the newest."""
        journal = self._served.session(request).journal
        wanted = _filter(request.query, "query", after=request.query.get("after", 0), limit=request.query["limit"])
        entries = journal.entries
        found = wanted.select(entries) if "after" in request.query else wanted.select(reversed(entries))[::-1]
        return Response(200, {"items": [as_json(entry, self._secrets) for entry in found], "evicted": journal.evicted})

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
        """Follow the journal. The header comes from a browser that reconnects, so it knows better than the address."""
        journal = self._served.session(request).journal
        after = request.headers.get("Last-Event-ID", request.query.get("after"))
        events = Events(journal, _filter(request.query, "query"), self._secrets, after=after, follow=request.query["follow"])
        return Response(200, Stream(events, events.dropped), {"Cache-Control": "no-store", "X-Accel-Buffering": "no"})

    async def export_har(self, request: Request, _context: Context) -> Response:
        """Write the journal as HAR."""
        return Response(200, har(self._served.session(request).journal.entries, self._secrets, __version__))

    async def verify_calls(self, request: Request, _context: Context) -> Response:
        """Say whether something was called. Raises RequestInvalid for an expectation that nothing can meet."""
        asked: dict[str, Any] = request.body
        journal = self._served.session(request).journal
        wanted = _filter(asked, "body", after=asked.get("after", 0))
        try:
            times = Times(asked.get("exactly"), asked.get("atLeast"), asked.get("atMost"))
        except QueryInvalid as error:
            raise _refusal(error, "body") from None
        verdict = verify(journal.entries, wanted, times, secrets=self._secrets, evicted=journal.evicted)
        return Response(200, verdict_as_json(verdict))


def _filter(asked: Mapping[str, Any], location: str, **more: Any) -> Filter:
    """Read a filter from members or parameters, which have its names. Raises RequestInvalid."""
    conditions = {name: asked[name] for name in _CONDITIONS if name in asked}
    if isinstance(conditions.get("status"), float):  # JSON's 201.0 is an integer too
        conditions["status"] = int(conditions["status"])
    if "fault" in asked:
        conditions["fault"] = _FAULTS.get(asked["fault"], asked["fault"])
    try:
        return Filter(**conditions, **more)
    except QueryInvalid as error:
        raise _refusal(error, location) from None


def _refusal(error: QueryInvalid, location: str) -> RequestInvalid:
    name = _MEMBERS.get(error.field, error.field)
    return RequestInvalid([Failure(location, f"/{name}", "condition", error.expected, error.received)])
