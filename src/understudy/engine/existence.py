"""Existence: which operations find only what was there before."""

from __future__ import annotations

from typing import Final

from understudy.contracts.contract import Contract, Operation
from understudy.model.model import Collection, Needs, Plan, Replace

_WRITES: Final = frozenset({"post", "put", "patch", "delete"})
_NOT_FOUND: Final = frozenset({"404", "4XX"})


def refuses_unknown(contract: Contract, operation: Operation, plan: Plan, collection: Collection) -> bool:
    """Tell whether a write finds only what was there before: a documented 404 says so, where an item can be
    read.

    A put that creates finds any id; what is done below an item writes nothing to it.
    """
    if operation.method not in _WRITES or _NOT_FOUND.isdisjoint(operation.responses):
        return False
    if plan.key is None or isinstance(plan, Needs) or (isinstance(plan, Replace) and plan.creates):
        return False
    return contract.has(f"get {collection.at}")
