"""Mismatches: what sessions hold that does not fit the contracts which are served now."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Final

from msgspec import Struct

from understudy.contracts.digest import digest
from understudy.engine.refitting import Misfits, Refit, drop_aside
from understudy.handler import Context
from understudy.sandbox import Sandbox
from understudy.sessions import Session
from understudy.state.store import INTERNAL, Store

NOT_SERVED: Final = "no such API is served"


class Mismatch(Struct, frozen=True):
    """Records of a collection of an API in a session that do not fit."""

    session: str
    api: str
    misfits: Misfits


async def settle(session: Session, sandboxes: Sequence[Sandbox]) -> AsyncIterator[tuple[str, Refit]]:
    """Refit what other versions of the contracts wrote, and yield what came of it, by the API's name."""
    for sandbox in sandboxes:
        if _may_not_fit(session, sandbox):
            for refit in await sandbox.engine.reconciling.settle(_context(session, sandbox)):
                yield sandbox.contract.name, refit
            session.digests.note(sandbox.contract.name, digest(sandbox.contract))


async def found(session: Session, sandboxes: Sequence[Sandbox]) -> AsyncIterator[Mismatch]:
    """Yield what does not fit, and change nothing."""
    for sandbox in sandboxes:
        if _may_not_fit(session, sandbox):
            context = _context(session, sandbox)
            for misfits in await sandbox.engine.reconciling.misfits(context):
                yield Mismatch(session.name, sandbox.contract.name, misfits)
            for misfits in await _unknown(sandbox, context):
                yield Mismatch(session.name, sandbox.contract.name, misfits)
    async for mismatch in unserved(session, sandboxes):
        yield mismatch


async def kept(session: Session, sandboxes: Sequence[Sandbox]) -> AsyncIterator[Mismatch]:
    """Yield what is kept and cannot be shown: aside, of a collection that is gone, or of an API that is."""
    for sandbox in sandboxes:
        name = sandbox.contract.name
        is_used = name in session.worlds or name in session.digests
        if is_used and sandbox.contract.operations:
            context = _context(session, sandbox)
            for misfits in await sandbox.engine.reconciling.aside(context):
                yield Mismatch(session.name, name, misfits)
            for misfits in await _unknown(sandbox, context):
                yield Mismatch(session.name, name, misfits)
    async for mismatch in unserved(session, sandboxes):
        yield mismatch


async def drop(session: Session, sandboxes: Sequence[Sandbox]) -> None:
    """Forget what is kept aside of the APIs that are served."""
    used = {*session.digests, *session.worlds}
    for sandbox in sandboxes:
        if sandbox.contract.name in used:
            await drop_aside(session.open(sandbox.contract.name))


async def unserved(session: Session, sandboxes: Sequence[Sandbox]) -> AsyncIterator[Mismatch]:
    """Yield what is kept of APIs that are not served."""
    served = {sandbox.contract.name for sandbox in sandboxes}
    for api in session.digests:
        if api not in served:
            async for misfits in _held(session.open(api)):
                yield Mismatch(session.name, api, misfits)


async def _held(store: Store) -> AsyncIterator[Misfits]:
    for name in await store.collections():
        if not name.startswith(INTERNAL):
            page = await store.list(name, limit=1, count=True)
            if page.total:
                yield Misfits(name, page.total, page.records[0].key, NOT_SERVED)


async def _unknown(sandbox: Sandbox, context: Context) -> Sequence[Misfits]:
    """Return what is in collections that the contract has not; they may be a handler's own."""
    if sandbox.own or sandbox.vendor.handlers or sandbox.vendor.hooks:
        return ()
    return await sandbox.engine.reconciling.unknown(context)


def _may_not_fit(session: Session, sandbox: Sandbox) -> bool:
    """Tell whether records may be there that another version of a contract wrote."""
    name = sandbox.contract.name
    if not sandbox.contract.operations:
        return False
    world = session.worlds.get(name)
    if world is not None:
        return world.has_moved
    return name in session.digests and session.digests.of(name) != digest(sandbox.contract)


def _context(session: Session, sandbox: Sandbox) -> Context:
    return sandbox.context(sandbox.contract.first.key, session)
