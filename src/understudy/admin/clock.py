"""The clock of a session: read, set and moved on."""

from __future__ import annotations

from datetime import datetime

from understudy.admin.served import Served
from understudy.errors import Failure, RequestInvalid, show
from understudy.handler import Context
from understudy.messages import Request, Response
from understudy.state.clock import Clock, iso


class ClockAdmin:
    """The operations about the clock."""

    def __init__(self, served: Served) -> None:
        self._served = served

    async def get_clock(self, request: Request, _context: Context) -> Response:
        """Read the time."""
        return _told(self._served.session(request).clock)

    async def freeze_clock(self, request: Request, _context: Context) -> Response:
        """Set the time. Raises RequestInvalid for one that is in no calendar."""
        text: str = request.body["now"]
        try:
            moment = datetime.fromisoformat(text.upper())
            clock = self._served.session(request).clock
            clock.freeze(moment)
            return _told(clock)
        except ValueError as error:
            raise _refusal("/now", f"a time such as 2026-01-05T09:00:00Z ({error})", text) from None

    async def thaw_clock(self, request: Request, _context: Context) -> Response:
        """Let writes happen one after another again."""
        clock = self._served.session(request).clock
        clock.thaw()
        return _told(clock)

    async def advance_clock(self, request: Request, _context: Context) -> Response:
        """Move the time on. Raises RequestInvalid where that leads out of the calendar."""
        seconds: float = request.body["seconds"]
        try:
            clock = self._served.session(request).clock
            clock.advance(seconds)
            return _told(clock)
        except ValueError as error:
            raise _refusal("/seconds", f"a number of seconds, 0 or more ({error})", seconds) from None


def _told(clock: Clock) -> Response:
    now = clock.now()
    return Response(200, {"now": iso(now, 6 if now.microsecond else 0), "frozen": clock.is_frozen})


def _refusal(pointer: str, expected: str, received: object) -> RequestInvalid:
    return RequestInvalid([Failure("body", pointer, "clock", expected, show(received))])
