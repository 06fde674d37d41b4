"""A refusal where no vendor has a shape for it: problem details, or what the contract documents instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from faker import Faker

from understudy import errors, problem
from understudy.contracts.contract import Contract, MediaType, Operation
from understudy.errors import Refusal, SandboxError
from understudy.inference.telling import tell
from understudy.media import types as media_types
from understudy.messages import Response
from understudy.schemas.direction import Direction
from understudy.schemas.generator import Generator, Ungeneratable
from understudy.schemas.validators import validators_of

# Statuses an error may take, where the contract documents them, when it does not document the usual one.
_OTHER_STATUSES: tuple[tuple[type[SandboxError], tuple[int, ...]], ...] = (
    (errors.RequestInvalid, (422,)),
    (errors.BodyMalformed, (422,)),
    (errors.RecordExists, (422, 400)),
    (errors.RecordChanged, (409, 400)),
    (errors.PreconditionFailed, (409, 400)),
    (errors.KeyReused, (409, 400)),
    (errors.RuleBroken, (400, 409)),
)


class ContractShape:
    """The error shape of a contract that has no vendor: `shape(error, operation) -> Response`."""

    def __init__(self, contract: Contract, generator: Generator, fake: Callable[[str], Faker]) -> None:
        self._validators = validators_of(contract, Direction.RESPONSE)
        self._generator, self._fake = generator, fake

    def shape(self, error: Refusal, operation: Operation | None) -> Response:
        """Answer problem details where the contract takes them, else the body it documents with the reason put in."""
        response = problem.shape(error, operation)
        if operation is None:
            return response
        response.status = _status(error, operation, response.status)
        answer = operation.answer(response.status)
        if answer is None:
            return response
        body: dict[str, Any] = {**response.body, "status": response.status}
        if (
            not answer.content
        ):  # described is only that there is such a status; a body that says why breaks nothing
            return Response(response.status, body, response.headers, problem.PROBLEM_JSON)
        media = _preferred(answer.content)
        if self._is_valid(media, body):
            return Response(response.status, body, response.headers, media.name)
        return Response(response.status, self._documented(media, body), response.headers, media.name)

    def _is_valid(self, media: MediaType, body: Any) -> bool:
        return media.schema is None or self._validators.for_node(media.schema).is_valid(body)

    def _documented(self, media: MediaType, said: dict[str, Any]) -> Any:
        """Make the documented body, and put the reason and the status where the schema lets them stand."""
        assert media.schema is not None
        try:
            body = self._generator.value(media.schema, self._fake(media.schema.address))
        except Ungeneratable:
            return said
        tell(body, said, lambda: self._is_valid(media, body))
        return body


def _status(error: Refusal, operation: Operation, usual: int) -> int:
    if str(usual) in operation.responses:
        return usual
    others = next((statuses for kind, statuses in _OTHER_STATUSES if isinstance(error, kind)), ())
    return next((status for status in others if str(status) in operation.responses), usual)


def _preferred(content: Any) -> MediaType:
    names = list(content)
    for wanted in (lambda name: name == problem.PROBLEM_JSON, media_types.is_json):
        for name in names:
            if wanted(name):
                return content[name]  # type: ignore[no-any-return]
    return content[names[0]]  # type: ignore[no-any-return]
