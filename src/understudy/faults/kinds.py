"""The kinds of faults: what each one does to a call is its name, how much of it its fields say.

`text` of each is its form in the Sandbox-Fault header and in the journal. A fault is of one of three sorts:

- `Latency` and `Throttle` slow a call down and can be combined with each other and with one of the rest;
- `Status`, `Reset`, `Empty`, `Truncate`, `Malformed`, `RateLimit` and `AfterWrite` decide how a call ends: the first of them wins;
- `Nothing` is the turn of a sequence in which all goes well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from understudy.messages import NOTHING

LONGEST: Final = 3_600_000.0
"""Milliseconds: the longest latency there is, one hour. A draw from a distribution that knows no end is cut there."""

BODILESS: Final = frozenset({204, 205, 304})
"""Statuses whose answers never have a body (RFC 9110 §15.3.5, §15.3.6, §15.4.5)."""


@dataclass(frozen=True, slots=True)
class Status:
    """An answer of this status, made without asking the handler. body: what it carries, or NOTHING for what the contract documents."""

    status: int
    body: Any = NOTHING

    @property
    def text(self) -> str:
        """Its form in the header, without a body."""
        return f"status={self.status}"


@dataclass(frozen=True, slots=True)
class Latency:
    """A wait of `low` to `high` milliseconds, each as likely as the other; `low` is the whole of it where `high` is None."""

    low: float
    high: float | None = None

    @property
    def text(self) -> str:
        """Its form in the header."""
        return (
            f"latency={number(self.low)}ms"
            if self.high is None
            else f"latency={number(self.low)}..{number(self.high)}ms"
        )

    def drawn(self, random: Random) -> Latency:
        """Return the wait of one call."""
        return self if self.high is None else Latency(round(random.uniform(self.low, self.high), 1))


@dataclass(frozen=True, slots=True)
class LogNormalLatency:
    """A wait most often near `median` milliseconds and at times much longer; `sigma` is the standard deviation of its logarithm."""

    median: float
    sigma: float

    @property
    def text(self) -> str:
        """Its form in the header."""
        return f"latency=lognormal({number(self.median)}ms,{number(self.sigma)})"

    def drawn(self, random: Random) -> Latency:
        """Return the wait of one call."""
        try:
            wait = self.median * math.exp(random.gauss(0, self.sigma))
        except OverflowError:
            wait = LONGEST
        return Latency(round(min(wait, LONGEST), 1))


@dataclass(frozen=True, slots=True)
class Throttle:
    """A body that comes at this many bytes a second, at least 1."""

    bytes_per_second: int

    @property
    def text(self) -> str:
        """Its form in the header."""
        return f"throttle={self.bytes_per_second}"


@dataclass(frozen=True, slots=True)
class Reset:
    """A connection reset (TCP RST) instead of an answer; the handler is not asked."""

    @property
    def text(self) -> str:
        """Its form in the header."""
        return "reset"


@dataclass(frozen=True, slots=True)
class Empty:
    """A connection closed without a byte of an answer; the handler is not asked."""

    @property
    def text(self) -> str:
        """Its form in the header."""
        return "empty"


@dataclass(frozen=True, slots=True)
class Truncate:
    """A body that ends after some bytes, by default after half of them, though Content-Length tells of all. The last byte never comes."""

    after: int | None = None

    @property
    def text(self) -> str:
        """Its form in the header."""
        return "truncate" if self.after is None else f"truncate={self.after}"

    def cut(self, body: bytes) -> bytes:
        """Return as much of a body as is sent."""
        after = len(body) // 2 if self.after is None else self.after
        return body[: min(after, max(len(body) - 1, 0))]


@dataclass(frozen=True, slots=True)
class Malformed:
    """A body that is not what its Content-Type says, whole and with the right Content-Length."""

    @property
    def text(self) -> str:
        """Its form in the header."""
        return "malformed"

    def spoil(self, body: bytes, media_type: str) -> bytes:
        """Return the first half of a body and an end that none of its type can have; one without bytes stays so."""
        if not body:
            return body
        name = media_type.partition(";")[0].strip().lower()
        end = (
            b"<"
            if name.endswith("xml")
            else b"%ZZ"
            if name.endswith("form-urlencoded")
            else b"{"
            if name.endswith("json")
            else b"\xff"
        )
        return body[: len(body) // 2] + end


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Limits on the rate of calls, each caller and API by itself; a call beyond them is refused and the handler is not asked.

    requests in seconds, refilled evenly; burst: how many of them may come at once, by default all. Without any number: the limits
    the vendor states for its own API.
    """

    requests: int | None = None
    seconds: float = 1
    burst: int | None = None

    @property
    def text(self) -> str:
        """Its form in the header."""
        if self.requests is None:
            return "rate-limit"
        burst = "" if self.burst is None else f";burst={self.burst}"
        return f"rate-limit={self.requests}/{number(self.seconds)}s{burst}"


@dataclass(frozen=True, slots=True)
class Exceeded:
    """What becomes of a RateLimit that is used up: a refusal, to be tried again after so many seconds."""

    limit: RateLimit
    retry_after: float

    @property
    def text(self) -> str:
        """The limit's form in the header."""
        return self.limit.text


@dataclass(frozen=True, slots=True)
class AfterWrite:
    """The handler does all it does, and then the caller sees a failure instead of its answer."""

    then: Reset | Empty | Status

    @property
    def text(self) -> str:
        """Its form in the header."""
        return f"after-write={self.then.status if isinstance(self.then, Status) else self.then.text}"


@dataclass(frozen=True, slots=True)
class Nothing:
    """All goes well: a turn in a sequence."""

    @property
    def text(self) -> str:
        """Its form in the header."""
        return "normal"


Ending = Status | Reset | Empty | Truncate | Malformed | RateLimit | AfterWrite
"""The kinds that decide how a call ends."""

Slowing = Latency | LogNormalLatency | Throttle
"""The kinds that can be combined."""

Fault = Ending | Slowing | Nothing

Applied = Latency | Throttle | Status | Reset | Empty | Truncate | Malformed | Exceeded | AfterWrite
"""What is left once chance and the limits were asked: a latency is one number, a rate limit is exceeded."""


def number(value: float) -> str:
    """Write a number with as many decimals as it has, six at the most."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def text_of(faults: tuple[Applied, ...]) -> str:
    """Write several faults as the header has them."""
    return ", ".join(fault.text for fault in faults)
