"""Journaling: each request and its answer, as they were on the wire, into the journal of their session."""

from __future__ import annotations

import time
from collections.abc import Awaitable
from typing import Any

from understudy.journal.entry import BODY_KEPT
from understudy.journal.recording import Recording
from understudy.server.asgi import ASGIApp, Message, Receive, Scope, Send, raw_path
from understudy.server.connexion_api import Specification, SpecMiddleware
from understudy.server.routing import ROUTE
from understudy.server.session_middleware import SESSION

EXCHANGE = "understudy.exchange"
"""The key in the ASGI scope under which the `Exchange` stands while a request is being answered."""


class Exchange(Recording):
    """What passes between a caller and the application, recorded on the way."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send

    async def receive(self) -> Message:
        """Pass on a message of the caller's."""
        message = await self._receive()
        body = message.get("body")
        if body:
            if self.received < BODY_KEPT:
                self.read += body[: BODY_KEPT - self.received]
            self.received += len(body)
        return message

    def send(self, message: Message) -> Awaitable[None]:
        """Pass on a message of the application's."""
        if message["type"] == "http.response.start":
            self.status, self.answer_headers = message["status"], message["headers"]
        else:
            body = message.get("body")
            if body:
                if self.sent < BODY_KEPT:
                    self.answer += body[: BODY_KEPT - self.sent]
                self.sent += len(body)
        return self._send(message)

    @property
    def source(self) -> object:
        """What the caller's messages come from: with uvicorn, the request and its connection."""
        return getattr(self._receive, "__self__", None)

    def let_go(self) -> None:
        """Let go of the connection, which holds the scope and that this, so that none waits for the garbage
        collector.
        """
        del self._receive, self._send

    def end(self, scope: Scope, duration: float) -> None:
        """Take out of the request what is to be kept, and nothing that would hold on to the rest of it."""
        self.duration = duration
        route = scope.get(ROUTE)
        if route is not None:
            self.operation, self.api = route.operation, route.api
        self.close(scope["method"], raw_path(scope), scope["query_string"], scope["headers"])


class Journaling(SpecMiddleware):  # type: ignore[misc]  # Connexion ships no types
    """Stands around error middleware, so that what the caller got is what is noted."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        # So that one clock tells both when a request came and how long it took.
        self._epoch = time.time() - time.perf_counter()

    def add_api(self, specification: Specification, **_: Any) -> None:
        """Take note of a contract, which is nothing here: routing says whose a request is."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and note it once it is answered or has failed."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        session = scope[SESSION]
        session.busy += 1  # so that it is not dropped for being idle while a request takes its time
        exchange = scope[EXCHANGE] = Exchange(receive, send)
        started = time.perf_counter()
        exchange.at = self._epoch + started
        try:
            await self.app(scope, exchange.receive, exchange.send)
        finally:
            session.busy -= 1
            exchange.let_go()
            route = scope.get(ROUTE)
            if session.journal.max_entries and (route is None or route.is_journalled):
                exchange.end(scope, time.perf_counter() - started)
                session.journal.add(exchange)
