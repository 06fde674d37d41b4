"""Sessions: listed, made, reset and forgotten; and each as one document."""

from __future__ import annotations

from typing import Any

from understudy import snapshots
from understudy.admin.metrics import records_of
from understudy.admin.served import SESSIONS, Served, may_administer
from understudy.errors import AccessDenied, RecordExists, RecordNotFound
from understudy.handler import Context
from understudy.messages import NOTHING, Caller, Request, Response
from understudy.sessions import Session
from understudy.state.clock import iso


class SessionAdmin:
    """The operations about sessions as wholes."""

    def __init__(self, served: Served) -> None:
        self._served, self._sessions = served, served.sessions

    async def list_sessions(self, request: Request, _context: Context) -> Response:
        """List all there are that the caller may ask for, in the order they were made."""
        mine = [session for session in self._sessions if may_administer(request.caller, session.name)]
        return Response(200, {"items": [await self._described(session) for session in mine]})

    async def create_session(self, request: Request, _context: Context) -> Response:
        """Make a session, under a name of our own where none is given. Raises RecordExists, AccessDenied."""
        name = request.body.get("name") or self._free_name(request.caller)
        if not may_administer(request.caller, name):
            raise AccessDenied("the token is for sessions whose names begin otherwise, and for nothing else")
        if self._sessions.find(name) is not None:
            raise RecordExists("session", "name", name)
        described = await self._described(self._sessions.use(name))
        return Response(201, described, {"Location": f"{request.base_url}/sessions/{name}"})

    async def get_session(self, request: Request, _context: Context) -> Response:
        """Read what is known of a session, without using it. Raises RecordNotFound."""
        name = request.path["session"]
        session = self._sessions.find(name)
        if session is None:
            raise RecordNotFound("session", name)
        return Response(200, await self._described(session))

    async def delete_session(self, request: Request, _context: Context) -> Response:
        """Forget a session. Raises RecordNotFound."""
        name = request.path["session"]
        if not self._sessions.drop(name):
            raise RecordNotFound("session", name)
        return Response(204, NOTHING)

    async def reset_session(self, request: Request, _context: Context) -> Response:
        """Start a session afresh."""
        self._sessions.reset(request.path["session"])
        return Response(204, NOTHING)

    async def take_snapshot(self, request: Request, _context: Context) -> Response:
        """Write what a session remembers."""
        return Response(200, await snapshots.take(self._served.session(request), self._served.sandboxes))

    async def restore_snapshot(self, request: Request, _context: Context) -> Response:
        """Put a session back to what a document says. Raises SnapshotRefused."""
        await snapshots.restore(self._served.session(request), self._served.sandboxes, request.body)
        return Response(204, NOTHING)

    async def _described(self, session: Session) -> dict[str, Any]:
        now = session.clock.now()
        return {
            "name": session.name,
            "idleSeconds": round(self._sessions.idle_for(session), 3),
            "records": sum((await records_of(session, self._served.names)).values()),
            "requests": len(session.journal),
            "faults": len(session.faults),
            "clock": iso(now, 6 if now.microsecond else 0),
        }

    def _free_name(self, caller: Caller) -> str:
        """Make up a name that nobody has, and that the caller may ask for: the sessions there are leave one
        free below their number.
        """
        begin = min(caller.reach.get(SESSIONS, ()), default="")
        number = len(self._sessions)
        while self._sessions.find(f"{begin}session-{number}") is not None:
            number += 1
        return f"{begin}session-{number}"
