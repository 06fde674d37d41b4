"""Fault rules: which calls go wrong, how, and how often.

The same seed gives the same failures whatever else is called.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from hashlib import sha256
from random import Random
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from understudy.errors import Failure, RecordExists, RecordNotFound, RequestInvalid, show
from understudy.faults.buckets import Buckets, Limit, Name
from understudy.faults.header import HEADER, write_fault
from understudy.faults.kinds import (
    Delay,
    Effect,
    Exceeded,
    Fault,
    Latency,
    LogNormalLatency,
    NoFault,
    RateLimit,
    UniformLatency,
    is_ending,
)
from understudy.faults.matching import Call
from understudy.matching.match import Match

DRAWN_KEPT: Final = 1000
"""Different delays of the header that are counted; a caller who sends a new one each time costs no memory."""

VENDOR: Final = ""
"""Owns the buckets of a vendor's own limits; no rule has this id."""


class Rule(Struct, frozen=True):
    """Faults for some calls.

    faults: applied in turn, one to each call; with `repeat` over and over, else each once and then the rule
    is over.
    probability: that a matching call takes the next turn. times: matching calls after which the rule is over;
    None for no end.
    id: unique among the rules of a session; where it is empty, the session gives one.
    """

    faults: tuple[Fault, ...]
    match: Match = field(default_factory=Match)
    id: str = ""
    repeat: bool = True
    probability: float = 1.0
    times: int | None = None


class RuleState(Struct):
    """A rule and what came of it so far.

    calls: how many matched. turns: how many of them chance let through. hits: to how many of those a fault
    was applied.
    """

    rule: Rule
    calls: int = 0
    turns: int = 0
    hits: int = 0

    @property
    def remaining(self) -> int | None:
        """How many matching calls the rule is still for, at the most, where only their number ends it; None
        for no end.
        """
        rule = self.rule
        left: list[int] = []
        if rule.times is not None:
            left.append(rule.times - self.calls)
        if not rule.repeat and (rule.probability == 1 or self.turns >= len(rule.faults)):
            left.append(len(rule.faults) - self.turns)
        if not left:
            return None
        return max(0, min(left))

    @property
    def next(self) -> Fault:
        """The fault whose turn it is."""
        return self.rule.faults[self.turns % len(self.rule.faults)]


class Level(Struct, frozen=True):
    """How full a limit was at a moment. owner: the rule, or `VENDOR`. caller: tells credentials apart."""

    owner: str
    limit: Limit
    api: str
    caller: str
    operation: str
    tokens: float
    at: float


class Faults:
    """The faults of one session: rules in order, and the limits they have used up. For one event loop.

    is_active: False while no rule can apply to anything, so that a request without faults costs one look.
    version: grows with each change. added: how many rules were added since a fresh start.
    """

    def __init__(self, seed: int = 1) -> None:
        self.seed = seed
        self.version = 0
        self.clear()

    # -- the rules

    def __iter__(self) -> Iterator[RuleState]:
        return iter(tuple(self._states))

    def __len__(self) -> int:
        return len(self._states)

    def get(self, rule_id: str) -> RuleState:
        """Return a rule and its counts. Raises RecordNotFound."""
        for state in self._states:
            if state.rule.id == rule_id:
                return state
        raise RecordNotFound("fault", rule_id)

    def add(self, rule: Rule) -> RuleState:
        """Add a rule after the others. Raises RecordExists where its id is taken."""
        taken = {state.rule.id for state in self._states}
        if rule.id in taken:
            raise RecordExists("fault", "id", rule.id)
        self.added += 1
        if not rule.id:
            rule = replace(rule, id=self._free_id(taken))
        state = RuleState(rule)
        self._states.append(state)
        self._look()
        return state

    def put(self, rule: Rule) -> RuleState:
        """Replace the rule of that id where it stands, its counts at 0, or add it."""
        for place, state in enumerate(self._states):
            if state.rule.id == rule.id:
                self._buckets.drop(rule.id)
                self._states[place] = RuleState(rule)
                self._look()
                return self._states[place]
        return self.add(rule)

    def remove(self, rule_id: str) -> None:
        """Take a rule away. Raises RecordNotFound."""
        self._states.remove(self.get(rule_id))
        self._buckets.drop(rule_id)
        self._look()

    def clear(self) -> None:
        """Take all rules away and fill all limits.

        What is added next has the ids and the luck of a fresh start.
        """
        self.is_active = False
        self.version += 1
        self._states: list[RuleState] = []
        self.added = 0
        self._buckets = Buckets()
        self._drawn: dict[Fault, int] = {}  # how often a latency of chance came in the header

    def _free_id(self, taken: Set[str]) -> str:
        """Return the id of the rule that is added, counted on where somebody gave it to another."""
        while f"fault-{self.added}" in taken:
            self.added += 1
        return f"fault-{self.added}"

    def restore(self, states: Sequence[RuleState], added: int, levels: Sequence[Level] = ()) -> None:
        """Have these rules with their counts, and all limits filled but for `levels`.

        added: as the attribute.
        """
        drawn = self._drawn
        self.clear()
        self._states, self.added, self._drawn = list(states), added, drawn
        for level in levels:
            name = (level.owner, level.limit, level.api, level.caller, level.operation)
            self._buckets.put(name, level.limit, level.tokens, level.at)
        self._look()

    def levels(self) -> Iterator[Level]:
        """Yield how full the limits are that are not full."""
        for (owner, _, api, caller, operation), limit, tokens, at in self._buckets.read():
            yield Level(str(owner), limit, str(api), str(caller), str(operation), tokens, at)

    def _look(self) -> None:
        """Note that something has changed, and whether some rule can still apply."""
        self.version += 1
        self.is_active = any(state.remaining != 0 for state in self._states)

    # -- the calls

    def needs_body(self, call: Call) -> bool:
        """Tell whether the body of a call has to be known before `decide`."""
        for state in self._states:
            match = state.rule.match
            if match.body and state.remaining != 0 and match.holds_before_body(call):
                return True
        return False

    def decide(self, call: Call, asked: Sequence[Fault] = ()) -> tuple[Effect, ...]:
        """Return what is to be applied to a call, and count it: all latencies and throttles, and the first
        fault that ends the call.

        asked: faults that came in the call's own header; they come before those of the rules. A rule whose
        turn would be to end a call that another one ends already has not seen the call. Raises RequestInvalid
        where the vendor's limits are asked for in the header and the vendor states none.
        """
        effects: list[Effect] = []
        for fault in asked:
            effects += self._of_header(fault, call)
        is_ended = any(map(is_ending, effects))
        for state in self._states:
            if state.remaining == 0 or (is_ended and is_ending(state.next)):
                continue
            if state.rule.match.holds(call):
                found = self._of_rule(state, call)
                effects += found
                is_ended = is_ended or any(map(is_ending, found))
        self._look()
        return tuple(effects)

    def _of_rule(self, state: RuleState, call: Call) -> list[Effect]:
        rule, fault = state.rule, state.next
        random = Random(f"{self.seed} fault {rule.id} {state.calls}")
        state.calls += 1
        if random.random() >= rule.probability:
            return []
        state.turns += 1
        found = self._effects(fault, call, random, rule.id)
        state.hits += bool(found)
        return found

    def _of_header(self, fault: Fault, call: Call) -> list[Effect]:
        text = write_fault(fault)
        if isinstance(fault, RateLimit) and fault.requests is None and not call.limits:
            expected = (
                f"rate-limit=requests/seconds, such as rate-limit=5/60s: {call.api} has no limits of its own"
            )
            raise RequestInvalid([Failure("header", f"/{HEADER}", "fault", expected, show(text))])
        count = 0
        if isinstance(fault, Delay):
            count = self._count(fault)
        return self._effects(fault, call, Random(f"{self.seed} header {text} {count}"), f"{HEADER}:")

    def _count(self, delay: Delay) -> int:
        """Return how often a delay came in a header, this time included, so that chance goes on."""
        if len(self._drawn) >= DRAWN_KEPT:
            self._drawn.clear()
        self._drawn[delay] = self._drawn.get(delay, 0) + 1
        return self._drawn[delay]

    def _effects(self, fault: Fault, call: Call, random: Random, owner: str) -> list[Effect]:
        """Ask chance and the limits what a fault comes to for this call."""
        match fault:
            case NoFault():
                return []
            case Latency() | UniformLatency() | LogNormalLatency():
                return [fault.drawn(random)]
            case RateLimit():
                wait = self._buckets.take(_buckets_of(fault, call, owner), call.now)
                return [Exceeded(fault, wait)] if wait else []
        return [fault]


def _buckets_of(fault: RateLimit, call: Call, owner: str) -> Iterator[tuple[Name, Limit]]:
    """Name the buckets a call draws from; the vendor's are the same for all rules that ask for them."""
    whose, limits = VENDOR, call.limits
    if fault.requests is not None:
        rate = fault.requests / (fault.seconds or 1)
        whose, limits = owner, (Limit(fault.burst or fault.requests, rate),)
    for limit in limits:
        place = call.operation if limit.scope == "key+operation" else ""
        yield (whose, limit, call.api, _digest(call.key), place), limit


def _digest(credential: str) -> str:
    """Return what tells a credential from others, and does not tell the credential."""
    return sha256(credential.encode("utf-8", "surrogatepass")).hexdigest()[:16] if credential else ""
