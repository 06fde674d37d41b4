"""Journaling: each request and its answer, as they were on the wire, into the journal of their session."""

from __future__ import annotations

import time
from collections.abc import Awaitable
from typing import Any, Final

from understudy.journal.entry import BODY_KEPT, LINE, Entry, joined
from understudy.journal.tracing import REQUEST_ID
from understudy.metrics.tally import Tally
from understudy.server.asgi import ASGIApp, Message, Receive, Scope, Send, raw_path
from understudy.server.connexion_api import Specification, SpecMiddleware
from understudy.server.request_ids import RequestIds
from understudy.server.request_log import RequestLog
from understudy.server.routing import ROUTE, Route
from understudy.server.session_middleware import PREFIX, SESSION
from understudy.sessions import Session

SESSION_HEADER = b"sandbox-session"
"""The header by which a caller says which session it is in, and an answer which one it is of."""
_ADMIN: Final = "/__admin"
_BEFORE_ID: Final = LINE + REQUEST_ID + LINE
_BEFORE_SESSION: Final = LINE + SESSION_HEADER + LINE
"""What stands in a head that is kept before the value of a header that was added."""
EXCHANGE = "understudy.exchange"
"""The key in the ASGI scope under which the `Exchange` stands while a request is being answered."""


class Exchange(Entry):
    """An entry that comes about: what passes between a caller and the application, noted on the way.

    refused: the kind of the refusal, empty where it was accepted.
    """

    refused = ""

    def __init__(self, receive: Receive, send: Send, called: bytes, session: bytes) -> None:
        """`called`: what the request is called in its answer and in logs. session: whose it is, as its
        answer says it; empty where that says nothing.
        """
        self._receive, self._send, self.called, self._session = receive, send, called, session

    async def receive(self) -> Message:
        """Pass on a message of the caller's."""
        message = await self._receive()
        body = message.get("body")
        if body:
            if self.request_size < BODY_KEPT:
                self.request_body += body[: BODY_KEPT - self.request_size]
            self.request_size += len(body)
        return message

    def send(self, message: Message) -> Awaitable[None]:
        """Pass on a message of the application's."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._sign(message)
        else:
            body = message.get("body")
            if body:
                if self.response_size < BODY_KEPT:
                    self.response_body += body[: BODY_KEPT - self.response_size]
                self.response_size += len(body)
        return self._send(message)

    def _sign(self, message: Message) -> None:
        """Have an answer say which request it is of, and which session."""
        headers = [*message["headers"]]
        head = joined(headers)
        if REQUEST_ID not in head:  # what a contract has there is left
            headers.append((REQUEST_ID, self.called))
            head += _BEFORE_ID + self.called
        if self._session:
            headers.append((SESSION_HEADER, self._session))
            head += _BEFORE_SESSION + self._session
        message["headers"], self.response_head = headers, head

    @property
    def source(self) -> object:
        """What the caller's messages come from: with uvicorn, the request and its connection."""
        return getattr(self._receive, "__self__", None)

    def let_go(self) -> None:
        """Let go of the connection, which holds the scope and that this: none is to wait to be collected."""
        del self._receive, self._send, self.called, self._session

    def end(self, scope: Scope, route: Route | None, ended: float) -> None:
        """Take out of the request what is to be kept, and let go of the connection."""
        self.let_go()
        self.duration = ended - self.at
        if route is not None:
            self.api = route.api
            operation = route.operation
            if operation is not None:
                self.operation, self.operation_id = operation.key, operation.id
        self.method, self.raw_path, self.query = scope["method"], raw_path(scope), scope["query_string"]
        if scope["scheme"] != "http":
            self.scheme = scope["scheme"]
        if PREFIX in scope:
            self.prefix = scope[PREFIX]
        self.request_head = joined(scope["headers"])
        # A copy: what an encoder answers with may hold a buffer of many times its length.
        self.response_body = bytes(memoryview(self.response_body))


class Journaling(SpecMiddleware):  # type: ignore[misc]  # Connexion ships no types
    """Stands around error middleware, so that what the caller got is what is noted."""

    def __init__(self, app: ASGIApp, *, tally: Tally, log: RequestLog | None = None, ids: RequestIds) -> None:
        """`tally`: counts each request. `log`: writes each for who watches. Whether or not it is kept.

        ids: what requests are called.
        """
        self.app, self._tally, self._log, self._ids = app, tally, log, ids
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
        exchange = scope[EXCHANGE] = Exchange(receive, send, self._ids.of(scope), _signature(scope))
        exchange.at = self._epoch + time.perf_counter()
        try:
            await self.app(scope, exchange.receive, exchange.send)
        finally:
            session.busy -= 1
            ended, route, journal = self._epoch + time.perf_counter(), scope.get(ROUTE), session.journal
            is_noted = route is None or route.is_journalled
            if is_noted:
                self._count(exchange, route, ended)
            if is_noted and (journal.max_entries or self._log is not None):
                exchange.end(scope, route, ended)
                self._note(session, exchange)
            else:
                exchange.let_go()

    def _count(self, exchange: Exchange, route: Route | None, ended: float) -> None:
        api = operation = ""
        if route is not None:
            api = route.api
            if route.operation is not None:
                operation = route.operation.key
        self._tally.count(api, operation, exchange.status, ended - exchange.at)
        if exchange.refused:
            self._tally.refusals[api, exchange.refused] += 1
        if exchange.fault:
            self._tally.count_fault(api, exchange.fault)

    def _note(self, session: Session, exchange: Exchange) -> None:
        if session.journal.max_entries:
            session.journal.add(exchange)
        if self._log is not None:
            self._log.note(session.name, exchange)


def _signature(scope: Scope) -> bytes:
    """Return whose an answer is, as it says it: nothing of one of the admin API, whose path says that."""
    path: str = scope["path"]
    if path.startswith(_ADMIN):
        return b""
    session: Session = scope[SESSION]
    return session.signature
