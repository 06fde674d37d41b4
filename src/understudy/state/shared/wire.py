"""The connection to Redis or Valkey: questions that wait are sent together, and answered in their order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Hashable
from hashlib import sha1
from importlib.resources import files
from typing import Any, Final, TypeVar

from hiredis import pack_command
from redis.asyncio import Connection, ConnectionPool
from redis.exceptions import AskError, MovedError, NoScriptError, ReadOnlyError, RedisError, ResponseError

from understudy.durations import Latencies
from understudy.errors import StoreAway
from understudy.state.shared.asking import Call, Question
from understudy.state.shared.servers import TIMEOUT

_SCRIPTS: Final = ("fetch", "commit", "counters", "keep", "log", "names", "rate", "sizes", "end")

T = TypeVar("T")
Command = tuple[bytes, ...]


def _text_of(name: str) -> bytes:
    folder = files("understudy.state.shared")
    common, own = (folder.joinpath(f"{part}.lua").read_bytes() for part in ("common", name))
    return common + own


_Waiting = tuple[Question[Any], "asyncio.Future[Any]"]


class Moved(StoreAway):
    """What was asked for is on another node of the cluster."""


class Wire:
    """One connection, made when it is needed and made again where it was lost.

    generation: grows with each connection, since what a server knew may be lost with one. latencies: of round
    trips, by script.
    """

    is_spread: Final = False

    def __init__(
        self, pool: ConnectionPool, patience: float = TIMEOUT, latencies: Latencies | None = None
    ) -> None:
        """`pool`: makes the connection. `patience`: seconds for the answers to what is sent together."""
        self._patience, self._pool = patience, pool
        self._texts = {name: _text_of(name) for name in _SCRIPTS}
        self._hashes = {name: sha1(text).hexdigest().encode() for name, text in self._texts.items()}
        self._waiting: list[_Waiting] = []
        self._same: dict[Hashable, asyncio.Future[Any]] = {}
        self._news = asyncio.Event()
        self._work: asyncio.Task[None] | None = None
        self._connection: Connection | None = None
        self._reason = ""
        self.generation = 0
        self.latencies = Latencies() if latencies is None else latencies

    async def ask(self, question: Question[T]) -> T:
        """Ask, and return what the question takes from the answer. Raises StoreAway."""
        answer: asyncio.Future[T] = self.post(question)
        if question.same is not None:
            return await asyncio.shield(answer)  # others may wait for the same
        return await answer

    def post(self, question: Question[T]) -> asyncio.Future[T]:
        """Ask, after all that was asked before; nobody has to wait for the answer."""
        known = self._same.get(question.same) if question.same is not None else None
        loop = asyncio.get_running_loop()
        if known is not None and known.get_loop() is loop:
            return known
        answer: asyncio.Future[T] = loop.create_future()
        answer.add_done_callback(seen)
        if question.same is not None:
            self._same[question.same] = answer
        if self._work is None or self._work.done() or self._work.get_loop() is not loop:
            self._news, self._work = asyncio.Event(), loop.create_task(self._pump())
        self._waiting.append((question, answer))
        self._news.set()
        return answer

    async def close(self) -> None:
        """Let the connection go."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait([self._work])

    # -- the work

    async def _pump(self) -> None:
        try:
            while True:
                await self._news.wait()
                self._news.clear()
                batch, self._waiting, self._same = self._waiting, [], {}
                try:
                    await self._answer(batch)
                except Exception as error:  # ours: whoever waits hears of it
                    for _, answer in batch:
                        if not answer.done():
                            answer.set_exception(error)
        finally:
            await self._disconnect()

    async def _answer(self, batch: list[_Waiting]) -> None:
        """Ask what waits; where a connection turns out to be lost, what does no harm is asked once more."""
        was_open = self._connection is not None
        left = await self._exchanged(batch)
        if was_open:
            again = [one for one in left if one[0].is_harmless]
            left = [one for one in left if not one[0].is_harmless]
            if again:
                left += await self._exchanged(again)
        for _, answer in left:
            _refuse(answer, self._reason)

    async def _exchanged(self, batch: list[_Waiting]) -> list[_Waiting]:
        """Send questions and take their answers; return those that got none."""
        left = list(batch)
        try:
            async with asyncio.timeout(self._patience):
                connection = await self._connected()
                calls = [question.make() for question, _ in batch]
                asked_at = time.perf_counter()
                asked = zip(batch, calls, strict=True)
                sent = b"".join(_packed(self._command(one.key, call)) for (one, _), call in asked)
                await connection.send_packed_command(sent)
                for (question, answer), (script, _) in zip(batch, calls, strict=True):
                    await self._take(connection, question, answer)
                    self.latencies.add(script, time.perf_counter() - asked_at)
                    left.pop(0)
        except (RedisError, OSError, TimeoutError) as error:
            self._reason = told(error)
            await self._disconnect()
        return left

    def _command(self, key: bytes, call: Call) -> Command:
        name, arguments = call
        return (b"EVALSHA", self._hashes[name], b"1", key, *arguments)

    async def _take(
        self, connection: Connection, question: Question[Any], answer: asyncio.Future[Any]
    ) -> None:
        try:
            reply = await connection.read_response(disable_decoding=True)
        except (NoScriptError, ReadOnlyError):
            raise  # the server was emptied, or is the master no more: all is to be learnt again
        except MovedError as error:
            answer.set_exception(Moved(told(error)))
            return
        except (
            AskError
        ):  # the other node may not have all of it yet, and would take what it lacks for nothing
            _refuse(answer, "the session is being moved to another node of the cluster")
            return
        except ResponseError as error:
            _refuse(answer, str(error))
            return
        try:
            taken = question.take(reply)
        except Exception as error:  # a refusal of the store's, which is the caller's to hear
            if not answer.done():
                answer.set_exception(error)
            return
        if not answer.done():
            answer.set_result(taken)

    async def _connected(self) -> Connection:
        """Return a connection whose server knows the scripts."""
        if self._connection is None:
            connection: Connection = await self._pool.get_connection()  # type: ignore[no-untyped-call]
            self._connection = connection
            self.generation += 1
            for text in self._texts.values():
                await connection.send_command("SCRIPT", "LOAD", text)
                await connection.read_response()
        return self._connection

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.disconnect(nowait=True)
            await self._pool.release(connection)


def _packed(command: Command) -> bytes:
    packed: bytes = pack_command(command)  # type: ignore[arg-type]  # its stub wants exactly one part
    return packed


def _refuse(answer: asyncio.Future[Any], reason: str) -> None:
    if not answer.done():
        answer.set_exception(StoreAway(reason))


def seen(answer: asyncio.Future[Any]) -> None:
    """Have nobody warned of an answer that nobody waits for any more."""
    if not answer.cancelled():
        answer.exception()


def told(error: BaseException) -> str:
    """Return what an error says."""
    return str(error).strip() or type(error).__name__
