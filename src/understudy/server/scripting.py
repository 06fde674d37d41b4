"""Scripting: calls that get an answer somebody stated, in the place of what the sandbox would say."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from understudy.contracts.contract import Operation
from understudy.errors import Failure
from understudy.http_semantics.preferences import Preference
from understudy.journal.near import CONDITIONS_KEPT, NearAnswer
from understudy.matching.call import Call
from understudy.matching.match import Difference
from understudy.messages import Request, Response
from understudy.pointers import escape
from understudy.sandbox import Sandbox
from understudy.server.asgi import Receive, Scope
from understudy.server.calls import facts
from understudy.server.journaling import EXCHANGE
from understudy.server.session_middleware import SESSION
from understudy.server.throttling import pause
from understudy.sessions import Session
from understudy.stubs.stubs import Chosen, Miss, Stubs

Handle = Callable[[Request, Session, Preference | None], Awaitable[Response]]
"""Answers a request that the contract accepts. Raises Refusal or ResponseInvalid."""


class Scripting:
    """The answers of one operation that sessions were told to give."""

    def __init__(self, sandbox: Sandbox, operation: Operation, base_path: str) -> None:
        self._sandbox, self._operation, self._base_path = sandbox, operation, base_path

    def instead_of(self, handle: Handle, scope: Scope, receive: Receive) -> Handle:
        """Return what answers a call as a stub of its session says, and where none does as `handle`."""

        async def answered(
            request: Request, session: Session, preference: Preference | None = None
        ) -> Response:
            chosen = self.choose(scope, request)
            if chosen is None:
                return await handle(request, session, preference)
            await pause(chosen.turn.delay / 1000, receive)
            if not chosen.turn.is_default:
                return await self._sandbox.given(chosen, request, session)
            response = await handle(request, session, preference)
            response.headers = {**response.headers, **chosen.turn.headers}
            return response

        return answered

    def choose(self, scope: Scope, request: Request, *, valid: bool = True) -> Chosen | None:
        """Return what a call is answered with, and note that, or what came nearest.

        valid: whether the contract accepts it.
        """
        call = Call(
            **facts(scope, self._sandbox.contract.name, self._operation, self._base_path), body=request.body
        )
        stubs: Stubs = scope[SESSION].stubs
        decision = stubs.decide(call, valid=valid)
        if decision.chosen is not None:
            scope[EXCHANGE].answer = decision.chosen.stub.id
        elif decision.miss is not None:
            scope[EXCHANGE].near = _near(decision.miss)
        return decision.chosen


def _near(miss: Miss) -> NearAnswer:
    return NearAnswer(miss.stub, tuple(map(_failure, miss.differences[:CONDITIONS_KEPT])))


def _failure(difference: Difference) -> Failure:
    """Say which condition does not hold as what is wrong with the call."""
    pointer = f"/{escape(difference.name)}" if difference.name else ""
    if difference.location == "body" and not difference.name.startswith("$"):
        pointer = difference.name
    return Failure(difference.location, pointer, "answer", difference.expected, difference.received)
