"""Errors on their way out: each refusal in the vendor's shape, and never a stack trace."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from understudy.errors import (
    BodyTooLarge,
    CodingUnsupported,
    CredentialRefused,
    Failure,
    MethodNotAllowed,
    RateLimited,
    Refusal,
    ResponseInvalid,
    SandboxError,
    StoreAway,
)
from understudy.messages import Response
from understudy.problem import problem, shape
from understudy.refusals.facts import Asked
from understudy.sandbox import Sandbox
from understudy.server.asgi import (
    BODY_LIMIT,
    ASGIApp,
    Disconnected,
    Headers,
    Receive,
    Scope,
    Send,
    raw_path,
    reply,
)
from understudy.server.calls import decoded
from understudy.server.connexion_api import Specification, SpecMiddleware
from understudy.server.encoding import Encoder
from understudy.server.journaling import EXCHANGE
from understudy.server.routing import ROUTE, Route
from understudy.server.scripting import Scripting
from understudy.server.session_middleware import HEADERS, SESSION

NOWHERE: Final = Route("")
_MOST_SAID: Final = 300  # characters of what a handler failed with
logger = logging.getLogger("understudy")


class ErrorMiddleware(SpecMiddleware):  # type: ignore[misc]  # Connexion ships no types
    """Stands around routing and all behind it; what routing put into the scope tells whose shape a refusal
    takes.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._mounted: dict[str, tuple[Sandbox, Encoder]] = {}
        self._own = Encoder(None)  # for what belongs to no contract

    def add_api(
        self,
        specification: Specification,  # noqa: ARG002
        *,
        base_path: str,
        sandbox: Sandbox,
        encoder: Encoder,
        **_: Any,
    ) -> None:
        """Mount one contract's error shape."""
        self._mounted[base_path] = (sandbox, encoder)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer what was refused on the way, and what failed."""
        try:
            await self.app(scope, receive, send)
        except Refusal as refusal:
            is_answered = _may_be_scripted(refusal, scope) and await self._scripted(scope, receive, send)
            if not is_answered:
                await self._refuse(refusal, scope, send)
        except Disconnected:
            logger.debug("the caller of %s went away", scope["path"])
        except asyncio.CancelledError:
            # The server stops and has waited long enough; the request's task ends here anyway.
            if EXCHANGE in scope and not scope[EXCHANGE].status:
                response = problem(503, "the sandbox is being stopped", _route(scope).operation)
                await self._say(response, scope, send)
        except Exception as error:
            await self._fail(error, scope, send)

    async def _scripted(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Answer a request that was refused as a stub of its session says; tells whether one does."""
        route = _route(scope)
        if route.operation is None or route.base_path not in self._mounted or "path_params" not in scope:
            return False
        sandbox, encoder = self._mounted[route.base_path]
        scripting = Scripting(sandbox, route.operation, route.base_path)
        decode = partial(decoded, encoder, scope, limit=BODY_LIMIT)
        try:
            response = await scripting.instead_of_refusal(scope, receive, decode)
        except (Refusal, Disconnected):  # a body that is too large; a caller that is gone
            return False
        except SandboxError as error:
            await self._fail(error, scope, send)
            return True
        if response is None:
            return False
        accept = scope[HEADERS].get(b"accept", b"")
        await reply(scope, send, response.status, *encoder.encode(route.operation, response, accept))
        return True

    async def _refuse(self, refusal: Refusal, scope: Scope, send: Send) -> None:
        if EXCHANGE in scope:
            exchange = scope[EXCHANGE]
            exchange.refusal, exchange.failures = str(refusal), refusal.failures
            exchange.refused = type(refusal).__name__
        if isinstance(refusal, MethodNotAllowed) and scope["method"] == "OPTIONS":
            await reply(scope, send, 204, b"", [(b"allow", ", ".join(refusal.allowed).encode())])
            return
        try:
            status, content, headers = self._shape(refusal, scope)
        except Exception as error:
            await self._fail(error, scope, send)
            return
        if isinstance(refusal, BodyTooLarge) and not refusal.is_read:
            headers = [*headers, (b"connection", b"close")]
        await reply(scope, send, status, content, headers)

    def _shape(self, refusal: Refusal, scope: Scope) -> tuple[int, bytes, Headers]:
        """Return the status, the body and the headers of a refusal, as its contract has them."""
        route = _route(scope)
        mounted = self._mounted.get(route.base_path)
        if mounted is None:
            response, encoder = shape(refusal, None), self._own
        else:
            sandbox, encoder = mounted
            response = sandbox.refuse(refusal, route.operation, _asked(scope))
        response.headers = {**_headers(refusal, response.status), **response.headers}
        return response.status, *encoder.encode(route.operation, response, scope[HEADERS].get(b"accept", b""))

    async def _fail(self, error: Exception, scope: Scope, send: Send) -> None:
        """Answer 500: the sandbox's own fault, said as problem details whatever the vendor."""
        operation = _route(scope).operation
        said = str(error)
        failures: tuple[Failure, ...] = ()
        if isinstance(error, ResponseInvalid):
            failures = error.failures
        if not isinstance(error, SandboxError):
            said = self._failed(error, scope)
            what = operation.key if operation else "a request"
            asked = f"{scope['method']} {raw_path(scope).decode('latin-1')}"
            session = scope[SESSION].name if SESSION in scope else "none"
            facts = {"session": session, "request": ""}
            if EXCHANGE in scope:
                facts["request"] = scope[EXCHANGE].called.decode("latin-1")
            sentence = "%s failed: %s, in the session %s, request %s"
            logger.error(sentence, what, asked, *facts.values(), exc_info=error, extra=facts)
        if EXCHANGE in scope:
            scope[EXCHANGE].refusal, scope[EXCHANGE].failures = said, failures
        await self._say(problem(500, said, operation, failures), scope, send)

    def _failed(self, error: Exception, scope: Scope) -> str:
        """Say what failed: a handler that somebody wrote, or the sandbox itself."""
        route = _route(scope)
        mounted, operation = self._mounted.get(route.base_path), route.operation
        kind = type(error).__name__
        if mounted is None or operation is None or operation.key not in mounted[0].own:
            return f"the sandbox failed with {kind}; its log has more"
        said = f"{kind}: {error}"[:_MOST_SAID]
        return f"the handler of {operation.key} failed with {said}; the server's log has the trace"

    async def _say(self, response: Response, scope: Scope, send: Send) -> None:
        content, headers = self._own.encode(None, response)
        await reply(scope, send, response.status, content, headers)


def _may_be_scripted(refusal: Refusal, scope: Scope) -> bool:
    """Tell whether a stub may answer in place of a refusal; a fault that strikes comes before it."""
    return (
        SESSION in scope and scope[SESSION].stubs.is_active is True and not isinstance(refusal, RateLimited)
    )


def _route(scope: Scope) -> Route:
    route: Route = scope.get(ROUTE, NOWHERE)
    return route


def _asked(scope: Scope) -> Asked:
    """Return what an error may say of its request."""
    headers = scope[HEADERS]
    number = headers.get(b"x-request-id", b"").decode("latin-1")
    if not number:
        number = str(uuid5(NAMESPACE_URL, f"{scope[SESSION].journal.last_number + 1}"))
    return Asked(
        method=scope["method"],
        path=raw_path(scope).decode("latin-1"),
        at=scope[SESSION].clock.now(),
        number=number,
        accept=headers.get(b"accept", b"").decode("latin-1"),
    )


def _headers(refusal: Refusal, status: int) -> dict[str, str]:
    if isinstance(refusal, MethodNotAllowed):
        return {"Allow": ", ".join(refusal.allowed)}
    if isinstance(refusal, CredentialRefused) and status == 401 and refusal.challenge:
        return {"WWW-Authenticate": refusal.challenge}
    if isinstance(refusal, CodingUnsupported):  # RFC 9110 §15.5.16
        return {"Accept-Encoding": ", ".join(refusal.taken)}
    if isinstance(refusal, (RateLimited, StoreAway)):
        return {"Retry-After": str(refusal.retry_after)}
    return {}
