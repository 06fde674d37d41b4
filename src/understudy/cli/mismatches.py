"""What a start does with what is kept and does not fit the contracts any more."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterable, Callable, Iterable, Iterator, Sequence

from understudy.cli.reports import Reports
from understudy.cli.state_file import StateFile
from understudy.engine.refitting import Misfits, Refit
from understudy.errors import StoreAway, StoreUnusable
from understudy.journal.journal import Journal
from understudy.mismatches import Mismatch, drop, found, settle, unserved
from understudy.sandbox import Sandbox
from understudy.sessions import Session, Sessions
from understudy.state.kept import KeptBackend
from understudy.state.shared.backend import SharedBackend

_SHOWN = 20  # collections of which something is said; the rest is counted


class Reconciled:
    """What is said of all sessions, a line for each collection of an API."""

    def __init__(self) -> None:
        self._refits: dict[tuple[str, str], Refit] = {}
        self._sessions: dict[tuple[str, str], dict[str, None]] = {}

    def add(self, mismatch: Mismatch) -> None:
        """Have what does not fit in a session."""
        self.refitted(mismatch.session, mismatch.api, Refit(mismatch.misfits))

    def refitted(self, session: str, api: str, refit: Refit) -> None:
        """Have what came of a collection in a session."""
        name = refit.misfits.collection
        known = self._refits.setdefault((api, name), Refit(Misfits(f"{api} {name}")))
        known.misfits.join(refit.misfits)
        known.completed += refit.completed
        known.lost |= refit.lost
        self._sessions.setdefault((api, name), {})[session] = None

    def lines(self, say: Callable[[Refit], Iterable[str]]) -> Iterator[str]:
        """Say it."""
        lines = []
        for place, refit in self._refits.items():
            sessions = len(self._sessions[place])
            among = f" (in {sessions} sessions)" if sessions > 1 else ""
            lines += [f"{line}{among}" for line in say(refit)]
        yield from lines[:_SHOWN]
        if len(lines) > _SHOWN:
            yield f"and {len(lines) - _SHOWN} more collections; GET /__admin/sessions/NAME/aside has them"


def reconcile(
    options: argparse.Namespace,
    sessions: Sessions,
    sandboxes: Sequence[Sandbox],
    state: StateFile | None,
    reports: Reports,
) -> None:
    """Hold what is kept against the contracts that are served now, as `--on-mismatch` says, and report what
    came of it.

    state: the file of `--state`, where there is one. Raises StoreUnusable where it is to be refused.
    """
    kept = [session for session in sessions if session.was_kept or state is not None]
    if not kept:
        return
    if options.on_mismatch == "refuse":
        asyncio.run(_refuse(kept, sandboxes, state))
    drops = options.on_mismatch == "drop"
    for line in asyncio.run(_settled(kept, sandboxes, state, drops=drops)):
        reports.warn(line)
    if isinstance(sessions.backend, KeptBackend):
        asyncio.run(_noted(sessions.backend, kept))


def reconcile_shared(
    options: argparse.Namespace, sessions: Sessions, sandboxes: Sequence[Sandbox], reports: Reports
) -> None:
    """Drop or refuse what does not fit, as `--on-mismatch` says, in a store that other processes use too.

    sessions: made for this alone, since their connection ends with it. Raises StoreUnusable.
    """
    assert isinstance(sessions.backend, SharedBackend)
    try:
        lines = asyncio.run(_settled_shared(options, sessions, sessions.backend, sandboxes))
    except StoreAway as error:
        raise StoreUnusable(f"--on-mismatch {options.on_mismatch}: {error}") from None
    for line in lines:
        reports.warn(line)


async def _settled_shared(
    options: argparse.Namespace,
    sessions: Sessions,
    backend: SharedBackend[Journal],
    sandboxes: Sequence[Sandbox],
) -> Sequence[str]:
    try:
        kept = [await _heard_of(name, sessions, backend) for name in await backend.names()]
        if options.on_mismatch == "refuse":
            await _refuse(kept, sandboxes, None)
            return ()
        lines = await _settled(kept, sandboxes, None, drops=True)
        await _noted(backend, kept)
        return lines
    finally:
        await backend.close()


async def _heard_of(name: str, sessions: Sessions, backend: SharedBackend[Journal]) -> Session:
    """Return a session that others may have made, as it is now."""
    session = sessions.use(name)
    await backend.begin(name)
    session.was_kept = True
    return session


async def _refuse(kept: Sequence[Session], sandboxes: Sequence[Sandbox], state: StateFile | None) -> None:
    """Raise StoreUnusable where something does not fit."""
    reconciled = Reconciled()
    for session in kept:
        await _note(reconciled, found(session, sandboxes))
    for mismatch in state.unserved() if state is not None else ():
        reconciled.add(mismatch)
    lines = list(reconciled.lines(_refused))
    if lines:
        raise StoreUnusable(f"--on-mismatch refuse: {'; '.join(lines)}")


async def _settled(
    kept: Sequence[Session], sandboxes: Sequence[Sandbox], state: StateFile | None, *, drops: bool
) -> Sequence[str]:
    """Refit what is kept, and return what is to be said of it."""
    refits, rest = Reconciled(), Reconciled()
    for session in kept:
        async for api, refit in settle(session, sandboxes):
            refits.refitted(session.name, api, refit)
        if drops:
            await drop(session, sandboxes)
        await _note(rest, unserved(session, sandboxes))
    for mismatch in state.unserved() if state is not None else ():
        rest.add(mismatch)
    said = _dropped if drops else Refit.sentences
    return [*refits.lines(said), *rest.lines(_unserved)]


async def _note(reconciled: Reconciled, mismatches: AsyncIterable[Mismatch]) -> None:
    async for mismatch in mismatches:
        reconciled.add(mismatch)


async def _noted(backend: KeptBackend[Journal] | SharedBackend[Journal], kept: Sequence[Session]) -> None:
    """Have it be known at the next start which contracts all that is kept fits."""
    for session in kept:
        await backend.keep(session.name)


def _refused(refit: Refit) -> Iterator[str]:
    misfits = refit.misfits
    yield (
        f"{misfits.collection} has {misfits.counted} that cannot be shown; "
        f"the first is {misfits.key}: {misfits.reason}"
    )


def _dropped(refit: Refit) -> Iterator[str]:
    misfits = refit.misfits
    if misfits.records:
        yield (
            f"{misfits.collection}: the contract does not take {misfits.counted} any more, dropped; "
            f"the first is {misfits.key}: {misfits.reason}"
        )
    yield from Refit(Misfits(misfits.collection), refit.completed, refit.lost).sentences()


def _unserved(refit: Refit) -> Iterator[str]:
    yield f"{refit.misfits.collection}: {refit.misfits.counted} kept, and {refit.misfits.reason}"
