"""Origins: how a record came to be, as far as that is remembered beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from msgspec import Struct

from understudy.messages import Caller
from understudy.state.store import Record

_NOBODY: Final = Caller()


class Origin(Struct, frozen=True):
    """How a record came to be. made: all of it is made up. created: by a caller, or by populating; not for
    being asked for.

    given: its id is the server's to give, and was sent all the same. varied: it stands beside others that are
    made up. caller: who wrote it. moment: when, where that was asked of the store together with its number.
    """

    made: bool = False
    created: bool = True
    given: bool = False
    varied: bool = False
    caller: Caller = _NOBODY
    moment: datetime | None = None

    @classmethod
    def of(cls, record: Record) -> Origin:
        """Return how a record came to be, as far as that is remembered beside it."""
        meta = record.meta
        return cls("made" in meta, "asked" not in meta, "given" in meta)


POPULATED: Final = Origin(made=True)
BESIDE_OTHERS: Final = Origin(made=True, varied=True)
ASKED_FOR: Final = Origin(made=True, created=False, varied=True)
ONLY_ONE: Final = Origin(made=True, created=False)
