"""The whole application, put together in one place and in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct

from understudy.admin.rules import admin_sandbox
from understudy.admin.served import BASE_PATH
from understudy.callbacks.publishing import Publisher
from understudy.callbacks.sender import Sender
from understudy.contracts.servers import server_paths
from understudy.journal.credentials import Secrets
from understudy.journal.redaction import Redactor
from understudy.metrics.tally import Tally
from understudy.sandbox import Sandbox
from understudy.server.admin_guard import AdminGuard
from understudy.server.admin_tokens import AdminTokens, token_requirements
from understudy.server.ahead import prepare
from understudy.server.asgi import BODY_LIMIT, ASGIApp, Receive, Scope, Send
from understudy.server.browsers import Browsers
from understudy.server.encoding import Encoder
from understudy.server.endpoint import Endpoint
from understudy.server.errors import ErrorMiddleware
from understudy.server.fault_middleware import FaultMiddleware
from understudy.server.journaling import Journaling
from understudy.server.keeping import Keeping, KeepingSoon
from understudy.server.kept_files import KeptFiles
from understudy.server.pages import Pages
from understudy.server.proxies import Proxied
from understudy.server.rate_bound import Rate, RateBound
from understudy.server.request_ids import RequestIds
from understudy.server.request_log import RequestLog
from understudy.server.routing import Router, RoutingMiddleware
from understudy.server.security import (
    Check,
    RequirementHandler,
    RequirementMiddleware,
    compile_requirements,
)
from understudy.server.session_middleware import SessionMiddleware
from understudy.server.sharing import Sharing
from understudy.server.skeleton import SCHEME_NAME, Application, KeyResolver, skeleton
from understudy.sessions import Sessions
from understudy.state.kept import KeptBackend
from understudy.state.shared.backend import SharedBackend

Traced = Callable[[ASGIApp, Callable[[str], str]], ASGIApp]
"""Puts what traces requests around an application; the other hides the credentials in a query."""


class Mount(Struct, frozen=True):
    """A sandbox and the path it stands under: empty for the root, else `/name`."""

    base_path: str
    sandbox: Sandbox


def mounts(sandboxes: Sequence[Sandbox]) -> list[Mount]:
    """Put one sandbox at the root, several each under its contract's name, unless it is told where."""
    placed = []
    for sandbox in sandboxes:
        base_path = f"/{sandbox.contract.name}"
        if sandbox.settings.mount:
            base_path = sandbox.settings.mount.rstrip("/")
        elif len(sandboxes) == 1:
            base_path = ""
        placed.append(Mount(base_path, sandbox))
    return placed


def create_app(
    sandboxes: Sequence[Sandbox],
    sessions: Sessions | None = None,
    *,
    sender: Sender | None = None,
    tokens: AdminTokens | None = None,
    admin_token: str = "",
    cors: Sequence[str] = ("*",),
    body_limit: int = BODY_LIMIT,
    log: RequestLog | None = None,
    tally: Tally | None = None,
    root_path: str = "",
    trusted_proxies: Sequence[str] = (),
    stubs: Path | None = None,
    rate: Rate | None = None,
    traced: Traced | None = None,
) -> ASGIApp:
    """Build the ASGI application that serves some sandboxes, and the admin API beside them.

    sender: delivers their callbacks and webhooks. admin_token: what the admin API asks for, or `tokens`;
    empty where anybody may call it.
    cors: origins whose pages may call; see `Browsers`. body_limit: bytes of a body, also once it is unpacked.
    log: writes each request for who watches. tally: counts each request. stubs: the folder that answers are
    saved to.
    rate: how many requests a second are taken; all, where there is none. traced: has each traced.
    root_path, trusted_proxies: what stands before it; see `Proxied`.
    """
    mounted = mounts(sandboxes)
    if sessions is None:
        sessions = Sessions()
    tokens = tokens or AdminTokens(admin_token)
    sender, tally, ids = sender or Sender(), tally or Tally(), RequestIds()
    publishers = {mount.sandbox.contract.name: Publisher(mount.sandbox, sender) for mount in mounted}
    application = Application(
        _nowhere,
        middlewares=[
            partial(Journaling, tally=tally, log=log, ids=ids),  # what came, and what was answered
            ErrorMiddleware,  # each "no" from below in the vendor's shape
            RoutingMiddleware,  # which contract, which operation?
            FaultMiddleware,  # what goes wrong on purpose
            RequirementMiddleware,  # who is calling, and may they? then the endpoint
        ],
    )
    for mount in mounted:
        required = compile_requirements(mount.sandbox, mount.sandbox.contract)
        publisher = publishers[mount.sandbox.contract.name]
        _add(application, mount, required, publisher, body_limit=body_limit)
    admin = Mount(BASE_PATH, admin_sandbox(mounted, sessions, publishers, tally, stubs))
    guarded = token_requirements(tokens, admin.sandbox.contract)
    _add(application, admin, guarded, body_limit=body_limit, is_journalled=False)
    inner: ASGIApp = application.assembled()
    if rate is not None:
        shared = sessions.backend if isinstance(sessions.backend, SharedBackend) else None
        inner = RateBound(inner, rate, shared)  # are there too many of them?
    inner = KeptFiles(inner, mounted, ids)  # what was uploaded
    pages = Pages(inner, mounted, admin, ids)  # the index, the contracts, the documentation
    app: ASGIApp = AdminGuard(pages, has_token=bool(tokens), ids=ids)  # who may not even ask it
    if cors:
        app = Browsers(app, cors, _methods(mounted), ids=ids)  # which pages may call
    app = SessionMiddleware(_kept(app, sessions), sessions)  # whose session is it?
    if traced is not None:
        app = traced(app, _redacting(mounted))  # a span for each
    if root_path or trusted_proxies:
        app = Proxied(app, root_path=root_path, trusted=trusted_proxies)  # what did the caller call?
    return app


def _kept(app: ASGIApp, sessions: Sessions) -> ASGIApp:
    """Return an application with what keeps its state elsewhere, where that is to be."""
    backend = sessions.backend
    if isinstance(backend, KeptBackend) and not backend.waits:
        return KeepingSoon(app, backend)  # what it changed, as the answer says so
    if isinstance(backend, KeptBackend):
        return Keeping(app, backend)  # what it changed, before the answer says so
    if isinstance(backend, SharedBackend):
        return Sharing(
            Keeping(app, backend), sessions, backend
        )  # what others changed, before it is looked at
    return app


def _redacting(mounted: Sequence[Mount]) -> Callable[[str], str]:
    return Redactor(Secrets.of(mount.sandbox.contract for mount in mounted)).url


def _methods(mounted: Sequence[Mount]) -> set[str]:
    """Return the methods that the contracts serve."""
    found: set[str] = set()
    for mount in mounted:
        found.update(operation.method for operation in mount.sandbox.contract.operations)
    return found


def _add(
    application: Application,
    mount: Mount,
    requirements: Mapping[str, Check],
    publisher: Publisher | None = None,
    *,
    body_limit: int,
    is_journalled: bool = True,
) -> None:
    sandbox = mount.sandbox
    if publisher is not None and publisher.declared.is_empty:
        publisher = None
    contract, leniency = sandbox.contract, sandbox.leniency
    encoder = Encoder(contract)
    endpoints = {
        op.key: Endpoint(sandbox, op, encoder, mount.base_path, publisher, body_limit=body_limit)
        for op in contract.operations
    }
    prepare(contract, endpoints.values())
    application.add_skeleton(
        skeleton(contract),
        base_path=mount.base_path,
        resolver=KeyResolver(),
        security_map={SCHEME_NAME: partial(RequirementHandler, requirements)},
        # Connexion hands the rest to each middleware's add_api.
        name=contract.name,
        is_journalled=is_journalled,
        sandbox=sandbox,
        encoder=encoder,
        router=Router(
            contract.operations,
            {op.key: server_paths(contract, op) for op in contract.operations},
            any_case=leniency.case_insensitive_paths,
            any_slash=leniency.ignore_trailing_slash,
        ),
        body_limit=body_limit,
        endpoints=endpoints,
    )


async def _nowhere(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Stand behind the endpoints: no request comes this far."""
