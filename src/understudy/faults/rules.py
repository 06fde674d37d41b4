"""Fault rules: which calls go wrong, how, and how often; the same seed gives the same failures whatever else is called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

from understudy.errors import Failure, RecordExists, RecordNotFound, RequestInvalid, show
from understudy.faults.buckets import Buckets, Limit, Name
from understudy.faults.header import HEADER
from understudy.faults.kinds import (
    Applied,
    Exceeded,
    Fault,
    Latency,
    LogNormalLatency,
    Nothing,
    RateLimit,
    Throttle,
)
from understudy.faults.matching import Call, Match

TEXTS_KEPT: Final = 1000  # different texts of the header that are counted; a caller who sends a new one each time costs no memory
VENDOR: Final = ""  # owns the buckets of a vendor's own limits; no rule has this id


@dataclass(frozen=True, slots=True)
class Rule:
    """Faults for some calls.

    faults: applied in turn, one to each call; with `repeat` over and over, else each once and then the rule is over.
    probability: that a matching call takes the next turn. times: matching calls after which the rule is over; None for no end.
    id: unique among the rules of a session; where it is empty, the session gives one.
    """

    faults: tuple[Fault, ...]
    match: Match = field(default_factory=Match)
    id: str = ""
    repeat: bool = True
    probability: float = 1.0
    times: int | None = None


@dataclass(slots=True)
class Standing:
    """A rule and what came of it so far.

    calls: how many matched. turns: how many of them chance let through. hits: to how many of those a fault was applied.
    """

    rule: Rule
    calls: int = 0
    turns: int = 0
    hits: int = 0

    @property
    def remaining(self) -> int | None:
        """How many matching calls the rule is still for, at the most, where only their number ends it; None for no end."""
        rule = self.rule
        left = [] if rule.times is None else [rule.times - self.calls]
        if not rule.repeat and (rule.probability == 1 or self.turns >= len(rule.faults)):
            left.append(len(rule.faults) - self.turns)
        return max(0, min(left)) if left else None

    @property
    def next(self) -> Fault:
        """The fault whose turn it is."""
        return self.rule.faults[self.turns % len(self.rule.faults)]


class Faults:
    """The faults of one session: rules in order, and the limits they have used up. For one event loop.

    is_active: False while no rule can apply to anything, so that a request without faults costs one look.
    """

    def __init__(self, seed: int = 1) -> None:
        self.seed = seed
        self.is_active = False
        self._standings: list[Standing] = []
        self._added = 0
        self._buckets = Buckets()
        self._texts: dict[str, int] = {}  # how often a latency of chance came in the header

    # -- the rules

    def __iter__(self) -> Iterator[Standing]:
        return iter(tuple(self._standings))

    def __len__(self) -> int:
        return len(self._standings)

    def get(self, rule_id: str) -> Standing:
        """Return a rule and its counts. Raises RecordNotFound."""
        found = next((standing for standing in self._standings if standing.rule.id == rule_id), None)
        if found is None:
            raise RecordNotFound("fault", rule_id)
        return found

    def add(self, rule: Rule, *, calls: int = 0, turns: int = 0, hits: int = 0) -> Standing:
        """Add a rule after the others; the counts are those of a rule that goes on. Raises RecordExists where its id is taken."""
        taken = {standing.rule.id for standing in self._standings}
        if rule.id in taken:
            raise RecordExists("fault", "id", rule.id)
        self._added += 1
        while not rule.id:
            name = f"fault-{self._added}"
            self._added, rule = (
                (self._added + 1, rule) if name in taken else (self._added, replace(rule, id=name))
            )
        standing = Standing(rule, calls, turns, hits)
        self._standings.append(standing)
        self._look()
        return standing

    def put(self, rule: Rule) -> Standing:
        """Replace the rule of that id where it stands, its counts at 0, or add it."""
        for place, standing in enumerate(self._standings):
            if standing.rule.id == rule.id:
                self._buckets.drop(rule.id)
                self._standings[place] = Standing(rule)
                self._look()
                return self._standings[place]
        return self.add(rule)

    def replace(self, rules: Iterable[Rule | Standing]) -> None:
        """Put these rules in the place of all there are; a Standing goes on counting where it was.

        All limits are full again. Raises RecordExists where two rules have one id; then nothing is changed.
        """
        fresh = Faults(self.seed)
        for rule in rules:
            if isinstance(rule, Standing):
                fresh.add(rule.rule, calls=rule.calls, turns=rule.turns, hits=rule.hits)
            else:
                fresh.add(rule)
        self._standings, self._added, self._buckets, self._texts = (
            fresh._standings,
            fresh._added,
            fresh._buckets,
            fresh._texts,
        )
        self._look()

    def remove(self, rule_id: str) -> None:
        """Take a rule away. Raises RecordNotFound."""
        self._standings.remove(self.get(rule_id))
        self._buckets.drop(rule_id)
        self._look()

    def clear(self) -> None:
        """Take all rules away and fill all limits; what is added next has the ids and the luck of a fresh start."""
        self.replace(())

    def _look(self) -> None:
        self.is_active = any(standing.remaining != 0 for standing in self._standings)

    # -- the calls

    def needs_body(self, call: Call) -> bool:
        """Tell whether the body of a call has to be known before `decide`."""
        return any(
            standing.rule.match.needs_body
            and standing.remaining != 0
            and standing.rule.match.holds_before_body(call)
            for standing in self._standings
        )

    def decide(self, call: Call, asked: Sequence[Fault] = ()) -> tuple[Applied, ...]:
        """Return what is to be applied to a call, and count it: all latencies and throttles, and the first fault that ends the call.

        asked: faults that came in the call's own header; they come before those of the rules. A rule whose turn would be to end a
        call that another one ends already has not seen the call. Raises RequestInvalid where the vendor's limits are asked for in
        the header and the vendor states none.
        """
        applied: list[Applied] = []
        ended = False
        for fault in asked:
            found = self._of_header(fault, call)
            applied += found
            ended = ended or any(not _is_slowing(one) for one in found)
        for standing in self._standings:
            if (
                standing.remaining == 0
                or (ended and _ends(standing.next))
                or not standing.rule.match.holds(call)
            ):
                continue
            found = self._of_rule(standing, call)
            applied += found
            ended = ended or any(not _is_slowing(one) for one in found)
        self._look()
        return tuple(applied)

    def _of_rule(self, standing: Standing, call: Call) -> list[Applied]:
        rule, fault = standing.rule, standing.next
        random = Random(f"{self.seed} fault {rule.id} {standing.calls}")
        standing.calls += 1
        if random.random() >= rule.probability:
            return []
        standing.turns += 1
        found = self._resolved(fault, call, random, rule.id)
        standing.hits += bool(found)
        return found

    def _of_header(self, fault: Fault, call: Call) -> list[Applied]:
        if isinstance(fault, RateLimit) and fault.requests is None and not call.limits:
            expected = (
                f"rate-limit=requests/seconds, such as rate-limit=5/60s: {call.api} has no limits of its own"
            )
            raise RequestInvalid([Failure("header", f"/{HEADER}", "fault", expected, show(fault.text))])
        count = 0
        if isinstance(fault, (Latency, LogNormalLatency)):
            if len(self._texts) >= TEXTS_KEPT:
                self._texts.clear()
            count = self._texts[fault.text] = self._texts.get(fault.text, 0) + 1
        return self._resolved(fault, call, Random(f"{self.seed} header {fault.text} {count}"), f"{HEADER}:")

    def _resolved(self, fault: Fault, call: Call, random: Random, owner: str) -> list[Applied]:
        """Ask chance and the limits what a fault comes to for this call."""
        match fault:
            case Nothing():
                return []
            case Latency() | LogNormalLatency():
                return [fault.drawn(random)]
            case RateLimit():
                wait = self._buckets.take(_buckets_of(fault, call, owner), call.now)
                return [Exceeded(fault, wait)] if wait else []
        return [fault]


def _buckets_of(fault: RateLimit, call: Call, owner: str) -> Iterator[tuple[Name, Limit]]:
    """Name the buckets a call draws from; the vendor's are the same for all rules that ask for them."""
    if fault.requests is None:
        whose, limits = VENDOR, call.limits
    else:
        whose, limits = owner, (Limit(fault.burst or fault.requests, fault.requests / fault.seconds),)
    for limit in limits:
        place = call.operation if limit.scope == "key+operation" else ""
        yield (whose, limit, call.api, call.key, place), limit


def _is_slowing(fault: Fault | Applied) -> bool:
    return isinstance(fault, (Latency, LogNormalLatency, Throttle))


def _ends(fault: Fault) -> bool:
    return not _is_slowing(fault) and not isinstance(fault, Nothing)
