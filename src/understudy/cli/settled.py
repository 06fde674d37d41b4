"""A command's options once all are asked that may set them: the command line, the environment and a file."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from understudy.cli.meant import local
from understudy.cli.option_file import ContractTable, OptionFile, find, load
from understudy.cli.reports import warn
from understudy.cli.server_options import ALL
from understudy.cli.settling import (
    COMMAND_LINE,
    CONFIG_VARIABLE,
    listed,
    outranking_of,
    settle,
    unknown_variables,
    variable,
)


def settle_all(options: argparse.Namespace) -> None:
    """Set what a command takes of the options, and its contracts.

    `options.settled` then says of each option by whom it is set, `options.tables` of each contract, and
    `options.file` what the file says.
    Raises OptionInvalid, and SettingsError for a contract that is no file.
    """
    for sentence in unknown_variables(os.environ):
        warn(sentence)
    options.file = _file(options.config)
    given = {name: value for name, value in vars(options).items() if name in ALL}
    options.settled = settle(given, os.environ, options.file)
    for name, setting in options.settled.items():
        setattr(options, name, setting.value)
    if "contract" in options:
        _settle_contract(options)
    else:
        options.tables = [_local(one, options) for one in _tables(options)]
        outranking = outranking_of(options.settled)
        options.contracts = [table.without(outranking) for table in options.tables]


def _file(named: Path | None) -> OptionFile:
    """Read the file that is named, else the nearest there is. Raises OptionInvalid."""
    variable_says = os.environ.get(CONFIG_VARIABLE, "").strip()
    if named is None and variable_says:
        named = Path(variable_says)
    path = named or find(Path.cwd())
    if path is None:
        return OptionFile()
    return load(path)


def _settle_contract(options: argparse.Namespace) -> None:
    """Find the contract of a command that takes one, with what the file says of it."""
    table = options.file.table_of(options.contract, COMMAND_LINE)
    own = table.without(outranking_of(options.settled)).options
    for name in own.keys() & options.settled.keys():
        setattr(options, name, own[name])
    options.contract = local(str(options.contract), fetches=options.fetch)


def _tables(options: argparse.Namespace) -> Sequence[ContractTable]:
    """Return the contracts that are named first: on the command line, in the environment, in the file."""
    file, origin = options.file, COMMAND_LINE
    named = options.contracts
    if not named:
        named, origin = listed(os.environ.get(variable("contracts"), "")), f"${variable('contracts')}"
    if named:
        return [file.table_of(one, origin) for one in named]
    return list(file.contracts)


def _local(table: ContractTable, options: argparse.Namespace) -> ContractTable:
    file = local(str(table.file), fetches=options.fetch)
    return ContractTable(file, table.place, table.mount, table.options)
