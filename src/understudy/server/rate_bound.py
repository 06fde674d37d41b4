"""The bound on how many requests a second there may be, of each address or each session."""

from __future__ import annotations

import time
from collections.abc import Awaitable
from typing import Literal, Protocol

from msgspec import Struct

from understudy.errors import RateLimited, StoreAway
from understudy.faults.buckets import Buckets, Limit, whole_seconds
from understudy.server.admin_guard import is_admin
from understudy.server.asgi import ASGIApp, Receive, Scope, Send
from understudy.server.session_middleware import REFUSED, SESSION


class Rate(Struct, frozen=True):
    """How many requests a second are taken, and `by` what they are counted. As many may come at once."""

    per_second: float
    by: Literal["address", "session"] = "address"


class Shares(Protocol):
    """What processes have in common that answer as one server."""

    async def take_token(self, whose: str, size: int, per_second: float) -> float:
        """Take a token, and return 0, or the seconds after which there is one. Raises StoreAway."""
        ...


class RateBound:
    """Notes a refusal for a request that comes too soon, in whose shape routing refuses it.

    The admin API is not counted, so that who operates a server gets in.
    """

    def __init__(self, app: ASGIApp, rate: Rate, shares: Shares | None = None) -> None:
        """`shares`: with whom the rate is one."""
        self.app, self._by, self._shares = app, rate.by, shares
        self._limit = Limit(max(int(rate.per_second), 1), rate.per_second)
        self._buckets = Buckets()

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on."""
        if scope["type"] != "http" or REFUSED in scope or is_admin(scope["path"]):
            return self.app(scope, receive, send)
        if self._shares is not None:
            return self._bounded_together(self._shares, scope, receive, send)
        wait = self._buckets.take([((self._who(scope),), self._limit)], time.monotonic())
        _note(scope, wait)
        return self.app(scope, receive, send)

    async def _bounded_together(self, shares: Shares, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, once the store has been asked whether it comes too soon."""
        whose = f"{self._by}:{self._who(scope)}"
        try:
            wait = await shares.take_token(whose, self._limit.requests, self._limit.per_second)
        except StoreAway as refusal:
            scope[REFUSED] = refusal
        else:
            _note(scope, wait)
        await self.app(scope, receive, send)

    def _who(self, scope: Scope) -> str:
        if self._by == "session":
            name: str = scope[SESSION].name
            return name
        client = scope.get("client")
        return str(client[0]) if client else ""


def _note(scope: Scope, wait: float) -> None:
    if wait:
        scope[REFUSED] = RateLimited(whole_seconds(wait))
