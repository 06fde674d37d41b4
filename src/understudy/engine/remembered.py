"""Remembered: a page of what is there together with what was deleted, for who asks to see that too."""

from __future__ import annotations

from collections.abc import Sequence

from understudy.engine.address import Address
from understudy.engine.queries import Choosing, together
from understudy.engine.tombstones import kept_whole
from understudy.engine.windows import Window
from understudy.state.conditions import Condition, Order
from understudy.state.ordering import places
from understudy.state.store import Page, Record


async def page_with_gone(
    address: Address, where: Condition | None, order: Sequence[Order], choosing: Choosing, window: Window
) -> Page:
    """Return a page of both. What was deleted stands behind what is there, unless the list is sorted."""
    is_newest_first = choosing.is_newest_first
    there = await address.store.list(address.name, where=where, order=order, newest_first=is_newest_first)
    wanted = list(kept_whole()) if where is None else [where, *kept_whole()]
    gone = await address.store.list(
        address.tombstones, where=together(wanted), order=order, newest_first=is_newest_first
    )
    records = [*there.records, *gone.records]
    if order:
        place = places(order, newest_first=is_newest_first)
        records.sort(key=lambda record: place(record.value, 0))
    return _cut(records, window)


def _cut(records: Sequence[Record], window: Window) -> Page:
    """Return the part of a list that a window shows."""
    keys = [record.key for record in records]
    first, end = window.offset, len(records)
    if window.after in keys:
        first = keys.index(window.after) + 1
    if window.before in keys:
        end = keys.index(window.before)
        first = max(first, end - window.limit) if window.limit is not None else first
    if window.limit is not None:
        end = min(end, first + window.limit)
    return Page(records[first:end], total=len(records), offset=first)
