"""The option `serve --store`: the URL of where state is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from understudy.errors import StoreUnusable
from understudy.journal.journal import Journal
from understudy.sessions import MakeBackend
from understudy.state.kept import KeptBackend

_FORM: Final = "sqlite:///FILE, or sqlite:////FILE for a path from the root"
_SYNC: Final = ("full", "soon")


@dataclass(frozen=True, slots=True)
class StoreUrl:
    """path: of the file. waits: whether an answer waits until what it tells is on the disk."""

    path: Path
    waits: bool = False

    def backend(self) -> MakeBackend:
        """Return what opens the store. It raises StoreUnusable."""
        return partial(_opened, self)


def store_url(text: str) -> StoreUrl:
    """Read the URL of a store. Raises StoreUnusable for one that names none."""
    url = urlsplit(text)
    if url.scheme != "sqlite":
        raise StoreUnusable(f"--store {text!r} names no store there is: {_FORM}")
    if url.netloc or len(url.path) < 2 or url.fragment:
        raise StoreUnusable(f"--store {text!r} names no file: {_FORM}")
    said = dict(parse_qsl(url.query, keep_blank_values=True))
    sync = said.pop("sync", "soon")
    if said:
        raise StoreUnusable(f"--store {text!r}: there is no {next(iter(said))}, only sync")
    if sync not in _SYNC:
        raise StoreUnusable(f"--store {text!r}: sync is {' or '.join(_SYNC)}, not {sync!r}")
    return StoreUrl(Path(unquote(url.path[1:])), sync == "full")


def _opened(url: StoreUrl, log: Callable[[], Journal], limit: int) -> KeptBackend[Journal]:
    try:
        return KeptBackend(url.path, log, limit=limit, waits=url.waits)
    except StoreUnusable as error:
        raise StoreUnusable(f"--store: {error}") from None
