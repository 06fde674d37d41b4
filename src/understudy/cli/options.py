"""The command line: the options of each command, and what their values may be."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from understudy import __version__
from understudy.cli.meant import local, meant, nearest
from understudy.errors import SettingsError
from understudy.options import OPTIONS, read
from understudy.server.request_log import FORMATS, LEVELS

TOKEN_VARIABLE: Final = "UNDERSTUDY_ADMIN_TOKEN"
_DEFAULTS: Final = {"populate": 3}
"""Defaults other than the table's: here a person wants to see something."""

_ORIGIN: Final = re.compile(  # RFC 6454 §6.2
    r"[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?", re.IGNORECASE
)
_OF_DATA: Final = ("seed", "populate", "data", "overlays", "root")
_EXPLAINED: Final = ("unknown_ids", "handlers", "overlays", "root")


def read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line. Raises SystemExit: for help with 0, for a call that is wrong with 2.

    Raises SettingsError for a contract that is no file.
    """
    top, commands = _parsers()
    words = meant(sys.argv[1:] if arguments is None else arguments, commands)
    if not words[0].startswith("-") and words[0] not in commands:
        top.error(f"there is no command {words[0]!r}{nearest(words[0], commands)}")
    options, unknown = top.parse_known_args(words)
    if unknown:
        command = commands[options.command]
        known = [flag for action in command._actions for flag in action.option_strings]
        what = "option" if unknown[0].startswith("-") else "argument"
        command.error(f"there is no {what} {unknown[0]}{nearest(unknown[0].partition('=')[0], known)}")
    if "contracts" in options:
        options.contracts = [local(one, fetches=options.fetch) for one in options.contracts]
    if "contract" in options:
        options.contract = local(options.contract, fetches=options.fetch)
    return options


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    return _parsers()[0]


def _parsers() -> tuple[argparse.ArgumentParser, Mapping[str, argparse.ArgumentParser]]:
    """Return the parser of the whole command line, and those of its commands."""
    top = argparse.ArgumentParser(
        prog="understudy", description="Stateful API sandboxes from OpenAPI contracts."
    )
    top.add_argument("--version", action="version", version=f"understudy {__version__}")
    commands = top.add_subparsers(dest="command", required=True)
    _add_serve(
        commands.add_parser("serve", help="start sandboxes", description="Serve contracts as sandboxes.")
    )
    _add_explain(
        commands.add_parser(
            "explain", help="say what each operation will do, and why", description="Explain sandboxes."
        )
    )
    _add_data(
        commands.add_parser(
            "data",
            help="print the records that a sandbox starts with",
            description="Print the world that a sandbox starts with, as JSON, for fixtures and for --data.",
        )
    )
    _add_validate(
        commands.add_parser(
            "validate", help="say what is wrong in a contract", description="Check a contract; made for CI."
        )
    )
    _add_mcp(
        commands.add_parser(
            "mcp",
            help="let an agent use sandboxes, by the Model Context Protocol",
            description="Start sandboxes and answer an agent over the standard input and output (MCP).",
        )
    )
    _add_snapshots(commands)
    return top, commands.choices


def _add_explain(explain: argparse.ArgumentParser) -> None:
    _add_contracts(explain)
    explain.add_argument("--json", action="store_true", help="print a JSON document instead of text")
    for name in _EXPLAINED:
        _add(explain, name)


def _add_validate(validate: argparse.ArgumentParser) -> None:
    validate.add_argument(
        "contract", metavar="CONTRACT", help="OpenAPI or Swagger 2.0 file, or a folder of them"
    )
    _add_fetch(validate)
    _add(validate, "overlays")
    _add(validate, "root")


def _add_serve(serve: argparse.ArgumentParser) -> None:
    _add_contracts(serve)
    _add_server(serve)
    _add_printed(serve)
    for name in OPTIONS:
        _add(serve, name, _DEFAULTS.get(name))


def _add_mcp(mcp: argparse.ArgumentParser) -> None:
    _add_contracts(mcp)
    for name in OPTIONS:
        _add(mcp, name, _DEFAULTS.get(name))


def _add_data(data: argparse.ArgumentParser) -> None:
    data.add_argument("contracts", nargs=1, metavar="CONTRACT", help="OpenAPI file")
    _add_fetch(data)
    for name in _OF_DATA:
        _add(data, name, _DEFAULTS.get(name))


def _add_server(serve: argparse.ArgumentParser) -> None:
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    serve.add_argument(
        "-p",
        "--port",
        type=_port,
        default=8000,
        help="port to listen on; 0 takes a free one (default: %(default)s)",
    )
    _add_admin_token(serve, "what callers of /__admin have to send; needed on any address but a loopback one")
    serve.add_argument(
        "--state",
        type=Path,
        metavar="FILE",
        help="snapshot that is loaded at the start and written at the stop",
    )
    serve.add_argument(
        "--store",
        metavar="URL",
        help="where all sessions are kept, written while it serves: sqlite:///FILE; "
        "with ?sync=full an answer waits until what it tells is on the disk (default: memory)",
    )
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
        help="load contracts, overlays and handlers anew when one of their files changes, "
        "and keep what was created",
    )


def _add_printed(serve: argparse.ArgumentParser) -> None:
    serve.add_argument(
        "--log",
        choices=LEVELS,
        help="what is printed of each request: nothing, a line, or bodies too "
        "(default: a line on a terminal, else nothing)",
    )
    serve.add_argument(
        "--log-format",
        choices=FORMATS,
        default="text",
        help="how requests, failures and what is said at the start are written: for a person, or as JSON, an "
        "object a line, which also prints requests where no terminal reads them (default: %(default)s)",
    )
    serve.add_argument(
        "--quiet", action="store_true", help="do not print what each operation does, and who may call"
    )


def _add_contracts(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "contracts",
        nargs="*",
        metavar="CONTRACT",
        help="OpenAPI file, or a folder of them; without one, the four bundled contracts",
    )
    _add_fetch(command)


def _add_fetch(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--fetch",
        action="store_true",
        help="save a contract that is given as a URL in this folder, where it is not there yet",
    )


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


def _add(command: argparse.ArgumentParser, name: str, default: Any = None) -> None:
    """Add an option of the table, with its own default or another."""
    option = OPTIONS[name]
    if default is None:
        default = option.default
    facts: dict[str, Any] = {"dest": name, "help": option.help.format(default=default)}
    if option.many:
        facts |= {"action": "append", "default": list(default)}
    else:
        facts["default"] = default
    if isinstance(option.default, bool):
        facts["action"] = "store_true"
    elif option.choices:
        facts["choices"] = option.choices
    else:
        facts |= {"type": _argument(partial(read, option)), "metavar": option.metavar or None}
    command.add_argument(f"--{option.flag or name.replace('_', '-')}", **facts)


def _argument(reader: Callable[[str], Any]) -> Callable[[str], Any]:
    """Let a reader's error say what is wrong with an argument."""

    def read_argument(text: str) -> Any:
        try:
            return reader(text)
        except SettingsError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read_argument


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
