"""Shaping: a refusal as the response that a contract documents for it, where no vendor has a shape of its
own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Final

from faker import Faker

from understudy import errors, problem
from understudy.contracts.answers import offered
from understudy.contracts.contract import Contract, MediaType, Operation
from understudy.errors import Refusal, SandboxError
from understudy.media import types as media_types
from understudy.media.negotiation import nearest
from understudy.messages import Response
from understudy.model.doors import token_paths
from understudy.refusals.bodies import ErrorBodies
from understudy.refusals.facts import UNKNOWN, Asked, Facts
from understudy.schemas.contradictions import Contradictions
from understudy.schemas.generator import Generator

_OTHER_STATUSES: Final[Mapping[type[SandboxError], tuple[int, ...]]] = {
    errors.RequestInvalid: (422,),
    errors.BodyMalformed: (422,),
    errors.MediaTypeUnsupported: (400, 422),
    errors.BodyTooLarge: (400,),
    errors.LoginRefused: (400, 422, 403, 404),
    errors.CredentialRefused: (403,),
    errors.ReferenceUnknown: (400, 404),
    errors.RecordExists: (422, 400),
    errors.AlreadyDone: (400, 422),
    errors.RecordChanged: (409, 400),
    errors.PreconditionFailed: (409, 400),
    errors.KeyReused: (409, 400),
    errors.RuleBroken: (400, 409),
}
"""Statuses an error may take, where the contract documents them and not the usual one."""

_SAYS_TAKEN: Final = re.compile(
    r"already[\W_]*(?:\w+[\W_]+)?(?:exist|taken|in[\W_]*use|used|registered)|duplicate|not[\W_]*unique",
    re.IGNORECASE,
)
"""Words about a value that another record has: `REGISTER_USER_ALREADY_EXISTS`, `email already taken`."""

_SAYS_INVALID: Final = re.compile(r"validation (?:error|fail)", re.IGNORECASE)
"""Words about a request that breaks its contract, as FastAPI and Laravel describe their 422."""

_AS_ELSEWHERE: Final = (
    errors.RequestInvalid,
    errors.BodyMalformed,
    errors.ReferenceUnknown,
)
"""Errors that take the status that the contract uses for them in other operations."""

_JSON: Final = "application/json"

_OF_REQUESTS: Final = ("400", "422")
"""Statuses whose bodies tell of the members of a request, and fit no other error."""


class ContractErrors:
    """The error shape of a contract that has no vendor."""

    def __init__(
        self,
        contract: Contract,
        generator: Generator,
        contradictions: Contradictions,
        fake: Callable[[str], Faker],
        invalid_status: int = 400,
    ) -> None:
        """`invalid_status`: that of a request which breaks the contract, where that documents none for it."""
        self._contract, self._invalid_status = contract, invalid_status
        self.bodies = ErrorBodies(contract, generator, contradictions, fake)

    def shape(self, error: Refusal, operation: Operation | None, asked: Asked = UNKNOWN) -> Response:
        """Answer a refusal as its operation documents it, else as the contract does elsewhere, else with
        problem details. Raises ResponseInvalid where no such body can be made and none may be shown instead.
        """
        status = self._status(error, operation)
        facts = Facts.of(error, status, asked, self.bodies.wrapper(operation))
        media = self._documented(operation, status, asked.accept) or self._elsewhere(facts)
        if media is None:
            return problem.problem(status, facts.detail, operation, error.failures)
        response = Response(status, media_type=media.name)
        if "*" in media.name:
            response.media_type = _JSON
        self.bodies.fill(response, media, facts, operation)
        return response

    # -- the status

    def _status(self, error: Refusal, operation: Operation | None) -> int:
        """Return the status that the operation documents for an error, else the one that others document,
        else the usual one.
        """
        usual, statuses = self._usual_of(error, operation)
        if operation is not None:
            for status in statuses:
                if str(status) in operation.responses:
                    return status
            if operation.answer(usual) is not None or not isinstance(error, _AS_ELSEWHERE):
                return usual
        elif not isinstance(error, _AS_ELSEWHERE):
            return usual
        return next((status for status in statuses if str(status) in self._statuses), usual)

    def _usual_of(self, error: Refusal, operation: Operation | None) -> tuple[int, tuple[int, ...]]:
        """Return the usual status of an error, and all that it may take, the likeliest first."""
        usual = problem.status_of(error)
        statuses = (usual, *_others(error))
        if operation is None:
            return usual, statuses
        if isinstance(error, errors.RecordExists):
            return usual, (usual, *_saying(operation, _SAYS_TAKEN), *statuses[1:])
        if isinstance(error, errors.ReferenceUnknown) and "{" not in operation.path:
            return usual, (404, *statuses)  # there is nothing else that it could not find
        if isinstance(error, (errors.RequestInvalid, errors.BodyMalformed)):
            return self._invalid_status, (*_saying(operation, _SAYS_INVALID), *statuses)
        return usual, statuses

    @cached_property
    def _statuses(self) -> frozenset[str]:
        """The statuses that any operation documents."""
        return frozenset(status for one in self._telling for status in one.responses)

    @cached_property
    def _telling(self) -> tuple[Operation, ...]:
        """The operations that say how this contract answers errors: those that hand out tokens answer as
        RFC 6749 has it, and nothing else does.
        """
        apart = set(token_paths(self._contract))
        return tuple(one for one in self._contract.operations if one.path not in apart)

    # -- the media type

    def _documented(self, operation: Operation | None, status: int, accept: str) -> MediaType | None:
        """Return the media type in which an operation documents a status; None where it says nothing of its
        body.
        """
        if operation is None:
            return None
        answer = operation.answer(status)
        if answer is None or not answer.content:
            return None
        return _preferred(answer.content, accept)

    def _elsewhere(self, facts: Facts) -> MediaType | None:
        """Return how other operations answer this status, else how they answer most errors; None where that
        is not told in JSON, or has no place for what went wrong.
        """
        for kind in (str(facts.status), ""):
            media = self._usual.get(kind)
            if media is not None and _may_be_json(media.name) and self.bodies.says_why(media, facts):
                return media
        return None

    @cached_property
    def _usual(self) -> Mapping[str, MediaType]:
        """How errors are answered most: by status, and under "" those of any status but for what tells of
        requests alone.
        """
        counted: dict[str, Counter[str]] = {}
        media: dict[str, MediaType] = {}
        for status, one in self._answers():
            assert one.schema is not None
            media[one.schema.address] = one
            counted.setdefault(status, Counter())[one.schema.address] += 1
            if status not in _OF_REQUESTS:
                counted.setdefault("", Counter())[one.schema.address] += 1
        return {kind: media[count.most_common(1)[0][0]] for kind, count in counted.items()}

    def _answers(self) -> Iterator[tuple[str, MediaType]]:
        """Yield the errors that have a schema, with their statuses."""
        for operation in self._telling:
            for status, answer in operation.responses.items():
                if status[0] not in "45d" or not answer.content:
                    continue
                one = _preferred(answer.content, "")
                if one.schema is not None:
                    yield status, one


def _saying(operation: Operation, words: re.Pattern[str]) -> Iterator[int]:
    """Yield the statuses of refusals whose descriptions or examples say something."""
    for status, answer in operation.responses.items():
        if not (status.isdecimal() and status.startswith("4")):
            continue
        said = [answer.node.get("description")]
        for media in answer.content.values():
            said += [media.node.get(name) for name in ("example", "examples")]
        if words.search(str(said)):
            yield int(status)


def _others(error: Refusal) -> tuple[int, ...]:
    for kind, statuses in _OTHER_STATUSES.items():
        if isinstance(error, kind):
            return statuses
    return ()


def _preferred(content: Mapping[str, MediaType], accept: str) -> MediaType:
    """Return the media type in which a reason is told best, of those that the caller takes: problem details,
    then JSON, then any.
    """
    names = sorted(offered(content), key=_how_mute)
    return content.get(nearest(accept or None, names)) or content[names[0]]


def _how_mute(name: str) -> int:
    if name == problem.PROBLEM_JSON:
        return 0
    if _may_be_json(name):
        return 1
    return 2


def _may_be_json(name: str) -> bool:
    return media_types.is_json(name) or name.startswith(("*/*", "application/*"))
