"""The scripted answer that came nearest to a call, and why it was not given."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from understudy.errors import Failure

CONDITIONS_KEPT: Final = 20


class NearAnswer(Struct, frozen=True):
    """An answer by its id, and the conditions of it that do not hold, each as what is wrong with the call.

    failures: their location is that of the value, or the name of the condition.
    """

    answer: str
    failures: Sequence[Failure]

    @property
    def cost(self) -> int:
        """The bytes it takes in memory, rather too many than too few."""
        size = 200
        for failure in self.failures:
            size += 200 + sum(map(sys.getsizeof, (failure.pointer, failure.expected, failure.received)))
        return size
