"""Delivery in the background: each request of ours with its delay, its attempts, and its place in the
journal.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import aclosing
from email.utils import parsedate_to_datetime
from functools import cached_property, partial
from typing import Any, Final

import httpx
from msgspec import Struct
from msgspec.structs import asdict

from understudy.callbacks.outgoing import FRAMING, Outgoing
from understudy.callbacks.targets import Address, AddressRefused, Policy, Target
from understudy.errors import Failure
from understudy.journal.content import header
from understudy.journal.entry import BODY_KEPT, Entry
from understudy.sessions import Session

WAITING: Final = 1000
"""Deliveries that wait or are under way at the most, in all sessions of a server together.

Beyond that they are dropped.
"""

BACKOFF: Final = 0.5  # seconds before the second attempt; each further one waits twice as long
LONGEST_WAIT: Final = 60.0  # seconds between two attempts, whatever Retry-After says
UNSAID: Final[float] = -1.0  # seconds between two attempts where nobody said how many
TIMEOUT: Final = 10.0  # seconds for one attempt, from the address to the last byte of the answer

DELIVERY: Final = b"sandbox-delivery"
"""The header of each delivery, in lower case: 1, or one more than that of the request that set it off."""

_USER: Final = re.compile(r"^([^/?#]*//)[^/?#]*@")

AnswerFailures = Callable[[int, str, bytes], tuple[Failure, ...]]
"""Says what an answer of this status, Content-Type and body has that its contract does not document."""


class Delivery(Struct, frozen=True):
    """One request on its way to one place.

    depth: how many deliveries led to it, one set off by the other, itself included. trace: the headers of the
    trace that it belongs to.
    """

    outgoing: Outgoing
    url: str
    api: str
    failures: AnswerFailures
    delay: float = 0.0
    attempts: int = 3
    headers: tuple[tuple[str, str], ...] = ()
    depth: int = 1
    trace: tuple[tuple[str, str], ...] = ()


class _Answer(Struct, frozen=True):
    """What came back. size: bytes that were read; no more are than the journal keeps."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes
    retry_after: float | None

    def note(self, entry: Entry, delivery: Delivery) -> None:
        """Put it into the journal's entry, with what its contract does not document."""
        entry.status, entry.response_headers, entry.response_body = self.status, self.headers, self.body
        entry.cut()
        entry.failures = delivery.failures(self.status, header(self.headers, b"content-type"), self.body)
        entry.refusal = "; ".join(map(str, entry.failures))

    @property
    def again(self) -> float | None:
        """The seconds to wait for the next attempt, as `Sender` has them."""
        if self.status < 500 and self.status != 429:
            return None
        if self.retry_after is None:
            return UNSAID
        return min(self.retry_after, LONGEST_WAIT)


class Sender:
    """Sends what the sandboxes of one server have to say; each session has an outbox of its own.

    pending: how many deliveries wait or are under way, in all sessions.
    """

    def __init__(
        self,
        policy: Policy | None = None,
        targets: Sequence[Target] = (),
        *,
        waiting: int = WAITING,
        backoff: float = BACKOFF,
        timeout: float = TIMEOUT,
    ) -> None:
        """`targets`: where the webhooks of each session go at its start.

        waiting: see WAITING. backoff, timeout: seconds.
        """
        self.policy, self.targets = policy or Policy(), tuple(targets)
        self._waiting, self._backoff, self._timeout = waiting, backoff, timeout
        self._outboxes: dict[Session, Outbox] = {}
        self.pending = 0

    @classmethod
    def to(cls, urls: Iterable[str], allowed: Iterable[str] = ()) -> Sender:
        """Make what sends the webhooks of each session to some URLs. Raises SettingsError.

        allowed: hosts that anything may be sent to, besides loopback addresses.
        """
        return cls(Policy(allowed), list(map(Target.named, urls)))

    def outbox(self, session: Session) -> Outbox:
        """Return the outbox of a session, made on first use; it ends when the session is reset or dropped."""
        outbox = self._outboxes.get(session)
        if outbox is None:
            outbox = self._outboxes[session] = Outbox(self, session)
            session.at_end.append(partial(self._close, session))
        return outbox

    def _close(self, session: Session) -> None:
        outbox = self._outboxes.pop(session, None)
        if outbox is not None:
            outbox.close()

    def close(self) -> None:
        """Drop all that waits, in all sessions."""
        for session in tuple(self._outboxes):
            self._close(session)

    def leave(self, _: asyncio.Task[None]) -> None:
        """Note that a delivery has ended."""
        self.pending -= 1

    @property
    def is_full(self) -> bool:
        """Whether as much waits as may wait."""
        return self.pending >= self._waiting

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return httpx.create_ssl_context()

    async def deliver(self, delivery: Delivery, outbox: Outbox) -> None:
        """Try until it is delivered, refused for good, or was tried often enough; each attempt is noted."""
        await asyncio.sleep(delivery.delay)
        for number in range(1, delivery.attempts + 1):
            # What is first in line is sent first, as long as nothing has to be tried again.
            async with outbox.turn(delivery.url):
                again = await self._attempt(delivery, outbox.session)
            if again is None or number == delivery.attempts:
                return
            if again < 0:
                again = min(self._backoff * 2 ** (number - 1), LONGEST_WAIT)
            await asyncio.sleep(again)

    async def _attempt(self, delivery: Delivery, session: Session) -> float | None:
        """Send once; return the seconds to wait for the next attempt.

        Negative where nobody said how many, None where it is over.
        """
        entry = entry_of(delivery)
        again: float | None = UNSAID
        entry.at, started = time.time(), time.perf_counter()
        try:
            async with asyncio.timeout(self._timeout):
                answer = await self._send(delivery, entry)
        except AddressRefused as refusal:
            entry.refusal, again = str(refusal), None
        except TimeoutError:
            entry.refusal = f"there was no answer within {self._timeout:g} s"
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            entry.refusal = f"there was no answer: {error or type(error).__name__}"
        else:
            answer.note(entry, delivery)
            again = answer.again
        entry.duration = time.perf_counter() - started
        session.journal.add(entry)
        return again

    async def _send(self, delivery: Delivery, entry: Entry) -> _Answer:
        """Send to the address that was checked, and to no other: no name is asked for twice, no proxy and no
        redirect is followed.
        """
        request = _request(delivery, await self.policy.check(delivery.url))
        entry.query, entry.request_headers = request.url.query, tuple(request.headers.raw)
        async with (
            httpx.AsyncClient(verify=self._tls, trust_env=False, timeout=None) as client,
            aclosing(await client.send(request, stream=True)) as response,
        ):
            body = b""
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > BODY_KEPT:
                    break
            return _Answer(
                response.status_code,
                tuple(response.headers.raw),
                body,
                _retry_after(response.headers.get("retry-after")),
            )


class Outbox:
    """What one session has to send, and where its webhooks go. For one event loop at a time."""

    def __init__(self, sender: Sender, session: Session) -> None:
        self.session, self._targets = session, sender.targets
        self._sender = sender
        self.version = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns: dict[str, asyncio.Lock] = {}
        self._is_closed = False
        self._numbered = 0
        session.document.add("webhooks", self)

    @property
    def targets(self) -> tuple[Target, ...]:
        """Where the session's webhooks go."""
        return self._targets

    @targets.setter
    def targets(self, targets: tuple[Target, ...]) -> None:
        self._targets = targets
        self.version += 1

    def dump(self) -> dict[str, Any]:
        """Return where webhooks go and how many were numbered, as JSON values.

        What waits is this process's own.
        """
        return {"targets": list(map(asdict, self._targets)), "numbered": self._numbered}

    def restore(self, value: Any) -> None:
        """Take over what `dump` described, or change nothing and raise KeyError, TypeError or ValueError."""
        targets, numbered = tuple(map(Target.of, value["targets"])), int(value["numbered"])
        self.targets, self._numbered = targets, numbered

    @property
    def pending(self) -> int:
        """How many deliveries wait or are under way."""
        return len(self._tasks)

    def takes(self, webhook: str) -> bool:
        """Tell whether a webhook of this name goes anywhere."""
        return any(target.takes(webhook) for target in self.targets)

    def number(self) -> int:
        """Return the number of the next message: 1, 2, … in this session."""
        self._numbered += 1
        self.version += 1
        return self._numbered

    def put(self, delivery: Delivery) -> None:
        """Deliver something in the background; where too much waits already, note that it is dropped."""
        if self._sender.is_full:
            self.note(delivery, "dropped: too many deliveries are waiting")
        else:
            self._sender.pending += 1
            task = self.start(self._sender.deliver(delivery, self))
            task.add_done_callback(self._sender.leave)

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do some work in the background, as long as the session lasts."""
        task = asyncio.get_running_loop().create_task(self._run(work))
        self._tasks.add(task)
        task.add_done_callback(partial(self._done, work))
        if self._is_closed:
            task.cancel()
        return task

    async def _run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do some work.

        It is no longer pending with its last step, so that what it put here is never counted beside it.
        """
        try:
            await work
        finally:
            self._tasks.discard(asyncio.current_task())

    def note(
        self, delivery: Delivery, reason: str, failures: tuple[Failure, ...] = (), path: str = ""
    ) -> None:
        """Put into the journal that something is not sent, and why.

        path: what stands there where there is no URL.
        """
        entry = entry_of(delivery)
        entry.path = path or entry.path
        entry.at, entry.refusal, entry.failures = time.time(), reason, failures
        self.session.journal.add(entry)

    def turn(self, url: str) -> asyncio.Lock:
        """Return what lets one request at a time go to a URL, in the order in which they came."""
        return self._turns.setdefault(url, asyncio.Lock())

    async def settled(self, wait: float = 0.0) -> int:
        """Wait until nothing is pending, at most so many seconds; return how many deliveries still are."""
        end = time.monotonic() + wait
        while self._tasks and (left := end - time.monotonic()) > 0:
            await asyncio.wait(tuple(self._tasks), timeout=left)
        return self.pending

    def close(self) -> None:
        """Drop all that waits, from whatever thread."""
        self._is_closed = True
        for task in tuple(self._tasks):
            loop = task.get_loop()
            if not loop.is_closed():
                loop.call_soon_threadsafe(task.cancel)

    def _done(self, work: Coroutine[Any, Any, None], task: asyncio.Task[None]) -> None:
        work.close()  # what was cancelled before its first step was never begun
        self._tasks.discard(task)
        if not self._tasks:
            self._turns.clear()
        if not task.cancelled() and (error := task.exception()) is not None:
            task.get_loop().call_exception_handler(
                {"message": "a delivery failed", "exception": error, "task": task}
            )


def _request(delivery: Delivery, address: Address) -> httpx.Request:
    """Return a delivery as a request to an address; a target's headers come in place of the contract's."""
    outgoing = delivery.outgoing
    url = address.connected
    if outgoing.query:
        query = "&".join(filter(None, (url.query.decode("ascii"), outgoing.query)))
        url = url.copy_with(query=query.encode("ascii"))
    chosen = {}
    for name, value in (*delivery.trace, *outgoing.headers, *delivery.headers):
        if name.lower() not in FRAMING:
            chosen[name.lower()] = (name, value)
    depth = (DELIVERY.decode("ascii"), str(delivery.depth))
    headers = [("host", address.host), *chosen.values(), depth, ("connection", "close")]
    return httpx.Request(
        outgoing.method,
        url,
        headers=[(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers],
        content=outgoing.body,
        extensions={"sni_hostname": address.url.raw_host.decode("ascii"), "timeout": {}},
    )


def entry_of(delivery: Delivery) -> Entry:
    """Return what the journal is to say of a delivery, before anything came of it."""
    outgoing = delivery.outgoing
    url, _, query = _USER.sub(r"\1", delivery.url.partition("#")[0]).partition("?")
    return Entry(
        kind="callback",
        method=outgoing.method,
        path=url,
        query=query.encode("ascii", "replace"),
        request_body=outgoing.body,
        request_size=len(outgoing.body),
        api=delivery.api,
        operation=outgoing.message.title,
        operation_id=outgoing.message.operation.id,
    )


def _retry_after(text: str | None) -> float | None:
    """Read Retry-After (RFC 9110 §10.2.3) as seconds from now; None where it says nothing."""
    if text is None:
        return None
    if text.strip().isdigit() and text.isascii():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None
