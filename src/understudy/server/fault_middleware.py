"""Faulting: what a session's faults, or a call's own header, do to a call on the wire."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import unquote

from understudy.contracts.contract import Operation
from understudy.errors import RateLimited, Refusal
from understudy.faults.buckets import whole_seconds
from understudy.faults.header import read_header, write_header
from understudy.faults.kinds import (
    AfterWrite,
    Effect,
    Empty,
    Exceeded,
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
from understudy.server.asgi import ASGIApp, Headers, Message, Receive, Scope, Send, header, read_body, reply
from understudy.server.connection import connection_of
from understudy.server.connexion_api import Specification, SpecMiddleware
from understudy.server.credentials import Extract, compile_scheme
from understudy.server.encoding import JSON, Encoder
from understudy.server.errors import ErrorMiddleware
from understudy.server.journaling import EXCHANGE
from understudy.server.routing import ROUTE
from understudy.server.session_middleware import FAULT, SESSION
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

    def add_api(
        self,
        specification: Specification,
        *,
        base_path: str,
        sandbox: Sandbox,
        encoder: Encoder,
        is_journalled: bool,
        **rest: Any,
    ) -> None:
        """Mount one contract; nothing goes wrong in the admin API, which is not journalled either."""
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
        asked = read_header(scope[FAULT]) if FAULT in scope else ()
        faults, call = scope[SESSION].faults, api.call(scope)
        if faults.needs_body(call):
            content = await read_body(receive)
            call.body = api.decoded(scope, content)
            receive = again(content, receive)
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
            content = await read_body(receive)
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
        if isinstance(ending, Malformed):
            body = cut = ending.spoil(body, answer.header(b"content-type"))
            answer.set_length(len(body))
        elif isinstance(ending, Truncate):
            cut = ending.cut(body)
        await send(answer.start)
        await send_at(rate, cut, receive, send)
        if isinstance(ending, Truncate):
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
            await reply(send, status, b"" if scope["method"] == "HEAD" else body, headers, len(body))
            return
        await self.app(scope, receive, send)


_Ending = Status | Reset | Empty | Truncate | Malformed | Exceeded | AfterWrite | None


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be done to a call. wait: seconds. rate: bytes a second, 0 for as fast as can be."""

    ending: _Ending
    wait: float
    rate: int

    @classmethod
    def of(cls, applied: Sequence[Effect]) -> _Plan:
        """Put the faults of a call together: the waits follow each other, and the narrowest place decides how
        fast a body comes.
        """
        rates = [fault.bytes_per_second for fault in applied if isinstance(fault, Throttle)]
        ending = next((fault for fault in applied if not isinstance(fault, (Latency, Throttle))), None)
        return cls(
            ending,
            sum(fault.milliseconds for fault in applied if isinstance(fault, Latency)) / 1000,
            min(rates, default=0),
        )


@dataclass
class _Api:
    """One contract as faults see it."""

    base_path: str
    sandbox: Sandbox
    encoder: Encoder

    @cached_property
    def _extracts(self) -> list[Extract]:
        any_case = self.sandbox.leniency.case_insensitive_query
        return [
            compile_scheme(scheme, (), any_case).extract
            for scheme in self.sandbox.contract.security_schemes.values()
        ]

    def call(self, scope: Scope) -> Call:
        """Return a call as the rules ask about it, without its body."""
        operation: Operation = scope[ROUTE].operation
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        path = raw.partition(b"?")[0].decode("latin-1")
        vendor = self.sandbox.vendor
        return Call(
            api=self.sandbox.contract.name,
            operation=operation.key,
            operation_id=operation.id,
            method=scope["method"],
            path="/".join(unquote(segment).replace("/", "%2F") for segment in path.split("/"))
            if "%" in path
            else path,
            base_path=self.base_path,
            headers=scope["headers"],
            key=next(filter(None, (extract(scope) for extract in self._extracts)), "") or "",
            limits=vendor.limits if vendor else (),
            now=time.monotonic()
            + scope[SESSION].clock.now().timestamp(),  # who advances the clock need not wait
        )

    def decoded(self, scope: Scope, content: bytes) -> Any:
        """Decode a body by its Content-Type; NOTHING for what cannot be read or is of no declared type."""
        documented = scope[ROUTE].operation.body
        content_type = header(scope, b"content-type") or ""
        try:
            declared = media_types.select(content_type, documented.content) if documented else None
            if not content or declared is None:
                return NOTHING
            received = media_types.parse(content_type)
            return self.encoder.codec(documented.content[declared], received.name).decoder(received)(content)
        except (Refusal, media_types.MediaTypeMalformed):
            return NOTHING

    def failing(self, fault: Status, operation: Operation, scope: Scope) -> tuple[int, bytes, Headers]:
        """Return status, body and headers of an answer that no handler gave."""
        answer = operation.answer(fault.status)
        content = answer.content if answer else {}
        if fault.body is not NOTHING:
            media_type = next((name for name in content if media_types.is_json(name)), JSON)
            response = Response(fault.status, fault.body, media_type=media_type)
        else:
            accept = header(scope, b"accept")
            try:
                wanted = self.encoder.choose(accept, content)[0] if content else ""
            except Refusal:  # an error is written even where the caller accepts none of its types
                wanted = ""
            response = self.sandbox.failing(
                Request(operation.key, scope["path_params"], answer_type=wanted), scope[SESSION], fault.status
            )
        return response.status, *self.encoder.encode(operation, response, scope)


@dataclass
class _Collected:
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
        return (
            next((value.decode("latin-1") for key, value in self.start["headers"] if key == name), "")
            if self.start
            else ""
        )

    def set_length(self, length: int) -> None:
        """Say how long the body is now, where it was said before."""
        if self.start and self.body:
            stated = (
                (key, b"%d" % length if key == b"content-length" else value)
                for key, value in self.start["headers"]
            )
            self.start = {**self.start, "headers": list(stated)}
