"""The command `understudy data`: the records that a sandbox starts with."""

from __future__ import annotations

import argparse
import asyncio
import time
from typing import Any, Final

import orjson

from understudy.beginning import Counts
from understudy.cli.configured import configuration
from understudy.cli.reports import warn
from understudy.sandbox import Sandbox
from understudy.sessions import Session
from understudy.state.store import INTERNAL

_MANY: Final = 20_000
"""Records of a collection that take so long to make that it is said."""


def run(options: argparse.Namespace) -> int:
    """Print the records of each collection. Raises SandboxError for a contract that cannot be served."""
    configured = configuration(options)
    sandboxes, session = configured.sandboxes(warn), configured.sessions().use()
    found: dict[str, Any] = {}
    for sandbox in sandboxes:
        found |= asyncio.run(_world(sandbox, session))
    print(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
    return 0


async def _world(sandbox: Sandbox, session: Session) -> dict[str, Any]:
    """Return what a world starts with, by collection, each in the order of its list."""
    await _fill(sandbox, session)
    store = sandbox.world(session).store
    found = {}
    for name in sorted(await store.collections()):
        if not name.startswith(INTERNAL):
            page = await store.list(name, newest_first=True)
            found[name.strip("/")] = [record.value for record in page.records]
    return found


async def _fill(sandbox: Sandbox, session: Session) -> None:
    """Make the records of each collection, and say so where that takes long."""
    counts = sandbox.settings.populate
    most = counts.most if isinstance(counts, Counts) else counts
    if most <= _MANY:
        await sandbox.fill(session)
        return
    warn(f"up to {most:,} records a collection are made, and kept in memory until all are printed")
    for collection in sandbox.engine.partitions():
        began = time.monotonic()
        await sandbox.fill(session, collection)
        warn(f"{collection}: made in {time.monotonic() - began:.0f} s")
