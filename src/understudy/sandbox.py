"""A sandbox: one contract that answers, with the state it remembers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from faker import Faker

from understudy.clock import Clock
from understudy.contract import Answer, Contract, Operation
from understudy.errors import Failure, Refusal, ResponseInvalid
from understudy.generator import Generator, Ungeneratable
from understudy.handler import Context, Handler, Vendor, World
from understudy.identities import Identities
from understudy.ledger import new_faker
from understudy.memory import MemoryStore
from understudy.messages import NOTHING, Request, Response
from understudy.parameters import Dialect
from understudy.refusal import ContractShape
from understudy.schema import Direction
from understudy.store import Store
from understudy.validation import Validator

DEFAULT_SESSION = "default"


@dataclass(frozen=True)
class Settings:
    """How sandboxes start. seed: decides all that is made up. populate: records each partition starts with."""

    seed: int = 1
    populate: int = 0
    identities: Identities = field(default_factory=Identities)
    store: Callable[[], Store] = MemoryStore


class Sandbox:
    """Answers the requests of one contract.

    The vendor's handlers come first; an operation without one is answered by a generated value.
    """

    def __init__(self, contract: Contract, vendor: Vendor | None = None, settings: Settings | None = None) -> None:
        self.contract, self.vendor = contract, vendor
        self.settings = settings or Settings()
        self._generator = Generator(contract.validators(Direction.RESPONSE).for_node)
        self._faker = new_faker()
        self._shape = vendor.shape if vendor else ContractShape(contract, self._generator, self._seeded).shape
        handlers = vendor.handlers if vendor else {}
        self._handlers: dict[str, Handler] = {op.key: handlers.get(op.id, self._generate) for op in contract.operations}
        self._checks: dict[tuple[str, int, str], _Check] = {}
        self._worlds: dict[str, World] = {}
        self._contexts: dict[tuple[str, str], Context] = {}

    @property
    def dialect(self) -> Dialect:
        """What the vendor's clients get away with."""
        return self.vendor.dialect if self.vendor else Dialect()

    def world(self, session: str = DEFAULT_SESSION) -> World:
        """Return the state of a session, made on first use."""
        world = self._worlds.get(session)
        if world is None:
            settings = self.settings
            world = World(settings.store(), Clock(), settings.identities.fresh(), self._faker, settings.seed, settings.populate)
            if self.vendor:
                world.populate = self.vendor.populate
            self._worlds[session] = world
        return world

    def context(self, operation: str, session: str = DEFAULT_SESSION) -> Context:
        """Return what a handler of an operation works with in a session."""
        context = self._contexts.get((operation, session))
        if context is None:
            context = Context(self.contract, self.contract.operation(operation), self.world(session))
            self._contexts[operation, session] = context
        return context

    async def handle(self, request: Request, session: str = DEFAULT_SESSION) -> Response:
        """Answer a request that the contract accepts. Raises Refusal; ResponseInvalid where a handler breaks the contract."""
        context = self.context(request.operation, session)
        response = await self._handlers[request.operation](request, context)
        response.media_type = response.media_type or request.answer_type
        self.check(context.operation, response)
        return response

    def refuse(self, error: Refusal, operation: Operation | None) -> Response:
        """Say "no" in the vendor's shape. Raises ResponseInvalid where the contract documents another one."""
        response = self._shape(error, operation)
        if operation is not None and operation.answer(response.status) is not None:
            self.check(operation, response)
        return response

    def _seeded(self, key: str) -> Faker:
        self._faker.seed_instance(f"{self.settings.seed}/{self.contract.name}/{key}")
        return self._faker

    def check(self, operation: Operation, response: Response) -> None:
        """Raise ResponseInvalid unless the contract documents this answer."""
        key = (operation.key, response.status, response.media_type)
        check = self._checks.get(key)
        if check is None:
            check = self._checks[key] = self._compile(operation, response)
        if response.body is NOTHING:
            failures = check.without_body
        elif check.validator is None:
            failures = check.with_body
        elif check.validator.is_valid(response.body):
            return
        else:
            failures = tuple(check.validator.failures(response.body, "body"))
        if failures:
            raise ResponseInvalid(operation.key, response.status, failures)

    def _compile(self, operation: Operation, response: Response) -> _Check:
        answer = operation.answer(response.status)
        if answer is None:
            undocumented = (Failure("status", "", "status", f"one of {', '.join(operation.responses)}", str(response.status)),)
            return _Check(None, undocumented, undocumented)
        media = answer.content.get(response.media_type) or next(iter(answer.content.values()), None)
        if media is None:
            return _Check(None, (), (Failure("body", "", "content", "absent: the contract documents no body"),))
        missing = () if response.status in (204, 205, 304) else (Failure("body", "", "required", "present"),)
        validator = self.contract.validators(Direction.RESPONSE).for_node(media.schema) if media.schema else None
        return _Check(validator, missing, ())

    async def _generate(self, request: Request, context: Context) -> Response:
        """Answer an operation nobody wrote a rule for: its first documented success, with a generated body."""
        status, answer = _first_success(context.operation)
        content = answer.content if answer else {}
        media = content.get(request.answer_type) or next(iter(content.values()), None)
        if media is None:
            return Response(status)
        example = media.node.get("example")
        valid = self.contract.validators(Direction.RESPONSE)
        if example is not None and (media.schema is None or valid.for_node(media.schema).is_valid(example)):
            return Response(status, example)
        if media.schema is None:
            return Response(status, {})
        key = (request.operation, *sorted(request.path.items()))
        try:
            return Response(status, self._generator.value(media.schema, context.fake(*key)))
        except Ungeneratable as error:
            failure = Failure("body", "", "generate", f"a value of its schema, which could not be made: {error}")
            raise ResponseInvalid(request.operation, status, (failure,)) from None


@dataclass(frozen=True, slots=True)
class _Check:
    """What an answer of one status and media type is held against."""

    validator: Validator | None
    without_body: tuple[Failure, ...]
    with_body: tuple[Failure, ...]


def _first_success(operation: Operation) -> tuple[int, Answer | None]:
    """Return the lowest documented 2XX (or 3XX, or default) and the status it stands for."""
    for status in sorted(operation.responses):
        if status[0] in "23":
            return int(status.replace("X", "0")), operation.responses[status]
    return 200, operation.responses.get("default")
