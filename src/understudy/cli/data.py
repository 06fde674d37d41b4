"""The command `understudy data`: the records that a sandbox starts with."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

import orjson

from understudy.cli.configured import configuration
from understudy.cli.reports import warn
from understudy.sandbox import Sandbox
from understudy.sessions import Session
from understudy.state.store import INTERNAL


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
    await sandbox.fill(session)
    store = sandbox.world(session).store
    found = {}
    for name in sorted(await store.collections()):
        if not name.startswith(INTERNAL):
            page = await store.list(name, newest_first=True)
            found[name.strip("/")] = [record.value for record in page.records]
    return found
