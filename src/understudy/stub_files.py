"""Folders of stubs: files in YAML or JSON, each with an answer or a list of them, for every session."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from understudy.contracts.parsing import Lines, parse
from understudy.errors import ContractError, Failure, RequestInvalid, SettingsError
from understudy.stub_reader import StubReader
from understudy.stubs.stub import Stub

SUFFIXES: Final = (".yaml", ".yml", ".json")
FAILURES_SHOWN: Final = 20

Check = Callable[[Any], Sequence[Failure]]
"""Names what is wrong with a value that is to be a stub, by the schema of the admin API."""


def stub_files(folder: Path) -> Sequence[Path]:
    """Return the files of a folder and those below it, in the order of their names."""
    return sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file())


def read_stubs(folder: Path, reader: StubReader, check: Check) -> tuple[Stub, ...]:
    """Read all stubs of a folder, in order: the later of two comes first where both could be given.

    Raises SettingsError with the file and the line of each that is wrong.
    """
    if not folder.is_dir():
        raise SettingsError(f"{folder}: there is no such folder")
    for _ in os.walk(folder, onerror=_refuse):
        pass  # a folder that cannot be read would be taken for an empty one
    stubs: list[Stub] = []
    wrong: list[str] = []
    for path in stub_files(folder):
        file = _StubFile(path, str(path.relative_to(folder)))
        for pointer, value in file.stated():
            failures = list(check(value))
            try:
                if not failures:
                    stubs.append(reader.read(value, file.place(pointer)))
            except RequestInvalid as error:
                failures = list(error.failures)
            wrong += (file.sentence(pointer, failure) for failure in failures)
    wrong += _twice(stubs)
    if wrong:
        raise SettingsError("\n".join(wrong[:FAILURES_SHOWN]))
    return tuple(stubs)


def _refuse(error: OSError) -> None:
    raise SettingsError(f"{error.filename}: cannot be read: {error.strerror}")


def _twice(stubs: Sequence[Stub]) -> Iterator[str]:
    """Name the stubs whose id another one has."""
    known: dict[str, str] = {}
    for stub in stubs:
        if stub.id and stub.id in known:
            yield f"{stub.source}: the id {stub.id!r} is taken by {known[stub.id]}"
        known[stub.id] = stub.source


class _StubFile:
    """One file, and the lines in it. name: within its folder."""

    def __init__(self, path: Path, name: str) -> None:
        self._path, self._name = path, name
        try:
            self._content = path.read_bytes()
            self._value = parse(self._content, str(path))
        except OSError as error:
            raise SettingsError(f"{path}: {error.strerror or error}") from None
        except ContractError as error:
            raise SettingsError(str(error)) from None
        self._lines = Lines(self._content)

    def stated(self) -> Iterator[tuple[str, Any]]:
        """Yield the answers with their pointers; nothing of an empty file."""
        if isinstance(self._value, list):
            for index, value in enumerate(self._value):
                yield f"/{index}", value
        elif self._value is not None:
            yield "", self._value

    def place(self, pointer: str) -> str:
        """Return the file and the line of what stands at a pointer."""
        return f"{self._name}:{self._lines.of(pointer) or 1}"

    def sentence(self, pointer: str, failure: Failure) -> str:
        """Say what is wrong with an answer at a pointer."""
        line = self._lines.of(pointer + failure.pointer) or 1
        said = f"{failure.pointer.removeprefix('/')} {failure.message}".lstrip()
        return f"{self._path}:{line}: {said}"
