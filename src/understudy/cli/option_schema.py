"""The JSON Schema of a file of options, made from the table of options, for editors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from understudy.beginning import read_counts
from understudy.cli.option_file import CONTRACTS, MOUNT, MOUNT_EXPECTED
from understudy.cli.server_options import ALL, read_port, read_rate
from understudy.cli.settling import default_of
from understudy.options import (
    OPTIONS,
    Option,
    read_integer,
    read_number,
    read_seconds,
    read_size,
)

Schema = dict[str, Any]

_BY_READER: Final[Mapping[Callable[[str], Any], Schema]] = {
    read_number: {"type": "integer", "minimum": 0},
    read_integer: {"type": "integer"},
    read_seconds: {"type": "number", "exclusiveMinimum": 0},
    read_size: {"type": ["integer", "string"], "minimum": 0},
    read_counts: {"type": ["integer", "string"], "minimum": 0},
    read_rate: {"type": ["number", "string"], "exclusiveMinimum": 0},
    read_port: {"type": "integer", "minimum": 0, "maximum": 65535},
}
"""What a value is that some reader makes of a text; of any other it is a text."""
_TEXT: Final = {"type": "string"}
_DESCRIPTION: Final = "The contracts to serve: files, folders and tables with the options of one."


def option_schema() -> Schema:
    """Return the schema of `understudy.toml`, and of the table `[tool.understudy]`."""
    properties = {_key(name): _property(name, option) for name, option in ALL.items()}
    properties[CONTRACTS] = {
        "description": _DESCRIPTION,
        "type": "array",
        "items": {"anyOf": [_TEXT, _contract()]},
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",  # which all editors know
        "title": "Options of understudy",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }


def _contract() -> Schema:
    """Return the schema of the table of one contract."""
    own = {_key(name): _property(name, option) for name, option in OPTIONS.items() if option.each}
    file = {"description": "OpenAPI file, or a folder of them", "type": "string"}
    mount = {
        "description": f"where it is served: {MOUNT_EXPECTED} (default: by its file's name)",
        "type": "string",
        "pattern": f"^(?:{MOUNT.pattern})$",
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["file"],
        "properties": {"file": file, "mount": mount, **own},
    }


def _property(name: str, option: Option) -> Schema:
    schema: Schema = dict(_BY_READER.get(option.read, _TEXT))
    if option.is_switch:
        schema = {"type": "boolean"}
    elif option.choices:
        schema = {"enum": list(option.choices)}
    if option.many:
        schema = {"anyOf": [schema, {"type": "array", "items": schema}]}
    return {"description": option.help.format(default=default_of(name)), **schema}


def _key(name: str) -> str:
    return name.replace("_", "-")
