"""The sandboxes that an agent has running, by the names it calls them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Final

import httpx

from understudy.cli.agents.tools import Asked
from understudy.client.admin import TIMEOUT
from understudy.errors import SettingsError
from understudy.options import OPTIONS, ContractOptions, Files, Option, read
from understudy.testing import Sandbox

_USUAL: Final = {"populate": 3}
"""Options whose default is another where somebody looks on, as with `understudy serve`."""


class Running:
    """One sandbox: where it answers, and what it was made of."""

    def __init__(self, contracts: Sequence[Files | ContractOptions], options: Mapping[str, Any]) -> None:
        """Load the contracts, and listen on a free port. Raises SandboxError."""
        self.contracts, self.options = tuple(contracts), {**_USUAL, **options}
        self._sandbox = Sandbox(*self.contracts, **self.options)
        self.url = self._sandbox.serve()
        self.http = httpx.Client(transport=self._sandbox.transport, base_url=self.url, timeout=TIMEOUT)

    def ask(self, asked: Asked) -> httpx.Response:
        """Ask the admin API. Raises httpx.TransportError."""
        content = {} if asked.body is None else {"json": asked.body}
        return self.http.request(asked.method, f"/__admin{asked.path}", params=asked.query, **content)

    def served(self) -> Mapping[str, str]:
        """Return the URL of each API, by its name."""
        items = self.http.get("/__admin/apis").json()["items"]
        return {api["name"]: api["url"] for api in items}

    def close(self) -> None:
        """Stop: nothing of it is left."""
        self.http.close()
        self._sandbox.close()


class Sandboxes:
    """All that are running."""

    def __init__(self) -> None:
        self._running: dict[str, Running] = {}

    def __iter__(self) -> Iterator[tuple[str, Running]]:
        return iter(list(self._running.items()))

    def start(
        self, name: str, contracts: Sequence[Files | ContractOptions], options: Mapping[str, Any]
    ) -> str:
        """Start a sandbox, and return its name, which is made up where it is empty. Raises SandboxError."""
        name = name or self._free_name()
        if name in self._running:
            raise SettingsError(f"there is a sandbox {name!r} already; stop it, or choose another name")
        self._running[name] = Running(contracts, options)
        return name

    def stop(self, name: str) -> None:
        """Stop a sandbox. Raises SettingsError where there is none of that name."""
        if name not in self._running:
            raise SettingsError(f"there is no sandbox {name!r}; {self._names()}")
        self._running.pop(name).close()

    def of(self, name: str) -> Running:
        """Return the sandbox of a name, or without one the only one. Raises SettingsError."""
        if not self._running:
            raise SettingsError("no sandbox runs; start one with startSandbox")
        if not name and len(self._running) == 1:
            return next(iter(self._running.values()))
        if name not in self._running:
            said = f"there is no sandbox {name!r}" if name else "say which sandbox"
            raise SettingsError(f"{said}; {self._names()}")
        return self._running[name]

    def _free_name(self) -> str:
        names = (f"sandbox-{number}" for number in count(1))
        return next(name for name in names if name not in self._running)

    def _names(self) -> str:
        return f"there run {', '.join(self._running)}" if self._running else "none runs"

    def close(self) -> None:
        """Stop all."""
        for name, _ in self:
            self.stop(name)


def read_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """Read options as an agent writes them. Raises SettingsError for one there is not, or a bad value."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        option = OPTIONS[name]
        if option.many:
            found[name] = [_read(name, option, one) for one in value]
        else:
            found[name] = _read(name, option, value)
    return found


def _read(name: str, option: Option, value: Any) -> Any:
    """Read one value as the command line reads its text."""
    if isinstance(value, bool):
        return value
    try:
        return read(option, str(value))
    except SettingsError as error:
        raise SettingsError(f"{name}: {error}") from None


def option_schemas() -> dict[str, Any]:
    """Return the schema of each option."""
    found = {}
    for name, option in OPTIONS.items():
        default = _USUAL.get(name, option.default)
        schema: dict[str, Any] = {"type": ["string", "number"]}
        if isinstance(option.default, bool):
            schema = {"type": "boolean"}
        elif option.choices:
            schema = {"enum": list(option.choices)}
        if option.many:
            schema = {"type": "array", "items": schema}
        found[name] = {**schema, "description": option.help.format(default=default)}
    return found
