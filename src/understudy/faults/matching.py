"""A call as fault rules ask about it."""

from __future__ import annotations

from understudy.faults.buckets import Limit
from understudy.matching import call


class Call(call.Call):
    """A call with what the limits on the rate need to know.

    key: the caller's credential, empty where there is none. limits: those the vendor states for this API.
    now: seconds from any fixed moment on, for the limits.
    """

    key: str = ""
    limits: tuple[Limit, ...] = ()
    now: float = 0.0
