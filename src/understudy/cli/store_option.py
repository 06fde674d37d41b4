"""The option `serve --store`: the URL of where state is kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from pkgutil import resolve_name
from typing import Final, Protocol
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from msgspec import Struct

from understudy.errors import StoreUnusable
from understudy.journal.journal import Journal
from understudy.nearest import did_you_mean
from understudy.sessions import MakeBackend, SessionSettings
from understudy.state.backend import Backend
from understudy.state.kept import KeptBackend

_FORM: Final = "sqlite:///FILE, or sqlite:////FILE for a path from the root"
_FORMS: Final = (
    f"memory; {_FORM}; redis://HOST[:PORT][/DATABASE], rediss:, valkey:, valkeys:, or unix:///SOCKET; "
    "redis+sentinel://HOST[:PORT][,HOST…]/MASTER[/DATABASE]; redis+cluster://HOST[:PORT][,HOST…]"
)
_SYNC: Final = ("full", "soon")
_SHARED: Final = {
    "redis": "redis",
    "rediss": "rediss",
    "valkey": "redis",
    "valkeys": "rediss",
    "unix": "unix",
}
"""The schemes of servers, each as the library for them names it."""
_SEVERAL: Final = ("", "sentinel", "cluster")
"""What may follow a scheme behind a plus: what several servers are to one another."""
_OPENING: Final = "understudy.cli.shared_store:opened"
_OPENING_FILE: Final = "understudy.cli.shared_file:opened"
"""What opens a store on a server, and a file for several processes. They are imported for who asks for one:
the library for servers takes a while, and not each system has what processes lock a file with.
"""


class StoreUrl(Protocol):
    """The URL of a store.

    is_shared: whether several processes may use it at once.
    """

    @property
    def is_shared(self) -> bool: ...

    def backend(self, *, with_others: bool) -> MakeBackend:
        """Return what opens the store, for one process or for several. It raises StoreUnusable."""
        ...


class FileUrl(Struct, frozen=True):
    """path: of the file. waits: whether an answer waits until what it tells is on the disk."""

    path: Path
    waits: bool = False

    @property
    def is_shared(self) -> bool:
        """Where answers wait for the disk, it is the file that has the truth; else one process alone."""
        return self.waits

    def backend(self, *, with_others: bool) -> MakeBackend:
        """Return what opens the store. It raises StoreUnusable."""
        if not with_others:
            return partial(_opened, self)
        make: MakeBackend = partial(resolve_name(_OPENING_FILE), self.path)
        return make


class ServerUrl(Struct, frozen=True):
    """url: as the library reads it. prefix: what all keys begin with."""

    url: str
    prefix: str

    @property
    def is_shared(self) -> bool:
        """A server may be asked by many."""
        return True

    def backend(self, *, with_others: bool) -> MakeBackend:  # noqa: ARG002
        """Return what opens the store.

        It raises StoreUnusable; here for a library that is missing.
        """
        try:
            make: MakeBackend = partial(resolve_name(_OPENING), self.url, self.prefix)
        except ModuleNotFoundError as error:
            raise StoreUnusable(
                "--store: a store on a server needs what `pip install '.[redis]'` "
                f"in a clone of understudy brings: {error}"
            ) from None
        return make


def store_url(text: str) -> StoreUrl:
    """Read the URL of a store. Raises StoreUnusable for one that names none."""
    url = urlsplit(text)
    if url.scheme.partition("+")[0] in _SHARED:
        return _server(text)
    if url.scheme != "sqlite":
        meant = did_you_mean(url.scheme, (*_SHARED, "sqlite")) if url.scheme else ""
        raise StoreUnusable(f"--store {_shown(text)!r} names no store there is{meant}: {_FORMS}")
    if url.netloc or len(url.path) < 2 or url.fragment:
        raise StoreUnusable(f"--store {text!r} names no file: {_FORM}")
    said = dict(parse_qsl(url.query, keep_blank_values=True))
    sync = said.pop("sync", "soon")
    if said:
        raise StoreUnusable(f"--store {text!r}: there is no {next(iter(said))}, only sync")
    if sync not in _SYNC:
        raise StoreUnusable(f"--store {text!r}: sync is {' or '.join(_SYNC)}, not {sync!r}")
    return FileUrl(Path(unquote(url.path[1:])), sync == "full")


def _shown(text: str) -> str:
    """Return what was typed without a password that may be in it."""
    scheme, slashes, rest = text.rpartition("//")
    return f"{scheme}{slashes}{rest.rpartition('@')[2]}"


def _server(text: str) -> ServerUrl:
    """Read the URL of a server; what is asked of its connection is the library's to read. Raises
    StoreUnusable, which never shows a password.
    """
    url = urlsplit(text)
    base, plus, several = url.scheme.partition("+")
    if several not in _SEVERAL or (several and base == "unix"):
        raise StoreUnusable(f"--store {url.scheme}: names no store there is: {_FORMS}")
    said = dict(parse_qsl(url.query, keep_blank_values=True))
    prefix = said.pop("prefix", "understudy")
    if not prefix or set(prefix) & set("{}"):
        raise StoreUnusable(f"--store: a prefix is a text without braces, not {prefix!r}")
    named = url.path if url.scheme == "unix" else url.hostname
    if not named:
        raise StoreUnusable(f"--store {url.scheme}: names no server: {_FORMS}")
    scheme = f"{_SHARED[base]}{plus}{several}"
    asked = f"?{urlencode(said)}" if said else ""
    return ServerUrl(f"{scheme}://{url.netloc}{url.path}{asked}", prefix)


def _opened(url: FileUrl, log: Callable[[], Journal], settings: SessionSettings) -> Backend[Journal]:
    try:
        return KeptBackend(url.path, log, limit=settings.records, waits=url.waits)
    except StoreUnusable as error:
        raise StoreUnusable(f"--store: {error}") from None
