"""The folder of stubs that a server was given: what is in it, and the stubs that are saved to it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

from understudy.bodies.yaml_codec import written_yaml
from understudy.errors import FileUnsaved, SettingsError
from understudy.stub_files import Check, read_stubs, stub_files
from understudy.stub_reader import StubReader
from understudy.stubs.stub import Stub


class StubFolder:
    """A folder of files with stubs, to which others are saved."""

    def __init__(self, path: Path, reader: StubReader, check: Check) -> None:
        """Read nothing yet. check: as `read_stubs` takes it."""
        self.path = path
        self._reader, self._check = reader, check

    @property
    def files(self) -> list[str]:
        """The names of the files, within the folder."""
        return [path.relative_to(self.path).as_posix() for path in stub_files(self.path)]

    def save(self, name: str, stated: Mapping[str, Any], *, replaces: bool = False) -> tuple[Stub, ...]:
        """Write a stub into a file of its own, and return all stubs of the folder, in order.

        name: of a file in the folder itself, without a path. replaces: whether one that is there is written
        anew.
        Raises RequestInvalid for what is no stub here, FileUnsaved for a file that cannot be written.
        """
        if not replaces and (self.path / name).exists():
            raise _taken(name)
        stub = self._reader.read(stated, f"{name}:1")
        others = [one for one in self._there() if _file(one) != name]
        for one in others:
            if stub.id and one.id == stub.id:
                raise FileUnsaved(name, f"the id {stub.id!r} is taken by {one.source}")
        self._write(name, written_yaml(dict(stub.stated)), replaces=replaces)
        return tuple(sorted([*others, stub], key=lambda one: PurePath(_file(one))))

    def _there(self) -> tuple[Stub, ...]:
        """Read what is there. Raises FileUnsaved: nothing of a folder with a wrong file would be given."""
        try:
            return read_stubs(self.path, self._reader, self._check)
        except SettingsError as error:
            raise FileUnsaved("", f"the folder cannot be read: {error}") from None

    def _write(self, name: str, content: bytes, *, replaces: bool) -> None:
        """Write a file, whole or not at all. Raises FileUnsaved."""
        path = self.path / name
        try:
            if replaces:
                _write_anew(path, content)
            else:
                with path.open("xb") as file:
                    file.write(content)
        except FileExistsError:  # somebody else has just written it, or it is a link to nothing
            raise _taken(name) from None
        except OSError as error:
            raise FileUnsaved(name, f"{path}: {error.strerror or error}") from None


def _taken(name: str) -> FileUnsaved:
    return FileUnsaved(name, "there is a file of this name; `replace=true` writes it anew")


def _file(stub: Stub) -> str:
    """Return the file that a stub stands in, by its name within the folder."""
    return stub.source.rpartition(":")[0]


def _write_anew(path: Path, content: bytes) -> None:
    """Put a file in the place of another, never half of one, and never where a link leads. Raises OSError."""
    new = path.with_name(f"{path.name}.part")  # which is no file with stubs as long as it is called so
    new.unlink(missing_ok=True)
    with new.open("xb") as file:
        file.write(content)
    new.replace(path)
