"""Files of options: `understudy.toml`, or the table `[tool.understudy]` of `pyproject.toml`."""

from __future__ import annotations

import os
import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, field

from understudy.cli.meant import is_address
from understudy.cli.server_options import ALL
from understudy.errors import OptionInvalid, SettingsError
from understudy.nearest import did_you_mean
from understudy.options import OPTIONS, ContractOptions, Option, read

NAME: Final = "understudy.toml"
PROJECT: Final = "pyproject.toml"
CONTRACTS: Final = "contracts"
"""The key of the contracts to serve: a list of files, and of tables with the options of one each."""
_BESIDE: Final = (CONTRACTS,)
_OF_CONTRACTS: Final = ("file", "mount")
"""What else there is in the table of a contract."""

MOUNT: Final = re.compile(r"/|(/(?!~|__admin)[A-Za-z0-9._~-]*[A-Za-z0-9_~-])+")
MOUNT_EXPECTED: Final = "/, or a path such as /billing or /billing/v1, which is not the admin API's"

_HEADER: Final = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_.-]+)\s*\]\]?\s*(?:#.*)?")
_KEY: Final = re.compile(r"""\s*["']?([A-Za-z0-9_-]+)["']?\s*=""")


class Written(Struct, frozen=True):
    """A value as it was read, and the place where it stands: `understudy.toml:3`."""

    value: Any
    place: str


class ContractTable(Struct, frozen=True):
    """What a file says of one contract. file: a path, or a URL as it stands. place: who names it."""

    file: Path | str
    place: str
    mount: str = ""
    options: Mapping[str, Written] = field(default_factory=dict)

    def kept(self, outranked: frozenset[str]) -> Mapping[str, Written]:
        """Return its own options, but for those that somebody else has the say of."""
        return {name: one for name, one in self.options.items() if name not in outranked}

    def without(self, outranked: frozenset[str]) -> ContractOptions:
        """Return the contract with the options that it keeps."""
        own = {name: one.value for name, one in self.kept(outranked).items()}
        return ContractOptions(self.file, self.mount, own)


class OptionFile(Struct, frozen=True):
    """What a file says. path: None where there is no file. values: by the option's name in Python."""

    path: Path | None = None
    values: Mapping[str, Written] = field(default_factory=dict)
    contracts: Sequence[ContractTable] = ()

    def table_of(self, file: Path | str, origin: str) -> ContractTable:
        """Return what the file says of a contract, which `origin` named; nothing where it says nothing."""
        asked = Path(file).resolve()
        for table in self.contracts:
            if Path(table.file).resolve() == asked:
                return table
        return ContractTable(file, origin)


def find(folder: Path) -> Path | None:
    """Return the file of options that is nearest: in a folder, or above it."""
    for place in (folder, *folder.parents):
        if (place / NAME).is_file():
            return place / NAME
        project = place / PROJECT
        if project.is_file() and b"tool.understudy" in project.read_bytes():
            return project
    return None


def load(path: Path) -> OptionFile:
    """Read a file of options. Raises OptionInvalid for one that cannot be used."""
    shown = _shown(path)
    try:
        text = path.read_text("utf-8")
        document = tomllib.loads(text)
    except OSError as error:
        raise OptionInvalid(shown, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise OptionInvalid(shown, "is not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise OptionInvalid(shown, f"is not TOML: {error}") from None
    header = ""
    if path.name == PROJECT:
        header, document = "tool.understudy", document.get("tool", {}).get("understudy", {})
    return _Reader(path, Lines(text, shown)).file(document, header)


class Lines:
    """Where the keys of a TOML file stand, as far as a look at the beginning of each line tells."""

    def __init__(self, text: str, file: str) -> None:
        """file: its name, as it is shown."""
        self._file = file
        self._lines: dict[tuple[str, int, str], int] = {}
        seen: Counter[str] = Counter()
        header, number = "", 0
        for line, content in enumerate(text.splitlines(), 1):
            found = _HEADER.fullmatch(content)
            if found:
                header, number = found[1], seen[found[1]]
                seen[header] += 1
                self._lines[header, number, ""] = line
                continue
            found = _KEY.match(content)
            if found:
                self._lines.setdefault((header, number, found[1]), line)

    def place(self, header: str, number: int, key: str = "") -> str:
        """Return the place of a key, or of a table: file and line, the file alone where that is not told.

        number: which of the tables with that header, from 0 on.
        """
        below = f"{header}.{key}".lstrip(".")
        places = [(header, number, key), (below, 0, ""), (header, number, "")]
        line = next((self._lines[place] for place in places if place in self._lines), None)
        if line is None:
            return self._file
        return f"{self._file}:{line}"


class _Reader:
    """Reads the tables of one file, whose paths begin in its folder."""

    def __init__(self, path: Path, lines: Lines) -> None:
        self._path, self._lines = path, lines
        self._folder = Path(os.path.relpath(path.parent))

    def file(self, document: Mapping[str, Any], header: str) -> OptionFile:
        """Read what is told of all contracts, and the contracts."""
        values = dict(document)
        listed = values.pop(CONTRACTS, [])
        place = self._lines.place(header, 0, CONTRACTS)
        if not isinstance(listed, list):
            raise OptionInvalid(place, f"{CONTRACTS}: is no list of files, or of tables with a file each")
        below = f"{header}.{CONTRACTS}".lstrip(".")
        contracts = []
        for number, one in enumerate(listed):
            if isinstance(one, str):
                contracts.append(ContractTable(self._contract(one), place))
            else:
                contracts.append(self._table(one, below, number))
        return OptionFile(self._path, self._values(values, header, 0, ALL), contracts)

    def _contract(self, text: str) -> Path | str:
        if is_address(text):
            return text
        return self._folder / text

    def _table(self, table: Any, header: str, number: int) -> ContractTable:
        """Read what is told of one contract. Raises OptionInvalid."""
        place = self._lines.place(header, number)
        if not isinstance(table, dict) or not isinstance(table.get("file"), str):
            reason = f'{CONTRACTS}: a table names its contract: file = "openapi.yaml"'
            raise OptionInvalid(place, f"{reason}{_instead_of_file(table)}")
        values = dict(table)
        file, mount = values.pop("file"), values.pop("mount", "")
        if mount != "" and not (isinstance(mount, str) and MOUNT.fullmatch(mount)):
            place = self._lines.place(header, number, "mount")
            raise OptionInvalid(place, f"mount: {mount!r} is not {MOUNT_EXPECTED}")
        each = {name: option for name, option in OPTIONS.items() if option.each}
        options = self._values(values, header, number, each)
        return ContractTable(self._contract(file), place, mount, options)

    def _values(
        self, table: Mapping[str, Any], header: str, number: int, known: Mapping[str, Option]
    ) -> dict[str, Written]:
        """Read the options of a table. Raises OptionInvalid for one there is not, or a bad value."""
        found = {}
        for key, value in table.items():
            place, name = self._lines.place(header, number, key), key.replace("-", "_")
            if name not in known:
                raise OptionInvalid(place, _unknown(key, known, _BESIDE if known is ALL else _OF_CONTRACTS))
            try:
                found[name] = Written(_read(known[name], value, self._folder), place)
            except SettingsError as error:
                raise OptionInvalid(place, f"{key}: {error}") from None
        return found


def _instead_of_file(table: Any) -> str:
    """Return the end of a sentence that says which key may have been meant to name the file."""
    for key in table if isinstance(table, dict) else ():
        if did_you_mean(key, ["file"]):
            return f"; there is no option {key!r}; did you mean file?"
    return ""


def _unknown(key: str, known: Mapping[str, Option], beside: Sequence[str]) -> str:
    """Say that there is no such option. beside: the keys there are that are no options."""
    if key.replace("-", "_") in ALL:
        return f"{key} is for all contracts, and not for one of them: it stands above the tables"
    keys = [name.replace("_", "-") for name in known]
    return f"there is no option {key!r}{did_you_mean(key.replace('_', '-'), [*keys, *beside])}"


def _read(option: Option, value: Any, folder: Path) -> Any:
    """Read what a file sets an option to. Raises SettingsError."""
    if not option.many:
        return _read_one(option, value, folder)
    listed = value if isinstance(value, list) else [value]
    return [_read_one(option, one, folder) for one in listed]


def _read_one(option: Option, value: Any, folder: Path) -> Any:
    if option.is_switch:
        if not isinstance(value, bool):
            raise SettingsError(f"{value!r} is neither true nor false")
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise SettingsError("is neither a text nor a number")
    found = read(option, str(value))
    if option.read is Path:
        return folder / found
    return found


def _shown(path: Path) -> str:
    """Return a path as a person sees it from here."""
    return os.path.relpath(path)
