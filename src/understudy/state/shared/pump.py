"""Questions that wait are asked together, and answered in their order."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Hashable
from typing import Any, TypeVar

from understudy.errors import StoreAway
from understudy.state.shared.asking import Question

T = TypeVar("T")
Waiting = tuple[Question[Any], "asyncio.Future[Any]"]
"""A question, and who waits for its answer."""


class Pump(ABC):
    """Takes questions one after another; those that come while others are asked are asked with each other."""

    def __init__(self) -> None:
        self._waiting: list[Waiting] = []
        self._same: dict[Hashable, asyncio.Future[Any]] = {}
        self._news = asyncio.Event()
        self._work: asyncio.Task[None] | None = None

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
        """Let go what questions are asked by."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait([self._work])

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

    @abstractmethod
    async def _answer(self, batch: list[Waiting]) -> None:
        """Ask what waits, and give each its answer."""

    @abstractmethod
    async def _disconnect(self) -> None:
        """Let go what questions are asked by; it is found again where somebody asks."""


def take(waiting: Waiting, reply: Any) -> None:
    """Give who waits what the question takes from the answer."""
    question, answer = waiting
    try:
        taken = question.take(reply)
    except Exception as error:  # a refusal of the store's, which is the caller's to hear
        if not answer.done():
            answer.set_exception(error)
        return
    if not answer.done():
        answer.set_result(taken)


def refuse(answer: asyncio.Future[Any], reason: str) -> None:
    """Tell who waits that the store is away."""
    if not answer.done():
        answer.set_exception(StoreAway(reason))


def seen(answer: asyncio.Future[Any]) -> None:
    """Have nobody warned of an answer that nobody waits for any more."""
    if not answer.cancelled():
        answer.exception()


def told(error: BaseException) -> str:
    """Return what an error says."""
    return str(error).strip() or type(error).__name__
