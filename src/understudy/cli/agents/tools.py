"""Tools: the operations of the admin API, as an agent is told of them and as they are asked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from typing import Any, Final
from urllib.parse import quote

from msgspec import Struct, field

from understudy.contracts.contract import Contract, Operation, Parameter
from understudy.contracts.source import Node
from understudy.errors import SettingsError
from understudy.pointers import step, tokens

BODY: Final = "body"
SANDBOX: Final = "sandbox"
API: Final = "api"
READ: Final = "readModel"
_SESSION: Final = "session"
_JSON: Final = "application/json"
_TEXT: Final = "text/plain"
_UNTOLD: Final = frozenset({"example", "examples", "x-understudy"})
_COMPONENTS: Final = "#/components/schemas/"
ONLY_API: Final = "Which API, as listApis has it; not needed where there is only one."
_OF_SANDBOX: Final = {
    "type": "string",
    "description": "Which sandbox, as startSandbox named it; not needed where only one runs.",
}


class ArgumentMissing(SettingsError):
    """A tool was called without something that it needs. name: of the argument."""

    def __init__(self, tool: str, name: str) -> None:
        self.name = name
        super().__init__(f"{tool} needs {name}")


class Asked(Struct, frozen=True):
    """A request of the admin API. path: below `/__admin`, percent-encoded."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


class Tool(Struct, frozen=True):
    """What an agent may call. schema: of its arguments, self-contained. operation: of the admin API, None for
    what the command itself does. reads: whether it changes nothing.
    """

    name: str
    description: str
    schema: Mapping[str, Any]
    operation: Operation | None = None
    reads: bool = False

    @property
    def is_of_api(self) -> bool:
        """Whether it is about one of the APIs that a sandbox serves."""
        return self.operation is not None and f"{{{API}}}" in self.operation.path

    def asked(self, arguments: Mapping[str, Any]) -> Asked:
        """Return the request that arguments stand for. Raises ArgumentMissing."""
        assert self.operation is not None
        path, query = self.operation.path, {}
        for parameter in self.operation.parameters:
            value = arguments.get(parameter.name, _default(parameter))
            if parameter.required and value in (None, ""):
                raise ArgumentMissing(self.name, parameter.name)
            if value is None:
                continue
            text = _written(parameter, value)
            if parameter.location == "path":
                path = path.replace(f"{{{parameter.name}}}", quote(text, safe=""))
            elif parameter.location == "query":
                query[parameter.name] = text
        return Asked(self.operation.method.upper(), path, query, arguments.get(BODY))

    def next(self, arguments: Mapping[str, Any], status: int, answer: Any) -> Iterator[str]:
        """Yield what can be called next, by the links of the answer: a tool with its arguments. A link to
        what the answer has none of, as an empty list, leads nowhere.
        """
        assert self.operation is not None
        stated = self.operation.responses.get(str(status))
        links = stated.node.get("links") if stated is not None else None
        for link in (links or {}).values():
            known = {
                name: _evaluated(str(expression), arguments, answer)
                for name, expression in link.get("parameters", {}).items()
            }
            if None not in known.values():
                yield f"{link['operationId']} {json.dumps(known)}"


def tools(contract: Contract) -> list[Tool]:
    """Make a tool of each operation of the admin API that answers JSON, text, or nothing."""
    found = []
    for operation in contract.operations:
        if _streams(operation):
            continue
        reads = operation.method == "get"
        said = operation.node.get("description") or ""
        description = f"{operation.node.get('summary')}.\n{said}".strip()
        found.append(Tool(operation.id, description, _schema(operation), operation, reads))
    return found


def listing(offered: Iterable[Tool], tool: Tool, parameter: str) -> str:
    """Return the name of the tool that lists what a parameter of a tool's path names, "" where none does."""
    assert tool.operation is not None
    before, found, _ = tool.operation.path.partition(f"/{{{parameter}}}")
    for one in offered:
        if found and one.reads and one.operation is not None and _last(one.operation.path) == _last(before):
            return one.name
    return ""


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def _streams(operation: Operation) -> bool:
    """Tell whether an operation's answer has no end, or is for programs of another kind."""
    kinds: set[str] = set()
    for status, answer in operation.responses.items():
        if status.startswith("2"):
            kinds |= answer.content.keys()
    return bool(kinds) and kinds.isdisjoint((_JSON, _TEXT))


# ---- arguments


def _default(parameter: Parameter) -> str | None:
    """Return what a parameter is where nobody says it: the session that every call without a name has, or
    the only value there is.
    """
    if (parameter.name, parameter.location) == (_SESSION, "path"):
        return "default"
    values: Sequence[Any] = ()
    if parameter.required and parameter.schema is not None:
        values = parameter.schema.value.get("enum", ())
    if len(values) == 1:
        return str(values[0])
    return None


def _written(parameter: Parameter, value: Any) -> str:
    if parameter.media_type or isinstance(value, (dict, list, bool)):
        return json.dumps(value)
    return str(value)


def _schema(operation: Operation) -> dict[str, Any]:
    """Return the schema of an operation's arguments: its parameters, and its body under a name of its own."""
    properties: dict[str, Any] = {SANDBOX: _OF_SANDBOX}
    required = []
    for parameter in operation.parameters:
        schema = dict(parameter.schema.value) if parameter.schema is not None else {}
        described = parameter.node.get("description")
        is_api = (parameter.name, parameter.location) == (API, "path")
        if is_api:
            described = ONLY_API
        if described:
            schema["description"] = described
        if _default(parameter) is not None:
            schema["default"] = _default(parameter)
        elif parameter.required and not is_api:
            required.append(parameter.name)
        properties[parameter.name] = schema
    if operation.body is not None:
        media = operation.body.content[_JSON]
        properties[BODY] = media.schema.value if media.schema is not None else {}
        if operation.body.required:
            required.append(BODY)
    schema = {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
    return _self_contained(schema, operation.node)


def _self_contained(schema: dict[str, Any], node: Node) -> dict[str, Any]:
    """Return a schema with all that it refers to, as its own `$defs`, and without examples."""
    components = node.document.root.value["components"]["schemas"]
    waiting: list[str] = []
    told: dict[str, Any] = _told(schema, waiting)
    definitions: dict[str, Any] = {}
    while waiting:
        name = waiting.pop()
        if name not in definitions:
            definitions[name] = {}
            definitions[name] = _told(components[name], waiting)
    if definitions:
        told["$defs"] = definitions
    return told


def _told(value: Any, waiting: list[str]) -> Any:
    """Copy a schema without what only people need, with its references turned; note what these name."""
    if isinstance(value, list):
        return [_told(one, waiting) for one in value]
    if not isinstance(value, dict):
        return value
    copied = {}
    for name, member in value.items():
        if name == "$ref" and isinstance(member, str) and member.startswith(_COMPONENTS):
            waiting.append(member.removeprefix(_COMPONENTS))
            copied[name] = f"#/$defs/{waiting[-1]}"
        elif name not in _UNTOLD or name in value.get("properties", {}):
            copied[name] = _told(member, waiting)
    return copied


# ---- what comes next


def _evaluated(expression: str, arguments: Mapping[str, Any], answer: Any) -> Any:
    """Return what a link's expression stands for (OpenAPI 3.1 §4.8.20.2), None where that is not there."""
    if expression.startswith("$request.path."):
        name = expression.removeprefix("$request.path.")
        return arguments.get(name, "default" if name == _SESSION else None)
    if expression.startswith("$response.body#"):
        try:
            return reduce(step, tokens(expression.removeprefix("$response.body#")), answer)
        except KeyError:
            return None
    return expression
