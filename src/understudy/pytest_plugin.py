"""The pytest plugin: `sandbox` gives each test a session of its own on one server a run.

Every pytest run imports this module where understudy is installed. So it imports nothing of the server, nor httpx, before a test asks
for a fixture, and then does so inside functions, which no other module here may.
"""

from __future__ import annotations

import itertools
import os
import re
import secrets
import socket
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from understudy.errors import SandboxError, SettingsError
from understudy.lazy_server import LazyServer

if TYPE_CHECKING:
    from understudy.remote import Remote

OPTIONS: Final = {
    "understudy_contracts": (
        "linelist",
        "OpenAPI files to serve, relative to the root directory (default: the four bundled contracts)",
    ),
    "understudy_seed": ("string", "decides all that the sandboxes make up (default: 1)"),
    "understudy_populate": (
        "string",
        "records each collection starts with (accounts in the bundled sandboxes; default: 0)",
    ),
    "understudy_handlers": (
        "string",
        "Python file whose async functions answer the operations they are named after",
    ),
    "understudy_overlays": ("linelist", "OpenAPI Overlays that change the only contract, in order"),
    "understudy_unknown_ids": (
        "string",
        "`generate` or `404`: whether an item nobody created is made when it is first asked for",
    ),
    "understudy_identities": ("string", "file that names who may call (default: any credential is good)"),
    "understudy_webhook_url": ("linelist", "where the webhooks of each session go at its start"),
    "understudy_allow_callbacks": (
        "linelist",
        "HOST or HOST:PORT that callbacks and webhooks may go to, besides loopback addresses",
    ),
    "understudy_journal": ("string", "requests each session's journal keeps; 0 for none (default: 5000)"),
    "understudy_session_idle": (
        "string",
        "seconds after which a session that was not used is dropped (default: 3600)",
    ),
}
"""The ini options: the type that pytest reads each as, and what it is for."""

LONGEST: Final = 64  # characters of a session's name
URL_INPUT: Final = "understudy_url"  # what a worker of pytest-xdist is told


@dataclass
class Run:
    """What this process knows of its run. token: tells its sessions from those of other runs on the same server."""

    token: str = field(default_factory=lambda: secrets.token_hex(3))
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    lazy_server: LazyServer | None = None


RUN: Final = pytest.StashKey[Run]()
SESSION: Final = pytest.StashKey["Remote"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what can be said on the command line and in the ini file."""
    parser.getgroup("understudy", "sandboxes for HTTP APIs").addoption(
        "--sandbox-url",
        metavar="URL",
        help="use the sandbox that runs there instead of starting one (default: $UNDERSTUDY_URL); "
        "its admin token is taken from $UNDERSTUDY_ADMIN_TOKEN",
    )
    for name, (kind, text) in OPTIONS.items():
        parser.addini(name, text, type=kind)  # type: ignore[arg-type]  # one of the words it lists


def pytest_configure(config: pytest.Config) -> None:
    """Begin a run; nothing is started yet."""
    config.stash[RUN] = Run()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist the URL of the one server, which this process starts when the first worker calls it."""
    run = node.config.stash[RUN]
    if not _given_url(node.config):
        run.lazy_server = run.lazy_server or LazyServer(partial(_start, node.config))
        node.workerinput[URL_INPUT] = run.lazy_server.url


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server that was started for the workers."""
    run = config.stash.get(RUN, None)
    if run is not None and run.lazy_server is not None:
        run.lazy_server.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show in the report of a failed test what it called."""
    report = yield
    remote = item.stash.get(SESSION, None)
    if report.failed and call.when != "teardown" and remote is not None:
        try:
            text = remote.journal_text()
        except SandboxError as error:
            text = f"could not be read: {error}"
        if text:
            report.sections.append(("sandbox journal", text))
    return report


@pytest.fixture(scope="session")
def sandbox_server(pytestconfig: pytest.Config) -> Iterator[Remote]:
    """The sandboxes of this run, as their session `default`, which all tests share. One server a run, also with pytest-xdist."""
    with _connected(pytestconfig) as remote:
        yield remote


@pytest.fixture
def sandbox(request: pytest.FixtureRequest, sandbox_server: Remote) -> Iterator[Remote]:
    """A session of this test's own: records, clock, faults, journal and identities. It is dropped after the test."""
    with sandbox_server.session(_name(request)) as remote:
        request.node.stash[SESSION] = remote
        yield remote
    remote.drop()


def _name(request: pytest.FixtureRequest) -> str:
    """Make up a session's name that says whose it is: the end of the test's id, the run, the worker and a number."""
    run = request.config.stash[RUN]
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    suffix = f".{run.token}.{worker}.{next(run.numbers)}"
    test = re.sub(r"[^A-Za-z0-9._-]+", "-", request.node.nodeid).strip("-")
    return test[-(LONGEST - len(suffix)) :] + suffix


def _given_url(config: pytest.Config) -> str:
    return str(config.getoption("--sandbox-url") or os.environ.get("UNDERSTUDY_URL", ""))


def _connected(config: pytest.Config) -> Remote:
    """Return the sandboxes of this run, having asked them something; where there are none, fail with the reason and no traceback."""
    try:
        remote = _remote(config)
        try:
            remote.url()
        except SandboxError:
            remote.close()
            raise
        return remote
    except SandboxError as error:
        reason = str(error)
    pytest.fail(f"there is no sandbox: {reason}", pytrace=False)


def _remote(config: pytest.Config) -> Remote:
    """Return the sandbox that runs elsewhere: where the user says, or in the process that started this worker; or start one here."""
    from understudy.remote import Remote  # noqa: PLC0415

    given = _given_url(config)
    if given:
        return Remote.connect(given, admin_token=os.environ.get("UNDERSTUDY_ADMIN_TOKEN", ""))
    shared = getattr(config, "workerinput", {}).get(URL_INPUT)
    if shared:
        return Remote.connect(shared)
    contracts, options = _files(config, "understudy_contracts"), read_options(config)
    from understudy.testing import Sandbox  # noqa: PLC0415

    return Sandbox(*contracts, **options)


def _start(config: pytest.Config, listener: socket.socket) -> AbstractContextManager[object]:
    """Serve what the ini file asks for on a socket; where that cannot be, tell every caller why."""
    from understudy.server.background import Background  # noqa: PLC0415
    from understudy.server.failed_start import failed_start  # noqa: PLC0415
    from understudy.testing import Sandbox  # noqa: PLC0415

    try:
        server = Sandbox(*_files(config, "understudy_contracts"), **read_options(config))
    except Exception as error:
        reason = str(error) if isinstance(error, SandboxError) else f"{type(error).__name__}: {error}"
        instead = Background(failed_start(reason))
        instead.listen(listener)
        return instead
    server.serve(listener)
    return server


def read_options(config: pytest.Config) -> dict[str, Any]:
    """Read the ini options as `Sandbox` takes them. Raises SettingsError."""
    return {
        "seed": _number(config, "understudy_seed", 1),
        "populate": _number(config, "understudy_populate", 0),
        "handlers": next(iter(_files(config, "understudy_handlers")), None),
        "overlays": _files(config, "understudy_overlays"),
        "unknown_ids": _choice(config, "understudy_unknown_ids", "generate", "404"),
        "identities": next(iter(_files(config, "understudy_identities")), None),
        "webhook_urls": _lines(config, "understudy_webhook_url"),
        "allow_callbacks": _lines(config, "understudy_allow_callbacks"),
        "journal": _number(config, "understudy_journal", 5000),
        "session_idle": _seconds(config, "understudy_session_idle", 3600.0),
    }


def _lines(config: pytest.Config, name: str) -> list[str]:
    value = config.getini(name)
    return [line for line in ([value] if isinstance(value, str) else value or ()) if line]


def _files(config: pytest.Config, name: str) -> list[Path]:
    return [config.rootpath / line for line in _lines(config, name)]


def _number(config: pytest.Config, name: str, default: int) -> int:
    text = str(config.getini(name) or default)
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise SettingsError(f"{name} must be a whole number, 0 or more, got {text!r}")
    return int(text)


def _seconds(config: pytest.Config, name: str, default: float) -> float:
    text = str(config.getini(name) or default)
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds < float("inf"):
        raise SettingsError(f"{name} must be seconds, more than 0, got {text!r}")
    return seconds


def _choice(config: pytest.Config, name: str, *choices: str) -> str:
    text = str(config.getini(name) or "")
    if text not in ("", *choices):
        raise SettingsError(f"{name} must be {' or '.join(choices)}, got {text!r}")
    return text
