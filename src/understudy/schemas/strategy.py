"""How a value is gone about, where it stands, and how it is said that there is none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from understudy.errors import SandboxError
from understudy.schemas.entity import EntityContext

# Values after which only what is required is made; the optional ones at depth d stop d sixths earlier.
BUDGET: Final = 600
SMALL_BUDGET: Final = 100  # for one member of an object, of which there are many
LAST: Final = 4_000  # values after which a schema is taken for endless


class Ungeneratable(SandboxError):
    """No valid value was found; the sentence says why."""


class Endless(Ungeneratable):
    """The schema requires itself: no other choice would help."""


class Strategy(Struct, frozen=True):
    """How an attempt goes about it.

    full: optional properties too, up to a budget. careful: each alternative is checked. samples: examples
    first.
    """

    full: bool
    careful: bool
    samples: bool
    budget: int = BUDGET


class Position(Struct, frozen=True):
    """Where a value will stand: its name in snake case, the object around it, how deep, and whether the whole
    needs it.
    """

    name: str
    entity: EntityContext
    depth: int = 0
    needed: bool = True


NEAREST: Final = Strategy(full=False, careful=False, samples=True)
QUICK: Final = Strategy(full=True, careful=False, samples=True, budget=SMALL_BUDGET)


def strategies(full: bool, samples: bool, budget: int = BUDGET) -> Iterator[Strategy]:
    """Yield what to try, from the richest and quickest to the plainest."""
    if full:
        yield Strategy(full=True, careful=False, samples=samples, budget=budget)
        yield Strategy(full=True, careful=True, samples=samples, budget=budget)
    yield Strategy(full=False, careful=False, samples=samples, budget=budget)
    yield Strategy(full=False, careful=True, samples=samples, budget=budget)
    # Also where little was asked for: some alternatives differ only in detail.
    yield Strategy(full=True, careful=True, samples=False, budget=budget)
    for _ in range(3):
        yield Strategy(full=False, careful=True, samples=False, budget=budget)
