"""Scripting: calls that get an answer somebody stated, in the place of what the sandbox would say."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

from understudy.contracts.contract import Operation
from understudy.errors import Failure, ResponseInvalid
from understudy.http_semantics.preferences import Preference
from understudy.journal.entry import BODY_KEPT
from understudy.journal.near import CONDITIONS_KEPT, NearAnswer
from understudy.matching.call import Call
from understudy.matching.match import Difference
from understudy.messages import Request, Response
from understudy.pointers import escape
from understudy.sandbox import Sandbox
from understudy.server.asgi import Receive, Scope, read_body
from understudy.server.calls import facts
from understudy.server.journaling import EXCHANGE, Exchange
from understudy.server.session_middleware import SESSION, SETTLES
from understudy.server.throttling import pause
from understudy.sessions import Session
from understudy.stubs.stubs import Chosen, Miss, Stubs

Handle = Callable[[Request, Session, Preference | None], Awaitable[Response]]
"""Answers a request that the contract accepts. Raises Refusal or ResponseInvalid."""


_ASKED: Final = "understudy.stubs asked"
"""The key in the scope of a call whose stubs were asked, so that they are not asked again about a refusal."""


class Scripting:
    """The answers of one operation that sessions were told to give."""

    def __init__(self, sandbox: Sandbox, operation: Operation, base_path: str) -> None:
        self._sandbox, self._operation, self._base_path = sandbox, operation, base_path

    def instead_of(self, handle: Handle, scope: Scope, receive: Receive) -> Handle:
        """Return what answers a call as a stub of its session says, and where none does as `handle`."""

        async def answered(
            request: Request, session: Session, preference: Preference | None = None
        ) -> Response:
            scope[_ASKED] = True
            call = self._call(scope, request.body)
            chosen = await _choose(scope, call, valid=True)
            if chosen is None:
                return await handle(request, session, preference)
            if not chosen.turn.is_default:
                return await self._given(chosen, call, request, scope, receive)
            await pause(chosen.turn.delay / 1000, receive)
            response = await handle(request, session, preference)
            response.headers = {**response.headers, **chosen.turn.headers}
            return response

        return answered

    async def instead_of_refusal(
        self, scope: Scope, receive: Receive, decode: Callable[[bytes], Any]
    ) -> Response | None:
        """Answer a call that is refused as a stub of its session says; None where none does.

        decode: decodes its body. Raises ResponseInvalid or Disconnected.
        """
        stubs: Stubs = scope[SESSION].stubs
        name = self._sandbox.contract.name
        if _ASKED in scope or not stubs.takes_refused(name, self._operation.key):
            return None
        call = self._call(scope, decode(await _content(scope, receive)))
        chosen = await _choose(scope, call, valid=False)
        if chosen is None or chosen.turn.is_default:
            return None
        request = Request(self._operation.key, scope["path_params"], body=call.body)
        return await self._given(chosen, call, request, scope, receive)

    async def _given(
        self, chosen: Chosen, call: Call, request: Request, scope: Scope, receive: Receive
    ) -> Response:
        await pause(chosen.turn.delay / 1000, receive)
        try:
            return await self._sandbox.given(chosen, call, request, scope[SESSION])
        except ResponseInvalid:
            scope[EXCHANGE].answer = ""  # it was not given, and what is said of that names it
            raise

    def _call(self, scope: Scope, body: Any) -> Call:
        name = self._sandbox.contract.name
        return Call(**facts(scope, name, self._operation, self._base_path), body=body)


async def _choose(scope: Scope, call: Call, *, valid: bool) -> Chosen | None:
    """Return what a call is answered with, and note that, or what came nearest.

    valid: whether the contract accepts it. Raises StoreAway.
    """
    stubs: Stubs = scope[SESSION].stubs
    decide = partial(stubs.decide, call, valid=valid)
    decision = await scope[SETTLES]("answers", decide) if SETTLES in scope else decide()
    if decision.chosen is not None:
        scope[EXCHANGE].answer = decision.chosen.stub.id
    elif decision.miss is not None:
        scope[EXCHANGE].near = _near(decision.miss)
    return decision.chosen


async def _content(scope: Scope, receive: Receive) -> bytes:
    """Return the body of a call: what was read of it, else what is still to be read."""
    exchange: Exchange = scope[EXCHANGE]
    if not exchange.request_size:
        return await read_body(scope, receive, BODY_KEPT)
    if exchange.is_request_cut:
        return b""
    return exchange.request_body


def _near(miss: Miss) -> NearAnswer:
    return NearAnswer(miss.stub, tuple(map(_failure, miss.differences[:CONDITIONS_KEPT])))


def _failure(difference: Difference) -> Failure:
    """Say which condition does not hold as what is wrong with the call."""
    pointer = f"/{escape(difference.name)}" if difference.name else ""
    if difference.location == "body" and not difference.name.startswith("$"):
        pointer = difference.name
    return Failure(difference.location, pointer, "answer", difference.expected, difference.received)
