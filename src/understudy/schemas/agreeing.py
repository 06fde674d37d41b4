"""The object whose members are to agree: what they say, which of them stay, and numbers in their form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from decimal import Decimal, InvalidOperation
from typing import Any

from msgspec import Struct

Accepts = Callable[[str, Any], bool]
"""Tells whether a member may have a value."""


class Agreeing(Struct, frozen=True):
    """The object that is to agree. names: its members in snake case, each by how it is written. required:
    those that have to be there.
    """

    members: dict[str, Any]
    names: Mapping[str, str]
    fixed: Set[str]
    accepts: Accepts
    required: Set[str]

    def first(self, names: Sequence[str]) -> str:
        """Return how the first of some members is written that is a number here; "" for none."""
        for name in names:
            written = self.names.get(name, "")
            if written and number(self.members.get(written)) is not None:
                return written
        return ""

    def number(self, written: str) -> Decimal:
        """Return what a member says as a number, 0 where it is not there."""
        return number(self.members.get(written)) or Decimal(0)

    def put(self, written: str, amount: Decimal) -> bool:
        """Let a member be a number, written as it was; tell whether it may be."""
        return self.say(written, like(self.members[written], amount))

    def say(self, written: str, value: Any) -> bool:
        """Let a member have a value, where it is free and may have it; tell whether it has."""
        if self.members[written] == value:
            return True
        if written in self.fixed or not self.accepts(written, value):
            return False
        self.members[written] = value
        return True

    def leave_open(self, written: str) -> None:
        """Let a member say nothing: null, else it is left out, where either may be."""
        if not self.say(written, None) and written not in self.fixed and written not in self.required:
            del self.members[written]


Rule = Callable[[Agreeing], None]
RuleOf = Callable[[Set[str]], Rule | None]
"""Gives a rule for the names of an object's members; None where it says nothing of them."""


def has(*groups: Sequence[str]) -> Callable[[Set[str]], bool]:
    """Tell whether there is one of each of some groups among the names of an object."""
    return lambda names: all(not names.isdisjoint(group) for group in groups)


def where(rule: Rule, speaks: Callable[[Set[str]], bool]) -> RuleOf:
    """Return what gives a rule where it speaks of some names."""
    return lambda names: rule if speaks(names) else None


def number(value: Any) -> Decimal | None:
    """Return a number, or one that is written as a text, exactly; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def like(before: Any, amount: Decimal) -> Any:
    """Return a number in the form another one has: whole, with decimals, or as a text."""
    if isinstance(before, int):
        return int(amount)
    if isinstance(before, float):
        return float(round(amount, 2))
    places = len(before.partition(".")[2])
    return f"{amount:.{places}f}"
