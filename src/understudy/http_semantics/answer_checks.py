"""Answer checks: what an answer of one status and media type must have, made once, and held against each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from faker import Faker
from msgspec import Struct, field

from understudy.contracts.answers import answering
from understudy.contracts.contract import Answer, Contract, MediaType, Operation
from understudy.errors import Failure, ResponseInvalid
from understudy.handler import World
from understudy.http_semantics.declared_headers import DeclaredHeaders
from understudy.http_semantics.live_headers import Answered, Live, told_live
from understudy.messages import NOTHING, Response, Written
from understudy.schemas.direction import Direction
from understudy.schemas.generator import Generator
from understudy.schemas.validators import Validator, validators_of

BODILESS: Final = (204, 205, 304)
"""Statuses that HTTP gives no body (RFC 9110 §15)."""
_NO_BODY_DOCUMENTED: Final = Failure("body", "", "content", "absent: the contract documents no body")
_BODY_REQUIRED: Final = Failure("body", "", "required", "present")


class _Check(Struct, frozen=True):
    """What is wrong with an answer without a body, and with one; validator: tells where both may be right."""

    validator: Validator | None
    without_body: tuple[Failure, ...] = ()
    with_body: tuple[Failure, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    live: Mapping[str, Live] = field(default_factory=dict)
    is_bodiless: bool = False

    def failures(self, response: Response) -> tuple[Failure, ...]:
        """Name what is wrong with an answer.

        Bytes were validated when they were made, what is written is what the contract states, and what a
        stream will bring nobody can know before it is sent.
        """
        if not response.has_body:
            return self.without_body
        if self.validator is None:
            return self.with_body
        if response.data is not None or response.stream is not None or type(response.peek()) is Written:
            return ()
        if self.validator.is_valid(response.body):
            return ()
        return tuple(self.validator.failures(response.body, "body"))


class AnswerChecks:
    """The checks of the answers of one contract. seeded: gives randomness for a key."""

    def __init__(self, contract: Contract, generator: Generator, seeded: Callable[[str], Faker]) -> None:
        stated = contract.as_stated
        self._contract, self._added = stated, contract.added
        self._validators = validators_of(stated, Direction.RESPONSE)
        self._declared_headers = DeclaredHeaders(stated, generator)
        self._seeded = seeded
        self._checks: dict[tuple[str, int, str], _Check] = {}

    def hold(self, operation: Operation, response: Response, world: World | None = None) -> None:
        """Give an answer the headers it must have, and no body where HTTP has none. Raises ResponseInvalid
        for what is not documented.

        world: of the session that is answered, by which headers change.
        """
        key = (operation.key, response.status, response.media_type)
        check = self._checks.get(key)
        if check is None:
            check = self._checks[key] = self._compile(operation, response)
        if check.headers:
            given = set(map(str.lower, response.headers))
            lacking = {name: text for name, text in check.headers.items() if name.lower() not in given}
            if check.live and world is not None:
                lacking = told_live(lacking, check.live, Answered(world.clock.now(), world.answered))
                world.answered += 1
            response.headers = {**response.headers, **lacking}
        if check.is_bodiless:
            response.body = NOTHING
        failures = check.failures(response)
        if failures and not (response.is_nearest or response.is_preferred):
            raise ResponseInvalid(operation.key, response.status, failures)

    def _compile(self, operation: Operation, response: Response) -> _Check:
        """Make the check of an answer by what the contract states, and not by what was added to it."""
        status, added = response.status, operation
        operation = self._contract.operation(operation.key)
        answer = operation.answer(status)
        is_free = status == 304 or not answering(operation.responses)
        if answer is None and operation.key in self._added:
            is_free |= added.answer(status) is not None
        if answer is None and not is_free:  # the answer to a condition is documented by RFC 9110 §13.1.2
            expected = f"one of {', '.join(operation.responses)}"
            undocumented = (Failure("status", "", "status", expected, str(status)),)
            return _Check(None, undocumented, undocumented)
        headers, rules = self._declared_headers.of(
            operation, status, response.media_type, self._seeded(f"{operation.key} {status} headers")
        )
        if status in BODILESS:
            return _Check(None, headers=headers, live=rules, is_bodiless=True)
        media = _media_of(answer, response.media_type)
        if media is None and operation.key in self._added:
            return _Check(None, headers=headers, live=rules)
        if media is None:
            return _Check(None, with_body=(_NO_BODY_DOCUMENTED,), headers=headers, live=rules)
        validator = self._validators.for_node(media.schema) if media.schema is not None else None
        return _Check(validator, without_body=(_BODY_REQUIRED,), headers=headers, live=rules)


def _media_of(answer: Answer | None, media_type: str) -> MediaType | None:
    """Return what is documented of a media type, else of the first; None where no body is."""
    if answer is None or not answer.content:
        return None
    first = next(iter(answer.content.values()))
    return answer.content.get(media_type, first)
