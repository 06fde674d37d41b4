"""An endpoint: one operation on the wire, from the bytes of a request to the bytes of its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import Any, Final

from msgspec import Struct

from understudy.bodies.codec import JSON, JSON_AS_SENT, is_opaque
from understudy.bodies.coercion import Coercion, advised
from understudy.callbacks.expressions import Exchange
from understudy.callbacks.publishing import Publisher
from understudy.contracts import answers
from understudy.contracts.contract import MediaType, Operation
from understudy.contracts.sequences import EVENTS, LINES, kind_of
from understudy.contracts.source import Node
from understudy.errors import Failure, MediaTypeUnsupported, RequestInvalid
from understudy.http_semantics.preferences import QUERY_NAMES, Preference, read_preference
from understudy.media import types as media_types
from understudy.messages import ANYBODY, NOTHING, Request, Response
from understudy.model.model import Update
from understudy.model.paths import placeholders
from understudy.model.vocabulary import ASKS_STREAM
from understudy.names import fold
from understudy.parameters.reader import ParameterReader
from understudy.sandbox import Sandbox
from understudy.schemas.direction import Direction
from understudy.schemas.subschemas import in_place, mapping
from understudy.schemas.validators import Validator, validators_of
from understudy.server.asgi import (
    BODY_LIMIT,
    Receive,
    Scope,
    Send,
    header,
    header_values,
    raw_path,
    read_body,
    reply,
    unpacked,
)
from understudy.server.encoding import REMEMBERED, Encoder
from understudy.server.intake import LARGE, Intake, in_pieces
from understudy.server.journaling import EXCHANGE
from understudy.server.routing import SERVER_PATH
from understudy.server.scripting import Handle, Scripting
from understudy.server.security import CALLER
from understudy.server.session_middleware import HEADERS, PREFIX, SESSION
from understudy.server.streaming import stream
from understudy.sessions import Session

LONG_QUERY: Final = 2_000
"""Bytes of a query from which on its parameters are read with pauses."""
_NOT_ACCEPTABLE: Final = "406"
_UNNAMED: Final = ("", "")


class _Taken(Struct, frozen=True):
    """A large body that was taken in before the rest of its request was read."""

    value: Any
    media_type: str
    failures: list[Failure]


class Endpoint:
    """An ASGI application for one operation; all that can be prepared is prepared when it is first asked."""

    def __init__(
        self,
        sandbox: Sandbox,
        operation: Operation,
        encoder: Encoder,
        base_path: str,
        publisher: Publisher | None = None,
        *,
        body_limit: int = BODY_LIMIT,
    ) -> None:
        """`publisher`: sends the callbacks and webhooks of the contract, where it has any. body_limit:
        bytes.
        """
        self._body_limit = body_limit
        self._publisher = publisher
        self._sandbox, self.operation = sandbox, operation
        self._encoder, self._base_path = encoder, base_path
        self._reader: ParameterReader | None = None
        self._validators = validators_of(sandbox.contract, Direction.REQUEST)
        self._intakes: dict[str, Intake] = {}
        self._answer_types: dict[bytes, tuple[str, str]] = {}
        self._takes_passwords = any(map(_is_basic, sandbox.contract.security_schemes.values()))
        self._may_decline = sandbox.settings.strict_accept or _NOT_ACCEPTABLE in operation.responses
        self._scripting = Scripting(sandbox, operation, base_path)
        self._base_urls: dict[tuple[str, bytes, str, str], str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request.

        Raises Refusal, ResponseInvalid or Disconnected, which the error middleware answers.
        """
        content = b""
        if self.operation.body is not None:
            content = await self._content(scope, receive)
        if self._reader is None or self._takes_passwords:
            await self._begin(scope)
        taken = None
        if len(content) > LARGE or len(scope["query_string"]) > LONG_QUERY:
            taken = await self._take_slowly(content, scope)
        request, preference = self._read(scope, content, taken)
        handle: Handle = self._sandbox.handle if taken is None else self._handle_slowly
        if scope[SESSION].stubs.is_active and preference is None:
            handle = self._scripting.instead_of(handle, scope, receive)
        publisher = self._publisher
        if publisher is not None and preference is None:
            pending = publisher.pending(self.operation)
            if pending:
                event = await publisher.listen(pending, request, scope[SESSION], _exchange(request, scope))
                response = await handle(request, scope[SESSION], None)
                scope[EXCHANGE].notes = response.notes
                with event.of(response):
                    await self._reply(response, scope, receive, send)
                return
        response = await handle(request, scope[SESSION], preference)
        if response.notes:
            scope[EXCHANGE].notes = response.notes
        await self._reply(response, scope, receive, send)

    async def _handle_slowly(
        self, request: Request, session: Session, preference: Preference | None = None
    ) -> Response:
        """Answer a request with a large body, with pauses."""
        for _ in self._sandbox.vouching(request):
            await asyncio.sleep(0)
        try:
            response = await self._sandbox.handle(request, session, preference)
        finally:
            self._sandbox.forget()
        await asyncio.sleep(0)
        return response

    async def _content(self, scope: Scope, receive: Receive) -> bytes:
        """Return the body of a request, unpacked. Raises Refusal."""
        content = await read_body(scope, receive, self._body_limit)
        if b"content-encoding" in scope[HEADERS]:
            content = unpacked(scope, content, self._body_limit)
        return content

    async def _begin(self, scope: Scope) -> None:
        """Make what all requests need, and note whose the name and password are that came as a credential.

        Raises CredentialInvalid.
        """
        if self._reader is None:
            await self._prepare()
        caller = scope.get(CALLER, ANYBODY)
        if caller.claim is not None:
            context = self._sandbox.context(self.operation.key, scope[SESSION])
            scope[CALLER] = await self._sandbox.recognised(caller.claim, context)

    def _reply(self, response: Response, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        pieces = response.stream
        if pieces is not None:
            return stream(response, pieces, scope, receive, send)
        accept = scope[HEADERS].get(b"accept", b"")
        body, headers = self._encoder.encode(self.operation, response, accept)
        return reply(scope, send, response.status, body, headers)

    def _read(self, scope: Scope, content: bytes, taken: _Taken | None) -> tuple[Request, Preference | None]:
        """Read and validate a whole request, and what it asks of the answer.

        taken: its body, where that was taken in before. Raises RequestInvalid with what is wrong in each of
        its parts.
        """
        headers = scope[HEADERS]
        accept = headers.get(b"accept", b"")
        answer_type, answer_name = self._answer_types.get(accept) or self._choose_answer_type(accept)
        reader = self._reader or self._compile_reader()
        parameters = reader.read(scope["path_params"], scope["query_string"], scope["headers"])
        failures = list(parameters.failures)
        preference = None
        if b"prefer" in headers or b"__" in scope["query_string"]:
            preference = read_preference(header_values(scope, b"prefer"), scope["query_string"], failures)
        body: Any = NOTHING
        media_type = ""
        if taken is not None:
            body, media_type = taken.value, taken.media_type
            failures += taken.failures
        elif self.operation.body is not None:
            body, media_type = self._take(content, headers, failures)
        if failures:
            raise RequestInvalid(_once(failures))
        if self._streamed is not None and type(body) is dict:
            if _asks_stream(body):
                answer_type = answer_name = self._streamed
            elif self._whole is not None and answer_type == self._streamed and _is_any(accept):
                answer_type = answer_name = self._whole
        request = Request(
            operation=self.operation.key,
            path=parameters.path,
            query=parameters.query,
            headers=parameters.headers,
            cookies=parameters.cookies,
            body=body,
            media_type=media_type,
            caller=scope.get(CALLER, ANYBODY),
            base_url=self._base_url(scope),
            answer_type=answer_type,
            answer_name=answer_name,
            unsent=parameters.unsent,
        )
        return request, preference

    def _take(
        self, content: bytes, headers: Mapping[bytes, bytes], failures: list[Failure]
    ) -> tuple[Any, str]:
        """Decode and validate a body; what breaks the contract joins `failures`."""
        documented = self.operation.body
        content_type = headers.get(b"content-type", b"").decode("latin-1")
        if not content and not self._is_form(content_type):
            if documented is not None and documented.required:
                failures.append(Failure("body", "", "required", "present"))
            return NOTHING, ""
        intake = self._intakes.get(content_type) or self._compile_intake(content_type)
        return intake.take(content, failures), intake.declared

    async def _take_slowly(self, content: bytes, scope: Scope) -> _Taken | None:
        """Read a long query, and decode and validate a large body, with pauses; None for a small one. Raises
        Refusal.
        """
        query = scope["query_string"]
        if len(query) > LONG_QUERY and self._reader is not None:
            await in_pieces(self._reader.preparation(query))
        if len(content) <= LARGE:
            return None
        content_type = scope[HEADERS].get(b"content-type", b"").decode("latin-1")
        intake = self._intakes.get(content_type) or self._compile_intake(content_type)
        failures: list[Failure] = []
        value = await intake.take_slowly(content, failures)
        return _Taken(value, intake.declared, failures)

    def _judged_as_sent(
        self, validator: Validator | None, schema: Node | None, value: Any
    ) -> tuple[Any, list[Failure]]:
        """Return a body as it is taken, and what is wrong with it."""
        taken, wrong = self._judged(validator, schema, value)
        return taken, self._not_left_out(wrong)

    def _judged(
        self, validator: Validator | None, schema: Node | None, value: Any
    ) -> tuple[Any, list[Failure]]:
        """Return a body that breaks the contract as it is taken, and what is wrong with it: as it is meant
        where that is asked for, else as it came, with a word on that where it would help.
        """
        if validator is None or schema is None:
            return value, []
        meant = self._coercion.value(value, schema)
        wrong = validator.failures(value, "body")
        if meant is value or meant == value:
            return value, wrong
        remaining = validator.failures(meant, "body")
        if len(remaining) >= len(wrong):
            return value, wrong
        if self._sandbox.settings.lenient:
            return meant, remaining
        if not self._sandbox.vendor.name:  # whose words are its own
            wrong = advised(wrong, remaining)
        return value, wrong

    def _not_left_out(self, failures: list[Failure]) -> list[Failure]:
        """Return what is wrong with a body, without what it lacks where it changes what filters choose: there
        it is described as a whole item. One that names its items has to say which.
        """
        plan = self._sandbox.model.operations.get(self.operation.key)
        if not isinstance(plan, Update) or not plan.each or plan.key is not None:
            return failures
        return [failure for failure in failures if failure.rule != "required"]

    def _is_form(self, content_type: str) -> bool:
        """Tell whether a body without bytes is a form without fields. Raises MediaTypeUnsupported."""
        documented = self.operation.body
        if not content_type or documented is None or not any(map(media_types.is_form, documented.content)):
            return False
        return media_types.is_form(
            (self._intakes.get(content_type) or self._compile_intake(content_type)).declared
        )

    # -- prepared on first use

    def preparation(self) -> Iterator[None]:
        """Make what the operation needs, and yield after each piece of that work."""
        yield from self._sandbox.preparation(self.operation)
        schema = answers.taken(self.operation)
        if schema is not None:
            yield from self._validators.preparation(schema)
        if self._publisher is not None:
            self._publisher.pending(self.operation)
            yield
        self._compile_reader()
        yield

    async def _prepare(self) -> None:
        """Make what the operation needs, with pauses for other requests."""
        for _ in self.preparation():
            await asyncio.sleep(0)

    @cached_property
    def _coercion(self) -> Coercion:
        return Coercion(self._validators.for_node)

    def _compile_reader(self) -> ParameterReader:
        parameters = self._sandbox.parameters(self.operation)
        declared = {parameter.name for parameter in parameters if parameter.location == "path"}
        undeclared = [name for name in placeholders(self.operation.path) if name not in declared]
        self._reader = ParameterReader(
            parameters, self._validators.for_node, self._sandbox.leniency, QUERY_NAMES, undeclared
        )
        return self._reader

    @cached_property
    def _success(self) -> Mapping[str, MediaType]:
        """The media types of the first documented success, against which Accept is held."""
        responses = self.operation.responses
        for status in sorted(responses):
            if status.startswith("2") and responses[status].content:
                return responses[status].content
        return {}

    @cached_property
    def _streamed(self) -> str | None:
        """The media type of events or lines that a success has beside another one, for who asks for a
        stream.
        """
        if len(self._success) > 1:
            for name in self._success:
                if kind_of(name) in (EVENTS, LINES):
                    return name
        return None

    @cached_property
    def _whole(self) -> str | None:
        """The media type beside a stream for who asks for none, where a request's body has a flag for it."""
        content = self.operation.body.content if self.operation.body else {}
        schemas = [media.schema for media in content.values() if media.schema is not None]
        names = {name for part in in_place(schemas) for name in mapping(part, "properties")}
        if not any(fold(name) in ASKS_STREAM for name in names):
            return None
        return next((name for name in self._success if name != self._streamed), None)

    def _choose_answer_type(self, accept: bytes) -> tuple[str, str]:
        """Hold Accept against the documented success before anything is done.

        Raises NotAcceptable where the operation documents that, or all are asked to.
        """
        if not self._success:
            return _UNNAMED
        if len(self._answer_types) >= REMEMBERED:
            self._answer_types.clear()
        declared, name = self._encoder.choose(
            accept.decode("latin-1") or None, self._success, is_strict=self._may_decline
        )
        chosen = self._answer_types[accept] = (declared, name.decode("latin-1"))
        return chosen

    def _compile_intake(self, content_type: str) -> Intake:
        content: Mapping[str, MediaType] = {}
        if self.operation.body:
            content = self.operation.body.content
        declared = media_types.select(content_type, content)
        received = media_types.parse_or_none(content_type)
        if declared is None or received is None:  # a contract may name the same nonsense
            raise MediaTypeUnsupported(content_type, tuple(content))
        media, validator = content[declared], None
        codec = self._encoder.codec(media, received.name)
        if codec is JSON and self._sandbox.leniency.ambiguous_json:
            codec = JSON_AS_SENT
        if media.schema and not is_opaque(media, codec) and not answers.is_any_patch(declared, media.schema):
            validator = self._validators.for_node(media.schema)
        in_pieces = None
        if codec.in_pieces is not None:
            in_pieces = codec.in_pieces(received)
        judge = partial(self._judged_as_sent, validator, media.schema)
        if validator is not None and received.name == answers.MERGE_PATCH:
            judge = partial(_judged_as_merged, validator)
        intake = Intake(
            declared,
            codec.decoder(received),
            in_pieces,
            validator,
            judge,
            is_lenient=self._sandbox.settings.lenient,
            is_slow=codec.is_slow,
        )
        if len(self._intakes) >= REMEMBERED:
            self._intakes.clear()
        self._intakes[content_type] = intake
        return intake

    def _base_url(self, scope: Scope) -> str:
        """Return where the caller takes the contract to stand."""
        host = scope[HEADERS].get(b"host", b"")
        key = (scope["scheme"], host, scope.get(PREFIX, ""), scope.get(SERVER_PATH, ""))
        known = self._base_urls.get(key)
        if known is None:
            if len(self._base_urls) >= REMEMBERED:
                self._base_urls.clear()
            scheme, _, prefix, server = key
            place = f"{host.decode('latin-1') or 'localhost'}{prefix}{self._base_path}{server}"
            known = self._base_urls[key] = f"{scheme}://{place}"
        return known


def _judged_as_merged(validator: Validator, value: Any) -> tuple[Any, list[Failure]]:
    """Return a merge patch, and what is wrong with it: whatever its schema says, a null is a member that goes
    (RFC 7396 §2).
    """
    return value, validator.failures(_without_nulls(value), "body")


def _without_nulls(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: _without_nulls(member) for name, member in value.items() if member is not None}


def _asks_stream(body: Mapping[str, Any]) -> bool:
    return any(value is True and fold(name) in ASKS_STREAM for name, value in body.items())


def _is_any(accept: bytes) -> bool:
    return accept.strip() in (b"", b"*/*")


def _is_basic(scheme: Node) -> bool:
    return scheme.get("type") == "http" and str(scheme.get("scheme")).lower() == "basic"


def _exchange(request: Request, scope: Scope) -> Exchange:
    """Return a request as the expressions of callbacks speak of it."""
    query: bytes = scope["query_string"]
    host = header(scope, b"host") or "localhost"
    url = f"{scope['scheme']}://{host}{scope.get(PREFIX, '')}{raw_path(scope).decode('latin-1')}"
    if query:
        url += f"?{query.decode('latin-1')}"
    return Exchange(
        url=url,
        method=scope["method"],
        request_headers=scope["headers"],
        query=query,
        path=request.path,
        request_body=request.body,
    )


def _once(failures: Iterable[Failure]) -> list[Failure]:
    """Return failures without those that say the same: a `type` and a `oneOf` beside it can."""
    said: dict[str, Failure] = {}
    for failure in failures:
        said.setdefault(str(failure), failure)
    return list(said.values())
