"""Conditions: ETag, If-Match and If-None-Match where the contract has them (RFC 9110 §13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from msgspec.structs import replace

from understudy.contracts.answers import success
from understudy.contracts.contract import Contract, Operation, Parameter
from understudy.errors import PreconditionFailed, RecordNotFound, Refusal
from understudy.handler import Context, Handler
from understudy.http_semantics.etags import Condition, stated_tags, tag_of
from understudy.http_semantics.guarded_store import ChangedMeanwhile, GuardedStore
from understudy.messages import NOTHING, Request, Response
from understudy.parameters.leniency import Leniency
from understudy.parameters.reader import ParameterReader
from understudy.schemas.direction import Direction
from understudy.schemas.validators import validators_of
from understudy.state.store import WouldWrite

IF_MATCH: Final = "If-Match"
IF_NONE_MATCH: Final = "If-None-Match"
_READS = frozenset({"get"})
_CHANGES = frozenset({"post", "put", "patch", "delete"})


class Conditions:
    """The conditional operations of one contract: which they are, and how their handlers come to keep the
    conditions.
    """

    def __init__(self, contract: Contract, handlers: Mapping[str, Handler], leniency: Leniency) -> None:
        self._handlers, self._leniency = handlers, leniency
        self._validators = validators_of(contract, Direction.REQUEST)
        self._reads: dict[str, Operation] = {}
        for operation in contract.operations:
            if operation.method in _READS:
                self._reads[operation.path] = operation
        self._readers: dict[str, ParameterReader] = {}

    def implied(self, operation: Operation) -> tuple[Parameter, ...]:
        """Return the conditions that an operation understands and does not declare as parameters: its ETag
        implies them.
        """
        if not self._is_conditional(operation):
            return ()
        declared = _declared(operation)
        lacking = [name for name in (IF_MATCH, IF_NONE_MATCH) if name not in declared]
        return tuple(_parameter(name, operation) for name in lacking)

    def _is_conditional(self, operation: Operation) -> bool:
        """Tell whether an operation understands conditions without declaring them."""
        if operation.method in _READS:
            return has_etag(operation) or "304" in operation.responses
        if operation.method not in _CHANGES or operation.method == "post":
            return False
        read = self._reads.get(operation.path)
        return read is not None and (has_etag(operation) or has_etag(read))

    def kept(self, operation: Operation, handler: Handler) -> Handler:
        """Return a handler that keeps the conditions of an operation; the same one where the operation has
        none.
        """
        names = _declared(operation)
        for parameter in self.implied(operation):
            names[parameter.name] = parameter.name
        if operation.method in _READS and names:
            return self._read(operation, handler, names)
        if operation.method in _CHANGES and (names or has_etag(operation)):
            return self._change(operation, handler, names)
        return handler

    # -- the two kinds of operations

    def _read(self, operation: Operation, handler: Handler, names: Mapping[str, str]) -> Handler:
        may_be_unmodified = has_etag(operation) or "304" in operation.responses

        async def answer(request: Request, context: Context) -> Response:
            response = await handler(request, context)
            if not 200 <= response.status < 300 or not response.has_body:
                return response
            tag = _tagged(response, request)
            match, none_match = _conditions(request, names)
            tags = [tag, *stated_tags(response.peek())]
            if match and not match.names(tags, strongly=True):
                raise PreconditionFailed(IF_MATCH, match.text, tag)
            if none_match and may_be_unmodified and none_match.names(tags, strongly=False):
                return Response(304, headers=response.headers)
            return response

        return answer

    def _change(self, operation: Operation, handler: Handler, names: Mapping[str, str]) -> Handler:
        read = self._reads.get(operation.path)
        tells_tag = has_etag(operation) and operation.method != "delete"

        async def answer(request: Request, context: Context) -> Response:
            stated = _conditions(request, names)
            if read is None or stated == _NONE:
                response = await handler(request, context)
            else:
                response = await self._change_if(read, stated, handler, request, context)
            if tells_tag and 200 <= response.status < 300 and not _has_header(response.headers, "etag"):
                tag = await self._tag_after(operation, request, response, context)
                response.headers = {**response.headers, "ETag": tag}
            return response

        return answer

    async def _change_if(
        self,
        read: Operation,
        stated: _Stated,
        handler: Handler,
        request: Request,
        context: Context,
    ) -> Response:
        """Change what the conditions hold for.

        Raises PreconditionFailed; looks again where somebody else changed it meanwhile.
        """
        while True:
            guard = GuardedStore(context.world.store)
            guarded = replace(context, world=context.world.seen_through(guard))
            try:
                if stated.match:
                    await self._check_match(read, request, guarded, stated.match)
                guard.is_read_only = True
                if stated.none_match:
                    await self._check_none_match(read, request, guarded, stated.none_match)
                guard.arm()
                return await handler(request, guarded)
            except ChangedMeanwhile:
                continue

    async def _check_match(
        self, read: Operation, request: Request, context: Context, match: Condition
    ) -> None:
        tags = await self._tags(read, request, context)
        # What is not there cannot be changed or deleted: the handler's "not found" comes before the condition
        # (RFC 9110 §13.2.1).
        is_there = bool(tags) or context.operation.method == "put"
        if is_there and not match.names(tags, strongly=True):
            raise PreconditionFailed(IF_MATCH, match.text, next(iter(tags), ""))

    async def _check_none_match(
        self, read: Operation, request: Request, context: Context, none_match: Condition
    ) -> None:
        try:
            tags = await self._tags(read, request, context)
        except WouldWrite:
            return
        if none_match.names(tags, strongly=False):
            raise PreconditionFailed(IF_NONE_MATCH, none_match.text, next(iter(tags), ""))

    # -- what there is now

    async def _tags(self, read: Operation, request: Request, context: Context) -> list[str]:
        """Return the tags of each form in which the thing at this path can be read now; none where there is
        nothing.
        """
        found: list[str] = []
        for form in _forms(read, first=request.answer_type):
            asked = replace(request, answer_type=form)
            try:
                response = await self._reading(read, asked, request.path, context)
            except RecordNotFound:
                return []
            if 200 <= response.status < 300 and response.has_body:
                found += [_tagged(response, asked), *stated_tags(response.peek())]
        return found

    async def _tag_after(
        self, operation: Operation, request: Request, response: Response, context: Context
    ) -> str:
        """Return the tag under which what was written can now be read; where it cannot be read, that of this
        answer.
        """
        read, path = self._written(operation, request, response)
        if read is not None:
            form, *_ = _forms(read, first=request.answer_type)
            asked = replace(request, answer_type=form)
            try:
                current = await self._reading(read, asked, path, context)
            except Refusal:  # who may write may not always read
                pass
            else:
                return _tagged(current, asked)
        return tag_of(response, response.media_type or request.answer_type)

    def _written(
        self, operation: Operation, request: Request, response: Response
    ) -> tuple[Operation | None, Mapping[str, Any]]:
        """Find the operation that reads what was written, by the path, or by the Location of what is new."""
        location = _header(response.headers, "location")
        if operation.method != "post" or not location:
            return self._reads.get(operation.path), request.path
        stem = operation.path.rstrip("/") + "/{"
        for path, read in self._reads.items():
            shape = path.rstrip("/")
            if shape.startswith(stem) and shape.count("/") == stem.count("/"):
                name = shape[len(stem) : -1]
                key = unquote(location.rstrip("/").rpartition("/")[2])
                return read, {**request.path, **self._reader(read).read({name: key}, b"", ()).path}
        return None, {}

    async def _reading(
        self, read: Operation, request: Request, path: Mapping[str, Any], context: Context
    ) -> Response:
        """Ask the operation that reads, as a caller would who gives nothing but the path."""
        given = self._reader(read).read({}, b"", ())
        query = dict(given.query)
        for parameter in read.parameters:
            if parameter.location == "query" and parameter.name in request.query:
                query[parameter.name] = request.query[parameter.name]
        asked = replace(
            request,
            operation=read.key,
            path=path,
            query=query,
            headers=given.headers,
            cookies=given.cookies,
            body=NOTHING,
            media_type="",
        )
        return await self._handlers[read.key](asked, replace(context, operation=read))

    def _reader(self, operation: Operation) -> ParameterReader:
        reader = self._readers.get(operation.key)
        if reader is None:
            reader = self._readers[operation.key] = ParameterReader(
                operation.parameters, self._validators.for_node, self._leniency
            )
        return reader


def has_etag(operation: Operation) -> bool:
    """Tell whether a documented success carries an ETag."""
    successes = [answer for status, answer in operation.responses.items() if status[0] in "23"]
    return any(_has_header(answer.headers, "etag") for answer in successes)


def _has_header(headers: Mapping[str, Any], wanted: str) -> bool:
    return wanted in map(str.lower, headers)


def _header(headers: Mapping[str, str], wanted: str) -> str:
    for name, text in headers.items():
        if name.lower() == wanted:
            return text
    return ""


def _declared(operation: Operation) -> dict[str, str]:
    """Return the names under which an operation declares conditions, by the usual name of each."""
    usual = {IF_MATCH.lower(): IF_MATCH, IF_NONE_MATCH.lower(): IF_NONE_MATCH}
    found = {}
    for parameter in operation.parameters:
        name = parameter.name.lower()
        if parameter.location == "header" and name in usual:
            found[usual[name]] = parameter.name
    return found


def _parameter(name: str, operation: Operation) -> Parameter:
    return Parameter(name, "header", False, "simple", False, False, None, "", operation.node)


class _Stated(NamedTuple):
    """The conditions of one request."""

    match: Condition | None
    none_match: Condition | None


_NONE: Final = _Stated(None, None)


def _conditions(request: Request, names: Mapping[str, str]) -> _Stated:
    match = Condition.read(request.headers.get(names.get(IF_MATCH, "")))
    none_match = Condition.read(request.headers.get(names.get(IF_NONE_MATCH, "")))
    return _Stated(match, none_match)


def _tagged(response: Response, request: Request) -> str:
    """Return the tag of an answer; one that its handler did not give is added."""
    given = _header(response.headers, "etag")
    if given:
        return given
    tag = tag_of(response, response.media_type or request.answer_type)
    response.headers = {**response.headers, "ETag": tag}
    return tag


def _forms(read: Operation, first: str) -> list[str]:
    """Name the media types of a read's success, the one that is asked for `first`."""
    _, answer = success(read)
    forms = list(answer.content) if answer is not None and answer.content else [""]
    forms.sort(key=lambda form: form != first)
    return forms
