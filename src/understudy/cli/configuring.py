"""The command `understudy config`: what each option is set to, and by whom, as a file of options."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from understudy.beginning import Counts
from understudy.cli.option_file import ContractTable
from understudy.cli.option_schema import option_schema
from understudy.cli.server_options import ALL
from understudy.cli.settling import Setting, outranking_of

_WIDTH = 36


def run(options: argparse.Namespace) -> int:
    """Print what `understudy serve` would be told."""
    if options.schema:
        print(json.dumps(option_schema(), indent=2, ensure_ascii=False))
        return 0
    file = options.file.path
    print(f"# {'no file of options' if file is None else f'the file of options is {os.path.relpath(file)}'}")
    for name, setting in options.settled.items():
        print(_line(name, setting))
    outranking = outranking_of(options.settled)
    for table in options.tables:
        print()
        print(*_table(table, outranking), sep="\n")
    return 0


def _line(name: str, setting: Setting) -> str:
    """Write an option with who set it; one that is set to nothing as a comment, and no secret."""
    if setting.value in (None, ""):
        return _said(f"# {_key(name)} is not set", setting.origin)
    if ALL[name].secret:
        return _said(f"# {_key(name)} is set, and not shown", setting.origin)
    return _said(f"{_key(name)} = {_written(setting.value)}", setting.origin)


def _table(table: ContractTable, outranking: frozenset[str]) -> Iterator[str]:
    """Yield the lines of a contract, with the options of its own that hold."""
    yield "[[contracts]]"
    yield _said(f"file = {_written(table.file)}", table.place)
    if table.mount:
        yield _said(f"mount = {_written(table.mount)}", table.place)
    for name, one in table.kept(outranking).items():
        yield _said(f"{_key(name)} = {_written(one.value)}", one.place)


def _said(line: str, origin: str) -> str:
    return f"{line:<{_WIDTH}} # {origin}"


def _key(name: str) -> str:
    return name.replace("_", "-")


def _written(value: Any) -> str:
    """Write a value in TOML, whose texts, numbers and truth values are written as those of JSON."""
    if isinstance(value, Counts):
        return json.dumps(str(value))
    if isinstance(value, Path):
        return json.dumps(str(value), ensure_ascii=False)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(_written, value))}]"
    return json.dumps(value, ensure_ascii=False)
