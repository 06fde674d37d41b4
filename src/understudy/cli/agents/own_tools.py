"""What an agent can call beside the admin API: sandboxes come and go, and are called as their clients do."""

from __future__ import annotations

from typing import Any, Final

from understudy.cli.agents.running import option_schemas
from understudy.cli.agents.tools import API, ONLY_API, SANDBOX, Tool

START: Final = "startSandbox"
STOP: Final = "stopSandbox"
LIST: Final = "listSandboxes"
CALL: Final = "callOperation"

_TEXT: Final = {"type": "string"}
_TEXTS: Final = {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}}
_NAME: Final = {"type": "string", "minLength": 1, "maxLength": 64}


def own_tools() -> list[Tool]:
    """Make the tools that are no operation of the admin API."""
    return [
        Tool(
            START,
            "Start a sandbox of OpenAPI contracts.\nAnswers its name, and the URL of each API. It runs until "
            "it is stopped, or this connection ends.",
            _start_schema(),
        ),
        Tool(STOP, "Stop a sandbox.\nWhat it remembered is gone.", _schema({"name": _NAME}, ["name"])),
        Tool(LIST, "List the sandboxes that run, with the URL of each API.", _schema({}, []), reads=True),
        Tool(
            CALL,
            "Call an operation of a sandbox, as a client would.\nAnswers status, headers and body. Where an "
            "operation asks for a credential, any that is not empty is good, unless identities are set.",
            _call_schema(),
        ),
    ]


def _start_schema() -> dict[str, Any]:
    contracts = {
        "type": "array",
        "items": _TEXT,
        "description": "OpenAPI or Swagger files, or folders of them; without any, the four bundled ones.",
    }
    options = {"type": "object", "properties": option_schemas(), "additionalProperties": False}
    name = {**_NAME, "description": "What the other tools call it; made up where it is left out."}
    return _schema({"name": name, "contracts": contracts, "options": options}, [])


def _call_schema() -> dict[str, Any]:
    properties = {
        SANDBOX: {**_TEXT, "description": "Which sandbox; not needed where only one runs."},
        "session": {**_TEXT, "default": "default", "description": "Whose records, clock and faults."},
        API: {**_TEXT, "description": ONLY_API},
        "operation": {
            **_TEXT,
            "description": "The operationId, or method and path, as listOperations has it.",
        },
        "path": {**_TEXTS, "description": "The parameters of the path, by name."},
        "query": {
            "type": "object",
            "description": "The parameters of the query, by name; a list is sent as several.",
        },
        "headers": {**_TEXTS, "description": "Headers, such as Authorization."},
        "body": {"description": "Sent as JSON; a text is sent as it is, where headers have a Content-Type."},
    }
    return _schema(properties, ["operation"])


def _schema(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
