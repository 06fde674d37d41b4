"""The command `understudy mcp`."""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pkgutil import resolve_name
from typing import Final

from understudy.bundled import admin_contract
from understudy.cli.agents.calls import Calls
from understudy.cli.agents.own_tools import own_tools
from understudy.cli.agents.running import Sandboxes
from understudy.cli.agents.tools import tools
from understudy.contracts.contract import Contract
from understudy.errors import SettingsError
from understudy.options import OPTIONS

FIRST: Final = "default"
"""What the sandbox is called that runs from the start."""

_SERVER: Final = "understudy.cli.agents.server:serve"
"""Imported by its name: the SDK that it needs is not there unless somebody asked for it."""


def run(options: argparse.Namespace) -> int:
    """Start a sandbox of the contracts, and answer an agent until its end. Raises SandboxError."""
    if find_spec("mcp") is None:
        raise SettingsError(
            "`understudy mcp` needs the SDK of the protocol, which is an extra: pip install '.[mcp]', "
            "in a clone of understudy"
        )
    offered = [*own_tools(), *tools(Contract.load(admin_contract(), "admin"))]
    sandboxes = Sandboxes()
    given = {name: value for name, value in vars(options).items() if name in OPTIONS}
    sandboxes.start(FIRST, options.contracts, given)
    try:
        resolve_name(_SERVER)(offered, Calls(offered, sandboxes))
    finally:
        sandboxes.close()
    return 0
