"""Folders of contracts: which of their files are OpenAPI documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from understudy.errors import ContractError

_SUFFIXES: Final = (".yaml", ".yml", ".json")
_VERSION: Final = re.compile(
    rb"""^(?:\xef\xbb\xbf)?[\s{]*(?:[^\n]*,\s*)?["']?(?:openapi|swagger)["']?\s*:\s*["']?[23]""", re.MULTILINE
)
"""Where a document says its version; quicker than to read it whole, and it is read whole afterwards."""


def documents(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield contracts; of a folder, the OpenAPI documents that stand in it. Raises ContractError."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = [one for one in sorted(path.iterdir()) if one.suffix in _SUFFIXES and _is_document(one)]
        if not found:
            raise ContractError("there is no OpenAPI document in this folder", file=str(path))
        yield from found


def _is_document(path: Path) -> bool:
    """Tell whether a file is an OpenAPI document, and not one that others refer to."""
    try:
        return _VERSION.search(path.read_bytes()) is not None
    except OSError:
        return False
