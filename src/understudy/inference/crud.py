"""Create, read, list, change and delete, inferred from a contract: what a handler does where nobody wrote one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import quote

from understudy.contracts.contract import Contract
from understudy.errors import RecordExists
from understudy.generation.generator import Generator
from understudy.handler import Context, Handler
from understudy.inference.listing import Lists
from understudy.inference.records import PREFERRED, Records, Shelf, key_of, shelf_of
from understudy.inference.resources import Action, Inference, Role, json_media, success
from understudy.messages import Request, Response
from understudy.state.store import Record


class Crud:
    """The inferred handlers of one contract."""

    def __init__(self, contract: Contract, generator: Generator, *, any_id: bool = True) -> None:
        """`any_id`: whether an item that nobody created is made when it is first asked for."""
        self._records = Records(contract, generator, any_id=any_id)
        self.lists = Lists(contract, self._records)

    @property
    def inference(self) -> Inference:
        """What each operation does, and why that was inferred."""
        return self._records.inference

    def handlers(self) -> dict[str, Handler]:
        """Return a handler for each operation whose role is known, by operation key."""
        by_action = {
            Action.CREATE: self._create,
            Action.READ: self._read,
            Action.LIST: self._list,
            Action.REPLACE: self._replace,
            Action.UPDATE: self._update,
            Action.DELETE: self._delete,
        }
        return {key: _bound(by_action[role.action], role) for key, role in self.inference.roles.items()}

    async def populate(self, context: Context, partition: str, count: int) -> None:
        """Fill one collection with made-up items."""
        place = partition.partition(" ")[0]
        resource = next((one for one in self.inference.resources.values() if one.place == place), None)
        if resource is None or resource.singleton:
            return
        shelf = Shelf.named(partition, resource, context)
        for _ in range(count):
            try:
                await self._records.new(shelf, {}, made=True)
            except RecordExists:
                return  # there are only so many identifiers, as where they are an enumeration

    # -- the six actions

    async def _create(self, shelf: Shelf, request: Request) -> Response:
        await shelf.context.ready(shelf.collection)
        record = await self._records.new(shelf, self._records.sent(shelf.resource, request))
        response = self._answer(shelf, request, record, PREFERRED[Action.CREATE])
        if response.status == 201:
            response.headers = {**response.headers, "Location": request.base_url + _location(shelf, record.key)}
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
        key, sent = key_of(shelf.resource, request), self._records.sent(shelf.resource, request)
        before = await shelf.context.store.get(shelf.collection, key)
        if before is None:
            # Without a 201 a put creates nothing: it changes an item that was there, as any is where any id will do.
            record = await self._records.insert(shelf, key, sent, created="201" in shelf.context.operation.responses)
            await self._records.restored(shelf, key)
            return self._answer(shelf, request, record, ("201", "200", "204"))
        settable = self._records.settable(shelf.resource)
        kept = {name: value for name, value in before.value["item"].items() if name not in settable}
        return self._answer(shelf, request, await self._records.replace(shelf, before, sent, kept), ("200", "204"))

    async def _update(self, shelf: Shelf, request: Request) -> Response:
        key = key_of(shelf.resource, request)
        await self._records.revive(shelf, key)
        before = await self._records.existing(shelf, key)
        sent = {**before.value["sent"], **self._records.sent(shelf.resource, request)}
        after = await self._records.replace(shelf, before, sent, before.value["item"], made=before.value["made"])
        return self._answer(shelf, request, after)

    async def _delete(self, shelf: Shelf, request: Request) -> Response:
        record = await self._records.doomed(shelf, key_of(shelf.resource, request))
        await self._records.delete(shelf, record)
        return self._answer(shelf, request, record, PREFERRED[Action.DELETE])

    def _answer(self, shelf: Shelf, request: Request, record: Record, preferred: Sequence[str] = ()) -> Response:
        """Show a record as the success that the operation documents."""
        status, answer = success(shelf.context.operation, preferred)
        media = (answer.content.get(request.answer_type) or json_media(answer.content)) if answer else None
        if media is None:
            return Response(status)
        fields, unsent = self._records.fields(shelf, record, media)
        if media.schema is None:
            return Response(status, fields)
        fake = shelf.context.fake(shelf.collection, record.key)
        return Response(status, self._records.rendering.item(media, shelf.resource, fields, fake, unsent=unsent))


def _bound(method: Callable[[Shelf, Request], Awaitable[Response]], role: Role) -> Handler:
    async def handler(request: Request, context: Context) -> Response:
        return await method(shelf_of(role.resource, request, context), request)

    return handler


def _location(shelf: Shelf, key: str) -> str:
    path, values = shelf.resource.path, [*shelf.path.values(), key]
    for name, value in zip(shelf.resource.parameters, values, strict=True):
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    return path
