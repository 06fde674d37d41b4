"""Stages: what a state says of the moments, sums and reasons beside it: what is pending has not arrived, and
what is not cancelled has no reason for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from decimal import Decimal
from typing import Any, Final

from understudy.names import fold, snake_case
from understudy.schemas.agreeing import Agreeing, Rule, has, where

_STATES: Final = ("status", "state")
_ORDER: Final = (
    ("draft", "new", "created", "open", "pending", "requested", "submitted", "placed", "ordered", "unpaid"),
    ("scheduled", "reviewed", "confirmed", "approved", "accepted", "booked", "assigned", "sent", "issued"),
    ("authorized", "paid", "captured", "funded"),
    ("processing", "processed", "prepared", "packed", "started", "in_progress", "active", "running",
     "checked_in"),
    ("shipped", "dispatched", "in_transit", "picked_up", "out_for_delivery"),
    ("delivered", "fulfilled", "arrived"),
    ("completed", "finished", "done", "closed", "resolved", "solved", "ended", "sold",
     "settled", "checked_out"),
)  # fmt: skip
"""States in the order in which a thing comes to them: orders, parcels, visits, tasks and homes (schema.org
OrderStatus, EventStatusType and ActionStatusType; Shopify, WooCommerce).
"""
_ENDED: Final = (
    "cancelled", "canceled", "rejected", "declined", "failed", "refunded", "returned", "expired", "deleted",
    "archived", "voided", "terminated", "suspended", "banned", "revoked", "withdrawn", "abandoned", "no_show",
    "disabled", "deactivated", "deceased", "blocked", "removed", "retired",
)  # fmt: skip
"""States out of that order, to which few things come."""
_UNREACHED: Final = frozenset(
    {
        "cancelled",
        "canceled",
        "rejected",
        "declined",
        "failed",
        "withdrawn",
        "abandoned",
        "no_show",
        "expired",
    }
)
"""Ended states of things that did not get to the last stages."""
_UNPAID: Final = frozenset({"draft", "open", "pending", "unpaid", "sent", "issued", "overdue", "past_due"})
_PARTLY_PAID: Final = frozenset({"partially_paid", "partly_paid", "partial", "part_paid"})
_SETTLED: Final = frozenset({"paid", "settled"})
_RANKS: Final = {name: rank for rank, names in enumerate(_ORDER) for name in names}
_LAST: Final = 5
"""From which rank on a thing is where it should be."""
_PAID_AT: Final = re.compile(r"^(paid|payment)_(at|on|date|time)$")
_AMOUNTS_PAID: Final = ("amount_paid", "paid_amount", "total_paid")
_WHOLES: Final = ("total", "total_amount", "amount_total", "grand_total", "amount")
_OF_STAGES: Final = re.compile(
    rf"^(?P<state>{'|'.join((*_RANKS, *_ENDED))})_(at|on|date|time|by|reason|price|until)$"
)
"""What says when or why a thing came to a state, or what was paid for it then."""
_NOUNS: Final = {
    "cancellation": "cancelled", "cancel": "cancelled", "rejection": "rejected", "failure": "failed",
    "ban": "banned", "termination": "terminated", "deletion": "deleted", "suspension": "suspended",
    "refund": "refunded", "death": "deceased", "revocation": "revoked", "return": "returned",
    "deactivation": "deactivated", "retirement": "retired", "decline": "declined",
}  # fmt: skip
_OF_NOUNS: Final = re.compile(
    rf"^(?P<noun>{'|'.join(_NOUNS)})_(at|on|date|time|reason)$|^date_of_(?P<of>death)$"
)
_WHEN: Final = ("_at", "_on", "_date", "_time")
_SPELT: Final = {"canceled": "cancelled"}
_FLAGGED: Final = "is_{}"


def _state_of(name: str) -> str:
    """Return of which state a member of this name speaks; "" for none."""
    found = _OF_STAGES.match(name)
    if found is not None:
        return found["state"]
    noun = _OF_NOUNS.match(name)
    return _NOUNS[noun["noun"] or noun["of"]] if noun is not None else ""


def state_of(one: Agreeing) -> str:
    """Return in which state a thing is, in snake case; "" where that is not told."""
    for name in _STATES:
        told = one.members.get(one.names.get(name, ""))
        if isinstance(told, str):
            return _folded(told)
    return ""


def _is_ahead(of: str, state: str) -> bool:
    """Tell whether a thing in a state has not come to another one."""
    of, state = _SPELT.get(of, of), _SPELT.get(state, state)
    if of == state:
        return False
    if state in _RANKS:
        return of in _ENDED or _RANKS[of] > _RANKS[state]
    if state in _ENDED:
        return of in _ENDED or (state in _UNREACHED and _RANKS[of] >= _LAST)
    return False


def state_in(item: Mapping[str, Any]) -> str:
    """Return the name of the member that says in which state an item is, as it is written; "" for none."""
    for name, value in item.items():
        if isinstance(value, str) and snake_case(name) in _STATES:
            return name
    return ""


def stage_of(item: Mapping[str, Any]) -> str:
    """Return the state an item is in, folded; "" where it says none."""
    name = state_in(item)
    return fold(item[name]) if name else ""


def moments_of(names: Iterable[str], state: str) -> Iterator[str]:
    """Yield the members that say when a thing came to a state. names: as they are written."""
    now = _spelt(_folded(state))
    for name in names:
        normal = snake_case(name)
        if _spelt(_state_of(normal)) == now and normal.endswith(_WHEN):
            yield name


def moments_ahead(names: Iterable[str], state: str) -> Iterator[str]:
    """Yield the members that say when a thing came to what it has not come to in a state."""
    for name in names:
        normal = snake_case(name)
        of = _state_of(normal)
        if of and normal.endswith(_WHEN) and _is_ahead(of, _folded(state)):
            yield name


def _folded(state: str) -> str:
    return snake_case(state.lower() if state.isupper() else state)


def _stages(one: Agreeing) -> None:
    """What a thing has not come to yet says nothing of when and why it did."""
    state = state_of(one)
    for name, written in list(one.names.items()):
        of = _state_of(name)
        is_unpaid = state in _UNPAID and _PAID_AT.match(name) is not None
        if one.members.get(written) is not None and (is_unpaid or (of and _is_ahead(of, state))):
            one.leave_open(written)


def _money(one: Agreeing) -> None:
    """Nothing was paid for what is not paid, and all of it for what is."""
    state, paid = state_of(one), one.first(_AMOUNTS_PAID)
    if state in _UNPAID and paid and one.number(paid):
        one.put(paid, Decimal(0))
    whole = one.first(_WHOLES)
    if state in _SETTLED and paid and whole:
        one.put(paid, one.number(whole))
    if state in _PARTLY_PAID and paid and whole and not 0 < one.number(paid) < one.number(whole):
        one.put(paid, Decimal(round(one.number(whole) / 2, 2)))


def living(names: Set[str], examples_of: Callable[[str], Sequence[Any]]) -> Rule | None:
    """Return a rule by which things have come to no end that their state does not tell of, but where authors
    show that they have. examples_of: what authors wrote of a member in snake case.
    """
    ends = dict(_ends(names, examples_of))

    def rule(one: Agreeing) -> None:
        state = state_of(one)
        for name, of in ends.items():
            written = one.names.get(name, "")
            if one.members.get(written) is None or _spelt(of) == _spelt(state) or _is_flagged(one, of):
                continue
            one.leave_open(written)

    return rule if ends else None


def _ends(names: Set[str], examples_of: Callable[[str], Sequence[Any]]) -> Iterator[tuple[str, str]]:
    for name in names:
        of = _state_of(name)
        if of in _ENDED and not any(value is not None for value in examples_of(name)):
            yield name, of


def _is_flagged(one: Agreeing, of: str) -> bool:
    """Tell whether a flag of an object says that it came to a state."""
    flags = (of, _FLAGGED.format(of))
    return any(one.members.get(one.names.get(flag, "")) is True for flag in flags)


def _spelt(state: str) -> str:
    return _SPELT.get(state, state)


def _speaks(names: Set[str]) -> bool:
    if names.isdisjoint(_STATES):
        return False
    return any(map(_state_of, names)) or any(map(_PAID_AT.match, names))


PAYMENTS: Final = where(_money, has(_STATES, _AMOUNTS_PAID))
STAGES: Final = where(_stages, _speaks)
