"""The command `understudy`: what it is asked, and which of its commands answers."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from understudy.cli import explaining, serving, snapshots
from understudy.cli.options import parser
from understudy.errors import SandboxError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    The exit status is 0, 1 where something cannot be served, 2 where the call is wrong.

    That of `validate` is 0 without findings, 1 with some, 2 where the contract cannot be read.
    """
    options = parser().parse_args(arguments)
    try:
        return COMMANDS[options.command](options)
    except SandboxError as error:
        print(f"understudy: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # uvicorn has shut down in order and passes the signal on
        return 130


def _validate(options: argparse.Namespace) -> int:
    # What only `validate` needs takes a tenth of a second to import, which every start would pay.
    from understudy.cli import validating  # noqa: PLC0415

    return validating.run(options.contract, options.overlays)


COMMANDS: Final[Mapping[str, Callable[[argparse.Namespace], int]]] = {
    "serve": serving.run,
    "explain": explaining.run,
    "validate": _validate,
    "snapshot": snapshots.snapshot,
    "restore": snapshots.restore,
}
