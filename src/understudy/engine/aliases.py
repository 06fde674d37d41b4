"""Aliases: the item that a word in place of an id stands for."""

from __future__ import annotations

from understudy.engine.address import Address, within
from understudy.engine.origin import POPULATED
from understudy.engine.queries import together
from understudy.engine.records import Records
from understudy.errors import RecordNotFound
from understudy.model.vocabulary import NEWEST
from understudy.names import fold
from understudy.state.conditions import Condition, Test


async def meant_by(address: Address, word: str, records: Records, *, is_made: bool) -> str:
    """Return the key of the item that a word stands for: the one whose flag says so, else the last that was
    created, of `latest`, or the first, of `primary`; made where there is none, if it `is_made`. Raises
    RecordNotFound.
    """
    flag = _flag(address, word)
    key = ""
    if flag:
        key = await _found(address, [Test((flag,), "eq", True)], newest_first=True)
    if not key:
        key = await _found(address, [], newest_first=fold(word) in NEWEST)
    if key:
        return key
    if not is_made:
        raise RecordNotFound(address.collection.collection.noun, word)
    flagged = dict.fromkeys(filter(None, [flag]), True)
    return (await records.new(address, flagged, None, POPULATED)).key


async def _found(address: Address, conditions: list[Condition], *, newest_first: bool) -> str:
    where = together([*conditions, *within(address)])
    page = await address.store.list(address.name, where=where, newest_first=newest_first, limit=1)
    for record in page.records:
        return record.key
    return ""


def _flag(address: Address, word: str) -> str:
    """Return the boolean of an item that is called by a word; "" where there is none."""
    folded = fold(word)
    for name, rule in address.collection.collection.members.items():
        if rule.kind == "boolean" and fold(name).removeprefix("is") == folded:
            return name
    return ""
