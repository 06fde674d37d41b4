"""What is asked of the store, whatever carries it there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from msgspec import Struct

from understudy.durations import Latencies

T = TypeVar("T")
Call = tuple[str, Sequence[bytes]]
"""A script by its name, and arguments."""


class Question(Struct, Generic[T], frozen=True):
    """One script to be called.

    key: of the session it is about, beside which all stands that it touches. make: returns its name and its
    arguments, at the moment when they are sent. take: makes of the answer what the caller gets, in the order
    of the answers. is_harmless: whether it may be asked twice. same: questions that are equal in it are asked
    once, as long as they are not sent; None: it is asked anyway.
    """

    key: bytes
    make: Callable[[], Call]
    take: Callable[[Any], T]
    is_harmless: bool = False
    same: Hashable = None


class Asked(Protocol):
    """Whom scripts are asked of.

    generation: grows with each connection, since what a server knew may be lost with one. latencies: of round
    trips, by script. is_spread: whether sessions stand on several servers.
    """

    @property
    def generation(self) -> int: ...
    @property
    def latencies(self) -> Latencies: ...
    @property
    def is_spread(self) -> bool: ...

    async def ask(self, question: Question[T]) -> T:
        """Ask, and return what the question takes from the answer. Raises StoreAway."""
        ...

    def post(self, question: Question[T]) -> asyncio.Future[T]:
        """Ask, after all that was asked before; nobody has to wait for the answer."""
        ...

    async def close(self) -> None:
        """Let the connection go."""
        ...
