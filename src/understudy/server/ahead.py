"""Ahead: what takes long to make of a very large contract is made before the first request comes."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import partial
from typing import Final

from understudy.contracts.contract import Contract
from understudy.contracts.extent import Extents
from understudy.contracts.source import WIDE
from understudy.server.endpoint import Endpoint

LONGEST: Final = 2.0
"""Seconds of work that a start is made longer by; what is left then is made at the first request."""


def prepare(contract: Contract, endpoints: Iterable[Endpoint]) -> None:
    """Make what the very large operations of a contract need: one piece of what is made for them would hold
    others up. Of smaller ones it is made when they are first asked, with pauses.
    """
    large = contract.kept(_large_operations, partial(_large_operations, contract))
    end = time.process_time() + LONGEST
    for endpoint in endpoints:
        if endpoint.operation.key in large:
            for _ in endpoint.preparation():
                if time.process_time() > end:
                    return


def _large_operations(contract: Contract) -> frozenset[str]:
    """Return the keys of the operations that are very large."""
    if not contract.document.is_wide:
        return frozenset()
    extents = Extents(contract.document)
    return frozenset(one.key for one in contract.operations if extents.of(one) > WIDE)
