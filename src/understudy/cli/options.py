"""The options of each command, and what their values may be."""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path
from typing import Final

from understudy import __version__

TOKEN_VARIABLE: Final = "UNDERSTUDY_ADMIN_TOKEN"
_ORIGIN: Final = re.compile(
    r"[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?", re.IGNORECASE
)  # RFC 6454 §6.2


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = argparse.ArgumentParser(
        prog="understudy", description="Stateful API sandboxes from OpenAPI contracts."
    )
    top.add_argument("--version", action="version", version=f"understudy {__version__}")
    commands = top.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="start sandboxes", description="Serve contracts as sandboxes.")
    serve.add_argument(
        "contracts",
        nargs="*",
        type=Path,
        metavar="CONTRACT",
        help="OpenAPI file; without one, the four bundled contracts",
    )
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    serve.add_argument(
        "--port",
        type=_port,
        default=8000,
        help="port to listen on; 0 takes a free one (default: %(default)s)",
    )
    serve.add_argument(
        "--seed", type=int, default=1, help="decides all that is made up (default: %(default)s)"
    )
    serve.add_argument(
        "--populate",
        type=_count,
        default=3,
        metavar="N",
        help="records each collection starts with (accounts in the bundled sandboxes; default: %(default)s)",
    )
    serve.add_argument(
        "--identities", type=Path, metavar="FILE", help="who may call; without it any credential is good"
    )
    _add_admin_token(serve, "what callers of /__admin have to send; needed on any address but a loopback one")
    serve.add_argument(
        "--state",
        type=Path,
        metavar="FILE",
        help="snapshot that is loaded at the start and written at the stop",
    )
    serve.add_argument(
        "--session-idle",
        type=_seconds,
        default=3600.0,
        metavar="SECONDS",
        help="drop a session that was not used for so long (default: %(default)g)",
    )
    serve.add_argument(
        "--journal",
        type=_count,
        default=5000,
        metavar="N",
        help="requests each session's journal keeps; 0 for none (default: %(default)s)",
    )
    _add_rules(serve)
    serve.add_argument(
        "--cors",
        action="append",
        type=_origin,
        metavar="ORIGIN",
        help="origin whose pages may call (default: any on a loopback address, else none)",
    )
    serve.add_argument(
        "--reload",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="load contracts, overlays and handlers anew when one of their files changes, and keep what was created",
    )
    _add_overlay(serve)
    _add_callbacks(serve)
    explain = commands.add_parser(
        "explain", help="say what each operation will do, and why", description="Explain sandboxes."
    )
    explain.add_argument(
        "contracts",
        nargs="*",
        type=Path,
        metavar="CONTRACT",
        help="OpenAPI file; without one, the four bundled contracts",
    )
    explain.add_argument("--json", action="store_true", help="print a JSON document instead of text")
    _add_rules(explain)
    _add_overlay(explain)
    validate = commands.add_parser(
        "validate", help="say what is wrong in a contract", description="Check a contract; made for CI."
    )
    validate.add_argument("contract", type=Path, metavar="CONTRACT", help="OpenAPI or Swagger 2.0 file")
    _add_overlay(validate)
    _add_snapshots(commands)
    return top


def _add_snapshots(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    snapshot = commands.add_parser(
        "snapshot",
        help="save a running sandbox's state",
        description="Write what a session remembers, as one JSON document.",
    )
    snapshot.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="file to write (default: the standard output)"
    )
    restore = commands.add_parser(
        "restore", help="put a state back", description="Put a session back to a snapshot."
    )
    restore.add_argument("file", type=Path, metavar="FILE", help="a file that `understudy snapshot` wrote")
    for command in (snapshot, restore):
        command.add_argument(
            "--url",
            default="http://127.0.0.1:8000",
            help="where the sandbox is served (default: %(default)s)",
        )
        command.add_argument(
            "--session", default="default", metavar="NAME", help="whose state (default: %(default)s)"
        )
        _add_admin_token(command, "what the sandbox was started with")


def _add_admin_token(command: argparse.ArgumentParser, meaning: str) -> None:
    """Add the token, which is never printed: a default that is named only by where it comes from."""
    token = os.environ.get(TOKEN_VARIABLE, "").strip() or None
    command.add_argument(
        "--admin-token", default=token, metavar="TOKEN", help=f"{meaning} (default: ${TOKEN_VARIABLE})"
    )


def _add_rules(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--unknown-ids",
        choices=("generate", "404"),
        help="whether an item that nobody created is made when it is first asked for (default: generate; 404 in the bundled sandboxes)",
    )
    command.add_argument(
        "--handlers",
        type=Path,
        metavar="FILE",
        help="Python file whose async functions answer the operations they are named after",
    )


def _add_callbacks(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--webhook-url",
        action="append",
        default=[],
        metavar="URL",
        help="where the webhooks of each session go at its start; repeatable",
    )
    command.add_argument(
        "--allow-callbacks",
        action="append",
        default=[],
        metavar="HOST[:PORT]",
        help="host that callbacks and webhooks may go to, besides loopback addresses; repeatable",
    )


def _add_overlay(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--overlay",
        action="append",
        type=Path,
        default=[],
        metavar="FILE",
        help="OpenAPI Overlay that changes the contract; repeatable, in order",
    )


def _origin(text: str) -> str:
    if text != "*" and not _ORIGIN.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not an origin: * or scheme://host[:port], such as http://localhost:3000"
        )
    return text.lower()


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: 0 to 65535")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a time: seconds, more than 0")
    return seconds


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number: 0 or more")
    return int(text)
