"""What large YAML files hold, kept on disk as JSON under the hash of their bytes, because reading JSON is far
quicker.

Nothing read from here is run, so a cache somebody wrote to can mislead but not take over; a broken file
counts as absent.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

VARIABLE = "UNDERSTUDY_CACHE"
"""Names the folder; empty turns the cache off."""

AT_LEAST = 200_000  # bytes; a smaller file is parsed in less time than anyone notices
KEPT = 40  # entries; the ones written first go
FORMAT = b"understudy-1"  # changes whenever `parse` reads the same bytes as something else


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
            return orjson.loads(path.read_bytes())
        except (OSError, ValueError):
            return None

    def save(self, content: bytes, value: Any) -> None:
        """Keep what a text holds, unless JSON cannot say it: shared nodes would multiply, infinities would
        become null.
        """
        path = self._path(content)
        if path is None or not isinstance(value, (dict, list)) or _is_shared(value):
            return
        try:
            data = orjson.dumps(value)
            if orjson.loads(data) == value:
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


def _is_shared(value: Any) -> bool:
    """Tell whether a mapping or list stands in two places, as YAML's aliases make it; written out, a few
    lines can become gigabytes.
    """
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, (dict, list)):
            if id(part) in seen:
                return True
            seen.add(id(part))
            waiting += part.values() if isinstance(part, dict) else part
    return False
