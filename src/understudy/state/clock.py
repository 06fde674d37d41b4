"""Sandbox time: it stands still until it is moved, so that one seed gives the same timestamps, or runs with
the clock of the machine, for clients that hold what they are told against their own.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson

EPOCH: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""When a sandbox starts, unless told otherwise: a Monday morning."""

_BETWEEN_WRITES = 2  # seconds
_MICROSECONDS = 1_000_000
_SECONDS = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS
# Near the golden section, and prime to a million: its multiples look unrelated and repeat late.
_STRIDE = 618_033
_LAST_YEAR = 9000  # leaves the calendar room for writes and expiries after it


class Clock:
    """The time in one sandbox session. It moves when it is told to.

    is_frozen: whether writes happen exactly now; else each is a little later than the one before, as with
    real callers. runs: whether it goes on by itself while it is not frozen, from the machine's time on.
    """

    def __init__(self, epoch: datetime = EPOCH, *, runs: bool = False) -> None:
        self.version = 0
        self.runs = runs
        self._now = EPOCH
        self._ahead = timedelta()  # of the machine's clock, while it runs
        self.is_frozen = False
        if not runs:
            self._set(epoch)

    def now(self) -> datetime:
        """Return the sandbox's time, in UTC."""
        if self.runs and not self.is_frozen:
            return datetime.now(UTC) + self._ahead
        return self._now

    def advance(self, seconds: float) -> datetime:
        """Move the time on and return it.

        Raises ValueError for a negative number and for a time after the year 9000.
        """
        if not seconds >= 0:  # said this way round, it refuses NaN too
            raise ValueError(f"time can be advanced by 0 seconds or more, not by {seconds}")
        try:
            return self._set(self.now() + timedelta(seconds=seconds))
        except OverflowError:
            raise ValueError(f"{seconds} seconds lead out of the calendar") from None

    def freeze(self, at: datetime) -> datetime:
        """Set the time, also back, have writes happen exactly then, and return it.

        Raises ValueError where `at` has no time zone or is after the year 9000.
        """
        moment = self._set(at)
        self.is_frozen = True
        return moment

    def thaw(self) -> datetime:
        """Let writes happen one after another again, and return the time, from which it goes on."""
        moment = self._set(self.now())
        self.is_frozen = False
        return moment

    def dump(self) -> dict[str, Any]:
        """Return the time and whether it is frozen, as JSON values; of one that runs also by how many seconds
        it is ahead of the machine's clock.
        """
        told: dict[str, Any] = {"now": iso(self.now(), 6), "frozen": self.is_frozen}
        if self.runs:
            told["ahead"] = self._ahead.total_seconds()
        return told

    def restore(self, value: Any) -> None:
        """Take over what `dump` described.

        Raises KeyError, TypeError or ValueError for anything else, and changes nothing.
        """
        moment, is_frozen = datetime.fromisoformat(value["now"]), value["frozen"]
        if not isinstance(is_frozen, bool):
            raise ValueError(f"frozen is true or false, not {is_frozen!r}")
        ahead = timedelta(seconds=value["ahead"]) if "ahead" in value else None
        self._set(moment)
        self.is_frozen = is_frozen
        if ahead is not None:
            self._ahead = ahead

    def of_write(self, ticks: int) -> datetime:
        """Return the time of a collection's n-th write."""
        if self.is_frozen or self.runs:
            return self.now()
        return stamp(self._now, ticks)

    def _set(self, at: datetime) -> datetime:
        moment = _utc(at)
        if moment.year > _LAST_YEAR:
            raise ValueError(f"a sandbox's time ends with the year {_LAST_YEAR}, before {iso(moment)}")
        self._now = moment
        self._ahead = moment - datetime.now(UTC)
        self.version += 1
        return moment


def stamp(clock_now: datetime, ticks: int) -> datetime:
    """Return the time of a collection's n-th write: later with each, one to three seconds apart while the
    clock stands still.
    """
    # One timedelta of integers: this is part of every write.
    return clock_now + timedelta(0, ticks * _BETWEEN_WRITES, ticks * _STRIDE % _MICROSECONDS)


def iso(moment: datetime, decimals: int = 0) -> str:
    """Write a moment as `2026-01-05T09:00:00.123Z`, in UTC with 0 to 7 decimals, cut and not rounded.

    A datetime ends at microseconds: the seventh decimal is made up from the others, and is 0 at a whole
    second. Raises ValueError for other decimals and for a moment without a time zone.
    """
    if not 0 <= decimals <= 7:
        raise ValueError(f"a timestamp has 0 to 7 decimals, not {decimals}")
    if moment.tzinfo is not UTC:
        moment = _utc(moment)
    text = orjson.dumps(moment, option=_SECONDS)[1:-1].decode()  # in a tenth of the time of isoformat
    if decimals == 0:
        return text
    digits = f"{moment.microsecond:06}{moment.microsecond // 7 % 10}"[:decimals]
    return f"{text[:-1]}.{digits}Z"


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{moment.isoformat()} is outside the calendar in UTC") from None
