"""What a start does with what is kept and does not fit the contracts any more."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterable, Callable, Iterable, Iterator, Sequence

from understudy.cli.reports import Reports
from understudy.cli.state_file import StateFile
from understudy.engine.refitting import Misfits, Refit
from understudy.errors import StoreUnusable
from understudy.journal.journal import Journal
from understudy.mismatches import Mismatch, drop, found, settle, unserved
from understudy.sandbox import Sandbox
from understudy.sessions import Session, Sessions
from understudy.state.kept import KeptBackend

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


async def _noted(backend: KeptBackend[Journal], kept: Sequence[Session]) -> None:
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
