"""The command `understudy`: what it is asked, and which of its commands answers."""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Mapping, Sequence
from pkgutil import resolve_name
from typing import Final

from understudy.cli.options import read_arguments
from understudy.cli.reports import Reports
from understudy.errors import OptionInvalid, SandboxError, StoreUnusable, TlsUnusable

COMMANDS: Final[Mapping[str, str]] = {
    "serve": "understudy.cli.serving:run",
    "config": "understudy.cli.configuring:run",
    "explain": "understudy.cli.explaining:run",
    "data": "understudy.cli.data:run",
    "validate": "understudy.cli.validating:run",
    "mcp": "understudy.cli.agents.command:run",
    "snapshot": "understudy.cli.snapshots:snapshot",
    "restore": "understudy.cli.snapshots:restore",
}
"""The function of each command, imported once it is asked: none pays for what only another needs."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    The exit status is 0, 1 where something cannot be served, 2 where the call, an option, the store or what
    TLS needs is wrong.

    That of `validate` is 0 without findings, 1 with some, 2 where the contract cannot be read.
    """
    reports = Reports()
    gc.disable()  # nothing that is imported or loaded is garbage, and it would be looked through often
    try:
        options = read_arguments(arguments)
        reports = Reports(getattr(options, "log_format", "text"))
        status: int = resolve_name(COMMANDS[options.command])(options)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # whoever read what was printed has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        print(f"understudy: what is told cannot be written: {error.strerror}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (OptionInvalid, StoreUnusable, TlsUnusable) as error:
        print(f"understudy: {error}", file=sys.stderr)
        return 2
    except SandboxError as error:
        reports.fail(error)
        return 1
    except KeyboardInterrupt:  # uvicorn has shut down in order and passes the signal on
        return 130
    finally:
        gc.enable()
