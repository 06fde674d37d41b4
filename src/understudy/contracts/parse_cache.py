"""What YAML files hold, kept on disk as JSON under the hash of their bytes, because reading JSON is far
quicker.

Nothing read from here is run, so a cache somebody wrote to can mislead but not take over; a broken file
counts as absent.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

VARIABLE = "UNDERSTUDY_CACHE"
"""Names the folder; empty turns the cache off."""

AT_LEAST = 20_000  # bytes; a smaller file is parsed in less time than anyone notices
KEPT = 100  # entries; the ones written first go
FORMAT = b"understudy-2"  # changes whenever `parse` reads the same bytes as something else


_Place = Sequence[str | int]
"""Keys and indexes from the root on."""

_Alias = tuple[_Place, _Place]
"""A place, and the one where the same value stood before."""


class ParseCache:
    """Parsed documents by the hash of their text, in one folder; without a folder it holds nothing."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    @classmethod
    def of_environment(cls) -> ParseCache:
        """Make the cache the environment asks for: `UNDERSTUDY_CACHE`, else the user's cache folder."""
        stated = os.environ.get(VARIABLE)
        if stated == "":
            return cls(None)
        if stated:
            return cls(Path(stated))
        return cls(_user_folder())

    def load(self, content: bytes) -> Any | None:
        """Return what a text holds, or None where that is not known."""
        path = self._path(content)
        if path is None:
            return None
        try:
            kept = orjson.loads(path.read_bytes())
            return _restored(kept["value"], kept["aliases"])
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def save(self, content: bytes, value: Any) -> None:
        """Keep what a text holds, unless JSON cannot say it: infinities would become null."""
        path = self._path(content)
        if path is None or not isinstance(value, (dict, list)):
            return
        try:
            aliases: list[_Alias] = []
            kept = {"value": _flat(value, (), {}, aliases), "aliases": aliases}
            data = orjson.dumps(kept)
            if orjson.loads(data)["value"] == kept["value"]:
                _write(path, data)
        except (OSError, TypeError, ValueError, RecursionError):
            return  # a full disk, a number of more than 64 bits: it is parsed again the next time

    def _path(self, content: bytes) -> Path | None:
        if self.folder is None or len(content) < AT_LEAST:
            return None
        return self.folder / f"{hashlib.sha256(FORMAT + content).hexdigest()}.json"


def _user_folder() -> Path | None:
    """Find where this platform keeps what can be made again; None where the user has no home."""
    stated = os.environ.get("XDG_CACHE_HOME", "")
    if stated.startswith("/"):
        return Path(stated) / "understudy"
    if sys.platform == "win32":
        stated = os.environ.get("LOCALAPPDATA", "")
        return Path(stated) / "understudy" / "cache" if stated else None
    with suppress(RuntimeError):
        folder = "Library/Caches" if sys.platform == "darwin" else ".cache"
        return Path.home() / folder / "understudy"
    return None


def _write(path: Path, data: bytes) -> None:
    """Write a file so that nobody ever sees half of it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    for old in sorted(path.parent.glob("*.json"), key=_age)[:-KEPT]:
        old.unlink(missing_ok=True)


def _age(path: Path) -> float:
    with suppress(OSError):  # another process may have removed it
        return path.stat().st_mtime
    return 0.0


# ---- aliases: written out, a few lines of YAML can become gigabytes


def _flat(value: Any, place: _Place, first: dict[int, _Place], aliases: list[_Alias]) -> Any:
    """Return a copy in which what stands in two places stands in the first one only.

    first: where each mapping and list was met. aliases: gets the other places, each with its first one.
    """
    if not isinstance(value, (dict, list)):
        return value
    if id(value) in first:
        aliases.append((place, first[id(value)]))
        return None
    first[id(value)] = place
    if isinstance(value, dict):
        return {key: _flat(member, (*place, key), first, aliases) for key, member in value.items()}
    return [_flat(member, (*place, index), first, aliases) for index, member in enumerate(value)]


def _restored(value: Any, aliases: list[_Alias]) -> Any:
    """Put back what also stands in other places. Raises LookupError or TypeError for a broken entry."""
    for place, original in aliases:
        _at(value, place[:-1])[place[-1]] = _at(value, original)
    return value


def _at(value: Any, place: _Place) -> Any:
    for step in place:
        value = value[step]
    return value
