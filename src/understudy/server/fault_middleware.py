"""Faulting: what a session's faults, or a call's own header, do to a call on the wire."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, Final

from msgspec import Struct
from starlette.datastructures import MutableHeaders

from understudy.contracts.contract import MediaType, Operation
from understudy.errors import RateLimited, Refusal
from understudy.faults.buckets import whole_seconds
from understudy.faults.header import read_header, write_header
from understudy.faults.kinds import (
    AfterWrite,
    Effect,
    Empty,
    Exceeded,
    Fault,
    Latency,
    Malformed,
    Reset,
    Status,
    Throttle,
    Truncate,
)
from understudy.faults.matching import Call
from understudy.media import types as media_types
from understudy.messages import NOTHING, Request, Response
from understudy.sandbox import Sandbox
from understudy.server.asgi import (
    BODY_LIMIT,
    ASGIApp,
    Headers,
    Message,
    Receive,
    Scope,
    Send,
    header,
    read_body,
    reply,
)
from understudy.server.calls import decoded, facts
from understudy.server.connection import connection_of
from understudy.server.connexion_api import Specification, SpecMiddleware
from understudy.server.credentials import Extract, compile_scheme
from understudy.server.encoding import JSON, Encoder
from understudy.server.errors import ErrorMiddleware
from understudy.server.journaling import EXCHANGE
from understudy.server.routing import ROUTE
from understudy.server.session_middleware import FAULT, HEADERS, SESSION, SETTLES
from understudy.server.throttling import again, pause, send_at

_ENDING: Final = "understudy.ending"
"""The key in the scope under which stands what takes the place of the handler."""


class FaultMiddleware(SpecMiddleware):  # type: ignore[misc]  # Connexion ships no types
    """Stands between routing and the requirement. A call without faults passes at the cost of a look."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._shaped = ErrorMiddleware(
            self._below
        )  # so that a fault has whole answers to work on, also of what is refused below
        self._apis: dict[str, _Api] = {}
        self._body_limit = BODY_LIMIT

    def add_api(
        self,
        specification: Specification,
        *,
        base_path: str,
        sandbox: Sandbox,
        encoder: Encoder,
        is_journalled: bool,
        body_limit: int,
        **rest: Any,
    ) -> None:
        """Mount one contract; nothing goes wrong in the admin API, which is not journalled either."""
        self._body_limit = body_limit
        self._shaped.add_api(specification, base_path=base_path, sandbox=sandbox, encoder=encoder, **rest)
        if is_journalled:
            self._apis[base_path] = _Api(base_path, sandbox, encoder)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a call on, with its faults.

        Raises RequestInvalid for a header that cannot be read; RateLimited; Disconnected.
        """
        if scope["type"] == "http" and (scope[SESSION].faults.is_active or FAULT in scope):
            api = self._apis.get(scope[ROUTE].base_path)
            if api is not None:
                return self._decide(api, scope, receive, send)
        return self.app(scope, receive, send)

    async def _decide(self, api: _Api, scope: Scope, receive: Receive, send: Send) -> None:
        asked: tuple[Fault, ...] = ()
        if FAULT in scope:
            asked = read_header(scope[FAULT])
        faults, call = scope[SESSION].faults, api.call(scope)
        if faults.needs_body(call):
            content = await read_body(scope, receive, self._body_limit)
            call.body = decoded(api.encoder, scope, content, self._body_limit)
            receive = again(content, receive)
        if SETTLES in scope:
            applied = await scope[SETTLES]("faults", partial(faults.decide, call, asked))
        else:
            applied = faults.decide(call, asked)
        if not applied:
            await self.app(scope, receive, send)
            return
        if EXCHANGE in scope:
            scope[EXCHANGE].fault = write_header(applied)
        await self._apply(_Plan.of(applied), scope, receive, send)

    async def _apply(self, plan: _Plan, scope: Scope, receive: Receive, send: Send) -> None:
        ending = plan.ending
        if isinstance(ending, AfterWrite):
            await self._shaped(scope, receive, _Collected().take)
            await pause(plan.wait, receive)
            ending = ending.then
        elif plan.wait or isinstance(ending, (Reset, Empty, Status, Exceeded)):
            # What is left unread would turn a close into a reset; and the journal notes what is read, also
            # where no handler asks for it.
            content = await read_body(scope, receive, self._body_limit)
            await pause(plan.wait, receive)
            receive = again(content, receive)
        if isinstance(ending, Reset):
            connection_of(scope).reset()
        elif isinstance(ending, Empty):
            connection_of(scope).close()
        elif ending is None and not plan.rate:
            await self.app(scope, receive, send)
        else:
            await self._answer(ending, plan.rate, scope, receive, send)

    async def _answer(self, ending: _Ending, rate: int, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the call answered, and send the answer as spoiled and as slowly as it is to be."""
        scope[_ENDING] = ending
        answer = _Collected()
        await self._shaped(scope, receive, answer.take)
        if answer.start is None:
            return  # the caller went away, and there is nobody to answer
        body, cut = answer.body, answer.body
        # Of an answer without a body nothing can be cut, and its connection is left for the next request.
        is_cut = isinstance(ending, Truncate) and body != b""
        if isinstance(ending, Malformed):
            body = cut = ending.spoil(body, answer.header(b"content-type"))
            answer.set_length(len(body))
        elif isinstance(ending, Truncate):
            cut = ending.cut(body)
        await send(answer.start)
        await send_at(rate, cut, receive, send)
        if is_cut:
            await send({"type": "http.response.body", "body": b"", "more_body": True})
            connection_of(scope).close()
        else:
            await send({"type": "http.response.body", "body": b""})

    async def _below(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the handler would, or in its place.

        Raises RateLimited and what is refused further below.
        """
        ending = scope.pop(_ENDING, None)
        if isinstance(ending, Exceeded):
            raise RateLimited(whole_seconds(ending.retry_after))
        if isinstance(ending, Status):
            route = scope[ROUTE]
            status, body, headers = self._apis[route.base_path].failing(ending, route.operation, scope)
            await reply(scope, send, status, body, headers)
            return
        await self.app(scope, receive, send)


_Ending = Status | Reset | Empty | Truncate | Malformed | Exceeded | AfterWrite | None


class _Plan(Struct, frozen=True):
    """What is to be done to a call. wait: seconds. rate: bytes a second, 0 for as fast as can be."""

    ending: _Ending
    wait: float
    rate: int

    @classmethod
    def of(cls, applied: Sequence[Effect]) -> _Plan:
        """Put the faults of a call together: the waits follow each other, and the narrowest place decides how
        fast a body comes.
        """
        ending: _Ending = None
        rates: list[int] = []
        milliseconds = 0.0
        for fault in applied:
            if isinstance(fault, Throttle):
                rates.append(fault.bytes_per_second)
            elif isinstance(fault, Latency):
                milliseconds += fault.milliseconds
            elif ending is None:
                ending = fault
        return cls(ending, milliseconds / 1000, min(rates, default=0))


class _Api(Struct, dict=True):
    """One contract as faults see it."""

    base_path: str
    sandbox: Sandbox
    encoder: Encoder

    @cached_property
    def _extracts(self) -> list[Extract]:
        any_case = self.sandbox.leniency.case_insensitive_query
        schemes = self.sandbox.contract.security_schemes.values()
        return [compile_scheme(scheme, (), any_case).extract for scheme in schemes]

    def _credential(self, scope: Scope) -> str:
        """Return the first credential of a call, whatever scheme it is of; empty where there is none."""
        for extract in self._extracts:
            credential = extract(scope)
            if credential:
                return credential
        return ""

    def call(self, scope: Scope) -> Call:
        """Return a call as the rules ask about it, without its body."""
        operation: Operation = scope[ROUTE].operation
        # Who advances the clock need not wait.
        now = time.time() + scope[SESSION].clock.now().timestamp()
        return Call(
            **facts(scope, self.sandbox.contract.name, operation, self.base_path),
            key=self._credential(scope),
            limits=self.sandbox.vendor.limits,
            now=now,
        )

    def failing(self, fault: Status, operation: Operation, scope: Scope) -> tuple[int, bytes, Headers]:
        """Return status, body and headers of an answer that no handler gave."""
        content: Mapping[str, MediaType] = {}
        answer = operation.answer(fault.status)
        if answer:
            content = answer.content
        if fault.body is not NOTHING:
            media_type = next(filter(media_types.is_json, content), JSON)
            response = Response(fault.status, fault.body, media_type=media_type)
        else:
            wanted = self._wanted(scope, content)
            request = Request(operation.key, scope["path_params"], answer_type=wanted)
            response = self.sandbox.failing(request, scope[SESSION], fault.status)
        accept = scope[HEADERS].get(b"accept", b"")
        return response.status, *self.encoder.encode(operation, response, accept)

    def _wanted(self, scope: Scope, content: Mapping[str, MediaType]) -> str:
        """Return the media type a caller wants an error in; it is written even where none is accepted."""
        if not content:
            return ""
        try:
            return self.encoder.choose(header(scope, b"accept"), content)[0]
        except Refusal:
            return ""


class _Collected(Struct):
    """An answer that was taken instead of being sent."""

    start: Message | None = None
    body: bytes = b""

    async def take(self, message: Message) -> None:
        """Take a message of the application's."""
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.body += message.get("body", b"")

    def header(self, name: bytes) -> str:
        """Return a header's value, empty where there is none."""
        if self.start is None:
            return ""
        return header(self.start, name) or ""

    def set_length(self, length: int) -> None:
        """Say how long the body is now, where it was said before."""
        if self.start and self.body:
            headers = MutableHeaders(raw=[*self.start["headers"]])
            if "content-length" in headers:
                headers["content-length"] = str(length)
            self.start = {**self.start, "headers": headers.raw}
