"""Verification: was something called, as often as expected; and if not, what came nearest."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from understudy.journal.credentials import Secrets
from understudy.journal.entry import Entry
from understudy.journal.query import Condition, Filter, QueryInvalid, display
from understudy.pointers import escape

NEAREST: Final = 5
"""Misses that a verdict lists at most."""

LISTED: Final = 20  # numbers of matching calls in a sentence


class Times(Struct, frozen=True):
    """How often: `exactly` alone, or `at_least`, `at_most` or both; without any, at least once.

    Raises QueryInvalid.
    """

    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None

    def __post_init__(self) -> None:
        for name in ("exactly", "at_least", "at_most"):
            count = getattr(self, name)
            if count is not None and count < 0:
                raise QueryInvalid(name, "0 or more", count)
        if self.exactly is not None and (self.at_least is not None or self.at_most is not None):
            raise QueryInvalid("exactly", "given without at_least and at_most", self.exactly)
        if self.at_most is not None and self.at_least is not None and self.at_most < self.at_least:
            raise QueryInvalid("at_most", f"no less than at_least, {self.at_least}", self.at_most)

    @property
    def bounds(self) -> tuple[int, int | None]:
        """The least and the greatest count that is right; None where there is no greatest."""
        if self.exactly is not None:
            return self.exactly, self.exactly
        if self.at_least is None and self.at_most is None:
            return 1, None
        return self.at_least or 0, self.at_most

    def allows(self, count: int) -> bool:
        """Tell whether a count is right."""
        least, most = self.bounds
        return least <= count and (most is None or count <= most)

    def __str__(self) -> str:
        least, most = self.bounds
        if most == 0:
            return "no call"
        if least == most:
            return f"exactly {_times(least)}"
        if most is None:
            return f"at least {_times(least)}"
        if least:
            return f"between {least} and {_times(most)}"
        return f"at most {_times(most)}"


class Miss(Struct, frozen=True):
    """An entry that does not match, and why.

    operation: its operationId, or method and path where it had none.
    """

    number: int
    operation: str
    failed: tuple[Condition, ...]

    def __str__(self) -> str:
        return f"#{self.number} {self.operation} ({'; '.join(map(str, self.failed))})"


class Verdict(Struct, frozen=True):
    """What came of a verification. matched: numbers of the entries that count.

    Misses: the nearest first, where there were too few.

    evicted: entries that the journal no longer had.
    """

    verified: bool
    count: int
    matched: tuple[int, ...]
    misses: tuple[Miss, ...]
    sentence: str
    evicted: int = 0


def verify(
    entries: Sequence[Entry],
    wanted: Filter,
    times: Times,
    *,
    secrets: Secrets | None = None,
    evicted: int = 0,
) -> Verdict:
    """Count the entries that match; where they are too few, find those that came nearest.

    entries: oldest first. evicted: how many older ones the journal has dropped, which a verdict can only warn
    of. A miss fails fewest conditions first; of equals, one of the wanted operation, then the newest. The
    filter's `limit` is not looked at.
    """
    known = secrets or Secrets()
    matched = tuple(entry.number for entry in entries if wanted.matches(entry))
    misses: tuple[Miss, ...] = ()
    if len(matched) < times.bounds[0]:
        misses = _nearest(entries, wanted, known)
    sentence = _sentence(
        f"{subject(wanted)} was {_called(len(matched))}{with_conditions(wanted, known)}",
        times,
        matched,
        misses,
    )
    sentence += _forgotten(evicted)
    return Verdict(times.allows(len(matched)), len(matched), matched, misses, sentence, evicted)


def verify_order(
    entries: Sequence[Entry], wanted: Sequence[Filter], *, secrets: Secrets | None = None, evicted: int = 0
) -> Verdict:
    """Find an entry for each filter, each after the one before it; others may stand between.

    The misses are those of the first filter that none is found for. The rest is as for `verify`.
    """
    known = secrets or Secrets()
    matched: list[int] = []
    for one in wanted:
        step = one
        if matched:
            step = replace(one, after=max(one.after, matched[-1]))
        found = next(filter(step.matches, entries), None)
        if found is None:
            misses = _nearest(entries, step, known)
            sentence = _out_of_order(entries, one, step, misses, known) + _forgotten(evicted)
            return Verdict(False, len(matched), tuple(matched), misses, sentence, evicted)
        matched.append(found.number)
    said = " and then ".join(subject(one) + with_conditions(one, known) for one in wanted)
    sentence = f"called in order, as expected: {said}{_forgotten(evicted)}"
    return Verdict(True, len(matched), tuple(matched), (), sentence, evicted)


def _out_of_order(
    entries: Sequence[Entry], stated: Filter, step: Filter, misses: Sequence[Miss], secrets: Secrets
) -> str:
    """Say which call was missing, after which other, and that it came too early where it did."""
    said = f"{subject(step)} was never called{with_conditions(step, secrets)}"
    early = [entry.number for entry in entries if stated.matches(entry)]
    if early:
        said += f", only before that, as {_numbers(early)}"
    if misses:
        said += f"; nearest misses: {'; '.join(map(str, misses))}"
    return said


def _forgotten(evicted: int) -> str:
    """Say that the journal is not whole; nothing where it is."""
    if evicted == 1:
        return "; 1 older entry is no longer in the journal"
    if evicted:
        return f"; {evicted} older entries are no longer in the journal"
    return ""


def _nearest(entries: Sequence[Entry], wanted: Filter, secrets: Secrets) -> tuple[Miss, ...]:
    """Find the entries that fail fewest conditions.

    Those before the filter's `after` belong to somebody else's question.
    """
    operation = Filter(operation=wanted.operation)
    ranked = []
    for entry in entries:
        if entry.number > wanted.after and (failed := wanted.failures(entry)):
            ranked.append((failed, not operation.matches(entry), -entry.number, entry))
    nearest = heapq.nsmallest(NEAREST, ranked, key=lambda rank: rank[:3])
    return tuple(_miss(entry, wanted, secrets) for *_, entry in nearest)


def _miss(entry: Entry, wanted: Filter, secrets: Secrets) -> Miss:
    operation = entry.operation_id or entry.operation or f"{entry.method} outside every contract"
    return Miss(entry.number, operation, tuple(wanted.conditions(entry, secrets)))


def _sentence(said: str, times: Times, matched: Sequence[int], misses: Sequence[Miss]) -> str:
    if times.allows(len(matched)):
        return f"{said}, as expected: {times}"
    said += f", expected {times}"
    if misses:
        return f"{said}; nearest misses: {'; '.join(map(str, misses))}"
    if not matched:
        return f"{said}; nothing else was called"
    return f"{said}; matched by {_numbers(matched)}"


def _numbers(matched: Sequence[int]) -> str:
    listed = ", ".join(map("#{}".format, matched[:LISTED]))
    if len(matched) > LISTED:
        listed += " …"
    return listed


def subject(wanted: Filter) -> str:
    """Name what was to be called: `createAccount`, `GET /accounts/*`, or `anything`; of which contract."""
    called = wanted.operation or " ".join(filter(None, (wanted.method.upper(), wanted.path))) or "anything"
    if wanted.api:
        called += f" of {wanted.api}"
    return called


def with_conditions(wanted: Filter, secrets: Secrets) -> str:
    """Say the other conditions: ` with /currency = "EUR" and status 201`."""
    said: list[str] = []
    for name, value in wanted.path_parameters.items():
        said.append(f"{name} = {display(secrets, f'/{escape(name)}', value)}")
    for pointer, value in wanted.body.items():
        said.append(f"{pointer or 'the body'} = {display(secrets, pointer, value)}")
    named = {"status": wanted.status, "outcome": wanted.outcome, "kind": wanted.kind}
    if wanted.operation:
        named = {"method": wanted.method.upper(), "path": wanted.path, **named}
    said += [f"{name} {value}" for name, value in named.items() if value]
    if isinstance(wanted.fault, str):
        said.append(f"fault {wanted.fault}")
    elif wanted.fault is not None:
        said.append("a fault" if wanted.fault else "no fault")
    text = ""
    if said:
        text += f" with {' and '.join(said)}"
    if wanted.after:
        text += f" after #{wanted.after}"
    return text


def _called(count: int) -> str:
    return {0: "never called", 1: "called once", 2: "called twice"}.get(count, f"called {count} times")


def _times(count: int) -> str:
    if count == 1:
        return "once"
    return f"{count} times"
