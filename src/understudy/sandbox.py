"""A sandbox: one contract that answers, with the state it remembers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from itertools import count

from faker import Faker
from msgspec import Struct, field
from msgspec.structs import replace

from understudy.beginning import Counts, Items
from understudy.contracts.contract import Contract, Operation, Parameter
from understudy.contracts.digest import digest
from understudy.engine.checked_store import CheckedStore
from understudy.engine.engine import Engine
from understudy.errors import CredentialInvalid, Refusal, ResponseInvalid
from understudy.handler import Context, Handler, Vendor, World
from understudy.http_semantics.answer_checks import BODILESS, AnswerChecks
from understudy.http_semantics.conditions import Conditions
from understudy.http_semantics.documented import Documented
from understudy.http_semantics.idempotency import idempotent, key_header
from understudy.http_semantics.preferences import Preference
from understudy.http_semantics.scripted import Scripted
from understudy.matching.call import Call
from understudy.messages import Caller, Request, Response
from understudy.model.model import Model
from understudy.parameters.leniency import OWN, Leniency
from understudy.problem import problem
from understudy.refusals.facts import UNKNOWN, Asked
from understudy.refusals.shaping import ContractErrors
from understudy.schemas.contradictions import Contradictions
from understudy.schemas.direction import Direction
from understudy.schemas.entity import new_faker, site_of
from understudy.schemas.generator import Generator
from understudy.schemas.taught import Taught
from understudy.schemas.validators import validators_of
from understudy.sessions import Session
from understudy.state.store import Store
from understudy.stubs.stubs import Chosen

_BASIC = 'Basic realm="sandbox"'
_LEFT_OUT = "a value was large enough, so it was made without optional members from here on: {}"
_BY_FAULT = "a fault made by the sandbox"


class Settings(Struct, frozen=True):
    """How sandboxes start. seed: decides all that is made up. populate: records each partition starts with;
    data: those of some collections, by name.

    any_id: whether, where no vendor has rules, an item that nobody created is made when it is first asked
    for; any_write: also by a write that is documented not to find it. refuses_contradictions: whether what a
    contract contradicts itself about is a failure.
    strict_accept: whether a caller who accepts no type that is documented is refused everywhere. lenient:
    whether bodies are taken as frameworks take them. invalid_status: that of a request which breaks its
    contract, where that documents none for it.
    mount: the path it is served under, `/` or `/name`; "" for where its contract's name says.
    """

    seed: int = 1
    populate: int | Counts = 0
    data: Items = field(default_factory=dict)
    any_id: bool = True
    any_write: bool = False
    refuses_contradictions: bool = False
    strict_accept: bool = False
    lenient: bool = False
    invalid_status: int = 400
    mount: str = ""


class Sandbox:
    """Answers the requests of one contract.

    The caller's own handlers come first, by operation key; then the vendor's, then what was inferred; an
    operation without any is answered as documented. Each can ask the next with `context.default`.
    """

    def __init__(
        self,
        contract: Contract,
        vendor: Vendor | None = None,
        settings: Settings | None = None,
        handlers: Mapping[str, Handler] | None = None,
    ) -> None:
        self.contract = contract
        self.settings = settings or Settings()
        validators = validators_of(contract, Direction.RESPONSE)
        self._generator = Generator(
            validators.for_node,
            seed=self.settings.seed,
            taught=Taught(contract),
            site=site_of(contract.title),
        )
        self._faker = new_faker()
        are_served = not self.settings.refuses_contradictions
        contradictions = Contradictions(validators, self._generator, are_served=are_served)
        generator, invalid_status = self._generator, self.settings.invalid_status
        self._errors = ContractErrors(contract, generator, contradictions, self._seeded, invalid_status)
        self._documented = Documented(contract, self._generator, contradictions, self._errors.bodies)
        self._shape: Callable[[Refusal, Operation | None, Asked], Response] = self._errors.shape
        if vendor is not None:
            self._shape = partial(_as_vendor, vendor)
        self.vendor = vendor or Vendor("", {}, self._errors.shape, leniency=OWN, any_id=self.settings.any_id)
        self.engine = Engine(
            contract,
            self._generator,
            self.vendor.hooks,
            contradictions,
            any_id=self.vendor.any_id,
            any_write=self.settings.any_write,
        )
        self._data = self.engine.beginning(self.settings.populate, self.settings.data)
        self._numbers = count(1)
        self._inferred = self.engine.handlers()
        self.own: Mapping[str, Handler] = dict(handlers or {})  # the caller's, by the operation's key
        self._chains = self._chained(self.own)
        self._handlers: dict[str, Handler] = {key: chain[0] for key, chain in self._chains.items()}
        self._conditions = Conditions(contract, self._handlers, self.leniency)
        self.check = AnswerChecks(contract, self._generator, self._seeded).hold
        self.scripted = Scripted(self._documented, self.check)
        self._composed: dict[str, Handler] = {}

    def _chained(self, handlers: Mapping[str, Handler]) -> dict[str, tuple[Handler, ...]]:
        """Return the handlers of each operation, the one that is asked first at the beginning."""
        rules, inferred = self.vendor.handlers, self._inferred
        chains = {}
        for op in self.contract.operations:
            found = (handlers.get(op.key), rules.get(op.id), inferred.get(op.key))
            chains[op.key] = (*filter(None, found), self._documented.default_response)
        return chains

    @property
    def leniency(self) -> Leniency:
        """What the vendor's clients get away with."""
        return self.vendor.leniency

    @property
    def model(self) -> Model:
        """What the contract means."""
        return self.engine.model

    def world(self, session: Session) -> World:
        """Return the state this sandbox has in a session, made on first use."""
        world = session.worlds.get(self.contract.name)
        if world is None:
            world = session.worlds[self.contract.name] = self._new_world(session)
        elif world.home is not self:
            world = session.worlds[self.contract.name] = self._moved_in(world)
            session.digests.doubt(self.contract.name)
        return world

    def _new_world(self, session: Session) -> World:
        settings, store = self.settings, session.open(self.contract.name)
        counts = settings.populate
        if isinstance(counts, int):
            counts = Counts((counts, counts))
        given = max((hooks.given for hooks in self.vendor.hooks.values()), default=0)
        population = max(counts.most + given, 1 if self._data else 0)
        world = World(store, session.clock, session.identities, self._faker, settings.seed, population)
        world.counts, world.data = counts, self._data
        world = self._moved_in(world)
        world.has_moved = session.keeps and self._may_not_fit(session)
        return world

    def _may_not_fit(self, session: Session) -> bool:
        """Tell whether records may be there that another version of the contract wrote."""
        name, digests = self.contract.name, session.digests
        known, served = digests.of(name), digest(self.contract)
        if session.was_kept and known != served:
            digests.note(name, known or "")
            return True
        digests.note(name, served)
        return False

    def _moved_in(self, world: World) -> World:
        """Take over a world, from the sandbox of this contract before it was loaded anew where there was
        one.
        """
        has_moved = world.home is not None
        world = replace(
            world,
            faker=self._faker,
            handlers=self._chains,
            populate=self.engine.populate,
            home=self,
            contexts={},
            number=next(self._numbers),
            has_moved=has_moved,
        )
        context = Context(self.contract, self.contract.first, world)
        world.checking = partial(CheckedStore, fit=partial(self.engine.fitted, context))
        world.checked = world.checking(world.store)
        return world

    async def fill(self, session: Session, collection: str = "") -> None:
        """Give a session what its world starts with, as if somebody had asked for it.

        collection: where it is named and inferred, only that one is filled.
        """
        if not self.contract.operations:
            return
        context = self.context(self.contract.first.key, session)
        for partition in self.engine.partitions():
            if collection and partition != collection:
                continue
            await context.ready(partition)
            await asyncio.sleep(0)  # a large contract takes its time, and others are waiting

    def has_collection(self, session: Session, name: str) -> bool:
        """Tell whether the contract has a collection of this name, also below an item."""
        if not self.contract.operations:
            return False
        return self.engine.knows(self.context(self.contract.first.key, session), name)

    def context(self, operation: str, session: Session) -> Context:
        """Return what a handler of an operation works with in a session."""
        world = self.world(session)
        context = world.contexts.get(operation)
        if context is None:
            context = world.contexts[operation] = Context(
                self.contract, self.contract.operation(operation), world
            )
        return context

    def preparation(self, operation: Operation) -> Iterator[None]:
        """Make what an operation needs of its contract, a piece at a time; nothing has to wait for it."""
        return self.engine.preparation(operation)

    def vouching(self, request: Request) -> Iterator[None]:
        """Judge what is large in a request as answers would show it, with pauses, and remember what is good
        until `forget`.
        """
        return self.engine.vouching(request)

    def forget(self) -> None:
        """Judge what is large again."""
        self.engine.forget()

    def parameters(self, operation: Operation) -> tuple[Parameter, ...]:
        """Return what an operation reads beside its body: its parameters, and the conditions that its ETag
        implies.
        """
        return operation.parameters + self._conditions.implied(operation)

    async def recognised(self, claim: tuple[str, str], context: Context) -> Caller:
        """Return who calls with a name and a password (RFC 7617). Raises CredentialInvalid."""
        try:
            return await self.engine.recognised(claim, context)
        except CredentialInvalid as refusal:
            refusal.challenge = _BASIC
            raise

    async def handle(
        self, request: Request, session: Session, preference: Preference | None = None
    ) -> Response:
        """Answer a request that the contract accepts. Raises Refusal; ResponseInvalid where a handler breaks
        the contract.
        """
        context = self.context(request.operation, session)
        cuts = self._generator.cuts
        if cuts:
            cuts.clear()
        if preference is None:
            handler = self._composed.get(request.operation) or self._compose(context.operation)
            response = await handler(request, context)
        else:
            response = self._documented.preferred_response(preference, request, context)
        response.media_type = response.media_type or request.answer_type
        if cuts:
            response.notes = [*response.notes, *(_LEFT_OUT.format(place) for place in cuts)]
        self.check(context.operation, response, context.world)
        return response

    async def given(self, chosen: Chosen, call: Call, request: Request, session: Session) -> Response:
        """Answer a call as a stub states it. Raises ResponseInvalid where the contract refuses that."""
        context = self.context(request.operation, session)

        async def store_of(collection: str) -> Store:
            await self.fill(session, collection)
            return context.world.store

        return await self.scripted.respond(chosen, call, request, context, store_of)

    def failing(self, request: Request, session: Session, status: int) -> Response:
        """Answer with a status, without asking a handler: as the contract documents it, or with problem
        details where it does not.
        """
        context = self.context(request.operation, session)
        if context.operation.answer(status) is not None:
            with suppress(ResponseInvalid):  # no body can be made of what is documented
                response = self._documented.preferred_response(
                    Preference(code=status), request, context, _BY_FAULT
                )
                self.check(context.operation, response, context.world)
                return response
        response = problem(
            status, "a fault of this session answers, in the place of the operation", context.operation
        )
        return Response(status) if status in BODILESS else response

    def _compose(self, operation: Operation) -> Handler:
        """Put around a handler what its contract declares; done when it is first asked, since a contract can
        have a thousand operations.
        """
        handler = self._conditions.kept(operation, self._first(operation))
        header = key_header(operation)
        if header:
            handler = idempotent(handler, header)
        self._composed[operation.key] = handler
        return handler

    def _first(self, operation: Operation) -> Handler:
        """Return the handler that is asked first: files, and what an author wrote as the answer of an
        operation that shows what nothing changes, stand before what would be inferred.
        """
        chain = self._chains[operation.key]
        if len(chain) == 1 or chain[0] is not self._inferred.get(operation.key):
            return chain[0]
        stated = self._documented.as_it_stands(operation, self.engine.shows_what_stays)
        if stated is None:
            return chain[0]
        self._chains[operation.key] = (stated, *chain)
        return stated

    def refuse(self, error: Refusal, operation: Operation | None, asked: Asked = UNKNOWN) -> Response:
        """Say "no" in the vendor's shape, else as the contract documents it. Raises ResponseInvalid where the
        contract documents another one.
        """
        response = self._shape(error, operation, asked)
        if operation is None:
            return response
        answer = operation.answer(response.status)
        if answer is not None and answer.content:
            self.check(operation, response)
        return response

    def _seeded(self, key: str) -> Faker:
        self._faker.seed_instance(f"{self.settings.seed}/{self.contract.name}/{key}")
        return self._faker


def _as_vendor(vendor: Vendor, error: Refusal, operation: Operation | None, _asked: Asked) -> Response:
    return vendor.shape(error, operation)
