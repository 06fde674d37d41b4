"""Files that hold credentials: nobody but their owner can read them."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

_MODE: Final = 0o600


def write_private(path: Path, content: bytes) -> None:
    """Write a file of mode 0600, also in the place of one of another mode; a pipe or a device keeps its own.

    Raises OSError.
    """
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _MODE), "wb") as file:
        if os.name == "posix" and stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            os.fchmod(file.fileno(), _MODE)  # before there is anything to read
        file.write(content)
