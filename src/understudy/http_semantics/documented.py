"""Documented answers: made from the contract alone, by its examples where they are valid, else generated."""

from __future__ import annotations

import marshal
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from faker import Faker

from understudy.bodies.files import Samples, file_type
from understudy.bodies.stated import StatedBodies, states_text
from understudy.contracts.answers import json_media, success
from understudy.contracts.contract import Answer, Contract, MediaType, Operation
from understudy.errors import AnswerUndocumented
from understudy.handler import Context, Handler
from understudy.http_semantics.etags import tag_of
from understudy.http_semantics.preferences import Preference
from understudy.media.files import is_file
from understudy.messages import NOTHING, Request, Response, Written
from understudy.refusals.bodies import ErrorBodies
from understudy.refusals.facts import Asked, Facts
from understudy.schemas.contradictions import Contradictions, Doubt
from understudy.schemas.direction import Direction
from understudy.schemas.examples import stated_examples
from understudy.schemas.generator import Generator, Ungeneratable
from understudy.schemas.validators import validators_of

_PLACEHOLDER: Final = re.compile(r"{([^{}/]*)}")
_BODILESS = (204, 205, 304)
_NO_SUCCESS = "as its contract documents no success"
_BY_PREFER = "as asked for by Prefer"


class Documented:
    """The answers one contract documents."""

    def __init__(
        self, contract: Contract, generator: Generator, contradictions: Contradictions, errors: ErrorBodies
    ) -> None:
        self._validators, self._generator = validators_of(contract, Direction.RESPONSE), generator
        self._stated, self._samples = StatedBodies(self._validators), Samples(self._validators)
        self._written: dict[tuple[str, str, bool], Written | None] = {}
        self._contradictions, self._errors = contradictions, errors

    async def default_response(self, request: Request, context: Context) -> Response:
        """Answer an operation nobody wrote a rule for: its first documented success, or what else it
        documents.
        """
        operation = context.operation
        status, answer = success(operation)
        media = _media(answer, request)
        if media is None:
            return Response(status)
        name = _concrete(media, request)
        body = self._first_example(media, name)
        if body is not NOTHING:
            response = Response(status, body)
        elif status >= 400 and self._is_error(media, status):
            response = self._error(request, context, status, media, _NO_SUCCESS)
        else:
            fake = context.fake(request.operation, *sorted(request.path.items()))
            response = self._generated(operation, status, media, fake, name, examples=True)
        response.media_type = name
        return response

    def as_it_stands(self, operation: Operation, stays: Callable[[Operation], bool]) -> Handler | None:
        """Return what answers with bytes where the next handler succeeds: a file, and where nothing changes
        what is shown, what the operation's success states as a text of its media type. None where it has
        neither.

        stays: tells whether what an operation shows stays as it is.
        """
        status, answer = success(operation)
        content = list(answer.content.values()) if answer is not None and status < 400 else []
        is_kept = any(map(states_text, content)) and stays(operation)
        if not is_kept and not any(map(_may_be_file, content)):
            return None

        async def answered(request: Request, context: Context) -> Response:
            response = await context.default(request)
            media = _media(answer, request)
            if response.status != status or media is None or not response.has_body:
                return response
            if type(response.peek()) is Written:  # what somebody sent
                return response
            name = _concrete(media, request)
            is_stated = is_kept and not request.query.keys() - request.unsent
            body = self._written_body(media, name, is_stated=is_stated)
            return response if body is None else Response(status, body, response.headers, name)

        return answered

    def _written_body(self, media: MediaType, name: str, *, is_stated: bool) -> Written | None:
        """Return the bytes that a media type has whatever is remembered; None where a value is written."""
        key = (media.node.address, name, is_stated)
        if key not in self._written:
            body: Any = None
            if (is_stated and states_text(media)) or is_file(name):
                body = self._stated.written(media, name)
            if body is None and is_file(name):
                body = self._samples.body(media, name)
            self._written[key] = body if type(body) is Written else None
        return self._written[key]

    def preferred_response(
        self, preference: Preference, request: Request, context: Context, reason: str = _BY_PREFER
    ) -> Response:
        """Answer as the caller asks, whatever there is in the store.

        Raises AnswerUndocumented.

        reason: what an error without an example says of itself.
        """
        operation = context.operation
        status, answer = success(operation)
        if preference.code is not None:
            status, answer = preference.code, operation.answer(preference.code)
            if answer is None:
                listed = ", ".join(operation.responses)
                expected = f"a status that {operation.key} documents: {listed}"
                raise AnswerUndocumented(preference.failure("code", expected))
        media = _media(answer, request)
        if media is None or status in _BODILESS:
            if preference.example:
                raise self._no_example(preference, operation, status, ())
            return Response(status)
        name = _concrete(media, request)
        body = self._example(preference, operation, status, media, name)
        response = Response(status, body)
        if body is NOTHING and status >= 400 and self._is_error(media, status):
            response = self._error(request, context, status, media, reason)
        elif body is NOTHING:
            fake = _fake(preference, context, request, status)
            is_stated = not preference.is_generated
            response = self._generated(operation, status, media, fake, name, examples=is_stated)
        response.media_type = name
        if answer is not None and "etag" in map(str.lower, answer.headers):
            response.headers = {"ETag": tag_of(response, response.media_type)}
        return response

    def _example(
        self, preference: Preference, operation: Operation, status: int, media: MediaType, name: str
    ) -> Any:
        """Return the example that is asked for, by name or the first; NOTHING where a generated body is.

        Raises AnswerUndocumented where there is none of that name.
        """
        if preference.example:
            examples = {title: body for title, body in self._stated.of(media, name) if title}
            if preference.example not in examples:
                raise self._no_example(preference, operation, status, examples)
            found = examples[preference.example]
        elif not preference.is_generated:
            return self._first_example(media, name)
        if preference.is_generated:
            return NOTHING
        return _copied(found)

    @staticmethod
    def _no_example(
        preference: Preference, operation: Operation, status: int, known: Iterable[str]
    ) -> AnswerUndocumented:
        """Return the refusal of an example of a name that there is not."""
        where = f"that {operation.key} has for {status}"
        names = ", ".join(known)
        expected = f"absent: there is no valid named example {where}"
        if names:
            expected = f"the name of a valid example {where}: {names}"
        return AnswerUndocumented(preference.failure("example", expected))

    def _first_example(self, media: MediaType, name: str) -> Any:
        for _, body in self._stated.of(media, name):
            return _copied(body)
        return NOTHING

    def _generated(
        self,
        operation: Operation,
        status: int,
        media: MediaType,
        fake: Faker,
        name: str,
        *,
        examples: bool,
    ) -> Response:
        """Answer with a generated body, the nearest there is where the contract contradicts itself. Raises
        ResponseInvalid.

        name: the concrete media type, of which a file is where the schema tells no more.
        """
        sample = self._samples.body(media, name)
        if sample is not NOTHING:
            return Response(status, sample)
        if media.schema is None:
            return Response(status, {})
        try:
            return Response(status, _copied(self._generator.value(media.schema, fake, examples=examples)))
        except Ungeneratable as error:
            doubt = Doubt(self._contradictions, operation.key, status)
            doubt.note(media.schema, error)
        return doubt.mark(Response(status, self._nearest(media, fake)))

    def _nearest(self, media: MediaType, fake: Faker) -> Any:
        """Return an example that the contract states, else what is made, for a schema that no value meets."""
        assert media.schema is not None
        made = self._generator.nearest(media.schema, fake)
        for _, value in stated_examples(media.node):
            if type(value) is type(made):
                return _copied(value)
        return made

    # -- errors

    def _is_error(self, media: MediaType, status: int) -> bool:
        """Tell whether a body has a place for what is true of an error."""
        return self._errors.says_why(media, Facts(status, ""))

    def _error(
        self, request: Request, context: Context, status: int, media: MediaType, reason: str
    ) -> Response:
        """Return an error that says what it is, and nothing made up; what the contract states as examples
        stays.
        """
        operation = context.operation
        path = _path(operation.path, request.path)
        asked = Asked(method=operation.method, path=path, at=context.clock.now())
        response = Response(status)
        facts = Facts(status, reason, asked=asked, keeps_examples=True)
        self._errors.fill(response, media, facts, operation)
        return response


def _path(template: str, values: Mapping[str, Any]) -> str:
    """Return the path that was asked for; a placeholder without a value stays as it is."""
    return _PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), template)


def _copied(value: Any) -> Any:
    """Copy a JSON value, however deep it is: `deepcopy` and orjson end at some 250 levels."""
    if type(value) is Written:
        return value
    return marshal.loads(marshal.dumps(value))


def _media(answer: Answer | None, request: Request) -> MediaType | None:
    if answer is None:
        return None
    return answer.content.get(request.answer_type) or json_media(answer.content)


def _may_be_file(media: MediaType) -> bool:
    """Tell whether a media type, or one of its range, carries bytes."""
    if media.name.startswith(("*/*", "application/*")):
        return bool(file_type(media))
    return is_file(media.name)


def _concrete(media: MediaType, request: Request) -> str:
    """Return the media type that is written, where the contract states a range."""
    if "*" in media.name and media.name == request.answer_type and request.answer_name:
        return request.answer_name
    return media.name


def _fake(preference: Preference, context: Context, request: Request, status: int) -> Faker:
    """Return what a generated body is made with: a seed that was given decides alone, whatever the sandbox's
    own.
    """
    if preference.seed is None:
        return context.fake("steered", request.operation, status, *sorted(request.path.items()))
    context.world.faker.seed_instance(f"{preference.seed} {request.operation} {status}")
    return context.world.faker
