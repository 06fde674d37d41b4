"""Unused parameters: what lists declare and nothing understands, said at the start."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.model.model import List
from understudy.model.notation import write_key
from understudy.sandbox import Sandbox

_MOST_OPERATIONS = 100  # a model of so many is compiled in a blink; of more, `explain` tells
_MOST_LINES = 10


def unused_parameters(sandbox: Sandbox) -> Iterator[str]:
    """Yield a line for each list of a contract some of whose parameters do nothing, and one for those that
    are too many.
    """
    operations = sandbox.contract.operations
    if sandbox.vendor.name or len(operations) > _MOST_OPERATIONS:
        return
    lines = []
    for operation in operations:
        plan = sandbox.model.operations.get(operation.key)
        if isinstance(plan, List) and plan.ignored:
            names = ", ".join(plan.ignored)
            lines.append(
                f"{write_key(operation.key)} does nothing with {names}; `understudy explain` says why"
            )
    for line in lines[:_MOST_LINES]:
        yield f"{sandbox.contract.name}: {line}"
    more = len(lines) - _MOST_LINES
    if more > 0:
        yield f"{sandbox.contract.name}: {more} more lists have parameters that do nothing"
