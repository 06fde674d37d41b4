"""What people type, as the commands read it: a contract alone, the words of other tools, a host behind -h."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path
from pkgutil import resolve_name
from typing import Final
from urllib.parse import urlsplit

from understudy.cli.reports import warn
from understudy.errors import SettingsError

_SERVES: Final = frozenset({"mock", "start", "run", "up"})
"""What other mock servers call it: Prism `mock`, Mockoon and WireMock `start` and `run`."""
_ASKS: Final = {"help": "--help", "version": "--version", "-V": "--version"}
"""What other programs call what is asked of all of them."""
_CONTRACTS: Final = (".yaml", ".yml", ".json")
_ADDRESS: Final = re.compile(r"https?://", re.IGNORECASE)
_FETCHED: Final = "understudy.cli.fetching:fetched"
"""Imported where something is fetched: no start is to pay for a client of HTTP."""


def meant(arguments: Sequence[str], commands: Collection[str]) -> list[str]:
    """Return the arguments that were meant; nothing at all asks for help."""
    if not arguments:
        return ["--help"]
    first, *rest = arguments
    if first in _ASKS and not Path(first).exists():
        return [*(word for word in rest[:1] if word in commands), _ASKS[first]]
    if first in _SERVES and not Path(first).exists():
        first = "serve"
    elif first not in commands and (_is_contract(first) or _begins_with_options(arguments, commands)):
        first, rest = "serve", list(arguments)
    if first == "serve":
        rest = _with_host(rest)
    return [first, *rest]


def _begins_with_options(arguments: Sequence[str], commands: Collection[str]) -> bool:
    """Tell whether what is typed are options of a command that was left out."""
    first = _with_host(arguments)[0]
    if first in ("-h", "--help", "--version"):
        return False
    return first.startswith("-") and not any(word in commands for word in arguments)


def _with_host(arguments: Sequence[str]) -> list[str]:
    """Read `-h` with an address behind it as `--host`; alone it asks for help."""
    found = list(arguments)
    for at, word in enumerate(found[:-1]):
        value = found[at + 1]
        if word == "-h" and not value.startswith("-") and not _is_contract(value):
            found[at] = "--host"
    return found


def _is_contract(word: str) -> bool:
    return is_address(word) or word.endswith(_CONTRACTS) or Path(word).exists()


def is_address(word: str) -> bool:
    """Tell whether a contract is named by where it is to be had, and not as a file."""
    return _ADDRESS.match(word) is not None


def local(text: str, *, fetches: bool) -> Path:
    """Return the file of a contract; of one at an address the file in this folder that it is saved in, once.
    Raises SettingsError.
    """
    if not is_address(text):
        return Path(text)
    file = Path(_file_name(text))
    if not fetches:
        raise SettingsError(f"{text} is no file, and nothing is fetched unasked: --fetch saves it as {file}")
    try:
        if file.exists():
            warn(f"{file} is here already, and {text} is not fetched")
        else:
            content: bytes = resolve_name(_FETCHED)(text)
            file.write_bytes(content)
            warn(f"{text} is saved as {file}")
    except OSError as error:
        raise SettingsError(f"{text} cannot be saved as {file}: {error.strerror or error}") from None
    return file


def _file_name(address: str) -> str:
    """Return what a file is called that is saved from an address. Raises SettingsError where it is none."""
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise SettingsError(f"{address} is no address: {error}") from None
    if not parts.hostname:
        raise SettingsError(f"{address} is no address: it names no host")
    name = Path(parts.path).name or "openapi"
    if not name.endswith(_CONTRACTS):
        name += ".yaml"  # which JSON is as well
    return name
