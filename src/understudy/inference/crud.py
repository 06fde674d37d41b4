"""Create, read, list, change, delete and act, inferred from a contract: what a handler does where nobody wrote one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from functools import cached_property

from understudy.contracts.contract import Contract, MediaType, Operation
from understudy.errors import RecordExists, RecordNotFound
from understudy.handler import Context, Handler
from understudy.inference.listing import Lists
from understudy.inference.many import chosen_ids, entries
from understudy.inference.records import Records
from understudy.inference.resources import PREFERRED, Action, Resource, json_media, success
from understudy.inference.roles import Inference
from understudy.inference.shelves import Shelf, key_of, name_of, shelf_of
from understudy.inference.stored import whole
from understudy.messages import Request, Response
from understudy.schemas.generator import Generator
from understudy.state.store import Record, Value

_Method = Callable[[Shelf, Request], Awaitable[Response]]


class Crud:
    """The inferred handlers of one contract."""

    def __init__(self, contract: Contract, generator: Generator, *, any_id: bool = True) -> None:
        """`any_id`: whether an item that nobody created is made when it is first asked for."""
        self._operations = contract.operations
        self._records = Records(contract, generator, any_id=any_id)
        self.lists = Lists(contract, self._records)

    @property
    def inference(self) -> Inference:
        """What each operation does, and why that was inferred."""
        return self._records.inference

    def handlers(self) -> dict[str, Handler]:
        """Return a handler for each operation, by its key; one whose role is not known asks the next handler."""
        by_action: dict[Action, _Method] = {
            Action.CREATE: self._create,
            Action.READ: self._read,
            Action.LIST: self._list,
            Action.REPLACE: self._replace,
            Action.UPDATE: self._update,
            Action.DELETE: self._delete,
            Action.SAVE: self._save,
            Action.AMEND: self._amend,
            Action.CLEAR: self._clear,
            Action.ACT: self._act,
            Action.COPY: self._copy,
            Action.CHECK: self._check,
        }
        return {operation.key: self._bound(operation, by_action) for operation in self._operations}

    def _bound(self, operation: Operation, by_action: Mapping[Action, _Method]) -> Handler:
        async def handler(request: Request, context: Context) -> Response:
            role = self.inference.role(operation)  # what only bodies tell is found out when it is first asked
            if role is None:
                return await self._default(context, request)
            return await by_action[role.action](shelf_of(role, request, context), request)

        return handler

    def shown(self, value: Value) -> Value:
        """Return the item that a record keeps."""
        item: Value = whole(value)["item"]
        return item

    async def populate(self, context: Context, partition: str, count: int) -> None:
        """Fill one collection with made-up items."""
        found = (Shelf.named(partition, one, context) for one in self._in_order if not one.singleton)
        shelf = next(filter(None, found), None)
        if shelf is None:
            return
        for _ in range(count):
            try:
                await self._records.new(shelf, {}, made=True)
            except RecordExists:
                return  # there are only so many identifiers, as where they are an enumeration

    @cached_property
    def _in_order(self) -> list[Resource]:
        """The resources, those with more of their path written out first, as routing has it."""
        return sorted(self.inference.resources.values(), key=lambda resource: len(resource.parameters))

    def partitions(self) -> Iterator[str]:
        """Name the collections without parents, which are there from the start; others come with whoever asks for them."""
        for resource in self.inference.resources.values():
            if not resource.singleton and (resource.shared or not resource.parents):
                yield name_of(resource, {})

    # -- one item, or all of them

    async def _create(self, shelf: Shelf, request: Request) -> Response:
        await shelf.context.ready(shelf.collection)
        many = entries(request, self._members(shelf))
        if many is None:
            return self._created(shelf, request, await self._records.new(shelf, self._sent(shelf, request)))
        records = [await self._records.new(shelf, self._sent(shelf, one)) for one in many]
        return await self._answer_all(shelf, request, records, PREFERRED[Action.CREATE])

    def _created(self, shelf: Shelf, request: Request, record: Record) -> Response:
        response = self._answer(shelf, request, record, PREFERRED[Action.CREATE])
        if response.status == 201 and shelf.resource.is_reached:
            response.headers = {**response.headers, "Location": request.base_url + shelf.path_of(record.key)}
        return response

    async def _read(self, shelf: Shelf, request: Request) -> Response:
        record = await self._records.existing(shelf, key_of(shelf.resource, request))
        return self._answer(shelf, request, record)

    async def _list(self, shelf: Shelf, request: Request) -> Response:
        await shelf.context.ready(shelf.collection)
        return await self.lists.answer(shelf, request)

    async def _replace(self, shelf: Shelf, request: Request) -> Response:
        """Put an item in place of another, or where none was (RFC 9110 §9.3.4)."""
        await shelf.context.ready(shelf.collection)
        key, sent = key_of(shelf.resource, request), self._sent(shelf, request)
        before = await shelf.context.store.get(shelf.collection, key)
        if before is None:
            # Without a 201 a put creates nothing: it changes an item that was there, as any is where any id will do.
            record = await self._records.insert(
                shelf, key, sent, created="201" in shelf.context.operation.responses
            )
            await self._records.restored(shelf, key)
            return self._answer(shelf, request, record, ("201", "200", "204"))
        return self._answer(shelf, request, await self._records.replace(shelf, before, sent), ("200", "204"))

    async def _update(self, shelf: Shelf, request: Request) -> Response:
        sent = self._sent(shelf, request)
        return self._answer(shelf, request, await self._updated(shelf, key_of(shelf.resource, request), sent))

    async def _updated(self, shelf: Shelf, key: str, sent: Value) -> Record:
        await self._records.revive(shelf, key)
        before = await self._records.existing(shelf, key)
        return await self._records.update(shelf, before, sent)

    async def _delete(self, shelf: Shelf, request: Request) -> Response:
        record = await self._records.doomed(shelf, key_of(shelf.resource, request))
        await self._records.delete(shelf, record)
        if (
            shelf.context.operation.method == "post"
        ):  # told from nothing but a name: an id that a caller made up stays good
            await self._records.revive(shelf, record.key)
        return self._answer(shelf, request, record, PREFERRED[Action.DELETE])

    # -- items whose ids stand in the body or the query

    async def _save(self, shelf: Shelf, request: Request) -> Response:
        await shelf.context.ready(shelf.collection)
        many = entries(request, self._members(shelf))
        saved = [await self._saved(shelf, one) for one in ([request] if many is None else many)]
        preferred = ("201", "200", "204") if any(is_new for _, is_new in saved) else ("200", "204")
        if many is None:
            return self._answer(shelf, request, saved[0][0], preferred)
        return await self._answer_all(shelf, request, [record for record, _ in saved], preferred)

    async def _saved(self, shelf: Shelf, request: Request) -> tuple[Record, bool]:
        """Put an item where its body says, and tell whether it is new; where only what was created exists, another operation creates."""
        sent = self._sent(shelf, request)
        key = self._records.members.chosen_key(shelf.resource, sent)
        if not key:
            return await self._records.new(shelf, sent), True
        before = await shelf.context.store.get(shelf.collection, key)
        if before is not None:
            return await self._records.replace(shelf, before, sent), False
        operation = shelf.context.operation
        creates = "201" in operation.responses or shelf.resource.operations.get(Action.CREATE) is operation
        if not creates:
            await self._must_exist(shelf, key)
        record = await self._records.insert(shelf, key, sent, created=creates)
        await self._records.restored(shelf, key)
        return record, creates

    async def _amend(self, shelf: Shelf, request: Request) -> Response:
        many = entries(request, self._members(shelf))
        told = [self._sent(shelf, one) for one in ([request] if many is None else many)]
        keyed = [
            (key, sent) for sent in told if (key := self._records.members.chosen_key(shelf.resource, sent))
        ]
        records = [await self._updated(shelf, key, sent) for key, sent in keyed]
        if many is None and records:
            return self._answer(shelf, request, records[0])
        return await self._answer_all(shelf, request, records)

    async def _clear(self, shelf: Shelf, request: Request) -> Response:
        await shelf.context.ready(shelf.collection)
        keys = chosen_ids(request, shelf.resource, has_body=shelf.context.operation.body is not None)
        if keys is None:
            doomed = [*await self.lists.matching(shelf, request)]
        else:
            doomed = [record for key in keys if (record := await self._doomed(shelf, key)) is not None]
        for record in doomed:
            await self._records.delete(shelf, record)
        _, media = _documented(shelf, request, PREFERRED[Action.DELETE])
        if media is not None and not self.lists.has_items(media, shelf.resource):
            return await self._default(shelf.context, request)
        return await self._answer_all(shelf, request, doomed, PREFERRED[Action.DELETE])

    async def _doomed(self, shelf: Shelf, key: str) -> Record | None:
        try:
            return await self._records.doomed(shelf, key)
        except RecordNotFound:
            return None  # of many, what is gone already needs no deleting

    # -- below an item

    async def _act(self, shelf: Shelf, request: Request) -> Response:
        """Do to an item what a path names: it takes over what is sent, as far as it has a place for it, and its status moves."""
        role = self.inference.role(shelf.context.operation)
        assert role is not None
        members, sent = self._members(shelf), self._sent(shelf, request)
        news = {
            **role.moves,
            **({name: value for name, value in sent.items() if name in members} if role.keeps else {}),
        }
        after = await self._updated(shelf, key_of(shelf.resource, request), news)
        return (
            self._answer(shelf, request, after) if role.shows else await self._default(shelf.context, request)
        )

    async def _copy(self, shelf: Shelf, request: Request) -> Response:
        """Create an item like another one, of all that a caller may set."""
        before = await self._records.existing(shelf, key_of(shelf.resource, request))
        own = {*self._records.identity(shelf, self._records.members.canonical(shelf.resource), before.key)}
        copied = {
            name: value
            for name, value in whole(before.value)["item"].items()
            if name in self._records.members.settable(shelf.resource) - own
        }
        sent = {
            name: value for name, value in self._sent(shelf, request).items() if name in self._members(shelf)
        }
        return self._created(shelf, request, await self._records.new(shelf, {**copied, **sent}))

    async def _check(self, shelf: Shelf, request: Request) -> Response:
        await self._must_exist(shelf, key_of(shelf.resource, request), borrowed=False)
        return await self._default(shelf.context, request)

    async def _must_exist(self, shelf: Shelf, key: str, *, borrowed: bool = True) -> None:
        """Refuse what is about an item that is not there, without making it where any id will do. Raises RecordNotFound.

        An id is good for as long as nobody created the item: one that existed only for being asked for cannot be missed.
        borrowed: whether an item can be missed whose id was the server's to give, and sent all the same.
        """
        await shelf.context.ready(shelf.collection)
        if await shelf.context.store.get(shelf.collection, key) is not None:
            return
        if not self._records.any_id or await self._records.was_created(shelf, key, borrowed=borrowed):
            raise RecordNotFound(shelf.resource.name, key)

    # -- answers

    async def _default(self, context: Context, request: Request) -> Response:
        """Answer as documented; what the caller said comes back where the answer has a member for it."""
        response = await context.default(request)
        if context.operation.body is None or not 200 <= response.status < 300:
            return response
        answer = context.operation.answer(response.status)
        media = json_media(answer.content, response.media_type or request.answer_type) if answer else None
        if media is not None:
            response.body = self._records.echoed(context, request, media, response.body)
        return response

    def _members(self, shelf: Shelf) -> frozenset[str]:
        return frozenset(self._records.members.names(shelf.resource))

    def _sent(self, shelf: Shelf, request: Request) -> Value:
        return self._records.members.sent(shelf.resource, request)

    async def _answer_all(
        self, shelf: Shelf, request: Request, records: Sequence[Record], preferred: Sequence[str] = ()
    ) -> Response:
        """Show records as the success that the operation documents: a list of them, the first where it shows one, or whatever it says."""
        status, media = _documented(shelf, request, preferred)
        if media is None:
            return Response(status)
        if self.lists.has_items(media, shelf.resource):
            return Response(status, self.lists.of(shelf, media, records))
        return (
            self._answer(shelf, request, records[0], preferred)
            if records
            else await self._default(shelf.context, request)
        )

    def _answer(
        self, shelf: Shelf, request: Request, record: Record, preferred: Sequence[str] = ()
    ) -> Response:
        """Show a record as the success that the operation documents."""
        status, media = _documented(shelf, request, preferred)
        return (
            Response(status) if media is None else Response(status, self._records.shown(shelf, record, media))
        )


def _documented(shelf: Shelf, request: Request, preferred: Sequence[str]) -> tuple[int, MediaType | None]:
    """Return status and media type of the success that an operation documents."""
    status, answer = success(shelf.context.operation, preferred)
    return status, json_media(answer.content, request.answer_type) if answer else None
