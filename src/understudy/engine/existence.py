"""Existence: which operations find only what was there before, and which refuse what was done before."""

from __future__ import annotations

from typing import Final

from understudy.contracts.contract import Contract, Operation
from understudy.model.model import Act, Collection, Needs, Plan, Replace
from understudy.model.vocabulary import SAYS_CONFLICTS, SAYS_DONE, SAYS_WHEN
from understudy.names import split_words

_WRITES: Final = frozenset({"post", "put", "patch", "delete"})
_NOT_FOUND: Final = frozenset({"404", "4XX"})
_ANY: Final = "default"
_CONFLICT: Final = "409"
_FEW: Final = 3
"""Words of a description that only names its status."""


def refuses_unknown(contract: Contract, operation: Operation, plan: Plan, collection: Collection) -> bool:
    """Tell whether a write finds only what was there before: a documented 404 says so, or a default beside a
    success, where an item can be read.

    A put that creates finds any id; what is done below an item writes nothing to it.
    """
    if operation.method not in _WRITES or not _says_not_found(operation):
        return False
    if plan.key is None or isinstance(plan, Needs) or (isinstance(plan, Replace) and plan.creates):
        return False
    return contract.has(f"get {collection.at}")


def _says_not_found(operation: Operation) -> bool:
    """Tell whether an operation documents how it does not find an item, by its status or as any error."""
    if not _NOT_FOUND.isdisjoint(operation.responses):
        return True
    return _ANY in operation.responses and any(status.startswith("2") for status in operation.responses)


def refuses_again(operation: Operation, plan: Plan, *, puts_in: bool = False) -> bool:
    """Tell whether an action refuses an item to which it was done before: a documented conflict says so,
    unless it is described as another one. puts_in: whether it puts that into what holds it.
    """
    conflict = operation.responses.get(_CONFLICT)
    if conflict is None or not (isinstance(plan, Act) or puts_in):
        return False
    words = frozenset(split_words(str(conflict.node.get("description") or "")))
    if len(words) <= _FEW or not SAYS_DONE.known.isdisjoint(words):
        return True
    return not SAYS_CONFLICTS.known.isdisjoint(words) and SAYS_WHEN.known.isdisjoint(words)
