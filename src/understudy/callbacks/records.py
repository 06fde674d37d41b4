"""Records: what a message is about, as an answer shows it or as the API's own read does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import unquote

from understudy.callbacks.contents import Contents
from understudy.contracts.contract import Operation
from understudy.errors import Refusal, ResponseInvalid
from understudy.messages import NOTHING, Request, Response
from understudy.model.model import Plan, Read, Source
from understudy.model.paths import placeholders
from understudy.parameters.reader import ParameterReader
from understudy.sandbox import Sandbox
from understudy.schemas.direction import Direction
from understudy.schemas.validators import validators_of
from understudy.sessions import Session

_LOCATION: Final = "location"


class Records:
    """Finds what the requests of one sandbox are about."""

    def __init__(self, sandbox: Sandbox, contents: Contents) -> None:
        self._sandbox, self._contents = sandbox, contents

    def shown(self, request: Request, response: Response) -> Any:
        """Return the item in the answer to a request, NOTHING where that shows none."""
        operation = self._sandbox.contract.operation(request.operation)
        return self._contents.shown(operation, response.peek())

    async def read(self, request: Request, response: Response, session: Session) -> Any:
        """Ask the operation that reads the item a request is about.

        NOTHING where there is no such operation, or it says no. response: of what is new, its Location tells
        the id.
        """
        plan = self._contents.plan(self._sandbox.contract.operation(request.operation))
        found = self._contents.reading(plan) if plan is not None else None
        if plan is None or found is None:
            return NOTHING
        operation, read = found
        names = placeholders(operation.path)
        path = _path(plan, read, names, request, response)
        if len(path) < len(set(names)):
            return NOTHING
        try:
            answer = await self._sandbox.handle(self._asked(operation, path, request), session)
        except (Refusal, ResponseInvalid):
            return NOTHING
        return self._contents.shown(operation, answer.body)

    def _asked(self, read: Operation, path: Mapping[str, str], request: Request) -> Request:
        """Return the request for an item.

        It says what the first one says in its query, as far as the read takes that too.
        """
        validators = validators_of(self._sandbox.contract, Direction.REQUEST)
        given = ParameterReader(read.parameters, validators.for_node).read(path, b"", ())
        query = dict(given.query)
        for parameter in read.parameters:
            if parameter.location == "query" and parameter.name in request.query:
                query[parameter.name] = request.query[parameter.name]
        return Request(
            read.key,
            given.path,
            query,
            given.headers,
            given.cookies,
            caller=request.caller,
            base_url=request.base_url,
        )


def _path(
    plan: Plan, read: Read, names: Sequence[str], request: Request, response: Response
) -> dict[str, str]:
    """Return the path parameters of a read, as far as a request and its answer tell them. names: theirs."""
    own = read.key.name if read.key is not None else ""
    path = {name: str(value) for name, value in request.path.items() if name in names and name != own}
    for there, here in zip(read.scope, plan.scope, strict=False):
        _take(path, there, _value(here, request))
    if read.key is not None and plan.key is None:
        _take(path, read.key, _located(response))
    elif read.key is not None and plan.key is not None and plan.key.by == read.key.by:
        _take(path, read.key, _value(plan.key, request))
    return path


def _take(path: dict[str, str], there: Source, value: Any) -> None:
    is_known = value is not NOTHING and not isinstance(value, (dict, list))
    if there.at == "path" and is_known:
        path[there.name] = str(value)


def _value(source: Source, request: Request) -> Any:
    """Return what a request says at one place, NOTHING where it says nothing there."""
    if source.at == "word":
        return source.name
    holder: Any = {"path": request.path, "query": request.query, "body": request.body}[source.at]
    return holder.get(source.name, NOTHING) if isinstance(holder, Mapping) else NOTHING


def _located(response: Response) -> Any:
    """Return the id at the end of an answer's Location."""
    for name, text in response.headers.items():
        if name.lower() == _LOCATION:
            return unquote(text.rstrip("/").rpartition("/")[2])
    return NOTHING
