"""Scripted answers: what stubs state, made into answers of one contract, and held against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from understudy.contracts.answers import json_media, success
from understudy.contracts.contract import MediaType, Operation
from understudy.errors import (
    AnswerUndocumented,
    BodyMalformed,
    Failure,
    RequestInvalid,
    ResponseInvalid,
    show,
)
from understudy.handler import Context, World
from understudy.http_semantics.answer_checks import BODILESS
from understudy.http_semantics.documented import Documented
from understudy.http_semantics.preferences import Preference
from understudy.http_semantics.template_values import StoreOf, template_values
from understudy.late import late
from understudy.matching.call import Call
from understudy.media import json_codec
from understudy.media import types as media_types
from understudy.messages import NOTHING, Request, Response, Written
from understudy.stubs.stub import Stub, Turn
from understudy.stubs.stubs import Chosen

if TYPE_CHECKING:
    from understudy.stubs import rendering
else:  # the library of templates takes a while to import, and every command would pay it
    rendering = late("understudy.stubs.rendering")

Check = Callable[[Operation, Response, World | None], None]
"""Holds an answer against its operation. Raises ResponseInvalid."""

JSON: Final = "application/json"


class Scripted:
    """Makes the answers that stubs of one contract state."""

    def __init__(self, documented: Documented, check: Check) -> None:
        self._documented, self._check = documented, check

    def check(self, stub: Stub, operation: Operation, context: Context) -> None:
        """See that the contract documents what a stub answers, unless it is unchecked.

        Raises RequestInvalid, naming each member of the stub that is wrong.
        """
        failures: list[Failure] = []
        for turn in stub.turns:
            if not turn.is_default:
                failures += self._failures(stub, turn, operation, context)
        if failures:
            failures[-1] = replace(failures[-1], advice=_ADVICE)
            raise RequestInvalid(failures)

    async def respond(
        self, chosen: Chosen, call: Call, request: Request, context: Context, store_of: StoreOf
    ) -> Response:
        """Answer a call as a stub states it.

        store_of: what templates find records in. Raises StubInvalid where a template fails, or the contract
        refuses what came of it.
        """
        stub, turn, operation = chosen.stub, chosen.turn, context.operation
        try:
            if turn.is_templated:
                values = template_values(chosen, call, request, context, store_of)
                turn = await _rendered(turn, values)
            response = self._response(turn, request, context)
            response.is_preferred = stub.unchecked
            self._check(operation, response, context.world)
        except _UNFIT as error:
            raise StubInvalid(stub, operation.key, error.failures) from None
        return response

    def _failures(self, stub: Stub, turn: Turn, operation: Operation, context: Context) -> Iterator[Failure]:
        if turn.is_templated:
            unreadable = list(rendering.unreadable(turn))
            yield from unreadable
            if unreadable or turn.body is not NOTHING or turn.text is not None:
                turn = replace(
                    turn, body=NOTHING, text=None
                )  # what is made of it is checked when it is given
        try:
            response = self._response(turn, Request(operation.key), context)
            response.is_preferred = stub.unchecked
            self._check(operation, response, None)
        except _UNFIT as error:
            yield from _placed(turn, error.failures)

    def _response(self, turn: Turn, request: Request, context: Context) -> Response:
        operation = context.operation
        status = _status(turn, operation)
        if turn.body is NOTHING and turn.text is None:
            response = self._of_contract(turn, status, request, context)
        elif status in BODILESS:
            expected = f"absent: an answer of the status {status} has no body"
            raise RequestInvalid([Failure("body", "", "status", expected)])
        else:
            media_type = turn.media_type or _media_type(operation, status, request.answer_type)
            response = Response(status, _body(turn, media_type), media_type=media_type)
        response.headers = {**response.headers, **turn.headers}
        return response

    def _of_contract(self, turn: Turn, status: int, request: Request, context: Context) -> Response:
        """Answer with what the contract documents of a status; without a body where it documents nothing."""
        answer = context.operation.answer(status)
        if answer is None:
            return Response(status)
        wanted = turn.media_type or _media_type(context.operation, status, request.answer_type)
        asked = replace(request, answer_type=wanted)
        preference = Preference(code=status, example=turn.example)
        return self._documented.preferred_response(preference, asked, context, _BY_STUB)


_ADVICE: Final = " (`unchecked: true` says that it is meant)"
_UNFIT: Final = (ResponseInvalid, RequestInvalid, AnswerUndocumented)
_BY_STUB: Final = "an answer that this session was told to give"


class StubInvalid(ResponseInvalid):
    """A stub's answer cannot be made, or is not what the contract documents."""

    def __init__(self, stub: Stub, operation: str, failures: Sequence[Failure]) -> None:
        super().__init__(operation, 500, failures)
        listed = "; ".join(map(str, self.failures))
        named = f"{stub.id!r} of {operation}" + (f" ({stub.source})" if stub.source else "")
        self.args = (f"the answer {named} cannot be given: {listed}",)


async def _rendered(turn: Turn, values: Mapping[str, Any]) -> Turn:
    """Put what a call says into a turn. Raises RequestInvalid."""
    try:
        return await rendering.rendered(turn, values)
    except rendering.RenderingFailed as error:
        raise RequestInvalid([error.failure]) from None


def _status(turn: Turn, operation: Operation) -> int:
    if turn.status is not None:
        return turn.status
    return success(operation)[0]


def _media_type(operation: Operation, status: int, wanted: str) -> str:
    """Return the media type of an answer that states none: what the caller wants, else JSON, else the
    first.
    """
    content: Mapping[str, MediaType] = {}
    answer = operation.answer(status)
    if answer is not None:
        content = answer.content
    if wanted in content:
        return wanted
    media = json_media(content)
    if media is not None:
        return media.name
    return next(iter(content), JSON)


def _body(turn: Turn, media_type: str) -> Any:
    """Return the value of a body, or the bytes of one that is stated as a text. Raises RequestInvalid."""
    if turn.text is None:
        return turn.body
    if not media_types.is_json(media_type):
        return Written(turn.text.encode())
    try:
        return json_codec.decode(turn.text.encode())
    except BodyMalformed as error:
        raise RequestInvalid([Failure("body", "", "syntax", str(error), show(turn.text))]) from None


def _placed(turn: Turn, failures: Sequence[Failure]) -> Iterator[Failure]:
    """Say what is wrong with an answer as what is wrong with the stub that states it."""
    places = {"body": _body_member(turn), "status": "status"}
    for failure in failures:
        place = f"{places.get(failure.location, 'headers')}{failure.pointer}"
        if failure.rule == "prefer":  # an example by its name, which Prefer asks for too
            place = failure.pointer.removeprefix("/Prefer/").replace("code", "status")
        yield replace(failure, location="body", pointer=f"{turn.pointer}/{place}")


def _body_member(turn: Turn) -> str:
    return "body" if turn.text is None else "text"
