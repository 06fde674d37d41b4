"""Errors on their way out: each refusal in the vendor's shape, and never a stack trace."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from understudy.contracts.contract import Operation
from understudy.errors import (
    CredentialRefused,
    MethodNotAllowed,
    RateLimited,
    Refusal,
    ResponseInvalid,
    SandboxError,
)
from understudy.journal.entry import cut_refusal
from understudy.messages import Response
from understudy.problem import problem, shape
from understudy.sandbox import Sandbox
from understudy.server.asgi import ASGIApp, Disconnected, Receive, Scope, Send, reply
from understudy.server.connexion_api import Specification, SpecMiddleware
from understudy.server.encoding import Encoder
from understudy.server.journaling import EXCHANGE
from understudy.server.routing import ROUTE, Route

NOWHERE = Route("")
logger = logging.getLogger("understudy")


class ErrorMiddleware(SpecMiddleware):  # type: ignore[misc]  # Connexion ships no types
    """Stands around routing and all behind it; what routing put into the scope tells whose shape a refusal
    takes.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._sandboxes: dict[str, tuple[Sandbox, Encoder]] = {}

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
        self._sandboxes[base_path] = (sandbox, encoder)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer what was refused on the way, and what failed."""
        try:
            await self.app(scope, receive, send)
        except Refusal as refusal:
            await self._refuse(scope.get(ROUTE, NOWHERE), refusal, scope, send)
        except Disconnected:
            logger.debug("the caller of %s went away", scope["path"])
        except (
            asyncio.CancelledError
        ):  # the server stops and has waited long enough; the request's task ends here anyway
            if EXCHANGE in scope and not scope[EXCHANGE].status:
                await self._say(
                    problem(503, "the sandbox is being stopped", scope.get(ROUTE, NOWHERE).operation), send
                )
        except Exception as error:
            await self._fail(scope.get(ROUTE, NOWHERE).operation, error, scope, send)

    async def _refuse(self, route: Route, refusal: Refusal, scope: Scope, send: Send) -> None:
        if EXCHANGE in scope:
            scope[EXCHANGE].refusal = refusal
        if isinstance(refusal, MethodNotAllowed) and scope["method"] == "OPTIONS":
            await reply(send, 204, b"", [(b"allow", ", ".join(refusal.allowed).encode())])
            return
        sandbox, encoder = self._sandboxes.get(route.base_path, (None, Encoder(None)))
        try:
            response = sandbox.refuse(refusal, route.operation) if sandbox else shape(refusal, None)
            response.headers = {**_headers(refusal, response.status), **response.headers}
            content, headers = encoder.encode(route.operation, response, scope)
        except Exception as error:
            await self._fail(route.operation, error, scope, send)
            return
        await reply(
            send, response.status, b"" if scope["method"] == "HEAD" else content, headers, len(content)
        )

    async def _fail(self, operation: Operation | None, error: Exception, scope: Scope, send: Send) -> None:
        """Answer 500: the sandbox's own fault, said as problem details whatever the vendor."""
        failures = error.failures if isinstance(error, ResponseInvalid) else ()
        if not isinstance(error, SandboxError):
            logger.error("%s failed", operation.key if operation else "a request", exc_info=error)
        said = (
            str(error)
            if isinstance(error, SandboxError)
            else f"the sandbox failed with {type(error).__name__}; its log has more"
        )
        if EXCHANGE in scope:
            scope[EXCHANGE].said, scope[EXCHANGE].failures = cut_refusal(said), failures
        await self._say(problem(500, said, operation, failures), send)

    async def _say(self, response: Response, send: Send) -> None:
        content, headers = Encoder(None).encode(None, response, {"headers": []})
        await reply(send, response.status, content, headers)


def _headers(refusal: Refusal, status: int) -> dict[str, str]:
    if isinstance(refusal, MethodNotAllowed):
        return {"Allow": ", ".join(refusal.allowed)}
    if isinstance(refusal, CredentialRefused) and status == 401 and refusal.challenge:
        return {"WWW-Authenticate": refusal.challenge}
    if isinstance(refusal, RateLimited):
        return {"Retry-After": str(refusal.retry_after)}
    return {}
