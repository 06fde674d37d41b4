"""Population: the items that a collection has from the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from understudy.engine.address import Address
from understudy.engine.authored import Authored
from understudy.engine.memberships import fill
from understudy.engine.origin import ASKED_FOR, BESIDE_OTHERS, POPULATED, Origin
from understudy.engine.records import Records
from understudy.errors import RecordExists
from understudy.state.store import Entry


async def populate(address: Address, count: int, records: Records) -> None:
    """Fill a collection: with what its vendor says is there, else with made-up items."""
    if address.collection.collection.single:
        return
    if address.holds:
        await address.context.ready(address.name)
        await fill(address, count)
        return
    hooks = address.collection.hooks
    told = address.context.world.data.get(address.name)
    if told is not None:
        await _put(address, told, records)
        return
    if hooks.populate is None:
        await _make_up(address, count, records)
        return
    count += hooks.given
    last = await address.store.increment(f"ids {address.name}", count)
    first = last - count + 1
    entries: list[Entry] = []
    for number, (sent, said) in enumerate(
        hooks.populate(address.context, address.scope, count, first), first
    ):
        entries.append(await records.populated(address, number, sent, said))
    await address.store.insert_all(address.name, entries)


async def _put(address: Address, items: Sequence[Mapping[str, Any]], records: Records) -> None:
    """Put the records that somebody starts with, in their order: the first is shown first."""
    member = address.collection.collection.id.member or "id"
    for item in reversed(items):
        key = str(item.get(member) or "")
        await records.insert_authored(address, Authored(key, item, is_whole=True), Origin())


async def _make_up(address: Address, count: int, records: Records) -> None:
    """Make up items beside those that an author wrote, which come last: the newest are shown first."""
    authored = () if address.link else records.examples.of(address)  # of a window, those are its main's
    shares = await records.shares(address, count - len(authored))
    for number, share in enumerate(shares, len(authored)):
        try:
            await records.new(address, share, None, BESIDE_OTHERS if number else POPULATED)
        except RecordExists:
            break  # there are only so many identifiers, as where they are an enumeration
    for one in reversed(authored):
        origin = POPULATED
        if one.is_named_only:
            origin = ASKED_FOR
        with suppress(RecordExists):
            await records.insert_authored(address, one, origin)
