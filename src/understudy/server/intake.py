"""Intake: how a body of one Content-Type is decoded and validated, a large one with pauses for others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from understudy.bodies.codec import Decode, Pieces
from understudy.errors import Failure, RequestInvalid
from understudy.messages import NOTHING
from understudy.schemas.validators import Validator

LARGE: Final = 64 * 1024
"""Bytes of a body after which each step of taking it in gives way to other requests."""


Judge = Callable[[Any], tuple[Any, list[Failure]]]
"""Returns a value that breaks the contract as it is taken after all, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Intake:
    """How a body of one Content-Type is taken in.

    declared: the media type as the contract writes it. in_pieces: decodes with pauses, where that can be
    done; without it a decoder is quick enough.
    """

    declared: str
    decode: Decode
    in_pieces: Pieces | None
    validator: Validator | None
    judge: Judge

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
        if self.validator is not None and not self.validator.is_valid(value):
            await asyncio.sleep(0)
            value, wrong = self.judge(value)
            failures += wrong
        await asyncio.sleep(0)
        return value

    async def _decode_slowly(self, content: bytes) -> Any:
        if self.in_pieces is None:
            return self.decode(content)
        pieces = self.in_pieces(content)
        while True:
            try:
                next(pieces)
            except StopIteration as end:
                return end.value
            await asyncio.sleep(0)
