"""The engine: a handler for each operation that the model knows, and the collections behind them."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

import orjson

from understudy.beginning import Counts, Items, check_named
from understudy.contracts.answers import answered
from understudy.contracts.contract import Contract, Operation
from understudy.engine.accounts import Accounts
from understudy.engine.address import Address, address_of, addressed, collection_named, named, told
from understudy.engine.answering import Answers
from understudy.engine.api_keys import ApiKeys
from understudy.engine.authored import Examples
from understudy.engine.belonging import ShownItems
from understudy.engine.binding import Binder, BoundCollection, BoundPlan
from understudy.engine.change import act, replace, update
from understudy.engine.create import create
from understudy.engine.credentials import Credentials
from understudy.engine.delete import delete
from understudy.engine.embedding import Family
from understudy.engine.expanding import Expanding
from understudy.engine.factory import Factory, descended
from understudy.engine.figures import Figures
from understudy.engine.file_operations import gives_file, takes_file
from understudy.engine.files import File, Telling, dropping, giving, taking, tell
from understudy.engine.held import HeldLists
from understudy.engine.joining import Joining
from understudy.engine.kept_pages import KeptPages
from understudy.engine.linking import Linking
from understudy.engine.listing import list_page
from understudy.engine.making import Making
from understudy.engine.memberships import VERBS as MEMBERSHIPS
from understudy.engine.owning import guarding, whose_member
from understudy.engine.parents import Parents
from understudy.engine.population import populate
from understudy.engine.read import needs, read
from understudy.engine.reading import Reading
from understudy.engine.reconciling import Reconciling
from understudy.engine.through import going_through
from understudy.engine.verbs import Verb
from understudy.engine.viewing import Viewing
from understudy.engine.views import Views
from understudy.engine.vouching import large_members
from understudy.errors import CredentialInvalid, Failure, SettingsError
from understudy.handler import Context, Handler, Hooks
from understudy.messages import ANYBODY, Caller, Request, Response
from understudy.model.bodies import Bodies
from understudy.model.compiler import compile
from understudy.model.model import (
    Act,
    Create,
    Delete,
    List,
    Login,
    Logout,
    Model,
    Needs,
    Plan,
    Read,
    Replace,
    Update,
)
from understudy.schemas.contradictions import Contradictions
from understudy.schemas.generator import Generator
from understudy.state.store import Entry, Value

_VERBS: Final[Mapping[type[Plan], Verb]] = {
    Create: create,
    Read: read,
    Replace: replace,
    Update: update,
    Act: act,
    Delete: delete,
    Needs: needs,
    Login: needs,
    Logout: needs,
}


class _AskedWho(NamedTuple):
    """The users, of whom one calls. always: also where no credential was asked for. is_seen: where any
    came.
    """

    users: BoundCollection
    always: bool
    is_seen: bool = False


class Engine:
    """Runs the model of one contract. What an operation needs is bound when it is first asked."""

    def __init__(
        self,
        contract: Contract,
        generator: Generator,
        hooks: Mapping[str, Hooks],
        contradictions: Contradictions,
        *,
        any_id: bool,
        any_write: bool = False,
    ) -> None:
        """`any_id`: whether an item that nobody created is made when it is first asked for. any_write: also
        by a write.
        """
        self._contract = contract
        bodies = Bodies()
        reading = Reading(contract, bodies)
        factory = Factory(reading, generator)
        self._reading, self._factory = reading, factory
        self._handlers: dict[str, Handler] = {}
        model = contract.kept(compile, partial(compile, contract))
        self._binder = Binder(contract, model, reading, factory, hooks)
        self._examples = Examples(contract, self._binder, reading, generator.taught, are_used=not hooks)
        self._taught = generator.taught
        self._linking = Linking(contract, self._binder, reading.whole)
        self._records = Family(
            self._binder,
            factory,
            any_id=any_id,
            any_write=any_write,
            is_strict=not any_id and not hooks,
            examples=self._examples,
            linking=self._linking,
        )
        self.reconciling = Reconciling(self._binder, self._records.refitting)
        self._parents = Parents(self._binder, self._records)
        self._shown, self._is_vendors = ShownItems(self._binder, reading), bool(hooks)
        self._viewing = Viewing(self._binder)
        credentials = Credentials(contract, reading)
        self._accounts, self._keys = Accounts(contract, credentials), ApiKeys(credentials)
        self._answers = Answers(reading, factory, Views(reading, factory), bodies, contradictions)
        self._held = HeldLists(self._binder, factory, self._examples)
        self._expanding = Expanding(self._binder, self._records)
        self._figures = Figures(self._binder)
        self._making, self._joining = Making(self._binder), Joining(self._binder)
        self._verbs: Mapping[type[Plan], Verb] = {**_VERBS, List: KeptPages().around(list_page)}

    @property
    def model(self) -> Model:
        """What each operation means."""
        return self._binder.model

    def handlers(self) -> dict[str, Handler]:
        """Return a handler for each operation, by its key; one that the model knows nothing of asks the next
        handler.
        """
        return {operation.key: self._lazy(operation) for operation in self._contract.operations}

    def preparation(self, operation: Operation) -> Iterator[None]:
        """Make what an operation needs of its contract, and yield after each piece of that work."""
        schema = answered(operation)
        if schema is not None:
            yield from self._reading.preparation(schema)
        plan = self.model.operations.get(operation.key)
        yield
        if plan is None:
            return
        yield from self._binder.preparation(plan.collection)
        collection = self._binder.collection(plan.collection)
        yield
        self._binder.plan(operation)
        yield
        yield from self._examples.preparation(collection)
        if collection.target is not None:
            yield from self._factory.preparation(collection.target, collection.collection.members)
            self._linking.places(collection.target)
            yield
            yield from self._taught.preparation()
        yield
        self._bound(operation)
        yield

    def shows_what_stays(self, operation: Operation) -> bool:
        """Tell whether an operation shows a collection that no operation of the contract changes."""
        plan = self.model.operations.get(operation.key)
        if not isinstance(plan, (Read, List)):
            return plan is None
        for other in self.model.operations.values():
            if other.collection == plan.collection and not isinstance(other, (Read, List, Needs)):
                return False
        return True

    def vouching(self, request: Request) -> Iterator[None]:
        """Judge what is large in a request as answers would show it, with pauses; what is good is not judged
        again until it is forgotten.
        """
        plan = self._binder.plan(self._contract.operation(request.operation))
        if plan is None or plan.take is None:
            return
        sent = descended(request.body, plan.take.take.places[0])
        shown = [answer.one for answer in (plan.answer, plan.created) if answer is not None]
        targets = [plan.collection.target, *(one.target for one in shown if one is not None)]
        large = list(large_members(sent))
        for target in filter(None, targets):
            for name, value in large:
                parts = target.shape.declared.get(name)
                if parts:
                    yield from self._factory.vouch(target, name, parts, value)

    def forget(self) -> None:
        """Judge everything again."""
        self._factory.vouched.forget()

    def _lazy(self, operation: Operation) -> Handler:
        bound: list[Handler] = []

        def handler(request: Request, context: Context) -> Awaitable[Response]:
            if not bound:
                bound.append(self._bound(operation))
            return bound[0](request, context)

        return handler

    def _bound(self, operation: Operation) -> Handler:
        """Return what runs an operation, bound once."""
        if operation.key not in self._handlers:
            handler = self._keeping_shown(operation, self._bind(operation))
            self._handlers[operation.key] = self._with_files(operation, handler)
        return self._handlers[operation.key]

    def _with_files(self, operation: Operation, handler: Handler) -> Handler:
        """Return a handler that keeps the bytes that come, and gives them back."""
        plan = self._binder.plan(operation)
        if self._is_vendors:
            return handler
        if gives_file(operation):
            return giving(operation, handler)
        if takes_file(operation) and (plan is None or not isinstance(plan.plan, Create)):
            return taking(operation, handler, self._told_of_file(plan))
        if operation.method == "delete" and any(
            path.startswith(operation.path) for path in self._binder.giving
        ):
            return dropping(operation, handler)
        return handler

    def _told_of_file(self, plan: BoundPlan | None) -> Telling:
        """Return what tells an item of the bytes that were sent below it."""

        async def tells(request: Request, context: Context, file: File) -> None:
            if plan is None:
                return
            address = address_of(plan, self._binder, request, context)
            if plan.plan.key is not None and not plan.plan.key.by:
                await tell(address, str(told(plan.plan.key, request)), file, request.base_url, plan.content)
            elif plan.collection.collection.single and plan.collection.collection.below and address.scope:
                above = self._binder.collection(plan.collection.collection.below)
                *others, key = address.scope.values()
                scope = dict(zip(above.collection.scope, others, strict=False))
                item = addressed(above, scope, self._binder, context)
                content = self._binder.content_of(above)
                await tell(item, str(key), file, request.base_url, content)

        return tells

    def _bind(self, operation: Operation) -> Handler:
        plan = self._binder.plan(operation)
        if plan is None:
            return lambda request, context: self._answers.documented(context, request)
        verb, hooks = (
            self._accounts.around(plan, self._keys.around(plan, self._verb(plan))),
            plan.collection.hooks,
        )
        lies_below, enter = bool(plan.collection.collection.below), hooks.enter
        sees = self._viewing.of(plan)
        starts_full = not plan.collection.collection.of and hooks.populate is None
        asks_who = self._asks_who(plan)

        async def handler(request: Request, context: Context) -> Response:
            if enter is not None:
                enter(request, context)
            if asks_who is None:
                address = address_of(plan, self._binder, request, context)
            else:
                address = await self._address_for_caller(plan, asks_who, request, context)
            address.viewer = await sees(request, context)
            world = context.world
            world.site = world.site or request.base_url
            if lies_below and await self._parents.check(plan, request, address):
                address.is_of_new = True
                world.filled.update(_empty_below(address, starts_full=starts_full))
            if world.population:
                await _filled(address)
            if world.has_moved or world.stale_until >= 0:
                await self._records.refitting.settle(address)
            return await verb(plan, address, request, self._records, self._answers)

        return handler

    def _verb(self, plan: BoundPlan) -> Verb:
        """Return what carries out a plan."""
        verb = self._verbs[type(plan.plan)]
        if plan.collection.collection.holds and plan.plan.key is not None:
            verb = MEMBERSHIPS.get(type(plan.plan), verb)
        if plan.plan.within is not None:
            verb = self._held.change
        if plan.plan.shows_above:
            verb = self._records.parts.showing_above(verb)
        if isinstance(plan.plan, Needs) and plan.plan.figures:
            verb = self._figures.around(verb)
        if isinstance(plan.plan, Act) and plan.plan.makes:
            verb = self._making.around(verb)
        if isinstance(plan.plan, Act) and (plan.plan.enters or plan.plan.leaves):
            verb = self._joining.around(verb)
        if plan.collection.collection.through is not None:
            verb = going_through(verb, self._binder)
        return self._expanding.around(plan, guarding(plan, verb, self._binder))

    def _keeping_shown(self, operation: Operation, handler: Handler) -> Handler:
        """Return a handler that keeps what a create shows of other collections; itself where it shows
        none.
        """
        plan = self.model.operations.get(operation.key)
        creates = isinstance(plan, Create) or (plan is None and "201" in operation.responses)
        if self._is_vendors or not creates:
            return handler
        items = self._shown.of(operation, plan.collection if plan is not None else "")
        if not items:
            return handler

        async def keeping(request: Request, context: Context) -> Response:
            response = await handler(request, context)
            await self._shown.keep(items, response, context, self._records)
            return response

        return keeping

    def _asks_who(self, plan: BoundPlan) -> _AskedWho | None:
        """Return who is asked for before an operation is run; None where nobody is."""
        name, told = self.model.users, plan.plan
        if not name or name not in self.model.collections:
            return None
        sources = (told.key, *told.scope)
        is_mine = isinstance(told, List) and bool(told.mine) and not told.mine_if
        if is_mine or any(source is not None and source.at == "caller" for source in sources):
            return _AskedWho(self._binder.collection(name), always=True)
        main = plan.collection
        if main.collection.of:
            main = self._binder.collection(main.collection.of)
        is_joining = isinstance(told, Act) and bool(told.enters or told.leaves)
        if is_joining or (isinstance(told, (Create, Replace)) and main.callers):
            return _AskedWho(self._binder.collection(name), always=bool(plan.operation.security))
        is_chosen = isinstance(told, List) and bool(told.mine_if or told.own)
        if is_chosen or self._viewing.depends_on_caller(plan):
            return _AskedWho(self._binder.collection(name), always=False, is_seen=True)
        return None

    async def _address_for_caller(
        self, plan: BoundPlan, asked: _AskedWho, request: Request, context: Context
    ) -> Address:
        """Return the collection that a request is about, once it is known which user calls."""
        is_somebody = request.caller != ANYBODY or (asked.is_seen and bool(request.caller.credential))
        if asked.always or is_somebody:
            users = addressed(self._users_of(plan, asked, request.caller), {}, self._binder, context)
            await self._accounts.identify(users, request, self._records)
        address = address_of(plan, self._binder, request, context)
        if isinstance(plan.plan, List):
            member = await whose_member(plan.plan, request, self._binder, context)
            if member:
                own = await self._records.whose(address, request.caller, member)
                address.where = {**address.where, **own}
        return address

    def _users_of(self, plan: BoundPlan, asked: _AskedWho, caller: Caller) -> BoundCollection:
        """Return the users among whom whoever calls is: those that the operation is about, else those of the
        token.
        """
        key = plan.plan.key
        if key is not None and key.at == "caller" and not isinstance(plan.plan, List):
            return plan.collection
        if caller.user and caller.of in self.model.collections:
            return self._binder.collection(caller.of)
        return asked.users

    async def recognised(self, claim: tuple[str, str], context: Context) -> Caller:
        """Return the user who proves to be one by a name and a password, else somebody.

        Raises CredentialInvalid for a wrong password, and where only those may call who are registered.
        """
        name = self.model.users
        if name in self.model.collections:
            await context.ready(name)
            users = addressed(self._binder.collection(name), {}, self._binder, context)
            return await self._accounts.recognised(users, *claim)
        if context.identities.only_issued:
            raise CredentialInvalid(
                f"nobody is registered as {claim[0]}, and --credentials issued wants that"
            )
        return Caller(credential=":".join(claim))

    # -- collections

    def partitions(self) -> Iterator[str]:
        """Name the collections without parents, which are there from the start; others come with whoever asks
        for them. What no answer shows, as at the path of a login, has no records.
        """
        for name, collection in self.model.collections.items():
            is_known = self._is_vendors or collection.item is not None or bool(collection.login)
            if is_known and not collection.single and not collection.scope and not collection.of:
                yield name

    async def populate(self, context: Context, partition: str, _count: int) -> None:
        """Fill one collection with items that are there from the start."""
        address = named(partition, self._binder, context, links=True)
        if address is not None:
            world = context.world
            count = world.counts.of(address.collection.name, world.seed)
            await populate(address, count, self._records)

    def shown_twice(self) -> Iterator[tuple[str, str, str]]:
        """Yield each item that two examples show differently: its collection, what it is called, its id."""
        for collection, key in self._examples.shown_twice():
            yield collection.name, collection.collection.noun, key

    def beginning(self, populate: int | Counts, data: Items) -> Items:
        """Return the records that are there from the start, by the names of their collections. Raises
        SettingsError for a collection that is not there, and for a record that is not one of its items.
        """
        if isinstance(populate, Counts):
            for name in populate.by_name:
                check_named(name, self.model.collections)
        found = {}
        for name, items in data.items():
            is_below = collection_named(f"/{name.strip('/')}", self._binder) is not None
            full = f"/{name.strip('/')}" if is_below else check_named(name, self.model.collections)
            found[full] = items
            self._check_items(name, full, items)
        return found

    def _check_items(self, name: str, collection: str, items: Sequence[Mapping[str, Any]]) -> None:
        bound = collection_named(collection, self._binder)
        member = ""
        if bound is not None and bound.places.width == 1:
            member = bound.collection.id.member
        seen: dict[str, int] = {}
        for number, item in enumerate(items, 1):
            wrong = [one for one in self.unfit(collection, dict(item)) if one.rule != "required"]
            if wrong:
                raise SettingsError(f"record {number} of {name}: {wrong[0]}")
            key = str(item.get(member) or "")
            first = seen.setdefault(key, number)
            if key and first != number:
                same = f"record {first} has the same {member}, {key!r}"
                raise SettingsError(f"record {number} of {name}: {same}")

    def judges(self, collection: str) -> bool:
        """Tell whether the model has a collection of this name, and its contract says what is in it."""
        bound = collection_named(collection, self._binder)
        return bound is not None and bound.target is not None

    def unfit(self, collection: str, value: Value | bytes) -> Sequence[Failure]:
        """Name what keeps a value from being an item of a collection; nothing where the model has none of
        this name.
        """
        bound = collection_named(collection, self._binder)
        if bound is None or bound.target is None:
            return ()
        item = orjson.loads(value) if isinstance(value, bytes) else value
        return bound.target.failures(item)

    def knows(self, context: Context, collection: str) -> bool:
        """Tell whether the model has a collection of this name."""
        return named(collection, self._binder, context) is not None

    async def fitted(self, context: Context, collection: str, key: str, value: Value | bytes) -> Entry | None:
        """Return an item as somebody wants it, completed where that is needed; None where the model has no
        such collection.

        Raises WriteInvalid, naming each member that the contract refuses.
        """
        address = named(collection, self._binder, context)
        if address is None:
            return None
        said = orjson.loads(value) if isinstance(value, bytes) else value
        return await self._records.fitted(address, key, said)


async def _filled(address: Address) -> None:
    """Populate a collection, and the window that is asked for, where nobody has touched it."""
    await address.context.ready(address.name)
    if address.link:
        await address.context.ready(address.link)


def _empty_below(address: Address, *, starts_full: bool) -> Iterator[str]:
    """Name what has nothing in it below an item that a caller created, and else would be populated."""
    if address.link:
        yield address.link
    elif starts_full:
        yield address.name
