"""The command line: the options of each command, and what their values may be."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, NoReturn

from understudy import __version__
from understudy.cli.meant import meant
from understudy.cli.server_options import ALL, SERVER, TOKEN_VARIABLE
from understudy.cli.settled import settle_all
from understudy.cli.settling import default_of
from understudy.errors import SettingsError
from understudy.nearest import did_you_mean
from understudy.options import OPTIONS, read

_OF_DATA: Final = ("seed", "populate", "data", "overlays", "root")
_EXPLAINED: Final = ("unknown_ids", "handlers", "overlays", "root")


def read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line. Raises SystemExit: for help with 0, for a call that is wrong with 2.

    What it does not say, the environment or a file of options may. Raises OptionInvalid for what cannot be
    used there, SettingsError for a contract that is no file.
    """
    top, commands = _parsers()
    words = meant(sys.argv[1:] if arguments is None else arguments, commands)
    if not words[0].startswith("-") and words[0] not in commands:
        what = "command or file" if re.search(r"[./\\]", words[0]) else "command"
        top.error(f"there is no {what} {words[0]!r}{did_you_mean(words[0], commands)}")
    options, unknown = top.parse_known_args(words)
    if unknown:
        command = commands[options.command]
        known = [flag for action in command._actions for flag in action.option_strings]
        word = unknown[0].partition("=")[0]
        what = "option" if word.startswith("-") else "argument"
        if _is_of(commands["serve"], word):
            command.error(f"{word} is an option of `understudy serve` alone")
        command.error(f"there is no {what} {unknown[0]}{did_you_mean(word, known)}")
    if "config" in options:
        settle_all(options)
    return options


def _is_of(command: argparse.ArgumentParser, word: str) -> bool:
    return any(word in action.option_strings for action in command._actions)


class _Command(argparse.ArgumentParser):
    """A command, or the one that holds them all. Of a value that is refused it says the sentence alone: its
    usage, which lists all there is, would stand between what was typed and what is wrong with it.
    """

    def error(self, message: str) -> NoReturn:
        if message.startswith("argument "):
            self.exit(2, f"{self.prog}: error: {message}\n")
        super().error(message)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    return _parsers()[0]


def _parsers() -> tuple[argparse.ArgumentParser, Mapping[str, argparse.ArgumentParser]]:
    """Return the parser of the whole command line, and those of its commands."""
    top = _Command(
        prog="understudy",
        description="Stateful API sandboxes from OpenAPI contracts.",
        epilog="`understudy openapi.yaml` serves a contract; `understudy COMMAND --help` says more of each.",
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
    _add_config(commands)
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
    _add_file(validate)
    _add(validate, "overlays")
    _add(validate, "root")


def _add_serve(serve: argparse.ArgumentParser) -> None:
    _add_contracts(serve)
    for name in (*SERVER, *OPTIONS):
        _add(serve, name)


def _add_config(commands: argparse._SubParsersAction[_Command]) -> None:
    config = commands.add_parser(
        "config",
        help="print what each option is set to, and by whom",
        description="Print what `understudy serve` is told, and by whom: the command line, the environment, "
        "a file, or a default. What is printed is a file of options.",
    )
    _add_serve(config)
    config.add_argument(
        "--schema", action="store_true", help="print the JSON Schema of such a file instead, for editors"
    )


def _add_mcp(mcp: argparse.ArgumentParser) -> None:
    _add_contracts(mcp)
    for name in OPTIONS:
        _add(mcp, name)


def _add_data(data: argparse.ArgumentParser) -> None:
    data.add_argument("contracts", nargs=1, metavar="CONTRACT", help="OpenAPI file")
    _add_file(data)
    for name in _OF_DATA:
        _add(data, name)


def _add_contracts(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "contracts",
        nargs="*",
        metavar="CONTRACT",
        help="OpenAPI file, or a folder of them; without one, the four bundled contracts",
    )
    _add_file(command)


def _add_file(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="file of options (default: $UNDERSTUDY_CONFIG, or understudy.toml, or pyproject.toml where it "
        "has [tool.understudy], in this folder or the nearest above it)",
    )
    _add(command, "fetch")


def _add_snapshots(commands: argparse._SubParsersAction[_Command]) -> None:
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


def _add(command: argparse.ArgumentParser, name: str) -> None:
    """Add an option of the table. Its default comes later, where neither the environment nor a file says
    more.
    """
    option = ALL[name]
    facts: dict[str, Any] = {"dest": name, "help": _help(name), "default": None}
    if option.is_switch:
        facts["action"] = argparse.BooleanOptionalAction
    elif option.choices:
        facts["choices"] = option.choices
    else:
        facts |= {"type": _argument(partial(read, option)), "metavar": option.metavar or None}
    if option.many:
        facts["action"] = "append"
    flags = [f"--{option.flag or name.replace('_', '-')}"]
    if option.short:
        flags.insert(0, f"-{option.short}")
    command.add_argument(*flags, **facts)


def _help(name: str) -> str:
    """Say what an option is for, and its default."""
    return ALL[name].help.format(default=default_of(name))


def _argument(reader: Callable[[str], Any]) -> Callable[[str], Any]:
    """Let a reader's error say what is wrong with an argument."""

    def read_argument(text: str) -> Any:
        try:
            return reader(text)
        except SettingsError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read_argument
