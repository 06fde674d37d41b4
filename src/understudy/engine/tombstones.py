"""Tombstones: what is remembered of items that were deleted, so that no id comes back.

The newest of a collection are remembered as they were: they may be listed, told of, and brought back. Of
older ones the id is, with what finds it, and of very many the oldest are forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from understudy.engine.address import Address
from understudy.errors import RecordChanged, RecordNotFound
from understudy.model.selection import only
from understudy.state.conditions import META, Condition, Not, Test
from understudy.state.store import Delete, Record, Replace

PURGED: Final = "purged"
"""What a record's meta says of what was deleted and cannot be brought back."""

WHOLE: Final = 1_000
"""Deleted items of a collection that are remembered as they were."""
MOST: Final = 100_000
"""Deleted items of a collection whose ids are remembered."""
AT_ONCE: Final = 100
"""That shrink, or are forgotten, together."""

_SHRUNKEN: Final = "shrunken"
_ORIGIN: Final = ("made", "asked", "given")  # what is still asked of one that has shrunk


def kept_whole() -> tuple[Condition, ...]:
    """Return what is true of a deleted item that may be shown as it was."""
    return Not(Test((META, PURGED), "eq", True)), Not(Test((META, _SHRUNKEN), "eq", True))


def is_whole(tombstone: Record) -> bool:
    """Tell whether all is remembered that a deleted item said."""
    return _SHRUNKEN not in tombstone.meta


async def shrink(address: Address) -> None:
    """Have what was deleted long ago take little room. Called after each deletion."""
    due = WHOLE + AT_ONCE - 1
    page = await address.store.list(address.tombstones, newest_first=True, offset=due, limit=1, count=True)
    steps: list[Delete | Replace] = []
    if page.records and is_whole(page.records[0]):
        steps += await _shrinking(address)
    if (page.total or 0) >= MOST + AT_ONCE:
        oldest = await address.store.list(address.tombstones, limit=AT_ONCE)
        steps += [Delete(address.tombstones, one.key, one.revision) for one in oldest.records]
    if steps:
        with suppress(RecordChanged, RecordNotFound):  # somebody else is at it, or one was brought back
            await address.store.commit(steps)


async def _shrinking(address: Address) -> Sequence[Replace]:
    """Return what has those shrink that are no longer among the newest."""
    page = await address.store.list(address.tombstones, newest_first=True, offset=WHOLE, limit=AT_ONCE)
    return [_shrunken(address, one) for one in page.records if is_whole(one)]


def _shrunken(address: Address, tombstone: Record) -> Replace:
    collection = address.collection
    found_by = {*collection.collection.unique, *collection.collection.login, collection.second_id}
    meta = {**only(tombstone.meta, _ORIGIN), PURGED: True, _SHRUNKEN: True}
    value = only(tombstone.value, found_by)
    return Replace(address.tombstones, tombstone.key, value, meta, tombstone.revision)
