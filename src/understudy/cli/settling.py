"""What each option is set to, and by whom: the command line, the environment, a file, or its default."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from understudy.cli.option_file import OptionFile
from understudy.cli.server_options import ALL
from understudy.errors import OptionInvalid, SettingsError
from understudy.nearest import nearest
from understudy.options import Option, read, read_switch

PREFIX: Final = "UNDERSTUDY_"
CONFIG_VARIABLE: Final = f"{PREFIX}CONFIG"
COMMAND_LINE: Final = "the command line"
DEFAULT: Final = "default"

_DEFAULTS: Final = {"populate": 3}
"""Defaults other than the table's: here a person wants to see something."""
_NO_OPTIONS: Final = ("CONFIG", "CONTRACTS", "CACHE", "URL")
"""What else there is in the environment."""
_SERVICE: Final = re.compile(r"(tcp|udp|sctp)://")
"""What Kubernetes sets UNDERSTUDY_PORT to in each pod beside a service that is called `understudy`."""
_OF_SERVICE: Final = re.compile(r"(SERVICE|PORT)_.*")
"""What else it sets there."""


class Setting(Struct, frozen=True):
    """What an option is set to. origin: who says so, as a person is told."""

    value: Any
    origin: str
    outranks: bool = False
    """Whether it goes before what a file says of single contracts."""


def default_of(name: str) -> Any:
    """Return what an option is where nobody says anything."""
    return _DEFAULTS.get(name, ALL[name].default)


def settle(given: Mapping[str, Any], environment: Mapping[str, str], file: OptionFile) -> dict[str, Setting]:
    """Settle some options: the command line goes before the environment, and this before a file.

    given: by name, what the command line says, None where it says nothing. Raises OptionInvalid.
    """
    found = {}
    for name, value in given.items():
        if value is not None:
            found[name] = Setting(value, COMMAND_LINE, outranks=True)
        elif variable(name) in environment and said(environment[variable(name)]):
            found[name] = _of_environment(name, environment[variable(name)])
        elif name in file.values:
            found[name] = Setting(file.values[name].value, file.values[name].place)
        else:
            found[name] = Setting(_plain(default_of(name)), DEFAULT)
    return found


def outranking_of(settled: Mapping[str, Setting]) -> frozenset[str]:
    """Name the options that go before what a file says of single contracts."""
    return frozenset(name for name, setting in settled.items() if setting.outranks)


def variable(name: str) -> str:
    """Return what an option is called in the environment."""
    return PREFIX + name.upper()


def said(text: str) -> bool:
    """Tell whether a variable says anything; an empty one does not, nor what Kubernetes says of a service."""
    return bool(text.strip()) and not _SERVICE.match(text)


def listed(text: str) -> list[str]:
    """Return the parts of a list, which stand between commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def unknown_variables(environment: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for each variable that looks as if it were meant for an option."""
    known = [*_NO_OPTIONS, *map(str.upper, ALL)]
    for name in sorted(environment):
        word = name.removeprefix(PREFIX)
        if word != name and word not in known and not _OF_SERVICE.fullmatch(word):
            near = nearest(word, known, 1)
            if near:
                yield f"nothing reads ${name}; did you mean ${PREFIX}{near[0]}?"


def _of_environment(name: str, text: str) -> Setting:
    origin = f"${variable(name)}"
    try:
        return Setting(_read(ALL[name], text.strip()), origin, outranks=True)
    except (SettingsError, ValueError) as error:
        raise OptionInvalid(origin, str(error)) from None


def _read(option: Option, text: str) -> Any:
    """Read what a variable says. Raises SettingsError."""
    if option.is_switch:
        return read_switch(text)
    if option.many:
        return [read(option, part) for part in listed(text)]
    return read(option, text)


def _plain(value: Any) -> Any:
    """Return a default as a command takes it."""
    return list(value) if isinstance(value, tuple) else value
