"""Publishing: what follows an operation that succeeded, from its request and answer to the deliveries that wait."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import unquote

from understudy.callbacks.expressions import Exchange, ExpressionFailed, destination
from understudy.callbacks.finding import Declared, Due, Message
from understudy.callbacks.inferring import Occasion
from understudy.callbacks.outgoing import Outgoing, Writing
from understudy.callbacks.payloads import PayloadInvalid, Subject
from understudy.callbacks.sender import DELIVERY, Delivery, Outbox, Sender
from understudy.contracts.contract import Operation
from understudy.errors import ContractError, Refusal, ResponseInvalid
from understudy.handler import Context
from understudy.http_semantics.idempotency import REPLAYED
from understudy.inference.resources import Action, placeholders
from understudy.messages import NOTHING, Request, Response
from understudy.parameters.reader import ParameterReader
from understudy.sandbox import Sandbox
from understudy.schemas.direction import Direction
from understudy.schemas.validators import validators_of
from understudy.sessions import Session

_LOCATION: Final = "location"
DEEPEST: Final = 5
"""Deliveries in a row, each set off by the request that the one before it was; the last of them sets off nothing more."""


class Publisher:
    """Sends the callbacks and webhooks of one sandbox."""

    def __init__(self, sandbox: Sandbox, sender: Sender) -> None:
        self.sandbox, self.sender = sandbox, sender
        self.declared = Declared(sandbox.contract, sandbox.inference)
        self._writing = Writing(sandbox.contract)

    def due(self, operation: Operation) -> tuple[Due, ...]:
        """Return what may follow an operation; one look-up once that is known."""
        return self.declared.following(operation)

    async def listen(
        self, due: tuple[Due, ...], request: Request, session: Session, exchange: Exchange
    ) -> News:
        """Return who takes the answer to a request and sends what follows from it.

        exchange: the request as it came. What is about to be deleted is read here, since the answer seldom shows it.
        """
        outbox = self.sender.outbox(session)
        due = tuple(
            one
            for one in due
            if one[0].expression or any(target.takes(one[0].name) for target in outbox.targets)
        )
        is_deleting = request.operation.startswith("delete ") and any(
            occasion.steps is not None for _, occasion in due
        )
        before = await self._read(request, Response(200), session) if is_deleting else NOTHING
        return News(self, due, request, before, outbox, exchange)

    def send(self, webhook: Message, session: Session, members: Mapping[str, Any] | None = None) -> int:
        """Send a webhook to those targets of a session that take it, with these members in its body; return to how many.

        Raises PayloadInvalid where the members break the contract.
        """
        outbox = self.sender.outbox(session)
        outgoing = self._written(webhook, Subject(), outbox, members)
        return self._to_targets(outgoing, outbox)

    # -- one message

    async def tell(self, news: News, response: Response) -> None:
        """Put what follows from an answer into the outbox."""
        record = await self._record(news, response)
        exchange = replace(
            news.exchange,
            status=response.status,
            response_headers=response.headers,
            response_body=response.peek(),
        )
        depth = _depth(news.exchange) + 1
        for message, occasion in news.due:
            if occasion.is_new is not None and occasion.is_new != (response.status == 201):
                continue
            try:
                url = destination(message.expression, exchange)
            except ExpressionFailed as error:
                news.outbox.note(self._unsent(message, ""), str(error), path=message.expression)
                continue
            if url is None:
                continue
            if depth > DEEPEST:
                reason = f"not sent: the request is itself the {DEEPEST}th delivery in a row, one set off by the other"
                news.outbox.note(self._unsent(message, url), reason)
                return
            self._send_one(message, _subject(occasion, record, news.request), news.outbox, url, depth)

    def _send_one(self, message: Message, subject: Subject, outbox: Outbox, url: str, depth: int) -> None:
        """Send a callback to its URL, or a webhook to all targets that take it; what cannot be made is noted."""
        try:
            outgoing = self._written(message, subject, outbox)
        except PayloadInvalid as error:
            outbox.note(self._unsent(message, url), str(error), error.failures)
        except (ContractError, Refusal) as error:
            outbox.note(self._unsent(message, url), str(error))
        else:
            if message.expression:
                outbox.put(replace(self._delivery(outgoing, url), depth=depth))
            else:
                self._to_targets(outgoing, outbox, depth)

    def _written(
        self, message: Message, subject: Subject, outbox: Outbox, members: Mapping[str, Any] | None = None
    ) -> Outgoing:
        context = Context(self.sandbox.contract, message.operation, self.sandbox.world(outbox.session))
        return self._writing.outgoing(
            message, subject, context.fake("sent", message.title, outbox.number()), members
        )

    def _to_targets(self, outgoing: Outgoing, outbox: Outbox, depth: int = 1) -> int:
        targets = [target for target in outbox.targets if target.takes(outgoing.message.name)]
        for target in targets:
            delivery = self._delivery(outgoing, target.url)
            outbox.put(
                replace(
                    delivery,
                    delay=target.delay,
                    attempts=target.attempts,
                    headers=target.headers,
                    depth=depth,
                )
            )
        return len(targets)

    def _delivery(self, outgoing: Outgoing, url: str) -> Delivery:
        return Delivery(outgoing, url, self.sandbox.contract.name, self._writing.answers(outgoing.message))

    def _unsent(self, message: Message, url: str) -> Delivery:
        """Return what the journal is told of a message that nobody made."""
        return self._delivery(Outgoing(message, message.operation.method.upper(), "", (), b""), url)

    # -- the record

    async def _record(self, news: News, response: Response) -> Any:
        """Return what an operation was about: as it was before it was deleted, as the answer shows it, or as it can be read now."""
        if news.before is not NOTHING:
            return news.before
        operation = self.sandbox.contract.operation(news.request.operation)
        shown = self.declared.occasions.shown(operation, response.peek())
        if shown is not NOTHING or all(occasion.steps is None for _, occasion in news.due):
            return response.peek() if shown is NOTHING else shown
        return await self._read(news.request, response, news.outbox.session)

    async def _read(self, request: Request, response: Response, session: Session) -> Any:
        """Ask the operation that reads the item a request is about; NOTHING where there is none, or it says no."""
        contract = self.sandbox.contract
        operation = contract.operation(request.operation)
        role = self.declared.occasions.inference.role(operation)
        read = role.resource.operations.get(Action.READ) if role else None
        values = [request.path[name] for name in placeholders(operation.path) if name in request.path]
        location = next((text for name, text in response.headers.items() if name.lower() == _LOCATION), "")
        names = placeholders(read.path) if read else []
        if len(values) == len(names) - 1 and location:  # of what is new, the address tells the id
            values.append(unquote(location.rstrip("/").rpartition("/")[2]))
        if read is None or len(values) < len(names):
            return NOTHING
        given = ParameterReader(read.parameters, validators_of(contract, Direction.REQUEST).for_node).read(
            {name: str(value) for name, value in zip(names, values, strict=False)}, b"", ()
        )
        queried = {parameter.name for parameter in read.parameters if parameter.location == "query"}
        query = {**given.query, **{name: value for name, value in request.query.items() if name in queried}}
        asked = Request(
            read.key,
            given.path,
            query,
            given.headers,
            given.cookies,
            caller=request.caller,
            base_url=request.base_url,
        )
        try:
            found = await self.sandbox.handle(asked, session)
        except (Refusal, ResponseInvalid):
            return NOTHING
        return self.declared.occasions.shown(read, found.body)


@dataclass(frozen=True, slots=True)
class News:
    """A request whose answer has something follow it. before: what it is about to delete, or NOTHING."""

    publisher: Publisher
    due: tuple[Due, ...]
    request: Request
    before: Any
    outbox: Outbox
    exchange: Exchange

    @contextmanager
    def of(self, response: Response) -> Iterator[None]:
        """Send what follows from an answer once the block is left, however it is; it counts as pending from the beginning.

        Nothing follows from a refusal, nor from an answer that is given once more for its idempotency key.
        """
        if not self.due or not 200 <= response.status < 300 or REPLAYED in response.headers:
            yield
            return
        answered = asyncio.Event()
        self.outbox.start(self._tell(answered, response))
        try:
            yield
        finally:
            answered.set()

    async def _tell(self, answered: asyncio.Event, response: Response) -> None:
        await answered.wait()
        await self.publisher.tell(self, response)


def _depth(exchange: Exchange) -> int:
    """Return how many deliveries in a row led to a request: 0 for one that is none itself."""
    text = next((value for name, value in exchange.request_headers if name.lower() == DELIVERY), b"")
    return int(text[:4]) if text.isdigit() else 0


def _subject(occasion: Occasion, record: Any, request: Request) -> Subject:
    sent = request.body if isinstance(request.body, dict) else {}
    return Subject(record, occasion.steps, request.path, sent)
