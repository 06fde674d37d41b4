"""What tests share: sandboxes served on real sockets, and sandboxes of contracts written inline."""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, settings

from stores import close_kept, end_servers
from support import bundled, running, write_contract
from understudy.callbacks.sender import Sender
from understudy.handler import Handler
from understudy.sandbox import Sandbox, Settings
from understudy.server.app import create_app
from understudy.sessions import Sessions, SessionSettings
from understudy.state.identities import Identities

# A property is judged by what it says, not by how long a busy machine takes over it.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what tests parse out of the user's cache folder, in servers they start too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UNDERSTUDY_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True)
def kept_stores() -> Iterator[None]:
    """Close the files of the stores that a test made."""
    yield
    close_kept()


@pytest.fixture(scope="session", autouse=True)
def servers() -> Iterator[None]:
    """End the servers that tests started."""
    yield
    end_servers()


@pytest.fixture(scope="session", autouse=True)
def interrupts() -> None:
    """Hear Ctrl-C, and have servers that are started hear it: a shell has the jobs it starts in the background ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def serve() -> Iterator[Callable[..., httpx.Client]]:
    """Start sandboxes and return a client of them: `serve("togai", populate=3)`, or `serve(sandbox, sandbox)`.

    One sandbox stands at the root, several each under its name, as with `understudy serve`. `sessions` is theirs, to look into.
    """
    with ExitStack() as stack:

        def start(
            *served: str | Sandbox,
            cors: Sequence[str] = ("*",),
            identities: Identities | None = None,
            sessions: Sessions | None = None,
            sender: Sender | None = None,
            **settings: Any,
        ) -> httpx.Client:
            sandboxes = [bundled(one, **settings) if isinstance(one, str) else one for one in served]
            own = SessionSettings(identities=identities or Identities())
            sessions = Sessions(own) if sessions is None else sessions
            url = stack.enter_context(running(create_app(sandboxes, sessions, sender=sender, cors=cors)))
            return stack.enter_context(httpx.Client(base_url=url, timeout=30, trust_env=False, verify=False))

        yield start


@pytest.fixture
def sandbox(tmp_path: Path) -> Callable[..., Sandbox]:
    """Make a sandbox of a contract written inline: `sandbox(paths={...}, components={...})`."""

    def make(
        *,
        version: str = "3.1.0",
        name: str = "inline",
        settings: Settings | None = None,
        handlers: Mapping[str, Handler] | None = None,
        **document: Any,
    ) -> Sandbox:
        return Sandbox(write_contract(tmp_path / f"{name}.json", version, document), None, settings, handlers)

    return make


@pytest.fixture
def spared() -> Iterator[None]:
    """Let the garbage collector pass over what is there, as the command does."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    yield
    gc.set_threshold(*before)
    gc.unfreeze()
