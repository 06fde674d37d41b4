"""Intake: how a body of one Content-Type is decoded and validated, a large one with pauses for others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from typing import Any, Final, TypeVar

from msgspec import Struct

from understudy.bodies.codec import Decode, Pieces
from understudy.errors import Failure, RequestInvalid
from understudy.messages import NOTHING
from understudy.schemas.piecewise import is_larger
from understudy.schemas.validators import MOST_NAMED, Validator

T = TypeVar("T")

LARGE: Final = 16 * 1024
"""Bytes of a body after which each step of taking it in gives way to other requests."""


Judge = Callable[[Any], tuple[Any, list[Failure]]]
"""Returns a value that breaks the contract as it is taken after all, and what is wrong with it."""


class Intake(Struct, frozen=True):
    """How a body of one Content-Type is taken in.

    declared: the media type as the contract writes it. in_pieces: decodes with pauses, where that can be
    done; without it a decoder is quick enough, or `is_slow` and works in a thread beside the loop.
    is_lenient: whether what breaks the contract may be taken after all, however large it is.
    """

    declared: str
    decode: Decode
    in_pieces: Pieces | None
    validator: Validator | None
    judge: Judge
    is_lenient: bool = False
    is_slow: bool = False

    def take(self, content: bytes, failures: list[Failure]) -> Any:
        """Decode and validate a body; what breaks the contract joins `failures`. Raises BodyMalformed."""
        try:
            value = self.decode(content)
        except RequestInvalid as error:
            failures += error.failures
            return NOTHING
        if self.validator is not None and not self.validator.is_valid(value):
            value, wrong = self.judge(value)
            failures += wrong
        return value

    async def take_slowly(self, content: bytes, failures: list[Failure]) -> Any:
        """Do the same with pauses."""
        try:
            value = await self._decode_slowly(content)
        except RequestInvalid as error:
            failures += error.failures
            return NOTHING
        await asyncio.sleep(0)
        wrong: list[Failure] = []
        if self.validator is not None:
            wrong = await in_pieces(self.validator.judged(value, "body"))
        if wrong and (self.is_lenient or not is_larger(value, MOST_NAMED)):
            value, wrong = self.judge(value)
        failures += wrong
        await asyncio.sleep(0)
        return value

    async def _decode_slowly(self, content: bytes) -> Any:
        if self.in_pieces is None and self.is_slow:
            return await asyncio.to_thread(self.decode, content)
        if self.in_pieces is None:
            return self.decode(content)
        return await in_pieces(self.in_pieces(content))


async def in_pieces(work: Generator[None, None, T]) -> T:
    """Return what a piece of work returns, with a turn for others wherever it pauses."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result
        await asyncio.sleep(0)
