"""The bound on how many requests a second there may be, of each address or each session."""

from __future__ import annotations

import time
from collections.abc import Awaitable
from typing import Literal

from msgspec import Struct

from understudy.errors import RateLimited
from understudy.faults.buckets import Buckets, Limit, whole_seconds
from understudy.server.admin_guard import is_admin
from understudy.server.asgi import ASGIApp, Receive, Scope, Send
from understudy.server.session_middleware import REFUSED, SESSION


class Rate(Struct, frozen=True):
    """How many requests a second are taken, and `by` what they are counted. As many may come at once."""

    per_second: float
    by: Literal["address", "session"] = "address"


class RateBound:
    """Notes a refusal for a request that comes too soon, in whose shape routing refuses it.

    The admin API is not counted, so that who operates a server gets in.
    """

    def __init__(self, app: ASGIApp, rate: Rate) -> None:
        self.app, self._by = app, rate.by
        self._limit = Limit(max(int(rate.per_second), 1), rate.per_second)
        self._buckets = Buckets()

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on."""
        if scope["type"] == "http" and REFUSED not in scope and not is_admin(scope["path"]):
            wait = self._buckets.take([((self._who(scope),), self._limit)], time.monotonic())
            if wait:
                scope[REFUSED] = RateLimited(whole_seconds(wait))
        return self.app(scope, receive, send)

    def _who(self, scope: Scope) -> str:
        if self._by == "session":
            name: str = scope[SESSION].name
            return name
        client = scope.get("client")
        return str(client[0]) if client else ""
