"""Publishing: what follows an operation that succeeded, from its request to the deliveries that wait."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from understudy.callbacks.expressions import Exchange, ExpressionFailed, destination
from understudy.callbacks.finding import Declared, Message, Pending
from understudy.callbacks.outgoing import Outgoing, Writing
from understudy.callbacks.payloads import PayloadInvalid
from understudy.callbacks.records import Records
from understudy.callbacks.sender import DELIVERY, Delivery, Outbox, Sender
from understudy.callbacks.subjects import Subject
from understudy.callbacks.triggers import Trigger
from understudy.contracts.contract import Operation
from understudy.errors import ContractError, Refusal
from understudy.handler import Context
from understudy.http_semantics.idempotency import REPLAYED
from understudy.journal.tracing import passed_on
from understudy.messages import NOTHING, Request, Response
from understudy.sandbox import Sandbox
from understudy.sessions import Session

DEEPEST: Final = 5
"""Deliveries in a row, each set off by the one before it; the last of them sets off nothing more."""

_TOO_DEEP: Final = (
    f"not sent: the request is itself the {DEEPEST}th delivery in a row, one set off by the other"
)


class _Origin(Struct, frozen=True):
    """What a message follows from, as `Delivery` has it."""

    depth: int = 1
    trace: tuple[tuple[str, str], ...] = ()


class Publisher:
    """Sends the callbacks and webhooks of one sandbox."""

    def __init__(self, sandbox: Sandbox, sender: Sender) -> None:
        self.sandbox, self.sender = sandbox, sender
        self.declared = Declared(sandbox.contract, sandbox.model)
        self._records = Records(sandbox, self.declared.contents)
        self._writing = Writing(sandbox.contract)

    def pending(self, operation: Operation) -> tuple[Pending, ...]:
        """Return what may follow an operation; one look-up once that is known."""
        return self.declared.following(operation)

    async def listen(
        self, pending: tuple[Pending, ...], request: Request, session: Session, exchange: Exchange
    ) -> Event:
        """Return who takes the answer to a request and sends what follows from it.

        exchange: the request as it came. What is about to be deleted is read here, since the answer seldom
        shows it.
        """
        outbox = self.sender.outbox(session)
        heard = tuple(one for one in pending if one.message.expression or outbox.takes(one.message.name))
        before = NOTHING
        if request.operation.startswith("delete ") and _carries_item(heard):
            before = await self._records.read(request, Response(200), session)
        return Event(self, heard, request, before, outbox, exchange)

    def send(self, webhook: Message, session: Session, members: Mapping[str, Any] | None = None) -> int:
        """Send a webhook to those targets of a session that take it, and return to how many.

        members: of its body, as somebody wants them. Raises PayloadInvalid where they break the contract.
        """
        outbox = self.sender.outbox(session)
        outgoing = self._written(webhook, Subject(), outbox, members)
        return self._to_targets(outgoing, outbox, _Origin())

    # -- one message

    async def tell(self, event: Event, response: Response) -> None:
        """Put what follows from an answer into the outbox."""
        record = await self._record(event, response)
        exchange = replace(
            event.exchange,
            status=response.status,
            response_headers=response.headers,
            response_body=response.peek(),
        )
        origin = _Origin(_depth(exchange) + 1, passed_on(exchange.request_headers))
        for message, trigger in event.pending:
            url = None
            if trigger.is_new in (None, response.status == 201):
                url = self._destination(message, exchange, event.outbox)
            if url is None:
                continue
            if origin.depth > DEEPEST:
                event.outbox.note(self._unsent(message, url), _TOO_DEEP)
                return
            self._send_one(message, _subject(trigger, record, event.request), event.outbox, url, origin)

    def _destination(self, message: Message, exchange: Exchange, outbox: Outbox) -> str | None:
        """Return where a message goes, None where it goes nowhere; what cannot be told is noted."""
        try:
            return destination(message.expression, exchange)
        except ExpressionFailed as error:
            outbox.note(self._unsent(message, ""), str(error), path=message.expression)
            return None

    def _send_one(
        self, message: Message, subject: Subject, outbox: Outbox, url: str, origin: _Origin
    ) -> None:
        """Send a callback to its URL, or a webhook to all targets that take it.

        What cannot be made is noted.
        """
        try:
            outgoing = self._written(message, subject, outbox)
        except PayloadInvalid as error:
            outbox.note(self._unsent(message, url), str(error), error.failures)
        except (ContractError, Refusal) as error:
            outbox.note(self._unsent(message, url), str(error))
        else:
            if message.expression:
                delivery = self._delivery(outgoing, url)
                outbox.put(replace(delivery, depth=origin.depth, trace=origin.trace))
            else:
                self._to_targets(outgoing, outbox, origin)

    def _written(
        self, message: Message, subject: Subject, outbox: Outbox, members: Mapping[str, Any] | None = None
    ) -> Outgoing:
        context = Context(self.sandbox.contract, message.operation, self.sandbox.world(outbox.session))
        fake = context.fake("sent", message.title, outbox.number())
        return self._writing.outgoing(message, subject, fake, members)

    def _to_targets(self, outgoing: Outgoing, outbox: Outbox, origin: _Origin) -> int:
        targets = [target for target in outbox.targets if target.takes(outgoing.message.name)]
        for target in targets:
            delivery = self._delivery(outgoing, target.url)
            outbox.put(
                replace(
                    delivery,
                    delay=target.delay,
                    attempts=target.attempts,
                    headers=target.headers,
                    depth=origin.depth,
                    trace=origin.trace,
                )
            )
        return len(targets)

    def _delivery(self, outgoing: Outgoing, url: str) -> Delivery:
        return Delivery(outgoing, url, self.sandbox.contract.name, self._writing.answers(outgoing.message))

    def _unsent(self, message: Message, url: str) -> Delivery:
        """Return what the journal is told of a message that nobody made."""
        return self._delivery(Outgoing(message, message.operation.method.upper(), "", (), b""), url)

    # -- the record

    async def _record(self, event: Event, response: Response) -> Any:
        """Return what an operation was about.

        As it was before it was deleted, as the answer shows it, or as it can be read now.
        """
        if event.before is not NOTHING:
            return event.before
        shown = self._records.shown(event.request, response)
        if shown is not NOTHING:
            return shown
        if not _carries_item(event.pending):
            return response.peek()
        return await self._records.read(event.request, response, event.outbox.session)


class Event(Struct, frozen=True):
    """A request whose answer has something follow it. before: what it is about to delete, or NOTHING."""

    publisher: Publisher
    pending: tuple[Pending, ...]
    request: Request
    before: Any
    outbox: Outbox
    exchange: Exchange

    @contextmanager
    def of(self, response: Response) -> Iterator[None]:
        """Send what follows from an answer once the block is left, however it is left.

        It counts as pending from the beginning. Nothing follows from a refusal, nor from an answer that is
        given once more for its idempotency key.
        """
        if not self.pending or not 200 <= response.status < 300 or REPLAYED in response.headers:
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


def _carries_item(pending: Iterable[Pending]) -> bool:
    """Tell whether a message has a place for the item that it is about."""
    return any(trigger.place is not None for _, trigger in pending)


def _subject(trigger: Trigger, record: Any, request: Request) -> Subject:
    sent = request.body if isinstance(request.body, dict) else {}
    return Subject(record, trigger.place, request.path, sent)
