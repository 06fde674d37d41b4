"""The log of a session that other processes write too: numbered by the store, told apart from the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from typing import Any, Protocol

from understudy.state.backend import Log
from understudy.state.shared.asking import Asked, Call, Question
from understudy.state.shared.rows import octets, text_of


class WrittenLog(Log, Protocol):
    """A log whose entries can be written, and read again elsewhere."""

    max_entries: int

    def __len__(self) -> int: ...

    @property
    def last_number(self) -> int: ...

    @property
    def evicted(self) -> int: ...

    @property
    def subscribers(self) -> int: ...

    @property
    def cleared(self) -> int: ...

    def written_after(self, number: int) -> tuple[int, Sequence[tuple[int, str]]]:
        """Return the number of the oldest entry that is kept, and the entries after a number as texts."""
        ...

    def join(self, after: int, until: int, first: int, texts: Sequence[str], known: Set[int]) -> None:
        """Have entries of several processes in the place of those between two numbers."""
        ...

    def forget(self, number: int) -> None:
        """Forget all entries up to a number."""
        ...


class SharedLog:
    """What stands between a log and the store.

    Entries are told one after another and nobody waits; those of others are asked for when somebody reads.
    Until then numbers here are this process's own, where others wrote meanwhile.
    """

    def __init__(self, wire: Asked, key: bytes, log: WrittenLog, life: int) -> None:
        self._wire, self._key, self._log, self._life = wire, key, log, life
        self._agreed = self._told = log.last_number
        self._own: set[int] = set()
        self._cleared = log.cleared

    @property
    def was_cleared(self) -> bool:
        """Whether the store has to hear that all was forgotten."""
        return self._log.cleared != self._cleared

    def tell(self, epoch: bytes, is_refused: Callable[[Sequence[Any]], bool]) -> None:
        """Have the store hear of what is new here, soon. is_refused: judges the answer."""
        if self._log.last_number != self._told:
            self._wire.post(self._question(epoch, is_refused, hears=False))

    async def learn(self, epoch: bytes, is_refused: Callable[[Sequence[Any]], bool]) -> None:
        """Tell what is new here, and hear what is new elsewhere. Raises StoreAway."""
        if self._log.max_entries:
            await self._wire.ask(self._question(epoch, is_refused, hears=True))

    def _question(
        self, epoch: bytes, is_refused: Callable[[Sequence[Any]], bool], *, hears: bool
    ) -> Question[None]:
        told: list[int] = []

        def make() -> Call:
            _, entries = self._log.written_after(self._told)
            told[:] = [number for number, _ in entries]
            room = len(self._log) if self._log.evicted else self._log.max_entries
            numbers = (self._life, self._agreed, hears, max(room, 1), self._log.cleared)
            texts = [octets(text) for _, text in entries]
            return "log", [epoch, *(b"%d" % number for number in numbers), *texts]

        def take(reply: Sequence[Any]) -> None:
            if is_refused(reply):
                return
            last, cleared, first, texts = reply
            if hears:
                self._hear(told, last, first, [text_of(text) for text in texts])
            else:
                self._note(told, last)
            if cleared > self._log.cleared:
                self._log.forget(cleared)
            self._cleared = self._log.cleared

        return Question(self._key, make, take, same=(self, hears))

    def _note(self, told: Sequence[int], last: int) -> None:
        """Note that the store has entries, after a number that it gave last."""
        if not told:
            return
        is_alone = last == self._agreed == self._told and told[0] == last + 1
        if is_alone:
            self._agreed = self._told = last + len(told)
        else:
            self._own.update(range(last + 1, last + 1 + len(told)))
            self._told = told[-1]

    def _hear(self, told: Sequence[int], last: int, first: int, texts: Sequence[str]) -> None:
        """Have all that the store has after what was agreed upon."""
        self._own.update(range(last + 1, last + 1 + len(told)))
        until = told[-1] if told else self._told
        self._log.join(self._agreed, until, first, texts, self._own)
        self._agreed = self._told = first - 1 + len(texts)
        self._own.clear()
