"""The whole application, put together in one place and in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.middleware.cors import CORSMiddleware

from understudy.sandbox import Sandbox
from understudy.server.answering import Answering
from understudy.server.endpoint import Endpoint
from understudy.server.pages import Pages
from understudy.server.routing import Router, RoutingMiddleware
from understudy.server.security import GateHandler, GateMiddleware, compile_gates
from understudy.server.shaping import ErrorShaping
from understudy.server.shell import (
    AbstractOperation,
    ConnexionMiddleware,
    RoutedAPI,
    RoutedMiddleware,
)
from understudy.server.skeleton import GATE_SCHEME, KeyResolver, skeleton
from understudy.server.wire import ASGIApp, Receive, Scope, Send, header


@dataclass(frozen=True, slots=True)
class Mount:
    """A sandbox and the path it stands under: empty for the root, else `/name`."""

    base_path: str
    sandbox: Sandbox


def mounts(sandboxes: Sequence[Sandbox]) -> list[Mount]:
    """Put one sandbox at the root, several each under its contract's name."""
    if len(sandboxes) == 1:
        return [Mount("", sandboxes[0])]
    return [Mount(f"/{sandbox.contract.name}", sandbox) for sandbox in sandboxes]


def create_app(sandboxes: Sequence[Sandbox], *, cors: Sequence[str] = ("*",)) -> ASGIApp:
    """Build the ASGI application that serves some sandboxes. `cors`: origins whose pages may call it."""
    mounted = mounts(sandboxes)
    shell = ConnexionMiddleware(
        EndpointMiddleware(_nowhere),
        middlewares=[
            ErrorShaping,  # each "no" from below in the vendor's shape
            RoutingMiddleware,  # which contract, which operation?
            GateMiddleware,  # who is calling, and may they? then the endpoint
        ],
    )
    for mount in mounted:
        _add(shell, mount)
    app: ASGIApp = Pages(shell, mounted)  # the index, the contracts, the documentation
    return Browsers(app, cors) if cors else app


def _add(shell: ConnexionMiddleware, mount: Mount) -> None:
    sandbox = mount.sandbox
    contract, dialect = sandbox.contract, sandbox.dialect
    answering = Answering(contract)
    shell.add_api(
        skeleton(contract),
        base_path=mount.base_path,
        resolver=KeyResolver(),
        security_map={GATE_SCHEME: partial(GateHandler, compile_gates(sandbox, contract))},
        # Connexion hands the rest to each middleware's add_api.
        sandbox=sandbox,
        answering=answering,
        router=Router(contract.operations, any_case=dialect.case_insensitive_paths, any_slash=dialect.ignore_trailing_slash),
        endpoints={op.key: Endpoint(sandbox, op, answering, mount.base_path) for op in contract.operations},
    )


async def _nowhere(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Stand behind the endpoints; routing never lets a request come this far."""


class Browsers:
    """Lets pages of some origins call (CORS); a request that names no origin comes from no page and goes straight through."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self.app = app
        self._cors = CORSMiddleware(
            app,
            allow_origins=list(origins),
            allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
            allow_headers=["*"],
            expose_headers=["*"],
            allow_private_network=True,
            max_age=600,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, by way of Starlette's CORS middleware where a page sent it."""
        from_page = scope["type"] == "http" and header(scope, b"origin") is not None
        await (self._cors if from_page else self.app)(scope, receive, send)


class EndpointAPI(RoutedAPI):  # type: ignore[misc]  # Connexion ships no types
    """One contract's endpoints by operation key."""

    def __init__(self, *args: Any, endpoints: Mapping[str, Endpoint], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._endpoints = endpoints
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> Endpoint:
        """Return the endpoint that was made for an operation."""
        return self._endpoints[operation.operation_id]


class EndpointMiddleware(RoutedMiddleware):  # type: ignore[misc]  # Connexion ships no types
    """The innermost application: hands each request to its operation's endpoint."""

    api_cls = EndpointAPI
