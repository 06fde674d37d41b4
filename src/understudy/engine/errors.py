"""Errors: a refusal where no vendor has a shape for it, as problem details or what the contract documents
instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from faker import Faker

from understudy import errors, problem
from understudy.contracts.contract import Contract, MediaType, Operation
from understudy.engine.error_bodies import fill_error, tell
from understudy.errors import Refusal, SandboxError
from understudy.media import types as media_types
from understudy.messages import Response
from understudy.schemas.contradictions import Contradictions, Doubt
from understudy.schemas.direction import Direction
from understudy.schemas.generator import Generator, Ungeneratable
from understudy.schemas.validators import validators_of

_OTHER_STATUSES: Final[Mapping[type[SandboxError], tuple[int, ...]]] = {
    errors.RequestInvalid: (422,),
    errors.BodyMalformed: (422,),
    errors.RecordExists: (422, 400),
    errors.RecordChanged: (409, 400),
    errors.PreconditionFailed: (409, 400),
    errors.KeyReused: (409, 400),
    errors.RuleBroken: (400, 409),
}
"""Statuses an error may take, where the contract documents them and not the usual one."""


class ContractErrors:
    """The error shape of a contract that has no vendor: `shape(error, operation) -> Response`."""

    def __init__(
        self,
        contract: Contract,
        generator: Generator,
        contradictions: Contradictions,
        fake: Callable[[str], Faker],
    ) -> None:
        self._validators = validators_of(contract, Direction.RESPONSE)
        self._generator, self._contradictions, self._fake = generator, contradictions, fake

    def shape(self, error: Refusal, operation: Operation | None) -> Response:
        """Answer problem details where the contract takes them, else the body it documents with the reason
        put in. Raises ResponseInvalid where no such body can be made and none may be shown instead.
        """
        response = problem.shape(error, operation)
        if operation is None:
            return response
        status = _status(error, operation, response.status)
        response.status = status
        answer = operation.answer(status)
        if answer is None:
            return response
        body: dict[str, Any] = {**response.body, "status": status}
        if (
            not answer.content
        ):  # described is only that there is such a status; a body that says why breaks nothing
            return Response(status, body, response.headers, problem.PROBLEM_JSON)
        media = _preferred(answer.content)
        response = Response(status, body, response.headers, media.name)
        if not self._is_valid(media, body):
            self._document(response, operation, media)
        return response

    def _is_valid(self, media: MediaType, body: Any) -> bool:
        return media.schema is None or self._validators.for_node(media.schema).is_valid(body)

    def _document(self, response: Response, operation: Operation, media: MediaType) -> None:
        """Make the documented body, the nearest there is where the contract contradicts itself, and put the
        reason and the status where the schema lets them stand.
        """
        assert media.schema is not None
        said, fake = response.body, self._fake(media.schema.address)
        try:
            body = self._generator.value(media.schema, fake)
        except Ungeneratable as error:
            doubt = Doubt(self._contradictions, operation.key, response.status)
            doubt.note(media.schema, error)
            body = self._generator.nearest(media.schema, fake)
            tell(body, said)
            doubt.mark(response)
        else:
            fill_error(body, said, lambda: self._is_valid(media, body))
        response.body = body


def _status(error: Refusal, operation: Operation, usual: int) -> int:
    """Return the status that the operation documents for an error, else the usual one."""
    if str(usual) in operation.responses:
        return usual
    for kind, statuses in _OTHER_STATUSES.items():
        if isinstance(error, kind):
            documented = [status for status in statuses if str(status) in operation.responses]
            return documented[0] if documented else usual
    return usual


def _preferred(content: Mapping[str, MediaType]) -> MediaType:
    """Return the media type in which a reason is told best: problem details, then JSON, then any."""
    if problem.PROBLEM_JSON in content:
        return content[problem.PROBLEM_JSON]
    for name, media in content.items():
        if media_types.is_json(name):
            return media
    return next(iter(content.values()))
