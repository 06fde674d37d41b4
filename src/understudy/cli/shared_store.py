"""A store on a server, opened: for who asks for one with `serve --store`."""

from __future__ import annotations

from collections.abc import Callable

from understudy.errors import StoreUnusable
from understudy.journal.journal import Journal
from understudy.sessions import DEFAULT, SessionSettings
from understudy.state.shared.backend import SharedBackend
from understudy.state.shared.checking import check
from understudy.state.shared.connecting import wire_to


def opened(
    url: str, prefix: str, log: Callable[[], Journal], settings: SessionSettings
) -> SharedBackend[Journal]:
    """Return the backend in a server that was seen to answer. Raises StoreUnusable."""
    try:
        check(url, prefix)
    except StoreUnusable as error:
        raise StoreUnusable(f"--store: {error}") from None
    return SharedBackend(
        wire_to(url), log, prefix=prefix, limit=settings.records, idle=settings.idle, kept=DEFAULT
    )
