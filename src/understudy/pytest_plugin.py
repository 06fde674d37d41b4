"""The pytest plugin: `sandbox` gives each test a session of its own on one server a run.

Every pytest run imports this module where understudy is installed. So what it needs of the server, and of
httpx, is loaded when a test asks for a fixture. It stands in no name here: pytest looks at each of them.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import secrets
import socket
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, cast

import pytest
from msgspec import Struct, field

from understudy.client.coverage import CoverageSum
from understudy.errors import SandboxError, SettingsError
from understudy.late import late
from understudy.lazy_server import LazyServer
from understudy.options import OPTIONS, Options, read

if TYPE_CHECKING:
    from understudy.remote import Remote
    from understudy.server.background import Background
    from understudy.testing import Sandbox

CONTRACTS: Final = "understudy_contracts"
"""The ini option that names the files to serve."""

INI: Final = {f"understudy_{option.ini or name}": name for name, option in OPTIONS.items()}
"""The other ini options, each with the option of `Sandbox` that it sets."""

_KINDS: Final[tuple[Literal["string", "linelist"], ...]] = ("string", "linelist")
"""As what pytest reads an option that is given once, and one that is given more than once."""

LONGEST: Final = 64  # characters of a session's name
URL_INPUT: Final = "understudy_url"  # what a worker of pytest-xdist is told
COVERAGE_OUTPUT: Final = "understudy_coverage"  # and what it tells at its end


class Run(Struct):
    """What this process knows of its run.

    token: tells its sessions from those of other runs on the same server.
    """

    token: str = field(default_factory=lambda: secrets.token_hex(3))
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    lazy_server: LazyServer | None = None
    coverage: CoverageSum = field(default_factory=CoverageSum)


RUN: Final = pytest.StashKey[Run]()
SESSION: Final = pytest.StashKey["Remote"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what can be said on the command line and in the ini file."""
    group = parser.getgroup("understudy", "sandboxes for HTTP APIs")
    group.addoption(
        "--sandbox-coverage",
        action="store_true",
        help="say at the end what the tests touched of each API that they called",
    )
    group.addoption(
        "--sandbox-coverage-file",
        metavar="FILE",
        help="write it to a file, as JSON; of all tests, also those of several processes",
    )
    group.addoption(
        "--sandbox-url",
        metavar="URL",
        help="use the sandbox that runs there instead of starting one (default: $UNDERSTUDY_URL); "
        "its admin token is taken from $UNDERSTUDY_ADMIN_TOKEN",
    )
    parser.addini(
        CONTRACTS,
        "OpenAPI files to serve, relative to the root directory (default: the four bundled contracts)",
        type="linelist",
    )
    for ini, name in INI.items():
        option = OPTIONS[name]
        parser.addini(ini, option.help.format(default=option.default), type=_KINDS[option.many])


def pytest_configure(config: pytest.Config) -> None:
    """Begin a run; nothing is started yet."""
    config.stash[RUN] = Run()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist the URL of the one server, which this process starts when the first
    worker calls it.
    """
    run = node.config.stash[RUN]
    if not _given_url(node.config):
        run.lazy_server = run.lazy_server or LazyServer(partial(_start, node.config))
        node.workerinput[URL_INPUT] = run.lazy_server.url


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker's tests touched; one that crashed has nothing to tell."""
    for coverage in getattr(node, "workeroutput", {}).get(COVERAGE_OUTPUT, ()):
        node.config.stash[RUN].coverage.add(coverage)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the process that started this worker what its tests touched."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[COVERAGE_OUTPUT] = session.config.stash[RUN].coverage.written()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print what the tests touched, and write it to a file, where that was asked for."""
    if not _wants_coverage(config):
        return
    coverage = config.stash[RUN].coverage
    terminalreporter.section("sandbox coverage")
    for line in list(coverage.lines()) or ["no test called an operation of a sandbox"]:
        terminalreporter.write_line(line)
    file = config.getoption("--sandbox-coverage-file")
    if file:
        terminalreporter.write_line(_written(Path(file), coverage))


def _wants_coverage(config: pytest.Config) -> bool:
    return bool(config.getoption("--sandbox-coverage") or config.getoption("--sandbox-coverage-file"))


def _written(file: Path, coverage: CoverageSum) -> str:
    """Write what the tests touched to a file, and say so, or why it could not be."""
    try:
        file.write_text(json.dumps(coverage.written(), indent=1) + "\n")
    except OSError as error:
        return f"it could not be written to {file}: {error.strerror or error}"
    return f"written to {file}"


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
        report.sections += _sections(remote)
    return report


def _sections(remote: Remote) -> Iterator[tuple[str, str]]:
    """Yield what a session was asked and answered, and which of it nothing matched, each with its title."""
    for title, read_text in (
        ("sandbox journal", remote.journal_text),
        ("sandbox unmatched requests", remote.unmatched_text),
    ):
        try:
            text = read_text()
        except SandboxError as error:
            text = f"could not be read: {error}"
        if text:
            yield title, text


@pytest.fixture(scope="session")
def sandbox_server(pytestconfig: pytest.Config) -> Iterator[Remote]:
    """The sandboxes of this run, as their session `default`, which all tests share.

    One server a run, also with pytest-xdist.
    """
    with _connected(pytestconfig) as remote:
        yield remote


@pytest.fixture
def sandbox(request: pytest.FixtureRequest, sandbox_server: Remote) -> Iterator[Remote]:
    """A session of this test's own: records, clock, faults, journal and identities.

    It is dropped after the test.
    """
    with sandbox_server.session(_name(request)) as remote:
        request.node.stash[SESSION] = remote
        yield remote
        if _wants_coverage(request.config):
            _note_coverage(request.config.stash[RUN], remote)
    remote.drop()


def _note_coverage(run: Run, remote: Remote) -> None:
    for coverage in remote.coverages():
        run.coverage.add(coverage)


def _name(request: pytest.FixtureRequest) -> str:
    """Make up a session's name that says whose it is: the end of the test's id, the run, the worker and a
    number.
    """
    run = request.config.stash[RUN]
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    suffix = f".{run.token}.{worker}.{next(run.numbers)}"
    test = re.sub(r"[^A-Za-z0-9._-]+", "-", request.node.nodeid).strip("-")
    return test[-(LONGEST - len(suffix)) :] + suffix


def _given_url(config: pytest.Config) -> str:
    return str(config.getoption("--sandbox-url") or os.environ.get("UNDERSTUDY_URL", ""))


def _connected(config: pytest.Config) -> Remote:
    """Return the sandboxes of this run, having asked them something.

    Where there are none, fail with the reason and no traceback.
    """
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
    """Return the sandbox that runs elsewhere: where the user says, or in the process that started this
    worker; or start one here.
    """
    connect: Callable[..., Remote] = late("understudy.remote").Remote.connect
    given = _given_url(config)
    if given:
        return connect(given, admin_token=os.environ.get("UNDERSTUDY_ADMIN_TOKEN", ""))
    shared = getattr(config, "workerinput", {}).get(URL_INPUT)
    if shared:
        return connect(shared)
    return _sandbox(config)


def _sandbox(config: pytest.Config) -> Sandbox:
    """Make what the ini file asks for. Raises SandboxError."""
    make: type[Sandbox] = late("understudy.testing").Sandbox
    return make(*_contracts(config), **read_options(config))


def _start(config: pytest.Config, listener: socket.socket) -> AbstractContextManager[object]:
    """Serve what the ini file asks for on a socket; where that cannot be, tell every caller why."""
    try:
        server = _sandbox(config)
    except Exception as error:
        reason = str(error) if isinstance(error, SandboxError) else f"{type(error).__name__}: {error}"
        return _failed(reason, listener)
    server.serve(listener)
    return server


def _failed(reason: str, listener: socket.socket) -> AbstractContextManager[object]:
    """Tell whoever calls a socket why nothing is served there."""
    app = late("understudy.server.failed_start").failed_start(reason)
    instead: Background = late("understudy.server.background").Background(app)
    instead.listen(listener)
    return instead


def read_options(config: pytest.Config) -> Options:
    """Read the ini options that are set, as `Sandbox` takes them. Raises SettingsError."""
    found: dict[str, Any] = {}
    for ini, name in INI.items():
        option, lines = OPTIONS[name], _lines(config, ini)
        try:
            values = [read(option, line) for line in lines]
        except SettingsError as error:
            raise SettingsError(f"{ini}: {error}") from None
        if option.read is Path:
            values = [config.rootpath / value for value in values]
        if values:
            found[name] = values if option.many else values[0]
    return cast("Options", found)


def _contracts(config: pytest.Config) -> list[Path]:
    return [config.rootpath / line for line in _lines(config, CONTRACTS)]


def _lines(config: pytest.Config, name: str) -> list[str]:
    """Return what is set, none of it empty: one line, or several."""
    value = config.getini(name) or []
    if isinstance(value, str):
        return [value]
    return list(filter(None, value))
