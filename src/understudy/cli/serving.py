"""The command `understudy serve`: sandboxes on a socket."""

from __future__ import annotations

import argparse
import errno
import gc
import ipaddress
import os
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from understudy.callbacks.sender import Sender
from understudy.cli.announcing import credentials, meanings, pages, places
from understudy.cli.configured import configuration
from understudy.cli.mismatches import reconcile, reconcile_shared
from understudy.cli.reports import Reports
from understudy.cli.server_options import TOKEN_VARIABLE
from understudy.cli.state_file import StateFile
from understudy.cli.store_option import store_url
from understudy.cli.telemetry import tracing
from understudy.cli.tls_option import tls_context
from understudy.cli.unused import unused_parameters
from understudy.configuration import Configuration
from understudy.durations import Latencies
from understudy.errors import SettingsError, StoreUnusable
from understudy.journal.journal import Journal
from understudy.metrics.tally import Tally
from understudy.metrics.together import Counted, Together
from understudy.sandbox import Sandbox
from understudy.server.admin_tokens import AdminTokens
from understudy.server.app import create_app
from understudy.server.asgi import ASGIApp, Receive, Scope, Send
from understudy.server.json_lines import JsonLines
from understudy.server.rate_bound import Rate
from understudy.server.reloading import Reloading
from understudy.server.request_log import Lines, RequestLog
from understudy.server.running import Server
from understudy.server.workers import Workers
from understudy.sessions import MakeBackend, Sessions
from understudy.state.kept import KeptBackend
from understudy.state.shared.backend import SharedBackend

if TYPE_CHECKING:
    from understudy.server.tracing import Tracing

_TURN: Final = 0.001  # seconds that a thread waits for the one that runs, instead of 5 ms
_LONG: Final = 1.0  # seconds of loading after which a person wonders


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop. Raises SandboxError for what cannot be served."""
    tokens = AdminTokens(_admin_token(options), options.session_token or ())
    reports = Reports(options.log_format)
    tls = tls_context(options.tls_cert, options.tls_key)
    configured = configuration(options)
    sessions = configured.sessions(_store(options))
    compose = partial(_composing, options, sessions, tokens, configured.stubs_folder)
    build = partial(_build, configured, sessions, reports)
    if options.workers > 1:
        loaded = _loaded(build, None, configured, reports)
        _reconcile_shared(options, sessions, configured, loaded, reports)
        return _serve_together(options, reports, sessions, loaded, compose)
    log, traces = _request_log(options.log, options.log_format), tracing(os.environ, reports)
    app = _loaded(build, _traced(compose(log), traces), configured, reports)
    state = _state_file(options, sessions, app)
    reconcile(options, sessions, app.sandboxes, state, reports)
    _reconcile_shared(options, sessions, configured, app, reports)
    ends = [_saving(sessions, state)]
    if traces is not None:
        ends.append(traces.close)
    _let_the_writer_in(sessions)
    _spare_the_collector()  # before anything is said: a Ctrl-C that comes while it works can get lost
    listener = _listen(options.host, options.port)
    _announce(app, listener, options, reports)
    with _watched(app, reports, reloads=options.reload):
        server = Server(app, tls=tls, on_stopping=sessions.close, on_stop=partial(_end, ends, log))
        reports.take_logs()  # in the place of what uvicorn does with its own
        server.run(sockets=[listener])
    return 0


def _reconcile_shared(
    options: argparse.Namespace,
    sessions: Sessions,
    configured: Configuration,
    loaded: Reloading,
    reports: Reports,
) -> None:
    """Hold what other processes keep too against the contracts, where it is not to be kept aside: that is
    done with each session when it is first asked. The connection for it ends here, before any fork.
    """
    if options.on_mismatch != "keep" and isinstance(sessions.backend, SharedBackend):
        reconcile_shared(options, configured.sessions(_store(options)), loaded.sandboxes, reports)


def _loaded(
    build: Callable[[], Sequence[Sandbox]],
    compose: Callable[[Sequence[Sandbox]], ASGIApp] | None,
    configured: Configuration,
    reports: Reports,
) -> Reloading:
    """Load all that is served. compose: as `Reloading` wants it; None where others make the application."""
    with _saying_that_it_takes_long(reports):
        return Reloading(build, compose or _no_application, lambda: configured.files)


def _serve_together(
    options: argparse.Namespace,
    reports: Reports,
    sessions: Sessions,
    loaded: Reloading,
    compose: Callable[[RequestLog | None], partial[ASGIApp]],
) -> int:
    """Serve with several processes until told to stop; each composes an application of its own."""
    tls = tls_context(options.tls_cert, options.tls_key)
    _spare_the_collector()
    listener = _listen(options.host, options.port)
    _announce(loaded, listener, options, reports)
    with TemporaryDirectory(prefix="understudy-") as folder:
        together = Together(Path(folder))

        def work(answers: Callable[[], object]) -> None:
            log, traces = _request_log(options.log, options.log_format), tracing(os.environ, reports)
            tally = Tally(together)
            counting = partial(_counted, tally, sessions)
            ends = [_saving(sessions, None), partial(_note, together, counting)]
            if traces is not None:
                ends.append(traces.close)
            server = Server(
                _traced(partial(compose(log), tally=tally), traces)(loaded.sandboxes),
                tls=tls,
                on_listening=partial(_begin, answers, together, counting),
                on_stopping=sessions.close,
                on_stop=partial(_end, ends, log),
            )
            reports.take_logs()
            server.run(sockets=[listener])

        def refresh() -> bool:
            return options.reload and loaded.refreshed(reports.warn)

        return Workers(options.workers, work, reports.warn, together.end).run(refresh)


def _counted(tally: Tally, sessions: Sessions) -> Counted:
    """Return what a worker counted."""
    backend = sessions.backend
    return tally, backend.latencies if isinstance(backend, SharedBackend) else Latencies()


def _begin(answers: Callable[[], object], together: Together, counting: Callable[[], Counted]) -> None:
    """Say that a worker answers, and begin to tell what it counts."""
    answers()
    together.begin(os.getpid(), counting)


async def _note(together: Together, counting: Callable[[], Counted]) -> None:
    together.write(os.getpid(), counting())


def _no_application(_sandboxes: Sequence[Sandbox]) -> ASGIApp:
    async def nowhere(_scope: Scope, _receive: Receive, _send: Send) -> None:
        return None

    return nowhere


async def _end(ends: Sequence[Callable[[], Awaitable[None]] | None], log: RequestLog | None) -> None:
    """Save what the next start needs, and write the last lines: a signal ends the process after this."""
    for end in ends:
        if end is not None:
            await end()
    if log is not None:
        log.close()


def _store(options: argparse.Namespace) -> MakeBackend | None:
    """Return what opens the store; None for memory. Raises StoreUnusable."""
    if options.workers > 1:
        _check_shared(options)
    if not options.store:
        return None
    if options.state:
        raise StoreUnusable(
            "--store and --state both keep state: choose one; "
            "`understudy restore FILE` takes the file of --state over into a running sandbox"
        )
    return store_url(options.store).backend(with_others=options.workers > 1)


def _check_shared(options: argparse.Namespace) -> None:
    """Raise StoreUnusable unless several processes may use the store at once."""
    needed = (
        f"--workers {options.workers} needs a store that processes share, as --store redis://HOST "
        "and --store sqlite:///FILE?sync=full are"
    )
    if not options.store:
        raise StoreUnusable(f"{needed}: memory belongs to one process")
    if not store_url(options.store).is_shared:
        raise StoreUnusable(
            f"{needed}: what changes in {options.store} is written later, by one process alone"
        )
    if not hasattr(os, "fork"):
        raise StoreUnusable(
            f"--workers {options.workers} needs a system that can fork: start several servers"
        )


def _state_file(options: argparse.Namespace, sessions: Sessions, app: Reloading) -> StateFile | None:
    """Load the file of `--state`; None where there is none. Raises SettingsError where it cannot be."""
    if not options.state:
        return None
    state = StateFile(options.state, sessions, lambda: app.sandboxes)
    state.load()
    return state


def _saving(sessions: Sessions, state: StateFile | None) -> Callable[[], Awaitable[None]] | None:
    """Return what is done at the stop for what is to be there at the next start; None where nothing is."""
    if isinstance(sessions.backend, KeptBackend):
        return partial(_close, sessions.backend)
    if isinstance(sessions.backend, SharedBackend):
        return sessions.backend.close
    return state.save if state is not None else None


async def _close(backend: KeptBackend[Journal]) -> None:
    backend.close()


def _build(configured: Configuration, sessions: Sessions, reports: Reports) -> list[Sandbox]:
    """Make the sandboxes, and have the sessions begin with the answers of files. Raises SandboxError."""
    sandboxes = configured.sandboxes(reports.warn)
    sessions.begin_with(configured.stubs(sandboxes))
    return sandboxes


def _composing(
    options: argparse.Namespace,
    sessions: Sessions,
    tokens: AdminTokens,
    stubs: Path | None,
    log: RequestLog | None,
) -> partial[ASGIApp]:
    """Return what makes an application of sandboxes."""
    return partial(
        create_app,
        sessions=sessions,
        sender=Sender.to(options.webhook_urls, options.allow_callbacks),
        tokens=tokens,
        cors=_origins(options),
        body_limit=options.body_limit,
        log=log,
        tally=Tally(),
        root_path=options.root_path,
        trusted_proxies=options.trusted_proxies,
        stubs=stubs,
        rate=_rate(options.limit_rate),
    )


def _traced(compose: partial[ASGIApp], traces: Tracing | None) -> partial[ASGIApp]:
    """Return what makes an application that is traced, where somebody asks for it."""
    return compose if traces is None else partial(compose, traced=traces.around)


def _rate(text: str) -> Rate | None:
    """Return how many requests a second are taken; None where all are."""
    if not text:
        return None
    number, _, by = text.partition("/")
    return Rate(float(number), "session" if by == "session" else "address")


def _request_log(level: str | None, form: str) -> RequestLog | None:
    """Return what writes each request; None where nobody asked for it, and no person reads along."""
    is_terminal = sys.stdout.isatty()
    if level == "none":
        return None
    if form == "json":
        return RequestLog(_print, JsonLines(full=level == "full"))
    if level is None and not is_terminal:
        return None
    colours = is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return RequestLog(_print, Lines(colours=colours, full=level == "full"))


def _print(text: str) -> None:
    with suppress(OSError):  # nobody reads any more
        sys.stdout.write(text)
        sys.stdout.flush()


@contextmanager
def _saying_that_it_takes_long(reports: Reports) -> Iterator[None]:
    """Say that something is under way, once it has taken a second."""
    timer = threading.Timer(_LONG, reports.warn, ["loading …"])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def _watched(app: Reloading, reports: Reports, *, reloads: bool) -> Iterator[None]:
    """Load anew what changes while the server runs."""
    stop = threading.Event()
    if reloads:
        threading.Thread(target=app.watch, args=(reports.warn, stop), daemon=True).start()
    try:
        yield
    finally:
        stop.set()


def _announce(app: Reloading, listener: socket.socket, options: argparse.Namespace, reports: Reports) -> None:
    """Print where each sandbox is, and what a person wants to know first."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # not every terminal has an arrow
    url, sandboxes = _url(listener, "https" if options.tls_cert else "http"), app.sandboxes
    for line in places(sandboxes, url):
        reports.tell(line)
    if not options.quiet:
        for said in _introduction(sandboxes, url, options):
            reports.tell(said)
    for sandbox in sandboxes:
        for line in unused_parameters(sandbox):
            reports.warn(line)


def _introduction(sandboxes: Sequence[Sandbox], url: str, options: argparse.Namespace) -> Iterator[str]:
    """Yield what operations do, who may call, and where the rest is."""
    yield from meanings(sandboxes)
    yield credentials(sandboxes, listed=str(options.identities or ""), issued=options.credentials == "issued")
    if options.file.path is not None:
        yield f"options stand in {os.path.relpath(options.file.path)}"
    yield from pages(sandboxes, url)


def _origins(options: argparse.Namespace) -> list[str]:
    """Return the origins whose pages may call: without a word of the user's, any where nobody else can."""
    if options.cors is not None:
        return list(options.cors)
    if _is_loopback(options.host):
        return ["*"]
    return []


def _admin_token(options: argparse.Namespace) -> str:
    """Return the token, empty where none was chosen.

    Raises SettingsError for a blank one, which only looks like one, and where others could do without one.
    """
    token = str(options.admin_token or "").strip()
    if options.admin_token is not None and not token:
        raise SettingsError("--admin-token is blank: choose a token, or leave the option out to have none")
    if not (token or _is_loopback(options.host)):
        raise SettingsError(
            f"others can reach {options.host}, and the admin API there: "
            f"choose a token for it with --admin-token, or in ${TOKEN_VARIABLE}"
        )
    return token


def _spare_the_collector() -> None:
    """Let the garbage collector pass over what was loaded, and come by less often: records are plain JSON,
    which forms no cycles.
    """
    gc.freeze()  # without collecting first: a start leaves two thousand objects behind, and looks at 300,000
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


def _let_the_writer_in(sessions: Sessions) -> None:
    """Where a thread writes to a file, let it have its turn soon: it takes several for a transaction."""
    if isinstance(sessions.backend, KeptBackend):
        sys.setswitchinterval(_TURN)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything is said, so that a port in use is a sentence and port 0 has a number."""
    listener = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)  # who calls as soon as the URL is printed waits, and is not turned away
    except OSError as error:
        if listener is not None:
            listener.close()
        reason = error.strerror
        if error.errno == errno.EADDRINUSE:
            reason = "it is in use; choose another with --port"
        raise SettingsError(f"cannot listen on {host} port {port}: {reason}") from None
    return listener


def _url(listener: socket.socket, scheme: str) -> str:
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    if ":" in host:
        host = f"[{host}]"
    return f"{scheme}://{host}:{port}"
