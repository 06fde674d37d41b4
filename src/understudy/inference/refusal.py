"""A refusal where no vendor has a shape for it: problem details, or what the contract documents instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from faker import Faker

from understudy import errors, problem
from understudy.contracts.contract import Contract, MediaType, Operation
from understudy.contracts.schema import Direction
from understudy.errors import Refusal, SandboxError
from understudy.generation.generator import Generator, Ungeneratable
from understudy.inference.fitting import put
from understudy.inference.resources import normalise
from understudy.media import types as media_types
from understudy.messages import NOTHING, Response

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
# Members of an error, by their normalised names.
_SAYS_WHY = frozenset({"detail", "message", "errordescription", "errormessage", "description", "reason", "error", "title", "msg"})
_SAYS_STATUS = frozenset({"status", "statuscode", "code", "httpstatus"})
_SAYS_WHERE = frozenset({"param", "parameter", "field", "pointer", "path", "property", "source"})


class ContractShape:
    """The error shape of a contract that has no vendor: `shape(error, operation) -> Response`."""

    def __init__(self, contract: Contract, generator: Generator, fake: Callable[[str], Faker]) -> None:
        self._validators = contract.validators(Direction.RESPONSE)
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
        if not answer.content:  # described is only that there is such a status; a body that says why breaks nothing
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
        self._drop_the_rest(media, body, body)
        for holder, name, value in _places(body, said):
            put(holder, name, [value], lambda: self._is_valid(media, body))
        return body

    def _drop_the_rest(self, media: MediaType, body: Any, holder: Any) -> None:
        """Take out of a generated error what the contract can do without: it would speak of things that have not happened."""
        if isinstance(holder, list):
            for item in holder[:1]:
                self._drop_the_rest(media, body, item)
        if not isinstance(holder, dict):
            return
        says_why = any(normalise(name) in _SAYS_WHY and isinstance(value, str) for name, value in holder.items())
        for name, value in list(holder.items()):
            if isinstance(value, (dict, list)) and not says_why:
                self._drop_the_rest(media, body, value)
            elif isinstance(value, (dict, list)) or normalise(name) not in _SAYS_WHY | _SAYS_STATUS | _SAYS_WHERE:
                put(holder, name, [NOTHING], lambda: self._is_valid(media, body))


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


def _places(body: Any, said: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str, Any]]:
    """Yield where a reason or a status may stand, outermost first: an object, the name of its member, and what it is to say."""
    if isinstance(body, list):
        for item in body[:1]:
            yield from _places(item, said)
    if not isinstance(body, dict):
        return
    for name, value in body.items():
        folded = normalise(name)
        if folded in _SAYS_STATUS and isinstance(value, (int, str)):
            yield body, name, said["status"] if isinstance(value, int) else str(said["status"])
        elif folded in _SAYS_WHY and isinstance(value, str):
            yield body, name, said["title"] if folded == "title" else said["detail"]
        elif folded in _SAYS_WHERE and isinstance(value, str):
            yield body, name, said["errors"][0]["pointer"][1:] if said.get("errors") else ""
    for value in body.values():
        yield from _places(value, said)
