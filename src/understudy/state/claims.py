"""Claims: something is done once, however many ask for it, in however many processes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from understudy.errors import RecordExists
from understudy.state.store import Delete, Insert, Store, Value

_CLAIM: Final = {"claim": True}  # stands beside a record until what was claimed is done
_LIFE = 300.0  # seconds after which nobody is expected to be done any more: a process may have ended
_AGAIN = 0.01  # seconds between two looks at what somebody else is doing


class Claim:
    """The record of what is done once: whoever inserts it does it, and puts there what came of it."""

    def __init__(self, store: Store, collection: str, key: str) -> None:
        self._store, self._collection, self._key = store, collection, key

    async def outcome(self) -> Value | None:
        """Return what came of it, waiting while somebody is at it; None where the caller is to do it now."""
        while True:
            try:
                await self._store.insert(self._collection, self._key, {}, meta=_CLAIM, expires=_LIFE)
            except RecordExists:
                record = await self._store.get(self._collection, self._key)
                if record is not None and not record.meta:
                    return record.value
                await asyncio.sleep(_AGAIN)
            else:
                return None

    async def keep(self, outcome: Value) -> None:
        """Put there what came of it: a new record, which does not expire as the claim does."""
        steps = (Delete(self._collection, self._key), Insert(self._collection, self._key, outcome))
        await self._store.commit(steps)

    async def give_up(self) -> None:
        """Let the next one who asks do it."""
        await self._store.delete(self._collection, self._key)


def is_claim(meta: Mapping[str, Any]) -> bool:
    """Tell whether this stands beside what somebody claimed and is not done with."""
    return meta == _CLAIM
