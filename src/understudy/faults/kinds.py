"""The kinds of faults: what each does to a call, and one table of how each is written.

A fault is of one of three sorts:

- latencies and `Throttle` slow a call down and can be combined with each other and with one of the rest;
- `Status`, `Reset`, `Empty`, `Truncate`, `Malformed`, `RateLimit` and `AfterWrite` decide how a call ends:
  the first of them wins;
- `NoFault` is the turn of a sequence in which all goes well.

The fields of a fault are its members in the admin API's JSON, there in camel case.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from random import Random
from typing import Any, Final

from msgspec import Struct

from understudy.messages import NOTHING

LONGEST: Final = 3_600_000.0
"""Milliseconds: the longest latency there is, one hour.

A draw from a distribution that knows no end is cut there.
"""

BODILESS: Final = frozenset({204, 205, 304})
"""Statuses whose answers never have a body (RFC 9110 §15.3.5, §15.3.6, §15.4.5)."""

_ENDS: Final[Mapping[str, bytes]] = {"xml": b"<", "form-urlencoded": b"%ZZ", "json": b"{"}
"""What no body of a media type whose name ends so can end with."""


class Status(Struct, frozen=True):
    """An answer of this status, made without asking the handler.

    body: what it carries, or NOTHING for what the contract documents.
    """

    status: int
    body: Any = NOTHING


class Latency(Struct, frozen=True):
    """A wait of so many milliseconds."""

    milliseconds: float

    def drawn(self, _random: Random) -> Latency:
        """Return the wait of one call."""
        return self


class UniformLatency(Struct, frozen=True):
    """A wait of `minimum` to `maximum` milliseconds, each as likely as the other."""

    minimum: float
    maximum: float

    def drawn(self, random: Random) -> Latency:
        """Return the wait of one call."""
        return Latency(round(random.uniform(self.minimum, self.maximum), 1))


class LogNormalLatency(Struct, frozen=True):
    """A wait most often near `median` milliseconds and at times much longer; `sigma` is the standard
    deviation of its logarithm.
    """

    median: float
    sigma: float

    def drawn(self, random: Random) -> Latency:
        """Return the wait of one call."""
        try:
            wait = self.median * math.exp(random.gauss(0, self.sigma))
        except OverflowError:
            wait = LONGEST
        return Latency(round(min(wait, LONGEST), 1))


class Throttle(Struct, frozen=True):
    """A body that comes at this many bytes a second, at least 1."""

    bytes_per_second: int


class Reset(Struct, frozen=True):
    """A connection reset (TCP RST) instead of an answer; the handler is not asked."""


class Empty(Struct, frozen=True):
    """A connection closed without a byte of an answer; the handler is not asked."""


class Truncate(Struct, frozen=True):
    """A body that ends after some bytes, by default after half of them, though Content-Length tells of all.

    The last byte never comes.
    """

    after: int | None = None

    def cut(self, body: bytes) -> bytes:
        """Return as much of a body as is sent."""
        after = self.after
        if after is None:
            after = len(body) // 2
        return body[: min(after, max(len(body) - 1, 0))]


class Malformed(Struct, frozen=True):
    """A body that is not what its Content-Type says, whole and with the right Content-Length."""

    def spoil(self, body: bytes, media_type: str) -> bytes:
        """Return the first half of a body and an end that none of its type can have.

        One without bytes stays so.
        """
        if not body:
            return body
        name = media_type.partition(";")[0].strip().lower()
        half = body[: len(body) // 2]
        for suffix, end in _ENDS.items():
            if name.endswith(suffix):
                return half + end
        return half + b"\xff"


class RateLimit(Struct, frozen=True):
    """Limits on the rate of calls, each caller and API by itself.

    A call beyond them is refused and the handler is not asked.

    requests in seconds, refilled evenly; burst: how many of them may come at once, by default all. Without
    any number: the limits the vendor states for its own API.
    """

    requests: int | None = None
    seconds: float | None = None
    burst: int | None = None


class Exceeded(Struct, frozen=True):
    """What becomes of a RateLimit that is used up: a refusal, to be tried again after so many seconds."""

    limit: RateLimit
    retry_after: float


class AfterWrite(Struct, frozen=True):
    """The handler does all it does, and then the caller sees a failure instead of its answer."""

    then: Reset | Empty | Status


class NoFault(Struct, frozen=True):
    """All goes well: a turn in a sequence."""


Delay = Latency | UniformLatency | LogNormalLatency

Ending = Status | Reset | Empty | Truncate | Malformed | RateLimit | AfterWrite
"""The kinds that decide how a call ends."""

Fault = Ending | Delay | Throttle | NoFault

Effect = Latency | Throttle | Status | Reset | Empty | Truncate | Malformed | Exceeded | AfterWrite
"""What is left once chance and the limits were asked: a latency is one number, a rate limit is exceeded."""


# ---- how they are written


class Form(Struct, frozen=True):
    """One way to write a fault.

    pattern: what the header has after `kind=`, its groups the fault's fields; template: the same to be filled
    in.
    """

    fault: type[Fault]
    pattern: re.Pattern[str]
    template: str

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that are written."""
        return tuple(self.pattern.groupindex)


class Kind(Struct, frozen=True):
    """A kind of fault as people name it. usage: how the header has it. forms: the fullest first."""

    name: str
    usage: str
    forms: tuple[Form, ...]


def _form(fault: type[Fault], pattern: str = "", template: str = "") -> Form:
    return Form(fault, re.compile(pattern, re.IGNORECASE), template)


_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,6})?"
_WHOLE = r"[0-9]{1,9}"
_POSITIVE = r"(?=[0-9.]*[1-9])"
_STATUS = "[2-5][0-9][0-9]"
_RATE = rf"(?P<requests>{_POSITIVE}{_WHOLE})/(?P<seconds>{_POSITIVE}{_NUMBER})s"
_BURST = rf"[ \t]*;[ \t]*burst=(?P<burst>{_POSITIVE}{_WHOLE})"

_TABLE: Final = (
    Kind("status", "status=200..599", (_form(Status, f"(?P<status>{_STATUS})", "{status}"),)),
    Kind(
        "latency",
        "latency=300ms, latency=100..500ms or latency=lognormal(200ms,0.5), of at most one hour",
        (
            _form(Latency, f"(?P<milliseconds>{_NUMBER}m?s)", "{milliseconds}ms"),
            _form(
                UniformLatency,
                rf"(?P<minimum>{_NUMBER}(?:m?s)?)\.\.(?P<maximum>{_NUMBER}m?s)",
                "{minimum}..{maximum}ms",
            ),
            _form(
                LogNormalLatency,
                rf"lognormal\((?P<median>{_NUMBER}m?s)[ \t]*,[ \t]*(?P<sigma>{_NUMBER})\)",
                "lognormal({median}ms,{sigma})",
            ),
        ),
    ),
    Kind(
        "throttle",
        "throttle=2000, bytes a second",
        (_form(Throttle, f"(?P<bytes_per_second>{_POSITIVE}{_WHOLE})", "{bytes_per_second}"),),
    ),
    Kind("reset", "reset", (_form(Reset),)),
    Kind("empty", "empty", (_form(Empty),)),
    Kind(
        "truncate",
        "truncate or truncate=20, bytes",
        (_form(Truncate, f"(?P<after>{_WHOLE})", "{after}"), _form(Truncate)),
    ),
    Kind("malformed", "malformed", (_form(Malformed),)),
    Kind(
        "rate-limit",
        "rate-limit, rate-limit=5/60s or rate-limit=5/60s;burst=10",
        (
            _form(RateLimit, _RATE + _BURST, "{requests}/{seconds}s;burst={burst}"),
            _form(RateLimit, _RATE, "{requests}/{seconds}s"),
            _form(RateLimit),
        ),
    ),
    Kind(
        "after-write",
        "after-write=reset, after-write=empty or after-write=200..599",
        (_form(AfterWrite, f"(?P<then>reset|empty|{_STATUS})", "{then}"),),
    ),
    Kind("normal", "normal", (_form(NoFault),)),
)

KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in _TABLE}
"""Every kind there is, by its name."""

_KIND_OF: Final[Mapping[type[Fault], Kind]] = {form.fault: kind for kind in _TABLE for form in kind.forms}


USAGE: Final = ", ".join(kind.usage for kind in _TABLE)
"""How the header has each of them."""


def is_ending(fault: Fault | Effect) -> bool:
    """Tell whether a fault decides how the call ends."""
    return not isinstance(fault, (Delay, Throttle, NoFault))


def kind_of(fault: Fault) -> Kind:
    """Return the kind of a fault."""
    return _KIND_OF[type(fault)]
