"""The connection to Redis or Valkey: questions that wait are sent together, and answered in their order."""

from __future__ import annotations

import asyncio
import time
from hashlib import sha1
from importlib.resources import files
from typing import Any, Final

from hiredis import pack_command
from redis.asyncio import Connection, ConnectionPool
from redis.exceptions import AskError, MovedError, NoScriptError, ReadOnlyError, RedisError, ResponseError

from understudy.durations import Latencies
from understudy.errors import StoreAway
from understudy.state.shared.asking import Call, Question
from understudy.state.shared.pump import Pump, Waiting, refuse, take, told
from understudy.state.shared.servers import TIMEOUT

_SCRIPTS: Final = ("fetch", "commit", "counters", "keep", "log", "names", "rate", "sizes", "end")

Command = tuple[bytes, ...]


def _text_of(name: str) -> bytes:
    folder = files("understudy.state.shared")
    common, own = (folder.joinpath(f"{part}.lua").read_bytes() for part in ("common", name))
    return common + own


class Moved(StoreAway):
    """What was asked for is on another node of the cluster."""


class Wire(Pump):
    """One connection, made when it is needed and made again where it was lost.

    generation: grows with each connection, since what a server knew may be lost with one. latencies: of round
    trips, by script.
    """

    is_spread: Final = False

    def __init__(
        self, pool: ConnectionPool, patience: float = TIMEOUT, latencies: Latencies | None = None
    ) -> None:
        """`pool`: makes the connection. `patience`: seconds for the answers to what is sent together."""
        super().__init__()
        self._patience, self._pool = patience, pool
        self._texts = {name: _text_of(name) for name in _SCRIPTS}
        self._hashes = {name: sha1(text).hexdigest().encode() for name, text in self._texts.items()}
        self._connection: Connection | None = None
        self._reason = ""
        self.generation = 0
        self.latencies = Latencies() if latencies is None else latencies

    # -- the work

    async def _answer(self, batch: list[Waiting]) -> None:
        """Ask what waits; where a connection turns out to be lost, what does no harm is asked once more."""
        was_open = self._connection is not None
        left = await self._exchanged(batch)
        if was_open:
            again = [one for one in left if one[0].is_harmless]
            left = [one for one in left if not one[0].is_harmless]
            if again:
                left += await self._exchanged(again)
        for _, answer in left:
            refuse(answer, self._reason)

    async def _exchanged(self, batch: list[Waiting]) -> list[Waiting]:
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
            refuse(answer, "the session is being moved to another node of the cluster")
            return
        except ResponseError as error:
            refuse(answer, str(error))
            return
        take((question, answer), reply)

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
