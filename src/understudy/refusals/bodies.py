"""Bodies: the errors that one contract documents, valid and true."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from faker import Faker

from understudy.contracts.answers import taken
from understudy.contracts.contract import Contract, MediaType, Operation
from understudy.contracts.source import Node
from understudy.messages import NOTHING, Response
from understudy.problem import PROBLEM_JSON, problem
from understudy.refusals.facts import Facts
from understudy.refusals.writer import Writer
from understudy.schemas.contradictions import Contradictions, Doubt
from understudy.schemas.direction import Direction
from understudy.schemas.examples import stated_examples
from understudy.schemas.fitting import set_if_valid
from understudy.schemas.generator import Generator, Ungeneratable
from understudy.schemas.validators import validators_of

_PROBLEM = frozenset({"type", "title", "status", "detail"})


class ErrorBodies:
    """The bodies of one contract's errors. fake: gives randomness for a key."""

    def __init__(
        self,
        contract: Contract,
        generator: Generator,
        contradictions: Contradictions,
        fake: Callable[[str], Faker],
    ) -> None:
        self._validators = validators_of(contract, Direction.RESPONSE)
        self._generator, self._contradictions, self._fake = generator, contradictions, fake
        self._writer = Writer()

    def fill(self, response: Response, media: MediaType, facts: Facts, operation: Operation | None) -> None:
        """Give a response the body of an error: the example where that is all there is, else what its schema
        has a place for. Raises ResponseInvalid where no such body can be made and none may be shown instead.
        """
        whole = problem(facts.status, facts.detail, operation, facts.failures).body
        if media.schema is None:
            response.body = next(_examples(media), whole)
            return
        response.body = self._written(media, media.schema, facts, whole)
        if response.body is NOTHING or not self._is_valid(media.schema, response.body):
            self._make_valid(response, media.schema, operation)

    def _written(self, media: MediaType, schema: Node, facts: Facts, whole: dict[str, Any]) -> Any:
        if not self._writer.declares(schema):
            valid = (example for example in _examples(media) if self._is_valid(schema, example))
            return next(valid, whole)
        body, told = self._writer.body(schema, facts)
        if not told and self._is_valid(schema, whole):
            return whole
        if isinstance(body, dict) and self._is_problem(media, schema):
            return self._extended(media, schema, body, whole)
        return body

    def wrapper(self, operation: Operation | None) -> str:
        """Name the only member of the body that an operation takes, where it is an object; "" elsewhere."""
        schema = taken(operation) if operation is not None else None
        if schema is None:
            return ""
        return self._writer.only_object(schema)

    def says_why(self, media: MediaType, facts: Facts) -> bool:
        """Tell whether a schema has a place for what is true of an error."""
        return media.schema is not None and self._writer.body(media.schema, facts).told > 0

    def _is_problem(self, media: MediaType, schema: Node) -> bool:
        return media.name == PROBLEM_JSON or self._writer.names(schema) >= _PROBLEM

    def _extended(
        self, media: MediaType, schema: Node, body: dict[str, Any], whole: dict[str, Any]
    ) -> dict[str, Any]:
        """Return problem details with the members that no schema needs to declare (RFC 9457 §3.2)."""
        extended = {**whole, **body}
        if media.name != PROBLEM_JSON:
            extended.pop("operation", None)
        if self._is_valid(schema, extended):
            return extended
        return body

    def _is_valid(self, schema: Node, body: Any) -> bool:
        return self._validators.for_node(schema).is_valid(body)

    def _make_valid(self, response: Response, schema: Node, operation: Operation | None) -> None:
        """Make the least that a schema takes, with as much of a body as may stand in it; where the contract
        contradicts itself, the nearest there is.
        """
        written, fake = response.body, self._fake(schema.address)
        try:
            made = self._generator.value(schema, fake, full=False)
        except Ungeneratable as error:
            key = operation.key if operation is not None else ""
            doubt = Doubt(self._contradictions, key, response.status)
            doubt.note(schema, error)
            doubt.mark(response)
            made = self._generator.nearest(schema, fake)
            _lay(made, written, lambda: True)
        else:
            _lay(made, written, lambda: self._is_valid(schema, made))
        response.body = made


def _examples(media: MediaType) -> Iterator[Any]:
    """Yield the examples of an error of which a contract says nothing else."""
    for _, example in stated_examples(media.node):
        yield example
    yield from _samples(media.schema)


def _samples(schema: Node | None) -> list[Any]:
    """Return the examples that a schema states of the whole."""
    if schema is None:
        return []
    stated = schema.get("examples")
    found = list(stated) if isinstance(stated, list) else []
    if schema.has("example"):
        found.insert(0, schema.get("example"))
    return found


def _lay(made: Any, written: Any, is_valid: Callable[[], bool]) -> None:
    """Put what is true in the place of what was made, as far as the whole stays valid."""
    if not isinstance(made, dict) or not isinstance(written, dict):
        return
    for name, value in written.items():
        inner = made.get(name)
        if not set_if_valid(made, name, [value], is_valid):
            _lay(inner, value, is_valid)
