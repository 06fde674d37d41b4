"""Calls: what a tool does, and what is said of it in short."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

import httpx
from jsonschema_rs import Draft202012Validator, ValidationError
from msgspec import Struct

from understudy.cli.agents import own_tools
from understudy.cli.agents.running import Running, Sandboxes, read_options
from understudy.cli.agents.tools import API, BODY, READ, SANDBOX, ArgumentMissing, Tool, listing
from understudy.cli.meant import is_address
from understudy.errors import SandboxError, SettingsError
from understudy.names import fold
from understudy.nearest import did_you_mean

MOST: Final = 8_000
"""Characters of an answer that are told."""

_NOT_FOUND: Final = 404
_OPERATIONS: Final = "listOperations"
_EXAMPLE: Final = "exampleRequest"
_SHOWN_HEADERS: Final = ("content-type", "location", "retry-after", "www-authenticate", "link")
_HEADER: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 §5.6.2
_NAMED: Final = 20  # operations that a refusal lists
_FEWER: Final = "ask for fewer with limit, for one alone, or filter"
_NEXT: Final = {
    own_tools.START: (_OPERATIONS, READ, own_tools.CALL),
    own_tools.CALL: ("listEntries", "listRecords"),
    READ: (own_tools.CALL,),
    own_tools.STOP: (own_tools.START,),
    _OPERATIONS: (own_tools.CALL,),
    _EXAMPLE: (own_tools.CALL,),
}
"""What no link of the admin API leads to: tools that are none of its operations, and from these to it."""


class Told(Struct, frozen=True):
    """What an agent hears of a call."""

    text: str
    is_error: bool = False


class Calls:
    """Calls tools by name. What goes wrong is told as an error, and never raised."""

    def __init__(self, tools: Sequence[Tool], sandboxes: Sandboxes) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self._sandboxes = sandboxes
        self._own: Mapping[str, Callable[[Mapping[str, Any]], Told]] = {
            own_tools.START: self._start,
            own_tools.STOP: self._stop,
            own_tools.LIST: self._list,
            own_tools.CALL: self._call,
        }

    def call(self, name: str, arguments: Mapping[str, Any]) -> Told:
        """Call a tool."""
        tool = self._tools.get(name)
        if tool is None:
            said = did_you_mean(name, self._tools) or f"; there are {', '.join(self._tools)}"
            return Told(f"there is no tool {name!r}{said}", is_error=True)
        given = {name: value for name, value in arguments.items() if value is not None or name == BODY}
        try:
            _check(tool, given)
            if tool.operation is None:
                return self._own[name](given)
            return self._ask(tool, given)
        except ArgumentMissing as error:
            found_by = listing(self._tools.values(), tool, error.name)
            return Told(_with_next(str(error), filter(None, [found_by])), is_error=True)
        except (SandboxError, httpx.HTTPError, httpx.InvalidURL) as error:
            return Told(str(error), is_error=True)

    # ---- the admin API

    def _ask(self, tool: Tool, arguments: Mapping[str, Any]) -> Told:
        running = self._sandboxes.of(arguments.get(SANDBOX, ""))
        if tool.is_of_api and not arguments.get(API):
            arguments = {**arguments, **_only_api(running)}
        answer = running.ask(tool.asked(arguments))
        body = _body(answer)
        if not answer.is_success:
            following: Iterable[str] = ()
            if answer.status_code == _NOT_FOUND:
                following = self._listings(tool, arguments)
            return Told(_with_next(_refusal(answer.status_code, body), following), is_error=True)
        said = "done" if body is None else _cut(_written(body), _FEWER)
        following = [*tool.next(arguments, answer.status_code, body), *_NEXT.get(tool.name, ())]
        return Told(_with_next(said, following))

    def _listings(self, tool: Tool, arguments: Mapping[str, Any]) -> Sequence[str]:
        """Return the tools that list what the arguments of a path name."""
        found = [listing(self._tools.values(), tool, name) for name in arguments]
        return [name for name in found if name]

    # ---- what the command does itself

    def _start(self, arguments: Mapping[str, Any]) -> Told:
        contracts, options = arguments.get("contracts", ()), read_options(arguments.get("options", {}))
        for contract in contracts:
            if is_address(contract):
                raise SettingsError(
                    f"{contract} is no file, and nothing is fetched: save it, and name the file"
                )
        name = self._sandboxes.start(arguments.get("name", ""), contracts, options)
        served = self._sandboxes.of(name).served()
        return Told(_with_next(_written({"name": name, "apis": served}), _NEXT[own_tools.START]))

    def _stop(self, arguments: Mapping[str, Any]) -> Told:
        self._sandboxes.stop(arguments["name"])
        return Told(f"{arguments['name']} is stopped")

    def _list(self, _arguments: Mapping[str, Any]) -> Told:
        found = {name: running.served() for name, running in self._sandboxes}
        if not found:
            return Told(_with_next("no sandbox runs", [own_tools.START]))
        return Told(_written(found))

    def _call(self, arguments: Mapping[str, Any]) -> Told:
        running = self._sandboxes.of(arguments.get(SANDBOX, ""))
        served = running.served()
        api = arguments.get(API, "")
        api = _one_of(served, api, "API") if api or len(served) > 1 else next(iter(served))
        method, path = _operation(running, api, arguments["operation"])
        answer = _sent(running, method, served[api] + _filled(path, arguments.get("path", {})), arguments)
        said = f"{answer.status_code} {answer.reason_phrase}\n{_headers(answer)}\n\n"
        said += _cut(answer.text, "ask for less of it")
        return Told(_with_next(said, _NEXT[own_tools.CALL] if answer.is_error else ()))


# ---- requests


def _check(tool: Tool, arguments: Mapping[str, Any]) -> None:
    """Hold arguments against a tool's schema: of the admin API only their names, for it judges the rest, and
    says more. Raises SettingsError.
    """
    known = tool.schema["properties"]
    _check_names(tool.name, arguments, known)
    held: Mapping[str, Any] = {"properties": {SANDBOX: known.get(SANDBOX, {})}}
    if tool.operation is None:
        held = tool.schema
        for name, schema in known.items():
            if "properties" in schema and isinstance(arguments.get(name), dict):
                _check_names(f"{tool.name}: {name}", arguments[name], schema["properties"])
    wrong = [_wrong(error) for error in Draft202012Validator(dict(held)).iter_errors(dict(arguments))]
    if wrong:
        raise SettingsError(f"{tool.name}: {'; '.join(wrong)}")


def _check_names(what: str, given: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    for name in given:
        if name not in known:
            raise SettingsError(
                f"{what} takes no {name}{did_you_mean(name, known)}; it takes {', '.join(known)}"
            )


def _wrong(error: ValidationError) -> str:
    place = "/".join(map(str, error.instance_path))
    return f"{place}: {error.message}" if place else error.message


def _operation(running: Running, api: str, wanted: str) -> tuple[str, str]:
    """Return the method and the path of an operation. Raises SettingsError with what there is."""
    listed = running.http.get(f"/__admin/apis/{quote(api, safe='')}/operations").json()["items"]
    for one in listed:
        if wanted and fold(wanted) in (fold(one["operationId"]), fold(one["key"])):
            return one["method"], one["path"]
    keys = [f"{one['method']} {one['path']}" for one in listed]
    names = [one["operationId"] or key for one, key in zip(listed, keys, strict=True)]
    said = did_you_mean(wanted, {*names, *keys})
    if not said:
        said = f"; it has {', '.join(names)}"
        if len(names) > _NAMED:
            said = f"; {_OPERATIONS} has its {len(names):,}"
    raise SettingsError(f"{api} has no operation {wanted!r}{said}")


def _filled(path: str, values: Mapping[str, Any]) -> str:
    """Return a path with its parameters. Raises SettingsError for one that is missing, or that it has not."""
    for name, value in values.items():
        if f"{{{name}}}" not in path:
            raise SettingsError(f"the path {path} takes no {name}")
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    missing = path.partition("{")[2].partition("}")[0]
    if missing:
        raise SettingsError(f"the path needs {missing}: give it under path")
    return path


def _sent(running: Running, method: str, url: str, arguments: Mapping[str, Any]) -> httpx.Response:
    headers = {name: str(value) for name, value in arguments.get("headers", {}).items()}
    headers["Sandbox-Session"] = arguments.get("session", "default")
    _check_headers(headers)
    content: dict[str, Any] = {}
    body = arguments.get("body")
    if isinstance(body, str) and "content-type" in map(str.lower, headers):
        content["content"] = body.encode()
    elif "body" in arguments:
        content["json"] = body
    query = dict(_queried(arguments.get("query", {})))
    return running.http.request(method, url, params=query or None, headers=headers, **content)


def _check_headers(headers: Mapping[str, str]) -> None:
    """Raise SettingsError for a header that no client can send."""
    for name, value in headers.items():
        if not _HEADER.fullmatch(name):
            raise SettingsError(f"{name!r} is no name of a header: letters, digits and - without spaces")
        if not (value.isascii() and value.isprintable()):
            raise SettingsError(f"the header {name} cannot be {value!r}: it is printable ASCII, on one line")


def _queried(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the parameters of a query; what is no text has the form of JSON."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield name, _written(value)
        elif value is not None:
            yield name, value


def _only_api(running: Running) -> Mapping[str, str]:
    """Return the argument that names the only API there is; nothing where there are several."""
    served = running.served()
    return {API: next(iter(served))} if len(served) == 1 else {}


def _one_of(known: Iterable[str], name: str, what: str) -> str:
    if name not in known:
        raise SettingsError(f"name one {what} of {', '.join(known)}")
    return name


# ---- what is said


def _body(answer: httpx.Response) -> Any:
    if not answer.content:
        return None
    try:
        return answer.json()
    except ValueError:
        return answer.text


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _headers(answer: httpx.Response) -> str:
    return "\n".join(f"{name}: {answer.headers[name]}" for name in _SHOWN_HEADERS if name in answer.headers)


def _refusal(status: int, body: Any) -> str:
    detail = body.get("detail") if isinstance(body, dict) else None
    return f"{status}: {detail or _cut(_written(body), _FEWER)}"


def _cut(text: str, advice: str) -> str:
    """Return what an answer has room for, and how to get less."""
    if len(text) <= MOST:
        return text
    return f"{text[:MOST]} … {len(text) - MOST:,} characters more: {advice}"


def _with_next(said: str, calls: Iterable[str]) -> str:
    following = ", ".join(calls)
    return f"{said}\n\nnext: {following}" if following else said
